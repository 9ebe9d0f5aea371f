/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * guard.h - kernel sockets that hold a port for packets crafted here, so that the kernel does not
 * answer what comes back with an ICMP error or a reset. A guard is a file descriptor; it ends
 * with close(2). Each takes a port of 0 for any, and tells which it has.
 */
#ifndef PFG_RAWSOCK_GUARD_H
#define PFG_RAWSOCK_GUARD_H

#include "rawsock/address.h"

/* A UDP socket that receives what comes to the address and port; errors that ICMP tells are on
 * its error queue (pfg_guard_error). Returns the descriptor, or -1 with *fault. */
int pfg_guard_udp(struct pfg_endpoint *local, struct pfg_fault *fault);

/* The next error that ICMP told, an errno such as ECONNREFUSED; 0: none. */
int pfg_guard_error(int fd);

/*
 * A TCP socket that listens on the address and port, and whose filter drops every segment before
 * TCP sees it: the kernel finds an owner for the peer's segments and so sends no reset, and no
 * firewall is touched. Returns the descriptor, or -1 with *fault.
 */
int pfg_guard_tcp(struct pfg_endpoint *local, struct pfg_fault *fault);

#endif
