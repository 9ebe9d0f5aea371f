/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * put.h - numbers and addresses to characters, for who has made room already: each function writes
 * at to and returns the place behind what it wrote. PFG_PUT_ROOM bytes are room for any of them; a
 * few bytes behind what counts may be written too. out.h has the same with a buffer around it.
 */
#ifndef PFG_PROTO_PUT_H
#define PFG_PROTO_PUT_H

#include <endian.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { PFG_PUT_ROOM = 48 };

extern const char pfg_pairs[];        /* "00" to "99", one behind the other */
extern const char pfg_octets[256][8]; /* "0." to "255.", and the size of each as the last byte */
extern const char pfg_hex_pairs[];    /* "00" to "ff", one behind the other */

/* A text: of a constant, a few stores. */
static inline char *pfg_put_text(char *to, const char *text)
{
    size_t size = strlen(text);
    memcpy(to, text, size);
    return to + size;
}

/* Whether one of the eight bytes of a word is 0. */
static inline uint64_t pfg_has_zero(uint64_t word)
{
    return (word - UINT64_C(0x0101010101010101)) & ~word & UINT64_C(0x8080808080808080);
}

/* Whether eight characters are printable ASCII, and neither quotes nor backslashes. */
static inline bool pfg_is_plain_8(const uint8_t *bytes)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t word;

    memcpy(&word, bytes, 8);
    /* below ' ', or 0x7f and above; the sums cannot carry over where no byte has its highest bit */
    uint64_t low = (word - ones * ' ') & ~word, high = (word + ones) | word;
    return !((low | high) & ones * 0x80) && !pfg_has_zero(word ^ ones * '"') &&
           !pfg_has_zero(word ^ ones * '\\');
}

/* Writes size characters as they are, and whole blocks; false: one of them is not printable ASCII,
 * or a quote or a backslash, and what stands at to is nothing. left: bytes that can be read. */
bool pfg_put_plain(char *to, const uint8_t *bytes, size_t size, size_t left);

/* Two, three, four, six, eight, nine digits, with zeros before. */
static inline char *pfg_put_2(char *to, uint32_t value)
{
    memcpy(to, pfg_pairs + 2 * (size_t)value, 2);
    return to + 2;
}
static inline char *pfg_put_3(char *to, uint32_t value)
{
    *to = (char)('0' + value / 100);
    return pfg_put_2(to + 1, value % 100);
}
static inline char *pfg_put_4(char *to, uint32_t value)
{
    pfg_put_2(to, value / 100);
    return pfg_put_2(to + 2, value % 100);
}
static inline char *pfg_put_6(char *to, uint32_t value)
{
    pfg_put_2(to, value / 10000);
    return pfg_put_4(to + 2, value % 10000);
}
static inline char *pfg_put_8(char *to, uint32_t value)
{
    pfg_put_4(to, value / 10000);
    return pfg_put_4(to + 4, value % 10000);
}
static inline char *pfg_put_9(char *to, uint32_t value)
{
    *to = (char)('0' + value / 100000000);
    return pfg_put_8(to + 1, value % 100000000);
}

/* Four digits, the first one lowest. */
static inline uint32_t pfg_digits_4(uint32_t value)
{
    uint32_t high = value * 5243 >> 19; /* value / 100, of numbers below 10000 */
    uint16_t first, last;

    memcpy(&first, pfg_pairs + 2 * (size_t)high, 2);
    memcpy(&last, pfg_pairs + 2 * (size_t)(value - 100 * high), 2);
    return (uint32_t)le16toh(last) << 16 | le16toh(first);
}

/* The last digits of size, the first one lowest, without zeros before: which of the common numbers
 * has how many digits nobody can foretell, so there is no branch. */
static inline char *pfg_put_trimmed(char *to, uint64_t digits, unsigned size)
{
    uint64_t ends = digits ^ UINT64_C(0x3030303030303030);
    unsigned zeros = (unsigned)__builtin_ctzll(ends | UINT64_C(1) << 8 * (size - 1)) & ~7u;

    digits = htole64(digits >> zeros);
    memcpy(to, &digits, 8);
    return to + size - zeros / 8;
}

/* A number below 10000, without zeros before. */
static inline char *pfg_put_short(char *to, uint32_t value)
{
    return pfg_put_trimmed(to, pfg_digits_4(value), 4);
}

/* A number below 65536. */
static inline char *pfg_put_16(char *to, uint32_t value)
{
    uint32_t high = value / 10000;
    uint64_t last = pfg_digits_4(value - 10000 * high);

    return pfg_put_trimmed(to, last << 8 | ('0' + high), 5);
}

/* A number; at most 20 characters. */
char *pfg_put_uint(char *to, uint64_t value);

/* Four hexadecimal digits. */
static inline char *pfg_put_hex_4(char *to, uint64_t value)
{
    memcpy(to, pfg_hex_pairs + 2 * (value >> 8 & 255), 2);
    memcpy(to + 2, pfg_hex_pairs + 2 * (value & 255), 2);
    return to + 4;
}

/* The lowest digits hexadecimal digits of a number, at most 16. */
char *pfg_put_hex_uint(char *to, uint64_t value, unsigned digits);

/* Bytes, each as two hexadecimal digits. */
char *pfg_put_hex(char *to, const uint8_t *bytes, size_t size);

static inline char *pfg_put_octet(char *to, uint32_t value)
{
    memcpy(to, pfg_octets[value], 4);
    return to + pfg_octets[value][7];
}
/* 1.2.3.4, of an address whose first byte is the highest; at most 15 characters. */
static inline char *pfg_put_ipv4(char *to, uint32_t address)
{
    to = pfg_put_octet(to, address >> 24);
    to = pfg_put_octet(to, address >> 16 & 255);
    to = pfg_put_octet(to, address >> 8 & 255);
    return pfg_put_octet(to, address & 255) - 1;
}
/* RFC 5952; at most 45 characters. */
char *pfg_put_ipv6(char *to, const uint8_t address[16]);
/* 00:11:22:33:44:55 */
static inline char *pfg_put_mac(char *to, const uint8_t address[6])
{
    for (unsigned i = 0; i < 6; i++) {
        memcpy(to + 3 * i, pfg_hex_pairs + 2 * (size_t)address[i], 2);
        to[3 * i + 2] = ':';
    }
    return to + 17;
}

#endif
