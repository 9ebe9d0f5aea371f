/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A TCP connection by its segments: how it begins and ends, what is sent again, late, or missing.
 */
#include "capture/connection.h"

#include "capture/tally.h"
#include "proto/stream.h"
#include "tests/harness.h"

enum { FORTH, BACK };
enum {
    SYN = PFG_TCP_SYN,
    FIN = PFG_TCP_FIN,
    RST = PFG_TCP_RST,
    ACK = PFG_TCP_ACK_BIT,
    MS = 1000000
};

static struct capture_connection connection;
static struct capture_arena arena;
static uint64_t now_ns;

static void begin(void)
{
    capture_arena_free(&arena);
    arena = (struct capture_arena){ .max_bytes = 65536 };
    now_ns = 1000 * MS;
    capture_connection_init(&connection, now_ns);
}

/* A segment 1 ms after the one before it. */
static enum capture_arrival add(unsigned way, unsigned flags, uint32_t seq, uint32_t ack,
                                uint32_t size)
{
    const struct capture_segment segment = { (uint8_t)flags, seq, ack, size, now_ns };

    now_ns += MS;
    return capture_connection_add(&connection, way, &segment, &arena);
}

/* Three segments; the client's bytes begin at 101, the server's at 501. */
static void open_it(void)
{
    begin();
    add(FORTH, SYN, 100, 0, 0);
    now_ns += MS;
    add(BACK, SYN | ACK, 500, 101, 0);
    add(FORTH, ACK, 101, 501, 0);
}

static void fate_is(enum capture_fate wanted, int wanted_by)
{
    int by = 7;

    CU_ASSERT_EQUAL(capture_connection_fate(&connection, &by), wanted);
    CU_ASSERT_EQUAL(by, wanted_by);
}

static void test_handshake(void)
{
    uint64_t whole_ns, answer_ns;

    open_it();
    CU_ASSERT_TRUE_FATAL(capture_connection_handshake(&connection, &whole_ns, &answer_ns));
    CU_ASSERT_EQUAL(answer_ns, 2 * MS);
    CU_ASSERT_EQUAL(whole_ns, 3 * MS);
    fate_is(CAPTURE_FATE_OPEN, -1);
    CU_ASSERT_EQUAL(connection.ways[FORTH].retransmitted, 0);
}

/* The client waits from its first SYN on. */
static void test_handshake_again(void)
{
    uint64_t whole_ns, answer_ns;

    begin();
    add(FORTH, SYN, 100, 0, 0);
    CU_ASSERT_EQUAL(add(FORTH, SYN, 100, 0, 0), CAPTURE_ARRIVAL_RETRANSMITTED);
    add(BACK, SYN | ACK, 500, 101, 0);
    CU_ASSERT_FALSE(capture_connection_handshake(&connection, &whole_ns, &answer_ns));
    add(FORTH, ACK, 101, 501, 0);
    CU_ASSERT_TRUE(capture_connection_handshake(&connection, &whole_ns, &answer_ns));
    CU_ASSERT_EQUAL(answer_ns, 2 * MS);
    CU_ASSERT_EQUAL(connection.ways[FORTH].retransmitted, 1);
}

