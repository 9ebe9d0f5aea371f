/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Elements and bodies by their plans: what is right, in one go. */
#include "proto/cursor.h"
#include "proto/decode_inside.h"
#include "proto/out.h"
#include "proto/pattern.h"
#include "proto/plan.h"
#include "proto/raw.h"
#include "proto/rdata.h"

/* Where reading stands: the next value's place, the next byte. v NULL: something is wrong, or rare.
 */
struct spot {
    struct pfg_value *v;
    uint32_t pos;
    uint32_t count; /* elements of an array; of one, whether it ends its array */
};
static const struct spot nowhere;

/* ---- Rows -------------------------------------------------------------------------------- */

/* Reads a run at pos, of which all bytes are there, to v. bare: nothing can be wrong with it.
 * False: something is. */
static inline __attribute__((always_inline)) bool read_run(const struct pfg_walk *w,
                                                           const struct pfg_run *run, uint32_t pos,
                                                           struct pfg_value *v, bool bare)
{
    bool spare = w->size - pos >= run->size + 8u;

    if (__builtin_expect(spare, 1))
        pfg_walk_steps(v, run, w->base, pos, true);
    else
        pfg_walk_steps(v, run, w->base, pos, false);
    return bare || pfg_walk_right(w, run, pos, spare, v);
}

/* Where all ends that a run's length speaks of, at most limit; 0: it does not fit. */
static inline uint32_t end_of(const struct pfg_op *op, const struct pfg_value *v, uint32_t pos,
                              uint32_t limit)
{
    int64_t end = (int64_t)pos + op->add + (int64_t)v[op->run->length].u;

    return end < (int64_t)(pos + op->run->size) || end > (int64_t)limit ? 0 : (uint32_t)end;
}

/* A name, and where it points to. */
static __attribute__((noinline)) struct spot read_name(struct pfg_walk *w, const struct pfg_op *op,
                                                       struct spot at, uint32_t limit)
{
    struct pfg_dnsname name;

    if (pfg_dnsname_scan_noting(w->base, limit, at.pos, &name, &w->known) < 0)
        return nowhere;
    bool points = name.pointer != UINT32_MAX;
    uint32_t end = at.pos + name.size;
    *at.v++ =
        (struct pfg_value){ op->field, points ? (uint64_t)name.pointer + 1 : 0, at.pos, name.size };
    if (points && op->pointer)
        *at.v++ = (struct pfg_value){ op->pointer, name.pointer, end - 2, 2 };
    at.pos = end;
    return at;
}

/* The same of one that is nothing but a pointer into the known name, as most are. */
static inline struct spot read_name_known(struct pfg_walk *w, const struct pfg_op *op,
                                          struct spot at, uint32_t limit)
{
    uint32_t to = pfg_dnsname_known(w->base, limit, at.pos, &w->known);

    if (to == UINT32_MAX && at.pos == w->known.at && w->known.labels) { /* it was looked at */
        *at.v++ = (struct pfg_value){ op->field, 0, at.pos, w->known.size };
        at.pos += w->known.size;
        return at;
    }
    if (to == UINT32_MAX)
        return read_name(w, op, at, limit);
    *at.v++ = (struct pfg_value){ op->field, (uint64_t)to + 1, at.pos, 2 };
    if (op->pointer)
        *at.v++ = (struct pfg_value){ op->pointer, to, at.pos, 2 };
    at.pos += 2;
    return at;
}

/* The bytes of one row. */
static struct spot read_bytes(const struct pfg_walk *w, const struct pfg_op *op, struct spot at,
                              uint32_t limit)
{
    uint32_t size = limit - at.pos, prefix = op->field->row->prefix;

    if (op->kind == PFG_OP_PREFIXED) {
        if (size < prefix || size - prefix < pfg_get_be(w->base + at.pos, prefix))
            return nowhere;
        size = (uint32_t)pfg_get_be(w->base + at.pos, prefix);
        at.pos += prefix;
    }
    if (op->field->row->kind == PFG_STRING && !pfg_utf8_valid(w->base + at.pos, size))
        return nowhere;
    *at.v++ = (struct pfg_value){ op->field, 0, at.pos, size };
    at.pos += size;
    return at;
}

