/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ledger.h - where every packet went. All figures have 64 bits, and they add up:
 * received = kept + dropped by the kernel + set aside; kept = filtered + written or shown + lost in
 * writing + left when the end had come.
 */
#ifndef PFG_CAPTURE_LEDGER_H
#define PFG_CAPTURE_LEDGER_H

#include <stdbool.h>
#include <stdint.h>

#include "proto/out.h"

/* The figures of one interface. */
struct capture_counts {
    uint64_t received;          /* passed the capture filter in the kernel */
    uint64_t kept;              /* came to us */
    uint64_t dropped_kernel;    /* the kernel's buffer was full */
    uint64_t dropped_interface; /* the interface or its driver had no room; not in received */
    uint64_t seen;              /* by the interface, whatever the filter */
    unsigned known;             /* which of them are (a live capture, or a file's statistics block):
                                   bits of enum capture_count */
    uint64_t time_ns;           /* of these figures, wall clock */
};

enum capture_count {
    CAPTURE_COUNT_RECEIVED = 1 << 0,
    CAPTURE_COUNT_KEPT = 1 << 1,
    CAPTURE_COUNT_DROPPED = 1 << 2,
    CAPTURE_COUNT_DROPPED_INTERFACE = 1 << 3,
    CAPTURE_COUNT_SEEN = 1 << 4,
    CAPTURE_COUNT_LIVE = (1 << 4) - 1, /* what a live capture knows */
};

/* A counter of 32 bits that wraps, read now and then, made into one of 64. */
struct capture_wrapped {
    uint64_t total;
    uint32_t last;
};
void capture_wrapped_read(struct capture_wrapped *counter, uint32_t now);

/* The figures of the whole run. */
struct capture_ledger {
    uint64_t read;     /* came from a source */
    uint64_t filtered; /* read, and then set aside by --where or by a filter of ours */
    uint64_t left;     /* read after the end that -c, -a or -W set, or a failure */
    uint64_t shown;    /* printed */
    uint64_t written;  /* to a file */
    uint64_t lost;     /* could not be written */
    uint64_t bytes;    /* of packets, captured */
    uint64_t messages; /* application messages decoded */
    uint64_t problems; /* messages with a problem */
};

struct capture_interfaces;

/* The figures as lines for people, on the standard error output. */
void capture_ledger_print(const struct capture_ledger *ledger,
                          const struct capture_interfaces *interfaces, bool live);

#endif
