/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "proto/checksum.h"

#include <isa-l/crc.h>
#include <string.h>

#include "proto/layers.h"

/* ISA-L takes lengths as int; longer ranges go in pieces. */
#define PIECE ((size_t)1 << 30)

uint32_t pfg_crc32c(uint32_t crc, const uint8_t *bytes, size_t size)
{
    uint32_t state = ~crc;
    while (size) {
        size_t now = size < PIECE ? size : PIECE;
        state = crc32_iscsi((unsigned char *)(uintptr_t)bytes, (int)now, state);
        bytes += now;
        size -= now;
    }
    return ~state;
}

uint32_t pfg_crc32(uint32_t crc, const uint8_t *bytes, size_t size)
{
    return crc32_gzip_refl(crc, bytes, size);
}

static uint32_t crc(enum pfg_algorithm algorithm, uint32_t state, const uint8_t *bytes, size_t size)
{
    return algorithm == PFG_CRC32 ? pfg_crc32(state, bytes, size) : pfg_crc32c(state, bytes, size);
}

uint32_t pfg_checksum(enum pfg_algorithm algorithm, const uint8_t *bytes, size_t from, size_t to,
                      size_t hole, size_t hole_size)
{
    static const uint8_t zeros[8];

    if (hole < from || hole + hole_size > to) {
        hole = to;
        hole_size = 0;
    }
    if (algorithm == PFG_INTERNET) {
        uint32_t sum = pfg_inet_sum(bytes + from, to - from, 0);
        uint8_t field[8] = { 0 };
        /* What the hole bears is taken out again by adding its complement, at the same parity. */
        for (size_t i = 0; i < hole_size; i++)
            field[((hole - from) & 1) + i] = bytes[hole + i];
        uint32_t in_hole = pfg_inet_sum(field, sizeof field, 0);
        return pfg_inet_finish(sum + pfg_inet_finish(in_hole));
    }
    uint32_t state = crc(algorithm, 0, bytes + from, hole - from);
    state = crc(algorithm, state, zeros, hole_size);
    return crc(algorithm, state, bytes + hole + hole_size, to - hole - hole_size);
}

uint32_t pfg_inet_sum(const uint8_t *bytes, size_t size, uint32_t sum)
{
    uint64_t total = sum;
    size_t i = 0;

    for (; i + 4 <= size; i += 4) {
        uint32_t word;
        memcpy(&word, bytes + i, 4);
        word = __builtin_bswap32(word);
        total += (word >> 16) + (word & 0xffff);
    }
    for (; i + 2 <= size; i += 2)
        total += (uint32_t)bytes[i] << 8 | bytes[i + 1];
    if (i < size)
        total += (uint32_t)bytes[i] << 8;
    while (total >> 32)
        total = (total & 0xffffffff) + (total >> 32);
    return (uint32_t)total;
}

uint16_t pfg_inet_finish(uint32_t sum)
{
    uint64_t folded = sum;
    while (folded >> 16)
        folded = (folded & 0xffff) + (folded >> 16);
    return (uint16_t)~folded;
}
