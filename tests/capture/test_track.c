/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What becomes of requests: answered, asked again, asked of several, of many, given up, or waiting
 * at the end. Messages are frames laid down by hand. */
#include "capture/track.h"

#include <string.h>

#include "tests/harness.h"

#define SECOND UINT64_C(1000000000)

enum { REPLY = 0x80 };

static const uint8_t asker[4] = { 10, 0, 0, 1 }, first[4] = { 10, 0, 0, 2 },
                     second[4] = { 10, 0, 0, 3 }, everybody[4] = { 255, 255, 255, 255 };

static struct capture_track *track;
static struct capture_dissect dissect;
static struct capture_exchange exchange;
static struct capture_pairing pairing;
static uint64_t number;
static bool puts_off; /* messages are looked at when the next one has come */
static struct capture_latency also;

static void begin(size_t max_bytes)
{
    track = capture_track_new(max_bytes);
    CU_ASSERT_PTR_NOT_NULL_FATAL(track);
    CU_ASSERT_EQUAL_FATAL(pfg_decode_init(&dissect.decode), 0);
    memset(&exchange, 0, sizeof exchange);
    number = 0;
}

/* What became of all requests, and that they add up. */
static void end_at(uint64_t time_ns, uint64_t answered, uint64_t unanswered, uint64_t repeated)
{
    capture_track_end(track, time_ns);
    CU_ASSERT_EQUAL(exchange.answered, answered);
    CU_ASSERT_EQUAL(exchange.unanswered, unanswered);
    CU_ASSERT_EQUAL(exchange.repeated, repeated);
    CU_ASSERT_EQUAL(exchange.first.count, answered);
    pfg_decode_free(&dissect.decode);
    capture_track_free(track);
}

/* A message over UDP from or to the asker's port 4000. */
static bool look(const struct pfg_proto *proto, const uint8_t *bytes, uint32_t size,
                 const uint8_t *other, bool reply, uint64_t time_ns)
{
    const struct capture_owners owners = { { &exchange, NULL } };
    const struct pfg_packet packet = { .time_ns = time_ns, .number = ++number };
    const struct pfg_pdu *pdu;
    struct capture_lookup lookup;

    dissect.flow = (struct pfg_flow){
        .family = 4,
        .protocol = 17,
        .has_ports = true,
        .sport = reply ? 9434 : 4000,
        .dport = reply ? 4000 : 9434,
        .src = reply ? other : asker,
        .dst = reply ? asker : other,
    };
    pfg_decode_reset(&dissect.decode);
    pdu = pfg_decode_message(&dissect.decode, proto, bytes, size, size, 0);
    CU_ASSERT_PTR_NOT_NULL_FATAL(pdu);
    CU_ASSERT_EQUAL(pdu->is_reply, reply);
    CU_ASSERT_TRUE_FATAL(capture_track_prepare(track, &dissect, pdu, &lookup));
    if (!puts_off)
        return capture_track_message(track, &lookup, &packet, reply, &owners, &pairing);
    capture_track_put_off(track, &lookup, &packet, reply, &owners, &also);
    return false;
}

/* An echo of that number. */
static bool echo(uint8_t flags, uint32_t seq, const uint8_t *other, uint64_t time_ns)
{
    uint8_t frame[28] = { 'p', 'f', 'g', 1, 1, flags, 0x12, 0x34 };

    frame[8] = (uint8_t)(seq >> 24);
    frame[9] = (uint8_t)(seq >> 16);
    frame[10] = (uint8_t)(seq >> 8);
    frame[11] = (uint8_t)seq;
    return look(pfg_known(PFG_KNOWN_TYPE)->proto, frame, sizeof frame, other, flags == REPLY,
                time_ns);
}

static bool plain(bool reply, const uint8_t *other, uint64_t time_ns)
{
    const char *text = reply ? "here" : "pfg_ip_broadcast_cl";

    return look(pfg_known(PFG_KNOWN_PLAIN_DATA)->proto, (const uint8_t *)text,
                (uint32_t)strlen(text), other, reply, time_ns);
}

