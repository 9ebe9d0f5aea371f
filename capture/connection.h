/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * connection.h - one TCP connection as a bystander sees it (RFC 9293): how it began, what was sent
 * again, what came late, what was never seen, how it ended. It looks at sequence numbers alone and
 * keeps no bytes, so it says the same of every connection, whatever is in it.
 *
 * The two directions are called forth, from the client, and back. The client sent the SYN; where no
 * SYN was seen, it is who spoke first.
 */
#ifndef PFG_CAPTURE_CONNECTION_H
#define PFG_CAPTURE_CONNECTION_H

#include <stdbool.h>
#include <stdint.h>

#include "proto/stream.h"

/* So many holes are remembered in a direction, each by its ends; of those before them, only how
 * many bytes they had, and where they were. */
enum { CAPTURE_HOLES = 8 };

struct capture_hole {
    uint32_t from, to; /* sequence numbers, to not included */
};

/* What is missing of a direction. Few miss anything. */
struct capture_gaps {
    uint64_t old_bytes; /* missing in old */
    struct capture_hole old;
    uint32_t far; /* where far_known: behind the last segment that no window reached */
    bool far_known;
    uint32_t holes;
    struct capture_hole hole[CAPTURE_HOLES];
};

/* One direction, on one line of the processor's cache. */
struct capture_way {
    uint32_t segments, retransmitted, out_of_order, keep_alives, resets;
    uint32_t end;      /* behind the highest byte seen, where known */
    uint32_t ack;      /* what this side has acknowledged of the other, where known */
    uint8_t same_acks; /* how often it has acknowledged the same again, 255 and more */
    bool end_known, ack_known;
    bool fin;
    uint64_t bytes;            /* of payload, those sent again too */
    uint64_t end_ns;           /* when end was reached */
    uint64_t ack_ns;           /* when this side last acknowledged anything */
    struct capture_gaps *gaps; /* the arena's; NULL: there was none yet */
};

struct capture_connection {
    struct capture_way ways[2];
    uint64_t first_ns, last_ns;
    uint64_t syn_ns, syn_ack_ns, ack_ns; /* the first of each; 0 not seen */
    bool syn, syn_ack, ack;
    int8_t closed_by, reset_by; /* the direction of the first FIN, and RST; -1 none */
    bool no_room;               /* a gap is not known, since the arena was at its bound */
    uint8_t client_side; /* of whoever keeps the connection: which side of its stream, see stream.h,
                            is the client; here, on a line that each segment touches */
};

struct capture_arena;

/* A segment: sizes in bytes on the wire, time in ns. */
struct capture_segment {
    uint8_t flags;
    uint32_t seq, ack, size;
    uint64_t time_ns;
};

/* What a segment is beside what came before it. */
enum capture_arrival {
    CAPTURE_ARRIVAL_PLAIN,
    CAPTURE_ARRIVAL_RETRANSMITTED,
    CAPTURE_ARRIVAL_OUT_OF_ORDER, /* late by less than a round trip: overtaken, not sent again */
    CAPTURE_ARRIVAL_KEEP_ALIVE
};

enum capture_fate {
    CAPTURE_FATE_OPEN,        /* nothing of an end was seen */
    CAPTURE_FATE_NO_ANSWER,   /* nobody answered the SYN */
    CAPTURE_FATE_REFUSED,     /* the SYN was answered by a reset */
    CAPTURE_FATE_HALF_OPEN,   /* the client did not acknowledge the SYN/ACK */
    CAPTURE_FATE_HALF_CLOSED, /* one FIN */
    CAPTURE_FATE_CLOSED,      /* both FINs */
    CAPTURE_FATE_RESET,
    CAPTURE_FATE_COUNT
};

void capture_connection_init(struct capture_connection *connection, uint64_t now_ns);
/* Takes in a segment that goes in direction way, 0 forth, 1 back. What is missing is noted in
 * memory of the arena, which lives as long. */
enum capture_arrival capture_connection_add(struct capture_connection *connection, unsigned way,
                                            const struct capture_segment *segment,
                                            struct capture_arena *arena);

/* a - b of sequence numbers, which wrap (RFC 9293, 3.4). */
static inline int32_t capture_ahead_of(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b);
}

/* Acknowledgements of the other direction's bytes, and how often the same came again. */
static inline void capture_way_ack(struct capture_way *way, const struct capture_segment *segment)
{
    const uint8_t marks = PFG_TCP_SYN | PFG_TCP_FIN | PFG_TCP_RST;

    way->ack_ns = segment->time_ns;
    if (!way->ack_known || capture_ahead_of(segment->ack, way->ack) > 0) {
        way->ack = segment->ack;
        way->ack_known = true;
        way->same_acks = 0;
    } else if (segment->ack == way->ack && segment->size == 0 && way->same_acks < UINT8_MAX &&
               (segment->flags & marks) == 0) {
        way->same_acks++;
    }
}

/* The same for the segment that most are, the next one in order: it is plain, nothing is missing
 * before it, and it begins and ends nothing. False: it is another, and nothing is taken in. */
static inline bool capture_connection_next(struct capture_connection *connection, unsigned way,
                                           const struct capture_segment *segment)
{
    const uint8_t marks = PFG_TCP_SYN | PFG_TCP_FIN | PFG_TCP_RST;
    struct capture_way *mine = &connection->ways[way];

    if ((segment->flags & marks) != 0 || segment->seq != mine->end || !mine->end_known ||
        (connection->syn_ack && !connection->ack) || segment->size > INT32_MAX)
        return false;
    mine->segments++;
    mine->bytes += segment->size;
    connection->last_ns = segment->time_ns;
    if (segment->size > 0) {
        mine->end += segment->size;
        mine->end_ns = segment->time_ns;
    }
    if ((segment->flags & PFG_TCP_ACK_BIT) != 0)
        capture_way_ack(mine, segment);
    return true;
}

/* How it ended; *by is the direction of who ended it, -1 nobody. */
enum capture_fate capture_connection_fate(const struct capture_connection *connection, int *by);
/* From the client's first SYN to its acknowledgement of the SYN/ACK, in ns, as the client waits;
 * false: it was not seen. *answer_ns: the part of it until the SYN/ACK. */
bool capture_connection_handshake(const struct capture_connection *connection, uint64_t *whole_ns,
                                  uint64_t *answer_ns);
/* Bytes of a direction that were never seen, though later ones were. */
uint64_t capture_way_lost(const struct capture_way *way);

#endif
