/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stream.h - connections: accepting, reading, writing and ending them, whatever is spoken. No
 * connection can hold up another one: none is waited for, each is read a piece at a time, one
 * whose answers are not fetched is not read from, one that is silent is closed after a while, and
 * both their number and the memory they hold together are limited.
 */
#ifndef PFG_PEER_STREAM_H
#define PFG_PEER_STREAM_H

#include "peer/buffer.h"
#include "peer/loop.h"
#include "peer/sockets.h"
#include "peer/talk.h"

struct peer_conn;

/* What a role's work function says. */
enum peer_worked {
    PEER_WORKED_ON,   /* go on */
    PEER_WORKED_END,  /* send what is in out, then close */
    PEER_WORKED_FAIL, /* close at once: memory is out */
};

/* Connections in the order in which their time runs out; all of a list have the same time. */
struct peer_conns {
    struct peer_conn *first, *last;
};

/* All connections of the process, of all listeners. */
struct peer_streams {
    struct peer_loop *loop;
    size_t limit;     /* connections at most */
    size_t memory;    /* bytes that their buffers may hold together */
    uint64_t idle_ns; /* a connection on which nothing moves for so long is closed */
    /* The module's own. */
    size_t count, held;
    struct peer_conns open, closing;
    struct peer_conn *dead; /* closed, and freed at the end of the round; linked by after */
    struct peer_listener *listeners;
    uint64_t paused_until_ns; /* accepting waits: the system is out of descriptors */
    bool full;                /* the limit was reached and told of */
    uint64_t accepted, turned_away, serial;
};

/* A socket that accepts. The owner fills it and keeps it. */
struct peer_listener {
    struct peer_watch watch; /* fd */
    struct peer_streams *streams;
    const char *what; /* "tcp frames", for people */
    bool packets;     /* SOCK_SEQPACKET: each read is whole, each frame is written by itself */
    /* Takes bytes from conn->in and appends to conn->out, as long as that is less than
     * PEER_OUT_HIGH bytes. Bytes that stay in conn->in are incomplete. */
    enum peer_worked (*work)(struct peer_conn *conn);
    void *user; /* the role's */
    struct peer_listener *next;
};

enum { PEER_OUT_HIGH = 256 * 1024 };

struct peer_conn {
    struct peer_watch watch; /* the first member: a watch is cast back to its connection */
    struct peer_listener *from;
    struct peer_conn *before, *after;
    uint64_t deadline_ns;
    struct peer_buffer in, out;
    struct peer_joins joins;
    struct peer_address local;
    uint64_t serial; /* number of the connection */
    size_t held;     /* bytes last counted into streams->held */
    uint64_t moved;  /* bytes in and out so far */
    bool ended;      /* the other end sends nothing more */
    bool ending;     /* nothing more is to be read: what is in out is the last */
    bool closing;    /* all is sent; what still comes is thrown away until the other end closes */
    char whom[PEER_ADDRESS_TEXT];
};

/* Begins to accept. Returns 0 or a negative errno. */
int peer_listener_start(struct peer_listener *listener, struct peer_streams *streams);
/* Closes all connections and listeners. */
void peer_streams_free(struct peer_streams *streams);
/* Closes what has run out of time; returns when the next one does. */
uint64_t peer_streams_tick(struct peer_streams *streams, uint64_t now_ns);

#endif
