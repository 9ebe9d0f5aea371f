/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "proto/pack.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/cursor.h"
#include "proto/encode.h"

enum { PACK_MAX = 1 << 24 };

void pfg_pack_begin(struct pfg_pack *pack, const char *format, size_t size)
{
    *pack = (struct pfg_pack){ .at = format, .end = format + size };
    pack->little = pack->native = pack->aligned = true;
    if (size == 0)
        return;
    switch (*format) {
    case '@':
        pack->at++;
        break;
    case '=':
    case '<':
        pack->aligned = pack->native = false;
        pack->at++;
        break;
    case '>':
    case '!':
        pack->aligned = pack->native = pack->little = false;
        pack->at++;
        break;
    default:
        break;
    }
}

/* Bytes of one value of a code; 0: no such code. */
static unsigned size_of(char code, bool native)
{
    switch (code) {
    case 'x': case 'c': case 'b': case 'B': case '?': case 's': case 'p':
        return 1;
    case 'h': case 'H':
        return 2;
    case 'i': case 'I': case 'f':
        return 4;
    case 'l': case 'L':
        return native ? 8 : 4;
    case 'q': case 'Q': case 'd':
        return 8;
    default:
        return 0;
    }
}

/* The next count and code. 1, 0 at the end, -1 not a format. */
static int next_code(struct pfg_pack *pack)
{
    uint64_t count = 0;
    bool counted = false;

    while (pack->at < pack->end && isspace((unsigned char)*pack->at))
        pack->at++;
    for (; pack->at < pack->end && isdigit((unsigned char)*pack->at); pack->at++, counted = true)
        if ((count = count * 10 + (uint64_t)(*pack->at - '0')) > PACK_MAX)
            return -1;
    if (pack->at == pack->end)
        return counted ? -1 : 0;
    pack->code = *pack->at++;
    pack->left = counted ? (uint32_t)count : 1;
    unsigned size = size_of(pack->code, pack->native);
    if (!size)
        return -1;
    if (pack->aligned)
        pack->offset = (pack->offset + size - 1) / size * size;
    return 1;
}

int pfg_pack_next(struct pfg_pack *pack, struct pfg_pack_item *item)
{
    for (;;) {
        bool whole = pack->code == 's' || pack->code == 'p';
        if (pack->left == 0) {
            int r = next_code(pack);
            if (r <= 0)
                return r;
            whole = pack->code == 's' || pack->code == 'p';
            if (pack->left == 0 && !whole)
                continue;
        }
        unsigned size = size_of(pack->code, pack->native);
        item->code = pack->code;
        item->offset = (uint32_t)pack->offset;
        item->size = whole ? pack->left : size;
        item->little = pack->little;
        pack->offset += item->size;
        pack->left = whole ? 0 : pack->left - 1;
        if (pack->offset > PACK_MAX)
            return -1;
        if (pack->code != 'x')
            return 1;
    }
}

/* Code by code, not value by value: a few bytes of format may stand for millions of values. */
int64_t pfg_pack_size(const char *format, size_t size)
{
    struct pfg_pack pack;
    int r;

    pfg_pack_begin(&pack, format, size);
    while ((r = next_code(&pack)) > 0) {
        pack.offset += (uint64_t)pack.left * size_of(pack.code, pack.native);
        if (pack.offset > PACK_MAX)
            return -1;
    }
    return r < 0 ? -1 : (int64_t)pack.offset;
}

int pfg_pack_check(const char *format, size_t format_size, const uint8_t *bytes, size_t size)
{
    (void)bytes;
    return pfg_pack_size(format, format_size) == (int64_t)size ? 0 : -1;
}

static uint64_t raw_of(const struct pfg_pack_item *item, const uint8_t *bytes)
{
    return item->little ? pfg_get_le(bytes + item->offset, item->size)
                        : pfg_get_be(bytes + item->offset, item->size);
}

