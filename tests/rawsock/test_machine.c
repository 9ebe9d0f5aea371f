/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_machine.c - the TCP machine against a peer of the test's own, over a wire that loses,
 * doubles and disorders, in a time of the test's own.
 */
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "rawsock/machine.h"
#include "tests/harness.h"

enum { MSS = 500, WIRE = 512, MOST = 1 << 18 };
#define LATENCY_NS  (5 * PFG_NS_PER_MS)
#define PEER_RTO_NS (300 * PFG_NS_PER_MS)

/* A segment on its way. */
struct flight {
    uint64_t arrives_ns;
    bool to_peer, used;
    struct pfg_seg segment;
    uint8_t bytes[MSS];
};

/* The peer: accepts one connection, takes data in order, sends its own again and again until it
 * is acknowledged, and ends when both sides have. */
struct peer {
    bool open, silent, fin_seen, fin_acknowledged;
    uint32_t initial, expected, una;
    uint16_t window;
    const uint8_t *data;
    uint32_t size;
    uint8_t received[MOST];
    uint32_t received_size;
    uint64_t resend_ns;
};

struct world {
    struct pfg_machine machine;
    struct peer peer;
    struct flight wire[WIRE];
    uint64_t now_ns, seed;
    unsigned loss_percent, sent, resets, acknowledgements;
    uint64_t put;
    uint8_t got[MOST];
    uint32_t got_size;
    struct pfg_seg last;
};

static uint32_t draw(struct world *world, uint32_t below)
{
    world->seed = world->seed * 6364136223846793005U + 1442695040888963407U;
    return (uint32_t)(world->seed >> 33) % below;
}

/* Puts a segment on the wire; what finds no room is lost. */
static void put(struct world *world, bool to_peer, const struct pfg_seg *segment)
{
    unsigned copies = draw(world, 100) < world->loss_percent / 2 ? 2 : 1;

    if (draw(world, 100) < world->loss_percent)
        return;
    for (unsigned i = 0; i < WIRE && copies; i++) {
        struct flight *flight = &world->wire[i];

        if (flight->used)
            continue;
        *flight = (struct flight){ .used = true, .to_peer = to_peer, .segment = *segment };
        /* Never two at once, so that a clean wire keeps their order. */
        flight->arrives_ns = world->now_ns + LATENCY_NS + world->put++;
        if (world->loss_percent)
            flight->arrives_ns += draw(world, 8) * PFG_NS_PER_MS;
        if (segment->size)
            memcpy(flight->bytes, segment->bytes, segment->size);
        copies--;
    }
}

static void on_send(void *user, const struct pfg_seg *segment)
{
    struct world *world = user;

    world->sent++;
    world->resets += (segment->flags & PFG_SEG_RST) != 0;
    world->acknowledgements += segment->flags == PFG_SEG_ACK && !segment->size;
    world->last = *segment;
    put(world, true, segment);
}

static void on_receive(void *user, const uint8_t *bytes, uint32_t size)
{
    struct world *world = user;

    CU_ASSERT_FATAL(size <= MOST - world->got_size);
    memcpy(world->got + world->got_size, bytes, size);
    world->got_size += size;
}

/* ---- The peer ------------------------------------------------------------------------ */

static void peer_send(struct world *world, uint8_t flags, uint32_t seq, const uint8_t *bytes,
                      uint32_t size)
{
    const struct pfg_seg segment = {
        .seq = seq,
        .ack = world->peer.expected,
        .flags = (uint8_t)(flags | PFG_SEG_ACK),
        .window = world->peer.window,
        .mss = flags & PFG_SEG_SYN ? MSS : 0,
        .bytes = bytes,
        .size = size,
    };

    if (!world->peer.silent)
        put(world, false, &segment);
}

static void peer_send_all(struct world *world)
{
    struct peer *peer = &world->peer;
    uint32_t end = peer->initial + 1 + peer->size;

    for (uint32_t seq = peer->una; seq != end;) {
        uint32_t size = end - seq < MSS ? end - seq : MSS;

        peer_send(world, 0, seq, peer->data + (seq - peer->initial - 1), size);
        seq += size;
        if (seq - peer->una > 20 * MSS)
            return;
    }
    if (!peer->fin_acknowledged)
        peer_send(world, PFG_SEG_FIN, end, NULL, 0);
}

