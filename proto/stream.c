/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stream.c - TCP reassembly (RFC 9293, 3.4 and 3.10), as a bystander must do it: no promise that
 * every segment is seen, nor that any order holds. Here are segments; connections are
 * stream_table.c, the bytes of a direction stream_way.c.
 */
#include "proto/stream.h"

#include <stdlib.h>
#include <string.h>

#include "proto/layers.h"
#include "proto/stream_way.h"

struct pfg_streams *pfg_streams_new(size_t max_bytes, pfg_stream_reader reader, void *user)
{
    struct pfg_streams *streams = calloc(1, sizeof *streams);

    if (streams == NULL)
        return NULL;
    streams->max_bytes = max_bytes;
    streams->reader = reader;
    streams->user = user;
    pfg_secret_draw(&streams->secret);
    return streams;
}

void pfg_streams_free(struct pfg_streams *streams)
{
    if (streams == NULL)
        return;
    pfg_connections_free_leaving(streams);
    pfg_connections_free(streams);
    pfg_streams_free_retired(streams);
    free(streams);
}

void pfg_streams_figures(const struct pfg_streams *streams, struct pfg_streams_figures *figures)
{
    *figures = streams->figures;
    figures->segments = streams->calls - streams->rests;
}

/* ---- A segment --------------------------------------------------------------------------- */

/* Whether a SYN meets the other side's, which nobody has answered: both begin at once, and it is
 * one connection (RFC 9293, 3.5). */
static bool meets_syn(const struct pfg_connection *connection, const struct pfg_stream *way,
                      const struct pfg_stream *back)
{
    return !way->started && !way->acks_known && back->started && back->begun && !back->acks_known &&
           back->next == back->first && !back->fin && !connection->reset && !connection->closed;
}

/* A direction begins again. What stood behind holes of the one before is shown first. */
static void begin_again(struct pfg_streams *streams, struct pfg_stream *way)
{
    if (pfg_way_is_early(way))
        (void)pfg_way_end(streams, way);
    pfg_way_begin(streams, way);
}

/* The beginning of a direction, or a new connection on the same ports. */
static void on_syn(struct pfg_streams *streams, struct pfg_connection *connection,
                   struct pfg_stream *way, const struct pfg_segment *segment)
{
    struct pfg_stream *back = pfg_stream_back(way);
    uint32_t first = segment->seq + 1;
    bool answer = (segment->flags & PFG_TCP_ACK_BIT) != 0;

    if (way->started && way->begun && way->first == first)
        return; /* again the same */
    answer = answer || meets_syn(connection, way, back);
    if (way->started)
        begin_again(streams, way);
    if (!answer && back->started)
        begin_again(streams, back);
    if (!answer) {
        way->note = back->note = NULL;
        connection->reset = false;
    }
    way->started = way->begun = true;
    way->next = way->first = first;
    way->from_start = true;
    way->synced = true;
    if (answer && !back->started) {
        back->started = back->begun = true;
        back->next = back->first = segment->ack;
        back->from_start = true;
        back->synced = true;
    }
}

/* Bytes before which something is missing. */
static bool on_early(struct pfg_streams *streams, struct pfg_stream *way,
                     const struct pfg_piece *piece)
{
    uint32_t ahead = piece->seq - way->next, size = piece->size + piece->cut;

    streams->figures.out_of_order++;
    if (way->ignored) {
        pfg_way_pass(streams, way, ahead + size);
        return true;
    }
    if (ahead >= PFG_EARLY_AHEAD || size >= PFG_EARLY_AHEAD - ahead)
        return true;
    return pfg_way_keep(streams, way, piece) && pfg_way_skip_acked(streams, way) &&
           pfg_way_skip_late(streams, way, piece->time_ns);
}

/* Bytes that are next, though not as simple as pfg_way_take() has them. */
static bool on_next(struct pfg_streams *streams, struct pfg_stream *way,
                    const struct pfg_piece *piece)
{
    bool good;

    if (pfg_way_is_early(way)) { /* where they overlap, what was kept is older */
        way->kept->moved_ns = piece->time_ns;
        return pfg_way_keep(streams, way, piece) && pfg_way_drain(streams, way);
    }
    good = way->ignored || pfg_way_hold(streams, way, piece->bytes, piece->size);
    way->next += piece->size;
    if (piece->cut > 0) {
        pfg_way_show(streams, way, PFG_STREAM_BYTES);
        pfg_way_lose(streams, way, piece->cut);
    }
    return good && pfg_way_drain(streams, way);
}

