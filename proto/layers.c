/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packets to layers: which layer is next, where payloads end. Building is build.c. */
#include "proto/layers.h"

#include <string.h>

#include "proto/cursor.h"
#include "proto/layer_rows.h"
#include "proto/run.h"

enum { LAYERS_MAX = 32, ETHER_TYPE_LEAST = 1536, LOOP_LAYER = PFG_LAYER_COUNT };

const struct pfg_proto *pfg_layer(enum pfg_layer_id id)
{
    return pfg_proto_at((size_t)id);
}

bool pfg_link_known(uint32_t link_type)
{
    switch (link_type) {
    case PFG_LINK_NULL:
    case PFG_LINK_ETHERNET:
    case PFG_LINK_RAW_BSD:
    case PFG_LINK_RAW_OPENBSD:
    case PFG_LINK_RAW:
    case PFG_LINK_LOOP:
    case PFG_LINK_LINUX_SLL:
    case PFG_LINK_IPV4:
    case PFG_LINK_IPV6:
    case PFG_LINK_LINUX_SLL2:
        return true;
    default:
        return false;
    }
}

/* A packet on its way up. at..end: captured bytes left; wire: bytes left on the wire, >= those. */
struct climb {
    struct pfg_decode *decode;
    struct pfg_flow *flow;
    const uint8_t *at, *end;
    uint32_t wire;
    bool verify;
    bool lines;              /* a layer with options is decoded though nobody asks for it */
    uint32_t wanted;         /* layers whose values are asked for, bits 1 << enum pfg_layer_id */
    uint32_t light_problems; /* of the layers that were not decoded */
    /* The layer at hand: */
    const struct pfg_run *run; /* its rows at fixed places, which the code below reads */
    struct pfg_pdu *pdu;       /* &light_pdu where it was not decoded */
    bool spare;                /* eight bytes more than the run's can be read */
    struct pfg_pdu light_pdu;
};

static void problem(struct climb *c, enum pfg_problem which)
{
    c->pdu->problems |= 1u << which;
}

static uint32_t left(const struct climb *c)
{
    return (uint32_t)(c->end - c->at);
}

/* A row of the layer at hand, straight from its bytes: its number, */
static inline uint64_t row(const struct climb *c, unsigned which)
{
    const struct pfg_step *step = &c->run->steps[which];
    return pfg_step_raw(step, c->at, c->spare) * step->scale;
}

/* and where it stands. */
static inline const uint8_t *row_bytes(const struct climb *c, unsigned which)
{
    return c->at + c->run->steps[which].at;
}

/* Past the layer's header, of size bytes, of which the capture may have cut some. */
static void step_over(struct climb *c, uint32_t size)
{
    c->at += size < left(c) ? size : left(c);
    c->wire -= size < c->wire ? size : c->wire;
}

/* No more than size bytes from here belong to the packet: what is behind is padding. */
static void bound(struct climb *c, uint32_t size)
{
    if (size < c->wire)
        c->wire = size;
    else if (size > c->wire)
        problem(c, PFG_PROBLEM_TRUNCATED);
    if (left(c) > c->wire)
        c->end = c->at + c->wire;
}

/* The layer that a named value leads to, or LAYER_NONE. */
enum { LAYER_NONE = -1 };
static int layer_of_value(const struct pfg_field *field, uint64_t value)
{
    const struct pfg_names *names = field->names;
    const struct pfg_name *name = pfg_name_find(names, value);
    return name && names->layers ? names->layers[name - names->rows] : LAYER_NONE;
}

static int next_of(const struct climb *c, unsigned which)
{
    return layer_of_value(c->run->steps[which].field, row(c, which));
}

static int after_ether_type(struct climb *c, unsigned which)
{
    uint64_t type = row(c, which);
    int next = next_of(c, which);

    step_over(c, c->pdu->size);
    if (type >= ETHER_TYPE_LEAST)
        return next;
    bound(c, (uint32_t)type); /* IEEE 802.3: a length */
    return LAYER_NONE;
}

