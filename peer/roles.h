/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * roles.h - what a server can be: each role brings the functions that its sockets call. The
 * sockets themselves are opened by serve.c.
 */
#ifndef PFG_PEER_ROLES_H
#define PFG_PEER_ROLES_H

#include "peer/stream.h"
#include "peer/talk.h"

/* What the framed and the plain role share. */
struct peer_server {
    struct peer_talk talk;
    struct peer_joins joins;  /* of all datagrams */
    unsigned roles;           /* bits of enum peer_role */
    const char *plain_answer; /* to plain discovery */
    uint16_t service_port;    /* what discover replies name */
    uint64_t datagrams, unsent;
    uint8_t *datagram_room; /* PEER_DATAGRAM_MAX bytes */
    struct peer_buffer replies;
    /* The last answer of peer_ipv4_of. */
    struct peer_address ipv4_asked;
    uint32_t ipv4_found;
};

/* A socket of datagrams. The owner fills it and keeps it. */
struct peer_datagrams {
    struct peer_watch watch; /* fd, events, ready */
    struct peer_server *server;
    uint16_t port;
};

enum {
    PEER_DATAGRAM_MAX = 65535,     /* bytes of any UDP datagram */
    PEER_UDP_FRAME_MAX = 65507,    /* bytes in one UDP datagram over IPv4 */
    PEER_PACKET_FRAME_MAX = 65536, /* bytes in one packet of a SOCK_SEQPACKET socket */
    PEER_DATAGRAMS_A_TURN = 64,    /* taken from one socket before another has its turn */
};

/* Plain bytes back. */
enum peer_worked peer_echo_work(struct peer_conn *conn);
void peer_echo_datagrams(struct peer_watch *watch, uint32_t events);

/* Frames: listener->user is the struct peer_server. */
enum peer_worked peer_frames_work(struct peer_conn *conn);
/* Frames and plain discovery, as the server's roles say. */
void peer_frames_datagrams(struct peer_watch *watch, uint32_t events);

/* Answers a datagram that is no frame, if it is the plain question: appends free text. */
void peer_plain_answer(struct peer_server *server, const char *whom, const uint8_t *bytes,
                       size_t size, struct peer_buffer *reply);

#endif
