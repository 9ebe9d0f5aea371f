/* SPDX-License-Identifier: GPL-2.0-or-later */
/* engine_ip.c - IP datagrams with their headers by a raw socket, see raw(7). The kernel finds
 * route and neighbour, also to addresses of this machine, which a packet socket cannot reach. */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "proto/layers.h"
#include "rawsock/engine_socket.h"
#include "rawsock/fault.h"

struct engine_ip {
    struct pfg_engine base;
    uint8_t family;
    uint32_t scope; /* interface of link-local destinations, 0 = not said */
    int fd;
};

bool pfg_engine_ip_keeps(const uint8_t *bytes, uint32_t size)
{
    struct ip header; /* RFC 791, 3.1 */
    size_t header_size;

    if (size < 1 || bytes[0] >> 4 != 4)
        return size >= sizeof(struct ip6_hdr) && bytes[0] >> 4 == 6;
    if (size < sizeof header)
        return false;
    memcpy(&header, bytes, sizeof header);
    header_size = (size_t)header.ip_hl * 4;
    if (header_size < sizeof header || header_size > size)
        return false;
    return ntohs(header.ip_len) == size && header.ip_id != 0 && header.ip_src.s_addr != 0 &&
           pfg_inet_finish(pfg_inet_sum(bytes, header_size, 0)) == 0;
}

/* The destination that the datagram itself bears. */
static bool destination_of(const struct engine_ip *engine, const struct pfg_frame *frame,
                           struct pfg_endpoint *to)
{
    size_t offset =
        engine->family == 4 ? offsetof(struct ip, ip_dst) : offsetof(struct ip6_hdr, ip6_dst);

    memset(to, 0, sizeof *to);
    to->address.family = engine->family;
    if (frame->size < offset + pfg_address_size(&to->address))
        return false;
    memcpy(to->address.bytes, frame->bytes + offset, pfg_address_size(&to->address));
    to->address.scope = engine->scope;
    return true;
}

static socklen_t socket_address(struct pfg_engine *base, const struct pfg_frame *frame,
                                struct sockaddr_storage *to)
{
    struct pfg_endpoint endpoint;

    if (!destination_of((struct engine_ip *)base, frame, &endpoint))
        return 0;
    return pfg_endpoint_to_socket(&endpoint, to);
}

static int refuse(const struct engine_ip *engine, const struct pfg_frame *frame, int error,
                  struct pfg_fault *fault)
{
    char text[PFG_ADDRESS_TEXT];
    struct pfg_endpoint to;

    if (error == EMSGSIZE)
        return pfg_fault_set(fault, "a datagram of %u bytes is longer than the MTU of its way",
                             frame->size);
    if (!destination_of(engine, frame, &to))
        return pfg_fault_set(fault, "a datagram of %u bytes has no whole IP header", frame->size);
    return pfg_fault_set(fault, "cannot send to %s: %s", pfg_address_text(&to.address, text),
                         strerror(error));
}

static int ip_send(struct pfg_engine *base, const struct pfg_frame *frames, unsigned count,
                   struct pfg_fault *fault)
{
    struct engine_ip *engine = (struct engine_ip *)base;
    int error;
    int sent = pfg_socket_send(base, engine->fd, frames, count, socket_address, &error);

    if (error)
        refuse(engine, &frames[sent], error, fault);
    return sent;
}

static int ip_close(struct pfg_engine *base, struct pfg_fault *fault)
{
    struct engine_ip *engine = (struct engine_ip *)base;

    (void)fault;
    close(engine->fd);
    free(engine);
    return 0;
}

static const struct pfg_engine_kind engine_ip_kind = {
    .name = "raw socket",
    .send = ip_send,
    .close = ip_close,
};

/* Broadcasts, and the one interface. Returns 0 or -1 with *fault. */
static int configure(struct engine_ip *engine, const char *interface, struct pfg_fault *fault)
{
    const int on = 1;

    if (setsockopt(engine->fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof on) < 0)
        return pfg_fault_set(fault, "cannot allow broadcasts: %s", strerror(errno));
    if (!interface)
        return 0;
    if (setsockopt(engine->fd, SOL_SOCKET, SO_BINDTODEVICE, interface,
                   (socklen_t)strlen(interface)) < 0)
        return pfg_fault_set(fault, "cannot bind to interface %s: %s", interface, strerror(errno));
    engine->scope = if_nametoindex(interface);
    return 0;
}

struct pfg_engine *pfg_engine_ip_open(uint8_t family, const char *interface,
                                      struct pfg_fault *fault)
{
    struct engine_ip *engine = calloc(1, sizeof *engine);

    if (!engine) {
        pfg_fault_set(fault, "no memory");
        return NULL;
    }
    engine->base.kind = &engine_ip_kind;
    engine->base.link_type = PFG_LINK_RAW;
    engine->family = family;
    /* IPPROTO_RAW implies that the header is included, of both families. */
    engine->fd = socket(family == 4 ? AF_INET : AF_INET6, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
    if (engine->fd < 0) {
        pfg_fault_socket(fault, "raw socket", errno);
    } else if (configure(engine, interface, fault) < 0) {
        close(engine->fd);
    } else {
        return &engine->base;
    }
    free(engine);
    return NULL;
}
