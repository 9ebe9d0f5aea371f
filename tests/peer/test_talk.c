/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Requests and replies byte by byte: requests are laid down here by hand and replies are read by
 * hand, so that a mistake made alike in encoder and decoder is seen.
 */
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
static uint32_t crc32c(uint32_t crc, const uint8_t *bytes, size_t size)
{
    crc = ~crc;
    for (size_t i = 0; i < size; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (0x82f63b78U & (0U - (crc & 1)));
    }
    return ~crc;
}

static void put(uint8_t *at, uint64_t value, size_t size)
{
    while (size-- > 0) {
        at[size] = (uint8_t)value;
        value >>= 8;
    }
}

static uint64_t get(const uint8_t *at, size_t size)
{
    uint64_t value = 0;

    while (size-- > 0)
        value = value << 8 | *at++;
    return value;
}

/* Everything anew: nothing asked, nothing answered. */
static void begin(void)
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
static uint8_t *ask(unsigned type, unsigned flags, const void *body, size_t size)
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

static uint8_t *ask_text(unsigned type, unsigned flags, const char *body)
{
    return ask(type, flags, body, strlen(body));
}

/* Reads one frame of the request. */
static enum peer_talked talk_once(void)
{
    size_t used;
    enum peer_talked talked = peer_talk_frame(&talk, &place, peer_buffer_front(&request),
                                              peer_buffer_size(&request), &used, &reply);

    peer_buffer_take(&request, used);
    return talked;
}

/* Takes the next frame of the reply, and checks its header. Returns its body. */
static const uint8_t *replied(unsigned type, unsigned flags, size_t *size)
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
static void replied_bytes(unsigned type, unsigned flags, const void *body, size_t size)
{
    size_t has;
    const uint8_t *bytes = replied(type, flags, &has);

    CU_ASSERT_EQUAL(has, size);
    CU_ASSERT(has == size && (size == 0 || memcmp(bytes, body, size) == 0));
}

/* Takes an error reply, and the end of the replies. */
static void replied_error(unsigned type, unsigned flags, unsigned code)
{
    size_t size;
    const uint8_t *body = replied(type, flags | REPLY | ERROR, &size);

    CU_ASSERT_FATAL(size > 2);
    CU_ASSERT_EQUAL(get(body, 2), code);
    CU_ASSERT_EQUAL(peer_buffer_size(&reply), 0);
}

/* ---- Kinds -------------------------------------------------------------------------------- */

static void test_echo(void)
{
    begin();
    ask_text(ECHO, 0, "Hello, world");
    CU_ASSERT_EQUAL(talk_once(), PEER_TALKED_ON);
    replied_bytes(ECHO, REPLY, "Hello, world", 12);
    ask(ECHO, 0, NULL, 0);
    CU_ASSERT_EQUAL(talk_once(), PEER_TALKED_ON);
    replied_bytes(ECHO, REPLY, NULL, 0);
    ask(ECHO, CHECKED, "a\0b", 3);
    CU_ASSERT_EQUAL(talk_once(), PEER_TALKED_ON);
    replied_bytes(ECHO, REPLY | CHECKED, "a\0b", 3);
    CU_ASSERT_EQUAL(talk.counts.requests, 3);
    CU_ASSERT_EQUAL(talk.counts.replies, 3);
}

static void test_time(void)
{
    size_t size;
    const uint8_t *body;
    time_t seconds;
    char text[64];

    begin();
    ask_text(TIME, 0, "x");
    CU_ASSERT_EQUAL(talk_once(), PEER_TALKED_ON);
    body = replied(TIME, REPLY, &size);
    CU_ASSERT_EQUAL_FATAL(size, 8 + 1 + 24 + 1);
    seconds = (time_t)(get(body, 8) / 1000000000U);
    CU_ASSERT(labs((long)(seconds - time(NULL))) <= 1);
    CU_ASSERT_EQUAL(body[8], 24);
    ctime_r(&seconds, text);
    CU_ASSERT_EQUAL(memcmp(body + 9, text, 24), 0);
    CU_ASSERT_EQUAL(body[33], 'x');
}

