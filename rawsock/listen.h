/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * listen.h - what comes back to a crafted UDP packet. A kernel socket holds the packet's source
 * address and port (guard.h), so that the kernel hands the answers over instead of refusing them.
 */
#ifndef PFG_RAWSOCK_LISTEN_H
#define PFG_RAWSOCK_LISTEN_H

#include "rawsock/asking.h"
#include "rawsock/show.h"

struct pfg_listen {
    struct pfg_asking asking; /* its guard and room for answers; it sends nothing */
    struct pfg_decode decode;
    uint64_t answers;
};

/* Listens for answers to the packet, of a link type (PFG_LINK_). Returns 0, or -1 with *fault:
 * the packet is no UDP, or its source is not this machine's. Close in both cases. */
int pfg_listen_open(struct pfg_listen *listen, uint32_t link_type, const uint8_t *packet,
                    uint32_t size, struct pfg_fault *fault);
void pfg_listen_close(struct pfg_listen *listen);

/* Shows what comes until deadline_ns of pfg_clock_ns, or a signal; times count from sent_ns. */
int pfg_listen_until(struct pfg_listen *listen, struct pfg_show *show, uint64_t sent_ns,
                     uint64_t deadline_ns, struct pfg_fault *fault);

#endif
