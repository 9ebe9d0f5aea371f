/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Patterns of messages: of what stands behind their first name. */
#include "proto/pattern.h"
#include "proto/plan.h"
#include "proto/raw.h"
#include "proto/rdata.h"

/* A message that is learnt. */
struct learning {
    struct pfg_pattern *p;
    const struct pfg_walk *w;
    uint32_t name, rest; /* bytes of the name; where the pattern's bytes begin: behind it */
};

static const uint8_t *bytes_of(const struct learning *l)
{
    return l->w->base + l->rest;
}

static void must_at(struct learning *l, uint32_t at, uint32_t size)
{
    pfg_pattern_must(l->p, bytes_of(l), at - l->rest, size, UINT64_MAX);
}

/* A name that is the root, or points to the known one's beginning, so that it is right and as long
 * wherever that is. Returns its size; 0: it is another. */
static uint32_t short_name(struct learning *l, uint32_t at, uint32_t left)
{
    const uint8_t *name = l->w->base + at;
    uint32_t size = left >= 1 && name[0] == 0                                      ? 1
                    : left >= 2 && pfg_get_be16(name) == (0xc000 | l->w->known.at) ? 2
                                                                                   : 0;
    if (size)
        must_at(l, at, size);
    return size;
}

/* ---- Record data ------------------------------------------------------------------------- */

/* What decides that data fit a plain plan. *at goes behind them. */
static bool learn_plain(struct learning *l, const struct pfg_op *op, uint32_t *at, uint32_t end)
{
    for (; op->kind != PFG_OP_END; op++) {
        uint32_t size = end - *at;
        if (op->kind == PFG_OP_NAME) {
            size = short_name(l, *at, size);
            if (!size)
                return false;
        } else if (op->kind == PFG_OP_RUN) {
            size = op->run->size;
        } else {
            enum pfg_display display = op->field->row->display;
            if (display == PFG_TYPE_BITMAP || display == PFG_SVC_PARAMS || display == PFG_BASE32HEX)
                return false;
            if (op->kind == PFG_OP_PREFIXED) {
                must_at(l, *at, op->field->row->prefix);
                size = op->field->row->prefix + pfg_rdata_extent(op->field, l->w->base + *at, size);
            }
        }
        *at += size;
    }
    return true;
}

static bool learn_rdata(struct learning *l, const struct pfg_value *v)
{
    const struct pfg_table *table = pfg_rdata_table(v->field, v->u, v->size);
    const struct pfg_field *first = table ? table->fields : NULL;
    uint32_t at = v->offset, end = v->offset + v->size;

    if (!table)
        return true;
    if (table->plan.plain)
        return learn_plain(l, table->plan.ops, &at, end);
    if (table->count != 1 || first->row->kind != PFG_ARRAY ||
        !first->inside.fields->inside.plan.plain)
        return false;
    while (at < end)
        if (!learn_plain(l, first->inside.fields->inside.plan.ops, &at, end))
            return false;
    return true;
}

/* ---- Values ------------------------------------------------------------------------------ */

/* A value that is one for all messages of the pattern. */
static bool add_fixed(struct learning *l, const struct pfg_value *v)
{
    struct pfg_pattern *p = l->p;

    if (p->count == PFG_PATTERN_VALUES || v->u > UINT32_MAX)
        return false;
    p->forms[p->count++] = (struct pfg_form){ .field = v->field,
                                              .fixed = (uint32_t)v->u,
                                              .offset = (uint8_t)(v->offset - l->rest),
                                              .size = (uint8_t)v->size };
    return true;
}

/* A value that begins where the name does: the name, and what is around it. Its form's size leaves
 * out the name's. */
static bool add_named(struct learning *l, const struct pfg_value *v)
{
    struct pfg_value behind = { v->field, v->u, l->rest, v->size - l->name };

    if (behind.size > l->p->size || l->p->named != l->p->count || !add_fixed(l, &behind))
        return false;
    l->p->named++;
    return true;
}

/* Bits of a number. Those that are joined with others of the message are the same again. */
static bool add_part(struct learning *l, const struct pfg_value *v)
{
    struct pfg_pattern *p = l->p;
    struct pfg_form *form = &p->forms[p->count];

    if (!add_fixed(l, v))
        return false;
    form->fixed = 0;
    form->scale = 1;
    form->shift = v->field->bits_shift % 8;
    form->mask = v->field->bits_mask;
    if (v->field->steers)
        pfg_pattern_must(p, bytes_of(l), v->offset - l->rest, v->size, form->mask << form->shift);
    return true;
}

static bool add_value(struct learning *l, const struct pfg_value *v)
{
    if (v->offset < l->rest)
        return add_named(l, v);
    switch (v->field->row->kind) {
    case PFG_NAME:
        return short_name(l, v->offset, v->size) == v->size && add_fixed(l, v);
    case PFG_RDATA:
        return learn_rdata(l, v) && add_fixed(l, v);
    case PFG_DERIVED: /* where a name points to, or bits of a number */
        if (v->field->row->derive == PFG_DERIVE_PART)
            return add_part(l, v);
        return v->field->row->derive == PFG_DERIVE_POINTER && add_fixed(l, v);
    default:
        return pfg_pattern_form(l->p, v, bytes_of(l), v->offset - l->rest);
    }
}

