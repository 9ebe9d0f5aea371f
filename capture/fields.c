/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fields.c - columns. */
#include "capture/fields.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/layers.h"
#include "proto/render.h"

/* Whether values of a field may contain tabs or line ends. */
static bool is_text(const struct pfg_ref *ref)
{
    enum pfg_kind kind = ref->field->row->kind;

    return ref->aspect == PFG_ASPECT_TEXT || kind == PFG_STRING || kind == PFG_NAME ||
           kind == PFG_RDATA || kind == PFG_PACKED;
}

static int add_column(struct capture_fields *fields, const char *name, size_t size, char *why,
                      size_t room)
{
    struct capture_column *column = &fields->columns[fields->count];
    uint32_t i;

    column->name = name;
    column->name_size = size;
    column->refs = pfg_refs_find(name, size);
    for (i = 0; i < column->refs.count; i++) {
        const struct pfg_field *field = column->refs.refs[i].field;

        column->value_fields[i] = field->bit != NULL ? field->parent : field;
        column->proto = field->proto;
        column->text = is_text(&column->refs.refs[i]);
    }
    if (column->refs.count == 0)
        column->own = capture_own_find(name, size);
    if (column->own.kind != CAPTURE_OWN_NONE)
        column->proto = column->own.proto;
    else if (column->refs.count == 0)
        column->proto = pfg_also_proto(name, size);
    if (column->proto == NULL) {
        const char *nearest = pfg_refs_nearest(name, size);

        if (nearest == NULL)
            nearest = capture_own_nearest(name, size);
        snprintf(why, room, "--fields: there is no field \"%.*s\"; %s%s", (int)size, name,
                 nearest != NULL ? "the nearest is " : "--describe lists them",
                 nearest != NULL ? nearest : "");
        return -1;
    }
    fields->count++;
    return 0;
}

static int read_list(struct capture_fields *fields, const char *list, char *why, size_t room)
{
    size_t columns = 1;
    const char *at;

    for (at = list; *at != '\0'; at++)
        columns += *at == ',' ? 1 : 0;
    fields->columns = calloc(columns, sizeof *fields->columns);
    if (fields->columns == NULL) {
        snprintf(why, room, "--fields: out of memory");
        return -1;
    }
    for (at = list;; at++) {
        const char *end = strchrnul(at, ',');

        if (add_column(fields, at, (size_t)(end - at), why, room) != 0)
            return -1;
        at = end;
        if (*at == '\0')
            return 0;
    }
}

/* -E's separators: /t, /s, or the character itself. */
static char character(const char *text)
{
    if (strcmp(text, "/t") == 0)
        return '\t';
    if (strcmp(text, "/s") == 0)
        return ' ';
    return text[0] != '\0' && text[1] == '\0' ? text[0] : '\0';
}

static bool read_option(struct capture_fields *fields, const char *word)
{
    const char *equals = strchr(word, '=');
    size_t size = equals == NULL ? 0 : (size_t)(equals - word);
    const char *value = equals == NULL ? "" : equals + 1;

    if (strncmp(word, "header=", size + 1) == 0 && size > 0) {
        fields->header = value[0] == 'y';
        return strcmp(value, "y") == 0 || strcmp(value, "n") == 0;
    }
    if (strncmp(word, "separator=", size + 1) == 0 && size > 0) {
        fields->separator = character(value);
        return fields->separator != '\0';
    }
    if (strncmp(word, "aggregator=", size + 1) == 0 && size > 0) {
        fields->aggregator = character(value);
        return fields->aggregator != '\0';
    }
    if (strncmp(word, "quote=", size + 1) == 0 && size > 0) {
        fields->quote = (char)(value[0] == 'd' ? '"' : value[0] == 's' ? '\'' : 0);
        return strcmp(value, "d") == 0 || strcmp(value, "s") == 0 || strcmp(value, "n") == 0;
    }
    if (strncmp(word, "occurrence=", size + 1) == 0 && size > 0) {
        fields->occurrence = value[0] == 'f'   ? CAPTURE_FIRST
                             : value[0] == 'l' ? CAPTURE_LAST
                                               : CAPTURE_ALL;
        return value[0] != '\0' && value[1] == '\0' && strchr("fla", value[0]) != NULL;
    }
    return false;
}

