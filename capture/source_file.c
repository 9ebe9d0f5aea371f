/* SPDX-License-Identifier: GPL-2.0-or-later */
/* source_file.c - which kind of file it is; several files in the order of time. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/source.h"

struct capture_interface *capture_interfaces_add(struct capture_interfaces *interfaces)
{
    struct capture_interface *interface;

    if (interfaces->count == interfaces->room) {
        uint32_t room = interfaces->room == 0 ? 8 : interfaces->room * 2;
        struct capture_interface **list =
            realloc(interfaces->list, room * sizeof(struct capture_interface *));

        if (list == NULL)
            return NULL;
        interfaces->list = list;
        interfaces->room = room;
    }
    interface = calloc(1, sizeof *interface);
    if (interface != NULL)
        interfaces->list[interfaces->count++] = interface;
    return interface;
}

static bool same_text(const char *one, const char *other)
{
    return one == other || (one != NULL && other != NULL && strcmp(one, other) == 0);
}

/* Whether two descriptions are of the same interface, captured in the same way. */
static bool same_interface(const struct capture_interface *one,
                           const struct capture_interface *other)
{
    return one->link_type == other->link_type && one->snap_length == other->snap_length &&
           one->nano == other->nano && strcmp(one->name, other->name) == 0 &&
           strcmp(one->description, other->description) == 0 &&
           same_text(one->filter, other->filter);
}

static void free_interface(struct capture_interface *interface)
{
    free(interface->filter);
    free(interface);
}

uint32_t capture_interfaces_settle(struct capture_interfaces *interfaces, const void *series)
{
    uint32_t last = interfaces->count - 1, i;
    struct capture_interface *mine = interfaces->list[last];

    mine->series = series;
    mine->declared = true;
    for (i = 0; series != NULL && i < last; i++) {
        struct capture_interface *other = interfaces->list[i];

        if (other->series != series || other->declared || !same_interface(other, mine))
            continue;
        other->declared = true;
        free_interface(mine);
        interfaces->count = last;
        return i;
    }
    return last;
}

void capture_interfaces_follow(struct capture_interfaces *interfaces, const void *series)
{
    uint32_t i;

    for (i = 0; i < interfaces->count; i++) {
        if (interfaces->list[i]->series == series)
            interfaces->list[i]->declared = false;
    }
}

void capture_interfaces_free(struct capture_interfaces *interfaces)
{
    uint32_t i;

    for (i = 0; i < interfaces->count; i++)
        free_interface(interfaces->list[i]);
    free(interfaces->list);
    capture_kept_free(&interfaces->blocks);
    capture_kept_free(&interfaces->comments);
    memset(interfaces, 0, sizeof *interfaces);
}

/* Whether the first four bytes are those of a pcap file, in either byte order. */
static bool is_pcap(const uint8_t *magic)
{
    static const uint8_t known[6][4] = {
        { 0xa1, 0xb2, 0xc3, 0xd4 }, { 0xd4, 0xc3, 0xb2, 0xa1 }, { 0xa1, 0xb2, 0x3c, 0x4d },
        { 0x4d, 0x3c, 0xb2, 0xa1 }, { 0xa1, 0xb2, 0xcd, 0x34 }, { 0x34, 0xcd, 0xb2, 0xa1 },
    };
    size_t i;

    for (i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (memcmp(magic, known[i], 4) == 0)
            return true;
    }
    return false;
}

static struct capture_source *open_input(struct capture_input *input,
                                         struct capture_interfaces *interfaces, char *error,
                                         size_t room)
{
    static const uint8_t section[4] = { 0x0a, 0x0d, 0x0d, 0x0a };
    const uint8_t *magic = capture_input_need(input, 4);

    if (magic != NULL && is_pcap(magic))
        return capture_pcap_open(input, interfaces, error, room);
    if (magic != NULL && memcmp(magic, section, 4) == 0)
        return capture_pcapng_open(input, interfaces, error, room);
    if (input->error[0] != '\0')
        snprintf(error, room, "%s: %s", input->name, input->error);
    else if (capture_input_have(input) == 0)
        snprintf(error, room, "%s: the file is empty", input->name);
    else
        snprintf(error, room, "%s: this is neither a pcap nor a pcapng file", input->name);
    return NULL;
}

struct capture_source *capture_file_open(const char *path, bool tail, const void *series,
                                         struct capture_interfaces *interfaces, char *error,
                                         size_t room)
{
    struct capture_input *input = malloc(sizeof *input);
    struct capture_source *source;

    if (input == NULL) {
        snprintf(error, room, "%s: out of memory", path);
        return NULL;
    }
    if (capture_input_open(input, path, tail) != 0) {
        snprintf(error, room, "%s: %s", input->name, input->error);
        source = NULL;
    } else {
        input->series = series;
        source = open_input(input, interfaces, error, room);
    }
    if (source == NULL) {
        capture_input_close(input);
        free(input);
        return NULL;
    }
    input->patient = true;
    return source;
}

