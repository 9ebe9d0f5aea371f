/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hash.c - where the numbers come from that nobody can foresee. */
#include "proto/hash.h"

#include <sys/random.h>
#include <time.h>

/* Where the kernel gives nothing, as in a sandbox, the time and a place in memory must do. */
static void draw_poorly(struct pfg_secret *secret)
{
    struct timespec now = { 0 };

    (void)clock_gettime(CLOCK_REALTIME, &now);
    secret->start = (uint64_t)(uintptr_t)secret ^ (uint64_t)now.tv_nsec << 32;
    secret->factor = ((uint64_t)now.tv_nsec ^ UINT64_C(0x9e3779b97f4a7c15)) | 1;
}

void pfg_secret_draw(struct pfg_secret *secret)
{
    if (getrandom(secret, sizeof *secret, 0) != (ssize_t)sizeof *secret)
        draw_poorly(secret);
    secret->factor |= 1;
}
