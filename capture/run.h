/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * run.h - one run of pfgcap: packets from a source, through filters and the decoder, to files,
 * lines and figures.
 */
#ifndef PFG_CAPTURE_RUN_H
#define PFG_CAPTURE_RUN_H

#include "capture/dissect.h"
#include "capture/fields.h"
#include "capture/filter.h"
#include "capture/ledger.h"
#include "capture/options.h"
#include "capture/print.h"
#include "capture/sink.h"
#include "capture/source.h"
#include "capture/summary.h"
#include "capture/track.h"
#include "capture/where.h"

struct capture_run {
    const struct capture_config *config;
    struct capture_interfaces interfaces;
    struct capture_source *source;
    struct capture_filter *filter; /* of packets out of files; NULL none */
    struct capture_sink sink;
    struct capture_dissect dissect;
    struct capture_printer printer;
    struct capture_where *where; /* NULL: all packets */
    struct capture_fields fields;
    struct capture_track *track; /* NULL: replies are not matched */
    struct capture_track *pairs; /* the same, before --where is answered; NULL: it does not ask */
    struct capture_summary *summary; /* NULL none */
    struct pfg_out out;              /* the standard output */
    struct capture_ledger ledger;
    char *filter_text;   /* owned; NULL none */
    bool filter_derived; /* it only spares work: --where decides */
    bool live, writes, decodes, shows;
    bool stopped, failed;
    bool told_given_up;             /* that a regular expression took too long */
    bool sink_failed;               /* why: a file could not be written */
    struct capture_pairing pairing; /* of the packet at hand */
    uint64_t begun_ns;              /* clock of pfg_clock_ns */
    uint64_t counted_ns;            /* when figures were last read and files flushed */
    uint64_t progress_ns;
    int out_fd;
};

/* Opens what the config asks for. 0, or the status to exit with, having said why. */
int capture_run_open(struct capture_run *run, const struct capture_config *config,
                     char *const *words, size_t count);
/* What the config says of live capture, but for the filter. */
void capture_live_words(const struct capture_config *config, struct capture_live_options *options);
/* Until the end. Returns the status to exit with. */
int capture_run_loop(struct capture_run *run);
void capture_run_close(struct capture_run *run);

/* show.c: one packet that passed all filters, in the form that was asked for. */
int capture_show_begin(struct capture_run *run);
void capture_show_packet(struct capture_run *run, const struct capture_packet *packet);
/* What has to be seen of every packet, shown or not: requests, so that replies find them. counts:
 * the packet belongs into the summary. Most that are in none have nothing to be looked at. */
void capture_show_look_at(struct capture_run *run, const struct capture_packet *packet,
                          bool counts);
/* The same, of pairs alone, where --where asks what a packet answers. */
void capture_show_pair(struct capture_run *run, const struct capture_packet *packet);
static inline void capture_show_look(struct capture_run *run, const struct capture_packet *packet,
                                     bool counts)
{
    const struct capture_dissect *dissect = &run->dissect;

    if (run->track == NULL)
        return; /* what capture_show_pair found stays */
    run->pairing.latency_ns = UINT64_MAX;
    if (run->summary != NULL || dissect->decode.pdu_count > dissect->layers ||
        (dissect->stream != NULL && (dissect->flow.tcp_flags & (PFG_TCP_SYN | PFG_TCP_RST)) != 0))
        capture_show_look_at(run, packet, counts);
}
void capture_show_end(struct capture_run *run);

/* progress.c: how far reading has come, on a terminal. */
void capture_progress(struct capture_run *run, uint64_t now_ns, bool end);

#endif
