/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dissect.c - link, network, fragments, transport, streams, messages: one pass. */
#include "capture/dissect.h"

#include <netinet/in.h>
#include <string.h>

#include "proto/cursor.h"

int capture_dissect_init(struct capture_dissect *dissect,
                         const struct capture_dissect_options *options)
{
    memset(dissect, 0, sizeof *dissect);
    pfg_secret_draw(&dissect->secret);
    dissect->options = *options;
    dissect->streams = pfg_streams_new(options->stream_memory, capture_messages_read, dissect);
    dissect->fragments = pfg_fragments_new(options->fragment_memory, options->fragment_timeout_ns);
    dissect->joiner = pfg_joiner_new(options->join_memory);
    dissect->follow = pfg_follow_new();
    if (dissect->streams == NULL || dissect->fragments == NULL || dissect->joiner == NULL ||
        dissect->follow == NULL)
        return -1;
    if (pfg_decode_init(&dissect->decode) != 0 || pfg_decode_init(&dissect->trial) != 0)
        return -1;
    dissect->decode.view = options->view;
    return 0;
}

void capture_dissect_free(struct capture_dissect *dissect)
{
    pfg_streams_free(dissect->streams);
    pfg_fragments_free(dissect->fragments);
    pfg_joiner_free(dissect->joiner);
    pfg_follow_free(dissect->follow);
    pfg_decode_free(&dissect->decode);
    pfg_decode_free(&dissect->trial);
}

/* A number for the direction of a conversation over datagrams: its addresses and ports, hashed with
 * numbers drawn by chance, so that nobody can send two that are taken for one. The highest bit
 * keeps it apart from those of streams. */
static uint64_t datagram_flow(const struct pfg_secret *secret, const struct pfg_flow *flow)
{
    size_t width = flow->family == 6 ? 16 : 4, i;
    uint64_t hash =
        pfg_hash_fold(secret, secret->start ^ ((uint64_t)flow->sport << 16 | flow->dport));

    for (i = 0; i < width; i += 4) {
        uint32_t word[2];

        memcpy(&word[0], flow->src + i, 4);
        memcpy(&word[1], flow->dst + i, 4);
        hash = pfg_hash_fold(secret, hash ^ ((uint64_t)word[0] << 32 | word[1]));
    }
    return hash | UINT64_C(1) << 63;
}

/* By itself, like read_fragment: what they need on the stack is not the common way's. */
__attribute__((noinline)) static int decode_datagram(struct capture_dissect *dissect,
                                                     const struct pfg_proto *proto)
{
    const struct pfg_flow *flow = &dissect->flow;
    uint32_t used;
    uint64_t id;

    if (proto->def->follow) {
        pfg_follow_note(dissect->follow, flow, proto);
        dissect->follows = true;
    }
    if (pfg_decode_datagram(&dissect->decode, proto, dissect->joiner, flow->payload,
                            flow->payload_size, flow->payload_wire))
        return 0;
    /* only messages in several frames are joined by it */
    id = proto->more.field == NULL ? 0 : datagram_flow(&dissect->secret, flow);
    return pfg_decode_payload(&dissect->decode, proto, dissect->joiner, id, flow->payload,
                              flow->payload_size, flow->payload_wire, false, true, &used) < 0
               ? -1
               : 0;
}

static inline int read_datagram(struct capture_dissect *dissect)
{
    const struct pfg_flow *flow = &dissect->flow;
    const struct pfg_proto *proto = NULL;

    if (flow->payload == NULL || flow->payload_size == 0)
        return 0;
    if (dissect->follows)
        proto = pfg_follow_find(dissect->follow, flow);
    if (proto == NULL)
        proto = pfg_proto_for(PFG_UDP, flow->sport, flow->dport, flow->payload, flow->payload_size);
    return proto == NULL ? 0 : decode_datagram(dissect, proto);
}

static inline int read_segment(struct capture_dissect *dissect, uint64_t time_ns)
{
    if (!dissect->has_place)
        pfg_streams_place(dissect->streams, &dissect->flow, &dissect->place);
    dissect->stream =
        pfg_streams_add_flow(dissect->streams, &dissect->flow, &dissect->place, time_ns);
    return dissect->stream == NULL ? -1 : 0;
}

__attribute__((noinline)) static int read_fragment(struct capture_dissect *dissect,
                                                   uint64_t time_ns)
{
    struct pfg_flow *flow = &dissect->flow;
    struct pfg_fragment fragment = {
        .family = flow->family,
        .protocol = flow->protocol,
        .more = flow->more_fragments,
        .src = flow->src,
        .dst = flow->dst,
        .vlans = flow->vlans,
        .id = flow->fragment_id,
        .offset = flow->fragment_offset,
        .bytes = flow->payload,
        .size = flow->payload == NULL ? 0 : flow->payload_size,
        .wire_size = flow->payload_wire,
        .time_ns = time_ns,
    };
    struct pfg_packet payload = { .verify_checksums = dissect->options.checksums };
    struct pfg_datagram joined;
    enum pfg_fragment_result result;

    if (fragment.wire_size < fragment.size)
        fragment.wire_size = fragment.size;
    result = pfg_fragments_add(dissect->fragments, &fragment, &joined);
    if (result == PFG_FRAGMENT_NO_MEMORY)
        return -1;
    if (result != PFG_FRAGMENT_DONE)
        return 0;
    dissect->joined_fragments = true;
    dissect->joined = joined.bytes;
    dissect->joined_size = joined.size;
    flow->protocol = joined.protocol;
    flow->fragment = false;
    payload.bytes = joined.bytes;
    payload.caplen = joined.size;
    payload.len = joined.wire_size;
    return pfg_layers_transport(&dissect->decode, &payload, flow);
}