static void peer_input(struct world *world, const struct pfg_seg *segment)
{
    struct peer *peer = &world->peer;
    uint32_t end = peer->initial + 1 + peer->size;

    if (segment->flags & PFG_SEG_SYN) {
        peer->expected = segment->seq + 1;
        peer->open = true;
        peer_send(world, PFG_SEG_SYN, peer->initial, NULL, 0);
        return;
    }
    if (!peer->open)
        return;
    if (segment->ack - peer->una <= end + 1 - peer->una)
        peer->una = segment->ack;
    if (peer->una == end + 1) {
        peer->una = end;
        peer->fin_acknowledged = true;
    }
    if (segment->seq == peer->expected && segment->size <= peer->window) {
        if (segment->size)
            memcpy(peer->received + peer->received_size, segment->bytes, segment->size);
        peer->received_size += segment->size;
        peer->expected += segment->size;
        if ((segment->flags & PFG_SEG_FIN) && !peer->fin_seen) {
            peer->expected++;
            peer->fin_seen = true;
        }
    }
    if (segment->size || (segment->flags & PFG_SEG_FIN))
        peer_send(world, 0, peer->una, NULL, 0);
}

/* ---- The world ----------------------------------------------------------------------- */

static struct world *new_world(unsigned loss_percent, uint64_t seed)
{
    struct world *world = calloc(1, sizeof *world);
    const struct pfg_machine_hooks hooks = { on_send, on_receive, world };

    CU_ASSERT_FATAL(world != NULL);
    world->seed = seed;
    world->loss_percent = loss_percent;
    world->now_ns = PFG_NS_PER_S;
    world->peer.initial = world->peer.una = 0xfffffff0; /* wraps soon */
    world->peer.una++;
    world->peer.window = 20000;
    CU_ASSERT_FATAL(pfg_machine_init(&world->machine, &hooks, 0xffffff00, MSS) == 0);
    return world;
}

static void free_world(struct world *world)
{
    pfg_machine_free(&world->machine);
    free(world);
}

static struct flight *next_flight(struct world *world)
{
    struct flight *first = NULL;

    for (unsigned i = 0; i < WIRE; i++)
        if (world->wire[i].used && (!first || world->wire[i].arrives_ns < first->arrives_ns))
            first = &world->wire[i];
    return first;
}

/* Does the next thing that happens; false where nothing more would. */
static bool step(struct world *world)
{
    struct flight *flight = next_flight(world);
    uint64_t timer = pfg_machine_deadline(&world->machine);
    bool peer_wants = world->peer.open && !world->peer.fin_acknowledged && !world->peer.silent;
    uint64_t resend = peer_wants ? world->peer.resend_ns : PFG_NEVER;

    if (flight && flight->arrives_ns <= timer && flight->arrives_ns <= resend) {
        struct flight arrived = *flight;

        world->now_ns = arrived.arrives_ns;
        flight->used = false;
        arrived.segment.bytes = arrived.bytes;
        if (arrived.to_peer)
            peer_input(world, &arrived.segment);
        else
            pfg_machine_input(&world->machine, world->now_ns, &arrived.segment);
    } else if (resend <= timer && resend != PFG_NEVER) {
        world->now_ns = resend > world->now_ns ? resend : world->now_ns;
        peer_send_all(world);
        world->peer.resend_ns = world->now_ns + PEER_RTO_NS;
    } else if (timer != PFG_NEVER) {
        world->now_ns = timer;
        pfg_machine_tick(&world->machine, world->now_ns);
    } else {
        return false;
    }
    return true;
}

static void run(struct world *world, unsigned steps)
{
    for (unsigned i = 0; i < steps && step(world); i++)
        continue;
}

static void fill(uint8_t *bytes, uint32_t size, uint32_t with)
{
    for (uint32_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)((i * 31 + with) ^ i >> 8);
}

/* ---- Cases --------------------------------------------------------------------------- */