int capture_fields_init(struct capture_fields *fields, const char *list, const char *const *options,
                        size_t option_count, char *why, size_t room)
{
    size_t i;

    memset(fields, 0, sizeof *fields);
    fields->separator = '\t';
    fields->aggregator = ',';
    for (i = 0; i < option_count; i++) {
        if (!read_option(fields, options[i])) {
            snprintf(why, room,
                     "-E %s: it is header=y|n, separator=/t|/s|C, aggregator=C, "
                     "occurrence=f|l|a, or quote=d|s|n",
                     options[i]);
            return -1;
        }
    }
    if (pfg_out_init(&fields->scratch, 4096, NULL, NULL) != 0) {
        snprintf(why, room, "--fields: out of memory");
        return -1;
    }
    return read_list(fields, list, why, room);
}

void capture_fields_free(struct capture_fields *fields)
{
    if (fields->scratch.start != NULL)
        pfg_out_free(&fields->scratch);
    free(fields->columns);
    memset(fields, 0, sizeof *fields);
}

uint32_t capture_fields_layers(const struct capture_fields *fields)
{
    uint32_t layers = 0;
    size_t i;

    for (i = 0; i < fields->count; i++)
        layers |= pfg_layer_bit(fields->columns[i].proto);
    return layers;
}

bool capture_fields_pairs(const struct capture_fields *fields)
{
    size_t i;

    for (i = 0; i < fields->count; i++) {
        if (capture_own_pairs(&fields->columns[i].own))
            return true;
    }
    return false;
}

bool capture_fields_messages(const struct capture_fields *fields)
{
    size_t i;

    for (i = 0; i < fields->count; i++) {
        if (!fields->columns[i].proto->def->network)
            return true;
    }
    return capture_fields_pairs(fields);
}

const char *capture_fields_offer(size_t index)
{
    const struct pfg_field *const *ids;
    size_t count, also = 0;

    if (pfg_registry_init() != 0)
        return NULL;
    ids = pfg_registry_ids(&count);
    if (index < count)
        return ids[index]->path;
    for (index -= count; also < index && pfg_also_at(also) != NULL;)
        also++;
    return pfg_also_at(also) != NULL ? pfg_also_at(also) : capture_own_at(index - also);
}

void capture_fields_header(const struct capture_fields *fields, struct pfg_out *out)
{
    size_t i;

    if (!fields->header)
        return;
    for (i = 0; i < fields->count; i++) {
        if (i > 0)
            pfg_out_char(out, fields->separator);
        pfg_out_bytes(out, fields->columns[i].name, fields->columns[i].name_size);
    }
    pfg_out_char(out, '\n');
}

static void put_hex_escape(struct pfg_out *out, uint8_t byte)
{
    pfg_out_bytes(out, "\\x", 2);
    pfg_out_hex(out, &byte, 1);
}

/* Text with what would break lines and columns shown as \n, \r, \t and so on, as tshark does, and
 * what a terminal may obey as bytes in hex. */
static void put_text(struct capture_fields *fields, struct pfg_out *out, const struct pfg_pdu *pdu,
                     const struct pfg_value *value, enum pfg_aspect aspect)
{
    static const char names[] = "0......abtnvfr";
    struct pfg_out *scratch = &fields->scratch;
    const char *at;

    scratch->at = scratch->start;
    pfg_value_plain(scratch, pdu, value, aspect);
    for (at = scratch->start; at < scratch->at; at++) {
        unsigned char byte = (unsigned char)*at;
        unsigned command = pfg_command_size((const uint8_t *)at, (size_t)(scratch->at - at));

        if (byte >= 7 && byte <= 13) {
            pfg_out_char(out, '\\');
            pfg_out_char(out, names[byte]);
        } else if (byte < 0x20 || byte == 0x7f) {
            put_hex_escape(out, byte);
        } else if (command > 0) {
            for (; command > 1; command--)
                put_hex_escape(out, (uint8_t)*at++);
            put_hex_escape(out, (uint8_t)*at);
        } else {
            if (fields->quote != 0 && *at == fields->quote)
                pfg_out_char(out, fields->quote);
            pfg_out_char(out, *at);
        }
    }
}

