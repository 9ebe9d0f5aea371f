/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages of each kind, asked and answered. */
#include "tests/peer/talk.h"

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
        { "kinds", test_kinds },
        { NULL, NULL },
    };

    if (pfg_registry_init() != 0) {
        fprintf(stderr, "%s\n", pfg_registry_fault());
        return 1;
    }
    return test_run("talk", cases);
}
