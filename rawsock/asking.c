/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rawsock/asking.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/signals.h"
#include "rawsock/fault.h"
#include "rawsock/guard.h"

#define NEIGHBOUR_TIMEOUT_NS (3 * PFG_NS_PER_S)

/* IP and UDP with the addresses and ports of both ends. */
static int put_below(struct pfg_asking *asking, struct pfg_stack *stack, struct pfg_fault *fault)
{
    bool v4 = asking->remote.address.family == 4;
    size_t size = pfg_address_size(&asking->remote.address);

    return pfg_stack_insert(stack, 0, pfg_layer(PFG_LAYER_UDP), fault) ||
           pfg_stack_insert(stack, 0, pfg_layer(v4 ? PFG_LAYER_IP : PFG_LAYER_IP6), fault) ||
           pfg_stack_bytes(stack, 0, pfg_layer_field(v4 ? PFG_IP_SRC : PFG_IP6_SRC),
                           asking->local.address.bytes, size, fault) ||
           pfg_stack_bytes(stack, 0, pfg_layer_field(v4 ? PFG_IP_DST : PFG_IP6_DST),
                           asking->remote.address.bytes, size, fault) ||
           pfg_stack_uint(stack, 1, pfg_layer_field(PFG_UDP_SRCPORT), asking->local.port, fault) ||
           pfg_stack_uint(stack, 1, pfg_layer_field(PFG_UDP_DSTPORT), asking->remote.port, fault);
}

int pfg_asking_open(struct pfg_asking *asking, struct pfg_stack *stack,
                    const struct pfg_endpoint *remote, const char *interface,
                    struct pfg_fault *fault)
{
    struct pfg_path path;

    *asking = (struct pfg_asking){
        .way = { .interface = interface, .timeout_ns = NEIGHBOUR_TIMEOUT_NS },
        .remote = *remote,
        .guard = -1,
        .writer = pfg_writer_new(),
        .answer = malloc(PFG_ASKING_ROOM),
    };
    if (!asking->writer.bytes || !asking->answer)
        return pfg_fault_set(fault, "no memory");
    if (pfg_path_find(&remote->address, interface, &path, fault) < 0)
        return -1;
    if (!path.source.family)
        return pfg_fault_set(fault, "interface %s has no address to send from", path.link.name);
    asking->local = (struct pfg_endpoint){ .address = path.source };
    asking->local.address.scope = remote->address.scope;
    asking->guard = pfg_guard_udp(&asking->local, fault);
    if (asking->guard < 0 || put_below(asking, stack, fault))
        return -1;
    asking->engine = pfg_outgoing_open(stack, &asking->way, &asking->writer, fault);
    return asking->engine ? 0 : -1;
}

void pfg_asking_close(struct pfg_asking *asking)
{
    struct pfg_fault ignored;

    pfg_engine_close(asking->engine, &ignored);
    if (asking->guard >= 0)
        close(asking->guard);
    free(asking->writer.bytes);
    free(asking->answer);
}

int pfg_asking_send(struct pfg_asking *asking, struct pfg_fault *fault)
{
    const struct pfg_frame frame = { asking->writer.bytes, asking->writer.size,
                                     pfg_clock_wall_ns() };

    return pfg_engine_send(asking->engine, &frame, fault);
}

/* Reads one datagram. Returns whether there was one. */
static bool read_answer(struct pfg_asking *asking, uint32_t *size, struct pfg_endpoint *from)
{
    struct sockaddr_storage name;
    socklen_t name_size = sizeof name;
    ssize_t got = recvfrom(asking->guard, asking->answer, PFG_ASKING_ROOM, MSG_DONTWAIT,
                           (struct sockaddr *)&name, &name_size);

    if (got < 0 || pfg_endpoint_from_socket(&name, from) < 0)
        return false;
    *size = (uint32_t)got;
    return true;
}

/* Sleeps until something can be read or the deadline has come. */
static void sleep_until_readable(const struct pfg_asking *askings, size_t count,
                                 uint64_t deadline_ns)
{
    struct pollfd ready[PFG_ASKING_MOST + 1];

    for (size_t i = 0; i < count; i++)
        ready[i] = (struct pollfd){ .fd = askings[i].guard, .events = POLLIN };
    ready[count] = (struct pollfd){ .fd = pfg_signals_fd(), .events = POLLIN };
    poll(ready, (nfds_t)count + 1, pfg_clock_poll_ms(deadline_ns));
}

enum pfg_asking_event pfg_asking_wait(struct pfg_asking *askings, size_t count,
                                      uint64_t deadline_ns, size_t *which, uint32_t *size,
                                      struct pfg_endpoint *from, int *error)
{
    for (;;) {
        for (*which = 0; *which < count; ++*which) {
            if (read_answer(&askings[*which], size, from))
                return PFG_ASKING_ANSWER;
            *error = pfg_guard_error(askings[*which].guard);
            if (*error)
                return PFG_ASKING_REFUSED;
        }
        if (pfg_signals_stop())
            return PFG_ASKING_STOPPED;
        if (pfg_clock_ns() >= deadline_ns)
            return PFG_ASKING_WAITED;
        sleep_until_readable(askings, count, deadline_ns);
    }
}

int pfg_asking_collect(struct pfg_asking *askings, size_t count, uint64_t deadline_ns,
                       int (*take)(void *user, size_t which, uint32_t size,
                                   const struct pfg_endpoint *from),
                       void *user, struct pfg_fault *fault)
{
    struct pfg_endpoint from;
    uint32_t size;
    size_t which;
    int error;

    for (;;) {
        switch (pfg_asking_wait(askings, count, deadline_ns, &which, &size, &from, &error)) {
        case PFG_ASKING_ANSWER:
            if (take(user, which, size, &from) < 0)
                return pfg_fault_set(fault, "no memory");
            break;
        case PFG_ASKING_REFUSED:
            pfg_note("refused: %s", strerror(error));
            break;
        case PFG_ASKING_WAITED:
        case PFG_ASKING_STOPPED:
            return 0;
        }
    }
}
