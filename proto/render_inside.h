/* SPDX-License-Identifier: GPL-2.0-or-later */
/* render_inside.h - parts of values' text that lines, trees and values share. */
#ifndef PFG_PROTO_RENDER_INSIDE_H
#define PFG_PROTO_RENDER_INSIDE_H

#include "proto/decode.h"
#include "proto/out.h"

/* A ready text. */
static inline void pfg_out_ready(struct pfg_out *out, const char *text, uint32_t size)
{
    out->at = pfg_put_ready(pfg_out_room(out, size + (size_t)PFG_KEY_BLOCK), text, size);
}

/* The set bits by name, and runs of bits that are not 0, with | between. */
void pfg_flags_text(struct pfg_out *out, const struct pfg_field *field, uint64_t u);
/* An integer for people: its name, number, bits and date. */
void pfg_integer_label(struct pfg_out *out, const struct pfg_value *v);
/* pfg_value_label with at most most bytes of texts and data; what is left out is told. */
void pfg_label_text(struct pfg_out *out, const struct pfg_pdu *pdu, const struct pfg_value *v,
                    uint32_t most);

/* Where pfg_flags_text has the bits that are joined with some of the flags. */
enum { PFG_UPPER_SHIFT = 56 };

#endif
