/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * answer.h - the reply to each kind of message: which fields it has. Between talk.c, which finds
 * the request and sends the reply, and answer.c, which knows what the kinds mean.
 */
#ifndef PFG_PEER_ANSWER_H
#define PFG_PEER_ANSWER_H

#include "peer/talk.h"

/* The framing's error codes, by their names in the definition. */
enum peer_error {
    PEER_NO_ERROR,
    PEER_MALFORMED,
    PEER_UNKNOWN_TYPE,
    PEER_TOO_LONG,
    PEER_BAD_CHECKSUM,
    PEER_REFUSED,
    PEER_INTERNAL,
    PEER_ERROR_COUNT
};

/* A reply in the making. The sets borrow the request's bytes, text, and the talk's strings. */
struct peer_answer {
    struct peer_talk *talk;
    const struct peer_place *place;
    const struct pfg_pdu *request; /* in talk->decode; NULL where nothing could be decoded */
    struct pfg_set sets[12];
    size_t count;
    char text[1024];
    bool silent; /* no reply is to be sent */
    bool bye;    /* the conversation ends with this reply */
};

/* Adds a field to the reply. */
void peer_answer_uint(struct peer_answer *answer, enum pfg_known field, uint64_t number);
void peer_answer_bytes(struct peer_answer *answer, enum pfg_known field, const void *bytes,
                       size_t size);

/* Adds the body of the reply to a request of this type. Returns PEER_NO_ERROR, or the error to
 * be sent instead. */
enum peer_error peer_answer_body(struct peer_answer *answer, uint64_t type);
/* Adds the body of an error reply. */
void peer_answer_error(struct peer_answer *answer, enum peer_error error, const char *detail);

/* The code of an error, as the definition numbers it. */
uint64_t peer_error_code(enum peer_error error);

#endif