static void test_fates(void)
{
    begin();
    add(FORTH, SYN, 100, 0, 0);
    fate_is(CAPTURE_FATE_NO_ANSWER, -1);
    add(BACK, RST | ACK, 0, 101, 0);
    fate_is(CAPTURE_FATE_REFUSED, BACK);

    begin();
    add(FORTH, SYN, 100, 0, 0);
    add(BACK, SYN | ACK, 500, 101, 0);
    fate_is(CAPTURE_FATE_HALF_OPEN, -1);
    add(FORTH, RST, 101, 0, 0);
    fate_is(CAPTURE_FATE_RESET, FORTH);

    open_it();
    add(BACK, FIN | ACK, 501, 101, 0);
    fate_is(CAPTURE_FATE_HALF_CLOSED, BACK);
    add(FORTH, FIN | ACK, 101, 502, 0);
    fate_is(CAPTURE_FATE_CLOSED, BACK);
    add(BACK, ACK, 502, 102, 0);
    fate_is(CAPTURE_FATE_CLOSED, BACK);
    CU_ASSERT_EQUAL(connection.ways[FORTH].retransmitted, 0);

    open_it();
    add(FORTH, FIN | ACK, 101, 501, 0);
    add(BACK, RST | ACK, 501, 102, 0);
    add(BACK, RST, 501, 0, 0);
    fate_is(CAPTURE_FATE_RESET, BACK);
    CU_ASSERT_EQUAL(connection.ways[BACK].resets, 2);

    /* What comes late finds nobody behind the end of both directions; nothing was cut off. */
    open_it();
    add(FORTH, FIN | ACK, 101, 501, 0);
    add(BACK, FIN | ACK, 501, 102, 0);
    add(FORTH, ACK, 102, 502, 0);
    add(FORTH, ACK, 101, 501, 0);
    add(BACK, RST, 501, 0, 0);
    fate_is(CAPTURE_FATE_CLOSED, FORTH);
    CU_ASSERT_EQUAL(connection.ways[BACK].resets, 1);

    /* Before the last acknowledgement there is somebody, who resets. */
    open_it();
    add(FORTH, FIN | ACK, 101, 501, 0);
    add(BACK, FIN | ACK, 501, 102, 0);
    add(FORTH, RST | ACK, 102, 502, 0);
    fate_is(CAPTURE_FATE_RESET, FORTH);

    begin();
    add(FORTH, ACK, 101, 501, 10);
    fate_is(CAPTURE_FATE_OPEN, -1);
    CU_ASSERT_FALSE(connection.syn || connection.syn_ack);
}

static void test_sent_again(void)
{
    open_it();
    CU_ASSERT_EQUAL(add(FORTH, ACK, 101, 501, 10), CAPTURE_ARRIVAL_PLAIN);
    CU_ASSERT_EQUAL(add(FORTH, ACK, 101, 501, 10), CAPTURE_ARRIVAL_RETRANSMITTED);
    CU_ASSERT_EQUAL(add(FORTH, ACK, 105, 501, 20), CAPTURE_ARRIVAL_RETRANSMITTED);
    CU_ASSERT_EQUAL(connection.ways[FORTH].end, 125);
    CU_ASSERT_EQUAL(add(FORTH, ACK, 125, 501, 10), CAPTURE_ARRIVAL_PLAIN);
    CU_ASSERT_EQUAL(add(FORTH, FIN | ACK, 135, 501, 0), CAPTURE_ARRIVAL_PLAIN);
    CU_ASSERT_EQUAL(add(FORTH, FIN | ACK, 135, 501, 0), CAPTURE_ARRIVAL_RETRANSMITTED);
    CU_ASSERT_EQUAL(connection.ways[FORTH].retransmitted, 3);
    CU_ASSERT_EQUAL(connection.ways[FORTH].bytes, 50);
    CU_ASSERT_EQUAL(capture_way_lost(&connection.ways[FORTH]), 0);
}

/* Late by less than a round trip: overtaken. Later: sent again. */
static void test_late(void)
{
    open_it();
    CU_ASSERT_EQUAL(add(FORTH, ACK, 111, 501, 10), CAPTURE_ARRIVAL_PLAIN);
    CU_ASSERT_EQUAL(capture_way_lost(&connection.ways[FORTH]), 10);
    CU_ASSERT_EQUAL(add(FORTH, ACK, 101, 501, 10), CAPTURE_ARRIVAL_OUT_OF_ORDER);
    CU_ASSERT_EQUAL(capture_way_lost(&connection.ways[FORTH]), 0);
    add(FORTH, ACK, 131, 501, 10);
    now_ns += 50 * MS;
    CU_ASSERT_EQUAL(add(FORTH, ACK, 121, 501, 10), CAPTURE_ARRIVAL_RETRANSMITTED);
    CU_ASSERT_EQUAL(capture_way_lost(&connection.ways[FORTH]), 0);
}

