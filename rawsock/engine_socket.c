/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rawsock/engine_socket.h"

#include <errno.h>
#include <string.h>

#include "common/clock.h"

enum { BATCH = 64 };

/* Where the queue of an interface is full, it has room again after about so long. */
#define QUEUE_WAIT_NS (50 * PFG_NS_PER_US)

static void prepare(struct pfg_engine *engine, const struct pfg_frame *frame,
                    pfg_socket_address address, struct mmsghdr *message, struct iovec *bytes,
                    struct sockaddr_storage *to)
{
    memset(message, 0, sizeof *message);
    /* sendmsg(2) does not write to the bytes. */
    bytes->iov_base = (void *)(uintptr_t)frame->bytes;
    bytes->iov_len = frame->size;
    message->msg_hdr.msg_iov = bytes;
    message->msg_hdr.msg_iovlen = 1;
    message->msg_hdr.msg_namelen = address ? address(engine, frame, to) : 0;
    message->msg_hdr.msg_name = message->msg_hdr.msg_namelen ? to : NULL;
}

static bool queue_is_full(int error)
{
    return error == ENOBUFS || error == EAGAIN || error == EINTR;
}

int pfg_socket_send(struct pfg_engine *engine, int fd, const struct pfg_frame *frames,
                    unsigned count, pfg_socket_address address, int *error)
{
    struct mmsghdr messages[BATCH];
    struct iovec bytes[BATCH];
    struct sockaddr_storage to[BATCH];
    unsigned sent = 0;

    *error = 0;
    while (sent < count) {
        unsigned batch = count - sent < BATCH ? count - sent : BATCH;
        int went;

        for (unsigned i = 0; i < batch; i++)
            prepare(engine, &frames[sent + i], address, &messages[i], &bytes[i], &to[i]);
        went = sendmmsg(fd, messages, batch, 0);
        if (went < 0 && queue_is_full(errno)) {
            pfg_clock_rest_until(pfg_clock_ns() + QUEUE_WAIT_NS, -1);
            continue;
        }
        if (went < 0) {
            *error = errno;
            break;
        }
        for (int i = 0; i < went; i++)
            engine->bytes += frames[sent + (unsigned)i].size;
        engine->packets += (unsigned)went;
        sent += (unsigned)went;
    }
    return (int)sent;
}
