/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * source_pcapng.c - pcapng files: several sections, each in its own byte order, several interfaces
 * of different link types, comments, statistics. Blocks of other types are passed over.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/pcapng.h"
#include "capture/source.h"
#include "common/log.h"

/* A block of more bytes is taken for damage. */
#define BLOCK_MAX      (64U * 1024 * 1024)
/* A section may declare so many interfaces, a file may. */
#define INTERFACES_MAX 65536U

/* An interface of the section. */
struct declared {
    uint32_t interface; /* its number among all of the capture */
    struct pcapng_clock clock;
};

struct pcapng_source {
    struct capture_source source;
    struct capture_input *input; /* owned */
    bool swapped;
    uint32_t count;            /* interfaces of the section */
    struct declared *declared; /* one for each interface of the section */
    uint32_t room;
    uint64_t packets;
    size_t last; /* bytes of the block handed out last */
    bool told_of_time;
};

static uint16_t get16(const struct pcapng_source *ng, const uint8_t *bytes)
{
    uint16_t value;

    memcpy(&value, bytes, sizeof value);
    return ng->swapped ? __builtin_bswap16(value) : value;
}

static uint32_t get32(const struct pcapng_source *ng, const uint8_t *bytes)
{
    return pcapng_get32(bytes, ng->swapped);
}

static enum capture_next damaged(struct pcapng_source *ng, const char *what)
{
    snprintf(ng->source.error, sizeof ng->source.error,
             "%s: the file is damaged at byte %" PRIu64 ": %s; %" PRIu64
             " packets before it were read",
             ng->input->name, ng->input->passed, what, ng->packets);
    return CAPTURE_ERROR;
}

/* The file ends where a whole block should stand. */
static enum capture_next no_block(struct pcapng_source *ng)
{
    struct capture_input *input = ng->input;

    if (input->error[0] != '\0')
        snprintf(ng->source.error, sizeof ng->source.error,
                 "%s: %s; %" PRIu64 " whole packets were read", input->name, input->error,
                 ng->packets);
    else if (input->waiting)
        return CAPTURE_IDLE;
    else if (capture_input_have(input) == 0)
        return CAPTURE_END;
    else
        snprintf(ng->source.error, sizeof ng->source.error,
                 "%s: the file is truncated: its last block is not whole; %" PRIu64
                 " whole packets were read",
                 input->name, ng->packets);
    return CAPTURE_ERROR;
}

/* ---- Options ----------------------------------------------------------------------------- */

static void copy_text(char *text, size_t room, const uint8_t *bytes, uint32_t size)
{
    size_t length = size < room ? size : room - 1;

    memcpy(text, bytes, length);
    text[length] = '\0';
}

/* The time of a block, which begins with the interface. What cannot be told is told once. */
static uint64_t time_of(struct pcapng_source *ng, const struct declared *declared,
                        const uint8_t *body)
{
    uint64_t ns;

    if (pcapng_read_time(&declared->clock,
                         (uint64_t)get32(ng, body + 4) << 32 | get32(ng, body + 8), &ns) ||
        ng->told_of_time)
        return ns;
    ng->told_of_time = true;
    pfg_warn("%s: behind packet %" PRIu64 " is a time before 1970 or after July 2554: such are "
             "taken as the nearest that can be told",
             ng->input->name, ng->packets);
    return ns;
}

/* ---- Blocks that are no packets ----------------------------------------------------------- */

static bool add_declared(struct pcapng_source *ng)
{
    if (ng->count == ng->room) {
        uint32_t room = ng->room == 0 ? 8 : ng->room * 2;
        struct declared *list = realloc(ng->declared, room * sizeof *list);

        if (list == NULL)
            return false;
        ng->declared = list;
        ng->room = room;
    }
    memset(&ng->declared[ng->count], 0, sizeof *ng->declared);
    pcapng_set_resolution(&ng->declared[ng->count].clock, 6);
    return true;
}

static bool on_interface(struct pcapng_source *ng, const uint8_t *body, uint32_t size)
{
    struct pcapng_options options = { body + PCAPNG_INTERFACE_FIXED, body + size, ng->swapped };
    const uint8_t *value;
    struct capture_interface *interface;
    struct declared *declared;
    uint32_t length;
    unsigned code;

    if (size < PCAPNG_INTERFACE_FIXED || ng->count >= INTERFACES_MAX || !add_declared(ng))
        return false;
    interface = capture_interfaces_add(ng->source.interfaces);
    if (interface == NULL)
        return false;
    declared = &ng->declared[ng->count];
    interface->link_type = get16(ng, body);
    interface->snap_length = get32(ng, body + 4);
    while ((value = pcapng_next_option(&options, &code, &length)) != NULL) {
        if (code == PCAPNG_IF_NAME)
            copy_text(interface->name, sizeof interface->name, value, length);
        else if (code == PCAPNG_IF_DESCRIPTION)
            copy_text(interface->description, sizeof interface->description, value, length);
        else if (code == PCAPNG_IF_FILTER && length > 1 && value[0] == 0 &&
                 interface->filter == NULL)
            interface->filter = strndup((const char *)value + 1, length - 1);
        else if (code == PCAPNG_IF_TSRESOL && length >= 1)
            pcapng_set_resolution(&declared->clock, value[0]);
        else if (code == PCAPNG_IF_TSOFFSET && length >= 8)
            declared->clock.offset_s = (int64_t)pcapng_get64(value, ng->swapped);
    }
    interface->nano = declared->clock.binary || declared->clock.mul == 1;
    declared->interface = capture_interfaces_settle(ng->source.interfaces, ng->input->series);
    ng->count++;
    return true;
}

