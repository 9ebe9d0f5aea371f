/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Random values of single rows, with the ends of their ranges. */
#include <arpa/inet.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/definition/message.h"

/* A sign, 20 digits, a point, 32 digits. */
enum { FIXED_TEXT = 64 };

static const char *keep(struct message *m, const void *bytes, size_t size)
{
    char *at = m->store + m->stored;
    if (m->stored + size + 1 > sizeof m->store)
        abort();
    memcpy(at, bytes, size);
    at[size] = 0;
    m->stored += size + 1;
    return at;
}

static struct pfg_set *new_set(struct message *m, const char *name)
{
    if (m->count == MESSAGE_SETS)
        abort();
    struct pfg_set *set = &m->sets[m->count++];
    memset(set, 0, sizeof *set);
    set->name = keep(m, name, strlen(name));
    set->name_size = (uint32_t)strlen(name);
    return set;
}

/* The word of the command line. Quotes keep blanks; a quote inside them is escaped. */
static void add_word(struct message *m, const char *name, const char *text)
{
    pfg_out_char(&m->words, ' ');
    pfg_out_string(&m->words, name);
    pfg_out_string(&m->words, "=\"");
    for (; *text; text++) {
        if (*text == '"')
            pfg_out_char(&m->words, '\\');
        pfg_out_char(&m->words, *text);
    }
    pfg_out_char(&m->words, '"');
}

/* A setting that both sides have as text. */
static void set_text(struct message *m, const char *name, const char *text)
{
    struct pfg_set *set = new_set(m, name);
    set->how = PFG_SET_TEXT;
    set->text = keep(m, text, strlen(text));
    set->size = (uint32_t)strlen(text);
    add_word(m, name, text);
}

static void set_uint(struct message *m, const char *name, uint64_t u, const char *word)
{
    struct pfg_set *set = new_set(m, name);
    set->how = PFG_SET_UINT;
    set->number = u;
    add_word(m, name, word);
}

static void set_bytes(struct message *m, const char *name, const uint8_t *bytes, size_t size,
                      const char *word)
{
    struct pfg_set *set = new_set(m, name);
    set->how = PFG_SET_BYTES;
    set->text = keep(m, bytes, size);
    set->size = (uint32_t)size;
    add_word(m, name, word);
}

void message_expect(struct message *m, const char *path, const char *ending, const char *value,
                    size_t size)
{
    if (m->values.at > m->values.start)
        pfg_out_char(&m->values, ',');
    pfg_out_string(&m->values, "[\"");
    pfg_out_string(&m->values, path);
    pfg_out_string(&m->values, ending);
    pfg_out_string(&m->values, "\",\"");
    pfg_out_json(&m->values, value, size);
    pfg_out_string(&m->values, "\"]");
}

static void expect(struct message *m, const struct pfg_field *field, const char *ending,
                   const char *value)
{
    message_expect(m, field->path, ending, value, strlen(value));
}

/* ---- Integers ---- */

static const struct pfg_name *find_name(const struct pfg_name *rows, uint64_t u)
{
    for (; rows && rows->name; rows++)
        if (rows->value == u)
            return rows;
    return NULL;
}

static uint64_t mask_of(const struct pfg_field *field)
{
    unsigned bits = field->bit         ? (unsigned)__builtin_popcountll(field->bit->mask)
                    : field->row->bits ? field->row->bits
                                       : 8u * field->row->size;
    return bits >= 64 ? UINT64_MAX : (UINT64_C(1) << bits) - 1;
}

/* The number of a fixed-point field, by way of a long double, whose 64 bits hold all of it. */
static void fixed_text(char text[FIXED_TEXT], const struct pfg_field *field, uint64_t u)
{
    unsigned bits = field->row->fraction_bits;
    long double number = field->row->kind == PFG_INT ? (long double)(int64_t)u : (long double)u;
    char *end;

    snprintf(text, FIXED_TEXT, "%.*Lf", (int)bits, ldexpl(number, -(int)bits));
    for (end = text + strlen(text); strchr(text, '.') && (end[-1] == '0' || end[-1] == '.');) {
        bool point = *--end == '.';
        *end = 0;
        if (point)
            break;
    }
}

/* The value and its name, as decoders show them. */
static void expect_integer(struct message *m, const struct pfg_field *field, uint64_t u)
{
    const struct pfg_name *rows = field->bit ? field->bit->names : field->row->names, *name;
    char text[FIXED_TEXT];

    if (field->boolean) {
        expect(m, field, "", u ? "true" : "false");
        return;
    }
    if (field->row->display == PFG_DATE)
        return;
    if (field->row->fraction_bits)
        fixed_text(text, field, u);
    else
        snprintf(text, sizeof text, field->row->kind == PFG_INT ? "%" PRId64 : "%" PRIu64, u);
    expect(m, field, "", text);
    name = find_name(rows, u);
    if (name)
        expect(m, field, "_name", name->name);
    else if (rows && !field->bit && field->row->other)
        expect(m, field, "_name", field->row->other);
}

