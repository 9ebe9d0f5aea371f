/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Master-file form to record data (RFC 1035, 5.1), by the rows of the type. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "proto/cursor.h"
#include "proto/dnsname.h"
#include "proto/rdata.h"

/* Text on its way. */
struct scan {
    const char *at, *end;
    const struct pfg_names *types;
    struct pfg_writer *w;
    struct pfg_fault *fault;
    char *word; /* the last one read, escapes as they were; room for the whole text and a zero */
    size_t size;
    bool quoted;
};

static int fail(struct scan *s, const char *what)
{
    snprintf(s->fault->text, sizeof s->fault->text, "record data: %s: \"%.*s\"", what,
             (int)(s->size > 60 ? 60 : s->size), s->word);
    return -1;
}

/* The next word: up to a blank, or in quotes, which may also stand inside: key="two words". false
 * at the end. */
static bool next_word(struct scan *s)
{
    bool inside = false;

    s->size = 0;
    s->quoted = false;
    while (s->at < s->end && isspace((unsigned char)*s->at))
        s->at++;
    if (s->at == s->end)
        return false;
    s->quoted = *s->at == '"';
    s->at += s->quoted;
    while (s->at < s->end) {
        char c = *s->at++;
        if (s->quoted ? c == '"' : !inside && isspace((unsigned char)c))
            break;
        inside ^= c == '"';
        s->word[s->size++] = c;
        if (c == '\\' && s->at < s->end)
            s->word[s->size++] = *s->at++;
    }
    return true;
}

static int type_of(const struct scan *s, uint64_t *type)
{
    if (pfg_name_value(s->types, s->word, s->size, type))
        return 0;
    if (s->size < 5 || s->size > 9 || strncasecmp(s->word, "TYPE", 4) != 0)
        return -1;
    *type = 0;
    for (size_t i = 4; i < s->size; i++) { /* RFC 3597, 5 */
        if (!isdigit((unsigned char)s->word[i]))
            return -1;
        *type = *type * 10 + (uint64_t)(s->word[i] - '0');
    }
    return *type > 65535 ? -1 : 0;
}

static int parse_date14(struct scan *s, uint64_t *value)
{
    struct tm tm = { 0 };
    s->word[s->size] = 0;
    if (s->size != 14)
        return -1;
    char *rest = strptime(s->word, "%Y%m%d%H%M%S", &tm);
    if (!rest || *rest)
        return -1;
    *value = (uint64_t)timegm(&tm);
    return 0;
}

static int parse_integer(struct scan *s, const struct pfg_field *field)
{
    uint64_t value;
    if (!next_word(s))
        return fail(s, "fewer words than the type has");
    if (field->row->display == PFG_TYPE_NAME ? type_of(s, &value) < 0
        : field->row->display == PFG_DATE14 && s->size == 14
            ? parse_date14(s, &value) < 0
            : pfg_parse_uint(field, s->word, s->size, &value, s->fault) < 0)
        return fail(s, "not a value of its field");
    pfg_writer_be(s->w, value, field->size);
    return 0;
}

static int parse_name(struct scan *s)
{
    uint8_t wire[255];
    if (!next_word(s))
        return fail(s, "a domain name is missing");
    int size = pfg_dnsname_parse(s->word, s->size, wire);
    if (size < 0)
        return fail(s, "not a domain name");
    pfg_writer_bytes(s->w, wire, (uint32_t)size);
    return 0;
}

static int value_in(const char *alphabet, char c)
{
    const char *at = c ? strchr(alphabet, c) : NULL;
    return at ? (int)(at - alphabet) : -1;
}

/* Groups of width bits by an alphabet, appended. */
static int put_bits(struct pfg_writer *w, const char *text, size_t size, const char *alphabet,
                    unsigned width)
{
    unsigned held = 0, count = 0;
    for (size_t i = 0; i < size && text[i] != '='; i++) {
        int value =
            value_in(alphabet, width == 6 ? text[i] : (char)toupper((unsigned char)text[i]));
        if (value < 0)
            return -1;
        held = held << width | (unsigned)value;
        count += width;
        if (count >= 8) {
            count -= 8;
            pfg_writer_be(w, held >> count & 255, 1);
        }
        held &= (1u << count) - 1;
    }
    return count < width ? 0 : -1; /* no digit may be for nothing */
}

