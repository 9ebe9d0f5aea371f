/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values to text for people: a tree. One value is render_text.c. */
#include "proto/render.h"
#include "proto/render_inside.h"

static void indent(struct pfg_out *out, unsigned depth)
{
    while (depth-- > 0)
        pfg_out_string(out, "  ");
}

static void tree_bits(struct pfg_out *out, const struct pfg_pdu *pdu, const struct pfg_value *v,
                      unsigned depth)
{
    for (uint32_t i = 0; i < v->field->inside.count; i++) {
        const struct pfg_field *bit = &v->field->inside.fields[i];
        struct pfg_value value = { bit, v->u >> bit->bits_shift & bit->bits_mask, v->offset,
                                   v->size };
        (void)pdu;
        indent(out, depth);
        pfg_out_string(out, bit->name);
        pfg_out_string(out, ": ");
        pfg_integer_label(out, &value);
        pfg_out_char(out, '\n');
    }
}

static void tree_values(struct pfg_out *out, const struct pfg_pdu *pdu, const struct pfg_value *v,
                        const struct pfg_value *end, unsigned depth)
{
    for (; v < end; v++) {
        enum pfg_kind kind = v->field->row->kind;
        /* A reserved field that is 0, and an array to the end that has nothing, say nothing. */
        if (v->u == 0 && (kind == PFG_RESERVED || (kind == PFG_ARRAY && v->field->by < 0)))
            continue;
        indent(out, depth);
        pfg_out_string(out, v->field->name);
        if (kind == PFG_GROUP || kind == PFG_ARRAY) {
            pfg_out_string(out, "\n");
            tree_values(out, pdu, v + 1, v + 1 + v->u, depth + 1);
            v += v->u;
            continue;
        }
        pfg_out_string(out, ": ");
        pfg_value_label(out, pdu, v);
        pfg_out_char(out, '\n');
        if (kind == PFG_FLAGS)
            tree_bits(out, pdu, v, depth + 1);
    }
}

void pfg_tree_pdu(struct pfg_out *out, const struct pfg_decode *decode, const struct pfg_pdu *pdu,
                  unsigned depth)
{
    const struct pfg_value *first = decode->values + pdu->first;

    indent(out, depth);
    pfg_out_string(out, pdu->proto->def->name);
    pfg_out_string(out, ": ");
    pfg_out_string(out, pdu->proto->def->title);
    if (pdu->joined)
        pfg_out_string(out, ", joined");
    if (pdu->partial)
        pfg_out_string(out, ", goes on in the next frame");
    pfg_out_char(out, '\n');
    tree_values(out, pdu, first, first + pdu->count, depth + 1);
    for (unsigned i = 0; i < PFG_PROBLEM_COUNT; i++) {
        if (!(pdu->problems & 1u << i))
            continue;
        indent(out, depth + 1);
        pfg_out_string(out, "problem: ");
        pfg_out_string(out, pfg_problem_name((enum pfg_problem)i));
        pfg_out_char(out, '\n');
    }
}
