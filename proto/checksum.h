/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * checksum.h - the checksums that rows name. CRCs come from ISA-L.
 */
#ifndef PFG_PROTO_CHECKSUM_H
#define PFG_PROTO_CHECKSUM_H

#include "proto/row.h"

/* CRC-32C (Castagnoli, reflected, init and xorout 0xffffffff) of size bytes; crc is the result of
 * what came before, 0 at first. */
uint32_t pfg_crc32c(uint32_t crc, const uint8_t *bytes, size_t size);
/* CRC-32 (IEEE 802.3, reflected), likewise. */
uint32_t pfg_crc32(uint32_t crc, const uint8_t *bytes, size_t size);

/* The checksum of bytes[from..to) with the hole bytes at hole taken as 0. hole outside the range:
 * no hole. PFG_INTERNET gives 16 bits (RFC 1071), to be written big-endian. */
uint32_t pfg_checksum(enum pfg_algorithm algorithm, const uint8_t *bytes, size_t from, size_t to,
                      size_t hole, size_t hole_size);

#endif
