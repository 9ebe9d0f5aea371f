/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pcapng.h - numbers of the pcapng format (draft-ietf-opsawg-pcapng), for reader and writer. */
#ifndef PFG_CAPTURE_PCAPNG_H
#define PFG_CAPTURE_PCAPNG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/source.h"

/* Block types. */
enum {
    PCAPNG_INTERFACE = 1,
    PCAPNG_PACKET = 2, /* obsolete */
    PCAPNG_SIMPLE = 3,
    PCAPNG_NAMES = 4,
    PCAPNG_STATISTICS = 5,
    PCAPNG_ENHANCED = 6,
    PCAPNG_SECRETS = 10,
    PCAPNG_CUSTOM = 0xbad, /* that may be copied */
    PCAPNG_SECTION = 0x0a0d0d0a,
    PCAPNG_ORDER = 0x1a2b3c4d, /* the section header's byte-order magic */
};

/* Options; those above COMMENT belong to the block they are named after. */
enum {
    PCAPNG_END_OF_OPTIONS = 0,
    PCAPNG_COMMENT = 1,
    PCAPNG_SHB_HARDWARE = 2,
    PCAPNG_SHB_OS = 3,
    PCAPNG_SHB_APPLICATION = 4,
    PCAPNG_EPB_FLAGS = 2,
    PCAPNG_EPB_HASH = 3,
    PCAPNG_EPB_DROPPED = 4,
    PCAPNG_EPB_PACKET_ID = 5,
    PCAPNG_EPB_QUEUE = 6,
    PCAPNG_EPB_VERDICT = 7,
    PCAPNG_IF_NAME = 2,
    PCAPNG_IF_DESCRIPTION = 3,
    PCAPNG_IF_TSRESOL = 9,
    PCAPNG_IF_FILTER = 11,
    PCAPNG_IF_TSOFFSET = 14,
    PCAPNG_ISB_START = 2,
    PCAPNG_ISB_END = 3,
    PCAPNG_ISB_IFRECV = 4,
    PCAPNG_ISB_IFDROP = 5,
    PCAPNG_ISB_ACCEPTED = 6,
    PCAPNG_ISB_OSDROP = 7,
    PCAPNG_ISB_DELIVERED = 8,
};

/* Bytes: type, length; and length again behind the body. */
enum {
    PCAPNG_BLOCK_HEADER = 8,
    PCAPNG_BLOCK_TRAILER = 4,
    PCAPNG_SECTION_FIXED = 16,
    PCAPNG_INTERFACE_FIXED = 8,
    PCAPNG_ENHANCED_FIXED = 20,
    PCAPNG_STATISTICS_FIXED = 12,
    PCAPNG_OPTION_HEADER = 4,
};

/* A walk over options: those that stand from at to end, swapped: in the other byte order. */
struct pcapng_options {
    const uint8_t *at, *end;
    bool swapped;
};

/* The value of the next option and its size and code, or NULL at the end. */
const uint8_t *pcapng_next_option(struct pcapng_options *options, unsigned *code, uint32_t *size);
/* Numbers in the byte order of the options. */
uint32_t pcapng_get32(const uint8_t *bytes, bool swapped);
uint64_t pcapng_get64(const uint8_t *bytes, bool swapped);

/* How the time units of an interface become ns. */
struct pcapng_clock {
    bool binary;
    uint8_t shift;     /* binary: units of 2^-shift s */
    uint64_t mul, div; /* decimal: ns = units * mul / div */
    int64_t offset_s;  /* added (if_tsoffset) */
};

/* By the interface's if_tsresol: 6, microseconds, where it has none. */
void pcapng_set_resolution(struct pcapng_clock *clock, uint8_t tsresol);
/* ns since 1970. False: the time is before that or more than 2^64 ns behind it, and *ns is the
 * nearest. */
bool pcapng_read_time(const struct pcapng_clock *clock, uint64_t units, uint64_t *ns);

/* Copies a packet's options, and their end, in this machine's byte order; to has room for
 * packet->options_size + PCAPNG_OPTION_HEADER + 3 bytes. Of the other byte order, those that are
 * not known are left out. Returns how many bytes there are, 0 where no option is. */
size_t pcapng_copy_options(uint8_t *to, const struct capture_packet *packet);

/* pcapng_keep.c: whether blocks of this type come along when a file is copied. */
bool pcapng_is_kept(uint32_t type);
/* Keeps a whole block; again: unless it is kept already. */
void pcapng_keep_block(struct capture_interfaces *interfaces, const uint8_t *block, uint32_t size,
                       bool swapped, bool again);
/* Keeps the comments of a section header, each once, but for that which tells the definition: a
 * copy has one of its own. Says where file was written with another definition than ours. */
void pcapng_keep_comments(struct capture_interfaces *interfaces, const char *file,
                          const uint8_t *body, uint32_t size, bool swapped);

#endif
