/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values as a person types them. */
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "proto/cursor.h"
#include "proto/dnsname.h"
#include "proto/encode.h"
#include "proto/fixed.h"

static int fail(struct pfg_fault *fault, const struct pfg_field *field, const char *what,
                const char *text, size_t size)
{
    snprintf(fault->text, sizeof fault->text, "%s: \"%.*s\" is %s", field->path,
             (int)(size > 80 ? 80 : size), text, what);
    return -1;
}

static bool same(const char *text, size_t size, const char *word)
{
    return strlen(word) == size && strncasecmp(text, word, size) == 0;
}

/* A number: decimal, 0x, 0b, with a sign. */
static bool parse_number(const char *text, size_t size, uint64_t *value, bool *negative)
{
    char copy[72], *end, *digits = copy;
    int base = 10;

    if (size == 0 || size >= sizeof copy || memchr(text, 0, size))
        return false;
    memcpy(copy, text, size);
    copy[size] = 0;
    *negative = *copy == '-';
    digits += *negative || *copy == '+';
    if (digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X')) {
        base = 16;
        digits += 2;
    } else if (digits[0] == '0' && (digits[1] == 'b' || digits[1] == 'B')) {
        base = 2;
        digits += 2;
    }
    if (!isxdigit((unsigned char)*digits))
        return false;
    errno = 0;
    uint64_t v = strtoull(digits, &end, base);
    if (*end || errno)
        return false;
    *negative = *negative && v;
    *value = *negative ? -v : v;
    return true;
}

/* TYPE65, CLASS3: the field's name and a number (RFC 3597, 5). */
static bool parse_numbered(const struct pfg_field *field, const char *text, size_t size,
                           uint64_t *value)
{
    size_t name = strlen(field->name);
    bool negative;
    return size > name && strncasecmp(text, field->name, name) == 0 &&
           isdigit((unsigned char)text[name]) &&
           parse_number(text + name, size - name, value, &negative);
}

/* Names of bits joined by | or , ; a run of bits as name=value. */
static bool parse_flag_names(const struct pfg_field *field, const char *text, size_t size,
                             uint64_t *value, struct pfg_fault *fault)
{
    *value = 0;
    while (size) {
        size_t word = 0, name;
        while (word < size && text[word] != '|' && text[word] != ',')
            word++;
        for (name = 0; name < word && text[name] != '='; name++)
            ;
        const struct pfg_field *bit = NULL;
        for (uint32_t i = 0; i < field->inside.count && !bit; i++)
            if (same(text, name, field->inside.fields[i].name))
                bit = &field->inside.fields[i];
        uint64_t v = 1;
        if (!bit || (name < word &&
                     pfg_parse_uint(bit, text + name + 1, word - name - 1, &v, fault) < 0))
            return false;
        *value |= (v & bit->bits_mask) << bit->bits_shift;
        text += word + (word < size);
        size -= word + (word < size);
    }
    return true;
}

/* tcpdump's letters: "S", "S.", "FP.". */
static bool parse_flag_letters(const struct pfg_field *field, const char *text, size_t size,
                               uint64_t *value)
{
    *value = 0;
    for (size_t i = 0; i < size; i++) {
        const struct pfg_bit *bit = field->row->flags;
        while (bit && bit->name && bit->letter != text[i])
            bit++;
        if (!bit || !bit->name)
            return false;
        *value |= bit->mask;
    }
    return size > 0;
}

/* Ticks of the field's unit from ns since 1970. */
static uint64_t from_ns(const struct pfg_field *field, uint64_t ns)
{
    switch (field->row->kind == PFG_TIME ? field->row->unit : PFG_NS) {
    case PFG_US:
        return ns / 1000;
    case PFG_MS:
        return ns / 1000000;
    case PFG_SECONDS:
        return ns / 1000000000;
    case PFG_NTP:
        return (ns / 1000000000 + 2208988800u) << 32 | (ns % 1000000000 << 32) / 1000000000;
    case PFG_NS:
        break;
    }
    return ns;
}

