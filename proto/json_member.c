/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Objects of JSON and their members: the common kinds at once, small ones from the cache, the
 * others by their kind; from values, and from rows that stand in no list. */
#include "proto/cache.h"
#include "proto/json_inside.h"
#include "proto/render.h"
#include "proto/run.h"
#include "proto/scratch.h"

/* A member that is put down in one piece: its key, and a number, an address or what the cache
 * holds. */
enum { MEMBER_ROOM = PFG_TEXT_MAX + PFG_CACHE_TEXT + 64 };

/* A member that may take any room. Returns how many values it is. */
static uint64_t put_large(struct pfg_object *o, const struct pfg_value *v)
{
    enum pfg_kind kind = v->field->row->kind;

    pfg_json_key(o, v->field);
    pfg_json_value(o, v);
    return 1 + (kind == PFG_GROUP || kind == PFG_ARRAY ? v->u : 0);
}

/* A member with MEMBER_ROOM at to, behind lead. Returns its end; NULL: it is another kind of value.
 */
static inline __attribute__((always_inline)) char *
put_member(char *to, char lead, const struct pfg_field *field, uint64_t u, const uint8_t *bytes)
{
    const struct pfg_cached *cached;

    switch ((enum pfg_json)field->json) {
    case PFG_JSON_NUMBER:
        to = pfg_json_key_at(to, field->key, field->key_size, lead);
        if (u >= 10)
            return pfg_put_uint(to, u);
        *to = (char)('0' + u);
        return to + 1;
    case PFG_JSON_BOOLEAN:
        to = pfg_json_key_at(to, field->key, field->key_size, lead);
        memcpy(to, u ? "true" : "false", 5);
        return to + (u ? 4 : 5);
    case PFG_JSON_REPEATED:
        cached = pfg_cache_find(field, field->id, u);
        if (!cached)
            return NULL;
        return pfg_json_key_at(to, cached->text, cached->size, lead);
    case PFG_JSON_IPV4:
        to = pfg_json_key_at(to, field->key, field->key_size, lead);
        *to = '"';
        to = pfg_put_ipv4(to + 1, (uint32_t)u);
        *to = '"';
        return to + 1;
    case PFG_JSON_IPV6:
        to = pfg_json_key_at(to, field->key, field->key_size, lead);
        *to = '"';
        to = pfg_put_ipv6(to + 1, bytes);
        *to = '"';
        return to + 1;
    case PFG_JSON_MAC:
        to = pfg_json_key_at(to, field->key, field->key_size, lead);
        *to = '"';
        to = pfg_put_mac(to + 1, bytes);
        *to = '"';
        return to + 1;
    case PFG_JSON_NOT_ZERO:
    case PFG_JSON_KIND:
        return NULL;
    }
    __builtin_unreachable(); /* field->json is none but these: compile_show.c */
}

/* Writes members that were written to the scratch, and keeps them. */
static void put_kept(struct pfg_object *o, const void *of, uint32_t id, uint64_t u,
                     const struct pfg_out *text)
{
    size_t size = (size_t)(text->at - text->start);

    if (text->error || size == 0)
        return;
    pfg_cache_keep(of, id, u, text->start, size);
    *text->start = o->lead;
    pfg_out_bytes(o->out, text->start, size);
    o->lead = ',';
}

/* What put_member leaves, with all that is inside it. Returns how many values that is. */
static uint64_t put_other(struct pfg_object *o, const struct pfg_value *v)
{
    const struct pfg_field *field = v->field;
    if (field->json == PFG_JSON_REPEATED) {
        struct pfg_object members = { pfg_scratch(), o->decode, o->pdu, ',' };
        pfg_json_repeated(&members, field, v->u);
        put_kept(o, field, field->id, v->u, members.out);
    } else if (field->json != PFG_JSON_NOT_ZERO || v->u != 0) {
        return put_large(o, v);
    }
    return 1;
}

void pfg_json_values(struct pfg_object *o, const struct pfg_value *v, const struct pfg_value *end)
{
    while (v < end) {
        char *to = put_member(pfg_out_room(o->out, MEMBER_ROOM), o->lead, v->field, v->u,
                              pfg_value_bytes(o->pdu, v));
        if (!to) {
            v += put_other(o, v);
            continue;
        }
        o->out->at = to;
        o->lead = ',';
        v++;
    }
}

/* A value of a part of several rows. */
static void put_small(struct pfg_object *o, const struct pfg_field *field, uint64_t u)
{
    char *to = field->json == PFG_JSON_REPEATED
                   ? NULL
                   : put_member(pfg_out_room(o->out, MEMBER_ROOM), o->lead, field, u, o->pdu->base);
    if (to) {
        o->out->at = to;
        o->lead = ',';
    } else if (field->json == PFG_JSON_REPEATED) {
        pfg_json_repeated(o, field, u);
    } else if (u) { /* PFG_JSON_NOT_ZERO */
        pfg_json_key(o, field);
        pfg_out_uint(o->out, u);
    }
}

