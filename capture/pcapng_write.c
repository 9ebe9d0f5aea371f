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
#include "common/clock.h"
#include "proto/describe.h"

/* Bytes of a block that holds texts; longer ones are cut. */
enum { BLOCK_ROOM = 8192, TEXT_MAX = 2048 };

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

/* Ends options and block, and puts the block into the file. */
static int end(struct capture_sink *sink, struct block *block)
{
    int error = 0;
    uint32_t length;
    uint8_t *room;

    put32(block, PCAPNG_END_OF_OPTIONS);
    length = (uint32_t)block->size + PCAPNG_BLOCK_TRAILER;
    put32(block, length);
    memcpy(block->bytes + 4, &length, sizeof length);
    room = capture_output_room(&sink->output, block->size, &error);
    if (room == NULL)
        return capture_sink_fail(sink, error);
    memcpy(room, block->bytes, block->size);
    capture_output_done(&sink->output, block->size, false);
    return 0;
}

static int write_interface(struct capture_sink *sink, const struct capture_interface *interface)
{
    uint8_t resolution = sink->nano && interface->nano ? 9 : 6;
    char filter[sizeof interface->filter + 1];
    struct block block;

    begin(&block, PCAPNG_INTERFACE);
    put16(&block, (uint16_t)interface->link_type);
    put16(&block, 0);
    put32(&block, interface->snap_length);
    put_text(&block, PCAPNG_IF_NAME, interface->name);
    put_text(&block, PCAPNG_IF_DESCRIPTION, interface->description);
    put_option(&block, PCAPNG_IF_TSRESOL, &resolution, 1);
    if (interface->filter[0] != '\0') {
        filter[0] = 0; /* 0: the text of a libpcap filter follows */
        memcpy(filter + 1, interface->filter, sizeof interface->filter);
        put_option(&block, PCAPNG_IF_FILTER, filter, 1 + strlen(interface->filter));
    }
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
    if (end(sink, &block) != 0)
        return -1;
    return write_interfaces(sink);
}

int capture_pcapng_write(struct capture_sink *sink, const struct capture_packet *packet)
{
    const struct pfg_packet *bytes = &packet->packet;
    size_t padded = ((size_t)bytes->caplen + 3) & ~(size_t)3;
    size_t comment = packet->comment == NULL ? 0 : ((size_t)packet->comment_size + 3) & ~(size_t)3;
    size_t size = PCAPNG_BLOCK_HEADER + PCAPNG_ENHANCED_FIXED + padded + PCAPNG_BLOCK_TRAILER +
                  (comment > 0 ? comment + 2 * PCAPNG_OPTION_HEADER : 0);
    uint64_t time;
    uint32_t word[7];
    int error = 0;
    uint8_t *room;

    if (packet->interface >= sink->interfaces_written && write_interfaces(sink) != 0)
        return -1;
    room = capture_output_room(&sink->output, size, &error);
    if (room == NULL)
        return capture_sink_fail(sink, error);
    time = bytes->time_ns;
    if (!sink->nano || !sink->interfaces->list[packet->interface]->nano)
        time /= 1000;
    word[0] = PCAPNG_ENHANCED;
    word[1] = (uint32_t)size;
    word[2] = packet->interface;
    word[3] = (uint32_t)(time >> 32);
    word[4] = (uint32_t)time;
    word[5] = bytes->caplen;
    word[6] = bytes->len;
    memcpy(room, word, sizeof word);
    room += sizeof word;
    memcpy(room, bytes->bytes, bytes->caplen);
    memset(room + bytes->caplen, 0, padded - bytes->caplen);
    room += padded;
    if (comment > 0) {
        uint16_t option[2] = { PCAPNG_COMMENT, (uint16_t)packet->comment_size };

        memcpy(room, option, sizeof option);
        memcpy(room + sizeof option, packet->comment, packet->comment_size);
        memset(room + sizeof option + packet->comment_size, 0, comment - packet->comment_size);
        memset(room + sizeof option + comment, 0, PCAPNG_OPTION_HEADER);
        room += sizeof option + comment + PCAPNG_OPTION_HEADER;
    }
    memcpy(room, &word[1], sizeof word[1]);
    capture_output_done(&sink->output, size, true);
    return 0;
}

int capture_pcapng_end(struct capture_sink *sink)
{
    uint64_t now = pfg_clock_wall_ns();
    uint32_t i;

    for (i = 0; i < sink->interfaces_written; i++) {
        const struct capture_interface *interface = sink->interfaces->list[i];
        const struct capture_counts *counts = &interface->counts;
        uint64_t time = sink->nano && interface->nano ? now : now / 1000;
        struct block block;

        if (!counts->known)
            continue;
        begin(&block, PCAPNG_STATISTICS);
        put32(&block, i);
        put32(&block, (uint32_t)(time >> 32));
        put32(&block, (uint32_t)time);
        put_u64(&block, PCAPNG_ISB_IFDROP, counts->dropped_interface);
        put_u64(&block, PCAPNG_ISB_ACCEPTED, counts->received);
        put_u64(&block, PCAPNG_ISB_OSDROP, counts->dropped_kernel);
        put_u64(&block, PCAPNG_ISB_DELIVERED, counts->kept);
        if (end(sink, &block) != 0)
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
