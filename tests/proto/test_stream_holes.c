/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TCP streams of which something is missing: how long it is waited for, and what comes out behind.
 */
#include <stdlib.h>
#include <string.h>

#include "proto/stream.h"
#include "tests/harness.h"

enum { ROOM = 1 << 20, FIRST = 1000 };
static const uint64_t second = 1000000000;

static const uint8_t low[16] = { 10, 0, 0, 1 }, high[16] = { 10, 0, 0, 2 };
static char got[2][ROOM]; /* of each direction: bytes; '|' for a loss, '.' for an end */
static size_t got_size[2];
static uint32_t frame_size; /* the reader uses whole frames of so many bytes alone; 0 = any */
static uint64_t now_ns;
static uint8_t family;

static uint32_t reader(void *user, struct pfg_stream *stream, enum pfg_stream_event event,
                       const uint8_t *bytes, uint32_t size)
{
    static const char marks[] = { [PFG_STREAM_LOSS] = '|', [PFG_STREAM_END] = '.' };
    uint32_t used = frame_size == 0 ? size : size / frame_size * frame_size;
    unsigned way = stream->sport == 1000 ? 0 : 1;

    (void)user;
    if (event != PFG_STREAM_BYTES)
        got[way][got_size[way]++] = marks[event];
    else if (used > 0 && used < ROOM - got_size[way])
        memcpy(got[way] + got_size[way], bytes, used);
    if (event == PFG_STREAM_BYTES && used < ROOM - got_size[way])
        got_size[way] += used;
    got[way][got_size[way]] = '\0';
    return used;
}

static struct pfg_streams *begin(size_t memory)
{
    memset(got, 0, sizeof got);
    memset(got_size, 0, sizeof got_size);
    frame_size = 0;
    now_ns = second;
    family = 4;
    return pfg_streams_new(memory, reader, NULL);
}

static void add(struct pfg_streams *streams, unsigned way, unsigned flags, uint32_t seq,
                uint32_t ack, const char *text, uint32_t size, uint32_t cut)
{
    const struct pfg_segment segment = {
        .family = family,
        .flags = (uint8_t)flags,
        .src = way == 0 ? low : high,
        .dst = way == 0 ? high : low,
        .sport = way == 0 ? 1000 : 2000,
        .dport = way == 0 ? 2000 : 1000,
        .seq = seq,
        .ack = ack,
        .bytes = (const uint8_t *)text,
        .size = size,
        .wire_size = size + cut,
        .time_ns = now_ns,
    };

    CU_ASSERT_PTR_NOT_NULL_FATAL(pfg_streams_add(streams, &segment));
}

static void put(struct pfg_streams *streams, uint32_t at, const char *text)
{
    add(streams, 0, PFG_TCP_ACK_BIT, FIRST + at, 1, text, (uint32_t)strlen(text), 0);
}

static void mark(struct pfg_streams *streams, unsigned way, unsigned flags, uint32_t seq,
                 uint32_t ack)
{
    add(streams, way, flags, seq, ack, "", 0, 0);
}

static uint64_t lost(const struct pfg_streams *streams)
{
    struct pfg_streams_figures figures;

    pfg_streams_figures(streams, &figures);
    return figures.lost_bytes;
}

/* All that is left, as the calls show it. Returns how many there were. */
static unsigned read_rest(struct pfg_streams *streams, struct pfg_rest *rest)
{
    struct pfg_stream *stream;
    unsigned calls = 0;

    for (; (stream = pfg_streams_rest(streams, rest)) != NULL; calls++)
        CU_ASSERT_TRUE(pfg_streams_read_rest(streams, stream));
    CU_ASSERT_FALSE(pfg_streams_have_rest(streams));
    return calls;
}

