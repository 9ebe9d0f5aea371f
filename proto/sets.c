/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "proto/sets.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "proto/cursor.h"
#include "proto/nearest.h"

enum { ELEMENTS_MAX = 65536 };

struct pfg_path pfg_path_into(struct pfg_path path, const struct pfg_field *group, uint32_t index)
{
    if (path.depth == sizeof path.steps / sizeof *path.steps) {
        path.depth = 0;
        return path;
    }
    path.steps[path.depth].group = group;
    path.steps[path.depth++].index = index;
    return path;
}

/* One part of a setting's name: "qry[0]". Moves *at behind it and its dot. */
struct part {
    const char *name;
    size_t size;
    uint32_t index;
    bool indexed;
};
static struct part next_part(const char **at, const char *end)
{
    struct part part = { *at, 0, 0, false };
    while (*at < end && **at != '.' && **at != '[')
        (*at)++;
    part.size = (size_t)(*at - part.name);
    if (*at < end && **at == '[') {
        const char *digits = ++*at;
        part.indexed = true;
        for (; *at < end && isdigit((unsigned char)**at); (*at)++)
            if (part.index < ELEMENTS_MAX)
                part.index = part.index * 10 + (uint32_t)(**at - '0');
        if (*at == digits || *at == end || **at != ']') /* [-1], [x], [1: the name of nothing */
            part.size = SIZE_MAX;
        while (*at < end && **at != '.')
            (*at)++;
    }
    if (*at < end)
        (*at)++;
    return part;
}

static bool part_is(const struct part *part, const char *name)
{
    return name && strlen(name) == part->size && memcmp(name, part->name, part->size) == 0;
}

static bool is_name_of(const struct part *part, const struct pfg_field *field)
{
    return part_is(part, field->name) || (!field->bit && part_is(part, field->row->alias));
}

/* The setting's name less the protocol's own, which may stand before it. */
static const char *inner_name(const struct pfg_sets *sets, const struct pfg_set *set)
{
    size_t size = strlen(sets->proto->def->name);
    if (set->name_size > size && memcmp(set->name, sets->proto->def->name, size) == 0 &&
        set->name[size] == '.')
        return set->name + size + 1;
    return set->name;
}

/* Whether the name leads through the path: all its groups, or none of them where the last part
 * alone is enough. *at is then behind them. */
static bool leads_here(const char **at, const char *end, const struct pfg_path *path)
{
    const char *name = *at;
    for (uint32_t i = 0; i < path->depth; i++) {
        struct part part = next_part(&name, end);
        if (!part_is(&part, path->steps[i].group->name) || part.index != path->steps[i].index)
            return false;
        if (name >= end)
            return false;
    }
    *at = name;
    return true;
}

/* Inside the first elements alone, a field's bare name is enough. */
static bool first_of_all(const struct pfg_path *path)
{
    for (uint32_t i = 0; i < path->depth; i++)
        if (path->steps[i].index)
            return false;
    return true;
}

static bool named(const struct pfg_sets *sets, const struct pfg_set *set,
                  const struct pfg_field *field, const struct pfg_path *path)
{
    const char *end = set->name + set->name_size, *at = inner_name(sets, set);
    const char *whole = at;
    if (!leads_here(&at, end, path)) {
        if (memchr(whole, '.', (size_t)(end - whole)) || !first_of_all(path))
            return false;
        at = whole;
    }
    struct part part = next_part(&at, end);
    return at >= end && is_name_of(&part, field);
}

/* Whether a setting by field is for this one: the bodies' own rows have no id of their own. */
static bool meant(const struct pfg_set *set, const struct pfg_field *field)
{
    if (field->id == UINT16_MAX || set->field->id == UINT16_MAX)
        return strcmp(set->field->path, field->path) == 0;
    return set->field->id == field->id;
}