/* Whether the packet is the one that was looked at ahead. */
static inline bool was_ahead(const struct capture_dissect *dissect, const struct pfg_packet *packet)
{
    return dissect->ahead_number == packet->number && dissect->ahead_bytes == packet->bytes;
}

__attribute__((always_inline)) static inline int decode_layers(struct capture_dissect *dissect,
                                                               const struct pfg_packet *packet)
{
    return dissect->options.line_only
               ? pfg_layers_line(&dissect->decode, packet, &dissect->flow,
                                 dissect->options.layers.values)
               : pfg_layers_some(&dissect->decode, packet, &dissect->flow, dissect->options.layers);
}

int capture_dissect_layers(struct capture_dissect *dissect, struct pfg_packet *packet)
{
    struct pfg_flow *flow = &dissect->flow;
    int result;

    pfg_decode_reset(&dissect->decode);
    dissect->joined_fragments = false;
    dissect->stream = NULL;
    packet->verify_checksums = dissect->options.checksums;
    packet->ahead = was_ahead(dissect, packet) ? &dissect->ahead : NULL;
    dissect->has_place = packet->ahead != NULL && packet->ahead->header_layer == PFG_LAYER_TCP;
    result = decode_layers(dissect, packet);
    if (result == 0 && flow->fragment)
        result = read_fragment(dissect, packet->time_ns);
    dissect->layers = dissect->decode.pdu_count;
    if (result < 0)
        dissect->failed = true;
    return result;
}

int capture_dissect_messages(struct capture_dissect *dissect, const struct pfg_packet *packet)
{
    const struct pfg_flow *flow = &dissect->flow;
    int result;

    if (!flow->has_ports || flow->fragment || dissect->options.layers_only)
        return 0;
    result = flow->protocol == IPPROTO_TCP ? read_segment(dissect, packet->time_ns)
                                           : read_datagram(dissect);
    if (result < 0)
        dissect->failed = true;
    return result;
}

void capture_dissect_ahead(struct capture_dissect *dissect, const struct pfg_packet *packet,
                           const uint8_t *next, uint32_t caplen, uint32_t len)
{
    if (!pfg_layers_straight(dissect->options.layers) || dissect->options.checksums)
        return;
    dissect->ahead_bytes = next;
    dissect->ahead_number = packet->number + 1;
    pfg_layers_ahead(next, caplen, len, packet->link_type, &dissect->ahead);
    if (dissect->ahead.header_layer != PFG_LAYER_TCP || dissect->options.layers_only)
        return;
    pfg_streams_place(dissect->streams, &dissect->ahead, &dissect->place);
    pfg_streams_ask(dissect->streams, &dissect->place);
}

/* ---- What belongs to no packet ------------------------------------------------------------- */

/* An IP and a TCP header of the bytes; returns their size. */
static uint32_t put_headers(uint8_t to[60], const struct pfg_rest *rest)
{
    bool six = rest->family == 6;
    uint32_t width = six ? 16 : 4, size = six ? 40 : 20;
    uint8_t *tcp = to + size;

    memset(to, 0, 60);
    to[0] = six ? 0x60 : 0x45;
    pfg_put_be(to + (six ? 4 : 2), six ? 20 : 40, 2);
    to[six ? 6 : 9] = IPPROTO_TCP;
    memcpy(tcp - 2 * width, rest->src, width);
    memcpy(tcp - width, rest->dst, width);
    pfg_put_be(tcp, rest->sport, 2);
    pfg_put_be(tcp + 2, rest->dport, 2);
    pfg_put_be(tcp + 4, rest->seq, 4);
    tcp[12] = 5 << 4;
    return size + 20;
}

/* The frame of it has no bytes. */
static void empty_frame(struct pfg_decode *decode)
{
    const struct pfg_field *caplen = pfg_layer_field(PFG_FRAME_CAPLEN), *len = caplen - 1;
    struct pfg_value *value = decode->values, *end = value;

    if (decode->pdu_count > 0 && decode->pdus[0].proto == pfg_layer(PFG_LAYER_FRAME))
        end += decode->pdus[0].count;
    for (; value < end; value++) {
        if (value->field == caplen || value->field == len)
            value->u = 0;
    }
}

int capture_dissect_rest(struct capture_dissect *dissect, struct pfg_packet *packet)
{
    struct pfg_rest rest;
    int result;

    pfg_decode_reset(&dissect->decode);
    dissect->joined_fragments = false;
    dissect->stream = pfg_streams_rest(dissect->streams, &rest);
    if (dissect->stream == NULL)
        return 0;
    memset(packet, 0, sizeof *packet);
    packet->bytes = dissect->rest;
    packet->caplen = packet->len = put_headers(dissect->rest, &rest);
    packet->link_type = PFG_LINK_RAW;
    packet->time_ns = rest.time_ns;
    result = decode_layers(dissect, packet);
    packet->caplen = packet->len = 0;
    empty_frame(&dissect->decode);
    dissect->layers = dissect->decode.pdu_count;
    if (result == 0 && !pfg_streams_read_rest(dissect->streams, dissect->stream))
        result = -1;
    if (result < 0)
        dissect->failed = true;
    return result < 0 ? -1 : 1;
}

void capture_dissect_end(struct capture_dissect *dissect)
{
    pfg_streams_end(dissect->streams);
}
