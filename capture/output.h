/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * output.h - whole records on their way into a file, compressed or not. What reaches the file ends
 * with a whole record at any moment: records are handed to the kernel whole, a disk that is full
 * costs the records that did not fit and nothing else, and compressed files consist of pieces that
 * each can be read when they are there, smaller ones where the disk becomes full.
 */
#ifndef PFG_CAPTURE_OUTPUT_H
#define PFG_CAPTURE_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/compress.h"

struct capture_output {
    int fd;
    bool regular;  /* a file on a disk that we named: nobody waits at its other end */
    bool cuttable; /* a file on a disk: what is there of a record can be taken back */
    uint64_t
        start; /* (cuttable) where our bytes begin in it: the standard output may have had some */
    enum capture_compression compression;
    uint8_t *buffer; /* whole records: buffer[0..size) */
    size_t size, room;
    uint64_t given;   /* bytes of records, before compression, this file */
    uint64_t in_file; /* bytes written to this file */
    uint64_t lost;    /* records that could not be written, all files */
    uint64_t records; /* in the buffer that count as packets */
    /* Bytes of the record that begins here, and whether it is a packet. */
    size_t (*record_size)(const uint8_t *record, bool *packet);
    struct capture_compressor *compressor; /* NULL none yet */
    uint8_t *packed;                       /* a compressed piece */
    size_t packed_room;
    bool reserved; /* (cuttable) the disk holds more for this file than is in it */
};

/* Writes all; *written says how far it came. 0 or a negative errno; -EINTR: the end was asked for
 * (signals.h), and nobody reads on the other side. */
int capture_write(int fd, const uint8_t *bytes, size_t size, size_t *written);

/* Opens path ("-": the standard output). 0, or a negative errno. */
int capture_output_open(struct capture_output *output, const char *path);
/* Room for a record of size bytes at the end of the buffer, or NULL: *error is a negative errno. */
uint8_t *capture_output_room(struct capture_output *output, size_t size, int *error);
/* The record is complete. */
static inline void capture_output_done(struct capture_output *output, size_t size, bool packet)
{
    output->size += size;
    output->given += size;
    output->records += packet ? 1 : 0;
}
/* Hands the buffer to the kernel. 0 or a negative errno; then the buffer is empty and the records
 * that were in it and are not in the file are counted in lost. */
int capture_output_flush(struct capture_output *output);
/* Flushes and closes; keeps the buffer for the next file. 0 or a negative errno. */
int capture_output_close(struct capture_output *output);
void capture_output_free(struct capture_output *output);

#endif
