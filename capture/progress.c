/* SPDX-License-Identifier: GPL-2.0-or-later */
/* progress.c - a line on a terminal that tells how far reading has come. */
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "capture/run.h"
#include "common/clock.h"

/* Whether somebody sees it, and sees nothing else move. */
static bool is_watched(const struct capture_run *run)
{
    return !run->live && !run->config->no_progress && isatty(STDERR_FILENO) == 1 &&
           !(run->shows && isatty(STDOUT_FILENO) == 1);
}

void capture_progress(struct capture_run *run, uint64_t now_ns, bool end)
{
    static bool shown;
    uint64_t read, bytes, left;
    double seconds = (double)(now_ns - run->begun_ns) / (double)PFG_NS_PER_S;

    if (end) {
        if (shown)
            fputs("\r\033[K", stderr);
        shown = false;
        return;
    }
    if (!is_watched(run))
        return;
    capture_source_progress(run->source, &read, &bytes);
    if (bytes == 0 || read == 0 || seconds <= 0)
        return;
    left = read < bytes ? (uint64_t)(seconds * (double)(bytes - read) / (double)read) : 0;
    fprintf(stderr,
            "\r%3.0f%% of %.1f MB, %" PRIu64 " packets, %.2f million/s, %" PRIu64 ":%02" PRIu64
            " left\033[K",
            100.0 * (double)read / (double)bytes, (double)bytes / 1e6, run->ledger.read,
            (double)run->ledger.read / seconds / 1e6, left / 60, left % 60);
    shown = true;
}
