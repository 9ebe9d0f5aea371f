/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tap.h - a packet socket that sees the segments of one TCP connection as they come in, as IP
 * datagrams without a link header, by a filter in the kernel.
 */
#ifndef PFG_RAWSOCK_TAP_H
#define PFG_RAWSOCK_TAP_H

#include "rawsock/route.h"

/* Segments that come in by the link from remote to local. Returns a descriptor that does not
 * block, to be closed with close(2), or -1 with *fault. */
int pfg_tap_open(const struct pfg_link *link, const struct pfg_endpoint *local,
                 const struct pfg_endpoint *remote, struct pfg_fault *fault);

/* Reads one datagram. Returns its bytes, 0 where none is waiting, -1 for an errno. *verify:
 * whether its checksums are on it (the kernel leaves those of this machine's own packets to the
 * hardware). */
ssize_t pfg_tap_read(int fd, uint8_t *bytes, size_t room, bool *verify);

#endif
