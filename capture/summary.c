/* SPDX-License-Identifier: GPL-2.0-or-later */
/* summary.c - packets and who sent them. */
#include "capture/summary_inside.h"

#include <netinet/in.h>
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

static bool has_talkers(const struct pfg_flow *flow)
{
    return flow->family != 0 && flow->src != NULL;
}

static __attribute__((noinline)) struct capture_tally *
find_talker(struct capture_summary *summary, const struct pfg_flow *flow, unsigned way)
{
    struct capture_list *list = &summary->lists[CAPTURE_TALKERS];
    const struct capture_identity *key = &summary->talker_keys[way];
    struct capture_tally *tally = capture_list_find(list, &summary->secret, key);

    if (tally == NULL)
        tally = new_talker(summary, key, flow->family, way == 0 ? flow->src : flow->dst);
    if (summary->watched != NULL)
        summary->watched->talkers[summary->sender ^ way] = tally;
    return tally;
}

struct capture_tally *capture_summary_talker(struct capture_summary *summary,
                                             const struct pfg_flow *flow, unsigned way)
{
    if (summary->talkers[way] == NULL && summary->has_keys)
        summary->talkers[way] = find_talker(summary, flow, way);
    return summary->talkers[way];
}

static inline void count_talker(struct capture_summary *summary, const struct pfg_flow *flow,
                                unsigned way, uint32_t bytes)
{
    struct capture_tally *tally = capture_summary_talker(summary, flow, way);

    if (tally == NULL)
        return;
    tally->count[way]++;
    tally->bytes[way] += bytes;
}

/* Makes the keys of both, and asks for where the search for them begins. */
static void make_keys(struct capture_summary *summary, const struct pfg_flow *flow)
{
    unsigned way;

    summary->has_keys = has_talkers(flow);
    for (way = 0; way < 2 && summary->has_keys; way++) {
        summary->talker_keys[way] =
            capture_identity_address(&summary->secret, CAPTURE_IDENTITY, flow->family,
                                     way == 0 ? flow->src : flow->dst);
        capture_list_prefetch(&summary->lists[CAPTURE_TALKERS], &summary->secret,
                              &summary->talker_keys[way]);
    }
}

/* The entries of both come nearer: those that the connection knows, or those of keys. */
static void approach_talkers(struct capture_summary *summary, const struct pfg_flow *flow)
{
    const struct capture_watched *watched = summary->watched;
    unsigned way;

    for (way = 0; way < 2; way++)
        summary->talkers[way] = watched == NULL ? NULL : watched->talkers[summary->sender ^ way];
    if (summary->talkers[0] != NULL && summary->talkers[1] != NULL) {
        __builtin_prefetch(summary->talkers[0]->count, 1);
        __builtin_prefetch(summary->talkers[1]->count, 1);
        return;
    }
    if (!summary->has_keys)
        make_keys(summary, flow);
    for (way = 0; way < 2 && summary->has_keys; way++)
        capture_list_prefetch_entry(&summary->lists[CAPTURE_TALKERS], &summary->secret,
                                    &summary->talker_keys[way]);
}

/* ---- Packets ----------------------------------------------------------------------------- */

void capture_summary_ahead(struct capture_summary *summary, const struct pfg_flow *flow)
{
    summary->has_keys = false;
    if (flow->protocol != IPPROTO_TCP)
        make_keys(summary, flow);
}

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
    approach_talkers(summary, &dissect->flow);
}

void capture_summary_packet_end(struct capture_summary *summary,
                                const struct capture_dissect *dissect,
                                const struct pfg_packet *packet)
{
    count_talker(summary, &dissect->flow, 0, packet->len);
    count_talker(summary, &dissect->flow, 1, packet->len);
    capture_summary_name(summary);
}
