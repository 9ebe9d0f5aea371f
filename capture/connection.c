/* SPDX-License-Identifier: GPL-2.0-or-later */
/* connection.c - what sequence numbers tell. Thresholds are those of Wireshark's analysis, so that
 * the same capture gives the same figures there. */
#include "capture/connection.h"

#include <stdalign.h>
#include <stddef.h>
#include <string.h>

#include "capture/tally.h"
#include "proto/stream.h"

_Static_assert(sizeof(struct capture_way) == 64, "a direction is one line of the cache");

/* No window is larger (RFC 7323, 2.3). */
#define WINDOW_MAX    (INT32_C(1) << 30)
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

/* ---- Holes ------------------------------------------------------------------------------- */

static void remove_hole(struct capture_gaps *gaps, unsigned at)
{
    gaps->holes--;
    memmove(&gaps->hole[at], &gaps->hole[at + 1], (gaps->holes - at) * sizeof gaps->hole[0]);
}

static void forget_hole(struct capture_gaps *gaps)
{
    struct capture_hole hole = gaps->hole[0];

    if (gaps->old_bytes == 0)
        gaps->old = hole;
    if (capture_ahead_of(hole.from, gaps->old.from) < 0)
        gaps->old.from = hole.from;
    if (capture_ahead_of(hole.to, gaps->old.to) > 0)
        gaps->old.to = hole.to;
    gaps->old_bytes += hole.to - hole.from;
    remove_hole(gaps, 0);
}

static void add_hole(struct capture_gaps *gaps, uint32_t from, uint32_t to)
{
    if (from == to)
        return;
    if (gaps->holes == CAPTURE_HOLES)
        forget_hole(gaps);
    gaps->hole[gaps->holes++] = (struct capture_hole){ from, to };
}

/* What comes from where holes were forgotten, and fills no other, is taken as what was missing. */
static bool fill_old(struct capture_gaps *gaps, uint32_t from, uint32_t to, bool filled)
{
    int32_t before = capture_ahead_of(gaps->old.from, from),
            behind = capture_ahead_of(to, gaps->old.to);
    uint32_t size = to - from;

    if (gaps->old_bytes == 0)
        return false;
    if (before >= 0 && behind >= 0) {
        gaps->old_bytes = 0;
        return true;
    }
    if (filled || before > 0 || behind > 0)
        return false;
    gaps->old_bytes -= size < gaps->old_bytes ? size : gaps->old_bytes;
    return true;
}

/* Fills holes with [from, to); whether any byte of it was missing. gaps: NULL none. */
static bool fill_holes(struct capture_gaps *gaps, uint32_t from, uint32_t to)
{
    bool any = false;
    unsigned at = 0;

    while (gaps != NULL && at < gaps->holes) {
        struct capture_hole hole = gaps->hole[at];
        bool before = capture_ahead_of(to, hole.from) <= 0,
             behind = capture_ahead_of(from, hole.to) >= 0;

        if (before || behind) {
            at++;
            continue;
        }
        any = true;
        remove_hole(gaps, at);
        if (capture_ahead_of(hole.to, to) > 0)
            add_hole(gaps, to, hole.to);
        if (capture_ahead_of(from, hole.from) > 0)
            add_hole(gaps, hole.from, from);
        at = 0; /* what is left of it stands elsewhere, and is met no more */
    }
    return gaps != NULL && (fill_old(gaps, from, to, any) || any);
}

/* What is missing of a direction, nothing at first. NULL: there is no room. */
static struct capture_gaps *gaps_of(struct capture_connection *connection, struct capture_way *way,
                                    struct capture_arena *arena)
{
    if (way->gaps == NULL)
        way->gaps = capture_arena_get(arena, sizeof *way->gaps, alignof(struct capture_gaps));
    if (way->gaps == NULL)
        connection->no_room = true;
    return way->gaps;
}

/* Bytes before a segment were not seen yet. */
static void note_gap(struct capture_connection *connection, struct capture_way *way, uint32_t to,
                     struct capture_arena *arena)
{
    struct capture_gaps *gaps = gaps_of(connection, way, arena);

    if (gaps != NULL)
        add_hole(gaps, way->end, to);
}

/* Whether a segment is no evidence of bytes before it: no window reaches it, nor has the other side
 * acknowledged anything near it, nor does it go on where one like it ended. */
