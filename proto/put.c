/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "proto/put.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "proto/cursor.h"

const char pfg_pairs[] =
    "00010203040506070809101112131415161718192021222324252627282930313233343536373839"
    "40414243444546474849505152535455565758596061626364656667686970717273747576777879"
    "8081828384858687888990919293949596979899";

/* clang-format off */
#define UNITS(p, size) \
    p "0." size, p "1." size, p "2." size, p "3." size, p "4." size, \
    p "5." size, p "6." size, p "7." size, p "8." size, p "9." size
#define TENS(p) UNITS(p, "\0\0\0\0\3")
#define HUNDREDS(p) UNITS(p, "\0\0\0\4")
const char pfg_octets[256][8] = {
    UNITS("", "\0\0\0\0\0\2"), TENS("1"), TENS("2"), TENS("3"), TENS("4"), TENS("5"), TENS("6"),
    TENS("7"), TENS("8"), TENS("9"), HUNDREDS("10"), HUNDREDS("11"), HUNDREDS("12"),
    HUNDREDS("13"), HUNDREDS("14"), HUNDREDS("15"), HUNDREDS("16"), HUNDREDS("17"), HUNDREDS("18"),
    HUNDREDS("19"), HUNDREDS("20"), HUNDREDS("21"), HUNDREDS("22"), HUNDREDS("23"), HUNDREDS("24"),
    "250.\0\0\0\4", "251.\0\0\0\4", "252.\0\0\0\4", "253.\0\0\0\4", "254.\0\0\0\4",
    "255.\0\0\0\4",
};
#undef HUNDREDS
#undef TENS
#undef UNITS

const char pfg_hex_pairs[] =
    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
    "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f"
    "404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f"
    "606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f"
    "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f"
    "a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebf"
    "c0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedf"
    "e0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff";
/* clang-format on */

/* One of more than eight digits. */
static __attribute__((noinline)) char *put_long(char *to, uint64_t value)
{
    to = pfg_put_uint(to, value / 100000000);
    return pfg_put_8(to, (uint32_t)(value % 100000000));
}

char *pfg_put_uint(char *to, uint64_t value)
{
    uint32_t low = (uint32_t)value;

    if (value < 10000)
        return pfg_put_short(to, low);
    if (value >= 100000000)
        return put_long(to, value);
    uint64_t last = pfg_digits_4(low % 10000);
    return pfg_put_trimmed(to, last << 32 | pfg_digits_4(low / 10000), 8);
}

char *pfg_put_hex_uint(char *to, uint64_t value, unsigned digits)
{
    if (digits == 4) /* most are */
        return pfg_put_hex_4(to, value);
    if (digits % 2)
        *to = pfg_hex_pairs[2 * (value >> 4 * (digits - 1) & 15) + 1];
    for (unsigned i = digits % 2; i < digits; i += 2)
        memcpy(to + i, pfg_hex_pairs + 2 * (value >> 4 * (digits - 2 - i) & 255), 2);
    return to + digits;
}

#ifdef __SSE2__
/* The sixteen digits of eight bytes. */
static inline void put_hex_8(char *to, const uint8_t *bytes)
{
    const __m128i low = _mm_set1_epi8(15);
    __m128i all = _mm_loadl_epi64((const __m128i *)(const void *)bytes);
    __m128i digits =
        _mm_unpacklo_epi8(_mm_and_si128(_mm_srli_epi64(all, 4), low), _mm_and_si128(all, low));
    __m128i letter =
        _mm_and_si128(_mm_cmpgt_epi8(digits, _mm_set1_epi8(9)), _mm_set1_epi8('a' - '0' - 10));
    digits = _mm_add_epi8(_mm_add_epi8(digits, _mm_set1_epi8('0')), letter);
    _mm_storeu_si128((__m128i *)(void *)to, digits);
}
#endif

char *pfg_put_hex(char *to, const uint8_t *bytes, size_t size)
{
    const uint8_t *end = bytes + size;
#ifdef __SSE2__
    for (; end - bytes >= 8; bytes += 8, to += 16)
        put_hex_8(to, bytes);
#endif
    for (; bytes < end; bytes++, to += 2)
        memcpy(to, pfg_hex_pairs + 2 * (size_t)*bytes, 2);
    return to;
}

#ifdef __SSE2__
/* Copies sixteen characters; a bit for each that is not plain. */
static inline unsigned copy_16(char *to, const uint8_t *from)
{
    __m128i c = _mm_loadu_si128((const __m128i *)(const void *)from);
    __m128i low = _mm_cmplt_epi8(c, _mm_set1_epi8(' ')); /* signed: those above ASCII, too */
    __m128i mark =
        _mm_or_si128(_mm_cmpeq_epi8(c, _mm_set1_epi8('"')), _mm_cmpeq_epi8(c, _mm_set1_epi8('\\')));
    __m128i last = _mm_cmpeq_epi8(c, _mm_set1_epi8(0x7f));

    _mm_storeu_si128((__m128i *)(void *)to, c);
    return (unsigned)_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(low, last), mark));
}
#endif

