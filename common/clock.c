/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "common/clock.h"

#include <limits.h>
#include <poll.h>
#include <stddef.h>
#include <sys/prctl.h>

/* How long before a deadline the kernel is asked to wake us: what a timer is late on a machine
 * that is not idle, with the slack set to the least. */
#define AWAKE_NS (60 * PFG_NS_PER_US)

static uint64_t read_clock(clockid_t id)
{
    struct timespec time = { 0 };

    clock_gettime(id, &time); /* cannot fail for these two clocks */
    return pfg_ns_from_timespec(time);
}

uint64_t pfg_clock_ns(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

uint64_t pfg_clock_wall_ns(void)
{
    return read_clock(CLOCK_REALTIME);
}

int pfg_clock_poll_ms(uint64_t deadline_ns)
{
    uint64_t now_ns = pfg_clock_ns();

    if (deadline_ns == PFG_NEVER)
        return -1;
    if (deadline_ns <= now_ns)
        return 0;

    uint64_t rest_ns = deadline_ns - now_ns;
    uint64_t rest_ms = rest_ns / PFG_NS_PER_MS + (rest_ns % PFG_NS_PER_MS != 0);

    return rest_ms > INT_MAX ? INT_MAX : (int)rest_ms;
}

static inline void pause_core(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#endif
}

/* The kernel may delay a timer by 50 us to join it with others, unless it is told not to. */
static void refuse_slack(void)
{
    static _Thread_local bool told;

    if (!told)
        prctl(PR_SET_TIMERSLACK, 1UL);
    told = true;
}

bool pfg_clock_rest_until(uint64_t deadline_ns, int wake_fd)
{
    struct pollfd wake = { .fd = wake_fd, .events = POLLIN };

    refuse_slack();
    for (;;) {
        uint64_t now_ns = pfg_clock_ns();

        if (now_ns >= deadline_ns)
            return true;

        struct timespec rest = pfg_timespec_from_ns(deadline_ns - now_ns);

        /* A descriptor below zero is passed over, and poll is then only a sleep. A signal whose
         * handler does not make wake_fd readable is none of ours: sleep on. */
        if (ppoll(&wake, 1, deadline_ns == PFG_NEVER ? NULL : &rest, NULL) > 0)
            return false;
    }
}

bool pfg_clock_sleep_until(uint64_t deadline_ns, int wake_fd)
{
    if (deadline_ns == PFG_NEVER)
        return pfg_clock_rest_until(deadline_ns, wake_fd);
    if (deadline_ns > AWAKE_NS && !pfg_clock_rest_until(deadline_ns - AWAKE_NS, wake_fd))
        return false;
    while (pfg_clock_ns() < deadline_ns)
        pause_core();
    return true;
}