/* A window and more in segments of one byte, in any order: nothing is taken as lost. */
static void test_one_byte_each(void)
{
    enum { SIZE = 200000 };
    static char text[SIZE];
    static uint32_t order[SIZE];
    unsigned seed = 1, how;
    uint32_t i;

    for (i = 0; i < SIZE; i++)
        text[i] = (char)('a' + rand_r(&seed) % 26);
    for (how = 0; how < 3; how++) { /* backwards; shuffled; every second one first */
        struct pfg_streams *streams = begin(64 << 20);

        for (i = 0; i < SIZE; i++)
            order[i] = how < 2 ? SIZE - 1 - i : i * 2 < SIZE ? SIZE - 1 - i * 2 : i * 2 - SIZE;
        for (i = SIZE - 1; i > 0 && how == 1; i--) {
            uint32_t other = (uint32_t)rand_r(&seed) % (i + 1), kept = order[i];

            order[i] = order[other];
            order[other] = kept;
        }
        mark(streams, 0, PFG_TCP_SYN, FIRST - 1, 0);
        for (i = 0; i < SIZE; i++)
            add(streams, 0, PFG_TCP_ACK_BIT, FIRST + order[i], 1, text + order[i], 1, 0);
        CU_ASSERT_EQUAL(got_size[0], SIZE);
        CU_ASSERT_EQUAL(memcmp(got[0], text, SIZE), 0);
        CU_ASSERT_EQUAL(lost(streams), 0);
        pfg_streams_free(streams);
    }
}

/* Where the other side is not heard, a hole is waited for as long as a segment is repeated. */
static void test_one_sided(void)
{
    struct pfg_streams *streams = begin(ROOM);
    unsigned i;

    mark(streams, 0, PFG_TCP_SYN, FIRST - 1, 0);
    put(streams, 0, "abc");
    put(streams, 6, "ghi");
    now_ns += 3 * second;
    put(streams, 12, "mno");
    CU_ASSERT_STRING_EQUAL(got[0], "abc");
    put(streams, 3, "def"); /* repeated for the second time */
    CU_ASSERT_STRING_EQUAL(got[0], "abcdefghi");
    for (i = 0; i < 2; i++) {
        now_ns += 3 * second;
        put(streams, 15, "pqr");
        CU_ASSERT_STRING_EQUAL(got[0], i == 0 ? "abcdefghi" : "abcdefghi|mnopqr");
    }
    CU_ASSERT_EQUAL(lost(streams), 3);
    pfg_streams_free(streams);
}

/* While bytes come in order, what is far ahead is waited for; and so it is where the other side
 * tells what it has. */
static void test_waits(void)
{
    struct pfg_streams *streams = begin(ROOM);
    unsigned i;

    mark(streams, 0, PFG_TCP_SYN, FIRST - 1, 0);
    put(streams, 900000, "far");
    for (i = 0; i < 20; i++, now_ns += second) {
        put(streams, i, "x");
        put(streams, 900100, "far");
    }
    CU_ASSERT_EQUAL(got_size[0], 20);
    CU_ASSERT_EQUAL(lost(streams), 0);
    pfg_streams_free(streams);

    streams = begin(ROOM);
    mark(streams, 0, PFG_TCP_SYN, FIRST - 1, 0);
    mark(streams, 1, PFG_TCP_SYN | PFG_TCP_ACK_BIT, 0, FIRST);
    put(streams, 3, "def");
    now_ns += 100 * second;
    put(streams, 6, "ghi");
    put(streams, 0, "abc");
    CU_ASSERT_STRING_EQUAL(got[0], "abcdefghi");
    pfg_streams_free(streams);
}

/* Of a side that is not heard, no more than a window is waited for. */
static void test_window(void)
{
    static char text[60000];
    struct pfg_streams *streams = begin(256 << 20);
    uint32_t at;

    memset(text, 'x', sizeof text);
    mark(streams, 0, PFG_TCP_SYN, FIRST - 1, 0);
    for (at = 100; at < 32 << 20 && lost(streams) == 0; at += sizeof text)
        add(streams, 0, PFG_TCP_ACK_BIT, FIRST + at, 1, text, sizeof text, 0), got_size[0] = 0;
    CU_ASSERT_EQUAL(lost(streams), 100);
    CU_ASSERT_TRUE(at > 4 << 20 && at < 17 << 20);
    pfg_streams_free(streams);
}

