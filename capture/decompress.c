/* SPDX-License-Identifier: GPL-2.0-or-later */
/* decompress.c - gzip (RFC 1952) and zstd (RFC 8878) files, told by their first bytes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>
#include <zstd.h>

#include "capture/input.h"

struct capture_inflate {
    z_stream gzip;
    ZSTD_DStream *zstd; /* NULL: gzip */
    uint8_t *bytes;     /* compressed, not yet used: bytes[at..size) */
    size_t at, size, room;
    bool between; /* a member or frame has ended and none has begun */
};

static bool is_gzip(const uint8_t *magic, size_t size)
{
    return size >= 2 && magic[0] == 0x1f && magic[1] == 0x8b;
}

static bool is_zstd(const uint8_t *magic, size_t size)
{
    static const uint8_t frame[4] = { 0x28, 0xb5, 0x2f, 0xfd };
    static const uint8_t skippable[3] = { 0x2a, 0x4d, 0x18 }; /* pzstd's begin so (3.1.2) */

    return size >= 4 &&
           (memcmp(magic, frame, sizeof frame) == 0 ||
            (magic[0] >> 4 == 5 && memcmp(magic + 1, skippable, sizeof skippable) == 0));
}

struct capture_inflate *capture_inflate_new(const uint8_t *magic, size_t size, char *error,
                                            size_t room)
{
    struct capture_inflate *stream;
    bool good;

    if (!is_gzip(magic, size) && !is_zstd(magic, size))
        return NULL;
    stream = calloc(1, sizeof *stream);
    if (stream == NULL) {
        snprintf(error, room, "cannot decompress: out of memory");
        return NULL;
    }
    if (is_zstd(magic, size)) {
        stream->zstd = ZSTD_createDStream();
        good = stream->zstd != NULL && !ZSTD_isError(ZSTD_initDStream(stream->zstd));
    } else {
        good = inflateInit2(&stream->gzip, 15 + 16) == Z_OK; /* + 16: with a gzip header */
    }
    if (!good) {
        snprintf(error, room, "cannot decompress: out of memory");
        free(stream);
        return NULL;
    }
    return stream;
}

void capture_inflate_free(struct capture_inflate *stream)
{
    if (stream == NULL)
        return;
    if (stream->zstd != NULL)
        ZSTD_freeDStream(stream->zstd);
    else
        inflateEnd(&stream->gzip);
    free(stream->bytes);
    free(stream);
}

int capture_inflate_give(struct capture_inflate *stream, const uint8_t *bytes, size_t size)
{
    size_t have = stream->size - stream->at;

    if (have > 0 && stream->at > 0)
        memmove(stream->bytes, stream->bytes + stream->at, have);
    stream->at = 0;
    stream->size = have;
    if (have + size > stream->room) {
        uint8_t *larger = realloc(stream->bytes, have + size);

        if (larger == NULL)
            return -1;
        stream->bytes = larger;
        stream->room = have + size;
    }
    memcpy(stream->bytes + have, bytes, size);
    stream->size += size;
    return 0;
}

static int64_t take_zstd(struct capture_inflate *stream, uint8_t *bytes, size_t room, char *error,
                         size_t error_room)
{
    ZSTD_inBuffer in = { stream->bytes, stream->size, stream->at };
    ZSTD_outBuffer out = { bytes, room, 0 };

    if (stream->between && stream->at == stream->size)
        return 0;
    for (;;) {
        size_t left = ZSTD_decompressStream(stream->zstd, &out, &in);

        stream->at = in.pos;
        if (ZSTD_isError(left)) {
            snprintf(error, error_room, "the zstd data are damaged: %s", ZSTD_getErrorName(left));
            return out.pos > 0 ? (int64_t)out.pos : -1;
        }
        stream->between = left == 0;
        if (out.pos > 0 || in.pos == in.size)
            return (int64_t)out.pos;
    }
}

static int64_t take_gzip(struct capture_inflate *stream, uint8_t *bytes, size_t room, char *error,
                         size_t error_room)
{
    z_stream *gzip = &stream->gzip;
    int result = Z_OK;

    gzip->next_out = bytes;
    gzip->avail_out = room > UINT32_MAX ? UINT32_MAX : (uInt)room;
    while (gzip->next_out == bytes) {
        if (stream->at == stream->size)
            return 0;
        if (stream->between) { /* another member (RFC 1952, 2.2) */
            stream->between = false;
            inflateReset(gzip);
        }
        gzip->next_in = stream->bytes + stream->at;
        gzip->avail_in = (uInt)(stream->size - stream->at);
        result = inflate(gzip, Z_NO_FLUSH);
        stream->at = stream->size - gzip->avail_in;
        if (result == Z_STREAM_END)
            stream->between = true;
        else if (result != Z_OK && result != Z_BUF_ERROR)
            break;
    }
    if (gzip->next_out != bytes)
        return gzip->next_out - bytes;
    snprintf(error, error_room, "the gzip data are damaged: %s",
             gzip->msg == NULL ? "bad stream" : gzip->msg);
    return -1;
}

int64_t capture_inflate_take(struct capture_inflate *stream, uint8_t *bytes, size_t room,
                             char *error, size_t error_room)
{
    if (stream->zstd != NULL)
        return take_zstd(stream, bytes, room, error, error_room);
    return take_gzip(stream, bytes, room, error, error_room);
}

bool capture_inflate_whole(const struct capture_inflate *stream)
{
    return stream->between && stream->at == stream->size;
}
