/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rawsock/tables.h"

const struct pfg_field *pfg_table_kind(const struct pfg_table *table, enum pfg_kind kind)
{
    for (uint32_t i = 0; i < table->count; i++)
        if (table->fields[i].row->kind == kind)
            return &table->fields[i];
    return NULL;
}

const struct pfg_table *pfg_table_element(const struct pfg_field *array)
{
    return &array->inside.fields[0].inside;
}

const struct pfg_table *pfg_table_chosen(const struct pfg_table *table, uint64_t value)
{
    const struct pfg_field *body = pfg_table_kind(table, PFG_BODY);
    const struct pfg_names *names = body ? table->fields[body->by].names : NULL;

    for (size_t i = 0; names && i < names->count; i++)
        if (names->rows[i].value == value)
            return body->bodies[2 * i].present ? &body->bodies[2 * i].table : NULL;
    return NULL;
}
