/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "common/privilege.h"

#include <cap-ng.h>
#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <linux/securebits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

bool pfg_privilege_have(int capability)
{
    capng_clear(CAPNG_SELECT_ALL);
    return capng_get_caps_process() == 0 &&
           capng_have_capability(CAPNG_EFFECTIVE, (unsigned)capability) == 1;
}

const char *pfg_privilege_advice(int capability, char *text, size_t room)
{
    const char *name = capng_capability_to_name((unsigned)capability);
    char path[PATH_MAX];
    ssize_t size = readlink("/proc/self/exe", path, sizeof(path) - 1);

    if (size <= 0 || name == NULL) {
        snprintf(text, room, "run as root");
        return text;
    }
    path[size] = '\0';
    snprintf(text, room, "run as root, or: sudo setcap cap_%s+ep %s", name, path);
    return text;
}

/* A number above 0 from the environment; false where there is none. */
static bool read_id(const char *name, unsigned *id)
{
    const char *text = getenv(name);
    char *end;

    if (text == NULL || *text < '0' || *text > '9')
        return false;

    unsigned long value = strtoul(text, &end, 10);

    *id = (unsigned)value;
    return *end == '\0' && value > 0 && value < UINT32_MAX;
}

/* Whether 0 stands for somebody else here (user_namespaces(7)); then there is nobody to become:
 * the ids of the caller mean nothing, and root is a plain user already. */
static bool in_user_namespace(void)
{
    unsigned inside, outside, count;
    FILE *map = fopen("/proc/self/uid_map", "re");
    bool whole;

    if (map == NULL)
        return false;
    whole = fscanf(map, "%u %u %u", &inside, &outside, &count) == 3 && count == UINT32_MAX;
    fclose(map);
    return !whole;
}

/* Becomes the user who called sudo. Returns 0 also where nobody did. */
static int become_caller(void)
{
    unsigned uid, gid;

    if (geteuid() != 0 || in_user_namespace() || !read_id("SUDO_UID", &uid) ||
        !read_id("SUDO_GID", &gid))
        return 0;
    if (setgroups(0, NULL) != 0 || setresgid(gid, gid, gid) != 0 || setresuid(uid, uid, uid) != 0)
        return -errno;
    return 0;
}

/* Root gets no capabilities back by running a program, and none are left to be inherited. */
static void close_ways_back(void)
{
    if (!pfg_privilege_have(CAP_SETPCAP))
        return;
    capng_clear(CAPNG_SELECT_BOUNDS);
    capng_apply(CAPNG_SELECT_BOUNDS);
    prctl(PR_SET_SECUREBITS, SECBIT_NOROOT | SECBIT_NOROOT_LOCKED, 0, 0, 0);
}

int pfg_privilege_drop_all(bool keep_uid)
{
    int error = 0;

    close_ways_back();
    if (!keep_uid)
        error = become_caller();
    capng_clear(CAPNG_SELECT_ALL);
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0 && errno != EINVAL)
        return -errno;
    if (capng_apply(CAPNG_SELECT_CAPS) != 0)
        return -EPERM;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return -errno;
    return error;
}
