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

/* Things are taken one by one, so that each is looked at while it is near, and the first most of
 * them are kept in order; where that are many, all are. */
enum { FEW = 100 };
struct firsts {
    void **list;
    size_t count, room;
    bool few; /* there is no room for all */
    compare *before;
};

/* For so many things. False: memory is out. */
static bool firsts_begin(struct firsts *firsts, size_t things, size_t most, compare *before)
{
    firsts->few = most < things && most <= FEW;
    firsts->room = firsts->few ? most : things;
    firsts->count = 0;
    firsts->before = before;
    firsts->list = malloc(firsts->room * sizeof *firsts->list + 1);
    return firsts->list != NULL;
}

/* One that is before the last of those that are there takes its place, and moves up. */
static void firsts_take(struct firsts *firsts, void *thing)
{
    void **list = firsts->list;
    size_t to = firsts->room - 1;

    if (firsts->count < firsts->room) {
        list[firsts->count++] = thing;
        if (firsts->few && firsts->count == firsts->room)
            qsort(list, firsts->count, sizeof *list, firsts->before);
        return;
    }
    if (firsts->before(&thing, &list[to]) >= 0)
        return;
    for (; to > 0 && firsts->before(&thing, &list[to - 1]) < 0; to--)
        list[to] = list[to - 1];
    list[to] = thing;
}

static void *firsts_end(struct firsts *firsts)
{
    if (!firsts->few)
        qsort(firsts->list, firsts->count, sizeof *firsts->list, firsts->before);
    return firsts->list;
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
    struct capture_tally *tally;
    struct firsts firsts;

    if (!firsts_begin(&firsts, capture_list_count(list), most,
                      capture_forms[section].bytes ? by_bytes : by_count))
        return NULL;
    for (tally = list->table; tally != NULL; tally = tally->hh.next)
        firsts_take(&firsts, tally);
    return firsts_end(&firsts);
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
    struct capture_watched *watched;
    struct firsts firsts;

    if (!firsts_begin(&firsts, summary->tcp.connections, most, by_payload))
        return NULL;
    for (watched = summary->tcp.first; watched != NULL; watched = watched->next)
        firsts_take(&firsts, watched);
    return firsts_end(&firsts);
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
