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
    result = pcap_compile(dead, program, text, optimize, PCAP_NETMASK_UNKNOWN);
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

char *capture_filter_read(const char *path, char *error, size_t room)
{
    FILE *file = fopen(path, "re");
    char *text = NULL, *line = NULL;
    size_t size = 0, line_room = 0;
    ssize_t length;

    if (file == NULL) {
        snprintf(error, room, "filter file %s: %s", path, strerror(errno));
        return NULL;
    }
    while ((length = getline(&line, &line_room, file)) >= 0) {
        char *larger = realloc(text, size + (size_t)length + 2);

        if (larger == NULL)
            break;
        text = larger;
        if (line[0] == '#')
            length = 0;
        memcpy(text + size, line, (size_t)length);
        size += (size_t)length;
        text[size] = '\0';
    }
    free(line);
    if (ferror(file) || text == NULL) {
        snprintf(error, room, "filter file %s: %s", path,
                 ferror(file) ? strerror(errno) : "it is empty");
        free(text);
        text = NULL;
    }
    fclose(file);
    return text;
}

/* ---- Lists ------------------------------------------------------------------------------- */

static void print_interface(unsigned number, const pcap_if_t *interface)
{
    printf("%u.%s", number, interface->name);
    if (interface->description != NULL)
        printf(" (%s)", interface->description);
    printf(" [%s%s%s%s]\n", (interface->flags & PCAP_IF_UP) != 0 ? "Up" : "Down",
           (interface->flags & PCAP_IF_RUNNING) != 0 ? ", Running" : "",
           (interface->flags & PCAP_IF_LOOPBACK) != 0 ? ", Loopback" : "",
           (interface->flags & PCAP_IF_WIRELESS) != 0 ? ", Wireless" : "");
}

int capture_list_interfaces(char *error, size_t room)
{
    char message[PCAP_ERRBUF_SIZE];
    pcap_if_t *list, *interface;
    unsigned number = 0;

    if (pcap_findalldevs(&list, message) != 0) {
        snprintf(error, room, "cannot list interfaces: %s", message);
        return -1;
    }
    for (interface = list; interface != NULL; interface = interface->next)
        print_interface(++number, interface);
    pcap_freealldevs(list);
    return 0;
}

bool capture_default_interface(char *name, size_t room)
{
    char message[PCAP_ERRBUF_SIZE];
    pcap_if_t *list;
    bool found;

    if (pcap_findalldevs(&list, message) != 0)
        return false;
    found = list != NULL;
    if (found)
        snprintf(name, room, "%s", list->name);
    pcap_freealldevs(list);
    return found;
}

int capture_list_link_types(const char *interface, bool monitor, char *error, size_t room)
{
    char message[PCAP_ERRBUF_SIZE];
    pcap_t *pcap = pcap_create(interface, message);
    int *list = NULL;
    int count, i;

    if (pcap == NULL) {
        snprintf(error, room, "interface %s: %s", interface, message);
        return -1;
    }
    if (monitor)
        pcap_set_rfmon(pcap, 1);
    count = pcap_activate(pcap);
    if (count >= 0)
        count = pcap_list_datalinks(pcap, &list);
    if (count < 0)
        snprintf(error, room, "interface %s: %s", interface,
                 count == PCAP_ERROR_NO_SUCH_DEVICE ? "there is no such interface; pfgcap -D "
                                                      "lists them"
                                                    : pcap_statustostr(count));
    for (i = 0; i < count; i++) {
        const char *name = pcap_datalink_val_to_name(list[i]);
        const char *text = pcap_datalink_val_to_description(list[i]);

        printf("%s (%s)\n", name == NULL ? "?" : name, text == NULL ? "not named" : text);
    }
    if (count >= 0)
        pcap_free_datalinks(list);
    pcap_close(pcap);
    return count < 0 ? -1 : 0;
}

int capture_link_type_by_name(const char *name)
{
    return pcap_datalink_name_to_val(name);
}

const char *capture_link_type_name(uint32_t link_type)
{
    return pcap_datalink_val_to_name(link_type == PFG_LINK_RAW ? DLT_RAW : (int)link_type);
}
