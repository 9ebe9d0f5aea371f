/* SPDX-License-Identifier: GPL-2.0-or-later */
/* where_value.c - constants of expressions, read as their field demands. */
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/where.h"
#include "proto/encode.h"

enum where_kind capture_where_kind(const struct pfg_ref *ref)
{
    if (ref->aspect != PFG_ASPECT_VALUE)
        return WHERE_TEXT;
    if (ref->field->bit != NULL)
        return WHERE_NUMBER;
    switch (ref->field->row->kind) {
    case PFG_INT:
        return WHERE_SIGNED;
    case PFG_IPV6:
    case PFG_MAC:
    case PFG_BYTES:
    case PFG_DATA:
    case PFG_STRING:
    case PFG_MAGIC:
        return WHERE_BYTES;
    case PFG_PACKED:
    case PFG_NAME:
    case PFG_RDATA:
        return WHERE_TEXT;
    case PFG_END:
    case PFG_UINT:
    case PFG_FLAGS:
    case PFG_TIME:
    case PFG_IPV4:
    case PFG_CONST:
    case PFG_RESERVED:
    case PFG_LENGTH:
    case PFG_CHECKSUM:
    case PFG_GROUP:
    case PFG_ARRAY:
    case PFG_BODY:
    case PFG_DERIVED:
    case PFG_KIND_COUNT:
        break;
    }
    return WHERE_NUMBER;
}

enum where_kind capture_where_kind_of(const struct where_operand *operand)
{
    switch (operand->own.kind) {
    case CAPTURE_OWN_PROBLEMS:
        return WHERE_TEXT;
    case CAPTURE_OWN_PROBLEM:
        return WHERE_THERE;
    case CAPTURE_OWN_RESPONSE_TO:
    case CAPTURE_OWN_RESPONSE_TIME:
        return WHERE_NUMBER;
    case CAPTURE_OWN_NONE:
        break;
    }
    return operand->refs.count > 0 ? capture_where_kind(&operand->refs.refs[0]) : WHERE_BYTES;
}

static bool store(const uint8_t *bytes, size_t size, uint8_t **stored, uint32_t *stored_size)
{
    *stored = malloc(size + 1);
    if (*stored == NULL)
        return false;
    memcpy(*stored, bytes, size);
    (*stored)[size] = 0;
    *stored_size = (uint32_t)size;
    return true;
}

