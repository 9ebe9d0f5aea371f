/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the renderers ask of a field at every value, answered once. */
#include <stdio.h>
#include <string.h>

#include "proto/compile.h"

/* Flags of so many bits take few values; those of more may take any. */
enum { REPEATED_BITS_MAX = 16 };

/* Whether a value is shown as an unsigned number and nothing else. */
static bool is_number(const struct pfg_field *field)
{
    switch (field->row->kind) {
    case PFG_UINT:
    case PFG_TIME:
    case PFG_CONST:
    case PFG_LENGTH:
    case PFG_CHECKSUM:
    case PFG_DERIVED:
        return !field->names && !field->boolean && field->row->display != PFG_DATE &&
               !field->row->fraction_bits;
    default:
        return false;
    }
}

static enum pfg_json json_of(const struct pfg_field *field)
{
    const struct pfg_row *row = field->row;

    if (is_number(field))
        return PFG_JSON_NUMBER;
    if (row->kind == PFG_IPV4)
        return PFG_JSON_IPV4;
    if (row->kind == PFG_IPV6)
        return PFG_JSON_IPV6;
    if (row->kind == PFG_MAC)
        return PFG_JSON_MAC;
    if (row->kind == PFG_RESERVED || (row->kind == PFG_ARRAY && !row->by))
        return PFG_JSON_NOT_ZERO;
    if ((row->kind == PFG_FLAGS && field->inside.count <= REPEATED_BITS_MAX) ||
        ((row->kind == PFG_UINT || row->kind == PFG_DERIVED) && field->names && !field->boolean &&
         row->display != PFG_DATE))
        return PFG_JSON_REPEATED;
    if (field->boolean)
        return PFG_JSON_BOOLEAN;
    return PFG_JSON_KIND;
}

/* Whether the one-line form leaves every value out. */
static bool is_hidden(const struct pfg_row *row)
{
    switch (row->kind) {
    case PFG_MAGIC:
    case PFG_CONST:
    case PFG_LENGTH:
    case PFG_CHECKSUM:
        return true;
    case PFG_FLAGS: /* those with letters come first, by themselves */
        return row->quiet || (row->flags && row->flags[0].letter);
    case PFG_DERIVED:
        return row->quiet || row->derive == PFG_DERIVE_BIT || row->derive == PFG_DERIVE_MATCH;
    default:
        return row->quiet;
    }
}

/* When it leaves one out. Arrays, bare flags and bare record data are asked by who writes them. */
static unsigned hide_of(const struct pfg_row *row)
{
    unsigned hide = row->sparse ? PFG_HIDE_ZERO : 0u;

    switch (row->kind) {
    case PFG_GROUP:
    case PFG_ARRAY:
        return row->quiet ? PFG_HIDE_ALWAYS : 0u;
    case PFG_FLAGS:
        return row->bare ? 0u : hide | PFG_HIDE_ZERO;
    case PFG_RESERVED:
        return hide | PFG_HIDE_ZERO;
    case PFG_BYTES:
        return hide | (row->bare ? PFG_HIDE_EMPTY : 0u);
    default:
        return hide;
    }
}

static enum pfg_line line_of(const struct pfg_field *field)
{
    const struct pfg_row *row = field->row;
    enum pfg_kind kind = row->kind;

    if (kind == PFG_GROUP || kind == PFG_ARRAY)
        return kind == PFG_GROUP ? PFG_LINE_GROUP : PFG_LINE_ARRAY;
    if (is_hidden(row))
        return PFG_LINE_NEVER;
    if (kind == PFG_FLAGS)
        return row->bare ? PFG_LINE_FLAGS : PFG_LINE_KIND;
    if (kind == PFG_RDATA || kind == PFG_IPV6)
        return kind == PFG_RDATA ? PFG_LINE_RDATA : PFG_LINE_IPV6;
    if (field->names)
        return PFG_LINE_NAMED;
    if (is_number(field) && kind != PFG_TIME)
        return row->display == PFG_HEX ? PFG_LINE_HEX : PFG_LINE_NUMBER;
    if (kind == PFG_STRING || kind == PFG_DATA)
        return PFG_LINE_TEXT;
    if (kind == PFG_NAME || kind == PFG_IPV4)
        return kind == PFG_NAME ? PFG_LINE_DNSNAME : PFG_LINE_IPV4;
    return PFG_LINE_KIND;
}

