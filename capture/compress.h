/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * compress.h - bytes of a file, compressed piece by piece: what is in the file can be read as soon
 * as a piece is, and when the rest of it never comes. With gzip (RFC 1952) each piece is a member;
 * with zstd (RFC 8878) all are in one frame, since readers there are that want just one.
 */
#ifndef PFG_CAPTURE_COMPRESS_H
#define PFG_CAPTURE_COMPRESS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum capture_compression { CAPTURE_PLAIN, CAPTURE_GZIP, CAPTURE_ZSTD };

/* What a file's name says of its compression: .gz, .zst. */
enum capture_compression capture_compression_of_name(const char *path);

struct capture_compressor;

/* For gzip or zstd. NULL: memory is out. */
struct capture_compressor *capture_compressor_new(enum capture_compression compression);
void capture_compressor_free(struct capture_compressor *compressor);

/* The next piece is a file's first. */
void capture_compressor_begin(struct capture_compressor *compressor);
/* Bytes that a piece of size bytes may take, and the file's end behind it. */
size_t capture_compressor_bound(const struct capture_compressor *compressor, size_t size);
/* Makes a piece of size bytes, at most UINT32_MAX, in room bytes at to, which hold the bound.
 * Returns its size, or a negative errno. */
ssize_t capture_compressor_piece(struct capture_compressor *compressor, const uint8_t *bytes,
                                 size_t size, uint8_t *to, size_t room);
/* The last piece did not come into the file. With zstd none can follow then: -EIO. */
void capture_compressor_missed(struct capture_compressor *compressor);
/* What ends a file, as a piece of its own; 0: nothing. */
ssize_t capture_compressor_end(struct capture_compressor *compressor, uint8_t *to, size_t room);

#endif
