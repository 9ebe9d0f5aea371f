/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mixed.h - uthash for keys of 64 bits that are mixed well already: neither hashing nor comparing
 * them needs a function. Include it instead of uthash.h.
 */
#ifndef PFG_CAPTURE_MIXED_H
#define PFG_CAPTURE_MIXED_H

#include <stdint.h>
#include <string.h>

static inline uint64_t capture_mixed_key(const void *key)
{
    uint64_t value;

    memcpy(&value, key, sizeof value);
    return value;
}

#define HASH_FUNCTION(key, size, hash)                                                             \
    do {                                                                                           \
        (void)(size);                                                                              \
        (hash) = (unsigned)(capture_mixed_key(key) ^ capture_mixed_key(key) >> 32);                \
    } while (0)
#define HASH_KEYCMP(a, b, size) (capture_mixed_key(a) != capture_mixed_key(b))

#include <uthash.h>

static inline uint64_t capture_mix(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 29;
}

#endif
