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
    if (row->kind == PFG_IPV4 || row->kind == PFG_MAC)
        return row->kind == PFG_IPV4 ? PFG_JSON_IPV4 : PFG_JSON_MAC;
    if (row->kind == PFG_RESERVED || (row->kind == PFG_ARRAY && !row->by))
        return PFG_JSON_NOT_ZERO;
    if ((row->kind == PFG_FLAGS && field->inside.count <= REPEATED_BITS_MAX) ||
        (row->kind == PFG_UINT && field->names && !field->boolean && row->display != PFG_DATE))
        return PFG_JSON_REPEATED;
    if (field->boolean)
        return PFG_JSON_BOOLEAN;
    return PFG_JSON_KIND;
}

/* When the one-line form leaves a value out. */
static unsigned hide_of(const struct pfg_row *row)
{
    unsigned hide = (row->quiet ? PFG_HIDE_ALWAYS : 0u) | (row->sparse ? PFG_HIDE_ZERO : 0u);

    switch (row->kind) {
    case PFG_MAGIC:
    case PFG_CONST:
    case PFG_LENGTH:
    case PFG_CHECKSUM:
        return hide | PFG_HIDE_ALWAYS;
    case PFG_FLAGS: /* those with letters come first, by themselves */
        return hide | (row->flags && row->flags[0].letter ? PFG_HIDE_ALWAYS : PFG_HIDE_ZERO);
    case PFG_RESERVED:
    case PFG_ARRAY:
        return hide | PFG_HIDE_ZERO;
    case PFG_DERIVED:
        return hide |
               (row->derive == PFG_DERIVE_BIT || row->derive == PFG_DERIVE_MATCH ? PFG_HIDE_ALWAYS
                                                                                 : 0u);
    case PFG_BYTES:
    case PFG_RDATA:
        return hide | (row->bare ? PFG_HIDE_EMPTY : 0u);
    default:
        return hide;
    }
}

int pfg_compile_show(struct pfg_field *field)
{
    const struct pfg_row *row = field->row;
    const char *text = row->brief ? row->brief : field->name;
    size_t room = strlen(text) + 2 + PFG_KEY_BLOCK;
    char *label = pfg_registry_alloc(room, 1);

    if (room > PFG_TEXT_MAX)
        return pfg_registry_fail("%s: a label of more than %d characters", field->path,
                                 PFG_TEXT_MAX - PFG_KEY_BLOCK);
    if (!label)
        return -1;
    field->label = label;
    field->label_size = (uint32_t)snprintf(label, room, "%s ", text);
    field->hide = (uint8_t)hide_of(row);
    field->json = (uint8_t)json_of(field);
    return 0;
}
