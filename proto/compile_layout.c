/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the rows of a table stand on the wire. */
#include "proto/compile_inside.h"
#include "proto/raw.h"

/* Bytes a row always takes; 0 for rows of bits (their run counts) and for variable ones. */
static int size_of(const struct pfg_field *field, bool *fixed)
{
    const struct pfg_row *row = field->row;
    *fixed = true;
    switch (row->kind) {
    case PFG_IPV4:
        return 4;
    case PFG_IPV6:
        return 16;
    case PFG_MAC:
        return 6;
    case PFG_DERIVED:
        return 0;
    case PFG_MAGIC:
        return row->size;
    case PFG_BYTES:
    case PFG_DATA:
    case PFG_STRING:
        *fixed = row->size != 0;
        return row->size;
    default:
        *fixed = pfg_raw_is_integer(row->kind);
        return row->bits ? 0 : row->size;
    }
}

/* Gives each row of a run of bits its shift and mask; the run begins at fields[first]. Returns
 * the number of rows in the run, or -1. */
static int compile_bits(struct pfg_field *fields, uint32_t first, uint32_t count)
{
    uint32_t bits = 0, last = first;
    for (; last < count && fields[last].row->bits; last++) {
        bits += fields[last].row->bits;
        if (bits % 8 == 0)
            break;
    }
    if (last == count || !fields[last].row->bits || bits % 8 || bits > 64)
        return pfg_registry_fail("%s: the rows of bits from here do not fill 1 to 8 whole bytes",
                                 fields[first].path);
    uint32_t left = bits;
    for (uint32_t i = first; i <= last; i++) {
        left -= fields[i].row->bits;
        fields[i].bits_run = (uint8_t)(bits / 8);
        fields[i].bits_shift = (uint8_t)left;
        fields[i].bits_mask =
            fields[i].row->bits == 64 ? UINT64_MAX : (UINT64_C(1) << fields[i].row->bits) - 1;
        fields[i].boolean = fields[i].row->bits == 1 && fields[i].row->kind == PFG_UINT;
    }
    fields[first].bits_first = true;
    fields[last].bits_last = true;
    return (int)(last - first + 1);
}

int pfg_compile_layout(struct pfg_field *fields, uint32_t count)
{
    uint32_t offset = 0, run_left = 0;
    bool fixed = true;
    for (uint32_t i = 0; i < count; i++) {
        if (fields[i].row->bits && run_left == 0) {
            int rows = compile_bits(fields, i, count);
            if (rows < 0)
                return -1;
            run_left = (uint32_t)rows;
        }
        fixed = fixed && !fields[i].row->optional;
        fields[i].offset = fixed ? offset : UINT32_MAX;
        if (run_left) {
            if (--run_left == 0)
                offset += fields[i].bits_run;
            continue;
        }
        bool here;
        fields[i].size = (uint32_t)size_of(&fields[i], &here);
        offset += fields[i].size;
        fixed = fixed && here;
    }
    return 0;
}

uint32_t pfg_compile_least(const struct pfg_field *field)
{
    const struct pfg_row *row = field->row;
    if (row->optional)
        return 0;
    return pfg_raw_advance(field) + (uint32_t)row->prefix +
           ((row->zero_ended && !row->size) || row->kind == PFG_NAME);
}
