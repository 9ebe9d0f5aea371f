/* SPDX-License-Identifier: GPL-2.0-or-later */
/* summary_print.c - the summary as text and as JSON: walks over the same entries. */
#include <stdlib.h>
#include <string.h>

#include "capture/summary.h"
#include "capture/tally.h"

/* Entries of a section that are shown as text; JSON has all. */
enum { SHOWN = 10 };

struct section {
    const char *title, *key;
    const char *counts[2]; /* what the two counts are */
    bool bytes, errors, latency, span;
};

/* clang-format off */
static const struct section sections[CAPTURE_SECTIONS] = {
    [CAPTURE_TALKERS]     = { "Talkers", "talkers", { "sent", "received" }, .bytes = true },
    [CAPTURE_CONNECTIONS] = { "TCP connections", "connections", { "forth", "back" }, .bytes = true, .errors = true, .span = true },
    [CAPTURE_KINDS]       = { "Messages", "messages", { "requests", "replies" }, .bytes = true, .errors = true, .latency = true },
    [CAPTURE_DNS_TYPES]   = { "DNS types", "dns_types", { "requests", "replies" } },
    [CAPTURE_DNS_RESULTS] = { "DNS results", "dns_results", { "requests", "replies" } },
    [CAPTURE_DNS_NAMES]   = { "DNS names", "dns_names", { "requests", "replies" } },
    [CAPTURE_DISCOVERY]   = { "Discovered", "discovered", { "requests", "replies" } },
    [CAPTURE_PROBLEMS]    = { "Problems", "problems", { "requests", "replies" } },
};
/* clang-format on */

/* The most bytes first, or where there are none the most messages; then by text. */
static int by_weight(const void *left, const void *right)
{
    const struct capture_tally *a = *(const struct capture_tally *const *)left;
    const struct capture_tally *b = *(const struct capture_tally *const *)right;
    bool bytes = sections[a->section].bytes;
    uint64_t weight_a = bytes ? a->bytes[0] + a->bytes[1] : a->count[0] + a->count[1];
    uint64_t weight_b = bytes ? b->bytes[0] + b->bytes[1] : b->count[0] + b->count[1];

    if (weight_a != weight_b)
        return weight_a < weight_b ? 1 : -1;
    return strcmp(a->text, b->text);
}

/* A section's entries in order; the caller frees. NULL: none, or no memory. */
static struct capture_tally **sorted(struct capture_summary *summary, enum capture_section section,
                                     size_t *count)
{
    struct capture_tally **list =
        malloc((size_t)summary->entries[section] * sizeof(struct capture_tally *) + 1);
    struct capture_tally *tally;

    *count = 0;
    if (list == NULL)
        return NULL;
    for (tally = summary->first[section]; tally != NULL; tally = tally->next)
        list[(*count)++] = tally;
    qsort(list, *count, sizeof *list, by_weight);
    return list;
}

static uint64_t average(const struct capture_tally *tally)
{
    return tally->latencies == 0 ? 0 : tally->latency_sum_ns / tally->latencies;
}

/* ---- Text -------------------------------------------------------------------------------- */

static void put_ms(struct pfg_out *out, uint64_t ns)
{
    pfg_out_uint(out, ns / 1000000);
    pfg_out_char(out, '.');
    pfg_out_digits(out, ns / 1000 % 1000, 3);
    pfg_out_string(out, " ms");
}

static void put_seconds(struct pfg_out *out, uint64_t ns)
{
    pfg_out_uint(out, ns / 1000000000);
    pfg_out_char(out, '.');
    pfg_out_digits(out, ns % 1000000000 / 1000, 6);
    pfg_out_string(out, " s");
}

static void put_way(struct pfg_out *out, const struct section *section,
                    const struct capture_tally *tally, unsigned way)
{
    pfg_out_string(out, ", ");
    pfg_out_string(out, section->counts[way]);
    pfg_out_char(out, ' ');
    pfg_out_uint(out, tally->count[way]);
    if (!section->bytes)
        return;
    pfg_out_string(out, " (");
    pfg_out_uint(out, tally->bytes[way]);
    pfg_out_string(out, " bytes)");
}

