/* SPDX-License-Identifier: GPL-2.0-or-later */
/* filter.c - libpcap's compiler and its lists. */
#include "capture/filter.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Link types that one filter is compiled for; a file with more is none of this world. */
enum { TYPES_MAX = 32 };

struct compiled {
    uint32_t link_type;
    struct bpf_program program;
};

struct capture_filter {
    const char *text;
    bool optimize;
    struct compiled list[TYPES_MAX];
    size_t count;
};

struct capture_filter *capture_filter_new(const char *text, bool optimize)
{
    struct capture_filter *filter = calloc(1, sizeof *filter);

    if (filter == NULL)
        return NULL;
    filter->text = text;
    filter->optimize = optimize;
    return filter;
}

void capture_filter_free(struct capture_filter *filter)
{
    size_t i;

    if (filter == NULL)
        return;
    for (i = 0; i < filter->count; i++)
        pcap_freecode(&filter->list[i].program);
    free(filter);
}

static int compile(const char *text, uint32_t link_type, uint32_t snap_length, bool optimize,
                   struct bpf_program *program, char *error, size_t room)
{
    int dlt = link_type == PFG_LINK_RAW ? DLT_RAW : (int)link_type;
    pcap_t *dead = pcap_open_dead(dlt, (int)snap_length);
    int result;

    if (dead == NULL) {
        snprintf(error, room, "capture filter: out of memory");
        return -1;
    }
    /* Without a net mask, as tcpdump: "ip broadcast" is then 255.255.255.255. */
    result = pcap_compile(dead, program, text, optimize, 0);
    if (result != 0)
        snprintf(error, room, "capture filter \"%s\": %s", text, pcap_geterr(dead));
    pcap_close(dead);
    return result;
}

static struct compiled *find(struct capture_filter *filter, uint32_t link_type, char *error,
                             size_t room)
{
    struct compiled *compiled;
    size_t i;

    for (i = 0; i < filter->count; i++) {
        if (filter->list[i].link_type == link_type)
            return &filter->list[i];
    }
    if (filter->count == TYPES_MAX) {
        snprintf(error, room, "capture filter: more than %d link types", TYPES_MAX);
        return NULL;
    }
    compiled = &filter->list[filter->count];
    if (compile(filter->text, link_type, 262144, filter->optimize, &compiled->program, error,
                room) != 0)
        return NULL;
    compiled->link_type = link_type;
    filter->count++;
    return compiled;
}

int capture_filter_passes(struct capture_filter *filter, const struct pfg_packet *packet,
                          char *error, size_t room)
{
    struct compiled *compiled = &filter->list[0];
    struct pcap_pkthdr header = { .caplen = packet->caplen, .len = packet->len };

    if (filter->count == 0 || compiled->link_type != packet->link_type)
        compiled = find(filter, packet->link_type, error, room);
    if (compiled == NULL)
        return -1;
    return pcap_offline_filter(&compiled->program, &header, packet->bytes) != 0;
}

int capture_filter_print(const char *text, uint32_t link_type, uint32_t snap_length, bool optimize,
                         unsigned form, char *error, size_t room)
{
    struct bpf_program program;

    if (compile(text, link_type, snap_length, optimize, &program, error, room) != 0)
        return -1;
    bpf_dump(&program, (int)form);
    pcap_freecode(&program);
    return 0;
}

char *capture_filter_join(char *const *words, size_t count)
{
    size_t size = 1, i;
    char *text, *at;

    if (count == 0)
        return NULL;
    for (i = 0; i < count; i++)
        size += strlen(words[i]) + 1;
    text = malloc(size);
    if (text == NULL)
        return NULL;
    at = text;
    for (i = 0; i < count; i++)
        at += sprintf(at, "%s%s", i == 0 ? "" : " ", words[i]);
    return text;
}

/* What follows # up to the end of its line becomes blanks, as tcpdump has it. */
static void blank_comments(char *text)
{
    bool comment = false;

    for (; *text != '\0'; text++) {
        comment = *text != '\n' && (comment || *text == '#');
        if (comment)
            *text = ' ';
    }
}

char *capture_filter_read(const char *path, char *error, size_t room)
{
    FILE *file = fopen(path, "re");
    char *text = NULL;
    size_t size = 0;

    if (file == NULL) {
        snprintf(error, room, "filter file %s: %s", path, strerror(errno));
        return NULL;
    }
    if (getdelim(&text, &size, '\0', file) < 0 && !ferror(file) && text != NULL)
        text[0] = '\0'; /* an empty file is a filter that lets all pass */
    if (ferror(file) || text == NULL) {
        snprintf(error, room, "filter file %s: %s", path, strerror(errno));
        free(text);
        text = NULL;
    } else {
        blank_comments(text);
    }
    fclose(file);
    return text;
}
