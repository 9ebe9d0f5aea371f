/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <netinet/in.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/privilege.h"
#include "tests/harness.h"

static void test_advice(void)
{
    char text[512];

    pfg_privilege_advice(CAP_NET_RAW, text, sizeof(text));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "run as root, or: sudo setcap cap_net_raw+ep /"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "test_common_privilege"));
    CU_ASSERT_EQUAL(strlen(pfg_privilege_advice(CAP_NET_RAW, text, 12)), 11);
}

/* What is left after dropping, told as an exit status by a child. */
static int after_drop(bool keep_uid)
{
    if (pfg_privilege_drop_all(keep_uid) != 0)
        return 10;
    if (pfg_privilege_have(CAP_NET_RAW) || pfg_privilege_have(CAP_SETUID))
        return 11;
    if (socket(AF_INET, SOCK_RAW, IPPROTO_RAW) >= 0)
        return 12;
    if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
        return 13;
    /* A program started by root gets everything, unless that was forbidden. */
    if (system("! grep -q 'CapEff:.*[1-9a-f]' /proc/self/status") != 0)
        return 14;
    /* A second time changes nothing. */
    return pfg_privilege_drop_all(true) == 0 ? 0 : 15;
}

static int in_child(bool keep_uid, uid_t expected)
{
    int status = 0;
    pid_t child = fork();

    if (child == 0) {
        int left = after_drop(keep_uid);

        if (left == 0 && (getuid() != expected || (expected != 0 && setuid(0) == 0)))
            left = 16;
        _exit(left);
    }
    if (waitpid(child, &status, 0) != child || !WIFEXITED(status))
        return -1;
    return WEXITSTATUS(status);
}

static void test_drop(void)
{
    unsetenv("SUDO_UID");
    CU_ASSERT_EQUAL(in_child(true, getuid()), 0);
    CU_ASSERT_EQUAL(in_child(false, getuid()), 0);
}

static void test_drop_to_caller(void)
{
    FILE *map = fopen("/proc/self/uid_map", "r");
    unsigned inside = 1, outside = 0, count = 0;
    bool root;

    CU_ASSERT_PTR_NOT_NULL_FATAL(map);
    root = fscanf(map, "%u %u %u", &inside, &outside, &count) == 3 && count == UINT32_MAX &&
           geteuid() == 0 && pfg_privilege_have(CAP_SETUID);
    fclose(map);
    setenv("SUDO_UID", "1234", 1);
    setenv("SUDO_GID", "1234", 1);
    CU_ASSERT_EQUAL(in_child(true, getuid()), 0);
    CU_ASSERT_EQUAL(in_child(false, root ? 1234 : getuid()), 0);
    setenv("SUDO_UID", "-1", 1);
    CU_ASSERT_EQUAL(in_child(false, getuid()), 0);
    unsetenv("SUDO_UID");
    unsetenv("SUDO_GID");
}

int main(void)
{
    static const struct test_case cases[] = {
        { "what to do when a right is missing", test_advice },
        { "drop for good", test_drop },
        { "become who called sudo", test_drop_to_caller },
        { 0 },
    };

    return test_run("common/privilege", cases);
}