/* A DNS message of that id about a name of one letter; 0: it has no question. */
static bool dns(bool reply, uint16_t id, char name, uint16_t type, const uint8_t *other,
                uint64_t time_ns)
{
    uint8_t message[19] = { (uint8_t)(id >> 8), (uint8_t)id, reply ? 0x80 : 0, 0, 0, name != 0 };
    const uint8_t question[7] = { 1, (uint8_t)name, 0, (uint8_t)(type >> 8), (uint8_t)type, 0, 1 };

    memcpy(message + 12, question, sizeof question);
    return look(pfg_known(PFG_KNOWN_DNS_ID)->proto, message, name != 0 ? sizeof message : 12, other,
                reply, time_ns);
}

static void test_answered(void)
{
    begin(65536);
    CU_ASSERT_FALSE(echo(0, 1, first, 100));
    CU_ASSERT_FALSE(echo(0, 2, first, 200));
    CU_ASSERT_TRUE(echo(REPLY, 2, first, 230));
    CU_ASSERT_EQUAL(pairing.request_number, 2);
    CU_ASSERT_EQUAL(pairing.latency_ns, 30);
    CU_ASSERT_TRUE(echo(REPLY, 1, first, 240));
    CU_ASSERT_EQUAL(pairing.latency_ns, 140);
    CU_ASSERT_FALSE(echo(REPLY, 1, first, 250));
    CU_ASSERT_EQUAL(exchange.unasked, 1);
    CU_ASSERT_EQUAL(exchange.latency.sum_ns, 170);
    end_at(300, 2, 0, 0);
}

/* What is put off comes to the same, and all of it is looked at in the end; addresses are kept. */
static void test_put_off(void)
{
    uint8_t other[4];

    begin(65536);
    puts_off = true;
    memset(&also, 0, sizeof also);
    memcpy(other, first, sizeof other);
    echo(0, 1, other, 100);
    CU_ASSERT_EQUAL(exchange.answered, 0);
    memcpy(other, second, sizeof other);
    echo(0, 1, other, 200);
    echo(REPLY, 1, other, 230);
    memcpy(other, first, sizeof other);
    CU_ASSERT_EQUAL(exchange.answered, 0);
    echo(REPLY, 1, other, 240);
    CU_ASSERT_EQUAL(exchange.answered, 1);
    CU_ASSERT_EQUAL(also.sum_ns, 30);
    echo(REPLY, 1, other, 250);
    puts_off = false;
    CU_ASSERT_FALSE(echo(REPLY, 1, first, 260));
    CU_ASSERT_EQUAL(exchange.unasked, 2);
    puts_off = true;
    echo(0, 2, first, 270);
    puts_off = false;
    CU_ASSERT_EQUAL(also.sum_ns, 30 + 140);
    CU_ASSERT_EQUAL(exchange.latency.sum_ns, 30 + 140);
    end_at(300, 2, 1, 0);
}

/* Asked three times in a minute is one request; the first time counts. After a minute it is
 * another. */
static void test_again(void)
{
    begin(65536);
    echo(0, 1, first, 0);
    echo(0, 1, first, SECOND);
    echo(0, 1, first, 3 * SECOND);
    CU_ASSERT_TRUE(echo(REPLY, 1, first, 4 * SECOND));
    CU_ASSERT_EQUAL(pairing.latency_ns, 4 * SECOND);
    echo(0, 2, first, 5 * SECOND);
    echo(0, 2, first, 6 * SECOND);
    echo(0, 2, first, 70 * SECOND);
    CU_ASSERT_TRUE(echo(REPLY, 2, first, 71 * SECOND));
    CU_ASSERT_EQUAL(pairing.latency_ns, SECOND);
    end_at(80 * SECOND, 2, 1, 3);
}

static void test_unanswered(void)
{
    begin(65536);
    echo(0, 1, first, SECOND);
    echo(0, 2, first, 17 * SECOND);
    echo(0, 2, first, 18 * SECOND);
    end_at(20 * SECOND, 0, 2, 1);
    CU_ASSERT_EQUAL(exchange.waiting, 1);
}

