/* SPDX-License-Identifier: GPL-2.0-or-later */
/* summary_text.c - the summary for people: the weightiest entries of each section. */
#include <stdlib.h>
#include <string.h>

#include "capture/summary_inside.h"

/* Entries of a section that are shown; JSON has all. */
enum { SHOWN = 10 };

/* ---- Numbers ----------------------------------------------------------------------------- */

/* ", what 12" */
static void put_count(struct pfg_out *out, const char *what, uint64_t count)
{
    pfg_out_string(out, ", ");
    pfg_out_string(out, what);
    pfg_out_char(out, ' ');
    pfg_out_uint(out, count);
}

static void put_some(struct pfg_out *out, const char *what, uint64_t count)
{
    if (count > 0)
        put_count(out, what, count);
}

static void put_bytes(struct pfg_out *out, uint64_t bytes)
{
    pfg_out_string(out, " (");
    pfg_out_uint(out, bytes);
    pfg_out_string(out, " bytes)");
}

/* "what 1.234" in milliseconds */
static void put_ms(struct pfg_out *out, const char *what, uint64_t ns)
{
    pfg_out_string(out, what);
    pfg_out_char(out, ' ');
    pfg_out_uint(out, ns / 1000000);
    pfg_out_char(out, '.');
    pfg_out_digits(out, ns / 1000 % 1000, 3);
}

static void put_seconds(struct pfg_out *out, uint64_t ns)
{
    pfg_out_uint(out, ns / 1000000000);
    pfg_out_char(out, '.');
    pfg_out_digits(out, ns % 1000000000 / 1000, 6);
    pfg_out_string(out, " s");
}

static void put_latency(struct pfg_out *out, const char *what,
                        const struct capture_latency *latency)
{
    if (latency->count == 0)
        return;
    pfg_out_string(out, "; ");
    pfg_out_string(out, what);
    put_ms(out, " min", latency->min_ns);
    put_ms(out, ", avg", capture_latency_average(latency));
    if (latency->buckets != NULL) {
        put_ms(out, ", p50", capture_latency_percentile(latency, 50));
        put_ms(out, ", p90", capture_latency_percentile(latency, 90));
        put_ms(out, ", p99", capture_latency_percentile(latency, 99));
    }
    put_ms(out, ", max", latency->max_ns);
    pfg_out_string(out, " ms");
}

/* What became of requests. */
static void put_exchange(struct pfg_out *out, const struct capture_exchange *exchange)
{
    bool tells = !exchange->optional || exchange->answered > 0;

    if (!tells)
        return;
    put_count(out, "answered", exchange->answered);
    put_count(out, "unanswered", exchange->unanswered);
    if (exchange->waiting > 0) {
        pfg_out_string(out, " (in the last 5 s ");
        pfg_out_uint(out, exchange->waiting);
        pfg_out_char(out, ')');
    }
    put_some(out, "asked again", exchange->repeated);
    put_some(out, "given up", exchange->given_up);
    put_some(out, "replies that nobody waited for", exchange->unasked);
}

/* ---- Sections ---------------------------------------------------------------------------- */

static void text_entry(struct pfg_out *out, const struct capture_form *form,
                       const struct capture_tally *tally)
{
    unsigned way;

    pfg_out_string(out, "  ");
    pfg_out_escaped(out, tally->text, strlen(tally->text));
    for (way = 0; way < 2; way++) {
        if (form->counts[way] == NULL)
            continue;
        put_count(out, form->counts[way], tally->count[way]);
        if (form->bytes)
            put_bytes(out, tally->bytes[way]);
    }
    if (form->errors)
        put_some(out, "errors", tally->errors);
    if (tally->exchange != NULL && form->matched != CAPTURE_MATCHED_REPLIES)
        put_exchange(out, tally->exchange);
    if (form->matched == CAPTURE_MATCHED_ASKS) {
        put_count(out, "replies", tally->exchange->latency.count);
        put_latency(out, "the first", &tally->exchange->first);
    }
    if (tally->exchange != NULL)
        put_latency(out, form->matched == CAPTURE_MATCHED_ASKS ? "all" : "latency",
                    &tally->exchange->latency);
    pfg_out_char(out, '\n');
}

