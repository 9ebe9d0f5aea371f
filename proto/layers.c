/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packets to layers: which layer is next, where payloads end. Building is build.c. */
#include "proto/layers.h"

#include <string.h>

#include "proto/cursor.h"
#include "proto/layer_rows.h"

enum { LIGHT_ROWS = 16, LAYERS_MAX = 32, ETHER_TYPE_LEAST = 1536, LOOP_LAYER = PFG_LAYER_COUNT };

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
    const struct pfg_value *values; /* of the layer at hand */
    struct pfg_pdu *pdu;
    bool light;                     /* only the flow is asked for, */
    bool lines;                     /* and the transport layer */
    uint32_t light_problems;        /* of all layers that were read so */
    struct pfg_pdu light_pdu;       /* of a layer of which only a few rows were read, */
    struct pfg_value light_values[LIGHT_ROWS]; /* each in its row's place */
};

static void problem(struct climb *c, enum pfg_problem which)
{
    c->pdu->problems |= 1u << which;
}

static uint32_t left(const struct climb *c)
{
    return (uint32_t)(c->end - c->at);
}

/* Past the layer's header, of size bytes, of which the capture may have cut some. */
static void step(struct climb *c, uint32_t size)
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
    const struct pfg_name *name = pfg_name_find(field->names, value);
    return name && name->layer ? pfg_layer_id_of(name->layer) : LAYER_NONE;
}

static int next_of(const struct climb *c, unsigned row)
{
    return layer_of_value(c->values[row].field, c->values[row].u);
}

static int after_ether_type(struct climb *c, unsigned row)
{
    step(c, c->pdu->size);
    if (c->values[row].u < ETHER_TYPE_LEAST) {
        bound(c, (uint32_t)c->values[row].u); /* IEEE 802.3: a length */
        return LAYER_NONE;
    }
    return next_of(c, row);
}

/* Cooked captures have numbers of Linux's own below the EtherTypes, and no lengths. */
static int after_cooked(struct climb *c, unsigned row)
{
    step(c, c->pdu->size);
    return next_of(c, row);
}

static int after_null(struct climb *c)
{
    step(c, c->pdu->size);
    uint64_t family = c->values[NULL_FAMILY].u;
    int next = layer_of_value(c->values[NULL_FAMILY].field, family);
    return next != LAYER_NONE ? next
                              : layer_of_value(c->values[NULL_FAMILY].field,
                                               __builtin_bswap32((uint32_t)family));
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
    const struct pfg_value *v = c->values;
    /* Not the bytes that were decoded: options may be wrong, and what is behind them right. */
    uint32_t header = (uint32_t)v[IP_IHL].u, len = (uint32_t)v[IP_LEN].u;

    c->flow->family = 4;
    c->flow->src = c->at + v[IP_SRC].offset;
    c->flow->dst = c->at + v[IP_DST].offset;
    c->flow->protocol = (uint8_t)v[IP_PROTO].u;
    c->flow->network_pdu = c->decode->pdu_count - 1;
    if (header > c->wire || (len && len < header)) {
        problem(c, PFG_PROBLEM_BAD_LENGTH);
        return LAYER_NONE;
    }
    step(c, header);
    if (len) /* 0: cut up by the sender's hardware only after it was captured */
        bound(c, len - header);
    if (v[IP_MF].u || v[IP_FRAG_OFFSET].u) {
        note_fragment(c, (uint32_t)v[IP_ID].u, v[IP_FRAG_OFFSET].u, v[IP_MF].u);
        return LAYER_NONE;
    }
    return next_of(c, IP_PROTO);
}

static int after_ip6_header(struct climb *c, unsigned row)
{
    c->flow->protocol = (uint8_t)c->values[row].u;
    return next_of(c, row);
}

static int after_ip6(struct climb *c)
{
    const struct pfg_value *v = c->values;
    uint32_t plen = (uint32_t)v[IP6_PLEN].u;

    c->flow->family = 6;
    c->flow->src = c->at + v[IP6_SRC].offset;
    c->flow->dst = c->at + v[IP6_DST].offset;
    c->flow->network_pdu = c->decode->pdu_count - 1;
    step(c, c->pdu->size);
    if (plen) /* 0: a jumbogram (RFC 2675), or cut up later */
        bound(c, plen);
    return after_ip6_header(c, IP6_NXT);
}