/* The same of fewer than sixteen, behind which nothing can be read: with blanks behind them they
 * are looked at where they are written. */
static inline bool put_plain_rest(char *to, const uint8_t *bytes, size_t size)
{
    memset(to, ' ', 16);
    if (size >= 8) {
        memcpy(to, bytes, 8);
        memcpy(to + size - 8, bytes + size - 8, 8);
    } else if (size >= 4) {
        memcpy(to, bytes, 4);
        memcpy(to + size - 4, bytes + size - 4, 4);
    } else if (size) {
        to[0] = (char)bytes[0];
        to[size / 2] = (char)bytes[size / 2];
        to[size - 1] = (char)bytes[size - 1];
    }
#ifdef __SSE2__
    return !copy_16(to, (const uint8_t *)to);
#else
    return pfg_is_plain_8((const uint8_t *)to) && pfg_is_plain_8((const uint8_t *)to + 8);
#endif
}

bool pfg_put_plain(char *to, const uint8_t *bytes, size_t size, size_t left)
{
    size_t i = 0;
#ifdef __SSE2__
    for (; size - i >= 16; i += 16)
        if (copy_16(to + i, bytes + i))
            return false;
    if (left - i >= 16)
        return !(copy_16(to + i, bytes + i) & ((1u << (size - i)) - 1));
    if (i && size > i) /* those before them once more */
        return !copy_16(to + size - 16, bytes + size - 16);
#else
    (void)left;
    for (; size - i >= 8; i += 8) {
        memcpy(to + i, bytes + i, 8);
        if (!pfg_is_plain_8(bytes + i))
            return false;
    }
#endif
    return put_plain_rest(to + i, bytes + i, size - i);
}

#ifdef __SSE2__
/* A bit for each of the eight groups of 16 bits that is 0, the first group the lowest. */
static inline unsigned zero_groups(const uint8_t address[16])
{
    __m128i all = _mm_loadu_si128((const __m128i *)(const void *)address);
    __m128i zero = _mm_cmpeq_epi16(all, _mm_setzero_si128());
    return (unsigned)_mm_movemask_epi8(_mm_packs_epi16(zero, _mm_setzero_si128()));
}
#else
static inline unsigned zero_groups(const uint8_t address[16])
{
    unsigned bits = 0;

    for (unsigned i = 0; i < 8; i++)
        bits |= (unsigned)!pfg_get_be16(address + 2 * (size_t)i) << i;
    return bits;
}
#endif

/* The longest run of two or more zero groups, the first of equals (RFC 5952, 4.2); 0 none. */
static inline unsigned longest_zeros(const uint8_t address[16], unsigned *start)
{
    unsigned left = zero_groups(address), begins = 0, size = 0;

    for (unsigned bits = left; bits; left >>= 1, bits &= left) { /* where size more are 0 */
        begins = bits;
        size++;
    }
    *start = size >= 2 ? (unsigned)__builtin_ctz(begins) : 8;
    return size >= 2 ? size : 0;
}

/* Four hexadecimal digits at most, without zeros before. */
static inline char *put_group(char *to, const uint8_t group[2])
{
    uint32_t value = pfg_get_be16(group);
    unsigned more = (31u ^ (unsigned)__builtin_clz(value | 1)) / 4; /* digits but one */
    uint16_t high, low;

    memcpy(&high, pfg_hex_pairs + 2 * (size_t)group[0], 2);
    memcpy(&low, pfg_hex_pairs + 2 * (size_t)group[1], 2);
    uint32_t text = ((uint32_t)le16toh(low) << 16 | le16toh(high)) >> (24 - 8 * more);
    text = htole32(text);
    memcpy(to, &text, 4);
    return to + more + 1;
}

/* Groups of an address, each with a colon behind it. */
static char *put_groups(char *to, const uint8_t address[16], unsigned from, unsigned end)
{
    for (unsigned i = from; i < end; i++) {
        to = put_group(to, address + 2 * (size_t)i);
        *to++ = ':';
    }
    return to;
}

char *pfg_put_ipv6(char *to, const uint8_t address[16])
{
    unsigned start, zeros = longest_zeros(address, &start);

    if (!zeros)
        return put_groups(to, address, 0, 8) - 1;
    if (start == 0)
        *to++ = ':';
    to = put_groups(to, address, 0, start);
    *to++ = ':';
    /* An IPv4-mapped address ends in the IPv4 form (RFC 5952, 5). */
    if (start == 0 && zeros == 5 && address[10] == 0xff && address[11] == 0xff)
        return pfg_put_ipv4(put_groups(to, address, 5, 6), pfg_get_be32(address + 12));
    if (start + zeros == 8)
        return to;
    return put_groups(to, address, start + zeros, 8) - 1;
}
