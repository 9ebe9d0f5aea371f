/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * latency.h - how long things took: how often, the least, the most, the sum, and where it is
 * wanted a histogram, from which percentiles are told. The histogram is of fixed size and has
 * buckets in the manner of HdrHistogram: each power of two of nanoseconds is cut into 32 of the
 * same width. So a percentile is told exactly below 64 ns, and at most 1/32 (3.2 %) too high above;
 * adding costs no division. From 2^42 ns (73 minutes) on, all is in the last bucket.
 */
#ifndef PFG_CAPTURE_LATENCY_H
#define PFG_CAPTURE_LATENCY_H

#include <stddef.h>
#include <stdint.h>

enum {
    CAPTURE_LATENCY_PARTS = 5, /* log2 of the buckets in a power of two */
    CAPTURE_LATENCY_TOP = 42,  /* log2 of what the last bucket begins below */
    CAPTURE_LATENCY_BUCKETS = (CAPTURE_LATENCY_TOP - CAPTURE_LATENCY_PARTS + 1)
                              << CAPTURE_LATENCY_PARTS
};

/* All zero is empty. */
struct capture_latency {
    uint64_t count, sum_ns, min_ns, max_ns;
    uint64_t *buckets; /* CAPTURE_LATENCY_BUCKETS of them, borrowed; NULL: no percentiles */
};

/* The bucket that a time is counted in, and the longest time that is counted there. */
static inline uint32_t capture_latency_bucket(uint64_t ns)
{
    uint32_t shift;

    if (ns >> CAPTURE_LATENCY_TOP != 0)
        return CAPTURE_LATENCY_BUCKETS - 1;
    if (ns < 2U << CAPTURE_LATENCY_PARTS)
        return (uint32_t)ns;
    shift = 63 - CAPTURE_LATENCY_PARTS - (uint32_t)__builtin_clzll(ns);
    return (shift << CAPTURE_LATENCY_PARTS) + (uint32_t)(ns >> shift);
}
uint64_t capture_latency_bucket_end(uint32_t bucket);

static inline void capture_latency_add(struct capture_latency *latency, uint64_t ns)
{
    if (latency->count++ == 0 || ns < latency->min_ns)
        latency->min_ns = ns;
    if (ns > latency->max_ns)
        latency->max_ns = ns;
    latency->sum_ns += ns;
    if (latency->buckets != NULL)
        latency->buckets[capture_latency_bucket(ns)]++;
}

/* The average; 0 where there is none. */
uint64_t capture_latency_average(const struct capture_latency *latency);
/* The time that percent (1-100) of all did not exceed, by nearest rank; 0 without buckets. */
uint64_t capture_latency_percentile(const struct capture_latency *latency, unsigned percent);

#endif
