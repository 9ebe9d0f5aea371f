/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * address.h - socket addresses, from and to text.
 */
#ifndef PFG_PEER_ADDRESS_H
#define PFG_PEER_ADDRESS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

struct peer_address {
    struct sockaddr_storage storage;
    socklen_t size;
};

enum { PEER_ADDRESS_TEXT = 128 }; /* room for an address as text */

/* "192.0.2.1", "::1", "fe80::1%eth0"; no names. Returns 0 or -EINVAL. */
int peer_address_read(struct peer_address *address, const char *text, uint16_t port);
/* All addresses of a family (AF_INET, AF_INET6). */
void peer_address_any(struct peer_address *address, int family, uint16_t port);
/* A path of AF_UNIX; "@name" is in the abstract namespace. Returns 0 or -ENAMETOOLONG. */
int peer_address_unix(struct peer_address *address, const char *path);
/* "HOST", "HOST:PORT", "[IPV6]:PORT", "IPV6"; HOST may be a name. Returns
 * 0, or -1 with the reason in *why. */
int peer_address_find(struct peer_address *address, const char *text, uint16_t port, int type,
                      const char **why);
/* "192.0.2.1:9434", "[::1]:9434", "unix". Returns text, of PEER_ADDRESS_TEXT bytes. */
char *peer_address_text(const struct peer_address *address, char *text);
uint16_t peer_address_port(const struct peer_address *address);
void peer_address_set_port(struct peer_address *address, uint16_t port);
/* The address a socket is bound to. */
void peer_address_local(struct peer_address *address, int fd);

/* The IPv4 address (first byte highest) under which the host of this local address is found: of
 * an IPv6 address, that of the same interface; 0 where there is none. */
uint32_t peer_ipv4_of(const struct peer_address *local);

#endif
