/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rawsock/outgoing.h"

/* The kernel routes: a raw socket, bound to the interface that was asked for. The route of an
 * address of this machine leads over loopback, whichever interface bears it. */
static struct pfg_engine *open_routed(const struct pfg_way *way, struct pfg_fault *fault)
{
    const char *interface = way->path.kind == PFG_PATH_LOCAL ? NULL : way->interface;
    const struct pfg_address *to = &way->path.destination;

    if (!interface && to->scope)
        interface = way->path.link.name;
    return pfg_engine_ip_open(to->family, interface, fault);
}

struct pfg_engine *pfg_outgoing_open(struct pfg_stack *stack, struct pfg_way *way,
                                     struct pfg_writer *writer, struct pfg_fault *fault)
{
    if (pfg_fill_to_send(stack, way, fault) < 0 || pfg_stack_build(stack, writer, fault) < 0)
        return NULL;
    if (!way->ethernet && pfg_engine_ip_keeps(writer->bytes, writer->size))
        return open_routed(way, fault);
    if (!way->ethernet && pfg_link_has_ethernet(&way->path.link)) {
        way->ethernet = true;
        if (pfg_fill_to_send(stack, way, fault) < 0 || pfg_stack_build(stack, writer, fault) < 0)
            return NULL;
    }
    return pfg_engine_packet_open(&way->path.link, fault);
}

struct pfg_engine *pfg_outgoing_file(struct pfg_stack *stack, const char *path, bool append,
                                     struct pfg_writer *writer, struct pfg_fault *fault)
{
    if (pfg_fill_for_file(stack, fault) < 0 || pfg_stack_build(stack, writer, fault) < 0)
        return NULL;
    return pfg_engine_file_open(path, pfg_stack_link_type(stack), append, fault);
}
