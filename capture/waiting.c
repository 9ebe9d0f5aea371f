/* SPDX-License-Identifier: GPL-2.0-or-later */
/* waiting.c - uthash over one block. Of a key, the table knows the first alone; its order, in which
 * keys came, is that of age. */
#include "capture/waiting.h"

#include <stdlib.h>

enum { LINE = 64 };

/* There are at most four buckets for each, see PFG_HASH_WIDEN. */
#define BYTES_EACH (sizeof(struct capture_request) + 4 * sizeof(UT_hash_bucket))

_Static_assert(sizeof(struct capture_request) == 2 * LINE, "a request is two lines of the cache");

struct capture_waiting *capture_waiting_new(size_t max_bytes)
{
    struct capture_waiting *waiting = calloc(1, sizeof *waiting);
    size_t count = max_bytes / BYTES_EACH;

    if (waiting == NULL)
        return NULL;
    count = count < 16 ? 16 : count > UINT32_MAX / 4 ? UINT32_MAX / 4 : count;
    waiting->count = (uint32_t)count + 1;
    waiting->fresh = 1;
    capture_secret_draw(&waiting->secret);
    waiting->requests = aligned_alloc(LINE, waiting->count * sizeof *waiting->requests);
    if (waiting->requests != NULL)
        return waiting;
    free(waiting);
    return NULL;
}

void capture_waiting_free(struct capture_waiting *waiting)
{
    if (waiting == NULL)
        return;
    HASH_CLEAR(hh, waiting->table);
    free(waiting->requests);
    free(waiting);
}

/* ---- Requests ---------------------------------------------------------------------------- */

static struct capture_request *take_place(struct capture_waiting *waiting)
{
    struct capture_request *request = capture_waiting_at(waiting, waiting->unused);

    if (request == NULL)
        return &waiting->requests[waiting->fresh++];
    waiting->unused = request->next;
    return request;
}

static void put_back(struct capture_waiting *waiting, struct capture_request *request)
{
    request->next = waiting->unused;
    waiting->unused = (uint32_t)(request - waiting->requests);
}

struct capture_request *capture_waiting_add(struct capture_waiting *waiting,
                                            struct capture_request *head,
                                            const struct capture_identity *key)
{
    struct capture_request *request = take_place(waiting);
    unsigned hash;

    request->key = *key;
    request->next = 0;
    if (head != NULL) {
        request->next = head->next;
        head->next = (uint32_t)(request - waiting->requests);
        return request;
    }
    hash = capture_identity_hash(key);
    HASH_ADD_BYHASHVALUE(hh, waiting->table, key, sizeof request->key, hash, request);
    if (request->hh.tbl != NULL) {
        PFG_HASH_WIDEN(waiting->table);
        waiting->found_by = request->hh.tbl;
        return request;
    }
    put_back(waiting, request);
    return NULL;
}

/* The second of a key becomes its first, in the place and at the age of the first. */
static void move_up(struct capture_waiting *waiting, struct capture_request *head)
{
    struct capture_request *second = capture_waiting_at(waiting, head->next);
    UT_hash_handle hh = head->hh;

    *head = *second;
    head->hh = hh;
    put_back(waiting, second);
}

void capture_waiting_remove(struct capture_waiting *waiting, struct capture_request *head,
                            struct capture_request *request)
{
    struct capture_request *before = head;

    if (request == head && head->next != 0) {
        move_up(waiting, head);
        return;
    }
    if (request == head) {
        HASH_DELETE(hh, waiting->table, head);
        waiting->found_by = PFG_HASH_TABLE(waiting->table);
    } else {
        while (capture_waiting_at(waiting, before->next) != request)
            before = capture_waiting_at(waiting, before->next);
        before->next = request->next;
    }
    put_back(waiting, request);
}
