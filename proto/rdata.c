/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Record data to master-file form. The other way is rdata_parse.c. */
#include "proto/rdata.h"

#include <stdio.h>
#include <time.h>

#include "proto/cursor.h"
#include "proto/dnsname.h"
#include "proto/render_inside.h"

/* What a field that is put down in one piece takes: a name, or bytes in quotes or as digits. */
enum { SHORT_BYTES = 256, SHOW_ROOM = PFG_TEXT_MAX + PFG_DNSNAME_TEXT_MAX };

/* Data on their way, which fit their rows. The functions put_ take the place where the text has
 * come, and return where it is then; the functions show_ write at out->at. */
struct show {
    struct pfg_out *out;
    const char *limit; /* up to here there is SHOW_ROOM */
    const struct pfg_names *types;
    const uint8_t *message;
    uint32_t pos, end, size; /* where we are; end of the data; of the readable message */
};

/* SHOW_ROOM at out->at. */
static char *make_room(struct show *s)
{
    char *to = pfg_out_room(s->out, SHOW_ROOM);

    s->limit = s->out->end - SHOW_ROOM;
    return to;
}

/* SHOW_ROOM at to. */
static inline char *with_room(struct show *s, char *to)
{
    if (to <= s->limit)
        return to;
    s->out->at = to;
    return make_room(s);
}

/* A value's name; false, and nothing written, where it has none. */
static inline bool show_name_of(struct show *s, const struct pfg_names *names, uint64_t u)
{
    const struct pfg_text *text = names ? pfg_name_text(names, names->texts, u) : NULL;

    if (!text)
        return false;
    pfg_out_ready(s->out, text->text, text->size);
    return true;
}

static void show_type(struct show *s, uint64_t type)
{
    if (show_name_of(s, s->types, type))
        return;
    pfg_out_bytes(s->out, "TYPE", 4);
    pfg_out_uint(s->out, type);
}

/* YYYYMMDDHHmmSS (RFC 4034, 3.2); apart, since it is rare and needs memory of its own. */
static __attribute__((noinline)) void show_date14(struct show *s, uint64_t seconds)
{
    time_t when = (time_t)seconds;
    struct tm tm;
    char digits[32];
    if (!gmtime_r(&when, &tm))
        return;
    strftime(digits, sizeof digits, "%Y%m%d%H%M%S", &tm);
    pfg_out_string(s->out, digits);
}

static void show_uint(struct show *s, const struct pfg_field *field, uint64_t u)
{
    if (field->row->display == PFG_TYPE_NAME)
        show_type(s, u);
    else if (field->row->display == PFG_DATE14)
        show_date14(s, u);
    else if (field->row->display != PFG_MNEMONIC || !show_name_of(s, field->names, u))
        pfg_out_uint(s->out, u);
}

/* A byte as \DDD (RFC 1035, 5.1). */
static char *put_code(char *to, uint8_t c)
{
    to[0] = '\\';
    return pfg_put_3(to + 1, c);
}

/* A character string in quotes; what is not printable by its number. */
static void show_quoted(struct show *s, const uint8_t *bytes, uint32_t size)
{
    pfg_out_char(s->out, '"');
    for (uint32_t i = 0; i < size;) {
        uint32_t end = size - i < 1024 ? size : i + 1024;
        char *to = pfg_out_room(s->out, 4096);
        for (; end - i >= 8 && pfg_is_plain_8(bytes + i); i += 8, to += 8)
            memcpy(to, bytes + i, 8);
        for (; i < end; i++) {
            uint8_t c = bytes[i];
            if (c == '"' || c == '\\')
                *to++ = '\\';
            *to = (char)c;
            to = c >= ' ' && c < 0x7f ? to + 1 : put_code(to, c);
        }
        s->out->at = to;
    }
    pfg_out_char(s->out, '"');
}

/* The same without quotes, where there is anything to see without them. */
static void show_bare(struct show *s, const uint8_t *bytes, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++) {
        uint8_t c = bytes[i];
        char *to = pfg_out_room(s->out, PFG_PUT_ROOM);
        if (c == '"' || c == '\\' || c == ';' || c == '(' || c == ')')
            *to++ = '\\';
        *to = (char)c;
        s->out->at = c > ' ' && c < 0x7f ? to + 1 : put_code(to, c);
    }
    if (!size)
        pfg_out_bytes(s->out, "\"\"", 2);
}

/* RFC 4034, 4.1.2: windows of up to 32 bytes of bits. */
static void show_bitmap(struct show *s, const uint8_t *bytes, uint32_t size)
{
    bool any = false;

    for (uint32_t i = 0; i < size; i += 2u + bytes[i + 1]) {
        for (unsigned bit = 0; bit < 8u * bytes[i + 1]; bit++) {
            if (!(bytes[i + 2 + bit / 8] & 0x80 >> bit % 8))
                continue;
            if (any)
                pfg_out_char(s->out, ' ');
            show_type(s, (uint64_t)bytes[i] * 256 + bit);
            any = true;
        }
    }
}