/* Both sides, a hole that nobody acknowledges, and a reset. */
static void test_reset(void)
{
    struct pfg_streams *streams = begin(ROOM);

    mark(streams, 0, PFG_TCP_SYN, FIRST - 1, 0);
    mark(streams, 1, PFG_TCP_SYN | PFG_TCP_ACK_BIT, 0, FIRST);
    put(streams, 0, "abc");
    put(streams, 6, "ghi");
    put(streams, 12, "mno");
    add(streams, 1, PFG_TCP_ACK_BIT, 5, FIRST + 3, "xyz", 3, 0);
    CU_ASSERT_STRING_EQUAL(got[0], "abc");
    mark(streams, 1, PFG_TCP_RST | PFG_TCP_ACK_BIT, 8, FIRST + 3);
    CU_ASSERT_STRING_EQUAL(got[0], "abc|ghi|mno");
    CU_ASSERT_STRING_EQUAL(got[1], "|xyz");
    CU_ASSERT_EQUAL(lost(streams), 10);
    pfg_streams_free(streams);
}

/* The last segment is missing, and the other side has it. */
static void test_last_missing(void)
{
    struct pfg_streams *streams = begin(ROOM);

    frame_size = 2;
    mark(streams, 0, PFG_TCP_SYN, FIRST - 1, 0);
    mark(streams, 1, PFG_TCP_SYN | PFG_TCP_ACK_BIT, 0, FIRST);
    put(streams, 0, "abc");
    mark(streams, 0, PFG_TCP_FIN | PFG_TCP_ACK_BIT, FIRST + 6, 1);
    mark(streams, 1, PFG_TCP_ACK_BIT, 1, FIRST + 3);
    CU_ASSERT_STRING_EQUAL(got[0], "ab");
    mark(streams, 1, PFG_TCP_ACK_BIT, 1, FIRST + 7);
    CU_ASSERT_STRING_EQUAL(got[0], "ab|");
    CU_ASSERT_EQUAL(lost(streams), 3);
    pfg_streams_free(streams);
}

/* Ports are used again: what waited is shown first. */
static void test_again(void)
{
    struct pfg_streams *streams = begin(ROOM);

    mark(streams, 0, PFG_TCP_SYN, FIRST - 1, 0);
    put(streams, 3, "def");
    mark(streams, 0, PFG_TCP_SYN, 77, 0);
    CU_ASSERT_STRING_EQUAL(got[0], "|def");
    add(streams, 0, PFG_TCP_ACK_BIT, 78, 1, "new", 3, 0);
    CU_ASSERT_STRING_EQUAL(got[0], "|defnew");
    pfg_streams_free(streams);
}

/* A connection of which one side was heard, to its FIN, is dropped a while later. */
static void test_dropped(void)
{
    struct pfg_streams *streams = begin(ROOM);
    struct pfg_rest rest;

    mark(streams, 0, PFG_TCP_SYN, FIRST - 1, 0);
    put(streams, 3, "def");
    mark(streams, 0, PFG_TCP_FIN | PFG_TCP_ACK_BIT, FIRST + 6, 1);
    now_ns += 62 * second;
    family = 6;
    mark(streams, 1, PFG_TCP_SYN, 0, 0);
    CU_ASSERT_TRUE(pfg_streams_have_rest(streams));
    CU_ASSERT_EQUAL(read_rest(streams, &rest), 1);
    CU_ASSERT_STRING_EQUAL(got[0], "|def");
    CU_ASSERT_EQUAL(rest.family, 4);
    CU_ASSERT_EQUAL(memcmp(rest.src, low, 4), 0);
    CU_ASSERT_EQUAL(memcmp(rest.dst, high, 4), 0);
    CU_ASSERT_EQUAL(rest.sport, 1000);
    CU_ASSERT_EQUAL(rest.dport, 2000);
    CU_ASSERT_EQUAL(rest.seq, FIRST + 3);
    CU_ASSERT_EQUAL(rest.time_ns, second);
    pfg_streams_free(streams);
}

/* One connection is dropped for its age, and by the same segment another one for the bound of
 * memory: both are shown. */