static void put_value(struct capture_fields *fields, struct pfg_out *out,
                      const struct capture_column *column, const struct pfg_pdu *pdu,
                      const struct pfg_value *value)
{
    const struct pfg_ref *ref = &column->refs.refs[0];
    const struct pfg_field *field = ref->field;

    if (field->bit != NULL && ref->aspect == PFG_ASPECT_VALUE)
        pfg_out_uint(out, value->u >> field->bits_shift & field->bits_mask);
    else if (column->text)
        put_text(fields, out, pdu, value, ref->aspect);
    else
        pfg_value_plain(out, pdu, value, ref->aspect);
}

/* The column's value behind value, or, with NULL, its first; NULL where there is none. */
static const struct pfg_value *next_value(const struct capture_column *column,
                                          const struct pfg_decode *decode,
                                          const struct pfg_pdu *pdu, const struct pfg_value *value)
{
    const struct pfg_value *end = decode->values + pdu->first + pdu->count;

    if (column->refs.count == 1)
        return pfg_pdu_next(decode, pdu, column->value_fields[0], value);
    value = value == NULL ? decode->values + pdu->first : value + 1;
    for (; value < end; value++) {
        if (value->field->id == column->value_fields[0]->id ||
            value->field->id == column->value_fields[1]->id)
            return value;
    }
    return NULL;
}

/* A column of what every protocol has. */
static void put_own(const struct capture_fields *fields, struct pfg_out *out,
                    const struct capture_column *column, const struct pfg_decode *decode)
{
    const struct pfg_pdu *last_pdu = NULL;
    uint32_t i, last = 0;
    bool any = false;

    for (i = 0; i < decode->pdu_count; i++) {
        const struct pfg_pdu *pdu = &decode->pdus[i];
        uint32_t left = pdu->proto == column->proto ? capture_own_values(&column->own, pdu) : 0;

        for (; left != 0; left &= left - 1) {
            last = left & -left;
            last_pdu = pdu;
            if (fields->occurrence == CAPTURE_LAST)
                continue;
            if (any)
                pfg_out_char(out, fields->aggregator);
            capture_own_put(out, &column->own, pdu, last);
            any = true;
            if (fields->occurrence == CAPTURE_FIRST)
                return;
        }
    }
    if (last_pdu != NULL && fields->occurrence == CAPTURE_LAST)
        capture_own_put(out, &column->own, last_pdu, last);
}

static void put_column(struct capture_fields *fields, struct pfg_out *out,
                       const struct capture_column *column, const struct pfg_decode *decode)
{
    const struct pfg_value *last = NULL;
    const struct pfg_pdu *last_pdu = NULL;
    bool any = false;
    uint32_t i;

    for (i = 0; i < decode->pdu_count; i++) {
        const struct pfg_pdu *pdu = &decode->pdus[i];
        const struct pfg_value *value;

        if (pdu->proto != column->proto)
            continue;
        if (column->refs.count == 0) {
            pfg_out_bytes(out, pdu->proto->def->name, strlen(pdu->proto->def->name));
            return;
        }
        for (value = next_value(column, decode, pdu, NULL); value != NULL;
             value = next_value(column, decode, pdu, value)) {
            if (fields->occurrence == CAPTURE_LAST) {
                last = value;
                last_pdu = pdu;
                continue;
            }
            if (any)
                pfg_out_char(out, fields->aggregator);
            put_value(fields, out, column, pdu, value);
            any = true;
            if (fields->occurrence == CAPTURE_FIRST)
                return;
        }
    }
    if (last != NULL)
        put_value(fields, out, column, last_pdu, last);
}

void capture_fields_packet(struct capture_fields *fields, struct pfg_out *out,
                           const struct pfg_decode *decode)
{
    size_t i;

    for (i = 0; i < fields->count; i++) {
        if (i > 0)
            pfg_out_char(out, fields->separator);
        if (fields->quote != 0)
            pfg_out_char(out, fields->quote);
        if (fields->columns[i].own.kind != CAPTURE_OWN_NONE)
            put_own(fields, out, &fields->columns[i], decode);
        else
            put_column(fields, out, &fields->columns[i], decode);
        if (fields->quote != 0)
            pfg_out_char(out, fields->quote);
    }
    pfg_out_char(out, '\n');
}
