/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values to JSON (PROTOCOL.md, "The JSON form"). */
#include <string.h>

#include "proto/cursor.h"
#include "proto/dnsname.h"
#include "proto/fixed.h"
#include "proto/pack.h"
#include "proto/put.h"
#include "proto/rdata.h"
#include "proto/render.h"
#include "proto/render_inside.h"
#include "proto/run.h"
#include "proto/scratch.h"

/* MEMBER_ROOM: a member that is put down in one piece: its key, and a number, an address or what
 * the cache holds. */
enum {
    CACHE_PAIR_BITS = 8,
    CACHE_PAIRS = 1 << CACHE_PAIR_BITS,
    CACHE_TEXT = 256,
    MEMBER_ROOM = PFG_TEXT_MAX + CACHE_TEXT + 64
};

/* An object being written. Every member begins with lead: '{' the first one, ',' the others. */
struct object {
    struct pfg_out *out;
    const struct pfg_decode *decode;
    const struct pfg_pdu *pdu;
    char lead;
};

/* A key, which begins with a comma, at to, with what leads there. */
static inline char *put_key_at(char *to, const char *key, uint32_t size, char lead)
{
    char *end = pfg_put_ready(to, key, size);
    *to = lead;
    return end;
}

static inline void put_key(struct object *o, const struct pfg_field *field)
{
    char *to = pfg_out_room(o->out, field->key_size + (size_t)PFG_KEY_BLOCK);
    o->out->at = put_key_at(to, field->key, field->key_size, o->lead);
    o->lead = ',';
}

/* The end of an object, which may have had no members. */
static inline void end_object(struct object *o)
{
    if (o->lead == '{')
        pfg_out_char(o->out, '{');
    pfg_out_char(o->out, '}');
}

/* The key NAME_name, NAME_text, NAME_bits. */
static void put_companion(struct object *o, const struct pfg_field *field, const char *ending,
                          size_t size)
{
    pfg_out_bytes(o->out, field->key, field->key_size - 2);
    pfg_out_bytes(o->out, ending, size);
}
#define COMPANION(o, field, ending) put_companion(o, field, ending "\":", sizeof ending + 1)

static void put_string(struct object *o, const char *text, size_t size)
{
    pfg_out_char(o->out, '"');
    pfg_out_json(o->out, text, size);
    pfg_out_char(o->out, '"');
}

static void put_boolean(struct pfg_out *out, bool value)
{
    if (value)
        pfg_out_bytes(out, "true", 4);
    else
        pfg_out_bytes(out, "false", 5);
}

static void put_value_name(struct object *o, const struct pfg_field *field, uint64_t u)
{
    const char *name = field->names ? pfg_value_name(field, u) : NULL;
    if (!name)
        return;
    COMPANION(o, field, "_name");
    put_string(o, name, strlen(name));
}

static void put_flags(struct object *o, const struct pfg_field *field, uint64_t u)
{
    struct object bits = { o->out, o->decode, o->pdu, '{' };

    pfg_out_uint(o->out, u);
    COMPANION(o, field, "_bits");
    for (uint32_t i = 0; i < field->inside.count; i++) {
        const struct pfg_field *bit = &field->inside.fields[i];
        uint64_t value = u >> bit->bits_shift & bit->bits_mask;
        put_key(&bits, bit);
        if (bit->boolean) {
            put_boolean(o->out, value);
        } else {
            pfg_out_uint(o->out, value);
            put_value_name(&bits, bit, value);
        }
    }
    end_object(&bits);
}

static void put_named(struct object *o, const struct pfg_field *field, uint64_t u)
{
    pfg_out_uint(o->out, u);
    put_value_name(o, field, u);
}

/* Values with names come again and again (types, flags, ports): their members as they were written
 * last. Each value may stand in two places, so that two that meet in one do not drive each other
 * out. */
struct cached {
    const struct pfg_field *field;
    uint64_t u;
    uint32_t size;
    char text[CACHE_TEXT];
};

/* The first of a value's two places; the other one is behind it. */
static inline struct cached *cache_place(const struct pfg_field *field, uint64_t u)
{
    static _Thread_local struct cached cache[CACHE_PAIRS][2];
    uint64_t mixed = (u ^ (uint64_t)field->id << 48) * UINT64_C(0x9e3779b97f4a7c15);
    return cache[mixed >> (64 - CACHE_PAIR_BITS)];
}

