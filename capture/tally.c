/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tally.c - entries of the summary, in uthash over blocks of memory. Nothing is ever taken out. */
#include "capture/tally.h"

#include <stdlib.h>
#include <sys/mman.h>

_Static_assert(sizeof(struct capture_tally) == CAPTURE_ALIGN, "an entry is two lines of the cache");
_Static_assert(offsetof(struct capture_tally, hh.hh_next) == CAPTURE_ALIGN / 2,
               "a search looks at the second line alone");

/* A large block is a page of the large kind where the kernel has them: entries are many and are met
 * in any order, so that with small pages their addresses are looked up as often as they are. */
enum { SMALL_BLOCK = 65536, LARGE_BLOCK = 2 << 20, CACHE_LINE = 64, TEXT_MAX = 400 };

/* ---- Memory ------------------------------------------------------------------------------ */

/* What stands on lines of the processor's cache of its own is taken from the front, all else from
 * the back, so that no gap is left between the former. */
struct capture_block {
    struct capture_block *next;
    size_t room;
    size_t used, end; /* what is free stands between these two */
    alignas(CAPTURE_ALIGN) unsigned char bytes[];
};

bool capture_arena_count(struct capture_arena *arena, size_t size)
{
    if (size > arena->max_bytes - arena->used)
        return false;
    arena->used += size;
    return true;
}

/* A large page, zeroed by the kernel: out of twice as much, what stands before and behind it goes
 * back. NULL: memory is out. */
static struct capture_block *map_block(void)
{
    uint8_t *start = mmap(NULL, 2 * (size_t)LARGE_BLOCK, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    size_t before = -(uintptr_t)start % LARGE_BLOCK;

    if (start == MAP_FAILED)
        return NULL;
    if (before > 0)
        (void)munmap(start, before);
    (void)munmap(start + before + LARGE_BLOCK, LARGE_BLOCK - before);
    (void)madvise(start + before, LARGE_BLOCK, MADV_HUGEPAGE);
    return (struct capture_block *)(void *)(start + before);
}

/* Memory for a block of so many bytes, itself included. */
static struct capture_block *allocate_block(size_t bytes)
{
    struct capture_block *block =
        bytes == LARGE_BLOCK ? map_block() : aligned_alloc(CAPTURE_ALIGN, bytes);

    if (block == NULL)
        return NULL;
    if (bytes != LARGE_BLOCK)
        memset(block, 0, bytes);
    block->room = block->end = bytes - sizeof *block;
    return block;
}

static void free_block(struct capture_block *block)
{
    if (block->room + sizeof *block == LARGE_BLOCK)
        (void)munmap(block, LARGE_BLOCK);
    else
        free(block);
}

static struct capture_block *new_block(struct capture_arena *arena, size_t size)
{
    size_t bytes = arena->max_bytes >= 16 * (size_t)LARGE_BLOCK ? LARGE_BLOCK
                   : arena->max_bytes / 64 < SMALL_BLOCK        ? arena->max_bytes / 64
                                                                : SMALL_BLOCK;
    struct capture_block *block;