static void test_command(void)
{
    size_t size;
    const uint8_t *body;

    begin();
    ask_text(COMMAND, 0, "ping");
    CU_ASSERT_EQUAL(talk_once(), PEER_TALKED_ON);
    replied_bytes(COMMAND, REPLY, "\0\0ok", 4);
    ask_text(COMMAND, 0, "whoami\n");
    CU_ASSERT_EQUAL(talk_once(), PEER_TALKED_ON);
    replied_bytes(COMMAND, REPLY, "\0\0here", 6);
    ask_text(COMMAND, 0, "rm -rf /");
    CU_ASSERT_EQUAL(talk_once(), PEER_TALKED_ON);
    body = replied(COMMAND, REPLY, &size);
    CU_ASSERT_FATAL(size > 2);
    CU_ASSERT_NOT_EQUAL(get(body, 2), 0);
    ask_text(COMMAND, 0, "help");
    CU_ASSERT_EQUAL(talk_once(), PEER_TALKED_ON);
    replied_bytes(COMMAND, REPLY, "\0\0ping whoami uptime counts help", 32);
    ask_text(COMMAND, 0, "uptime");
    CU_ASSERT_EQUAL(talk_once(), PEER_TALKED_ON);
    replied_bytes(COMMAND, REPLY, "\0\0000 s", 5);
    ask_text(COMMAND, 0, "counts");
    CU_ASSERT_EQUAL(talk_once(), PEER_TALKED_ON);
    replied_bytes(COMMAND, REPLY, "\0\0requests 5, replies 5, errors 0", 33);
}

static void test_discover(void)
{
    static const char found[] = "\xc0\0\2\1\xff\x98\3pfg\4here";

    begin();
    ask_text(DISCOVER, 0, "\1*");
    CU_ASSERT_EQUAL(talk_once(), PEER_TALKED_ON);
    replied_bytes(DISCOVER, REPLY, found, sizeof found - 1);
    ask_text(DISCOVER, 0, "\3pfg");
    CU_ASSERT_EQUAL(talk_once(), PEER_TALKED_ON);
    replied_bytes(DISCOVER, REPLY, found, sizeof found - 1);
    ask_text(DISCOVER, 0, "\5other");
    CU_ASSERT_EQUAL(talk_once(), PEER_TALKED_ON);
    replied_error(DISCOVER, 0, REFUSED);
    place.silent = true;
    ask_text(DISCOVER, 0, "\5other");
    CU_ASSERT_EQUAL(talk_once(), PEER_TALKED_ON);
    CU_ASSERT_EQUAL(peer_buffer_size(&reply), 0);
    CU_ASSERT_EQUAL(talk.counts.silent, 1);
}

static void test_record(void)
{
    static const char record[] = "\3hiq\x0c\0\0\0\x17\0\0\0\xf0\xe2\6\0\0\0\0\0";

    begin();
    ask(RECORD, 0, record, sizeof record - 1);
    CU_ASSERT_EQUAL(talk_once(), PEER_TALKED_ON);
    replied_bytes(RECORD, REPLY, record, sizeof record - 1);
    ask(RECORD, 0, record, sizeof record - 2); /* a byte too few for the format */
    CU_ASSERT_EQUAL(talk_once(), PEER_TALKED_ON);
    replied_error(RECORD, 0, MALFORMED);
}

static void test_bye(void)
{
    begin();
    ask(BYE, 0, NULL, 0);
    CU_ASSERT_EQUAL(talk_once(), PEER_TALKED_BYE);
    replied_bytes(BYE, REPLY, NULL, 0);
}

/* ---- Errors ------------------------------------------------------------------------------- */

static void test_unknown_type(void)
{
    begin();
    ask_text(77, CHECKED, "x");
    CU_ASSERT_EQUAL(talk_once(), PEER_TALKED_ON);
    replied_error(77, CHECKED, UNKNOWN_TYPE);
}

static void test_bad_checksum(void)
{
    uint8_t *frame;

    begin();
    frame = ask_text(ECHO, CHECKED, "hello");
    frame[HEADER] ^= 1;
    ask_text(ECHO, CHECKED, "after");
    CU_ASSERT_EQUAL(talk_once(), PEER_TALKED_ON);
    replied_error(ECHO, CHECKED, BAD_CHECKSUM);
    CU_ASSERT_EQUAL(talk_once(), PEER_TALKED_ON);
    replied_bytes(ECHO, REPLY | CHECKED, "after", 5);
    CU_ASSERT_EQUAL(talk.counts.errors, 1);
}