/* ADDRESS or ADDRESS/BITS. */
static bool read_address(int family, const char *text, size_t size, uint8_t bytes[16],
                         uint8_t *prefix)
{
    const char *slash = memchr(text, '/', size);
    size_t length = slash == NULL ? size : (size_t)(slash - text);
    char copy[64];
    char *end;
    unsigned long bits;

    *prefix = 0;
    if (length >= sizeof copy)
        return false;
    memcpy(copy, text, length);
    copy[length] = '\0';
    if (inet_pton(family, copy, bytes) != 1)
        return false;
    if (slash == NULL)
        return true;
    if (size - length - 1 >= sizeof copy)
        return false;
    memcpy(copy, slash + 1, size - length - 1);
    copy[size - length - 1] = '\0';
    bits = strtoul(copy, &end, 10);
    *prefix = (uint8_t)bits;
    return end != copy && *end == '\0' && bits >= 1 && bits <= (family == AF_INET ? 32U : 128U);
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Bytes as 70:66:67, 70-66-67, 706667 or 0x706667. Returns the number, -1: not of this form. */
static int read_hex(const char *text, size_t size, uint8_t *bytes)
{
    size_t at = size > 2 && text[0] == '0' && text[1] == 'x' ? 2 : 0;
    int count = 0;

    while (at < size) {
        int high = hex_digit(text[at]);
        int low = at + 1 < size ? hex_digit(text[at + 1]) : -1;

        if (high < 0 || low < 0)
            return -1;
        bytes[count++] = (uint8_t)(high << 4 | low);
        at += 2;
        if (at < size && (text[at] == ':' || text[at] == '-' || text[at] == '.'))
            at++;
    }
    return count;
}

/* The kind of row whose form constants have; PFG_BYTES for slices and protocols. */
static enum pfg_kind form_of(const struct where_operand *operand)
{
    if (operand->refs.count == 0 || operand->slice_count > 0)
        return PFG_BYTES;
    return operand->refs.refs[0].field->row->kind;
}

/* A single digit is a byte of a slice: frame[0] == 2. */
static int read_slice_bytes(const char *text, size_t size, uint8_t *bytes)
{
    if (size == 1 && hex_digit(text[0]) >= 0) {
        bytes[0] = (uint8_t)hex_digit(text[0]);
        return 1;
    }
    return read_hex(text, size, bytes);
}

/* Bytes in the form that the operand's have; how many, or -1. */
static int read_bytes(const struct where_operand *operand, const char *text, size_t size,
                      bool quoted, uint8_t *bytes, uint8_t *prefix)
{
    enum pfg_kind kind = form_of(operand);
    int count = -1;

    if (kind == PFG_IPV6)
        return read_address(AF_INET6, text, size, bytes, prefix) ? 16 : -1;
    if (operand->slice_count > 0 && !quoted)
        count = read_slice_bytes(text, size, bytes);
    else if (kind == PFG_MAC || (!quoted && kind != PFG_STRING))
        count = read_hex(text, size, bytes);
    if (count >= 0 || kind == PFG_MAC)
        return count;
    memcpy(bytes, text, size);
    return (int)size;
}

static bool bytes_constant(const struct where_node *node, const char *text, size_t size,
                           bool quoted, struct where_constant *constant, char *why, size_t room)
{
    enum pfg_kind kind = form_of(&node->operand);
    uint8_t *bytes = malloc(size + 16);
    int count;
    bool good;

    if (bytes == NULL) {
        snprintf(why, room, "out of memory");
        return false;
    }
    count = read_bytes(&node->operand, text, size, quoted, bytes, &constant->prefix);
    good = count >= 0 && (kind != PFG_MAC || count == 6 || node->op == WHERE_CONTAINS);
    if (!good)
        snprintf(why, room, "\"%.*s\" is no value of %s, which is %s", (int)size, text,
                 node->operand.refs.refs[0].field->path,
                 kind == PFG_IPV6 ? "an IPv6 address"
                                  : "a hardware address such as 02:00:00:00:00:01");
    else if (!store(bytes, (size_t)count, &constant->low_bytes, &constant->low_size))
        good = false;
    free(bytes);
    return good;
}

/* The bytes of a masked slice, the first one highest. */
static bool slice_number(const char *text, size_t size, uint64_t *value, char *why, size_t room)
{
    uint8_t bytes[32];
    int count = size <= sizeof bytes ? read_slice_bytes(text, size, bytes) : -1;
    int i;

    if (count < 1 || (size_t)count > sizeof *value) {
        snprintf(why, room, "\"%.*s\" is not 1 to 8 bytes in hexadecimal digits", (int)size, text);
        return false;
    }
    for (*value = 0, i = 0; i < count; i++)
        *value = *value << 8 | bytes[i];
    return true;
}

/* A number as Wireshark reads it: decimal, 0x.., octal 0.., binary 0b... */
static bool read_number(const char *text, size_t size, uint64_t *value)
{
    bool binary = size > 2 && text[0] == '0' && (text[1] | 0x20) == 'b';
    char copy[80], *end;

    if (binary) {
        text += 2;
        size -= 2;
    }
    if (size == 0 || size >= sizeof copy || !isdigit((unsigned char)text[0]))
        return false;
    memcpy(copy, text, size);
    copy[size] = '\0';
    errno = 0;
    *value = strtoull(copy, &end, binary ? 2 : 0);
    return *end == '\0' && errno == 0;
}

/* Whether text is a number whose base the definition's own reader does not know. */
static bool is_octal_or_binary(const char *text, size_t size)
{
    size_t i = 1;

    if (size < 2 || text[0] != '0')
        return false;
    if ((text[1] | 0x20) == 'b')
        return true;
    while (i < size && isdigit((unsigned char)text[i]))
        i++;
    return i == size;
}

/* A length or a count. */
static bool plain_number(const char *text, size_t size, uint64_t *value, char *why, size_t room)
{
    if (read_number(text, size, value))
        return true;
    snprintf(why, room, "\"%.*s\" is no number", (int)size, text);
    return false;
}

/* Seconds, with a fraction of up to nine digits, as ns. */
static bool seconds(const char *text, size_t size, uint64_t *value, char *why, size_t room)
{
    enum { WHOLE_DIGITS = 10, DIGITS = 9 };
    const char *dot = memchr(text, '.', size);
    size_t whole = dot == NULL ? size : (size_t)(dot - text), i;
    size_t fraction = dot == NULL ? 0 : size - whole - 1;
    bool good =
        whole > 0 && whole <= WHOLE_DIGITS && fraction <= DIGITS && (dot == NULL || fraction > 0);

    for (*value = 0, i = 0; good && i < whole + 1 + DIGITS; i++) {
        if (i == whole)
            continue;
        good = i >= size || isdigit((unsigned char)text[i]);
        *value = *value * 10 + (i < size ? (uint64_t)(text[i] - '0') : 0);
    }
    if (!good)
        snprintf(why, room, "\"%.*s\" is no number of seconds such as 0.25", (int)size, text);
    return good;
}

static bool number_constant(const struct where_node *node, const char *text, size_t size,
                            struct where_constant *constant, char *why, size_t room)
{
    const struct pfg_field *field = node->operand.refs.refs[0].field;
    struct pfg_fault fault;
    uint8_t address[16];
    char decimal[32];

    if (node->operand.function != WHERE_VALUE)
        return plain_number(text, size, &constant->low, why, room);
    if (node->operand.own.kind == CAPTURE_OWN_RESPONSE_TO)
        return plain_number(text, size, &constant->low, why, room);
    if (node->operand.own.kind == CAPTURE_OWN_RESPONSE_TIME)
        return seconds(text, size, &constant->low, why, room);
    if (node->operand.slice_count > 0)
        return slice_number(text, size, &constant->low, why, room);
    if (field->bit == NULL && field->row->kind == PFG_IPV4) {
        if (!read_address(AF_INET, text, size, address, &constant->prefix)) {
            snprintf(why, room, "\"%.*s\" is no value of %s, which is an IPv4 address", (int)size,
                     text, field->path);
            return false;
        }
        constant->low = (uint64_t)address[0] << 24 | (uint64_t)address[1] << 16 |
                        (uint64_t)address[2] << 8 | address[3];
        return true;
    }
    if (is_octal_or_binary(text, size)) {
        if (!plain_number(text, size, &constant->low, why, room))
            return false;
        size = (size_t)snprintf(decimal, sizeof decimal, "%" PRIu64, constant->low);
        text = decimal;
    }
    if (pfg_parse_uint(field, text, size, &constant->low, &fault) == 0)
        return true;
    snprintf(why, room, "%s", fault.text);
    return false;
}

bool capture_where_constant(const struct where_node *node, const char *text, size_t size,
                            bool quoted, struct where_constant *constant, char *why, size_t room)
{
    switch (node->operand.kind) {
    case WHERE_NUMBER:
    case WHERE_SIGNED:
        return number_constant(node, text, size, constant, why, room);
    case WHERE_BYTES:
        return bytes_constant(node, text, size, quoted, constant, why, room);
    case WHERE_TEXT:
    case WHERE_THERE:
        break;
    }
    return store((const uint8_t *)text, size, &constant->low_bytes, &constant->low_size);
}
