/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One value as text. Lines and trees of values are render_line.c. */
#include <string.h>

#include "proto/cursor.h"
#include "proto/dnsname.h"
#include "proto/fixed.h"
#include "proto/pack.h"
#include "proto/rdata.h"
#include "proto/render.h"
#include "proto/render_inside.h"
#include "proto/scratch.h"

struct pfg_out *pfg_scratch(void)
{
    static _Thread_local struct pfg_out scratch;
    if (!scratch.start)
        pfg_out_init(&scratch, 1 << 16, NULL, NULL);
    scratch.at = scratch.start;
    return &scratch;
}

bool pfg_time_ns(const struct pfg_field *field, uint64_t u, uint64_t *ns)
{
    static const uint64_t ntp_to_unix = 2208988800; /* seconds from 1900 to 1970 */
    uint64_t unit = 1, count = u, rest = 0;
    switch (field->row->unit) {
    case PFG_NS:
        break;
    case PFG_US:
        unit = 1000;
        break;
    case PFG_MS:
        unit = 1000000;
        break;
    case PFG_SECONDS:
        unit = 1000000000;
        break;
    case PFG_NTP:
        if (u >> 32 < ntp_to_unix)
            return false;
        unit = 1000000000;
        count = (u >> 32) - ntp_to_unix;
        rest = (u & 0xffffffff) * unit >> 32;
        break;
    }
    if (count > (UINT64_MAX - rest) / unit)
        return false;
    *ns = count * unit + rest;
    return u != 0;
}

/* A date, or the number where there is none. */
static void date_text(struct pfg_out *out, const struct pfg_field *field, uint64_t u)
{
    uint64_t ns = 0;
    if (pfg_time_ns(field, u, &ns) || (field->row->unit != PFG_NTP && u == 0))
        pfg_out_time(out, ns);
    else
        pfg_out_uint(out, u);
}

static void integer_text(struct pfg_out *out, const struct pfg_field *field, uint64_t u)
{
    if (field->row->fraction_bits) {
        pfg_out_fixed(out, u, field->row->kind == PFG_INT, field->row->fraction_bits);
    } else if (field->row->kind == PFG_INT) {
        pfg_out_int(out, (int64_t)u);
    } else if (field->row->display == PFG_DATE) {
        date_text(out, field, u);
    } else if (field->row->display == PFG_HEX && !field->bit) {
        pfg_out_bytes(out, "0x", 2);
        pfg_out_hex_uint(out, u, field->hex_digits);
    } else {
        pfg_out_uint(out, u);
    }
}

/* Text with U+FFFD for what is not UTF-8. */
static void utf8_text(struct pfg_out *out, const uint8_t *bytes, size_t size)
{
    if (pfg_utf8_valid(bytes, size)) {
        pfg_out_bytes(out, (const char *)bytes, size);
        return;
    }
    for (size_t i = 0; i < size;) {
        size_t n = 1;
        while (n <= 4 && n <= size - i && !pfg_utf8_valid(bytes + i, n))
            n++;
        if (n > 4 || n > size - i) {
            pfg_out_string(out, "\xef\xbf\xbd");
            i++;
        } else {
            pfg_out_bytes(out, (const char *)bytes + i, n);
            i += n;
        }
    }
}

struct join {
    struct pfg_out *out;
    size_t left; /* bytes that may still be shown */
    bool escaped;
    bool any, cut;
};

static void join_item(void *user, const char *text, size_t size)
{
    struct join *join = user;
    if (join->cut || size >= join->left) {
        join->cut = true;
        return;
    }
    if (join->any)
        pfg_out_char(join->out, ',');
    if (join->escaped)
        pfg_out_escaped(join->out, text, size);
    else
        pfg_out_bytes(join->out, text, size);
    join->left -= size + 1;
    join->any = true;
}

int pfg_packed_each(const struct pfg_pdu *pdu, const struct pfg_value *value,
                    void (*each)(void *user, const char *text, size_t size), void *user)
{
    const char *format = (const char *)pdu->base + (value->u >> 32);
    const uint8_t *bytes = pfg_value_bytes(pdu, value);
    struct pfg_pack pack;
    struct pfg_pack_item item;
    int count = 0;

    if (pfg_pack_check(format, (uint32_t)value->u, bytes, value->size) < 0)
        return -1;
    pfg_pack_begin(&pack, format, (uint32_t)value->u);
    for (; pfg_pack_next(&pack, &item) > 0; count++) {
        struct pfg_out *text = pfg_scratch();
        pfg_pack_plain(text, &item, bytes);
        each(user, text->start, (size_t)(text->at - text->start));
    }
    return count;
}

