/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rawsock/show.h"

#include "common/clock.h"

enum {
    OUT_ROOM = 1 << 16,
    STREAMS_ROOM = 64 << 20, /* bytes of streams kept at most */
};

/* What content is: as the caller expects it, by port, by looks. */
static const struct pfg_proto *proto_of(const struct pfg_show *show, enum pfg_transport transport,
                                        uint16_t sport, uint16_t dport, const uint8_t *bytes,
                                        uint32_t size)
{
    if (show->expected && (sport == show->port || dport == show->port))
        return show->expected;
    return pfg_proto_for(transport, sport, dport, bytes, size);
}

/* Bytes of a TCP stream that came in order: appends the messages that are whole. */
static uint32_t on_stream(void *user, struct pfg_stream *stream, enum pfg_stream_event event,
                          const uint8_t *bytes, uint32_t size)
{
    struct pfg_show *show = user;
    uint32_t used = 0;

    if (!stream->proto && size)
        stream->proto = proto_of(show, PFG_TCP, stream->sport, stream->dport, bytes, size);
    if (!stream->proto || !size)
        return size;
    if (pfg_decode_payload(&show->decode, stream->proto, NULL, stream->id, bytes, size, size, true,
                           event != PFG_STREAM_BYTES, &used) < 0)
        return size;
    return used;
}

int pfg_show_open(struct pfg_show *show, enum pfg_form form, int fd)
{
    *show = (struct pfg_show){ .form = form, .fd = fd };
    if (pfg_decode_init(&show->decode) < 0)
        return -1;
    show->streams = pfg_streams_new(STREAMS_ROOM, on_stream, show);
    if (show->streams && pfg_out_init(&show->out, OUT_ROOM, pfg_out_to_fd, &show->fd) == 0)
        return 0;
    pfg_streams_free(show->streams);
    pfg_decode_free(&show->decode);
    return -1;
}

void pfg_show_expect(struct pfg_show *show, uint16_t port, const struct pfg_proto *proto)
{
    show->port = port;
    show->expected = proto;
}

int pfg_show_close(struct pfg_show *show)
{
    int error = pfg_out_flush(&show->out);

    pfg_streams_free(show->streams);
    pfg_out_free(&show->out);
    pfg_decode_free(&show->decode);
    return error;
}

/* Appends the messages that the packet bears or completes. */
static void decode_content(struct pfg_show *show, const struct pfg_flow *flow)
{
    const struct pfg_proto *proto;
    uint32_t used;

    if (!flow->has_ports || flow->fragment)
        return;
    if (flow->protocol == 6) { /* TCP, IANA protocol numbers */
        const struct pfg_segment segment = {
            .family = flow->family,
            .flags = flow->tcp_flags,
            .sport = flow->sport,
            .dport = flow->dport,
            .src = flow->src,
            .dst = flow->dst,
            .seq = flow->tcp_seq,
            .ack = flow->tcp_ack,
            .bytes = flow->payload,
            .size = flow->payload_size,
            .wire_size = flow->payload_wire,
        };

        pfg_streams_add(show->streams, &segment);
        return;
    }
    if (!flow->payload_size)
        return;
    proto = proto_of(show, PFG_UDP, flow->sport, flow->dport, flow->payload, flow->payload_size);
    if (proto)
        pfg_decode_payload(&show->decode, proto, NULL, 0, flow->payload, flow->payload_size,
                           flow->payload_wire, false, true, &used);
}

/* The pdus of the packet, but for the frame's own, a part of a line or a tree each. */
static void write_pdus(struct pfg_show *show)
{
    const struct pfg_decode *decode = &show->decode;

    for (uint32_t i = 0; i < decode->pdu_count; i++) {
        const struct pfg_pdu *pdu = &decode->pdus[i];

        if (pdu->proto == pfg_layer(PFG_LAYER_FRAME))
            continue;
        if (show->form == PFG_FORM_LINE)
            pfg_out_char(&show->out, ' ');
        pfg_show_pdu(show, decode, pdu);
    }
    if (show->form == PFG_FORM_LINE)
        pfg_out_char(&show->out, '\n');
}

void pfg_show_pdu(struct pfg_show *show, const struct pfg_decode *decode, const struct pfg_pdu *pdu)
{
    switch (show->form) {
    case PFG_FORM_NOTHING:
        break;
    case PFG_FORM_LINE:
        pfg_line_pdu(&show->out, decode, pdu);
        break;
    case PFG_FORM_TREE:
        pfg_tree_pdu(&show->out, decode, pdu, 1);
        break;
    case PFG_FORM_JSON:
        pfg_json_pdu(&show->out, decode, pdu);
        break;
    }
}

void pfg_show_duration(struct pfg_out *out, uint64_t duration_ns)
{
    pfg_out_uint(out, duration_ns / PFG_NS_PER_MS);
    pfg_out_char(out, '.');
    pfg_out_digits(out, duration_ns % PFG_NS_PER_MS / PFG_NS_PER_US, 3);
    pfg_out_string(out, " ms");
}

/* What stands before a packet's layers: "> 10:42:00.123456789" and in a tree its size. */
static void write_head(struct pfg_show *show, enum pfg_direction direction, uint32_t size,
                       uint64_t time_ns)
{
    pfg_out_string(&show->out, direction == PFG_SENT ? "> " : "< ");
    pfg_out_time(&show->out, time_ns);
    if (show->form == PFG_FORM_LINE)
        return;
    pfg_out_string(&show->out, direction == PFG_SENT ? " sent " : " received ");
    pfg_out_uint(&show->out, size);
    pfg_out_string(&show->out, " bytes\n");
}

void pfg_show_packet(struct pfg_show *show, enum pfg_direction direction, uint32_t link_type,
                     const uint8_t *bytes, uint32_t size, uint64_t time_ns, bool verify)
{
    const struct pfg_packet packet = {
        .bytes = bytes,
        .caplen = size,
        .len = size,
        .link_type = link_type,
        .time_ns = time_ns,
        .number = ++show->number,
        .verify_checksums = verify,
    };
    struct pfg_flow flow;

    if (show->form == PFG_FORM_NOTHING)
        return;
    pfg_decode_reset(&show->decode);
    if (pfg_layers_decode(&show->decode, &packet, &flow) < 0)
        return;
    decode_content(show, &flow);
    if (show->form == PFG_FORM_JSON) {
        pfg_json_packet(&show->out, &show->decode);
    } else {
        write_head(show, direction, size, time_ns);
        write_pdus(show);
    }
    pfg_out_flush(&show->out);
}
