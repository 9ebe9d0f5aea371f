/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stream_early.c - blocks of a direction's bytes, found by their numbers in a tree of fixed depth,
 * so that no order of segments makes it deep, and the next block is found without a search.
 */
#include "proto/stream_early.h"

#include <stdlib.h>
#include <string.h>

enum {
    BLOCK_BITS = 10,
    BLOCK = 1 << BLOCK_BITS, /* bytes */
    WORDS = BLOCK / 64,
    NODE_BITS = 4,
    NODE = 1 << NODE_BITS, /* places of a node, one bit each of a word */
    TOP = 5,               /* the root's level: six levels for the 22 bits of a block's number */
    MALLOC = 16,           /* what malloc takes beside what it gives */
};
_Static_assert((TOP + 1) * NODE_BITS >= 32 - BLOCK_BITS, "the tree has room for all blocks");

/* Bytes that the capture left out behind a segment: so many are noted at most. */
#define CUT_MAX UINT32_C(262144)

struct block {
    uint64_t since_ns;
    uint64_t have[WORDS], cut[WORDS]; /* a bit each byte: it is here; the capture left it out */
    uint8_t bytes[BLOCK];
};

struct pfg_early_node {
    uint64_t used;     /* a bit each place */
    void *place[NODE]; /* nodes; on level 0 blocks */
};

size_t pfg_early_memory(const struct pfg_early *early)
{
    return early->blocks * (sizeof(struct block) + MALLOC) +
           early->nodes * (sizeof(struct pfg_early_node) + MALLOC);
}

/* ---- Blocks by their numbers ------------------------------------------------------------- */

static inline unsigned place_of(uint32_t number, unsigned level)
{
    return number >> (level * NODE_BITS) & (NODE - 1);
}

static inline uint32_t number_of(uint32_t seq)
{
    return seq >> BLOCK_BITS;
}

/* The block of a number; NULL: there is none. */
static struct block *find(const struct pfg_early *early, uint32_t number)
{
    const struct pfg_early_node *node = early->root;
    unsigned level = TOP;

    while (node != NULL && level > 0)
        node = node->place[place_of(number, level--)];
    return node == NULL ? NULL : node->place[place_of(number, 0)];
}

/* The first block from *number on; *number is its then. NULL: there is none. */
static struct block *find_from(const struct pfg_early_node *node, unsigned level, uint32_t *number)
{
    unsigned shift = level * NODE_BITS;
    unsigned first = place_of(*number, level);
    uint64_t used = node->used & ~UINT64_C(0) << first;

    for (; used != 0; used &= used - 1) {
        unsigned at = (unsigned)__builtin_ctzll(used);
        struct block *block;

        if (at != first) /* all of it is behind */
            *number = (*number >> (shift + NODE_BITS) << NODE_BITS | at) << shift;
        if (level == 0)
            return node->place[at];
        block = find_from(node->place[at], level - 1, number);
        if (block != NULL)
            return block;
    }
    return NULL;
}

/* The first block in the order of sequence numbers from next on. There is one. */
static struct block *find_first(const struct pfg_early *early, uint32_t next, uint32_t *number)
{
    struct block *block;

    *number = number_of(next);
    block = find_from(early->root, TOP, number);
    if (block != NULL)
        return block;
    *number = 0; /* the numbers have wrapped */
    return find_from(early->root, TOP, number);
}

static void *take_place(struct pfg_early_node *node, unsigned at, size_t size)
{
    void *taken = calloc(1, size);

    if (taken != NULL) {
        node->place[at] = taken;
        node->used |= UINT64_C(1) << at;
    }
    return taken;
}

/* The block of a number, which may be new. NULL: memory is out. */
static struct block *get(struct pfg_early *early, uint32_t number, uint64_t now_ns)
{
    struct pfg_early_node *node = early->root;
    struct block *block;
    unsigned level;

    if (node == NULL) {
        node = early->root = calloc(1, sizeof *node);
        if (node == NULL)
            return NULL;
        early->nodes++;
    }
    for (level = TOP; level > 0; level--) {
        unsigned at = place_of(number, level);
        struct pfg_early_node *below = node->place[at];

        if (below == NULL) {
            below = take_place(node, at, sizeof *below);
            if (below == NULL)
                return NULL; /* nodes without blocks go with the last block, or the direction */
            early->nodes++;
        }
        node = below;
    }
    block = node->place[place_of(number, 0)];
    if (block == NULL) {
        block = take_place(node, place_of(number, 0), sizeof *block);
        if (block == NULL)
            return NULL;
        block->since_ns = now_ns;
        early->blocks++;
    }
    return block;
}

/* Frees a block, and nodes that are empty then; whether this one is. */
static bool remove_block(struct pfg_early *early, struct pfg_early_node *node, unsigned level,
                         uint32_t number)
{
    unsigned at = place_of(number, level);

    if (level > 0 && !remove_block(early, node->place[at], level - 1, number))
        return false;
    if (level == 0)
        early->blocks--;
    else
        early->nodes--;
    free(node->place[at]);
    node->place[at] = NULL;
    node->used &= ~(UINT64_C(1) << at);
    return node->used == 0;
}

