/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables to runs of rows. */
#include "proto/run.h"

#include "proto/compile.h"
#include "proto/raw.h"

/* Whether a row's own place says all there is to say about it: it is always there, of a fixed size,
 * and read as a big-endian number, as bytes, or not at all. */
static bool is_fixed(const struct pfg_field *field)
{
    const struct pfg_row *row = field->row;

    if (row->optional)
        return false;
    switch (row->kind) {
    case PFG_IPV4:
    case PFG_IPV6:
    case PFG_MAC:
        return true;
    case PFG_MAGIC:
        return row->size <= 8 && row->text; /* without a text the definition is refused */
    case PFG_BYTES:
        return row->size && !row->zero_ended;
    case PFG_UINT:
    case PFG_FLAGS:
    case PFG_TIME:
    case PFG_CONST:
    case PFG_RESERVED:
    case PFG_LENGTH:
    case PFG_CHECKSUM:
        return row->order == PFG_BIG;
    case PFG_DERIVED:
        return row->derive != PFG_DERIVE_POINTER && row->derive != PFG_DERIVE_PART;
    default:
        return false;
    }
}

/* Whether a length may have rows of its run behind it: it can cut none of them. */
static bool may_go_on(const struct pfg_field *length, bool top)
{
    return length->row->counts == PFG_COUNTS_BODY || (top && length->row->counts == PFG_COUNTS_ALL);
}

/* What a row's number must be like for nothing to be wrong with it. */
static bool make_check(struct pfg_check *check, const struct pfg_step *step)
{
    const struct pfg_row *row = step->field->row;

    check->step = step;
    check->must = step->mask;
    switch (row->kind) {
    case PFG_CONST:
        check->expect = row->init;
        return true;
    case PFG_RESERVED:
        return true;
    case PFG_FLAGS:
        check->must = step->mask & ~step->field->flags_known;
        return check->must != 0;
    case PFG_MAGIC:
        check->expect = pfg_get_be((const uint8_t *)row->text, row->size);
        return true;
    default:
        return false;
    }
}

static void make_step(struct pfg_step *step, const struct pfg_field *field, uint32_t at)
{
    const struct pfg_row *row = field->row;
    uint32_t size = pfg_raw_width(field);
    bool number = size > 0 && size <= 8 && row->kind != PFG_MAC && row->kind != PFG_BYTES;

    step->field = field;
    step->at = (uint8_t)at;
    step->size = (uint8_t)size;
    step->scale = row->kind == PFG_UINT || row->kind == PFG_LENGTH ? field->scale
                  : row->kind == PFG_MAGIC                         ? 0
                                                                   : 1;
    if (!number)
        return;
    step->shift = (uint8_t)(64 - 8 * size + (row->bits ? field->bits_shift : 0u));
    step->mask = row->bits   ? field->bits_mask
                 : size == 8 ? UINT64_MAX
                             : (UINT64_C(1) << 8 * size) - 1;
}

/* Puts a check into the looks, into the last one where it has room for it. */
static void add_look(struct pfg_run *run, struct pfg_look *looks, const struct pfg_check *check)
{
    const struct pfg_step *step = check->step;
    unsigned last = run->size - 8u, at = step->at < last ? step->at : last;
    struct pfg_look *look = run->look_count ? &looks[run->look_count - 1] : NULL;

    /* the row's bits end size bytes behind its place, or before that */
    if (!look || step->at + step->size > look->at + 8u) {
        look = &looks[run->look_count++];
        look->at = (uint8_t)at;
    }
    unsigned shift = step->shift - 8u * (step->at - look->at);
    look->must |= check->must << shift;
    look->expect |= (check->expect & check->must) << shift;
}

/* All checks together, if the run is long enough. False: no memory. */
static bool make_looks(struct pfg_run *run)
{
    struct pfg_look *looks = pfg_registry_alloc(run->check_count + (size_t)1, sizeof *looks);

    for (unsigned i = 0; looks && run->size >= 8 && i < run->check_count; i++)
        add_look(run, looks, &run->checks[i]);
    run->looks = run->size >= 8 ? looks : NULL;
    return looks != NULL;
}

