/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * network.h - link, network and transport layers in the words of row.h (see protocol.h for how
 * rows are written). One description each: decoding and building both walk it. What rows cannot
 * say (which layer is next, where a payload ends, pseudo-headers) is layers.c and build.c, which
 * name rows by the enums of layer_rows.h; only network.c includes this file.
 */
#ifndef PFG_PROTO_NETWORK_H
#define PFG_PROTO_NETWORK_H

#include "proto/layer_rows.h"
#include "proto/row.h"

/* clang-format off */

/* ..._also: what Wireshark calls a field that has another name here, and its names for either of
 * two fields; display filters and columns take them all. tcp.seq and tcp.ack have what is in the
 * bytes, as Wireshark's _raw have. */

static const struct pfg_protocol pfg_protocol_vlan, pfg_protocol_arp, pfg_protocol_ip, pfg_protocol_ip6,
    pfg_protocol_icmp, pfg_protocol_icmp6, pfg_protocol_igmp, pfg_protocol_tcp, pfg_protocol_udp,
    pfg_protocol_ip6_hop, pfg_protocol_ip6_dst, pfg_protocol_ip6_route, pfg_protocol_ip6_frag;

/* ---- What the capture knows of a packet ------------------------------------------------- */

static const struct pfg_row frame_rows[] = {
    [FRAME_NUMBER] = { "number", PFG_DERIVED, .doc = "Number of the packet, from 1." },
    [FRAME_TIME]   = { "time",   PFG_DERIVED, .display = PFG_DATE, .doc = "When it was captured." },
    [FRAME_LEN]    = { "len",    PFG_DERIVED, .doc = "Bytes on the wire." },
    [FRAME_CAPLEN] = { "caplen", PFG_DERIVED, .doc = "Bytes captured." },
    { 0 }
};
static const struct pfg_also frame_also[] = { { "cap_len", { "caplen" } }, { 0 } };
static const struct pfg_protocol pfg_protocol_frame = { .name = "frame", .title = "Captured packet", .rows = frame_rows, .network = true, .also = frame_also };

/* ---- Link layers --------------------------------------------------------------------- */

static const struct pfg_name ether_types[] = { /* IEEE 802 numbers */
    { 0x0800, "IPv4", .layer = &pfg_protocol_ip },    { 0x86dd, "IPv6", .layer = &pfg_protocol_ip6 },
    { 0x0806, "ARP", .layer = &pfg_protocol_arp },    { 0x8035, "RARP", .layer = &pfg_protocol_arp }, { 0x8100, "VLAN", .layer = &pfg_protocol_vlan },
    { 0x88a8, "QinQ", .layer = &pfg_protocol_vlan },  { 0x9100, "QinQ-old", .layer = &pfg_protocol_vlan },
    { 0x8847, "MPLS" }, { 0x8863, "PPPoE-D" }, { 0x8864, "PPPoE-S" }, { 0x88cc, "LLDP" }, { 0x88f7, "PTP" }, { 0x888e, "EAPOL" },
    { 0 }
};

static const struct pfg_row eth_rows[] = {
    [ETH_DST]  = { "dst",  PFG_MAC,             .doc = "Destination." },
    [ETH_SRC]  = { "src",  PFG_MAC,             .doc = "Source." },
    [ETH_TYPE] = { "type", PFG_UINT, .size = 2, .names = ether_types, .display = PFG_HEX, .doc = "EtherType; below 1536 an IEEE 802.3 length." },
    { 0 }
};
static const struct pfg_also eth_also[] = { { "addr", { "dst", "src" } }, { 0 } };
static const struct pfg_protocol pfg_protocol_eth = { .name = "eth", .title = "Ethernet", .rows = eth_rows, .fixed_size = 14, .network = true, .also = eth_also };

static const struct pfg_row vlan_rows[] = { /* IEEE 802.1Q */
    [VLAN_PCP]  = { "pcp",  PFG_UINT, .bits = 3,  .quiet = true, .doc = "Priority." },
    [VLAN_DEI]  = { "dei",  PFG_UINT, .bits = 1,  .quiet = true, .doc = "Drop eligible." },
    [VLAN_ID]   = { "id",   PFG_UINT, .bits = 12, .bare = true,  .doc = "VLAN." },
    [VLAN_TYPE] = { "type", PFG_UINT, .size = 2,  .quiet = true, .names = ether_types, .display = PFG_HEX, .doc = "EtherType of what follows." },
    { 0 }
};
static const struct pfg_also vlan_also[] = { { "priority", { "pcp" } }, { "etype", { "type" } }, { 0 } };
static const struct pfg_protocol pfg_protocol_vlan = { .name = "vlan", .title = "IEEE 802.1Q tag", .rows = vlan_rows, .fixed_size = 4, .network = true, .also = vlan_also };

