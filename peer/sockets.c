/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "peer/sockets.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* ---- Sockets ------------------------------------------------------------------------------ */

static int set_flag(int fd, int level, int option)
{
    const int on = 1;

    return setsockopt(fd, level, option, &on, sizeof on) == 0 ? 0 : -errno;
}

/* What every socket of ours has: its interface, broadcasts, and where datagrams came to. */
static int prepare(int fd, int family, int type, const char *interface)
{
    int error = 0;

    if (interface != NULL && family != AF_UNIX &&
        setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, interface, (socklen_t)strlen(interface)) != 0)
        return -errno;
    if (family == AF_INET6)
        error = set_flag(fd, IPPROTO_IPV6, IPV6_V6ONLY);
    if (error == 0 && type == SOCK_DGRAM)
        error = set_flag(fd, SOL_SOCKET, SO_BROADCAST);
    if (error == 0 && type == SOCK_DGRAM && family == AF_INET)
        error = set_flag(fd, IPPROTO_IP, IP_PKTINFO);
    if (error == 0 && type == SOCK_DGRAM && family == AF_INET6)
        error = set_flag(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO);
    return error;
}

/* Asks for buffers that hold a burst of datagrams; more than the system's limit takes privilege,
 * and less is no failure. */
static void widen(int fd)
{
    static const struct {
        int forced, asked;
    } options[] = { { SO_RCVBUFFORCE, SO_RCVBUF }, { SO_SNDBUFFORCE, SO_SNDBUF } };
    const int bytes = 4 << 20;

    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        if (setsockopt(fd, SOL_SOCKET, options[i].forced, &bytes, sizeof bytes) != 0)
            setsockopt(fd, SOL_SOCKET, options[i].asked, &bytes, sizeof bytes);
    }
}

/* Whether a path is a socket that nobody listens on: its server ended without removing it. */
static bool is_deserted(const struct peer_address *address, int type)
{
    const struct sockaddr_un *local = (const struct sockaddr_un *)&address->storage;
    struct stat status;
    bool deserted;
    int fd;

    if (local->sun_path[0] == '\0' || stat(local->sun_path, &status) != 0 ||
        !S_ISSOCK(status.st_mode))
        return false;
    fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return false;
    deserted =
        connect(fd, (const struct sockaddr *)local, address->size) != 0 && errno == ECONNREFUSED;
    close(fd);
    return deserted;
}

static int bind_to(int fd, const struct peer_address *address, int type)
{
    const struct sockaddr *where = (const struct sockaddr *)&address->storage;

    if (bind(fd, where, address->size) == 0)
        return 0;
    if (errno == EADDRINUSE && where->sa_family == AF_UNIX && is_deserted(address, type)) {
        unlink(((const struct sockaddr_un *)&address->storage)->sun_path);
        if (bind(fd, where, address->size) == 0)
            return 0;
    }
    return -errno;
}

