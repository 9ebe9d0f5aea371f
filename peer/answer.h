/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * answer.h - the reply to each kind of message: which fields it has. Between talk.c, which finds
 * the request and sends the reply, and answer.c, which knows what the kinds mean.
 */
#ifndef PFG_PEER_ANSWER_H
#define PFG_PEER_ANSWER_H

#include "peer/talk.h"

/* In the place of an error, which is one of the known values: there is none. */
#define PEER_NO_ERROR PFG_VALUE_COUNT

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
enum pfg_known_value peer_answer_body(struct peer_answer *answer, uint64_t type);
/* Adds the body of an error reply. */
void peer_answer_error(struct peer_answer *answer, enum pfg_known_value error, const char *detail);

#endif
