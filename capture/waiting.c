/* SPDX-License-Identifier: GPL-2.0-or-later */
/* waiting.c - open addressing; what is taken out leaves no mark, those behind it move up. */
#include "capture/waiting.h"

#include <stdlib.h>
#include <string.h>

enum { ROOM_FIRST = 1024, LINE = 64 };

_Static_assert(sizeof(struct capture_request) == LINE, "a request is one line of the cache");

/* A place in the index. */
struct slot {
    uint32_t tag;   /* the low half of the key, which says where it belongs */
    uint32_t place; /* of the request in the block; 0: free */
};

struct capture_waiting {
    struct slot *slots;
    uint32_t mask, used;              /* places of the index - 1, those in use */
    struct capture_request *requests; /* [0] is none: the end of all lists, both of age */
    uint32_t count, fresh, unused; /* before fresh, each was used once; unused: linked by .next */
};

struct capture_waiting *capture_waiting_new(size_t max_bytes)
{
    struct capture_waiting *waiting = calloc(1, sizeof *waiting);
    size_t count = max_bytes / sizeof(struct capture_request);

    if (waiting == NULL)
        return NULL;
    count = count < 16 ? 16 : count > UINT32_MAX / 4 ? UINT32_MAX / 4 : count;
    waiting->count = (uint32_t)count + 1;
    waiting->fresh = 1;
    waiting->mask = ROOM_FIRST - 1;
    waiting->slots = calloc(ROOM_FIRST, sizeof *waiting->slots);
    waiting->requests = aligned_alloc(LINE, waiting->count * sizeof *waiting->requests);
    if (waiting->slots != NULL && waiting->requests != NULL) {
        memset(waiting->requests, 0, sizeof *waiting->requests);
        return waiting;
    }
    capture_waiting_free(waiting);
    return NULL;
}

void capture_waiting_free(struct capture_waiting *waiting)
{
    if (waiting == NULL)
        return;
    free(waiting->slots);
    free(waiting->requests);
    free(waiting);
}

/* ---- Lists ------------------------------------------------------------------------------- */

static struct capture_request *at(const struct capture_waiting *waiting, uint32_t place)
{
    return place == 0 ? NULL : &waiting->requests[place];
}

static uint32_t place_of(const struct capture_waiting *waiting,
                         const struct capture_request *request)
{
    return (uint32_t)(request - waiting->requests);
}

struct capture_request *capture_waiting_next(const struct capture_waiting *waiting,
                                             const struct capture_request *request)
{
    return at(waiting, request->next);
}

struct capture_request *capture_waiting_oldest(const struct capture_waiting *waiting)
{
    return at(waiting, waiting->requests[0].newer);
}

struct capture_request *capture_waiting_newer(const struct capture_waiting *waiting,
                                              const struct capture_request *request)
{
    return at(waiting, request->newer);
}

bool capture_waiting_full(const struct capture_waiting *waiting)
{
    return waiting->unused == 0 && waiting->fresh == waiting->count;
}

/* ---- The index --------------------------------------------------------------------------- */

/* The slot of a key, or the free one where it would stand. There always is a free one. */
static uint32_t slot_of(const struct capture_waiting *waiting, uint64_t key)
{
    uint32_t slot = (uint32_t)key & waiting->mask;

    while (waiting->slots[slot].place != 0 &&
           (waiting->slots[slot].tag != (uint32_t)key ||
            waiting->requests[waiting->slots[slot].place].key != key))
        slot = (slot + 1) & waiting->mask;
    return slot;
}

struct capture_request *capture_waiting_find(const struct capture_waiting *waiting, uint64_t key)
{
    return at(waiting, waiting->slots[slot_of(waiting, key)].place);
}

/* Twice the room. */
static bool grow(struct capture_waiting *waiting)
{
    struct slot *before = waiting->slots;
    uint32_t room = waiting->mask + 1, i;
    struct slot *slots = calloc(2 * (size_t)room, sizeof *slots);

    if (slots == NULL)
        return false;
    waiting->slots = slots;
    waiting->mask = 2 * room - 1;
    for (i = 0; i < room; i++) {
        if (before[i].place != 0)
            slots[slot_of(waiting, waiting->requests[before[i].place].key)] = before[i];
    }
    free(before);
    return true;
}

/* Frees a slot, and moves up those behind it that would not be found any more. */
static void free_slot(struct capture_waiting *waiting, uint32_t hole)
{
    uint32_t slot = hole;

    for (;;) {
        slot = (slot + 1) & waiting->mask;
        if (waiting->slots[slot].place == 0)
            break;
        /* It may stand in the hole where that is not before where it belongs. */
        if (((slot - waiting->slots[slot].tag) & waiting->mask) >=
            ((slot - hole) & waiting->mask)) {
            waiting->slots[hole] = waiting->slots[slot];
            hole = slot;
        }
    }
    waiting->slots[hole].place = 0;
    waiting->used--;
}

/* ---- Requests ---------------------------------------------------------------------------- */

static uint32_t take_place(struct capture_waiting *waiting)
{
    uint32_t place = waiting->unused;

    if (place == 0)
        return waiting->fresh++;
    waiting->unused = waiting->requests[place].next;
    return place;
}

static void put_back(struct capture_waiting *waiting, uint32_t place)
{
    waiting->requests[place].next = waiting->unused;
    waiting->unused = place;
}

struct capture_request *capture_waiting_add(struct capture_waiting *waiting, uint64_t key)
{
    struct capture_request *none = &waiting->requests[0], *request, *head;
    uint32_t place, slot;

    if (2 * (waiting->used + 1) > waiting->mask && !grow(waiting))
        return NULL;
    place = take_place(waiting);
    slot = slot_of(waiting, key);
    request = &waiting->requests[place];
    request->key = key;
    request->next = 0;
    head = at(waiting, waiting->slots[slot].place);
    if (head != NULL) { /* of its key, the index and the order of age know the first alone */
        request->next = head->next;
        head->next = place;
        return request;
    }
    waiting->slots[slot] = (struct slot){ (uint32_t)key, place };
    waiting->used++;
    request->newer = 0;
    request->older = none->older;
    waiting->requests[none->older].newer = place;
    none->older = place;
    return request;
}

/* Takes the first of a key out of the order of age. */
static void forget_age(struct capture_waiting *waiting, const struct capture_request *request)
{
    waiting->requests[request->older].newer = request->newer;
    waiting->requests[request->newer].older = request->older;
}

void capture_waiting_remove(struct capture_waiting *waiting, struct capture_request *head,
                            struct capture_request *request)
{
    uint32_t place = place_of(waiting, request), second = head->next;
    struct capture_request *before = head;

    if (request != head) {
        while (before->next != place)
            before = at(waiting, before->next);
        before->next = request->next;
        put_back(waiting, place);
    } else if (second != 0) { /* the second takes its place, and its age */
        uint32_t older = head->older, newer = head->newer;

        *head = waiting->requests[second];
        head->older = older;
        head->newer = newer;
        put_back(waiting, second);
    } else {
        free_slot(waiting, slot_of(waiting, head->key));
        forget_age(waiting, head);
        put_back(waiting, place);
    }
}
