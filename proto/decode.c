/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows to values: one walk over a protocol's table. */
#include "proto/decode.h"

#include <stdlib.h>
#include <string.h>

#include "proto/checksum.h"
#include "proto/cursor.h"
#include "proto/decode_inside.h"
#include "proto/raw.h"
#include "proto/run.h"

enum { VALUES_MAX = 1 << 21 };

/* The list's room, less what is more than a message may have: this must not depend on how large
 * the list has become with earlier messages. */
static void set_room(struct pfg_walk *w)
{
    uint32_t room = w->decode->room;
    w->room = room - w->first > VALUES_MAX ? w->first + VALUES_MAX : room;
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
    set_room(w);
    return true;
}

static uint64_t read_integer(struct pfg_walk *w, const struct pfg_field *field, uint32_t *offset,
                             uint32_t *size)
{
    const struct pfg_row *row = field->row;
    uint64_t u;

    *offset = w->pos;
    if (row->bits) {
        *size = field->bits_run;
        if (field->bits_first) {
            if (!pfg_walk_have(w, field->bits_run))
                return 0;
            w->bits = pfg_get_be(w->base + w->pos, field->bits_run);
        }
        u = w->bits >> field->bits_shift & field->bits_mask;
        if (field->bits_last)
            w->pos += field->bits_run;
        return u;
    }
    *size = row->size;
    if (!pfg_walk_have(w, row->size))
        return 0;
    u = row->order == PFG_LITTLE ? pfg_get_le(w->base + w->pos, row->size)
                                 : pfg_get_be(w->base + w->pos, row->size);
    w->pos += row->size;
    return u;
}

static uint64_t sign_extend(uint64_t u, unsigned bits)
{
    if (bits < 64 && u >> (bits - 1) & 1)
        u |= UINT64_MAX << bits;
    return u;
}

/* A length: bounds what comes after it. start is where its table begins. */
static void apply_length(struct pfg_walk *w, const struct pfg_field *field, uint64_t raw,
                         uint32_t start)
{
    const struct pfg_row *row = field->row;
    int64_t counted = pfg_raw_counted(field, raw);
    /* No row may be cut by it that was read already, a run of bits least of all. */
    uint32_t least = w->pos + (row->bits && !field->bits_last ? field->bits_run : 0u);

    if (row->max && raw > row->max)
        pfg_walk_fault(w, PFG_PROBLEM_BAD_LENGTH);
    if (counted < 0) {
        pfg_walk_halt(w, PFG_PROBLEM_BAD_LENGTH);
        return;
    }
    if (w->flags & PFG_DECODE_JOINED && field == w->proto->length)
        return;
    if (row->counts == PFG_COUNTS_BODY) {
        w->body_size = counted > (int64_t)(UINT32_MAX - 1) ? UINT32_MAX - 1 : (uint32_t)counted;
        return;
    }
    bool all = row->counts == PFG_COUNTS_ALL;
    if (all && field == &w->proto->table.fields[field->index])
        least = start + w->proto->header_size + w->proto->tail_size;
    int64_t end = (all ? (int64_t)start : (int64_t)w->pos) + counted;
    if (end < (int64_t)least) {
        pfg_walk_halt(w, PFG_PROBLEM_BAD_LENGTH);
        return;
    }
    if (field == w->proto->length)
        w->length_end = end > (int64_t)UINT32_MAX - 1 ? UINT32_MAX - 1 : (uint32_t)end;
    if (end > (int64_t)w->limit)
        pfg_walk_fault(w, PFG_PROBLEM_TRUNCATED);
    else
        w->limit = (uint32_t)end;
}

static void walk_table(struct pfg_walk *w, const struct pfg_table *table,
                       const struct pfg_seen *outer);

/* A table inside: its own bounds, which a length in it may narrow. Where it ends early because a
 * length says so, what is left is skipped and noted. */
static void walk_inside(struct pfg_walk *w, const struct pfg_table *table,
                        const struct pfg_seen *outer)
{
    uint32_t limit = w->limit;
    walk_table(w, table, outer);
    if (!w->stop && w->limit != limit && w->pos < w->limit) {
        pfg_walk_fault(w, PFG_PROBLEM_TRAILING_BYTES);
        w->pos = w->limit;
    }
    w->limit = limit;
}

static void walk_group(struct pfg_walk *w, const struct pfg_field *group)
{
    uint32_t at = w->decode->count, start = w->pos;
    pfg_walk_add(w, group, 0, start, 0);
    if (w->stop)
        return;
    walk_inside(w, &group->inside, NULL);
    w->decode->values[at].u = w->decode->count - at - 1;
    w->decode->values[at].size = w->pos - start;
}

