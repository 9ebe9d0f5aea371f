/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ring.c - files that follow each other, named as tcpdump (-C -G -W) or dumpcap (-b) names them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "capture/sink.h"
#include "common/clock.h"

/* Where the ending begins: ".pcap", ".pcapng.zst"; the end where there is none. */
static const char *ending(const char *path)
{
    const char *base = strrchr(path, '/');
    const char *dot;

    base = base == NULL ? path : base + 1;
    dot = strrchr(base, '.');
    if (dot != NULL && dot > base && capture_output_compression(path) != CAPTURE_PLAIN) {
        const char *before = dot;

        while (before > base && *--before != '.')
            ;
        if (*before == '.' && before > base)
            dot = before;
    }
    return dot == NULL || dot == base ? path + strlen(path) : dot;
}

/* dumpcap's: NAME_00001_20260102030405.ENDING */
static int numbered_name(struct capture_sink *sink, const struct tm *now)
{
    const char *path = sink->options.path;
    const char *end = ending(path);
    char stamp[32];

    strftime(stamp, sizeof stamp, "%Y%m%d%H%M%S", now);
    return snprintf(sink->path, sizeof sink->path, "%.*s_%05u_%s%s", (int)(end - path), path,
                    sink->number + 1, stamp, end);
}

/* Digits that the greatest number of a ring needs. */
static int ring_digits(uint32_t files)
{
    int digits = 0;
    uint32_t rest;

    for (rest = files == 0 ? 0 : files - 1; rest > 0; rest /= 10)
        digits++;
    return digits == 0 ? 1 : digits;
}

/* tcpdump's: the name as it is, then NAME1, NAME2; with -W NAME00, NAME01, ... again and again. A
 * compressed file's number stands before .gz or .zst, which names the compression. */
static int plain_name(struct capture_sink *sink, const char *name)
{
    const struct capture_ring *ring = &sink->options.ring;
    bool packed = sink->output.compression != CAPTURE_PLAIN;
    const char *last = packed ? strrchr(name, '.') : name + strlen(name);
    int stem = (int)(last - name);

    if (ring->files > 0 && ring->file_bytes > 0)
        return snprintf(sink->path, sizeof sink->path, "%.*s%0*u%s", stem, name,
                        ring_digits(ring->files), sink->number % ring->files, last);
    if (sink->number == 0 || (ring->interval_ns > 0 && strchr(sink->options.path, '%') != NULL))
        return snprintf(sink->path, sizeof sink->path, "%s", name);
    return snprintf(sink->path, sizeof sink->path, "%.*s%u%s", stem, name, sink->number, last);
}

int capture_ring_name(struct capture_sink *sink, uint64_t now_ns)
{
    time_t seconds = (time_t)(now_ns / PFG_NS_PER_S);
    char name[sizeof sink->path];
    struct tm now;
    int length;

    localtime_r(&seconds, &now);
    if (sink->options.ring.numbered)
        return numbered_name(sink, &now) >= (int)sizeof sink->path ? -1 : 0;
    if (sink->options.ring.interval_ns > 0 && strchr(sink->options.path, '%') != NULL) {
        if (strftime(name, sizeof name, sink->options.path, &now) == 0)
            return -1;
    } else if (strlen(sink->options.path) >= sizeof name) {
        return -1;
    } else {
        memcpy(name, sink->options.path, strlen(sink->options.path) + 1);
    }
    length = plain_name(sink, name);
    return length < 0 || length >= (int)sizeof sink->path ? -1 : 0;
}

bool capture_ring_turns(struct capture_sink *sink, const struct capture_packet *packet)
{
    const struct capture_ring *ring = &sink->options.ring;

    if (!sink->open || sink->file_packets == 0)
        return false;
    if (ring->file_packets > 0 && sink->file_packets >= ring->file_packets)
        return true;
    if (ring->interval_ns > 0 && packet->packet.time_ns >= sink->next_ns)
        return true;
    if (ring->file_bytes == 0)
        return false;
    if (sink->output.compression == CAPTURE_PLAIN)
        return sink->output.given >= ring->file_bytes;
    return sink->output.in_file >= ring->file_bytes;
}

void capture_ring_opened(struct capture_sink *sink, uint64_t now_ns)
{
    const struct capture_ring *ring = &sink->options.ring;
    char **slot;

    if (ring->interval_ns > 0) {
        if (sink->next_ns == 0 || now_ns > sink->next_ns + ring->interval_ns)
            sink->next_ns = now_ns;
        sink->next_ns += ring->interval_ns;
    }
    if (ring->files == 0 || ring->stop_when_full)
        return;
    slot = &sink->names[sink->number % ring->files];
    if (*slot != NULL && strcmp(*slot, sink->path) != 0)
        (void)unlink(*slot);
    free(*slot);
    *slot = strdup(sink->path);
}
