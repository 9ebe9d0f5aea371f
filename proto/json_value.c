/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values of each kind to JSON (PROTOCOL.md, "The JSON form"). */
#include <string.h>

#include "proto/cursor.h"
#include "proto/dnsname.h"
#include "proto/fixed.h"
#include "proto/json_inside.h"
#include "proto/pack.h"
#include "proto/rdata.h"
#include "proto/render.h"
#include "proto/scratch.h"

/* The key NAME_name, NAME_text, NAME_bits. */
static void put_companion(struct pfg_object *o, const struct pfg_field *field, const char *ending,
                          size_t size)
{
    pfg_out_bytes(o->out, field->key, field->key_size - 2);
    pfg_out_bytes(o->out, ending, size);
}
#define COMPANION(o, field, ending) put_companion(o, field, ending "\":", sizeof ending + 1)

static void put_string(struct pfg_object *o, const char *text, size_t size)
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

static void put_value_name(struct pfg_object *o, const struct pfg_field *field, uint64_t u)
{
    const char *name = field->names ? pfg_value_name(field, u) : NULL;
    if (!name)
        return;
    COMPANION(o, field, "_name");
    put_string(o, name, strlen(name));
}

static void put_flags(struct pfg_object *o, const struct pfg_field *field, uint64_t u)
{
    struct pfg_object bits = { o->out, o->decode, o->pdu, '{' };

    pfg_out_uint(o->out, u);
    COMPANION(o, field, "_bits");
    for (uint32_t i = 0; i < field->inside.count; i++) {
        const struct pfg_field *bit = &field->inside.fields[i];
        uint64_t value = u >> bit->bits_shift & bit->bits_mask;
        pfg_json_key(&bits, bit);
        if (bit->boolean) {
            put_boolean(o->out, value);
        } else {
            pfg_out_uint(o->out, value);
            put_value_name(&bits, bit, value);
        }
    }
    pfg_json_end(&bits);
}

static void put_named(struct pfg_object *o, const struct pfg_field *field, uint64_t u)
{
    pfg_out_uint(o->out, u);
    put_value_name(o, field, u);
}

static void put_integer(struct pfg_object *o, const struct pfg_value *v)
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

static void put_data(struct pfg_object *o, const struct pfg_value *v)
{
    const uint8_t *bytes = pfg_value_bytes(o->pdu, v);
    put_hex(o->out, bytes, v->size);
    if (!pfg_utf8_valid(bytes, v->size))
        return;
    COMPANION(o, v->field, "_text");
    put_string(o, (const char *)bytes, v->size);
}

/* A name's text escapes with backslashes, which JSON escapes again; they are rare. */
static void put_name(struct pfg_object *o, const struct pfg_value *v)
{
    char *first = pfg_out_room(o->out, PFG_DNSNAME_TEXT_MAX + 2), *end;

    *first = '"';
    end = pfg_dnsname_put(first + 1, o->pdu->base, o->pdu->size, v->offset, false).to;
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

static void put_rdata(struct pfg_object *o, const struct pfg_value *v)
{
    struct pfg_out *text = pfg_scratch();
    pfg_rdata_text(text, o->pdu, v);
    put_string(o, text->start, (size_t)(text->at - text->start));
}

static void put_packed(struct pfg_object *o, const struct pfg_value *v)
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

static void put_object(struct pfg_object *o, const struct pfg_value *v)
{
    struct pfg_object inside = { o->out, o->decode, o->pdu, '{' };
    pfg_json_values(&inside, v + 1, v + 1 + v->u);
    pfg_json_end(&inside);
}

static void put_array(struct pfg_object *o, const struct pfg_value *v)
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

void pfg_json_value(struct pfg_object *o, const struct pfg_value *v)
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
    case PFG_IPV4: /* these are written at once, with the other members of one piece */
    case PFG_IPV6:
    case PFG_MAC:
    case PFG_BODY:
    case PFG_END:
    case PFG_KIND_COUNT:
        break;
    }
}

/* A value of the repeated kind, of which nothing is known. */
void pfg_json_repeated(struct pfg_object *o, const struct pfg_field *field, uint64_t u)
{
    pfg_json_key(o, field);
    if (field->row->kind == PFG_FLAGS)
        put_flags(o, field, u);
    else
        put_named(o, field, u);
}