static void free_below(struct pfg_early_node *node, unsigned level)
{
    uint64_t used = node->used;

    for (; used != 0; used &= used - 1) {
        void *place = node->place[__builtin_ctzll(used)];

        if (level > 0)
            free_below(place, level - 1);
        else
            free(place);
    }
    free(node);
}

void pfg_early_drop(struct pfg_early *early)
{
    if (early->root != NULL)
        free_below(early->root, TOP);
    *early = (struct pfg_early){ NULL, 0, 0 };
}

/* ---- Bytes ------------------------------------------------------------------------------- */

/* The bits of word w that stand for the places from..to of its block, to not included. */
static inline uint64_t bits_of(unsigned w, uint32_t from, uint32_t to)
{
    uint32_t low = w * 64, high = low + 64;
    uint64_t bits = ~UINT64_C(0);

    if (from > low)
        bits &= ~UINT64_C(0) << (from - low);
    if (to < high)
        bits &= ~UINT64_C(0) >> (high - to);
    return bits;
}

/* Where bits go on from a place: the first that is not set, BLOCK: all are. */
static uint32_t end_of(const uint64_t *bits, uint32_t from)
{
    unsigned w = from / 64;
    uint64_t clear = ~bits[w] & ~UINT64_C(0) << from % 64;

    while (clear == 0) {
        if (++w == WORDS)
            return BLOCK;
        clear = ~bits[w];
    }
    return w * 64 + (unsigned)__builtin_ctzll(clear);
}

static void put_bytes(struct block *block, uint32_t from, uint32_t to, const uint8_t *bytes)
{
    unsigned w;

    for (w = from / 64; w <= (to - 1) / 64; w++) {
        uint64_t bits = bits_of(w, from, to), missing = bits & ~block->have[w], left = missing;
        uint32_t at = w * 64 > from ? w * 64 : from, end = w * 64 + 64 < to ? w * 64 + 64 : to;

        if (missing == bits) {
            memcpy(block->bytes + at, bytes + (at - from), end - at);
        } else {
            for (; left != 0; left &= left - 1) {
                at = w * 64 + (unsigned)__builtin_ctzll(left);
                block->bytes[at] = bytes[at - from];
            }
        }
        block->have[w] |= bits;
        block->cut[w] &= ~bits;
    }
}

static void put_cut(struct block *block, uint32_t from, uint32_t to)
{
    unsigned w;

    for (w = from / 64; w <= (to - 1) / 64; w++)
        block->cut[w] |= bits_of(w, from, to) & ~block->have[w];
}

/* bytes: NULL, the capture left them out. */
static bool add(struct pfg_early *early, uint32_t seq, const uint8_t *bytes, uint32_t size,
                uint64_t now_ns)
{
    while (size > 0) {
        struct block *block = get(early, number_of(seq), now_ns);
        uint32_t from = seq % BLOCK, part = BLOCK - from < size ? BLOCK - from : size;

        if (block == NULL)
            return false;
        if (bytes != NULL) {
            put_bytes(block, from, from + part, bytes);
            bytes += part;
        } else {
            put_cut(block, from, from + part);
        }
        seq += part;
        size -= part;
    }
    return true;
}

bool pfg_early_add(struct pfg_early *early, uint32_t seq, const uint8_t *bytes, uint32_t size,
                   uint32_t cut, uint64_t now_ns)
{
    return add(early, seq, bytes, size, now_ns) &&
           add(early, seq + size, NULL, cut < CUT_MAX ? cut : CUT_MAX, now_ns);
}

uint32_t pfg_early_first(const struct pfg_early *early, uint32_t next)
{
    uint32_t number;
    const struct block *block = find_first(early, next, &number);
    unsigned w = 0;

    while ((block->have[w] | block->cut[w]) == 0)
        w++; /* a block without any is not kept */
    return number * BLOCK + w * 64 + (unsigned)__builtin_ctzll(block->have[w] | block->cut[w]);
}

uint64_t pfg_early_since(const struct pfg_early *early, uint32_t next)
{
    uint32_t number;

    return find_first(early, next, &number)->since_ns;
}

struct pfg_early_run pfg_early_at(const struct pfg_early *early, uint32_t next)
{
    const struct block *block = find(early, number_of(next));
    uint32_t from = next % BLOCK, end;

    if (block == NULL)
        return (struct pfg_early_run){ NULL, 0 };
    end = end_of(block->have, from);
    if (end > from)
        return (struct pfg_early_run){ block->bytes + from, end - from };
    return (struct pfg_early_run){ NULL, end_of(block->cut, from) - from };
}

void pfg_early_forget(struct pfg_early *early, uint32_t from, uint32_t next)
{
    while (early->blocks > 0) {
        uint32_t number, end;
        struct block *block = find_first(early, from, &number);
        uint64_t left = 0;
        unsigned w;

        if ((int32_t)(number * BLOCK - next) >= 0)
            return; /* it begins behind */
        end = next - number * BLOCK < BLOCK ? next - number * BLOCK : BLOCK;
        for (w = 0; w < WORDS; w++) {
            uint64_t gone = w * 64 < end ? bits_of(w, 0, end) : 0;

            block->have[w] &= ~gone;
            block->cut[w] &= ~gone;
            left |= block->have[w] | block->cut[w];
        }
        if (left != 0)
            return;
        if (remove_block(early, early->root, TOP, number)) {
            free(early->root);
            early->root = NULL;
            early->nodes--;
        }
    }
}