int peer_socket_serve(const struct peer_address *address, int type, const char *interface)
{
    int family = address->storage.ss_family;
    int fd = socket(family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int error;

    if (fd < 0)
        return -errno;
    error = prepare(fd, family, type, interface);
    if (type == SOCK_DGRAM)
        widen(fd);
    if (error == 0 && type == SOCK_STREAM && family != AF_UNIX)
        error = set_flag(fd, SOL_SOCKET, SO_REUSEADDR);
    if (error == 0)
        error = bind_to(fd, address, type);
    if (error == 0 && type != SOCK_DGRAM && listen(fd, SOMAXCONN) != 0)
        error = -errno;
    if (error == 0)
        return fd;
    close(fd);
    return error;
}

int peer_socket_ask(const struct peer_address *to, const struct peer_address *from, int type,
                    const char *interface, bool connecting)
{
    int family = to->storage.ss_family;
    int fd = socket(family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int error;

    if (fd < 0)
        return -errno;
    error = prepare(fd, family, type, interface);
    if (error == 0 && from != NULL &&
        bind(fd, (const struct sockaddr *)&from->storage, from->size) != 0)
        error = -errno;
    if (error == 0 && connecting &&
        connect(fd, (const struct sockaddr *)&to->storage, to->size) != 0 && errno != EINPROGRESS)
        error = -errno;
    if (error == 0)
        return fd;
    close(fd);
    return error;
}

/* ---- Datagrams ---------------------------------------------------------------------------- */

/* Room for either family's control message. */
union control {
    struct cmsghdr aligned;
    char bytes[CMSG_SPACE(sizeof(struct in6_pktinfo))];
};

/* Takes the local address out of a control message. */
static void read_control(struct peer_datagram *datagram, const struct cmsghdr *control)
{
    if (control->cmsg_level == IPPROTO_IP && control->cmsg_type == IP_PKTINFO) {
        struct in_pktinfo info;

        memcpy(&info, CMSG_DATA(control), sizeof info);
        peer_address_any(&datagram->to, AF_INET, 0);
        ((struct sockaddr_in *)&datagram->to.storage)->sin_addr = info.ipi_spec_dst;
        datagram->interface = (unsigned)info.ipi_ifindex;
        datagram->broadcast = info.ipi_addr.s_addr != info.ipi_spec_dst.s_addr;
    } else if (control->cmsg_level == IPPROTO_IPV6 && control->cmsg_type == IPV6_PKTINFO) {
        struct in6_pktinfo info;

        memcpy(&info, CMSG_DATA(control), sizeof info);
        peer_address_any(&datagram->to, AF_INET6, 0);
        ((struct sockaddr_in6 *)&datagram->to.storage)->sin6_addr = info.ipi6_addr;
        datagram->interface = info.ipi6_ifindex;
        datagram->broadcast = IN6_IS_ADDR_MULTICAST(&info.ipi6_addr);
    }
}

int peer_datagram_receive(int fd, uint8_t *bytes, size_t room, struct peer_datagram *datagram)
{
    struct iovec part = { .iov_base = bytes, .iov_len = room };
    union control control;
    struct msghdr message = {
        .msg_name = &datagram->from.storage,
        .msg_namelen = sizeof datagram->from.storage,
        .msg_iov = &part,
        .msg_iovlen = 1,
        .msg_control = control.bytes,
        .msg_controllen = sizeof control.bytes,
    };
    ssize_t size;

    *datagram = (struct peer_datagram){ 0 };
    size = recvmsg(fd, &message, 0);
    if (size < 0)
        return -errno;
    datagram->size = (size_t)size;
    datagram->from.size = message.msg_namelen;
    datagram->cut = (message.msg_flags & MSG_TRUNC) != 0;
    for (struct cmsghdr *at = CMSG_FIRSTHDR(&message); at != NULL; at = CMSG_NXTHDR(&message, at))
        read_control(datagram, at);
    return 0;
}

/* The control message that makes an answer leave from datagram->to. Returns its size. A broadcast
 * is answered through the interface it came by: there may be no route to its sender. */
static size_t write_control(const struct peer_datagram *datagram, union control *control)
{
    *control = (union control){ .aligned = { 0 } };
    if (datagram->to.storage.ss_family == AF_INET) {
        struct in_pktinfo info = {
            .ipi_ifindex = datagram->broadcast ? (int)datagram->interface : 0,
            .ipi_spec_dst = ((const struct sockaddr_in *)&datagram->to.storage)->sin_addr,
        };

        control->aligned = (struct cmsghdr){ .cmsg_level = IPPROTO_IP,
                                             .cmsg_type = IP_PKTINFO,
                                             .cmsg_len = CMSG_LEN(sizeof info) };
        memcpy(CMSG_DATA(&control->aligned), &info, sizeof info);
        return CMSG_SPACE(sizeof info);
    }
    if (datagram->to.storage.ss_family == AF_INET6 && !datagram->broadcast) {
        struct in6_pktinfo info = {
            .ipi6_addr = ((const struct sockaddr_in6 *)&datagram->to.storage)->sin6_addr
        };

        control->aligned = (struct cmsghdr){ .cmsg_level = IPPROTO_IPV6,
                                             .cmsg_type = IPV6_PKTINFO,
                                             .cmsg_len = CMSG_LEN(sizeof info) };
        memcpy(CMSG_DATA(&control->aligned), &info, sizeof info);
        return CMSG_SPACE(sizeof info);
    }
    return 0;
}

int peer_datagram_answer(int fd, const struct peer_datagram *datagram, const uint8_t *bytes,
                         size_t size)
{
    struct iovec part = { .iov_base = (void *)(uintptr_t)bytes, .iov_len = size };
    struct peer_address to = datagram->from;
    union control control;
    size_t control_size = write_control(datagram, &control);
    const struct msghdr message = {
        .msg_name = &to.storage,
        .msg_namelen = to.size,
        .msg_iov = &part,
        .msg_iovlen = 1,
        .msg_control = control_size == 0 ? NULL : control.bytes,
        .msg_controllen = control_size,
    };

    return sendmsg(fd, &message, MSG_NOSIGNAL) < 0 ? -errno : 0;
}