static const struct pfg_name sll_packet_types[] = {
    { 0, "to_us" }, { 1, "broadcast" }, { 2, "multicast" }, { 3, "to_other" }, { 4, "from_us" }, { 0 }
};
static const struct pfg_row sll_rows[] = { /* tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html */
    [SLL_PACKET]       = { "packet",   PFG_UINT,  .size = 2, .names = sll_packet_types, .doc = "From whom to whom." },
    [SLL_HARDWARE]     = { "hardware", PFG_UINT,  .size = 2, .init = 1, .doc = "ARPHRD type." },
    [SLL_ADDRESS_SIZE] = { "addrlen",  PFG_UINT,  .size = 2, .init = 6, .doc = "Bytes of the address." },
    [SLL_ADDRESS]      = { "address",  PFG_BYTES, .size = 8,            .doc = "Sender's link address." },
    [SLL_TYPE]         = { "type",     PFG_UINT,  .size = 2, .names = ether_types, .display = PFG_HEX, .doc = "EtherType." },
    { 0 }
};
static const struct pfg_protocol pfg_protocol_sll = { .name = "sll", .title = "Linux cooked capture v1", .rows = sll_rows, .fixed_size = 16, .network = true };

static const struct pfg_row sll2_rows[] = { /* tcpdump.org/linktypes/LINKTYPE_LINUX_SLL2.html */
    [SLL2_TYPE]         = { "type",     PFG_UINT,     .size = 2, .names = ether_types, .display = PFG_HEX, .doc = "EtherType." },
    [SLL2_RESERVED]     = { "reserved", PFG_RESERVED, .size = 2, .doc = "0." },
    [SLL2_INDEX]        = { "ifindex",  PFG_UINT,     .size = 4, .doc = "Interface." },
    [SLL2_HARDWARE]     = { "hardware", PFG_UINT,     .size = 2, .init = 1, .doc = "ARPHRD type." },
    [SLL2_PACKET]       = { "packet",   PFG_UINT,     .size = 1, .names = sll_packet_types, .doc = "From whom to whom." },
    [SLL2_ADDRESS_SIZE] = { "addrlen",  PFG_UINT,     .size = 1, .init = 6, .doc = "Bytes of the address." },
    [SLL2_ADDRESS]      = { "address",  PFG_BYTES,    .size = 8, .doc = "Sender's link address." },
    { 0 }
};
static const struct pfg_protocol pfg_protocol_sll2 = { .name = "sll2", .title = "Linux cooked capture v2", .rows = sll2_rows, .fixed_size = 20, .network = true };

static const struct pfg_name null_families[] = { /* AF_INET6 differs from system to system; the first is written: NetBSD, OpenBSD */
    { 2, "IPv4", .layer = &pfg_protocol_ip }, { 24, "IPv6", .layer = &pfg_protocol_ip6 }, { 10, "IPv6", .layer = &pfg_protocol_ip6 },
    { 28, "IPv6", .layer = &pfg_protocol_ip6 }, { 30, "IPv6", .layer = &pfg_protocol_ip6 }, { 0 }
};
static const struct pfg_row null_rows[] = {
    [NULL_FAMILY] = { "family", PFG_UINT, .size = 4, .order = PFG_LITTLE, .names = null_families, .doc = "Address family, in the order of the machine that captured." },
    { 0 }
};
static const struct pfg_protocol pfg_protocol_null = { .name = "null", .title = "BSD loopback", .rows = null_rows, .fixed_size = 4, .network = true };
static const struct pfg_row loop_rows[] = {
    [NULL_FAMILY] = { "family", PFG_UINT, .size = 4, .names = null_families, .doc = "Address family." },
    { 0 }
};
static const struct pfg_protocol pfg_protocol_loop = { .name = "loop", .title = "OpenBSD loopback", .rows = loop_rows, .fixed_size = 4, .network = true };

static const struct pfg_name arp_operations[] = { { 1, "request" }, { 2, "reply" }, { 3, "rarp_request" }, { 4, "rarp_reply" }, { 0 } };
static const struct pfg_row arp_rows[] = { /* RFC 826 */
    [ARP_HTYPE] = { "htype", PFG_UINT,  .size = 2, .init = 1,      .quiet = true, .doc = "Hardware; 1 = Ethernet." },
    [ARP_PTYPE] = { "ptype", PFG_UINT,  .size = 2, .init = 0x0800, .quiet = true, .display = PFG_HEX, .doc = "Protocol, an EtherType." },
    [ARP_HLEN]  = { "hlen",  PFG_CONST, .size = 1, .init = 6, .doc = "Bytes of a hardware address." },
    [ARP_PLEN]  = { "plen",  PFG_CONST, .size = 1, .init = 4, .doc = "Bytes of a protocol address." },
    [ARP_OPER]  = { "oper",  PFG_UINT,  .size = 2, .init = 1, .names = arp_operations, .bare = true, .doc = "Operation." },
    [ARP_SHA]   = { "sha",   PFG_MAC,  .doc = "Sender's hardware address." },
    [ARP_SPA]   = { "spa",   PFG_IPV4, .doc = "Sender's address." },
    [ARP_THA]   = { "tha",   PFG_MAC,  .doc = "Target's hardware address." },
    [ARP_TPA]   = { "tpa",   PFG_IPV4, .doc = "Target's address." },
    { 0 }
};
static const struct pfg_also arp_also[] = {
    { "opcode", { "oper" } }, { "src.hw_mac", { "sha" } }, { "src.proto_ipv4", { "spa" } },
    { "dst.hw_mac", { "tha" } }, { "dst.proto_ipv4", { "tpa" } }, { 0 } };
static const struct pfg_protocol pfg_protocol_arp = { .name = "arp", .title = "Address Resolution Protocol", .rows = arp_rows, .fixed_size = 28, .network = true, .also = arp_also };

