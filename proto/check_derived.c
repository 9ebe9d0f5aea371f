/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows that follow from others. */
#include <string.h>

#include "proto/check_inside.h"
#include "proto/raw.h"

static bool is_top(const struct pfg_table *table, const struct pfg_field *field)
{
    return table->fields == field->proto->table.fields;
}

/* The table that a part's number stands in, before it: its own, or the one around the flat body
 * that it is in. Tables that are not in another table are no flat body's, or the outermost table's.
 */
static void check_part(const struct pfg_field *field)
{
    const struct pfg_row *row = field->row, *by = NULL;
    const struct pfg_table *table = field->parent ? &field->parent->inside : &field->proto->table;
    bool own = field >= table->fields && field < table->fields + table->count;
    const struct pfg_field *number = field->by >= 0 ? &table->fields[field->by] : NULL;

    if (number && (!own || number->index < field->index))
        by = number->row;
    if (!by || !row->mask || !pfg_raw_is_integer(by->kind) || by->bits || by->scale > 1 ||
        by->order != PFG_BIG || by->kind == PFG_INT || (by->size < 8 && row->mask >> 8 * by->size))
        pfg_check_fault(field->path, "needs .mask, bits of an earlier big-endian integer .by");
    for (uint32_t i = 0; !own && by && i < number->index; i++)
        if (table->fields[i].row->kind == PFG_BODY)
            pfg_check_fault(field->path, ".by names a row behind the body");
    if (row->upper_of && __builtin_popcountll(row->mask) > 8)
        pfg_check_fault(field->path, "upper bits are 8 at most");
    for (uint32_t i = 0; row->upper_of && i < field->proto->table.count; i++) {
        const struct pfg_row *top = field->proto->table.fields[i].row;
        if (top->derive == PFG_DERIVE_JOIN && strcmp(top->name, row->upper_of) == 0)
            return;
    }
    if (row->upper_of)
        pfg_check_fault(field->path, ".upper_of names no joined row of the outermost table");
}

void pfg_check_derived(const struct pfg_field *field, const struct pfg_table *table)
{
    const struct pfg_row *row = field->row;
    bool part = row->derive == PFG_DERIVE_PART;
    const struct pfg_field *by = field->by >= 0 && !part ? &table->fields[field->by] : NULL;

    if (row->upper_of && !part)
        pfg_check_fault(field->path, ".upper_of is for parts of numbers");

    switch (row->derive) {
    case PFG_DERIVE_CODE:
        if (!field->proto->def->network)
            pfg_check_fault(field->path, "no code sets this value; give .derive");
        break;
    case PFG_DERIVE_SIZE:
        if (!is_top(table, field) ||
            (field->index && table->fields[field->index - 1].row->kind != PFG_DERIVED))
            pfg_check_fault(field->path, "the message's size stands first in the outermost table");
        break;
    case PFG_DERIVE_POINTER:
        if (!by || by->row->kind != PFG_NAME || by->index > field->index)
            pfg_check_fault(field->path, ".by names no earlier domain name");
        break;
    case PFG_DERIVE_BIT:
        if (!by || !field->when || (!field->when->bit && !pfg_raw_is_integer(by->row->kind)))
            pfg_check_fault(field->path, ".by names no bit");
        break;
    case PFG_DERIVE_PART:
        check_part(field);
        break;
    case PFG_DERIVE_JOIN:
        if (!is_top(table, field) || !by || !by->joined || by->size > 7)
            pfg_check_fault(field->path, "needs .by, bits of the flags of at most 7 bytes right "
                                         "before it, and stands in the outermost table");
        break;
    case PFG_DERIVE_MATCH:
        if (!by || !row->text || pfg_raw_is_integer(by->row->kind))
            pfg_check_fault(field->path, "needs .by, a field of bytes, and .text");
        break;
    }
}