uint64_t message_random_uint(struct message *m, const struct pfg_field *field)
{
    const struct pfg_name *rows = field->bit ? field->bit->names : field->row->names;
    uint64_t mask = mask_of(field);
    uint32_t count = 0;

    while (rows && rows[count].name)
        count++;
    if (count && (field->row->closed || !random_one_in(m->random, 4)))
        return rows[random_below(m->random, count)].value;
    if (field->row->kind == PFG_INT && !field->bit) {
        uint64_t u = random_value(m->random, mask);
        return mask < UINT64_MAX && u > mask / 2 ? u | ~mask : u;
    }
    if (field->row->max && field->row->max < mask)
        mask = field->row->max;
    return random_value(m->random, mask) * field->scale;
}

void message_uint(struct message *m, const char *name, const struct pfg_field *field, uint64_t u)
{
    const struct pfg_name *named = find_name(field->row->names, u);
    char text[FIXED_TEXT];

    if (field->row->fraction_bits)
        fixed_text(text, field, u);
    else if (field->row->kind == PFG_INT)
        snprintf(text, sizeof text, "%" PRId64, (int64_t)u);
    else
        snprintf(text, sizeof text, random_one_in(m->random, 2) ? "0x%" PRIx64 : "%" PRIu64, u);
    set_uint(m, name, u, named && random_one_in(m->random, 2) ? named->name : text);
    expect_integer(m, field, u);
}

void message_flags(struct message *m, const char *name, const struct pfg_field *field, uint64_t u)
{
    char text[32];

    snprintf(text, sizeof text, "0x%" PRIx64, u);
    set_uint(m, name, u, text);
    expect_integer(m, field, u);
    for (uint32_t i = 0; i < field->inside.count; i++) {
        const struct pfg_field *bit = &field->inside.fields[i];
        expect_integer(m, bit, u >> __builtin_ctzll(bit->bit->mask) & mask_of(bit));
    }
}

/* ---- Bytes ---- */

static void random_bytes(struct message *m, uint8_t *bytes, size_t size)
{
    uint8_t fill = (uint8_t)random_next(m->random);
    uint32_t how = random_below(m->random, 8);
    for (size_t i = 0; i < size; i++)
        bytes[i] = how == 0   ? 0
                   : how == 1 ? 0xff
                   : how == 2 ? fill
                              : (uint8_t)random_next(m->random);
}

void message_address(struct message *m, const char *name, const struct pfg_field *field)
{
    uint8_t bytes[16];
    char text[INET6_ADDRSTRLEN];
    enum pfg_kind kind = field->row->kind;

    random_bytes(m, bytes, sizeof bytes);
    if (kind == PFG_MAC)
        snprintf(text, sizeof text, "%02x:%02x:%02x:%02x:%02x:%02x", bytes[0], bytes[1], bytes[2],
                 bytes[3], bytes[4], bytes[5]);
    else
        inet_ntop(kind == PFG_IPV4 ? AF_INET : AF_INET6, bytes, text, sizeof text);
    set_bytes(m, name, bytes, field->size, text);
    expect(m, field, "", text);
}

/* Text of so many bytes, UTF-8: letters, marks that need escapes, wider characters. */
static uint32_t random_text(struct message *m, char *text, uint32_t size)
{
    static const char *const wide[] = { "ä", "€", "号", "😀" };
    static const char marks[] = "abcXYZ019 \"\\'/=:@#|,.\n\t\x7f";
    uint32_t at = 0;

    while (at < size) {
        const char *c = wide[random_below(m->random, 4)];
        uint32_t width = (uint32_t)strlen(c);
        if (width > size - at || !random_one_in(m->random, 8)) {
            c = &marks[random_below(m->random, sizeof marks - 1)];
            width = 1;
        }
        memcpy(text + at, c, width);
        at += width;
    }
    return at;
}

/* C escapes for all but letters and digits. */
static void escaped(struct pfg_out *out, const uint8_t *bytes, size_t size)
{
    char code[8];
    for (size_t i = 0; i < size; i++) {
        bool letter = bytes[i] >= 'a' && bytes[i] <= 'z',
             digit = bytes[i] >= '0' && bytes[i] <= '9';
        /* The first too: 0x would begin hexadecimal digits. */
        snprintf(code, sizeof code, i && (letter || digit) ? "%c" : "\\x%02x", bytes[i]);
        pfg_out_string(out, code);
    }
}

