/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * input.h - the bytes of a file, a pipe or a compressed file as one long row, read in large blocks
 * into one buffer. Bytes asked for stay where they are until the next ones are asked for.
 */
#ifndef PFG_CAPTURE_INPUT_H
#define PFG_CAPTURE_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct capture_inflate; /* decompress.c: a gzip or zstd stream being read */

struct capture_input {
    const char *name; /* for messages; borrowed */
    uint8_t *buffer;
    size_t at, end, room;
    int fd;
    bool ended;          /* no more bytes come */
    bool regular;        /* a file on a disk: reading does not block */
    bool patient;        /* never blocks: where nothing is there, waiting tells */
    bool tail;           /* (regular) at the end, wait for more instead of ending */
    bool waiting;        /* what was asked for is not there yet */
    uint64_t passed;     /* bytes skipped so far, decompressed: where the buffer's at stands */
    uint64_t file_bytes; /* of a regular file, 0 otherwise */
    uint64_t file_read;  /* bytes read of it, compressed */
    const void *series;  /* of the file, see capture_interfaces_settle */
    struct capture_inflate *inflate;
    char error[256]; /* why reading failed; empty = it did not */
};

/* Opens path ("-" = standard input) and looks whether it is compressed; until it is set patient,
 * what is asked for is waited for. tail is for files that grow. 0, or -1 with error. */
int capture_input_open(struct capture_input *input, const char *path, bool tail);
void capture_input_close(struct capture_input *input);

/* Waits until there may be more, or wake_fd is readable, or so many ms (-1: for ever) have gone. */
void capture_input_wait(const struct capture_input *input, int wake_fd, int timeout_ms);

/* Slow path of capture_input_need. */
const uint8_t *capture_input_fill(struct capture_input *input, size_t size);

/* The next size bytes, or NULL where there are not so many (then error, waiting or ended tells). */
static inline const uint8_t *capture_input_need(struct capture_input *input, size_t size)
{
    if (input->end - input->at >= size)
        return input->buffer + input->at;
    return capture_input_fill(input, size);
}

/* Bytes that are there without reading. */
static inline size_t capture_input_have(const struct capture_input *input)
{
    return input->end - input->at;
}

static inline void capture_input_skip(struct capture_input *input, size_t size)
{
    input->at += size;
    input->passed += size;
}

/* decompress.c. magic: the first bytes of the file. NULL: not compressed (*error empty), or why. */
struct capture_inflate *capture_inflate_new(const uint8_t *magic, size_t size, char *error,
                                            size_t room);
void capture_inflate_free(struct capture_inflate *stream);
/* Gives compressed bytes; they are kept. -1: memory. */
int capture_inflate_give(struct capture_inflate *stream, const uint8_t *bytes, size_t size);
/* Bytes out, at most room; 0: more compressed bytes are needed; -1 with error: damaged. */
int64_t capture_inflate_take(struct capture_inflate *stream, uint8_t *bytes, size_t room,
                             char *error, size_t error_room);
/* Whether the compressed stream may end here (false: it was cut). */
bool capture_inflate_whole(const struct capture_inflate *stream);

#endif