    if (bytes < size + sizeof *block || bytes > arena->max_bytes - arena->used)
        bytes = size + sizeof *block;
    bytes = (bytes + CAPTURE_ALIGN - 1) & ~(size_t)(CAPTURE_ALIGN - 1);
    if (!capture_arena_count(arena, bytes))
        return NULL;
    block = allocate_block(bytes);
    if (block == NULL)
        return NULL;
    block->next = arena->blocks;
    arena->blocks = block;
    return block;
}

/* Out of a block; NULL: it has not so much left. */
static void *take_front(struct capture_block *block, size_t size, size_t align)
{
    size_t at = (block->used + align - 1) & ~(align - 1);

    if (at > block->end || size > block->end - at)
        return NULL;
    block->used = at + size;
    return block->bytes + at;
}

static void *take_back(struct capture_block *block, size_t size, size_t align)
{
    size_t at;

    if (size > block->end)
        return NULL;
    at = (block->end - size) & ~(align - 1);
    if (at < block->used)
        return NULL;
    block->end = at;
    return block->bytes + at;
}

static inline void *take(struct capture_block *block, size_t size, size_t align)
{
    if (block == NULL)
        return NULL;
    return align < CACHE_LINE ? take_back(block, size, align) : take_front(block, size, align);
}

void *capture_arena_get(struct capture_arena *arena, size_t size, size_t align)
{
    void *bytes = take(arena->blocks, size, align);

    return bytes != NULL ? bytes : take(new_block(arena, size), size, align);
}

void capture_arena_free(struct capture_arena *arena)
{
    while (arena->blocks != NULL) {
        struct capture_block *block = arena->blocks;

        arena->blocks = block->next;
        free_block(block);
    }
}

/* ---- Lists ------------------------------------------------------------------------------- */

struct capture_tally *capture_list_search_number(struct capture_list *list,
                                                 const struct capture_secret *secret,
                                                 struct capture_number number)
{
    struct capture_identity key = capture_number_key(secret, number);
    struct capture_numbered *place =
        &list->numbered[capture_numbered_place(number.number, number.kind)];

    place->number = number;
    place->tally = capture_list_find(list, &key);
    return place->tally;
}

/* Counts what the table takes while it moves to twice its buckets. */
static bool count_table(struct capture_list *list, struct capture_arena *arena)
{
    size_t buckets =
        list->table == NULL ? HASH_INITIAL_NUM_BUCKETS : list->table->hh.tbl->num_buckets;
    size_t bytes = sizeof(UT_hash_table) + 3 * buckets * sizeof(UT_hash_bucket);

    if (bytes <= list->table_bytes)
        return true;
    if (!capture_arena_count(arena, bytes - list->table_bytes))
        return false;
    list->table_bytes = bytes;
    return true;
}

struct capture_exchange *capture_exchange_new(struct capture_arena *arena, bool percentiles)
{
    struct capture_exchange *exchange =
        capture_arena_get(arena, sizeof *exchange, alignof(struct capture_exchange));

    if (exchange == NULL || !percentiles)
        return exchange;
    exchange->latency.buckets =
        capture_arena_get(arena, CAPTURE_LATENCY_BUCKETS * sizeof *exchange->latency.buckets,
                          alignof(uint64_t));
    return exchange->latency.buckets == NULL ? NULL : exchange;
}

/* The entry itself, not yet in the list. */
static struct capture_tally *new_tally(struct capture_arena *arena,
                                       const struct capture_identity *key,
                                       const struct pfg_out *text, enum capture_with with)
{
    size_t size = (size_t)(text->at - text->start);
    struct capture_tally *tally;
    char *copy;

    if (size > TEXT_MAX)
        size = TEXT_MAX;
    tally = capture_arena_get(arena, sizeof *tally, alignof(struct capture_tally));
    copy = capture_arena_get(arena, size + 1, 1);
    if (tally == NULL || copy == NULL)
        return NULL;
    memcpy(copy, text->start, size);
    tally->text = copy;
    tally->key = *key;
    if (with == CAPTURE_WITH_COUNTS)
        return tally;
    tally->exchange = capture_exchange_new(arena, with == CAPTURE_WITH_PERCENTILES);
    return tally->exchange == NULL ? NULL : tally;
}

struct capture_tally *capture_list_add(struct capture_list *list, struct capture_arena *arena,
                                       const struct capture_identity *key,
                                       const struct pfg_out *text, enum capture_with with)
{
    unsigned hash = capture_identity_hash(key);
    struct capture_tally *tally = NULL;

    if (count_table(list, arena))
        tally = new_tally(arena, key, text, with);
    if (tally != NULL)
        HASH_ADD_BYHASHVALUE(hh, list->table, key, sizeof tally->key, hash, tally);
    if (tally != NULL && tally->hh.tbl != NULL) {
        PFG_HASH_WIDEN(list->table);
        list->found_by = tally->hh.tbl;
        return tally;
    }
    list->beyond++;
    return NULL;
}

void capture_list_free(struct capture_list *list)
{
    HASH_CLEAR(hh, list->table);
    list->found_by = NULL;
}
