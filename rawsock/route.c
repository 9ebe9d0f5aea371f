/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rawsock/route.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if_arp.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "rawsock/fault.h"

/* Room for a request; an answer has a page-sized buffer of its own. */
enum { REQUEST_ROOM = 512, ANSWER_ROOM = 32768 };

/* An rtnetlink request being written. */
struct request {
    char bytes[REQUEST_ROOM];
    struct nlmsghdr *header;
};

/* Begins a request of a type with a body of size bytes, which is returned, zeroed. */
static void *begin(struct request *request, uint16_t type, uint16_t flags, size_t size)
{
    memset(request, 0, sizeof *request);
    request->header = mnl_nlmsg_put_header(request->bytes);
    request->header->nlmsg_type = type;
    request->header->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags);
    return mnl_nlmsg_put_extra_header(request->header, size);
}

/* Reads answers to the request until the last one. Returns 0 or a negative errno. */
static int read_answers(struct mnl_socket *socket, uint32_t sequence, mnl_cb_t each, void *user)
{
    _Alignas(struct nlmsghdr) char answer[ANSWER_ROOM];
    unsigned port = mnl_socket_get_portid(socket);

    for (;;) {
        ssize_t got = mnl_socket_recvfrom(socket, answer, sizeof answer);
        int more;

        if (got < 0)
            return -errno;
        more = mnl_cb_run(answer, (size_t)got, sequence, port, each, user);
        if (more < 0)
            return -errno;
        if (more == MNL_CB_STOP)
            return 0;
    }
}

/* Sends the request and calls each for every message that answers it. 0 or a negative errno. */
static int transact(struct request *request, mnl_cb_t each, void *user)
{
    struct mnl_socket *socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
    int error = 0;

    if (!socket)
        return -errno;
    /* A dump ends with a message of its own; a single answer is followed by an acknowledgement. */
    if (!(request->header->nlmsg_flags & NLM_F_DUMP))
        request->header->nlmsg_flags |= NLM_F_ACK;
    request->header->nlmsg_seq = (uint32_t)time(NULL);
    if (mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) < 0 ||
        mnl_socket_sendto(socket, request->header, request->header->nlmsg_len) < 0)
        error = -errno;
    else
        error = read_answers(socket, request->header->nlmsg_seq, each, user);
    mnl_socket_close(socket);
    return error;
}

/* ---- Interfaces ---------------------------------------------------------------------- */

static int on_link_attribute(const struct nlattr *attribute, void *user)
{
    struct pfg_link *link = user;
    uint16_t type = mnl_attr_get_type(attribute);

    if (type == IFLA_IFNAME)
        snprintf(link->name, sizeof link->name, "%s", mnl_attr_get_str(attribute));
    else if (type == IFLA_MTU)
        link->mtu = mnl_attr_get_u32(attribute);
    else if (type == IFLA_ADDRESS && mnl_attr_get_payload_len(attribute) == sizeof link->mac)
        memcpy(link->mac, mnl_attr_get_payload(attribute), sizeof link->mac);
    return MNL_CB_OK;
}

static void read_link(const struct nlmsghdr *message, struct pfg_link *link)
{
    const struct ifinfomsg *info = mnl_nlmsg_get_payload(message);

    memset(link, 0, sizeof *link);
    link->index = (unsigned)info->ifi_index;
    link->hardware = info->ifi_type;
    link->flags = info->ifi_flags;
    mnl_attr_parse(message, sizeof *info, on_link_attribute, link);
}

static int on_link(const struct nlmsghdr *message, void *user)
{
    if (message->nlmsg_type == RTM_NEWLINK)
        read_link(message, user);
    return MNL_CB_OK;
}

bool pfg_link_has_ethernet(const struct pfg_link *link)
{
    return link->hardware == ARPHRD_ETHER || link->hardware == ARPHRD_LOOPBACK;
}

/* " (there are: lo, va)" into text. */
static void list_names(char *text, size_t room)
{
    struct if_nameindex *all = if_nameindex();
    size_t used;

    snprintf(text, room, " (there are:");
    for (const struct if_nameindex *one = all; one && one->if_index; one++) {
        used = strlen(text);
        snprintf(text + used, room - used, "%s %s", one == all ? "" : ",", one->if_name);
    }
    used = strlen(text);
    snprintf(text + used, room - used, ")");
    if (all)
        if_freenameindex(all);
}

static int link_by_index(unsigned index, struct pfg_link *link)
{
    struct request request;
    struct ifinfomsg *info = begin(&request, RTM_GETLINK, 0, sizeof *info);

    info->ifi_index = (int)index;
    return transact(&request, on_link, link);
}

