/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * source_tail.c - a file that another program writes: more is waited for at its end. Where another
 * file has taken its name (rotation), or it was cut (begun again), reading goes on with what stands
 * there now.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "capture/source.h"
#include "common/clock.h"
#include "common/log.h"

/* A file with less than the header of a pcap file has only just been begun. */
enum { HEADER_MIN = 24, LOOK_MS = 100 };

struct tail {
    struct capture_source source;
    struct capture_source *file; /* NULL: it is not there yet */
    const char *path;            /* borrowed */
    dev_t device;
    ino_t inode;
    bool replaced; /* another one has its name; its own end is still to be read */
    uint64_t looked_ns;
};

static bool is_replaced(const struct tail *tail)
{
    struct stat now;

    if (stat(tail->path, &now) != 0)
        return false;
    return now.st_dev != tail->device || now.st_ino != tail->inode ||
           (uint64_t)now.st_size < tail->file->input->file_read;
}

/* Opens what has the name now. False: not there yet, or, with error, it cannot be read. */
static bool begin(struct tail *tail)
{
    struct stat now;

    if (stat(tail->path, &now) != 0 || now.st_size < HEADER_MIN)
        return false;
    capture_interfaces_follow(tail->source.interfaces, tail);
    tail->file = capture_file_open(tail->path, true, tail, tail->source.interfaces,
                                   tail->source.error, sizeof tail->source.error);
    tail->device = now.st_dev;
    tail->inode = now.st_ino;
    tail->replaced = false;
    return tail->file != NULL;
}

/* The file has no more: whether another one has its place. Looks now and then only. */
static bool at_end(struct tail *tail)
{
    uint64_t now_ns = pfg_clock_ns();

    if (now_ns - tail->looked_ns < LOOK_MS * PFG_NS_PER_MS)
        return false;
    tail->looked_ns = now_ns;
    tail->replaced = is_replaced(tail);
    return tail->replaced;
}

static enum capture_next tail_next(struct capture_source *source, struct capture_packet *packet)
{
    struct tail *tail = (struct tail *)(void *)source;

    for (;;) {
        enum capture_next got;

        if (tail->file == NULL && !begin(tail))
            return source->error[0] == '\0' ? CAPTURE_IDLE : CAPTURE_ERROR;
        got = tail->file->next(tail->file, packet);
        if (got == CAPTURE_ERROR)
            memcpy(source->error, tail->file->error, sizeof source->error);
        packet->next = NULL; /* it may be another file's */
        if (got != CAPTURE_IDLE)
            return got;
        if (!tail->replaced) { /* what came before it was replaced is read first */
            if (!at_end(tail))
                return CAPTURE_IDLE;
            continue;
        }
        pfg_note("%s was replaced; reading goes on with the new file", tail->path);
        tail->file->close(tail->file);
        tail->file = NULL;
    }
}

static void tail_wait(struct capture_source *source, int wake_fd, int timeout_ms)
{
    struct tail *tail = (struct tail *)(void *)source;
    const struct capture_input nothing = { .regular = true };

    capture_input_wait(tail->file == NULL ? &nothing : tail->file->input, wake_fd, timeout_ms);
}

static void tail_close(struct capture_source *source)
{
    struct tail *tail = (struct tail *)(void *)source;

    if (tail->file != NULL)
        tail->file->close(tail->file);
    free(tail);
}

struct capture_source *capture_tail_open(const char *path, struct capture_interfaces *interfaces,
                                         char *error, size_t room)
{
    struct stat status;
    struct tail *tail;

    if (strcmp(path, "-") == 0 || stat(path, &status) != 0 || !S_ISREG(status.st_mode))
        return capture_file_open(path, true, NULL, interfaces, error, room);
    tail = calloc(1, sizeof *tail);
    if (tail == NULL) {
        snprintf(error, room, "%s: out of memory", path);
        return NULL;
    }
    tail->path = path;
    tail->source.interfaces = interfaces;
    tail->source.next = tail_next;
    tail->source.wait = tail_wait;
    tail->source.close = tail_close;
    if (!begin(tail) && tail->source.error[0] != '\0') {
        snprintf(error, room, "%s", tail->source.error);
        free(tail);
        return NULL;
    }
    return &tail->source;
}
