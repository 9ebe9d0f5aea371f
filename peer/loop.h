/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * loop.h - one epoll set, and the functions that its descriptors wake. A watch is embedded in
 * what it watches for, which the owner keeps until it has taken the watch out. Times are
 * nanoseconds of pfg_clock_ns.
 */
#ifndef PFG_PEER_LOOP_H
#define PFG_PEER_LOOP_H

#include <stdint.h>

struct peer_watch {
    int fd;
    uint32_t events; /* EPOLLIN, EPOLLOUT: what is waited for now */
    /* Called with what happened. It may take its own watch out, but no other's. */
    void (*ready)(struct peer_watch *watch, uint32_t events);
};

struct peer_loop {
    int epoll_fd;
    uint64_t now_ns; /* when the present round began */
    struct peer_watch signals;
    /* Called once a round, before waiting; returns when it wants to be called again at the latest
     * (PFG_NEVER: when something happens). It may take out any watch. */
    uint64_t (*tick)(void *user, uint64_t now_ns);
    void *user;
};

/* Returns 0 or a negative errno. pfg_signals_open came before. */
int peer_loop_init(struct peer_loop *loop);
void peer_loop_free(struct peer_loop *loop);

/* Begins to watch watch->fd for watch->events. Returns 0 or a negative errno. */
int peer_loop_add(struct peer_loop *loop, struct peer_watch *watch);
/* Waits for other events from now on; costs nothing where they are the same. */
void peer_loop_want(struct peer_loop *loop, struct peer_watch *watch, uint32_t events);
/* Ends watching; before the descriptor is closed. */
void peer_loop_remove(struct peer_loop *loop, struct peer_watch *watch);

/* Runs until a signal asks for the end. Returns 0 or a negative errno. */
int peer_loop_run(struct peer_loop *loop);

#endif
