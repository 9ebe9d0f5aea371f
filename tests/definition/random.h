/* SPDX-License-Identifier: GPL-2.0-or-later */
/* random.h - numbers from a seed (splitmix64), with the ends of ranges more often than others. */
#ifndef PFG_TESTS_DEFINITION_RANDOM_H
#define PFG_TESTS_DEFINITION_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

struct random_source {
    uint64_t state;
};

static inline uint64_t random_next(struct random_source *source)
{
    uint64_t z = source->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* 0 to count - 1; count > 0. */
static inline uint32_t random_below(struct random_source *source, uint32_t count)
{
    return (uint32_t)(random_next(source) % count);
}

static inline bool random_one_in(struct random_source *source, uint32_t count)
{
    return random_below(source, count) == 0;
}

/* 0 to most: the ends and their neighbours half of the time. */
static inline uint64_t random_value(struct random_source *source, uint64_t most)
{
    const uint64_t ends[] = {
        0, most, most ? 1 : 0, most - (most > 0), most / 2, most / 2 + most % 2
    };
    if (random_one_in(source, 2))
        return ends[random_below(source, sizeof ends / sizeof *ends)];
    return most == UINT64_MAX ? random_next(source) : random_next(source) % (most + 1);
}

#endif