int pfg_link_find(const char *name, struct pfg_link *link, struct pfg_fault *fault)
{
    unsigned index = if_nametoindex(name);
    char names[160];
    int error;

    if (!index) {
        list_names(names, sizeof names);
        return pfg_fault_set(fault, "there is no interface %s%s", name, names);
    }
    error = link_by_index(index, link);
    if (error)
        return pfg_fault_set(fault, "cannot read interface %s: %s", name, strerror(-error));
    return 0;
}

/* A list of interfaces being filled. */
struct link_list {
    struct pfg_link *list;
    size_t count, room;
};

static int on_broadcast_link(const struct nlmsghdr *message, void *user)
{
    struct link_list *links = user;
    struct pfg_link link;

    if (message->nlmsg_type != RTM_NEWLINK || links->count == links->room)
        return MNL_CB_OK;
    read_link(message, &link);
    if ((link.flags & IFF_UP) && (link.flags & IFF_BROADCAST) && !(link.flags & IFF_LOOPBACK))
        links->list[links->count++] = link;
    return MNL_CB_OK;
}

int pfg_links_broadcast(struct pfg_link *list, size_t room, struct pfg_fault *fault)
{
    struct link_list links = { list, 0, room };
    struct request request;
    int error;

    begin(&request, RTM_GETLINK, NLM_F_DUMP, sizeof(struct ifinfomsg));
    error = transact(&request, on_broadcast_link, &links);
    if (error)
        return pfg_fault_set(fault, "cannot list the interfaces: %s", strerror(-error));
    return (int)links.count;
}

/* ---- Routes -------------------------------------------------------------------------- */

/* What a route says, before the link is read. */
struct answer {
    struct pfg_path *path;
    unsigned out; /* index of the interface, 0 = none */
    uint32_t mtu; /* of the route, 0 = not said */
    uint8_t type; /* RTN_ */
    bool has_next_hop;
};

/* An address attribute of 4 or 16 bytes; anything else is left out. */
static void read_address(const struct nlattr *attribute, struct pfg_address *address)
{
    size_t size = mnl_attr_get_payload_len(attribute);

    if (size != 4 && size != 16)
        return;
    address->family = size == 4 ? 4 : 6;
    memcpy(address->bytes, mnl_attr_get_payload(attribute), size);
}

/* RTA_VIA: a next hop of another family than the destination's. */
static void read_via(const struct nlattr *attribute, struct pfg_address *address)
{
    const struct rtvia *via = mnl_attr_get_payload(attribute);
    size_t size = mnl_attr_get_payload_len(attribute);

    if (size != sizeof *via + 4 && size != sizeof *via + 16)
        return;
    size -= sizeof *via;
    address->family = size == 4 ? 4 : 6;
    memcpy(address->bytes, via->rtvia_addr, size);
}

static int on_metric(const struct nlattr *attribute, void *user)
{
    struct answer *answer = user;

    if (mnl_attr_get_type(attribute) == RTAX_MTU)
        answer->mtu = mnl_attr_get_u32(attribute);
    return MNL_CB_OK;
}

static int on_route_attribute(const struct nlattr *attribute, void *user)
{
    struct answer *answer = user;

    switch (mnl_attr_get_type(attribute)) {
    case RTA_OIF:
        answer->out = mnl_attr_get_u32(attribute);
        break;
    case RTA_PREFSRC:
        read_address(attribute, &answer->path->source);
        break;
    case RTA_GATEWAY:
        read_address(attribute, &answer->path->next_hop);
        answer->has_next_hop = true;
        break;
    case RTA_VIA:
        read_via(attribute, &answer->path->next_hop);
        answer->has_next_hop = true;
        break;
    case RTA_METRICS:
        mnl_attr_parse_nested(attribute, on_metric, answer);
        break;
    default: /* the others say nothing of the way out */
        break;
    }
    return MNL_CB_OK;
}

static int on_route(const struct nlmsghdr *message, void *user)
{
    struct answer *answer = user;
    const struct rtmsg *route = mnl_nlmsg_get_payload(message);

    if (message->nlmsg_type != RTM_NEWROUTE)
        return MNL_CB_OK;
    answer->type = route->rtm_type;
    mnl_attr_parse(message, sizeof *route, on_route_attribute, answer);
    return MNL_CB_OK;
}

static enum pfg_path_kind kind_of(const struct pfg_address *destination, uint8_t type)
{
    if (pfg_address_is_multicast(destination))
        return PFG_PATH_MULTICAST;
    if (type == RTN_BROADCAST || pfg_address_is_limited_broadcast(destination))
        return PFG_PATH_BROADCAST;
    if (type == RTN_LOCAL)
        return PFG_PATH_LOCAL;
    return PFG_PATH_UNICAST;
}

