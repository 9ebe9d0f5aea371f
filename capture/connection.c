/* SPDX-License-Identifier: GPL-2.0-or-later */
/* connection.c - what sequence numbers tell. Thresholds are those of Wireshark's analysis, so that
 * the same capture gives the same figures there. */
#include "capture/connection.h"

#include <stddef.h>
#include <string.h>

#include "proto/stream.h"

/* Without a round trip time, a segment that is late by less was overtaken. */
#define OVERTAKEN_NS  UINT64_C(3000000)
/* The segment asked for by repeated acknowledgements comes within this (RFC 5681, 3.2). */
#define FAST_AGAIN_NS UINT64_C(20000000)

void capture_connection_init(struct capture_connection *connection, uint64_t now_ns)
{
    memset(connection, 0, sizeof *connection);
    connection->first_ns = now_ns;
    connection->closed_by = connection->reset_by = -1;
}

/* a - b of sequence numbers, which wrap (RFC 9293, 3.4). */
static int32_t ahead_of(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b);
}

/* ---- Holes ------------------------------------------------------------------------------- */

static void remove_hole(struct capture_way *way, unsigned at)
{
    way->holes--;
    memmove(&way->hole[at], &way->hole[at + 1], (way->holes - at) * sizeof way->hole[0]);
}

static void forget_hole(struct capture_way *way)
{
    struct capture_hole hole = way->hole[0];

    if (way->old_bytes == 0)
        way->old = hole;
    if (ahead_of(hole.from, way->old.from) < 0)
        way->old.from = hole.from;
    if (ahead_of(hole.to, way->old.to) > 0)
        way->old.to = hole.to;
    way->old_bytes += hole.to - hole.from;
    remove_hole(way, 0);
}

static void add_hole(struct capture_way *way, uint32_t from, uint32_t to)
{
    if (from == to)
        return;
    if (way->holes == CAPTURE_HOLES)
        forget_hole(way);
    way->hole[way->holes++] = (struct capture_hole){ from, to };
}

/* What comes from where holes were forgotten, and fills no other, is taken as what was missing. */
static bool fill_old(struct capture_way *way, uint32_t from, uint32_t to, bool filled)
{
    int32_t before = ahead_of(way->old.from, from), behind = ahead_of(to, way->old.to);
    uint32_t size = to - from;

    if (way->old_bytes == 0)
        return false;
    if (before >= 0 && behind >= 0) {
        way->old_bytes = 0;
        return true;
    }
    if (filled || before > 0 || behind > 0)
        return false;
    way->old_bytes -= size < way->old_bytes ? size : way->old_bytes;
    return true;
}

/* Fills holes with [from, to); whether any byte of it was missing. */
static bool fill_holes(struct capture_way *way, uint32_t from, uint32_t to)
{
    bool any = false;
    unsigned at = 0;

    while (at < way->holes) {
        struct capture_hole hole = way->hole[at];
        bool before = ahead_of(to, hole.from) <= 0, behind = ahead_of(from, hole.to) >= 0;

        if (before || behind) {
            at++;
            continue;
        }
        any = true;
        remove_hole(way, at);
        if (ahead_of(hole.to, to) > 0)
            add_hole(way, to, hole.to);
        if (ahead_of(from, hole.from) > 0)
            add_hole(way, hole.from, from);
        at = 0; /* what is left of it stands elsewhere, and is met no more */
    }
    return fill_old(way, from, to, any) || any;
}

uint64_t capture_way_lost(const struct capture_way *way)
{
    uint64_t lost = way->old_bytes;
    unsigned at;

    for (at = 0; at < way->holes; at++)
        lost += way->hole[at].to - way->hole[at].from;
    return lost;
}

/* ---- Segments ---------------------------------------------------------------------------- */

/* A segment that begins before the highest byte seen: sent again, or overtaken on its way. */
static enum capture_arrival judge_late(const struct capture_connection *connection,
                                       const struct capture_way *way,
                                       const struct capture_way *other,
                                       const struct capture_segment *segment, uint32_t size,
                                       bool filled)
{
    uint64_t after_ns = segment->time_ns - way->end_ns, trip_ns, answer_ns;

    if (!filled || (way->acked_known && ahead_of(way->acked, segment->seq + size) >= 0))
        return CAPTURE_ARRIVAL_RETRANSMITTED;
    if (other->same_acks >= 2 && way->acked_known && way->acked == segment->seq &&
        segment->time_ns - way->acked_ns < FAST_AGAIN_NS)
        return CAPTURE_ARRIVAL_RETRANSMITTED;
    if (!capture_connection_handshake(connection, &trip_ns, &answer_ns) || trip_ns == 0)
        trip_ns = OVERTAKEN_NS;
    return after_ns < trip_ns ? CAPTURE_ARRIVAL_OUT_OF_ORDER : CAPTURE_ARRIVAL_RETRANSMITTED;
}

