/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "tests/harness.h"

static char said[8192];
static int saved, reading;

/* Puts a pipe in the place of the standard error output. */
static void listen_start(void)
{
    int ends[2];

    CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
    saved = dup(STDERR_FILENO);
    dup2(ends[1], STDERR_FILENO);
    close(ends[1]);
    reading = ends[0];
}

static const char *listen_end(void)
{
    ssize_t size;

    dup2(saved, STDERR_FILENO);
    close(saved);
    size = read(reading, said, sizeof(said) - 1);
    said[size > 0 ? size : 0] = '\0';
    close(reading);
    return said;
}

static void test_failure(void)
{
    listen_start();
    CU_ASSERT_EQUAL(pfg_fail("%s: it is gone", "file"), 1);
    CU_ASSERT_STRING_EQUAL(listen_end(), "pfgtest: file: it is gone\n");
    listen_start();
    CU_ASSERT_EQUAL(pfg_fail_errno(-ENOENT, "make it", "opening %s", "f"), 1);
    CU_ASSERT_STRING_EQUAL(listen_end(),
                           "pfgtest: opening f: No such file or directory; make it\n");
    listen_start();
    pfg_fail_errno(EPERM, NULL, "x");
    CU_ASSERT_STRING_EQUAL(listen_end(), "pfgtest: x: Operation not permitted\n");
}

static void test_one_line(void)
{
    char longest[4000];

    listen_start();
    pfg_fail("a\nb\033[31m\tc\n");
    CU_ASSERT_STRING_EQUAL(listen_end(), "pfgtest: a b?[31m c\n");
    memset(longest, 'x', sizeof(longest) - 1);
    longest[sizeof(longest) - 1] = '\0';
    listen_start();
    pfg_fail("%s", longest);
    listen_end();
    CU_ASSERT_TRUE(strlen(said) > 1000);
    CU_ASSERT_EQUAL(strchr(said, '\n'), said + strlen(said) - 1);
}

static void test_verbosity(void)
{
    listen_start();
    pfg_warn("w");
    pfg_note("n");
    pfg_info("i");
    pfg_debug("d");
    CU_ASSERT_STRING_EQUAL(listen_end(), "pfgtest: warning: w\npfgtest: n\n");
    pfg_log_verbosity(PFG_QUIET);
    listen_start();
    pfg_warn("w");
    pfg_fail("f");
    CU_ASSERT_STRING_EQUAL(listen_end(), "pfgtest: f\n");
    pfg_log_verbosity(3);
    CU_ASSERT_TRUE(pfg_log_shows(PFG_DEBUG));
    listen_start();
    pfg_info("i");
    pfg_debug("d");
    CU_ASSERT_STRING_EQUAL(listen_end(), "pfgtest: i\npfgtest: debug: d\n");
    pfg_log_verbosity(PFG_NORMAL);
}

/* A descriptor that was closed is held, and cannot be used. */
static void test_closed(void)
{
    int kept = dup(STDIN_FILENO);

    close(STDIN_FILENO);
    pfg_log_name("pfgtest");
    CU_ASSERT_EQUAL(read(STDIN_FILENO, said, 1), -1);
    CU_ASSERT_EQUAL(errno, EBADF);
    CU_ASSERT_TRUE(dup2(STDIN_FILENO, STDIN_FILENO) == STDIN_FILENO);
    dup2(kept, STDIN_FILENO);
    close(kept);
}

int main(void)
{
    static const struct test_case cases[] = {
        { "failures", test_failure },
        { "always one line", test_one_line },
        { "verbosity", test_verbosity },
        { "closed descriptors", test_closed },
        { 0 },
    };

    pfg_log_name("pfgtest");
    return test_run("common/log", cases);
}