static struct spot read_rdata(struct pfg_walk *w, const struct pfg_op *op, struct spot at,
                              uint64_t type, uint32_t limit)
{
    uint32_t size = limit - at.pos;

    if (!pfg_rdata_fits(op->field, type, w->base, at.pos, size, &w->known))
        return nowhere;
    *at.v++ = (struct pfg_value){ op->field, type, at.pos, size };
    at.pos = limit;
    return at;
}

/* Bits of numbers; those that are joined with others of the message are 0 but for rare ones. */
static struct spot read_parts(const struct pfg_op *op, struct spot at)
{
    const struct pfg_part_step *part = op->parts, *end = part + op->note;
    uint64_t joined = 0;

    for (; part < end; part++, at.v++) {
        const struct pfg_value *by = at.v - part->back;
        uint64_t u = by->u >> part->shift & part->mask;
        *at.v = (struct pfg_value){ part->field, u, by->offset + part->at, part->size };
        joined |= part->joined ? u : 0;
    }
    return joined ? nowhere : at;
}

static struct spot read_elements(struct pfg_walk *w, const struct pfg_field *array, uint64_t most,
                                 struct spot at, uint32_t limit);

/* Elements to the end of what there is. */
static struct spot read_array(struct pfg_walk *w, const struct pfg_op *op, struct spot at,
                              uint32_t limit)
{
    struct pfg_value *v = at.v++;
    uint32_t pos = at.pos;

    at = read_elements(w, op->field, UINT64_MAX, at, limit);
    *v = (struct pfg_value){ op->field, (uint64_t)(at.v - v - 1), pos, at.pos - pos };
    return at.pos == limit ? at : nowhere;
}

/* The rows that are rarer than runs and names. */
static __attribute__((noinline)) struct spot read_other(struct pfg_walk *w, const struct pfg_op *op,
                                                        struct spot at, uint64_t noted,
                                                        uint32_t limit)
{
    if (op->kind == PFG_OP_RDATA)
        return read_rdata(w, op, at, noted, limit);
    if (op->kind == PFG_OP_ARRAY)
        return read_array(w, op, at, limit);
    return op->kind == PFG_OP_PARTS ? read_parts(op, at) : read_bytes(w, op, at, limit);
}

/* ---- Plans ------------------------------------------------------------------------------- */

/* The plan that a value chooses; NULL: there is none. */
static inline const struct pfg_op *chosen(const struct pfg_op *op, uint64_t value)
{
    uint32_t place = pfg_name_place(op->names, value);
    return op->plans[place ? place - 1 : op->names->count].ops;
}

/* What comes first says which plan it is. */
static inline const struct pfg_op *chosen_ahead(const struct pfg_walk *w, const struct pfg_op *op,
                                                uint32_t pos, uint32_t limit)
{
    uint32_t size = op->field->size;
    return limit - pos < size ? NULL : chosen(op, pfg_get_be(w->base + pos, size));
}

/* Reads what the steps from op on say. There is room for its values. */
static inline __attribute__((always_inline)) struct spot
read_plan(struct pfg_walk *w, const struct pfg_op *op, struct spot at, uint32_t limit)
{
    bool sized = false;
    uint64_t noted = 0;

    if (op->kind == PFG_OP_AHEAD)
        op = chosen_ahead(w, op, at.pos, limit);
    while (op && op->kind > PFG_OP_LAST) {
        if (op->kind <= PFG_OP_SIZED) {
            const struct pfg_run *run = op->run;
            if (limit - at.pos < run->size || !read_run(w, run, at.pos, at.v, op->bare))
                return nowhere;
            if (op->notes)
                noted = at.v[op->note].u;
            if (op->kind == PFG_OP_SIZED) {
                limit = end_of(op, at.v, at.pos, limit);
                sized = true;
                if (!limit)
                    return nowhere;
            }
            at.v += run->count;
            at.pos += run->size;
        } else if (op->kind == PFG_OP_NAME) {
            at = read_name_known(w, op, at, limit);
        } else if (op->kind == PFG_OP_CHOOSE) {
            op = chosen(op, noted);
            continue;
        } else {
            at = read_other(w, op, at, noted, limit);
        }
        if (!at.v)
            return nowhere;
        op++;
    }
    if (!op || (sized && at.pos != limit))
        return nowhere;
    at.count = op->kind == PFG_OP_LAST;
    return at;
}