static double real_of(const struct pfg_pack_item *item, const uint8_t *bytes)
{
    uint64_t raw = raw_of(item, bytes);
    if (item->size == 4) {
        uint32_t low = (uint32_t)raw;
        float f;
        memcpy(&f, &low, 4);
        return (double)f;
    }
    double d;
    memcpy(&d, &raw, 8);
    return d;
}

static int64_t signed_of(const struct pfg_pack_item *item, const uint8_t *bytes)
{
    unsigned shift = 64 - 8 * item->size;
    return (int64_t)(raw_of(item, bytes) << shift) >> shift;
}

/* The bytes of a text code: p has its length first, s may end with zeros that are not meant. */
static const uint8_t *text_of(const struct pfg_pack_item *item, const uint8_t *bytes, size_t *size)
{
    const uint8_t *text = bytes + item->offset;
    *size = item->size;
    if (item->code == 'p' && item->size) {
        *size = text[0] < item->size ? text[0] : item->size - 1;
        return text + 1;
    }
    while (item->code == 's' && *size && text[*size - 1] == 0)
        --*size;
    return text;
}

static void number_text(struct pfg_out *out, const struct pfg_pack_item *item,
                        const uint8_t *bytes, bool json)
{
    bool quote;

    switch (item->code) {
    case '?':
        pfg_out_string(out, raw_of(item, bytes) ? "true" : "false");
        break;
    case 'f':
    case 'd':
        quote = json && !isfinite(real_of(item, bytes));
        if (quote) /* JSON has no number for it */
            pfg_out_char(out, '"');
        pfg_out_double(out, real_of(item, bytes));
        if (quote)
            pfg_out_char(out, '"');
        break;
    case 'b':
    case 'h':
    case 'i':
    case 'l':
    case 'q':
        pfg_out_int(out, signed_of(item, bytes));
        break;
    default:
        pfg_out_uint(out, raw_of(item, bytes));
        break;
    }
}

static bool is_text(char code)
{
    return code == 'c' || code == 's' || code == 'p';
}

void pfg_pack_json(struct pfg_out *out, const struct pfg_pack_item *item, const uint8_t *bytes)
{
    size_t size;
    if (!is_text(item->code)) {
        number_text(out, item, bytes, true);
        return;
    }
    const uint8_t *text = text_of(item, bytes, &size);
    pfg_out_char(out, '"');
    if (pfg_utf8_valid(text, size))
        pfg_out_json(out, (const char *)text, size);
    else
        pfg_out_hex(out, text, size);
    pfg_out_char(out, '"');
}

void pfg_pack_plain(struct pfg_out *out, const struct pfg_pack_item *item, const uint8_t *bytes)
{
    size_t size;
    if (!is_text(item->code)) {
        number_text(out, item, bytes, false);
        return;
    }
    const uint8_t *text = text_of(item, bytes, &size);
    if (pfg_utf8_valid(text, size))
        pfg_out_bytes(out, (const char *)text, size);
    else
        pfg_out_hex(out, text, size);
}

/* ---- Text to packed values ---- */

static int pack_fault(struct pfg_fault *fault, const char *what, const char *word, size_t size)
{
    snprintf(fault->text, sizeof fault->text, "%s: \"%.*s\"", what, (int)(size > 60 ? 60 : size),
             word);
    return -1;
}

static int pack_chars(const struct pfg_pack_item *item, const char *word, size_t size, uint8_t *to,
                      struct pfg_fault *fault)
{
    size_t room = item->size;
    if (item->code == 'p') /* its length stands before it, in one byte */
        room = room == 0 ? 0 : room > 256 ? 255 : room - 1;
    if (size > room)
        return pack_fault(fault, "a text does not fit its place in the format", word, size);
    if (item->code == 'p' && item->size)
        *to++ = (uint8_t)size;
    memcpy(to, word, size);
    return 0;
}

static int pack_real(const struct pfg_pack_item *item, const char *text, uint64_t *raw)
{
    char *end;
    double d = strtod(text, &end);
    float f = (float)d;
    uint32_t low;

    if (end == text || *end || (item->size == 4 && isinf(f) && !isinf(d)))
        return -1;
    memcpy(&low, &f, 4);
    memcpy(raw, &d, 8);
    if (item->size == 4)
        *raw = low;
    return 0;
}

