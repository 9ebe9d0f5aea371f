/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * clock.h - time in nanoseconds as uint64_t, and sleeping until a point in it.
 */
#ifndef PFG_COMMON_CLOCK_H
#define PFG_COMMON_CLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#define PFG_NS_PER_US UINT64_C(1000)
#define PFG_NS_PER_MS UINT64_C(1000000)
#define PFG_NS_PER_S  UINT64_C(1000000000)
#define PFG_NEVER     UINT64_MAX /* a deadline that does not come */

/* A clock that never steps (CLOCK_MONOTONIC). */
uint64_t pfg_clock_ns(void);
/* Since 1970-01-01T00:00:00Z (CLOCK_REALTIME). */
uint64_t pfg_clock_wall_ns(void);

static inline uint64_t pfg_ns_from_timespec(struct timespec time)
{
    return (uint64_t)time.tv_sec * PFG_NS_PER_S + (uint64_t)time.tv_nsec;
}

static inline struct timespec pfg_timespec_from_ns(uint64_t time_ns)
{
    return (struct timespec){ .tv_sec = (time_t)(time_ns / PFG_NS_PER_S),
                              .tv_nsec = (long)(time_ns % PFG_NS_PER_S) };
}

/* Milliseconds from now until deadline_ns (of pfg_clock_ns) for poll: 0 where it has passed,
 * rounded up, -1 for PFG_NEVER. */
int pfg_clock_poll_ms(uint64_t deadline_ns);

/* Sleeps until deadline_ns of pfg_clock_ns, the last stretch awake, so that it ends within about a
 * microsecond of it on an idle core. Ends early when wake_fd (-1: none), such as
 * pfg_signals_fd(), becomes readable. Returns true at the deadline, false when woken before. */
bool pfg_clock_sleep_until(uint64_t deadline_ns, int wake_fd);
/* As above, but without the last stretch awake: late by the kernel's timer, costs no core. */
bool pfg_clock_rest_until(uint64_t deadline_ns, int wake_fd);

#endif