/* One group. */
static inline __attribute__((always_inline)) struct spot
read_group(struct pfg_walk *w, const struct pfg_field *group, struct spot at, uint32_t limit)
{
    const struct pfg_plan *plan = &group->inside.plan;
    struct pfg_value *v = at.v++;
    uint32_t pos = at.pos;

    if ((const char *)w->values_end - (const char *)v < (ptrdiff_t)plan->room)
        return nowhere;
    at = read_plan(w, plan->ops, at, limit);
    if (at.v)
        *v = (struct pfg_value){ group, (uint64_t)(at.v - v - 1), pos, at.pos - pos };
    return at;
}

static struct spot read_elements(struct pfg_walk *w, const struct pfg_field *array, uint64_t most,
                                 struct spot at, uint32_t limit)
{
    const struct pfg_field *group = array->inside.fields;
    bool counted = array->by >= 0;
    uint32_t leave = counted ? 0 : array->row->leave, count = 0;

    while (count < most && limit - at.pos > leave) {
        struct spot behind = read_group(w, group, at, limit);
        if (!behind.v || behind.pos == at.pos)
            break;
        at = behind;
        count++;
        if (at.count && !counted)
            at.pos = limit; /* what is left is passed over */
    }
    at.count = count;
    return at;
}

static inline struct spot begin(const struct pfg_walk *w)
{
    return (struct spot){ w->decode->values + w->decode->count, w->pos, 0 };
}

static inline void end(struct pfg_walk *w, struct spot at)
{
    w->decode->count = (uint32_t)(at.v - w->decode->values);
    w->pos = at.pos;
}

uint64_t pfg_walk_elements(struct pfg_walk *w, const struct pfg_field *array, uint64_t most)
{
    struct spot at = read_elements(w, array, most, begin(w), w->limit);

    end(w, at);
    return at.count;
}

bool pfg_walk_planned(struct pfg_walk *w, const struct pfg_field *group)
{
    struct spot at = read_group(w, group, begin(w), w->limit);

    if (at.v)
        end(w, at);
    return at.v;
}

/* ---- Messages ---------------------------------------------------------------------------- */

/* Values that follow from others of the run, and the message's direction. False: it has a
 * checksum, or goes on in the next one. */
static inline bool read_head(struct pfg_walk *w, const struct pfg_message_plan *plan,
                             struct pfg_value *v)
{
    const struct pfg_run *run = plan->run;
    const struct pfg_proto *proto = w->proto;

    if (plan->checked && pfg_raw_bit_set(plan->checked, v[plan->checked_by].u))
        return false;
    if (proto->more.field && pfg_test_passes(&proto->more, v[plan->more].u))
        return false;
    for (unsigned i = 0; i < plan->sizes; i++)
        v[i].u = w->size;
    for (unsigned i = 0; i < plan->bit_count; i++)
        v[plan->bits[i].at].u = v[plan->bits[i].by].u >> plan->bits[i].shift & plan->bits[i].mask;
    if (run->reply != PFG_RUN_NONE)
        w->is_reply = pfg_test_passes(&proto->reply, v[run->reply].u);
    if (run->error != PFG_RUN_NONE)
        w->is_error = w->is_reply && pfg_test_passes(&proto->error, v[run->error].u);
    return true;
}

