/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * talk.h - what a peer says: the bytes of a request to the bytes of its reply. It knows messages
 * and no sockets. One struct peer_talk serves the whole process; it owns what it decodes into
 * and the room it encodes in. Sizes are bytes.
 */
#ifndef PFG_PEER_TALK_H
#define PFG_PEER_TALK_H

#include "peer/buffer.h"
#include "proto/decode.h"
#include "proto/encode.h"

/* What was said so far. */
struct peer_counts {
    uint64_t requests; /* whole messages that were answered or refused */
    uint64_t replies;  /* of these, answered as asked */
    uint64_t errors;   /* of these, answered with the error bit */
    uint64_t silent;   /* of these, not answered: a service that is not offered here */
    uint64_t ignored;  /* replies, which are nobody's business, and what is not a message */
};

struct peer_talk {
    /* Set by the caller after peer_talk_init, not owned. */
    const char *name;    /* what discover calls this server; at most 255 bytes */
    const char *service; /* what it offers; at most 255 bytes */
    uint64_t refused;    /* bits 1 << type: kinds answered with the error "refused" */
    /* Called for each whole message, request or reply, where not NULL. */
    void (*show)(void *user, const char *whom, const struct pfg_decode *decode,
                 const struct pfg_pdu *pdu);
    void *user;
    struct peer_counts counts;
    /* The module's own. */
    uint64_t started_ns;
    struct pfg_decode decode;  /* the request */
    struct pfg_decode showing; /* the reply, while it is shown */
    struct peer_buffer scratch;
};

/* The parts of messages that go on in further frames. */
struct peer_joins {
    struct pfg_joiner *joiner; /* made when the first part comes */
    size_t bytes;              /* about how much it holds */
};
void peer_joins_free(struct peer_joins *joins);

/* How a message came, and what its answer must fit. */
struct peer_place {
    const char *whom;         /* the other end's address, for people */
    uint32_t address;         /* IPv4, first byte highest, and */
    uint16_t port;            /* port: where the service is, as a discover reply says */
    uint32_t frame_max;       /* bytes of the largest frame that goes this way */
    bool final;               /* no more bytes will come: what is not whole is malformed */
    bool silent;              /* a search for other services is passed over (it was broadcast) */
    uint64_t flow;            /* number of this direction of this conversation, */
    struct peer_joins *joins; /* and where its parts are kept */
};

enum peer_talked {
    PEER_TALKED_MORE, /* the frame is not whole yet; nothing was used */
    PEER_TALKED_ON,   /* one frame was used; the next may follow */
    PEER_TALKED_BYE,  /* the last frame of a conversation, which was answered */
    PEER_TALKED_LOST, /* where the next frame begins is not known; used is all there is */
    PEER_TALKED_NO_MEMORY,
};

/* Makes *talk ready; pfg_registry_init came before. Returns 0, or -1: out of memory. */
int peer_talk_init(struct peer_talk *talk);
void peer_talk_free(struct peer_talk *talk);

/*
 * Reads the one frame that begins at bytes[0..size), and appends the frames of its reply, if
 * there is one, to reply. *used: bytes of the frame.
 */
enum peer_talked peer_talk_frame(struct peer_talk *talk, const struct peer_place *place,
                                 const uint8_t *bytes, size_t size, size_t *used,
                                 struct peer_buffer *reply);

/* The value of the message kind with this name, or -1. */
int peer_talk_kind(const char *name, size_t size);

#endif
