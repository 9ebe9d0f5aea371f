/* SPDX-License-Identifier: GPL-2.0-or-later */
/* summary_tcp.c - TCP connections. The stream that a segment belongs to remembers its connection,
 * so nothing is looked up. */
#include "capture/summary_inside.h"

#include <string.h>

/* Stands for all connections that found no room. */
static struct capture_watched no_room;

/* The client is who sends the SYN, or to whom the SYN/ACK goes; else who speaks first. */
__attribute__((cold, noinline)) static struct capture_watched *
begin(struct capture_summary *summary, const struct pfg_stream *stream, const struct pfg_flow *flow,
      uint64_t now_ns)
{
    const uint8_t syn_ack = PFG_TCP_SYN | PFG_TCP_ACK_BIT;
    struct capture_watched *watched =
        capture_arena_get(&summary->arena, sizeof *watched, alignof(struct capture_watched));
    unsigned sender = (flow->tcp_flags & syn_ack) == syn_ack ? 1 : 0;
    size_t width = flow->family == 6 ? 16 : 4;

    if (watched == NULL) {
        summary->tcp.beyond++;
        return &no_room;
    }
    capture_connection_init(&watched->connection, now_ns);
    watched->family = flow->family;
    watched->connection.client_side = (uint8_t)(stream->side ^ sender);
    memcpy(watched->address[sender], flow->src, width);
    memcpy(watched->address[1 - sender], flow->dst, width);
    watched->port[sender] = flow->sport;
    watched->port[1 - sender] = flow->dport;
    summary->tcp.connections++;
    if (summary->tcp.last == NULL)
        summary->tcp.first = watched;
    else
        summary->tcp.last->next = watched;
    summary->tcp.last = watched;
    return watched;
}

static inline struct capture_segment segment_of(const struct pfg_flow *flow, uint64_t time_ns)
{
    return (struct capture_segment){
        .flags = (uint8_t)flow->tcp_flags,
        .seq = flow->tcp_seq,
        .ack = flow->tcp_ack,
        .size = flow->payload_wire,
        .time_ns = time_ns,
    };
}

/* The segment is not just the next one in order. */
__attribute__((cold, noinline)) static void add_segment(struct capture_summary *summary,
                                                        struct capture_watched *watched,
                                                        const struct pfg_flow *flow,
                                                        uint64_t time_ns)
{
    const struct capture_segment segment = segment_of(flow, time_ns);
    enum capture_arrival arrival =
        capture_connection_add(&watched->connection, summary->ends.sender, &segment,
                               &summary->arena);

    if (watched->connection.no_room) {
        watched->connection.no_room = false;
        summary->tcp.beyond++;
    }
    summary->tcp.retransmitted += arrival == CAPTURE_ARRIVAL_RETRANSMITTED;
    summary->tcp.out_of_order += arrival == CAPTURE_ARRIVAL_OUT_OF_ORDER;
    summary->tcp.keep_alives += arrival == CAPTURE_ARRIVAL_KEEP_ALIVE;
}

/* The connection of a stream that does not know it yet. */
__attribute__((cold, noinline)) static struct capture_watched *
meet(struct capture_summary *summary, const struct capture_dissect *dissect, uint64_t now_ns)
{
    struct pfg_stream *stream = dissect->stream, *back = pfg_stream_back(stream);
    struct capture_watched *watched = back->note;

    if (watched == NULL)
        watched = begin(summary, stream, &dissect->flow, now_ns);
    stream->note = back->note = watched;
    return watched;
}

void capture_summary_segment(struct capture_summary *summary, const struct capture_dissect *dissect,
                             const struct pfg_packet *packet)
{
    const struct capture_segment segment = segment_of(&dissect->flow, packet->time_ns);
    struct capture_watched *watched = dissect->stream->note;
    unsigned sender;

    summary->tcp.segments++;
    if (watched == NULL)
        watched = meet(summary, dissect, packet->time_ns);
    if (watched == &no_room)
        return;
    sender = dissect->stream->side == watched->connection.client_side ? 0 : 1;
    summary->ends.watched = watched;
    summary->ends.sender = (uint8_t)sender;
    if (!capture_connection_next(&watched->connection, sender, &segment))
        add_segment(summary, watched, &dissect->flow, packet->time_ns);
}

void capture_summary_find_segment(struct capture_summary *summary, const struct pfg_stream *stream)
{
    struct capture_watched *watched = stream->note;

    if (watched == NULL || watched == &no_room)
        return;
    summary->ends.watched = watched;
    summary->ends.sender = stream->side == watched->connection.client_side ? 0 : 1;
}