/* ---- What is looked at ------------------------------------------------------------------- */

static bool pairs(const struct pfg_proto *proto, const struct pfg_field *field)
{
    for (uint32_t i = 0; i < proto->pair_count; i++)
        if (proto->pair[i].request == field || proto->pair[i].reply == field)
            return true;
    return false;
}

/* Whether a value is left out; those with others inside are not. depth: of arrays around it. */
static bool is_unseen(const struct learning *l, const struct pfg_field *field, unsigned depth)
{
    if (l->p->view == PFG_VIEW_ALL || depth == 0 || pairs(l->w->proto, field))
        return false;
    return l->p->view == PFG_VIEW_PAIRS || field->line == PFG_LINE_NEVER;
}

/* Whether a number is left out that a line does not show where it is 0, as it is here: then it must
 * be so again. Its form is the last one. */
static bool stays_hidden(struct learning *l, const struct pfg_value *v, unsigned depth)
{
    struct pfg_pattern *p = l->p;
    const struct pfg_form *form = &p->forms[p->count - 1];

    if (p->view != PFG_VIEW_LINE || depth == 0 || v->u || !(v->field->hide & PFG_HIDE_ZERO) ||
        form->field != v->field || !form->mask || pairs(l->w->proto, v->field))
        return false;
    pfg_pattern_must(p, bytes_of(l), form->offset, form->size, form->mask << form->shift);
    return true;
}

/* Values and those inside them. Returns how many are seen; -1: the message cannot be learnt. */
static int add_values(struct learning *l, const struct pfg_value *v, const struct pfg_value *end,
                      unsigned depth)
{
    struct pfg_pattern *p = l->p;
    uint32_t first = p->count;

    for (const struct pfg_value *next; v < end; v = next) {
        enum pfg_kind kind = v->field->row->kind;
        bool holds = kind == PFG_GROUP || kind == PFG_ARRAY;
        uint32_t at = p->count, named = p->named;
        next = holds ? v + 1 + v->u : v + 1;
        if (!add_value(l, v))
            return -1;
        int inside = holds ? add_values(l, v + 1, next, depth + 1) : 0;
        if (inside < 0)
            return -1;
        p->forms[at].fixed = holds ? (uint32_t)inside : p->forms[at].fixed;
        if (stays_hidden(l, v, depth)) {
            p->count = at;
            continue;
        }
        if (holds ? p->view == PFG_VIEW_PAIRS && depth && !inside : is_unseen(l, v->field, depth)) {
            p->count = at; /* what must be so of it stays */
            p->named = named;
        }
    }
    return (int)(p->count - first);
}

/* The head's numbers that decide what stands behind it. False: one is not in its first or last
 * eight bytes. */
static bool learn_head(struct learning *l, const struct pfg_run *head)
{
    uint32_t last = head->size - PFG_WORD;

    for (uint32_t i = 0; i < head->count; i++) {
        const struct pfg_step *step = &head->steps[i];
        bool behind = step->at + step->size > PFG_WORD; /* the first eight bytes */
        uint32_t at = behind ? last : 0;
        uint64_t bits = pfg_pattern_steering(step->field, step->mask) << step->shift;
        if (bits && step->at < at)
            return false;
        l->p->head_must[behind] |= bits ? bits >> 8 * (step->at - at) : 0;
    }
    l->p->head_expect[0] = pfg_get_be64(l->w->base) & l->p->head_must[0];
    l->p->head_expect[1] = pfg_get_be64(l->w->base + last) & l->p->head_must[1];
    return true;
}

void pfg_pattern_learn_message(const struct pfg_walk *w, const struct pfg_run *head, uint32_t name,
                               const struct pfg_value *v, const struct pfg_value *end)
{
    uint32_t rest = head->size + name;
    struct learning l = { rest < w->size ? pfg_pattern_new(w->size - rest) : NULL, w, name, rest };

    if (!l.p || !learn_head(&l, head))
        return;
    l.p->view = w->decode->view;
    if (add_values(&l, v, end, 0) >= 0)
        l.p->of = w->proto;
}

/* ---- Reading ----------------------------------------------------------------------------- */

struct pfg_value *pfg_pattern_message(const struct pfg_walk *w, uint32_t head, uint32_t name,
                                      struct pfg_value *v)
{
    uint32_t rest = head + name;
    const struct pfg_pattern *p = rest < w->size
                                      ? pfg_pattern_find(w->proto, w->decode->view, w->size - rest,
                                                         w->base + rest, w->base, head)
                                      : NULL;

    if (!p || w->values_end - v < (ptrdiff_t)p->count)
        return NULL;
    const struct pfg_form *form = p->forms, *end = form + p->named;
    for (; form < end; form++)
        *v++ = (struct pfg_value){ form->field, form->fixed, head, form->size + name };
    return pfg_pattern_put(v, form, p->forms + p->count, w->base, rest);
}
