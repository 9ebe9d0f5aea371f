/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * flood.c - bench_flood: sends as fast as one thread can through a packet socket, and says how many
 * packets the kernel took.
 *
 *   bench_flood INTERFACE SECONDS [PACKETS]   at most PACKETS, in the order made; then the same
 *                                             ones again. Meant for a cable between namespaces.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "bench/conversation.h"

enum { AT_ONCE = 64, MADE = 2048, BATCH = 64 };

struct flood {
    struct wire packets[MADE];
    struct iovec parts[MADE];
    struct mmsghdr messages[MADE];
    struct sockaddr_ll to;
    int fd;
};

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void make(struct flood *flood)
{
    struct conversation talks[AT_ONCE];
    uint64_t random = 1;
    uint32_t begun, i;

    for (begun = 0; begun < AT_ONCE; begun++)
        conversation_begin(&talks[begun], conversation_mixed(&random), begun);
    for (i = 0; i < MADE; i++) {
        struct conversation *talk = &talks[wire_random(&random) % AT_ONCE];

        if (!conversation_step(talk, &flood->packets[i]))
            conversation_begin(talk, conversation_mixed(&random), begun++);
        flood->parts[i] = (struct iovec){ flood->packets[i].bytes, flood->packets[i].size };
        flood->messages[i].msg_hdr = (struct msghdr){ .msg_name = &flood->to,
                                                      .msg_namelen = sizeof flood->to,
                                                      .msg_iov = &flood->parts[i],
                                                      .msg_iovlen = 1 };
    }
}

static int fail(const char *what)
{
    fprintf(stderr, "bench_flood: %s: %s\n", what, strerror(errno));
    return 1;
}

/* Protocol 0: the socket receives nothing. */
static int open_socket(struct flood *flood, const char *interface)
{
    flood->to.sll_family = AF_PACKET;
    flood->to.sll_ifindex = (int)if_nametoindex(interface);
    if (flood->to.sll_ifindex == 0)
        return fail(interface);
    flood->fd = socket(AF_PACKET, SOCK_RAW, 0);
    return flood->fd < 0 ? fail("cannot open a packet socket") : 0;
}

static int run(struct flood *flood, double seconds, uint64_t most)
{
    double begun = now(), end = begun + seconds, last = begun;
    uint64_t sent = 0;

    while (sent < most && (last = now()) < end) {
        uint32_t at = (uint32_t)(sent % MADE);
        uint32_t batch = MADE - at < BATCH ? MADE - at : BATCH;
        int got;

        if (batch > most - sent)
            batch = (uint32_t)(most - sent);
        got = sendmmsg(flood->fd, flood->messages + at, batch, 0);
        if (got < 0 && errno != EINTR && errno != ENOBUFS && errno != EAGAIN)
            return fail("cannot send");
        sent += got > 0 ? (uint64_t)got : 0;
    }
    printf("%llu packets in %.3f s, %.0f packets/s\n", (unsigned long long)sent, last - begun,
           (double)sent / (last > begun ? last - begun : 1));
    return 0;
}

int main(int argc, char **argv)
{
    static struct flood flood;

    if (argc < 3) {
        fprintf(stderr, "Usage: bench_flood INTERFACE SECONDS [PACKETS]\n");
        return 2;
    }
    if (open_socket(&flood, argv[1]) != 0)
        return 1;
    make(&flood);
    return run(&flood, strtod(argv[2], NULL), argc > 3 ? strtoull(argv[3], NULL, 10) : UINT64_MAX);
}
