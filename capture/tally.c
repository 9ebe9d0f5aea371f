/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tally.c - finding entries of the summary: open addressing, so that most packets touch one place
 * of the index and one entry. Keys are mixed well already. Nothing is ever taken out.
 */
#include "capture/tally.h"

#include <stdlib.h>

enum { ROOM_FIRST = 1024 };

/* The place of a key, or the free one where it would stand. There always is a free one. */
static size_t place_of(const struct capture_index *index, uint64_t key)
{
    size_t at = (size_t)(key ^ key >> 32) & (index->room - 1);

    while (index->slots[at].tally != NULL && index->slots[at].key != key)
        at = (at + 1) & (index->room - 1);
    return at;
}

struct capture_tally *capture_index_find(const struct capture_index *index, uint64_t key)
{
    return index->room == 0 ? NULL : index->slots[place_of(index, key)].tally;
}

void capture_index_prefetch(const struct capture_index *index, uint64_t key)
{
    if (index->room > 0)
        __builtin_prefetch(&index->slots[(size_t)(key ^ key >> 32) & (index->room - 1)]);
}

/* Twice the room. */
static int grow(struct capture_index *index)
{
    struct capture_index larger = { .room = index->room == 0 ? ROOM_FIRST : 2 * index->room };
    size_t i;

    larger.slots = calloc(larger.room, sizeof *larger.slots);
    if (larger.slots == NULL)
        return -1;
    for (i = 0; i < index->room; i++) {
        if (index->slots[i].tally != NULL)
            larger.slots[place_of(&larger, index->slots[i].key)] = index->slots[i];
    }
    free(index->slots);
    index->slots = larger.slots;
    index->room = larger.room;
    return 0;
}

size_t capture_index_cost(const struct capture_index *index)
{
    size_t room = index->room == 0 ? ROOM_FIRST / 2 : index->room;

    return 2 * (index->count + 1) > index->room ? room * sizeof *index->slots : 0;
}

int capture_index_add(struct capture_index *index, struct capture_tally *tally)
{
    if (2 * (index->count + 1) > index->room && grow(index) != 0)
        return -1;
    index->slots[place_of(index, tally->key)] = (struct capture_slot){ tally->key, tally };
    index->count++;
    return 0;
}

void capture_index_free(struct capture_index *index)
{
    size_t i;

    for (i = 0; i < index->room; i++)
        free(index->slots[i].tally);
    free(index->slots);
}
