/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pcapng_write.c - packets as pcapng blocks (draft-ietf-opsawg-pcapng), in this machine's byte
 * order: a section header, an interface block before the first packet of each interface, enhanced
 * packet blocks, and statistics at the end.
 */
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "capture/pcapng.h"
#include "capture/sink.h"
#include "proto/describe.h"

/* Bytes of a block that holds one long text and some short ones. */
enum { TEXT_MAX = CAPTURE_COMMENT_MAX, BLOCK_ROOM = TEXT_MAX + 4096 };

/* A block being put together. */
struct block {
    uint8_t bytes[BLOCK_ROOM];
    size_t size;
};

static void put(struct block *block, const void *bytes, size_t size)
{
    memcpy(block->bytes + block->size, bytes, size);
    block->size += size;
}

static void put16(struct block *block, uint16_t value)
{
    put(block, &value, sizeof value);
}

static void put32(struct block *block, uint32_t value)
{
    put(block, &value, sizeof value);
}

static void put_option(struct block *block, uint16_t code, const void *bytes, size_t size)
{
    static const uint8_t zero[4];

    put16(block, code);
    put16(block, (uint16_t)size);
    put(block, bytes, size);
    put(block, zero, (4 - size % 4) % 4);
}

static void put_text(struct block *block, uint16_t code, const char *text)
{
    size_t size = text == NULL ? 0 : strlen(text);

    if (size > 0)
        put_option(block, code, text, size < TEXT_MAX ? size : TEXT_MAX);
}

static void put_u64(struct block *block, uint16_t code, uint64_t value)
{
    put_option(block, code, &value, sizeof value);
}

static void begin(struct block *block, uint32_t type)
{
    block->size = 0;
    put32(block, type);
    put32(block, 0); /* length, see end */
}

/* Ends options, with more of them at their end, and block, and puts the block into the file. */
static int end_with(struct capture_sink *sink, struct block *block, const struct capture_kept *more)
{
    const uint32_t end_of_options = PCAPNG_END_OF_OPTIONS;
    int error = 0;
    size_t size = block->size + more->size + sizeof end_of_options + PCAPNG_BLOCK_TRAILER;
    uint32_t length = (uint32_t)size;
    uint8_t *room = capture_output_room(&sink->output, size, &error), *at = room;

    if (room == NULL)
        return capture_sink_fail(sink, error);
    memcpy(block->bytes + 4, &length, sizeof length);
    memcpy(at, block->bytes, block->size);
    at += block->size;
    if (more->size > 0)
        memcpy(at, more->bytes, more->size);
    at += more->size;
    memcpy(at, &end_of_options, sizeof end_of_options);
    memcpy(at + sizeof end_of_options, &length, sizeof length);
    capture_output_done(&sink->output, size, false);
    return 0;
}

static int end(struct capture_sink *sink, struct block *block)
{
    const struct capture_kept nothing = { 0 };

    return end_with(sink, block, &nothing);
}

/* Whether times of the interface have nanoseconds in the file. */
static bool has_nano(const struct capture_sink *sink, const struct capture_interface *interface)
{
    return interface->nano && !sink->options.micro;
}

/* The text of a libpcap filter, with a 0 before it that says so. One that is too long is left out:
 * a part would be another filter. */
static void put_filter(struct block *block, const char *filter)
{
    static const uint8_t zero[4];
    size_t size = filter == NULL ? 0 : strlen(filter) + 1;

    if (size <= 1 || size > TEXT_MAX)
        return;
    put16(block, PCAPNG_IF_FILTER);
    put16(block, (uint16_t)size);
    put(block, zero, 1);
    put(block, filter, size - 1);
    put(block, zero, (4 - size % 4) % 4);
}

static int write_interface(struct capture_sink *sink, const struct capture_interface *interface)
{
    uint8_t resolution = has_nano(sink, interface) ? 9 : 6;
    struct block block;

    begin(&block, PCAPNG_INTERFACE);
    put16(&block, (uint16_t)interface->link_type);
    put16(&block, 0);
    put32(&block, interface->snap_length);
    put_text(&block, PCAPNG_IF_NAME, interface->name);
    put_text(&block, PCAPNG_IF_DESCRIPTION, interface->description);
    put_option(&block, PCAPNG_IF_TSRESOL, &resolution, 1);
    put_filter(&block, interface->filter);
    return end(sink, &block);
}

/* Describes interfaces that are new. */
static int write_interfaces(struct capture_sink *sink)
{
    while (sink->interfaces_written < sink->interfaces->count) {
        if (write_interface(sink, sink->interfaces->list[sink->interfaces_written]) != 0)
            return -1;
        sink->interfaces_written++;
    }
    return 0;
}

/* Blocks that come along from the files that are read, those that are new. */
static int write_kept(struct capture_sink *sink)
{
    const struct capture_kept *blocks = &sink->interfaces->blocks;

    while (sink->kept_written < blocks->size) {
        const uint8_t *block = blocks->bytes + sink->kept_written;
        uint32_t size = pcapng_get32(block + 4, false);
        int error = 0;
        uint8_t *room = capture_output_room(&sink->output, size, &error);

        if (room == NULL)
            return capture_sink_fail(sink, error);
        memcpy(room, block, size);
        capture_output_done(&sink->output, size, false);
        sink->kept_written += size;
    }
    return 0;
}