/* ---- IPv4 ---------------------------------------------------------------------------- */

static const struct pfg_name ip_protocols[] = { /* IANA protocol numbers */
    { 6, "TCP", .layer = &pfg_protocol_tcp },     { 17, "UDP", .layer = &pfg_protocol_udp },
    { 1, "ICMP", .layer = &pfg_protocol_icmp },   { 58, "ICMPv6", .layer = &pfg_protocol_icmp6 },
    { 2, "IGMP", .layer = &pfg_protocol_igmp },   { 4, "IPv4", .layer = &pfg_protocol_ip },
    { 41, "IPv6", .layer = &pfg_protocol_ip6 },   { 0, "HOPOPT", .layer = &pfg_protocol_ip6_hop },
    { 43, "IPv6-Route", .layer = &pfg_protocol_ip6_route }, { 44, "IPv6-Frag", .layer = &pfg_protocol_ip6_frag },
    { 60, "IPv6-Opts", .layer = &pfg_protocol_ip6_dst },    { 59, "IPv6-NoNxt" },
    { 47, "GRE" }, { 50, "ESP" }, { 51, "AH" }, { 89, "OSPF" }, { 103, "PIM" }, { 112, "VRRP" }, { 132, "SCTP" }, { 136, "UDPLite" },
    { 0 }
};

static const struct pfg_row tlv_bytes[] = { /* an option's usual form: length of the whole option, then data */
    { "length", PFG_LENGTH, .size = 1, .counts = PFG_COUNTS_REST, .add = -2, .quiet = true, .doc = "Bytes of the option." },
    { "data",   PFG_BYTES, .bare = true, .doc = "Its content." },
    { 0 }
};
static const struct pfg_row tlv_none[] = { { 0 } };
static const struct pfg_name ip_option_kinds[] = { /* RFC 791, 3.1 */
    { 0, "end", .body = tlv_none, .stop = true }, { 1, "nop", .body = tlv_none }, { 7, "record_route", .body = tlv_bytes },
    { 68, "timestamp", .body = tlv_bytes }, { 131, "loose_route", .body = tlv_bytes }, { 137, "strict_route", .body = tlv_bytes },
    { 148, "router_alert", .body = tlv_bytes }, { 0 }
};
static const struct pfg_row ip_option_rows[] = {
    { "kind", PFG_UINT, .size = 1, .names = ip_option_kinds, .bare = true, .doc = "Kind of option." },
    { "option", PFG_BODY, .by = "kind", .rows = tlv_bytes, .flat = true, .doc = "The option." },
    { 0 }
};

static const struct pfg_row ip_rows[] = { /* RFC 791, 3.1 */
    [IP_VERSION]     = { "version",  PFG_CONST,    .bits = 4, .init = 4, .doc = "4." },
    [IP_IHL]         = { "ihl",      PFG_LENGTH,   .bits = 4, .scale = 4, .counts = PFG_COUNTS_ALL, .doc = "Bytes of the header." },
    [IP_DSCP]        = { "dscp",     PFG_UINT,     .bits = 6, .doc = "Differentiated services (RFC 2474)." },
    [IP_ECN]         = { "ecn",      PFG_UINT,     .bits = 2, .doc = "Congestion notification (RFC 3168)." },
    [IP_LEN]         = { "len",      PFG_UINT,     .size = 2, .doc = "Bytes of header and payload." },
    [IP_ID]          = { "id",       PFG_UINT,     .size = 2, .doc = "Identification of the datagram's fragments." },
    [IP_RESERVED]    = { "reserved", PFG_RESERVED, .bits = 1, .doc = "0." },
    [IP_DF]          = { "df",       PFG_UINT,     .bits = 1, .doc = "Do not fragment." },
    [IP_MF]          = { "mf",       PFG_UINT,     .bits = 1, .doc = "More fragments." },
    [IP_FRAG_OFFSET] = { "frag_offset", PFG_UINT,  .bits = 13, .scale = 8, .doc = "Bytes before this fragment." },
    [IP_TTL]         = { "ttl",      PFG_UINT,     .size = 1, .init = 64, .doc = "Time to live, hops." },
    [IP_PROTO]       = { "proto",    PFG_UINT,     .size = 1, .names = ip_protocols, .doc = "Protocol of the payload." },
    [IP_CHECKSUM]    = { "checksum", PFG_CHECKSUM, .size = 2, .algorithm = PFG_INTERNET, .counts = PFG_COUNTS_ALL, .display = PFG_HEX, .doc = "Of the header." },
    [IP_SRC]         = { "src",      PFG_IPV4,     .doc = "Source." },
    [IP_DST]         = { "dst",      PFG_IPV4,     .doc = "Destination." },
    [IP_OPTIONS]     = { "options",  PFG_ARRAY,    .rows = ip_option_rows, .doc = "Options." },
    { 0 }
};
static const struct pfg_also ip_also[] = {
    { "addr", { "src", "dst" } }, { "hdr_len", { "ihl" } }, { "dsfield.dscp", { "dscp" } }, { "dsfield.ecn", { "ecn" } },
    { "flags.df", { "df" } }, { "flags.mf", { "mf" } }, { 0 } };
static const struct pfg_protocol pfg_protocol_ip = { .name = "ip", .title = "Internet Protocol version 4", .rows = ip_rows, .fixed_size = 20, .network = true, .also = ip_also };

