/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "common/number.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct unit {
    const char *name;
    uint64_t factor;
};

/* clang-format off */
#define KIBI UINT64_C(1024)
#define KILO UINT64_C(1000)

static const struct unit number_units[] = {
    { "", 1 },
    { "k", KILO },
    { "K", KILO },
    { "M", KILO * KILO },
    { "G", KILO * KILO * KILO },
    { "T", KILO * KILO * KILO * KILO },
    { NULL, 0 },
};

static const struct unit size_units[] = {
    { "", 1 },
    { "B", 1 },
    { "k", KIBI },
    { "K", KIBI },
    { "KiB", KIBI },
    { "kB", KILO },
    { "M", KIBI * KIBI },
    { "MiB", KIBI * KIBI },
    { "MB", KILO * KILO },
    { "G", KIBI * KIBI * KIBI },
    { "GiB", KIBI * KIBI * KIBI },
    { "GB", KILO * KILO * KILO },
    { "T", KIBI * KIBI * KIBI * KIBI },
    { "TiB", KIBI * KIBI * KIBI * KIBI },
    { "TB", KILO * KILO * KILO * KILO },
    { NULL, 0 },
};

#define SECOND (KILO * KILO * KILO)

static const struct unit duration_units[] = {
    { "", SECOND },
    { "ns", 1 },
    { "us", KILO },
    { "ms", KILO * KILO },
    { "s", SECOND },
    { "m", 60 * SECOND },
    { "min", 60 * SECOND },
    { "h", 3600 * SECOND },
    { "d", 86400 * SECOND },
    { NULL, 0 },
};
/* clang-format on */

/* A number as it is written: whole + part / parts, the fraction in lowest terms. */
struct written {
    uint64_t whole, part, parts;
};

static uint64_t greatest_divisor(uint64_t a, uint64_t b)
{
    while (b != 0) {
        uint64_t rest = a % b;

        a = b;
        b = rest;
    }
    return a;
}

/* Reads digits into *value; returns how many there are, or -ERANGE. */
static int read_digits(const char **text, uint64_t *value)
{
    int count = 0;

    for (*value = 0; isdigit((unsigned char)**text); (*text)++, count++) {
        if (__builtin_mul_overflow(*value, 10, value) ||
            __builtin_add_overflow(*value, (uint64_t)(**text - '0'), value))
            return -ERANGE;
    }
    return count;
}

/* Reads the digits after the point. Those past the 18th must be 0. */
static int read_fraction(const char **text, struct written *number)
{
    int count;

    for (count = 0; isdigit((unsigned char)**text); (*text)++, count++) {
        if (count >= 18) {
            if (**text != '0')
                return -EINVAL;
            continue;
        }
        number->part = number->part * 10 + (uint64_t)(**text - '0');
        number->parts *= 10;
    }
    if (count == 0)
        return -EINVAL;

    uint64_t common = greatest_divisor(number->part, number->parts);

    number->part /= common;
    number->parts /= common;
    return 0;
}

static const struct unit *find_unit(const struct unit *units, const char *name)
{
    for (; units->name != NULL; units++) {
        if (strcmp(units->name, name) == 0)
            return units;
    }
    return NULL;
}

static int read_with_unit(const char *text, const struct unit *units, uint64_t *value)
{
    struct written number = { .parts = 1 };
    int digits = read_digits(&text, &number.whole);

    if (digits <= 0)
        return digits < 0 ? digits : -EINVAL;
    if (*text == '.') {
        text++;
        if (read_fraction(&text, &number) != 0)
            return -EINVAL;
    }

    const struct unit *unit = find_unit(units, text);

    if (unit == NULL || unit->factor % number.parts != 0)
        return -EINVAL;
    if (__builtin_mul_overflow(number.whole, unit->factor, value) ||
        __builtin_add_overflow(*value, number.part * (unit->factor / number.parts), value))
        return -ERANGE;
    return 0;
}

static int read_hexadecimal(const char *digits, uint64_t *value)
{
    if (*digits == '\0')
        return -EINVAL;
    for (*value = 0; *digits != '\0'; digits++) {
        if (!isxdigit((unsigned char)*digits))
            return -EINVAL;
        if (*value >> 60 != 0)
            return -ERANGE;
        int digit = isdigit((unsigned char)*digits) ? *digits - '0' : (*digits | 0x20) - 'a' + 10;

        *value = *value << 4 | (uint64_t)digit;
    }
    return 0;
}

static bool is_hexadecimal(const char *text)
{
    return text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
}

int pfg_number_read(const char *text, uint64_t *value)
{
    if (is_hexadecimal(text))
        return read_hexadecimal(text + 2, value);
    return read_with_unit(text, number_units, value);
}

int pfg_size_read(const char *text, uint64_t *bytes)
{
    if (is_hexadecimal(text))
        return read_hexadecimal(text + 2, bytes);
    return read_with_unit(text, size_units, bytes);
}

int pfg_duration_read(const char *text, uint64_t *duration_ns)
{
    return read_with_unit(text, duration_units, duration_ns);
}

int pfg_double_read(const char *text, double *value)
{
    /* strtod also takes blanks, hexadecimal, infinities and what is no number. */
    if (strspn(text, "+-.0123456789eE%") != strlen(text))
        return -EINVAL;

    char *end;

    errno = 0;
    *value = strtod(text, &end);
    if (end == text)
        return -EINVAL;
    if (errno == ERANGE || !isfinite(*value))
        return -ERANGE;
    if (*end == '%') {
        *value /= 100;
        end++;
    }
    return *end == '\0' ? 0 : -EINVAL;
}
