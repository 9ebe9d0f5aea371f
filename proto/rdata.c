/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Record data to master-file form. The other way is rdata_parse.c. */
#include "proto/rdata.h"

#include <stdio.h>
#include <time.h>

#include "proto/cursor.h"
#include "proto/dnsname.h"

/* Data on their way. out may be NULL. */
struct show {
    struct pfg_out *out;
    const struct pfg_names *types;
    const uint8_t *message;
    uint32_t pos, end;
};

static int show_table(struct show *s, const struct pfg_table *table, char between);

static void text(struct show *s, const char *words)
{
    if (s->out)
        pfg_out_string(s->out, words);
}

static void show_type(struct show *s, uint64_t type)
{
    const struct pfg_name *name = pfg_name_find(s->types, type);
    if (!s->out)
        return;
    pfg_out_string(s->out, name ? name->name : "TYPE");
    if (!name)
        pfg_out_uint(s->out, type);
}

/* YYYYMMDDHHmmSS (RFC 4034, 3.2). */
static void show_date14(struct show *s, uint64_t seconds)
{
    time_t when = (time_t)seconds;
    struct tm tm;
    char digits[32];
    if (!s->out || !gmtime_r(&when, &tm))
        return;
    strftime(digits, sizeof digits, "%Y%m%d%H%M%S", &tm);
    pfg_out_string(s->out, digits);
}

static void show_uint(struct show *s, const struct pfg_field *field, uint64_t u)
{
    const struct pfg_name *name = pfg_name_find(field->names, u);
    if (field->row->display == PFG_TYPE_NAME)
        show_type(s, u);
    else if (field->row->display == PFG_DATE14)
        show_date14(s, u);
    else if (field->row->display == PFG_MNEMONIC && name)
        text(s, name->name);
    else if (s->out)
        pfg_out_uint(s->out, u);
}

/* A character string in quotes; what is not printable as \DDD (RFC 1035, 5.1). */
static void show_quoted(struct show *s, const uint8_t *bytes, uint32_t size)
{
    if (!s->out)
        return;
    pfg_out_char(s->out, '"');
    for (uint32_t i = 0; i < size; i++) {
        uint8_t c = bytes[i];
        if (c == '"' || c == '\\')
            pfg_out_char(s->out, '\\');
        if (c >= ' ' && c < 0x7f) {
            pfg_out_char(s->out, (char)c);
        } else {
            pfg_out_char(s->out, '\\');
            pfg_out_digits(s->out, c, 3);
        }
    }
    pfg_out_char(s->out, '"');
}

/* The same without quotes, where there is anything to see without them. */
static void show_bare(struct show *s, const uint8_t *bytes, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++) {
        uint8_t c = bytes[i];
        bool special = c == '"' || c == '\\' || c == ';' || c == '(' || c == ')';
        if (special || c <= ' ' || c >= 0x7f)
            pfg_out_char(s->out, '\\');
        if (c > ' ' && c < 0x7f)
            pfg_out_char(s->out, (char)c);
        else
            pfg_out_digits(s->out, c, 3);
    }
    if (!size)
        text(s, "\"\"");
}

/* RFC 4034, 4.1.2: windows of up to 32 bytes of bits. */
static int show_bitmap(struct show *s, const uint8_t *bytes, uint32_t size)
{
    bool any = false;
    for (uint32_t i = 0; i < size;) {
        if (size - i < 2 || bytes[i + 1] == 0 || bytes[i + 1] > 32 || bytes[i + 1] > size - i - 2)
            return -1;
        for (unsigned bit = 0; bit < 8u * bytes[i + 1]; bit++) {
            if (!(bytes[i + 2 + bit / 8] & 0x80 >> bit % 8))
                continue;
            if (any)
                text(s, " ");
            show_type(s, (uint64_t)bytes[i] * 256 + bit);
            any = true;
        }
        i += 2u + bytes[i + 1];
    }
    return 0;
}

static void show_comma(struct show *s, uint32_t i)
{
    if (i && s->out)
        pfg_out_char(s->out, ',');
}