static void data_plain(struct pfg_out *out, const uint8_t *bytes, size_t size,
                       enum pfg_aspect aspect)
{
    if (aspect != PFG_ASPECT_TEXT)
        pfg_out_hex(out, bytes, size);
    else if (pfg_utf8_valid(bytes, size))
        pfg_out_bytes(out, (const char *)bytes, size);
}

static void packed_plain(struct pfg_out *out, const struct pfg_pdu *pdu, const struct pfg_value *v)
{
    struct join join = { .out = out, .left = SIZE_MAX };
    if (pfg_packed_each(pdu, v, join_item, &join) < 0)
        pfg_out_hex(out, pfg_value_bytes(pdu, v), v->size);
}

void pfg_value_plain(struct pfg_out *out, const struct pfg_pdu *pdu, const struct pfg_value *v,
                     enum pfg_aspect aspect)
{
    const struct pfg_field *field = v->field;
    const uint8_t *bytes = pfg_value_bytes(pdu, v);

    if (aspect == PFG_ASPECT_NAME) {
        const char *name = pfg_value_name(field, v->u);
        pfg_out_string(out, name ? name : "");
        return;
    }
    switch (field->row->kind) {
    case PFG_IPV4:
        pfg_out_ipv4(out, (uint32_t)v->u);
        break;
    case PFG_IPV6:
        pfg_out_ipv6(out, bytes);
        break;
    case PFG_MAC:
        pfg_out_mac(out, bytes);
        break;
    case PFG_DATA:
        data_plain(out, bytes, v->size, aspect);
        break;
    case PFG_BYTES:
    case PFG_MAGIC:
        pfg_out_hex(out, bytes, v->size);
        break;
    case PFG_STRING:
        utf8_text(out, bytes, v->size);
        break;
    case PFG_NAME:
        pfg_dnsname_text(out, pdu->base, pdu->size, v->offset, false);
        break;
    case PFG_RDATA:
        pfg_rdata_text(out, pdu, v);
        break;
    case PFG_PACKED:
        packed_plain(out, pdu, v);
        break;
    case PFG_GROUP:
    case PFG_ARRAY:
    case PFG_BODY:
    case PFG_END:
    case PFG_KIND_COUNT:
        break;
    case PFG_UINT:
    case PFG_INT:
    case PFG_FLAGS:
    case PFG_TIME:
    case PFG_CONST:
    case PFG_RESERVED:
    case PFG_LENGTH:
    case PFG_CHECKSUM:
    case PFG_DERIVED:
        integer_text(out, field, v->u);
        break;
    }
}

/* What a run of bits is, behind its name; room for PFG_TEXT_MAX. */
static char *put_run(char *to, const struct pfg_field *run, uint64_t value)
{
    const struct pfg_text *text =
        run->names ? pfg_name_text(run->names, run->names->texts, value) : NULL;
    *to++ = '=';
    return text ? pfg_put_ready(to, text->text, text->size) : pfg_put_uint(to, value);
}

/* The set bits by name, and runs of bits that are not 0, between the marks; those of a run that are
 * joined with others, which stand from PFG_UPPER_SHIFT on, with these. */
void pfg_flags_text(struct pfg_out *out, const struct pfg_field *field, uint64_t u)
{
    const struct pfg_field *bit = field->inside.fields, *end = bit + field->inside.count;

    for (bool any = false; bit < end; bit++) {
        uint64_t value = u >> bit->bits_shift & bit->bits_mask;
        const struct pfg_field *run = bit->joined ? field + 1 : bit;
        if (bit->joined)
            value |= u >> PFG_UPPER_SHIFT << bit->joined;
        if (!value)
            continue;
        char *to = pfg_out_room(out, 3 * PFG_TEXT_MAX);
        *to = '|';
        to = pfg_put_ready(to + any, bit->label, bit->label_size - 1);
        any = true;
        out->at = bit->boolean ? to : put_run(to, run, value);
    }
}

/* The bits of flags that tell nothing without others: the row behind them tells both. */
static uint64_t joined_bits(const struct pfg_field *flags)
{
    uint64_t bits = 0;

    for (uint32_t i = 0; flags->joined && i < flags->inside.count; i++)
        if (flags->inside.fields[i].joined)
            bits |= flags->inside.fields[i].bit->mask;
    return bits;
}

