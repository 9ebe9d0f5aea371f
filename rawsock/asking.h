/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * asking.h - a crafted datagram sent, and what comes back to its source port. A kernel socket
 * holds the port: it gets the answers whole and checked, and keeps the kernel from refusing them.
 */
#ifndef PFG_RAWSOCK_ASKING_H
#define PFG_RAWSOCK_ASKING_H

#include "rawsock/outgoing.h"

enum { PFG_ASKING_ROOM = 65536, PFG_ASKING_MOST = 64 };

struct pfg_asking {
    struct pfg_engine *engine;
    struct pfg_writer writer; /* the packet, as it is sent */
    struct pfg_way way;
    struct pfg_endpoint local, remote;
    int guard;
    uint8_t *answer; /* PFG_ASKING_ROOM bytes */
};

/*
 * Puts IP and UDP below the stack, which holds content alone, and opens all for remote: by route,
 * or out of interface. Returns 0 or -1 with *fault; close in both cases.
 */
int pfg_asking_open(struct pfg_asking *asking, struct pfg_stack *stack,
                    const struct pfg_endpoint *remote, const char *interface,
                    struct pfg_fault *fault);
void pfg_asking_close(struct pfg_asking *asking);

/* Sends the packet. Returns 0 or -1 with *fault. */
int pfg_asking_send(struct pfg_asking *asking, struct pfg_fault *fault);

enum pfg_asking_event {
    PFG_ASKING_ANSWER,  /* *size bytes at the asking's answer, *from */
    PFG_ASKING_WAITED,  /* the deadline came */
    PFG_ASKING_REFUSED, /* an ICMP error, *error an errno */
    PFG_ASKING_STOPPED, /* a signal */
};
/* Waits for the next datagram or error of any of the askings, at most to deadline_ns of
 * pfg_clock_ns; *which is the one that it came to. */
enum pfg_asking_event pfg_asking_wait(struct pfg_asking *askings, size_t count,
                                      uint64_t deadline_ns, size_t *which, uint32_t *size,
                                      struct pfg_endpoint *from, int *error);

/* Gives every answer that comes until the deadline, or a signal, to take, which returns -1 where
 * memory is out; refusals are told. Returns 0 or -1 with *fault. */
int pfg_asking_collect(struct pfg_asking *askings, size_t count, uint64_t deadline_ns,
                       int (*take)(void *user, size_t which, uint32_t size,
                                   const struct pfg_endpoint *from),
                       void *user, struct pfg_fault *fault);

#endif