struct pfg_set *pfg_sets_find(struct pfg_sets *sets, const struct pfg_field *field,
                              struct pfg_path path)
{
    struct pfg_set *weak = NULL, *found = NULL;
    for (size_t i = 0; i < sets->count && !found; i++) {
        struct pfg_set *set = &sets->rows[i];
        if (set->used || !(set->field ? meant(set, field) : named(sets, set, field, &path)))
            continue;
        if (set->weak)
            weak = weak ? weak : set;
        else
            found = set;
    }
    return found ? found : weak;
}

struct pfg_set *pfg_sets_bit(struct pfg_sets *sets, const struct pfg_field *flags,
                             const struct pfg_field *bit, struct pfg_path path)
{
    char with[80];
    for (size_t i = 0; i < sets->count; i++) {
        struct pfg_set *set = &sets->rows[i];
        if (set->used || set->field) {
            if (!set->used && set->field->id == bit->id)
                return set;
            continue;
        }
        if (named(sets, set, bit, &path))
            return set;
        /* flags.reply and flags_bits.reply */
        const char *end = set->name + set->name_size, *at = inner_name(sets, set);
        if (!leads_here(&at, end, &path))
            continue;
        struct part first = next_part(&at, end), second = next_part(&at, end);
        snprintf(with, sizeof with, "%s_bits", flags->name);
        if ((part_is(&first, flags->name) || part_is(&first, with)) && at >= end &&
            part_is(&second, bit->name))
            return set;
    }
    return NULL;
}

/* Whether some field of the table, at any depth, has this alias. */
static bool has_alias(const struct pfg_table *table, const struct part *part)
{
    for (uint32_t i = 0; i < table->count; i++) {
        const struct pfg_field *field = &table->fields[i];
        if (part_is(part, field->row->alias) ||
            (field->row->kind == PFG_GROUP && has_alias(&field->inside, part)))
            return true;
    }
    return false;
}

/* Whether a field set by pointer stands inside the array. */
static bool inside(const struct pfg_field *array, const struct pfg_field *field)
{
    for (; field; field = field->parent)
        if (field->id == array->id && field->id != UINT16_MAX)
            return true;
    return false;
}

/* The elements that one setting asks for, by its name: index + 1, or 0. */
static uint64_t elements_named(const struct pfg_sets *sets, const struct pfg_set *set,
                               const struct pfg_field *array, const struct pfg_path *path)
{
    const char *end = set->name + set->name_size, *at = inner_name(sets, set);
    const char *whole = at;
    if (leads_here(&at, end, path)) {
        struct part part = next_part(&at, end);
        if (part_is(&part, array->name) && at < end)
            return (uint64_t)part.index + 1;
    }
    at = whole;
    struct part part = next_part(&at, end);
    return at >= end && first_of_all(path) && has_alias(&array->inside.fields->inside, &part);
}

uint64_t pfg_sets_elements(struct pfg_sets *sets, const struct pfg_field *array,
                           struct pfg_path path)
{
    uint64_t most = 0;
    for (size_t i = 0; i < sets->count; i++) {
        const struct pfg_set *set = &sets->rows[i];
        uint64_t count = 0;
        if (!set->field) {
            count = elements_named(sets, set, array, &path);
        } else if (!set->used && inside(array, set->field)) {
            for (size_t k = 0; k <= i; k++) /* set twice: the second element's */
                count += sets->rows[k].field && sets->rows[k].field->id == set->field->id;
        }
        if (count > most)
            most = count;
    }
    return most > ELEMENTS_MAX ? ELEMENTS_MAX : most;
}

int pfg_set_uint(const struct pfg_set *set, const struct pfg_field *field, uint64_t *value,
                 struct pfg_fault *fault)
{
    switch (set->how) {
    case PFG_SET_UINT:
        *value = set->number;
        return 0;
    case PFG_SET_TEXT:
        return pfg_parse_uint(field, set->text, set->size, value, fault);
    case PFG_SET_BYTES:
        break;
    }
    if (set->size > 8) {
        snprintf(fault->text, sizeof fault->text, "%s: %u bytes for an integer", field->path,
                 set->size);
        return -1;
    }
    *value = pfg_get_be((const uint8_t *)set->text, set->size);
    return 0;
}