/* Both sides send and close; all arrives whatever the wire does. */
static void exchange(unsigned loss_percent, uint64_t seed, uint32_t size, uint32_t back)
{
    struct world *world = new_world(loss_percent, seed);
    uint8_t *sent = malloc(MOST), *answer = malloc(MOST);

    fill(sent, size, 1);
    fill(answer, back, 2);
    world->peer.data = answer;
    world->peer.size = back;
    pfg_machine_connect(&world->machine, world->now_ns);
    CU_ASSERT(pfg_machine_write(&world->machine, world->now_ns, sent, size / 2) == 0);
    run(world, 20);
    CU_ASSERT(pfg_machine_write(&world->machine, world->now_ns, sent + size / 2, size - size / 2) ==
              0);
    pfg_machine_shutdown(&world->machine, world->now_ns);
    run(world, 200000);
    CU_ASSERT_EQUAL(world->machine.end, PFG_END_NONE);
    CU_ASSERT_EQUAL(world->peer.received_size, size);
    CU_ASSERT(memcmp(world->peer.received, sent, size) == 0);
    CU_ASSERT_EQUAL(world->got_size, back);
    CU_ASSERT(memcmp(world->got, answer, back) == 0);
    CU_ASSERT(pfg_machine_all_acknowledged(&world->machine));
    CU_ASSERT(pfg_machine_peer_closed(&world->machine));
    CU_ASSERT(world->machine.state == PFG_TCP_TIME_WAIT || world->machine.state == PFG_TCP_CLOSED);
    CU_ASSERT_EQUAL(world->resets, 0);
    if (!loss_percent)
        CU_ASSERT_EQUAL(world->machine.retransmitted, 0);
    free(sent);
    free(answer);
    free_world(world);
}

static void test_clean_wire(void)
{
    exchange(0, 1, 0, 0);
    exchange(0, 1, 1, 1);
    exchange(0, 1, 10 * MSS, 3);
    exchange(0, 1, 100000, 70000);
}

static void test_bad_wire(void)
{
    for (uint64_t seed = 1; seed <= 40; seed++)
        exchange(10, seed, 20000 + (uint32_t)seed * 7, 20000);
    exchange(3, 99, 200000, 100000);
}

static void test_refused_and_silent(void)
{
    struct world *world = new_world(0, 1);
    struct pfg_seg reset = { .flags = PFG_SEG_RST | PFG_SEG_ACK, .ack = 0xffffff00 };

    pfg_machine_connect(&world->machine, world->now_ns);
    pfg_machine_input(&world->machine, world->now_ns, &reset); /* of another connection */
    CU_ASSERT_EQUAL(world->machine.state, PFG_TCP_SYN_SENT);
    reset.ack++;
    pfg_machine_input(&world->machine, world->now_ns, &reset);
    CU_ASSERT_EQUAL(world->machine.end, PFG_END_REFUSED);
    free_world(world);

    world = new_world(0, 1);
    world->peer.silent = true;
    pfg_machine_connect(&world->machine, world->now_ns);
    run(world, 1000);
    CU_ASSERT_EQUAL(world->machine.end, PFG_END_TIMED_OUT);
    CU_ASSERT_EQUAL(world->sent, PFG_MACHINE_RETRIES + 1);
    CU_ASSERT(world->now_ns > 60 * PFG_NS_PER_S); /* 1 + 2 + 4 + ... */
    free_world(world);
}

/* Opens, with nothing more on the wire. */
static struct world *open_world(void)
{
    struct world *world = new_world(0, 1);

    world->peer.fin_acknowledged = true; /* it sends nothing of its own */
    pfg_machine_connect(&world->machine, world->now_ns);
    run(world, 100);
    CU_ASSERT_EQUAL_FATAL(world->machine.state, PFG_TCP_ESTABLISHED);
    return world;
}

/* RFC 5961: a reset counts where it has exactly the expected number. */
static void test_resets(void)
{
    struct world *world = open_world();
    struct pfg_seg reset = { .flags = PFG_SEG_RST, .seq = world->machine.expected + 1 };
    unsigned before = world->acknowledgements;

    pfg_machine_input(&world->machine, world->now_ns, &reset);
    CU_ASSERT_EQUAL(world->machine.state, PFG_TCP_ESTABLISHED);
    CU_ASSERT_EQUAL(world->acknowledgements, before + 1);
    reset.seq += PFG_MACHINE_WINDOW;
    pfg_machine_input(&world->machine, world->now_ns, &reset);
    CU_ASSERT_EQUAL(world->acknowledgements, before + 1);
    reset.seq = world->machine.expected;
    pfg_machine_input(&world->machine, world->now_ns, &reset);
    CU_ASSERT_EQUAL(world->machine.end, PFG_END_RESET);
    free_world(world);
}

