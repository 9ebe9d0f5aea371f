/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fields of record data that are rare, or take any room: service parameters, bitmaps, dates. */
#include <stdio.h>
#include <time.h>

#include "proto/cursor.h"
#include "proto/rdata.h"
#include "proto/render_inside.h"

struct show {
    struct pfg_out *out;
    const struct pfg_names *types;
};

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

/* A number with its name, and a text: 18(Prohibited):"text". */
static bool show_error(struct show *s, const struct pfg_names *names, const uint8_t *bytes,
                       uint32_t size)
{
    const struct pfg_name *name = size < 2 ? NULL : pfg_name_find(names, pfg_get_be16(bytes));

    if (size < 2)
        return false;
    pfg_out_uint(s->out, pfg_get_be16(bytes));
    if (name) {
        pfg_out_char(s->out, '(');
        pfg_out_string(s->out, name->name);
        pfg_out_char(s->out, ')');
    }
    if (name && size == 2)
        return true;
    pfg_out_char(s->out, ':');
    show_quoted(s, bytes + 2, size - 2);
    return true;
}

/* An address of as many bytes as its bits take, the bits, and those of the answer: 192.0.2.0/24/0.
 */
static bool show_subnet(struct show *s, const uint8_t *bytes, uint32_t size)
{
    uint8_t address[16] = { 0 };
    unsigned family = size < 4 ? 0 : pfg_get_be16(bytes), most = family == 1 ? 32 : 128;

    if ((family != 1 && family != 2) || bytes[2] > most || bytes[3] > most ||
        size != 4u + (bytes[2] + 7u) / 8)
        return false;
    memcpy(address, bytes + 4, size - 4);
    if (family == 1)
        pfg_out_ipv4(s->out, pfg_get_be32(address));
    else
        pfg_out_ipv6(s->out, address);
    pfg_out_char(s->out, '/');
    pfg_out_uint(s->out, bytes[2]);
    pfg_out_char(s->out, '/');
    pfg_out_uint(s->out, bytes[3]);
    return true;
}

static bool show_tenths(struct show *s, const uint8_t *bytes, uint32_t size)
{
    if (size != 2)
        return false;
    pfg_out_uint(s->out, pfg_get_be16(bytes) / 10);
    pfg_out_char(s->out, '.');
    pfg_out_uint(s->out, pfg_get_be16(bytes) % 10);
    pfg_out_char(s->out, 's');
    return true;
}

static bool show_zeros(struct show *s, const uint8_t *bytes, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++)
        if (bytes[i])
            return false;
    if (!size)
        return false;
    pfg_out_uint(s->out, size);
    pfg_out_string(s->out, "bytes");
    return true;
}

static bool show_text(struct show *s, const uint8_t *bytes, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++)
        if (bytes[i] < ' ' || bytes[i] >= 0x7f)
            return false;
    if (size)
        show_quoted(s, bytes, size);
    return size;
}

bool pfg_option_show(struct pfg_out *out, const struct pfg_field *field, enum pfg_display shown,
                     const uint8_t *bytes, uint32_t size)
{
    struct show s = { out, NULL };

    switch (shown) {
    case PFG_TEXT:
        return show_text(&s, bytes, size);
    case PFG_ERROR_TEXT:
        return show_error(&s, field->names, bytes, size);
    case PFG_SUBNET:
        return show_subnet(&s, bytes, size);
    case PFG_TENTHS:
        return show_tenths(&s, bytes, size);
    case PFG_ZEROS:
        return show_zeros(&s, bytes, size);
    default:
        return false;
    }
}

/* Bytes of any size, and those with a display of their own. */
static void show_bytes(struct show *s, const struct pfg_field *field, const uint8_t *bytes,
                       uint32_t size)
{
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
    case PFG_BY_NAME:
        if (!pfg_option_show(s->out, field, pfg_rdata_shown(field, bytes), bytes, size))
            pfg_out_hex(s->out, bytes, size);
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

void pfg_rdata_show(struct pfg_out *out, const struct pfg_names *types,
                    const struct pfg_field *field, const uint8_t *bytes, uint32_t size)
{
    struct show s = { out, types };

    if (field->row->kind == PFG_BYTES || field->row->kind == PFG_DATA ||
        field->row->kind == PFG_STRING)
        show_bytes(&s, field, bytes, size);
    else if (field->row->display == PFG_TYPE_NAME)
        show_type(&s, pfg_get_be(bytes, size));
    else if (field->row->display == PFG_DATE14)
        show_date14(&s, pfg_get_be(bytes, size));
    else
        pfg_out_uint(out, pfg_get_be(bytes, size));
}
