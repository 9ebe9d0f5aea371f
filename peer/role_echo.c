/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * role_echo.c - the echo service (RFC 862): what comes goes back, over TCP and UDP. No protocol
 * of ours is in it, so it tests packets that carry anything.
 */
#include <errno.h>
#include <sys/epoll.h>

#include "common/log.h"
#include "peer/roles.h"

enum peer_worked peer_echo_work(struct peer_conn *conn)
{
    size_t size = peer_buffer_size(&conn->in);

    if (peer_buffer_size(&conn->out) == 0) {
        struct peer_buffer empty = conn->out;

        conn->out = conn->in;
        conn->in = empty;
        return PEER_WORKED_ON;
    }
    if (peer_buffer_append(&conn->out, peer_buffer_front(&conn->in), size) != 0)
        return PEER_WORKED_FAIL;
    peer_buffer_take(&conn->in, size);
    return PEER_WORKED_ON;
}

void peer_echo_datagrams(struct peer_watch *watch, uint32_t events)
{
    struct peer_datagrams *socket = (struct peer_datagrams *)watch;
    struct peer_server *server = socket->server;

    (void)events;
    for (unsigned i = 0; i < PEER_DATAGRAMS_A_TURN; i++) {
        struct peer_datagram datagram;
        int error =
            peer_datagram_receive(watch->fd, server->datagram_room, PEER_DATAGRAM_MAX, &datagram);

        if (error == -EAGAIN)
            return;
        if (error != 0)
            continue;
        server->datagrams++;
        /* Two echo servers that a forged datagram set upon each other would never end. */
        if (peer_address_port(&datagram.from) == socket->port)
            continue;
        if (peer_datagram_answer(watch->fd, &datagram, server->datagram_room, datagram.size) != 0)
            server->unsent++;
    }
}
