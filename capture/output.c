/* SPDX-License-Identifier: GPL-2.0-or-later */
/* output.c - one buffer of whole records, written at once. */
#include "capture/output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/signals.h"

#define BUFFER_BYTES ((size_t)1024 * 1024)
/* When the end was asked for, whoever reads has so long, in ms. */
#define PATIENCE_MS  1000

/* Where the next byte will stand in a file that the shell opened. */
static uint64_t standard_start(int fd, const struct stat *status)
{
    bool appends = (fcntl(fd, F_GETFL) & O_APPEND) != 0;
    off_t at = appends ? status->st_size : lseek(fd, 0, SEEK_CUR);

    return at < 0 ? 0 : (uint64_t)at;
}

/* Memory for records, and for what they become. */
static int get_memory(struct capture_output *output)
{
    if (output->buffer == NULL) {
        output->buffer = malloc(BUFFER_BYTES);
        output->room = BUFFER_BYTES;
    }
    if (output->compressor == NULL && output->compression != CAPTURE_PLAIN)
        output->compressor = capture_compressor_new(output->compression);
    return output->buffer == NULL ||
                   (output->compressor == NULL && output->compression != CAPTURE_PLAIN)
               ? -ENOMEM
               : 0;
}

/* A pipe with a name is open when somebody reads it, however many signals come until then but one
 * that ends the capture. */
static int open_file(const char *path)
{
    int fd;

    do
        fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    while (fd < 0 && errno == EINTR && !pfg_signals_stop());
    return fd;
}

int capture_output_open(struct capture_output *output, const char *path)
{
    bool standard = strcmp(path, "-") == 0;
    struct stat status;
    int error = get_memory(output);

    if (error != 0)
        return error;
    output->fd = standard ? dup(STDOUT_FILENO) : open_file(path);
    if (output->fd < 0)
        return -errno;
    if (output->compressor != NULL)
        capture_compressor_begin(output->compressor);
    output->reserved = false;
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

/* Whether somebody reads, or it is a file. */
static bool is_taken(int fd)
{
    struct pollfd polled = { .fd = fd, .events = POLLOUT };

    return poll(&polled, 1, PATIENCE_MS) > 0;
}

int capture_write(int fd, const uint8_t *bytes, size_t size, size_t *written)
{
    *written = 0;
    while (*written < size) {
        size_t part = size - *written;
        ssize_t got;

        if (pfg_signals_stop() && !is_taken(fd))
            return -EINTR;
        if (pfg_signals_stop() && part > PIPE_BUF) /* what a pipe that is read takes at once */
            part = PIPE_BUF;
        got = write(fd, bytes + *written, part);
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

/* Writes records as they are; *saved: packets that reached the file. */
static int write_plain(struct capture_output *output, uint64_t *saved)
{
    size_t written, whole;
    int error = capture_write(output->fd, output->buffer, output->size, &written);

    if (error == 0) {
        output->in_file += written;
        return 0;
    }
    *saved = count_packets(output, output->buffer, output->size, written, &whole);
    output->in_file += whole;
    cut_back(output);
    return error;
}

/* ---- Compressed pieces ------------------------------------------------------------------- */

/* Room for a piece of size bytes of records. */
static int get_packed_room(struct capture_output *output, size_t size)
{
    size_t bound = capture_compressor_bound(output->compressor, size);

    if (bound <= output->packed_room)
        return 0;
    free(output->packed);
    output->packed = malloc(bound);
    output->packed_room = output->packed == NULL ? 0 : bound;
    return output->packed == NULL ? -ENOMEM : 0;
}

/* Asks the disk for as many bytes as a piece may take: with zstd, one that was made and does not
 * come into the file is the last. Some file systems do not know of such; then writing tells. */
static int reserve(struct capture_output *output, size_t size)
{
    size_t bytes = capture_compressor_bound(output->compressor, size);
    uint64_t at = output->start + output->in_file;
    struct rlimit most;

    if (!output->cuttable)
        return 0;
    if (getrlimit(RLIMIT_FSIZE, &most) == 0 && (most.rlim_cur < at || most.rlim_cur - at < bytes))
        return -EFBIG;
    output->reserved = true;
    if (fallocate(output->fd, FALLOC_FL_KEEP_SIZE, (off_t)at, (off_t)bytes) == 0)
        return 0;
    return errno == ENOSPC || errno == EDQUOT ? -errno : 0;
}

static int write_piece(struct capture_output *output, const uint8_t *records, size_t size)
{
    size_t written;
    int error = get_packed_room(output, size);
    ssize_t packed = error != 0 ? error
                                : capture_compressor_piece(output->compressor, records, size,
                                                           output->packed, output->packed_room);

    if (packed < 0)
        return (int)packed;
    error = capture_write(output->fd, output->packed, (size_t)packed, &written);
    if (error == 0) {
        output->in_file += (uint64_t)packed;
        return 0;
    }
    capture_compressor_missed(output->compressor);
    cut_back(output);
    return error;
}

/* Writes records as one compressed piece. Where there is no room for it, in halves, and in halves
 * of these: as many records as there is room for. */
static int write_packed(struct capture_output *output, const uint8_t *records, size_t size,
                        uint64_t *saved)
{
    size_t half, whole;
    int error = reserve(output, size), left;

    if (error == 0)
        error = write_piece(output, records, size);
    if (error == 0) {
        *saved += count_packets(output, records, size, size, &whole);
        return 0;
    }
    (void)count_packets(output, records, size, size / 2, &half);
    if (!output->cuttable || half == 0)
        return error;
    left = write_packed(output, records, half, saved);
    if (left == 0)
        left = write_packed(output, records + half, size - half, saved);
    return left == 0 ? 0 : error;
}

/* Ends the file, and gives back what was asked for and not used. */
static int end_packed(struct capture_output *output)
{
    size_t written;
    int error = get_packed_room(output, 0);
    ssize_t packed = error != 0 ? error
                                : capture_compressor_end(output->compressor, output->packed,
                                                         output->packed_room);

    if (packed > 0)
        error = capture_write(output->fd, output->packed, (size_t)packed, &written);
    if (packed > 0 && error == 0)
        output->in_file += (uint64_t)packed;
    if (output->reserved || error != 0)
        cut_back(output);
    return packed < 0 ? (int)packed : error;
}

/* ---- Files ------------------------------------------------------------------------------- */

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
    int error, ended;

    if (output->fd < 0)
        return 0;
    error = capture_output_flush(output);
    ended = output->compression == CAPTURE_PLAIN ? 0 : end_packed(output);
    if (error == 0)
        error = ended;
    if (close(output->fd) != 0 && error == 0)
        error = -errno;
    output->fd = -1;
    return error;
}

void capture_output_free(struct capture_output *output)
{
    capture_compressor_free(output->compressor);
    free(output->buffer);
    free(output->packed);
    output->compressor = NULL;
    output->buffer = output->packed = NULL;
    output->room = output->packed_room = 0;
}