/* The figure that an option of a statistics block holds; NULL: none of ours. */
static uint64_t *figure_of(struct capture_counts *counts, unsigned code, unsigned *known)
{
    switch (code) {
    case PCAPNG_ISB_IFRECV:
        *known = CAPTURE_COUNT_SEEN;
        return &counts->seen;
    case PCAPNG_ISB_IFDROP:
        *known = CAPTURE_COUNT_DROPPED_INTERFACE;
        return &counts->dropped_interface;
    case PCAPNG_ISB_ACCEPTED:
        *known = CAPTURE_COUNT_RECEIVED;
        return &counts->received;
    case PCAPNG_ISB_OSDROP:
        *known = CAPTURE_COUNT_DROPPED;
        return &counts->dropped_kernel;
    case PCAPNG_ISB_DELIVERED:
        *known = CAPTURE_COUNT_KEPT;
        return &counts->kept;
    default:
        return NULL;
    }
}

static bool on_statistics(struct pcapng_source *ng, const uint8_t *body, uint32_t size)
{
    struct pcapng_options options = { body + PCAPNG_STATISTICS_FIXED, body + size, ng->swapped };
    struct capture_counts *counts;
    const uint8_t *value;
    uint32_t length, index;
    unsigned code, known = 0;

    if (size < PCAPNG_STATISTICS_FIXED)
        return false;
    index = get32(ng, body);
    if (index >= ng->count)
        return true;
    counts = &ng->source.interfaces->list[ng->declared[index].interface]->counts;
    counts->time_ns = time_of(ng, &ng->declared[index], body);
    while ((value = pcapng_next_option(&options, &code, &length)) != NULL) {
        uint64_t *figure = length < 8 ? NULL : figure_of(counts, code, &known);

        if (figure == NULL)
            continue;
        *figure = pcapng_get64(value, ng->swapped);
        counts->known |= known;
    }
    return true;
}

/* ---- Packets ----------------------------------------------------------------------------- */

/* The interface of a section by its number; NULL: not declared. */
static bool set_interface(struct pcapng_source *ng, struct capture_packet *packet, uint32_t index)
{
    if (index >= ng->count)
        return false;
    packet->interface = ng->declared[index].interface;
    packet->packet.link_type = ng->source.interfaces->list[packet->interface]->link_type;
    return true;
}

/* Enhanced packet block, and the packet block that it replaced. */
static const char *on_packet(struct pcapng_source *ng, const uint8_t *body, uint32_t size, bool old,
                             struct capture_packet *packet)
{
    uint32_t index, caplen, padded;

    if (size < PCAPNG_ENHANCED_FIXED)
        return "a packet block is too short";
    index = old ? get16(ng, body) : get32(ng, body);
    caplen = get32(ng, body + 12);
    if (caplen > size - PCAPNG_ENHANCED_FIXED)
        return "a packet is longer than its block";
    if (!set_interface(ng, packet, index))
        return "a packet is of an interface that was not declared";
    packet->packet.bytes = body + PCAPNG_ENHANCED_FIXED;
    packet->packet.caplen = caplen;
    packet->packet.len = get32(ng, body + 16);
    if (packet->packet.len < caplen)
        packet->packet.len = caplen;
    packet->packet.time_ns = time_of(ng, &ng->declared[index], body);
    padded = (caplen + 3U) & ~3U;
    if (size - PCAPNG_ENHANCED_FIXED < padded + PCAPNG_OPTION_HEADER)
        return NULL;
    packet->options = packet->packet.bytes + padded;
    packet->options_size = size - PCAPNG_ENHANCED_FIXED - padded;
    packet->options_swapped = ng->swapped;
    return NULL;
}

/* Simple packet block: no time, the section's first interface. */
static const char *on_simple(struct pcapng_source *ng, const uint8_t *body, uint32_t size,
                             struct capture_packet *packet)
{
    uint32_t len, caplen, snap;

