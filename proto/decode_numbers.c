/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fields that are numbers: one by one, and whole runs of them. */
#include "proto/cursor.h"
#include "proto/decode_inside.h"
#include "proto/raw.h"
#include "proto/run.h"

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

void pfg_read_integer(struct pfg_walk *w, const struct pfg_field *field, uint32_t start)
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
    pfg_walk_direction(w, field, u);
}

void pfg_read_address(struct pfg_walk *w, const struct pfg_field *field)
{
    uint32_t size = field->size;
    if (!pfg_walk_have(w, size))
        return;
    pfg_walk_add(w, field, size == 4 ? pfg_get_be32(w->base + w->pos) : 0, w->pos, size);
    w->pos += size;
}

/* Passes the length of a run that begins at the walk's position, which stays where the length is
 * wrong: false then. */
static bool pass_length(struct pfg_walk *w, const struct pfg_run *run, uint32_t start, bool spare)
{
    const struct pfg_step *step = &run->steps[run->length];
    uint32_t problems = w->problems, at = w->pos;

    w->pos += run->size;
    apply_length(w, step->field, pfg_step_raw(step, w->base + at, spare), start);
    if (!w->stop)
        return true;
    w->stop = false;
    w->problems = problems;
    w->pos = at;
    return false;
}

/* What a run's values tell beside themselves; they stand at v and are not in the list yet. False,
 * and nothing has happened: one is wrong. */
static bool note_values(struct pfg_walk *w, const struct pfg_run *run, const struct pfg_value *v,
                        uint32_t start, bool spare)
{
    if (!pfg_walk_closed(run, v))
        return false;
    if (run->length == PFG_RUN_NONE)
        w->pos += run->size;
    else if (!pass_length(w, run, start, spare))
        return false;
    if (run->reply != PFG_RUN_NONE)
        pfg_walk_direction(w, v[run->reply].field, v[run->reply].u);
    if (run->error != PFG_RUN_NONE && run->error != run->reply)
        pfg_walk_direction(w, v[run->error].field, v[run->error].u);
    if (run->checksum != PFG_RUN_NONE)
        w->checksum = w->decode->count + run->checksum;
    w->decode->count += run->count;
    return true;
}

/* Reads a run of which all bytes are there. */
static inline __attribute__((always_inline)) bool
read_run(struct pfg_walk *w, const struct pfg_run *run, uint32_t start, bool spare)
{
    struct pfg_value *v = w->decode->values + w->decode->count;

    if (!pfg_run_right(run, w->base + w->pos, spare))
        return false;
    pfg_walk_steps(v, run, w->base, w->pos, spare);
    if (!run->plain)
        return note_values(w, run, v, start, spare);
    w->pos += run->size;
    w->decode->count += run->count;
    return true;
}

bool pfg_walk_run(struct pfg_walk *w, const struct pfg_run *run, uint32_t start)
{
    uint32_t left = w->limit - w->pos;

    if (left < run->size || w->room - w->decode->count < run->count)
        return false;
    return left >= run->size + 8u ? read_run(w, run, start, true) : read_run(w, run, start, false);
}

uint32_t pfg_walk_head(struct pfg_walk *w)
{
    const struct pfg_table *table = &w->proto->table;
    const struct pfg_run *run = table->fields->run;
    uint32_t left = w->limit - w->pos;
    bool spare = run && left >= run->size + 8u;

    if (!run || run->closed != PFG_RUN_NONE || run->reply != PFG_RUN_NONE ||
        run->error != PFG_RUN_NONE || table->refers || table->derives || table->sized ||
        left < run->size || !pfg_run_right(run, w->base, spare) ||
        (run->checksum != PFG_RUN_NONE && !(w->flags & PFG_DECODE_NO_CHECKSUM)))
        return 0;
    if (run->length == PFG_RUN_NONE)
        w->pos += run->size;
    else if (!pass_length(w, run, 0, spare))
        return 0;
    return run->count;
}
