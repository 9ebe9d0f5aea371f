/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * request.h - the words of the command line ("echo", "data=hello") to the bytes of a request.
 */
#ifndef PFG_PEER_REQUEST_H
#define PFG_PEER_REQUEST_H

#include "peer/buffer.h"
#include "peer/frames.h"
#include "proto/encode.h"

enum {
    PEER_REQUEST_SETS_MAX = 64,
    PEER_REQUEST_OWN_SETS = 4, /* that are added to those of the words */
};

struct peer_request {
    bool plain;                /* the plain question, which has no frame */
    struct peer_header header; /* of what was encoded last */
    const uint8_t *bytes;      /* the request's frames, or */
    size_t size;               /* the plain bytes; borrowed from frames below */
    /* The module's own. */
    struct pfg_set sets[PEER_REQUEST_SETS_MAX];
    size_t count; /* of the words */
    bool asks_session, asks_seq, asks_flags, is_raw;
    uint16_t session;
    struct peer_buffer message, frames;
};

/* Reads the words: a kind, then FIELD=VALUE as often as wanted. Returns 0, or -1 with *fault. The
 * words are borrowed. */
int peer_request_read(struct peer_request *request, char *const *words, size_t count,
                      struct pfg_fault *fault);

/* Encodes the nth request (from 0, its seq where none was given) as frames of at most frame_max
 * bytes; checked asks for checksums. Returns 0, or -1 with *fault. */
int peer_request_make(struct peer_request *request, uint64_t nth, bool checked, uint32_t frame_max,
                      struct pfg_fault *fault);

void peer_request_free(struct peer_request *request);

#endif
