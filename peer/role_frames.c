/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * role_frames.c - the framed server: finds frames in streams, packets and datagrams, has talk.c
 * answer them, and sends the answers the way they came.
 */
#include <errno.h>
#include <string.h>

#include "common/log.h"
#include "peer/config.h"
#include "peer/frames.h"
#include "peer/roles.h"

/* The IPv4 address that a discover reply names; the same one is asked for again and again. */
static uint32_t service_address(struct peer_server *server, const struct peer_address *local)
{
    if (local->size != server->ipv4_asked.size ||
        memcmp(&local->storage, &server->ipv4_asked.storage, local->size) != 0 ||
        server->ipv4_asked.size == 0) {
        server->ipv4_asked = *local;
        server->ipv4_found = peer_ipv4_of(local);
    }
    return server->ipv4_found;
}

/* ---- Streams and packets ------------------------------------------------------------------ */

enum peer_worked peer_frames_work(struct peer_conn *conn)
{
    struct peer_server *server = conn->from->user;
    const struct peer_place place = {
        .whom = conn->whom,
        .address = service_address(server, &conn->local),
        .port = server->service_port,
        .frame_max = conn->from->packets ? PEER_PACKET_FRAME_MAX : UINT32_MAX,
        .final = conn->ended || conn->from->packets,
        .flow = conn->serial,
        .joins = &conn->joins,
    };

    while (peer_buffer_size(&conn->in) > 0 && peer_buffer_size(&conn->out) < PEER_OUT_HIGH) {
        size_t used;
        enum peer_talked talked =
            peer_talk_frame(&server->talk, &place, peer_buffer_front(&conn->in),
                            peer_buffer_size(&conn->in), &used, &conn->out);

        peer_buffer_take(&conn->in, used);
        switch (talked) {
        case PEER_TALKED_MORE:
            return PEER_WORKED_ON;
        case PEER_TALKED_ON:
            break;
        case PEER_TALKED_BYE:
            return PEER_WORKED_END;
        case PEER_TALKED_LOST:
            pfg_info("%s %s: what came is not a frame", conn->from->what, conn->whom);
            if (!conn->from->packets)
                return PEER_WORKED_END;
            break;
        case PEER_TALKED_NO_MEMORY:
            return PEER_WORKED_FAIL;
        }
    }
    return PEER_WORKED_ON;
}

/* ---- Datagrams ---------------------------------------------------------------------------- */

/* A number for the sender of a datagram (FNV-1a over address and port). */
static uint64_t flow_of(const struct peer_address *from)
{
    const uint8_t *bytes = (const uint8_t *)&from->storage;
    uint64_t hash = 0xcbf29ce484222325U;

    for (socklen_t i = 0; i < from->size; i++)
        hash = (hash ^ bytes[i]) * 0x100000001b3U;
    return hash;
}

/* Whether a datagram is told to be framed: by magic and version, its first four bytes. */
static bool is_framed(const uint8_t *bytes, size_t size)
{
    const struct pfg_proto *proto = peer_frames_proto();
    size_t told = proto->magic_size + 1U;

    return size >= told && pfg_recognise(proto, bytes, told, true);
}

/* Reads all frames of a datagram. */
static void answer_frames(struct peer_server *server, const struct peer_place *place,
                          const uint8_t *bytes, size_t size)
{
    size_t at = 0;

    while (at < size) {
        size_t used;

        switch (
            peer_talk_frame(&server->talk, place, bytes + at, size - at, &used, &server->replies)) {
        case PEER_TALKED_ON:
        case PEER_TALKED_BYE:
            at += used;
            break;
        case PEER_TALKED_MORE:
        case PEER_TALKED_LOST:
        case PEER_TALKED_NO_MEMORY:
            return;
        }
    }
}

/* Sends one reply, or a plain answer, in each datagram. */
static void send_replies(struct peer_datagrams *socket, const struct peer_datagram *datagram)
{
    struct peer_buffer *replies = &socket->server->replies;

    while (peer_buffer_size(replies) > 0) {
        size_t waiting = peer_buffer_size(replies);
        int64_t frame = pfg_frame_size(peer_frames_proto(), peer_buffer_front(replies), waiting);
        size_t size = frame > 0 && (uint64_t)frame < waiting ? (size_t)frame : waiting;

        if (peer_datagram_answer(socket->watch.fd, datagram, peer_buffer_front(replies), size) != 0)
            socket->server->unsent++;
        peer_buffer_take(replies, size);
    }
}

static void answer_datagram(struct peer_datagrams *socket, const struct peer_datagram *datagram)
{
    struct peer_server *server = socket->server;
    char whom[PEER_ADDRESS_TEXT];
    const struct peer_place place = {
        .whom = server->talk.show == NULL ? "" : peer_address_text(&datagram->from, whom),
        .address = service_address(server, &datagram->to),
        .port = server->service_port,
        .frame_max = PEER_UDP_FRAME_MAX,
        .final = true,
        .silent = datagram->broadcast,
        .flow = flow_of(&datagram->from),
        .joins = &server->joins,
    };

    server->datagrams++;
    if (is_framed(server->datagram_room, datagram->size)) {
        if ((server->roles & PEER_ROLE_FRAMES) != 0)
            answer_frames(server, &place, server->datagram_room, datagram->size);
    } else if ((server->roles & PEER_ROLE_PLAIN) != 0) {
        peer_plain_answer(server, place.whom, server->datagram_room, datagram->size,
                          &server->replies);
    }
    send_replies(socket, datagram);
}

void peer_frames_datagrams(struct peer_watch *watch, uint32_t events)
{
    struct peer_datagrams *socket = (struct peer_datagrams *)watch;

    (void)events;
    for (unsigned i = 0; i < PEER_DATAGRAMS_A_TURN; i++) {
        struct peer_datagram datagram;
        int error = peer_datagram_receive(watch->fd, socket->server->datagram_room,
                                          PEER_DATAGRAM_MAX, &datagram);

        if (error == -EAGAIN)
            return;
        if (error == 0)
            answer_datagram(socket, &datagram);
    }
}
