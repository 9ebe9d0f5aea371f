/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * streams.c - messages in a TCP stream: cut anywhere, several in a segment, and bytes between them
 * that begin none. TCP's reassembly is Wireshark's; where a message begins is told by the decoder.
 */
#include "dissector/plugin.h"

/* What the first pass knows of one direction of a TCP connection. */
struct way {
    uint32_t next;    /* sequence number of the first byte that was not yet shown */
    bool began;       /* next is known */
    bool seen;        /* a message was seen */
    bool lost;        /* bytes are missing before the next message */
    bool cut;         /* the capture has not all bytes of the last segment */
    bool searching;   /* where the next message begins is not known */
    uint32_t refused; /* frame from which on it is known to begin with no message; 0 = none */
};

/* What the functions that tcp_dissect_pdus calls need to know. */
struct stream {
    const struct pfg_ws_proto *ws;
    struct way *way;
    bool reassemble;
    bool searching; /* as in struct way, at this place of the segment */
    bool found;     /* behind the bytes passed over something may begin */
    bool cut;       /* the capture has not all bytes of the segment */
};

/* Key, among the protocol's data of a packet, of its nth stretch of a stream. Messages have the
 * numbers from 1. */
enum { STRETCH_KEY = 1 << 30 };

/* Preference of each protocol: whether messages are put together over segments. */
static pfg_ws_bool *reassemble;

static size_t place_of(const struct pfg_ws_proto *ws)
{
    size_t place = 0;

    while (pfg_ws_proto_at(place) != ws)
        place++;
    return place;
}

/* Bytes from here to the next that may begin a message, at least one. */
static uint32_t skip_size(const struct pfg_proto *proto, const uint8_t *bytes, uint32_t size)
{
    uint32_t at = 1;

    while (at < size && !pfg_recognise(proto, bytes + at, size - at, true))
        at++;
    return at;
}

/* Bytes of the message at an offset of a stream, with its length before it where it has one;
 * PFG_FRAME_MORE, PFG_FRAME_NOT as ever. */
static int64_t stream_size(const struct pfg_proto *proto, const uint8_t *bytes, uint32_t size)
{
    uint32_t prefix = proto->def->tcp_prefix;
    uint64_t whole = 0;

    if (prefix == 0)
        return pfg_frame_size(proto, bytes, size);
    if (size < prefix)
        return PFG_FRAME_MORE;
    for (uint32_t i = 0; i < prefix; i++)
        whole = whole << 8 | bytes[i];
    return (int64_t)(whole + prefix);
}

/* The beginning of what is left of a segment: enough to tell a message's size from. */
static const uint8_t *peek(const struct pfg_proto *proto, packet_info *pinfo, tvbuff_t *tvb,
                           int offset, uint32_t *size)
{
    uint32_t left = (uint32_t)tvb_captured_length_remaining(tvb, offset);
    uint32_t enough = proto->header_size + proto->def->tcp_prefix;

    *size = proto->length != NULL || proto->def->tcp_prefix > 0 ? MIN(left, enough) : left;
    return tvb_memdup(pinfo->pool, tvb, offset, *size);
}

/* The size of what begins at an offset, as stream_size. A message that is searched for must look
 * like one, all of its header where the capture has cut it; where one is expected, its magic and a
 * possible length are enough. */
static int64_t size_here(const struct stream *stream, packet_info *pinfo, tvbuff_t *tvb, int offset)
{
    const struct pfg_proto *proto = stream->ws->proto;
    uint32_t size;
    const uint8_t *bytes = peek(proto, pinfo, tvb, offset, &size);

    if (stream->searching && proto->magic_size > 0 &&
        !pfg_recognise(proto, bytes, size, !stream->cut))
        return PFG_FRAME_NOT;
    return stream_size(proto, bytes, size);
}

/* For tcp_dissect_pdus: bytes of the message here, 0 where more are needed to know. Bytes that
 * begin no message are passed over as if they were one. */
static unsigned message_size(packet_info *pinfo, tvbuff_t *tvb, int offset, void *data)
{
    struct stream *stream = data;
    uint32_t left = (uint32_t)tvb_captured_length_remaining(tvb, offset), skip;
    int64_t whole = size_here(stream, pinfo, tvb, offset);

    if (whole == PFG_FRAME_NOT) {
        skip = skip_size(stream->ws->proto, tvb_memdup(pinfo->pool, tvb, offset, left), left);
        stream->found = skip < left;
        return skip;
    }
    if (whole == PFG_FRAME_MORE)
        return stream->reassemble && pinfo->can_desegment ? 0 : left;
    return (unsigned)MIN(whole, G_MAXINT32);
}

static void show_skipped(const struct pfg_ws_proto *ws, tvbuff_t *tvb, packet_info *pinfo,
                         proto_tree *tree)
{
    expert_field expert = ws->skipped;
    proto_item *item = proto_tree_add_item(tree, ws->id, tvb, 0, -1, ENC_NA);

    proto_tree_add_item(proto_item_add_subtree(item, ws->ett), ws->hf_skipped, tvb, 0, -1, ENC_NA);
    expert_add_info(pinfo, item, &expert);
    col_set_str(pinfo->cinfo, COL_PROTOCOL, ws->filter);
    col_clear(pinfo->cinfo, COL_INFO);
    col_append_sep_fstr(pinfo->cinfo, COL_INFO, " | ", "%u bytes that begin no message",
                        tvb_reported_length(tvb));
    col_set_fence(pinfo->cinfo, COL_INFO);
}