static void show_comma(struct show *s, uint32_t i)
{
    if (i)
        pfg_out_char(s->out, ',');
}

/* A list of character strings with commas between (RFC 9460, appendix A.1); commas inside and
 * backslashes escaped twice. */
static void show_alpn(struct show *s, const uint8_t *value, uint32_t size)
{
    for (uint32_t i = 0; i < size; i += 1u + value[i]) {
        show_comma(s, i);
        for (uint32_t j = 0; j < value[i]; j++) {
            uint8_t c = value[i + 1 + j];
            char *to = pfg_out_room(s->out, PFG_PUT_ROOM);
            if (c == ',' || c == '\\')
                to = pfg_put_text(to, c == ',' ? "\\\\" : "\\\\\\");
            *to = (char)c;
            s->out->at = c > ' ' && c < 0x7f && c != '"' ? to + 1 : put_code(to, c);
        }
    }
}

/* A key by its name, or as RFC 9460, 2.1 has unknown ones: .other and the number. */
static void show_svc_key(struct show *s, const struct pfg_field *params, unsigned key)
{
    if (show_name_of(s, params->names, key))
        return;
    pfg_out_string(s->out, params->row->other);
    pfg_out_uint(s->out, key);
}

/* The values of the keys that RFC 9460, 7 defines. */
static void show_svc_value(struct show *s, const struct pfg_field *params, unsigned key,
                           const uint8_t *value, uint32_t size)
{
    switch (key) {
    case PFG_SVC_MANDATORY:
        for (uint32_t i = 0; i < size; i += 2) {
            show_comma(s, i);
            show_svc_key(s, params, pfg_get_be16(value + i));
        }
        break;
    case PFG_SVC_ALPN:
        show_alpn(s, value, size);
        break;
    case PFG_SVC_PORT:
        pfg_out_uint(s->out, pfg_get_be16(value));
        break;
    case PFG_SVC_IPV4HINT:
        for (uint32_t i = 0; i < size; i += 4) {
            show_comma(s, i);
            pfg_out_ipv4(s->out, pfg_get_be32(value + i));
        }
        break;
    case PFG_SVC_ECH:
        pfg_out_base64(s->out, value, size);
        break;
    case PFG_SVC_IPV6HINT:
        for (uint32_t i = 0; i < size; i += 16) {
            show_comma(s, i);
            pfg_out_ipv6(s->out, value + i);
        }
        break;
    default:
        show_quoted(s, value, size);
        break;
    }
}

static void show_svc_params(struct show *s, const struct pfg_field *params, const uint8_t *bytes,
                            uint32_t size)
{
    for (uint32_t i = 0; i < size;) {
        unsigned key = pfg_get_be16(bytes + i), length = pfg_get_be16(bytes + i + 2);
        if (i)
            pfg_out_char(s->out, ' ');
        show_svc_key(s, params, key);
        if (length) {
            pfg_out_char(s->out, '=');
            show_svc_value(s, params, key, bytes + i + 4, length);
        }
        i += 4 + length;
    }
}

/* Bytes of any size, and those with a display of their own. */
static void show_bytes(struct show *s, const struct pfg_field *field)
{
    const uint8_t *bytes = s->message + s->pos + field->row->prefix;
    uint32_t size = pfg_rdata_extent(field, s->message + s->pos, s->end - s->pos);

    s->pos += field->row->prefix + size;
    switch (field->row->display) {
    case PFG_TYPE_BITMAP:
        show_bitmap(s, bytes, size);
        break;
    case PFG_SVC_PARAMS:
        show_svc_params(s, field, bytes, size);
        break;
    case PFG_QUOTED:
        show_quoted(s, bytes, size);
        break;
    case PFG_BASE64:
        pfg_out_base64(s->out, bytes, size);
        break;
    case PFG_BASE32HEX:
        pfg_out_base32hex(s->out, bytes, size);
        break;
    case PFG_HEX_DASH:
        if (!size)
            pfg_out_char(s->out, '-');
        pfg_out_hex(s->out, bytes, size);
        break;
    default:
        if (field->row->kind == PFG_STRING)
            show_bare(s, bytes, size);
        else
            pfg_out_hex(s->out, bytes, size);
        break;
    }
}

/* Anything else than a straight line has. */
static __attribute__((noinline)) char *put_other(char *to, struct show *s,
                                                 const struct pfg_field *field)
{
    s->out->at = to;
    switch (field->row->kind) {
    case PFG_BYTES:
    case PFG_DATA:
    case PFG_STRING:
        show_bytes(s, field);
        break;
    default: /* integers */
        show_uint(s, field, pfg_get_be(s->message + s->pos, field->size));
        s->pos += field->size;
        break;
    }
    return make_room(s);
}