/* Asks the kernel for the route. Returns 0 or a negative errno. */
static int ask_route(const struct pfg_address *destination, unsigned out, struct answer *answer)
{
    struct request request;
    struct rtmsg *route = begin(&request, RTM_GETROUTE, 0, sizeof *route);
    size_t size = pfg_address_size(destination);

    route->rtm_family = destination->family == 4 ? AF_INET : AF_INET6;
    route->rtm_dst_len = (unsigned char)(size * 8);
    mnl_attr_put(request.header, RTA_DST, size, destination->bytes);
    if (out)
        mnl_attr_put_u32(request.header, RTA_OIF, out);
    return transact(&request, on_route, answer);
}

static int no_route(const struct pfg_address *destination, const char *interface, int error,
                    struct pfg_fault *fault)
{
    char text[PFG_ADDRESS_TEXT];

    pfg_address_text(destination, text);
    if (interface)
        return pfg_fault_set(fault, "no route to %s through %s: %s", text, interface,
                             strerror(-error));
    return pfg_fault_set(fault, "no route to %s: %s; -i IFACE says which interface", text,
                         strerror(-error));
}

int pfg_path_find(const struct pfg_address *destination, const char *interface,
                  struct pfg_path *path, struct pfg_fault *fault)
{
    struct answer answer = { .path = path };
    unsigned out = destination->scope;
    int error;

    memset(path, 0, sizeof *path);
    path->destination = *destination;
    if (interface) {
        if (pfg_link_find(interface, &path->link, fault) < 0)
            return -1;
        out = path->link.index;
    }
    error = ask_route(destination, out, &answer);
    if (!error && answer.type != RTN_UNICAST && answer.type != RTN_LOCAL &&
        answer.type != RTN_BROADCAST && answer.type != RTN_MULTICAST && answer.type != RTN_ANYCAST)
        error = -EHOSTUNREACH;
    if (!error && !answer.out)
        error = -ENETUNREACH;
    if (error)
        return no_route(destination, interface, error, fault);
    error = link_by_index(answer.out, &path->link);
    if (error)
        return no_route(destination, interface, error, fault);
    path->kind = kind_of(destination, answer.type);
    if (!answer.has_next_hop)
        path->next_hop = *destination;
    path->mtu = answer.mtu ? answer.mtu : path->link.mtu;
    return 0;
}

/* ---- Neighbours ---------------------------------------------------------------------- */

/* A hardware address, and whether there is one. */
struct neighbour {
    uint8_t mac[6];
    bool known;
};

static int on_neighbour_attribute(const struct nlattr *attribute, void *user)
{
    struct neighbour *neighbour = user;

    if (mnl_attr_get_type(attribute) == NDA_LLADDR &&
        mnl_attr_get_payload_len(attribute) == sizeof neighbour->mac) {
        memcpy(neighbour->mac, mnl_attr_get_payload(attribute), sizeof neighbour->mac);
        neighbour->known = true;
    }
    return MNL_CB_OK;
}

static int on_neighbour(const struct nlmsghdr *message, void *user)
{
    const uint16_t usable =
        NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE | NUD_PERMANENT | NUD_NOARP;
    const struct ndmsg *entry = mnl_nlmsg_get_payload(message);

    if (message->nlmsg_type == RTM_NEWNEIGH && (entry->ndm_state & usable))
        mnl_attr_parse(message, sizeof *entry, on_neighbour_attribute, user);
    return MNL_CB_OK;
}

int pfg_neighbour_known(const struct pfg_link *link, const struct pfg_address *address,
                        uint8_t mac[6], struct pfg_fault *fault)
{
    struct neighbour neighbour = { .known = false };
    struct request request;
    struct ndmsg *entry = begin(&request, RTM_GETNEIGH, 0, sizeof *entry);
    char text[PFG_ADDRESS_TEXT];
    int error;

    entry->ndm_family = address->family == 4 ? AF_INET : AF_INET6;
    entry->ndm_ifindex = (int)link->index;
    mnl_attr_put(request.header, NDA_DST, pfg_address_size(address), address->bytes);
    error = transact(&request, on_neighbour, &neighbour);
    if (error && error != -ENOENT)
        return pfg_fault_set(fault, "cannot read the neighbour %s: %s",
                             pfg_address_text(address, text), strerror(-error));
    if (error || !neighbour.known)
        return 0;
    memcpy(mac, neighbour.mac, sizeof neighbour.mac);
    return 1;
}
