/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sockets.h - kernel sockets: listening, connecting, and datagrams that are answered from the
 * address that they came to. Descriptors are non-blocking and closed on exec.
 * Functions that return a descriptor return a negative errno where they fail.
 */
#ifndef PFG_PEER_SOCKETS_H
#define PFG_PEER_SOCKETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "peer/address.h"

/* A socket of this type (SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET), bound and, where it has
 * connections, listening. interface NULL: any. A path of AF_UNIX that nobody listens on any more
 * is taken over. */
int peer_socket_serve(const struct peer_address *address, int type, const char *interface);

/* A socket that begins to connect (wait for it to become writable), or, not connecting, one to
 * send datagrams from, broadcasts too. from NULL: any address. */
int peer_socket_ask(const struct peer_address *to, const struct peer_address *from, int type,
                    const char *interface, bool connecting);

/* One datagram that came. */
struct peer_datagram {
    struct peer_address from;
    struct peer_address to; /* the local address it came to, or, of a broadcast, came through */
    unsigned interface;     /* index */
    bool broadcast;         /* or multicast */
    bool cut;               /* it was longer than the room */
    size_t size;
};

/* Takes the next datagram. Returns 0 or a negative errno (-EAGAIN: none). */
int peer_datagram_receive(int fd, uint8_t *bytes, size_t room, struct peer_datagram *datagram);
/* Answers it from where it came to. Returns 0 or a negative errno. */
int peer_datagram_answer(int fd, const struct peer_datagram *datagram, const uint8_t *bytes,
                         size_t size);

#endif
