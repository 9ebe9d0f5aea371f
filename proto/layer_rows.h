/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * layer_rows.h - the rows of network layers by number, for the code that takes layers apart and
 * puts them together. Each enum stands in the order of its table in network.h, where the rows
 * are put in their places by these names; a row added there gets its name here only if C code
 * has to name it.
 */
#ifndef PFG_PROTO_LAYER_ROWS_H
#define PFG_PROTO_LAYER_ROWS_H

#include "proto/layers.h"

/* clang-format off */
enum {
    FRAME_NUMBER, FRAME_TIME, FRAME_LEN, FRAME_CAPLEN
};
enum {
    ETH_DST, ETH_SRC, ETH_TYPE
};
enum {
    VLAN_PCP, VLAN_DEI, VLAN_ID, VLAN_TYPE
};
enum {
    SLL_PACKET, SLL_HARDWARE, SLL_ADDRESS_SIZE, SLL_ADDRESS, SLL_TYPE
};
enum {
    SLL2_TYPE, SLL2_RESERVED, SLL2_INDEX, SLL2_HARDWARE, SLL2_PACKET, SLL2_ADDRESS_SIZE,
    SLL2_ADDRESS
};
enum {
    NULL_FAMILY
};
enum {
    ARP_HTYPE, ARP_PTYPE, ARP_HLEN, ARP_PLEN, ARP_OPER, ARP_SHA, ARP_SPA, ARP_THA, ARP_TPA
};
enum {
    IP_VERSION, IP_IHL, IP_DSCP, IP_ECN, IP_LEN, IP_ID, IP_RESERVED, IP_DF, IP_MF, IP_FRAG_OFFSET,
    IP_TTL, IP_PROTO, IP_CHECKSUM, IP_SRC, IP_DST, IP_OPTIONS
};
enum {
    IP6_VERSION, IP6_TCLASS, IP6_FLOW, IP6_PLEN, IP6_NXT, IP6_HLIM, IP6_SRC, IP6_DST
};
enum {
    IP6_EXT_NXT
};
enum {
    IP6_FRAG_NXT, IP6_FRAG_RESERVED, IP6_FRAG_OFFSET, IP6_FRAG_RESERVED2, IP6_FRAG_MF,
    IP6_FRAG_ID
};
enum {
    ICMP_TYPE, ICMP_CODE, ICMP_CHECKSUM, ICMP_BODY
};
enum {
    ICMP6_TYPE, ICMP6_CODE, ICMP6_CHECKSUM, ICMP6_BODY
};
enum {
    TCP_SRCPORT, TCP_DSTPORT, TCP_SEQ, TCP_ACK, TCP_OFFSET, TCP_FLAGS, TCP_WINDOW, TCP_CHECKSUM,
    TCP_URGENT, TCP_LEN, TCP_OPTIONS
};
enum {
    UDP_SRCPORT, UDP_DSTPORT, UDP_LENGTH, UDP_CHECKSUM
};
/* clang-format on */

/* The layer that a definition is, or -1. */
int pfg_layer_id_of(const struct pfg_protocol *definition);

#endif
