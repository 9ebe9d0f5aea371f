/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What rows cannot say of each layer: which one is next, where its payload ends. */
#include "proto/layers_inside.h"

enum { ETHER_TYPE_LEAST = 1536 };

static void problem(struct pfg_climb *c, enum pfg_problem which)
{
    c->pdu->problems |= 1u << which;
}

/* Where a row of the layer at hand stands. */
static inline const uint8_t *row_bytes(const struct pfg_climb *c, unsigned which)
{
    return c->at + c->run->steps[which].at;
}

/* Past the layer's header, of size bytes, of which the capture may have cut some. */
static void step_over(struct pfg_climb *c, uint32_t size)
{
    c->at += size < pfg_climb_left(c) ? size : pfg_climb_left(c);
    c->wire -= size < c->wire ? size : c->wire;
}

/* No more than size bytes from here belong to the packet: what is behind is padding. */
static void bound(struct pfg_climb *c, uint32_t size)
{
    if (size < c->wire)
        c->wire = size;
    else if (size > c->wire)
        problem(c, PFG_PROBLEM_TRUNCATED);
    if (pfg_climb_left(c) > c->wire)
        c->end = c->at + c->wire;
}

/* The layer that a row's value leads to. */
static inline int next_of(const struct pfg_climb *c, unsigned which, uint64_t value)
{
    return pfg_layer_of_value(c->run->steps[which].field, value);
}

static int after_ether_type(struct pfg_climb *c, unsigned which)
{
    uint64_t type = pfg_climb_row(c, which);
    int next = next_of(c, which, type);

    step_over(c, c->pdu->size);
    if (type >= ETHER_TYPE_LEAST)
        return next;
    bound(c, (uint32_t)type); /* IEEE 802.3: a length */
    return LAYER_NONE;
}

static int after_eth(struct pfg_climb *c)
{
    return after_ether_type(c, ETH_TYPE);
}

static int after_vlan(struct pfg_climb *c)
{
    c->flow->vlans = c->flow->vlans << 16 | (uint32_t)pfg_climb_row(c, VLAN_ID);
    return after_ether_type(c, VLAN_TYPE);
}

/* Cooked captures have numbers of Linux's own below the EtherTypes, and no lengths. */
static int after_cooked(struct pfg_climb *c, unsigned which)
{
    int next = next_of(c, which, pfg_climb_row(c, which));
    step_over(c, c->pdu->size);
    return next;
}

static int after_sll(struct pfg_climb *c)
{
    return after_cooked(c, SLL_TYPE);
}

static int after_sll2(struct pfg_climb *c)
{
    return after_cooked(c, SLL2_TYPE);
}

static int after_null(struct pfg_climb *c)
{
    const struct pfg_value *family = &c->decode->values[c->pdu->first + NULL_FAMILY];
    int next = pfg_layer_of_value(family->field, family->u);

    step_over(c, c->pdu->size);
    return next != LAYER_NONE
               ? next
               : pfg_layer_of_value(family->field, __builtin_bswap32((uint32_t)family->u));
}

static inline void note_network(struct pfg_climb *c, uint8_t family, unsigned src, unsigned dst)
{
    c->flow->family = family;
    c->flow->src = row_bytes(c, src);
    c->flow->dst = row_bytes(c, dst);
    c->flow->sum_src = c->flow->sum_dst = 0;
    c->flow->network_pdu = c->pdu == &c->light_pdu ? UINT32_MAX : c->decode->pdu_count - 1;
}

static void note_fragment(struct pfg_climb *c, uint32_t id, uint64_t offset, bool more)
{
    struct pfg_flow *flow = c->flow;
    flow->fragment = true;
    flow->fragment_id = id;
    flow->fragment_offset = (uint32_t)offset;
    flow->more_fragments = more;
}

static int after_ip(struct pfg_climb *c)
{
    /* Not the bytes that were decoded: options may be wrong, and what is behind them right. */
    uint32_t header = (uint32_t)pfg_climb_row(c, IP_IHL), len = (uint32_t)pfg_climb_row(c, IP_LEN);
    uint64_t offset = pfg_climb_row(c, IP_FRAG_OFFSET);
    bool more = pfg_climb_row(c, IP_MF);
    uint64_t proto = pfg_climb_row(c, IP_PROTO);
    int next = next_of(c, IP_PROTO, proto);

    note_network(c, 4, IP_SRC, IP_DST);
    c->flow->protocol = (uint8_t)proto;
    if (header > c->wire || (len && len < header)) {
        problem(c, PFG_PROBLEM_BAD_LENGTH);
        return LAYER_NONE;
    }
    if (more || offset) {
        note_fragment(c, (uint32_t)pfg_climb_row(c, IP_ID), offset, more);
        next = LAYER_NONE;
    }
    if (c->verify && header > pfg_layer(PFG_LAYER_IP)->header_size)
        pfg_climb_ip_route(c, header);
    step_over(c, header);
    if (len) /* 0: cut up by the sender's hardware only after it was captured */
        bound(c, len - header);
    return next;
}