/* A part of several rows, of which nothing is known. */
static void put_unknown_part(struct pfg_object *o, const struct pfg_part *part, uint64_t raw)
{
    const struct pfg_step *step = o->pdu->head->steps + part->first;
    struct pfg_object members = { pfg_scratch(), o->decode, o->pdu, ',' };

    for (const struct pfg_step *end = step + part->count; step < end; step++)
        put_small(&members, step->field, pfg_step_raw(step, o->pdu->base, true) * step->scale);
    put_kept(o, part, part->id, raw, members.out);
}

/* A row that stands in no list: its number is u, its bytes are size at at. */
static inline __attribute__((always_inline)) void
put_row(struct pfg_object *o, const struct pfg_field *field, uint64_t u, uint32_t at, uint32_t size)
{
    char *to = put_member(pfg_out_room(o->out, MEMBER_ROOM), o->lead, field, u, o->pdu->base + at);
    if (!to) {
        const struct pfg_value v = { field, u, at, size };
        put_other(o, &v);
        return;
    }
    o->out->at = to;
    o->lead = ',';
}

static void put_parts(struct pfg_object *o, const struct pfg_run *run)
{
    const struct pfg_part *part = run->parts, *end = part + run->part_count;
    const struct pfg_cached *cached;

    for (; part < end; part++) {
        uint64_t raw = pfg_get_be64(o->pdu->base + part->at) >> part->shift & part->mask;
        if (part->field) {
            put_row(o, part->field, part->derived ? o->pdu->head_derived : raw * part->scale,
                    part->at, part->size);
            continue;
        }
        cached = pfg_cache_find(part, part->id, raw);
        if (!cached) {
            put_unknown_part(o, part, raw);
            continue;
        }
        char *to = pfg_out_room(o->out, MEMBER_ROOM);
        o->out->at = pfg_json_key_at(to, cached->text, cached->size, o->lead);
        o->lead = ',';
    }
}

/* The same where fewer than eight bytes stand behind them. */
static void put_steps(struct pfg_object *o, const struct pfg_run *run)
{
    for (unsigned i = 0; i < run->count; i++) {
        const struct pfg_step *step = &run->steps[i];
        uint64_t raw = pfg_step_raw(step, o->pdu->base, false);
        put_row(o, step->field, i == run->derived ? o->pdu->head_derived : raw * step->scale,
                step->at, step->size);
    }
}

static void put_head(struct pfg_object *o)
{
    if (o->pdu->head_spare)
        put_parts(o, o->pdu->head);
    else
        put_steps(o, o->pdu->head);
}

/* What pairing found: under the plugin's names; the time in seconds, as there. */
static void put_pairing(struct pfg_object *o)
{
    if (o->pdu->response_to == PFG_NO_RESPONSE)
        return;
    pfg_out_string(o->out, ",\"response_to\":");
    pfg_out_uint(o->out, o->pdu->response_to);
    pfg_out_string(o->out, ",\"response_time\":");
    pfg_out_uint(o->out, o->pdu->response_ns / 1000000000);
    pfg_out_char(o->out, '.');
    pfg_out_digits(o->out, o->pdu->response_ns % 1000000000, 9);
}

static void put_problems(struct pfg_object *o)
{
    bool any = false;
    if (!o->pdu->problems)
        return;
    pfg_out_string(o->out, o->lead == ',' ? ",\"problems\":[" : "{\"problems\":[");
    o->lead = ',';
    for (unsigned i = 0; i < PFG_PROBLEM_COUNT; i++) {
        if (!(o->pdu->problems & 1u << i))
            continue;
        pfg_out_string(o->out, any ? ",\"" : "\"");
        pfg_out_string(o->out, pfg_problem_name((enum pfg_problem)i));
        pfg_out_char(o->out, '"');
        any = true;
    }
    pfg_out_char(o->out, ']');
}

void pfg_json_pdu(struct pfg_out *out, const struct pfg_decode *decode, const struct pfg_pdu *pdu)
{
    struct pfg_object o = { out, decode, pdu, '{' };
    const struct pfg_value *first = decode->values + pdu->first;

    if (pdu->head)
        put_head(&o);
    if (pdu->count) /* often there is a head alone */
        pfg_json_values(&o, first, first + pdu->count);
    put_problems(&o);
    put_pairing(&o);
    pfg_json_end(&o);
}
