/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packets to layers: which layer is next, where payloads end. Building is build.c. */
#include "proto/layers_inside.h"

#include <string.h>

enum { LAYERS_MAX = 32 };

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

/* Whether a layer that nobody asks for is right, and its fixed rows are all that there is to know
 * of it: nothing stands behind them that somebody asks for. */
static inline bool is_light(const struct pfg_climb *c, int layer, const struct pfg_proto *proto,
                            bool head)
{
    if (pfg_climb_left(c) < proto->header_size || !pfg_run_right(c->run, c->at, c->spare))
        return false;
    if (c->lines && c->flow->family && (layer == PFG_LAYER_IP || layer == PFG_LAYER_IP6))
        return false; /* a tunnel: its line has the outer addresses too */
    if (c->run->length == PFG_RUN_NONE)
        return true;
    uint64_t size = pfg_climb_row(c, c->run->length);
    return size == proto->header_size || (size > proto->header_size && !c->lines && !head);
}

/* The layer at hand is the transport, and has the last pdu. */
static inline void note_transport(struct pfg_climb *c, int layer)
{
    if (pfg_layer_codes[layer].transport)
        c->flow->transport_pdu = c->decode->pdu_count - 1;
}

/* The layer without values: its head, or nothing at all. False: no memory. */
static inline bool climb_light(struct pfg_climb *c, int layer, const struct pfg_proto *proto,
                               bool head)
{
    if (head) {
        c->pdu = pfg_decode_head(c->decode, proto, c->at, proto->header_size, c->spare);
        note_transport(c, layer);
        return c->pdu != NULL;
    }
    c->pdu = &c->light_pdu;
    c->pdu->size = proto->header_size;
    return true;
}

/* The layer with its values. False: there is nothing behind it. */
static bool climb_full(struct pfg_climb *c, int layer, const struct pfg_proto *proto, bool head)
{
    /* With a body it takes all that is there, of which the capture may have cut some. */
    c->pdu = pfg_decode_message(c->decode, proto, c->at, pfg_climb_left(c),
                                proto->body ? c->wire : pfg_climb_left(c),
                                (c->verify ? 0u : PFG_DECODE_NO_CHECKSUM) |
                                    (head ? PFG_DECODE_HEAD : 0u));
    if (!c->pdu)
        return false;
    note_transport(c, layer);
    uint32_t rows = c->pdu->count + (c->pdu->head ? c->pdu->head->count : 0);
    return rows >= pfg_layer_codes[layer].needed &&
           !(c->pdu->problems & 1u << PFG_PROBLEM_BAD_CONSTANT);
}

static int climb_layers(struct pfg_climb *c, int layer)
{
    const struct pfg_proto *protos = pfg_proto_at(0); /* layers come first */

    c->light_pdu.problems = 0;
    c->light_pdu.head = NULL;
    for (unsigned i = 0; layer != LAYER_NONE && i < LAYERS_MAX; i++) {
        const struct pfg_proto *proto = &protos[layer];
        bool light = c->lights >> layer & 1, head = light && c->heads >> layer & 1;
        c->run = proto->table.fields->run;
        c->spare = c->run && pfg_climb_left(c) >= c->run->size + 8u;
        light = light && is_light(c, layer, proto, head);
        if (!(light ? climb_light(c, layer, proto, head) : climb_full(c, layer, proto, head)))
            return c->pdu ? 0 : -1;
        layer = pfg_layer_codes[layer].after(c);
    }
    c->flow->payload = c->at;
    c->flow->payload_size = pfg_climb_left(c);
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
        return PFG_LAYER_LOOP;
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
static int climb_packet(struct pfg_climb *c, struct pfg_decode *decode,
                        const struct pfg_packet *packet, struct pfg_flow *flow)
{
    memset(flow, 0, sizeof *flow);
    flow->network_pdu = flow->transport_pdu = UINT32_MAX;
    c->decode = decode;
    c->flow = flow;
    c->at = packet->bytes;
    c->end = packet->bytes + packet->caplen;
    c->wire = packet->len > packet->caplen ? packet->len : packet->caplen;
    c->verify = packet->verify_checksums;
    return climb_layers(c, first_layer(packet));
}

/* What the capture knows of the packet. */
static int decode_frame(struct pfg_decode *decode, const struct pfg_packet *packet)
{
    const uint64_t values[] = {
        [FRAME_NUMBER] = packet->number,
        [FRAME_TIME] = packet->time_ns,
        [FRAME_LEN] = packet->len,
        [FRAME_CAPLEN] = packet->caplen,
    };
    return pfg_decode_given(decode, pfg_layer(PFG_LAYER_FRAME), packet->bytes, values) ? 0 : -1;
}

int pfg_climb_some(struct pfg_decode *decode, const struct pfg_packet *packet,
                   struct pfg_flow *flow, struct pfg_layers_ask ask)
{
    struct pfg_climb c;
    c.lines = false;
    if (packet->verify_checksums) {
        ask.values |= ask.heads;
        ask.heads = 0;
    }
    c.lights = PFG_LAYERS_LIGHT & ~ask.values;
    c.heads = ask.heads & ~ask.values;
    if ((ask.values | ask.heads) & 1u << PFG_LAYER_FRAME && decode_frame(decode, packet) < 0)
        return -1;
    return climb_packet(&c, decode, packet, flow);
}

int pfg_layers_decode(struct pfg_decode *decode, const struct pfg_packet *packet,
                      struct pfg_flow *flow)
{
    const struct pfg_layers_ask all = { .values = PFG_LAYERS_ALL };
    return pfg_layers_some(decode, packet, flow, all);
}

int pfg_climb_line(struct pfg_decode *decode, const struct pfg_packet *packet,
                   struct pfg_flow *flow, uint32_t values)
{
    const uint32_t transport = 1u << PFG_LAYER_TCP | 1u << PFG_LAYER_UDP;
    struct pfg_climb c;
    c.lines = true;
    c.lights = PFG_LAYERS_LIGHT & ~values;
    c.heads = transport & ~values;
    int r = climb_packet(&c, decode, packet, flow);
    if (r < 0 || (flow->has_ports && flow->transport_pdu == 0 && decode->pdu_count == 1 &&
                  !c.light_pdu.problems))
        return r;
    pfg_decode_reset(decode);
    return pfg_layers_decode(decode, packet, flow);
}

int pfg_layers_transport(struct pfg_decode *decode, const struct pfg_packet *datagram,
                         struct pfg_flow *flow)
{
    const struct pfg_field *proto = &pfg_layer(PFG_LAYER_IP)->table.fields[IP_PROTO];
    struct pfg_climb c = {
        .decode = decode,
        .flow = flow,
        .at = datagram->bytes,
        .end = datagram->bytes + datagram->caplen,
        .wire = datagram->len,
        .verify = datagram->verify_checksums,
    };
    flow->fragment = flow->more_fragments = false;
    flow->payload = NULL;
    flow->payload_size = flow->payload_wire = 0;
    return climb_layers(&c, pfg_layer_of_value(proto, flow->protocol));
}
