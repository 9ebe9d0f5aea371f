/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sink.c - which format, which file, and what to say when the disk is full. */
#include "capture/sink.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"

/* What to do about it, where that is not plain; who may write is not who began. */
static const char *advice(int error)
{
    if (error == -EACCES || error == -EPERM)
        return geteuid() == 0 ? "; rights are given up before: write where root needs none"
                              : "; rights are given up before: write where the user may";
    return "";
}

int capture_sink_fail(struct capture_sink *sink, int error)
{
    const char *name = strcmp(sink->path, "-") == 0 ? "the standard output" : sink->path;

    sink->failed = true;
    sink->no_room = error == -ENOSPC || error == -EDQUOT || error == -EFBIG ? error : 0;
    if (sink->no_room != 0)
        snprintf(
            sink->error, sizeof sink->error,
            "%s: %s: %" PRIu64 " packets are in the file%s and can be read, %" PRIu64 " were lost",
            name, error == -EFBIG ? "files may not be larger here (ulimit -f)" : "the disk is full",
            sink->written - sink->output.lost, sink->number == 0 ? "" : "s", sink->output.lost);
    else
        snprintf(sink->error, sizeof sink->error, "cannot write %s: %s%s", name,
                 error == -EINTR ? "nobody reads on" : strerror(-error), advice(error));
    return -1;
}

enum capture_format capture_format_of_name(const char *path)
{
    const char *base = strrchr(path, '/');

    base = base == NULL ? path : base + 1;
    if (strstr(base, ".pcapng") != NULL || strstr(base, ".ntar") != NULL)
        return CAPTURE_FORMAT_PCAPNG;
    if (strstr(base, ".pcap") != NULL || strstr(base, ".cap") != NULL ||
        strstr(base, ".dmp") != NULL)
        return CAPTURE_FORMAT_PCAP;
    return CAPTURE_FORMAT_AUTO;
}

int capture_sink_init(struct capture_sink *sink, const struct capture_sink_options *options,
                      const struct capture_interfaces *interfaces)
{
    memset(sink, 0, sizeof *sink);
    sink->options = *options;
    sink->interfaces = interfaces;
    sink->output.fd = -1;
    sink->output.compression = capture_compression_of_name(options->path);
    if (options->ring.numbered && options->ring.files > 0) {
        sink->names = calloc(options->ring.files, sizeof *sink->names);
        if (sink->names == NULL)
            return capture_sink_fail(sink, -ENOMEM);
    }
    return 0;
}

static enum capture_format choose_format(const struct capture_sink *sink)
{
    enum capture_format named = capture_format_of_name(sink->options.path);

    if (sink->options.format != CAPTURE_FORMAT_AUTO)
        return sink->options.format;
    if (named != CAPTURE_FORMAT_AUTO)
        return named;
    if (sink->interfaces->count > 1 || sink->options.comment != NULL)
        return CAPTURE_FORMAT_PCAPNG;
    return CAPTURE_FORMAT_PCAP;
}

/* Whether nanoseconds are written (pcap, which has one clock for all packets): where any interface
 * has them, unless it is forbidden. */
static bool choose_nano(const struct capture_sink *sink)
{
    uint32_t i;

    for (i = 0; i < sink->interfaces->count && !sink->options.micro; i++) {
        if (sink->interfaces->list[i]->nano)
            return true;
    }
    return false;
}

static int begin_file(struct capture_sink *sink, uint64_t now_ns)
{
    int error;

    sink->format = choose_format(sink);
    sink->nano = choose_nano(sink);
    if (capture_ring_name(sink, now_ns) != 0)
        return capture_sink_fail(sink, -ENAMETOOLONG);
    sink->output.record_size =
        sink->format == CAPTURE_FORMAT_PCAP ? capture_pcap_record_size : capture_pcapng_record_size;
    error = capture_output_open(&sink->output, sink->path);
    if (error != 0)
        return capture_sink_fail(sink, error);
    sink->open = true;
    sink->file_packets = 0;
    sink->interfaces_written = 0;
    sink->kept_written = 0;
    capture_ring_opened(sink, now_ns);
    error =
        sink->format == CAPTURE_FORMAT_PCAP ? capture_pcap_begin(sink) : capture_pcapng_begin(sink);
    /* A compressed piece is in the file or it is not: the header is one of its own, so that the
     * file can be read though no packet has room. */
    if (error == 0 && sink->output.compression != CAPTURE_PLAIN)
        error = capture_sink_flush(sink);
    return error;
}