static void put_title(struct pfg_out *out, const char *title, uint64_t count)
{
    pfg_out_string(out, title);
    pfg_out_string(out, ": ");
    pfg_out_uint(out, count);
    pfg_out_char(out, '\n');
}

static void put_rest(struct pfg_out *out, uint64_t count)
{
    if (count <= SHOWN)
        return;
    pfg_out_string(out, "  and ");
    pfg_out_uint(out, count - SHOWN);
    pfg_out_string(out, " more\n");
}

static void text_section(const struct capture_summary *summary, enum capture_section which,
                         struct pfg_out *out)
{
    struct capture_tally **sorted;
    size_t count = capture_list_count(&summary->lists[which]), i;

    if (count == 0)
        return;
    sorted = capture_summary_sorted(summary, which, SHOWN);
    put_title(out, capture_forms[which].title, count);
    for (i = 0; sorted != NULL && i < count && i < SHOWN; i++)
        text_entry(out, &capture_forms[which], sorted[i]);
    put_rest(out, count);
    free(sorted);
}

/* ---- TCP --------------------------------------------------------------------------------- */

/* "what 1 forth 2 back", where there was any. */
static void put_ways(struct pfg_out *out, const char *what, uint64_t forth, uint64_t back)
{
    if (forth + back == 0)
        return;
    pfg_out_string(out, ", ");
    pfg_out_string(out, what);
    if (forth > 0) {
        pfg_out_char(out, ' ');
        pfg_out_uint(out, forth);
        pfg_out_string(out, " forth");
    }
    if (back > 0) {
        pfg_out_char(out, ' ');
        pfg_out_uint(out, back);
        pfg_out_string(out, " back");
    }
}

/* A name with blanks for its underscores. */
static void put_words(struct pfg_out *out, const char *name)
{
    for (; *name != '\0'; name++)
        pfg_out_char(out, *name == '_' ? ' ' : *name);
}

static void put_fate(struct pfg_out *out, const struct capture_connection *connection)
{
    int by;
    enum capture_fate fate = capture_connection_fate(connection, &by);

    pfg_out_string(out, ", ");
    put_words(out, capture_fate_names[fate]);
    if (by >= 0)
        pfg_out_string(out, by == 0 ? " by the client" : " by the server");
    if (!connection->syn && !connection->syn_ack)
        pfg_out_string(out, ", joined in the middle");
}

static void text_connection(struct pfg_out *out, const struct capture_watched *watched)
{
    const struct capture_connection *connection = &watched->connection;
    const struct capture_way *forth = &connection->ways[0], *back = &connection->ways[1];
    uint64_t whole_ns, answer_ns;

    pfg_out_string(out, "  ");
    capture_put_connection(out, watched);
    put_count(out, "forth", forth->segments);
    put_bytes(out, forth->bytes);
    put_count(out, "back", back->segments);
    put_bytes(out, back->bytes);
    pfg_out_string(out, ", ");
    put_seconds(out, connection->last_ns - connection->first_ns);
    if (capture_connection_handshake(connection, &whole_ns, &answer_ns)) {
        put_ms(out, ", handshake", whole_ns);
        put_ms(out, " ms (SYN/ACK after", answer_ns);
        pfg_out_char(out, ')');
    }
    put_ways(out, "retransmitted", forth->retransmitted, back->retransmitted);
    put_ways(out, "out of order", forth->out_of_order, back->out_of_order);
    put_ways(out, "keep-alives", forth->keep_alives, back->keep_alives);
    put_ways(out, "bytes never seen", capture_way_lost(forth), capture_way_lost(back));
    put_ways(out, "resets", forth->resets, back->resets);
    put_fate(out, connection);
    pfg_out_char(out, '\n');
}

/* How many there were, and how they ended. */
static void put_fates(struct pfg_out *out, const struct capture_fates *fates)
{
    unsigned fate;

    for (fate = 0; fate < CAPTURE_FATE_COUNT; fate++) {
        if (fates->count[fate] == 0)
            continue;
        pfg_out_string(out, ", ");
        put_words(out, capture_fate_names[fate]);
        pfg_out_char(out, ' ');
        pfg_out_uint(out, fates->count[fate]);
    }
    put_some(out, "joined in the middle", fates->middle);
}