    if (size < 4)
        return "a packet block is too short";
    if (!set_interface(ng, packet, 0))
        return "a packet is of an interface that was not declared";
    len = get32(ng, body);
    snap = ng->source.interfaces->list[packet->interface]->snap_length;
    caplen = snap != 0 && snap < len ? snap : len;
    if (caplen > size - 4)
        caplen = size - 4;
    packet->packet.bytes = body + 4;
    packet->packet.caplen = caplen;
    packet->packet.len = len;
    packet->packet.time_ns = 0;
    return NULL;
}

/* A section header: the byte order from here on. Returns the block's length, 0: not a header. */
static uint32_t begin_section(struct pcapng_source *ng, const uint8_t *block)
{
    uint32_t order;

    memcpy(&order, block + PCAPNG_BLOCK_HEADER, sizeof order);
    if (order != PCAPNG_ORDER && order != __builtin_bswap32(PCAPNG_ORDER))
        return 0;
    ng->swapped = order != PCAPNG_ORDER;
    ng->count = 0;
    return get32(ng, block + 4);
}

/* The next whole block; CAPTURE_PACKET where it is there. */
static enum capture_next next_block(struct pcapng_source *ng, const uint8_t **block, uint32_t *type,
                                    uint32_t *size)
{
    if (ng->last > 0)
        capture_input_skip(ng->input, ng->last);
    ng->last = 0;
    *block = capture_input_need(ng->input, PCAPNG_BLOCK_HEADER + PCAPNG_BLOCK_TRAILER);
    if (*block == NULL)
        return no_block(ng);
    *type = get32(ng, *block);
    *size = *type == PCAPNG_SECTION ? begin_section(ng, *block) : get32(ng, *block + 4);
    if (*type == PCAPNG_SECTION && *size == 0)
        return damaged(ng, "a section begins without its byte-order mark");
    if (*size < PCAPNG_BLOCK_HEADER + PCAPNG_BLOCK_TRAILER || *size > BLOCK_MAX || *size % 4 != 0)
        return damaged(ng, "a block has an impossible length");
    *block = capture_input_need(ng->input, *size);
    if (*block == NULL)
        return no_block(ng);
    if (get32(ng, *block + *size - PCAPNG_BLOCK_TRAILER) != *size)
        return damaged(ng, "the two lengths of a block differ");
    ng->last = *size;
    return CAPTURE_PACKET;
}

static enum capture_next pcapng_next(struct capture_source *source, struct capture_packet *packet)
{
    struct pcapng_source *ng = (struct pcapng_source *)(void *)source;
    const uint8_t *block;
    uint32_t type = 0, size = 0;

    packet->options = NULL;
    for (;;) {
        enum capture_next got = next_block(ng, &block, &type, &size);
        const uint8_t *body;
        const char *wrong = NULL;

        if (got != CAPTURE_PACKET)
            return got;
        body = block + PCAPNG_BLOCK_HEADER;
        size -= PCAPNG_BLOCK_HEADER + PCAPNG_BLOCK_TRAILER;
        if (type == PCAPNG_ENHANCED || type == PCAPNG_PACKET || type == PCAPNG_SIMPLE) {
            wrong = type == PCAPNG_SIMPLE
                        ? on_simple(ng, body, size, packet)
                        : on_packet(ng, body, size, type == PCAPNG_PACKET, packet);
            if (wrong == NULL) {
                ng->packets++;
                return CAPTURE_PACKET;
            }
        } else if (type == PCAPNG_SECTION) {
            pcapng_keep_comments(source->interfaces, ng->input->name, body, size, ng->swapped);
        } else if (pcapng_is_kept(type)) {
            pcapng_keep_block(source->interfaces, block, (uint32_t)ng->last, ng->swapped,
                              ng->input->series != NULL);
        } else if (type == PCAPNG_INTERFACE && !on_interface(ng, body, size)) {
            wrong = "an interface cannot be read";
        } else if (type == PCAPNG_STATISTICS && !on_statistics(ng, body, size)) {
            wrong = "a statistics block is too short";
        }
        if (wrong != NULL)
            return damaged(ng, wrong);
    }
}

static void pcapng_close(struct capture_source *source)
{
    struct pcapng_source *ng = (struct pcapng_source *)(void *)source;

    capture_input_close(ng->input);
    free(ng->input);
    free(ng->declared);
    free(ng);
}

static void pcapng_wait(struct capture_source *source, int wake_fd, int timeout_ms)
{
    capture_input_wait(source->input, wake_fd, timeout_ms);
}

struct capture_source *capture_pcapng_open(struct capture_input *input,
                                           struct capture_interfaces *interfaces, char *error,
                                           size_t room)
{
    struct pcapng_source *ng = calloc(1, sizeof *ng);

    if (ng == NULL) {
        snprintf(error, room, "%s: out of memory", input->name);
        return NULL;
    }
    ng->input = input;
    ng->source.next = pcapng_next;
    ng->source.close = pcapng_close;
    ng->source.wait = pcapng_wait;
    ng->source.interfaces = interfaces;
    ng->source.input = input;
    return &ng->source;
}
