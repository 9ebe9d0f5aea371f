/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * engine_socket.h - what the engines on sockets share: many packets a system call, and patience
 * where the interface's queue is full.
 */
#ifndef PFG_RAWSOCK_ENGINE_SOCKET_H
#define PFG_RAWSOCK_ENGINE_SOCKET_H

#include "rawsock/engine.h"

/* Fills to with the socket address a frame is sent to; returns its size, 0 for none. */
typedef socklen_t (*pfg_socket_address)(struct pfg_engine *engine, const struct pfg_frame *frame,
                                        struct sockaddr_storage *to);

/* Sends frames by sendmmsg(2), in order, waiting while the queue is full; counts them in engine.
 * Returns how many went out; fewer than count, and *error an errno, where one was refused. */
int pfg_socket_send(struct pfg_engine *engine, int fd, const struct pfg_frame *frames,
                    unsigned count, pfg_socket_address address, int *error);

#endif
