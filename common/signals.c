/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "common/signals.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct signal_row {
    int number;
    enum pfg_signal meaning;
};

static const struct signal_row known[] = {
    { SIGINT, PFG_SIGNAL_STOP },   { SIGTERM, PFG_SIGNAL_STOP },  { SIGHUP, PFG_SIGNAL_HANGUP },
    { SIGUSR1, PFG_SIGNAL_USER1 }, { SIGUSR2, PFG_SIGNAL_USER2 }, { SIGALRM, PFG_SIGNAL_ALARM },
    { SIGCHLD, PFG_SIGNAL_CHILD },
};

#define SIGNAL_COUNT (sizeof(known) / sizeof(known[0]))

/* Lock-free, so that the handler may touch them (C11, 7.14.1.1). */
static _Atomic unsigned waiting;
static atomic_bool stopping;
static atomic_int event_fd = -1;
static atomic_int interrupts;

static struct sigaction before[SIGNAL_COUNT];
static unsigned opened;

void pfg_signals_raise(unsigned signals)
{
    const uint64_t one = 1;
    int fd = atomic_load(&event_fd);
    int saved = errno;

    if ((signals & PFG_SIGNAL_STOP) != 0)
        atomic_store(&stopping, true);
    atomic_fetch_or(&waiting, signals);
    /* A full counter is readable already, so a failed write loses nothing. */
    if (fd >= 0 && write(fd, &one, sizeof(one)) < 0)
        errno = saved;
}

static void handle(int number)
{
    if (number == SIGINT && atomic_fetch_add(&interrupts, 1) >= 2)
        _exit(128 + SIGINT);
    for (size_t i = 0; i < SIGNAL_COUNT; i++) {
        if (known[i].number == number)
            pfg_signals_raise(known[i].meaning);
    }
}

int pfg_signals_open(unsigned wanted)
{
    struct sigaction action = { .sa_handler = handle }; /* no SA_RESTART: calls end with EINTR */
    int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);

    if (fd < 0)
        return -errno;
    if (opened != 0)
        pfg_signals_close();
    atomic_store(&event_fd, fd);
    atomic_store(&waiting, 0);
    atomic_store(&stopping, false);
    atomic_store(&interrupts, 0);
    opened = wanted;
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < SIGNAL_COUNT; i++) {
        if ((wanted & known[i].meaning) != 0 &&
            sigaction(known[i].number, &action, &before[i]) != 0)
            return -errno;
    }
    return 0;
}

int pfg_signals_fd(void)
{
    return atomic_load(&event_fd);
}

bool pfg_signals_stop(void)
{
    return atomic_load_explicit(&stopping, memory_order_relaxed);
}

unsigned pfg_signals_take(void)
{
    uint64_t count;
    int fd = atomic_load(&event_fd);

    /* The descriptor first: a signal in between leaves it readable and its flag for next time. */
    if (fd >= 0 && read(fd, &count, sizeof(count)) < 0 && errno != EAGAIN && errno != EINTR)
        return 0;
    return atomic_exchange(&waiting, 0);
}

void pfg_signals_close(void)
{
    int fd = atomic_exchange(&event_fd, -1);

    for (size_t i = 0; i < SIGNAL_COUNT; i++) {
        if ((opened & known[i].meaning) != 0)
            sigaction(known[i].number, &before[i], NULL);
    }
    opened = 0;
    if (fd >= 0)
        close(fd);
}