static int after_ip6_frag(struct climb *c)
{
    const struct pfg_value *v = c->values;
    step(c, c->pdu->size);
    int next = after_ip6_header(c, IP6_FRAG_NXT);
    if (!v[IP6_FRAG_MF].u && !v[IP6_FRAG_OFFSET].u)
        return next;
    note_fragment(c, (uint32_t)v[IP6_FRAG_ID].u, v[IP6_FRAG_OFFSET].u, v[IP6_FRAG_MF].u);
    return LAYER_NONE;
}

/* The pseudo-header's sum (RFC 9293, 3.1; RFC 8200, 8.1). */
static uint32_t pseudo_sum(const struct pfg_flow *flow, uint32_t size, uint8_t protocol)
{
    uint32_t address = flow->family == 4 ? 4 : 16;
    uint32_t sum = pfg_inet_sum(flow->src, address, (size >> 16) + (size & 0xffff) + protocol);
    return pfg_inet_sum(flow->dst, address, sum);
}

/* Verifies the checksum at field of a transport layer of size bytes, if all were captured. A
 * checksum that is just the pseudo-header's sum was left to the sender's hardware. */
static void verify(struct climb *c, unsigned row, uint8_t protocol, uint32_t size)
{
    const struct pfg_flow *flow = c->flow;

    if (!c->verify || !flow->src || left(c) < size || flow->fragment)
        return;
    uint32_t pseudo = pseudo_sum(flow, size, protocol);
    if (c->values[row].u == (uint16_t)~pfg_inet_finish(pseudo))
        return;
    if (pfg_inet_finish(pfg_inet_sum(c->at, size, pseudo)) != 0)
        problem(c, PFG_PROBLEM_BAD_CHECKSUM);
}

static int after_tcp(struct climb *c)
{
    struct pfg_flow *flow = c->flow;
    const struct pfg_value *v = c->values;

    verify(c, TCP_CHECKSUM, 6, c->wire);
    flow->has_ports = true;
    flow->sport = (uint16_t)v[TCP_SRCPORT].u;
    flow->dport = (uint16_t)v[TCP_DSTPORT].u;
    flow->tcp_seq = (uint32_t)v[TCP_SEQ].u;
    flow->tcp_ack = (uint32_t)v[TCP_ACK].u;
    flow->tcp_flags = (uint8_t)v[TCP_FLAGS].u;
    flow->tcp_window = (uint16_t)v[TCP_WINDOW].u;
    if (v[TCP_OFFSET].u > c->wire)
        problem(c, PFG_PROBLEM_BAD_LENGTH);
    step(c, (uint32_t)v[TCP_OFFSET].u); /* as for IPv4, wrong options end where they say */
    if (c->pdu != &c->light_pdu)
        c->decode->values[c->pdu->first + TCP_LEN].u = c->wire;
    return LAYER_NONE;
}

static int after_udp(struct climb *c)
{
    struct pfg_flow *flow = c->flow;
    uint32_t length = (uint32_t)c->values[UDP_LENGTH].u;

    if (c->values[UDP_CHECKSUM].u)
        verify(c, UDP_CHECKSUM, 17, length >= 8 && length < c->wire ? length : c->wire);
    flow->has_ports = true;
    flow->sport = (uint16_t)c->values[UDP_SRCPORT].u;
    flow->dport = (uint16_t)c->values[UDP_DSTPORT].u;
    step(c, c->pdu->size);
    if (length >= 8)
        bound(c, length - 8);
    else if (length)
        problem(c, PFG_PROBLEM_BAD_LENGTH);
    return LAYER_NONE;
}

/* Values of the layer that must be there for its code to go on. */
static unsigned rows_needed(int layer)
{
    switch (layer) {
    case PFG_LAYER_ETH:
        return ETH_TYPE + 1;
    case PFG_LAYER_VLAN:
        return VLAN_TYPE + 1;
    case PFG_LAYER_IP:
        return IP_DST + 1;
    case PFG_LAYER_IP6:
        return IP6_DST + 1;
    case PFG_LAYER_IP6_FRAG:
        return IP6_FRAG_ID + 1;
    case PFG_LAYER_TCP:
        return TCP_LEN + 1;
    case PFG_LAYER_UDP:
        return UDP_CHECKSUM + 1;
    case PFG_LAYER_SLL:
        return SLL_TYPE + 1;
    case PFG_LAYER_ICMP6:
        return ICMP6_CHECKSUM + 1;
    default:
        return 1;
    }
}

