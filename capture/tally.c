/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tally.c - finding entries of the summary: open addressing, so that most packets touch one place
 * of the index and one entry. Keys are mixed well already. Nothing is ever taken out.
 */
#include "capture/tally.h"

#include <stdlib.h>
#include <string.h>

enum { ROOM_FIRST = 64, BLOCK_BYTES = 65536, TEXT_MAX = 400, ALIGN = 16 };

/* So many of an index's places are used at most. */
#define USED(room) ((room) / 4 * 3)

/* ---- Memory ------------------------------------------------------------------------------ */

struct capture_block {
    struct capture_block *next;
    size_t used, room;
    _Alignas(ALIGN) unsigned char bytes[];
};

bool capture_arena_count(struct capture_arena *arena, size_t size)
{
    if (size > arena->max_bytes - arena->used)
        return false;
    arena->used += size;
    return true;
}

static struct capture_block *new_block(struct capture_arena *arena, size_t size)
{
    size_t room = arena->max_bytes / 64 < BLOCK_BYTES ? arena->max_bytes / 64 : BLOCK_BYTES;
    struct capture_block *block;

    if (room < size || room > arena->max_bytes - arena->used)
        room = size;
    if (!capture_arena_count(arena, room))
        return NULL;
    block = calloc(1, sizeof *block + room);
    if (block == NULL)
        return NULL;
    block->room = room;
    block->next = arena->blocks;
    arena->blocks = block;
    return block;
}

void *capture_arena_get(struct capture_arena *arena, size_t size)
{
    struct capture_block *block = arena->blocks;
    void *got;

    size = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    if (block == NULL || size > block->room - block->used)
        block = new_block(arena, size);
    if (block == NULL)
        return NULL;
    got = block->bytes + block->used;
    block->used += size;
    return got;
}

void capture_arena_free(struct capture_arena *arena)
{
    while (arena->blocks != NULL) {
        struct capture_block *block = arena->blocks;

        arena->blocks = block->next;
        free(block);
    }
}

/* ---- Lists ------------------------------------------------------------------------------- */

/* The place of a key, or the free one where it would stand. There always is a free one. */
static uint32_t place_of(const struct capture_list *list, uint64_t key)
{
    uint32_t at = (uint32_t)key & (list->room - 1);

    while (list->slots[at].number != 0 && list->slots[at].tag != (uint32_t)(key >> 32))
        at = (at + 1) & (list->room - 1);
    return at;
}

uint32_t capture_list_find(const struct capture_list *list, uint64_t key)
{
    return list->room == 0 ? 0 : list->slots[place_of(list, key)].number;
}

/* Bytes of a list of so much room. */
static size_t bytes_of(uint32_t room)
{
    size_t each = sizeof(struct capture_tallied) + sizeof(struct capture_tally *);

    return room * sizeof(struct capture_slot) + (USED((size_t)room) + 1) * each;
}

/* The entries in an index of their own, and room for more. */
static bool copy(struct capture_list *larger, const struct capture_list *list)
{
    size_t entries = USED((size_t)larger->room) + 1;
    uint32_t number;

    larger->slots = calloc(larger->room, sizeof *larger->slots);
    larger->counts = aligned_alloc(sizeof *larger->counts, entries * sizeof *larger->counts);
    larger->tallies = calloc(entries, sizeof(struct capture_tally *));
    if (larger->slots == NULL || larger->counts == NULL || larger->tallies == NULL)
        return false;
    memset(larger->counts, 0, entries * sizeof *larger->counts);
    for (number = 1; number <= list->count; number++) {
        uint64_t key = list->tallies[number]->key;

        larger->slots[place_of(larger, key)] =
            (struct capture_slot){ (uint32_t)(key >> 32), number };
        larger->counts[number] = list->counts[number];
        larger->tallies[number] = list->tallies[number];
    }
    return true;
}

/* Twice the room. */
static bool grow(struct capture_list *list, struct capture_arena *arena)
{
    struct capture_list larger = { .room = list->room == 0 ? ROOM_FIRST : 2 * list->room,
                                   .count = list->count,
                                   .beyond = list->beyond };
    size_t more = bytes_of(larger.room) - (list->room == 0 ? 0 : bytes_of(list->room));
    bool good;

    if (!capture_arena_count(arena, more))
        return false;
    good = copy(&larger, list);
    capture_list_free(good ? list : &larger);
    if (good)
        *list = larger;
    return good;
}

struct capture_exchange *capture_exchange_new(struct capture_arena *arena, bool percentiles)
{
    struct capture_exchange *exchange = capture_arena_get(arena, sizeof *exchange);

    if (exchange == NULL || !percentiles)
        return exchange;
    exchange->latency.buckets =
        capture_arena_get(arena, CAPTURE_LATENCY_BUCKETS * sizeof *exchange->latency.buckets);
    return exchange->latency.buckets == NULL ? NULL : exchange;
}

/* The entry itself, not yet in the list. */
static struct capture_tally *new_tally(struct capture_arena *arena, uint64_t key,
                                       const struct pfg_out *text, enum capture_with with)
{
    size_t size = (size_t)(text->at - text->start);
    struct capture_tally *tally;

    if (size > TEXT_MAX)
        size = TEXT_MAX;
    tally = capture_arena_get(arena, sizeof *tally + size + 1);
    if (tally == NULL)
        return NULL;
    tally->key = key;
    memcpy(tally->text, text->start, size);
    if (with == CAPTURE_WITH_COUNTS)
        return tally;
    tally->exchange = capture_exchange_new(arena, with == CAPTURE_WITH_PERCENTILES);
    return tally->exchange == NULL ? NULL : tally;
}

uint32_t capture_list_add(struct capture_list *list, struct capture_arena *arena, uint64_t key,
                          const struct pfg_out *text, enum capture_with with)
{
    struct capture_tally *tally = NULL;

    if (list->count < USED(list->room) || grow(list, arena))
        tally = new_tally(arena, key, text, with);
    if (tally == NULL) {
        list->beyond++;
        return 0;
    }
    list->count++;
    list->slots[place_of(list, key)] = (struct capture_slot){ (uint32_t)(key >> 32), list->count };
    list->tallies[list->count] = tally;
    return list->count;
}

void capture_list_free(struct capture_list *list)
{
    free(list->slots);
    free(list->counts);
    free(list->tallies);
}
