/* SPDX-License-Identifier: GPL-2.0-or-later */
/* render_inside.h - parts of values' text that lines, trees and values share. */
#ifndef PFG_PROTO_RENDER_INSIDE_H
#define PFG_PROTO_RENDER_INSIDE_H

#include "proto/decode.h"
#include "proto/out.h"

/* A ready text (key, label, name) at to, which has room for PFG_KEY_BLOCK bytes more than its size:
 * whole blocks are copied. Returns its end. */
static inline char *pfg_put_ready(char *to, const char *text, uint32_t size)
{
    memcpy(to, text, PFG_KEY_BLOCK);
    for (uint32_t i = PFG_KEY_BLOCK; i < size; i += PFG_KEY_BLOCK)
        memcpy(to + i, text + i, PFG_KEY_BLOCK);
    return to + size;
}
static inline void pfg_out_ready(struct pfg_out *out, const char *text, uint32_t size)
{
    out->at = pfg_put_ready(pfg_out_room(out, size + (size_t)PFG_KEY_BLOCK), text, size);
}

/* What a value is called, if it has a name of its own or one for all others. False: it has none. */
static inline bool pfg_out_value_name(struct pfg_out *out, const struct pfg_field *field, uint64_t u)
{
    const struct pfg_name *name = pfg_name_find(field->names, u);
    if (name) {
        const struct pfg_text *text = &field->names->texts[name - field->names->rows];
        pfg_out_ready(out, text->text, text->size);
        return true;
    }
    const char *other = pfg_value_name(field, u);
    if (other)
        pfg_out_string(out, other);
    return other != NULL;
}

/* The set bits by name, and runs of bits that are not 0, with | between. */
void pfg_flags_text(struct pfg_out *out, const struct pfg_field *field, uint64_t u);
/* An integer for people: its name, number, bits and date. */
void pfg_integer_label(struct pfg_out *out, const struct pfg_value *v);
/* pfg_value_label with at most most bytes of texts and data; what is left out is told. */
void pfg_label_text(struct pfg_out *out, const struct pfg_pdu *pdu, const struct pfg_value *v,
                    uint32_t most);

#endif