static void test_malformed(void)
{
    begin();
    ask_text(DISCOVER, 0, "\11short"); /* says nine bytes, has five */
    CU_ASSERT_EQUAL(talk_once(), PEER_TALKED_ON);
    replied_error(DISCOVER, 0, MALFORMED);
    ask_text(DISCOVER, 0, "\1*more"); /* bytes behind the last field */
    CU_ASSERT_EQUAL(talk_once(), PEER_TALKED_ON);
    replied_error(DISCOVER, 0, MALFORMED);
    ask_text(COMMAND, 0, "\xff\xfe"); /* not UTF-8 */
    CU_ASSERT_EQUAL(talk_once(), PEER_TALKED_ON);
    replied_error(COMMAND, 0, MALFORMED);
    ask_text(ECHO, 0x0f, "x"); /* reserved bits are passed over */
    CU_ASSERT_EQUAL(talk_once(), PEER_TALKED_ON);
    replied_bytes(ECHO, REPLY, "x", 1);
}

static void test_refused(void)
{
    begin();
    talk.refused = UINT64_C(1) << COMMAND;
    ask_text(COMMAND, 0, "ping");
    CU_ASSERT_EQUAL(talk_once(), PEER_TALKED_ON);
    replied_error(COMMAND, 0, REFUSED);
}

static void test_replies_are_ignored(void)
{
    begin();
    ask_text(ECHO, REPLY, "x");
    CU_ASSERT_EQUAL(talk_once(), PEER_TALKED_ON);
    ask_text(ECHO, REPLY | ERROR, "\0\1x");
    CU_ASSERT_EQUAL(talk_once(), PEER_TALKED_ON);
    CU_ASSERT_EQUAL(peer_buffer_size(&reply), 0);
    CU_ASSERT_EQUAL(talk.counts.ignored, 2);
}

/* ---- Frames ------------------------------------------------------------------------------- */

static void test_parts_of_a_frame(void)
{
    uint8_t whole[HEADER + 5];
    size_t used;

    begin();
    memcpy(whole, ask_text(ECHO, 0, "hello"), sizeof whole);
    for (size_t size = 1; size < sizeof whole; size++) {
        CU_ASSERT_EQUAL(peer_talk_frame(&talk, &place, whole, size, &used, &reply),
                        PEER_TALKED_MORE);
        CU_ASSERT_EQUAL(used, 0);
    }
    CU_ASSERT_EQUAL(peer_talk_frame(&talk, &place, whole, sizeof whole, &used, &reply),
                    PEER_TALKED_ON);
    CU_ASSERT_EQUAL(used, sizeof whole);
    replied_bytes(ECHO, REPLY, "hello", 5);
}

static void test_cut_frame(void)
{
    uint8_t whole[HEADER + 5];
    size_t used;

    begin();
    place.final = true;
    memcpy(whole, ask_text(ECHO, 0, "hello"), sizeof whole);
    CU_ASSERT_EQUAL(peer_talk_frame(&talk, &place, whole, sizeof whole - 1, &used, &reply),
                    PEER_TALKED_LOST);
    replied_error(ECHO, 0, MALFORMED);
    CU_ASSERT_EQUAL(peer_talk_frame(&talk, &place, whole, HEADER - 1, &used, &reply),
                    PEER_TALKED_LOST);
    CU_ASSERT_EQUAL(peer_buffer_size(&reply), 0);
}

static void test_no_frame(void)
{
    size_t used;

    begin();
    CU_ASSERT_EQUAL(peer_talk_frame(&talk, &place, (const uint8_t *)"GET / HTTP/1.1\r\n", 16, &used,
                                    &reply),
                    PEER_TALKED_LOST);
    CU_ASSERT_EQUAL(used, 16);
    ask_text(ECHO, 0, "hello")[3] = 2; /* a version to come */
    CU_ASSERT_EQUAL(talk_once(), PEER_TALKED_LOST);
    CU_ASSERT_EQUAL(peer_buffer_size(&reply), 0);
    CU_ASSERT_EQUAL(talk.counts.ignored, 2);
}

static void test_too_long(void)
{
    begin();
    put(ask_text(ECHO, 0, "hello") + 12, MIB + 1, 4);
    CU_ASSERT_EQUAL(talk_once(), PEER_TALKED_LOST);
    replied_error(ECHO, 0, TOO_LONG);
}

