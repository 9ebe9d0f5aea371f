/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables of rows to fields: names made full, references resolved, offsets added up. */
#include "proto/compile_inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/pattern.h"
#include "proto/plan.h"
#include "proto/raw.h"
#include "proto/run.h"

/* Tables inside tables, as many as a setting's path may have steps. */
enum { DEPTH_MAX = 8, PATH_MAX_BYTES = 200 };

char *pfg_compile_join(const char *a, const char *between, const char *b)
{
    size_t size = strlen(a) + strlen(between) + strlen(b) + 1;
    char *text = pfg_registry_alloc(size, 1);
    if (text)
        snprintf(text, size, "%s%s%s", a, between, b);
    return text;
}

char *pfg_compile_key(const char *name, uint32_t *size)
{
    size_t room = strlen(name) + 5 + PFG_KEY_BLOCK;
    char *key = pfg_registry_alloc(room, 1);
    if (key)
        *size = (uint32_t)snprintf(key, room, ",\"%s\":", name);
    return key;
}

/* The names a field has: full path and JSON key. */
static int name_field(struct pfg_place place, struct pfg_field *field, const char *name,
                      const char *filter)
{
    field->name = name;
    field->proto = place.proto;
    field->parent = place.parent;
    field->path = filter ? pfg_compile_join(place.proto->def->name, ".", filter)
                         : pfg_compile_join(place.prefix, ".", name);
    field->key = pfg_compile_key(name, &field->key_size);
    if (!field->path || !field->key)
        return -1;
    if (strlen(field->path) > PATH_MAX_BYTES)
        return pfg_registry_fail("%.40s...: a path of more than %d characters", field->path,
                                 PATH_MAX_BYTES);
    if (strlen(name) > PATH_MAX_BYTES) /* its key is put down in one piece */
        return pfg_registry_fail("%s: a name of more than %d characters", field->path,
                                 PATH_MAX_BYTES);
    field->id = UINT16_MAX;
    return place.unnamed ? 0 : pfg_registry_number(field);
}

static uint32_t count_rows(const struct pfg_row *rows)
{
    uint32_t count = 0;
    while (rows[count].name)
        count++;
    return count;
}

/* A field that no row states: the group of a chosen body, an array's element. */
static struct pfg_field *make_group(struct pfg_place place, const char *name, const char *doc,
                                    const struct pfg_row *rows, const char *path)
{
    struct pfg_row *row = pfg_registry_alloc(1, sizeof *row);
    struct pfg_field *field = pfg_registry_alloc(1, sizeof *field);
    if (!row || !field)
        return NULL;
    row->name = name;
    row->kind = PFG_GROUP;
    row->doc = doc;
    row->rows = rows;
    field->row = row;
    field->by = -1;
    field->scale = 1;
    if (name_field(place, field, name, path ? path + strlen(place.proto->def->name) + 1 : NULL) < 0)
        return NULL;
    struct pfg_place inside = { place.proto, field, field->path, place.unnamed, place.depth };
    return pfg_compile_show(field) < 0 || pfg_compile_table(inside, rows, &field->inside) < 0
               ? NULL
               : field;
}

static int compile_bits(struct pfg_place place, struct pfg_field *flags)
{
    uint32_t count = 0;
    while (flags->row->flags && flags->row->flags[count].name)
        count++;
    struct pfg_field *bits = pfg_registry_alloc(count, sizeof *bits);
    char *prefix = pfg_compile_join(flags->path, "_bits", "");
    if (!bits || !prefix)
        return -1;
    struct pfg_place inside = { place.proto, flags, prefix, place.unnamed, place.depth };
    for (uint32_t i = 0; i < count; i++) {
        const struct pfg_bit *bit = &flags->row->flags[i];
        if (!bit->mask)
            return pfg_registry_fail("%s: the bit %s has no mask", flags->path, bit->name);
        bits[i].row = flags->row;
        bits[i].bit = bit;
        bits[i].by = -1;
        bits[i].scale = 1;
        bits[i].index = (uint16_t)i;
        bits[i].bits_shift = (uint8_t)__builtin_ctzll(bit->mask);
        bits[i].bits_mask = bit->mask >> bits[i].bits_shift;
        bits[i].boolean = bits[i].bits_mask == 1;
        bits[i].names = pfg_registry_names(bit->names);
        flags->flags_known |= bit->mask;
        if (name_field(inside, &bits[i], bit->name, NULL) < 0 || pfg_compile_show(&bits[i]) < 0)
            return -1;
    }
    flags->inside.fields = bits;
    flags->inside.count = count;
    return 0;
}

int pfg_compile_body(struct pfg_place place, const struct pfg_field *field, const char *name,
                     const char *doc, const struct pfg_row *rows, struct pfg_body *body)
{
    body->present = true;
    if (field->row->flat)
        return pfg_compile_table(place, rows, &body->table);
    struct pfg_field *group = make_group(place, name, doc, rows, NULL);
    if (!group)
        return -1;
    body->group = group;
    body->table = group->inside;
    return 0;
}

