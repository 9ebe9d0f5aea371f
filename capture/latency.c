/* SPDX-License-Identifier: GPL-2.0-or-later */
/* latency.c - figures out of what was counted. */
#include "capture/latency.h"

uint64_t capture_latency_bucket_end(uint32_t bucket)
{
    const uint32_t parts = 1U << CAPTURE_LATENCY_PARTS;
    uint32_t shift = bucket / parts;

    if (bucket < 2 * parts)
        return bucket;
    shift--;
    return ((uint64_t)(bucket % parts + parts + 1) << shift) - 1;
}

uint64_t capture_latency_average(const struct capture_latency *latency)
{
    return latency->count == 0 ? 0 : latency->sum_ns / latency->count;
}

uint64_t capture_latency_percentile(const struct capture_latency *latency, unsigned percent)
{
    uint64_t rank = latency->count / 100 * percent + (latency->count % 100 * percent + 99) / 100;
    uint64_t before = 0, end;
    uint32_t bucket;

    if (latency->buckets == NULL || latency->count == 0)
        return 0;
    for (bucket = 0; bucket < CAPTURE_LATENCY_BUCKETS - 1; bucket++) {
        before += latency->buckets[bucket];
        if (before < rank)
            continue;
        end = capture_latency_bucket_end(bucket);
        return end < latency->max_ns ? end : latency->max_ns;
    }
    return latency->max_ns;
}
