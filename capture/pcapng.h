/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pcapng.h - numbers of the pcapng format (draft-ietf-opsawg-pcapng), for reader and writer. */
#ifndef PFG_CAPTURE_PCAPNG_H
#define PFG_CAPTURE_PCAPNG_H

/* Block types. */
enum {
    PCAPNG_INTERFACE = 1,
    PCAPNG_PACKET = 2, /* obsolete */
    PCAPNG_SIMPLE = 3,
    PCAPNG_STATISTICS = 5,
    PCAPNG_ENHANCED = 6,
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

#endif