/* now, or RFC 3339: 2026-11-20T16:04:00[.123456789]Z, from 1970 on, as far as ns go (2554). */
static bool parse_time(const struct pfg_field *field, const char *text, size_t size,
                       uint64_t *value)
{
    char copy[48], *rest;
    struct tm tm = { 0 };
    struct timespec now;
    uint64_t fraction = 0;

    if (same(text, size, "now")) {
        clock_gettime(CLOCK_REALTIME, &now);
        *value = from_ns(field, (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec);
        return true;
    }
    if (size < 19 || size >= sizeof copy || memchr(text, 0, size))
        return false;
    memcpy(copy, text, size);
    copy[size] = 0;
    rest = strptime(copy, "%Y-%m-%dT%H:%M:%S", &tm);
    if (!rest)
        rest = strptime(copy, "%Y-%m-%d %H:%M:%S", &tm);
    int day = tm.tm_mday;
    int64_t seconds = rest ? timegm(&tm) : -1;
    if (seconds < 0 || seconds >= INT64_C(18446744073) || tm.tm_mday != day)
        return false;
    if (*rest == '.')
        for (uint64_t unit = 100000000; isdigit((unsigned char)*++rest); unit /= 10)
            fraction += unit * (uint64_t)(*rest - '0');
    if (*rest && strcmp(rest, "Z") != 0)
        return false;
    *value = from_ns(field, (uint64_t)seconds * 1000000000 + fraction);
    return true;
}

/* The widest value that a field can bear. */
static uint64_t most_of(const struct pfg_field *field)
{
    unsigned bits = field->row->bits ? field->row->bits : 8u * field->row->size;
    if (field->bit)
        return field->bits_mask;
    return bits == 0 || bits >= 64 ? UINT64_MAX : (UINT64_C(1) << bits) - 1;
}

static int fits(const struct pfg_field *field, const char *text, size_t size, uint64_t value,
                bool negative, struct pfg_fault *fault)
{
    uint64_t most = most_of(field);
    if (field->row->kind == PFG_INT && !field->bit) {
        if ((negative ? -value - 1 : value) > most / 2)
            return fail(fault, field, "out of its range", text, size);
        return 0;
    }
    if (negative)
        return fail(fault, field, "negative, and the field is not", text, size);
    if (value / field->scale > most)
        return fail(fault, field, "too large for its bits", text, size);
    return 0;
}

/* A number with a fraction, to the nearest that the field can bear. */
static int parse_fixed(const struct pfg_field *field, const char *text, size_t size,
                       uint64_t *value, struct pfg_fault *fault)
{
    bool negative;

    if (!pfg_fixed_parse(text, size, field->row->fraction_bits, value, &negative))
        return fail(fault, field, "not a decimal number that fits", text, size);
    return fits(field, text, size, *value, negative, fault);
}

int pfg_parse_uint(const struct pfg_field *field, const char *text, size_t size, uint64_t *value,
                   struct pfg_fault *fault)
{
    enum pfg_kind kind = field->bit ? PFG_UINT : field->row->kind;
    bool negative = false;
    fault->text[0] = 0;
    if (kind == PFG_IPV4) {
        uint8_t bytes[4];
        if (pfg_parse_bytes(field, text, size, bytes, sizeof bytes, fault) < 0)
            return -1;
        *value = pfg_get_be32(bytes);
        return 0;
    }
    if (field->row->fraction_bits)
        return parse_fixed(field, text, size, value, fault);
    if (pfg_name_value(field->names, text, size, value))
        return 0;
    if (parse_number(text, size, value, &negative))
        return fits(field, text, size, *value, negative, fault);
    if (same(text, size, "true") || same(text, size, "false")) {
        *value = tolower((unsigned char)*text) == 't';
        return 0;
    }
    if (kind == PFG_FLAGS && (parse_flag_names(field, text, size, value, fault) ||
                              parse_flag_letters(field, text, size, value)))
        return 0;
    if (fault->text[0])
        return -1;
    if ((kind == PFG_TIME || field->row->display == PFG_DATE) &&
        parse_time(field, text, size, value))
        return fits(field, text, size, *value, false, fault);
    if (field->names && parse_numbered(field, text, size, value))
        return fits(field, text, size, *value, false, fault);
    return fail(fault, field, kind == PFG_FLAGS  ? "no number and no names of its bits"
                              : field->names ? "no number and none of its names"
                                             : "not a number", text, size);
}

/* ---- Bytes ---- */

static int digit_of(char c)
{
    return isdigit((unsigned char)c) ? c - '0' : tolower((unsigned char)c) - 'a' + 10;
}

static int64_t parse_hex(const struct pfg_field *field, const char *text, size_t size,
                         uint8_t *bytes, size_t room, struct pfg_fault *fault)
{
    size_t count = 0;
    for (size_t i = 0; i < size;) {
        if (text[i] == ':' || text[i] == ' ' || text[i] == '-') {
            i++;
            continue;
        }
        if (i + 1 >= size || !isxdigit((unsigned char)text[i]) ||
            !isxdigit((unsigned char)text[i + 1]))
            return fail(fault, field, "not pairs of hex digits", text, size);
        if (count == room)
            return fail(fault, field, "too long", text, size);
        bytes[count++] = (uint8_t)(digit_of(text[i]) << 4 | digit_of(text[i + 1]));
        i += 2;
    }
    return (int64_t)count;
}

static int64_t parse_file(const struct pfg_field *field, const char *text, size_t size,
                          uint8_t *bytes, size_t room, struct pfg_fault *fault)
{
    char path[4096];
    if (size >= sizeof path)
        return fail(fault, field, "too long for a file's name", text, size);
    memcpy(path, text, size);
    path[size] = 0;
    FILE *file = fopen(path, "rb");
    size_t count = file ? fread(bytes, 1, room, file) : 0;
    bool whole = file && (count < room || fgetc(file) == EOF);
    if (!file || ferror(file)) {
        snprintf(fault->text, sizeof fault->text, "%s: cannot read %.120s: %s", field->path, path,
                 strerror(errno));
        count = SIZE_MAX;
    } else if (!whole) {
        fail(fault, field, "a file too long for this field", text, size);
        count = SIZE_MAX;
    }
    if (file)
        fclose(file);
    return count == SIZE_MAX ? -1 : (int64_t)count;
}

/* The byte of a C escape behind the backslash; moves *at. -1: not one. */
static int escape(const char **at, const char *end)
{
    static const char letters[] = "n\nr\rt\t0\0a\ab\bf\fv\ve\033";
    char c = *(*at)++;
    if (c == 'x') {
        int value = 0, digits = 0;
        for (; digits < 2 && *at < end && isxdigit((unsigned char)**at); digits++)
            value = value << 4 | digit_of(*(*at)++);
        return digits ? value : -1;
    }
    for (size_t i = 0; i + 1 < sizeof letters; i += 2)
        if (letters[i] == c)
            return (uint8_t)letters[i + 1];
    return ispunct((unsigned char)c) ? (uint8_t)c : -1;
}

static int64_t parse_text(const struct pfg_field *field, const char *text, size_t size,
                          uint8_t *bytes, size_t room, struct pfg_fault *fault)
{
    size_t count = 0;
    for (const char *at = text, *end = text + size; at < end;) {
        int c = (uint8_t)*at++;
        if (c == '\\' && (at == end || (c = escape(&at, end)) < 0))
            return fail(fault, field, "text with a wrong escape (write \\\\ for a backslash)",
                        text, size);
        if (count == room)
            return fail(fault, field, "too long", text, size);
        bytes[count++] = (uint8_t)c;
    }
    return (int64_t)count;
}

/* Six groups of one or two hex digits with colons between, or dashes. */
static int64_t parse_mac(const char *text, uint8_t *bytes)
{
    for (int i = 0; i < 6; i++) {
        if (!isxdigit((unsigned char)*text))
            return -1;
        bytes[i] = (uint8_t)digit_of(*text++);
        if (isxdigit((unsigned char)*text))
            bytes[i] = (uint8_t)(bytes[i] << 4 | digit_of(*text++));
        if (i < 5 && *text != ':' && *text != '-')
            return -1;
        text += i < 5;
    }
    return *text ? -1 : 6;
}

static int64_t parse_address(const struct pfg_field *field, const char *text, size_t size,
                             uint8_t *bytes, size_t room, struct pfg_fault *fault)
{
    char copy[64];
    enum pfg_kind kind = field->row->kind;
    if (size < sizeof copy && room >= field->size && !memchr(text, 0, size)) {
        memcpy(copy, text, size);
        copy[size] = 0;
        if (kind == PFG_MAC && parse_mac(copy, bytes) == 6)
            return 6;
        if (kind != PFG_MAC && inet_pton(kind == PFG_IPV4 ? AF_INET : AF_INET6, copy, bytes) == 1)
            return kind == PFG_IPV4 ? 4 : 16;
    }
    return fail(fault, field, kind == PFG_MAC    ? "no MAC address (02:00:00:00:00:01)"
                              : kind == PFG_IPV4 ? "no IPv4 address (192.0.2.1)"
                                                 : "no IPv6 address (2001:db8::1)", text, size);
}

int64_t pfg_parse_bytes(const struct pfg_field *field, const char *text, size_t size,
                        uint8_t *bytes, size_t room, struct pfg_fault *fault)
{
    enum pfg_kind kind = field->row->kind;
    uint8_t name[255];

    if (kind == PFG_IPV4 || kind == PFG_IPV6 || kind == PFG_MAC)
        return parse_address(field, text, size, bytes, room, fault);
    if (size >= 4 && strncmp(text, "hex:", 4) == 0)
        return parse_hex(field, text + 4, size - 4, bytes, room, fault);
    if (size >= 2 && text[0] == '0' && text[1] == 'x' && kind != PFG_STRING && kind != PFG_NAME)
        return parse_hex(field, text + 2, size - 2, bytes, room, fault);
    if (size > 1 && text[0] == '@' && kind != PFG_NAME)
        return parse_file(field, text + 1, size - 1, bytes, room, fault);
    if (kind == PFG_NAME) {
        int n = pfg_dnsname_parse(text, size, name);
        if (n < 0 || (size_t)n > room)
            return fail(fault, field, "no domain name (labels of 1 to 63 bytes, 255 in all)",
                        text, size);
        memcpy(bytes, name, (size_t)n);
        return n;
    }
    if (kind == PFG_BYTES || kind == PFG_MAGIC) {
        int64_t n = parse_hex(field, text, size, bytes, room, fault);
        if (n >= 0)
            return n;
    }
    return parse_text(field, text, size, bytes, room, fault);
}