static void test_longest_frame(void)
{
    uint8_t *body = calloc(1, MIB);

    CU_ASSERT_PTR_NOT_NULL_FATAL(body);
    begin();
    body[MIB - 1] = 'z';
    ask(ECHO, CHECKED, body, MIB);
    CU_ASSERT_EQUAL(talk_once(), PEER_TALKED_ON);
    replied_bytes(ECHO, REPLY | CHECKED, body, MIB);
    CU_ASSERT_EQUAL(peer_buffer_size(&reply), 0);
    free(body);
}

static void test_more(void)
{
    begin();
    ask_text(RECORD, MORE | CHECKED, "\3h");
    ask_text(ECHO, 0, "between");
    ask_text(RECORD, MORE | CHECKED, "iq\x0c");
    ask(RECORD, CHECKED, "\0\0\0\x17\0\0\0\xf0\xe2\6\0\0\0\0\0", 15);
    CU_ASSERT_EQUAL(talk_once(), PEER_TALKED_ON);
    CU_ASSERT_EQUAL(peer_buffer_size(&reply), 0);
    CU_ASSERT_EQUAL(talk_once(), PEER_TALKED_ON);
    replied_bytes(ECHO, REPLY, "between", 7);
    CU_ASSERT_EQUAL(talk_once(), PEER_TALKED_ON);
    CU_ASSERT_EQUAL(peer_buffer_size(&reply), 0);
    CU_ASSERT_NOT_EQUAL(joins.bytes, 0);
    CU_ASSERT_EQUAL(talk_once(), PEER_TALKED_ON);
    replied_bytes(RECORD, REPLY | CHECKED, "\3hiq\x0c\0\0\0\x17\0\0\0\xf0\xe2\6\0\0\0\0\0", 20);
    CU_ASSERT_EQUAL(talk.counts.requests, 2);
}

static void test_damaged_part(void)
{
    begin();
    ask_text(ECHO, MORE | CHECKED, "one");
    ask_text(ECHO, MORE | CHECKED, "two")[HEADER] ^= 1;
    ask_text(ECHO, CHECKED, "three");
    CU_ASSERT_EQUAL(talk_once(), PEER_TALKED_ON);
    CU_ASSERT_EQUAL(talk_once(), PEER_TALKED_LOST);
    replied_error(ECHO, CHECKED, BAD_CHECKSUM);
    CU_ASSERT_EQUAL(talk_once(), PEER_TALKED_ON); /* not joined to what came before the damage */
    replied_bytes(ECHO, REPLY | CHECKED, "three", 5);
}

static void test_long_reply(void)
{
    const size_t size = 5 * MIB / 2;
    uint8_t *body = malloc(size);
    const uint8_t *part;
    size_t part_size;

    CU_ASSERT_PTR_NOT_NULL_FATAL(body);
    for (size_t i = 0; i < size; i++)
        body[i] = (uint8_t)(i * 7 >> 3);
    begin();
    for (size_t at = 0; at < size; at += MIB / 2)
        ask(ECHO, CHECKED | (at + MIB / 2 < size ? MORE : 0), body + at, MIB / 2);
    for (size_t at = 0; at < size; at += MIB / 2)
        CU_ASSERT_EQUAL(talk_once(), PEER_TALKED_ON);
    part = replied(ECHO, REPLY | CHECKED | MORE, &part_size);
    CU_ASSERT_EQUAL(part_size, MIB);
    CU_ASSERT_EQUAL(memcmp(part, body, MIB), 0);
    part = replied(ECHO, REPLY | CHECKED | MORE, &part_size);
    CU_ASSERT_EQUAL(memcmp(part, body + MIB, MIB), 0);
    part = replied(ECHO, REPLY | CHECKED, &part_size);
    CU_ASSERT_EQUAL(part_size, MIB / 2);
    CU_ASSERT_EQUAL(memcmp(part, body + 2 * (size_t)MIB, MIB / 2), 0);
    CU_ASSERT_EQUAL(peer_buffer_size(&reply), 0);
    free(body);
}

static void test_joined_too_long(void)
{
    uint8_t *body = calloc(1, MIB);

    CU_ASSERT_PTR_NOT_NULL_FATAL(body);
    begin();
    for (int i = 0; i < 16; i++) {
        ask(ECHO, MORE, body, MIB);
        CU_ASSERT_EQUAL(talk_once(), PEER_TALKED_ON);
    }
    ask(ECHO, 0, body, 1);
    CU_ASSERT_EQUAL(talk_once(), PEER_TALKED_LOST);
    replied_error(ECHO, 0, TOO_LONG);
    free(body);
}