/* ---- IPv6 ---------------------------------------------------------------------------- */

static const struct pfg_row ip6_rows[] = { /* RFC 8200, 3 */
    [IP6_VERSION] = { "version", PFG_CONST, .bits = 4, .init = 6, .doc = "6." },
    [IP6_TCLASS]  = { "tclass",  PFG_UINT,  .bits = 8, .doc = "Traffic class." },
    [IP6_FLOW]    = { "flow",    PFG_UINT,  .bits = 20, .display = PFG_HEX, .doc = "Flow label (RFC 6437)." },
    [IP6_PLEN]    = { "plen",    PFG_UINT,  .size = 2, .doc = "Bytes after this header." },
    [IP6_NXT]     = { "nxt",     PFG_UINT,  .size = 1, .names = ip_protocols, .doc = "Next header." },
    [IP6_HLIM]    = { "hlim",    PFG_UINT,  .size = 1, .init = 64, .doc = "Hop limit." },
    [IP6_SRC]     = { "src",     PFG_IPV6,  .doc = "Source." },
    [IP6_DST]     = { "dst",     PFG_IPV6,  .doc = "Destination." },
    { 0 }
};
static const struct pfg_also ip6_also[] = { { "addr", { "src", "dst" } }, { 0 } };
static const struct pfg_protocol pfg_protocol_ip6 = { .name = "ip6", .title = "Internet Protocol version 6", .rows = ip6_rows, .fixed_size = 40, .network = true, .known_as = "ipv6", .also = ip6_also };

static const struct pfg_row ip6_tlv_bytes[] = {
    { "length", PFG_LENGTH, .size = 1, .counts = PFG_COUNTS_REST, .quiet = true, .doc = "Bytes of data." },
    { "data",   PFG_BYTES, .bare = true, .doc = "The option's content." },
    { 0 }
};
static const struct pfg_name ip6_option_kinds[] = { /* RFC 8200, 4.2 */
    { 0, "pad1", .body = tlv_none }, { 1, "padn", .body = ip6_tlv_bytes }, { 5, "router_alert", .body = ip6_tlv_bytes },
    { 194, "jumbo", .body = ip6_tlv_bytes }, { 0 }
};
static const struct pfg_row ip6_option_rows[] = {
    { "kind", PFG_UINT, .size = 1, .names = ip6_option_kinds, .bare = true, .doc = "Kind of option." },
    { "option", PFG_BODY, .by = "kind", .rows = ip6_tlv_bytes, .flat = true, .doc = "The option." },
    { 0 }
};
static const struct pfg_row ip6_options_rows[] = { /* RFC 8200, 4.3 and 4.6 */
    [IP6_EXT_NXT] = { "nxt", PFG_UINT,   .size = 1, .names = ip_protocols, .doc = "Next header." },
                    { "len", PFG_LENGTH, .size = 1, .scale = 8, .add = 8, .counts = PFG_COUNTS_ALL, .doc = "Bytes of this header after the first 8." },
                    { "options", PFG_ARRAY, .rows = ip6_option_rows, .doc = "Options." },
    { 0 }
};
static const struct pfg_protocol pfg_protocol_ip6_hop = { .name = "ip6_hop", .title = "IPv6 hop-by-hop options", .rows = ip6_options_rows, .fixed_size = 2, .network = true };
static const struct pfg_protocol pfg_protocol_ip6_dst = { .name = "ip6_dst", .title = "IPv6 destination options", .rows = ip6_options_rows, .fixed_size = 2, .network = true };
static const struct pfg_row ip6_route_rows[] = { /* RFC 8200, 4.4 */
    [IP6_EXT_NXT] = { "nxt",  PFG_UINT,   .size = 1, .names = ip_protocols, .doc = "Next header." },
                    { "len",  PFG_LENGTH, .size = 1, .scale = 8, .add = 8, .counts = PFG_COUNTS_ALL, .doc = "Bytes of this header after the first 8." },
                    { "type", PFG_UINT,   .size = 1, .doc = "Routing type." },
                    { "left", PFG_UINT,   .size = 1, .doc = "Segments left." },
                    { "data", PFG_BYTES,  .doc = "As the type has it." },
    { 0 }
};
static const struct pfg_protocol pfg_protocol_ip6_route = { .name = "ip6_route", .title = "IPv6 routing header", .rows = ip6_route_rows, .fixed_size = 4, .network = true };
static const struct pfg_row ip6_frag_rows[] = { /* RFC 8200, 4.5 */
    [IP6_FRAG_NXT]       = { "nxt",         PFG_UINT,     .size = 1, .names = ip_protocols, .doc = "Next header." },
    [IP6_FRAG_RESERVED]  = { "reserved",    PFG_RESERVED, .size = 1, .doc = "0." },
    [IP6_FRAG_OFFSET]    = { "frag_offset", PFG_UINT,     .bits = 13, .scale = 8, .doc = "Bytes before this fragment." },
    [IP6_FRAG_RESERVED2] = { "reserved2",   PFG_RESERVED, .bits = 2, .doc = "0." },
    [IP6_FRAG_MF]        = { "mf",          PFG_UINT,     .bits = 1, .doc = "More fragments." },
    [IP6_FRAG_ID]        = { "id",          PFG_UINT,     .size = 4, .display = PFG_HEX, .doc = "Identification of the datagram's fragments." },
    { 0 }
};
static const struct pfg_protocol pfg_protocol_ip6_frag = { .name = "ip6_frag", .title = "IPv6 fragment header", .rows = ip6_frag_rows, .fixed_size = 8, .network = true };

