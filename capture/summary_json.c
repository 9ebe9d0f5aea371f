/* SPDX-License-Identifier: GPL-2.0-or-later */
/* summary_json.c - the summary for programs: all of it, in one line. docs/summary.md tells the
 * keys. */
#include <stdlib.h>
#include <string.h>

#include "capture/summary_inside.h"

/* ---- Members ----------------------------------------------------------------------------- */

/* The key of a member that follows others: ,"before_key": with before "" or NULL left out. */
static void put_key(struct pfg_out *out, const char *before, const char *key)
{
    pfg_out_string(out, ",\"");
    if (before != NULL) {
        pfg_out_string(out, before);
        pfg_out_char(out, '_');
    }
    pfg_out_string(out, key);
    pfg_out_string(out, "\":");
}

static void member(struct pfg_out *out, const char *key, uint64_t value)
{
    put_key(out, NULL, key);
    pfg_out_uint(out, value);
}

static void member_of(struct pfg_out *out, const char *before, const char *key, uint64_t value)
{
    put_key(out, before, key);
    pfg_out_uint(out, value);
}

static void word(struct pfg_out *out, const char *key, const char *value)
{
    put_key(out, NULL, key);
    pfg_out_char(out, '"');
    pfg_out_string(out, value);
    pfg_out_char(out, '"');
}

/* The beginning of an object's members: what it is. */
static void begin(struct pfg_out *out, const char *what, size_t size)
{
    pfg_out_string(out, "{\"what\":\"");
    pfg_out_json(out, what, size);
    pfg_out_char(out, '"');
}

static void put_latency(struct pfg_out *out, const char *what,
                        const struct capture_latency *latency)
{
    if (latency->count == 0)
        return;
    member_of(out, what, "min_ns", latency->min_ns);
    member_of(out, what, "avg_ns", capture_latency_average(latency));
    if (latency->buckets != NULL) {
        member_of(out, what, "p50_ns", capture_latency_percentile(latency, 50));
        member_of(out, what, "p90_ns", capture_latency_percentile(latency, 90));
        member_of(out, what, "p99_ns", capture_latency_percentile(latency, 99));
    }
    member_of(out, what, "max_ns", latency->max_ns);
}

static void put_exchange(struct pfg_out *out, const struct capture_exchange *exchange)
{
    if (exchange->optional && exchange->answered == 0)
        return;
    member(out, "answered", exchange->answered);
    member(out, "unanswered", exchange->unanswered);
    member(out, "waiting", exchange->waiting);
    member(out, "repeated", exchange->repeated);
    member(out, "given_up", exchange->given_up);
    member(out, "unasked", exchange->unasked);
}

/* ---- Sections ---------------------------------------------------------------------------- */

static void json_entry(struct pfg_out *out, const struct capture_form *form,
                       const struct capture_tally *tally)
{
    unsigned way;

    begin(out, tally->text, strlen(tally->text));
    for (way = 0; way < 2; way++) {
        if (form->counts[way] == NULL)
            continue;
        member(out, form->counts[way], tally->count[way]);
        if (form->bytes)
            member_of(out, form->counts[way], "bytes", tally->bytes[way]);
    }
    if (form->errors)
        member(out, "errors", tally->errors);
    if (tally->exchange != NULL && form->matched != CAPTURE_MATCHED_REPLIES)
        put_exchange(out, tally->exchange);
    if (form->matched == CAPTURE_MATCHED_ASKS) {
        member(out, "replies", tally->exchange->latency.count);
        put_latency(out, "first", &tally->exchange->first);
    }
    if (tally->exchange != NULL)
        put_latency(out, "latency", &tally->exchange->latency);
    pfg_out_char(out, '}');
}

static void begin_list(struct pfg_out *out, const char *key)
{
    put_key(out, NULL, key);
    pfg_out_char(out, '[');
}

static void json_section(const struct capture_summary *summary, enum capture_section which,
                         struct pfg_out *out)
{
    struct capture_tally **sorted = capture_summary_sorted(summary, which, SIZE_MAX);
    size_t i;

    begin_list(out, capture_forms[which].key);
    for (i = 0; sorted != NULL && i < capture_list_count(&summary->lists[which]); i++) {
        if (i > 0)
            pfg_out_char(out, ',');
        json_entry(out, &capture_forms[which], sorted[i]);
    }
    pfg_out_char(out, ']');
    free(sorted);
}

/* ---- TCP --------------------------------------------------------------------------------- */

static const char *const ways[] = { "forth", "back" };

static void json_way(struct pfg_out *out, const char *name, const struct capture_way *way)
{
    member(out, name, way->segments);
    member_of(out, name, "bytes", way->bytes);
    member_of(out, name, "retransmitted", way->retransmitted);
    member_of(out, name, "out_of_order", way->out_of_order);
    member_of(out, name, "keep_alives", way->keep_alives);
    member_of(out, name, "lost_bytes", capture_way_lost(way));
}

