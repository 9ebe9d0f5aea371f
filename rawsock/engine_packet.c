/* SPDX-License-Identifier: GPL-2.0-or-later */
/* engine_packet.c - frames out of one interface by an AF_PACKET socket, see packet(7). */
#include <errno.h>
#include <linux/if_packet.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rawsock/engine_socket.h"
#include "rawsock/fault.h"

struct engine_packet {
    struct pfg_engine base;
    struct pfg_link link;
    int fd;
};

static int refuse(const struct engine_packet *engine, const struct pfg_frame *frame, int error,
                  struct pfg_fault *fault)
{
    const char *name = engine->link.name;

    if (error == EMSGSIZE)
        return pfg_fault_set(fault, "a frame of %u bytes is too long for %s, whose MTU is %u",
                             frame->size, name, engine->link.mtu);
    if (error == ENETDOWN)
        return pfg_fault_set(fault, "interface %s is down: ip link set %s up", name, name);
    return pfg_fault_set(fault, "cannot send out of %s: %s", name, strerror(error));
}

static int packet_send(struct pfg_engine *base, const struct pfg_frame *frames, unsigned count,
                       struct pfg_fault *fault)
{
    struct engine_packet *engine = (struct engine_packet *)base;
    int error;
    int sent = pfg_socket_send(base, engine->fd, frames, count, NULL, &error);

    if (error)
        refuse(engine, &frames[sent], error, fault);
    return sent;
}

static int packet_close(struct pfg_engine *base, struct pfg_fault *fault)
{
    struct engine_packet *engine = (struct engine_packet *)base;

    (void)fault;
    close(engine->fd);
    free(engine);
    return 0;
}

static const struct pfg_engine_kind engine_packet_kind = {
    .name = "packet socket",
    .send = packet_send,
    .close = packet_close,
};

struct pfg_engine *pfg_engine_packet_open(const struct pfg_link *link, struct pfg_fault *fault)
{
    const struct sockaddr_ll there = { .sll_family = AF_PACKET, .sll_ifindex = (int)link->index };
    struct engine_packet *engine = calloc(1, sizeof *engine);

    if (!engine) {
        pfg_fault_set(fault, "no memory");
        return NULL;
    }
    engine->base.kind = &engine_packet_kind;
    engine->base.link_type = pfg_link_has_ethernet(link) ? PFG_LINK_ETHERNET : PFG_LINK_RAW;
    engine->link = *link;
    /* Protocol 0: this socket receives nothing. */
    engine->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
    if (engine->fd < 0) {
        pfg_fault_socket(fault, "packet socket", errno);
    } else if (bind(engine->fd, (const struct sockaddr *)&there, sizeof there) < 0) {
        pfg_fault_set(fault, "cannot bind to interface %s: %s", link->name, strerror(errno));
        close(engine->fd);
    } else {
        return &engine->base;
    }
    free(engine);
    return NULL;
}
