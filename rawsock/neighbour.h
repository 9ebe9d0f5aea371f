/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * neighbour.h - the Ethernet address that a packet to a destination goes to.
 */
#ifndef PFG_RAWSOCK_NEIGHBOUR_H
#define PFG_RAWSOCK_NEIGHBOUR_H

#include "rawsock/route.h"

/*
 * By the path's kind: all ones for broadcasts, the group's for multicasts (RFC 1112, 6.4; RFC
 * 2464, 7), zeros on loopback; for a neighbour what the kernel knows, or else what it answers to
 * our own ARP request or neighbour solicitation, three of them, a third of timeout_ns apart.
 * Needs CAP_NET_RAW only to ask. Returns 0, or -1 with *fault.
 */
int pfg_neighbour_find(const struct pfg_path *path, uint64_t timeout_ns, uint8_t mac[6],
                       struct pfg_fault *fault);

/* The Ethernet address of a multicast group. */
void pfg_multicast_mac(const struct pfg_address *group, uint8_t mac[6]);

#endif
