/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "peer/address.h"

#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

static struct sockaddr_in *ipv4(struct peer_address *address)
{
    return (struct sockaddr_in *)&address->storage;
}

static struct sockaddr_in6 *ipv6(struct peer_address *address)
{
    return (struct sockaddr_in6 *)&address->storage;
}

static const struct sockaddr_in *ipv4_of(const struct peer_address *address)
{
    return (const struct sockaddr_in *)&address->storage;
}

static const struct sockaddr_in6 *ipv6_of(const struct peer_address *address)
{
    return (const struct sockaddr_in6 *)&address->storage;
}

/* What getaddrinfo says of a host, numbers only or names too. Returns its status. */
static int resolve(struct peer_address *address, const char *host, uint16_t port, int type,
                   int flags)
{
    const struct addrinfo hints = { .ai_socktype = type, .ai_flags = flags };
    struct addrinfo *found;
    int status = getaddrinfo(host, NULL, &hints, &found);

    if (status != 0)
        return status;
    *address = (struct peer_address){ .size = found->ai_addrlen };
    memcpy(&address->storage, found->ai_addr, found->ai_addrlen);
    freeaddrinfo(found);
    peer_address_set_port(address, port);
    return 0;
}

int peer_address_read(struct peer_address *address, const char *text, uint16_t port)
{
    return resolve(address, text, port, SOCK_STREAM, AI_NUMERICHOST) == 0 ? 0 : -EINVAL;
}

void peer_address_any(struct peer_address *address, int family, uint16_t port)
{
    *address = (struct peer_address){
        .size = family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6),
    };
    address->storage.ss_family = (sa_family_t)family;
    peer_address_set_port(address, port);
}

int peer_address_unix(struct peer_address *address, const char *path)
{
    struct sockaddr_un *local = (struct sockaddr_un *)&address->storage;
    size_t size = strlen(path);

    if (size == 0 || size >= sizeof local->sun_path)
        return -ENAMETOOLONG;
    *address = (struct peer_address){ 0 };
    local->sun_family = AF_UNIX;
    memcpy(local->sun_path, path, size);
    if (path[0] == '@')
        local->sun_path[0] = '\0';
    address->size =
        (socklen_t)(offsetof(struct sockaddr_un, sun_path) + size + (path[0] == '@' ? 0 : 1));
    return 0;
}

/* Divides "HOST:PORT" or "[HOST]:PORT"; an IPv6 address without brackets has no port. Returns
 * false where the port is none. */
static bool divide(const char *text, char *host, size_t room, uint16_t *port)
{
    const char *first = strchr(text, ':');
    const char *close = text[0] == '[' ? strchr(text, ']') : NULL;
    const char *number = NULL;
    size_t size = strlen(text);
    unsigned long value;
    char *end;

    if (close != NULL) {
        number = close[1] == ':' ? close + 2 : NULL;
        text++;
        size = (size_t)(close - text);
    } else if (first != NULL && strchr(first + 1, ':') == NULL) {
        number = first + 1;
        size = (size_t)(first - text);
    }
    if (size >= room)
        return false;
    memcpy(host, text, size);
    host[size] = '\0';
    if (number == NULL)
        return true;
    value = strtoul(number, &end, 10);
    if (end == number || *end != '\0' || value == 0 || value > UINT16_MAX)
        return false;
    *port = (uint16_t)value;
    return true;
}

int peer_address_find(struct peer_address *address, const char *text, uint16_t port, int type,
                      const char **why)
{
    char host[256];
    int status;

    if (!divide(text, host, sizeof host, &port)) {
        *why = "not HOST or HOST:PORT with a port from 1 to 65535";
        return -1;
    }
    status = resolve(address, host, port, type, AI_NUMERICHOST);
    if (status != 0)
        status = resolve(address, host, port, type, 0);
    *why = status == 0 ? NULL : gai_strerror(status);
    return status == 0 ? 0 : -1;
}

char *peer_address_text(const struct peer_address *address, char *text)
{
    char host[INET6_ADDRSTRLEN + IF_NAMESIZE + 1];
    bool is_ipv6 = address->storage.ss_family == AF_INET6;

    if (address->storage.ss_family == AF_UNIX || address->size == 0) {
        snprintf(text, PEER_ADDRESS_TEXT, "unix");
        return text;
    }
    if (getnameinfo((const struct sockaddr *)&address->storage, address->size, host, sizeof host,
                    NULL, 0, NI_NUMERICHOST) != 0)
        snprintf(host, sizeof host, "?");
    snprintf(text, PEER_ADDRESS_TEXT, is_ipv6 ? "[%s]:%u" : "%s:%u", host,
             peer_address_port(address));
    return text;
}

uint16_t peer_address_port(const struct peer_address *address)
{
    switch (address->storage.ss_family) {
    case AF_INET:
        return ntohs(ipv4_of(address)->sin_port);
    case AF_INET6:
        return ntohs(ipv6_of(address)->sin6_port);
    default:
        return 0;
    }
}

void peer_address_set_port(struct peer_address *address, uint16_t port)
{
    if (address->storage.ss_family == AF_INET)
        ipv4(address)->sin_port = htons(port);
    else if (address->storage.ss_family == AF_INET6)
        ipv6(address)->sin6_port = htons(port);
}

void peer_address_local(struct peer_address *address, int fd)
{
    *address = (struct peer_address){ .size = sizeof address->storage };
    if (getsockname(fd, (struct sockaddr *)&address->storage, &address->size) != 0)
        address->size = 0;
}

/* The IPv4 address of an interface in a list, 0 where it has none. */
static uint32_t ipv4_of_interface(const struct ifaddrs *list, const char *name)
{
    for (const struct ifaddrs *at = list; at != NULL; at = at->ifa_next) {
        if (at->ifa_addr != NULL && at->ifa_addr->sa_family == AF_INET &&
            strcmp(at->ifa_name, name) == 0)
            return ntohl(((const struct sockaddr_in *)(const void *)at->ifa_addr)->sin_addr.s_addr);
    }
    return 0;
}

uint32_t peer_ipv4_of(const struct peer_address *local)
{
    const struct in6_addr *wanted = &ipv6_of(local)->sin6_addr;
    struct ifaddrs *list;
    uint32_t found = 0;

    if (local->storage.ss_family == AF_INET)
        return ntohl(ipv4_of(local)->sin_addr.s_addr);
    if (local->storage.ss_family != AF_INET6)
        return INADDR_LOOPBACK;
    if (getifaddrs(&list) != 0)
        return 0;
    for (const struct ifaddrs *at = list; at != NULL && found == 0; at = at->ifa_next) {
        const struct sockaddr_in6 *has = (const void *)at->ifa_addr;

        if (has != NULL && has->sin6_family == AF_INET6 &&
            memcmp(&has->sin6_addr, wanted, sizeof *wanted) == 0)
            found = ipv4_of_interface(list, at->ifa_name);
    }
    freeifaddrs(list);
    return found;
}
