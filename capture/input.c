/* SPDX-License-Identifier: GPL-2.0-or-later */
/* input.c - large read() blocks. read() and not mmap(): a file that shrinks must not kill us. */
#include "capture/input.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/signals.h"

/* How often a growing file is looked at. */
#define LOOK_MS     100
#define BLOCK_BYTES ((size_t)64 * 1024) /* it stays in the processor's cache */

static int fail(struct capture_input *input, const char *what, int error)
{
    snprintf(input->error, sizeof input->error, "%s: %s", what, strerror(error));
    return -1;
}

/* Whether a read would not block: there are bytes, or it is the end. */
static bool is_ready(const struct capture_input *input)
{
    struct pollfd polled = { .fd = input->fd, .events = POLLIN };

    return input->regular || poll(&polled, 1, 0) != 0;
}

/* Reads once into bytes. Returns the number, 0 at the end or with waiting, -1 with error. */
static ssize_t read_once(struct capture_input *input, uint8_t *bytes, size_t room)
{
    ssize_t got;

    if (input->patient && !is_ready(input)) {
        input->waiting = true;
        return 0;
    }
    do
        got = read(input->fd, bytes, room);
    while (got < 0 && errno == EINTR && !pfg_signals_stop());
    if (got < 0)
        return fail(input, "cannot read", errno);
    input->file_read += (uint64_t)got;
    return got;
}

/* The end of the file: for good, or until it grows. */
static void at_end(struct capture_input *input)
{
    if (input->tail)
        input->waiting = true;
    if (input->waiting)
        return;
    input->ended = true;
    if (input->inflate != NULL && !capture_inflate_whole(input->inflate))
        snprintf(input->error, sizeof input->error, "the compressed file is cut off");
}

/* More bytes behind end, decompressed. 1 some, 0 none now or ever, -1 error. */
static int more_inflated(struct capture_input *input)
{
    uint8_t block[65536];

    for (;;) {
        int64_t got =
            capture_inflate_take(input->inflate, input->buffer + input->end,
                                 input->room - input->end, input->error, sizeof input->error);
        ssize_t read_bytes;

        if (got != 0) {
            input->end += got > 0 ? (size_t)got : 0;
            return got > 0 ? 1 : -1;
        }
        read_bytes = read_once(input, block, sizeof block);
        if (read_bytes < 0)
            return -1;
        if (read_bytes == 0) {
            at_end(input);
            return 0;
        }
        if (capture_inflate_give(input->inflate, block, (size_t)read_bytes) != 0)
            return fail(input, "cannot decompress", ENOMEM);
    }
}

static int more(struct capture_input *input)
{
    ssize_t got;

    if (input->inflate != NULL)
        return more_inflated(input);
    got = read_once(input, input->buffer + input->end, input->room - input->end);
    if (got == 0)
        at_end(input);
    else if (got > 0)
        input->end += (size_t)got;
    return got > 0 ? 1 : (int)got;
}

const uint8_t *capture_input_fill(struct capture_input *input, size_t size)
{
    size_t have = input->end - input->at;

    if (input->ended || input->error[0] != '\0')
        return NULL;
    if (have > 0 && input->at > 0)
        memmove(input->buffer, input->buffer + input->at, have);
    input->at = 0;
    input->end = have;
    if (size > input->room) {
        uint8_t *buffer = realloc(input->buffer, size + BLOCK_BYTES);

        if (buffer == NULL) {
            fail(input, "cannot read", ENOMEM);
            return NULL;
        }
        input->buffer = buffer;
        input->room = size + BLOCK_BYTES;
    }
    input->waiting = false;
    while (input->end < size) {
        if (more(input) <= 0)
            return NULL;
    }
    return input->buffer;
}

/* Looks at the first bytes; compressed ones move to the decompressor. */
static int look_inside(struct capture_input *input)
{
    size_t have;

    (void)capture_input_need(input, 4);
    have = capture_input_have(input);
    if (input->error[0] != '\0')
        return -1;
    input->inflate = capture_inflate_new(input->buffer, have, input->error, sizeof input->error);
    if (input->inflate == NULL)
        return input->error[0] == '\0' ? 0 : -1;
    if (capture_inflate_give(input->inflate, input->buffer, have) != 0)
        return fail(input, "cannot decompress", ENOMEM);
    input->end = 0;
    return 0;
}

int capture_input_open(struct capture_input *input, const char *path, bool tail)
{
    bool standard = strcmp(path, "-") == 0;
    struct stat status;

    memset(input, 0, sizeof *input);
    input->name = standard ? "standard input" : path;
    input->fd = standard ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
    if (input->fd < 0)
        return fail(input, "cannot open", errno);
    if (fstat(input->fd, &status) == 0) {
        if (S_ISDIR(status.st_mode))
            return fail(input, "cannot read", EISDIR);
        input->regular = S_ISREG(status.st_mode);
        if (input->regular)
            input->file_bytes = (uint64_t)status.st_size;
    }
    (void)posix_fadvise(input->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    input->room = BLOCK_BYTES;
    input->buffer = malloc(input->room);
    if (input->buffer == NULL)
        return fail(input, "cannot read", ENOMEM);
    if (look_inside(input) != 0)
        return -1;
    input->tail = tail && input->regular;
    if (input->tail)
        input->ended = false;
    return 0;
}

void capture_input_wait(const struct capture_input *input, int wake_fd, int timeout_ms)
{
    struct pollfd polled[2] = { { .fd = wake_fd, .events = POLLIN },
                                { .fd = input->regular ? -1 : input->fd, .events = POLLIN } };

    if (input->regular && (timeout_ms < 0 || timeout_ms > LOOK_MS))
        timeout_ms = LOOK_MS;
    (void)poll(polled, 2, timeout_ms);
}

void capture_input_close(struct capture_input *input)
{
    if (input->fd >= 0)
        close(input->fd);
    capture_inflate_free(input->inflate);
    free(input->buffer);
    input->buffer = NULL;
    input->inflate = NULL;
    input->fd = -1;
}