static void text_entry(struct pfg_out *out, const struct section *section,
                       const struct capture_tally *tally)
{
    pfg_out_string(out, "  ");
    pfg_out_escaped(out, tally->text, strlen(tally->text));
    put_way(out, section, tally, 0);
    put_way(out, section, tally, 1);
    if (section->errors && tally->errors > 0) {
        pfg_out_string(out, tally->section == CAPTURE_CONNECTIONS ? ", resets " : ", errors ");
        pfg_out_uint(out, tally->errors);
    }
    if (section->span) {
        pfg_out_string(out, ", ");
        put_seconds(out, tally->last_ns - tally->first_ns);
    }
    if (section->latency && tally->latencies > 0) {
        pfg_out_string(out, ", answered ");
        pfg_out_uint(out, tally->latencies);
        pfg_out_string(out, " after ");
        put_ms(out, tally->latency_min_ns);
        pfg_out_string(out, " at least, ");
        put_ms(out, average(tally));
        pfg_out_string(out, " on average, ");
        put_ms(out, tally->latency_max_ns);
        pfg_out_string(out, " at most");
    }
    pfg_out_char(out, '\n');
}

static void text_section(struct capture_summary *summary, enum capture_section which,
                         struct pfg_out *out)
{
    struct capture_tally **list;
    size_t count, i;

    if (summary->entries[which] == 0)
        return;
    list = sorted(summary, which, &count);
    pfg_out_string(out, sections[which].title);
    pfg_out_string(out, ": ");
    pfg_out_uint(out, summary->entries[which]);
    pfg_out_char(out, '\n');
    for (i = 0; i < count && i < SHOWN; i++)
        text_entry(out, &sections[which], list[i]);
    if (count > SHOWN) {
        pfg_out_string(out, "  and ");
        pfg_out_uint(out, count - SHOWN);
        pfg_out_string(out, " more\n");
    }
    free(list);
}

static void text_streams(const struct capture_dissect *dissect, struct pfg_out *out)
{
    struct pfg_streams_figures streams;
    struct pfg_fragments_figures fragments;

    pfg_streams_figures(dissect->streams, &streams);
    pfg_fragments_figures(dissect->fragments, &fragments);
    if (streams.segments > 0) {
        pfg_out_string(out, "TCP: segments ");
        pfg_out_uint(out, streams.segments);
        pfg_out_string(out, ", sent again ");
        pfg_out_uint(out, streams.retransmitted);
        pfg_out_string(out, ", out of order ");
        pfg_out_uint(out, streams.out_of_order);
        pfg_out_string(out, ", bytes lost ");
        pfg_out_uint(out, streams.lost_bytes);
        pfg_out_char(out, '\n');
    }
    if (fragments.fragments == 0)
        return;
    pfg_out_string(out, "IP fragments: ");
    pfg_out_uint(out, fragments.fragments);
    pfg_out_string(out, ", joined to datagrams ");
    pfg_out_uint(out, fragments.joined);
    pfg_out_string(out, ", given up ");
    pfg_out_uint(out, fragments.bad + fragments.timed_out + fragments.evicted);
    pfg_out_char(out, '\n');
}

void capture_summary_text(struct capture_summary *summary, const struct capture_dissect *dissect,
                          struct pfg_out *out)
{
    unsigned section;

    pfg_out_string(out, "Packets: ");
    pfg_out_uint(out, summary->packets);
    pfg_out_string(out, ", ");
    pfg_out_uint(out, summary->bytes);
    pfg_out_string(out, " bytes");
    if (summary->packets > 0) {
        pfg_out_string(out, ", from ");
        pfg_out_time(out, summary->first_ns);
        pfg_out_string(out, " to ");
        pfg_out_time(out, summary->last_ns);
        pfg_out_string(out, ", ");
        put_seconds(out, summary->last_ns - summary->first_ns);
    }
    pfg_out_char(out, '\n');
    text_streams(dissect, out);
    for (section = 0; section < CAPTURE_SECTIONS; section++)
        text_section(summary, (enum capture_section)section, out);
    if (summary->beyond > 0) {
        pfg_out_string(out, "Not counted, since memory was at its bound (--pair-memory): ");
        pfg_out_uint(out, summary->beyond);
        pfg_out_char(out, '\n');
    }
}

