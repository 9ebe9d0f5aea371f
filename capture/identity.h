/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * identity.h - 128 bits that stand for a key of any length: who asked, what, from where. What is
 * counted and what waits is found by them alone, so that a name takes no more room than a number.
 *
 * Two keys never have the same ones, as far as anybody can bring it about. A key is a row of words,
 * taken in pairs, and its identity has two sums over them, modulo 2^61 - 1, of
 *
 *     (first + point) * (second + next point)
 *
 * with points below 2^60 that were drawn by chance and are told to nobody (the pseudo dot product
 * of Black, Halevi, Krawczyk, Krovetz and Rogaway, UMAC, 1999, over a field). Every pair has two
 * points of its own, and the second sum has those that the first has for the next pair.
 *
 * Take two different keys, and the last pair in which they differ, or that one has alone. In the
 * difference of their first sums that pair alone has its points, for all behind it is the same.
 * Where both keys have the pair, the difference is a linear equation in one of these points at
 * least, and one value of 2^60 solves it; where one has it alone, the product is what it must be
 * for one value of the second point, unless the first makes it nothing: twice in 2^60 at most. The
 * second sums have points behind the pair that the first have not, so the same is true of them
 * whatever the first sums are. So two keys have the same identity by a chance of (2 / 2^60)
 * squared, 2^-118, whoever chose them. That any two of a billion keys meet: below 2^-58.
 *
 * Bytes beyond a block of CAPTURE_PAIRS pairs make several such sums, of which each is a
 * coefficient of a polynomial, whose value is taken at a point for each of the two: different ones
 * of a degree below n agree at fewer than n points (Carter and Wegman, 1979). With n blocks, the
 * chance is ((n + 2) / 2^60) squared.
 *
 * A key of several parts has the identities of its bytes among its words, and is summed with points
 * that these were not: then what is told above holds for its words, whichever they are, and the
 * chance is that of the bytes and of the key together. Each part has its place in the pairs, and
 * where a pair has none, it is left out.
 */
#ifndef PFG_CAPTURE_IDENTITY_H
#define PFG_CAPTURE_IDENTITY_H

#include <endian.h>
#include <stdbool.h>

#include "proto/hash.h"

struct capture_identity {
    uint64_t words[2];
};

enum {
    CAPTURE_PAIRS = 20,    /* of a block of bytes; the sums have room for 64 */
    CAPTURE_KEY_PAIRS = 8, /* of a key of several parts; the sums have room for 10 */
};

/* What identities are made with, drawn once for all tables whose keys are compared. */
struct capture_secret {
    uint64_t factor, start;                   /* for hashes of what needs no sum */
    uint64_t of_bytes[2 * CAPTURE_PAIRS + 2]; /* points, below 2^60 */
    uint64_t of_blocks[2];
    uint64_t of_keys[2 * CAPTURE_KEY_PAIRS + 2];
};
void capture_secret_draw(struct capture_secret *secret);

/* ---- Sums -------------------------------------------------------------------------------- */

__extension__ typedef unsigned __int128 capture_wide;
struct capture_sums {
    capture_wide of[2];
};

/* Words are below 2^60; or this, which stands for the second word of a pair that has none; or those
 * of an identity. */
#define CAPTURE_WORD_NONE (UINT64_C(1) << 60)

/* Adds a pair. points: its own two, and the next pair's. */
static inline void capture_sums_add(struct capture_sums *sums, const uint64_t *points,
                                    uint64_t first, uint64_t second)
{
    sums->of[0] += (capture_wide)(first + points[0]) * (second + points[1]);
    sums->of[1] += (capture_wide)(first + points[2]) * (second + points[3]);
}

/* A sum modulo 2^61 - 1, not reduced to the least: below 2^62 + 2^6. */
static inline uint64_t capture_sum_reduced(capture_wide sum)
{
    const uint64_t most = (UINT64_C(1) << 61) - 1;

    return ((uint64_t)sum & most) + ((uint64_t)(sum >> 61) & most) + (uint64_t)(sum >> 122);
}

static inline struct capture_identity capture_sums_identity(const struct capture_sums *sums)
{
    return (struct capture_identity){ { capture_sum_reduced(sums->of[0]),
                                        capture_sum_reduced(sums->of[1]) } };
}

/* ---- Bytes ------------------------------------------------------------------------------- */

/* The identity of bytes, and that of a name, in which the case of letters does not matter, as in
 * those of DNS (RFC 4343). */
struct capture_identity capture_identity_bytes(const struct capture_secret *secret,
                                               const uint8_t *bytes, size_t size);
struct capture_identity capture_identity_name(const struct capture_secret *secret,
                                              const uint8_t *bytes, size_t size);

/* ---- Addresses --------------------------------------------------------------------------- */

/* Adds a word and an address of 16 bytes where the family is 6, else of 4: one pair, or for the
 * longer two. */
static inline void capture_sums_address(struct capture_sums *sums, const uint64_t *points,
                                        uint64_t first, unsigned family, const uint8_t *address)
{
    uint64_t high, low;
    uint32_t word;

    if (family != 6) {
        memcpy(&word, address, sizeof word);
        capture_sums_add(sums, points, first, (uint64_t)family << 32 | word);
        return;
    }
    memcpy(&high, address, sizeof high);
    memcpy(&low, address + sizeof high, sizeof low);
    capture_sums_add(sums, points, first, UINT64_C(1) << 59 | high >> 32);
    capture_sums_add(sums, points + 2, (high & UINT32_MAX) << 16 | low >> 48, low << 16 >> 16);
}

/* The identity of an address. One of four bytes is its own, in the second word, which no sum is as
 * large as; the first is but for the hash (Dietzfelbinger, 1996: of two addresses, each pair of
 * hashes is as likely as any other). */
static inline struct capture_identity capture_identity_address(const struct capture_secret *secret,
                                                               unsigned family,
                                                               const uint8_t *address)
{
    struct capture_sums sums = { { 0, 0 } };
    uint32_t word;

    if (family != 6) {
        memcpy(&word, address, sizeof word);
        return (struct capture_identity){ { (word * secret->factor + secret->start) >> 32,
                                            UINT64_C(1) << 63 | (uint64_t)family << 32 | word } };
    }
    capture_sums_address(&sums, secret->of_keys, 0, family, address);
    return capture_sums_identity(&sums);
}

/* The hash of an identity, for uthash: nobody can foresee a sum. */
static inline unsigned capture_identity_hash(const struct capture_identity *identity)
{
    return (unsigned)identity->words[0];
}

#endif