static void text_connections(const struct capture_summary *summary,
                             const struct capture_fates *fates, struct pfg_out *out)
{
    struct capture_watched **sorted;
    size_t count = summary->tcp.connections, i;

    if (count == 0)
        return;
    sorted = capture_summary_connections(summary, SHOWN);
    pfg_out_string(out, "TCP connections: ");
    pfg_out_uint(out, count);
    put_fates(out, fates);
    pfg_out_char(out, '\n');
    for (i = 0; sorted != NULL && i < count && i < SHOWN; i++)
        text_connection(out, sorted[i]);
    put_rest(out, count);
    free(sorted);
}

static void text_tcp(const struct capture_summary *summary, const struct capture_fates *fates,
                     struct pfg_out *out)
{
    const struct capture_exchange *handshakes = summary->tcp.handshakes;

    if (summary->tcp.segments == 0)
        return;
    pfg_out_string(out, "TCP: segments ");
    pfg_out_uint(out, summary->tcp.segments);
    put_count(out, "retransmitted", summary->tcp.retransmitted);
    put_count(out, "out of order", summary->tcp.out_of_order);
    put_count(out, "bytes never seen", fates->lost_bytes);
    put_some(out, "keep-alives", summary->tcp.keep_alives);
    pfg_out_string(out, "\nTCP handshakes: ");
    pfg_out_uint(out, capture_exchange_requests(handshakes));
    put_exchange(out, handshakes);
    put_latency(out, "SYN/ACK after", &handshakes->latency);
    pfg_out_char(out, '\n');
}

/* ---- All of it --------------------------------------------------------------------------- */

static void text_packets(const struct capture_summary *summary, struct pfg_out *out)
{
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
}

static void text_fragments(const struct capture_dissect *dissect, struct pfg_out *out)
{
    struct pfg_fragments_figures fragments;

    pfg_fragments_figures(dissect->fragments, &fragments);
    if (fragments.fragments == 0)
        return;
    pfg_out_string(out, "IP fragments: ");
    pfg_out_uint(out, fragments.fragments);
    put_count(out, "joined to datagrams", fragments.joined);
    put_count(out, "given up", fragments.bad + fragments.timed_out + fragments.evicted);
    pfg_out_char(out, '\n');
}

/* What the bounds of memory cost. */
static void text_beyond(const struct capture_summary *summary,
                        const struct capture_dissect *dissect, const struct capture_track *track,
                        struct pfg_out *out)
{
    struct pfg_streams_figures streams;
    uint64_t beyond = capture_summary_beyond(summary), requests = capture_track_given_up(track);
    unsigned section;

    pfg_streams_figures(dissect->streams, &streams);
    if (beyond > 0) {
        pfg_out_string(out, "Not counted, since memory was at its bound (--pair-memory): ");
        pfg_out_uint(out, beyond);
        put_some(out, "TCP connections", summary->tcp.beyond);
        for (section = 0; section < CAPTURE_SECTIONS; section++)
            put_some(out, capture_forms[section].title, summary->lists[section].beyond);
        pfg_out_char(out, '\n');
    }
    if (requests > 0) {
        pfg_out_string(out, "Requests given up while they waited, since memory was at its bound "
                            "(--pair-memory): ");
        pfg_out_uint(out, requests);
        pfg_out_char(out, '\n');
    }
    if (streams.evicted > 0) {
        pfg_out_string(out, "TCP connections forgotten, since memory was at its bound "
                            "(--stream-memory): ");
        pfg_out_uint(out, streams.evicted);
        pfg_out_char(out, '\n');
    }
}

void capture_summary_text(struct capture_summary *summary, const struct capture_dissect *dissect,
                          struct capture_track *track, struct pfg_out *out)
{
    const struct capture_fates fates = capture_summary_fates(summary);
    unsigned section;

    capture_summary_end(summary, track);
    text_packets(summary, out);
    text_tcp(summary, &fates, out);
    text_fragments(dissect, out);
    for (section = 0; section < CAPTURE_SECTIONS; section++) {
        text_section(summary, (enum capture_section)section, out);
        if (section == CAPTURE_TALKERS)
            text_connections(summary, &fates, out);
    }
    text_beyond(summary, dissect, track, out);
}
