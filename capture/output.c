/* SPDX-License-Identifier: GPL-2.0-or-later */
/* output.c - one buffer of whole records, written at once. */
#include "capture/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#define BUFFER_BYTES ((size_t)1024 * 1024)
/* Speed counts more than size while a capture runs. */
#define ZSTD_LEVEL   3
#define GZIP_LEVEL   5

enum capture_compression capture_output_compression(const char *path)
{
    const char *dot = strrchr(path, '.');

    if (dot != NULL && strcmp(dot, ".gz") == 0)
        return CAPTURE_GZIP;
    if (dot != NULL && (strcmp(dot, ".zst") == 0 || strcmp(dot, ".zstd") == 0))
        return CAPTURE_ZSTD;
    return CAPTURE_PLAIN;
}

/* Where the next byte will stand in a file that the shell opened. */
static uint64_t standard_start(int fd, const struct stat *status)
{
    bool appends = (fcntl(fd, F_GETFL) & O_APPEND) != 0;
    off_t at = appends ? status->st_size : lseek(fd, 0, SEEK_CUR);

    return at < 0 ? 0 : (uint64_t)at;
}

int capture_output_open(struct capture_output *output, const char *path)
{
    bool standard = strcmp(path, "-") == 0;
    struct stat status;

    if (output->buffer == NULL) {
        output->buffer = malloc(BUFFER_BYTES);
        output->room = BUFFER_BYTES;
    }
    if (output->buffer == NULL)
        return -ENOMEM;
    output->fd =
        standard ? dup(STDOUT_FILENO) : open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (output->fd < 0)
        return -errno;
    output->cuttable = fstat(output->fd, &status) == 0 && S_ISREG(status.st_mode);
    output->regular = output->cuttable && !standard;
    output->start = output->cuttable && standard ? standard_start(output->fd, &status) : 0;
    output->size = 0;
    output->given = output->in_file = output->records = 0;
    return 0;
}

uint8_t *capture_output_room(struct capture_output *output, size_t size, int *error)
{
    if (size <= output->room - output->size)
        return output->buffer + output->size;
    *error = capture_output_flush(output);
    if (*error != 0)
        return NULL;
    if (size > output->room) {
        uint8_t *larger = realloc(output->buffer, size);

        if (larger == NULL) {
            *error = -ENOMEM;
            return NULL;
        }
        output->buffer = larger;
        output->room = size;
    }
    return output->buffer;
}

/* Writes all; *written says how far it came. */
static int write_all(int fd, const uint8_t *bytes, size_t size, size_t *written)
{
    *written = 0;
    while (*written < size) {
        ssize_t got = write(fd, bytes + *written, size - *written);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -errno;
        *written += (size_t)got;
    }
    return 0;
}

/* Counts packets in the buffer up to limit bytes; *whole is where the last whole record ends. */
static uint64_t count_packets(const struct capture_output *output, size_t limit, size_t *whole)
{
    uint64_t packets = 0;
    size_t at = 0;

    while (at < output->size) {
        bool packet = false;
        size_t size = output->record_size(output->buffer + at, &packet);

        if (size == 0 || at + size > limit)
            break;
        at += size;
        packets += packet ? 1 : 0;
    }
    *whole = at;
    return packets;
}

/* After a write that failed: cuts the file back to whole records. */
static void cut_back(struct capture_output *output, size_t written)
{
    size_t whole = 0;
    uint64_t saved = 0;

    if (output->compression == CAPTURE_PLAIN)
        saved = count_packets(output, written, &whole);
    output->lost += output->records - saved;
    output->in_file += whole;
    if (output->cuttable && ftruncate(output->fd, (off_t)(output->start + output->in_file)) == 0)
        (void)lseek(output->fd, (off_t)(output->start + output->in_file), SEEK_SET);
}

/* Compresses the buffer as one complete frame or member. Bytes, or a negative errno. */
static ssize_t pack(struct capture_output *output)
{
    size_t bound = output->compression == CAPTURE_ZSTD ? ZSTD_compressBound(output->size)
                                                       : output->size + output->size / 1000 + 1024;
    z_stream gzip = { .next_in = output->buffer, .avail_in = (uInt)output->size };

    if (bound > output->packed_room) {
        free(output->packed);
        output->packed = malloc(bound);
        output->packed_room = output->packed == NULL ? 0 : bound;
        if (output->packed == NULL)
            return -ENOMEM;
    }
    if (output->compression == CAPTURE_ZSTD) {
        if (output->compressor == NULL)
            output->compressor = ZSTD_createCCtx();
        if (output->compressor == NULL)
            return -ENOMEM;
        bound = ZSTD_compressCCtx(output->compressor, output->packed, output->packed_room,
                                  output->buffer, output->size, ZSTD_LEVEL);
        return ZSTD_isError(bound) ? -EIO : (ssize_t)bound;
    }
    if (deflateInit2(&gzip, GZIP_LEVEL, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return -ENOMEM;
    gzip.next_out = output->packed;
    gzip.avail_out = (uInt)output->packed_room;
    bound = deflate(&gzip, Z_FINISH) == Z_STREAM_END ? (size_t)gzip.total_out : 0;
    deflateEnd(&gzip);
    return bound == 0 ? -EIO : (ssize_t)bound;
}

int capture_output_flush(struct capture_output *output)
{
    const uint8_t *bytes = output->buffer;
    ssize_t size = (ssize_t)output->size;
    size_t written = 0;
    int error = 0;

    if (output->size == 0)
        return 0;
    if (output->compression != CAPTURE_PLAIN) {
        size = pack(output);
        bytes = output->packed;
        error = size < 0 ? (int)size : 0;
    }
    if (error == 0)
        error = write_all(output->fd, bytes, (size_t)size, &written);
    if (error != 0)
        cut_back(output, written);
    else
        output->in_file += (uint64_t)size;
    output->size = 0;
    output->records = 0;
    return error;
}

int capture_output_close(struct capture_output *output)
{
    int error;

    if (output->fd < 0)
        return 0;
    error = capture_output_flush(output);
    if (close(output->fd) != 0 && error == 0)
        error = -errno;
    output->fd = -1;
    return error;
}

void capture_output_free(struct capture_output *output)
{
    ZSTD_freeCCtx(output->compressor);
    free(output->buffer);
    free(output->packed);
}