static const struct pfg_body *choose_body(struct pfg_walk *w, const struct pfg_field *body,
                                          const struct pfg_value *by)
{
    if (w->is_error && body->error)
        return body->error;
    const struct pfg_names *names = by->field->names;
    const struct pfg_name *name = pfg_name_find(names, by->u);
    if (name) {
        const struct pfg_body *chosen =
            &body->bodies[2 * (size_t)(name - names->rows) + (w->is_reply ? 1 : 0)];
        w->is_reply |= name->is_reply;
        if (chosen->present)
            return chosen;
    }
    if (!body->row->rows)
        pfg_walk_fault(w, PFG_PROBLEM_UNKNOWN_TYPE);
    return body->other;
}

static void walk_body(struct pfg_walk *w, const struct pfg_field *field,
                      const struct pfg_seen *seen)
{
    bool top = field == w->proto->body, own = top && w->body_size != UINT32_MAX;
    if (top)
        w->body_start = w->pos;
    if (top && w->flags & PFG_DECODE_HEADER_ONLY) {
        w->stop = true;
        return;
    }
    const struct pfg_body *body = choose_body(w, field, &w->decode->values[seen->at[field->by]]);
    if (!top && !body->group && body->table.count == 0)
        return;
    uint32_t limit = w->limit, left = limit - w->pos, tail = w->proto->tail_size;
    if (own && w->body_size <= left)
        w->limit = w->pos + w->body_size;
    else if (own)
        pfg_walk_fault(w, PFG_PROBLEM_TRUNCATED);
    else if (top) /* without a length of its own, the body leaves what the rows behind it take */
        w->limit -= tail < left ? tail : left;
    uint32_t end = w->limit;
    if (body->group)
        walk_group(w, body->group);
    else
        walk_inside(w, &body->table, seen);
    if ((own || (top && tail)) && !w->stop && w->pos < end) {
        pfg_walk_fault(w, PFG_PROBLEM_TRAILING_BYTES);
        w->pos = end;
    }
    w->limit = limit;
}

/* The message's direction, once the fields that tell it are read. */
static inline void note_direction(struct pfg_walk *w, const struct pfg_field *field, uint64_t u)
{
    if (field == w->proto->reply.field)
        w->is_reply = pfg_test_passes(&w->proto->reply, u);
    if (field == w->proto->error.field)
        w->is_error = w->is_reply && pfg_test_passes(&w->proto->error, u);
}

static void walk_integer(struct pfg_walk *w, const struct pfg_field *field, uint32_t start)
{
    uint32_t offset, size;
    uint64_t raw = read_integer(w, field, &offset, &size), u = raw;

    if (w->stop)
        return;
    switch (field->row->kind) {
    case PFG_INT:
        u = sign_extend(raw, field->row->bits ? field->row->bits : 8u * field->row->size);
        break;
    case PFG_UINT:
    case PFG_LENGTH:
        u = raw * field->scale;
        break;
    default:
        break;
    }
    pfg_walk_add(w, field, u, offset, size);
    if (field->row->closed && !pfg_name_find(field->names, u))
        pfg_walk_fault(w, PFG_PROBLEM_UNKNOWN_TYPE);
    if (field->row->kind == PFG_FLAGS && u & ~field->flags_known)
        pfg_walk_fault(w, PFG_PROBLEM_RESERVED_BITS);
    if (field->row->kind == PFG_RESERVED && u)
        pfg_walk_fault(w, PFG_PROBLEM_RESERVED_BITS);
    if (field->row->kind == PFG_CONST && u != field->row->init)
        pfg_walk_halt(w, PFG_PROBLEM_BAD_CONSTANT);
    if (field->row->kind == PFG_CHECKSUM)
        w->checksum = w->decode->count - 1;
    if (field->row->kind == PFG_LENGTH)
        apply_length(w, field, raw, start);
    note_direction(w, field, u);
}

static void read_address(struct pfg_walk *w, const struct pfg_field *field)
{
    uint32_t size = field->size;
    if (!pfg_walk_have(w, size))
        return;
    pfg_walk_add(w, field, size == 4 ? pfg_get_be32(w->base + w->pos) : 0, w->pos, size);
    w->pos += size;
}

static void walk_derived(struct pfg_walk *w, const struct pfg_field *field,
                         const struct pfg_seen *seen)
{
    if (field->row->derive != PFG_DERIVE_POINTER) {
        pfg_walk_add(w, field, 0, w->pos,
                     0); /* filled in at the table's end, or by a layer's code */
        return;
    }
    const struct pfg_value *name = &w->decode->values[seen->at[field->by]];
    if (name->u) /* the two bytes of the pointer stand last in the name */
        pfg_walk_add(w, field, name->u - 1, name->offset + name->size - 2, 2);
}

