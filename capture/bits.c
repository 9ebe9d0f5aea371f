/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bits.c - --bits: each field's name, value and the bits it stands in. */
#include <string.h>

#include "capture/print.h"

/* Bytes whose bits are shown; more are cut. */
enum { BITS_BYTES = 8, NAME_WIDTH = 28 };

static void bits_of(struct pfg_out *out, const uint8_t *bytes, uint32_t size)
{
    uint32_t shown = size < BITS_BYTES ? size : BITS_BYTES;
    uint32_t i, bit;

    for (i = 0; i < shown; i++) {
        if (i > 0)
            pfg_out_char(out, ' ');
        for (bit = 0; bit < 8; bit++)
            pfg_out_char(out, (bytes[i] >> (7 - bit) & 1) != 0 ? '1' : '0');
    }
    if (shown < size)
        pfg_out_string(out, " ...");
}

/* The bits of a row of bits, and dots for its neighbours. */
static void run_of(struct pfg_out *out, const struct pfg_field *field, const uint8_t *bytes,
                   uint32_t size)
{
    uint64_t mask = field->bits_mask << field->bits_shift;
    uint64_t value = 0;
    uint32_t i;

    for (i = 0; i < size && i < 8; i++)
        value = value << 8 | bytes[i];
    for (i = 0; i < size * 8 && i < 64; i++) {
        uint32_t bit = size * 8 - 1 - i;

        if (i > 0 && i % 8 == 0)
            pfg_out_char(out, ' ');
        if ((mask >> bit & 1) == 0)
            pfg_out_char(out, '.');
        else
            pfg_out_char(out, (value >> bit & 1) != 0 ? '1' : '0');
    }
}

void capture_bits_pdu(struct pfg_out *out, const struct pfg_decode *decode,
                      const struct pfg_pdu *pdu)
{
    uint32_t i;

    for (i = pdu->first; i < pdu->first + pdu->count; i++) {
        const struct pfg_value *value = &decode->values[i];
        const struct pfg_field *field = value->field;
        size_t name = strlen(field->path);

        if (value->size == 0 || field->row->kind == PFG_GROUP || field->row->kind == PFG_ARRAY)
            continue;
        pfg_out_bytes(out, "  ", 2);
        pfg_out_bytes(out, field->path, name);
        for (; name < NAME_WIDTH; name++)
            pfg_out_char(out, ' ');
        pfg_out_char(out, ' ');
        if (field->row->bits != 0)
            run_of(out, field, pfg_value_bytes(pdu, value), value->size);
        else
            bits_of(out, pfg_value_bytes(pdu, value), value->size);
        pfg_out_bytes(out, "  ", 2);
        pfg_value_label(out, pdu, value);
        pfg_out_char(out, '\n');
    }
}