/* Bytes that no row explains: one field named as the body's row says. */
static int compile_unknown(struct pfg_place place, const struct pfg_field *field,
                           struct pfg_body *body)
{
    struct pfg_row *rows = pfg_registry_alloc(2, sizeof *rows);
    if (!rows)
        return -1;
    rows[0].name = field->row->other ? field->row->other : field->row->name;
    rows[0].kind = PFG_DATA;
    rows[0].doc = field->row->doc;
    body->present = true;
    return pfg_compile_table(place, rows, &body->table);
}

static int compile_bodies(struct pfg_place place, struct pfg_field *field,
                          const struct pfg_table *table)
{
    const struct pfg_names *names = table->fields[field->by].names;
    if (!names)
        return pfg_registry_fail("%s: chosen by %s, which has no .names", field->path,
                                 field->row->by);
    field->names = NULL;
    struct pfg_body *bodies = pfg_registry_alloc(2 * (size_t)names->count + 2, sizeof *bodies);
    if (!bodies)
        return -1;
    for (uint32_t i = 0; i < names->count; i++) {
        const struct pfg_name *name = &names->rows[i];
        if (!name->body)
            continue;
        if (pfg_compile_body(place, field, name->name, name->doc, name->body, &bodies[2 * i]) < 0)
            return -1;
        bodies[2 * i + 1] = bodies[2 * i];
        if (name->reply && name->reply != name->body &&
            pfg_compile_body(place, field, name->name, name->doc, name->reply, &bodies[2 * i + 1]) <
                0)
            return -1;
    }
    struct pfg_body *other = &bodies[2 * (size_t)names->count];
    field->bodies = bodies;
    field->other = other;
    if (field->row->rows)
        return pfg_compile_body(place, field, field->row->name, field->row->doc, field->row->rows,
                                other);
    return compile_unknown(place, field, other);
}

/* Record data: one table for each type that has rows. */
static int compile_rdata(struct pfg_place place, struct pfg_field *field,
                         const struct pfg_table *table)
{
    /* The type's field may stand in the table around: a flat body's rows see it through names. */
    const struct pfg_names *names = pfg_registry_names(table->fields[field->by].row->names);
    if (!names)
        return pfg_registry_fail("%s: .by names %s, which has no .names", field->path,
                                 field->row->by);
    place.unnamed = true;
    place.prefix = field->path;
    struct pfg_body *bodies = pfg_registry_alloc(names->count, sizeof *bodies);
    if (!bodies)
        return -1;
    for (uint32_t i = 0; i < names->count; i++) {
        if (!names->rows[i].rdata)
            continue;
        bodies[i].present = true;
        if (pfg_compile_table(place, names->rows[i].rdata, &bodies[i].table) < 0)
            return -1;
    }
    field->names = names;
    field->bodies = bodies;
    return 0;
}

/* The place of the row called name before this one; a dotted name's first part. -1: none. */
static int16_t place_of(const struct pfg_table *table, uint32_t before, const char *name)
{
    size_t size = strcspn(name, ".=");
    for (uint32_t i = 0; i < before; i++)
        if (strncmp(table->fields[i].name, name, size) == 0 && table->fields[i].name[size] == 0)
            return (int16_t)i;
    return -1;
}

const struct pfg_field *pfg_compile_bit(const struct pfg_table *table, const char *name)
{
    int16_t at = place_of(table, table->count, name);
    const char *dot = strchr(name, '.');
    if (at < 0 || !dot)
        return at < 0 ? NULL : &table->fields[at];
    const struct pfg_table *bits = &table->fields[at].inside;
    size_t size = strcspn(dot + 1, "=");
    for (uint32_t i = 0; i < bits->count; i++)
        if (strncmp(bits->fields[i].name, dot + 1, size) == 0 && !bits->fields[i].name[size])
            return &bits->fields[i];
    return NULL;
}

static void compile_derived(struct pfg_table *table, struct pfg_field *field)
{
    const struct pfg_row *row = field->row;

    field->boolean = row->derive == PFG_DERIVE_BIT || row->derive == PFG_DERIVE_MATCH;
    table->derives |= field->boolean || row->derive == PFG_DERIVE_JOIN;
    if (row->derive != PFG_DERIVE_PART || !row->mask)
        return;
    field->bits_shift = (uint8_t)__builtin_ctzll(row->mask);
    field->bits_mask = row->mask >> field->bits_shift;
    field->boolean = field->bits_mask == 1;
    field->steers = row->upper_of;
}