/* What follows the layer just decoded; moves past its header. */
static int after(struct climb *c, int layer)
{
    switch (layer) {
    case PFG_LAYER_ETH:
        return after_ether_type(c, ETH_TYPE);
    case PFG_LAYER_VLAN:
        return after_ether_type(c, VLAN_TYPE);
    case PFG_LAYER_SLL:
        return after_cooked(c, SLL_TYPE);
    case PFG_LAYER_SLL2:
        return after_cooked(c, SLL2_TYPE);
    case PFG_LAYER_NULL:
    case LOOP_LAYER:
        return after_null(c);
    case PFG_LAYER_IP:
        return after_ip(c);
    case PFG_LAYER_IP6:
        return after_ip6(c);
    case PFG_LAYER_IP6_HOP:
    case PFG_LAYER_IP6_DST:
    case PFG_LAYER_IP6_ROUTE:
        step(c, c->pdu->size);
        return after_ip6_header(c, IP6_EXT_NXT);
    case PFG_LAYER_IP6_FRAG:
        return after_ip6_frag(c);
    case PFG_LAYER_TCP:
        return after_tcp(c);
    case PFG_LAYER_UDP:
        return after_udp(c);
    case PFG_LAYER_ICMP6:
        verify(c, ICMP6_CHECKSUM, 58, c->wire);
        step(c, c->pdu->size);
        return LAYER_NONE;
    default:
        step(c, c->pdu->size);
        return LAYER_NONE;
    }
}

static bool is_transport(int layer)
{
    return layer == PFG_LAYER_TCP || layer == PFG_LAYER_UDP || layer == PFG_LAYER_ICMP ||
           layer == PFG_LAYER_ICMP6 || layer == PFG_LAYER_IGMP;
}

/* The rows that the code above reads of a layer, where they stand at fixed offsets: first the one
 * that must be as init says or at least the header's size (a length), the last is 0xff. */
static const uint8_t *light_rows(int layer)
{
    static const uint8_t eth[] = { ETH_TYPE, 0xff };
    static const uint8_t vlan[] = { VLAN_TYPE, 0xff };
    static const uint8_t ip[] = { IP_VERSION, IP_IHL, IP_LEN, IP_ID, IP_RESERVED, IP_MF, IP_FRAG_OFFSET,
                                  IP_PROTO, IP_SRC, IP_DST, 0xff };
    static const uint8_t ip6[] = { IP6_VERSION, IP6_PLEN, IP6_NXT, IP6_SRC, IP6_DST, 0xff };
    static const uint8_t tcp[] = { TCP_OFFSET, TCP_SRCPORT, TCP_DSTPORT, TCP_SEQ, TCP_ACK,
                                   TCP_FLAGS, TCP_WINDOW, 0xff };
    static const uint8_t udp[] = { UDP_SRCPORT, UDP_DSTPORT, UDP_LENGTH, UDP_CHECKSUM, 0xff };

    switch (layer) {
    case PFG_LAYER_ETH:
        return eth;
    case PFG_LAYER_VLAN:
        return vlan;
    case PFG_LAYER_IP:
        return ip;
    case PFG_LAYER_IP6:
        return ip6;
    case PFG_LAYER_TCP:
        return tcp;
    case PFG_LAYER_UDP:
        return udp;
    default:
        return NULL;
    }
}

/* Reads one row at its fixed offset. False: it is not as it must be, and the layer is decoded in
 * full, which tells what is wrong. */
static bool light_row(struct climb *c, const struct pfg_proto *proto, unsigned row)
{
    const struct pfg_field *field = &proto->table.fields[row];
    struct pfg_value *v = &c->light_values[row];
    unsigned size = field->row->bits ? field->bits_run : field->size;

    v->field = field;
    v->offset = field->offset;
    v->size = size;
    if (size > 8 || field->row->kind == PFG_IPV4)
        return true;
    v->u = pfg_get_be(c->at + field->offset, size);
    if (field->row->bits)
        v->u = v->u >> field->bits_shift & field->bits_mask;
    v->u *= field->scale;
    if (field->row->kind == PFG_CONST || field->row->kind == PFG_RESERVED)
        return v->u == field->row->init;
    return field->row->kind != PFG_LENGTH || field->row->counts != PFG_COUNTS_ALL ||
           v->u >= proto->header_size;
}