/* Few bytes, in quotes or as digits. */
static inline char *put_bytes(char *to, struct show *s, const struct pfg_field *field, bool quoted)
{
    uint32_t prefix = field->row->prefix, start = s->pos + prefix;
    uint32_t size = pfg_rdata_extent(field, s->message + s->pos, s->end - s->pos);
    const uint8_t *bytes = s->message + start;

    if (size > SHORT_BYTES || (quoted && !pfg_put_plain(to + 1, bytes, size, s->size - start)))
        return put_other(to, s, field);
    s->pos = start + size;
    if (!quoted)
        return pfg_put_hex(to, bytes, size);
    *to = '"';
    to[size + 1] = '"';
    return to + size + 2;
}

static inline char *put_integer(char *to, struct show *s, const struct pfg_field *field, bool named)
{
    uint64_t u = pfg_get_be(s->message + s->pos, field->size);
    const struct pfg_text *text =
        named ? pfg_name_text(field->names, field->names->texts, u) : NULL;

    s->pos += field->size;
    return text ? pfg_put_ready(to, text->text, text->size) : pfg_put_uint(to, u);
}

static inline char *put_name(char *to, struct show *s)
{
    struct pfg_dnsname_end end = pfg_dnsname_put(to, s->message, s->size, s->pos, true);

    s->pos = end.next;
    return end.to;
}

/* Anything but an array. */
static inline __attribute__((always_inline)) char *put_field(char *to, struct show *s,
                                                             const struct pfg_field *field)
{
    switch ((enum pfg_master)field->master) {
    case PFG_MASTER_NUMBER:
        return put_integer(to, s, field, false);
    case PFG_MASTER_NAMED:
        return put_integer(to, s, field, true);
    case PFG_MASTER_NAME:
        return put_name(to, s);
    case PFG_MASTER_IPV4:
        s->pos += 4;
        return pfg_put_ipv4(to, pfg_get_be32(s->message + s->pos - 4));
    case PFG_MASTER_IPV6:
        s->pos += 16;
        return pfg_put_ipv6(to, s->message + s->pos - 16);
    case PFG_MASTER_QUOTED:
        return put_bytes(to, s, field, true);
    case PFG_MASTER_HEX:
        return put_bytes(to, s, field, false);
    case PFG_MASTER_ARRAY:
    case PFG_MASTER_KIND:
        break;
    }
    return put_other(to, s, field);
}

/* Whether a field at the data's end shows nothing at all, so that no blank is due before it. */
static bool shows_nothing(const struct pfg_field *field)
{
    return field->row->kind != PFG_NAME && !field->row->prefix && !field->size &&
           field->row->display != PFG_QUOTED;
}

/* Fields with a character behind each but the last. arrays: what writes the arrays among them. */
static inline __attribute__((always_inline)) char *
put_fields(char *to, struct show *s, const struct pfg_table *table, char between,
           char *(*put_array)(char *, struct show *, const struct pfg_table *))
{
    const struct pfg_field *first = table->fields, *end = first + table->count;

    for (const struct pfg_field *field = first; field < end; field++) {
        if (s->pos == s->end && field > first && shows_nothing(field))
            continue;
        to = with_room(s, to);
        if (field->master != PFG_MASTER_ARRAY)
            to = put_field(to, s, field);
        else if (s->pos < s->end)
            to = put_array(to, s, &field->inside.fields->inside);
        *to++ = between;
    }
    return to - 1;
}

/* Elements, with a blank behind each but the last: of an array in another one, */
static char *put_deep(char *to, struct show *s, const struct pfg_table *element)
{
    for (; s->pos < s->end; *to++ = ' ')
        to = put_fields(to, s, element, '=', put_deep);
    return to - 1;
}

/* and of all others. */
static inline __attribute__((always_inline)) char *put_elements(char *to, struct show *s,
                                                                const struct pfg_table *element)
{
    for (; s->pos < s->end; *to++ = ' ')
        to = put_fields(to, s, element, '=', put_deep);
    return to - 1;
}

static void show_unknown(struct pfg_out *out, const uint8_t *bytes, uint32_t size)
{
    pfg_out_string(out, "\\# ");
    pfg_out_uint(out, size);
    if (size)
        pfg_out_char(out, ' ');
    pfg_out_hex(out, bytes, size);
}

char *pfg_rdata_put(struct pfg_out *out, char *to, const struct pfg_pdu *pdu,
                    const struct pfg_value *v)
{
    const struct pfg_table *table = pfg_rdata_table(v->field, v->u, v->size);
    uint32_t end = v->offset + v->size;
    struct show s = { out,
                      out->end - SHOW_ROOM,
                      v->field->names,
                      pdu->base,
                      v->offset,
                      end,
                      pdu->size > end ? pdu->size : end };

    if (table && (!(pdu->problems & 1u << PFG_PROBLEM_BAD_RDATA) ||
                  pfg_rdata_fits(v->field, v->u, pdu->base, v->offset, v->size, NULL)))
        return put_fields(to, &s, table, ' ', put_elements);
    out->at = to;
    show_unknown(out, pdu->base + v->offset, v->size);
    return out->at;
}

void pfg_rdata_text(struct pfg_out *out, const struct pfg_pdu *pdu, const struct pfg_value *v)
{
    out->at = pfg_rdata_put(out, out->at, pdu, v);
}
