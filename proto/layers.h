/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * layers.h - link, network and transport layers: a packet's bytes to one pdu a layer, and a
 * stack of layers to a packet's bytes. The layers' fields are rows in network.h; here is what rows
 * cannot say: which layer comes next, where a payload ends, pseudo-header checksums.
 */
#ifndef PFG_PROTO_LAYERS_H
#define PFG_PROTO_LAYERS_H

#include "proto/decode.h"
#include "proto/encode.h"

/* Link types (LINKTYPE_ numbers of pcap files, tcpdump.org/linktypes.html). */
enum {
    PFG_LINK_NULL = 0,
    PFG_LINK_ETHERNET = 1,
    PFG_LINK_RAW_BSD = 12, /* DLT_RAW of Linux, as libpcap gives it */
    PFG_LINK_RAW_OPENBSD = 14,
    PFG_LINK_RAW = 101,
    PFG_LINK_LOOP = 108,
    PFG_LINK_LINUX_SLL = 113,
    PFG_LINK_IPV4 = 228,
    PFG_LINK_IPV6 = 229,
    PFG_LINK_LINUX_SLL2 = 276,
};
bool pfg_link_known(uint32_t link_type);

enum { PFG_FAR = 0xffff };
/* What the layers say of a packet: the innermost network and transport layer. Addresses and
 * payload borrow the packet's bytes. */
struct pfg_flow {
    uint8_t family;   /* 4, 6; 0 = no IP */
    uint8_t protocol; /* IP protocol number of the transport */
    bool has_ports;   /* UDP or TCP, ports known */
    bool fragment;    /* an IP fragment that is not the whole datagram */
    bool more_fragments;
    uint16_t tcp_flags; /* all 12 bits */
    uint16_t sport, dport;
    uint32_t vlans; /* ids of the two innermost VLAN tags, the inner one in the lower 16 bits */
    const uint8_t *src, *dst; /* 4 or 16 bytes */
    uint32_t fragment_id, fragment_offset; /* offset in bytes */
    uint32_t tcp_seq, tcp_ack;
    uint16_t tcp_window, tcp_urgent;
    /* With verify_checksums: bytes from src and dst to the addresses that the transport's checksum
     * was made with, other ones where a route or a home address (RFC 6275) is told; PFG_FAR: to
     * where nobody can tell. */
    uint16_t sum_src, sum_dst;
    const uint8_t *payload; /* of the transport, or the fragment's bytes; may be NULL */
    uint32_t payload_size;  /* captured */
    uint32_t payload_wire;  /* on the wire */
    uint32_t network_pdu;   /* index of the pdu of the IP layer, transport_pdu of the transport: */
    uint32_t transport_pdu; /* UINT32_MAX none */
    /* Of a packet that went the straight way (layers_quick.h) alone: */
    const uint8_t *header; /* of the transport */
    uint32_t header_size;  /* as it says itself: the capture may have cut it behind its fixed rows */
    uint32_t header_layer; /* PFG_LAYER_TCP or PFG_LAYER_UDP; 0: it went another way */
};

struct pfg_packet {
    const uint8_t *bytes;
    uint32_t caplen, len; /* bytes captured, bytes on the wire */
    uint32_t link_type;   /* LINKTYPE_ */
    uint64_t time_ns;     /* since 1970 */
    uint64_t number;      /* from 1 */
    bool verify_checksums; /* of IP, TCP, UDP, ICMP...: a wrong one is a problem of its layer */
    const struct pfg_flow *ahead; /* what pfg_layers_ahead found in it before its turn; NULL nothing */
};

/* Appends the frame pdu and one pdu for each layer up to the transport, and fills *flow. Never
 * fails on any bytes; -1 only when memory is out. Application payload is the caller's. */
int pfg_layers_decode(struct pfg_decode *decode, const struct pfg_packet *packet,
                      struct pfg_flow *flow);
/* What of a packet's layers is asked for; bits 1 << enum pfg_layer_id. */
struct pfg_layers_ask {
    uint32_t values; /* layers whose values are in the list */
    uint32_t heads;  /* layers of which the first rows may stay where they are: pdu->head */
};
enum { PFG_LAYERS_ALL = 0x7fffffff };
/* The same for whoever does not look at all layers. Those that nobody asks for leave a pdu only
 * where something is wrong with their fixed fields; network_pdu and transport_pdu may be UINT32_MAX
 * though there are such layers. With verify_checksums, values stand for heads. */
int pfg_layers_some(struct pfg_decode *decode, const struct pfg_packet *packet,
                    struct pfg_flow *flow, struct pfg_layers_ask ask);
/* A protocol's bit in such a set of layers; 0 where it is none. */
static inline uint32_t pfg_layer_bit(const struct pfg_proto *proto)
{
    return proto->def->network ? UINT32_C(1) << proto->index : 0;
}
/* As pfg_layers_decode, but where a packet is nothing but UDP or TCP over IP, and nothing is wrong
 * with the layers below, these leave no pdus, and the transport its head, unless its bit is in
 * values: enough for the line of a packet. */
int pfg_layers_line(struct pfg_decode *decode, const struct pfg_packet *packet,
                    struct pfg_flow *flow, uint32_t values);
