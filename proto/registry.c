/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "proto/registry.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "proto/also.h"
#include "proto/checksum.h"
#include "proto/compile.h"
#include "proto/cursor.h"
#include "proto/layer_rows.h"
#include "proto/layers_quick.h"
#include "proto/network_list.h"
#include "proto/protocol.h"
#include "proto/recognise.h"

enum { IDS_MAX = 8192, HASH_SIZE = 16384 };

static struct pfg_proto protos[PFG_PROTOS_MAX];
static size_t proto_count;
static const struct pfg_field *ids[IDS_MAX];
static size_t id_count;
static uint16_t id_hash[HASH_SIZE]; /* 1 + id */
static const struct pfg_field *known[PFG_KNOWN_COUNT];
static uint64_t known_values[PFG_VALUE_COUNT];
static char fault[256];

/* What was allocated, in a chain: it lives as long as the program and stays reachable. */
static struct block {
    _Alignas(max_align_t) struct block *next;
} *blocks;

void *pfg_registry_alloc(size_t count, size_t size)
{
    struct block *block = calloc(1, sizeof *block + (count ? count : 1) * size);
    if (!block) {
        pfg_registry_fail("out of memory");
        return NULL;
    }
    block->next = blocks;
    blocks = block;
    return block + 1;
}

int pfg_registry_fail(const char *format, ...)
{
    if (!fault[0]) {
        va_list args;
        va_start(args, format);
        vsnprintf(fault, sizeof fault, format, args);
        va_end(args);
    }
    return -1;
}

const char *pfg_registry_fault(void)
{
    return fault;
}

/* FNV-1a. */
static uint32_t hash_of(const char *text, size_t size)
{
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < size; i++)
        h = (h ^ (uint8_t)text[i]) * 16777619u;
    return h;
}

/* The place of a path in the hash: its own, or the free one where it would go. */
static uint32_t hash_place(const char *path, size_t size)
{
    uint32_t at = hash_of(path, size) % HASH_SIZE;
    while (id_hash[at]) {
        const char *there = ids[id_hash[at] - 1]->path;
        if (strlen(there) == size && memcmp(there, path, size) == 0)
            break;
        at = (at + 1) % HASH_SIZE;
    }
    return at;
}

int pfg_registry_number(struct pfg_field *field)
{
    uint32_t at = hash_place(field->path, strlen(field->path));
    if (id_hash[at]) {
        field->id = (uint16_t)(id_hash[at] - 1);
        return 0;
    }
    if (id_count == IDS_MAX)
        return pfg_registry_fail("more than %d fields", IDS_MAX);
    field->id = (uint16_t)id_count;
    ids[id_count++] = field;
    id_hash[at] = (uint16_t)id_count;
    return 0;
}

const struct pfg_field *const *pfg_registry_ids(size_t *count)
{
    *count = id_count;
    return ids;
}

static int add_protocol(const struct pfg_protocol *def)
{
    if (proto_count == PFG_PROTOS_MAX)
        return pfg_registry_fail("more than %d protocols", PFG_PROTOS_MAX);
    if (!def->name)
        return pfg_registry_fail("a protocol has no .name");
    if (pfg_proto_find(def->name, strlen(def->name)))
        return pfg_registry_fail("%s: two protocols have this name", def->name);
    struct pfg_proto *proto = &protos[proto_count];
    proto->def = def;
    proto->index = (uint16_t)proto_count++;
    return pfg_compile_protocol(proto) < 0 ? -1 : pfg_recognise_learn(proto);
}

static int find_known(void)
{
    for (size_t i = 0; i < PFG_KNOWN_COUNT; i++) {
        struct pfg_ref ref = pfg_field_find(pfg_known_paths[i], strlen(pfg_known_paths[i]));
        if (!ref.field || ref.aspect != PFG_ASPECT_VALUE)
            return pfg_registry_fail("%s: C code names this field, and no row has it",
                                     pfg_known_paths[i]);
        known[i] = ref.field;
    }
    for (size_t i = 0; i < PFG_VALUE_COUNT; i++) {
        const char *path = pfg_known_values[i], *name = strchr(path, '=') + 1;
        struct pfg_ref ref = pfg_field_find(path, (size_t)(name - 1 - path));
        if (!ref.field || !pfg_name_value(ref.field->names, name, strlen(name), &known_values[i]))
            return pfg_registry_fail("%s: C code names this value, and no row has it", path);
    }
    return 0;
}

