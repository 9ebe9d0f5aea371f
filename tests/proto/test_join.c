/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages in several frames and several messages in one payload: splitting, joining, limits. */
#include "tests/proto/lib.h"

/* A frame of type echo, as bytes; returns its size. */
static uint32_t echo_frame(uint8_t *bytes, unsigned session, bool more, const char *data)
{
    char words[256];
    struct pfg_fault fault;
    snprintf(words, sizeof words, "session=%u; more=%d; data=%s", session, more, data);
    return (uint32_t)encode_into(bytes, LIB_BYTES, "pfg", words, &fault);
}

static enum pfg_join feed(struct pfg_joiner *joiner, uint64_t flow, unsigned session, bool more,
                          const char *data, char *joined)
{
    static uint8_t frame[LIB_BYTES];
    const uint8_t *bytes;
    uint32_t size;
    enum pfg_join join = pfg_joiner_feed(joiner, proto_called("pfg"), flow, frame,
                                         echo_frame(frame, session, more, data), &bytes, &size);
    if (join == PFG_JOIN_DONE)
        snprintf(joined, 100, "%.*s", (int)(size - 28), (const char *)bytes + 28);
    return join;
}

static void test_joiner(void)
{
    struct pfg_joiner *joiner = pfg_joiner_new(1 << 20);
    char joined[100];

    CU_ASSERT(feed(joiner, 1, 1, false, "alone", joined) == PFG_JOIN_WHOLE);
    /* sessions and flows side by side */
    CU_ASSERT(feed(joiner, 1, 1, true, "a", joined) == PFG_JOIN_PARTIAL);
    CU_ASSERT(feed(joiner, 1, 2, true, "x", joined) == PFG_JOIN_PARTIAL);
    CU_ASSERT(feed(joiner, 2, 1, true, "1", joined) == PFG_JOIN_PARTIAL);
    CU_ASSERT(feed(joiner, 1, 3, false, "other", joined) == PFG_JOIN_WHOLE);
    CU_ASSERT(feed(joiner, 1, 1, true, "b", joined) == PFG_JOIN_PARTIAL);
    CU_ASSERT(feed(joiner, 1, 2, false, "y", joined) == PFG_JOIN_DONE);
    same_text("session 2", joined, "xy");
    CU_ASSERT(feed(joiner, 1, 1, false, "c", joined) == PFG_JOIN_DONE);
    same_text("session 1", joined, "abc");
    CU_ASSERT(feed(joiner, 2, 1, false, "2", joined) == PFG_JOIN_DONE);
    same_text("flow 2", joined, "12");
    CU_ASSERT(feed(joiner, 1, 1, false, "new", joined) == PFG_JOIN_WHOLE);
    /* a flow is forgotten, and no other */
    feed(joiner, 1, 1, true, "lost", joined);
    feed(joiner, 2, 1, true, "kept ", joined);
    pfg_joiner_drop(joiner, 1);
    CU_ASSERT(feed(joiner, 1, 1, false, "end", joined) == PFG_JOIN_WHOLE);
    CU_ASSERT(feed(joiner, 2, 1, false, "end", joined) == PFG_JOIN_DONE);
    same_text("kept", joined, "kept end");
    pfg_joiner_free(joiner);
    pfg_joiner_free(NULL);
}

/* A request and a reply of one seq are two messages, even in one flow. */
static void test_directions(void)
{
    struct pfg_joiner *joiner = pfg_joiner_new(1 << 20);
    const struct pfg_proto *proto = proto_called("pfg");
    static const char *const frames[] = { "more=1; data=ask", "more=1; reply=1; data=ans",
                                          "data=ing", "reply=1; data=wer" };
    static const char *const joined_texts[] = { NULL, NULL, "asking", "answer" };
    for (size_t i = 0; i < 4; i++) {
        uint8_t frame[100];
        const uint8_t *bytes = NULL;
        uint32_t size;
        struct pfg_fault fault;
        int64_t n = encode_into(frame, sizeof frame, "pfg", frames[i], &fault);
        enum pfg_join join = pfg_joiner_feed(joiner, proto, 1, frame, (uint32_t)n, &bytes, &size);
        CU_ASSERT(join == (joined_texts[i] ? PFG_JOIN_DONE : PFG_JOIN_PARTIAL));
        CU_ASSERT(!joined_texts[i] || memcmp(bytes + 28, joined_texts[i], 6) == 0);
    }
    pfg_joiner_free(joiner);
}