/* Looks at a packet whose turn is still to come: what is found may be handed over with it then. Of
 * packets that are out of the common, nothing is found. */
void pfg_layers_ahead(const uint8_t *bytes, uint32_t caplen, uint32_t len, uint32_t link_type,
                      struct pfg_flow *flow);
/* The transport layer of a joined IP datagram, whose payload is given as if it were a packet: its
 * bytes, lengths and whether checksums are verified count. Appends its pdus; flow keeps its
 * addresses. */
int pfg_layers_transport(struct pfg_decode *decode, const struct pfg_packet *datagram,
                         struct pfg_flow *flow);

/* One layer of a packet to build: a protocol and what was set of it. */
struct pfg_layer {
    const struct pfg_proto *proto;
    struct pfg_set *sets;
    size_t count;
};
/*
 * Builds a packet from the outermost to the innermost layer: next-protocol fields, ports of the
 * application, lengths and checksums are filled where they were not set. Returns 0, or -1 with
 * *fault. The whole packet is at writer->bytes; each set's at counts from there.
 */
int pfg_layers_build(const struct pfg_layer *layers, size_t count, struct pfg_writer *writer,
                     struct pfg_fault *fault);

/* The one's complement sum of RFC 1071, to be folded and inverted with pfg_inet_finish. */
uint32_t pfg_inet_sum(const uint8_t *bytes, size_t size, uint32_t sum);
uint16_t pfg_inet_finish(uint32_t sum);

/* Layers that C code must name, to stack or to look at. */
enum pfg_layer_id {
    PFG_LAYER_FRAME,
    PFG_LAYER_ETH,
    PFG_LAYER_VLAN,
    PFG_LAYER_ARP,
    PFG_LAYER_IP,
    PFG_LAYER_IP6,
    PFG_LAYER_ICMP,
    PFG_LAYER_ICMP6,
    PFG_LAYER_IGMP,
    PFG_LAYER_TCP,
    PFG_LAYER_UDP,
    PFG_LAYER_SLL,
    PFG_LAYER_SLL2,
    PFG_LAYER_NULL,
    PFG_LAYER_IP6_HOP,
    PFG_LAYER_IP6_DST,
    PFG_LAYER_IP6_ROUTE,
    PFG_LAYER_IP6_FRAG,
    PFG_LAYER_RAW,
    PFG_LAYER_LOOP,
    PFG_LAYER_COUNT
};
const struct pfg_proto *pfg_layer(enum pfg_layer_id id);

/* Whether packets may go the straight way (layers_quick.h), which has no values of these layers;
 * otherwise it is of no use to look at one ahead. */
static inline bool pfg_layers_straight(struct pfg_layers_ask ask)
{
    const uint32_t passed = 1u << PFG_LAYER_FRAME | 1u << PFG_LAYER_ETH | 1u << PFG_LAYER_SLL |
                            1u << PFG_LAYER_SLL2 | 1u << PFG_LAYER_IP | 1u << PFG_LAYER_IP6 |
                            1u << PFG_LAYER_TCP | 1u << PFG_LAYER_UDP;
    return !((ask.values | ask.heads) & passed);
}

/* A layer's field that C code must name: rows are addressed by these, in the order of their
 * table in network.h (a check at start compares). Use pfg_layer_field. */
enum pfg_layer_field_id {
    PFG_FRAME_CAPLEN,
    PFG_ETH_DST, PFG_ETH_SRC, PFG_ETH_TYPE,
    PFG_VLAN_PCP, PFG_VLAN_DEI, PFG_VLAN_ID, PFG_VLAN_TYPE,
    PFG_SLL_PACKET, PFG_SLL_ADDRESS_SIZE, PFG_SLL_ADDRESS, PFG_SLL_TYPE,
    PFG_SLL2_TYPE, PFG_SLL2_INDEX, PFG_SLL2_PACKET, PFG_SLL2_ADDRESS_SIZE, PFG_SLL2_ADDRESS,
    PFG_ARP_OPER, PFG_ARP_SHA, PFG_ARP_SPA, PFG_ARP_THA, PFG_ARP_TPA,
    PFG_IP_ID, PFG_IP_TTL, PFG_IP_PROTO, PFG_IP_SRC, PFG_IP_DST, PFG_IP_LEN, PFG_IP_CHECKSUM,
    PFG_IP6_SRC, PFG_IP6_DST, PFG_IP6_NEXT, PFG_IP6_HLIM,
    PFG_TCP_SRCPORT, PFG_TCP_DSTPORT, PFG_TCP_SEQ, PFG_TCP_ACK, PFG_TCP_FLAGS, PFG_TCP_WINDOW,
    PFG_TCP_URGENT, PFG_TCP_OPTIONS,
    PFG_UDP_SRCPORT, PFG_UDP_DSTPORT, PFG_UDP_LENGTH, PFG_UDP_CHECKSUM,
    PFG_ICMP_TYPE, PFG_ICMP_CODE, PFG_ICMP6_TYPE, PFG_ICMP6_CODE,
    PFG_LAYER_FIELD_COUNT
};
const struct pfg_field *pfg_layer_field(enum pfg_layer_field_id id);

#endif
