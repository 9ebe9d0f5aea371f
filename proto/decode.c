/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages: a walk over the protocol's table, and what is wrong with its end. */
#include "proto/decode.h"

#include <stdlib.h>

#include "proto/checksum.h"
#include "proto/decode_inside.h"
#include "proto/raw.h"
#include "proto/run.h"

enum { VALUES_MAX = 1 << 21 };

/* It is the list's, less what is more than a message may have: this must not depend on how large
 * the list has become with earlier messages. */
void pfg_walk_room(struct pfg_walk *w)
{
    uint32_t room = w->decode->room;
    w->room = room - w->first > VALUES_MAX ? w->first + VALUES_MAX : room;
    w->values_end = w->decode->values + w->room;
}

bool pfg_walk_grow(struct pfg_walk *w)
{
    struct pfg_decode *d = w->decode;
    if (d->count - w->first >= VALUES_MAX) {
        pfg_walk_halt(w, PFG_PROBLEM_TOO_MANY);
        return false;
    }
    struct pfg_value *values = realloc(d->values, 2 * (size_t)d->room * sizeof *values);
    if (!values) {
        w->no_memory = w->stop = true;
        return false;
    }
    d->values = values;
    d->room *= 2;
    pfg_walk_room(w);
    return true;
}

/* The end of the message as it says itself, at most wire_size. */
static uint32_t end_of(const struct pfg_walk *w, uint32_t size)
{
    uint64_t end = size;
    if (w->length_end != UINT32_MAX)
        end = w->length_end;
    else if (w->body_size != UINT32_MAX)
        end = (uint64_t)(w->body_start != UINT32_MAX ? w->body_start : w->proto->header_size) +
              w->body_size + w->proto->tail_size;
    return end > size ? size : (uint32_t)end;
}

static bool checksum_applies(const struct pfg_walk *w, const struct pfg_field *field)
{
    if (!field->when)
        return true;
    const struct pfg_field *holder = field->when->bit ? field->when->parent : field->when;
    for (uint32_t i = w->first; i < w->decode->count; i++)
        if (w->decode->values[i].field == holder)
            return pfg_raw_bit_set(field->when, w->decode->values[i].u);
    return false;
}

static void verify_checksum(struct pfg_walk *w, uint32_t end)
{
    const struct pfg_value *v = &w->decode->values[w->checksum];
    const struct pfg_row *row = v->field->row;
    size_t from = 0, to = end;

    if (!checksum_applies(w, v->field))
        return;
    switch (row->counts) {
    case PFG_COUNTS_ALL:
        break;
    case PFG_COUNTS_BODY:
        from = w->body_start;
        to = w->body_size != UINT32_MAX ? from + w->body_size : to - w->proto->tail_size;
        break;
    case PFG_COUNTS_REST:
        from = v->offset + v->size;
        break;
    case PFG_COUNTS_BEFORE:
        to = v->offset;
        break;
    }
    if (from > to || to > end)
        return;
    uint64_t sum = pfg_checksum(row->algorithm, w->base, from, to, v->offset, v->size);
    if (sum != v->u)
        pfg_walk_fault(w, PFG_PROBLEM_BAD_CHECKSUM);
}

int pfg_walk_grow_pdus(struct pfg_decode *d)
{
    struct pfg_pdu *pdus = realloc(d->pdus, 2 * (size_t)d->pdu_room * sizeof *pdus);
    if (!pdus)
        return -1;
    d->pdus = pdus;
    d->pdu_room *= 2;
    return 0;
}

/* Values that say how large the message is. */
static void fill_sizes(struct pfg_walk *w, uint32_t size)
{
    for (uint32_t i = 0; i < w->proto->table.count && w->first + i < w->decode->count; i++) {
        struct pfg_value *v = &w->decode->values[w->first + i];
        if (v->field->row->kind != PFG_DERIVED || v->field->row->derive != PFG_DERIVE_SIZE)
            break; /* such rows stand first */
        v->u = size;
    }
}

/* Where a message that was walked ends, and what is wrong with its end. */
static uint32_t finish(struct pfg_walk *w, uint32_t size)
{
    uint32_t end = end_of(w, size);

    if (w->flags & PFG_DECODE_HEADER_ONLY && w->body_size != UINT32_MAX &&
        w->body_size > size - (w->pos < size ? w->pos : size))
        pfg_walk_fault(w, PFG_PROBLEM_TRUNCATED);
    if (w->stop || w->proto->def->network)
        return w->stop ? end : w->pos;
    /* Without a length of its own, whoever carries the message says where it ends. */
    bool open = w->length_end == UINT32_MAX && w->body_size == UINT32_MAX;
    if ((open && w->pos < w->limit && !(w->flags & PFG_DECODE_JOINED)) ||
        (w->length_end != UINT32_MAX && w->pos < end))
        pfg_walk_fault(w, PFG_PROBLEM_TRAILING_BYTES);
    return end;
}