/* All parts together may take so much; the oldest go first, and one alone may not grow over it. */
static void test_memory(void)
{
    struct pfg_joiner *joiner = pfg_joiner_new(3 * 4096);
    char joined[100];

    for (unsigned session = 1; session <= 4; session++)
        CU_ASSERT(feed(joiner, 1, session, true, "a", joined) == PFG_JOIN_PARTIAL);
    CU_ASSERT(feed(joiner, 1, 1, false, "b", joined) == PFG_JOIN_WHOLE); /* given up */
    for (unsigned session = 2; session <= 4; session++)
        CU_ASSERT(feed(joiner, 1, session, false, "b", joined) == PFG_JOIN_DONE);
    pfg_joiner_free(joiner);

    joiner = pfg_joiner_new(100);
    CU_ASSERT(feed(joiner, 1, 1, true, "a", joined) == PFG_JOIN_TOO_LONG);
    CU_ASSERT(feed(joiner, 1, 1, false, "a", joined) == PFG_JOIN_WHOLE);
    pfg_joiner_free(joiner);
}

/* At most 16 MiB in all (PROTOCOL.md). */
static void test_longest(void)
{
    static const uint32_t part = 1048576;
    struct pfg_joiner *joiner = pfg_joiner_new(64u << 20);
    const struct pfg_proto *proto = proto_called("pfg");
    uint8_t *frame = calloc(1, 28 + part);
    const uint8_t *joined;
    uint32_t size;

    echo_frame(frame, 1, true, "");
    frame[13] = 0x10; /* its length */
    for (int i = 0; i < 16; i++)
        CU_ASSERT(pfg_joiner_feed(joiner, proto, 1, frame, 28 + part, &joined, &size) ==
                  PFG_JOIN_PARTIAL);
    echo_frame(frame, 1, false, "");
    CU_ASSERT(pfg_joiner_feed(joiner, proto, 1, frame, 28, &joined, &size) == PFG_JOIN_DONE);
    same_number("joined", size, 28 + 16 * part);
    echo_frame(frame, 1, true, "");
    for (int i = 0; i < 16; i++)
        pfg_joiner_feed(joiner, proto, 1, frame, 28 + part, &joined, &size);
    echo_frame(frame, 1, true, "b");
    CU_ASSERT(pfg_joiner_feed(joiner, proto, 1, frame, 29, &joined, &size) == PFG_JOIN_TOO_LONG);
    free(frame);
    pfg_joiner_free(joiner);
}

/* ---- Splitting ---- */

static void test_split(void)
{
    static uint8_t message[LIB_BYTES], frames[2 * LIB_BYTES];
    const struct pfg_proto *proto = proto_called("pfg");
    struct pfg_fault fault;
    uint32_t size = (uint32_t)encode_into(message, sizeof message, "pfg",
                                          "checked=1; session=5; seq=6; data=abcdefghij", &fault);
    for (uint32_t most = 1; most <= 11; most++) {
        struct pfg_writer writer = { frames, 0, sizeof frames, false };
        int count = pfg_encode_split(proto, message, size, most, &writer, &fault);
        same_number("frames", (uint64_t)count, (10 + most - 1) / most);
        same_number("bytes", writer.size, 28u * (unsigned)count + 10);
        /* and together again, each frame's checksum right */
        struct pfg_joiner *joiner = pfg_joiner_new(1 << 20);
        uint32_t used;
        pfg_decode_reset(lib_decode());
        same_number("messages",
                    (uint64_t)pfg_decode_payload(lib_decode(), proto, joiner, 1, frames,
                                                 writer.size, writer.size, true, false, &used),
                    1);
        same_number("used", used, writer.size);
        same_number("pdus", lib_decode()->pdu_count, (uint64_t)count);
        for (uint32_t i = 0; i < lib_decode()->pdu_count; i++) {
            const struct pfg_pdu *pdu = &lib_decode()->pdus[i];
            same_text("problems", problems_text(pdu->problems), "");
            CU_ASSERT(pdu->partial == (i + 1 < lib_decode()->pdu_count));
            const struct pfg_value *data =
                pfg_pdu_find(lib_decode(), pdu, pfg_known(PFG_KNOWN_ECHO_DATA));
            CU_ASSERT((data != NULL) == !pdu->partial);
            if (data)
                CU_ASSERT(data->size == 10 &&
                          memcmp(pfg_value_bytes(pdu, data), "abcdefghij", 10) == 0);
        }
        pfg_decode_reset(lib_decode());
        pfg_joiner_free(joiner);
    }
    /* what is too small to be a message, no room */
    struct pfg_writer writer = { frames, 0, 30, false };
    CU_ASSERT(pfg_encode_split(proto, message, 27, 0, &writer, &fault) < 0);
    CU_ASSERT(pfg_encode_split(proto, message, size, 4, &writer, &fault) < 0);
    CU_ASSERT(pfg_encode_split(proto_called("pfg_plain"), message, size, 4, &writer, &fault) < 0);
    /* an empty body is one frame */
    writer = (struct pfg_writer){ frames, 0, sizeof frames, false };
    same_number("one", (uint64_t)pfg_encode_split(proto, message, 28, 0, &writer, &fault), 1);
}