/* ---- ICMP, ICMPv6, IGMP --------------------------------------------------------------- */

static const struct pfg_row icmp_echo_rows[] = {
    { "id",   PFG_UINT, .size = 2, .doc = "Identifier." },
    { "seq",  PFG_UINT, .size = 2, .doc = "Sequence number." },
    { "data", PFG_DATA, .quiet = true, .doc = "Sent back as it is." },
    { 0 }
};
static const struct pfg_row icmp_unreachable_rows[] = {
    { "unused", PFG_UINT,  .size = 2, .quiet = true, .doc = "0; in newer forms a length (RFC 4884)." },
    { "mtu",    PFG_UINT,  .size = 2, .sparse = true, .doc = "MTU of the next hop, where the packet was too big (RFC 1191)." },
    { "data",   PFG_BYTES, .quiet = true, .doc = "Beginning of the packet that is spoken of." },
    { 0 }
};
static const struct pfg_row icmp_redirect_rows[] = {
    { "gateway", PFG_IPV4, .doc = "The better gateway." },
    { "data",    PFG_BYTES, .quiet = true, .doc = "Beginning of the packet that is spoken of." },
    { 0 }
};
static const struct pfg_row icmp_timestamp_rows[] = {
    { "id",       PFG_UINT, .size = 2, .doc = "Identifier." },       { "seq",      PFG_UINT, .size = 2, .doc = "Sequence number." },
    { "originate", PFG_UINT, .size = 4, .doc = "ms since midnight UT." }, { "receive", PFG_UINT, .size = 4, .doc = "ms since midnight UT." },
    { "transmit", PFG_UINT, .size = 4, .doc = "ms since midnight UT." }, { 0 }
};
static const struct pfg_row icmp_other_rows[] = {
    { "rest", PFG_UINT,  .size = 4, .display = PFG_HEX, .quiet = true, .doc = "Rest of the header." },
    { "data", PFG_BYTES, .quiet = true, .doc = "Content." },
    { 0 }
};
static const struct pfg_name icmp_types[] = { /* RFC 792, 1256 */
    { 0, "echo_reply", .body = icmp_echo_rows },        { 3, "unreachable", .body = icmp_unreachable_rows },
    { 4, "source_quench", .body = icmp_other_rows },    { 5, "redirect", .body = icmp_redirect_rows },
    { 8, "echo_request", .body = icmp_echo_rows },      { 9, "router_advert", .body = icmp_other_rows },
    { 10, "router_solicit", .body = icmp_other_rows },  { 11, "time_exceeded", .body = icmp_other_rows },
    { 12, "parameter_problem", .body = icmp_other_rows }, { 13, "timestamp", .body = icmp_timestamp_rows },
    { 14, "timestamp_reply", .body = icmp_timestamp_rows }, { 0 }
};
static const struct pfg_row icmp_rows[] = {
    [ICMP_TYPE]     = { "type",     PFG_UINT,     .size = 1, .init = 8, .names = icmp_types, .bare = true, .doc = "Kind of message." },
    [ICMP_CODE]     = { "code",     PFG_UINT,     .size = 1, .sparse = true, .doc = "Which of its kind." },
    [ICMP_CHECKSUM] = { "checksum", PFG_CHECKSUM, .size = 2, .algorithm = PFG_INTERNET, .counts = PFG_COUNTS_ALL, .display = PFG_HEX, .doc = "Of the message." },
    [ICMP_BODY]     = { "body",     PFG_BODY,     .by = "type", .rows = icmp_other_rows, .flat = true, .doc = "The message." },
    { 0 }
};
static const struct pfg_also icmp_also[] = { { "ident", { "id" } }, { "redir_gw", { "gateway" } }, { 0 } };
static const struct pfg_protocol pfg_protocol_icmp = { .name = "icmp", .title = "Internet Control Message Protocol", .rows = icmp_rows, .fixed_size = 4, .network = true, .also = icmp_also };