void pfg_set_done(struct pfg_set *set, uint32_t at, uint32_t width)
{
    set->used = true;
    set->at = at;
    set->width = width;
}

/* Whether any field of the protocol ends in this name: it is known, but not in this message. */
static const char *elsewhere(const struct pfg_proto *proto, const char *name, size_t size)
{
    size_t count;
    const struct pfg_field *const *ids = pfg_registry_ids(&count);
    for (size_t i = 0; i < count; i++)
        if (ids[i]->proto == proto && strlen(ids[i]->name) == size &&
            memcmp(ids[i]->name, name, size) == 0)
            return ids[i]->path;
    return NULL;
}

/* The same setting was given twice: the first took the field. */
static bool set_before(const struct pfg_sets *sets, const struct pfg_set *set)
{
    for (const struct pfg_set *other = sets->rows; other < set; other++)
        if (!other->field && other->name_size == set->name_size &&
            memcmp(other->name, set->name, set->name_size) == 0)
            return true;
    return false;
}

/* The name of the protocol's fields, in full or its last part, that is near to a setting's; NULL:
 * none is. */
static const char *nearest_name(const struct pfg_proto *proto, const char *name, size_t size)
{
    char plain[160]; /* without the numbers of elements: qry.name for qry[0].name */
    size_t count, plain_size = 0, prefix = strlen(proto->def->name) + 1;
    const struct pfg_field *const *ids = pfg_registry_ids(&count);

    for (size_t i = 0, inside = 0; i < size && plain_size < sizeof plain; i++) {
        inside |= name[i] == '[';
        if (!inside)
            plain[plain_size++] = name[i];
        inside &= name[i] != ']';
    }
    struct pfg_nearest nearest = pfg_nearest_to(plain, plain_size);
    for (size_t i = 0; i < count; i++) {
        const struct pfg_field *field = ids[i];
        if (field->proto != proto || field->row->kind == PFG_DERIVED)
            continue;
        pfg_nearest_offer(&nearest, field->path + prefix);
        pfg_nearest_offer(&nearest, field->name);
        if (field->row->alias && !field->bit)
            pfg_nearest_offer(&nearest, field->row->alias);
    }
    return nearest.name;
}

static int unused(const struct pfg_sets *sets, const struct pfg_set *set, struct pfg_fault *fault)
{
    const char *proto = sets->proto->def->name;
    if (set->field) {
        snprintf(fault->text, sizeof fault->text, "%s is not part of this message",
                 set->field->path);
        return -1;
    }
    const char *name = inner_name(sets, set), *end = set->name + set->name_size, *dot = name;
    const char *last = name;
    size_t size = (size_t)(end - name);
    int shown = (int)(size > 100 ? 100 : size);
    for (; dot < end; dot++)
        if (*dot == '.')
            last = dot + 1;
    const char *there = elsewhere(sets->proto, last, (size_t)(end - last));
    const char *nearest = there ? NULL : nearest_name(sets->proto, name, size);
    if (set_before(sets, set))
        snprintf(fault->text, sizeof fault->text, "%s: the field %.*s is set twice", proto, shown,
                 name);
    else if (there)
        snprintf(fault->text, sizeof fault->text,
                 "%s: the field %.*s (%s) is not part of this message", proto, shown, name, there);
    else if (nearest)
        snprintf(fault->text, sizeof fault->text, "%s has no field %.*s; the nearest is %s", proto,
                 shown, name, nearest);
    else
        snprintf(fault->text, sizeof fault->text,
                 "%s has no field %.*s; pfgcap --describe %s lists its fields", proto, shown, name,
                 proto);
    return -1;
}

int pfg_sets_all_used(struct pfg_sets *sets, struct pfg_fault *fault)
{
    for (size_t i = 0; i < sets->count; i++)
        if (!sets->rows[i].used && !sets->rows[i].weak)
            return unused(sets, &sets->rows[i], fault);
    return 0;
}