/* 16 MiB exactly are not too long. */
static void test_joined_longest(void)
{
    uint8_t *body = calloc(1, MIB);
    size_t size;

    CU_ASSERT_PTR_NOT_NULL_FATAL(body);
    begin();
    for (int i = 0; i < 16; i++) {
        ask(ECHO, i < 15 ? MORE : 0, body, MIB);
        CU_ASSERT_EQUAL(talk_once(), PEER_TALKED_ON);
    }
    for (int i = 0; i < 16; i++) {
        replied(ECHO, REPLY | (i < 15 ? MORE : 0), &size);
        CU_ASSERT_EQUAL(size, MIB);
    }
    CU_ASSERT_EQUAL(peer_buffer_size(&reply), 0);
    free(body);
}

static void test_small_transport(void)
{
    begin();
    place.frame_max = HEADER + 4;
    ask_text(ECHO, CHECKED, "abcdefghij");
    CU_ASSERT_EQUAL(talk_once(), PEER_TALKED_ON);
    replied_bytes(ECHO, REPLY | CHECKED | MORE, "abcd", 4);
    replied_bytes(ECHO, REPLY | CHECKED | MORE, "efgh", 4);
    replied_bytes(ECHO, REPLY | CHECKED, "ij", 2);
    CU_ASSERT_EQUAL(peer_buffer_size(&reply), 0);
}

/* Damaged frames of all kinds: each is used up, and whatever is said is whole frames. */
static void test_damage(void)
{
    static const char *const bodies[] = { "\1*", "\3hiq\x0c", "ping", "", "\3255s" };
    uint32_t random = 1;

    begin();
    place.final = true;
    for (unsigned round = 0; round < 200000; round++) {
        unsigned type = round % 7 + 1;
        const char *body = bodies[round % (sizeof bodies / sizeof *bodies)];
        uint8_t *frame = ask_text(type, round & (MORE | CHECKED), body);
        size_t size = HEADER + strlen(body);

        for (unsigned i = 0; i < 2; i++) {
            random = random * 1664525 + 1013904223;
            frame[4 + (random >> 8) % (size - 4)] ^= (uint8_t)(random >> 24);
        }
        CU_ASSERT_FATAL(talk_once() != PEER_TALKED_MORE);
        peer_buffer_take(&request, peer_buffer_size(&request));
        while (peer_buffer_size(&reply) > 0) {
            int64_t whole = pfg_frame_size(pfg_known(PFG_KNOWN_TYPE)->proto,
                                           peer_buffer_front(&reply), peer_buffer_size(&reply));

            CU_ASSERT_FATAL(whole > 0 && (size_t)whole <= peer_buffer_size(&reply));
            peer_buffer_take(&reply, (size_t)whole);
        }
    }
    CU_ASSERT(talk.counts.errors > 1000 && talk.counts.replies > 1000);
}

static void test_kinds(void)
{
    CU_ASSERT_EQUAL(peer_talk_kind("record", 6), RECORD);
    CU_ASSERT_EQUAL(peer_talk_kind("recorder", 8), -1);
}

int main(void)
{
    static const struct test_case cases[] = {
        { "echo", test_echo },
        { "time", test_time },
        { "command", test_command },
        { "discover", test_discover },
        { "record", test_record },
        { "bye", test_bye },
        { "unknown type", test_unknown_type },
        { "bad checksum", test_bad_checksum },
        { "malformed", test_malformed },
        { "refused", test_refused },
        { "replies are ignored", test_replies_are_ignored },
        { "parts of a frame", test_parts_of_a_frame },
        { "cut frame", test_cut_frame },
        { "no frame", test_no_frame },
        { "too long", test_too_long },
        { "longest frame", test_longest_frame },
        { "more", test_more },
        { "damaged part", test_damaged_part },
        { "long reply", test_long_reply },
        { "joined too long", test_joined_too_long },
        { "joined, as long as may be", test_joined_longest },
        { "small transport", test_small_transport },
        { "damage", test_damage },
        { "kinds", test_kinds },
        { NULL, NULL },
    };

    if (pfg_registry_init() != 0) {
        fprintf(stderr, "%s\n", pfg_registry_fault());
        return 1;
    }
    return test_run("talk", cases);
}
