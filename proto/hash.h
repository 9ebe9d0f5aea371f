/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hash.h - uthash as it is used here, and what its keys are hashed with. Include it instead of
 * uthash.h.
 *
 * Keys come out of packets, so whoever sends packets chooses them. Hashes therefore depend on
 * numbers that were drawn by chance when the table was made: nobody can send keys that all fall on
 * one bucket. Nothing that is told depends on them: uthash keeps the order in which keys came.
 */
#ifndef PFG_PROTO_HASH_H
#define PFG_PROTO_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Memory that is out is a fault like others, not the program's end: what could not be added has no
 * table (hh.tbl). */
#define HASH_NONFATAL_OOM         1
/* What uthash takes it clears at once: memory that comes cleared, as large blocks do, is not
 * cleared again. */
#define uthash_malloc(size)       calloc(1, size)
#define uthash_bzero(bytes, size) ((void)0)
#include <uthash.h>

/* Numbers drawn by chance, a set for each table. */
struct pfg_secret {
    uint64_t start, factor; /* factor is odd */
};
void pfg_secret_draw(struct pfg_secret *secret);

/* Gives a table twice to four times as many buckets as entries: by itself, uthash waits until ten
 * meet in one, and each that stands before the one looked for, as those do that came later, is a
 * line of memory more. For after an addition; without memory for it, the table stays as it is. */
#define PFG_HASH_WIDEN(head)                                                                       \
    do {                                                                                           \
        int pfg_oomed = 0;                                                                         \
        if (HASH_COUNT(head) * 2 > (head)->hh.tbl->num_buckets)                                    \
            HASH_EXPAND_BUCKETS(hh, (head)->hh.tbl, pfg_oomed);                                    \
        (void)pfg_oomed;                                                                           \
    } while (0)

/* A head's table; NULL none. */
#define PFG_HASH_TABLE(head) ((head) == NULL ? NULL : (head)->hh.tbl)

/* What a table takes beside its entries, in bytes. head: its first entry, NULL none. */
#define PFG_HASH_BYTES(head)                                                                       \
    ((head) == NULL                                                                                \
         ? 0                                                                                       \
         : sizeof(UT_hash_table) + (head)->hh.tbl->num_buckets * sizeof(UT_hash_bucket))

/* Asks for a line of memory. gcc takes a function that does no more for one without effect, and
 * leaves its calls out, so there is something that it does not see through. */
static inline void pfg_prefetch(const void *at)
{
    __builtin_prefetch(at);
    __asm__ volatile("" : : "r"(at));
}

/* Asks for the bucket of a hash, which a search begins with; or, when that has come, for the first
 * entry in it, of two lines of the processor's cache. table: NULL none. */
static inline const UT_hash_bucket *pfg_hash_bucket(const UT_hash_table *table, unsigned hash)
{
    unsigned bucket;

    if (table == NULL)
        return NULL;
    HASH_TO_BKT(hash, table->num_buckets, bucket);
    return &table->buckets[bucket];
}
static inline void pfg_hash_prefetch(const UT_hash_table *table, unsigned hash)
{
    pfg_prefetch(pfg_hash_bucket(table, hash));
}
static inline void pfg_hash_prefetch_entry(const UT_hash_table *table, unsigned hash)
{
    const UT_hash_bucket *bucket = pfg_hash_bucket(table, hash);

    if (bucket == NULL || bucket->hh_head == NULL)
        return;
    pfg_prefetch(bucket->hh_head);
    pfg_prefetch((const uint8_t *)bucket->hh_head + 64);
}

/* Both halves of a product, so that every bit of the value reaches the lowest ones. */
static inline uint64_t pfg_hash_fold(const struct pfg_secret *secret, uint64_t value)
{
    __extension__ typedef unsigned __int128 wide;
    wide product = (wide)value * secret->factor;

    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* The hash of a key of words, two of which are multiplied at a time. */
static inline unsigned pfg_hash_words(const struct pfg_secret *secret, const uint64_t *words,
                                      size_t count)
{
    __extension__ typedef unsigned __int128 wide;
    uint64_t hash = secret->start;
    size_t at;

#pragma GCC unroll 4
    for (at = 0; at + 1 < count; at += 2) {
        wide product = (wide)(hash ^ words[at]) * (secret->factor ^ words[at + 1]);

        hash = (uint64_t)product ^ (uint64_t)(product >> 64);
    }
    return (unsigned)pfg_hash_fold(secret, at < count ? hash ^ words[at] : hash);
}

#endif