static uint32_t random_size(struct message *m, struct extent extent)
{
    uint32_t usual = extent.least + 24 < extent.most ? extent.least + 24 : extent.most;
    if (random_one_in(m->random, 16))
        return extent.most;
    return extent.least + random_below(m->random, usual - extent.least + 1);
}

void message_bytes(struct message *m, const char *name, const struct pfg_field *field,
                   struct extent extent)
{
    static uint8_t bytes[4096];
    uint32_t size = random_size(m, extent);
    enum pfg_kind kind = field->row->kind;
    bool text = kind == PFG_STRING || (kind == PFG_DATA && random_one_in(m->random, 2));
    struct pfg_out word, hex;

    if (text)
        size = random_text(m, (char *)bytes, size);
    else
        random_bytes(m, bytes, size);
    pfg_out_init(&word, 4096, NULL, NULL);
    pfg_out_init(&hex, 4096, NULL, NULL);
    pfg_out_hex(&hex, bytes, size);
    if (text || !size) {
        escaped(&word, bytes, size);
    } else {
        pfg_out_string(&word, "hex:");
        pfg_out_hex(&word, bytes, size);
    }
    pfg_out_char(&word, 0);
    set_bytes(m, name, bytes, size, word.start);
    if (kind == PFG_STRING)
        message_expect(m, field->path, "", (const char *)bytes, size);
    else
        message_expect(m, field->path, "", hex.start, (size_t)(hex.at - hex.start));
    if (kind == PFG_DATA && pfg_utf8_valid(bytes, size))
        message_expect(m, field->path, "_text", (const char *)bytes, size);
    pfg_out_free(&word);
    pfg_out_free(&hex);
}

/* ---- DNS ---- */

static void random_name(struct message *m, char *text, bool absolute)
{
    static const char *const known[] = { "example.com", "www.example.com", "a.b.c.example.org" };
    uint32_t labels = random_below(m->random, 4), at = 0;

    if (random_one_in(m->random, 2)) {
        strcpy(text, known[random_below(m->random, 3)]);
        at = (uint32_t)strlen(text);
        labels = 0;
    } else if (!labels) {
        strcpy(text, ".");
        return;
    }
    for (uint32_t i = 0; i < labels; i++) {
        uint32_t size = random_one_in(m->random, 8) ? 63 : 1 + random_below(m->random, 12);
        if (i)
            text[at++] = '.';
        for (uint32_t k = 0; k < size; k++)
            text[at++] = "abcdefghijklmnopqrstuvwxyz0123456789_-XYZ"[random_below(m->random, 41)];
    }
    if (absolute)
        text[at++] = '.';
    text[at] = 0;
}

void message_name(struct message *m, const char *name, const struct pfg_field *field)
{
    char text[300];
    random_name(m, text, false);
    set_text(m, name, text);
    expect(m, field, "", text);
}

static void rdata_bytes(struct message *m, struct pfg_out *out, enum pfg_display display)
{
    uint8_t bytes[32];
    uint32_t size = 1 + random_below(m->random, sizeof bytes);

    random_bytes(m, bytes, size);
    if (display == PFG_TYPE_BITMAP)
        pfg_out_string(out, "A MX RRSIG TYPE1234");
    else if (display == PFG_SVC_PARAMS)
        pfg_out_string(out, "alpn=h2,h3 port=8443");
    else if (display == PFG_BASE64)
        pfg_out_base64(out, bytes, size);
    else if (display == PFG_BASE32HEX)
        pfg_out_base32hex(out, bytes, size);
    else
        pfg_out_hex(out, bytes, size);
}

/* One field of record data in master-file form. */
static void rdata_field(struct message *m, struct pfg_out *out, const struct pfg_field *field)
{
    char name[300];
    static const char date[] = "20240229235959";

    switch (field->row->kind) {
    case PFG_NAME:
        random_name(m, name, true);
        pfg_out_string(out, name);
        break;
    case PFG_UINT:
        if (field->row->display == PFG_TYPE_NAME || field->row->display == PFG_DATE14)
            pfg_out_string(out, field->row->display == PFG_DATE14 ? date : "NSEC3");
        else
            pfg_out_uint(out, random_value(m->random, mask_of(field)));
        break;
    case PFG_STRING:
        pfg_out_string(out, "issue");
        break;
    case PFG_DATA:
        pfg_out_string(out, random_one_in(m->random, 3) ? "\"\"" : "\"two words\"");
        break;
    case PFG_ARRAY: /* EDNS options, or texts */
        pfg_out_string(out, field->inside.fields->inside.count == 2
                                ? "COOKIE=0102030405060708 NSID= 65001=aa"
                                : "\"one\" \"and another\"");
        break;
    default:
        rdata_bytes(m, out, field->row->display);
        break;
    }
}

