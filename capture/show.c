/* SPDX-License-Identifier: GPL-2.0-or-later */
/* show.c - packets as lines, trees, JSON or fields. */
#include "capture/run.h"

#include "common/log.h"

/* Whether what is shown of a packet tells which request it answers. */
static bool shows_pairs(const struct capture_run *run)
{
    const struct capture_config *config = run->config;

    switch (config->mode) {
    case CAPTURE_MODE_TEXT:
        return run->shows && !config->quick && !config->no_pairs;
    case CAPTURE_MODE_JSON:
        return run->shows && !config->no_pairs;
    case CAPTURE_MODE_FIELDS: /* whoever names them wants them */
        break;
    }
    return run->shows && capture_fields_pairs(&run->fields);
}

/* Trackers: one for what is shown and summed up; and one of its own where --where asks for pairs,
 * which is told all requests, also those that do not pass and are in no summary. 0, or -1. */
static int open_tracks(struct capture_run *run)
{
    const struct capture_config *config = run->config;
    bool first = run->where != NULL && capture_where_pairs(run->where);
    bool then = config->summary || (shows_pairs(run) && !first);
    size_t memory = (size_t)config->pair_memory / (first && then ? 2 : 1);

    run->pairing.latency_ns = UINT64_MAX;
    if (first)
        run->pairs = capture_track_new(memory);
    if (then)
        run->track = capture_track_new(memory);
    return (first && run->pairs == NULL) || (then && run->track == NULL) ? -1 : 0;
}

int capture_show_begin(struct capture_run *run)
{
    const struct capture_config *config = run->config;
    struct capture_print_options print = config->print;
    char why[1024];

    if (config->mode == CAPTURE_MODE_FIELDS) {
        if (capture_fields_init(&run->fields, config->fields, config->field_options.items,
                                config->field_options.count, why, sizeof why) != 0)
            return pfg_fail("%s", why);
        if (run->shows)
            capture_fields_header(&run->fields, &run->out);
        run->dissect.options.layers.values |= capture_fields_layers(&run->fields);
        run->dissect.options.layers_only =
            config->where == NULL && !config->summary && !capture_fields_messages(&run->fields);
    }
    print.interfaces = run->config->interfaces.count > 1;
    print.live = run->live;
    capture_printer_init(&run->printer, &print, &run->out, &run->interfaces);
    if (open_tracks(run) != 0)
        return pfg_fail("cannot begin: out of memory; lower --pair-memory");
    if (config->summary) {
        run->summary =
            capture_summary_new((size_t)config->pair_memory, capture_track_secret(run->track));
        if (run->summary == NULL)
            return pfg_fail("cannot begin: out of memory; lower --pair-memory");
    }
    run->decodes = run->shows || config->where != NULL || config->summary;
    return 0;
}

void capture_show_packet(struct capture_run *run, const struct capture_packet *packet)
{
    switch (run->config->mode) {
    case CAPTURE_MODE_TEXT:
        capture_print_packet(&run->printer, packet, &run->dissect, &run->pairing);
        break;
    case CAPTURE_MODE_JSON:
        pfg_json_packet(&run->out, &run->dissect.decode);
        break;
    case CAPTURE_MODE_FIELDS:
        capture_fields_packet(&run->fields, &run->out, &run->dissect.decode);
        break;
    }
    run->ledger.shown++;
    if (run->config->line_buffered)
        (void)pfg_out_flush(&run->out);
}

/* What a reply answers. */
static void note_pairing(struct pfg_pdu *pdu, const struct capture_pairing *pairing)
{
    pdu->response_to = pairing->request_number;
    pdu->response_ns = pairing->latency_ns;
}

