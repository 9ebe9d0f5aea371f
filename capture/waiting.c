/* SPDX-License-Identifier: GPL-2.0-or-later */
/* waiting.c - uthash over one block. Of a key, the table knows the first alone; its order, in which
 * keys came, is that of age. */
#include "capture/waiting.h"

#include <stdlib.h>

enum { LINE = 64 };

/* There are at most four buckets for each, see PFG_HASH_WIDEN. */
#define BYTES_EACH (sizeof(struct capture_request) + 4 * sizeof(UT_hash_bucket))

_Static_assert(sizeof(struct capture_request) == 2 * LINE, "a request is two lines of the cache");

struct capture_waiting {
    struct capture_request *table;
    struct capture_request *requests; /* [0] is none */
    uint32_t count, fresh, unused; /* before fresh, each was used once; unused: linked by .next */
    struct pfg_secret secret;
};

struct capture_waiting *capture_waiting_new(size_t max_bytes)
{
    struct capture_waiting *waiting = calloc(1, sizeof *waiting);
    size_t count = max_bytes / BYTES_EACH;

    if (waiting == NULL)
        return NULL;
    count = count < 16 ? 16 : count > UINT32_MAX / 4 ? UINT32_MAX / 4 : count;
    waiting->count = (uint32_t)count + 1;
    waiting->fresh = 1;
    pfg_secret_draw(&waiting->secret);
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

const struct pfg_secret *capture_waiting_secret(const struct capture_waiting *waiting)
{
    return &waiting->secret;
}

/* ---- Finding ----------------------------------------------------------------------------- */

static struct capture_request *at(const struct capture_waiting *waiting, uint32_t place)
{
    return place == 0 ? NULL : &waiting->requests[place];
}

void capture_waiting_prefetch(const struct capture_waiting *waiting,
                              const struct capture_identity *key)
{
    pfg_hash_prefetch(PFG_HASH_TABLE(waiting->table), capture_identity_hash(&waiting->secret, key));
}

void capture_waiting_prefetch_request(const struct capture_waiting *waiting,
                                      const struct capture_identity *key)
{
    pfg_hash_prefetch_entry(PFG_HASH_TABLE(waiting->table),
                            capture_identity_hash(&waiting->secret, key));
}

struct capture_request *capture_waiting_find(const struct capture_waiting *waiting,
                                             const struct capture_identity *key)
{
    unsigned hash = capture_identity_hash(&waiting->secret, key);
    struct capture_request *found;

    HASH_FIND_BYHASHVALUE(hh, waiting->table, key, sizeof *key, hash, found);
    return found;
}

struct capture_request *capture_waiting_next(const struct capture_waiting *waiting,
                                             const struct capture_request *request)
{
    return at(waiting, request->next);
}

struct capture_request *capture_waiting_oldest(const struct capture_waiting *waiting)
{
    return waiting->table;
}

struct capture_request *capture_waiting_newer(const struct capture_request *request)
{
    return request->hh.next;
}

bool capture_waiting_full(const struct capture_waiting *waiting)
{
    return waiting->unused == 0 && waiting->fresh == waiting->count;
}

/* ---- Requests ---------------------------------------------------------------------------- */

static struct capture_request *take_place(struct capture_waiting *waiting)
{
    struct capture_request *request = at(waiting, waiting->unused);

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
    hash = capture_identity_hash(&waiting->secret, key);
    HASH_ADD_BYHASHVALUE(hh, waiting->table, key, sizeof request->key, hash, request);
    if (request->hh.tbl != NULL) {
        PFG_HASH_WIDEN(waiting->table);
        return request;
    }
    put_back(waiting, request);
    return NULL;
}

/* The second of a key becomes its first, in the place and at the age of the first. */
static void move_up(struct capture_waiting *waiting, struct capture_request *head)
{
    struct capture_request *second = at(waiting, head->next);
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
    } else {
        while (at(waiting, before->next) != request)
            before = at(waiting, before->next);
        before->next = request->next;
    }
    put_back(waiting, request);
}
