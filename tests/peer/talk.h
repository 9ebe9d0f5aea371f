/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * talk.h - requests and replies byte by byte: requests are laid down here by hand and replies are
 * read by hand, so that a mistake made alike in encoder and decoder is seen.
 */
#ifndef PFG_TESTS_PEER_TALK_H
#define PFG_TESTS_PEER_TALK_H

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "peer/talk.h"
#include "tests/harness.h"

enum { ECHO = 1, TIME, COMMAND, DISCOVER, RECORD, BYE };
enum { REPLY = 0x80, ERROR = 0x40, MORE = 0x20, CHECKED = 0x10 };
enum { MALFORMED = 1, UNKNOWN_TYPE, TOO_LONG, BAD_CHECKSUM, REFUSED };
enum { HEADER = 28, MIB = 1024 * 1024 };

static struct peer_talk talk;
static struct peer_joins joins;
static struct peer_buffer request, reply;
static struct peer_place place;

/* CRC-32C bit by bit, from its polynomial. */
static inline uint32_t crc32c(uint32_t crc, const uint8_t *bytes, size_t size)
{
    crc = ~crc;
    for (size_t i = 0; i < size; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (0x82f63b78U & (0U - (crc & 1)));
    }
    return ~crc;
}

static inline void put(uint8_t *at, uint64_t value, size_t size)
{
    while (size-- > 0) {
        at[size] = (uint8_t)value;
        value >>= 8;
    }
}

static inline uint64_t get(const uint8_t *at, size_t size)
{
    uint64_t value = 0;

    while (size-- > 0)
        value = value << 8 | *at++;
    return value;
}

/* Everything anew: nothing asked, nothing answered. */
static inline void begin(void)
{
    peer_talk_free(&talk);
    peer_joins_free(&joins);
    peer_buffer_free(&request);
    peer_buffer_free(&reply);
    CU_ASSERT_EQUAL_FATAL(peer_talk_init(&talk), 0);
    talk.name = "here";
    talk.service = "pfg";
    place = (struct peer_place){
        .whom = "test",
        .address = 0xc0000201,
        .port = 65432,
        .frame_max = UINT32_MAX,
        .flow = 1,
        .joins = &joins,
    };
}

/* Appends a frame to the request; returns it. */
static inline uint8_t *ask(unsigned type, unsigned flags, const void *body, size_t size)
{
    uint8_t *frame = peer_buffer_room(&request, HEADER + size);

    memset(frame, 0, HEADER);
    memcpy(frame, "pfg\1", 4);
    frame[4] = (uint8_t)type;
    frame[5] = (uint8_t)flags;
    put(frame + 6, 0x1234, 2);
    put(frame + 8, 7, 4);
    put(frame + 12, size, 4);
    if (size > 0)
        memcpy(frame + HEADER, body, size);
    if ((flags & CHECKED) != 0)
        put(frame + 24, crc32c(0, frame, HEADER + size), 4);
    peer_buffer_added(&request, HEADER + size);
    return frame;
}

static inline uint8_t *ask_text(unsigned type, unsigned flags, const char *body)
{
    return ask(type, flags, body, strlen(body));
}

/* Reads one frame of the request. */
static inline enum peer_talked talk_once(void)
{
    size_t used;
    enum peer_talked talked = peer_talk_frame(&talk, &place, peer_buffer_front(&request),
                                              peer_buffer_size(&request), &used, &reply);

    peer_buffer_take(&request, used);
    return talked;
}

/* Takes the next frame of the reply, and checks its header. Returns its body. */
static inline const uint8_t *replied(unsigned type, unsigned flags, size_t *size)
{
    const uint8_t *frame = peer_buffer_front(&reply);
    static uint8_t copy[4 * MIB];

    CU_ASSERT_FATAL(peer_buffer_size(&reply) >= HEADER);
    *size = get(frame + 12, 4);
    CU_ASSERT_FATAL(peer_buffer_size(&reply) >= HEADER + *size);
    CU_ASSERT_FATAL(HEADER + *size <= sizeof copy);
    memcpy(copy, frame, HEADER + *size);
    CU_ASSERT_EQUAL(memcmp(copy, "pfg\1", 4), 0);
    CU_ASSERT_EQUAL(copy[4], type);
    CU_ASSERT_EQUAL(copy[5], flags);
    CU_ASSERT_EQUAL(get(copy + 6, 2), 0x1234);
    CU_ASSERT_EQUAL(get(copy + 8, 4), 7);
    CU_ASSERT_NOT_EQUAL(get(copy + 16, 8), 0);
    if ((flags & CHECKED) != 0) {
        uint64_t checksum = get(copy + 24, 4);

        put(copy + 24, 0, 4);
        CU_ASSERT_EQUAL(checksum, crc32c(0, copy, HEADER + *size));
    } else {
        CU_ASSERT_EQUAL(get(copy + 24, 4), 0);
    }
    peer_buffer_take(&reply, HEADER + *size);
    return copy + HEADER;
}

/* Takes a reply whose body is these bytes. */
static inline void replied_bytes(unsigned type, unsigned flags, const void *body, size_t size)
{
    size_t has;
    const uint8_t *bytes = replied(type, flags, &has);

    CU_ASSERT_EQUAL(has, size);
    CU_ASSERT(has == size && (size == 0 || memcmp(bytes, body, size) == 0));
}

/* Takes an error reply, and the end of the replies. */
static inline void replied_error(unsigned type, unsigned flags, unsigned code)
{
    size_t size;
    const uint8_t *body = replied(type, flags | REPLY | ERROR, &size);

    CU_ASSERT_FATAL(size > 2);
    CU_ASSERT_EQUAL(get(body, 2), code);
    CU_ASSERT_EQUAL(peer_buffer_size(&reply), 0);
}

#endif
