/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rawsock/show.h"

#include <netinet/in.h>

#include <string.h>
#include <time.h>

#include "common/clock.h"
#include "rawsock/address.h"

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
    if (flow->protocol == IPPROTO_TCP) {
        const struct pfg_segment segment = pfg_segment_of(flow);

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

/* ---- Lines: "> 10:42:00.123456 IP 10.99.0.1.4000 > 10.99.0.2.53: ..." ------------------- */

/* The time of day, as tcpdump and pfgcap have it. */
static void write_clock(struct pfg_out *out, uint64_t time_ns)
{
    time_t seconds = (time_t)(time_ns / PFG_NS_PER_S);
    struct tm local;
    char text[16];

    localtime_r(&seconds, &local);
    pfg_out_bytes(out, text, strftime(text, sizeof text, "%H:%M:%S", &local));
    pfg_out_char(out, '.');
    pfg_out_digits(out, time_ns % PFG_NS_PER_S / PFG_NS_PER_US, 6);
    pfg_out_char(out, ' ');
}

static void write_end(struct pfg_out *out, const struct pfg_flow *flow, const uint8_t *address,
                      uint16_t port)
{
    struct pfg_address end = { .family = flow->family };
    char text[PFG_ADDRESS_TEXT];

    memcpy(end.bytes, address, pfg_address_size(&end));
    pfg_out_string(out, pfg_address_text(&end, text));
    if (!flow->has_ports)
        return;
    pfg_out_char(out, '.');
    pfg_out_uint(out, port);
}

/* Where there is IP, its two ends stand for it and what is below it. The first pdus are layers,
 * the others messages, which are divided as pfgcap does it. */
static void write_line(struct pfg_show *show, enum pfg_direction direction,
                       const struct pfg_flow *flow, uint32_t layers, uint64_t time_ns)
{
    uint32_t first = flow->family ? flow->network_pdu + 1 : 0;
    struct pfg_out *out = &show->out;
    const char *before = "";

    pfg_out_string(out, direction == PFG_SENT ? "> " : "< ");
    write_clock(out, time_ns);
    if (flow->family) {
        pfg_out_string(out, flow->family == 4 ? "IP " : "IP6 ");
        write_end(out, flow, flow->src, flow->sport);
        pfg_out_string(out, " > ");
        write_end(out, flow, flow->dst, flow->dport);
        before = ": ";
    }
    for (uint32_t i = first; i < show->decode.pdu_count; i++) {
        const struct pfg_pdu *pdu = &show->decode.pdus[i];

        /* Of UDP the ports are all that is told, where a message follows. */
        if (pdu->proto == pfg_layer(PFG_LAYER_FRAME) ||
            (pdu->proto == pfg_layer(PFG_LAYER_UDP) && i + 1 < show->decode.pdu_count))
            continue;
        pfg_out_string(out, before);
        pfg_line_pdu(out, &show->decode, pdu);
        before = i < layers ? ": " : "; ";
    }
    pfg_out_char(out, '\n');
}

/* ---- Trees --------------------------------------------------------------------------- */

static void write_tree(struct pfg_show *show, enum pfg_direction direction, uint32_t size,
                       uint64_t time_ns)
{
    const struct pfg_decode *decode = &show->decode;
    struct pfg_out *out = &show->out;

    pfg_out_string(out, direction == PFG_SENT ? "> " : "< ");
    pfg_out_time(out, time_ns);
    pfg_out_string(out, direction == PFG_SENT ? " sent " : " received ");
    pfg_out_uint(out, size);
    pfg_out_string(out, " bytes\n");
    for (uint32_t i = 0; i < decode->pdu_count; i++)
        if (decode->pdus[i].proto != pfg_layer(PFG_LAYER_FRAME))
            pfg_tree_pdu(out, decode, &decode->pdus[i], 1);
}

/* ---- Packets ------------------------------------------------------------------------- */

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
    uint32_t layers;

    if (show->form == PFG_FORM_NOTHING)
        return;
    pfg_decode_reset(&show->decode);
    if (pfg_layers_decode(&show->decode, &packet, &flow) < 0)
        return;
    layers = show->decode.pdu_count;
    decode_content(show, &flow);
    if (show->form == PFG_FORM_JSON)
        pfg_json_packet(&show->out, &show->decode);
    else if (show->form == PFG_FORM_TREE)
        write_tree(show, direction, size, time_ns);
    else
        write_line(show, direction, &flow, layers, time_ns);
    pfg_out_flush(&show->out);
}

static void answer_json(struct pfg_out *out, const struct pfg_decode *decode,
                        const struct pfg_pdu *pdu, const char *from, uint64_t rtt_ns)
{
    pfg_out_string(out, "{\"from\":\"");
    pfg_out_string(out, from);
    pfg_out_string(out, "\",\"rtt_ns\":");
    pfg_out_uint(out, rtt_ns);
    pfg_out_string(out, ",\"");
    pfg_out_string(out, pdu->proto->def->name);
    pfg_out_string(out, "\":[");
    pfg_json_pdu(out, decode, pdu);
    pfg_out_string(out, "]}\n");
}

void pfg_show_answer(struct pfg_show *show, const struct pfg_decode *decode,
                     const struct pfg_pdu *pdu, const char *from, uint64_t rtt_ns)
{
    struct pfg_out *out = &show->out;

    switch (show->form) {
    case PFG_FORM_NOTHING:
        break;
    case PFG_FORM_JSON:
        answer_json(out, decode, pdu, from, rtt_ns);
        break;
    case PFG_FORM_LINE:
    case PFG_FORM_TREE:
        pfg_out_string(out, from);
        pfg_out_char(out, ' ');
        pfg_show_duration(out, rtt_ns);
        pfg_out_char(out, show->form == PFG_FORM_LINE ? ' ' : '\n');
        pfg_show_pdu(show, decode, pdu);
        if (show->form == PFG_FORM_LINE)
            pfg_out_char(out, '\n');
        break;
    }
    pfg_out_flush(out);
}
