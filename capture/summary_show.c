/* SPDX-License-Identifier: GPL-2.0-or-later */
/* summary_show.c - what the summary's text and its JSON have in common. */
#include "capture/summary_inside.h"

#include <stdlib.h>
#include <string.h>

/* clang-format off */
const struct capture_form capture_forms[CAPTURE_SECTIONS] = {
    [CAPTURE_TALKERS]     = { "Talkers", "talkers", { "sent", "received" }, .bytes = true },
    [CAPTURE_KINDS]       = { "Messages", "messages", { "requests", "replies" }, .bytes = true, .errors = true, .matched = CAPTURE_MATCHED_REQUESTS },
    [CAPTURE_DNS_TYPES]   = { "DNS types", "dns_types", { "requests", "replies" } },
    [CAPTURE_DNS_RESULTS] = { "DNS results", "dns_results", { NULL, "replies" } },
    [CAPTURE_DNS_NAMES]   = { "DNS names", "dns_names", { "requests", "replies" } },
    [CAPTURE_DNS_SERVERS] = { "DNS servers", "dns_servers", { "requests", "replies" }, .matched = CAPTURE_MATCHED_REQUESTS },
    [CAPTURE_ASKED]       = { "Discovery asked", "asked", { "requests", NULL }, .matched = CAPTURE_MATCHED_ASKS },
    [CAPTURE_DISCOVERED]  = { "Discovered", "discovered", { NULL, "replies" }, .matched = CAPTURE_MATCHED_REPLIES },
    [CAPTURE_PROBLEMS]    = { "Problems", "problems", { "requests", "replies" } },
};

const char *const capture_fate_names[CAPTURE_FATE_COUNT] = {
    [CAPTURE_FATE_OPEN]        = "open",
    [CAPTURE_FATE_NO_ANSWER]   = "no_answer",
    [CAPTURE_FATE_REFUSED]     = "refused",
    [CAPTURE_FATE_HALF_OPEN]   = "half_open",
    [CAPTURE_FATE_HALF_CLOSED] = "half_closed",
    [CAPTURE_FATE_CLOSED]      = "closed",
    [CAPTURE_FATE_RESET]       = "reset",
};
/* clang-format on */

/* ---- Entries in order -------------------------------------------------------------------- */

typedef int compare(const void *left, const void *right);

/* Exchanges two things of size bytes each, at most 32. */
static void exchange(char *left, char *right, size_t size)
{
    char between[32];

    memcpy(between, left, size);
    memcpy(left, right, size);
    memcpy(right, between, size);
}

/* Puts the first most of a list in order; few of many, without sorting all: each that is before the
 * last of those found takes its place, and moves up. */
static void sort_first(void *list, size_t count, size_t size, size_t most, compare *before)
{
    char *bytes = list;
    size_t at, to;

    if (count <= most || most > 100) {
        qsort(list, count, size, before);
        return;
    }
    qsort(list, most, size, before);
    for (at = most; at < count; at++) {
        if (before(bytes + at * size, bytes + (most - 1) * size) >= 0)
            continue;
        exchange(bytes + at * size, bytes + (most - 1) * size, size);
        for (to = most - 1; to > 0 && before(bytes + to * size, bytes + (to - 1) * size) < 0; to--)
            exchange(bytes + to * size, bytes + (to - 1) * size, size);
    }
}

static int by_text(const struct capture_tally *a, const struct capture_tally *b, uint64_t weight_a,
                   uint64_t weight_b)
{
    if (weight_a != weight_b)
        return weight_a < weight_b ? 1 : -1;
    return strcmp(a->text, b->text);
}

/* The most messages first; then by text. */
static int by_count(const void *left, const void *right)
{
    const struct capture_tally *a = *(const struct capture_tally *const *)left;
    const struct capture_tally *b = *(const struct capture_tally *const *)right;

    return by_text(a, b, a->count[0] + a->count[1], b->count[0] + b->count[1]);
}

static int by_bytes(const void *left, const void *right)
{
    const struct capture_tally *a = *(const struct capture_tally *const *)left;
    const struct capture_tally *b = *(const struct capture_tally *const *)right;

    return by_text(a, b, a->bytes[0] + a->bytes[1], b->bytes[0] + b->bytes[1]);
}

struct capture_tally **capture_summary_sorted(const struct capture_summary *summary,
                                              enum capture_section section, size_t most)
{
    const struct capture_list *list = &summary->lists[section];
    struct capture_tally **sorted = malloc(capture_list_count(list) * sizeof *sorted + 1), *tally;
    size_t count = 0;

    if (sorted == NULL)
        return NULL;
    for (tally = list->table; tally != NULL; tally = tally->hh.next)
        sorted[count++] = tally;
    sort_first(sorted, count, sizeof *sorted, most,
               capture_forms[section].bytes ? by_bytes : by_count);
    return sorted;
}

static uint64_t bytes_of(const struct capture_watched *watched)
{
    return watched->connection.ways[0].bytes + watched->connection.ways[1].bytes;
}

/* The most bytes first, then those that began first. */
static int by_payload(const void *left, const void *right)
{
    const struct capture_watched *a = *(const struct capture_watched *const *)left;
    const struct capture_watched *b = *(const struct capture_watched *const *)right;
    uint64_t bytes_a = bytes_of(a), bytes_b = bytes_of(b);
    int order;

    if (bytes_a != bytes_b)
        return bytes_a < bytes_b ? 1 : -1;
    if (a->connection.first_ns != b->connection.first_ns)
        return a->connection.first_ns > b->connection.first_ns ? 1 : -1;
    order = memcmp(a->address, b->address, sizeof a->address);
    return order != 0 ? order : memcmp(a->port, b->port, sizeof a->port);
}

struct capture_watched **capture_summary_connections(const struct capture_summary *summary,
                                                     size_t most)
{
    struct capture_watched **sorted = malloc(summary->tcp.connections * sizeof *sorted + 1);
    struct capture_watched *watched;
    size_t count = 0;

    if (sorted == NULL)
        return NULL;
    for (watched = summary->tcp.first; watched != NULL; watched = watched->next)
        sorted[count++] = watched;
    sort_first(sorted, count, sizeof *sorted, most, by_payload);
    return sorted;
}

/* ---- Sums -------------------------------------------------------------------------------- */

void capture_put_connection(struct pfg_out *out, const struct capture_watched *watched)
{
    unsigned end;

    for (end = 0; end < 2; end++) {
        if (end > 0)
            pfg_out_string(out, " > ");
        pfg_out_address(out, watched->family, watched->address[end]);
        pfg_out_char(out, '.');
        pfg_out_uint(out, watched->port[end]);
    }
}

struct capture_fates capture_summary_fates(const struct capture_summary *summary)
{
    struct capture_fates fates = { { 0 }, 0, 0 };
    const struct capture_watched *watched;
    int by;

    for (watched = summary->tcp.first; watched != NULL; watched = watched->next) {
        const struct capture_connection *connection = &watched->connection;

        fates.count[capture_connection_fate(connection, &by)]++;
        fates.middle += !connection->syn && !connection->syn_ack;
        fates.lost_bytes +=
            capture_way_lost(&connection->ways[0]) + capture_way_lost(&connection->ways[1]);
    }
    return fates;
}

uint64_t capture_summary_beyond(const struct capture_summary *summary)
{
    uint64_t beyond = summary->tcp.beyond;
    unsigned section;

    for (section = 0; section < CAPTURE_SECTIONS; section++)
        beyond += summary->lists[section].beyond;
    return beyond;
}
