/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * waiting.h - the table of requests that wait: found by a key of 64 bits that is mixed well
 * already, and in order of age. Requests come out of one block of fixed size and what is free is
 * used again first; a request is one line of the processor's cache, a place in the index is eight
 * bytes. (With uthash, whose handle alone is as large, the whole of --summary took 4 % longer.)
 */
#ifndef PFG_CAPTURE_WAITING_H
#define PFG_CAPTURE_WAITING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct capture_exchange;

/* Whose figures a message belongs to; NULL nobody's. They live as long as the tracker. */
struct capture_owners {
    struct capture_exchange *of[2];
};

/* Places of others in the block; 0 none. */
struct capture_request {
    uint64_t key;
    uint64_t number, time_ns; /* of the packet */
    struct capture_owners owners;
    uint32_t next; /* with the same key, asked of others; of unused ones, the next unused */
    uint32_t older, newer;
    uint32_t other; /* who was asked, mixed */
    bool many;      /* everybody may answer: it stays when it is answered */
    bool answered;
};

struct capture_waiting;

/* Room for so many bytes of requests, 16 at least. NULL: memory is out. */
struct capture_waiting *capture_waiting_new(size_t max_bytes);
void capture_waiting_free(struct capture_waiting *waiting);

/* The first of a key; the others hang on it. NULL none. */
struct capture_request *capture_waiting_find(const struct capture_waiting *waiting, uint64_t key);
/* The next with the same key; NULL none. */
struct capture_request *capture_waiting_next(const struct capture_waiting *waiting,
                                             const struct capture_request *request);
/* The one that was added first of all, and the one added after it; NULL none. */
struct capture_request *capture_waiting_oldest(const struct capture_waiting *waiting);
struct capture_request *capture_waiting_newer(const struct capture_waiting *waiting,
                                              const struct capture_request *request);
/* Whether no place is free: then the oldest must go before another is added. */
bool capture_waiting_full(const struct capture_waiting *waiting);
/* A new one of the key, beside those that are there. All but its key is the caller's to fill. NULL
 * when memory is out. */
struct capture_request *capture_waiting_add(struct capture_waiting *waiting, uint64_t key);
/* Takes one out; head is the first of its key. Others of the key may change their place. */
void capture_waiting_remove(struct capture_waiting *waiting, struct capture_request *head,
                            struct capture_request *request);

#endif