/* Of bytes; a number and all that has no word of its own are the caller's. */
static enum pfg_master master_of_bytes(const struct pfg_row *row)
{
    if (row->display == PFG_QUOTED || row->display == PFG_BY_NAME)
        return row->display == PFG_QUOTED ? PFG_MASTER_QUOTED : PFG_MASTER_BY_NAME;
    return row->display == PFG_SHOW_DEFAULT && row->kind != PFG_STRING ? PFG_MASTER_HEX
                                                                       : PFG_MASTER_KIND;
}

static enum pfg_master master_of(const struct pfg_field *field)
{
    const struct pfg_row *row = field->row;

    switch (row->kind) {
    case PFG_NAME:
        return PFG_MASTER_NAME;
    case PFG_ARRAY:
        return PFG_MASTER_ARRAY;
    case PFG_IPV4:
        return PFG_MASTER_IPV4;
    case PFG_IPV6:
        return PFG_MASTER_IPV6;
    case PFG_BYTES:
    case PFG_DATA:
    case PFG_STRING:
        return master_of_bytes(row);
    default:
        if (row->display == PFG_TYPE_NAME || row->display == PFG_DATE14)
            return PFG_MASTER_KIND;
        return row->display == PFG_MNEMONIC && field->names ? PFG_MASTER_NAMED : PFG_MASTER_NUMBER;
    }
}

/* Hexadecimal digits of an integer field: whole 1, 2, 3, 4 or 8 bytes. */
static unsigned hex_digits_of(const struct pfg_row *row)
{
    unsigned bits = row->bits ? row->bits : 8u * row->size;
    return bits <= 8 ? 2 : bits <= 16 ? 4 : bits <= 24 ? 6 : bits <= 32 ? 8 : 16;
}

/* The letters of flags, by the numbers of their bits. 0, or -1. */
static int make_letters(struct pfg_field *field)
{
    const struct pfg_bit *bit = field->row->flags;
    char *letters;

    if (field->row->kind != PFG_FLAGS || !bit || !bit[0].letter)
        return 0;
    field->letters = letters = pfg_registry_alloc(64, 1);
    if (!letters)
        return -1;
    for (; bit->name; bit++) {
        if (!bit->letter || bit->mask & (bit->mask - 1) || (bit[1].name && bit[1].mask < bit->mask))
            return pfg_registry_fail("%s: bits with letters are single ones, the lowest first",
                                     field->path);
        letters[__builtin_ctzll(bit->mask)] = bit->letter;
    }
    return 0;
}

/* Whether a row gives exactly one value wherever a value of a row behind it is: one that a line
 * passes over without a look. */
static bool is_passed(const struct pfg_field *field)
{
    const struct pfg_row *row = field->row;

    return field->line == PFG_LINE_NEVER && !row->optional && row->kind != PFG_BODY &&
           row->kind != PFG_RDATA && row->kind != PFG_PACKED &&
           !(row->kind == PFG_DERIVED && row->derive == PFG_DERIVE_POINTER);
}

/* The rows before one that is passed over lead behind it, but for those with values inside. Of
 * sparse messages, elements of arrays leave it out anyway. */
static void note_step(struct pfg_field *field)
{
    for (unsigned i = 1; i <= field->index && is_passed(field + 1 - i); i++) {
        struct pfg_field *before = field - i;
        if (before->line >= PFG_LINE_GROUP)
            continue;
        before->step[0]++;
        if (field->parent == NULL)
            before->step[1]++;
    }
}

int pfg_compile_show(struct pfg_field *field)
{
    const struct pfg_row *row = field->row;
    const char *text = row->brief && !field->bit ? row->brief : field->name;
    size_t room = strlen(text) + 2 + PFG_KEY_BLOCK;
    char *label = pfg_registry_alloc(room, 1);

    if (room > PFG_TEXT_MAX)
        return pfg_registry_fail("%s: a label of more than %d characters", field->path,
                                 PFG_TEXT_MAX - PFG_KEY_BLOCK);
    if (!label)
        return -1;
    field->label = label;
    field->label_size = (uint32_t)snprintf(label, room, "%s ", text);
    if (row->bare && row->kind != PFG_ARRAY && !field->bit)
        field->label_size = 0;
    field->hide = (uint8_t)hide_of(row);
    field->json = (uint8_t)json_of(field);
    field->line = (uint8_t)line_of(field);
    field->form = field->hide && field->line != PFG_LINE_NEVER ? PFG_LINE_SOMETIMES : field->line;
    field->master = (uint8_t)master_of(field);
    field->hex_digits = (uint8_t)hex_digits_of(row);
    field->step[0] = field->step[1] = 1;
    if (field->bit)
        return 0;
    note_step(field);
    return make_letters(field);
}
