/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tally.c - finding entries of the summary: open addressing, so that most packets touch one place
 * of the index and one entry. Keys are mixed well already. Nothing is ever taken out.
 */
#include "capture/tally.h"

#include <stdlib.h>
#include <string.h>

enum { ROOM_FIRST = 64, BLOCK_BYTES = 65536, TEXT_MAX = 400, ALIGN = 16 };

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
static size_t place_of(const struct capture_list *list, uint64_t key)
{
    size_t at = (size_t)(key ^ key >> 32) & (list->room - 1);

    while (list->slots[at].tally != NULL && list->slots[at].key != key)
        at = (at + 1) & (list->room - 1);
    return at;
}

struct capture_tally *capture_list_find(const struct capture_list *list, uint64_t key)
{
    return list->room == 0 ? NULL : list->slots[place_of(list, key)].tally;
}

/* Twice the room. */
static bool grow(struct capture_list *list, struct capture_arena *arena)
{
    struct capture_list larger = { .room = list->room == 0 ? ROOM_FIRST : 2 * list->room };
    size_t i;

    if (!capture_arena_count(arena, (larger.room - list->room) * sizeof *larger.slots))
        return false;
    larger.slots = calloc(larger.room, sizeof *larger.slots);
    if (larger.slots == NULL)
        return false;
    for (i = 0; i < list->room; i++) {
        if (list->slots[i].tally != NULL)
            larger.slots[place_of(&larger, list->slots[i].key)] = list->slots[i];
    }
    free(list->slots);
    list->slots = larger.slots;
    list->room = larger.room;
    return true;
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

struct capture_tally *capture_list_add(struct capture_list *list, struct capture_arena *arena,
                                       uint64_t key, const struct pfg_out *text,
                                       enum capture_with with)
{
    struct capture_tally *tally = NULL;

    if (2 * (list->count + 1) <= list->room || grow(list, arena))
        tally = new_tally(arena, key, text, with);
    if (tally == NULL) {
        list->beyond++;
        return NULL;
    }
    list->slots[place_of(list, key)] = (struct capture_slot){ key, tally };
    list->count++;
    if (list->last == NULL)
        list->first = tally;
    else
        list->last->next = tally;
    list->last = tally;
    return tally;
}

void capture_list_free(struct capture_list *list)
{
    free(list->slots);
}