static bool is_stray(struct capture_connection *connection, struct capture_way *way,
                     const struct capture_way *other, const struct capture_segment *segment,
                     uint32_t size, struct capture_arena *arena)
{
    struct capture_gaps *gaps;
    bool goes_on;

    if (capture_ahead_of(segment->seq, way->end) <= WINDOW_MAX)
        return false;
    if (other->ack_known && capture_ahead_of(other->ack, way->end) > 0 &&
        capture_ahead_of(segment->seq, other->ack) <= WINDOW_MAX)
        return false;
    gaps = gaps_of(connection, way, arena);
    if (gaps == NULL)
        return true;
    goes_on = size > 0 && gaps->far_known && gaps->far == segment->seq;
    gaps->far_known = size > 0 && !goes_on;
    gaps->far = segment->seq + size;
    return !goes_on;
}

uint64_t capture_way_lost(const struct capture_way *way)
{
    uint64_t lost;
    unsigned at;

    if (way->gaps == NULL)
        return 0;
    lost = way->gaps->old_bytes;
    for (at = 0; at < way->gaps->holes; at++)
        lost += way->gaps->hole[at].to - way->gaps->hole[at].from;
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

    if (!filled || (other->ack_known && capture_ahead_of(other->ack, segment->seq + size) >= 0))
        return CAPTURE_ARRIVAL_RETRANSMITTED;
    if (other->same_acks >= 2 && other->ack_known && other->ack == segment->seq &&
        segment->time_ns - other->ack_ns < FAST_AGAIN_NS)
        return CAPTURE_ARRIVAL_RETRANSMITTED;
    if (!capture_connection_handshake(connection, &trip_ns, &answer_ns) || trip_ns == 0)
        trip_ns = OVERTAKEN_NS;
    return after_ns < trip_ns ? CAPTURE_ARRIVAL_OUT_OF_ORDER : CAPTURE_ARRIVAL_RETRANSMITTED;
}

/* Moves on behind the segment. size: of all that takes a sequence number, SYN and FIN too. */
static enum capture_arrival place(struct capture_connection *connection, struct capture_way *way,
                                  const struct capture_way *other,
                                  const struct capture_segment *segment, uint32_t size,
                                  struct capture_arena *arena)
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
    if (is_stray(connection, way, other, segment, size, arena))
        return arrival;
    /* an acknowledgement alone tells of bytes before it */
    if (capture_ahead_of(segment->seq, way->end) > 0)
        note_gap(connection, way, segment->seq, arena);
    else if (size > 0 && segment->seq != way->end)
        arrival = judge_late(connection, way, other, segment, size,
                             fill_holes(way->gaps, segment->seq, end));
    if (capture_ahead_of(end, way->end) > 0) {
        way->end = end;
        way->end_ns = segment->time_ns;
    }
    return arrival;
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

/* Whether the other side has acknowledged all of a direction, to its FIN. */
static bool is_over(const struct capture_connection *connection, unsigned way)
{
    const struct capture_way *mine = &connection->ways[way], *other = &connection->ways[1 - way];

    return mine->fin && other->ack_known && capture_ahead_of(other->ack, mine->end) >= 0;
}

/* How it ends. Behind the end of both directions, a reset answers what came late, such as a segment
 * that was overtaken: whoever closed last knows nothing of the connection any more. */
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
        if (connection->reset_by < 0 && !(is_over(connection, 0) && is_over(connection, 1)))
            connection->reset_by = (int8_t)way;
    }
}

enum capture_arrival capture_connection_add(struct capture_connection *connection, unsigned way,
                                            const struct capture_segment *segment,
                                            struct capture_arena *arena)
{
    struct capture_way *mine = &connection->ways[way];
    uint32_t size = segment->size + ((segment->flags & PFG_TCP_SYN) != 0) +
                    ((segment->flags & PFG_TCP_FIN) != 0);
    enum capture_arrival arrival;

    mine->segments++;
    mine->bytes += segment->size;
    connection->last_ns = segment->time_ns;
    arrival = place(connection, mine, &connection->ways[1 - way], segment, size, arena);
    mine->retransmitted += arrival == CAPTURE_ARRIVAL_RETRANSMITTED;
    mine->out_of_order += arrival == CAPTURE_ARRIVAL_OUT_OF_ORDER;
    mine->keep_alives += arrival == CAPTURE_ARRIVAL_KEEP_ALIVE;
    if ((segment->flags & (PFG_TCP_FIN | PFG_TCP_RST)) != 0)
        note_end(connection, way,
                 segment); /* a reset ends nothing by what it acknowledges itself */
    if ((segment->flags & PFG_TCP_ACK_BIT) != 0)
        capture_way_ack(mine, segment);
    if (!connection->ack)
        note_handshake(connection, way, segment);
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
