/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "proto/stream.h"

#include <stdlib.h>
#include <string.h>

#include "tests/harness.h"

static const uint8_t client[4] = { 10, 0, 0, 1 }, server[4] = { 10, 0, 0, 2 };

/* What the reader was shown, by direction: bytes that were used, and '|' for a loss. */
static char got[2][65536];
static size_t got_size[2];
static uint32_t take_at_most; /* of each call; 0 = all */
static uint32_t frame_size;   /* the reader uses whole frames of so many bytes alone; 0 = any */

static uint32_t reader(void *user, struct pfg_stream *stream, enum pfg_stream_event event,
                       const uint8_t *bytes, uint32_t size)
{
    unsigned way = stream->sport == 1000 ? 0 : 1;
    uint32_t used = frame_size == 0 ? size : size / frame_size * frame_size;

    (void)user;
    if (event != PFG_STREAM_BYTES)
        used = 0;
    if (take_at_most > 0 && used > take_at_most)
        used = take_at_most;
    if (used > 0)
        memcpy(got[way] + got_size[way], bytes, used);
    got_size[way] += used;
    if (event == PFG_STREAM_LOSS)
        got[way][got_size[way]++] = '|';
    got[way][got_size[way]] = '\0';
    return used;
}

static struct pfg_streams *begin(size_t memory)
{
    memset(got, 0, sizeof got);
    memset(got_size, 0, sizeof got_size);
    take_at_most = frame_size = 0;
    return pfg_streams_new(memory, reader, NULL);
}

static void send_cut(struct pfg_streams *streams, unsigned way, uint32_t seq, const char *text,
                     uint8_t flags, uint32_t ack, uint32_t cut)
{
    struct pfg_segment segment = {
        .family = 4,
        .flags = flags,
        .src = way == 0 ? client : server,
        .dst = way == 0 ? server : client,
        .sport = way == 0 ? 1000 : 2000,
        .dport = way == 0 ? 2000 : 1000,
        .seq = seq,
        .ack = ack,
        .bytes = (const uint8_t *)text,
        .size = (uint32_t)strlen(text),
        .wire_size = (uint32_t)strlen(text) + cut,
    };

    CU_ASSERT_PTR_NOT_NULL(pfg_streams_add(streams, &segment));
}

static void put(struct pfg_streams *streams, uint32_t seq, const char *text)
{
    send_cut(streams, 0, seq, text, 0x10, 0, 0);
}

static void test_order(void)
{
    struct pfg_streams *streams = begin(1 << 20);

    send_cut(streams, 0, 99, "", PFG_TCP_SYN, 0, 0);
    put(streams, 103, "def");
    put(streams, 109, "jkl");
    put(streams, 106, "ghi");
    CU_ASSERT_STRING_EQUAL(got[0], "");
    put(streams, 100, "abc");
    CU_ASSERT_STRING_EQUAL(got[0], "abcdefghijkl");
    pfg_streams_free(streams);
}

static void test_overlaps(void)
{
    struct pfg_streams *streams = begin(1 << 20);

    send_cut(streams, 0, 99, "", PFG_TCP_SYN, 0, 0);
    put(streams, 100, "abc");
    put(streams, 100, "XXX");  /* sent again, with other bytes: the first are taken */
    put(streams, 101, "XXde"); /* half of it is new */
    put(streams, 108, "ij");
    put(streams, 106, "ghXX");     /* over what is kept */
    put(streams, 105, "fgXXXklm"); /* around two pieces */
    CU_ASSERT_STRING_EQUAL(got[0], "abcdefghijklm");
    put(streams, 113, "n");
    CU_ASSERT_STRING_EQUAL(got[0], "abcdefghijklmn");
    pfg_streams_free(streams);
}

static void test_wrap(void)
{
    struct pfg_streams *streams = begin(1 << 20);

    send_cut(streams, 0, 0xfffffffc, "", PFG_TCP_SYN, 0, 0);
    put(streams, 0x00000002, "fgh");
    put(streams, 0xfffffffd, "abcde");
    CU_ASSERT_STRING_EQUAL(got[0], "abcdefgh");
    put(streams, 5, "i");
    CU_ASSERT_STRING_EQUAL(got[0], "abcdefghi");
    pfg_streams_free(streams);
}