static const struct pfg_row icmp6_option_rows[] = { /* RFC 4861, 4.6 */
    { "kind",   PFG_UINT,   .size = 1, .doc = "Kind of option." },
    { "length", PFG_LENGTH, .size = 1, .scale = 8, .counts = PFG_COUNTS_ALL, .quiet = true, .doc = "Bytes of the option." },
    { "data",   PFG_BYTES,  .doc = "Its content." },
    { 0 }
};
static const struct pfg_row icmp6_neighbor_rows[] = { /* RFC 4861, 4.3 and 4.4 */
    { "flags",   PFG_UINT,  .size = 4, .display = PFG_HEX, .quiet = true, .doc = "In advertisements: router, solicited, override." },
    { "target",  PFG_IPV6,  .doc = "Address asked for." },
    { "options", PFG_ARRAY, .rows = icmp6_option_rows, .doc = "Options." },
    { 0 }
};
static const struct pfg_row icmp6_solicit_rows[] = {
    { "rest",    PFG_UINT,  .size = 4, .display = PFG_HEX, .quiet = true, .doc = "0." },
    { "options", PFG_ARRAY, .rows = icmp6_option_rows, .doc = "Options." },
    { 0 }
};
static const struct pfg_row icmp6_advert_rows[] = { /* RFC 4861, 4.2 */
    { "hlim",      PFG_UINT, .size = 1, .doc = "Hop limit to use." },        { "flags",    PFG_UINT, .size = 1, .display = PFG_HEX, .doc = "Managed, other." },
    { "lifetime",  PFG_UINT, .size = 2, .doc = "Seconds as default router." }, { "reachable", PFG_UINT, .size = 4, .doc = "ms." },
    { "retrans",   PFG_UINT, .size = 4, .doc = "ms between solicitations." }, { "options", PFG_ARRAY, .rows = icmp6_option_rows, .doc = "Options." },
    { 0 }
};
static const struct pfg_row icmp6_mtu_rows[] = {
    { "mtu",  PFG_UINT,  .size = 4, .doc = "MTU of the next hop." },
    { "data", PFG_BYTES, .quiet = true, .doc = "Beginning of the packet that is spoken of." },
    { 0 }
};
static const struct pfg_row icmp6_mld_rows[] = { /* RFC 2710, 3 */
    { "delay", PFG_UINT, .size = 2, .doc = "Maximum response delay, ms." },
    { "reserved", PFG_RESERVED, .size = 2, .doc = "0." },
    { "group", PFG_IPV6, .doc = "Multicast address." },
    { "data",  PFG_BYTES, .quiet = true, .doc = "In version 2: robustness, interval, sources." },
    { 0 }
};
static const struct pfg_name icmp6_types[] = { /* RFC 4443, 4861, 2710, 3810 */
    { 1, "unreachable", .body = icmp_other_rows },         { 2, "packet_too_big", .body = icmp6_mtu_rows },
    { 3, "time_exceeded", .body = icmp_other_rows },       { 4, "parameter_problem", .body = icmp_other_rows },
    { 128, "echo_request", .body = icmp_echo_rows },       { 129, "echo_reply", .body = icmp_echo_rows },
    { 130, "mld_query", .body = icmp6_mld_rows },          { 131, "mld_report", .body = icmp6_mld_rows },
    { 132, "mld_done", .body = icmp6_mld_rows },           { 133, "router_solicit", .body = icmp6_solicit_rows },
    { 134, "router_advert", .body = icmp6_advert_rows },   { 135, "neighbor_solicit", .body = icmp6_neighbor_rows },
    { 136, "neighbor_advert", .body = icmp6_neighbor_rows }, { 137, "redirect", .body = icmp_other_rows },
    { 143, "mld2_report", .body = icmp_other_rows },       { 0 }
};
static const struct pfg_row icmp6_rows[] = {
    [ICMP6_TYPE]     = { "type",     PFG_UINT, .size = 1, .init = 128, .names = icmp6_types, .bare = true, .doc = "Kind of message." },
    [ICMP6_CODE]     = { "code",     PFG_UINT, .size = 1, .sparse = true, .doc = "Which of its kind." },
    [ICMP6_CHECKSUM] = { "checksum", PFG_UINT, .size = 2, .display = PFG_HEX, .quiet = true, .doc = "Of pseudo-header and message." },
    [ICMP6_BODY]     = { "body",     PFG_BODY, .by = "type", .rows = icmp_other_rows, .flat = true, .doc = "The message." },
    { 0 }
};
static const struct pfg_also icmp6_also[] = { { "echo.identifier", { "id" } }, { "echo.sequence_number", { "seq" } }, { 0 } };
static const struct pfg_protocol pfg_protocol_icmp6 = { .name = "icmp6", .title = "ICMP for IPv6", .rows = icmp6_rows, .fixed_size = 4, .network = true, .known_as = "icmpv6", .also = icmp6_also };

