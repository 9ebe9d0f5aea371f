/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * messages.c - the messages in a stream of bytes: which protocol it is, where the next message
 * begins after a loss or when the connection was joined in the middle.
 */
#include <string.h>

#include "capture/dissect.h"

/* A protocol without a mark is looked for only in so many bytes at a time. */
enum { SEARCH_BYTES = 4096 };

/* Notes that a stream has messages, those from before on, and marks the first after a loss. */
static void note_messages(struct capture_dissect *dissect, struct pfg_stream *stream,
                          uint32_t before)
{
    if (dissect->decode.pdu_count == before)
        return;
    if (stream->lost_note)
        dissect->decode.pdus[before].problems |= 1U << PFG_PROBLEM_NOT_JOINED;
    stream->lost_note = false;
    stream->seen = true;
}

/* Bytes of whole messages from the first on; *bad: behind them something begins that is none. */
static uint32_t whole_messages(const struct pfg_proto *proto, const uint8_t *bytes, uint32_t size,
                               bool *bad, int64_t *need)
{
    uint32_t at = 0;

    *bad = false;
    *need = 0;
    while (at < size && !*bad) {
        int64_t frame;

        if (proto->def->tcp_prefix > 0) {
            frame = size - at < 2 ? PFG_FRAME_MORE : 2 + (bytes[at] << 8 | bytes[at + 1]);
        } else if (proto->length == NULL) {
            return size;
        } else {
            frame = pfg_frame_size(proto, bytes + at, size - at);
        }
        *bad = frame == PFG_FRAME_NOT;
        if (*bad)
            break;
        *need = frame;
        if (frame == PFG_FRAME_MORE || frame > (int64_t)(size - at))
            break;
        at += (uint32_t)frame;
        *need = 0;
    }
    return at;
}

/* ---- Finding the first message ------------------------------------------------------------ */

/* Whether a message behind a length could begin here: it decodes without a fault. */
static bool fits_prefixed(struct capture_dissect *dissect, const struct pfg_proto *proto,
                          const uint8_t *bytes, uint32_t size)
{
    const struct pfg_pdu *pdu;
    uint32_t length;

    if (size < 2)
        return false;
    length = (uint32_t)bytes[0] << 8 | bytes[1];
    if (length < proto->header_size || length > size - 2)
        return false;
    pfg_decode_reset(&dissect->trial);
    pdu = pfg_decode_message(&dissect->trial, proto, bytes + 2, length, length, 0);
    return pdu != NULL && pdu->problems == 0 && pdu->size == length;
}

/* Where a protocol's mark stands with a header that fits; size: nowhere. *maybe: where one begins
 * that the bytes end in. */
static uint32_t search_mark(const struct pfg_proto *proto, const uint8_t *bytes, uint32_t size,
                            uint32_t *maybe)
{
    const char *magic = proto->table.fields[0].row->text;
    uint32_t at;

    for (at = 0; at < size; at++) {
        const uint8_t *hit = memchr(bytes + at, magic[0], size - at);

        if (hit == NULL)
            return size;
        at = (uint32_t)(hit - bytes);
        if (pfg_recognise(proto, hit, size - at, false))
            return at;
        if (at < *maybe && size - at < proto->header_size &&
            pfg_recognise(proto, hit, size - at, true))
            *maybe = at;
    }
    return size;
}

/* Where a protocol's first message begins in bytes; size: nowhere yet, but perhaps at *maybe, which
 * is left as it is where nothing speaks for it. */
static uint32_t search(struct capture_dissect *dissect, const struct pfg_proto *proto,
                       const uint8_t *bytes, uint32_t size, uint32_t *maybe)
{
    uint32_t at;

    if (proto->magic_size > 0)
        return search_mark(proto, bytes, size, maybe);
    for (at = 0; proto->def->tcp_prefix == 2 && at < size && at < SEARCH_BYTES; at++) {
        if (fits_prefixed(dissect, proto, bytes + at, size - at))
            return at;
    }
    /* Without a mark a message must be whole to be known: what may be its beginning is kept, as
     * long as a length could be that great. */
    if (proto->def->tcp_prefix == 2 && size < 65537 && size >= 2 &&
        ((uint32_t)bytes[0] << 8 | bytes[1]) + 2U > size)
        *maybe = 0;
    return size;
}

/* The protocols that this stream may carry, one after the other: those of its ports, then those
 * that are recognised anywhere. */
static const struct pfg_proto *candidate(const struct pfg_stream *stream, size_t *step)
{
    const struct pfg_proto *proto;

    for (; *step < 64; ++*step) {
        size_t nth = *step / 2;
        uint16_t port = *step % 2 == 0 ? stream->sport : stream->dport;

        proto = pfg_proto_on_port(PFG_TCP, port, nth);
        if (proto != NULL) {
            ++*step;
            return proto;
        }
        if (nth > 0 && *step % 2 == 1)
            *step = 63;
    }
    while ((proto = pfg_proto_anywhere(*step - 64)) != NULL) {
        ++*step;
        if (proto->def->any_port && proto->magic_size > 0)
            return proto;
    }
    return NULL;
}

/* Joined in the middle, or after a loss: looks for a beginning. Returns bytes to pass over; then
 * synced tells whether a message begins there. */