static int dissect_one(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    struct stream *stream = data;
    struct way *way = stream->way;

    if (size_here(stream, pinfo, tvb, 0) == PFG_FRAME_NOT) {
        show_skipped(stream->ws, tvb, pinfo, tree);
        stream->searching = !stream->found;
        way->lost = way->seen;
    } else {
        pfg_ws_show_messages(stream->ws, tvb, pinfo, tree, &way->lost);
        stream->searching = false;
        way->seen = true;
    }
    return (int)tvb_captured_length(tvb);
}

/* The packet's direction of its connection. */
static struct way *way_of(const struct pfg_ws_proto *ws, packet_info *pinfo)
{
    conversation_t *conversation = find_or_create_conversation(pinfo);
    struct way *ways = conversation_get_proto_data(conversation, ws->id);

    if (ways == NULL) {
        ways = wmem_alloc0_array(wmem_file_scope(), struct way, 2);
        conversation_add_proto_data(conversation, ws->id, ways);
    }
    return &ways[pfg_ws_flow(pinfo) & 1];
}

/* First pass: compares where a segment begins with where the last one ended, as far as it was
 * captured. What was lost between them may have been part of a message in several frames, so its
 * other parts are given up. Noted before the segment is looked at: an exception may end that. */
static void note_gap(const struct stream *stream, packet_info *pinfo, const struct tcpinfo *tcp)
{
    struct way *way = stream->way;

    if (way->cut || (way->began && way->next != tcp->seq)) {
        way->lost = way->seen;
        way->searching = true;
        pfg_joiner_drop(pfg_ws_joiner(), pfg_ws_flow(pinfo));
    }
    way->cut = stream->cut;
}

/* Whether a message is searched for where a stretch begins: the first pass knows it from what came
 * before, and keeps it for the others. */
static bool searching_at(const struct stream *stream, packet_info *pinfo)
{
    uint32_t place = STRETCH_KEY + pfg_ws_place_next(stream->ws, pinfo, STRETCH_KEY);

    if (PINFO_FD_VISITED(pinfo))
        return p_get_proto_data(wmem_file_scope(), pinfo, stream->ws->id, place) != NULL;
    if (stream->way->searching)
        p_add_proto_data(wmem_file_scope(), pinfo, stream->ws->id, place, stream->way);
    return stream->way->searching;
}

/* tcp is NULL where something else than TCP carries the stream. */
int pfg_ws_dissect_stream(const struct pfg_ws_proto *ws, tvbuff_t *tvb, packet_info *pinfo,
                          proto_tree *tree, const struct tcpinfo *tcp)
{
    struct stream stream = {
        .ws = ws,
        .way = way_of(ws, pinfo),
        .reassemble = reassemble[place_of(ws)],
        .cut = tvb_captured_length(tvb) < tvb_reported_length(tvb),
    };
    bool first_pass = !PINFO_FD_VISITED(pinfo);

    if (first_pass && tcp != NULL)
        note_gap(&stream, pinfo, tcp);
    stream.searching = searching_at(&stream, pinfo);
    tcp_dissect_pdus(tvb, pinfo, tree, stream.reassemble, 1, message_size, dissect_one, &stream);
    if (first_pass)
        stream.way->searching = stream.searching;
    if (first_pass && tcp != NULL) {
        stream.way->began = true;
        stream.way->next = tcp->seq + (pinfo->desegment_len > 0 ? (uint32_t)pinfo->desegment_offset
                                                                : tvb_reported_length(tvb));
    }
    return (int)tvb_captured_length(tvb);
}

/* Whether a segment's bytes may be a protocol's. A few bytes are enough at a direction's beginning
 * alone, where more will tell; anywhere else they would tear other streams apart. */
bool pfg_ws_stream_fits(const struct pfg_ws_proto *ws, tvbuff_t *tvb, packet_info *pinfo)
{
    struct way *way = way_of(ws, pinfo);
    uint32_t size = tvb_captured_length(tvb);
    const uint8_t *bytes = tvb_memdup(pinfo->pool, tvb, 0, size);

    if (way->refused != 0 && pinfo->num >= way->refused)
        return pfg_recognise(ws->proto, bytes, size, false);
    if (pfg_recognise(ws->proto, bytes, size, true))
        return true;
    way->refused = pinfo->num;
    return false;
}

void pfg_ws_register_streams(void)
{
    const struct pfg_ws_proto *ws;
    size_t count = 0;

    while (pfg_ws_proto_at(count) != NULL)
        count++;
    reassemble = wmem_alloc_array(wmem_epan_scope(), pfg_ws_bool, count);
    for (size_t i = 0; (ws = pfg_ws_proto_at(i)) != NULL; i++) {
        reassemble[i] = true;
        prefs_register_bool_preference(
            prefs_register_protocol(ws->id, NULL), "reassemble", "Reassemble messages over TCP",
            "Whether messages that are cut into several TCP segments are put together. "
            "TCP's own reassembly must be on, too.",
            &reassemble[i]);
    }
}
