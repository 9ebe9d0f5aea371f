/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * summary_talkers.c - who sends, and to whom. Entries are many and are met in any order, so a
 * packet whose ends nothing leads to is counted when the next one of that kind has come: by then
 * they are near.
 */
#include <netinet/in.h>

#include "capture/summary_inside.h"

__attribute__((cold, noinline)) static struct capture_tally *
new_talker(struct capture_summary *summary, const struct capture_identity *key, unsigned family,
           const uint8_t *address)
{
    struct pfg_out *text = capture_summary_blank(summary);

    pfg_out_address(text, family, address);
    return capture_list_add(&summary->lists[CAPTURE_TALKERS], &summary->arena, key, text,
                            CAPTURE_WITH_COUNTS);
}

/* The entry of an end that has a key, a new one where there is none; its connection knows it from
 * now on. NULL: there is no room. */
static struct capture_tally *find(struct capture_summary *summary, struct capture_ends *ends,
                                  unsigned way, const uint8_t *address)
{
    const struct capture_list *list = &summary->lists[CAPTURE_TALKERS];
    struct capture_tally *tally = capture_list_find(list, &ends->keys[way]);

    if (tally == NULL)
        tally = new_talker(summary, &ends->keys[way], ends->family, address);
    if (ends->watched != NULL)
        ends->watched->talkers[ends->sender ^ way] = tally;
    ends->talkers[way] = tally;
    ends->no_room[way] = tally == NULL;
    return tally;
}

/* The entries of both ends that have keys and no connection, where they are there already. */
static inline void find_both(const struct capture_summary *summary, struct capture_ends *ends)
{
    const struct capture_list *list = &summary->lists[CAPTURE_TALKERS];

    ends->talkers[0] = capture_list_find(list, &ends->keys[0]);
    ends->talkers[1] = capture_list_find(list, &ends->keys[1]);
}

struct capture_tally *capture_summary_talker(struct capture_summary *summary,
                                             const struct pfg_flow *flow, unsigned way)
{
    struct capture_ends *ends = &summary->ends;

    if (ends->talkers[way] != NULL || ends->no_room[way] || !ends->has_keys)
        return ends->talkers[way];
    if (ends->watched == NULL && ends->talkers[1 - way] == NULL) {
        find_both(summary, ends);
        if (ends->talkers[way] != NULL)
            return ends->talkers[way];
    }
    return find(summary, ends, way, way == 0 ? flow->src : flow->dst);
}

/* ---- Coming nearer ----------------------------------------------------------------------- */

/* Makes the keys of both, and asks for where the search for them begins. */
static void make_keys(struct capture_summary *summary, const struct pfg_flow *flow)
{
    const struct capture_list *list = &summary->lists[CAPTURE_TALKERS];
    struct capture_ends *ends = &summary->ends;

    ends->has_keys = flow->family != 0 && flow->src != NULL;
    ends->family = flow->family;
    if (!ends->has_keys)
        return;
    ends->keys[0] = capture_identity_address(summary->secret, flow->family, flow->src);
    ends->keys[1] = capture_identity_address(summary->secret, flow->family, flow->dst);
    if (list->table == NULL)
        return;
    capture_list_prefetch(list, &ends->keys[0]);
    capture_list_prefetch(list, &ends->keys[1]);
}

void capture_summary_ahead(struct capture_summary *summary, const struct pfg_flow *flow)
{
    summary->ends.has_keys = false;
    if (flow->protocol != IPPROTO_TCP)
        make_keys(summary, flow);
}

static void approach(const struct capture_summary *summary, const struct capture_ends *ends)
{
    const struct capture_list *list = &summary->lists[CAPTURE_TALKERS];

    if (list->table == NULL)
        return;
    capture_list_prefetch_entry(list, &ends->keys[0]);
    capture_list_prefetch_entry(list, &ends->keys[1]);
}

void capture_summary_approach_ends(struct capture_summary *summary, const struct pfg_flow *flow,
                                   bool soon)
{
    if (!summary->ends.has_keys)
        make_keys(summary, flow);
    else if (soon)
        approach(summary, &summary->ends);
}

/* ---- Counting ---------------------------------------------------------------------------- */

void capture_summary_late(struct capture_summary *summary)
{
    struct capture_ends *late = &summary->late;
    unsigned way;

    if (!late->has_keys)
        return;
    if (late->watched == NULL)
        find_both(summary, late);
    for (way = 0; way < 2; way++)
        capture_tally_packet(late->talkers[way] != NULL
                                 ? late->talkers[way]
                                 : find(summary, late, way, late->address[way]),
                             way, late->bytes);
    late->has_keys = false;
}

/* Counts the packet later. Its bytes will have gone. */
static void put_off(struct capture_summary *summary, const struct pfg_flow *flow, uint32_t bytes)
{
    struct capture_ends *late = &summary->late;
    size_t width = flow->family == 6 ? 16 : 4;

    approach(summary, &summary->ends);
    *late = summary->ends;
    late->bytes = bytes;
    memcpy(late->address[0], flow->src, width);
    memcpy(late->address[1], flow->dst, width);
}

void capture_summary_find_ends(struct capture_summary *summary, const struct pfg_flow *flow,
                               uint32_t bytes, bool near)
{
    const struct capture_ends *ends = &summary->ends;

    if (near || ends->talkers[0] != NULL) {
        capture_tally_packet(capture_summary_talker(summary, flow, 0), 0, bytes);
        capture_tally_packet(capture_summary_talker(summary, flow, 1), 1, bytes);
    } else if (ends->has_keys) {
        capture_summary_late(summary);
        put_off(summary, flow, bytes);
    }
}