/* The other side asked for it three times: sent again, however fast. */
static void test_fast(void)
{
    unsigned i;

    open_it();
    add(FORTH, ACK, 101, 501, 10);
    add(FORTH, ACK, 121, 501, 10);
    for (i = 0; i < 4; i++) {
        add(BACK, ACK, 501, 111, 0);
        now_ns -= MS;
    }
    CU_ASSERT_EQUAL(add(FORTH, ACK, 111, 501, 10), CAPTURE_ARRIVAL_RETRANSMITTED);
}

static void test_holes(void)
{
    struct capture_way *way = &connection.ways[FORTH];
    uint32_t i;

    open_it();
    for (i = 0; i < CAPTURE_HOLES; i++) /* each of five bytes, from 101, 111, ... on */
        add(FORTH, ACK, 106 + 10 * i, 501, 5);
    CU_ASSERT_EQUAL(way->gaps->holes, CAPTURE_HOLES);
    CU_ASSERT_EQUAL(capture_way_lost(way), 5 * CAPTURE_HOLES);
    add(FORTH, ACK, 133, 501,
        2); /* the middle of [131, 136): its first and last bytes are missing */
    CU_ASSERT_EQUAL(capture_way_lost(way), 5 * CAPTURE_HOLES - 2);
    add(FORTH, ACK, 118, 501, 20); /* the end of one hole is there, all of the next two fill */
    CU_ASSERT_EQUAL(capture_way_lost(way), 5 * CAPTURE_HOLES - 2 - 5 - 3);
    add(FORTH, ACK, 101, 501, 10 * CAPTURE_HOLES + 5);
    CU_ASSERT_EQUAL(capture_way_lost(way), 0);
    CU_ASSERT_EQUAL(way->gaps->holes, 0);
}

/* More holes than are remembered: how many bytes they miss is known still. */
static void test_many_holes(void)
{
    struct capture_way *way = &connection.ways[FORTH];
    uint32_t i;

    open_it();
    for (i = 0; i < 3 * CAPTURE_HOLES; i++)
        add(FORTH, ACK, 106 + 10 * i, 501, 5);
    CU_ASSERT_EQUAL(capture_way_lost(way), 5 * 3 * CAPTURE_HOLES);
    for (i = 0; i < 3 * CAPTURE_HOLES; i++)
        add(FORTH, ACK, 101 + 10 * i, 501, 5);
    CU_ASSERT_EQUAL(capture_way_lost(way), 0);
    CU_ASSERT_EQUAL(add(FORTH, ACK, 101, 501, 5), CAPTURE_ARRIVAL_RETRANSMITTED);
}

/* Without room for them, nothing is known of holes, and that is said; all else is. */
static void test_no_room(void)
{
    struct capture_way *way = &connection.ways[FORTH];

    open_it();
    arena.max_bytes = arena.used;
    CU_ASSERT_FALSE(connection.no_room);
    CU_ASSERT_EQUAL(add(FORTH, ACK, 106, 501, 5), CAPTURE_ARRIVAL_PLAIN);
    CU_ASSERT_TRUE(connection.no_room);
    CU_ASSERT_EQUAL(capture_way_lost(way), 0);
    CU_ASSERT_EQUAL(add(FORTH, ACK, 101, 501, 5), CAPTURE_ARRIVAL_RETRANSMITTED);
    CU_ASSERT_EQUAL(way->bytes, 10);
}

/* An acknowledgement bears the number of the byte to be sent next: those before it were sent. */
static void test_told_by_ack(void)
{
    open_it();
    add(FORTH, ACK, 111, 501, 0);
    CU_ASSERT_EQUAL(capture_way_lost(&connection.ways[FORTH]), 10);
    now_ns += 50 * MS;
    CU_ASSERT_EQUAL(add(FORTH, ACK, 101, 501, 10), CAPTURE_ARRIVAL_RETRANSMITTED);
    CU_ASSERT_EQUAL(capture_way_lost(&connection.ways[FORTH]), 0);
    add(FORTH, RST, 5000, 0, 0);
    CU_ASSERT_EQUAL(capture_way_lost(&connection.ways[FORTH]), 0);
}

