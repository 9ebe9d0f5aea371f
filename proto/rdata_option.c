/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text to the values of EDNS options that have a form of their own; rdata_show.c has the other way.
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "proto/cursor.h"
#include "proto/rdata.h"

int pfg_rdata_unescape(char *text, size_t *size)
{
    size_t to = 0;
    for (size_t i = 0; i < *size; i++) {
        if (text[i] != '\\') {
            text[to++] = text[i];
            continue;
        }
        if (++i == *size)
            return -1;
        if (!isdigit((unsigned char)text[i])) {
            text[to++] = text[i];
            continue;
        }
        if (i + 2 >= *size || !isdigit((unsigned char)text[i + 1]) ||
            !isdigit((unsigned char)text[i + 2]))
            return -1;
        char digits[4] = { text[i], text[i + 1], text[i + 2], 0 };
        unsigned long value = strtoul(digits, NULL, 10);
        if (value > 255)
            return -1;
        text[to++] = (char)value;
        i += 2;
    }
    *size = to;
    return 0;
}

/* A decimal number of at most most, behind which *at is then. False: it is none. */
static bool take_number(const char **at, const char *end, unsigned most, unsigned *value)
{
    const char *first = *at;

    for (*value = 0; *at < end && isdigit((unsigned char)**at); ++*at) {
        *value = *value * 10 + (unsigned)(**at - '0');
        if (*value > most)
            return false;
    }
    return *at > first;
}

static bool take(const char **at, const char *end, char c)
{
    bool there = *at < end && **at == c;

    *at += there;
    return there;
}

/* A text in quotes, to the end. */
static int parse_quoted(const char *at, const char *end, struct pfg_writer *writer)
{
    size_t size = (size_t)(end - at);

    if (size < 2 || at[0] != '"' || end[-1] != '"')
        return -1;
    char *text = (char *)(uintptr_t)at + 1;
    size -= 2;
    if (pfg_rdata_unescape(text, &size) < 0)
        return -1;
    pfg_writer_bytes(writer, text, (uint32_t)size);
    return 0;
}

/* 18(Prohibited):"text", of which the name says nothing, and the text may be left out with a name.
 */
static int parse_error(const char *at, const char *end, struct pfg_writer *writer)
{
    unsigned code;

    if (!take_number(&at, end, UINT16_MAX, &code) || (at < end && *at != '(' && *at != ':'))
        return -1;
    if (take(&at, end, '(')) {
        const char *close = memchr(at, ')', (size_t)(end - at));
        if (!close)
            return -1;
        at = close + 1;
    }
    pfg_writer_be(writer, code, 2);
    if (at == end)
        return 0;
    return take(&at, end, ':') ? parse_quoted(at, end, writer) : -1;
}

static int parse_subnet(const char *at, const char *end, struct pfg_writer *writer)
{
    const char *slash = memchr(at, '/', (size_t)(end - at));
    size_t size = slash ? (size_t)(slash - at) : 0;
    unsigned source, scope, most;
    char text[INET6_ADDRSTRLEN];
    uint8_t address[16];

    if (!slash || size >= sizeof text)
        return -1;
    memcpy(text, at, size);
    text[size] = 0;
    most = memchr(text, ':', size) ? 128 : 32;
    at = slash + 1;
    if (inet_pton(most == 32 ? AF_INET : AF_INET6, text, address) != 1 ||
        !take_number(&at, end, most, &source) || !take(&at, end, '/') ||
        !take_number(&at, end, most, &scope) || at != end)
        return -1;
    pfg_writer_be(writer, most == 32 ? 1 : 2, 2);
    pfg_writer_be(writer, source, 1);
    pfg_writer_be(writer, scope, 1);
    pfg_writer_bytes(writer, address, (source + 7) / 8);
    return 0;
}

static int parse_tenths(const char *at, const char *end, struct pfg_writer *writer)
{
    unsigned whole, tenths;

    if (!take_number(&at, end, UINT16_MAX / 10, &whole) || !take(&at, end, '.') ||
        !take_number(&at, end, 9, &tenths) || !take(&at, end, 's') || at != end ||
        whole * 10 + tenths > UINT16_MAX)
        return -1;
    pfg_writer_be(writer, whole * 10 + tenths, 2);
    return 0;
}

static int parse_zeros(const char *at, const char *end, struct pfg_writer *writer)
{
    unsigned count;

    if (!take_number(&at, end, UINT16_MAX, &count) || end - at != 5 || memcmp(at, "bytes", 5) != 0)
        return -1;
    while (count-- > 0)
        pfg_writer_be(writer, 0, 1);
    return 0;
}

int pfg_option_parse(enum pfg_display shown, char *text, size_t size, struct pfg_writer *writer)
{
    switch (shown) {
    case PFG_TEXT:
        return parse_quoted(text, text + size, writer);
    case PFG_ERROR_TEXT:
        return parse_error(text, text + size, writer);
    case PFG_SUBNET:
        return parse_subnet(text, text + size, writer);
    case PFG_TENTHS:
        return parse_tenths(text, text + size, writer);
    case PFG_ZEROS:
        return parse_zeros(text, text + size, writer);
    default:
        return -1;
    }
}