static void json_connection(struct capture_summary *summary, struct pfg_out *out,
                            const struct capture_watched *watched)
{
    const struct capture_connection *connection = &watched->connection;
    struct pfg_out *text = capture_summary_blank(summary);
    uint64_t whole_ns, answer_ns;
    int by;

    capture_put_connection(text, watched);
    begin(out, text->start, (size_t)(text->at - text->start));
    json_way(out, ways[0], &connection->ways[0]);
    json_way(out, ways[1], &connection->ways[1]);
    member(out, "resets", (uint64_t)connection->ways[0].resets + connection->ways[1].resets);
    member(out, "duration_ns", connection->last_ns - connection->first_ns);
    word(out, "begin", connection->syn ? "syn" : connection->syn_ack ? "syn_ack" : "middle");
    if (capture_connection_handshake(connection, &whole_ns, &answer_ns)) {
        member(out, "handshake_ns", whole_ns);
        member(out, "syn_ack_ns", answer_ns);
    }
    word(out, "end", capture_fate_names[capture_connection_fate(connection, &by)]);
    if (by >= 0)
        word(out, "end_by", ways[by]);
    pfg_out_char(out, '}');
}

static void json_connections(struct capture_summary *summary, struct pfg_out *out)
{
    struct capture_watched **sorted = capture_summary_connections(summary, SIZE_MAX);
    size_t i;

    begin_list(out, "connections");
    for (i = 0; sorted != NULL && i < summary->tcp.connections; i++) {
        if (i > 0)
            pfg_out_char(out, ',');
        json_connection(summary, out, sorted[i]);
    }
    pfg_out_char(out, ']');
    free(sorted);
}

static void json_tcp(const struct capture_summary *summary, struct pfg_out *out)
{
    const struct capture_fates fates = capture_summary_fates(summary);
    unsigned fate;

    pfg_out_string(out, ",\"tcp_figures\":{\"segments\":");
    pfg_out_uint(out, summary->tcp.segments);
    member(out, "connections", summary->tcp.connections);
    member(out, "retransmitted", summary->tcp.retransmitted);
    member(out, "out_of_order", summary->tcp.out_of_order);
    member(out, "keep_alives", summary->tcp.keep_alives);
    member(out, "lost_bytes", fates.lost_bytes);
    for (fate = 0; fate < CAPTURE_FATE_COUNT; fate++)
        member(out, capture_fate_names[fate], fates.count[fate]);
    member(out, "joined_in_the_middle", fates.middle);
    pfg_out_string(out, "},\"tcp_handshakes\":{\"requests\":");
    pfg_out_uint(out, capture_exchange_requests(summary->tcp.handshakes));
    put_exchange(out, summary->tcp.handshakes);
    put_latency(out, "latency", &summary->tcp.handshakes->latency);
    pfg_out_char(out, '}');
}

/* ---- All of it --------------------------------------------------------------------------- */

static void json_fragments(const struct capture_dissect *dissect, struct pfg_out *out)
{
    struct pfg_fragments_figures fragments;

    pfg_fragments_figures(dissect->fragments, &fragments);
    pfg_out_string(out, ",\"fragment_figures\":{\"fragments\":");
    pfg_out_uint(out, fragments.fragments);
    member(out, "joined", fragments.joined);
    member(out, "given_up", fragments.bad + fragments.timed_out + fragments.evicted);
    pfg_out_char(out, '}');
}

/* What the bounds of memory cost. */
static void json_beyond(const struct capture_summary *summary,
                        const struct capture_dissect *dissect, const struct capture_track *track,
                        struct pfg_out *out)
{
    struct pfg_streams_figures streams;
    unsigned section;

    pfg_streams_figures(dissect->streams, &streams);
    member(out, "not_counted", capture_summary_beyond(summary));
    pfg_out_string(out, ",\"not_counted_of\":{\"connections\":");
    pfg_out_uint(out, summary->tcp.beyond);
    for (section = 0; section < CAPTURE_SECTIONS; section++)
        member(out, capture_forms[section].key, summary->lists[section].beyond);
    pfg_out_char(out, '}');
    member(out, "requests_given_up", capture_track_given_up(track));
    member(out, "connections_forgotten", streams.evicted);
}

void capture_summary_json(struct capture_summary *summary, const struct capture_dissect *dissect,
                          struct capture_track *track, struct pfg_out *out)
{
    unsigned section;

    capture_summary_end(summary, track);
    pfg_out_string(out, "{\"summary\":{\"packets\":");
    pfg_out_uint(out, summary->packets);
    member(out, "bytes", summary->bytes);
    if (summary->packets > 0) {
        pfg_out_string(out, ",\"first\":\"");
        pfg_out_time(out, summary->first_ns);
        pfg_out_string(out, "\",\"last\":\"");
        pfg_out_time(out, summary->last_ns);
        pfg_out_char(out, '"');
    }
    json_beyond(summary, dissect, track, out);
    json_tcp(summary, out);
    json_fragments(dissect, out);
    for (section = 0; section < CAPTURE_SECTIONS; section++) {
        json_section(summary, (enum capture_section)section, out);
        if (section == CAPTURE_TALKERS)
            json_connections(summary, out);
    }
    pfg_out_string(out, "}}\n");
}
