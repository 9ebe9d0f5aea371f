/* SPDX-License-Identifier: GPL-2.0-or-later */
/* identity.c - the words of bytes: seven of them in each. The last word has one bit more, and how
 * many bytes of it there are: that one alone is LAST or larger. */
#include "capture/identity.h"

#include <sys/random.h>

#define LAST (UINT64_C(1) << 59)

enum { STEP = 7, PAIR = 2 * STEP, BLOCK = CAPTURE_PAIRS * PAIR }; /* bytes */

/* Where the kernel gives nothing, they follow from what pfg_secret_draw() has instead. */
static void draw_poorly(struct capture_secret *secret)
{
    uint64_t *words = (uint64_t *)secret;
    struct pfg_secret seed;
    size_t i;

    pfg_secret_draw(&seed);
    for (i = 0; i < sizeof *secret / sizeof *words; i++)
        words[i] = seed.start = pfg_hash_fold(&seed, seed.start + i);
}

static void lessen(uint64_t *points, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++)
        points[i] >>= 4;
}

void capture_secret_draw(struct capture_secret *secret)
{
    if (getrandom(secret, sizeof *secret, 0) != (ssize_t)sizeof *secret)
        draw_poorly(secret);
    lessen(secret->of_bytes, sizeof secret->of_bytes / sizeof secret->of_bytes[0]);
    lessen(secret->of_blocks, sizeof secret->of_blocks / sizeof secret->of_blocks[0]);
    lessen(secret->of_keys, sizeof secret->of_keys / sizeof secret->of_keys[0]);
}

/* ---- Words ------------------------------------------------------------------------------- */

#define EACH UINT64_C(0x0101010101010101)

/* Has bit 6 of each byte that may be a capital letter, 0x40 to 0x5f: mostly there is none. */
static inline uint64_t capitals(uint64_t word)
{
    return word & ~(word << 1) & EACH * 0x40;
}

/* The letters A to Z of eight bytes made small. */
static inline uint64_t small_letters(uint64_t word)
{
    uint64_t low = word & EACH * 0x7f;
    uint64_t from_a = low + EACH * (0x80 - 'A'), behind_z = low + EACH * (0x80 - 'Z' - 1);

    return word | (from_a & ~behind_z & ~word & EACH * 0x80) >> 2;
}

/* Eight bytes, the first one lowest. */
static inline uint64_t eight(const uint8_t *bytes)
{
    uint64_t word;

    memcpy(&word, bytes, sizeof word);
    return le64toh(word);
}

/* At most seven bytes, the first one lowest. */
static inline uint64_t few(const uint8_t *bytes, size_t size)
{
    uint64_t word = 0;
    size_t i;

    for (i = 0; i < size; i++)
        word |= (uint64_t)bytes[i] << 8 * i;
    return word;
}

/* A word that is not the last: there is a byte behind it. */
static inline uint64_t word_at(const uint8_t *bytes)
{
    return eight(bytes) << 8 >> 8;
}

/* The last word, of the bytes from at to the end, at most seven; none where there are none at all.
 */
static inline uint64_t last_word(const uint8_t *bytes, size_t at, size_t size)
{
    size_t rest = size - at;
    uint64_t word = size < 8 ? few(bytes, size) : eight(bytes + size - 8) >> 8 * (8 - rest);

    return LAST | (uint64_t)rest << 56 | word;
}

/* ---- Sums -------------------------------------------------------------------------------- */

/* Adds a pair of words of bytes. fold: without the case of letters; no letter reaches into what the
 * last word has beside its bytes. */
static inline void add(struct capture_sums *sums, const uint64_t *points, uint64_t first,
                       uint64_t second, bool fold)
{
    if (fold && (capitals(first) | capitals(second)) != 0) {
        first = small_letters(first);
        second = small_letters(second);
    }
    capture_sums_add(sums, points, first, second);
}
/* Bytes of one block, the last. */
static inline struct capture_identity last_block(const struct capture_secret *secret,
                                                 const uint8_t *bytes, size_t size, bool fold)
{
    const uint64_t *points = secret->of_bytes;
    struct capture_sums sums = { { 0, 0 } };
    size_t at;

    for (at = 0; size - at > PAIR; at += PAIR, points += 2)
        add(&sums, points, word_at(bytes + at), word_at(bytes + at + STEP), fold);
    if (size - at > STEP)
        add(&sums, points, word_at(bytes + at), last_word(bytes, at + STEP, size), fold);
    else
        add(&sums, points, last_word(bytes, at, size), CAPTURE_WORD_NONE, fold);
    return capture_sums_identity(&sums);
}

/* Bytes of a block that others follow. */
static struct capture_identity whole_block(const struct capture_secret *secret,
                                           const uint8_t *bytes, bool fold)
{
    struct capture_sums sums = { { 0, 0 } };
    size_t i;

    for (i = 0; i < CAPTURE_PAIRS; i++, bytes += PAIR)
        add(&sums, secret->of_bytes + 2 * i, word_at(bytes), word_at(bytes + STEP), fold);
    return capture_sums_identity(&sums);
}

/* A step of a polynomial's values, not reduced to the least: below 2^63, since points are below
 * 2^60. */
static struct capture_identity go_on(const struct capture_secret *secret,
                                     struct capture_identity value, struct capture_identity block)
{
    const uint64_t most = (UINT64_C(1) << 61) - 1;
    unsigned i;

    for (i = 0; i < 2; i++) {
        capture_wide product = (capture_wide)value.words[i] * secret->of_blocks[i] + block.words[i];

        value.words[i] = ((uint64_t)product & most) + (uint64_t)(product >> 61);
    }
    return value;
}

static struct capture_identity of_blocks(const struct capture_secret *secret, const uint8_t *bytes,
                                         size_t size, bool fold)
{
    struct capture_identity value = { { 1, 1 } };

    for (; size > BLOCK; bytes += BLOCK, size -= BLOCK)
        value = go_on(secret, value, whole_block(secret, bytes, fold));
    return go_on(secret, value, last_block(secret, bytes, size, fold));
}

struct capture_identity capture_identity_bytes(const struct capture_secret *secret,
                                               const uint8_t *bytes, size_t size)
{
    return size > BLOCK ? of_blocks(secret, bytes, size, false)
                        : last_block(secret, bytes, size, false);
}

struct capture_identity capture_identity_name(const struct capture_secret *secret,
                                              const uint8_t *bytes, size_t size)
{
    return size > BLOCK ? of_blocks(secret, bytes, size, true)
                        : last_block(secret, bytes, size, true);
}