static const struct pfg_row igmp_source_rows[] = { { "address", PFG_IPV4, .bare = true, .doc = "Source." }, { 0 } };
static const struct pfg_row igmp_query3_rows[] = {
    { "flags",    PFG_UINT,  .size = 1, .display = PFG_HEX, .doc = "Suppress, robustness." },
    { "qqic",     PFG_UINT,  .size = 1, .doc = "Querier's query interval code." },
    { "nsources", PFG_UINT,  .size = 2, .doc = "Sources." },
    { "sources",  PFG_ARRAY, .by = "nsources", .rows = igmp_source_rows, .doc = "Sources." },
    { 0 }
};
static const struct pfg_row igmp_query_rows[] = { /* RFC 3376, 4.1; version 2 ends after the group */
    { "group", PFG_IPV4,  .doc = "Group asked for; 0.0.0.0 = all." },
    { "v3",    PFG_ARRAY, .rows = igmp_query3_rows, .doc = "What version 3 adds." },
    { 0 }
};
static const struct pfg_row igmp_group_rows[] = { { "group", PFG_IPV4, .doc = "Group." }, { 0 } };
static const struct pfg_name igmp_record_types[] = {
    { 1, "is_include" }, { 2, "is_exclude" }, { 3, "to_include" }, { 4, "to_exclude" }, { 5, "allow" }, { 6, "block" }, { 0 }
};
static const struct pfg_row igmp_record_rows[] = { /* RFC 3376, 4.2.4 */
    { "type",     PFG_UINT,  .size = 1, .names = igmp_record_types, .doc = "Kind of record." },
    { "auxlen",   PFG_UINT,  .size = 1, .doc = "Words of auxiliary data; 0." },
    { "nsources", PFG_UINT,  .size = 2, .doc = "Sources." },
    { "group",    PFG_IPV4,  .doc = "Group." },
    { "sources",  PFG_ARRAY, .by = "nsources", .rows = igmp_source_rows, .doc = "Sources." },
    { 0 }
};
static const struct pfg_row igmp_report3_rows[] = { /* RFC 3376, 4.2 */
    { "reserved", PFG_RESERVED, .size = 2, .doc = "0." },
    { "nrecords", PFG_UINT,  .size = 2, .doc = "Records." },
    { "records",  PFG_ARRAY, .by = "nrecords", .rows = igmp_record_rows, .doc = "Records." },
    { 0 }
};
static const struct pfg_name igmp_types[] = {
    { 0x11, "query", .body = igmp_query_rows },     { 0x12, "report_v1", .body = igmp_group_rows },
    { 0x16, "report_v2", .body = igmp_group_rows }, { 0x17, "leave", .body = igmp_group_rows },
    { 0x22, "report_v3", .body = igmp_report3_rows }, { 0 }
};
static const struct pfg_row igmp_rows[] = { /* RFC 2236, 2 */
    { "type",     PFG_UINT,     .size = 1, .init = 0x11, .names = igmp_types, .bare = true, .doc = "Kind of message." },
    { "max_resp", PFG_UINT,     .size = 1, .doc = "Maximum response time, 1/10 s." },
    { "checksum", PFG_CHECKSUM, .size = 2, .algorithm = PFG_INTERNET, .counts = PFG_COUNTS_ALL, .display = PFG_HEX, .doc = "Of the message." },
    { "body",     PFG_BODY,     .by = "type", .rows = igmp_group_rows, .flat = true, .doc = "The message." },
    { 0 }
};
static const struct pfg_also igmp_also[] = { { "maddr", { "group" } }, { 0 } };
static const struct pfg_protocol pfg_protocol_igmp = { .name = "igmp", .title = "Internet Group Management Protocol", .rows = igmp_rows, .fixed_size = 4, .network = true, .also = igmp_also };

/* ---- TCP and UDP --------------------------------------------------------------------- */