/* ---- Payloads ---- */

struct payload {
    const char *proto, *hex;
    uint32_t wire;
    bool stream, final;
    int messages;
    uint32_t used;
    const char *problems; /* of each pdu, with commas */
};

#define BYE   "70666701060000000000000000000000000000000000000000000000 "
#define PART  "70666701012000000000000000000001000000000000000000000000 61 "
#define QUERY "0007 0100 0001 0000 0000 0000 0161 00 0001 0001 "

static void test_payloads(void)
{
    static const struct payload cases[] = {
        { "pfg", BYE BYE, 0, false, true, 2, 56, "," },
        { "pfg", BYE BYE, 0, true, false, 2, 56, "," },
        { "pfg", BYE "7066", 0, true, false, 1, 28, "" },
        { "pfg", BYE "7066", 0, true, true, 2, 30, ",truncated" },
        { "pfg", BYE "7061", 0, true, true, 1, 30, "trailing_bytes" },
        { "pfg", BYE "7061", 0, false, true, 1, 30, "trailing_bytes" },
        { "pfg", "7061", 0, false, true, 1, 2, "truncated" },
        { "pfg", "706100", 0, false, true, 1, 3, "bad_constant" },
        { "pfg", BYE, 40, false, true, 1, 28, "" }, /* cut behind the message */
        { "pfg", PART, 0, false, true, 0, 29, "" },
        { "pfg", PART, 50, false, true, 0, 29, "" },
        { "pfg", "70666701012000000000000000000002000000000000000000000000 61", 30, false, true, 0,
          29, "truncated" },
        { "pfg", "", 0, false, true, 0, 0, "" },
        { "pfg_plain", "6162", 0, false, true, 1, 2, "" },
        { "pfg_plain", "6162", 9, false, true, 1, 2, "truncated" },
        { "pfg_dns", QUERY, 0, false, true, 1, 19, "" },
        { "pfg_dns", QUERY "00", 0, false, true, 1, 20, "trailing_bytes" },
        { "pfg_dns", QUERY, 40, false, true, 1, 19, "truncated" },
        { "pfg_dns", "0013" QUERY "0013" QUERY, 0, true, false, 2, 42, "," },
        { "pfg_dns", "0013" QUERY "0000 0013" QUERY, 0, true, false, 3, 44, ",truncated," },
        { "pfg_dns", "0013" QUERY "00", 0, true, false, 1, 21, "" },
        { "pfg_dns", "0013" QUERY "00", 0, true, true, 2, 22, ",truncated" },
        { "pfg_dns", "0014" QUERY, 0, true, false, 0, 0, "" },
        { "pfg_dns", "0014" QUERY, 0, true, true, 1, 21, "truncated" },
    };
    static uint8_t bytes[LIB_BYTES];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint32_t size = unhex(cases[i].hex, bytes), used = 0;
        char problems[200] = "";
        uint8_t *exact = malloc(size ? size : 1);
        memcpy(exact, bytes, size);
        pfg_decode_reset(lib_decode());
        int messages = pfg_decode_payload(lib_decode(), proto_called(cases[i].proto), NULL, 0,
                                          exact, size, cases[i].wire ? cases[i].wire : size,
                                          cases[i].stream, cases[i].final, &used);
        for (uint32_t k = 0; k < lib_decode()->pdu_count; k++) {
            strcat(problems, k ? "," : "");
            strcat(problems, problems_text(lib_decode()->pdus[k].problems));
        }
        if (messages != cases[i].messages || used != cases[i].used)
            printf("\n  %s: %d messages, %u used\n", cases[i].hex, messages, used);
        CU_ASSERT(messages == cases[i].messages && used == cases[i].used);
        same_text(cases[i].hex, problems, cases[i].problems);
        free(exact);
    }
}

