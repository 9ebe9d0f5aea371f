/* SPDX-License-Identifier: GPL-2.0-or-later */
/* print_time.c - the time of a packet in tcpdump's forms (-t). */
#include <string.h>
#include <time.h>

#include "capture/print.h"
#include "common/clock.h"

/* SGR sequences of --color. */
#define COLOR_TIME "\033[2m"
#define COLOR_END  "\033[0m"

/* The text of a whole second and the point behind it, made once for all packets within it. */
static void make_stamp(struct capture_printer *printer, uint64_t second)
{
    const char *form =
        printer->options.time == CAPTURE_TIME_DATE ? "%Y-%m-%d %H:%M:%S." : "%H:%M:%S.";
    time_t seconds = (time_t)second;
    struct tm local;

    localtime_r(&seconds, &local);
    printer->stamp_size = (uint32_t)strftime(printer->stamp, sizeof printer->stamp, form, &local);
    printer->second_ns = second * PFG_NS_PER_S;
    /* Of the last second there is, 1970 is no part. */
    printer->stamped = !printer->options.color && printer->second_ns <= UINT64_MAX - PFG_NS_PER_S;
}

/* The part of a second, as many digits as are asked for. */
static inline char *put_fraction(const struct capture_printer *printer, char *to, uint32_t fraction)
{
    return printer->options.nano ? pfg_put_9(to, fraction) : pfg_put_6(to, fraction / 1000);
}

static void print_fraction(const struct capture_printer *printer, uint64_t time_ns)
{
    char *to = pfg_out_room(printer->out, PFG_PUT_ROOM);

    *to = '.';
    printer->out->at = put_fraction(printer, to + 1, (uint32_t)(time_ns % PFG_NS_PER_S));
}

/* The time of day, in tcpdump's usual forms; the second's text is there. */
static inline char *put_clock(const struct capture_printer *printer, char *to, uint64_t time_ns)
{
    memcpy(to, printer->stamp, sizeof printer->stamp);
    return put_fraction(printer, to + printer->stamp_size,
                        (uint32_t)(time_ns - printer->second_ns));
}

static void print_clock(struct capture_printer *printer, uint64_t time_ns)
{
    char *to = pfg_out_room(printer->out, sizeof printer->stamp + PFG_PUT_ROOM);

    if (printer->stamp_size == 0 || time_ns < printer->second_ns ||
        time_ns - printer->second_ns >= PFG_NS_PER_S)
        make_stamp(printer, time_ns / PFG_NS_PER_S);
    printer->out->at = put_clock(printer, to, time_ns);
}

/* Time since another as " 00:00:01.000123" or "-00:00:01.000123": between what is shown of both. */
static void print_since(struct capture_printer *printer, uint64_t now_ns, uint64_t since_ns)
{
    uint64_t unit = printer->options.nano ? 1 : 1000;
    uint64_t now = now_ns - now_ns % unit, since = since_ns - since_ns % unit;
    uint64_t span_ns = now < since ? since - now : now - since;
    uint64_t seconds = span_ns / PFG_NS_PER_S;

    pfg_out_char(printer->out, now < since ? '-' : ' ');
    if (seconds / 3600 < 100)
        pfg_out_digits(printer->out, seconds / 3600, 2);
    else
        pfg_out_uint(printer->out, seconds / 3600);
    pfg_out_char(printer->out, ':');
    pfg_out_digits(printer->out, seconds / 60 % 60, 2);
    pfg_out_char(printer->out, ':');
    pfg_out_digits(printer->out, seconds % 60, 2);
    print_fraction(printer, span_ns);
}

/* Apart, so that the usual time is written without what this needs. */
static __attribute__((noinline)) void print_time(struct capture_printer *printer, uint64_t now_ns)
{
    enum capture_time form = printer->options.time;
    uint64_t since = form == CAPTURE_TIME_DELTA ? printer->before_ns : printer->first_ns;

    if (form == CAPTURE_TIME_NONE)
        return;
    if (printer->options.color)
        pfg_out_string(printer->out, COLOR_TIME);
    if (form == CAPTURE_TIME_EPOCH) {
        pfg_out_uint(printer->out, now_ns / PFG_NS_PER_S);
        print_fraction(printer, now_ns);
    } else if (form == CAPTURE_TIME_DELTA || form == CAPTURE_TIME_ELAPSED) {
        print_since(printer, now_ns, since);
    } else {
        print_clock(printer, now_ns);
    }
    if (printer->options.color)
        pfg_out_string(printer->out, COLOR_END);
    pfg_out_char(printer->out, ' ');
}

char *capture_put_time(struct capture_printer *printer, char *to, uint64_t now_ns)
{
    if (printer->stamped && now_ns - printer->second_ns < PFG_NS_PER_S) {
        to = put_clock(printer, to, now_ns);
        *to = ' ';
        return to + 1;
    }
    printer->out->at = to;
    print_time(printer, now_ns);
    return printer->out->at;
}