static inline const struct cached *cache_find(const struct pfg_field *field, uint64_t u)
{
    const struct cached *place = cache_place(field, u);
    if (place->field == field && place->u == u)
        return place;
    place++;
    return place->field == field && place->u == u ? place : NULL;
}

/* Writes a value with its key, and keeps what it wrote. */
static void put_uncached(struct object *o, const struct pfg_field *field, uint64_t u)
{
    struct cached *cached = cache_place(field, u);
    /* Room for all of it: then it is in one piece when it is written. */
    size_t before = (size_t)(pfg_out_room(o->out, 4096) - o->out->start);

    put_key(o, field);
    if (field->row->kind == PFG_FLAGS)
        put_flags(o, field, u);
    else
        put_named(o, field, u);
    size_t size = (size_t)(o->out->at - o->out->start) - before;
    if (size > CACHE_TEXT || o->out->error)
        return;
    cached[1] = cached[0];
    cached->field = field;
    cached->u = u;
    cached->size = (uint32_t)size;
    memcpy(cached->text, o->out->start + before, size);
}

static void put_integer(struct object *o, const struct pfg_value *v)
{
    const struct pfg_field *field = v->field;
    uint64_t ns = 0;
    if (field->row->display == PFG_DATE &&
        (pfg_time_ns(field, v->u, &ns) || (v->u == 0 && field->row->unit != PFG_NTP))) {
        pfg_out_char(o->out, '"');
        pfg_out_time(o->out, ns);
        pfg_out_char(o->out, '"');
        return;
    }
    if (field->row->fraction_bits)
        pfg_out_fixed(o->out, v->u, field->row->kind == PFG_INT, field->row->fraction_bits);
    else if (field->row->kind == PFG_INT)
        pfg_out_int(o->out, (int64_t)v->u);
    else
        pfg_out_uint(o->out, v->u);
    if (field->names)
        put_value_name(o, field, v->u);
}

static void put_hex(struct pfg_out *out, const uint8_t *bytes, size_t size)
{
    pfg_out_char(out, '"');
    pfg_out_hex(out, bytes, size);
    pfg_out_char(out, '"');
}

static void put_data(struct object *o, const struct pfg_value *v)
{
    const uint8_t *bytes = pfg_value_bytes(o->pdu, v);
    put_hex(o->out, bytes, v->size);
    if (!pfg_utf8_valid(bytes, v->size))
        return;
    COMPANION(o, v->field, "_text");
    put_string(o, (const char *)bytes, v->size);
}

/* A name's text escapes with backslashes, which JSON escapes again; they are rare. */
static void put_name(struct object *o, const struct pfg_value *v)
{
    char *first = pfg_out_room(o->out, PFG_DNSNAME_TEXT_MAX + 2), *end;

    *first = '"';
    end = pfg_dnsname_put(first + 1, o->pdu->base, o->pdu->size, v->offset, false);
    size_t size = (size_t)(end - first - 1);
    if (memchr(first + 1, '\\', size)) {
        char copy[PFG_DNSNAME_TEXT_MAX];
        memcpy(copy, first + 1, size);
        put_string(o, copy, size);
        return;
    }
    *end = '"';
    o->out->at = end + 1;
}

static void put_rdata(struct object *o, const struct pfg_value *v)
{
    struct pfg_out *text = pfg_scratch();
    pfg_rdata_value(text, o->pdu, v);
    put_string(o, text->start, (size_t)(text->at - text->start));
}

static void put_packed(struct object *o, const struct pfg_value *v)
{
    const char *format = (const char *)o->pdu->base + (v->u >> 32);
    const uint8_t *bytes = pfg_value_bytes(o->pdu, v);
    struct pfg_pack pack;
    struct pfg_pack_item item;

    if (pfg_pack_check(format, (uint32_t)v->u, bytes, v->size) < 0) {
        put_hex(o->out, bytes, v->size);
        return;
    }
    pfg_pack_begin(&pack, format, (uint32_t)v->u);
    pfg_out_char(o->out, '[');
    for (bool any = false; pfg_pack_next(&pack, &item) > 0; any = true) {
        if (any)
            pfg_out_char(o->out, ',');
        pfg_pack_json(o->out, &item, bytes);
    }
    pfg_out_char(o->out, ']');
}

static void put_values(struct object *o, const struct pfg_value *v, const struct pfg_value *end);

static void put_object(struct object *o, const struct pfg_value *v)
{
    struct object inside = { o->out, o->decode, o->pdu, '{' };
    put_values(&inside, v + 1, v + 1 + v->u);
    end_object(&inside);
}

