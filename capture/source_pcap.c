/* SPDX-License-Identifier: GPL-2.0-or-later */
/* source_pcap.c - pcap files (draft-ietf-opsawg-pcap), both byte orders, µs and ns. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/source.h"

/* PATCHED: with the interface, protocol and direction that Alexey Kuznetzov's libpcap added. */
enum { FILE_HEADER = 24, RECORD_HEADER = 16, PATCHED_HEADER = 24 };

/* Whether the two lengths of a record stand the other way round, as they do before
 * version 2.3 of the format, in which they stand either way. Version 543.0 is DG/UX's. */
enum lengths { LENGTHS_RIGHT, LENGTHS_EITHER, LENGTHS_TURNED };

struct pcap_source {
    struct capture_source source;
    struct capture_input *input; /* owned */
    bool swapped;
    enum lengths lengths;
    uint32_t header_size; /* of a record */
    bool usual;           /* not swapped, LENGTHS_RIGHT, RECORD_HEADER */
    uint32_t fraction_ns; /* ns in a unit of the fraction */
    uint32_t link_type, interface, caplen_max;
    uint64_t packets;
    size_t last;          /* bytes of the record handed out last */
    bool there;           /* the record behind it is in the input's buffer, */
    uint32_t caplen, len; /* and these are its lengths */
};

static uint32_t get32(const uint8_t *bytes, bool swapped)
{
    uint32_t value;

    memcpy(&value, bytes, sizeof value);
    return swapped ? __builtin_bswap32(value) : value;
}

/* The file ends where a whole record should stand: the end, a wait, or damage. */
static enum capture_next no_record(struct pcap_source *pcap, size_t wanted)
{
    struct capture_input *input = pcap->input;
    size_t have = capture_input_have(input);

    if (input->error[0] != '\0')
        snprintf(pcap->source.error, sizeof pcap->source.error,
                 "%s: %s; %" PRIu64 " whole packets were read", input->name, input->error,
                 pcap->packets);
    else if (input->waiting)
        return CAPTURE_IDLE;
    else if (have == 0)
        return CAPTURE_END;
    else
        snprintf(pcap->source.error, sizeof pcap->source.error,
                 "%s: the file is truncated: packet %" PRIu64
                 " needs %zu bytes and %zu are there; %" PRIu64 " whole packets were read",
                 input->name, pcap->packets + 1, wanted, have, pcap->packets);
    return CAPTURE_ERROR;
}

static enum capture_next damaged(struct pcap_source *pcap, uint32_t caplen)
{
    snprintf(pcap->source.error, sizeof pcap->source.error,
             "%s: the file is damaged: packet %" PRIu64 " at byte %" PRIu64
             " says that it has %" PRIu32 " bytes; %" PRIu64 " packets before it were read",
             pcap->input->name, pcap->packets + 1, pcap->input->passed, caplen, pcap->packets);
    return CAPTURE_ERROR;
}

/* Takes the lengths of the record whose header that is; false: it cannot be so long. usual: as
 * pcap->usual is, or false. */
static inline __attribute__((always_inline)) bool take_lengths(struct pcap_source *pcap,
                                                               const uint8_t *header, bool usual)
{
    bool swapped = !usual && pcap->swapped;
    uint32_t caplen = get32(header + 8, swapped), len = get32(header + 12, swapped);

    if (!usual &&
        (pcap->lengths == LENGTHS_TURNED || (pcap->lengths == LENGTHS_EITHER && caplen > len))) {
        uint32_t turned = caplen;

        caplen = len;
        len = turned;
    }
    pcap->caplen = caplen;
    pcap->len = len < caplen ? caplen : len;
    return caplen <= pcap->caplen_max;
}

/* Reads the next record, which was not there when the one before it was handed out; seldom. */
__attribute__((noinline)) static enum capture_next read_record(struct pcap_source *pcap)
{
    struct capture_input *input = pcap->input;
    const uint8_t *header = capture_input_need(input, pcap->header_size);

    if (header == NULL)
        return no_record(pcap, pcap->header_size);
    if (!take_lengths(pcap, header, false))
        return damaged(pcap, pcap->caplen);
    if (capture_input_need(input, pcap->header_size + (size_t)pcap->caplen) == NULL)
        return no_record(pcap, pcap->header_size + (size_t)pcap->caplen);
    return CAPTURE_PACKET;
}

/* Hands out the packet whose record stands at header, whose lengths are known, and looks whether
 * all of the record behind it is there. */