/* Moves on behind the segment. size: of all that takes a sequence number, SYN and FIN too. */
static enum capture_arrival place(struct capture_connection *connection, struct capture_way *way,
                                  const struct capture_way *other,
                                  const struct capture_segment *segment, uint32_t size)
{
    uint32_t end = segment->seq + size;
    bool marks = (segment->flags & (PFG_TCP_SYN | PFG_TCP_FIN)) != 0;
    enum capture_arrival arrival = CAPTURE_ARRIVAL_PLAIN;

    if ((segment->flags & PFG_TCP_RST) != 0 && size == 0)
        return arrival; /* its number need not be the next */
    if (!way->end_known) {
        way->end_known = true;
        way->end = segment->seq;
    }
    /* One byte before the end, or none, asks for a sign of life (RFC 1122, 4.2.3.6). */
    if (!marks && segment->size <= 1 && segment->seq == way->end - 1)
        return CAPTURE_ARRIVAL_KEEP_ALIVE;
    if (ahead_of(segment->seq, way->end) >
        0) /* an acknowledgement alone tells of bytes before it */
        add_hole(way, way->end, segment->seq);
    else if (size > 0 && segment->seq != way->end)
        arrival =
            judge_late(connection, way, other, segment, size, fill_holes(way, segment->seq, end));
    if (ahead_of(end, way->end) > 0) {
        way->end = end;
        way->end_ns = segment->time_ns;
    }
    return arrival;
}

/* Acknowledgements of the other direction's bytes, and how often the same came again. */
static void note_ack(struct capture_way *way, struct capture_way *other,
                     const struct capture_segment *segment)
{
    other->acked_ns = segment->time_ns;
    if (!other->acked_known || ahead_of(segment->ack, other->acked) > 0) {
        other->acked = segment->ack;
        other->acked_known = true;
        way->same_acks = 0;
    } else if (segment->ack == other->acked && segment->size == 0 && way->same_acks < UINT16_MAX &&
               (segment->flags & (PFG_TCP_SYN | PFG_TCP_FIN | PFG_TCP_RST)) == 0) {
        way->same_acks++;
    }
}

static void note_handshake(struct capture_connection *connection, unsigned way,
                           const struct capture_segment *segment)
{
    bool syn = (segment->flags & PFG_TCP_SYN) != 0, ack = (segment->flags & PFG_TCP_ACK_BIT) != 0;

    if (way == 0 && syn && !ack && !connection->syn) {
        connection->syn = true;
        connection->syn_ns = segment->time_ns;
    } else if (way == 1 && syn && ack && !connection->syn_ack) {
        connection->syn_ack = true;
        connection->syn_ack_ns = segment->time_ns;
    } else if (way == 0 && !syn && ack && connection->syn_ack && !connection->ack &&
               (segment->flags & PFG_TCP_RST) == 0) {
        connection->ack = true;
        connection->ack_ns = segment->time_ns;
    }
}

static void note_end(struct capture_connection *connection, unsigned way,
                     const struct capture_segment *segment)
{
    if ((segment->flags & PFG_TCP_FIN) != 0) {
        connection->ways[way].fin = true;
        if (connection->closed_by < 0)
            connection->closed_by = (int8_t)way;
    }
    if ((segment->flags & PFG_TCP_RST) != 0) {
        connection->ways[way].resets++;
        if (connection->reset_by < 0)
            connection->reset_by = (int8_t)way;
    }
}

enum capture_arrival capture_connection_add(struct capture_connection *connection, unsigned way,
                                            const struct capture_segment *segment)
{
    struct capture_way *mine = &connection->ways[way], *other = &connection->ways[1 - way];
    uint32_t size = segment->size + ((segment->flags & PFG_TCP_SYN) != 0) +
                    ((segment->flags & PFG_TCP_FIN) != 0);
    enum capture_arrival arrival;

    mine->segments++;
    mine->bytes += segment->size;
    connection->last_ns = segment->time_ns;
    arrival = place(connection, mine, other, segment, size);
    mine->retransmitted += arrival == CAPTURE_ARRIVAL_RETRANSMITTED;
    mine->out_of_order += arrival == CAPTURE_ARRIVAL_OUT_OF_ORDER;
    mine->keep_alives += arrival == CAPTURE_ARRIVAL_KEEP_ALIVE;
    if ((segment->flags & PFG_TCP_ACK_BIT) != 0)
        note_ack(mine, other, segment);
    if (!connection->ack)
        note_handshake(connection, way, segment);
    if ((segment->flags & (PFG_TCP_FIN | PFG_TCP_RST)) != 0)
        note_end(connection, way, segment);
    return arrival;
}

/* ---- What is told of it ------------------------------------------------------------------ */

enum capture_fate capture_connection_fate(const struct capture_connection *connection, int *by)
{
    bool answered = connection->syn_ack || connection->ways[1].bytes > 0;

    *by = connection->reset_by;
    if (connection->reset_by == 1 && connection->syn && !answered)
        return CAPTURE_FATE_REFUSED;
    if (connection->reset_by >= 0)
        return CAPTURE_FATE_RESET;
    *by = connection->closed_by;
    if (connection->closed_by >= 0)
        return connection->ways[0].fin && connection->ways[1].fin ? CAPTURE_FATE_CLOSED
                                                                  : CAPTURE_FATE_HALF_CLOSED;
    if (connection->syn && connection->ways[1].segments == 0)
        return CAPTURE_FATE_NO_ANSWER;
    return connection->syn_ack && !connection->ack ? CAPTURE_FATE_HALF_OPEN : CAPTURE_FATE_OPEN;
}

bool capture_connection_handshake(const struct capture_connection *connection, uint64_t *whole_ns,
                                  uint64_t *answer_ns)
{
    if (!connection->syn || !connection->ack || connection->syn_ack_ns < connection->syn_ns ||
        connection->ack_ns < connection->syn_ack_ns)
        return false;
    *whole_ns = connection->ack_ns - connection->syn_ns;
    *answer_ns = connection->syn_ack_ns - connection->syn_ns;
    return true;
}