/* A SYN/ACK or a reset that answers a SYN. */
static void look_at_segment(struct capture_run *run, struct capture_track *track,
                            const struct capture_packet *packet, bool counts)
{
    struct pfg_decode *decode = &run->dissect.decode;
    uint32_t at = run->dissect.flow.transport_pdu;
    struct capture_owners owners = { { NULL, NULL } };

    if (counts && (run->dissect.flow.tcp_flags & PFG_TCP_SYN) != 0)
        owners.of[0] = capture_summary_handshakes(run->summary);
    if (!capture_track_segment(track, &run->dissect.flow, &packet->packet, &owners,
                               &run->pairing) ||
        at >= decode->pdu_count)
        return;
    note_pairing(&decode->pdus[at], &run->pairing);
}

static void look_at_message(struct capture_run *run, struct capture_track *track,
                            const struct capture_packet *packet, struct pfg_pdu *pdu)
{
    static const struct capture_owners nobody;
    struct capture_lookup lookup;

    if (capture_track_prepare(track, &run->dissect, pdu, &lookup) &&
        capture_track_message(track, &lookup, &packet->packet, pdu->is_reply, &nobody,
                              &run->pairing))
        note_pairing(pdu, &run->pairing);
}

static void count_message(struct capture_run *run, const struct capture_packet *packet,
                          struct pfg_pdu *pdu)
{
    struct capture_summary *summary = run->summary;
    struct capture_latency *also;
    struct capture_owners owners;
    struct capture_lookup lookup;
    bool matched = capture_track_prepare(run->track, &run->dissect, pdu, &lookup);

    capture_summary_message_ahead(summary, &run->dissect, pdu, &lookup.name);
    capture_summary_message(summary, &run->dissect, pdu, &owners);
    if (!matched)
        return;
    also = capture_summary_answers(summary);
    if (!run->shows) {
        capture_track_put_off(run->track, &lookup, &packet->packet, pdu->is_reply, &owners, also);
    } else if (capture_track_message(run->track, &lookup, &packet->packet, pdu->is_reply, &owners,
                                     &run->pairing)) {
        note_pairing(pdu, &run->pairing);
        if (also != NULL)
            capture_latency_add(also, run->pairing.latency_ns);
    }
}

static void look_at_messages(struct capture_run *run, const struct capture_packet *packet,
                             bool counts)
{
    struct pfg_decode *decode = &run->dissect.decode;
    uint32_t i;

    for (i = run->dissect.layers; i < decode->pdu_count; i++) {
        if (counts)
            count_message(run, packet, &decode->pdus[i]);
        else
            look_at_message(run, run->track, packet, &decode->pdus[i]);
    }
    if (counts)
        capture_summary_messages_end(run->summary, &run->dissect, &packet->packet);
}

static bool shakes_hands(const struct capture_dissect *dissect)
{
    return dissect->stream != NULL && (dissect->flow.tcp_flags & (PFG_TCP_SYN | PFG_TCP_RST)) != 0;
}

void capture_show_look_at(struct capture_run *run, const struct capture_packet *packet, bool counts)
{
    struct capture_dissect *dissect = &run->dissect;

    counts = counts && run->summary != NULL;
    if (counts)
        capture_summary_packet(run->summary, dissect, &packet->packet);
    if (shakes_hands(dissect))
        look_at_segment(run, run->track, packet, counts);
    if (dissect->decode.pdu_count > dissect->layers)
        look_at_messages(run, packet, counts);
}

void capture_show_pair(struct capture_run *run, const struct capture_packet *packet)
{
    struct capture_dissect *dissect = &run->dissect;
    uint32_t i;

    run->pairing.latency_ns = UINT64_MAX;
    if (shakes_hands(dissect))
        look_at_segment(run, run->pairs, packet, false);
    for (i = dissect->layers; i < dissect->decode.pdu_count; i++)
        look_at_message(run, run->pairs, packet, &dissect->decode.pdus[i]);
}

void capture_show_end(struct capture_run *run)
{
    if (run->summary == NULL)
        return;
    if (run->config->mode == CAPTURE_MODE_JSON)
        capture_summary_json(run->summary, &run->dissect, run->track, &run->out);
    else
        capture_summary_text(run->summary, &run->dissect, run->track, &run->out);
}