void message_rdata(struct message *m, const char *name, const struct pfg_field *field,
                   uint64_t type)
{
    const struct pfg_name *known = pfg_name_find(field->names, type);
    const struct pfg_body *body = known ? &field->bodies[known - field->names->rows] : NULL;
    struct pfg_out text;

    pfg_out_init(&text, 4096, NULL, NULL);
    if (body && body->present) {
        for (uint32_t i = 0; i < body->table.count; i++) {
            if (i)
                pfg_out_char(&text, ' ');
            rdata_field(m, &text, &body->table.fields[i]);
        }
    } else {
        pfg_out_string(&text, "\\# 5 00ff10207f");
    }
    pfg_out_char(&text, 0);
    set_text(m, name, text.start);
    pfg_out_free(&text);
}

/* ---- Packed values ---- */

/* A number of a code, as decimals. */
static void packed_integer(struct message *m, char code, unsigned bytes, char text[32])
{
    uint64_t most = bytes == 8 ? UINT64_MAX : (UINT64_C(1) << 8 * bytes) - 1;
    uint64_t u = random_value(m->random, most);

    if (code >= 'a' && code <= 'z') {
        if (u > most / 2)
            u |= ~most;
        snprintf(text, 32, "%" PRId64, (int64_t)u);
    } else {
        snprintf(text, 32, "%" PRIu64, u);
    }
}

/* The text of a value. size: bytes of the code, or that a text may have. */
static void packed_text(struct message *m, char code, unsigned size, char text[32])
{
    unsigned letters = 1 + random_below(m->random, size ? size : 1);

    switch (code) {
    case '?':
        snprintf(text, 32, "%s", random_one_in(m->random, 2) ? "true" : "false");
        break;
    case 'f': /* quarters are the same in both precisions, and six digits enough */
    case 'd':
        snprintf(text, 32, "%g", ((double)random_below(m->random, 8001) - 4000) / 4);
        if (code == 'd' && random_one_in(m->random, 4))
            snprintf(text, 32, "-1e+300");
        break;
    case 'c':
    case 's':
    case 'p':
        for (unsigned i = 0; i < letters; i++)
            text[i] = "abcdefgh .;'XYZ0123456789"[random_below(m->random, 25)];
        text[letters] = 0;
        break;
    default:
        packed_integer(m, code, size, text);
        break;
    }
}

/* A random code, with a count where it is a text's, behind the layout; *size as packed_text has it.
 * Standard sizes: l and L have four bytes. */
static char packed_code(struct message *m, char *layout, bool standard, unsigned *size)
{
    static const struct {
        char code;
        uint8_t native, standard;
    } codes[] = {
        { 'b', 1, 1 }, { 'B', 1, 1 }, { 'h', 2, 2 }, { 'H', 2, 2 }, { 'i', 4, 4 }, { 'I', 4, 4 },
        { 'l', 8, 4 }, { 'L', 8, 4 }, { 'q', 8, 8 }, { 'Q', 8, 8 }, { '?', 1, 1 }, { 'f', 4, 4 },
        { 'd', 8, 8 }, { 'c', 1, 1 }, { 's', 9, 9 }, { 'p', 9, 9 },
    };
    uint32_t which = random_below(m->random, sizeof codes / sizeof *codes);
    char code = codes[which].code;

    *size = standard ? codes[which].standard : codes[which].native;
    layout += strlen(layout);
    if (random_one_in(m->random, 6))
        *layout++ = 'x';
    if (code == 's' || code == 'p')
        *layout++ = (char)('0' + *size);
    *size -= code == 'p'; /* its length takes one */
    layout[0] = code;
    layout[1] = 0;
    return code;
}

void message_packed(struct message *m, const char *format_name, const struct pfg_field *format,
                    const char *name, const struct pfg_field *field)
{
    static const char marks[] = "@=<>!";
    char layout[32] = "", list[256] = "", text[32];
    uint32_t count = random_below(m->random, 6), at;
    bool marked = random_one_in(m->random, 2);
    struct pfg_out word;

    if (marked)
        layout[0] = marks[random_below(m->random, 5)];
    for (uint32_t i = 0; i < count; i++) {
        unsigned size;
        char code = packed_code(m, layout, marked && layout[0] != '@', &size);
        packed_text(m, code, size, text);
        snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s", i ? "," : "", text);
        expect(m, field, "", text);
    }
    at = (uint32_t)strlen(layout);
    pfg_out_init(&word, 4096, NULL, NULL);
    escaped(&word, (const uint8_t *)layout, at); /* @ alone would name a file */
    pfg_out_char(&word, 0);
    set_bytes(m, format_name, (const uint8_t *)layout, at, word.start);
    pfg_out_free(&word);
    expect(m, format, "", layout);
    set_text(m, name, list);
}
