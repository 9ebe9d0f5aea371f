/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rawsock/guard.h"

#include <errno.h>
#include <linux/errqueue.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#include "common/privilege.h"
#include "rawsock/fault.h"

/* What failed by errno. Some kernels let none without rights attach a filter; ports below 1024 are
 * for those who may bind them (ip(7)). */
static int failed(int fd, const char *what, const struct pfg_endpoint *local,
                  struct pfg_fault *fault)
{
    char text[PFG_ENDPOINT_TEXT], advice[150];
    int error = errno;

    if (fd >= 0)
        close(fd);
    if (error == EPERM || error == EACCES) {
        pfg_privilege_advice(error == EPERM ? CAP_NET_RAW : CAP_NET_BIND_SERVICE, advice,
                             sizeof advice);
        return pfg_fault_set(fault, "no right to %s %s: %s", what, pfg_endpoint_text(local, text),
                             advice);
    }
    return pfg_fault_set(fault, "cannot %s %s: %s", what, pfg_endpoint_text(local, text),
                         strerror(error));
}

/* A socket bound to local, whose port becomes the one it has. */
static int bound_socket(int type, struct pfg_endpoint *local, struct pfg_fault *fault)
{
    int fd = socket(local->address.family == 4 ? AF_INET : AF_INET6,
                    type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    struct sockaddr_storage name;
    socklen_t size = pfg_endpoint_to_socket(local, &name);
    struct pfg_endpoint bound;

    if (fd < 0 || bind(fd, (const struct sockaddr *)&name, size) < 0)
        return failed(fd, "hold the port of", local, fault);
    size = sizeof name;
    if (getsockname(fd, (struct sockaddr *)&name, &size) < 0 ||
        pfg_endpoint_from_socket(&name, &bound) < 0)
        return failed(fd, "read the port of", local, fault);
    local->port = bound.port;
    return fd;
}

int pfg_guard_udp(struct pfg_endpoint *local, struct pfg_fault *fault)
{
    int fd = bound_socket(SOCK_DGRAM, local, fault);
    bool v4 = local->address.family == 4;
    const int on = 1;

    if (fd >= 0 && setsockopt(fd, v4 ? IPPROTO_IP : IPPROTO_IPV6, v4 ? IP_RECVERR : IPV6_RECVERR,
                              &on, sizeof on) < 0)
        return failed(fd, "watch for errors on", local, fault);
    return fd;
}

int pfg_guard_error(int fd)
{
    _Alignas(struct cmsghdr) char control[512];
    struct msghdr message = { .msg_control = control, .msg_controllen = sizeof control };
    struct sock_extended_err told;

    if (recvmsg(fd, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
        return 0;
    for (struct cmsghdr *part = CMSG_FIRSTHDR(&message); part; part = CMSG_NXTHDR(&message, part)) {
        bool v4 = part->cmsg_level == IPPROTO_IP && part->cmsg_type == IP_RECVERR;
        bool v6 = part->cmsg_level == IPPROTO_IPV6 && part->cmsg_type == IPV6_RECVERR;

        if (!v4 && !v6)
            continue;
        memcpy(&told, CMSG_DATA(part), sizeof told);
        return (int)told.ee_errno;
    }
    return 0;
}

int pfg_guard_tcp(struct pfg_endpoint *local, struct pfg_fault *fault)
{
    struct sock_filter nothing[] = { BPF_STMT(BPF_RET | BPF_K, 0) };
    const struct sock_fprog filter = { .len = 1, .filter = nothing };
    int fd = bound_socket(SOCK_STREAM, local, fault);

    if (fd < 0)
        return -1;
    if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter) < 0)
        return failed(fd, "put a filter on", local, fault);
    if (listen(fd, 1) < 0)
        return failed(fd, "listen on", local, fault);
    return fd;
}