/* A list of character strings with commas between (RFC 9460, appendix A.1); commas inside and
 * backslashes escaped twice. */
static int show_alpn(struct show *s, const uint8_t *value, uint32_t size)
{
    for (uint32_t i = 0; i < size; i += 1u + value[i]) {
        if (value[i] > size - i - 1)
            return -1;
        show_comma(s, i);
        for (uint32_t j = 0; j < value[i] && s->out; j++) {
            uint8_t c = value[i + 1 + j];
            if (c == ',' || c == '\\')
                pfg_out_string(s->out, c == ',' ? "\\\\" : "\\\\\\");
            if (c > ' ' && c < 0x7f && c != '"') {
                pfg_out_char(s->out, (char)c);
                continue;
            }
            pfg_out_char(s->out, '\\');
            pfg_out_digits(s->out, c, 3);
        }
    }
    return 0;
}

/* A key by its name, or as RFC 9460, 2.1 has unknown ones: .other and the number. */
static void show_svc_key(struct show *s, const struct pfg_field *params, unsigned key)
{
    const struct pfg_name *name = pfg_name_find(params->names, key);
    text(s, name ? name->name : params->row->other);
    if (!name && s->out)
        pfg_out_uint(s->out, key);
}

/* The values of the keys that RFC 9460, 7 defines; the shape follows from the key. */
static int show_svc_value(struct show *s, const struct pfg_field *params, unsigned key,
                          const uint8_t *value, uint32_t size)
{
    static const uint8_t unit[] = { 2, 0, 0, 2, 4, 0, 16 }; /* bytes of one value, by key */
    if (key < sizeof unit && unit[key] && (size == 0 || size % unit[key]))
        return -1;
    switch (key) {
    case 0:
        for (uint32_t i = 0; i < size; i += 2) {
            show_comma(s, i);
            show_svc_key(s, params, pfg_get_be16(value + i));
        }
        return 0;
    case 1:
        return show_alpn(s, value, size);
    case 3:
        if (size != 2)
            return -1;
        if (s->out)
            pfg_out_uint(s->out, pfg_get_be16(value));
        return 0;
    case 4:
        for (uint32_t i = 0; i < size && s->out; i += 4) {
            show_comma(s, i);
            pfg_out_ipv4(s->out, pfg_get_be32(value + i));
        }
        return 0;
    case 5:
        if (s->out)
            pfg_out_base64(s->out, value, size);
        return 0;
    case 6:
        for (uint32_t i = 0; i < size && s->out; i += 16) {
            show_comma(s, i);
            pfg_out_ipv6(s->out, value + i);
        }
        return 0;
    default:
        show_quoted(s, value, size);
        return 0;
    }
}

static int show_svc_params(struct show *s, const struct pfg_field *params, const uint8_t *bytes,
                           uint32_t size)
{
    for (uint32_t i = 0; i < size;) {
        if (size - i < 4 || pfg_get_be16(bytes + i + 2) > size - i - 4)
            return -1;
        unsigned key = pfg_get_be16(bytes + i), length = pfg_get_be16(bytes + i + 2);
        if (i)
            text(s, " ");
        show_svc_key(s, params, key);
        if (length) {
            text(s, "=");
            if (show_svc_value(s, params, key, bytes + i + 4, length) < 0)
                return -1;
        }
        i += 4 + length;
    }
    return 0;
}

static int show_bytes(struct show *s, const struct pfg_field *field, const uint8_t *bytes,
                      uint32_t size)
{
    switch (field->row->display) {
    case PFG_TYPE_BITMAP:
        return show_bitmap(s, bytes, size);
    case PFG_BASE32HEX:
        if (!size) /* there is no word for it */
            return -1;
        break;
    case PFG_SVC_PARAMS:
        return show_svc_params(s, field, bytes, size);
    default:
        break;
    }
    if (!s->out)
        return 0;
    switch (field->row->display) {
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
            text(s, "-");
        pfg_out_hex(s->out, bytes, size);
        break;
    default:
        if (field->row->kind == PFG_STRING)
            show_bare(s, bytes, size);
        else
            pfg_out_hex(s->out, bytes, size);
        break;
    }
    return 0;
}