int pfg_registry_init(void)
{
    const struct pfg_protocol *user[PFG_PROTOS_MAX];

    if (proto_count)
        return fault[0] ? -1 : 0;
    for (size_t i = 0; i < pfg_network_count; i++)
        if (add_protocol(pfg_network_protocols[i]) < 0)
            return -1;
    pfg_quick_learn();
    for (size_t i = 0; i < sizeof pfg_protocols / sizeof *pfg_protocols; i++)
        if (add_protocol(pfg_protocols[i]) < 0)
            return -1;
    size_t count = pfg_user_protocols(user, PFG_PROTOS_MAX);
    for (size_t i = 0; i < count && i < PFG_PROTOS_MAX; i++)
        if (add_protocol(user[i]) < 0)
            return -1;
    return find_known() < 0 ? -1 : pfg_also_init();
}

const struct pfg_proto *pfg_proto_at(size_t index)
{
    return index < proto_count ? &protos[index] : NULL;
}

const struct pfg_proto *pfg_proto_find(const char *name, size_t size)
{
    for (size_t i = 0; i < proto_count; i++)
        if (strlen(protos[i].def->name) == size && memcmp(protos[i].def->name, name, size) == 0)
            return &protos[i];
    return NULL;
}

const struct pfg_proto *pfg_proto_of(const struct pfg_protocol *definition)
{
    for (size_t i = 0; i < proto_count; i++)
        if (protos[i].def == definition)
            return &protos[i];
    return NULL;
}

static const struct pfg_field *find_exact(const char *path, size_t size)
{
    uint32_t at = hash_place(path, size);
    return id_hash[at] ? ids[id_hash[at] - 1] : NULL;
}

bool pfg_field_has_name(const struct pfg_field *field)
{
    return field->names && !field->boolean;
}

bool pfg_field_has_text(const struct pfg_field *field)
{
    return field->row->kind == PFG_DATA && !field->bit;
}

/* path without its ending "_name" or "_text", or NULL. */
static const struct pfg_field *find_companion(const char *path, size_t size, const char *ending)
{
    size_t cut = strlen(ending);
    if (size <= cut || memcmp(path + size - cut, ending, cut) != 0)
        return NULL;
    return find_exact(path, size - cut);
}

struct pfg_ref pfg_field_find(const char *path, size_t size)
{
    struct pfg_ref ref = { find_exact(path, size), PFG_ASPECT_VALUE };
    if (ref.field)
        return ref;
    ref.field = find_companion(path, size, "_name");
    ref.aspect = PFG_ASPECT_NAME;
    if (ref.field && pfg_field_has_name(ref.field))
        return ref;
    ref.field = find_companion(path, size, "_text");
    ref.aspect = PFG_ASPECT_TEXT;
    if (ref.field && pfg_field_has_text(ref.field))
        return ref;
    ref.field = NULL;
    return ref;
}

const struct pfg_field *pfg_known(enum pfg_known which)
{
    return known[which];
}

const struct pfg_text *pfg_direction_name(unsigned direction)
{
    return &pfg_directions[direction];
}

uint64_t pfg_known_value(enum pfg_known_value which)
{
    return known_values[which];
}

const char *pfg_known_path(enum pfg_known which)
{
    return pfg_known_paths[which];
}

/* ---- Named values ---- */

static struct names_seen {
    const struct pfg_name *rows;
    struct pfg_names *names;
} seen[512];
static size_t seen_count;

/* The names of rows, ready to be copied in blocks; blank stands for underscores in them. */
static const struct pfg_text *make_texts(const struct pfg_name *rows, uint32_t count, char blank)
{
    struct pfg_text *texts = pfg_registry_alloc(count + 1, sizeof *texts);
    for (uint32_t i = 0; texts && i < count; i++) {
        char *text;
        texts[i].size = (uint32_t)strlen(rows[i].name);
        if (texts[i].size > PFG_TEXT_MAX - PFG_KEY_BLOCK) {
            pfg_registry_fail("%.40s...: a value's name of more than %d characters", rows[i].name,
                              PFG_TEXT_MAX - PFG_KEY_BLOCK);
            return NULL;
        }
        texts[i].text = text = pfg_registry_alloc(texts[i].size + PFG_KEY_BLOCK, 1);
        if (!text)
            return NULL;
        for (uint32_t k = 0; k < texts[i].size; k++)
            text[k] = rows[i].name[k] == '_' ? blank : rows[i].name[k];
    }
    return texts;
}