int capture_pcapng_begin(struct capture_sink *sink)
{
    const uint64_t unknown = UINT64_MAX; /* bytes of the section: read to the end */
    struct utsname system;
    struct block block;
    char os[256], definition[64];

    begin(&block, PCAPNG_SECTION);
    put32(&block, PCAPNG_ORDER);
    put16(&block, 1); /* version 1.0 */
    put16(&block, 0);
    put(&block, &unknown, sizeof unknown);
    if (uname(&system) == 0) {
        snprintf(os, sizeof os, "%.100s %.100s", system.sysname, system.release);
        put_text(&block, PCAPNG_SHB_OS, os);
    }
    put_text(&block, PCAPNG_SHB_APPLICATION, "pfgcap " PFG_VERSION);
    put_text(&block, PCAPNG_COMMENT, sink->options.comment);
    snprintf(definition, sizeof definition, "pfg %s", pfg_describe_hash());
    put_text(&block, PCAPNG_COMMENT, definition);
    if (end_with(sink, &block, &sink->interfaces->comments) != 0)
        return -1;
    return write_interfaces(sink) != 0 ? -1 : write_kept(sink);
}

int capture_pcapng_write(struct capture_sink *sink, const struct capture_packet *packet)
{
    const struct pfg_packet *bytes = &packet->packet;
    size_t padded = ((size_t)bytes->caplen + 3) & ~(size_t)3;
    size_t size = PCAPNG_BLOCK_HEADER + PCAPNG_ENHANCED_FIXED + padded + PCAPNG_BLOCK_TRAILER;
    size_t options =
        packet->options == NULL ? 0 : (size_t)packet->options_size + PCAPNG_OPTION_HEADER + 3;
    uint64_t time;
    uint32_t word[7];
    int error = 0;
    uint8_t *room;

    if (packet->interface >= sink->interfaces_written && write_interfaces(sink) != 0)
        return -1;
    if (sink->kept_written < sink->interfaces->blocks.size && write_kept(sink) != 0)
        return -1;
    room = capture_output_room(&sink->output, size + options, &error);
    if (room == NULL)
        return capture_sink_fail(sink, error);
    if (options > 0) /* as many as there are, not as there may be */
        size += pcapng_copy_options(room + size - PCAPNG_BLOCK_TRAILER, packet);
    time = bytes->time_ns;
    if (!has_nano(sink, sink->interfaces->list[packet->interface]))
        time /= 1000;
    word[0] = PCAPNG_ENHANCED;
    word[1] = (uint32_t)size;
    word[2] = packet->interface;
    word[3] = (uint32_t)(time >> 32);
    word[4] = (uint32_t)time;
    word[5] = bytes->caplen;
    word[6] = bytes->len;
    memcpy(room, word, sizeof word);
    memcpy(room + sizeof word, bytes->bytes, bytes->caplen);
    memset(room + sizeof word + bytes->caplen, 0, padded - bytes->caplen);
    memcpy(room + size - PCAPNG_BLOCK_TRAILER, &word[1], sizeof word[1]);
    capture_output_done(&sink->output, size, true);
    return 0;
}

/* A time in the units of the interface, as two words, the higher one first. */
static void put_time(struct block *block, const struct capture_sink *sink,
                     const struct capture_interface *interface, uint64_t time_ns)
{
    uint64_t units = has_nano(sink, interface) ? time_ns : time_ns / 1000;

    put32(block, (uint32_t)(units >> 32));
    put32(block, (uint32_t)units);
}

static void put_time_option(struct block *block, const struct capture_sink *sink,
                            const struct capture_interface *interface, uint16_t code,
                            uint64_t time_ns)
{
    put16(block, code);
    put16(block, 2 * sizeof(uint32_t));
    put_time(block, sink, interface, time_ns);
}

static int write_statistics(struct capture_sink *sink, uint32_t number)
{
    const struct capture_interface *interface = sink->interfaces->list[number];
    const struct capture_counts *counts = &interface->counts;
    struct block block;

    begin(&block, PCAPNG_STATISTICS);
    put32(&block, number);
    put_time(&block, sink, interface, counts->time_ns);
    if (interface->begun_ns > 0) {
        put_time_option(&block, sink, interface, PCAPNG_ISB_START, interface->begun_ns);
        put_time_option(&block, sink, interface, PCAPNG_ISB_END, counts->time_ns);
    }
    if ((counts->known & CAPTURE_COUNT_SEEN) != 0)
        put_u64(&block, PCAPNG_ISB_IFRECV, counts->seen);
    if ((counts->known & CAPTURE_COUNT_DROPPED_INTERFACE) != 0)
        put_u64(&block, PCAPNG_ISB_IFDROP, counts->dropped_interface);
    if ((counts->known & CAPTURE_COUNT_RECEIVED) != 0)
        put_u64(&block, PCAPNG_ISB_ACCEPTED, counts->received);
    if ((counts->known & CAPTURE_COUNT_DROPPED) != 0)
        put_u64(&block, PCAPNG_ISB_OSDROP, counts->dropped_kernel);
    if ((counts->known & CAPTURE_COUNT_KEPT) != 0)
        put_u64(&block, PCAPNG_ISB_DELIVERED, counts->kept);
    return end(sink, &block);
}

int capture_pcapng_end(struct capture_sink *sink)
{
    uint32_t i;

    if (write_kept(sink) != 0)
        return -1;
    for (i = 0; i < sink->interfaces_written; i++) {
        if (sink->interfaces->list[i]->counts.known != 0 && write_statistics(sink, i) != 0)
            return -1;
    }
    return 0;
}

size_t capture_pcapng_record_size(const uint8_t *record, bool *packet)
{
    uint32_t word[2];

    memcpy(word, record, sizeof word);
    *packet = word[0] == PCAPNG_ENHANCED;
    return word[1];
}