/* Reads the rows of a run. */
static inline void read_steps(struct pfg_walk *w, const struct pfg_run *run, bool spare)
{
    struct pfg_value *v = w->decode->values + w->decode->count;
    const struct pfg_step *step = run->steps, *end = step + run->count;
    const uint8_t *bytes = w->base + w->pos;
    uint32_t pos = w->pos;

    for (; step < end; step++, v++) {
        v->field = step->field;
        v->u = pfg_step_raw(step, bytes, spare) * step->scale;
        v->offset = pos + step->at;
        v->size = step->size;
    }
}

/* What rows of a run tell beside their values. False: one has a value that it must not have. */
static bool note_special(struct pfg_walk *w, const struct pfg_run *run)
{
    const struct pfg_value *v = w->decode->values + w->decode->count;

    for (uint32_t i = 0; i < run->count; i++)
        if (v[i].field->row->closed && !pfg_name_find(v[i].field->names, v[i].u))
            return false;
    for (uint32_t i = 0; i < run->count; i++)
        note_direction(w, v[i].field, v[i].u);
    return true;
}

/* Reads a run of rows in one go. False, and nothing has happened: it does not fit, or something is
 * wrong with it, and the general way, row by row, tells what. */
static inline bool walk_run(struct pfg_walk *w, const struct pfg_run *run, uint32_t start)
{
    uint32_t left = w->limit - w->pos, problems = w->problems, at = w->pos;
    bool spare = left >= run->size + 8u;

    if (left < run->size || w->room - w->decode->count < run->count)
        return false;
    if (run->check_count && !pfg_run_right(run, w->base + w->pos, spare))
        return false;
    if (spare)
        read_steps(w, run, true);
    else
        read_steps(w, run, false);
    if (run->special && !note_special(w, run))
        return false;
    w->pos += run->size;
    if (run->length != PFG_RUN_NONE) {
        const struct pfg_step *step = &run->steps[run->length];
        apply_length(w, step->field, pfg_step_raw(step, w->base + at, spare), start);
        if (w->stop) {
            w->stop = false;
            w->problems = problems;
            w->pos = at;
            return false;
        }
    }
    if (run->checksum != PFG_RUN_NONE)
        w->checksum = w->decode->count + run->checksum;
    w->decode->count += run->count;
    return true;
}

/* Whether the element just read ends the array: a value marked so (TLV's end of options). */
static bool ends_array(const struct pfg_walk *w, uint32_t element)
{
    if (element + 1 >= w->decode->count)
        return false;
    const struct pfg_value *first = &w->decode->values[element + 1];
    const struct pfg_names *names = first->field->names;
    const struct pfg_name *name = names && names->stops ? pfg_name_find(names, first->u) : NULL;
    return name && name->stop;
}

/* An element that is a number and the rows which that chooses, as options are. False, and nothing
 * has happened: it is to be walked as others are. */
static bool walk_choice(struct pfg_walk *w, const struct pfg_field *group)
{
    const struct pfg_field *fields = group->inside.fields;
    uint32_t at = w->decode->count, start = w->pos;
    struct pfg_seen seen;

    if (!group->inside.choice || w->room - at < 2)
        return false;
    pfg_walk_add(w, group, 0, start, 0);
    if (!walk_run(w, fields->run, start)) {
        w->decode->count = at;
        return false;
    }
    seen.at[0] = at + 1;
    walk_body(w, &fields[1], &seen);
    w->decode->values[at].u = w->decode->count - at - 1;
    w->decode->values[at].size = w->pos - start;
    return true;
}

static void walk_array(struct pfg_walk *w, const struct pfg_field *array,
                       const struct pfg_seen *seen)
{
    bool counted = array->by >= 0;
    uint64_t count = counted ? w->decode->values[seen->at[array->by]].u : UINT64_MAX;
    uint32_t at = w->decode->count, start = w->pos;

    pfg_walk_add(w, array, 0, start, 0);
    for (uint64_t i = 0; i < count && !w->stop; i++) {
        uint32_t element = w->decode->count, before = w->pos;
        if (!counted && w->limit - w->pos <= array->row->leave)
            break;
        if (w->pos == w->limit) {
            bool cut = w->problems & 1u << PFG_PROBLEM_TRUNCATED;
            pfg_walk_halt(w, cut ? PFG_PROBLEM_TRUNCATED : PFG_PROBLEM_BAD_COUNT);
            break;
        }
        if (!walk_choice(w, array->inside.fields))
            walk_group(w, array->inside.fields);
        if (w->stop)
            break;
        if (!counted && ends_array(w, element)) {
            w->pos = w->limit;
            break;
        }
        if (w->pos == before) {
            pfg_walk_halt(w, PFG_PROBLEM_BAD_LENGTH);
            break;
        }
    }
    if (at < w->decode->count) {
        w->decode->values[at].u = w->decode->count - at - 1;
        w->decode->values[at].size = w->pos - start;
    }
}