static void test_hole_acknowledged(void)
{
    struct pfg_streams *streams = begin(1 << 20);
    struct pfg_streams_figures figures;

    send_cut(streams, 0, 99, "", PFG_TCP_SYN, 0, 0);
    put(streams, 100, "abc");
    put(streams, 106, "ghi");
    CU_ASSERT_STRING_EQUAL(got[0], "abc");
    send_cut(streams, 1, 500, "", 0x10, 105, 0); /* not all of the hole: it may still come */
    CU_ASSERT_STRING_EQUAL(got[0], "abc");
    send_cut(streams, 1, 500, "", 0x10, 109, 0);
    CU_ASSERT_STRING_EQUAL(got[0], "abc|ghi");
    pfg_streams_figures(streams, &figures);
    CU_ASSERT_EQUAL(figures.lost_bytes, 3);
    pfg_streams_free(streams);
}

static void test_kept_bytes(void)
{
    struct pfg_streams *streams = begin(1 << 20);
    uint32_t seq;

    frame_size = 7;
    send_cut(streams, 0, 99, "", PFG_TCP_SYN, 0, 0);
    for (seq = 0; seq < 26; seq++) {
        char letter[2] = { (char)('a' + seq), '\0' };

        put(streams, 100 + seq, letter);
    }
    CU_ASSERT_STRING_EQUAL(got[0], "abcdefghijklmnopqrstu");
    pfg_streams_free(streams);
}

static void test_middle(void)
{
    struct pfg_streams *streams = begin(1 << 20);

    put(streams, 77, "abc");
    put(streams, 80, "def");
    send_cut(streams, 1, 500, "xyz", 0x10, 83, 0);
    CU_ASSERT_STRING_EQUAL(got[0], "abcdef");
    CU_ASSERT_STRING_EQUAL(got[1], "xyz");
    pfg_streams_free(streams);
}

static void test_cut_by_capture(void)
{
    struct pfg_streams *streams = begin(1 << 20);

    send_cut(streams, 0, 99, "", PFG_TCP_SYN, 0, 0);
    send_cut(streams, 0, 100, "abc", 0x10, 0, 4);
    put(streams, 107, "hij");
    CU_ASSERT_STRING_EQUAL(got[0], "abc|hij");
    pfg_streams_free(streams);
}

static void test_ports_used_again(void)
{
    struct pfg_streams *streams = begin(1 << 20);

    send_cut(streams, 0, 99, "", PFG_TCP_SYN, 0, 0);
    put(streams, 100, "abc");
    send_cut(streams, 0, 103, "", PFG_TCP_FIN | 0x10, 0, 0);
    send_cut(streams, 0, 7, "", PFG_TCP_SYN, 0, 0);
    put(streams, 8, "new");
    CU_ASSERT_STRING_EQUAL(got[0], "abcnew");
    pfg_streams_free(streams);
}

static uint64_t now_ns; /* of the segments of talk() */

/* One connection from a port: begun, so many bytes each way, ended by FINs or by a reset. */
static void talk(struct pfg_streams *streams, uint16_t port, bool reset)
{
    static const struct {
        uint8_t flags;
        bool back;
        uint32_t seq, ack, size;
    } steps[] = {
        { PFG_TCP_SYN, false, 99, 0, 0 },
        { PFG_TCP_SYN | PFG_TCP_ACK_BIT, true, 499, 100, 0 },
        { PFG_TCP_ACK_BIT, false, 100, 500, 3 },
        { PFG_TCP_ACK_BIT | PFG_TCP_FIN, false, 103, 500, 0 },
        { PFG_TCP_ACK_BIT | PFG_TCP_FIN, true, 500, 104, 0 },
        { PFG_TCP_ACK_BIT, false, 104, 501, 0 },
    };
    size_t i;

    for (i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        bool back = steps[i].back, last = i == 3 && reset;
        struct pfg_segment segment = {
            .family = 4,
            .flags = last ? PFG_TCP_RST : steps[i].flags,
            .src = back ? server : client,
            .dst = back ? client : server,
            .sport = back ? 2000 : port,
            .dport = back ? port : 2000,
            .seq = steps[i].seq,
            .ack = steps[i].ack,
            .bytes = (const uint8_t *)"abc",
            .size = steps[i].size,
            .wire_size = steps[i].size,
            .time_ns = now_ns,
        };

        CU_ASSERT_PTR_NOT_NULL(pfg_streams_add(streams, &segment));
        if (last)
            return;
    }
}

