/* SPDX-License-Identifier: GPL-2.0-or-later */
/* interfaces.c - what there is to capture on, and how it is called: -D, -L, -i NUMBER, -y. */
#include "capture/interfaces.h"

#include <net/if.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/layers.h"

/* ", Connected" and its like, as tcpdump says it. */
static const char *connection(uint32_t flags)
{
    bool wireless = (flags & PCAP_IF_WIRELESS) != 0;

    switch (flags & PCAP_IF_CONNECTION_STATUS) {
    case PCAP_IF_CONNECTION_STATUS_UNKNOWN:
        return wireless ? ", Association status unknown" : ", Connection status unknown";
    case PCAP_IF_CONNECTION_STATUS_CONNECTED:
        return wireless ? ", Associated" : ", Connected";
    case PCAP_IF_CONNECTION_STATUS_DISCONNECTED:
        return wireless ? ", Not associated" : ", Disconnected";
    default:
        return "";
    }
}

static void print_interface(unsigned number, const pcap_if_t *interface)
{
    static const struct {
        uint32_t flag;
        const char *name;
    } flags[] = { { PCAP_IF_UP, "Up" },
                  { PCAP_IF_RUNNING, "Running" },
                  { PCAP_IF_LOOPBACK, "Loopback" },
                  { PCAP_IF_WIRELESS, "Wireless" } };
    const char *before = "";
    size_t i;

    printf("%u.%s", number, interface->name);
    if (interface->description != NULL)
        printf(" (%s)", interface->description);
    printf(" [");
    for (i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        if ((interface->flags & flags[i].flag) == 0)
            continue;
        printf("%s%s", before, flags[i].name);
        before = ", ";
    }
    printf("%s%s]\n", before[0] == '\0' ? "none" : "", connection(interface->flags));
}

/* The text is flushed, so that a full disk is told. */
static int printed(char *error, size_t room)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return 0;
    snprintf(error, room, "cannot write the standard output");
    return -1;
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
    return printed(error, room);
}

const char *capture_interface_name(const char *word, char *name, size_t room)
{
    char message[PCAP_ERRBUF_SIZE];
    pcap_if_t *list, *interface;
    unsigned long number;
    char *end;

    if (word[0] < '0' || word[0] > '9' || if_nametoindex(word) != 0)
        return word;
    number = strtoul(word, &end, 10);
    if (*end != '\0' || pcap_findalldevs(&list, message) != 0)
        return word;
    for (interface = list; interface != NULL && number > 1; interface = interface->next)
        number--;
    if (interface != NULL && number == 1)
        snprintf(name, room, "%s", interface->name);
    pcap_freealldevs(list);
    return interface != NULL && number == 1 ? name : word;
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
    if (count >= 0)
        printf("Data link types for %s (use option -y to set):\n", interface);
    for (i = 0; i < count; i++) {
        const char *name = pcap_datalink_val_to_name(list[i]);
        const char *text = pcap_datalink_val_to_description(list[i]);

        printf("  %s (%s)\n", name == NULL ? "?" : name, text == NULL ? "not named" : text);
    }
    if (count >= 0)
        pcap_free_datalinks(list);
    pcap_close(pcap);
    return count < 0 ? -1 : printed(error, room);
}

int capture_link_type_by_name(const char *name)
{
    return pcap_datalink_name_to_val(name);
}

const char *capture_link_type_name(uint32_t link_type)
{
    return pcap_datalink_val_to_name(link_type == PFG_LINK_RAW ? DLT_RAW : (int)link_type);
}