static void test_keep_alive(void)
{
    open_it();
    add(FORTH, ACK, 101, 501, 10);
    CU_ASSERT_EQUAL(add(FORTH, ACK, 110, 501, 0), CAPTURE_ARRIVAL_KEEP_ALIVE);
    CU_ASSERT_EQUAL(add(FORTH, ACK, 110, 501, 1), CAPTURE_ARRIVAL_KEEP_ALIVE);
    CU_ASSERT_EQUAL(add(FORTH, ACK, 111, 501, 0), CAPTURE_ARRIVAL_PLAIN);
    CU_ASSERT_EQUAL(connection.ways[FORTH].keep_alives, 2);
    CU_ASSERT_EQUAL(connection.ways[FORTH].retransmitted, 0);
}

static void test_wrap(void)
{
    begin();
    add(FORTH, SYN, UINT32_MAX - 4, 0, 0);
    add(FORTH, ACK, UINT32_MAX - 3, 0, 10);
    add(FORTH, ACK, 16, 0, 10);
    CU_ASSERT_EQUAL(capture_way_lost(&connection.ways[FORTH]), 10);
    CU_ASSERT_EQUAL(add(FORTH, ACK, 6, 0, 10), CAPTURE_ARRIVAL_OUT_OF_ORDER);
    CU_ASSERT_EQUAL(connection.ways[FORTH].end, 26);
    CU_ASSERT_EQUAL(connection.ways[FORTH].retransmitted, 0);
}

/* A segment that no window reaches is no evidence of loss; what is acknowledged, or goes on, is. */
static void test_stray(void)
{
    const uint32_t far = 0x70000000;

    open_it();
    add(FORTH, ACK, 101 + far, 501, 10);
    add(FORTH, ACK, 101, 501, 10);
    add(FORTH, RST, 101 + far, 0, 0);
    add(FORTH, ACK, 111, 501, 10);
    CU_ASSERT_EQUAL(capture_way_lost(&connection.ways[FORTH]), 0);
    CU_ASSERT_EQUAL(connection.ways[FORTH].retransmitted, 0);
    add(FORTH, ACK, 121 + (1 << 30), 501, 10); /* as far as it can be */
    CU_ASSERT_EQUAL(capture_way_lost(&connection.ways[FORTH]), 1 << 30);

    open_it();
    add(BACK, ACK, 501, 101 + far, 0);
    add(FORTH, ACK, 101 + far, 501, 10);
    CU_ASSERT_EQUAL(capture_way_lost(&connection.ways[FORTH]), far);

    open_it();
    add(FORTH, ACK, 101 + far, 501, 10);
    add(FORTH, ACK, 111 + far, 501, 10);
    add(FORTH, ACK, 121 + far, 501, 10);
    CU_ASSERT_EQUAL(capture_way_lost(&connection.ways[FORTH]), far + 10);
}

int main(void)
{
    static const struct test_case cases[] = {
        { "the handshake's time", test_handshake },
        { "a SYN that is sent again", test_handshake_again },
        { "how it ends", test_fates },
        { "sent again", test_sent_again },
        { "late", test_late },
        { "sent again on demand", test_fast },
        { "holes", test_holes },
        { "more holes than are remembered", test_many_holes },
        { "holes without room", test_no_room },
        { "told by an acknowledgement", test_told_by_ack },
        { "keep-alives", test_keep_alive },
        { "sequence numbers wrap", test_wrap },
        { "no window reaches it", test_stray },
        { 0 },
    };

    int status = test_run("capture/connection", cases);

    capture_arena_free(&arena);
    return status;
}