static int after_ip6_header(struct pfg_climb *c, unsigned which)
{
    uint64_t protocol = pfg_climb_row(c, which);
    c->flow->protocol = (uint8_t)protocol;
    return next_of(c, which, protocol);
}

static int after_ip6(struct pfg_climb *c)
{
    uint32_t plen = (uint32_t)pfg_climb_row(c, IP6_PLEN);
    int next = after_ip6_header(c, IP6_NXT);

    note_network(c, 6, IP6_SRC, IP6_DST);
    step_over(c, c->pdu->size);
    if (plen) /* 0: a jumbogram (RFC 2675), or cut up later */
        bound(c, plen);
    return next;
}

static int after_ip6_extension(struct pfg_climb *c)
{
    int next = after_ip6_header(c, IP6_EXT_NXT);
    step_over(c, c->pdu->size);
    return next;
}

static int after_ip6_dst(struct pfg_climb *c)
{
    if (c->verify)
        pfg_climb_ip6_home(c);
    return after_ip6_extension(c);
}

static int after_ip6_route(struct pfg_climb *c)
{
    if (c->verify)
        pfg_climb_ip6_route(c);
    return after_ip6_extension(c);
}

static int after_ip6_frag(struct pfg_climb *c)
{
    uint64_t offset = pfg_climb_row(c, IP6_FRAG_OFFSET);
    bool more = pfg_climb_row(c, IP6_FRAG_MF);
    int next = after_ip6_header(c, IP6_FRAG_NXT);

    if (more || offset) {
        note_fragment(c, (uint32_t)pfg_climb_row(c, IP6_FRAG_ID), offset, more);
        next = LAYER_NONE;
    }
    step_over(c, c->pdu->size);
    return next;
}

/* The pseudo-header's sum (RFC 9293, 3.1; RFC 8200, 8.1). */
static uint32_t pseudo_sum(const struct pfg_flow *flow, uint32_t size, uint8_t protocol)
{
    uint32_t address = flow->family == 4 ? 4 : 16;
    uint32_t sum =
        pfg_inet_sum(flow->src + flow->sum_src, address, (size >> 16) + (size & 0xffff) + protocol);
    return pfg_inet_sum(flow->dst + flow->sum_dst, address, sum);
}

/* Verifies the checksum in a row of a transport layer of size bytes, if all were captured. A
 * checksum that is just the pseudo-header's sum was left to the sender's hardware. */
static void verify(struct pfg_climb *c, unsigned which, uint8_t protocol, uint32_t size)
{
    const struct pfg_flow *flow = c->flow;

    if (!c->verify || !flow->src || pfg_climb_left(c) < size || flow->sum_src == PFG_FAR ||
        flow->sum_dst == PFG_FAR)
        return;
    uint32_t pseudo = pseudo_sum(flow, size, protocol);
    if (pfg_climb_row(c, which) == (uint16_t)~pfg_inet_finish(pseudo))
        return;
    if (pfg_inet_finish(pfg_inet_sum(c->at, size, pseudo)) != 0)
        problem(c, PFG_PROBLEM_BAD_CHECKSUM);
}

static int after_tcp(struct pfg_climb *c)
{
    struct pfg_flow *flow = c->flow;
    uint32_t header = (uint32_t)pfg_climb_row(c, TCP_OFFSET);

    verify(c, TCP_CHECKSUM, 6, c->wire);
    flow->has_ports = true;
    flow->sport = (uint16_t)pfg_climb_row(c, TCP_SRCPORT);
    flow->dport = (uint16_t)pfg_climb_row(c, TCP_DSTPORT);
    flow->tcp_seq = (uint32_t)pfg_climb_row(c, TCP_SEQ);
    flow->tcp_ack = (uint32_t)pfg_climb_row(c, TCP_ACK);
    flow->tcp_flags = (uint16_t)pfg_climb_row(c, TCP_FLAGS);
    flow->tcp_window = (uint16_t)pfg_climb_row(c, TCP_WINDOW);
    flow->tcp_urgent = (uint16_t)pfg_climb_row(c, TCP_URGENT);
    if (header > c->wire)
        problem(c, PFG_PROBLEM_BAD_LENGTH);
    step_over(c, header); /* as for IPv4, wrong options end where they say */
    if (c->pdu->head)
        c->pdu->head_derived = c->wire;
    else if (c->pdu != &c->light_pdu)
        c->decode->values[c->pdu->first + TCP_LEN].u = c->wire;
    return LAYER_NONE;
}

