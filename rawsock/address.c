/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rawsock/address.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rawsock/fault.h"

size_t pfg_address_size(const struct pfg_address *address)
{
    return address->family == 4 ? 4 : address->family == 6 ? 16 : 0;
}

bool pfg_address_equal(const struct pfg_address *a, const struct pfg_address *b)
{
    return a->family == b->family && memcmp(a->bytes, b->bytes, pfg_address_size(a)) == 0;
}

bool pfg_address_is_limited_broadcast(const struct pfg_address *address)
{
    static const uint8_t ones[4] = { 255, 255, 255, 255 };

    return address->family == 4 && memcmp(address->bytes, ones, sizeof ones) == 0;
}

bool pfg_address_is_multicast(const struct pfg_address *address)
{
    return (address->family == 4 && (address->bytes[0] & 0xf0) == 0xe0) ||
           (address->family == 6 && address->bytes[0] == 0xff);
}

bool pfg_address_is_unspecified(const struct pfg_address *address)
{
    static const uint8_t zeros[16];

    return memcmp(address->bytes, zeros, pfg_address_size(address)) == 0;
}

int pfg_address_parse(const char *text, size_t size, struct pfg_address *address)
{
    char copy[PFG_ADDRESS_TEXT];
    char *percent;

    memset(address, 0, sizeof *address);
    if (size >= sizeof copy)
        return -1;
    memcpy(copy, text, size);
    copy[size] = '\0';
    if (inet_pton(AF_INET, copy, address->bytes) == 1) {
        address->family = 4;
        return 0;
    }
    percent = strchr(copy, '%');
    if (percent) {
        *percent = '\0';
        address->scope = if_nametoindex(percent + 1);
        if (!address->scope)
            return -1;
    }
    if (inet_pton(AF_INET6, copy, address->bytes) != 1)
        return -1;
    address->family = 6;
    return 0;
}

const char *pfg_address_text(const struct pfg_address *address, char text[PFG_ADDRESS_TEXT])
{
    char name[IF_NAMESIZE];

    if (!address->family) {
        snprintf(text, PFG_ADDRESS_TEXT, "no address");
        return text;
    }
    inet_ntop(address->family == 4 ? AF_INET : AF_INET6, address->bytes, text, PFG_ADDRESS_TEXT);
    if (address->scope && if_indextoname(address->scope, name)) {
        size_t used = strlen(text);

        snprintf(text + used, PFG_ADDRESS_TEXT - used, "%%%s", name);
    }
    return text;
}

/* A port of 1 to 65535 in decimal; 0 where it is none. */
static uint16_t parse_port(const char *text)
{
    char *end;
    unsigned long port = strtoul(text, &end, 10);

    if (*text < '0' || *text > '9' || *end || port > UINT16_MAX)
        return 0;
    return (uint16_t)port;
}

/* Where host and port of the text part: the host's bytes, and the port's text or NULL. */
static void split(const char *text, const char **host, size_t *host_size, const char **port)
{
    const char *hash = strchr(text, '#');
    const char *colon = strrchr(text, ':');
    const char *bracket = text[0] == '[' ? strchr(text, ']') : NULL;

    *host = text;
    *host_size = strlen(text);
    *port = NULL;
    if (bracket) {
        *host = text + 1;
        *host_size = (size_t)(bracket - text) - 1;
        if (bracket[1] == ':' || bracket[1] == '#')
            *port = bracket + 2;
        else if (bracket[1]) /* not a port, and said to be none */
            *port = bracket;
    } else if (hash) {
        *host_size = (size_t)(hash - text);
        *port = hash + 1;
    } else if (colon && strchr(text, ':') == colon) {
        *host_size = (size_t)(colon - text);
        *port = colon + 1;
    }
}

/* The first address of a host name. */
static int look_up(const char *host, struct pfg_address *address, struct pfg_fault *fault)
{
    const struct addrinfo hints = { .ai_socktype = SOCK_DGRAM };
    struct addrinfo *found = NULL;
    struct sockaddr_storage copy = { 0 };
    struct pfg_endpoint endpoint;
    int error = getaddrinfo(host, NULL, &hints, &found);

    if (error)
        return pfg_fault_set(fault, "no address for %s: %s", host, gai_strerror(error));
    memcpy(&copy, found->ai_addr, found->ai_addrlen);
    freeaddrinfo(found);
    if (pfg_endpoint_from_socket(&copy, &endpoint) < 0)
        return pfg_fault_set(fault, "no address for %s", host);
    *address = endpoint.address;
    return 0;
}

int pfg_endpoint_parse(const char *text, uint16_t port, bool names, struct pfg_endpoint *endpoint,
                       struct pfg_fault *fault)
{
    const char *host, *port_text;
    size_t host_size;
    char copy[256];

    split(text, &host, &host_size, &port_text);
    endpoint->port = port;
    if (port_text && !(endpoint->port = parse_port(port_text)))
        return pfg_fault_set(fault, "%s is not a port of 1 to 65535", port_text);
    if (pfg_address_parse(host, host_size, &endpoint->address) == 0)
        return 0;
    if (!names || !host_size || host_size >= sizeof copy)
        return pfg_fault_set(fault, "%.*s is not an address", (int)host_size, host);
    memcpy(copy, host, host_size);
    copy[host_size] = '\0';
    return look_up(copy, &endpoint->address, fault);
}

const char *pfg_endpoint_text(const struct pfg_endpoint *endpoint, char text[PFG_ENDPOINT_TEXT])
{
    char address[PFG_ADDRESS_TEXT];

    pfg_address_text(&endpoint->address, address);
    snprintf(text, PFG_ENDPOINT_TEXT, endpoint->address.family == 6 ? "[%s]:%u" : "%s:%u", address,
             endpoint->port);
    return text;
}

socklen_t pfg_endpoint_to_socket(const struct pfg_endpoint *endpoint,
                                 struct sockaddr_storage *socket_address)
{
    memset(socket_address, 0, sizeof *socket_address);
    if (endpoint->address.family == 6) {
        struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)socket_address;

        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons(endpoint->port);
        v6->sin6_scope_id = endpoint->address.scope;
        memcpy(&v6->sin6_addr, endpoint->address.bytes, sizeof v6->sin6_addr);
        return sizeof *v6;
    }
    struct sockaddr_in *v4 = (struct sockaddr_in *)socket_address;

    v4->sin_family = AF_INET;
    v4->sin_port = htons(endpoint->port);
    memcpy(&v4->sin_addr, endpoint->address.bytes, sizeof v4->sin_addr);
    return sizeof *v4;
}

int pfg_endpoint_from_socket(const struct sockaddr_storage *socket_address,
                             struct pfg_endpoint *endpoint)
{
    memset(endpoint, 0, sizeof *endpoint);
    if (socket_address->ss_family == AF_INET) {
        const struct sockaddr_in *v4 = (const struct sockaddr_in *)socket_address;

        endpoint->address.family = 4;
        endpoint->port = ntohs(v4->sin_port);
        memcpy(endpoint->address.bytes, &v4->sin_addr, sizeof v4->sin_addr);
        return 0;
    }
    if (socket_address->ss_family != AF_INET6)
        return -1;
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)socket_address;

    endpoint->port = ntohs(v6->sin6_port);
    if (IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr)) {
        endpoint->address.family = 4;
        memcpy(endpoint->address.bytes, v6->sin6_addr.s6_addr + 12, 4);
        return 0;
    }
    endpoint->address.family = 6;
    endpoint->address.scope = v6->sin6_scope_id;
    memcpy(endpoint->address.bytes, &v6->sin6_addr, sizeof v6->sin6_addr);
    return 0;
}