static inline __attribute__((always_inline)) void take_packet(struct pcap_source *pcap,
                                                              const uint8_t *header,
                                                              struct capture_packet *packet,
                                                              bool usual)
{
    bool swapped = !usual && pcap->swapped;
    uint32_t header_size = usual ? (uint32_t)RECORD_HEADER : pcap->header_size;
    size_t left;

    packet->packet.bytes = header + header_size;
    packet->packet.caplen = pcap->caplen;
    packet->packet.len = pcap->len;
    packet->packet.link_type = pcap->link_type;
    packet->packet.time_ns = (uint64_t)get32(header, swapped) * 1000000000U +
                             (uint64_t)get32(header + 4, swapped) * pcap->fraction_ns;
    packet->interface = pcap->interface;
    packet->options = NULL;
    pcap->packets++;
    pcap->last = header_size + (size_t)pcap->caplen;
    left = capture_input_have(pcap->input) - pcap->last;
    header += pcap->last;
    pcap->there = left >= header_size && take_lengths(pcap, header, usual) &&
                  pcap->caplen <= left - header_size;
    packet->next = pcap->there ? header + header_size : NULL;
    packet->next_caplen = pcap->caplen;
    packet->next_len = pcap->len;
}

static enum capture_next pcap_next_packet(struct capture_source *source,
                                          struct capture_packet *packet)
{
    struct pcap_source *pcap = (struct pcap_source *)(void *)source;
    const uint8_t *header;

    capture_input_skip(pcap->input, pcap->last);
    pcap->last = 0;
    if (!pcap->there) {
        enum capture_next result = read_record(pcap);

        if (result != CAPTURE_PACKET)
            return result;
    }
    header = pcap->input->buffer + pcap->input->at;
    if (pcap->usual)
        take_packet(pcap, header, packet, true);
    else
        take_packet(pcap, header, packet, false);
    return CAPTURE_PACKET;
}

static void pcap_source_close(struct capture_source *source)
{
    struct pcap_source *pcap = (struct pcap_source *)(void *)source;

    capture_input_close(pcap->input);
    free(pcap->input);
    free(pcap);
}

static void pcap_source_wait(struct capture_source *source, int wake_fd, int timeout_ms)
{
    capture_input_wait(source->input, wake_fd, timeout_ms);
}

static uint32_t get16(const uint8_t *bytes, bool swapped)
{
    uint16_t value;

    memcpy(&value, bytes, sizeof value);
    return swapped ? __builtin_bswap16(value) : value;
}

/* What the version says of the lengths. */
static enum lengths lengths_of(const uint8_t *header, bool swapped)
{
    uint32_t major = get16(header + 4, swapped), minor = get16(header + 6, swapped);

    if (major == 543 || (major == 2 && minor < 3))
        return LENGTHS_TURNED;
    return major == 2 && minor == 3 ? LENGTHS_EITHER : LENGTHS_RIGHT;
}

struct capture_source *capture_pcap_open(struct capture_input *input,
                                         struct capture_interfaces *interfaces, char *error,
                                         size_t room)
{
    const uint8_t *header = capture_input_need(input, FILE_HEADER);
    struct capture_interface *interface;
    struct pcap_source *pcap;
    uint32_t magic, snap_length;

    if (header == NULL) {
        snprintf(error, room, "%s: the file is truncated: its header is not whole", input->name);
        return NULL;
    }
    pcap = calloc(1, sizeof *pcap);
    interface = capture_interfaces_add(interfaces);
    if (pcap == NULL || interface == NULL) {
        snprintf(error, room, "%s: out of memory", input->name);
        free(pcap);
        return NULL;
    }
    magic = get32(header, false);
    pcap->swapped = magic == 0xd4c3b2a1 || magic == 0x4d3cb2a1 || magic == 0x34cdb2a1;
    magic = get32(header, pcap->swapped);
    pcap->lengths = lengths_of(header, pcap->swapped);
    pcap->header_size = magic == 0xa1b2cd34 ? PATCHED_HEADER : RECORD_HEADER;
    pcap->usual =
        !pcap->swapped && pcap->lengths == LENGTHS_RIGHT && pcap->header_size == RECORD_HEADER;
    interface->nano = magic == 0xa1b23c4d;
    snap_length = get32(header + 16, pcap->swapped);
    interface->snap_length = snap_length;
    interface->link_type = get32(header + 20, pcap->swapped) & 0x03ffffff; /* above: FCS length */
    pcap->fraction_ns = interface->nano ? 1 : 1000;
    pcap->link_type = interface->link_type;
    pcap->interface = capture_interfaces_settle(interfaces, input->series);
    pcap->caplen_max = snap_length > CAPTURE_PACKET_MAX && snap_length <= 64 * CAPTURE_PACKET_MAX
                           ? snap_length
                           : CAPTURE_PACKET_MAX;
    pcap->input = input;
    pcap->last = FILE_HEADER;
    pcap->source.next = pcap_next_packet;
    pcap->source.close = pcap_source_close;
    pcap->source.wait = pcap_source_wait;
    pcap->source.interfaces = interfaces;
    pcap->source.input = input;
    return &pcap->source;
}
