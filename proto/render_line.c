/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values to text for people: one line, a tree. One value is render_text.c. */
#include <string.h>

#include "proto/render.h"
#include "proto/render_inside.h"

enum { LINE_BYTES_MAX = 64 };

/* A line on its way. */
struct line {
    struct pfg_out *out;
    const struct pfg_pdu *pdu;
    const char *between; /* fields: " ", or ", " as tcpdump has it for network layers */
    uint32_t between_size;
    bool any, directed;
};

static inline bool is_hidden(const struct pfg_value *v)
{
    unsigned hide = v->field->hide;
    return hide && (hide & PFG_HIDE_ALWAYS || (hide & PFG_HIDE_ZERO && v->u == 0) ||
                    (hide & PFG_HIDE_EMPTY && v->size == 0));
}

static inline void separate(struct line *l)
{
    char *to = pfg_out_room(l->out, 2);
    memcpy(to, l->between, 2); /* it has two characters, or one and its end */
    l->out->at = to + (l->any ? l->between_size : 0);
    l->any = true;
}

static void letters(struct line *l, const struct pfg_value *v)
{
    separate(l);
    pfg_out_string(l->out, "Flags [");
    if (!(v->u & v->field->flags_known))
        pfg_out_string(l->out, "none");
    for (const struct pfg_bit *bit = v->field->row->flags; bit->name; bit++)
        if (v->u & bit->mask)
            pfg_out_char(l->out, bit->letter);
    pfg_out_char(l->out, ']');
}

static void line_values(struct line *l, const struct pfg_value *v, const struct pfg_value *end);

static void line_container(struct line *l, const struct pfg_value *v)
{
    struct line inside = { l->out, l->pdu, " ", 1, false, true };
    const struct pfg_value *end = v + 1 + v->u;

    if (v->field->row->kind == PFG_GROUP) {
        line_values(l, v + 1, end);
        return;
    }
    separate(l);
    pfg_out_ready(l->out, v->field->label, v->field->label_size);
    pfg_out_char(l->out, '[');
    for (const struct pfg_value *e = v + 1; e < end; e += 1 + e->u) {
        if (e > v + 1)
            pfg_out_string(l->out, ", ");
        inside.any = false;
        line_values(&inside, e + 1, e + 1 + e->u);
    }
    pfg_out_char(l->out, ']');
}

/* "request", "reply" or "error", once, behind what comes first. */
static void direction(struct line *l)
{
    if (l->directed || !l->pdu->proto->reply.field)
        return;
    l->directed = true;
    separate(l);
    pfg_out_string(l->out, pfg_direction_name(l->pdu->is_error ? 2 : l->pdu->is_reply));
}

/* The bits of flags that "reply" and "error" have said already. */
static uint64_t told_by_direction(const struct pfg_proto *proto, const struct pfg_field *flags)
{
    uint64_t mask = proto->reply.field == flags && proto->reply.any ? proto->reply.mask : 0;
    return proto->error.field == flags && proto->error.any ? mask | proto->error.mask : mask;
}

/* The flags that "reply" and "error" have not told, in brackets. */
static void line_flags(struct line *l, const struct pfg_value *v)
{
    uint64_t left = v->u & v->field->flags_known & ~told_by_direction(l->pdu->proto, v->field);
    if (!left)
        return;
    separate(l);
    pfg_out_char(l->out, '[');
    pfg_flags_text(l->out, v->field, left);
    pfg_out_char(l->out, ']');
}

static void line_value(struct line *l, const struct pfg_value *v)
{
    const struct pfg_field *field = v->field;
    enum pfg_kind kind = field->row->kind;

    if (!field->row->bare || kind == PFG_FLAGS)
        direction(l);
    if (kind == PFG_FLAGS && field->row->bare) {
        line_flags(l, v);
        return;
    }
    separate(l);
    if (!field->row->bare)
        pfg_out_ready(l->out, field->label, field->label_size);
    if (field->names && kind != PFG_RDATA && kind != PFG_FLAGS &&
        pfg_out_value_name(l->out, field, v->u))
        return;
    pfg_label_text(l->out, l->pdu, v, LINE_BYTES_MAX);
}

static void line_values(struct line *l, const struct pfg_value *v, const struct pfg_value *end)
{
    while (v < end) {
        enum pfg_kind kind = v->field->row->kind;
        bool holds = kind == PFG_GROUP || kind == PFG_ARRAY;
        if (!is_hidden(v)) {
            if (kind == PFG_ARRAY)
                direction(l);
            if (holds)
                line_container(l, v);
            else
                line_value(l, v);
        }
        v += 1 + (holds ? v->u : 0);
    }
}

void pfg_line_problems(struct pfg_out *out, uint32_t problems)
{
    for (unsigned i = 0; problems && i < PFG_PROBLEM_COUNT; i++) {
        if (!(problems & 1u << i))
            continue;
        pfg_out_string(out, " !");
        pfg_out_string(out, pfg_problem_name((enum pfg_problem)i));
    }
}

void pfg_line_pdu(struct pfg_out *out, const struct pfg_decode *decode, const struct pfg_pdu *pdu)
{
    const struct pfg_value *first = decode->values + pdu->first, *end = first + pdu->count;
    bool network = pdu->proto->def->network;
    struct line l = { out, pdu, network ? ", " : " ", network ? 2 : 1, false, false };
    bool lettered = false;

    for (const struct pfg_value *v = first; v < end && network; v++) {
        if (v->field->row->kind != PFG_FLAGS || !v->field->row->flags[0].letter)
            continue;
        letters(&l, v);
        lettered = true;
        break;
    }
    if (!lettered) {
        pfg_out_string(out, pdu->proto->def->name);
        l.any = true;
    }
    line_values(&l, first, end);
    direction(&l);
    pfg_line_problems(out, pdu->problems);
}

/* ---- A tree ---- */

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