static int after_eth(struct climb *c)
{
    return after_ether_type(c, ETH_TYPE);
}

static int after_vlan(struct climb *c)
{
    return after_ether_type(c, VLAN_TYPE);
}

/* Cooked captures have numbers of Linux's own below the EtherTypes, and no lengths. */
static int after_cooked(struct climb *c, unsigned which)
{
    int next = next_of(c, which);
    step_over(c, c->pdu->size);
    return next;
}

static int after_sll(struct climb *c)
{
    return after_cooked(c, SLL_TYPE);
}

static int after_sll2(struct climb *c)
{
    return after_cooked(c, SLL2_TYPE);
}

static int after_null(struct climb *c)
{
    const struct pfg_value *family = &c->decode->values[c->pdu->first + NULL_FAMILY];
    int next = layer_of_value(family->field, family->u);

    step_over(c, c->pdu->size);
    return next != LAYER_NONE ? next
                              : layer_of_value(family->field,
                                               __builtin_bswap32((uint32_t)family->u));
}

static void note_network(struct climb *c, uint8_t family, unsigned src, unsigned dst)
{
    c->flow->family = family;
    c->flow->src = row_bytes(c, src);
    c->flow->dst = row_bytes(c, dst);
    c->flow->network_pdu = c->pdu == &c->light_pdu ? UINT32_MAX : c->decode->pdu_count - 1;
}

static void note_fragment(struct climb *c, uint32_t id, uint64_t offset, bool more)
{
    struct pfg_flow *flow = c->flow;
    flow->fragment = true;
    flow->fragment_id = id;
    flow->fragment_offset = (uint32_t)offset;
    flow->more_fragments = more;
}

static int after_ip(struct climb *c)
{
    /* Not the bytes that were decoded: options may be wrong, and what is behind them right. */
    uint32_t header = (uint32_t)row(c, IP_IHL), len = (uint32_t)row(c, IP_LEN);
    uint64_t offset = row(c, IP_FRAG_OFFSET);
    bool more = row(c, IP_MF);
    int next = next_of(c, IP_PROTO);

    note_network(c, 4, IP_SRC, IP_DST);
    c->flow->protocol = (uint8_t)row(c, IP_PROTO);
    if (header > c->wire || (len && len < header)) {
        problem(c, PFG_PROBLEM_BAD_LENGTH);
        return LAYER_NONE;
    }
    if (more || offset) {
        note_fragment(c, (uint32_t)row(c, IP_ID), offset, more);
        next = LAYER_NONE;
    }
    step_over(c, header);
    if (len) /* 0: cut up by the sender's hardware only after it was captured */
        bound(c, len - header);
    return next;
}

static int after_ip6_header(struct climb *c, unsigned which)
{
    c->flow->protocol = (uint8_t)row(c, which);
    return next_of(c, which);
}

static int after_ip6(struct climb *c)
{
    uint32_t plen = (uint32_t)row(c, IP6_PLEN);
    int next = after_ip6_header(c, IP6_NXT);

    note_network(c, 6, IP6_SRC, IP6_DST);
    step_over(c, c->pdu->size);
    if (plen) /* 0: a jumbogram (RFC 2675), or cut up later */
        bound(c, plen);
    return next;
}

static int after_ip6_extension(struct climb *c)
{
    int next = after_ip6_header(c, IP6_EXT_NXT);
    step_over(c, c->pdu->size);
    return next;
}

static int after_ip6_frag(struct climb *c)
{
    uint64_t offset = row(c, IP6_FRAG_OFFSET);
    bool more = row(c, IP6_FRAG_MF);
    int next = after_ip6_header(c, IP6_FRAG_NXT);

    if (more || offset) {
        note_fragment(c, (uint32_t)row(c, IP6_FRAG_ID), offset, more);
        next = LAYER_NONE;
    }
    step_over(c, c->pdu->size);
    return next;
}

