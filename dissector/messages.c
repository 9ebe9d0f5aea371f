/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * messages.c - the messages of a datagram, or one message of a stream: decoded by the decoder that
 * all tools share, joined where their body came in several frames, and shown. Joining is done once,
 * in the first pass, and kept in the message's record.
 */
#include "dissector/plugin.h"

static struct pfg_decode decode;        /* of the bytes at hand */
static struct pfg_decode joined_decode; /* of a joined message among them */

bool pfg_ws_messages_init(void)
{
    return pfg_decode_init(&decode) == 0 && pfg_decode_init(&joined_decode) == 0;
}

/* A message at hand: the bytes of its frame, and where they stand in the tvb. */
struct frame {
    const struct pfg_ws_proto *ws;
    tvbuff_t *tvb;
    packet_info *pinfo;
    const uint8_t *bytes;
    uint32_t offset, size;
    bool whole;
    bool *lost; /* a stream's: bytes before it are missing; NULL: a datagram's */
};

/* ---- Joining ------------------------------------------------------------------------------- */

/* First pass: gives a frame to the joiner and keeps what it completes. */
static void feed_joiner(const struct frame *frame, struct pfg_ws_record *record)
{
    struct pfg_joiner *joiner = pfg_ws_joiner();
    const uint8_t *bytes;
    uint32_t size;

    if (joiner == NULL || frame->pinfo->flags.in_error_pkt)
        return;
    if (!frame->whole) { /* the capture has cut it: its message cannot be had */
        pfg_joiner_give_up(joiner, frame->ws->proto, pfg_ws_flow(frame->pinfo), frame->bytes,
                           frame->size);
        return;
    }
    switch (pfg_joiner_feed(joiner, frame->ws->proto, pfg_ws_flow(frame->pinfo), frame->bytes,
                            frame->size, &bytes, &size)) {
    case PFG_JOIN_WHOLE:
    case PFG_JOIN_PARTIAL:
        break;
    case PFG_JOIN_DONE:
        record->joined = wmem_memdup(wmem_file_scope(), bytes, size);
        record->joined_size = size;
        break;
    case PFG_JOIN_TOO_LONG:
        record->too_long = true;
        break;
    }
}

/* The joined message that a frame completes. What is wrong with the frame itself (its checksum)
 * stays wrong. NULL: memory is out. */
static struct pfg_pdu *decode_joined(const struct frame *frame, const struct pfg_ws_record *record)
{
    const struct pfg_proto *proto = frame->ws->proto;
    struct pfg_pdu *pdu;
    uint32_t problems;

    pfg_decode_reset(&joined_decode);
    pdu = pfg_decode_message(&joined_decode, proto, frame->bytes, frame->size, frame->size,
                             PFG_DECODE_HEADER_ONLY);
    if (pdu == NULL)
        return NULL;
    problems = pdu->problems;
    pfg_decode_reset(&joined_decode);
    pdu = pfg_decode_message(&joined_decode, proto, record->joined, record->joined_size,
                             record->joined_size, PFG_DECODE_JOINED);
    if (pdu != NULL)
        pdu->problems |= problems;
    return pdu;
}

static tvbuff_t *joined_tvb(const struct frame *frame, const struct pfg_ws_record *record)
{
    tvbuff_t *tvb = tvb_new_child_real_data(frame->tvb, record->joined, record->joined_size,
                                            (int)record->joined_size);

    add_new_data_source(frame->pinfo, tvb, "Joined message");
    return tvb;
}

/* ---- Showing ------------------------------------------------------------------------------- */

static void show_columns(const struct pfg_ws_message *message)
{
    column_info *columns = message->pinfo->cinfo;

    col_set_str(columns, COL_PROTOCOL, message->ws->filter);
    col_clear(columns, COL_INFO);
    col_append_sep_str(columns, COL_INFO, " | ", pfg_ws_line(message->decode, message->pdu));
    col_set_fence(columns, COL_INFO); /* the next message of the packet stands behind it */
}

static void show_tree(const struct frame *frame, const struct pfg_ws_message *message,
                      const struct pfg_ws_record *record, proto_tree *tree)
{
    proto_item *item = proto_tree_add_item(tree, frame->ws->id, frame->tvb, (int)frame->offset,
                                           (int)frame->size, ENC_NA);

    proto_item_append_text(item, ": %s", pfg_ws_line(message->decode, message->pdu));
    tree = proto_item_add_subtree(item, frame->ws->ett);
    pfg_ws_add_values(message, tree, item);
    pfg_ws_add_pair(message, record, tree);
}

/* First pass: keeps what only it can know of a message. */
static void keep(const struct frame *frame, struct pfg_ws_record *record)
{
    if (frame->lost != NULL && *frame->lost) {
        record->lost = true;
        *frame->lost = false;
    }
    if (frame->ws->proto->more.field != NULL)
        feed_joiner(frame, record);
}

/* What is wrong with a message and cannot be seen from its bytes. */
static uint32_t kept_problems(const struct pfg_ws_record *record)
{
    if (record == NULL)
        return 0;
    return (record->too_long ? 1u << PFG_PROBLEM_BAD_LENGTH : 0) |
           (record->lost ? 1u << PFG_PROBLEM_NOT_JOINED : 0);
}

/* Shows one message: a frame's own, or the one that it completes. */
static void show(const struct frame *frame, struct pfg_pdu *pdu, proto_tree *tree)
{
    const struct pfg_ws_proto *ws = frame->ws;
    struct pfg_ws_record *record = pfg_ws_record_next(ws, frame->pinfo);
    struct pfg_ws_message message = { ws, &decode, pdu, NULL, frame->pinfo };
    bool first_pass = record != NULL && !PINFO_FD_VISITED(frame->pinfo);

    if (first_pass)
        keep(frame, record);
    if (record != NULL && record->joined != NULL) {
        message.decode = &joined_decode;
        message.pdu = decode_joined(frame, record);
        message.tvb = joined_tvb(frame, record);
    } else {
        message.tvb = tvb_new_subset_length(frame->tvb, (int)frame->offset, -1);
    }
    if (message.pdu == NULL)
        return;
    message.pdu->problems |= kept_problems(record);
    if (first_pass && !frame->pinfo->flags.in_error_pkt)
        pfg_ws_pair(&message, record);
    show_columns(&message);
    if (tree != NULL)
        show_tree(frame, &message, record, tree);
}

void pfg_ws_show_messages(const struct pfg_ws_proto *ws, tvbuff_t *tvb, packet_info *pinfo,
                          proto_tree *tree, bool *lost)
{
    uint32_t size = tvb_captured_length(tvb), wire_size = tvb_reported_length(tvb), used;
    const uint8_t *bytes = tvb_memdup(pinfo->pool, tvb, 0, size);

    pfg_decode_reset(&decode);
    if (pfg_decode_payload(&decode, ws->proto, NULL, 0, bytes, size, wire_size, lost != NULL, true,
                           &used) < 0)
        return;
    for (uint32_t i = 0; i < decode.pdu_count; i++) {
        struct pfg_pdu *pdu = &decode.pdus[i];
        uint32_t offset = (uint32_t)(pdu->base - bytes);
        int64_t whole = pfg_frame_size(ws->proto, pdu->base, size - offset);
        struct frame frame = { ws, tvb, pinfo, pdu->base, offset, pdu->size, false, lost };

        frame.whole = whole > 0 && whole <= (int64_t)(size - offset) &&
                      (ws->proto->length != NULL || size == wire_size);
        show(&frame, pdu, tree);
    }
}
