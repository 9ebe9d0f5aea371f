/* SPDX-License-Identifier: GPL-2.0-or-later */
/* compress.c - by zlib and libzstd. */
#include "capture/compress.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

/* Speed counts more than size while a capture runs. */
#define ZSTD_LEVEL 3
#define GZIP_LEVEL 5
/* What a frame has beside its blocks, at its beginning and its end (RFC 8878, 3.1.1). */
#define FRAME_ROOM 32

struct capture_compressor {
    ZSTD_CCtx *zstd; /* NULL: gzip */
    bool missed;
};

enum capture_compression capture_compression_of_name(const char *path)
{
    const char *dot = strrchr(path, '.');

    if (dot != NULL && strcmp(dot, ".gz") == 0)
        return CAPTURE_GZIP;
    if (dot != NULL && (strcmp(dot, ".zst") == 0 || strcmp(dot, ".zstd") == 0))
        return CAPTURE_ZSTD;
    return CAPTURE_PLAIN;
}

struct capture_compressor *capture_compressor_new(enum capture_compression compression)
{
    struct capture_compressor *compressor = calloc(1, sizeof *compressor);

    if (compressor == NULL || compression == CAPTURE_GZIP)
        return compressor;
    compressor->zstd = ZSTD_createCCtx();
    if (compressor->zstd != NULL && !ZSTD_isError(ZSTD_CCtx_setParameter(
                                        compressor->zstd, ZSTD_c_compressionLevel, ZSTD_LEVEL)))
        return compressor;
    capture_compressor_free(compressor);
    return NULL;
}

void capture_compressor_free(struct capture_compressor *compressor)
{
    if (compressor == NULL)
        return;
    ZSTD_freeCCtx(compressor->zstd);
    free(compressor);
}

void capture_compressor_begin(struct capture_compressor *compressor)
{
    if (compressor->zstd != NULL)
        (void)ZSTD_CCtx_reset(compressor->zstd, ZSTD_reset_session_only);
    compressor->missed = false;
}

size_t capture_compressor_bound(const struct capture_compressor *compressor, size_t size)
{
    return compressor->zstd != NULL ? ZSTD_compressBound(size) + FRAME_ROOM
                                    : size + size / 1000 + 1024;
}

static ssize_t piece_of_gzip(const uint8_t *bytes, size_t size, uint8_t *to, size_t room)
{
    z_stream gzip = { .next_in = (z_const Bytef *)(uintptr_t)bytes, .avail_in = (uInt)size };
    size_t packed;

    if (deflateInit2(&gzip, GZIP_LEVEL, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return -ENOMEM;
    gzip.next_out = to;
    gzip.avail_out = (uInt)room;
    packed = deflate(&gzip, Z_FINISH) == Z_STREAM_END ? (size_t)gzip.total_out : 0;
    deflateEnd(&gzip);
    return packed == 0 ? -EIO : (ssize_t)packed;
}

static ssize_t piece_of_zstd(ZSTD_CCtx *zstd, const uint8_t *bytes, size_t size, uint8_t *to,
                             size_t room, ZSTD_EndDirective end)
{
    ZSTD_inBuffer in = { bytes, size, 0 };
    ZSTD_outBuffer out = { to, room, 0 };
    size_t left = ZSTD_compressStream2(zstd, &out, &in, end);

    return left == 0 ? (ssize_t)out.pos : -EIO;
}

ssize_t capture_compressor_piece(struct capture_compressor *compressor, const uint8_t *bytes,
                                 size_t size, uint8_t *to, size_t room)
{
    if (compressor->missed)
        return -EIO;
    if (compressor->zstd == NULL)
        return piece_of_gzip(bytes, size, to, room);
    return piece_of_zstd(compressor->zstd, bytes, size, to, room, ZSTD_e_flush);
}

void capture_compressor_missed(struct capture_compressor *compressor)
{
    compressor->missed = compressor->zstd != NULL;
}

/* All was flushed, so that the end of a frame is an empty block, whatever the pieces were. */
ssize_t capture_compressor_end(struct capture_compressor *compressor, uint8_t *to, size_t room)
{
    if (compressor->zstd == NULL)
        return 0;
    return piece_of_zstd(compressor->zstd, NULL, 0, to, room, ZSTD_e_end);
}
