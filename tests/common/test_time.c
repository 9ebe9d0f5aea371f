/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/signals.h"
#include "tests/harness.h"

static bool readable(int fd)
{
    struct pollfd wait = { .fd = fd, .events = POLLIN };

    return poll(&wait, 1, 0) == 1;
}

static void test_flags(void)
{
    CU_ASSERT_EQUAL(pfg_signals_fd(), -1);
    CU_ASSERT_EQUAL_FATAL(pfg_signals_open(PFG_SIGNAL_STOP | PFG_SIGNAL_HANGUP | PFG_SIGNAL_USER1),
                          0);
    CU_ASSERT_FALSE(readable(pfg_signals_fd()));
    raise(SIGUSR1);
    raise(SIGHUP);
    CU_ASSERT_TRUE(readable(pfg_signals_fd()));
    CU_ASSERT_FALSE(pfg_signals_stop());
    CU_ASSERT_EQUAL(pfg_signals_take(), PFG_SIGNAL_USER1 | PFG_SIGNAL_HANGUP);
    CU_ASSERT_FALSE(readable(pfg_signals_fd()));
    CU_ASSERT_EQUAL(pfg_signals_take(), 0);
    raise(SIGTERM);
    CU_ASSERT_TRUE(pfg_signals_stop());
    CU_ASSERT_EQUAL(pfg_signals_take(), PFG_SIGNAL_STOP);
    CU_ASSERT_TRUE(pfg_signals_stop());
    pfg_signals_close();
    CU_ASSERT_EQUAL(pfg_signals_fd(), -1);
}

static void test_open_again(void)
{
    CU_ASSERT_EQUAL_FATAL(pfg_signals_open(PFG_SIGNAL_STOP), 0);
    raise(SIGINT);
    CU_ASSERT_EQUAL_FATAL(pfg_signals_open(PFG_SIGNAL_STOP), 0);
    CU_ASSERT_FALSE(pfg_signals_stop());
    pfg_signals_close();
}

/* A child whose loop does not look is still ended by the third interrupt. */
static void test_third_interrupt(void)
{
    int status = 0;
    pid_t child = fork();

    if (child == 0) {
        if (pfg_signals_open(PFG_SIGNAL_STOP) != 0)
            _exit(1);
        raise(SIGINT);
        raise(SIGINT);
        if (!pfg_signals_stop())
            _exit(1);
        raise(SIGINT);
        _exit(2);
    }
    CU_ASSERT_EQUAL(waitpid(child, &status, 0), child);
    CU_ASSERT_TRUE(WIFEXITED(status));
    CU_ASSERT_EQUAL(WEXITSTATUS(status), 128 + SIGINT);
}

static void test_sleep(void)
{
    uint64_t start_ns = pfg_clock_ns();
    uint64_t deadline_ns = start_ns + 5 * PFG_NS_PER_MS;

    CU_ASSERT_TRUE(pfg_clock_sleep_until(deadline_ns, -1));
    CU_ASSERT_TRUE(pfg_clock_ns() >= deadline_ns);
    CU_ASSERT_TRUE(pfg_clock_ns() < deadline_ns + PFG_NS_PER_S);
    CU_ASSERT_TRUE(pfg_clock_sleep_until(start_ns, -1));
    CU_ASSERT_TRUE(pfg_clock_rest_until(start_ns, -1));
}

static void test_woken(void)
{
    CU_ASSERT_EQUAL_FATAL(pfg_signals_open(PFG_SIGNAL_ALARM | PFG_SIGNAL_STOP), 0);
    alarm(1);
    CU_ASSERT_FALSE(pfg_clock_rest_until(PFG_NEVER, pfg_signals_fd()));
    CU_ASSERT_EQUAL(pfg_signals_take(), PFG_SIGNAL_ALARM);
    /* A signal that came before the sleep is not slept through. */
    pfg_signals_raise(PFG_SIGNAL_STOP);
    CU_ASSERT_FALSE(pfg_clock_sleep_until(pfg_clock_ns() + 3600 * PFG_NS_PER_S, pfg_signals_fd()));
    pfg_signals_close();
}

static void test_conversions(void)
{
    struct timespec time = pfg_timespec_from_ns(UINT64_C(1700000000123456789));
    uint64_t now_ns = pfg_clock_ns();

    CU_ASSERT_EQUAL(time.tv_sec, 1700000000);
    CU_ASSERT_EQUAL(time.tv_nsec, 123456789);
    CU_ASSERT_EQUAL(pfg_ns_from_timespec(time), UINT64_C(1700000000123456789));
    CU_ASSERT_EQUAL(pfg_clock_poll_ms(PFG_NEVER), -1);
    CU_ASSERT_EQUAL(pfg_clock_poll_ms(now_ns), 0);
    CU_ASSERT_TRUE(pfg_clock_poll_ms(now_ns + PFG_NS_PER_S) > 0);
    CU_ASSERT_TRUE(pfg_clock_poll_ms(now_ns + PFG_NS_PER_S) <= 1000);
    CU_ASSERT_TRUE(pfg_clock_wall_ns() > UINT64_C(1600000000000000000));
}

int main(void)
{
    static const struct test_case cases[] = {
        { "flags and descriptor", test_flags },
        { "opened again, nothing is left", test_open_again },
        { "third interrupt", test_third_interrupt },
        { "sleep until", test_sleep },
        { "woken by a signal", test_woken },
        { "conversions", test_conversions },
        { 0 },
    };

    return test_run("common/time", cases);
}