static void put_array(struct object *o, const struct pfg_value *v)
{
    const struct pfg_value *end = v + 1 + v->u;
    pfg_out_char(o->out, '[');
    for (const struct pfg_value *element = v + 1; element < end; element += 1 + element->u) {
        if (element > v + 1)
            pfg_out_char(o->out, ',');
        put_object(o, element);
    }
    pfg_out_char(o->out, ']');
}

static void put_value(struct object *o, const struct pfg_value *v)
{
    switch (v->field->row->kind) {
    case PFG_UINT:
    case PFG_INT:
    case PFG_TIME:
    case PFG_CONST:
    case PFG_RESERVED:
    case PFG_LENGTH:
    case PFG_CHECKSUM:
    case PFG_DERIVED:
        put_integer(o, v);
        break;
    case PFG_FLAGS:
        put_flags(o, v->field, v->u);
        break;
    case PFG_IPV6:
        pfg_out_char(o->out, '"');
        pfg_out_ipv6(o->out, pfg_value_bytes(o->pdu, v));
        pfg_out_char(o->out, '"');
        break;
    case PFG_BYTES:
    case PFG_MAGIC:
        put_hex(o->out, pfg_value_bytes(o->pdu, v), v->size);
        break;
    case PFG_DATA:
        put_data(o, v);
        break;
    case PFG_STRING:
        put_string(o, (const char *)pfg_value_bytes(o->pdu, v), v->size);
        break;
    case PFG_GROUP:
        put_object(o, v);
        break;
    case PFG_ARRAY:
        put_array(o, v);
        break;
    case PFG_PACKED:
        put_packed(o, v);
        break;
    case PFG_NAME:
        put_name(o, v);
        break;
    case PFG_RDATA:
        put_rdata(o, v);
        break;
    case PFG_IPV4: /* these are put_member's */
    case PFG_MAC:
    case PFG_BODY:
    case PFG_END:
    case PFG_KIND_COUNT:
        break;
    }
}

/* A member that may take any room. Returns how many values it is. */
static uint64_t put_large(struct object *o, const struct pfg_value *v)
{
    enum pfg_kind kind = v->field->row->kind;

    put_key(o, v->field);
    put_value(o, v);
    return 1 + (kind == PFG_GROUP || kind == PFG_ARRAY ? v->u : 0);
}

/* A member with MEMBER_ROOM at to, behind lead. Returns its end; NULL: it is another kind of value.
 */
static inline __attribute__((always_inline)) char *
put_member(char *to, char lead, const struct pfg_field *field, uint64_t u, const uint8_t *bytes)
{
    const struct cached *cached;

    switch ((enum pfg_json)field->json) {
    case PFG_JSON_NUMBER:
        to = put_key_at(to, field->key, field->key_size, lead);
        if (u >= 10)
            return pfg_put_uint(to, u);
        *to = (char)('0' + u);
        return to + 1;
    case PFG_JSON_BOOLEAN:
        to = put_key_at(to, field->key, field->key_size, lead);
        memcpy(to, u ? "true" : "false", 5);
        return to + (u ? 4 : 5);
    case PFG_JSON_REPEATED:
        cached = cache_find(field, u);
        if (!cached)
            return NULL;
        return put_key_at(to, cached->text, cached->size, lead);
    case PFG_JSON_IPV4:
        to = put_key_at(to, field->key, field->key_size, lead);
        *to = '"';
        to = pfg_put_ipv4(to + 1, (uint32_t)u);
        *to = '"';
        return to + 1;
    case PFG_JSON_MAC:
        to = put_key_at(to, field->key, field->key_size, lead);
        *to = '"';
        to = pfg_put_mac(to + 1, bytes);
        *to = '"';
        return to + 1;
    case PFG_JSON_NOT_ZERO:
    case PFG_JSON_KIND:
        break;
    }
    return NULL;
}

/* What put_member leaves, with all that is inside it. Returns how many values that is. */
static uint64_t put_other(struct object *o, const struct pfg_value *v)
{
    const struct pfg_field *field = v->field;
    if (field->json == PFG_JSON_REPEATED)
        put_uncached(o, field, v->u);
    else if (field->json != PFG_JSON_NOT_ZERO || v->u != 0)
        return put_large(o, v);
    return 1;
}

static void put_values(struct object *o, const struct pfg_value *v, const struct pfg_value *end)
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