int pfg_rdata_base64(const char *text, size_t size, struct pfg_writer *writer)
{
    return put_bits(writer, text, size,
                    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", 6);
}

static int put_hex(struct scan *s)
{
    if (s->size % 2)
        return -1;
    return put_bits(s->w, s->word, s->size, "0123456789ABCDEF", 4);
}

/* All types left, as windows of bits (RFC 4034, 4.1.2). */
static int parse_bitmap(struct scan *s)
{
    static _Thread_local uint8_t bits[8192];
    uint64_t type;
    memset(bits, 0, sizeof bits);
    while (next_word(s)) {
        if (type_of(s, &type) < 0)
            return fail(s, "not a type");
        bits[type / 8] |= (uint8_t)(0x80 >> type % 8);
    }
    for (unsigned window = 0; window < 256; window++) {
        unsigned last = 32;
        while (last && !bits[32 * window + last - 1])
            last--;
        if (!last)
            continue;
        pfg_writer_be(s->w, window, 1);
        pfg_writer_be(s->w, last, 1);
        pfg_writer_bytes(s->w, bits + 32 * (size_t)window, last);
    }
    return 0;
}

/* Service parameters, in the order given: key, key=value or key="value". */
static int parse_params(struct scan *s, const struct pfg_field *field)
{
    while (next_word(s)) {
        char *equals = memchr(s->word, '=', s->size);
        size_t name = equals ? (size_t)(equals - s->word) : s->size,
               skip = equals ? name + 1 : name;
        char *key = s->word;

        /* The value alone is unescaped, and its quotes are no part of it. */
        s->word += skip;
        s->size -= skip;
        if (s->size >= 2 && s->word[0] == '"' && s->word[s->size - 1] == '"') {
            s->word++;
            s->size -= 2;
        }
        int r = pfg_rdata_unescape(s->word, &s->size) < 0
                    ? -1
                    : pfg_svc_parse(field, key, name, s->word, s->size, s->w);
        s->word = key;
        s->size += skip;
        if (r < 0)
            return fail(s, "not a service parameter");
    }
    return 0;
}

/* What a field's bytes are in text, appended without their length. */
static int put_bytes(struct scan *s, const struct pfg_field *field)
{
    switch (field->row->display) {
    case PFG_BASE64:
        return pfg_rdata_base64(s->word, s->size, s->w);
    case PFG_BASE32HEX:
        return put_bits(s->w, s->word, s->size, "0123456789ABCDEFGHIJKLMNOPQRSTUV", 5);
    case PFG_HEX_DASH:
        return s->size == 1 && s->word[0] == '-' ? 0 : put_hex(s);
    default:
        break;
    }
    if (field->row->kind == PFG_BYTES)
        return put_hex(s);
    if (pfg_rdata_unescape(s->word, &s->size) < 0)
        return -1;
    pfg_writer_bytes(s->w, s->word, (uint32_t)s->size);
    return 0;
}

static int parse_bytes(struct scan *s, const struct pfg_field *field)
{
    uint32_t prefix = s->w->size, size;
    bool rest = !field->row->prefix && !field->row->size;

    if (field->row->display == PFG_TYPE_BITMAP)
        return parse_bitmap(s);
    if (field->row->display == PFG_SVC_PARAMS)
        return parse_params(s, field);
    pfg_writer_take(s->w, field->row->prefix);
    if (!next_word(s))
        return rest ? 0 : fail(s, "fewer words than the type has");
    do {
        if (put_bytes(s, field) < 0)
            return fail(s, "not a value of its field");
    } while (rest && field->row->display != PFG_QUOTED && next_word(s));
    size = s->w->size - prefix - field->row->prefix;
    if (field->row->prefix && size >> (8 * field->row->prefix))
        return fail(s, "longer than its length can tell");
    if (field->row->prefix && !s->w->overflow)
        pfg_put_be(s->w->bytes + prefix, size, field->row->prefix);
    return 0;
}

static int parse_address(struct scan *s, const struct pfg_field *field)
{
    uint8_t bytes[16];
    if (!next_word(s))
        return fail(s, "an address is missing");
    int64_t size = pfg_parse_bytes(field, s->word, s->size, bytes, sizeof bytes, s->fault);
    if (size < 0)
        return -1;
    pfg_writer_bytes(s->w, bytes, (uint32_t)size);
    return 0;
}

/* CODE=HEX words, or what else a code has (EDNS options), or character strings up to the end. */
static int parse_array(struct scan *s, const struct pfg_field *array)
{
    const struct pfg_table *inside = &array->inside.fields->inside;
    const struct pfg_field *last = &inside->fields[inside->count - 1];
    if (inside->count == 1) {
        while (s->at < s->end && isspace((unsigned char)*s->at))
            s->at++;
        while (s->at < s->end) {
            if (parse_bytes(s, last) < 0)
                return -1;
            while (s->at < s->end && isspace((unsigned char)*s->at))
                s->at++;
        }
        return 0;
    }
    while (next_word(s)) {
        char *equals = memchr(s->word, '=', s->size);
        size_t name = equals ? (size_t)(equals - s->word) : s->size;
        uint64_t code;
        if (inside->count != 2 ||
            pfg_parse_uint(&inside->fields[0], s->word, name, &code, s->fault) < 0)
            return fail(s, "not CODE=HEX");
        pfg_writer_be(s->w, code, inside->fields[0].size);
        uint32_t prefix = s->w->size;
        pfg_writer_take(s->w, last->row->prefix);
        size_t skip = equals ? name + 1 : name;
        memmove(s->word, s->word + skip, s->size - skip);
        s->size -= skip;
        const struct pfg_name *named = pfg_name_find(inside->fields[0].names, code);
        if (put_hex(s) < 0) {
            s->w->size = prefix + last->row->prefix;
            if (!named || pfg_option_parse(named->shown, s->word, s->size, s->w) < 0)
                return fail(s, "not hex");
        }
        uint32_t size = s->w->size - prefix - last->row->prefix;
        if (size >> 8 * last->row->prefix)
            return fail(s, "longer than its length can tell");
        if (!s->w->overflow)
            pfg_put_be(s->w->bytes + prefix, size, last->row->prefix);
    }
    return 0;
}

static int parse_field(struct scan *s, const struct pfg_field *field)
{
    switch (field->row->kind) {
    case PFG_NAME:
        return parse_name(s);
    case PFG_ARRAY:
        return parse_array(s, field);
    case PFG_BYTES:
    case PFG_DATA:
    case PFG_STRING:
        return parse_bytes(s, field);
    case PFG_IPV4:
    case PFG_IPV6:
        return parse_address(s, field);
    default:
        return parse_integer(s, field);
    }
}

/* \# SIZE HEX (RFC 3597, 5). */
static int parse_unknown(struct scan *s)
{
    uint32_t start = s->w->size;
    char *end;
    if (!next_word(s))
        return fail(s, "the size is missing");
    s->word[s->size] = 0;
    unsigned long size = strtoul(s->word, &end, 10);
    if (*end || !isdigit((unsigned char)s->word[0]))
        return fail(s, "not a size");
    while (next_word(s))
        if (put_hex(s) < 0)
            return fail(s, "not hex");
    return s->w->size - start == size || s->w->overflow ? 0 : fail(s, "not of the size it says");
}

static int parse_all(struct scan *s, const struct pfg_field *field, uint64_t type)
{
    const struct pfg_name *name = pfg_name_find(field->names, type);
    const char *first = s->at;

    if (next_word(s) && s->size == 2 && memcmp(s->word, "\\#", 2) == 0 && !s->quoted)
        return parse_unknown(s);
    s->at = first;
    if (!name || !name->rdata)
        return fail(s, "this type's data are given as \\# SIZE HEX");
    const struct pfg_table *table = &field->bodies[name - field->names->rows].table;
    for (uint32_t i = 0; i < table->count; i++)
        if (parse_field(s, &table->fields[i]) < 0)
            return -1;
    return next_word(s) ? fail(s, "more words than the type has") : 0;
}

int pfg_rdata_parse(const struct pfg_field *field, uint64_t type, const char *text, size_t size,
                    struct pfg_writer *writer, struct pfg_fault *fault)
{
    struct scan s = { .at = text,
                      .end = text + size,
                      .types = field->names,
                      .w = writer,
                      .fault = fault,
                      .word = malloc(size + 1) };
    if (!s.word) {
        snprintf(fault->text, sizeof fault->text, "out of memory");
        return -1;
    }
    int r = parse_all(&s, field, type);
    free(s.word);
    return r;
}
