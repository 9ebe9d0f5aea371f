/* SPDX-License-Identifier: GPL-2.0-or-later */
/* run.c - the loop: next packet, filters, file, screen; and what has to be done now and then. */
#include "capture/run.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/signals.h"

/* Packets between two looks at the clock. */
#define CLOCK_PACKETS 1024U
/* Figures are read and files flushed so often. */
#define TICK_NS       PFG_NS_PER_S

/* ---- Now and then ------------------------------------------------------------------------- */

/* What it says is told at the end, when it is known how much is lost. */
static void fail_sink(struct capture_run *run)
{
    run->failed = run->sink_failed = run->stopped = true;
}

static void print_figures(struct capture_run *run)
{
    capture_progress(run, pfg_clock_ns(), true);
    if (run->source->count != NULL)
        run->source->count(run->source);
    run->ledger.written = run->sink.written - run->sink.output.lost;
    run->ledger.lost = run->sink.output.lost;
    capture_ledger_print(&run->ledger, &run->interfaces, run->live);
}

static void on_signals(struct capture_run *run, unsigned signals)
{
    if ((signals & PFG_SIGNAL_USER1) != 0)
        print_figures(run);
    if ((signals & PFG_SIGNAL_HANGUP) != 0 && run->writes &&
        capture_sink_next_file(&run->sink, pfg_clock_wall_ns()) != 0)
        fail_sink(run);
    if ((signals & PFG_SIGNAL_STOP) != 0 || ((signals & PFG_SIGNAL_HANGUP) != 0 && !run->writes) ||
        run->sink.full)
        run->stopped = true;
}

static void tick(struct capture_run *run, uint64_t now_ns)
{
    const struct capture_config *config = run->config;

    if (config->stop_duration_ns > 0 && now_ns - run->begun_ns >= config->stop_duration_ns)
        run->stopped = true;
    if (now_ns - run->counted_ns < TICK_NS)
        return;
    run->counted_ns = now_ns;
    if (run->source->count != NULL)
        run->source->count(run->source);
    if (run->writes && capture_sink_flush(&run->sink) != 0)
        fail_sink(run);
    capture_progress(run, now_ns, false);
}

/* Nothing to do: hands on what is there, and waits. */
static void rest(struct capture_run *run)
{
    const struct capture_config *config = run->config;
    uint64_t now_ns = pfg_clock_ns();
    uint64_t end_ns = now_ns + TICK_NS; /* a file is flushed by then */
    bool flushes = config->packet_buffered || (run->writes && !run->sink.output.regular);

    if (config->stop_duration_ns > 0 && run->begun_ns + config->stop_duration_ns < end_ns)
        end_ns = run->begun_ns + config->stop_duration_ns;
    (void)pfg_out_flush(&run->out);
    if (flushes && capture_sink_flush(&run->sink) != 0)
        fail_sink(run);
    if (run->live && run->writes && capture_sink_tick(&run->sink, pfg_clock_wall_ns()) != 0)
        fail_sink(run);
    run->stopped = run->stopped || run->sink.full;
    if (!run->stopped && run->source->wait != NULL)
        run->source->wait(run->source, pfg_signals_fd(), pfg_clock_poll_ms(end_ns));
    tick(run, now_ns);
}

/* ---- A packet ----------------------------------------------------------------------------- */

static bool passes_filter(struct capture_run *run, const struct capture_packet *packet)
{
    char why[512];
    int passes;

    passes = capture_filter_passes(run->filter, &packet->packet, why, sizeof why);
    if (passes < 0) {
        pfg_fail("%s", why);
        run->failed = run->stopped = true;
    }
    return passes > 0;
}

/* False where the packet came too late for the last file. */
static bool write_packet(struct capture_run *run, const struct capture_packet *packet)
{
    if (capture_sink_write(&run->sink, packet) != 0)
        fail_sink(run);
    if (run->sink.full || capture_ring_reached(&run->sink, run->config->stop_bytes))
        run->stopped = true;
    return !run->sink.full;
}

