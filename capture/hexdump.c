/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hexdump.c - bytes as tcpdump's -x, -X and -A show them. */
#include "capture/print.h"

enum { ROW = 16 };

static void ascii(struct pfg_out *out, const uint8_t *bytes, uint32_t size)
{
    uint32_t i;

    for (i = 0; i < size; i++)
        pfg_out_char(out, bytes[i] > 0x20 && bytes[i] < 0x7f ? (char)bytes[i] : '.');
}

/* -A: line ends and tabs stay, so that text reads as it was sent; of CR LF the LF. */
static void text(struct pfg_out *out, const uint8_t *bytes, uint32_t size)
{
    uint32_t i;

    for (i = 0; i < size; i++) {
        bool keeps = bytes[i] == '\n' || bytes[i] == '\t' || (bytes[i] >= 0x20 && bytes[i] < 0x7f);

        if (bytes[i] != '\r' || i + 1 == size || bytes[i + 1] != '\n')
            pfg_out_char(out, keeps ? (char)bytes[i] : '.');
    }
    pfg_out_char(out, '\n');
}

/* Pairs of bytes, and blanks up to the width of a whole row where text follows. */
static void hex_row(struct pfg_out *out, const uint8_t *bytes, uint32_t size, bool padded)
{
    uint32_t i;

    for (i = 0; i < (padded ? ROW : size); i++) {
        if (i % 2 == 0)
            pfg_out_char(out, ' ');
        if (i < size)
            pfg_out_hex(out, bytes + i, 1);
        else
            pfg_out_bytes(out, "  ", 2);
    }
}

void capture_hexdump(struct pfg_out *out, const uint8_t *bytes, uint32_t size,
                     enum capture_dump form)
{
    uint32_t at;

    if (form == CAPTURE_DUMP_ASCII) {
        text(out, bytes, size);
        return;
    }
    for (at = 0; at < size; at += ROW) {
        uint32_t row = size - at < ROW ? size - at : ROW;

        pfg_out_string(out, "\t0x");
        pfg_out_hex_uint(out, at, 4);
        pfg_out_bytes(out, ": ", 2);
        hex_row(out, bytes + at, row, form == CAPTURE_DUMP_HEX_ASCII);
        if (form == CAPTURE_DUMP_HEX_ASCII) {
            pfg_out_bytes(out, "  ", 2);
            ascii(out, bytes + at, row);
        }
        pfg_out_char(out, '\n');
    }
}