struct pfg_pdu *pfg_walk_pdu(const struct pfg_walk *w, uint32_t end)
{
    struct pfg_pdu *pdu = &w->decode->pdus[w->decode->pdu_count++];
    pdu->proto = w->proto;
    pdu->base = w->base;
    pdu->size = end;
    pdu->first = w->first;
    pdu->count = w->decode->count - w->first;
    pdu->problems = w->problems;
    pdu->is_reply = w->is_reply;
    pdu->is_error = w->is_error;
    pdu->partial = (w->flags & PFG_DECODE_HEADER_ONLY) != 0;
    pdu->joined = (w->flags & PFG_DECODE_JOINED) != 0;
    pdu->sparse = false;
    pdu->head = NULL;
    pdu->pattern = NULL;
    pdu->response_to = PFG_NO_RESPONSE;
    return pdu;
}

struct pfg_pdu *pfg_decode_message(struct pfg_decode *decode, const struct pfg_proto *proto,
                                   const uint8_t *bytes, uint32_t size, uint32_t wire_size,
                                   unsigned flags)
{
    struct pfg_pdu *whole = !flags && proto->plan && size == wire_size
                                ? pfg_decode_whole(decode, proto, bytes, size)
                                : NULL;
    if (whole)
        return whole;
    struct pfg_walk w = {
        .decode = decode,
        .proto = proto,
        .base = bytes,
        .limit = size,
        .first = decode->count,
        .flags = flags,
        .length_end = UINT32_MAX,
        .body_size = UINT32_MAX,
        .checksum = UINT32_MAX,
        .body_start = UINT32_MAX,
        .size = size,
    };
    if (decode->pdu_count == decode->pdu_room && pfg_walk_grow_pdus(decode) < 0)
        return NULL;
    pfg_walk_room(&w);
    if (size < wire_size)
        pfg_walk_fault(&w, PFG_PROBLEM_TRUNCATED);
    uint32_t head = flags & PFG_DECODE_HEAD ? pfg_walk_head(&w) : 0;
    pfg_walk_rows(&w, &proto->table, head, NULL);
    if (w.no_memory)
        return NULL;
    uint32_t end = finish(&w, size);
    if (w.checksum != UINT32_MAX && (!w.stop || flags & PFG_DECODE_HEADER_ONLY) &&
        !(flags & (PFG_DECODE_JOINED | PFG_DECODE_NO_CHECKSUM)) &&
        !(w.problems & 1u << PFG_PROBLEM_TRUNCATED))
        verify_checksum(&w, proto->def->network && proto->body ? size : end);
    if (proto->table.sized)
        fill_sizes(&w, end);
    struct pfg_pdu *pdu = pfg_walk_pdu(&w, end);
    if (head) {
        pdu->head = proto->table.fields->run;
        pdu->head_spare = size >= pdu->head->size + 8u;
    }
    return pdu;
}

struct pfg_pdu *pfg_decode_head(struct pfg_decode *decode, const struct pfg_proto *proto,
                                const uint8_t *bytes, uint32_t size, bool spare)
{
    if (decode->pdu_count == decode->pdu_room && pfg_walk_grow_pdus(decode) < 0)
        return NULL;
    struct pfg_pdu *pdu = &decode->pdus[decode->pdu_count++];
    pdu->proto = proto;
    pdu->base = bytes;
    pdu->size = size;
    pdu->first = decode->count;
    pdu->count = 0;
    pdu->problems = 0;
    pdu->is_reply = pdu->is_error = pdu->partial = pdu->joined = pdu->sparse = false;
    pdu->head = proto->table.fields->run;
    pdu->head_spare = spare;
    pdu->head_derived = 0;
    pdu->pattern = NULL;
    pdu->response_to = PFG_NO_RESPONSE;
    return pdu;
}

struct pfg_pdu *pfg_decode_given(struct pfg_decode *decode, const struct pfg_proto *proto,
                                 const uint8_t *bytes, const uint64_t *values)
{
    struct pfg_pdu *pdu = pfg_decode_head(decode, proto, bytes, 0, false);
    struct pfg_walk w = { .decode = decode, .first = decode->count };

    pfg_walk_room(&w);
    for (uint32_t i = 0; pdu && i < proto->table.count; i++)
        pfg_walk_add(&w, &proto->table.fields[i], values[i], 0, 0);
    if (!pdu || w.stop)
        return NULL;
    pdu->head = NULL;
    pdu->count = proto->table.count;
    return pdu;
}
