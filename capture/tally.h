/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tally.h - what is counted for the summary: lists of entries, each with a text, found by keys
 * mixed from what they stand for. Entries stay where they are, in blocks, until all are freed. All
 * lists together have one bound of memory; what does not fit is counted.
 */
#ifndef PFG_CAPTURE_TALLY_H
#define PFG_CAPTURE_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/track.h"
#include "proto/out.h"

/* Memory in blocks that are freed together. Bytes are counted against max_bytes. */
struct capture_arena {
    struct capture_block *blocks; /* the newest first */
    size_t used, max_bytes;
};
/* Zeroed bytes, aligned for anything; NULL: at the bound, or memory is out. */
void *capture_arena_get(struct capture_arena *arena, size_t size);
/* Counts bytes that are kept elsewhere; false: at the bound, and they are not counted. */
bool capture_arena_count(struct capture_arena *arena, size_t size);
void capture_arena_free(struct capture_arena *arena);

/* One thing that is counted. [0]: sent, or requests; [1]: received, or replies. */
struct capture_tally {
    uint64_t count[2], bytes[2];
    uint64_t errors;
    struct capture_exchange *exchange; /* NULL: nothing is matched with it */
    struct capture_tally *next;        /* in the order of appearance */
    uint64_t key;
    char text[]; /* what it is */
};

/* A list of them. room is 0 or a power of two, half of it at most is used. */
struct capture_slot {
    uint64_t key;
    struct capture_tally *tally; /* NULL: free */
};
struct capture_list {
    struct capture_slot *slots;
    size_t count, room;
    struct capture_tally *first, *last;
    uint64_t beyond; /* how often something found no room here */
};

/* The entry of a key; NULL: there is none. */
struct capture_tally *capture_list_find(const struct capture_list *list, uint64_t key);
/* A key that is looked for soon. */
static inline void capture_list_prefetch(const struct capture_list *list, uint64_t key)
{
    if (list->room > 0)
        __builtin_prefetch(&list->slots[(size_t)(key ^ key >> 32) & (list->room - 1)]);
}
/* Adds an entry whose key is not there, with room for an exchange where one is wanted, and for its
 * histogram. NULL: at the bound, which is counted. */
enum capture_with { CAPTURE_WITH_COUNTS, CAPTURE_WITH_EXCHANGE, CAPTURE_WITH_PERCENTILES };
struct capture_tally *capture_list_add(struct capture_list *list, struct capture_arena *arena,
                                       uint64_t key, const struct pfg_out *text,
                                       enum capture_with with);
/* Frees the list itself; its entries are the arena's. */
void capture_list_free(struct capture_list *list);

/* An exchange of its own; NULL: at the bound. */
struct capture_exchange *capture_exchange_new(struct capture_arena *arena, bool percentiles);

#endif
