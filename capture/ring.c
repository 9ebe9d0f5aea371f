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
    if (dot != NULL && dot > base && capture_compression_of_name(path) != CAPTURE_PLAIN) {
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

/* tcpdump's name before a number is added: as it was given, or with the time in it (-G). How many
 * files in a row have the same one is in sink->repeated. */
static int stem_name(struct capture_sink *sink, const struct tm *now)
{
    const char *path = sink->options.path;
    char before[sizeof sink->stem];

    memcpy(before, sink->stem, sizeof before);
    if (sink->options.ring.interval_ns > 0 && strchr(path, '%') != NULL) {
        if (strftime(sink->stem, sizeof sink->stem, path, now) == 0)
            return -1;
    } else if (snprintf(sink->stem, sizeof sink->stem, "%s", path) >= (int)sizeof sink->stem) {
        return -1;
    }
    sink->repeated = strcmp(before, sink->stem) == 0 ? sink->repeated + 1 : 0;
    return 0;
}

/* tcpdump's: the name as it is, then NAME1, NAME2; with -C and -W NAME00, NAME01, ... again and
 * again. A compressed file's number stands before .gz or .zst, which names the compression. No file
 * is written over unless -W says so, however often it is another one's turn. */
static int plain_name(struct capture_sink *sink)
{
    const struct capture_ring *ring = &sink->options.ring;
    const char *name = sink->stem;
    bool packed = sink->output.compression != CAPTURE_PLAIN;
    const char *last = packed ? strrchr(name, '.') : name + strlen(name);
    int stem = (int)(last - name);

    if (ring->files > 0)
        return snprintf(sink->path, sizeof sink->path, "%.*s%0*u%s", stem, name,
                        ring_digits(ring->files), sink->repeated % ring->files, last);
    if (sink->repeated == 0)
        return snprintf(sink->path, sizeof sink->path, "%s", name);
    return snprintf(sink->path, sizeof sink->path, "%.*s%u%s", stem, name, sink->repeated, last);
}

int capture_ring_name(struct capture_sink *sink, uint64_t now_ns)
{
    bool numbered = sink->options.ring.numbered;
    time_t seconds;
    struct tm now;
    int length;

    /* tcpdump's names have the time at which the interval began, however many files are in it. */
    if (now_ns >= sink->next_ns)
        sink->begun_ns = now_ns;
    seconds = (time_t)((numbered ? now_ns : sink->begun_ns) / PFG_NS_PER_S);
    localtime_r(&seconds, &now);
    if (!numbered && stem_name(sink, &now) != 0)
        return -1;
    length = numbered ? numbered_name(sink, &now) : plain_name(sink);
    return length < 0 || length >= (int)sizeof sink->path ? -1 : 0;
}

bool capture_ring_reached(const struct capture_sink *sink, uint64_t bytes)
{
    const struct capture_output *output = &sink->output;

    return bytes > 0 &&
           (output->compression == CAPTURE_PLAIN ? output->given : output->in_file) >= bytes;
}

bool capture_ring_turns(const struct capture_sink *sink, const struct capture_packet *packet)
{
    const struct capture_ring *ring = &sink->options.ring;

    if (!sink->open)
        return false;
    if (ring->interval_ns > 0 && packet->packet.time_ns >= sink->next_ns)
        return true;
    if (sink->file_packets == 0)
        return false;
    if (ring->file_packets > 0 && sink->file_packets >= ring->file_packets)
        return true;
    return capture_ring_reached(sink, ring->file_bytes);
}

bool capture_ring_due(const struct capture_sink *sink, uint64_t now_ns)
{
    const struct capture_ring *ring = &sink->options.ring;

    return sink->open && ring->numbered && ring->interval_ns > 0 && now_ns >= sink->next_ns;
}

bool capture_ring_full(const struct capture_sink *sink)
{
    const struct capture_ring *ring = &sink->options.ring;

    return ring->stop_files > 0 && sink->number + 1 >= ring->stop_files;
}

/* When it is the next file's turn. dumpcap's time begins anew with each file, whatever it was that
 * ended the one before; tcpdump's goes on, and sizes do not move it. */
static void set_time(struct capture_sink *sink, uint64_t now_ns)
{
    const struct capture_ring *ring = &sink->options.ring;

    if (ring->interval_ns == 0)
        return;
    if (ring->aligned)
        sink->next_ns = now_ns - now_ns % ring->interval_ns + ring->interval_ns;
    else if (ring->numbered || sink->next_ns == 0 || now_ns >= sink->next_ns + ring->interval_ns)
        sink->next_ns = now_ns + ring->interval_ns;
    else if (now_ns >= sink->next_ns)
        sink->next_ns += ring->interval_ns;
}

void capture_ring_opened(struct capture_sink *sink, uint64_t now_ns)
{
    const struct capture_ring *ring = &sink->options.ring;
    char **slot;

    set_time(sink, now_ns);
    if (sink->names == NULL)
        return;
    slot = &sink->names[sink->number % ring->files];
    if (*slot != NULL && strcmp(*slot, sink->path) != 0)
        (void)unlink(*slot);
    free(*slot);
    *slot = strdup(sink->path);
}