void capture_source_progress(const struct capture_source *source, uint64_t *read, uint64_t *bytes)
{
    *read = *bytes = 0;
    if (source->progress != NULL) {
        source->progress(source, read, bytes);
    } else if (source->input != NULL) {
        *read = source->input->file_read;
        *bytes = source->input->file_bytes;
    }
}

/* ---- Several sources --------------------------------------------------------------------- */

struct merge_input {
    struct capture_source *source;
    struct capture_packet packet;
    enum capture_next state; /* CAPTURE_PACKET: packet is good */
};

struct merge {
    struct capture_source source;
    struct merge_input *inputs;
    size_t count;
    struct merge_input *taken; /* handed out last; its source goes on before the next choice */
};

/* The one whose packet is the oldest; of equal ones the first. NULL: none. */
static struct merge_input *oldest(struct merge *merge)
{
    struct merge_input *best = NULL;
    size_t i;

    for (i = 0; i < merge->count; i++) {
        struct merge_input *input = &merge->inputs[i];

        if (input->state == CAPTURE_PACKET &&
            (best == NULL || input->packet.packet.time_ns < best->packet.packet.time_ns))
            best = input;
    }
    return best;
}

/* Fetches a packet of each input that has none. A damaged file ends alone; its error is kept. */
static bool fetch(struct merge *merge)
{
    bool idle = false;
    size_t i;

    for (i = 0; i < merge->count; i++) {
        struct merge_input *input = &merge->inputs[i];

        if (input->state != CAPTURE_IDLE)
            continue;
        input->state = input->source->next(input->source, &input->packet);
        if (input->state == CAPTURE_ERROR && merge->source.error[0] == '\0')
            memcpy(merge->source.error, input->source->error, sizeof merge->source.error);
        idle = idle || input->state == CAPTURE_IDLE;
    }
    return idle;
}

static enum capture_next merge_next(struct capture_source *source, struct capture_packet *packet)
{
    struct merge *merge = (struct merge *)(void *)source;

    if (merge->taken != NULL)
        merge->taken->state = CAPTURE_IDLE;
    merge->taken = NULL;
    if (fetch(merge))
        return CAPTURE_IDLE;
    merge->taken = oldest(merge);
    if (merge->taken == NULL)
        return source->error[0] == '\0' ? CAPTURE_END : CAPTURE_ERROR;
    *packet = merge->taken->packet;
    packet->next = NULL;
    return CAPTURE_PACKET;
}

static void merge_close(struct capture_source *source)
{
    struct merge *merge = (struct merge *)(void *)source;
    size_t i;

    for (i = 0; i < merge->count; i++)
        merge->inputs[i].source->close(merge->inputs[i].source);
    free(merge->inputs);
    free(merge);
}

static void merge_progress(const struct capture_source *source, uint64_t *read, uint64_t *bytes)
{
    const struct merge *merge = (const struct merge *)(const void *)source;
    bool known = true;
    size_t i;

    *read = *bytes = 0;
    for (i = 0; i < merge->count; i++) {
        uint64_t one_read, one_bytes;

        capture_source_progress(merge->inputs[i].source, &one_read, &one_bytes);
        *read += one_read;
        *bytes += one_bytes;
        known = known && one_bytes > 0;
    }
    *bytes = known ? *bytes : 0;
}

/* A packet of each is needed: waits for the first that has none. */
static void merge_wait(struct capture_source *source, int wake_fd, int timeout_ms)
{
    struct merge *merge = (struct merge *)(void *)source;
    size_t i = 0;

    while (i + 1 < merge->count && merge->inputs[i].state != CAPTURE_IDLE)
        i++;
    source = merge->inputs[i].source;
    source->wait(source, wake_fd, timeout_ms);
}

struct capture_source *capture_merge_open(struct capture_source **sources, size_t count,
                                          struct capture_interfaces *interfaces, char *error,
                                          size_t room)
{
    struct merge *merge = calloc(1, sizeof *merge);
    size_t i;

    if (merge != NULL)
        merge->inputs = calloc(count, sizeof *merge->inputs);
    if (merge == NULL || merge->inputs == NULL) {
        snprintf(error, room, "out of memory");
        free(merge);
        for (i = 0; i < count; i++)
            sources[i]->close(sources[i]);
        return NULL;
    }
    for (i = 0; i < count; i++) {
        merge->inputs[i].source = sources[i];
        merge->inputs[i].state = CAPTURE_IDLE;
    }
    merge->count = count;
    merge->source.next = merge_next;
    merge->source.close = merge_close;
    merge->source.wait = merge_wait;
    merge->source.progress = merge_progress;
    merge->source.interfaces = interfaces;
    return &merge->source;
}