/* Whether -c has its packets. */
static bool has_enough(const struct capture_run *run)
{
    const struct capture_ledger *ledger = &run->ledger;

    return run->config->count > 0 &&
           ledger->read - ledger->filtered - ledger->left >= run->config->count;
}

static void fail_decode(struct capture_run *run, const struct pfg_packet *packet)
{
    pfg_fail("cannot decode packet %" PRIu64 ": out of memory; lower --stream-memory",
             packet->number);
    run->failed = run->stopped = true;
}

/* What is in the packet. What is looked up for the summary comes nearer on the way, and so does
 * what the next packet needs, where that is there already. */
static void decode_packet(struct capture_run *run, struct capture_packet *packet)
{
    int result = capture_dissect_layers(&run->dissect, &packet->packet);

    if (run->summary != NULL)
        capture_summary_ahead(run->summary, &run->dissect.flow);
    if (result == 0)
        result = capture_dissect_messages(&run->dissect, &packet->packet);
    if (packet->next != NULL)
        capture_dissect_ahead(&run->dissect, &packet->packet, packet->next, packet->next_caplen,
                              packet->next_len);
    if (result != 0 && !run->failed)
        fail_decode(run, &packet->packet);
}

static void tell_given_up(struct capture_run *run, const struct capture_packet *packet)
{
    run->told_given_up = true;
    pfg_note("--where: \"matches\" takes too long for packet %" PRIu64
             "; where it does, here and from now on, it counts as no match",
             packet->packet.number);
}

/* By itself: runs without --where have none of it on their way. */
__attribute__((noinline)) static bool passes_where(struct capture_run *run,
                                                   const struct capture_packet *packet)
{
    const struct capture_dissect *dissect = &run->dissect;
    const struct where_packet looked_at = {
        .decode = &dissect->decode,
        .bytes = packet->packet.bytes,
        .size = packet->packet.caplen,
        .joined = dissect->joined,
        .joined_size = dissect->joined_fragments ? dissect->joined_size : 0,
    };
    bool passes;

    if (run->pairs != NULL)
        capture_show_pair(run, packet);
    passes = capture_where_passes(run->where, &looked_at);
    if (run->where->given_up && !run->told_given_up)
        tell_given_up(run, packet);
    return passes;
}

/* Messages that belong to no packet: they are looked at and shown, but no packet is counted, and
 * none is written. before: the packet before. */
__attribute__((cold, noinline)) static void on_rest(struct capture_run *run,
                                                    const struct capture_packet *before)
{
    struct capture_packet rest = { .interface = before->interface };
    bool passes;
    int result;

    while ((result = capture_dissect_rest(&run->dissect, &rest.packet)) > 0) {
        if (run->dissect.decode.pdu_count == run->dissect.layers)
            continue;
        passes = run->where == NULL || passes_where(run, &rest);
        capture_show_look(run, &rest, passes);
        if (passes && run->shows)
            capture_show_packet(run, &rest);
    }
    if (result < 0 && !run->failed)
        fail_decode(run, &rest.packet);
}

static void take_packet(struct capture_run *run, struct capture_packet *packet)
{
    bool passes;

    run->ledger.read++;
    packet->packet.number = run->ledger.read;
    if (run->filter != NULL && !passes_filter(run, packet)) {
        run->ledger.filtered++;
        return;
    }
    if (run->decodes)
        decode_packet(run, packet);
    passes = run->where == NULL || passes_where(run, packet);
    if (run->decodes)
        capture_show_look(run, packet, passes);
    if (!passes) {
        run->ledger.filtered++;
        return;
    }
    if (run->writes && !write_packet(run, packet)) {
        run->ledger.left++;
        return;
    }
    run->ledger.bytes += packet->packet.caplen;
    if (run->shows)
        capture_show_packet(run, packet);
    if (has_enough(run))
        run->stopped = true;
}

static void on_packet(struct capture_run *run, struct capture_packet *packet)
{
    take_packet(run, packet);
    if (run->decodes && capture_dissect_has_rest(&run->dissect))
        on_rest(run, packet);
}

