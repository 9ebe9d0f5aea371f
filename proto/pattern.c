/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Patterns: keeping and finding them, and those of arrays. Those of messages are pattern_message.c.
 */
#include "proto/pattern.h"

#include "proto/plan.h"
#include "proto/raw.h"

/* So many patterns of each size are kept; and one in so many that are met for the first time is, so
 * that those who never come again cost little. */
enum { WAYS = 4, LEARN = 16 };

/* Those of some sizes, the one met last first. */
struct patterns {
    uint32_t missed;
    struct pfg_pattern *way[WAYS], room[WAYS];
};
static _Thread_local struct patterns patterns[PFG_PATTERN_MOST / 4 + 1];

/* The pattern that the last pdu of pfg_decode_patterned has: it stays as it is. */
static _Thread_local const struct pfg_pattern *lent;

static struct patterns *of_size(uint32_t size)
{
    struct patterns *p = &patterns[size / 4];

    for (uint32_t i = 0; !p->way[WAYS - 1] && i < WAYS; i++)
        p->way[i] = &p->room[i];
    return p;
}

/* ---- Finding ----------------------------------------------------------------------------- */

static inline bool matches(const struct pfg_pattern *p, const void *of, enum pfg_view view,
                           uint32_t size, const uint8_t *bytes, const uint8_t *head,
                           uint32_t head_size)
{
    uint32_t last = p->words - 1;
    uint64_t wrong;

    if (p->of != of || p->size != size || p->view != view)
        return false;
    wrong = (pfg_get_be64(bytes + size - PFG_WORD) & p->must[last]) ^ p->expect[last];
    for (uint32_t i = 0; i < last; i++)
        wrong |= (pfg_get_be64(bytes + i * PFG_WORD) & p->must[i]) ^ p->expect[i];
    if (head) {
        wrong |= (pfg_get_be64(head) & p->head_must[0]) ^ p->head_expect[0];
        wrong |= (pfg_get_be64(head + head_size - PFG_WORD) & p->head_must[1]) ^ p->head_expect[1];
    }
    return wrong == 0;
}

const struct pfg_pattern *pfg_pattern_find(const void *of, enum pfg_view view, uint32_t size,
                                           const uint8_t *bytes, const uint8_t *head,
                                           uint32_t head_size)
{
    if (size < PFG_PATTERN_LEAST || size > PFG_PATTERN_MOST)
        return NULL;
    struct patterns *p = of_size(size);
    struct pfg_pattern *found = p->way[0];
    if (matches(found, of, view, size, bytes, head, head_size))
        return found;
    for (uint32_t i = 1; i < WAYS; i++) {
        found = p->way[i];
        if (!matches(found, of, view, size, bytes, head, head_size))
            continue;
        memmove(p->way + 1, p->way, i * sizeof p->way[0]);
        p->way[0] = found;
        return found;
    }
    return NULL;
}

/* ---- Learning ---------------------------------------------------------------------------- */

struct pfg_pattern *pfg_pattern_new(uint32_t size)
{
    static _Thread_local uint32_t serial;
    if (size < PFG_PATTERN_LEAST || size > PFG_PATTERN_MOST)
        return NULL;
    struct patterns *p = of_size(size);
    struct pfg_pattern *new = p->way[p->way[WAYS - 1] == lent ? WAYS - 2 : WAYS - 1];
    if (p->missed++ % LEARN)
        return NULL;
    *new = (struct pfg_pattern){ .size = size,
                                 .words = (size + PFG_WORD - 1) / PFG_WORD,
                                 .serial = ++serial };
    return new;
}

uint64_t pfg_pattern_steering(const struct pfg_field *field, uint64_t mask)
{
    switch (field->row->kind) {
    case PFG_LENGTH:
    case PFG_CONST:
    case PFG_RESERVED:
        return mask;
    case PFG_FLAGS:
        return mask & ~field->flags_known;
    default:
        return field->steers || field->row->closed ? mask : 0;
    }
}

void pfg_pattern_must(struct pfg_pattern *p, const uint8_t *bytes, uint32_t at, uint32_t size,
                      uint64_t bits)
{
    for (uint32_t i = 0; i < p->words; i++) {
        uint32_t word = i + 1 == p->words ? p->size - PFG_WORD : i * PFG_WORD;
        for (uint32_t k = 0; k < size; k++) { /* byte by byte, the last one lowest in bits */
            uint32_t byte = at + size - 1 - k;
            if (byte < word || byte >= word + PFG_WORD)
                continue;
            p->must[i] |= (bits >> 8 * k & 255) << 8 * (PFG_WORD - 1 - (byte - word));
        }
        p->expect[i] = pfg_get_be64(bytes + word) & p->must[i];
    }
}