/* Decimal, or with 0x; 1 where it does not fit the code, -1 where it is no number. */
static int pack_integer(const struct pfg_pack_item *item, const char *text, uint64_t *raw)
{
    bool negative = *text == '-', is_signed = strchr("bhilq", item->code) != NULL;
    const char *digits = text + (negative || *text == '+');
    bool hex = digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X');
    uint64_t most = UINT64_MAX >> (64 - 8 * item->size);
    char *end;

    digits += hex ? 2 : 0;
    if (!isxdigit((unsigned char)*digits))
        return -1;
    errno = 0;
    *raw = strtoull(digits, &end, hex ? 16 : 10);
    if (*end)
        return -1;
    if (is_signed)
        most = most / 2 + negative;
    else if (negative && *raw)
        return 1;
    if (errno || *raw > most)
        return 1;
    *raw = negative ? -*raw : *raw;
    return 0;
}

static int pack_boolean(const char *text, uint64_t *raw)
{
    struct pfg_pack_item item = { .code = 'Q', .size = 8 };
    bool is_true = strcmp(text, "true") == 0;
    if (is_true || strcmp(text, "false") == 0) {
        *raw = is_true;
        return 0;
    }
    int r = pack_integer(&item, text, raw);
    *raw = *raw != 0;
    return r;
}

/* One word into the bytes of an item. */
static int pack_word(const struct pfg_pack_item *item, const char *word, size_t size,
                     uint8_t *bytes, struct pfg_fault *fault)
{
    char text[64];
    uint64_t raw = 0;
    uint8_t *to = bytes + item->offset;
    int r;

    if (is_text(item->code))
        return pack_chars(item, word, size, to, fault);
    while (size && isspace((unsigned char)*word)) {
        word++;
        size--;
    }
    if (size >= sizeof text || memchr(word, 0, size))
        return pack_fault(fault, "not a number", word, size);
    memcpy(text, word, size);
    text[size] = 0;
    if (item->code == 'f' || item->code == 'd')
        r = pack_real(item, text, &raw);
    else if (item->code == '?')
        r = pack_boolean(text, &raw);
    else
        r = pack_integer(item, text, &raw);
    if (r != 0)
        return pack_fault(fault, r < 0 ? "not a number" : "out of the range of its code", word,
                          size);
    if (item->little)
        pfg_put_le(to, raw, item->size);
    else
        pfg_put_be(to, raw, item->size);
    return 0;
}

int pfg_pack_text(const char *format, size_t format_size, const char *text, size_t size,
                  uint8_t *bytes, size_t room, struct pfg_fault *fault)
{
    struct pfg_pack pack;
    struct pfg_pack_item item;
    const char *at = text, *end = text + size;
    int64_t total = pfg_pack_size(format, format_size);
    int r;

    if (total < 0)
        return pack_fault(fault, "not a format of packed values", format, format_size);
    if ((uint64_t)total > room)
        return pack_fault(fault, "the packed values are too long", format, format_size);
    memset(bytes, 0, (size_t)total);
    pfg_pack_begin(&pack, format, format_size);
    bool more = size > 0;
    while ((r = pfg_pack_next(&pack, &item)) > 0) {
        const char *comma = memchr(at, ',', (size_t)(end - at));
        const char *word_end = comma ? comma : end;
        /* an empty text is also what a first value of text may be */
        if (!more && (size || item.offset || !is_text(item.code)))
            return pack_fault(fault, "fewer values than the format has", format, format_size);
        if (pack_word(&item, at, (size_t)(word_end - at), bytes, fault) < 0)
            return -1;
        more = comma != NULL;
        at = comma ? comma + 1 : end;
    }
    if (more)
        return pack_fault(fault, "more values than the format has", at, (size_t)(end - at));
    return (int)total;
}