static const struct pfg_bit tcp_flag_bits[] = { /* RFC 9293, 3.1; RFC 3168; letters as tcpdump has them */
    { "fin", 0x001, .letter = 'F', .doc = "No more data." },   { "syn", 0x002, .letter = 'S', .doc = "Synchronise sequence numbers." },
    { "rst", 0x004, .letter = 'R', .doc = "Reset." },          { "psh", 0x008, .letter = 'P', .doc = "Push." },
    { "ack", 0x010, .letter = '.', .doc = "The acknowledgment is valid." }, { "urg", 0x020, .letter = 'U', .doc = "The urgent pointer is valid." },
    { "ece", 0x040, .letter = 'E', .doc = "ECN echo." },       { "cwr", 0x080, .letter = 'W', .doc = "Congestion window reduced." },
    { "ae",  0x100, .letter = 'e', .doc = "Accurate ECN (RFC 9768)." }, { 0 }
};
static const struct pfg_row tcp_mss_rows[] = {
    { "length", PFG_LENGTH, .size = 1, .counts = PFG_COUNTS_REST, .add = -2, .quiet = true, .doc = "4." },
    { "mss",    PFG_UINT,   .size = 2, .bare = true, .doc = "Maximum segment size." }, { 0 }
};
static const struct pfg_row tcp_wscale_rows[] = {
    { "length", PFG_LENGTH, .size = 1, .counts = PFG_COUNTS_REST, .add = -2, .quiet = true, .doc = "3." },
    { "shift",  PFG_UINT,   .size = 1, .bare = true, .doc = "Window scale (RFC 7323, 2)." }, { 0 }
};
static const struct pfg_row tcp_sack_rows[] = { { "left", PFG_UINT, .size = 4, .doc = "First byte." }, { "right", PFG_UINT, .size = 4, .doc = "Byte after the last." }, { 0 } };
static const struct pfg_row tcp_sacks_rows[] = {
    { "length", PFG_LENGTH, .size = 1, .counts = PFG_COUNTS_REST, .add = -2, .quiet = true, .doc = "Bytes of the option." },
    { "blocks", PFG_ARRAY,  .rows = tcp_sack_rows, .bare = true, .doc = "Blocks received (RFC 2018)." }, { 0 }
};
static const struct pfg_row tcp_timestamps_rows[] = {
    { "length", PFG_LENGTH, .size = 1, .counts = PFG_COUNTS_REST, .add = -2, .quiet = true, .doc = "10." },
    { "val",    PFG_UINT,   .size = 4, .doc = "Sender's clock (RFC 7323, 3)." },
    { "ecr",    PFG_UINT,   .size = 4, .doc = "The peer's clock sent back." }, { 0 }
};
static const struct pfg_name tcp_option_kinds[] = { /* IANA TCP option kinds */
    { 0, "eol", .body = tlv_none, .stop = true }, { 1, "nop", .body = tlv_none }, { 2, "mss", .body = tcp_mss_rows },
    { 3, "wscale", .body = tcp_wscale_rows }, { 4, "sackOK", .body = tlv_bytes }, { 5, "sack", .body = tcp_sacks_rows },
    { 8, "TS", .body = tcp_timestamps_rows }, { 19, "md5", .body = tlv_bytes }, { 28, "uto", .body = tlv_bytes },
    { 29, "ao", .body = tlv_bytes }, { 30, "mptcp", .body = tlv_bytes }, { 34, "tfo", .body = tlv_bytes }, { 0 }
};
static const struct pfg_row tcp_option_rows[] = {
    { "kind", PFG_UINT, .size = 1, .names = tcp_option_kinds, .bare = true, .doc = "Kind of option." },
    { "option", PFG_BODY, .by = "kind", .rows = tlv_bytes, .flat = true, .doc = "The option." },
    { 0 }
};
static const struct pfg_row tcp_rows[] = { /* RFC 9293, 3.1 */
    [TCP_SRCPORT]  = { "srcport",  PFG_UINT,    .size = 2, .alias = "sport", .quiet = true, .doc = "Source port." },
    [TCP_DSTPORT]  = { "dstport",  PFG_UINT,    .size = 2, .alias = "dport", .quiet = true, .doc = "Destination port." },
    [TCP_SEQ]      = { "seq",      PFG_UINT,    .size = 4, .doc = "Sequence number of the first byte." },
    [TCP_ACK]      = { "ack",      PFG_UINT,    .size = 4, .sparse = true, .doc = "Next byte expected." },
    [TCP_OFFSET]   = { "offset",   PFG_LENGTH,  .bits = 4, .scale = 4, .counts = PFG_COUNTS_ALL, .doc = "Bytes of the header." },
    [TCP_FLAGS]    = { "flags",    PFG_FLAGS,   .bits = 12, .init = 2, .flags = tcp_flag_bits, .display = PFG_HEX, .doc = "Control bits." },
    [TCP_WINDOW]   = { "window",   PFG_UINT,    .size = 2, .init = 65535, .alias = "win", .brief = "win", .doc = "Bytes that may be sent, unscaled." },
    [TCP_CHECKSUM] = { "checksum", PFG_UINT,    .size = 2, .display = PFG_HEX, .quiet = true, .doc = "Of pseudo-header and segment." },
    [TCP_URGENT]   = { "urgent",   PFG_UINT,    .size = 2, .quiet = true, .doc = "Urgent pointer." },
    [TCP_LEN]      = { "len",      PFG_DERIVED, .brief = "length", .doc = "Bytes of data." },
    [TCP_OPTIONS]  = { "options",  PFG_ARRAY,   .rows = tcp_option_rows, .doc = "Options." },
    { 0 }
};
static const struct pfg_also tcp_also[] = {
    { "port", { "srcport", "dstport" } }, { "seq_raw", { "seq" } }, { "ack_raw", { "ack" } }, { "hdr_len", { "offset" } },
    { "window_size_value", { "window" } }, { "urgent_pointer", { "urgent" } },
    { "flags.fin", { "flags_bits.fin" } }, { "flags.syn", { "flags_bits.syn" } }, { "flags.reset", { "flags_bits.rst" } },
    { "flags.push", { "flags_bits.psh" } }, { "flags.ack", { "flags_bits.ack" } }, { "flags.urg", { "flags_bits.urg" } },
    { "flags.ece", { "flags_bits.ece" } }, { "flags.cwr", { "flags_bits.cwr" } }, { "flags.ae", { "flags_bits.ae" } },
    { "option_kind", { "options.kind" } }, { "option_len", { "options.length" } }, { "options.mss_val", { "options.mss" } },
    { "options.sack_le", { "options.blocks.left" } }, { "options.sack_re", { "options.blocks.right" } },
    { 0 } };
static const struct pfg_protocol pfg_protocol_tcp = { .name = "tcp", .title = "Transmission Control Protocol", .rows = tcp_rows, .fixed_size = 20, .network = true, .also = tcp_also };

static const struct pfg_row udp_rows[] = { /* RFC 768 */
    [UDP_SRCPORT]  = { "srcport",  PFG_UINT, .size = 2, .alias = "sport", .quiet = true, .doc = "Source port." },
    [UDP_DSTPORT]  = { "dstport",  PFG_UINT, .size = 2, .alias = "dport", .quiet = true, .doc = "Destination port." },
    [UDP_LENGTH]   = { "length",   PFG_UINT, .size = 2, .doc = "Bytes of header and data." },
    [UDP_CHECKSUM] = { "checksum", PFG_UINT, .size = 2, .display = PFG_HEX, .quiet = true, .doc = "Of pseudo-header and datagram; 0 = none." },
    { 0 }
};
static const struct pfg_also udp_also[] = { { "port", { "srcport", "dstport" } }, { 0 } };
static const struct pfg_protocol pfg_protocol_udp = { .name = "udp", .title = "User Datagram Protocol", .rows = udp_rows, .fixed_size = 8, .network = true, .also = udp_also };

/* A layer that no table describes: what a stack of layers may end with. */
static const struct pfg_row raw_rows[] = { { "data", PFG_DATA, .doc = "Bytes as they are." }, { 0 } };
static const struct pfg_protocol pfg_protocol_raw = { .name = "raw", .title = "Bytes", .rows = raw_rows, .network = true };

/* clang-format on */

#endif
