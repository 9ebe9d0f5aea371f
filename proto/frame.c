/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The messages in a payload: where one ends, and decoding each. */
#include <stdlib.h>
#include <string.h>

#include "proto/decode_inside.h"
#include "proto/join.h"
#include "proto/raw.h"

int64_t pfg_frame_size(const struct pfg_proto *proto, const uint8_t *bytes, size_t size)
{
    const struct pfg_field *length = proto->length;
    size_t magic = proto->magic_size < size ? proto->magic_size : size;

    if (magic && memcmp(bytes, proto->table.fields[0].row->text, magic) != 0)
        return PFG_FRAME_NOT;
    if (!length)
        return (int64_t)size;
    if (size < length->offset + pfg_raw_width(length))
        return PFG_FRAME_MORE;
    uint64_t raw = pfg_raw_get(length, bytes);
    int64_t counted = pfg_raw_counted(length, raw), whole = counted;
    if (length->row->max && raw > length->row->max)
        return PFG_FRAME_NOT;
    if (length->row->counts == PFG_COUNTS_BODY)
        whole = (int64_t)proto->header_size + counted + proto->tail_size;
    if (length->row->counts == PFG_COUNTS_REST)
        whole = (int64_t)length->offset + pfg_raw_width(length) + counted;
    if (counted < 0 || whole < (int64_t)proto->header_size + proto->tail_size ||
        whole > (int64_t)UINT32_MAX)
        return PFG_FRAME_NOT;
    return whole;
}

/* A joined message's bytes, kept until the decode is reset. */
struct pfg_joined {
    struct pfg_joined *next;
    uint8_t *bytes;
};

void pfg_decode_drop_joined(struct pfg_decode *decode)
{
    while (decode->joined) {
        struct pfg_joined *joined = decode->joined;
        decode->joined = joined->next;
        free(joined->bytes);
        free(joined);
    }
}

/* Hands what the joiner has just finished over to the decode. */
static int keep_joined(struct pfg_decode *decode, struct pfg_joiner *joiner)
{
    struct pfg_joined *joined = malloc(sizeof *joined);
    if (!joined)
        return -1;
    joined->next = decode->joined;
    joined->bytes = pfg_joiner_take(joiner);
    decode->joined = joined;
    return 0;
}

/* One whole frame. The frame's own faults (its checksum) are kept when its joined body is what is
 * shown. */
static int decode_frame(struct pfg_decode *decode, const struct pfg_proto *proto,
                        struct pfg_joiner *joiner, uint64_t flow, const uint8_t *bytes,
                        uint32_t size)
{
    const uint8_t *joined;
    uint32_t joined_size;
    struct pfg_pdu *pdu;
    enum pfg_join join = PFG_JOIN_WHOLE;

    if (proto->more.field && joiner)
        join = pfg_joiner_feed(joiner, proto, flow, bytes, size, &joined, &joined_size);
    else if (proto->more.field && size >= proto->header_size && pfg_raw_passes(&proto->more, bytes))
        join = PFG_JOIN_PARTIAL;
    if (join == PFG_JOIN_WHOLE)
        return pfg_decode_message(decode, proto, bytes, size, size, 0) ? 1 : -1;
    pdu = pfg_decode_message(decode, proto, bytes, size, size, PFG_DECODE_HEADER_ONLY);
    if (!pdu)
        return -1;
    if (join == PFG_JOIN_TOO_LONG)
        pdu->problems |= 1u << PFG_PROBLEM_BAD_LENGTH;
    if (join != PFG_JOIN_DONE)
        return 0;
    if (keep_joined(decode, joiner) < 0)
        return -1;
    uint32_t problems = pdu->problems;
    decode->count = pdu->first;
    decode->pdu_count--;
    pdu = pfg_decode_message(decode, proto, joined, joined_size, joined_size, PFG_DECODE_JOINED);
    if (!pdu)
        return -1;
    pdu->problems |= problems;
    return 1;
}

/* A datagram's message that is not whole, or is no message: what can be read of it. The message
 * that a cut frame is one part of has a hole, and is given up. */
static int decode_rest(struct pfg_decode *decode, const struct pfg_proto *proto,
                       struct pfg_joiner *joiner, uint64_t flow, const uint8_t *bytes,
                       uint32_t size, uint32_t wire_size)
{
    bool part = size >= proto->header_size && pfg_raw_passes(&proto->more, bytes);
    if (joiner)
        pfg_joiner_give_up(joiner, proto, flow, bytes, size);
    if (!pfg_decode_message(decode, proto, bytes, size, wire_size,
                            part ? PFG_DECODE_HEADER_ONLY : 0))
        return -1;
    return part ? 0 : 1;
}

/* A stream's message behind its length (DNS over TCP: RFC 1035, 4.2.2). */
static int64_t prefixed_size(const struct pfg_proto *proto, const uint8_t *bytes, uint32_t size)
{
    if (size < proto->def->tcp_prefix)
        return PFG_FRAME_MORE;
    return (int64_t)pfg_get_be(bytes, proto->def->tcp_prefix) + proto->def->tcp_prefix;
}

bool pfg_decode_datagram(struct pfg_decode *decode, const struct pfg_proto *proto,
                         const struct pfg_joiner *joiner, const uint8_t *bytes, uint32_t size,
                         uint32_t wire_size)
{
    return proto->plan && size == wire_size && !pfg_joiner_waits(joiner) &&
           pfg_decode_whole(decode, proto, bytes, size);
}

int pfg_decode_payload(struct pfg_decode *decode, const struct pfg_proto *proto,
                       struct pfg_joiner *joiner, uint64_t flow, const uint8_t *bytes,
                       uint32_t size, uint32_t wire_size, bool over_stream, bool final,
                       uint32_t *used)
{
    uint32_t prefix = over_stream ? proto->def->tcp_prefix : 0, at = 0;
    int messages = 0;

    if (final && !over_stream &&
        pfg_decode_datagram(decode, proto, joiner, bytes, size, wire_size)) {
        *used = size;
        return 1;
    }
    while (at < size) {
        uint32_t left = size - at;
        int64_t whole = prefix ? prefixed_size(proto, bytes + at, left)
                               : pfg_frame_size(proto, bytes + at, left);
        bool cut = whole == PFG_FRAME_MORE || whole > (int64_t)left;
        int r;
        /* A message without length takes a whole datagram; behind one that has a length, bytes
         * that begin no message are the message's trailing ones. */
        if (whole == PFG_FRAME_NOT && at && final && decode->pdu_count) {
            decode->pdus[decode->pdu_count - 1].problems |= 1u << PFG_PROBLEM_TRAILING_BYTES;
            at = size;
            break;
        }
        if (cut && !final)
            break;
        if (cut || whole == PFG_FRAME_NOT) {
            uint32_t skip = prefix < left ? prefix : left;
            uint32_t wire = wire_size > at ? wire_size - at : left;
            if (whole > (int64_t)left && wire < whole)
                wire = whole > (int64_t)UINT32_MAX ? UINT32_MAX : (uint32_t)whole;
            r = decode_rest(decode, proto, joiner, flow, bytes + at + skip, left - skip,
                            wire - skip);
            at = size;
        } else {
            uint32_t wire = !proto->length && !prefix ? wire_size : (uint32_t)whole;
            r = wire > left ? decode_rest(decode, proto, joiner, flow, bytes + at, left, wire)
                            : decode_frame(decode, proto, joiner, flow, bytes + at + prefix,
                                           (uint32_t)whole - prefix);
            at += (uint32_t)whole;
        }
        if (r < 0)
            return -1;
        messages += r;
    }
    *used = at;
    return messages;
}
