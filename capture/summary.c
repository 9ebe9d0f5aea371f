/* SPDX-License-Identifier: GPL-2.0-or-later */
/* summary.c - packets and who sent them. */
#include "capture/summary_inside.h"

#include <stdlib.h>

#include "capture/mixed.h"

struct capture_summary *capture_summary_new(size_t max_bytes)
{
    struct capture_summary *summary = calloc(1, sizeof *summary);

    if (summary == NULL)
        return NULL;
    summary->arena.max_bytes = max_bytes;
    summary->first_ns = UINT64_MAX;
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

void capture_put_address(struct pfg_out *out, unsigned family, const uint8_t *address)
{
    if (family == 6)
        pfg_out_ipv6(out, address);
    else
        pfg_out_ipv4(out, (uint32_t)address[0] << 24 | (uint32_t)address[1] << 16 |
                              (uint32_t)address[2] << 8 | address[3]);
}

/* ---- Talkers ----------------------------------------------------------------------------- */

static void count_talker(struct capture_summary *summary, const struct pfg_flow *flow,
                         const uint8_t *address, uint64_t key, unsigned way, uint32_t bytes)
{
    struct capture_list *list = &summary->lists[CAPTURE_TALKERS];
    uint32_t number = capture_list_find(list, key);
    struct pfg_out *text;

    if (number == 0) {
        text = capture_summary_blank(summary);
        capture_put_address(text, flow->family, address);
        number = capture_list_add(list, &summary->arena, key, text, CAPTURE_WITH_COUNTS);
    }
    if (number == 0)
        return;
    list->counts[number].count[way]++;
    list->counts[number].bytes[way] += bytes;
}

/* Talkers are counted last, when what is looked up for them has come nearer. */
static void find_talkers(struct capture_summary *summary, const struct pfg_flow *flow)
{
    struct capture_list *list = &summary->lists[CAPTURE_TALKERS];

    summary->source_key = summary->destination_key = 0;
    if (flow->family == 0 || flow->src == NULL)
        return;
    summary->source_key = capture_mix_address(flow->family, flow->family, flow->src);
    summary->destination_key = capture_mix_address(flow->family, flow->family, flow->dst);
    capture_list_prefetch(list, summary->source_key);
    capture_list_prefetch(list, summary->destination_key);
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
    find_talkers(summary, &dissect->flow);
    if (dissect->stream != NULL)
        capture_summary_segment(summary, dissect, packet, owners);
}

void capture_summary_packet_end(struct capture_summary *summary,
                                const struct capture_dissect *dissect,
                                const struct pfg_packet *packet)
{
    const struct pfg_flow *flow = &dissect->flow;

    if (summary->source_key == 0)
        return;
    count_talker(summary, flow, flow->src, summary->source_key, 0, packet->len);
    count_talker(summary, flow, flow->dst, summary->destination_key, 1, packet->len);
}