static int show_extent(struct show *s, const struct pfg_field *field)
{
    uint32_t size = field->row->size, left = s->end - s->pos;
    if (field->row->prefix) {
        if (field->row->prefix > left)
            return -1;
        size = (uint32_t)pfg_get_be(s->message + s->pos, field->row->prefix);
        s->pos += field->row->prefix;
        left -= field->row->prefix;
    } else if (!size) {
        size = left;
    }
    if (size > left)
        return -1;
    int r = show_bytes(s, field, s->message + s->pos, size);
    s->pos += size;
    return r;
}

static int show_name(struct show *s)
{
    struct pfg_dnsname name;
    if (pfg_dnsname_scan(s->message, s->end, s->pos, &name) < 0)
        return -1;
    if (s->out)
        pfg_dnsname_text(s->out, s->message, s->pos, true);
    s->pos += name.size;
    return 0;
}

static int show_array(struct show *s, const struct pfg_field *array)
{
    const struct pfg_table *inside = &array->inside.fields->inside;
    bool first = true;
    while (s->pos < s->end) {
        if (!first)
            text(s, " ");
        first = false;
        if (show_table(s, inside, '=') < 0)
            return -1;
    }
    return 0;
}

static int show_field(struct show *s, const struct pfg_field *field)
{
    uint32_t left = s->end - s->pos;
    switch (field->row->kind) {
    case PFG_NAME:
        return show_name(s);
    case PFG_ARRAY:
        return show_array(s, field);
    case PFG_BYTES:
    case PFG_DATA:
    case PFG_STRING:
        return show_extent(s, field);
    case PFG_IPV4:
    case PFG_IPV6:
        if (field->size > left)
            return -1;
        if (s->out && field->size == 4)
            pfg_out_ipv4(s->out, pfg_get_be32(s->message + s->pos));
        else if (s->out)
            pfg_out_ipv6(s->out, s->message + s->pos);
        break;
    default: /* integers */
        if (field->size > left || !field->size)
            return -1;
        show_uint(s, field, pfg_get_be(s->message + s->pos, field->size));
        break;
    }
    s->pos += field->size;
    return 0;
}

/* Whether a field at the data's end shows nothing at all, so that no blank is due before it. */
static bool shows_nothing(const struct show *s, const struct pfg_field *field)
{
    return s->pos == s->end && field->row->kind != PFG_NAME && !field->row->prefix &&
           !field->size && field->row->display != PFG_QUOTED;
}

static int show_table(struct show *s, const struct pfg_table *table, char between)
{
    for (uint32_t i = 0; i < table->count; i++) {
        const struct pfg_field *field = &table->fields[i];
        if (i && s->out && !shows_nothing(s, field))
            pfg_out_char(s->out, between);
        if (show_field(s, field) < 0)
            return -1;
    }
    return 0;
}

static void show_unknown(struct pfg_out *out, const uint8_t *bytes, uint32_t size)
{
    pfg_out_string(out, "\\# ");
    pfg_out_uint(out, size);
    if (size)
        pfg_out_char(out, ' ');
    pfg_out_hex(out, bytes, size);
}

int pfg_rdata_text(struct pfg_out *out, const struct pfg_field *field, uint64_t type,
                   const uint8_t *message, uint32_t limit, uint32_t at, uint32_t size)
{
    const struct pfg_name *name = pfg_name_find(field->names, type);
    const struct pfg_body *body = name ? &field->bodies[name - field->names->rows] : NULL;
    uint32_t end = size > limit - at ? limit : at + size;
    struct show s = { NULL, field->names, message, at, end };
    int r = 0;

    if (body && body->present && (size || body->table.fields[0].row->kind == PFG_ARRAY)) {
        r = show_table(&s, &body->table, ' ');
        if (s.pos != end)
            r = -1;
        if (r == 0 && out) {
            s.out = out;
            s.pos = at;
            show_table(&s, &body->table, ' ');
        }
        if (r == 0)
            return 0;
    }
    if (out)
        show_unknown(out, message + at, end - at);
    return r;
}