/* How many rows from fields[0] on make one run. */
static uint32_t count_run(const struct pfg_field *fields, uint32_t count, bool top)
{
    uint32_t i = 0, size = 0, whole = 0;
    bool has_length = false, ends = false;

    for (; i < count && !ends && is_fixed(&fields[i]); i++) {
        const struct pfg_row *row = fields[i].row;
        if (row->kind == PFG_LENGTH && has_length)
            break;
        has_length |= row->kind == PFG_LENGTH;
        ends = row->kind == PFG_LENGTH && !may_go_on(&fields[i], top);
        size += pfg_raw_advance(&fields[i]);
        if (size > PFG_RUN_BYTES)
            break;
        if (!row->bits || fields[i].bits_last) /* runs of bits are not divided */
            whole = i + 1;
    }
    return whole;
}

/* Rows of count fields, with before, if it is not NULL, as the first one. */
static const struct pfg_run *make_run(const struct pfg_field *before,
                                      const struct pfg_field *fields, uint32_t count)
{
    uint32_t first = before ? 1 : 0;
    count += first;
    struct pfg_run *run = pfg_registry_alloc(1, sizeof *run);
    struct pfg_step *steps = pfg_registry_alloc(count, sizeof *steps);
    struct pfg_check *checks = pfg_registry_alloc(count, sizeof *checks);
    uint32_t at = 0;

    if (!run || !steps || !checks)
        return NULL;
    run->steps = steps;
    run->checks = checks;
    run->count = (uint8_t)count;
    run->checksum = run->length = run->derived = run->reply = run->error = PFG_RUN_NONE;
    run->closed = PFG_RUN_NONE;
    for (uint32_t i = 0; i < count; i++) {
        const struct pfg_field *field = i < first ? before : &fields[i - first];
        make_step(&steps[i], field, at);
        if (field->row->kind == PFG_CHECKSUM)
            run->checksum = (uint8_t)i;
        if (field->row->kind == PFG_LENGTH)
            run->length = (uint8_t)i;
        if (field->row->kind == PFG_DERIVED && run->derived == PFG_RUN_NONE)
            run->derived = (uint8_t)i;
        if (field->row->closed && run->closed == PFG_RUN_NONE)
            run->closed = (uint8_t)i;
        run->check_count += make_check(&checks[run->check_count], &steps[i]);
        at += pfg_raw_advance(field);
    }
    run->size = (uint8_t)at;
    run->plain =
        run->closed == PFG_RUN_NONE && run->length == PFG_RUN_NONE && run->checksum == PFG_RUN_NONE;
    return make_looks(run) ? run : NULL;
}

void pfg_run_direction(struct pfg_run *run, const struct pfg_test *reply,
                       const struct pfg_test *error)
{
    for (uint8_t i = 0; i < run->count; i++) {
        const struct pfg_field *field = run->steps[i].field;
        if (field->row->kind == PFG_DERIVED) /* it tells when it is derived */
            continue;
        if (field == reply->field)
            run->reply = i;
        if (field == error->field)
            run->error = i;
    }
    run->plain &= run->reply == PFG_RUN_NONE && run->error == PFG_RUN_NONE;
}

int pfg_runs_make(struct pfg_table *table, bool top)
{
    struct pfg_field *fields = (struct pfg_field *)(uintptr_t)table->fields;

    for (uint32_t i = 0; i < table->count;) {
        uint32_t count = fields[i].row->bits && !fields[i].bits_first
                             ? 0
                             : count_run(fields + i, table->count - i, top);
        if (count && !(fields[i].run = make_run(NULL, fields + i, count)))
            return -1;
        i += count ? count : 1;
    }
    return 0;
}

const struct pfg_run *pfg_run_with(const struct pfg_field *number, const struct pfg_table *table)
{
    uint32_t size = number->size, lengths = 0, whole = 0;

    for (uint32_t i = 0; i < table->count && is_fixed(&table->fields[i]); i++) {
        const struct pfg_field *field = &table->fields[i];
        size += pfg_raw_advance(field);
        lengths += field->row->kind == PFG_LENGTH;
        if (size > PFG_RUN_BYTES || lengths > 1)
            break;
        if (!field->row->bits || field->bits_last)
            whole = i + 1;
    }
    return make_run(number, table->fields, whole);
}