/* The same request to two at once: each answers its own. */
static void test_two_servers(void)
{
    begin(65536);
    echo(0, 1, first, 100);
    echo(0, 1, second, 200);
    CU_ASSERT_TRUE(echo(REPLY, 1, second, 300));
    CU_ASSERT_EQUAL(pairing.request_number, 2);
    CU_ASSERT_TRUE(echo(REPLY, 1, first, 400));
    CU_ASSERT_EQUAL(pairing.request_number, 1);
    echo(0, 2, first, 500);
    echo(0, 2, second, 600);
    CU_ASSERT_TRUE(echo(REPLY, 2, first, 700));
    CU_ASSERT_EQUAL(pairing.latency_ns, 200);
    end_at(SECOND, 3, 1, 0);
}

/* Who has several addresses may answer from another one. */
static void test_other_address(void)
{
    begin(65536);
    echo(0, 1, first, 100);
    CU_ASSERT_TRUE(echo(REPLY, 1, second, 150));
    CU_ASSERT_EQUAL(pairing.latency_ns, 50);
    end_at(SECOND, 1, 0, 0);
}

static void test_many(void)
{
    begin(65536);
    echo(0, 1, everybody, 100);
    CU_ASSERT_TRUE(echo(REPLY, 1, first, 150));
    CU_ASSERT_TRUE(echo(REPLY, 1, second, 190));
    CU_ASSERT_EQUAL(pairing.latency_ns, 90);
    echo(0, 2, everybody, 200);
    CU_ASSERT_EQUAL(exchange.latency.count, 2);
    CU_ASSERT_EQUAL(exchange.first.max_ns, 50);
    end_at(SECOND, 1, 1, 0);
}

/* Plain discovery has no number: a reply answers the latest question. */
static void test_plain(void)
{
    begin(65536);
    plain(false, everybody, SECOND);
    plain(false, everybody, 2 * SECOND);
    CU_ASSERT_TRUE(plain(true, first, 2 * SECOND + 70));
    CU_ASSERT_EQUAL(pairing.latency_ns, 70);
    plain(false, everybody, 3 * SECOND);
    CU_ASSERT_TRUE(plain(true, first, 3 * SECOND + 80));
    CU_ASSERT_EQUAL(pairing.latency_ns, 80);
    end_at(20 * SECOND, 2, 0, 1);
}

/* A reply that repeats no question answers what was asked of the same with the same id, and what
 * repeats another question does not. */
static void test_no_question(void)
{
    begin(65536);
    dns(false, 1, 'a', 1, first, 100);
    CU_ASSERT_FALSE(dns(true, 1, 'b', 1, first, 110));
    CU_ASSERT_FALSE(dns(true, 1, 'a', 2, first, 120));
    CU_ASSERT_FALSE(dns(true, 2, 0, 0, first, 130));
    CU_ASSERT_FALSE(dns(true, 1, 0, 0, second, 140));
    CU_ASSERT_TRUE(dns(true, 1, 0, 0, first, 150));
    CU_ASSERT_EQUAL(pairing.latency_ns, 50);
    CU_ASSERT_FALSE(dns(true, 1, 0, 0, first, 160));
    dns(false, 3, 'a', 1, first, 200);
    dns(false, 3, 'a', 28, first, 210);
    dns(false, 3, 'a', 1, second, 220);
    dns(false, 3, 'b', 1, first, 230);
    CU_ASSERT_TRUE(dns(true, 3, 'a', 28, first, 300));
    CU_ASSERT_EQUAL(pairing.latency_ns, 90);
    CU_ASSERT_TRUE(dns(true, 3, 0, 0, second, 300));
    CU_ASSERT_EQUAL(pairing.latency_ns, 80);
    CU_ASSERT_TRUE(dns(true, 3, 'B', 1, first, 300));
    CU_ASSERT_EQUAL(pairing.latency_ns, 70);
    CU_ASSERT_TRUE(dns(true, 3, 0, 0, first, 300));
    CU_ASSERT_EQUAL(pairing.latency_ns, 100);
    dns(false, 4, 'a', 1, everybody, 400);
    CU_ASSERT_TRUE(dns(true, 4, 0, 0, first, 410));
    CU_ASSERT_TRUE(dns(true, 4, 'a', 1, second, 420));
    end_at(SECOND, 6, 0, 0);
    CU_ASSERT_EQUAL(exchange.unasked, 5);
}

/* All messages of a zone transfer answer its request, whatever they repeat; asked again, it is
 * another one. */
