/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * route.h - what the kernel knows of the way to a destination, asked by rtnetlink (libmnl):
 * routes, interfaces, neighbours. Every call opens a netlink socket of its own and closes it;
 * nothing is cached, the caller owns all results. No privilege is needed.
 */
#ifndef PFG_RAWSOCK_ROUTE_H
#define PFG_RAWSOCK_ROUTE_H

#include <net/if.h>

#include "rawsock/address.h"

/* A network interface. */
struct pfg_link {
    unsigned index;
    unsigned flags;    /* IFF_ */
    uint32_t mtu;      /* bytes of a packet without its link header */
    uint16_t hardware; /* ARPHRD_ */
    uint8_t mac[6];
    char name[IF_NAMESIZE];
};
/* Whether frames there have Ethernet headers (loopback has them, with addresses of zeros). */
bool pfg_link_has_ethernet(const struct pfg_link *link);

enum pfg_path_kind { PFG_PATH_UNICAST, PFG_PATH_LOCAL, PFG_PATH_BROADCAST, PFG_PATH_MULTICAST };

/* The way to a destination. */
struct pfg_path {
    enum pfg_path_kind kind;
    struct pfg_link link;
    struct pfg_address destination;
    struct pfg_address source;   /* the address the kernel would send from; family 0 = none */
    struct pfg_address next_hop; /* the gateway, or the destination itself */
    uint32_t mtu;                /* of the route, or else of the link */
};

/* The interface of a name. Returns 0, or -1 with *fault, which lists the names there are. */
int pfg_link_find(const char *name, struct pfg_link *link, struct pfg_fault *fault);

/* All interfaces that are up and can broadcast, loopback not among them: fills list with at most
 * room, returns how many, or -1 with *fault. */
int pfg_links_broadcast(struct pfg_link *list, size_t room, struct pfg_fault *fault);

/* The way to destination, out of interface where it is not NULL. Returns 0, or -1 with *fault. */
int pfg_path_find(const struct pfg_address *destination, const char *interface,
                  struct pfg_path *path, struct pfg_fault *fault);

/* The hardware address of a neighbour as the kernel has it at the moment: 1 and mac, 0 where it
 * has none, -1 with *fault. */
int pfg_neighbour_known(const struct pfg_link *link, const struct pfg_address *address,
                        uint8_t mac[6], struct pfg_fault *fault);

#endif