/* Connections that ended are dropped a minute after their last segment, and not before; those that
 * did not are kept. */
static void test_closed(void)
{
    const uint64_t second = 1000000000;
    struct pfg_streams *streams = begin(1 << 20);
    struct pfg_streams_figures figures, most;
    uint16_t port;

    now_ns = 5 * second;
    send_cut(streams, 0, 99, "", PFG_TCP_SYN, 0, 0); /* stays open */
    for (port = 3000; port < 3100; port++)
        talk(streams, port, port % 2 != 0);
    now_ns = 60 * second;
    talk(streams, 3000, false); /* its ports are used again */
    talk(streams, 4000, false);
    pfg_streams_figures(streams, &most);
    CU_ASSERT_EQUAL(most.closed, 0);
    CU_ASSERT_EQUAL(most.connections, 102);
    now_ns = 66 * second;
    talk(streams, 4000, true);
    pfg_streams_figures(streams, &figures);
    CU_ASSERT_EQUAL(figures.closed, 99);
    now_ns = 200 * second;
    talk(streams, 4001, true);
    now_ns = 300 * second;
    put(streams, 100, "x"); /* without a time, nothing is dropped */
    pfg_streams_figures(streams, &figures);
    CU_ASSERT_EQUAL(figures.closed, 101);
    CU_ASSERT_EQUAL(figures.evicted, 0);
    CU_ASSERT_EQUAL(figures.connections, 103);
    CU_ASSERT_TRUE(figures.memory < most.memory / 4);
    pfg_streams_free(streams);
}

/* A connection that ended and begins again on the same ports is open: its bytes are shown, and it
 * stays. */
static void test_opened_again(void)
{
    const uint64_t second = 1000000000;
    struct pfg_streams *streams = begin(1 << 20);
    struct pfg_streams_figures figures;

    now_ns = second;
    talk(streams, 1000, true);
    send_cut(streams, 0, 7, "", PFG_TCP_SYN, 0, 0);
    now_ns = 200 * second;
    talk(streams, 3000, false);
    put(streams, 8, "new");
    CU_ASSERT_STRING_EQUAL(got[0], "abcnew");
    pfg_streams_figures(streams, &figures);
    CU_ASSERT_EQUAL(figures.closed, 0);
    CU_ASSERT_EQUAL(figures.connections, 2);
    pfg_streams_free(streams);
}

/* At the bound of memory, those that ended go first. */
static void test_bound_of_closed(void)
{
    struct pfg_streams *streams = begin(64 * 1024);
    struct pfg_streams_figures figures;
    uint16_t port;

    now_ns = 1;
    send_cut(streams, 0, 99, "", PFG_TCP_SYN, 0, 0);
    for (port = 3000; port < 4000; port++)
        talk(streams, port, port % 2 != 0);
    put(streams, 100, "abc");
    pfg_streams_figures(streams, &figures);
    CU_ASSERT_TRUE(figures.memory <= 64 * 1024);
    CU_ASSERT_TRUE(figures.closed > 700);
    CU_ASSERT_EQUAL(figures.evicted, 0);
    CU_ASSERT_EQUAL(figures.connections, 1001);
    pfg_streams_free(streams);
}

/* Whatever comes, memory stays within the bound and a small piece more. */
static void test_bound(void)
{
    static char text[1001];
    struct pfg_streams *streams = begin(256 * 1024);
    struct pfg_streams_figures figures;
    uint32_t i;

    memset(text, 'x', sizeof text - 1);
    frame_size = 1000000; /* never satisfied */
    send_cut(streams, 0, 99, "", PFG_TCP_SYN, 0, 0);
    for (i = 0; i < 5000; i++) {
        put(streams, 100 + i * 1000 + (i % 2) * 500, text);
        got_size[0] = 0;
        pfg_streams_figures(streams, &figures);
        CU_ASSERT_TRUE(figures.memory < 3 * 256 * 1024);
    }
    pfg_streams_free(streams);
}

