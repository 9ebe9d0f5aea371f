/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Integers out of and into bytes, and checksums. */
#include "proto/checksum.h"
#include "proto/cursor.h"
#include "tests/proto/lib.h"

static void test_get_and_put(void)
{
    static const uint8_t bytes[] = { 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef };
    static const uint64_t big[] = { 0,
                                    0x01,
                                    0x0123,
                                    0x012345,
                                    0x01234567,
                                    0x0123456789,
                                    0x0123456789ab,
                                    0x0123456789abcd,
                                    0x0123456789abcdef };
    static const uint64_t little[] = { 0,
                                       0x01,
                                       0x2301,
                                       0x452301,
                                       0x67452301,
                                       0x8967452301,
                                       0xab8967452301,
                                       0xcdab8967452301,
                                       0xefcdab8967452301 };
    uint8_t to[16];

    for (unsigned size = 1; size <= 8; size++) {
        same_number("big", pfg_get_be(bytes, size), big[size]);
        same_number("little", pfg_get_le(bytes, size), little[size]);
        pfg_put_be(to, big[size], size);
        CU_ASSERT(memcmp(to, bytes, size) == 0);
        pfg_put_le(to, little[size], size);
        CU_ASSERT(memcmp(to, bytes, size) == 0);
    }
    same_number("be16", pfg_get_be16(bytes + 1), 0x2345);
    same_number("be32", pfg_get_be32(bytes + 1), 0x23456789);
    same_number("be64", pfg_get_be64(bytes), 0x0123456789abcdef);
}

static void test_writer(void)
{
    uint8_t bytes[4];
    struct pfg_writer w = { bytes, 0, sizeof bytes, false };

    pfg_writer_be(&w, 0xabcdef, 3);
    CU_ASSERT(w.size == 3 && !w.overflow);
    pfg_writer_be(&w, 1, 2); /* does not fit, and sticks */
    CU_ASSERT(w.size == 3 && w.overflow);
    pfg_writer_be(&w, 1, 1);
    CU_ASSERT(w.size == 3 && w.overflow);
    CU_ASSERT(memcmp(bytes, "\xab\xcd\xef", 3) == 0);
    w = (struct pfg_writer){ bytes, 0, 4, false };
    CU_ASSERT(pfg_writer_take(&w, UINT32_MAX) == NULL && w.overflow);
    w = (struct pfg_writer){ bytes, 4, 4, false };
    CU_ASSERT(pfg_writer_take(&w, 0) == bytes + 4 && !w.overflow);
}

static const uint8_t digits[] = "123456789";

static void test_crc(void)
{
    same_number("CRC-32C", pfg_crc32c(0, digits, 9), 0xe3069283);
    same_number("CRC-32", pfg_crc32(0, digits, 9), 0xcbf43926);
    same_number("in pieces", pfg_crc32c(pfg_crc32c(0, digits, 4), digits + 4, 5), 0xe3069283);
    same_number("in pieces", pfg_crc32(pfg_crc32(0, digits, 4), digits + 4, 5), 0xcbf43926);
    same_number("nothing", pfg_crc32c(0, digits, 0), 0);
    /* RFC 3720, B.4: 32 bytes of zeros, and of ones. */
    uint8_t block[32] = { 0 };
    same_number("zeros", pfg_crc32c(0, block, 32), 0x8a9136aa);
    memset(block, 0xff, sizeof block);
    same_number("ones", pfg_crc32c(0, block, 32), 0x62a8ab43);
}

static void test_internet(void)
{
    /* RFC 1071, 3: the sum is ddf2, in whatever pieces. */
    static const uint8_t bytes[] = { 0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7 };
    same_number("RFC 1071", pfg_inet_finish(pfg_inet_sum(bytes, 8, 0)), 0x220d);
    same_number("in pieces", pfg_inet_finish(pfg_inet_sum(bytes + 2, 6, pfg_inet_sum(bytes, 2, 0))),
                0x220d);
    same_number("an odd end", pfg_inet_finish(pfg_inet_sum(bytes, 3, 0)), 0x0dfe);
    same_number("nothing", pfg_inet_finish(pfg_inet_sum(bytes, 0, 0)), 0xffff);
    /* More than 2^32 in all: carries are not lost. */
    static uint8_t many[1 << 18];
    memset(many, 0xff, sizeof many);
    same_number("many", pfg_inet_finish(pfg_inet_sum(many, sizeof many, 0)), 0);
}

/* Where the checksum itself stands, zeros are taken; the result must be that of bytes with zeros.
 */
static void test_holes(void)
{
    static const enum pfg_algorithm all[] = { PFG_CRC32C, PFG_CRC32, PFG_INTERNET };
    uint8_t bytes[40], zeroed[40];

    for (unsigned i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(37 * i + 11);
    for (unsigned a = 0; a < 3; a++) {
        for (size_t size = 1; size <= 4; size++) {
            for (size_t hole = 0; hole + size <= sizeof bytes; hole++) {
                memcpy(zeroed, bytes, sizeof bytes);
                memset(zeroed + hole, 0, size);
                uint64_t expected = pfg_checksum(all[a], zeroed, 0, 40, 40, 0);
                uint64_t found = pfg_checksum(all[a], bytes, 0, 40, hole, size);
                /* 0 and ffff are the same number in one's complement */
                if (all[a] == PFG_INTERNET)
                    CU_ASSERT(found % 0xffff == expected % 0xffff)
                else
                    CU_ASSERT(found == expected)
            }
        }
    }
    same_number("a range", pfg_checksum(PFG_CRC32C, (const uint8_t *)"xx123456789x", 2, 11, 11, 0),
                0xe3069283);
    same_number("a hole before it",
                pfg_checksum(PFG_CRC32C, (const uint8_t *)"xx123456789x", 2, 11, 0, 2), 0xe3069283);
    same_number("an empty range", pfg_checksum(PFG_CRC32, digits, 3, 3, 3, 0), 0);
}

int main(void)
{
    static const struct test_case cases[] = {
        { "integers of 1 to 8 bytes", test_get_and_put },
        { "the writer's overflow sticks", test_writer },
        { "CRC-32C and CRC-32", test_crc },
        { "the Internet checksum", test_internet },
        { "holes", test_holes },
        { NULL, NULL },
    };
    return test_run("numbers", cases);
}
