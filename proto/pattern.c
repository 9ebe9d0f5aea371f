/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Patterns of arrays. */
#include "proto/pattern.h"

#include "proto/cursor.h"
#include "proto/plan.h"
#include "proto/raw.h"

/* Arrays of LEAST to MOST bytes, a number of patterns for each size; one in so many arrays without
 * pattern is learnt, so that those who never come again cost little. */
enum { LEAST = 8, MOST = 64, WORD = 8, VALUES = 40, WAYS = 4, LEARN = 4 };

/* A value: ((eight bytes that end where it ends) >> shift & mask) * scale + fixed. */
struct form {
    const struct pfg_field *field;
    uint64_t mask;
    uint32_t scale, fixed;
    uint8_t offset, size, shift; /* bytes from the array's beginning; bytes; bits */
};

/* must: bits that are as in expect. The last of the words is the last eight bytes. */
struct pattern {
    const struct pfg_field *array; /* NULL none */
    uint32_t size, words, count;
    uint64_t must[MOST / WORD], expect[MOST / WORD];
    struct form forms[VALUES];
};

/* Those of one size in bytes, the one met last first. */
struct patterns {
    uint32_t missed;
    struct pattern *way[WAYS], room[WAYS];
};
static _Thread_local struct patterns patterns[MOST / 4 + 1];

static struct patterns *of_size(uint32_t size)
{
    struct patterns *p = &patterns[size / 4];

    for (uint32_t i = 0; !p->way[0] && i < WAYS; i++)
        p->way[WAYS - 1 - i] = &p->room[i];
    return p;
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

/* ---- Learning ---------------------------------------------------------------------------- */

/* The bits of a number that must be the same again; mask: all of its bits. */
static uint64_t steering_bits(const struct pfg_field *field, uint64_t mask)
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

/* The bits of bytes [at, at + size) of an array must be as they are. */
static void add_must(struct pattern *p, const uint8_t *bytes, uint32_t at, uint32_t size,
                     uint64_t bits)
{
    for (uint32_t i = 0; i < p->words; i++) {
        uint32_t word = i + 1 == p->words ? p->size - WORD : i * WORD;
        for (uint32_t k = 0; k < size; k++) { /* byte by byte, the last one lowest in bits */
            uint32_t byte = at + size - 1 - k;
            if (byte < word || byte >= word + WORD)
                continue;
            p->must[i] |= (bits >> 8 * k & 255) << 8 * (WORD - 1 - (byte - word));
        }
        p->expect[i] = pfg_get_be64(bytes + word) & p->must[i];
    }
}

/* One value of the array. False: it cannot be made of a few bytes. */
static bool add_form(struct pattern *p, const struct pfg_value *array, const struct pfg_value *v,
                     const uint8_t *bytes)
{
    const struct pfg_field *field = v->field;
    enum pfg_kind kind = field->row->kind;
    struct form *form = &p->forms[p->count++];

    *form = (struct form){ .field = field,
                           .offset = (uint8_t)(v->offset - array->offset),
                           .size = (uint8_t)v->size };
    if (kind == PFG_GROUP || kind == PFG_ARRAY) {
        form->fixed = (uint32_t)v->u;
        return true;
    }
    if (!pfg_raw_is_integer(kind) && kind != PFG_IPV4)
        return kind == PFG_BYTES || kind == PFG_DATA || kind == PFG_IPV6 || kind == PFG_MAC;
    if (kind == PFG_INT || v->size == 0 || v->size > WORD || field->row->order == PFG_LITTLE)
        return false;
    form->shift = field->row->bits ? field->bits_shift : 0;
    form->mask = field->row->bits ? field->bits_mask : UINT64_MAX >> (64 - 8 * v->size);
    form->scale = field->scale;
    uint64_t bits = steering_bits(field, form->mask);
    if (bits)
        add_must(p, bytes, form->offset, v->size, bits << form->shift);
    return true;
}

void pfg_pattern_learn(const struct pfg_walk *w, uint32_t at)
{
    const struct pfg_value *array = &w->decode->values[at];
    struct patterns *p;
    struct pattern *new;

    if (array->size < LEAST || array->size > MOST || array->u + 1 > VALUES)
        return;
    p = of_size(array->size);
    if (p->missed++ % LEARN)
        return;
    new = p->way[WAYS - 1];
    *new = (struct pattern){ .size = array->size, .words = (array->size + WORD - 1) / WORD };
    for (const struct pfg_value *v = array; v <= array + array->u; v++)
        if (!add_form(new, array, v, w->base + array->offset))
            return;
    new->array = array->field;
}

/* ---- Reading ----------------------------------------------------------------------------- */

static inline bool matches(const struct pattern *p, const struct pfg_field *array, uint32_t size,
                           const uint8_t *bytes)
{
    uint32_t last = p->words - 1;
    uint64_t wrong;

    if (p->array != array || p->size != size)
        return false;
    wrong = (pfg_get_be64(bytes + size - WORD) & p->must[last]) ^ p->expect[last];
    for (uint32_t i = 0; i < last; i++)
        wrong |= (pfg_get_be64(bytes + i * WORD) & p->must[i]) ^ p->expect[i];
    return wrong == 0;
}

static inline const struct pattern *find(const struct pfg_field *array, uint32_t size,
                                         const uint8_t *bytes)
{
    struct patterns *p = of_size(size);
    struct pattern *found = p->way[0];

    if (matches(found, array, size, bytes))
        return found;
    for (uint32_t i = 1; i < WAYS; i++) {
        found = p->way[i];
        if (!matches(found, array, size, bytes))
            continue;
        memmove(p->way + 1, p->way, i * sizeof p->way[0]);
        p->way[0] = found;
        return found;
    }
    return NULL;
}

/* Appends the values of the array at pos, which is of a pattern. */
static inline void read_forms(struct pfg_decode *decode, const struct pattern *p,
                              const uint8_t *base, uint32_t pos)
{
    const uint8_t *before = base + pos - WORD; /* numbers are read with the bytes before them */
    struct pfg_value *v = decode->values + decode->count;

    for (const struct form *form = p->forms, *end = form + p->count; form < end; form++, v++) {
        v->field = form->field;
        v->u = (pfg_get_be64(before + form->offset + form->size) >> form->shift & form->mask) *
                   form->scale +
               form->fixed;
        v->offset = pos + form->offset;
        v->size = form->size;
    }
    decode->count += p->count;
}

/* The pattern of the array of size bytes at pos; NULL: there is none. */
static inline const struct pattern *pattern_of(const struct pfg_field *array, const uint8_t *base,
                                               uint32_t pos, uint32_t size)
{
    return size < LEAST || size > MOST || pos < WORD ? NULL : find(array, size, base + pos);
}

bool pfg_pattern_read(struct pfg_walk *w, const struct pfg_field *array)
{
    const struct pattern *p = pattern_of(array, w->base, w->pos, w->limit - w->pos);

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
    const struct pattern *p = proto->table.count == head->count + 1u && array->patterned
                                  ? pattern_of(array, bytes, head->size, size - head->size)
                                  : NULL;

    if (!p || decode->room - decode->count < p->count)
        return NULL;
    struct pfg_pdu *pdu = pfg_decode_head(decode, proto, bytes, size, spare);
    if (!pdu)
        return NULL;
    read_forms(decode, p, bytes, head->size);
    pdu->count = p->count;
    return pdu;
}
