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
    uint32_t next; /* place of the next with the same key, asked of others; of unused ones, the next
                      unused; 0 none */
    uint8_t other_size; /* bytes of other */
    bool many;          /* everybody may answer: it stays when it is answered */
    bool answered;
    struct capture_identity key;
    uint64_t number, time_ns; /* of the packet */
    struct capture_owners owners;
    uint8_t other[16]; /* the address that was asked */
};

struct capture_waiting;

/* Room for so many bytes of requests, and of what finds them; for 16 at least. NULL: memory is out.
 */
struct capture_waiting *capture_waiting_new(size_t max_bytes);
void capture_waiting_free(struct capture_waiting *waiting);

/* What identities and hashes are made with. */
const struct pfg_secret *capture_waiting_secret(const struct capture_waiting *waiting);

/* A key that is looked for soon: asks for where the search begins, and later, when that has come,
 * for the first request that it meets. */
void capture_waiting_prefetch(const struct capture_waiting *waiting,
                              const struct capture_identity *key);
void capture_waiting_prefetch_request(const struct capture_waiting *waiting,
                                      const struct capture_identity *key);
/* The first of a key; the others hang on it. NULL none. */
struct capture_request *capture_waiting_find(const struct capture_waiting *waiting,
                                             const struct capture_identity *key);
/* The next with the same key; NULL none. */
struct capture_request *capture_waiting_next(const struct capture_waiting *waiting,
                                             const struct capture_request *request);
/* The one that was added first of all, and the one added after it; NULL none. */
struct capture_request *capture_waiting_oldest(const struct capture_waiting *waiting);
struct capture_request *capture_waiting_newer(const struct capture_request *request);
/* Whether no place is free: then the oldest must go before another is added. */
bool capture_waiting_full(const struct capture_waiting *waiting);
/* A new one of the key; head is the first of those that are there, NULL none. All but its key is
 * the caller's to fill. NULL when memory is out. */
struct capture_request *capture_waiting_add(struct capture_waiting *waiting,
                                            struct capture_request *head,
                                            const struct capture_identity *key);
/* Takes one out; head is the first of its key. Others of the key may change their place. */
void capture_waiting_remove(struct capture_waiting *waiting, struct capture_request *head,
                            struct capture_request *request);

#endif