/* ---- JSON -------------------------------------------------------------------------------- */

/* A member that is a number: ,"key":1 */
static void member(struct pfg_out *out, const char *key, uint64_t value)
{
    pfg_out_string(out, ",\"");
    pfg_out_string(out, key);
    pfg_out_string(out, "\":");
    pfg_out_uint(out, value);
}

static void json_entry(struct pfg_out *out, const struct section *section,
                       const struct capture_tally *tally)
{
    unsigned way;

    pfg_out_string(out, "{\"what\":\"");
    pfg_out_json(out, tally->text, strlen(tally->text));
    pfg_out_char(out, '"');
    for (way = 0; way < 2; way++) {
        member(out, section->counts[way], tally->count[way]);
        if (!section->bytes)
            continue;
        pfg_out_string(out, ",\"");
        pfg_out_string(out, section->counts[way]);
        pfg_out_string(out, "_bytes\":");
        pfg_out_uint(out, tally->bytes[way]);
    }
    if (section->errors)
        member(out, tally->section == CAPTURE_CONNECTIONS ? "resets" : "errors", tally->errors);
    if (section->span)
        member(out, "duration_ns", tally->last_ns - tally->first_ns);
    if (section->latency && tally->latencies > 0) {
        member(out, "answered", tally->latencies);
        member(out, "latency_min_ns", tally->latency_min_ns);
        member(out, "latency_avg_ns", average(tally));
        member(out, "latency_max_ns", tally->latency_max_ns);
    }
    pfg_out_char(out, '}');
}

static void json_section(struct capture_summary *summary, enum capture_section which,
                         struct pfg_out *out)
{
    struct capture_tally **list;
    size_t count, i;

    list = sorted(summary, which, &count);
    pfg_out_string(out, ",\"");
    pfg_out_string(out, sections[which].key);
    pfg_out_string(out, "\":[");
    for (i = 0; i < count; i++) {
        if (i > 0)
            pfg_out_char(out, ',');
        json_entry(out, &sections[which], list[i]);
    }
    pfg_out_char(out, ']');
    free(list);
}

void capture_summary_json(struct capture_summary *summary, const struct capture_dissect *dissect,
                          struct pfg_out *out)
{
    struct pfg_streams_figures streams;
    struct pfg_fragments_figures fragments;
    unsigned section;

    pfg_streams_figures(dissect->streams, &streams);
    pfg_fragments_figures(dissect->fragments, &fragments);
    pfg_out_string(out, "{\"summary\":{\"packets\":");
    pfg_out_uint(out, summary->packets);
    member(out, "bytes", summary->bytes);
    member(out, "not_counted", summary->beyond);
    if (summary->packets > 0) {
        pfg_out_string(out, ",\"first\":\"");
        pfg_out_time(out, summary->first_ns);
        pfg_out_string(out, "\",\"last\":\"");
        pfg_out_time(out, summary->last_ns);
        pfg_out_char(out, '"');
    }
    pfg_out_string(out, ",\"tcp_figures\":{\"segments\":");
    pfg_out_uint(out, streams.segments);
    member(out, "retransmitted", streams.retransmitted);
    member(out, "out_of_order", streams.out_of_order);
    member(out, "holes", streams.holes);
    member(out, "lost_bytes", streams.lost_bytes);
    pfg_out_string(out, "},\"fragment_figures\":{\"fragments\":");
    pfg_out_uint(out, fragments.fragments);
    member(out, "joined", fragments.joined);
    member(out, "given_up", fragments.bad + fragments.timed_out + fragments.evicted);
    pfg_out_char(out, '}');
    for (section = 0; section < CAPTURE_SECTIONS; section++)
        json_section(summary, (enum capture_section)section, out);
    pfg_out_string(out, "}}\n");
}