/* The rows that stand in no list, straight from the message's bytes. */
static inline __attribute__((always_inline)) void put_steps(struct object *o,
                                                            const struct pfg_run *run, bool spare)
{
    const struct pfg_step *step = run->steps, *end = step + run->count;
    const struct pfg_step *derived = run->derived == PFG_RUN_NONE ? NULL : step + run->derived;
    const uint8_t *base = o->pdu->base;

    for (; step < end; step++) {
        uint64_t u =
            step == derived ? o->pdu->head_derived : pfg_step_raw(step, base, spare) * step->scale;
        char *to =
            put_member(pfg_out_room(o->out, MEMBER_ROOM), o->lead, step->field, u, base + step->at);
        if (!to) {
            const struct pfg_value v = { step->field, u, step->at, step->size };
            put_other(o, &v);
            continue;
        }
        o->out->at = to;
        o->lead = ',';
    }
}

static void put_head(struct object *o)
{
    if (o->pdu->head_spare)
        put_steps(o, o->pdu->head, true);
    else
        put_steps(o, o->pdu->head, false);
}

/* What pairing found: under the plugin's names; the time in seconds, as there. */
static void put_pairing(struct object *o)
{
    if (!o->pdu->response_to)
        return;
    pfg_out_string(o->out, ",\"response_to\":");
    pfg_out_uint(o->out, o->pdu->response_to);
    pfg_out_string(o->out, ",\"response_time\":");
    pfg_out_uint(o->out, o->pdu->response_ns / 1000000000);
    pfg_out_char(o->out, '.');
    pfg_out_digits(o->out, o->pdu->response_ns % 1000000000, 9);
}

static void put_problems(struct object *o)
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
    struct object o = { out, decode, pdu, '{' };
    const struct pfg_value *first = decode->values + pdu->first;

    if (pdu->head)
        put_head(&o);
    put_values(&o, first, first + pdu->count);
    put_problems(&o);
    put_pairing(&o);
    end_object(&o);
}

static void put_protocol_key(struct pfg_out *out, const struct pfg_proto *proto, char lead)
{
    char *to = pfg_out_room(out, proto->key_size + (size_t)PFG_KEY_BLOCK);
    out->at = put_key_at(to, proto->key, proto->key_size, lead);
}

/* All pdus from pdus[at] on that are of its protocol, as an array under its key. */
static void put_array_of(struct pfg_out *out, const struct pfg_decode *decode, uint32_t at)
{
    const struct pfg_proto *proto = decode->pdus[at].proto;

    put_protocol_key(out, proto, at > 0 ? ',' : '{');
    for (uint32_t i = at; i < decode->pdu_count; i++) {
        if (decode->pdus[i].proto != proto)
            continue;
        pfg_out_char(out, i == at ? '[' : ',');
        pfg_json_pdu(out, decode, &decode->pdus[i]);
    }
    pfg_out_char(out, ']');
}

/* Whether a pdu's protocol has one before, and one behind it. */
static bool is_before(const struct pfg_decode *decode, uint32_t at)
{
    for (uint32_t i = 0; i < at; i++)
        if (decode->pdus[i].proto == decode->pdus[at].proto)
            return true;
    return false;
}
static bool is_behind(const struct pfg_decode *decode, uint32_t at)
{
    for (uint32_t i = at + 1; i < decode->pdu_count; i++)
        if (decode->pdus[i].proto == decode->pdus[at].proto)
            return true;
    return false;
}

/* Whether two pdus may be of one protocol: a quick look that most packets pass with no. */
static bool may_repeat(const struct pfg_decode *decode)
{
    uint64_t seen = 0, again = 0;
    for (uint32_t i = 0; i < decode->pdu_count; i++) {
        uint64_t bit = UINT64_C(1) << decode->pdus[i].proto->index % 64;
        again |= seen & bit;
        seen |= bit;
    }
    return again != 0;
}

void pfg_json_packet(struct pfg_out *out, const struct pfg_decode *decode)
{
    bool repeats = may_repeat(decode);

    if (decode->pdu_count == 0)
        pfg_out_char(out, '{');
    for (uint32_t i = 0; i < decode->pdu_count; i++) {
        const struct pfg_pdu *pdu = &decode->pdus[i];
        if (repeats && is_before(decode, i))
            continue;
        if (!pdu->proto->def->network || (repeats && is_behind(decode, i))) {
            put_array_of(out, decode, i);
            continue;
        }
        put_protocol_key(out, pdu->proto, i > 0 ? ',' : '{');
        pfg_json_pdu(out, decode, pdu);
    }
    pfg_out_bytes(out, "}\n", 2);
}
