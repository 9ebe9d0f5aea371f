/* SPDX-License-Identifier: GPL-2.0-or-later */
/* compile_place.c - which value of a message is whose, where that does not depend on the message:
 * who looks for a field looks there first. */
#include "proto/compile.h"
#include "proto/raw.h"

/* Whether a row always gives one value, with none inside. */
static bool is_one(const struct pfg_row *row)
{
    switch (row->kind) {
    case PFG_IPV4:
    case PFG_IPV6:
    case PFG_MAC:
    case PFG_BYTES:
    case PFG_DATA:
    case PFG_STRING:
    case PFG_MAGIC:
    case PFG_NAME:
        return true;
    case PFG_DERIVED:
        return row->derive != PFG_DERIVE_POINTER;
    default:
        return pfg_raw_is_integer(row->kind);
    }
}

/* Behind a row that does not always give the same number of values, nothing has a place; but the
 * rows inside it, where they are the first of it, do. */
static void place_table(const struct pfg_table *table, uint16_t at)
{
    uint32_t i;

    for (i = 0; i < table->count; i++) {
        struct pfg_field *field = (struct pfg_field *)(uintptr_t)&table->fields[i];

        field->place = at++;
        if (is_one(field->row))
            continue;
        if (field->row->kind == PFG_GROUP || field->row->kind == PFG_ARRAY)
            place_table(&field->inside, at);
        break;
    }
}

void pfg_compile_places(const struct pfg_proto *proto)
{
    place_table(&proto->table, 0);
}