/* Segments of a known text, in random order, cut at random, some twice: the text comes out. */
static void test_random(void)
{
    enum { SIZE = 20000 };
    static char text[SIZE + 1], piece[2001];
    unsigned seed = 1;
    int round;

    for (round = 0; round < 20; round++) {
        struct pfg_streams *streams = begin(16 << 20);
        uint32_t start = 0xffffe000U + (uint32_t)round, low = 0;
        int i;

        for (i = 0; i < SIZE; i++)
            text[i] = (char)('a' + rand_r(&seed) % 26);
        send_cut(streams, 0, start - 1, "", PFG_TCP_SYN, 0, 0);
        for (i = 0; i < 400; i++) {
            uint32_t at = (uint32_t)rand_r(&seed) % SIZE, size = (uint32_t)rand_r(&seed) % 2000 + 1;

            if (i % 4 == 0) /* so that all of it comes in the end */
                at = low, size = 200, low += 200;
            if (at + size > SIZE)
                size = SIZE - at;
            memcpy(piece, text + at, size);
            piece[size] = '\0';
            put(streams, start + at, piece);
        }
        CU_ASSERT_EQUAL(got_size[0], SIZE);
        CU_ASSERT_EQUAL(memcmp(got[0], text, SIZE), 0);
        pfg_streams_free(streams);
    }
}

/* Both sides begin at once: it is one connection, whose note stays. A SYN from the other side of
 * one that was answered begins another. */
static void test_simultaneous_open(void)
{
    struct pfg_streams *streams = begin(1 << 20);
    struct pfg_segment segment = { .family = 4,
                                   .flags = PFG_TCP_SYN,
                                   .src = client,
                                   .dst = server,
                                   .sport = 1000,
                                   .dport = 2000,
                                   .seq = 99 };
    const struct pfg_segment answer = { .family = 4,
                                        .flags = PFG_TCP_SYN,
                                        .src = server,
                                        .dst = client,
                                        .sport = 2000,
                                        .dport = 1000,
                                        .seq = 299 };
    struct pfg_stream *stream = pfg_streams_add(streams, &segment);
    int note;

    stream->note = pfg_stream_back(stream)->note = &note;
    CU_ASSERT_PTR_EQUAL(pfg_streams_add(streams, &answer)->note, &note);
    send_cut(streams, 0, 99, "", PFG_TCP_SYN | PFG_TCP_ACK_BIT, 300, 0);
    send_cut(streams, 1, 299, "", PFG_TCP_SYN | PFG_TCP_ACK_BIT, 100, 0);
    put(streams, 100, "abc");
    send_cut(streams, 1, 300, "xyz", PFG_TCP_ACK_BIT, 103, 0);
    CU_ASSERT_STRING_EQUAL(got[0], "abc");
    CU_ASSERT_STRING_EQUAL(got[1], "xyz");
    segment.seq = 5000;
    stream = pfg_streams_add(streams, &segment);
    CU_ASSERT_PTR_NULL(stream->note);
    pfg_streams_free(streams);
}

int main(void)
{
    static const struct test_case cases[] = {
        { "out of order", test_order },
        { "overlaps", test_overlaps },
        { "sequence numbers wrap", test_wrap },
        { "a hole is acknowledged", test_hole_acknowledged },
        { "unused bytes are shown again", test_kept_bytes },
        { "joined in the middle", test_middle },
        { "cut by the capture", test_cut_by_capture },
        { "ports used again", test_ports_used_again },
        { "memory is bounded", test_bound },
        { "random segments", test_random },
        { "closed", test_closed },
        { "closed and opened again", test_opened_again },
        { "closed ones go first", test_bound_of_closed },
        { "both sides begin at once", test_simultaneous_open },
        { 0 },
    };

    return test_run("proto/stream", cases);
}
