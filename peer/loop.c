/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "peer/loop.h"

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/signals.h"

/* Signals only have to wake the loop; its condition looks at the flag. */
static void signals_ready(struct peer_watch *watch, uint32_t events)
{
    (void)watch;
    (void)events;
    pfg_signals_take();
}

int peer_loop_init(struct peer_loop *loop)
{
    int error;

    *loop = (struct peer_loop){ .epoll_fd = epoll_create1(EPOLL_CLOEXEC) };
    if (loop->epoll_fd < 0)
        return -errno;
    loop->now_ns = pfg_clock_ns();
    loop->signals = (struct peer_watch){
        .fd = pfg_signals_fd(),
        .events = EPOLLIN,
        .ready = signals_ready,
    };
    error = peer_loop_add(loop, &loop->signals);
    if (error != 0)
        close(loop->epoll_fd);
    return error;
}

void peer_loop_free(struct peer_loop *loop)
{
    close(loop->epoll_fd);
}

int peer_loop_add(struct peer_loop *loop, struct peer_watch *watch)
{
    struct epoll_event event = { .events = watch->events, .data.ptr = watch };

    return epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, watch->fd, &event) == 0 ? 0 : -errno;
}

void peer_loop_want(struct peer_loop *loop, struct peer_watch *watch, uint32_t events)
{
    struct epoll_event event = { .events = events, .data.ptr = watch };

    if (watch->events == events)
        return;
    watch->events = events;
    epoll_ctl(loop->epoll_fd, EPOLL_CTL_MOD, watch->fd, &event);
}

void peer_loop_remove(struct peer_loop *loop, struct peer_watch *watch)
{
    epoll_ctl(loop->epoll_fd, EPOLL_CTL_DEL, watch->fd, NULL);
}

int peer_loop_run(struct peer_loop *loop)
{
    struct epoll_event events[64];

    while (!pfg_signals_stop()) {
        uint64_t deadline_ns = loop->tick(loop->user, loop->now_ns);
        int count = epoll_wait(loop->epoll_fd, events, sizeof events / sizeof *events,
                               pfg_clock_poll_ms(deadline_ns));

        loop->now_ns = pfg_clock_ns();
        if (count < 0 && errno != EINTR)
            return -errno;
        for (int i = 0; i < count; i++) {
            struct peer_watch *watch = events[i].data.ptr;

            watch->ready(watch, events[i].events);
        }
    }
    return 0;
}