void pfg_integer_label(struct pfg_out *out, const struct pfg_value *v)
{
    const struct pfg_field *field = v->field;
    const char *name = pfg_value_name(field, v->u);
    uint64_t ns = 0;

    if (field->boolean) {
        pfg_out_string(out, v->u ? "true" : "false");
        if (name) {
            pfg_out_string(out, " ");
            pfg_out_string(out, name);
        }
        return;
    }
    if (name) {
        pfg_out_string(out, name);
        pfg_out_string(out, " (");
    }
    integer_text(out, field, v->u);
    if (name)
        pfg_out_char(out, ')');
    if (field->row->kind == PFG_FLAGS && v->u & field->flags_known) {
        pfg_out_string(out, " [");
        pfg_flags_text(out, field, v->u & ~joined_bits(field));
        pfg_out_char(out, ']');
    }
    if (field->row->kind == PFG_TIME && pfg_time_ns(field, v->u, &ns)) {
        pfg_out_string(out, " (");
        pfg_out_time(out, ns);
        pfg_out_char(out, ')');
    }
}

static void quoted(struct pfg_out *out, const uint8_t *bytes, size_t size)
{
    pfg_out_char(out, '"');
    pfg_out_escaped(out, (const char *)bytes, size);
    pfg_out_char(out, '"');
}

/* A text that is shown whole and as it is; false, and nothing written: it is not. */
static bool short_text(struct pfg_out *out, const uint8_t *bytes, uint32_t size)
{
    if (size > PFG_TEXT_MAX || pfg_plain_size(bytes, size) < size)
        return false;
    char *to = pfg_out_room(out, PFG_TEXT_MAX + 2);
    *to = '"';
    memcpy(to + 1, bytes, size);
    to[size + 1] = '"';
    out->at = to + size + 2;
    return true;
}

/* At most most bytes of a value; what is left out is told. */
static void label_bounded(struct pfg_out *out, const struct pfg_pdu *pdu, const struct pfg_value *v,
                          uint32_t most)
{
    const uint8_t *bytes = pfg_value_bytes(pdu, v);
    uint32_t size = v->size < most ? v->size : most;
    enum pfg_kind kind = v->field->row->kind;

    if ((kind == PFG_STRING || kind == PFG_DATA) && v->size <= most &&
        short_text(out, bytes, v->size))
        return;
    if (kind == PFG_STRING || (kind == PFG_DATA && pfg_utf8_valid(bytes, v->size))) {
        while (size < v->size && size && (bytes[size] & 0xc0) == 0x80)
            size--;
        quoted(out, bytes, size);
    } else {
        pfg_out_hex(out, bytes, size);
    }
    if (size < v->size) {
        pfg_out_string(out, "… (");
        pfg_out_uint(out, v->size);
        pfg_out_string(out, " bytes)");
    }
}

/* The same of packed values, whose texts stand without quotes. */
static void packed_bounded(struct pfg_out *out, const struct pfg_pdu *pdu,
                           const struct pfg_value *v, uint32_t most)
{
    struct join join = { .out = out, .left = most, .escaped = true };
    if (pfg_packed_each(pdu, v, join_item, &join) < 0)
        label_bounded(out, pdu, v, most);
    else if (join.cut)
        pfg_out_string(out, ",…");
}

void pfg_label_text(struct pfg_out *out, const struct pfg_pdu *pdu, const struct pfg_value *v,
                    uint32_t most)
{
    switch (v->field->row->kind) {
    case PFG_UINT:
    case PFG_INT:
    case PFG_FLAGS:
    case PFG_TIME:
    case PFG_CONST:
    case PFG_RESERVED:
    case PFG_LENGTH:
    case PFG_CHECKSUM:
    case PFG_DERIVED:
        pfg_integer_label(out, v);
        break;
    case PFG_STRING:
    case PFG_DATA:
    case PFG_BYTES:
        label_bounded(out, pdu, v, most);
        break;
    case PFG_PACKED:
        packed_bounded(out, pdu, v, most);
        break;
    default:
        pfg_value_plain(out, pdu, v, PFG_ASPECT_VALUE);
        break;
    }
}

void pfg_value_label(struct pfg_out *out, const struct pfg_pdu *pdu, const struct pfg_value *value)
{
    pfg_label_text(out, pdu, value, UINT32_MAX);
}