static uint32_t resync(struct capture_dissect *dissect, struct pfg_stream *stream,
                       const uint8_t *bytes, uint32_t size)
{
    const struct pfg_proto *proto, *best_proto = NULL;
    uint32_t best = size, maybe = size;
    size_t step = 0;

    if (stream->proto != NULL) {
        best = search(dissect, stream->proto, bytes, size, &maybe);
        best_proto = stream->proto;
    } else {
        while ((proto = candidate(stream, &step)) != NULL) {
            uint32_t at = search(dissect, proto, bytes, size, &maybe);

            if (at < best) {
                best = at;
                best_proto = proto;
            }
        }
    }
    if (best == size)
        return maybe;
    stream->proto = best_proto;
    stream->synced = true;
    return best;
}

/* A protocol without a mark on a port that is nobody's: what was found in the other direction, or
 * what the first message fits to its last byte. *waits: more bytes will tell. */
static const struct pfg_proto *by_shape(struct pfg_stream *stream, const uint8_t *bytes,
                                        uint32_t size, bool *waits)
{
    const struct pfg_proto *proto = pfg_stream_back(stream)->proto;
    size_t at;

    *waits = false;
    if (proto != NULL && proto->def->by_shape && proto->def->tcp_prefix > 0)
        return proto;
    for (at = 0; (proto = pfg_proto_anywhere(at)) != NULL; at++) {
        uint32_t need;
        int64_t first = pfg_shape_in_stream(proto, bytes, size, &need);

        if (first > 0)
            return proto;
        if (first != PFG_FRAME_MORE)
            continue;
        *waits = true;
        stream->need = need;
    }
    return NULL;
}

/* The beginning of a direction. False: not known yet. */
static bool choose(struct pfg_stream *stream, const uint8_t *bytes, uint32_t size)
{
    const struct pfg_proto *proto =
        pfg_proto_for(PFG_TCP, stream->sport, stream->dport, bytes, size);
    size_t step = 0;
    bool waits;

    if (proto != NULL) {
        stream->proto = proto;
        return true;
    }
    while ((proto = candidate(stream, &step)) != NULL) {
        if (pfg_recognise(proto, bytes, size, true))
            return false; /* the beginning of a message, but no more than that */
    }
    if (pfg_proto_on_port(PFG_TCP, stream->sport, 0) != NULL ||
        pfg_proto_on_port(PFG_TCP, stream->dport, 0) != NULL) {
        stream->synced = false; /* a known port, but not its protocol: perhaps later */
        return false;
    }
    stream->proto = by_shape(stream, bytes, size, &waits);
    stream->ignored = stream->proto == NULL && !waits;
    return stream->proto != NULL;
}

/* ---- The reader --------------------------------------------------------------------------- */

/* Decodes whole messages; returns bytes used. */
static uint32_t read_synced(struct capture_dissect *dissect, struct pfg_stream *stream,
                            const uint8_t *bytes, uint32_t size)
{
    uint32_t before = dissect->decode.pdu_count, used = 0, whole;
    int64_t need;
    bool bad;

    whole = whole_messages(stream->proto, bytes, size, &bad, &need);
    if (whole > 0 && pfg_decode_payload(&dissect->decode, stream->proto, dissect->joiner,
                                        stream->id, bytes, whole, whole, true, false, &used) < 0)
        dissect->failed = true;
    note_messages(dissect, stream, before);
    if (bad) {
        stream->synced = false;
        stream->lost_note = stream->seen;
    }
    stream->need = need > 0 ? (uint32_t)need : 0;
    return whole;
}

static uint32_t read_bytes(struct capture_dissect *dissect, struct pfg_stream *stream,
                           const uint8_t *bytes, uint32_t size)
{
    uint32_t at = 0;

    while (at < size) {
        uint32_t used;

        if (stream->synced && stream->proto == NULL && !choose(stream, bytes + at, size - at)) {
            if (stream->ignored)
                return size;
            if (stream->synced)
                return at;
        }
        if (!stream->synced) {
            at += resync(dissect, stream, bytes + at, size - at);
            if (!stream->synced)
                return at;
        }
        used = read_synced(dissect, stream, bytes + at, size - at);
        at += used;
        if (stream->synced)
            return at;
        if (used == 0 && at < size)
            at++; /* what stands here is no message */
    }
    return at;
}

/* What is left of a message whose end does not come. */
static void read_rest(struct capture_dissect *dissect, struct pfg_stream *stream,
                      const uint8_t *bytes, uint32_t size)
{
    uint32_t before = dissect->decode.pdu_count, used, wire = size;

    if (size == 0 || !stream->synced || stream->proto == NULL)
        return;
    if (stream->need > size)
        wire = stream->need;
    if (pfg_decode_payload(&dissect->decode, stream->proto, dissect->joiner, stream->id, bytes,
                           size, wire, true, true, &used) < 0)
        dissect->failed = true;
    note_messages(dissect, stream, before);
}

uint32_t capture_messages_read(void *user, struct pfg_stream *stream, enum pfg_stream_event event,
                               const uint8_t *bytes, uint32_t size)
{
    struct capture_dissect *dissect = user;

    if (event == PFG_STREAM_BYTES)
        return read_bytes(dissect, stream, bytes, size);
    read_rest(dissect, stream, bytes, size);
    if (event == PFG_STREAM_LOSS && (stream->seen || stream->begun))
        stream->lost_note = true;
    if (event == PFG_STREAM_LOSS && stream->proto != NULL && stream->proto->more.field != NULL)
        pfg_joiner_drop(dissect->joiner, stream->id);
    return size;
}