static bool on_bytes(struct pfg_streams *streams, struct pfg_stream *way, uint32_t seq,
                     const struct pfg_segment *segment)
{
    struct pfg_piece piece = { seq, segment->size, segment->wire_size - segment->size,
                               segment->bytes, segment->time_ns };
    int32_t ahead = pfg_seq_diff(seq, way->next);

    if (ahead < 0) { /* some of it, or all, was here before */
        uint32_t old = (uint32_t) - (int64_t)ahead;

        streams->figures.retransmitted++;
        if (old >= piece.size + piece.cut)
            return true;
        if (old > piece.size) { /* what is new of it was not captured */
            piece.cut -= old - piece.size;
            piece.seq += old - piece.size;
            old = piece.size;
        }
        piece.bytes += old;
        piece.size -= old;
        piece.seq += old;
    }
    if (ahead > 0)
        return on_early(streams, way, &piece);
    if (!pfg_way_is_early(way) && piece.cut == 0 && pfg_way_waiting(way) == 0)
        return pfg_way_take(streams, way, piece.bytes, piece.size);
    return on_next(streams, way, &piece);
}

/* Keeps within the bound: first at the cost of whoever has not been heard of for longest. */
static bool bound(struct pfg_streams *streams, struct pfg_connection *connection,
                  struct pfg_stream *way)
{
    const struct pfg_kept *kept = way->kept;
    bool good = true;

    if (streams->figures.memory <= streams->max_bytes)
        return true;
    if (kept != NULL && kept->memory > streams->max_bytes / 2) {
        if (pfg_way_is_early(way))
            good = pfg_way_skip_hole(streams, way);
        else
            pfg_way_lose(streams, way, 0);
    }
    while (pfg_streams_are_full(streams) && pfg_connections_drop_oldest(streams, connection))
        continue;
    if (pfg_streams_are_full(streams) && kept != NULL && kept->memory > 0) {
        if (pfg_way_is_early(way))
            good = pfg_way_skip_hole(streams, way);
        if (pfg_streams_are_full(streams))
            pfg_way_lose(streams, way, 0);
    }
    return good;
}

/* Whether there may be something to do for a direction whose FIN was seen. */
static inline bool has_left(const struct pfg_stream *way)
{
    return way->kept != NULL || way->next != way->fin_seq;
}

/* A direction whose FIN was seen: shows what is left where nothing more comes before it, or the
 * other side has it all. */
__attribute__((noinline)) static bool on_fin(struct pfg_streams *streams, struct pfg_stream *way)
{
    const struct pfg_stream *back = pfg_stream_back(way);
    int32_t missing = pfg_seq_diff(way->fin_seq, way->next);

    if (missing > 0 && !pfg_way_is_early(way) && back->acks_known &&
        pfg_seq_diff(back->acks, way->fin_seq) > 0) {
        pfg_way_lose(streams, way, (uint32_t)missing);
        missing = 0;
    }
    return missing > 0 || pfg_way_end(streams, way);
}

static void on_ack(struct pfg_streams *streams, struct pfg_stream *way, uint32_t ack)
{
    struct pfg_stream *back = pfg_stream_back(way);

    if (!way->acks_known || pfg_seq_diff(ack, way->acks) > 0) {
        way->acks = ack;
        way->acks_known = true;
    }
    if (pfg_way_is_early(back))
        (void)pfg_way_skip_acked(streams, back);
}

/* Numbers for people are tcpdump's: the first segment that acknowledges something, and each that
 * answers a SYN, says where both directions begin, and is itself told as it is. */
static void on_numbers(struct pfg_stream *stream, const struct pfg_segment *segment)
{
    bool answers = (segment->flags & PFG_TCP_ACK_BIT) != 0;
    struct pfg_stream *back = pfg_stream_back(stream);
    bool first = !stream->has_origin || (segment->flags & PFG_TCP_SYN) != 0;

    stream->absolute = first || !answers;
    if (!first || !answers)
        return;
    stream->origin = segment->seq;
    back->origin = segment->ack - 1;
    stream->has_origin = back->has_origin = true;
}

/* Notes whether there is more to a direction than its next segment. */
static void note_plain(const struct pfg_connection *connection, struct pfg_stream *way)
{
    const struct pfg_stream *back = pfg_stream_back(way);

    way->plain = way->started && way->acks_known && way->has_origin && !way->fin &&
                 !pfg_way_is_early(way) && pfg_way_waiting(way) == 0 && !pfg_way_is_early(back) &&
                 (!back->fin || back->next == back->fin_seq) && !connection->closed &&
                 !connection->reset;
}