static int compile_row(struct pfg_place place, const struct pfg_row *row, struct pfg_table *table,
                       struct pfg_field *field)
{
    field->row = row;
    field->index = (uint16_t)(field - table->fields);
    field->scale = row->scale ? row->scale : 1;
    field->by = -1;
    field->names = pfg_registry_names(row->names);
    if (row->kind == PFG_DERIVED)
        compile_derived(table, field);
    table->sized |= row->kind == PFG_DERIVED && row->derive == PFG_DERIVE_SIZE;
    table->refers |= row->by != NULL;
    /* A body's own name is a field only where it holds bytes that no row explains. */
    if (row->kind == PFG_BODY) {
        struct pfg_place nameless = place;
        nameless.unnamed = true;
        return name_field(nameless, field, row->name, NULL);
    }
    if (name_field(place, field, row->name, row->filter) < 0)
        return -1;
    if (row->kind == PFG_FLAGS)
        return compile_bits(place, field);
    struct pfg_place inside = { place.proto, field, field->path, place.unnamed, place.depth };
    if (row->kind == PFG_GROUP)
        return pfg_compile_table(inside, row->rows, &field->inside);
    if (row->kind == PFG_ARRAY) {
        struct pfg_field *element = make_group(place, row->name, row->doc, row->rows, field->path);
        if (!element)
            return -1;
        field->inside.fields = element;
        field->inside.count = 1;
    }
    return 0;
}

/* Whether a row may follow from one of the table around the flat body that it is in. */
static bool looks_around(const struct pfg_row *row)
{
    return row->kind == PFG_RDATA || (row->kind == PFG_DERIVED && row->derive == PFG_DERIVE_PART);
}

/* Bits of flags that the row right behind these tells together with others. */
static void note_joined(const struct pfg_field *join)
{
    struct pfg_field *bit = (struct pfg_field *)(uintptr_t)join->when;
    struct pfg_field *flags = bit && bit->bit ? (struct pfg_field *)(uintptr_t)bit->parent : NULL;

    if (flags && flags + 1 == join)
        flags->joined = bit->joined = (uint8_t)__builtin_popcountll(bit->bits_mask);
}

/* What a row refers to by name. */
static int resolve(struct pfg_place place, struct pfg_table *table, struct pfg_field *field)
{
    const struct pfg_row *row = field->row;

    if (row->when) {
        field->when = pfg_compile_bit(table, row->when);
        if (!field->when || (!field->when->bit && !pfg_raw_is_integer(field->when->row->kind)))
            return pfg_registry_fail("%s: .when names %s, and no row or bit has it", field->path,
                                     row->when);
    }
    if (!row->by)
        return 0;
    if (looks_around(row) && place.parent) /* inside a flat body: the table around it */
        table = (struct pfg_table *)(uintptr_t)&place.parent->inside;
    field->by =
        place_of(table,
                 row->kind == PFG_DERIVED || row->kind == PFG_RDATA ? table->count : field->index,
                 row->by);
    if (field->by < 0)
        return pfg_registry_fail("%s: .by names %s, and no earlier row has it", field->path,
                                 row->by);
    if (row->kind == PFG_DERIVED &&
        (row->derive == PFG_DERIVE_BIT || row->derive == PFG_DERIVE_JOIN))
        field->when = pfg_compile_bit(table, row->by);
    else if (row->kind != PFG_DERIVED || row->derive != PFG_DERIVE_PART)
        ((struct pfg_field *)(uintptr_t)&table->fields[field->by])->steers = true;
    if (row->kind == PFG_DERIVED && row->derive == PFG_DERIVE_JOIN)
        note_joined(field);
    if (row->kind == PFG_BODY)
        return compile_bodies(place, field, table);
    if (row->kind == PFG_RDATA)
        return compile_rdata(place, field, table);
    return 0;
}

int pfg_compile_table(struct pfg_place place, const struct pfg_row *rows, struct pfg_table *table)
{
    if (!rows)
        return pfg_registry_fail("%s: has no .rows", place.prefix);
    uint32_t count = count_rows(rows);
    if (count > 64)
        return pfg_registry_fail("%s: a table has more than 64 rows", place.prefix);
    if (++place.depth > DEPTH_MAX)
        return pfg_registry_fail("%s: tables are nested more than %d deep", place.prefix,
                                 DEPTH_MAX);
    struct pfg_field *fields = pfg_registry_alloc(count, sizeof *fields);
    if (!fields)
        return -1;
    table->fields = fields;
    for (uint32_t i = 0; i < count; i++) {
        table->count = i + 1;
        if (compile_row(place, &rows[i], table, &fields[i]) < 0)
            return -1;
    }
    table->count = count;
    if (pfg_compile_layout(fields, count) < 0)
        return -1;
    for (uint32_t i = 0; i < count; i++) {
        if (pfg_compile_show(&fields[i]) < 0)
            return -1;
        table->least += pfg_compile_least(&fields[i]);
    }
    for (uint32_t i = 0; i < count; i++)
        if (resolve(place, table, &fields[i]) < 0)
            return -1;
    for (uint32_t i = 0; i < count; i++)
        fields[i].patterned = fields[i].row->kind == PFG_ARRAY && pfg_pattern_may(&fields[i]);
    bool top = table == &place.proto->table;
    if (pfg_runs_make(table, top) < 0)
        return -1;
    if (!top)
        pfg_plan_make(table);
    return 0;
}
