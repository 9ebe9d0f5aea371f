/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fill.h - what a packet needs and was not given: layers, addresses, ports, identifiers. A field
 * that was set is left as it was set.
 *
 * Sent packets get what the kernel would use: the route's source address, the interface's and
 * the next hop's Ethernet address, a random source port (49152-65535), IP identification and TCP
 * sequence number. Packets for a file get the same each time, so that a file can be made again:
 *
 *     IPv4        192.0.2.1 to 192.0.2.2            (RFC 5737)
 *     IPv6        2001:db8::1 to 2001:db8::2        (RFC 3849)
 *     Ethernet    02:00:00:00:00:01 to 02:00:00:00:00:02, or the group's, or all ones
 *     source port 49152                             (RFC 6335, 6)
 */
#ifndef PFG_RAWSOCK_FILL_H
#define PFG_RAWSOCK_FILL_H

#include "rawsock/route.h"
#include "rawsock/stack.h"

enum { PFG_PORT_FIRST = 49152, PFG_PORT_LAST = 65535 };

/* The way that a packet takes. */
struct pfg_way {
    const char *interface; /* asked for, or NULL */
    uint64_t timeout_ns;   /* for a neighbour to answer */
    bool ethernet;         /* whole frames; otherwise the kernel routes */
    struct pfg_path path;  /* of the outer IP or ARP layer; .link alone where there is none */
};

/* Puts in the layers that are missing: below an application a transport (UDP, or TCP where it has
 * no UDP port), below a transport IP, below ARP and tags, and with ethernet below all, Ethernet. */
int pfg_fill_layers(struct pfg_stack *stack, bool ethernet, struct pfg_fault *fault);

/*
 * Layers and fields of a packet to be sent. In *way: interface and timeout_ns; ethernet where
 * frames are wanted though no link layer is given. Out: ethernet and path. May ask for a
 * neighbour. Returns 0 or -1 with *fault.
 */
int pfg_fill_to_send(struct pfg_stack *stack, struct pfg_way *way, struct pfg_fault *fault);

/* Layers and fields of a packet for a file. */
int pfg_fill_for_file(struct pfg_stack *stack, struct pfg_fault *fault);

#endif