static bool light_layer(struct climb *c, int layer, const struct pfg_proto *proto)
{
    const uint8_t *rows = c->light ? light_rows(layer) : NULL;

    if (!rows || left(c) < proto->def->fixed_size || (c->lines && is_transport(layer)))
        return false;
    for (; *rows != 0xff; rows++)
        if (*rows >= LIGHT_ROWS || !light_row(c, proto, *rows))
            return false;
    if (c->lines && layer == PFG_LAYER_IP && c->light_values[IP_IHL].u > proto->header_size)
        return false; /* options may be wrong, and a line says so */
    if (c->lines && c->flow->family && (layer == PFG_LAYER_IP || layer == PFG_LAYER_IP6))
        return false; /* a tunnel: its line has the outer addresses too */
    c->pdu = &c->light_pdu;
    c->pdu->size = proto->def->fixed_size;
    c->pdu->problems = 0;
    c->values = c->light_values;
    return true;
}

static int climb_layers(struct climb *c, int layer)
{
    for (unsigned i = 0; layer != LAYER_NONE && i < LAYERS_MAX; i++) {
        const struct pfg_proto *proto = pfg_proto_at((size_t)layer);
        if (light_layer(c, layer, proto)) {
            layer = after(c, layer);
            c->light_problems |= c->light_pdu.problems;
            continue;
        }
        /* With a body it takes all that is there, of which the capture may have cut some. */
        c->pdu = pfg_decode_message(c->decode, proto, c->at, left(c),
                                    proto->body ? c->wire : left(c),
                                    c->verify ? 0 : PFG_DECODE_NO_CHECKSUM);
        if (!c->pdu)
            return -1;
        if (is_transport(layer))
            c->flow->transport_pdu = c->decode->pdu_count - 1;
        c->values = c->decode->values + c->pdu->first;
        if (c->pdu->count < rows_needed(layer) ||
            c->pdu->problems & 1u << PFG_PROBLEM_BAD_CONSTANT)
            return 0;
        layer = after(c, layer);
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

int pfg_layers_decode(struct pfg_decode *decode, const struct pfg_packet *packet,
                      struct pfg_flow *flow)
{
    memset(flow, 0, sizeof *flow);
    flow->network_pdu = flow->transport_pdu = UINT32_MAX;
    struct pfg_pdu *frame = pfg_decode_message(decode, pfg_layer(PFG_LAYER_FRAME), packet->bytes,
                                               0, 0, 0);
    if (!frame)
        return -1;
    struct pfg_value *v = decode->values + frame->first;
    v[FRAME_NUMBER].u = packet->number;
    v[FRAME_TIME].u = packet->time_ns;
    v[FRAME_LEN].u = packet->len;
    v[FRAME_CAPLEN].u = packet->caplen;
    struct climb c = {
        .decode = decode, .flow = flow, .at = packet->bytes, .end = packet->bytes + packet->caplen,
        .wire = packet->len > packet->caplen ? packet->len : packet->caplen,
        .verify = packet->verify_checksums,
    };
    return climb_layers(&c, first_layer(packet));
}

static int climb_light(struct pfg_decode *decode, const struct pfg_packet *packet,
                       struct pfg_flow *flow, bool lines, uint32_t *problems)
{
    memset(flow, 0, sizeof *flow);
    flow->network_pdu = flow->transport_pdu = UINT32_MAX;
    struct climb c; /* its list of values need not be cleared */
    c.decode = decode;
    c.flow = flow;
    c.at = packet->bytes;
    c.end = packet->bytes + packet->caplen;
    c.wire = packet->len > packet->caplen ? packet->len : packet->caplen;
    c.verify = false;
    c.light = true;
    c.lines = lines;
    c.light_problems = 0;
    int r = climb_layers(&c, first_layer(packet));
    *problems = c.light_problems;
    return r;
}

int pfg_layers_flow(struct pfg_decode *decode, const struct pfg_packet *packet,
                    struct pfg_flow *flow)
{
    uint32_t problems;
    int r = climb_light(decode, packet, flow, false, &problems);
    flow->network_pdu = flow->transport_pdu = UINT32_MAX;
    return r;
}

int pfg_layers_line(struct pfg_decode *decode, const struct pfg_packet *packet,
                    struct pfg_flow *flow)
{
    uint32_t problems;
    int r = climb_light(decode, packet, flow, true, &problems);
    if (r < 0 || (flow->has_ports && flow->transport_pdu == 0 && decode->pdu_count == 1 && !problems))
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
    };
    flow->fragment = flow->more_fragments = false;
    flow->payload = NULL;
    flow->payload_size = flow->payload_wire = 0;
    return climb_layers(&c, layer_of_value(proto, flow->protocol));
}