static int end_file(struct capture_sink *sink)
{
    int result = 0, error;

    if (!sink->open)
        return 0;
    sink->open = false;
    if (sink->format == CAPTURE_FORMAT_PCAPNG)
        result = capture_pcapng_end(sink);
    error = capture_output_close(&sink->output);
    if (error != 0 && result == 0)
        result = capture_sink_fail(sink, error);
    return result;
}

/* A pcap file has one link type; where interfaces have several, that is known before a packet
 * comes. */
static bool fits_format(struct capture_sink *sink)
{
    uint32_t i;

    for (i = 1; i < sink->interfaces->count && choose_format(sink) == CAPTURE_FORMAT_PCAP; i++) {
        if (sink->interfaces->list[i]->link_type == sink->interfaces->list[0]->link_type)
            continue;
        snprintf(sink->error, sizeof sink->error,
                 "cannot write %s: a pcap file has one link type, and %s and %s have two; "
                 "--format=pcapng holds both",
                 sink->options.path, sink->interfaces->list[0]->name,
                 sink->interfaces->list[i]->name);
        return false;
    }
    return true;
}

int capture_sink_begin(struct capture_sink *sink, uint64_t now_ns)
{
    if (!fits_format(sink))
        return -1;
    if (begin_file(sink, now_ns) != 0)
        return -1;
    return capture_sink_flush(sink);
}

int capture_sink_next_file(struct capture_sink *sink, uint64_t now_ns)
{
    if (!sink->open || !sink->output.regular)
        return capture_sink_flush(sink);
    if (end_file(sink) != 0)
        return -1;
    if (capture_ring_full(sink)) {
        sink->full = true;
        return 0;
    }
    sink->number++;
    return begin_file(sink, now_ns);
}

int capture_sink_tick(struct capture_sink *sink, uint64_t now_ns)
{
    return capture_ring_due(sink, now_ns) ? capture_sink_next_file(sink, now_ns) : 0;
}

static int write_packet(struct capture_sink *sink, const struct capture_packet *packet)
{
    int result;

    if (!sink->open && !sink->full && begin_file(sink, packet->packet.time_ns) != 0)
        return -1;
    if (capture_ring_turns(sink, packet) &&
        capture_sink_next_file(sink, packet->packet.time_ns) != 0)
        return -1;
    if (sink->full)
        return 0;
    result = sink->format == CAPTURE_FORMAT_PCAP ? capture_pcap_write(sink, packet)
                                                 : capture_pcapng_write(sink, packet);
    if (result != 0)
        return -1;
    sink->written++;
    sink->file_packets++;
    return sink->options.packet_buffered ? capture_sink_flush(sink) : 0;
}

int capture_sink_write(struct capture_sink *sink, const struct capture_packet *packet)
{
    uint64_t before = sink->written;
    int result = sink->failed ? -1 : write_packet(sink, packet);

    if (result != 0 && sink->written == before) { /* it did not even come into the buffer */
        sink->written++;
        sink->output.lost++;
        if (sink->no_room != 0)
            (void)capture_sink_fail(sink, sink->no_room);
    }
    return result;
}

int capture_sink_flush(struct capture_sink *sink)
{
    int error = sink->open ? capture_output_flush(&sink->output) : 0;

    return error == 0 ? 0 : capture_sink_fail(sink, error);
}

int capture_sink_close(struct capture_sink *sink)
{
    int result = end_file(sink);
    uint32_t i;

    capture_output_free(&sink->output);
    for (i = 0; sink->names != NULL && i < sink->options.ring.files; i++)
        free(sink->names[i]);
    free(sink->names);
    sink->names = NULL;
    return result;
}