static void test_transfer(void)
{
    enum { AXFR = 252 };

    begin(65536);
    dns(false, 1, 'a', AXFR, first, 100);
    CU_ASSERT_TRUE(dns(true, 1, 'a', AXFR, first, 110));
    CU_ASSERT_TRUE(dns(true, 1, 0, 0, first, 130));
    CU_ASSERT_TRUE(dns(true, 1, 'a', AXFR, first, 140));
    CU_ASSERT_EQUAL(pairing.request_number, 1);
    CU_ASSERT_EQUAL(exchange.latency.count, 3);
    CU_ASSERT_EQUAL(exchange.first.max_ns, 10);
    dns(false, 1, 'b', 1, first, 150); /* the one without an answer comes first */
    CU_ASSERT_TRUE(dns(true, 1, 0, 0, first, 160));
    CU_ASSERT_EQUAL(pairing.request_number, 5);
    dns(false, 1, 'a', AXFR, first, 200);
    CU_ASSERT_TRUE(dns(true, 1, 0, 0, first, 220));
    CU_ASSERT_EQUAL(pairing.request_number, 7);
    dns(false, 2, 'a', AXFR, first, 300);
    dns(false, 2, 'a', AXFR, first, 310);
    CU_ASSERT_TRUE(dns(true, 2, 'a', AXFR, first, 320));
    CU_ASSERT_EQUAL(pairing.latency_ns, 20);
    end_at(SECOND, 4, 0, 1);
    CU_ASSERT_EQUAL(exchange.unasked, 0);
}

/* Those that were pushed out are not called unanswered, unless they had waited for long. */
static void test_bound(void)
{
    uint32_t i;

    begin(1);
    for (i = 0; i < 10; i++)
        echo(0, i, first, i);
    for (i = 10; i < 1000; i++)
        echo(0, i, first, 100 * SECOND + i);
    CU_ASSERT_EQUAL(exchange.unanswered, 10);
    CU_ASSERT_EQUAL(exchange.given_up, 1000 - 10 - 16);
    CU_ASSERT_EQUAL(capture_track_given_up(track), exchange.given_up);
    CU_ASSERT_FALSE(echo(REPLY, 500, first, 100 * SECOND + 1000));
    CU_ASSERT_TRUE(echo(REPLY, 999, first, 100 * SECOND + 1000));
    end_at(200 * SECOND, 1, 25, 0);
    CU_ASSERT_EQUAL(capture_exchange_requests(&exchange), 1000);
}

/* Pushed out with all that hangs on the same key. */
static void test_bound_of_one_key(void)
{
    static uint8_t servers[20][4];
    uint8_t i;

    begin(1);
    for (i = 0; i < 20; i++) {
        memcpy(servers[i], first, 3);
        servers[i][3] = (uint8_t)(i + 1);
        echo(0, 1, servers[i], i);
    }
    CU_ASSERT_EQUAL(exchange.given_up, 16);
    CU_ASSERT_TRUE(echo(REPLY, 1, servers[18], 50));
    CU_ASSERT_EQUAL(pairing.request_number, 19);
    end_at(20 * SECOND, 1, 3, 0);
}

/* The same asked of ever more: those asked longest ago are given up, but the first. */
static void test_one_key_of_many(void)
{
    uint8_t servers[600][4];
    uint32_t i;

    begin(1 << 20);
    for (i = 0; i < 600; i++) {
        memcpy(servers[i], (const uint8_t[]){ 10, 9, (uint8_t)(i >> 8), (uint8_t)i }, 4);
        echo(0, 1, servers[i], i);
    }
    CU_ASSERT_EQUAL(exchange.given_up, 600 - 512);
    CU_ASSERT_TRUE(echo(REPLY, 1, servers[0], 1000));
    CU_ASSERT_EQUAL(pairing.request_number, 1);
    CU_ASSERT_TRUE(echo(REPLY, 1, servers[89], 1000));
    CU_ASSERT_EQUAL(pairing.request_number, 90);
    CU_ASSERT_TRUE(echo(REPLY, 1, servers[599], 1000));
    CU_ASSERT_EQUAL(pairing.request_number, 600);
    end_at(20 * SECOND, 3, 509, 0);
    CU_ASSERT_EQUAL(capture_exchange_requests(&exchange), 600);
}