static void test_dropped_both(void)
{
    static char much[6000];
    struct pfg_streams *streams = begin(11000);
    struct pfg_segment other = { .family = 4,
                                 .flags = PFG_TCP_ACK_BIT,
                                 .src = low,
                                 .dst = high,
                                 .sport = 3000,
                                 .dport = 2000,
                                 .seq = FIRST,
                                 .bytes = (const uint8_t *)"xyz",
                                 .size = 3,
                                 .wire_size = 3 };
    struct pfg_rest rest;

    mark(streams, 0, PFG_TCP_SYN, FIRST - 1, 0);
    put(streams, 3, "def");
    mark(streams, 0, PFG_TCP_FIN | PFG_TCP_ACK_BIT, FIRST + 6, 1);
    now_ns += 59 * second;
    other.time_ns = now_ns;
    CU_ASSERT_PTR_NOT_NULL_FATAL(pfg_streams_add(streams, &other));
    other.seq += 10;
    CU_ASSERT_PTR_NOT_NULL_FATAL(pfg_streams_add(streams, &other));
    family = 6;
    memset(much, 'm', sizeof much);
    mark(streams, 0, PFG_TCP_SYN, FIRST - 1, 0);
    put(streams, 5000, "abc");
    CU_ASSERT_FALSE(pfg_streams_have_rest(streams));
    now_ns += 3 * second;
    add(streams, 0, PFG_TCP_ACK_BIT, FIRST + 10000, 1, much, sizeof much, 0);
    CU_ASSERT_EQUAL(read_rest(streams, &rest), 2);
    CU_ASSERT_PTR_NOT_NULL(strstr(got[0], "|def"));
    CU_ASSERT_STRING_EQUAL(got[1], "xyz|xyz");
    pfg_streams_free(streams);
}

/* Sent again, and cut by the capture: what came early and whole is not lost. */
static void test_cut_again(void)
{
    struct pfg_streams *streams = begin(ROOM);

    mark(streams, 0, PFG_TCP_SYN, FIRST - 1, 0);
    put(streams, 10, "tail");
    put(streams, 0, "abcd");
    add(streams, 0, PFG_TCP_ACK_BIT, FIRST, 1, "ab", 2, 10);
    CU_ASSERT_STRING_EQUAL(got[0], "abcd|tail");
    CU_ASSERT_EQUAL(lost(streams), 6);
    pfg_streams_free(streams);
}

/* The capture ends: both directions, what came first first; and nothing of it is left after. */
static void test_end(void)
{
    struct pfg_streams *streams = begin(ROOM);
    struct pfg_streams_figures figures;
    struct pfg_rest rest;

    family = 6;
    put(streams, 0, "abc");
    add(streams, 1, PFG_TCP_ACK_BIT, 50, FIRST, "xyz", 3, 0);
    put(streams, 6, "ghi");
    now_ns += second;
    add(streams, 1, PFG_TCP_ACK_BIT, 60, FIRST, "XYZ", 3, 0);
    put(streams, 12, "mno");
    pfg_streams_end(streams);
    CU_ASSERT_PTR_NOT_NULL(pfg_streams_rest(streams, &rest));
    CU_ASSERT_EQUAL(rest.sport, 1000);
    CU_ASSERT_EQUAL(read_rest(streams, &rest), 3);
    CU_ASSERT_EQUAL(rest.family, 6);
    CU_ASSERT_EQUAL(memcmp(rest.src, high, 16), 0);
    CU_ASSERT_EQUAL(memcmp(rest.dst, low, 16), 0);
    CU_ASSERT_STRING_EQUAL(got[0], "abc|ghi|mno");
    CU_ASSERT_STRING_EQUAL(got[1], "xyz|XYZ");
    pfg_streams_figures(streams, &figures);
    CU_ASSERT_EQUAL(figures.memory, 0);
    CU_ASSERT_EQUAL(figures.segments, 5);
    pfg_streams_free(streams);
}

/* At the bound of memory: who is given up is shown, and what a bound costs is told. */
static void test_bound(void)
{
    static char text[1000];
    struct pfg_streams *streams = begin(256 * 1024);
    struct pfg_streams_figures figures;
    struct pfg_rest rest;
    uint32_t i;

    memset(text, 'x', sizeof text);
    add(streams, 1, PFG_TCP_ACK_BIT, 50, FIRST, "abc", 3, 0);
    add(streams, 1, PFG_TCP_ACK_BIT, 60, FIRST, "xyz", 3, 0);
    family = 6;
    mark(streams, 0, PFG_TCP_SYN, FIRST - 1, 0);
    mark(streams, 1, PFG_TCP_SYN | PFG_TCP_ACK_BIT, 0, FIRST);
    for (i = 1; i < 5000; i++) {
        add(streams, 0, PFG_TCP_ACK_BIT, FIRST + i * 2000, 1, text, sizeof text, 0);
        if (pfg_streams_have_rest(streams))
            (void)read_rest(streams, &rest);
        got_size[0] = 0;
        pfg_streams_figures(streams, &figures);
        CU_ASSERT_TRUE(figures.memory < 300 * 1024);
    }
    CU_ASSERT_TRUE(figures.lost_bytes > 4000 * 1000);
    pfg_streams_free(streams);
}

