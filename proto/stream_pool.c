/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stream_pool.c - memory for connections. What was given back is taken again first; blocks are
 * freed with the pool alone. */
#include <stdlib.h>
#include <sys/mman.h>

#include "proto/stream_way.h"

enum { LEAST = 16, PAGE_BYTES = 2 << 20 };

struct pfg_pool_block {
    struct pfg_pool_block *next;
    size_t room;
    struct pfg_connection connections[];
};

/* Bytes of a block for so many. */
static size_t bytes_of(size_t room)
{
    return sizeof(struct pfg_pool_block) + room * sizeof(struct pfg_connection);
}

static bool add_block(struct pfg_pool *pool)
{
    size_t room = pool->blocks == NULL ? LEAST : 2 * pool->blocks->room, bytes;
    struct pfg_pool_block *block;

    bytes = bytes_of(room);
    if (bytes < PAGE_BYTES) {
        block = aligned_alloc(alignof(struct pfg_pool_block), bytes);
    } else {
        room = (PAGE_BYTES - sizeof *block) / sizeof(struct pfg_connection);
        block = aligned_alloc(PAGE_BYTES, PAGE_BYTES);
        if (block != NULL)
            (void)madvise(block, PAGE_BYTES, MADV_HUGEPAGE);
    }
    if (block == NULL)
        return false;
    block->next = pool->blocks;
    block->room = pool->left = room;
    pool->blocks = block;
    return true;
}

struct pfg_connection *pfg_pool_take(struct pfg_pool *pool)
{
    struct pfg_connection *connection = pool->free;

    if (connection != NULL) {
        pool->free = connection->next;
        return connection;
    }
    if (pool->left == 0 && !add_block(pool))
        return NULL;
    return &pool->blocks->connections[pool->blocks->room - pool->left--];
}

void pfg_pool_give(struct pfg_pool *pool, struct pfg_connection *connection)
{
    connection->next = pool->free;
    pool->free = connection;
}

void pfg_pool_free(struct pfg_pool *pool)
{
    while (pool->blocks != NULL) {
        struct pfg_pool_block *block = pool->blocks;

        pool->blocks = block->next;
        free(block);
    }
}