static void walk_field(struct pfg_walk *w, const struct pfg_field *field, uint32_t start,
                       const struct pfg_seen *seen, const struct pfg_seen *outer)
{
    switch (field->row->kind) {
    case PFG_UINT:
    case PFG_INT:
    case PFG_FLAGS:
    case PFG_TIME:
    case PFG_CONST:
    case PFG_RESERVED:
    case PFG_LENGTH:
    case PFG_CHECKSUM:
        walk_integer(w, field, start);
        break;
    case PFG_IPV4:
    case PFG_IPV6:
    case PFG_MAC:
        read_address(w, field);
        break;
    case PFG_BYTES:
    case PFG_DATA:
    case PFG_STRING:
        pfg_read_bytes(w, field);
        break;
    case PFG_MAGIC:
        pfg_read_magic(w, field);
        break;
    case PFG_GROUP:
        walk_group(w, field);
        break;
    case PFG_ARRAY:
        walk_array(w, field, seen);
        break;
    case PFG_BODY:
        walk_body(w, field, seen);
        break;
    case PFG_PACKED:
        pfg_read_packed(w, field, seen);
        break;
    case PFG_NAME:
        pfg_read_name(w, field);
        break;
    case PFG_RDATA:
        pfg_read_rdata(w, field, outer ? outer : seen);
        break;
    case PFG_DERIVED:
        walk_derived(w, field, seen);
        break;
    case PFG_END:
    case PFG_KIND_COUNT:
        break;
    }
}

/* Booleans that follow from other fields of the same table. */
static void derive(struct pfg_walk *w, const struct pfg_table *table, const struct pfg_seen *seen,
                   uint32_t reached)
{
    for (uint32_t i = 0; i < reached; i++) {
        const struct pfg_field *field = &table->fields[i];
        if (!field->boolean || field->row->kind != PFG_DERIVED)
            continue;
        struct pfg_value *v = &w->decode->values[seen->at[i]];
        const struct pfg_row *row = field->row;
        uint32_t by = (uint32_t)field->by;
        if (by >= reached)
            continue;
        const struct pfg_value *from = &w->decode->values[seen->at[by]];
        if (row->derive == PFG_DERIVE_BIT)
            v->u = field->when && pfg_raw_bit_set(field->when, from->u);
        else
            v->u = from->size == strlen(row->text) &&
                   memcmp(w->base + from->offset, row->text, from->size) == 0;
        note_direction(w, field, v->u);
    }
}

static void walk_table(struct pfg_walk *w, const struct pfg_table *table,
                       const struct pfg_seen *outer)
{
    struct pfg_seen seen;
    uint32_t start = w->pos, i = 0;

    while (i < table->count) {
        const struct pfg_field *field = &table->fields[i];
        uint32_t at = w->decode->count;
        if (field->run && walk_run(w, field->run, start)) {
            for (uint32_t k = 0; table->refers && k < field->run->count; k++)
                seen.at[i + k] = at + k;
            i += field->run->count;
            continue;
        }
        if (field->row->optional && w->pos == w->limit)
            break;
        seen.at[i] = at;
        walk_field(w, field, start, &seen, outer);
        if (w->stop) {
            i += w->decode->count > at;
            break;
        }
        i++;
    }
    if (table->derives)
        derive(w, table, &seen, i);
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

static int grow_pdus(struct pfg_decode *d)
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

/* The walked message's entry in the list. */
static struct pfg_pdu *fill_pdu(const struct pfg_walk *w, uint32_t end)
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
    pdu->response_to = 0;
    return pdu;
}

struct pfg_pdu *pfg_decode_message(struct pfg_decode *decode, const struct pfg_proto *proto,
                                   const uint8_t *bytes, uint32_t size, uint32_t wire_size,
                                   unsigned flags)
{
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
    };
    if (decode->pdu_count == decode->pdu_room && grow_pdus(decode) < 0)
        return NULL;
    set_room(&w);
    if (size < wire_size)
        pfg_walk_fault(&w, PFG_PROBLEM_TRUNCATED);
    walk_table(&w, &proto->table, NULL);
    if (w.no_memory)
        return NULL;
    uint32_t end = finish(&w, size);
    if (w.checksum != UINT32_MAX && (!w.stop || flags & PFG_DECODE_HEADER_ONLY) &&
        !(flags & (PFG_DECODE_JOINED | PFG_DECODE_NO_CHECKSUM)) &&
        !(w.problems & 1u << PFG_PROBLEM_TRUNCATED))
        verify_checksum(&w, proto->def->network && proto->body ? size : end);
    if (proto->table.sized)
        fill_sizes(&w, end);
    return fill_pdu(&w, end);
}