/* Holes as far ahead as they can be, one byte each: every one costs the same, and all are told. */
static void test_far(void)
{
    struct pfg_streams *streams = begin(64 << 20);
    struct pfg_rest rest;
    uint32_t i;

    mark(streams, 0, PFG_TCP_SYN, FIRST - 1, 0);
    mark(streams, 1, PFG_TCP_SYN | PFG_TCP_ACK_BIT, 0, FIRST);
    for (i = 5000; i > 0; i--)
        put(streams, i * 400000, "x");
    put(streams, 0x7ff00001, "not any more"); /* more than is kept */
    pfg_streams_end(streams);
    CU_ASSERT_EQUAL(read_rest(streams, &rest), 5000);
    CU_ASSERT_EQUAL(got_size[0], 10000);
    CU_ASSERT_EQUAL(lost(streams), 5000 * 400000u - 4999);
    pfg_streams_free(streams);
}

/* Segments of a known text at random, some cut by the capture, from a number near the wrap: what is
 * shown is what was there, byte by byte, and the rest is told as lost. */
static void test_random(void)
{
    enum { SIZE = 30000 };
    static char text[SIZE], there[SIZE], wanted[2 * SIZE];
    unsigned seed = 7;
    int round, i;

    for (i = 0; i < SIZE; i++)
        text[i] = (char)('a' + rand_r(&seed) % 26);
    for (round = 0; round < 200; round++) {
        struct pfg_streams *streams = begin(64 << 20);
        uint32_t start = 0u - (uint32_t)rand_r(&seed) % (2 * SIZE);
        uint32_t longest = round % 2 == 0 ? 1500 : 20, at = 0, missing = 0, size = 0, j;
        struct pfg_rest rest;

        memset(there, 0, sizeof there);
        mark(streams, 0, PFG_TCP_SYN, start - 1, 0);
        for (i = 0; i < 1000 && at < SIZE; i++) {
            uint32_t cut, whole;

            at = 1 + (uint32_t)rand_r(&seed) % (SIZE - 1);
            whole = (uint32_t)rand_r(&seed) % longest + 1;
            whole = whole < SIZE - at ? whole : SIZE - at;
            cut = rand_r(&seed) % 4 == 0 ? (uint32_t)rand_r(&seed) % whole : 0;
            add(streams, 0, PFG_TCP_ACK_BIT, start + at, 1, text + at, whole - cut, cut);
            memset(there + at, 1, whole - cut);
        }
        pfg_streams_end(streams);
        (void)read_rest(streams, &rest);
        for (j = 0; j < SIZE; j++)
            missing += !there[j];
        for (j = 0; j < SIZE; j++)
            if (there[j])
                wanted[size++] = text[j];
        for (i = 0, j = 0; j < got_size[0]; j++) /* without marks */
            if (got[0][j] != '|')
                got[0][i++] = got[0][j];
        CU_ASSERT_EQUAL((uint32_t)i, size);
        CU_ASSERT_EQUAL(memcmp(got[0], wanted, size), 0);
        CU_ASSERT_TRUE(lost(streams) <= missing);
        pfg_streams_free(streams);
    }
}

int main(void)
{
    static const struct test_case cases[] = {
        { "one byte each, in any order", test_one_byte_each },
        { "one side alone", test_one_sided },
        { "what is waited for", test_waits },
        { "no more than a window", test_window },
        { "a reset", test_reset },
        { "the last segment is missing", test_last_missing },
        { "ports used again", test_again },
        { "dropped", test_dropped },
        { "dropped for two reasons", test_dropped_both },
        { "cut, and sent again", test_cut_again },
        { "the capture ends", test_end },
        { "memory is bounded", test_bound },
        { "far ahead", test_far },
        { "random segments", test_random },
        { 0 },
    };

    return test_run("proto/stream_holes", cases);
}