/* The pseudo-header's sum (RFC 9293, 3.1; RFC 8200, 8.1). */
static uint32_t pseudo_sum(const struct pfg_flow *flow, uint32_t size, uint8_t protocol)
{
    uint32_t address = flow->family == 4 ? 4 : 16;
    uint32_t sum = pfg_inet_sum(flow->src, address, (size >> 16) + (size & 0xffff) + protocol);
    return pfg_inet_sum(flow->dst, address, sum);
}

/* Verifies the checksum in a row of a transport layer of size bytes, if all were captured. A
 * checksum that is just the pseudo-header's sum was left to the sender's hardware. */
static void verify(struct climb *c, unsigned which, uint8_t protocol, uint32_t size)
{
    const struct pfg_flow *flow = c->flow;

    if (!c->verify || !flow->src || left(c) < size || flow->fragment)
        return;
    uint32_t pseudo = pseudo_sum(flow, size, protocol);
    if (row(c, which) == (uint16_t)~pfg_inet_finish(pseudo))
        return;
    if (pfg_inet_finish(pfg_inet_sum(c->at, size, pseudo)) != 0)
        problem(c, PFG_PROBLEM_BAD_CHECKSUM);
}

static int after_tcp(struct climb *c)
{
    struct pfg_flow *flow = c->flow;
    uint32_t header = (uint32_t)row(c, TCP_OFFSET);

    verify(c, TCP_CHECKSUM, 6, c->wire);
    flow->has_ports = true;
    flow->sport = (uint16_t)row(c, TCP_SRCPORT);
    flow->dport = (uint16_t)row(c, TCP_DSTPORT);
    flow->tcp_seq = (uint32_t)row(c, TCP_SEQ);
    flow->tcp_ack = (uint32_t)row(c, TCP_ACK);
    flow->tcp_flags = (uint8_t)row(c, TCP_FLAGS);
    flow->tcp_window = (uint16_t)row(c, TCP_WINDOW);
    if (header > c->wire)
        problem(c, PFG_PROBLEM_BAD_LENGTH);
    step_over(c, header); /* as for IPv4, wrong options end where they say */
    if (c->pdu != &c->light_pdu)
        c->decode->values[c->pdu->first + TCP_LEN].u = c->wire;
    return LAYER_NONE;
}

static int after_udp(struct climb *c)
{
    struct pfg_flow *flow = c->flow;
    uint32_t length = (uint32_t)row(c, UDP_LENGTH);

    if (c->verify && row(c, UDP_CHECKSUM))
        verify(c, UDP_CHECKSUM, 17, length >= 8 && length < c->wire ? length : c->wire);
    flow->has_ports = true;
    flow->sport = (uint16_t)row(c, UDP_SRCPORT);
    flow->dport = (uint16_t)row(c, UDP_DSTPORT);
    step_over(c, c->pdu->size);
    if (length >= 8)
        bound(c, length - 8);
    else if (length)
        problem(c, PFG_PROBLEM_BAD_LENGTH);
    return LAYER_NONE;
}

static int after_icmp6(struct climb *c)
{
    verify(c, ICMP6_CHECKSUM, 58, c->wire);
    step_over(c, c->pdu->size);
    return LAYER_NONE;
}

static int after_any(struct climb *c)
{
    step_over(c, c->pdu->size);
    return LAYER_NONE;
}

/* What code there is to a layer. */
struct layer_code {
    int (*after)(struct climb *c); /* goes past the header, and says what is next */
    uint8_t needed;                /* rows, from the first on, that must be there for it */
    bool transport;
    bool light; /* it need not be decoded where nobody asks for its values */
};

