/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Frames in parts, cut, joined, damaged, and longer than may be. */
#include "tests/peer/talk.h"

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

int main(void)
{
    static const struct test_case cases[] = {
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
        { NULL, NULL },
    };

    if (pfg_registry_init() != 0) {
        fprintf(stderr, "%s\n", pfg_registry_fault());
        return 1;
    }
    return test_run("talk_frames", cases);
}
