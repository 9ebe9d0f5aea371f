/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows to values: one walk over a table. */
#include <string.h>

#include "proto/decode_inside.h"
#include "proto/pattern.h"
#include "proto/plan.h"
#include "proto/raw.h"
#include "proto/run.h"

/* A table inside: its own bounds, which a length in it may narrow. Where it ends early because a
 * length says so, what is left is skipped and noted. */
static void walk_inside(struct pfg_walk *w, const struct pfg_table *table,
                        const struct pfg_seen *outer)
{
    uint32_t limit = w->limit;
    pfg_walk_rows(w, table, 0, outer);
    if (!w->stop && w->limit != limit && w->pos < w->limit) {
        pfg_walk_fault(w, PFG_PROBLEM_TRAILING_BYTES);
        w->pos = w->limit;
    }
    w->limit = limit;
}

/* Whether a group is read by a plan as long as nothing is wrong. */
static inline bool is_planned(const struct pfg_walk *w, const struct pfg_field *group)
{
    return group->inside.plan.ops && !(w->flags & PFG_DECODE_WALK);
}

static void walk_group(struct pfg_walk *w, const struct pfg_field *group)
{
    uint32_t at = w->decode->count, start = w->pos;
    if (is_planned(w, group) && pfg_walk_planned(w, group))
        return;
    pfg_walk_add(w, group, 0, start, 0);
    if (w->stop)
        return;
    walk_inside(w, &group->inside, NULL);
    w->decode->values[at].u = w->decode->count - at - 1;
    w->decode->values[at].size = w->pos - start;
}

/* Whether a flat body would begin with bytes where there are none: as a record has none that says
 * which others are meant (RFC 2136, 2.4 and 2.5). */
static bool is_missing(const struct pfg_walk *w, const struct pfg_field *body,
                       const struct pfg_body *chosen)
{
    return body->row->flat && w->pos == w->limit && chosen->table.count &&
           chosen->table.fields[0].row->kind != PFG_DERIVED && chosen->table.fields[0].size;
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
        if (chosen->present && !(body->other && is_missing(w, body, chosen)))
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

/* Some bits of a number that was read. */
static void walk_part(struct pfg_walk *w, const struct pfg_field *field, const struct pfg_value *by)
{
    struct pfg_value v = pfg_part_value(field, by);

    if (field->row->upper_of && !w->upper)
        w->upper = v.u;
    pfg_walk_add(w, field, v.u, v.offset, v.size);
}

static void walk_derived(struct pfg_walk *w, const struct pfg_field *field,
                         const struct pfg_seen *seen, const struct pfg_seen *outer)
{
    if (field->row->derive == PFG_DERIVE_PART) {
        walk_part(w, field, &w->decode->values[(outer ? outer : seen)->at[field->by]]);
        return;
    }
    if (field->row->derive != PFG_DERIVE_POINTER) {
        pfg_walk_add(w, field, 0, w->pos,
                     0); /* filled in at the table's end, or by a layer's code */
        return;
    }
    const struct pfg_value *name = &w->decode->values[seen->at[field->by]];
    if (name->u) /* the two bytes of the pointer stand last in the name */
        pfg_walk_add(w, field, name->u - 1, name->offset + name->size - 2, 2);
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

static void walk_array(struct pfg_walk *w, const struct pfg_field *array,
                       const struct pfg_seen *seen)
{
    bool counted = array->by >= 0;
    uint64_t count = counted ? w->decode->values[seen->at[array->by]].u : UINT64_MAX;
    uint32_t at = w->decode->count, start = w->pos;
    bool planned = is_planned(w, array->inside.fields);

    pfg_walk_add(w, array, 0, start, 0);
    for (uint64_t i = 0; i < count && !w->stop; i++) {
        if (planned && (i += pfg_walk_elements(w, array, count - i)) == count)
            break;
        uint32_t element = w->decode->count, before = w->pos;
        if (!counted && w->limit - w->pos <= array->row->leave)
            break;
        if (w->pos == w->limit) {
            bool cut = w->problems & 1u << PFG_PROBLEM_TRUNCATED;
            pfg_walk_halt(w, cut ? PFG_PROBLEM_TRUNCATED : PFG_PROBLEM_BAD_COUNT);
            break;
        }
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

/* An array that may be one of those that stand there again and again. */
static void walk_patterned(struct pfg_walk *w, const struct pfg_field *array)
{
    uint32_t at = w->decode->count, problems = w->problems;

    if (pfg_pattern_read(w, array))
        return;
    w->problems = 0; /* faults of the array alone */
    walk_array(w, array, NULL);
    if (!w->stop && !w->problems && w->pos == w->limit)
        pfg_pattern_learn(w, at);
    w->problems |= problems;
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
        pfg_read_integer(w, field, start);
        break;
    case PFG_IPV4:
    case PFG_IPV6:
    case PFG_MAC:
        pfg_read_address(w, field);
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
        if (field->patterned && is_planned(w, field->inside.fields))
            walk_patterned(w, field);
        else
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
        walk_derived(w, field, seen, outer);
        break;
    case PFG_END:
    case PFG_KIND_COUNT:
        break;
    }
}

/* Whether a row's value is filled in when its table is read: booleans, and numbers that are joined.
 */
static bool comes_late(const struct pfg_row *row)
{
    return row->kind == PFG_DERIVED &&
           (row->derive == PFG_DERIVE_BIT || row->derive == PFG_DERIVE_MATCH ||
            row->derive == PFG_DERIVE_JOIN);
}

/* Values that follow from other fields of the same table. */
static void derive(struct pfg_walk *w, const struct pfg_table *table, const struct pfg_seen *seen,
                   uint32_t reached)
{
    for (uint32_t i = 0; i < reached; i++) {
        const struct pfg_field *field = &table->fields[i];
        if (!comes_late(field->row))
            continue;
        struct pfg_value *v = &w->decode->values[seen->at[i]];
        const struct pfg_row *row = field->row;
        uint32_t by = (uint32_t)field->by;
        if (by >= reached)
            continue;
        const struct pfg_value *from = &w->decode->values[seen->at[by]];
        if (row->derive == PFG_DERIVE_JOIN)
            v->u = pfg_join_value(field->when, from->u, w->upper);
        else if (row->derive == PFG_DERIVE_BIT)
            v->u = field->when && pfg_raw_bit_set(field->when, from->u);
        else
            v->u = from->size == strlen(row->text) &&
                   memcmp(w->base + from->offset, row->text, from->size) == 0;
        pfg_walk_direction(w, field, v->u);
    }
}

void pfg_walk_rows(struct pfg_walk *w, const struct pfg_table *table, uint32_t first,
                   const struct pfg_seen *outer)
{
    struct pfg_seen seen;
    uint32_t start = w->pos, i = first;

    while (i < table->count) {
        const struct pfg_field *field = &table->fields[i];
        uint32_t at = w->decode->count;
        if (field->run && pfg_walk_run(w, field->run, start)) {
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
