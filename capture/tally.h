/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tally.h - what is counted for the summary: lists of entries, each with a text, found by the
 * identities of what they stand for. Entries stay where they are, in blocks, until all are freed.
 * All lists together have one bound of memory; what does not fit is counted.
 */
#ifndef PFG_CAPTURE_TALLY_H
#define PFG_CAPTURE_TALLY_H

#include <stdalign.h>

#include "capture/identity.h"
#include "capture/track.h"
#include "proto/out.h"

/* Memory in blocks that are freed together. Bytes are counted against max_bytes. */
struct capture_arena {
    struct capture_block *blocks; /* the newest first */
    size_t used, max_bytes;
};
/* Zeroed bytes, aligned as is said, to a power of two that is at most CAPTURE_ALIGN; NULL: at the
 * bound, or memory is out. */
enum { CAPTURE_ALIGN = 128 };
void *capture_arena_get(struct capture_arena *arena, size_t size, size_t align);
/* Counts bytes that are kept elsewhere; false: at the bound, and they are not counted. */
bool capture_arena_count(struct capture_arena *arena, size_t size);
void capture_arena_free(struct capture_arena *arena);

/* What is counted of a thing, on two neighbouring lines of the processor's cache: what a search
 * looks at, and how often it was met, are on the second. [0]: sent, or requests; [1]: received, or
 * replies.
 */
struct capture_tally {
    alignas(CAPTURE_ALIGN) uint64_t bytes[2];
    struct capture_exchange *exchange; /* NULL: nothing is matched with it */
    const char *text;                  /* what it is */
    UT_hash_handle hh;                 /* in the order of appearance */
    struct capture_identity key;
    uint64_t count[2];
    union {
        uint64_t errors;
        struct capture_tally *server; /* of a talker: its entry among DNS servers; NULL none yet */
    };
};

/* A number that stands for a thing, of one of several kinds of things. */
struct capture_number {
    uint64_t number;
    uint32_t kind;
};

/* A list of things. Where numbers stand for them, those met lately are found without the table. */
enum { CAPTURE_NUMBERED = 64 };
struct capture_numbered {
    struct capture_number number;
    struct capture_tally *tally; /* NULL none */
};
static inline unsigned capture_numbered_place(uint64_t number, uint32_t kind)
{
    return (unsigned)(number + 8 * (uint64_t)kind) % CAPTURE_NUMBERED;
}
struct capture_list {
    struct capture_tally *table;
    const UT_hash_table *found_by; /* the table's own, without a look at an entry; NULL none yet */
    size_t table_bytes;            /* of the table, and of it when it grows next: counted ahead */
    uint64_t beyond;               /* how often something found no room here */
    struct capture_numbered numbered[CAPTURE_NUMBERED];
};

static inline uint32_t capture_list_count(const struct capture_list *list)
{
    return HASH_COUNT(list->table);
}
/* The entry of a key; NULL: there is none. */
static inline struct capture_tally *capture_list_find(const struct capture_list *list,
                                                      const struct capture_identity *key)
{
    unsigned hash = capture_identity_hash(key);
    const UT_hash_bucket *bucket = pfg_hash_bucket(list->found_by, hash);
    struct capture_tally *found = NULL;

    if (bucket != NULL)
        HASH_FIND_IN_BKT(list->found_by, hh, *bucket, key, sizeof *key, hash, found);
    return found;
}
/* The key of a number. */
static inline struct capture_identity capture_number_key(const struct capture_secret *secret,
                                                         struct capture_number number)
{
    struct capture_sums sums = { { 0, 0 } };

    capture_sums_add(&sums, secret->of_keys, number.number >> 4,
                     (uint64_t)number.kind << 4 | (number.number & 15));
    return capture_sums_identity(&sums);
}
/* The entry of a number; NULL: there is none. */
struct capture_tally *capture_list_search_number(struct capture_list *list,
                                                 const struct capture_secret *secret,
                                                 struct capture_number number)
    __attribute__((cold));
static inline struct capture_tally *capture_list_find_number(struct capture_list *list,
                                                             const struct capture_secret *secret,
                                                             struct capture_number number)
{
    const struct capture_numbered *lately =
        &list->numbered[capture_numbered_place(number.number, number.kind)];

    if (lately->tally != NULL && lately->number.number == number.number &&
        lately->number.kind == number.kind)
        return lately->tally;
    return capture_list_search_number(list, secret, number);
}
/* A key that is looked for soon: asks for where the search begins, and later, when that has come,
 * for the first entry that it meets. */
static inline void capture_list_prefetch(const struct capture_list *list,
                                         const struct capture_identity *key)
{
    pfg_hash_prefetch(list->found_by, capture_identity_hash(key));
}
static inline void capture_list_prefetch_entry(const struct capture_list *list,
                                               const struct capture_identity *key)
{
    pfg_hash_prefetch_entry(list->found_by, capture_identity_hash(key));
}
/* The same where only the count is wanted. */
static inline void capture_list_prefetch_count(const struct capture_list *list,
                                               const struct capture_identity *key)
{
    const UT_hash_bucket *bucket = pfg_hash_bucket(list->found_by, capture_identity_hash(key));

    if (bucket != NULL && bucket->hh_head != NULL)
        pfg_prefetch(&bucket->hh_head->hh_next);
}
/* Adds an entry whose key is not there, with room for an exchange where one is wanted, and for its
 * histogram. NULL: at the bound, which is counted. */
enum capture_with { CAPTURE_WITH_COUNTS, CAPTURE_WITH_EXCHANGE, CAPTURE_WITH_PERCENTILES };
struct capture_tally *capture_list_add(struct capture_list *list, struct capture_arena *arena,
                                       const struct capture_identity *key,
                                       const struct pfg_out *text, enum capture_with with);
/* Frees the list itself; its entries are the arena's. */
void capture_list_free(struct capture_list *list);

/* An exchange of its own; NULL: at the bound. */
struct capture_exchange *capture_exchange_new(struct capture_arena *arena, bool percentiles);

#endif
