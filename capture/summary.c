/* SPDX-License-Identifier: GPL-2.0-or-later */
/* summary.c - packets and who sent them. */
#include "capture/summary_inside.h"

#include <stdlib.h>

struct capture_summary *capture_summary_new(size_t max_bytes)
{
    struct capture_summary *summary = calloc(1, sizeof *summary);

    if (summary == NULL)
        return NULL;
    summary->arena.max_bytes = max_bytes;
    summary->first_ns = UINT64_MAX;
    pfg_secret_draw(&summary->secret);
    summary->tcp.handshakes = capture_exchange_new(&summary->arena, true);
    if (summary->tcp.handshakes != NULL && pfg_out_init(&summary->scratch, 4096, NULL, NULL) == 0)
        return summary;
    capture_arena_free(&summary->arena);
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
    free(summary);
}

struct pfg_out *capture_summary_blank(struct capture_summary *summary)
{
    summary->scratch.at = summary->scratch.start;
    return &summary->scratch;
}

/* ---- Talkers ----------------------------------------------------------------------------- */

static struct capture_tally *new_talker(struct capture_summary *summary,
                                        const struct capture_identity *key, unsigned family,
                                        const uint8_t *address)
{
    struct pfg_out *text = capture_summary_blank(summary);

    pfg_out_address(text, family, address);
    return capture_list_add(&summary->lists[CAPTURE_TALKERS], &summary->arena, &summary->secret,
                            key, text, CAPTURE_WITH_COUNTS);
}

static void count_talker(struct capture_summary *summary, const struct pfg_flow *flow, unsigned way,
                         uint32_t bytes)
{
    const struct capture_talker *talker = &summary->talkers[way];
    struct capture_tally *tally = talker->tally;

    if (tally == NULL)
        tally = capture_list_find(&summary->lists[CAPTURE_TALKERS], &summary->secret, &talker->key);
    if (tally == NULL)
        tally = new_talker(summary, &talker->key, flow->family, way == 0 ? flow->src : flow->dst);
    if (tally == NULL)
        return;
    tally->count[way]++;
    tally->bytes[way] += bytes;
    if (summary->watched != NULL)
        summary->watched->talkers[summary->sender ^ way] = tally;
}

/* Talkers are counted last, when what is looked up for them has come nearer. A connection knows its
 * own. */
static void find_talkers(struct capture_summary *summary, const struct pfg_flow *flow)
{
    const struct capture_watched *watched = summary->watched;
    unsigned way;

    summary->has_talkers = flow->family != 0 && flow->src != NULL;
    for (way = 0; way < 2 && summary->has_talkers; way++) {
        struct capture_talker *talker = &summary->talkers[way];

        talker->tally = watched == NULL ? NULL : watched->talkers[summary->sender ^ way];
        if (talker->tally != NULL) {
            __builtin_prefetch(talker->tally->count, 1);
            continue;
        }
        talker->key = capture_identity_address(&summary->secret, CAPTURE_IDENTITY, flow->family,
                                               way == 0 ? flow->src : flow->dst);
        capture_list_prefetch_entry(&summary->lists[CAPTURE_TALKERS], &summary->secret,
                                    &talker->key);
    }
}

/* ---- Packets ----------------------------------------------------------------------------- */

void capture_summary_packet(struct capture_summary *summary, const struct capture_dissect *dissect,
                            const struct pfg_packet *packet, struct capture_owners *owners)
{
    *owners = (struct capture_owners){ { NULL, NULL } };
    summary->packets++;
    summary->bytes += packet->len;
    if (packet->time_ns < summary->first_ns)
        summary->first_ns = packet->time_ns;
    if (packet->time_ns > summary->last_ns)
        summary->last_ns = packet->time_ns;
    summary->watched = NULL;
    if (dissect->stream != NULL)
        capture_summary_segment(summary, dissect, packet, owners);
    find_talkers(summary, &dissect->flow);
}

void capture_summary_packet_end(struct capture_summary *summary,
                                const struct capture_dissect *dissect,
                                const struct pfg_packet *packet)
{
    const struct pfg_flow *flow = &dissect->flow;

    if (!summary->has_talkers)
        return;
    count_talker(summary, flow, 0, packet->len);
    count_talker(summary, flow, 1, packet->len);
}