/* A closed window is asked again, for as long as it takes, and then all goes out. */
static void test_closed_window(void)
{
    struct world *world = open_world();
    static uint8_t bytes[5 * MSS];

    fill(bytes, sizeof bytes, 3);
    world->peer.window = 0;
    CU_ASSERT(pfg_machine_write(&world->machine, world->now_ns, bytes, MSS) == 0);
    run(world, 60);
    CU_ASSERT_EQUAL(world->machine.end, PFG_END_NONE);
    CU_ASSERT_EQUAL(world->peer.received_size, 0);
    CU_ASSERT(pfg_machine_write(&world->machine, world->now_ns, bytes + MSS, 4 * MSS) == 0);
    world->peer.window = 2 * MSS;
    run(world, 1000);
    CU_ASSERT_EQUAL(world->peer.received_size, sizeof bytes);
    CU_ASSERT(memcmp(world->peer.received, bytes, sizeof bytes) == 0);
    free_world(world);
}

/* Three duplicates bring the lost segment at once, long before the timer. */
static void test_fast_retransmit(void)
{
    struct world *world = open_world();
    static uint8_t bytes[8 * MSS];
    uint64_t began = world->now_ns;
    struct pfg_seg again = { .flags = PFG_SEG_ACK, .window = world->peer.window };

    fill(bytes, sizeof bytes, 4);
    CU_ASSERT(pfg_machine_write(&world->machine, world->now_ns, bytes, sizeof bytes) == 0);
    again.seq = world->machine.expected;
    again.ack = world->machine.una;
    for (int i = 0; i < 3; i++)
        pfg_machine_input(&world->machine, world->now_ns, &again);
    CU_ASSERT_EQUAL(world->machine.retransmitted, 1);
    CU_ASSERT_EQUAL(world->last.seq, world->machine.una);
    CU_ASSERT_EQUAL(world->last.size, MSS);
    run(world, 1000);
    CU_ASSERT_EQUAL(world->peer.received_size, sizeof bytes);
    CU_ASSERT(world->now_ns - began < 500 * PFG_NS_PER_MS);
    free_world(world);
}

/* Data before, over and behind the window, and a FIN that comes first. */
static void test_window_edges(void)
{
    struct world *world = open_world();
    uint32_t expected = world->machine.expected;
    static uint8_t bytes[MSS];
    struct pfg_seg segment = {
        .flags = PFG_SEG_ACK, .ack = world->machine.una, .window = 20000, .bytes = bytes, .size = 10
    };

    fill(bytes, sizeof bytes, 5);
    segment.seq = expected - 5; /* half of it is old */
    pfg_machine_input(&world->machine, world->now_ns, &segment);
    CU_ASSERT_EQUAL(world->got_size, 5);
    segment.seq = expected + PFG_MACHINE_WINDOW; /* half of it is behind the window */
    pfg_machine_input(&world->machine, world->now_ns, &segment);
    CU_ASSERT_EQUAL(world->got_size, 5);
    segment.seq = expected + 10;
    segment.flags |= PFG_SEG_FIN;
    pfg_machine_input(&world->machine, world->now_ns, &segment);
    CU_ASSERT_EQUAL(world->machine.state, PFG_TCP_ESTABLISHED);
    segment.seq = expected + 5;
    segment.size = 5;
    segment.flags = PFG_SEG_ACK;
    pfg_machine_input(&world->machine, world->now_ns, &segment);
    CU_ASSERT_EQUAL(world->got_size, 20);
    CU_ASSERT_EQUAL(world->machine.state, PFG_TCP_CLOSE_WAIT);
    CU_ASSERT(pfg_machine_peer_closed(&world->machine));
    free_world(world);
}

int main(void)
{
    static const struct test_case cases[] = {
        { "a clean wire", test_clean_wire },
        { "a bad wire", test_bad_wire },
        { "refused, silent", test_refused_and_silent },
        { "resets", test_resets },
        { "closed window", test_closed_window },
        { "fast retransmit", test_fast_retransmit },
        { "edges of the window", test_window_edges },
        { 0 },
    };

    return test_run("rawsock/machine", cases);
}
