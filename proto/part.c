/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs to parts: rows that take few values together. */
#include "proto/compile.h"
#include "proto/cache.h"
#include "proto/run.h"

/* SMALL_BITS: a number of so many bits or more may take any value. NUMBER_ROOM: digits of one. */
enum { SMALL_BITS = 16, NUMBER_ROOM = 20 };

static unsigned bits_of(const struct pfg_step *step)
{
    return (unsigned)__builtin_popcountll(step->mask);
}

/* Where a row's number stands, in bits from the run's beginning. */
static unsigned end_bit(const struct pfg_step *step)
{
    return 8u * step->at + 64 - step->shift;
}
static unsigned first_bit(const struct pfg_step *step)
{
    return end_bit(step) - bits_of(step);
}

static size_t longest_name(const struct pfg_names *names)
{
    size_t most = 0;
    for (uint32_t i = 0; names && i < names->count; i++)
        most = names->texts[i].size > most ? names->texts[i].size : most;
    return most;
}

/* Characters that a field's JSON takes at most; names are escaped in few. */
static size_t json_room(const struct pfg_field *field)
{
    size_t room = field->key_size + (size_t)NUMBER_ROOM;

    if (field->names)
        room += field->key_size + sizeof "_name" + 2 * longest_name(field->names);
    for (uint32_t i = 0; field->row->kind == PFG_FLAGS && i < field->inside.count; i++)
        room += json_room(&field->inside.fields[i]);
    return room;
}

static bool is_small(const struct pfg_step *step)
{
    const struct pfg_field *field = step->field;

    if (!step->mask || field->json == PFG_JSON_KIND)
        return false;
    return bits_of(step) < SMALL_BITS || field->json == PFG_JSON_REPEATED;
}

/* How many rows from step on, of count, make one part. */
static unsigned count_part(const struct pfg_step *step, unsigned count)
{
    unsigned first = first_bit(step) / 8 * 8, i = 0;
    size_t room = 0;

    for (; i < count && is_small(&step[i]); i++) {
        room += json_room(step[i].field);
        if (end_bit(&step[i]) - first > 64 || room > PFG_CACHE_TEXT)
            break;
    }
    return i > 1 ? i : 1;
}

/* A part of several rows. */
static void join_part(struct pfg_part *part, const struct pfg_step *step, unsigned count)
{
    unsigned first = first_bit(step), end = end_bit(&step[count - 1]);

    part->at = (uint8_t)(first / 8);
    part->shift = (uint8_t)(64 - (end - 8u * part->at));
    part->mask = end - first == 64 ? UINT64_MAX : (UINT64_C(1) << (end - first)) - 1;
    part->id = (uint16_t)(step->field->id ^ 0x8000);
}

/* A part that is one row. */
static void copy_part(struct pfg_part *part, const struct pfg_step *step)
{
    part->field = step->field;
    part->mask = step->mask;
    part->scale = step->scale;
    part->at = step->at;
    part->size = step->size;
    part->shift = step->shift;
    part->derived = step->field->row->kind == PFG_DERIVED;
}

int pfg_parts_make(struct pfg_run *run)
{
    struct pfg_part *parts = pfg_registry_alloc(run->count, sizeof *parts);
    if (!parts)
        return -1;
    run->parts = parts;
    for (unsigned i = 0; i < run->count;) {
        struct pfg_part *part = &parts[run->part_count++];
        part->first = (uint8_t)i;
        part->count = (uint8_t)count_part(&run->steps[i], run->count - i);
        if (part->count > 1)
            join_part(part, &run->steps[i], part->count);
        else
            copy_part(part, &run->steps[i]);
        i += part->count;
    }
    return 0;
}