/* By itself, for few ask for it. */
static __attribute__((noinline)) void verify_udp(struct pfg_climb *c, uint32_t length)
{
    if (pfg_climb_row(c, UDP_CHECKSUM))
        verify(c, UDP_CHECKSUM, 17, length >= 8 && length < c->wire ? length : c->wire);
    else if (c->flow->family == 6)
        problem(c, PFG_PROBLEM_BAD_CHECKSUM); /* RFC 8200, 8.1: it must not be left out */
}

/* Whether no length tells that it is too large for the field (RFC 2675, 4). */
static inline bool is_jumbo(const struct pfg_climb *c, uint32_t length)
{
    return length == 0 && c->flow->family == 6 && c->wire > UINT16_MAX - 8;
}

static int after_udp(struct pfg_climb *c)
{
    struct pfg_flow *flow = c->flow;
    uint32_t length = (uint32_t)pfg_climb_row(c, UDP_LENGTH);

    if (c->verify)
        verify_udp(c, length);
    flow->has_ports = true;
    flow->sport = (uint16_t)pfg_climb_row(c, UDP_SRCPORT);
    flow->dport = (uint16_t)pfg_climb_row(c, UDP_DSTPORT);
    step_over(c, c->pdu->size);
    if (length >= 8)
        bound(c, length - 8);
    else if (!is_jumbo(c, length))
        problem(c, PFG_PROBLEM_BAD_LENGTH);
    return LAYER_NONE;
}

static int after_icmp6(struct pfg_climb *c)
{
    verify(c, ICMP6_CHECKSUM, 58, c->wire);
    step_over(c, c->pdu->size);
    return LAYER_NONE;
}

static int after_any(struct pfg_climb *c)
{
    step_over(c, c->pdu->size);
    return LAYER_NONE;
}

const struct pfg_layer_code pfg_layer_codes[PFG_LAYER_COUNT] = {
    [PFG_LAYER_FRAME] = { after_any, 1 },
    [PFG_LAYER_ETH] = { after_eth, ETH_TYPE + 1 },
    [PFG_LAYER_VLAN] = { after_vlan, VLAN_TYPE + 1 },
    [PFG_LAYER_ARP] = { after_any, 1 },
    [PFG_LAYER_IP] = { after_ip, IP_DST + 1 },
    [PFG_LAYER_IP6] = { after_ip6, IP6_DST + 1 },
    [PFG_LAYER_ICMP] = { after_any, 1, .transport = true },
    [PFG_LAYER_ICMP6] = { after_icmp6, ICMP6_CHECKSUM + 1, .transport = true },
    [PFG_LAYER_IGMP] = { after_any, 1, .transport = true },
    [PFG_LAYER_TCP] = { after_tcp, TCP_LEN + 1, .transport = true },
    [PFG_LAYER_UDP] = { after_udp, UDP_CHECKSUM + 1, .transport = true },
    [PFG_LAYER_SLL] = { after_sll, SLL_TYPE + 1 },
    [PFG_LAYER_SLL2] = { after_sll2, SLL2_TYPE + 1 },
    [PFG_LAYER_NULL] = { after_null, NULL_FAMILY + 1 },
    [PFG_LAYER_IP6_HOP] = { after_ip6_extension, IP6_EXT_NXT + 1 },
    [PFG_LAYER_IP6_DST] = { after_ip6_dst, IP6_EXT_NXT + 1 },
    [PFG_LAYER_IP6_ROUTE] = { after_ip6_route, IP6_EXT_NXT + 1 },
    [PFG_LAYER_IP6_FRAG] = { after_ip6_frag, IP6_FRAG_ID + 1 },
    [PFG_LAYER_RAW] = { after_any, 1 },
    [PFG_LAYER_LOOP] = { after_null, NULL_FAMILY + 1 },
};
