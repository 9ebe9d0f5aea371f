/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * waiting.h - the table of requests that wait: found by who asked and for what, and in order of
 * age. Requests come out of one block of fixed size and what is free is used again first, so that
 * nothing is allocated a packet; a request is two lines of the processor's cache, and the first of
 * them is all that a search looks at.
 */
#ifndef PFG_CAPTURE_WAITING_H
#define PFG_CAPTURE_WAITING_H

#include <stdalign.h>

#include "capture/identity.h"

struct capture_exchange;

/* Whose figures a message belongs to; NULL nobody's. They live as long as the tracker. */
struct capture_owners {
    struct capture_exchange *of[2];
};

struct capture_request {
    alignas(64) UT_hash_handle hh; /* of the first of its key, in order of age */
    uint32_t next; /* place of the next with the same key, asked of others or for another thing; of
                      unused ones, the next unused; 0 none */
    bool many;     /* everybody may answer */
    bool stays;    /* it stays when it is answered, for several may do so */
    bool answered;
    struct capture_identity key;
    uint64_t number, time_ns; /* of the packet */
    struct capture_owners owners;
    uint64_t asked, question; /* who, and for what, see lookup.h */
};

/* Requests are looked at here alone; others ask by what follows. */
struct capture_waiting {
    struct capture_request *table;
    const UT_hash_table *found_by;    /* the table's own, without a look at a request; NULL none */
    struct capture_request *requests; /* [0] is none */
    uint32_t count, fresh, unused; /* before fresh, each was used once; unused: linked by .next */
    struct capture_secret secret;
};

/* Room for so many bytes of requests, and of what finds them; for 16 at least. NULL: memory is out.
 */
struct capture_waiting *capture_waiting_new(size_t max_bytes);
void capture_waiting_free(struct capture_waiting *waiting);

/* What identities are made with. */
static inline const struct capture_secret *
capture_waiting_secret(const struct capture_waiting *waiting)
{
    return &waiting->secret;
}

/* A key that is looked for soon: asks for where the search begins, and later, when that has come,
 * for the first request that it meets. */
static inline void capture_waiting_prefetch(const struct capture_waiting *waiting,
                                            const struct capture_identity *key)
{
    pfg_hash_prefetch(waiting->found_by, capture_identity_hash(key));
}
static inline void capture_waiting_prefetch_request(const struct capture_waiting *waiting,
                                                    const struct capture_identity *key)
{
    pfg_hash_prefetch_entry(waiting->found_by, capture_identity_hash(key));
}

/* The first of a key; the others hang on it. NULL none. */
static inline struct capture_request *capture_waiting_find(const struct capture_waiting *waiting,
                                                           const struct capture_identity *key)
{
    unsigned hash = capture_identity_hash(key);
    const UT_hash_bucket *bucket = pfg_hash_bucket(waiting->found_by, hash);
    struct capture_request *found = NULL;

    if (bucket != NULL)
        HASH_FIND_IN_BKT(waiting->found_by, hh, *bucket, key, sizeof *key, hash, found);
    return found;
}

/* The request in a place; NULL none. */
static inline struct capture_request *capture_waiting_at(const struct capture_waiting *waiting,
                                                         uint32_t place)
{
    return place == 0 ? NULL : &waiting->requests[place];
}

/* The next with the same key; NULL none. */
static inline struct capture_request *capture_waiting_next(const struct capture_waiting *waiting,
                                                           const struct capture_request *request)
{
    return capture_waiting_at(waiting, request->next);
}

/* The one that was added first of all, and the one added after it; NULL none. */
static inline struct capture_request *capture_waiting_oldest(const struct capture_waiting *waiting)
{
    return waiting->table;
}
static inline struct capture_request *capture_waiting_newer(const struct capture_request *request)
{
    return request->hh.next;
}

/* Whether no place is free: then the oldest must go before another is added. */
static inline bool capture_waiting_full(const struct capture_waiting *waiting)
{
    return waiting->unused == 0 && waiting->fresh == waiting->count;
}

/* A new one of the key; head is the first of those that are there, NULL none. All but its key is
 * the caller's to fill. NULL when memory is out. */
struct capture_request *capture_waiting_add(struct capture_waiting *waiting,
                                            struct capture_request *head,
                                            const struct capture_identity *key);
/* Takes one out; head is the first of its key. Others of the key may change their place. */
void capture_waiting_remove(struct capture_waiting *waiting, struct capture_request *head,
                            struct capture_request *request);

#endif
