/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bits.c - --bits: each field's name, value and the bits it stands in. */
#include <string.h>

#include "capture/print.h"

/* Bytes a line; those behind stand below, where the first one began. */
enum { LINE_BYTES = 8, NAME_WIDTH = 28, INDENT = 2 + NAME_WIDTH + 1 };

static void put_blanks(struct pfg_out *out, size_t count)
{
    for (; count > 0; count--)
        pfg_out_char(out, ' ');
}

/* The bits of bytes that stand in one line. */
static void bits_of(struct pfg_out *out, const uint8_t *bytes, uint32_t size)
{
    uint32_t i, bit;

    for (i = 0; i < size; i++) {
        if (i > 0)
            pfg_out_char(out, ' ');
        for (bit = 0; bit < 8; bit++)
            pfg_out_char(out, (bytes[i] >> (7 - bit) & 1) != 0 ? '1' : '0');
    }
}

/* Those of the bytes behind the first line, from bytes on. */
static void more_bits(struct pfg_out *out, const uint8_t *bytes, uint32_t size)
{
    while (size > 0) {
        uint32_t now = size < LINE_BYTES ? size : LINE_BYTES;

        put_blanks(out, INDENT);
        bits_of(out, bytes, now);
        pfg_out_char(out, '\n');
        bytes += now;
        size -= now;
    }
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

static void bits_value(struct pfg_out *out, const struct pfg_pdu *pdu,
                       const struct pfg_value *value)
{
    const struct pfg_field *field = value->field;
    const uint8_t *bytes = pfg_value_bytes(pdu, value);
    uint32_t first = value->size < LINE_BYTES ? value->size : LINE_BYTES;
    size_t name = strlen(field->path);

    pfg_out_bytes(out, "  ", 2);
    pfg_out_bytes(out, field->path, name);
    put_blanks(out, name < NAME_WIDTH ? NAME_WIDTH - name + 1 : 1);
    if (field->row->bits != 0)
        run_of(out, field, bytes, value->size);
    else
        bits_of(out, bytes, first);
    pfg_out_bytes(out, "  ", 2);
    pfg_value_label(out, pdu, value);
    pfg_out_char(out, '\n');
    if (field->row->bits == 0)
        more_bits(out, bytes + first, value->size - first);
}

void capture_bits_pdu(struct pfg_out *out, const struct pfg_decode *decode,
                      const struct pfg_pdu *pdu)
{
    uint32_t i;

    for (i = pdu->first; i < pdu->first + pdu->count; i++) {
        const struct pfg_value *value = &decode->values[i];
        enum pfg_kind kind = value->field->row->kind;

        if (value->size > 0 && kind != PFG_GROUP && kind != PFG_ARRAY)
            bits_value(out, pdu, value);
    }
}