static const struct layer_code codes[LOOP_LAYER + 1] = {
    [PFG_LAYER_FRAME] = { after_any, 1 },
    [PFG_LAYER_ETH] = { after_eth, ETH_TYPE + 1, .light = true },
    [PFG_LAYER_VLAN] = { after_vlan, VLAN_TYPE + 1, .light = true },
    [PFG_LAYER_ARP] = { after_any, 1 },
    [PFG_LAYER_IP] = { after_ip, IP_DST + 1, .light = true },
    [PFG_LAYER_IP6] = { after_ip6, IP6_DST + 1, .light = true },
    [PFG_LAYER_ICMP] = { after_any, 1, .transport = true },
    [PFG_LAYER_ICMP6] = { after_icmp6, ICMP6_CHECKSUM + 1, .transport = true },
    [PFG_LAYER_IGMP] = { after_any, 1, .transport = true },
    [PFG_LAYER_TCP] = { after_tcp, TCP_LEN + 1, .transport = true, .light = true },
    [PFG_LAYER_UDP] = { after_udp, UDP_CHECKSUM + 1, .transport = true, .light = true },
    [PFG_LAYER_SLL] = { after_sll, SLL_TYPE + 1, .light = true },
    [PFG_LAYER_SLL2] = { after_sll2, SLL2_TYPE + 1, .light = true },
    [PFG_LAYER_NULL] = { after_null, NULL_FAMILY + 1 },
    [PFG_LAYER_IP6_HOP] = { after_ip6_extension, IP6_EXT_NXT + 1 },
    [PFG_LAYER_IP6_DST] = { after_ip6_extension, IP6_EXT_NXT + 1 },
    [PFG_LAYER_IP6_ROUTE] = { after_ip6_extension, IP6_EXT_NXT + 1 },
    [PFG_LAYER_IP6_FRAG] = { after_ip6_frag, IP6_FRAG_ID + 1 },
    [PFG_LAYER_RAW] = { after_any, 1 },
    [LOOP_LAYER] = { after_null, NULL_FAMILY + 1 },
};

/* The layer's fixed rows alone. False: it is asked for, or something is wrong with it, and it is
 * decoded, which tells what. */
static bool climb_light(struct climb *c, int layer, const struct pfg_proto *proto)
{
    if (!codes[layer].light || c->wanted >> layer & 1 || left(c) < proto->def->fixed_size ||
        !pfg_run_right(c->run, c->at, c->spare))
        return false;
    if (c->lines && c->flow->family && (layer == PFG_LAYER_IP || layer == PFG_LAYER_IP6))
        return false; /* a tunnel: its line has the outer addresses too */
    if (c->run->length != PFG_RUN_NONE) {
        uint64_t size = row(c, c->run->length);
        if (size < proto->header_size || (c->lines && size > proto->header_size))
            return false; /* options may be wrong, and a line says so */
    }
    c->pdu = &c->light_pdu;
    c->pdu->size = proto->header_size;
    c->pdu->problems = 0;
    return true;
}

/* The layer with all its values. False: there is nothing behind it. */
static bool climb_full(struct climb *c, int layer, const struct pfg_proto *proto)
{
    /* With a body it takes all that is there, of which the capture may have cut some. */
    c->pdu = pfg_decode_message(c->decode, proto, c->at, left(c), proto->body ? c->wire : left(c),
                                c->verify ? 0 : PFG_DECODE_NO_CHECKSUM);
    if (!c->pdu)
        return false;
    if (codes[layer].transport)
        c->flow->transport_pdu = c->decode->pdu_count - 1;
    return c->pdu->count >= codes[layer].needed &&
           !(c->pdu->problems & 1u << PFG_PROBLEM_BAD_CONSTANT);
}

static int climb_layers(struct climb *c, int layer)
{
    for (unsigned i = 0; layer != LAYER_NONE && i < LAYERS_MAX; i++) {
        const struct pfg_proto *proto = pfg_proto_at((size_t)layer);
        c->run = proto->table.fields->run;
        c->spare = c->run && left(c) >= c->run->size + 8u;
        bool light = climb_light(c, layer, proto);
        if (!light && !climb_full(c, layer, proto))
            return c->pdu ? 0 : -1;
        layer = codes[layer].after(c);
        c->light_problems |= light ? c->light_pdu.problems : 0;
    }
    c->flow->payload = c->at;
    c->flow->payload_size = left(c);
    c->flow->payload_wire = c->wire;
    return 0;
}

