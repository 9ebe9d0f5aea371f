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

/* What is counted of a thing. [0]: sent, or requests; [1]: received, or replies. */
struct capture_tallied {
    uint64_t count[2], bytes[2];
};

/* The rest of it, which is seldom looked at. */
struct capture_tally {
    uint64_t key;
    uint64_t errors;
    struct capture_exchange *exchange; /* NULL: nothing is matched with it */
    char text[];                       /* what it is */
};

/* A place in the index: the high half of a key, the low half of which said where to look. */
struct capture_slot {
    uint32_t tag;
    uint32_t number; /* of the entry, from 1; 0: free */
};

/* A list of things, in the order of appearance. What every packet looks at is kept small. room is 0
 * or a power of two; three quarters of it are used at most. */
struct capture_list {
    struct capture_slot *slots;
    struct capture_tallied *counts; /* [number], as are tallies; [0] is none */
    struct capture_tally **tallies;
    uint32_t count, room;
    uint64_t beyond; /* how often something found no room here */
};

/* The number of the entry of a key; 0: there is none. */
uint32_t capture_list_find(const struct capture_list *list, uint64_t key);
/* A key that is looked for soon. */
static inline void capture_list_prefetch(const struct capture_list *list, uint64_t key)
{
    if (list->room > 0)
        __builtin_prefetch(&list->slots[(uint32_t)key & (list->room - 1)]);
}
/* Adds an entry whose key is not there, with room for an exchange where one is wanted, and for its
 * histogram. 0: at the bound, which is counted. */
enum capture_with { CAPTURE_WITH_COUNTS, CAPTURE_WITH_EXCHANGE, CAPTURE_WITH_PERCENTILES };
uint32_t capture_list_add(struct capture_list *list, struct capture_arena *arena, uint64_t key,
                          const struct pfg_out *text, enum capture_with with);
/* Frees the list itself; its tallies are the arena's. */
void capture_list_free(struct capture_list *list);

/* An exchange of its own; NULL: at the bound. */
struct capture_exchange *capture_exchange_new(struct capture_arena *arena, bool percentiles);

#endif
