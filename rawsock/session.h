/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * session.h - a TCP connection over crafted packets: the machine on one side, raw socket, packet
 * socket and guard on the other. Every segment that goes out or comes in is shown.
 */
#ifndef PFG_RAWSOCK_SESSION_H
#define PFG_RAWSOCK_SESSION_H

#include "rawsock/machine.h"
#include "rawsock/outgoing.h"
#include "rawsock/show.h"

/* Where to and how; the show is borrowed and may be NULL. */
struct pfg_session_plan {
    struct pfg_endpoint remote;
    const char *interface; /* NULL: by route */
    uint16_t source_port;  /* 0: any */
    uint16_t mss;          /* 0: what the path's MTU allows */
    uint64_t timeout_ns;   /* without any progress, before it is given up */
    struct pfg_show *show;
};

struct pfg_session;

/* Opens sockets and sends SYN. NULL with *fault. Frees itself with pfg_session_close. */
struct pfg_session *pfg_session_open(const struct pfg_session_plan *plan, struct pfg_fault *fault);
/* Resets the connection where it is still open, and frees. */
void pfg_session_close(struct pfg_session *session);

/* Bytes to send; they wait until the connection is there. Returns 0 or -1 with *fault. */
int pfg_session_write(struct pfg_session *session, const uint8_t *bytes, size_t size,
                      struct pfg_fault *fault);
/* Nothing more will be written: FIN after what was. */
void pfg_session_shutdown(struct pfg_session *session);

enum pfg_session_event {
    PFG_SESSION_WAITED, /* the deadline came */
    PFG_SESSION_MOVED,  /* bytes came, or the state changed, or something was acknowledged */
    PFG_SESSION_FAILED, /* *fault says why: refused, reset, no answer, or a signal */
};
/* Waits until something happens, at most to deadline_ns of pfg_clock_ns. */
enum pfg_session_event pfg_session_wait(struct pfg_session *session, uint64_t deadline_ns,
                                        struct pfg_fault *fault);

/* What came in so far: bytes in order, owned by the session, valid until the next wait. */
const uint8_t *pfg_session_received(const struct pfg_session *session, size_t *size);
/* The machine, to look at. */
const struct pfg_machine *pfg_session_machine(const struct pfg_session *session);
/* Our own address and port. */
const struct pfg_endpoint *pfg_session_local(const struct pfg_session *session);

/* Lets the connection end in order: FIN, the peer's FIN, and for a moment answers to what the
 * peer sends again. At most to deadline_ns. Returns whether both sides closed. */
bool pfg_session_finish(struct pfg_session *session, uint64_t deadline_ns);

#endif