bool pfg_pattern_form(struct pfg_pattern *p, const struct pfg_value *v, const uint8_t *bytes,
                      uint32_t at)
{
    const struct pfg_field *field = v->field;
    enum pfg_kind kind = field->row->kind;

    if (p->count == PFG_PATTERN_VALUES)
        return false;
    struct pfg_form *form = &p->forms[p->count++];
    *form = (struct pfg_form){ .field = field, .offset = (uint8_t)at, .size = (uint8_t)v->size };
    if (kind == PFG_GROUP || kind == PFG_ARRAY) {
        form->fixed = (uint32_t)v->u;
        return true;
    }
    if (!pfg_raw_is_integer(kind) && kind != PFG_IPV4)
        return kind == PFG_BYTES || kind == PFG_DATA || kind == PFG_IPV6 || kind == PFG_MAC;
    if (kind == PFG_INT || v->size == 0 || v->size > PFG_WORD || field->row->order == PFG_LITTLE)
        return false;
    form->shift = field->row->bits ? field->bits_shift : 0;
    form->mask = field->row->bits ? field->bits_mask : UINT64_MAX >> (64 - 8 * v->size);
    form->scale = field->scale;
    uint64_t bits = pfg_pattern_steering(field, form->mask);
    if (bits)
        pfg_pattern_must(p, bytes, at, v->size, bits << form->shift);
    return true;
}

/* ---- Which arrays ------------------------------------------------------------------------ */

static bool is_still(const struct pfg_op *op);

static bool all_still(const struct pfg_op *choose)
{
    for (uint32_t i = 0; i <= choose->names->count; i++)
        if (choose->plans[i].ops && !is_still(choose->plans[i].ops))
            return false;
    return true;
}

/* Whether in a plan nothing but numbers decides what stands where, and what is wrong. */
static bool is_still(const struct pfg_op *op)
{
    for (; op->kind > PFG_OP_LAST; op++) {
        switch ((enum pfg_op_kind)op->kind) {
        case PFG_OP_RUN:
        case PFG_OP_SIZED:
            break;
        case PFG_OP_REST:
            if (op->field->row->kind == PFG_STRING)
                return false;
            break;
        case PFG_OP_ARRAY:
            if (!is_still(op->field->inside.fields->inside.plan.ops))
                return false;
            break;
        case PFG_OP_AHEAD:
        case PFG_OP_CHOOSE:
            return all_still(op);
        default:
            return false;
        }
    }
    return true;
}

bool pfg_pattern_may(const struct pfg_field *array)
{
    const struct pfg_op *ops = array->inside.fields->inside.plan.ops;
    return ops && array->by < 0 && !array->row->leave && is_still(ops);
}

void pfg_pattern_learn(const struct pfg_walk *w, uint32_t at)
{
    const struct pfg_value *array = &w->decode->values[at];
    struct pfg_pattern *new = pfg_pattern_new(array->size);

    if (!new)
        return;
    for (const struct pfg_value *v = array; v <= array + array->u; v++)
        if (!pfg_pattern_form(new, v, w->base + array->offset, v->offset - array->offset))
            return;
    new->of = array->field;
}

/* Appends the values of the array at pos, which is of a pattern. */
static inline void read_forms(struct pfg_decode *decode, const struct pfg_pattern *p,
                              const uint8_t *base, uint32_t pos)
{
    pfg_pattern_put(decode->values + decode->count, p->forms, p->forms + p->count, base, pos);
    decode->count += p->count;
}

/* The pattern of the array of size bytes at pos; NULL: there is none. Numbers are read with the
 * bytes before them. */
static inline const struct pfg_pattern *pattern_of(const struct pfg_field *array,
                                                   const uint8_t *base, uint32_t pos, uint32_t size)
{
    return pos < PFG_WORD ? NULL : pfg_pattern_find(array, PFG_VIEW_ALL, size, base + pos, NULL, 0);
}

bool pfg_pattern_read(struct pfg_walk *w, const struct pfg_field *array)
{
    const struct pfg_pattern *p = pattern_of(array, w->base, w->pos, w->limit - w->pos);

    if (!p || w->room - w->decode->count < p->count)
        return false;
    read_forms(w->decode, p, w->base, w->pos);
    w->pos = w->limit;
    return true;
}

struct pfg_pdu *pfg_decode_patterned(struct pfg_decode *decode, const struct pfg_proto *proto,
                                     const uint8_t *bytes, uint32_t size, bool spare)
{
    const struct pfg_run *head = proto->table.fields->run;
    const struct pfg_field *array = &proto->table.fields[head->count];
    const struct pfg_pattern *p = proto->table.count == head->count + 1u && array->patterned
                                      ? pattern_of(array, bytes, head->size, size - head->size)
                                      : NULL;
    struct pfg_pdu *pdu = p ? pfg_decode_head(decode, proto, bytes, size, spare) : NULL;
    if (pdu)
        pdu->pattern = lent = p;
    return pdu;
}