static int first_layer(const struct pfg_packet *packet)
{
    switch (packet->link_type) {
    case PFG_LINK_ETHERNET:
        return PFG_LAYER_ETH;
    case PFG_LINK_LINUX_SLL:
        return PFG_LAYER_SLL;
    case PFG_LINK_LINUX_SLL2:
        return PFG_LAYER_SLL2;
    case PFG_LINK_NULL:
        return PFG_LAYER_NULL;
    case PFG_LINK_LOOP:
        return LOOP_LAYER;
    case PFG_LINK_IPV4:
        return PFG_LAYER_IP;
    case PFG_LINK_IPV6:
        return PFG_LAYER_IP6;
    case PFG_LINK_RAW_BSD:
    case PFG_LINK_RAW_OPENBSD:
    case PFG_LINK_RAW:
        if (packet->caplen == 0)
            return LAYER_NONE;
        return packet->bytes[0] >> 4 == 6 ? PFG_LAYER_IP6 : PFG_LAYER_IP;
    default:
        return LAYER_NONE;
    }
}

/* The layers of a packet behind its frame. */
static int climb_packet(struct climb *c, struct pfg_decode *decode, const struct pfg_packet *packet,
                        struct pfg_flow *flow, uint32_t wanted)
{
    memset(flow, 0, sizeof *flow);
    flow->network_pdu = flow->transport_pdu = UINT32_MAX;
    c->decode = decode;
    c->flow = flow;
    c->at = packet->bytes;
    c->end = packet->bytes + packet->caplen;
    c->wire = packet->len > packet->caplen ? packet->len : packet->caplen;
    c->verify = packet->verify_checksums;
    c->wanted = wanted;
    c->light_problems = 0;
    return climb_layers(c, first_layer(packet));
}

/* What the capture knows of the packet. */
static int decode_frame(struct pfg_decode *decode, const struct pfg_packet *packet)
{
    struct pfg_pdu *frame = pfg_decode_message(decode, pfg_layer(PFG_LAYER_FRAME), packet->bytes,
                                               0, 0, 0);
    if (!frame)
        return -1;
    struct pfg_value *v = decode->values + frame->first;
    v[FRAME_NUMBER].u = packet->number;
    v[FRAME_TIME].u = packet->time_ns;
    v[FRAME_LEN].u = packet->len;
    v[FRAME_CAPLEN].u = packet->caplen;
    return 0;
}

int pfg_layers_some(struct pfg_decode *decode, const struct pfg_packet *packet,
                    struct pfg_flow *flow, uint32_t wanted)
{
    struct climb c;
    c.lines = false;
    if (wanted & 1u << PFG_LAYER_FRAME && decode_frame(decode, packet) < 0)
        return -1;
    return climb_packet(&c, decode, packet, flow, wanted);
}

int pfg_layers_decode(struct pfg_decode *decode, const struct pfg_packet *packet,
                      struct pfg_flow *flow)
{
    return pfg_layers_some(decode, packet, flow, PFG_LAYERS_ALL);
}

int pfg_layers_line(struct pfg_decode *decode, const struct pfg_packet *packet,
                    struct pfg_flow *flow)
{
    struct climb c;
    c.lines = true;
    int r = climb_packet(&c, decode, packet, flow, 1u << PFG_LAYER_TCP | 1u << PFG_LAYER_UDP);
    if (r < 0 || (flow->has_ports && flow->transport_pdu == 0 && decode->pdu_count == 1 &&
                  !c.light_problems))
        return r;
    pfg_decode_reset(decode);
    return pfg_layers_decode(decode, packet, flow);
}

int pfg_layers_transport(struct pfg_decode *decode, const uint8_t *bytes, uint32_t size,
                         struct pfg_flow *flow)
{
    const struct pfg_field *proto = &pfg_layer(PFG_LAYER_IP)->table.fields[IP_PROTO];
    struct climb c = {
        .decode = decode, .flow = flow, .at = bytes, .end = bytes + size, .wire = size,
        .wanted = PFG_LAYERS_ALL,
    };
    flow->fragment = flow->more_fragments = false;
    flow->payload = NULL;
    flow->payload_size = flow->payload_wire = 0;
    return climb_layers(&c, layer_of_value(proto, flow->protocol));
}