/* A segment of any kind. */
static bool add_any(struct pfg_streams *streams, struct pfg_stream *way,
                    const struct pfg_segment *segment)
{
    uint32_t seq = segment->seq + ((segment->flags & PFG_TCP_SYN) != 0 ? 1 : 0);
    struct pfg_connection *connection = pfg_connection_of(way);
    struct pfg_stream *back = pfg_stream_back(way);
    bool good = true;

    if ((segment->flags & PFG_TCP_SYN) != 0)
        on_syn(streams, connection, way, segment);
    on_numbers(way, segment);
    if ((segment->flags & PFG_TCP_ACK_BIT) != 0)
        on_ack(streams, way, segment->ack);
    if (segment->wire_size > 0) {
        if (!way->started) { /* joined in the middle */
            way->started = true;
            way->next = seq;
        }
        good = on_bytes(streams, way, seq, segment);
    }
    if ((segment->flags & PFG_TCP_FIN) != 0 && way->started) {
        way->fin = true;
        way->fin_seq = seq + segment->wire_size;
    }
    if (way->fin && has_left(way))
        good = on_fin(streams, way) && good;
    if (back->fin && has_left(back))
        good = on_fin(streams, back) && good;
    if ((segment->flags & PFG_TCP_RST) != 0) {
        good = pfg_way_end(streams, way) && good;
        good = pfg_way_end(streams, back) && good;
        connection->reset = true;
    }
    if (connection->closed || connection->reset || (way->fin && (back->fin || !back->started)))
        pfg_connection_note_end(streams, connection, segment->time_ns);
    good = bound(streams, connection, way) && good;
    note_plain(connection, way);
    note_plain(connection, back);
    return good;
}

/* A segment that acknowledges something, and whose bytes, where it has some, are the next: of most
 * connections, nearly all. What is to be done is what add_any() would do, and where the direction
 * is plain, no more of that is needed. */
static inline bool is_plain(const struct pfg_stream *way, unsigned flags, uint32_t seq,
                            uint32_t size, uint32_t wire_size)
{
    const unsigned special = PFG_TCP_SYN | PFG_TCP_FIN | PFG_TCP_RST | PFG_TCP_ACK_BIT;

    return way->plain && (flags & special) == PFG_TCP_ACK_BIT &&
           (wire_size == 0 || (seq == way->next && wire_size == size));
}

static inline bool add_plain(struct pfg_streams *streams, struct pfg_stream *way, uint32_t ack,
                             const uint8_t *bytes, uint32_t size)
{
    bool good;

    way->absolute = false;
    if (pfg_seq_diff(ack, way->acks) > 0)
        way->acks = ack;
    if (size == 0)
        return true;
    good = pfg_way_take(streams, way, bytes, size);
    if (streams->figures.memory <= streams->max_bytes)
        return good;
    return bound(streams, pfg_connection_of(way), way) && good;
}

/* Before a segment: what is not needed any more goes. */
static inline void begin(struct pfg_streams *streams, uint64_t time_ns)
{
    if (streams->retired != NULL)
        pfg_streams_free_retired(streams);
    streams->calls++; /* what leaves now has left in this call */
    if (streams->closed != NULL && pfg_is_past(streams->closed, time_ns))
        pfg_connections_drop_closed(streams, time_ns);
}

struct pfg_stream *pfg_streams_add(struct pfg_streams *streams, const struct pfg_segment *segment)
{
    struct pfg_place place;
    struct pfg_stream *way;
    bool good;

    begin(streams, segment->time_ns);
    pfg_place_of(streams, segment, &place);
    way = pfg_way_find(streams, &place);
    if (way == NULL)
        return NULL;
    if (is_plain(way, segment->flags, segment->seq, segment->size, segment->wire_size))
        good = add_plain(streams, way, segment->ack, segment->bytes, segment->size);
    else
        good = add_any(streams, way, segment);
    return good ? way : NULL;
}

/* By itself: what it needs on the stack is not the common way's. */
__attribute__((noinline)) static bool add_flow(struct pfg_streams *streams, struct pfg_stream *way,
                                               const struct pfg_flow *flow, uint64_t time_ns)
{
    struct pfg_segment segment = pfg_segment_of(flow);

    segment.time_ns = time_ns;
    return add_any(streams, way, &segment);
}

struct pfg_stream *pfg_streams_add_flow(struct pfg_streams *streams, const struct pfg_flow *flow,
                                        const struct pfg_place *place, uint64_t time_ns)
{
    struct pfg_stream *way;
    bool good;

    begin(streams, time_ns);
    way = pfg_way_find(streams, place);
    if (way == NULL)
        return NULL;
    if (flow->payload != NULL &&
        is_plain(way, flow->tcp_flags, flow->tcp_seq, flow->payload_size, flow->payload_wire))
        good = add_plain(streams, way, flow->tcp_ack, flow->payload, flow->payload_size);
    else
        good = add_flow(streams, way, flow, time_ns);
    return good ? way : NULL;
}

struct pfg_segment pfg_segment_of(const struct pfg_flow *flow)
{
    uint32_t size = flow->payload == NULL ? 0 : flow->payload_size;

    return (struct pfg_segment){
        .family = flow->family,
        .flags = (uint8_t)flow->tcp_flags,
        .sport = flow->sport,
        .dport = flow->dport,
        .src = flow->src,
        .dst = flow->dst,
        .seq = flow->tcp_seq,
        .ack = flow->tcp_ack,
        .bytes = flow->payload,
        .size = size,
        .wire_size = flow->payload_wire < size ? size : flow->payload_wire,
    };
}