/* The standard output cannot be written. */
static void fail_output(struct capture_run *run)
{
    if (run->failed)
        return;
    run->stopped = true;
    if (run->out.error == -EPIPE) /* who read it has gone */
        return;
    run->failed = true;
    if (run->out.error == -EINTR)
        pfg_fail("cannot write the standard output: nobody reads on");
    else
        pfg_fail_errno(run->out.error, NULL, "cannot write the standard output");
}

static inline void check_output(struct capture_run *run)
{
    if (run->out.error != 0)
        fail_output(run);
}

/* ---- The loop ----------------------------------------------------------------------------- */

/* Packets that the kernel has already taken in are not lost: a stopped source runs empty. */
static void stop_source(struct capture_run *run)
{
    struct capture_packet packet = { 0 };

    if (run->source->stop == NULL)
        return;
    run->source->stop(run->source);
    for (;;) {
        enum capture_next next = run->source->next(run->source, &packet);

        if (next == CAPTURE_IDLE) {
            run->source->wait(run->source, -1, -1);
            continue;
        }
        if (next != CAPTURE_PACKET)
            break;
        if (!has_enough(run) && (!run->failed || run->sink.failed) && !run->sink.full &&
            run->config->stop_bytes == 0) {
            on_packet(run, &packet);
            continue;
        }
        run->ledger.read++;
        run->ledger.left++;
    }
}

static void finish(struct capture_run *run, enum capture_next last)
{
    capture_progress(run, pfg_clock_ns(), true);
    if (last == CAPTURE_ERROR) {
        (void)pfg_out_flush(&run->out);
        pfg_fail("%s", run->source->error);
        run->failed = true;
    }
    if (run->source->count != NULL)
        run->source->count(run->source);
    capture_show_end(run);
    (void)pfg_out_flush(&run->out);
    check_output(run);
    /* A file is asked for, also where no packet came. */
    if (run->writes && run->sink.written == 0 && !run->sink.open && !run->sink.full &&
        !run->failed && capture_sink_begin(&run->sink, pfg_clock_wall_ns()) != 0)
        fail_sink(run);
    if (run->writes && capture_sink_close(&run->sink) != 0)
        fail_sink(run);
    if (run->sink_failed)
        pfg_fail("%s", run->sink.error);
    if (run->writes && run->sink.format == CAPTURE_FORMAT_PCAPNG && run->interfaces.left_out > 0)
        pfg_note("%" PRIu32 " blocks or comments beside the packets are not in the copy: too many, "
                 "or of the other byte order",
                 run->interfaces.left_out);
    if (run->live || run->config->quiet ||
        ((run->writes || pfg_signals_stop()) &&
         !(run->failed && run->sink.written == run->sink.output.lost)))
        print_figures(run);
}

int capture_run_loop(struct capture_run *run)
{
    struct capture_packet packet;
    enum capture_next next = CAPTURE_END;
    uint32_t until_clock = CLOCK_PACKETS;

    memset(&packet, 0, sizeof packet);
    run->begun_ns = run->counted_ns = run->progress_ns = pfg_clock_ns();
    while (!run->stopped) {
        unsigned signals = --until_clock == 0 || next == CAPTURE_IDLE || pfg_signals_stop()
                               ? pfg_signals_take()
                               : 0;

        if (signals != 0)
            on_signals(run, signals);
        if (run->stopped)
            break;
        if (until_clock == 0) {
            until_clock = CLOCK_PACKETS;
            tick(run, pfg_clock_ns());
        }
        next = run->source->next(run->source, &packet);
        if (next == CAPTURE_IDLE) {
            until_clock = CLOCK_PACKETS;
            rest(run);
        } else if (next == CAPTURE_PACKET) {
            on_packet(run, &packet);
        } else {
            break;
        }
        check_output(run);
    }
    if (run->stopped)
        stop_source(run);
    if (run->decodes && !run->failed) {
        capture_dissect_end(&run->dissect);
        on_rest(run, &packet);
    }
    finish(run, run->stopped ? CAPTURE_END : next);
    return run->failed || run->source->failed ? 1 : 0;
}
