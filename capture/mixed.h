/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mixed.h - numbers of 64 bits mixed from values, addresses and bytes; and uthash for keys that are
 * mixed well already: neither hashing nor comparing them needs a function. Include it instead of
 * uthash.h.
 */
#ifndef PFG_CAPTURE_MIXED_H
#define PFG_CAPTURE_MIXED_H

#include <stdbool.h>
#include <stddef.h>
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

/* Both halves of a product, so that every bit of the value reaches every bit of the number. */
static inline uint64_t capture_mix(uint64_t hash, uint64_t value)
{
    __extension__ typedef unsigned __int128 wide;
    wide product =
        (wide)(hash ^ value ^ UINT64_C(0x9e3779b97f4a7c15)) * UINT64_C(0xa0761d6478bd642f);

    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Bytes, eight at a time. fold: their case does not matter, as in the names of DNS (RFC 4343). */
static inline uint64_t capture_mix_bytes(uint64_t hash, const uint8_t *bytes, size_t size,
                                         bool fold)
{
    uint64_t lower = fold ? UINT64_C(0x2020202020202020) : 0, word = 0;
    size_t at;

    hash = capture_mix(hash, size);
    for (at = 0; at + sizeof word <= size; at += sizeof word) {
        memcpy(&word, bytes + at, sizeof word);
        hash = capture_mix(hash, word | lower);
    }
    if (at == size)
        return hash;
    if (size > sizeof word) { /* the last eight, of which some were taken already */
        memcpy(&word, bytes + size - sizeof word, sizeof word);
        return capture_mix(hash, word | lower);
    }
    for (word = 0; at < size; at++)
        word = word << 8 | bytes[at];
    return capture_mix(hash, word | lower);
}

/* An address of 4 or 16 bytes. */
static inline uint64_t capture_mix_address(uint64_t hash, unsigned family, const uint8_t *address)
{
    uint64_t high, low;
    uint32_t word;

    if (family != 6) {
        memcpy(&word, address, sizeof word);
        return capture_mix(hash, word);
    }
    memcpy(&high, address, sizeof high);
    memcpy(&low, address + sizeof high, sizeof low);
    return capture_mix(capture_mix(hash, high), low);
}

#endif
