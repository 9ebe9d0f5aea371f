/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * address.h - an IPv4 or IPv6 address, from text and to text and sockets' form. Plain values:
 * nothing is owned, nothing is looked up in the network unless a function says so.
 */
#ifndef PFG_RAWSOCK_ADDRESS_H
#define PFG_RAWSOCK_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "proto/encode.h"

/* family: 4, 6, or 0 for none. bytes: the first 4 or all 16, as on the wire. scope: the index of
 * the interface a link-local IPv6 address belongs to, 0 where none was said. */
struct pfg_address {
    uint8_t family;
    uint8_t bytes[16];
    uint32_t scope;
};

/* An address and a port: 0 = none. */
struct pfg_endpoint {
    struct pfg_address address;
    uint16_t port;
};

enum {
    PFG_ADDRESS_TEXT = 64,  /* room for the longest address with its interface, and the zero */
    PFG_ENDPOINT_TEXT = 80, /* [address%interface]:port */
};

/* Bytes of an address on the wire: 4, 16, 0 for none. */
size_t pfg_address_size(const struct pfg_address *address);
bool pfg_address_equal(const struct pfg_address *a, const struct pfg_address *b);
/* 255.255.255.255 */
bool pfg_address_is_limited_broadcast(const struct pfg_address *address);
bool pfg_address_is_multicast(const struct pfg_address *address);
/* 0.0.0.0, ::, or none at all. */
bool pfg_address_is_unspecified(const struct pfg_address *address);

/* Numeric text of size bytes ("10.99.0.2", "fd00:99::2", "fe80::1%va"). Returns 0 or -1. */
int pfg_address_parse(const char *text, size_t size, struct pfg_address *address);
/* Writes the text, ended by a zero, and returns it. */
const char *pfg_address_text(const struct pfg_address *address, char text[PFG_ADDRESS_TEXT]);

/*
 * "ADDRESS", "ADDRESS#port", "ADDRESS:port" (IPv6: "[ADDRESS]:port"). port: taken where the text
 * has none. names: a text that is not an address is a host name, which is looked up by
 * getaddrinfo(3). Returns 0, or -1 with *fault.
 */
int pfg_endpoint_parse(const char *text, uint16_t port, bool names, struct pfg_endpoint *endpoint,
                       struct pfg_fault *fault);
const char *pfg_endpoint_text(const struct pfg_endpoint *endpoint, char text[PFG_ENDPOINT_TEXT]);

/* The form that sockets have; returns its size. */
socklen_t pfg_endpoint_to_socket(const struct pfg_endpoint *endpoint,
                                 struct sockaddr_storage *socket_address);
/* From that form; IPv4 mapped into IPv6 becomes IPv4. Returns 0, or -1 for other families. */
int pfg_endpoint_from_socket(const struct sockaddr_storage *socket_address,
                             struct pfg_endpoint *endpoint);

#endif