/* As many elements as a value says. */
static inline struct spot read_counted(struct pfg_walk *w, const struct pfg_op *op, struct spot at,
                                       uint64_t count)
{
    struct pfg_value *v = at.v++;
    uint32_t pos = at.pos;

    if (v == w->values_end)
        return nowhere;
    if (!count) {
        *v = (struct pfg_value){ op->field, 0, pos, 0 };
        return at;
    }
    at = read_elements(w, op->field, count, at, w->size);
    *v = (struct pfg_value){ op->field, (uint64_t)(at.v - v - 1), pos, at.pos - pos };
    return at.count == count ? at : nowhere;
}

/* The body that a value chooses, to the message's end. */
static inline struct spot read_body(struct pfg_walk *w, const struct pfg_field *field,
                                    struct spot at, uint64_t type)
{
    uint32_t place = pfg_name_place(w->proto->table.fields[field->by].names, type);
    const struct pfg_body *body = NULL;

    if (w->is_error && field->error)
        body = field->error;
    else if (place)
        body = &field->bodies[2 * (size_t)(place - 1) + (w->is_reply ? 1 : 0)];
    if (!body || !body->present || !body->group || !body->group->inside.plan.ops)
        return nowhere;
    return read_group(w, body->group, at, w->size);
}

/* What is behind a message's head, whose values are at v. */
static struct spot read_behind(struct pfg_walk *w, const struct pfg_message_plan *plan,
                               struct spot at, const struct pfg_value *v)
{
    for (const struct pfg_op *op = plan->ops; at.v && op->kind > PFG_OP_LAST; op++)
        at = op->kind == PFG_OP_ARRAY ? read_counted(w, op, at, v[op->note].u)
                                      : read_body(w, op->field, at, v[op->note].u);
    at.count = 0;
    return at;
}

/* The same where a name comes first: as others were, which count tells, or to be remembered. */
static struct spot read_named(struct pfg_walk *w, const struct pfg_message_plan *plan,
                              struct spot at, const struct pfg_value *v)
{
    struct pfg_value *first = at.v, *behind = NULL;
    struct pfg_dnsname name;

    if (pfg_dnsname_scan_noting(w->base, w->size, at.pos, &name, &w->known) < 0)
        return nowhere;
    if (w->known.labels)
        behind = pfg_pattern_message(w, plan->run->size, name.size, at.v);
    if (behind)
        return (struct spot){ behind, w->size, 1 };
    at = read_behind(w, plan, at, v);
    if (at.v && at.pos == w->size && w->known.labels)
        pfg_pattern_learn_message(w, plan->run, name.size, first, at.v);
    return at;
}

struct pfg_pdu *pfg_decode_whole(struct pfg_decode *decode, const struct pfg_proto *proto,
                                 const uint8_t *bytes, uint32_t size)
{
    const struct pfg_message_plan *plan = proto->plan;
    const struct pfg_run *run = plan->run;
    struct pfg_walk w = {
        .decode = decode, .proto = proto, .base = bytes, .first = decode->count, .size = size
    };

    pfg_walk_room(&w);
    struct spot at = begin(&w);
    struct pfg_value *v = at.v;
    if (size < run->size || w.room - decode->count < run->count ||
        !read_run(&w, run, 0, v, false) || !pfg_walk_whole(&w, run, v) || !read_head(&w, plan, v))
        return NULL;
    at.v += run->count;
    at.pos = run->size;
    at = plan->named && v[plan->ops->note].u ? read_named(&w, plan, at, v)
                                             : read_behind(&w, plan, at, v);
    if (!at.v)
        return NULL;
    if (at.pos != size || (decode->pdu_count == decode->pdu_room && pfg_walk_grow_pdus(decode) < 0))
        return NULL;
    end(&w, at);
    struct pfg_pdu *pdu = pfg_walk_pdu(&w, size);
    pdu->sparse = at.count && plan->named && decode->view != PFG_VIEW_ALL;
    return pdu;
}
