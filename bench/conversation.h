/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * conversation.h - made-up hosts that talk: DNS over UDP and TCP, frames over UDP and TCP, TCP
 * connections and datagrams of something else. Each step is one packet. What is said follows from
 * the state of a random number, so the same state gives the same packets.
 */
#ifndef PFG_BENCH_CONVERSATION_H
#define PFG_BENCH_CONVERSATION_H

#include "bench/wire.h"

enum conversation_kind {
    CONVERSATION_DNS,        /* a question, mostly an answer, over UDP */
    CONVERSATION_WEB,        /* a TCP connection, opened and closed, with a page or two */
    CONVERSATION_FRAMES,     /* pfg frames over UDP, each answered */
    CONVERSATION_FRAMES_TCP, /* the same over a TCP connection */
    CONVERSATION_DNS_TCP,    /* DNS over a TCP connection */
    CONVERSATION_DATAGRAMS,  /* something that nobody knows, over UDP */
    CONVERSATION_PROBE,      /* a TCP connection that is opened, says a word, and is left open */
    CONVERSATION_HOLE,       /* the same, its first bytes lost, so that what follows waits */
};

struct conversation {
    enum conversation_kind kind;
    uint8_t family;
    uint32_t client, server;
    uint16_t client_port, server_port;
    uint32_t step, steps;
    uint32_t seq[2]; /* of the client, of the server */
    uint32_t number; /* of the conversation; ids come from it */
    uint32_t site;   /* its name is asked for */
    uint64_t random;
};

/* Begins the conversation of that number. */
void conversation_begin(struct conversation *talk, enum conversation_kind kind, uint32_t number);
/* The next packet. False: it was the last one. */
bool conversation_step(struct conversation *talk, struct wire *wire);

/* A kind as a mixed network has them. */
enum conversation_kind conversation_mixed(uint64_t *random);

#endif
