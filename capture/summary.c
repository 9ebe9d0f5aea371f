/* SPDX-License-Identifier: GPL-2.0-or-later */
/* summary.c - packets: what is counted of each, and in which order. */
#include "capture/summary_inside.h"

#include <stdlib.h>

struct capture_summary *capture_summary_new(size_t max_bytes, const struct capture_secret *secret)
{
    struct capture_summary *summary = calloc(1, sizeof *summary);

    if (summary == NULL)
        return NULL;
    summary->arena.max_bytes = max_bytes;
    summary->first_ns = UINT64_MAX;
    summary->secret = secret;
    summary->tcp.handshakes = capture_exchange_new(&summary->arena, true);
    if (summary->tcp.handshakes != NULL && capture_summary_look_at(summary) == 0 &&
        pfg_out_init(&summary->scratch, 4096, NULL, NULL) == 0)
        return summary;
    capture_arena_free(&summary->arena);
    free(summary->looked_at.said);
    free(summary);
    return NULL;
}

void capture_summary_free(struct capture_summary *summary)
{
    unsigned section;

    if (summary == NULL)
        return;
    for (section = 0; section < CAPTURE_SECTIONS; section++)
        capture_list_free(&summary->lists[section]);
    capture_arena_free(&summary->arena);
    pfg_out_free(&summary->scratch);
    free(summary->looked_at.said);
    free(summary);
}

struct pfg_out *capture_summary_blank(struct capture_summary *summary)
{
    summary->scratch.at = summary->scratch.start;
    return &summary->scratch;
}

/* ---- Packets ----------------------------------------------------------------------------- */

/* What leads to the entries of the packet's ends: its connection. */
static inline void note_ends(struct capture_ends *ends)
{
    const struct capture_watched *watched = ends->watched;

    ends->no_room[0] = ends->no_room[1] = false;
    ends->talkers[0] = watched == NULL ? NULL : watched->talkers[ends->sender];
    ends->talkers[1] = watched == NULL ? NULL : watched->talkers[1 - ends->sender];
}

/* Messages that belong to no packet: none is counted. */
__attribute__((cold, noinline)) static void begin_rest(struct capture_summary *summary,
                                                       const struct capture_dissect *dissect)
{
    summary->ends.has_keys = false;
    summary->ends.watched = NULL;
    capture_summary_find_segment(summary, dissect->stream);
    note_ends(&summary->ends);
    capture_summary_approach_ends(summary, &dissect->flow, false);
}

void capture_summary_packet(struct capture_summary *summary, const struct capture_dissect *dissect,
                            const struct pfg_packet *packet)
{
    struct capture_ends *ends = &summary->ends;
    bool near;

    if (packet->number == 0) {
        begin_rest(summary, dissect);
        return;
    }
    summary->packets++;
    summary->bytes += packet->len;
    if (packet->time_ns < summary->first_ns)
        summary->first_ns = packet->time_ns;
    if (packet->time_ns > summary->last_ns)
        summary->last_ns = packet->time_ns;
    ends->watched = NULL;
    if (dissect->stream != NULL)
        capture_summary_segment(summary, dissect, packet);
    note_ends(ends);
    near = dissect->decode.pdu_count > dissect->layers; /* messages come first */
    if (ends->talkers[0] == NULL || ends->talkers[1] == NULL)
        capture_summary_approach_ends(summary, &dissect->flow, near);
    if (!near)
        capture_summary_count_ends(summary, &dissect->flow, packet->len, false);
}

void capture_summary_messages_end(struct capture_summary *summary,
                                  const struct capture_dissect *dissect,
                                  const struct pfg_packet *packet)
{
    if (packet->number != 0) /* it is a packet */
        capture_summary_count_ends(summary, &dissect->flow, packet->len, true);
    capture_summary_name(summary);
}

struct capture_exchange *capture_summary_handshakes(const struct capture_summary *summary)
{
    return summary->tcp.handshakes;
}

void capture_summary_end(struct capture_summary *summary, struct capture_track *track)
{
    capture_summary_names(summary);
    capture_summary_late(summary);
    capture_track_end(track, summary->last_ns);
}