static bool segment(uint8_t flags, uint32_t seq, uint32_t ack, bool back, uint64_t time_ns)
{
    const struct capture_owners owners = { { &exchange, NULL } };
    const struct pfg_packet packet = { .time_ns = time_ns, .number = ++number };
    const struct pfg_flow flow = {
        .family = 4,
        .protocol = 6,
        .has_ports = true,
        .tcp_flags = flags,
        .tcp_seq = seq,
        .tcp_ack = ack,
        .sport = back ? 80 : 4000,
        .dport = back ? 4000 : 80,
        .src = back ? first : asker,
        .dst = back ? asker : first,
    };

    return capture_track_segment(track, &flow, &packet, &owners, &pairing);
}

static void test_handshake(void)
{
    begin(65536);
    CU_ASSERT_FALSE(segment(PFG_TCP_SYN, UINT32_MAX, 0, false, 100));
    CU_ASSERT_FALSE(segment(PFG_TCP_SYN, UINT32_MAX, 0, false, 200));
    CU_ASSERT_TRUE(segment(PFG_TCP_SYN | PFG_TCP_ACK_BIT, 7, 0, true, 300));
    CU_ASSERT_EQUAL(pairing.latency_ns, 200);
    segment(PFG_TCP_SYN, 50, 0, false, 400);
    CU_ASSERT_FALSE(segment(PFG_TCP_RST | PFG_TCP_ACK_BIT, 0, 50, true, 450));
    CU_ASSERT_TRUE(segment(PFG_TCP_RST | PFG_TCP_ACK_BIT, 0, 51, true, 470));
    CU_ASSERT_EQUAL(pairing.request_number, 4);
    CU_ASSERT_FALSE(segment(PFG_TCP_RST, 51, 0, false, 480));
    segment(PFG_TCP_SYN, 90, 0, false, 500);
    end_at(10 * SECOND, 2, 1, 1);
}

/* A scan: all SYNs have the same numbers, and each is answered by whom it went to. */
static void test_scan(void)
{
    const struct capture_owners owners = { { &exchange, NULL } };
    uint8_t server[4] = { 10, 8, 0, 0 };
    struct pfg_flow flow = { .family = 4, .protocol = 6, .has_ports = true, .tcp_seq = 77 };
    uint64_t answered = 0;
    uint32_t i;

    begin(1 << 20);
    for (i = 0; i < 4000; i++) {
        bool back = i >= 2000;
        const struct pfg_packet packet = { .time_ns = i, .number = i };

        server[2] = (uint8_t)(i % 2000 >> 8);
        server[3] = (uint8_t)(i % 2000);
        flow.src = back ? server : asker;
        flow.dst = back ? asker : server;
        flow.sport = back ? 80 : 4000;
        flow.dport = back ? 4000 : 80;
        flow.tcp_ack = 78;
        flow.tcp_flags = back ? PFG_TCP_SYN | PFG_TCP_ACK_BIT : PFG_TCP_SYN;
        answered += capture_track_segment(track, &flow, &packet, &owners, &pairing) &&
                    pairing.request_number == i - 2000;
    }
    CU_ASSERT_EQUAL(answered, 2000);
    CU_ASSERT_EQUAL(exchange.given_up, 0);
    end_at(10 * SECOND, 2000, 0, 0);
}

int main(void)
{
    static const struct test_case cases[] = {
        { "answered, out of order, twice", test_answered },
        { "put off", test_put_off },
        { "asked again", test_again },
        { "unanswered, and waiting at the end", test_unanswered },
        { "the same asked of two", test_two_servers },
        { "answered from another address", test_other_address },
        { "asked of many", test_many },
        { "requests without a number", test_plain },
        { "replies without a question", test_no_question },
        { "transfers", test_transfer },
        { "at the bound of memory", test_bound },
        { "at the bound, one key", test_bound_of_one_key },
        { "one key, hundreds asked", test_one_key_of_many },
        { "SYN, SYN/ACK, reset", test_handshake },
        { "a scan", test_scan },
        { 0 },
    };

    if (pfg_registry_init() != 0)
        return 1;
    return test_run("capture/track", cases);
}