/* A part that is cut spoils its message, and no other. */
static void test_cut_part(void)
{
    struct pfg_joiner *joiner = pfg_joiner_new(1 << 20);
    const struct pfg_proto *proto = proto_called("pfg");
    static uint8_t frame[LIB_BYTES];
    char joined[100];
    uint32_t used, size;

    feed(joiner, 1, 1, true, "a", joined);
    feed(joiner, 1, 2, true, "x", joined);
    size = echo_frame(frame, 1, true, "hole");
    pfg_decode_reset(lib_decode());
    pfg_decode_payload(lib_decode(), proto, joiner, 1, frame, size - 2, size, false, true, &used);
    CU_ASSERT(feed(joiner, 1, 1, false, "c", joined) == PFG_JOIN_WHOLE);
    CU_ASSERT(feed(joiner, 1, 2, false, "y", joined) == PFG_JOIN_DONE);
    same_text("the other", joined, "xy");
    pfg_joiner_free(joiner);
}

/* Which protocol a payload is. */
static void test_choice(void)
{
    static const struct {
        enum pfg_transport transport;
        uint16_t sport, dport;
        const char *hex, *proto;
    } cases[] = {
        { PFG_UDP, 9434, 40000, BYE, "pfg" },
        { PFG_UDP, 40000, 9434, "7066675f69705f62726f6164636173745f636c", "pfg_plain" },
        { PFG_UDP, 9434, 40000, "6162", "pfg_plain" },
        { PFG_UDP, 9434, 40000, "70666702", "pfg" }, /* a damaged frame more than a text */
        { PFG_UDP, 9434, 40000, "7066670163", "pfg" },
        { PFG_UDP, 9434, 40000, "706667", "pfg_plain" }, /* free text that begins as frames do */
        { PFG_UDP, 9434, 40000, "7066675f6970", "pfg_plain" },
        { PFG_UDP, 9434, 40000, "7066670a", "pfg_plain" },
        { PFG_UDP, 9434, 40000, "7066672073657276657220686572652c20616e64206d6f7265", "pfg_plain" },
        { PFG_TCP, 40000, 65432, "706667", "pfg" },
        { PFG_TCP, 40000, 65432, "7066672073657276657220686572652c20616e64206d6f7265", "pfg" },
        { PFG_UDP, 53, 40000, "00", "pfg_dns" },
        { PFG_UDP, 40000, 5353, BYE, "pfg_dns" },
        { PFG_UDP, 40000, 40001, BYE, "pfg" },
        { PFG_UDP, 40000, 40001, "706667010600", NULL },
        { PFG_UDP, 40000, 40001, "6162", NULL },
        { PFG_UDP, 9434, 40000, "", NULL },
        { PFG_TCP, 40000, 65432, BYE, "pfg" },
        { PFG_TCP, 40000, 65432, "70", "pfg" },
        { PFG_TCP, 40000, 65432, "71", NULL },
        { PFG_TCP, 40000, 40001, BYE, "pfg" },
        { PFG_TCP, 40000, 40001, "70666701090000000000000000000000000000000000000000000000", NULL },
        { PFG_TCP, 40000, 40001, "70666701060000000000000000200000000000000000000000000000", NULL },
        { PFG_TCP, 53, 40001, "0013", "pfg_dns" },
    };
    uint8_t bytes[64];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint32_t size = unhex(cases[i].hex, bytes);
        const struct pfg_proto *proto =
            pfg_proto_for(cases[i].transport, cases[i].sport, cases[i].dport, bytes, size);
        same_text(cases[i].hex, proto ? proto->def->name : "none",
                  cases[i].proto ? cases[i].proto : "none");
    }
}

int main(void)
{
    static const struct test_case cases[] = {
        { "joining, sessions and flows side by side", test_joiner },
        { "request and reply", test_directions },
        { "memory", test_memory },
        { "the longest message", test_longest },
        { "splitting", test_split },
        { "payloads", test_payloads },
        { "a cut part", test_cut_part },
        { "which protocol", test_choice },
        { NULL, NULL },
    };
    lib_decode();
    return test_run("join", cases);
}
