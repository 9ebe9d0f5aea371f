/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * identity.h - 128 bits that stand for a key of any length: who asked, what, from where. What is
 * counted and what waits is found by them alone, so that a name takes no more room than a number.
 *
 * Two keys never have the same ones, as far as anybody can bring it about. The key is a polynomial
 * over the numbers modulo 2^61 - 1, and its values at two points are taken that were drawn by
 * chance and are told to nobody. Two different polynomials of a degree below n agree at fewer than
 * n points (Carter and Wegman, 1979), so two keys of n words have the same identity by a chance of
 * (n / 2^60) squared, whoever chose them. That any two of a billion keys of 100 bytes meet: below
 * 2^-50.
 */
#ifndef PFG_CAPTURE_IDENTITY_H
#define PFG_CAPTURE_IDENTITY_H

#include <endian.h>
#include <stdbool.h>

#include "proto/hash.h"

struct capture_identity {
    uint64_t words[2];
};

/* The least of the words that bytes end with. */
#define CAPTURE_IDENTITY_LAST   (UINT64_C(1) << 59)
/* A word that stands for a value that is not there: no bytes have it, since it says that there are
 * none and has one, and no number. */
#define CAPTURE_IDENTITY_ABSENT (CAPTURE_IDENTITY_LAST | 1)

/* Where every key begins. */
#define CAPTURE_IDENTITY ((struct capture_identity){ { 1, 1 } })

/* A step of a polynomial's value, not reduced to the least: below 2^63,
 * since points are below 2^60. */
static inline uint64_t capture_identity_step(uint64_t value, uint64_t point, uint64_t word)
{
    __extension__ typedef unsigned __int128 wide;
    wide product = (wide)value * point + word;

    return ((uint64_t)product & ((UINT64_C(1) << 61) - 1)) + (uint64_t)(product >> 61);
}

/* Goes on by a word below 2^60. */
static inline struct capture_identity capture_identity_add(const struct pfg_secret *secret,
                                                           struct capture_identity identity,
                                                           uint64_t word)
{
    return (struct capture_identity){ {
        capture_identity_step(identity.words[0], secret->points[0], word),
        capture_identity_step(identity.words[1], secret->points[1], word),
    } };
}

/* Goes on by any number: one word, or two for large ones, the first of which is larger than any
 * that stands alone, and than CAPTURE_IDENTITY_ABSENT. */
static inline struct capture_identity capture_identity_number(const struct pfg_secret *secret,
                                                              struct capture_identity identity,
                                                              uint64_t number)
{
    if (number < CAPTURE_IDENTITY_LAST)
        return capture_identity_add(secret, identity, number);
    identity = capture_identity_add(secret, identity, UINT64_C(3) << 58 | number >> 32);
    return capture_identity_add(secret, identity, number & UINT32_MAX);
}

/* The letters A to Z of eight bytes made small. */
static inline uint64_t capture_identity_small_letters(uint64_t word)
{
    const uint64_t each = UINT64_C(0x0101010101010101);
    uint64_t low = word & each * 0x7f;
    uint64_t from_a = low + each * (0x80 - 'A'), behind_z = low + each * (0x80 - 'Z' - 1);

    return word | (from_a & ~behind_z & ~word & each * 0x80) >> 2;
}

/* Goes on by bytes, seven in a word. The last word has one bit more, and how many bytes of it there
 * are: that one alone is CAPTURE_IDENTITY_LAST or larger. fold: the case of letters does not
 * matter, as in the names of DNS (RFC 4343). */
static inline struct capture_identity capture_identity_bytes(const struct pfg_secret *secret,
                                                             struct capture_identity identity,
                                                             const uint8_t *bytes, size_t size,
                                                             bool fold)
{
    enum { STEP = 7 }; /* bytes in a word */
    uint64_t word;
    size_t at;

    for (at = 0; size - at > STEP; at += STEP) {
        memcpy(&word, bytes + at, sizeof word);
        if (fold)
            word = capture_identity_small_letters(word);
        identity = capture_identity_add(secret, identity, le64toh(word) << 8 >> 8);
    }
    word = 0;
    memcpy(&word, bytes + at, size - at);
    if (fold)
        word = capture_identity_small_letters(word);
    return capture_identity_add(
        secret, identity, CAPTURE_IDENTITY_LAST | (uint64_t)(size - at) << 56 | le64toh(word));
}

/* Goes on by an address, of 16 bytes where the family is 6, else of 4. The first word tells them
 * apart. */
static inline struct capture_identity capture_identity_address(const struct pfg_secret *secret,
                                                               struct capture_identity identity,
                                                               unsigned family,
                                                               const uint8_t *address)
{
    uint64_t high, low;
    uint32_t word;

    if (family != 6) {
        memcpy(&word, address, sizeof word);
        return capture_identity_add(secret, identity, (uint64_t)family << 32 | word);
    }
    memcpy(&high, address, sizeof high);
    memcpy(&low, address + sizeof high, sizeof low);
    identity = capture_identity_add(secret, identity, UINT64_C(1) << 59 | high >> 32);
    identity = capture_identity_add(secret, identity, (high & UINT32_MAX) << 16 | low >> 48);
    return capture_identity_add(secret, identity, low << 16 >> 16);
}

/* The hash of an identity, for uthash. */
static inline unsigned capture_identity_hash(const struct pfg_secret *secret,
                                             const struct capture_identity *identity)
{
    return (unsigned)pfg_hash_fold(secret, identity->words[0]);
}

#endif
