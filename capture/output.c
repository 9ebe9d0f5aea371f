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

/* Counts packets among records that stand within the first limit of size bytes; *whole is where the
 * last whole record ends. */
static uint64_t count_packets(const struct capture_output *output, const uint8_t *records,
                              size_t size, size_t limit, size_t *whole)
{
    uint64_t packets = 0;
    size_t at = 0;

    while (at < size) {
        bool packet = false;
        size_t record = output->record_size(records + at, &packet);

        if (record == 0 || at + record > limit)
            break;
        at += record;
        packets += packet ? 1 : 0;
    }
    *whole = at;
    return packets;
}

/* After a write that failed: cuts the file back to what is good in it. */
static void cut_back(struct capture_output *output)
{
    off_t end = (off_t)(output->start + output->in_file);

    if (output->cuttable && ftruncate(output->fd, end) == 0)
        (void)lseek(output->fd, end, SEEK_SET);
}

static ssize_t pack_zstd(struct capture_output *output, const uint8_t *bytes, size_t size)
{
    size_t packed;

    if (output->compressor == NULL)
        output->compressor = ZSTD_createCCtx();
    if (output->compressor == NULL)
        return -ENOMEM;
    packed = ZSTD_compressCCtx(output->compressor, output->packed, output->packed_room, bytes, size,
                               ZSTD_LEVEL);
    return ZSTD_isError(packed) ? -EIO : (ssize_t)packed;
}

static ssize_t pack_gzip(struct capture_output *output, uint8_t *bytes, size_t size)
{
    z_stream gzip = { .next_in = bytes, .avail_in = (uInt)size };
    size_t packed;

    if (deflateInit2(&gzip, GZIP_LEVEL, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return -ENOMEM;
    gzip.next_out = output->packed;
    gzip.avail_out = (uInt)output->packed_room;
    packed = deflate(&gzip, Z_FINISH) == Z_STREAM_END ? (size_t)gzip.total_out : 0;
    deflateEnd(&gzip);
    return packed == 0 ? -EIO : (ssize_t)packed;
}

/* Compresses records as one complete frame or member. Bytes, or a negative errno. */
static ssize_t pack(struct capture_output *output, uint8_t *bytes, size_t size)
{
    bool zstd = output->compression == CAPTURE_ZSTD;
    size_t bound = zstd ? ZSTD_compressBound(size) : size + size / 1000 + 1024;

    if (bound > output->packed_room) {
        free(output->packed);
        output->packed = malloc(bound);
        output->packed_room = output->packed == NULL ? 0 : bound;
        if (output->packed == NULL)
            return -ENOMEM;
    }
    return zstd ? pack_zstd(output, bytes, size) : pack_gzip(output, bytes, size);
}

/* Writes records as they are; *saved: packets that reached the file. */
static int write_plain(struct capture_output *output, uint64_t *saved)
{
    size_t written, whole;
    int error = write_all(output->fd, output->buffer, output->size, &written);

    if (error == 0) {
        output->in_file += written;
        return 0;
    }
    *saved = count_packets(output, output->buffer, output->size, written, &whole);
    output->in_file += whole;
    cut_back(output);
    return error;
}

/* Writes records as one compressed piece. Where there is no room for it, in halves, and in halves
 * of these: as many records as there is room for. */
static int write_packed(struct capture_output *output, uint8_t *records, size_t size,
                        uint64_t *saved)
{
    ssize_t packed = pack(output, records, size);
    size_t written, half, whole;
    int error =
        packed < 0 ? (int)packed : write_all(output->fd, output->packed, (size_t)packed, &written);

    if (error == 0) {
        output->in_file += (uint64_t)packed;
        *saved += count_packets(output, records, size, size, &whole);
        return 0;
    }
    cut_back(output);
    (void)count_packets(output, records, size, size / 2, &half);
    if (!output->cuttable || half == 0)
        return error;
    if (write_packed(output, records, half, saved) == 0)
        (void)write_packed(output, records + half, size - half, saved);
    return error;
}

int capture_output_flush(struct capture_output *output)
{
    uint64_t saved = 0;
    int error;

    if (output->size == 0)
        return 0;
    error = output->compression == CAPTURE_PLAIN
                ? write_plain(output, &saved)
                : write_packed(output, output->buffer, output->size, &saved);
    if (error != 0)
        output->lost += output->records - saved;
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
