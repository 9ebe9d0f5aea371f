/* SPDX-License-Identifier: GPL-2.0-or-later */
/* progress.c - a line on a terminal that tells how far reading has come. */
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "capture/run.h"
#include "common/clock.h"

void capture_progress(struct capture_run *run, uint64_t now_ns, bool end)
{
    static bool shown;
    const struct capture_input *input = run->source->input;
    double seconds = (double)(now_ns - run->begun_ns) / (double)PFG_NS_PER_S;

    if (end) {
        if (shown)
            fputs("\r\033[K", stderr);
        shown = false;
        return;
    }
    if (run->live || run->config->no_progress || input == NULL || input->file_bytes == 0 ||
        isatty(STDERR_FILENO) != 1 || (run->shows && isatty(STDOUT_FILENO) == 1))
        return;
    fprintf(stderr, "\r%3.0f%% read, %" PRIu64 " packets, %.1f million a second\033[K",
            100.0 * (double)input->file_read / (double)input->file_bytes, run->ledger.read,
            seconds > 0 ? (double)run->ledger.read / seconds / 1e6 : 0.0);
    shown = true;
}
