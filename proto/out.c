/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "proto/out.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "proto/cursor.h"

enum { ROOM_LEAST = 4096 };

int pfg_out_init(struct pfg_out *out, size_t room, int (*flush)(void *, const char *, size_t),
                 void *user)
{
    memset(out, 0, sizeof *out);
    if (room < 2 * ROOM_LEAST)
        room = 2 * ROOM_LEAST;
    out->start = malloc(room);
    if (!out->start)
        return -ENOMEM;
    out->at = out->start;
    out->end = out->start + room;
    out->flush = flush;
    out->user = user;
    return 0;
}

void pfg_out_free(struct pfg_out *out)
{
    free(out->start);
    memset(out, 0, sizeof *out);
}

int pfg_out_to_fd(void *user, const char *bytes, size_t size)
{
    const int *fd = user;
    while (size) {
        ssize_t n = write(*fd, bytes, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        bytes += n;
        size -= (size_t)n;
    }
    return 0;
}

int pfg_out_flush(struct pfg_out *out)
{
    if (!out->flush)
        return out->error;
    if (!out->error && out->at > out->start)
        out->error = out->flush(out->user, out->start, (size_t)(out->at - out->start));
    out->at = out->start;
    return out->error;
}

/* A larger buffer, for text that stays in memory. */
static void grow(struct pfg_out *out, size_t size)
{
    size_t used = (size_t)(out->at - out->start), room = (size_t)(out->end - out->start);
    while (room - used < size)
        room *= 2;
    char *start = realloc(out->start, room);
    if (!start) { /* what was there is dropped, and the error says so */
        out->error = -ENOMEM;
        out->at = out->start;
        return;
    }
    out->start = start;
    out->at = start + used;
    out->end = start + room;
}

char *pfg_out_make_room(struct pfg_out *out, size_t size)
{
    out->made++;
    if (out->flush)
        pfg_out_flush(out);
    else
        grow(out, size);
    return out->at;
}

void pfg_out_long(struct pfg_out *out, const char *bytes, size_t size)
{
    while (size) {
        size_t room = (size_t)(out->end - out->at);
        if (room == 0) {
            pfg_out_make_room(out, 1);
            room = (size_t)(out->end - out->at);
        }
        size_t now = size < room ? size : room;
        memcpy(out->at, bytes, now);
        out->at += now;
        bytes += now;
        size -= now;
    }
}

/* ---- Numbers ---- */

void pfg_out_int(struct pfg_out *out, int64_t value)
{
    if (value < 0)
        pfg_out_char(out, '-');
    pfg_out_uint(out, value < 0 ? -(uint64_t)value : (uint64_t)value);
}

void pfg_out_digits(struct pfg_out *out, uint64_t value, unsigned digits)
{
    char *to = pfg_out_room(out, digits);
    out->at += digits;
    for (; digits >= 4; digits -= 4, value /= 10000)
        pfg_put_4(to + digits - 4, (uint32_t)(value % 10000));
    for (; digits >= 1; digits--, value /= 10)
        to[digits - 1] = (char)('0' + value % 10);
}

void pfg_out_hex_uint(struct pfg_out *out, uint64_t value, unsigned digits)
{
    out->at = pfg_put_hex_uint(pfg_out_room(out, digits), value, digits);
}

void pfg_out_hex(struct pfg_out *out, const uint8_t *bytes, size_t size)
{
    while (size) {
        size_t now = size < 2048 ? size : 2048;
        out->at = pfg_put_hex(pfg_out_room(out, 2 * now), bytes, now);
        bytes += now;
        size -= now;
    }
}

/* Groups of bits to characters, the first bit highest; pad to whole blocks with '='. */
static void out_bits(struct pfg_out *out, const uint8_t *bytes, size_t size, unsigned width,
                     const char *alphabet, unsigned block)
{
    unsigned held = 0, count = 0, written = 0;
    for (size_t i = 0; i < size; i++) {
        held = held << 8 | bytes[i];
        for (count += 8; count >= width; count -= width, written++)
            pfg_out_char(out, alphabet[held >> (count - width) & ((1u << width) - 1)]);
        held &= (1u << count) - 1;
    }
    if (count) {
        pfg_out_char(out, alphabet[held << (width - count) & ((1u << width) - 1)]);
        written++;
    }
    for (; block && written % block; written++)
        pfg_out_char(out, '=');
}

void pfg_out_base64(struct pfg_out *out, const uint8_t *bytes, size_t size)
{
    out_bits(out, bytes, size, 6,
             "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", 4);
}

void pfg_out_base32hex(struct pfg_out *out, const uint8_t *bytes, size_t size)
{
    out_bits(out, bytes, size, 5, "0123456789ABCDEFGHIJKLMNOPQRSTUV", 0);
}

void pfg_out_ipv4(struct pfg_out *out, uint32_t address)
{
    out->at = pfg_put_ipv4(pfg_out_room(out, PFG_PUT_ROOM), address);
}

void pfg_out_ipv6(struct pfg_out *out, const uint8_t address[16])
{
    out->at = pfg_put_ipv6(pfg_out_room(out, PFG_PUT_ROOM), address);
}

void pfg_out_address(struct pfg_out *out, unsigned family, const uint8_t *address)
{
    if (family == 6)
        pfg_out_ipv6(out, address);
    else
        pfg_out_ipv4(out, pfg_get_be32(address));
}

void pfg_out_mac(struct pfg_out *out, const uint8_t address[6])
{
    out->at = pfg_put_mac(pfg_out_room(out, PFG_PUT_ROOM), address);
}

void pfg_out_double(struct pfg_out *out, double value)
{
    char text[40], *exponent;
    int precision = 1;
    if (!isfinite(value)) {
        pfg_out_string(out, isnan(value) ? "nan" : value < 0 ? "-inf" : "inf");
        return;
    }
    do
        snprintf(text, sizeof text, "%.*g", precision, value);
    while (strtod(text, NULL) != value && ++precision <= 17);
    /* 40, not 4e+01: with an exponent only where there are more zeros than digits of a double. */
    exponent = strchr(text, 'e');
    if (exponent && exponent[1] == '+' && atoi(exponent + 1) < 16)
        snprintf(text, sizeof text, "%.*g", atoi(exponent + 1) + 1, value);
    pfg_out_string(out, text);
}

/* Year, month, day of days since 1970 (proleptic Gregorian; Hinnant's civil-from-days). */
static void civil(uint64_t days, unsigned *year, unsigned *month, unsigned *day)
{
    uint64_t z = days + 719468, era = z / 146097, doe = z % 146097;
    uint64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    uint64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    *day = (unsigned)(doy - (153 * mp + 2) / 5 + 1);
    *month = (unsigned)(mp < 10 ? mp + 3 : mp - 9);
    *year = (unsigned)(yoe + era * 400 + (*month <= 2));
}

/* The text of a whole second, to the point behind it. */
struct stamp {
    uint64_t day, second; /* since 1970, whose text it is */
    char text[32];
};
enum { STAMP_DATE = 11, STAMP_SIZE = 20 };

/* The date changes once a day, and making it is slow. */
static void make_date(struct stamp *stamp, uint64_t days)
{
    unsigned year, month, day;
    char text[48];

    civil(days, &year, &month, &day);
    snprintf(text, sizeof text, "%04u-%02u-%02uT", year % 10000, month % 100, day % 100);
    memcpy(stamp->text, text, STAMP_DATE);
    stamp->day = days;
}

static void make_second(struct stamp *stamp, uint64_t second)
{
    uint32_t rest = (uint32_t)(second % 86400);
    char *to = stamp->text + STAMP_DATE;

    if (second / 86400 != stamp->day)
        make_date(stamp, second / 86400);
    to = pfg_put_2(to, rest / 3600);
    *to = ':';
    to = pfg_put_2(to + 1, rest / 60 % 60);
    *to = ':';
    to = pfg_put_2(to + 1, rest % 60);
    *to = '.';
    stamp->second = second;
}

void pfg_out_time(struct pfg_out *out, uint64_t time_ns)
{
    static _Thread_local struct stamp stamp = { UINT64_MAX, UINT64_MAX, "" };
    uint64_t second = time_ns / 1000000000;
    char *to = pfg_out_room(out, PFG_PUT_ROOM);

    if (second != stamp.second)
        make_second(&stamp, second);
    memcpy(to, stamp.text, sizeof stamp.text);
    to = pfg_put_9(to + STAMP_SIZE, (uint32_t)(time_ns - second * 1000000000));
    *to = 'Z';
    out->at = to + 1;
}
