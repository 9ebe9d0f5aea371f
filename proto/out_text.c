/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text that came from a packet on its way out: what is UTF-8, and what must not be shown as it is.
 */
#include <stdbool.h>

#include "proto/out.h"

/* Bytes of the UTF-8 character at p, 0 where there is none. RFC 3629, 4. */
static unsigned utf8_size(const uint8_t *p, size_t left)
{
    uint8_t low = 0x80, high = 0xbf;
    unsigned size;
    if (p[0] < 0x80)
        return 1;
    if (p[0] < 0xc2 || p[0] > 0xf4)
        return 0;
    size = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
    if (left < size)
        return 0;
    if (p[0] == 0xe0)
        low = 0xa0;
    if (p[0] == 0xed)
        high = 0x9f;
    if (p[0] == 0xf0)
        low = 0x90;
    if (p[0] == 0xf4)
        high = 0x8f;
    if (p[1] < low || p[1] > high)
        return 0;
    for (unsigned i = 2; i < size; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    return size;
}

int pfg_utf8_valid(const uint8_t *bytes, size_t size)
{
    size_t i = 0;
    while (i < size) {
        uint64_t word;
        while (size - i >= 8) { /* eight characters of ASCII at once */
            memcpy(&word, bytes + i, 8);
            if (word & UINT64_C(0x8080808080808080))
                break;
            i += 8;
        }
        while (i < size && bytes[i] < 0x80)
            i++;
        if (i == size)
            break;
        unsigned n = utf8_size(bytes + i, size - i);
        if (!n)
            return 0;
        i += n;
    }
    return 1;
}

/* The letter of a short escape, or 0. */
static char short_escape(uint8_t c)
{
    switch (c) {
    case '"':
    case '\\':
        return (char)c;
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\t':
        return 't';
    default:
        return 0;
    }
}

static inline bool is_within(uint8_t c, uint8_t from, uint8_t to)
{
    return c >= from && c <= to;
}

/* Of a character beyond ASCII: terminals take C1 (U+0080 to U+009F) for commands, as they take
 * escape, and marks of direction (UAX 9, 2) and ends of lines show what is around them in another
 * order or place than it has. */
static bool is_command(const uint8_t *p)
{
    if (p[0] == 0xc2)
        return p[1] < 0xa0;
    if (p[0] == 0xd8)
        return p[1] == 0x9c; /* U+061C */
    if (p[0] != 0xe2)
        return false;
    if (p[1] == 0x80) /* U+200E, U+200F, U+2028 to U+202E */
        return is_within(p[2], 0x8e, 0x8f) || is_within(p[2], 0xa8, 0xae);
    return p[1] == 0x81 && is_within(p[2], 0xa6, 0xaf); /* U+2066 to U+206F */
}

unsigned pfg_command_size(const uint8_t *bytes, size_t size)
{
    unsigned n = size && *bytes >= 0x80 ? utf8_size(bytes, size) : 0;

    return n && is_command(bytes) ? n : 0;
}

static const char replacement[] = "\xef\xbf\xbd"; /* U+FFFD */

size_t pfg_plain_size(const uint8_t *bytes, size_t size)
{
    size_t i = 0;

    for (;;) {
        while (size - i >= 8 && pfg_is_plain_8(bytes + i))
            i += 8;
        while (i < size && bytes[i] >= ' ' && bytes[i] < 0x7f && bytes[i] != '"' &&
               bytes[i] != '\\')
            i++;
        unsigned n = i < size && bytes[i] >= 0x80 ? utf8_size(bytes + i, size - i) : 0;
        if (!n || is_command(bytes + i))
            return i;
        i += n;
    }
}

/* How a text is escaped. */
enum form { FORM_JSON, FORM_C };

/* A character of two or three bytes. */
static void out_command(struct pfg_out *out, const uint8_t *p, unsigned size, enum form form)
{
    if (form == FORM_JSON) {
        unsigned code = size == 2 ? (p[0] & 0x1fu) << 6 | (p[1] & 0x3fu)
                                  : (p[0] & 0xfu) << 12 | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu);
        pfg_out_bytes(out, "\\u", 2);
        pfg_out_hex_uint(out, code, 4);
        return;
    }
    for (unsigned i = 0; i < size; i++) {
        pfg_out_bytes(out, "\\x", 2);
        pfg_out_hex_uint(out, p[i], 2);
    }
}

/* A byte of ASCII: with a letter of its own, or by its number. */
static void out_special(struct pfg_out *out, uint8_t c, enum form form)
{
    char letter = short_escape(c);

    if (letter) {
        pfg_out_char(out, '\\');
        pfg_out_char(out, letter);
        return;
    }
    pfg_out_bytes(out, form == FORM_JSON ? "\\u" : "\\x", 2);
    pfg_out_hex_uint(out, c, form == FORM_JSON ? 4 : 2);
}

/* Text with its special characters escaped. */
static void out_text(struct pfg_out *out, const uint8_t *at, size_t size, enum form form)
{
    for (const uint8_t *end = at + size;;) {
        size_t plain = pfg_plain_size(at, (size_t)(end - at));
        pfg_out_bytes(out, (const char *)at, plain);
        at += plain;
        if (at == end)
            return;
        unsigned command = pfg_command_size(at, (size_t)(end - at));
        if (command)
            out_command(out, at, command, form);
        else if (*at >= 0x80)
            pfg_out_bytes(out, replacement, 3);
        else
            out_special(out, *at, form);
        at += command ? command : 1;
    }
}

void pfg_out_json(struct pfg_out *out, const char *bytes, size_t size)
{
    out_text(out, (const uint8_t *)bytes, size, FORM_JSON);
}

void pfg_out_escaped(struct pfg_out *out, const char *bytes, size_t size)
{
    out_text(out, (const uint8_t *)bytes, size, FORM_C);
}