/* The layers that values lead to; *layers stays NULL where there are none. 0, or -1 for memory. */
static int make_layers(const struct pfg_name *rows, uint32_t count, const int8_t **layers)
{
    int8_t *to = NULL;
    for (uint32_t i = 0; i < count; i++) {
        if (!rows[i].layer)
            continue;
        if (!to && !(to = pfg_registry_alloc(count, 1)))
            return -1;
        to[i] = (int8_t)(pfg_layer_id_of(rows[i].layer) + 1);
    }
    for (uint32_t i = 0; to && i < count; i++)
        to[i]--;
    *layers = to;
    return 0;
}

const struct pfg_names *pfg_registry_names(const struct pfg_name *rows)
{
    if (!rows)
        return NULL;
    for (size_t i = 0; i < seen_count; i++)
        if (seen[i].rows == rows)
            return seen[i].names;
    struct pfg_names *names = pfg_registry_alloc(1, sizeof *names);
    if (!names)
        return NULL;
    uint64_t greatest = 0;
    names->rows = rows;
    for (; rows[names->count].name; names->count++) {
        uint64_t value = rows[names->count].value;
        names->stops |= rows[names->count].stop;
        if (value < 65536 && value > greatest)
            greatest = value;
    }
    if (!(names->texts = make_texts(rows, names->count, '_')) ||
        !(names->words = make_texts(rows, names->count, ' ')) ||
        make_layers(rows, names->count, &names->layers) < 0)
        return NULL;
    names->index_size = (uint32_t)greatest + 1;
    uint16_t *index = pfg_registry_alloc(names->index_size, sizeof *index);
    if (!index)
        return NULL;
    for (uint32_t i = 0; i < names->count; i++)
        if (rows[i].value < names->index_size && !index[rows[i].value])
            index[rows[i].value] = (uint16_t)(i + 1);
    names->index = index;
    if (seen_count < sizeof seen / sizeof *seen) {
        seen[seen_count].rows = rows;
        seen[seen_count++].names = names;
    }
    return names;
}

const struct pfg_name *pfg_name_search(const struct pfg_names *names, uint64_t value)
{
    for (uint32_t i = 0; i < names->count; i++)
        if (names->rows[i].value == value)
            return &names->rows[i];
    return NULL;
}

const char *pfg_value_name(const struct pfg_field *field, uint64_t value)
{
    const struct pfg_name *name = pfg_name_find(field->names, value);
    if (name)
        return name->name;
    return field->names && !field->bit ? field->row->other : NULL;
}

bool pfg_name_value(const struct pfg_names *names, const char *name, size_t size, uint64_t *value)
{
    for (uint32_t i = 0; names && i < names->count; i++) {
        const char *there = names->rows[i].name;
        if (strlen(there) == size && strncasecmp(there, name, size) == 0) {
            *value = names->rows[i].value;
            return true;
        }
    }
    return false;
}

/* ---- The definition's hash ---- */

static uint32_t hash_text(uint32_t crc, const char *text)
{
    return pfg_crc32c(crc, (const uint8_t *)(text ? text : ""), text ? strlen(text) + 1 : 1);
}

static uint32_t hash_field(uint32_t crc, const struct pfg_field *field)
{
    const struct pfg_row *row = field->row;
    uint64_t numbers[] = {
        row->kind, row->size, row->bits, row->fraction_bits, row->prefix, row->zero_ended, row->optional, row->leave,
        row->closed, row->flat, row->order, row->unit, row->counts, row->algorithm, row->scale,
        (uint64_t)row->add, row->init, row->max, field->bit ? field->bit->mask : 0,
    };

    crc = hash_text(crc, field->path);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        uint8_t bytes[8];
        pfg_put_be(bytes, numbers[i], sizeof bytes);
        crc = pfg_crc32c(crc, bytes, sizeof bytes);
    }
    crc = hash_text(hash_text(hash_text(crc, row->text), row->by), row->when);
    for (uint32_t i = 0; field->names && i < field->names->count; i++) {
        uint8_t value[8];
        pfg_put_be(value, field->names->rows[i].value, sizeof value);
        crc = hash_text(pfg_crc32c(crc, value, sizeof value), field->names->rows[i].name);
    }
    return crc;
}

uint32_t pfg_registry_hash(void)
{
    uint32_t crc = 0;
    for (size_t i = 0; i < id_count; i++)
        crc = hash_field(crc, ids[i]);
    return crc;
}
