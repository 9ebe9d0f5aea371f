/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "proto/fixed.h"

#include <ctype.h>

enum { DECIMALS_MAX = 64 };

void pfg_out_fixed(struct pfg_out *out, uint64_t u, bool is_signed, unsigned fraction_bits)
{
    bool negative = is_signed && (int64_t)u < 0;
    uint64_t one = UINT64_C(1) << fraction_bits, size = negative ? -u : u;
    uint64_t rest = size & (one - 1);

    if (negative)
        pfg_out_char(out, '-');
    pfg_out_uint(out, size >> fraction_bits);
    if (!rest)
        return;
    char *to = pfg_out_room(out, PFG_FRACTION_BITS_MAX + 1);
    for (*to++ = '.'; rest; rest &= one - 1) {
        rest *= 10;
        *to++ = (char)('0' + (rest >> fraction_bits));
    }
    out->at = to;
}

double pfg_fixed_double(uint64_t u, bool is_signed, unsigned fraction_bits)
{
    return (is_signed ? (double)(int64_t)u : (double)u) / (double)(UINT64_C(1) << fraction_bits);
}

/* The digits behind the point, doubled in place. Returns what is carried before it. */
static unsigned twice(uint8_t *digits, size_t count)
{
    unsigned carry = 0;

    for (size_t i = count; i-- > 0;) {
        carry += 2u * digits[i];
        digits[i] = (uint8_t)(carry % 10);
        carry /= 10;
    }
    return carry;
}

/* The nearest fraction to the digits: each doubling gives a bit, and one more rounds. */
static uint64_t fraction_of(uint8_t *digits, size_t count, unsigned fraction_bits)
{
    uint64_t bits = 0;

    for (unsigned i = 0; i < fraction_bits; i++)
        bits = bits << 1 | twice(digits, count);
    return bits + twice(digits, count);
}

bool pfg_fixed_parse(const char *text, size_t size, unsigned fraction_bits, uint64_t *value,
                     bool *negative)
{
    const char *at = text, *end = text + size;
    uint8_t decimals[DECIMALS_MAX];
    size_t digits = 0, count = 0;
    uint64_t whole = 0;

    *negative = at < end && *at == '-';
    at += at < end && (*at == '-' || *at == '+');
    for (; at < end && isdigit((unsigned char)*at); at++, digits++)
        if (__builtin_mul_overflow(whole, 10, &whole) ||
            __builtin_add_overflow(whole, (uint64_t)(*at - '0'), &whole))
            return false;
    if (at < end && *at == '.')
        for (at++; at < end && isdigit((unsigned char)*at); at++, digits++)
            if (count < DECIMALS_MAX)
                decimals[count++] = (uint8_t)(*at - '0');
    if (at < end || !digits || whole >> (64 - fraction_bits))
        return false;
    if (__builtin_add_overflow(whole << fraction_bits, fraction_of(decimals, count, fraction_bits),
                               value))
        return false;
    *negative = *negative && *value;
    *value = *negative ? -*value : *value;
    return true;
}
