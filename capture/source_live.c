/* SPDX-License-Identifier: GPL-2.0-or-later */
/* source_live.c - packets from interfaces, through libpcap. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <net/if.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "capture/interfaces.h"
#include "capture/source.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/privilege.h"

/* The kernel hands packets over after this time at the latest, even where its block is not full:
 * where somebody watches, and where nobody does. */
enum { PROMPT_MS = 10, HAND_OVER_MS = 100 };
/* The kernel's buffer where none is asked for. libpcap's own 2 MiB hold eight packets of the
 * greatest length when each is handed over at once. */
#define BUFFER_BYTES           (16 << 20)
#define IMMEDIATE_BUFFER_BYTES (64 << 20)
/* Packets taken from one interface before the next one's turn. */
#define TURN                   64U

struct handle {
    pcap_t *pcap;
    int fd;
    uint32_t interface;
    struct capture_wrapped received, dropped, dropped_interface;
    uint64_t kept;
    uint32_t link_type;
    uint32_t time_scale; /* tv_usec to ns */
    bool gone;
};

struct live {
    struct capture_source source;
    struct handle *handles;
    size_t count, turn;
    uint32_t taken; /* in this turn */
    bool immediate, stopping;
    int hand_over_ms;
    uint64_t stop_ns; /* when stopping: nothing more is to be expected after this time */
};

/* What pcap_activate's codes mean, and what to do about it. */
static void explain(const char *name, int code, pcap_t *pcap, char *error, size_t room)
{
    char advice[256];
    bool denied = code == PCAP_ERROR_PERM_DENIED || code == PCAP_ERROR_PROMISC_PERM_DENIED;

    /* Without the right to look, libpcap says of any name that it has none. */
    if (code == PCAP_ERROR_NO_SUCH_DEVICE ||
        (denied && strcmp(name, "any") != 0 && if_nametoindex(name) == 0))
        snprintf(error, room, "interface %s: there is no such interface; pfgcap -D lists them",
                 name);
    else if (denied)
        snprintf(error, room, "interface %s: no right to capture; %s", name,
                 pfg_privilege_advice(CAP_NET_RAW, advice, sizeof advice));
    else if (code == PCAP_ERROR_IFACE_NOT_UP)
        snprintf(error, room, "interface %s: it is down; ip link set %s up", name, name);
    else if (code == PCAP_ERROR)
        snprintf(error, room, "interface %s: %s", name, pcap_geterr(pcap));
    else
        snprintf(error, room, "interface %s: %s", name, pcap_statustostr(code));
}

static int set_up(pcap_t *pcap, const struct capture_live_options *options, const char *name,
                  char *error, size_t room)
{
    int type;

    pcap_set_snaplen(pcap, (int)options->snap_length);
    pcap_set_promisc(pcap, !options->no_promiscuous && strcmp(name, "any") != 0);
    pcap_set_timeout(pcap, options->prompt ? PROMPT_MS : HAND_OVER_MS);
    pcap_set_buffer_size(pcap, options->immediate ? IMMEDIATE_BUFFER_BYTES : BUFFER_BYTES);
    pcap_set_immediate_mode(pcap, options->immediate);
    if (options->monitor)
        pcap_set_rfmon(pcap, 1);
    if (options->buffer_bytes > 0)
        pcap_set_buffer_size(pcap, options->buffer_bytes > INT32_MAX ? INT32_MAX
                                                                     : (int)options->buffer_bytes);
    if (!options->micro)
        (void)pcap_set_tstamp_precision(pcap, PCAP_TSTAMP_PRECISION_NANO);
    if (options->time_stamp_type == NULL)
        return 0;
    type = pcap_tstamp_type_name_to_val(options->time_stamp_type);
    if (type >= 0 && pcap_set_tstamp_type(pcap, type) == 0)
        return 0;
    snprintf(error, room, "interface %s: it cannot take time stamps of type %s", name,
             options->time_stamp_type);
    return -1;
}

static int set_direction(pcap_t *pcap, const char *direction)
{
    if (direction == NULL || strcmp(direction, "inout") == 0)
        return 0;
    return pcap_setdirection(pcap, strcmp(direction, "in") == 0 ? PCAP_D_IN : PCAP_D_OUT);
}

static int compile(pcap_t *pcap, const struct capture_live_options *options, const char *name,
                   struct bpf_program *program, char *error, size_t room)
{
    char message[PCAP_ERRBUF_SIZE];
    bpf_u_int32 network, mask;

    if (pcap_lookupnet(name, &network, &mask, message) != 0)
        mask = 0; /* as tcpdump: "ip broadcast" is then 255.255.255.255 */
    /* The mask comes in network order, and is compared with what BPF loads, which is in ours. */
    if (pcap_compile(pcap, program, options->filter, options->optimize, ntohl(mask)) == 0)
        return 0;
    snprintf(error, room, "capture filter \"%s\": %s", options->filter, pcap_geterr(pcap));
    return -1;
}

static int set_filter(pcap_t *pcap, const struct capture_live_options *options, const char *name,
                      char *error, size_t room)
{
    struct bpf_program program;
    int result;

    if (options->filter == NULL || options->filter[0] == '\0')
        return 0;
    if (compile(pcap, options, name, &program, error, room) != 0)
        return options->filter_optional ? 0 : -1;
    result = pcap_setfilter(pcap, &program);
    pcap_freecode(&program);
    if (result != 0)
        snprintf(error, room, "capture filter \"%s\": %s", options->filter, pcap_geterr(pcap));
    return result;
}

/* The link type that was asked for; of "any" the one that tells the interface too. */
static int set_link_type(pcap_t *pcap, const struct capture_live_options *options, const char *name,
                         char *error, size_t room)
{
    if (options->link_type >= 0 && pcap_set_datalink(pcap, options->link_type) != 0) {
        snprintf(error, room, "interface %s: %s; pfgcap -i %s -L lists its link types", name,
                 pcap_geterr(pcap), name);
        return -1;
    }
    if (options->link_type < 0 && strcmp(name, "any") == 0)
        (void)pcap_set_datalink(pcap, DLT_LINUX_SLL2);
    return 0;
}

/* After activation. */
static int finish_set_up(pcap_t *pcap, const struct capture_live_options *options, const char *name,
                         char *error, size_t room)
{
    char message[PCAP_ERRBUF_SIZE];

    if (set_link_type(pcap, options, name, error, room) != 0 ||
        set_filter(pcap, options, name, error, room) != 0)
        return -1;
    if (set_direction(pcap, options->direction) != 0) {
        snprintf(error, room, "interface %s: %s", name, pcap_geterr(pcap));
        return -1;
    }
    if (pcap_setnonblock(pcap, 1, message) != 0) {
        snprintf(error, room, "interface %s: %s", name, message);
        return -1;
    }
    return 0;
}

static void describe(struct capture_interface *interface, const char *name, pcap_t *pcap,
                     const struct capture_live_options *options)
{
    int link_type = pcap_datalink(pcap);

    snprintf(interface->name, sizeof interface->name, "%s", name);
    if (options->filter != NULL)
        interface->filter = strdup(options->filter);
    interface->link_type = link_type == DLT_RAW ? PFG_LINK_RAW : (uint32_t)link_type;
    interface->snap_length = (uint32_t)pcap_snapshot(pcap);
    interface->nano = pcap_get_tstamp_precision(pcap) == PCAP_TSTAMP_PRECISION_NANO;
    interface->counts.known = CAPTURE_COUNT_LIVE;
    interface->begun_ns = pfg_clock_wall_ns();
}

/* Opens the interface; NULL with error. */
static pcap_t *activate(const char *name, const struct capture_live_options *options, char *error,
                        size_t room)
{
    char message[PCAP_ERRBUF_SIZE];
    pcap_t *pcap = pcap_create(name, message);
    int result;

    if (pcap == NULL) {
        snprintf(error, room, "interface %s: %s", name, message);
        return NULL;
    }
    if (set_up(pcap, options, name, error, room) == 0) {
        result = pcap_activate(pcap);
        if (result >= 0)
            return pcap;
        explain(name, result, pcap, error, room);
    }
    pcap_close(pcap);
    return NULL;
}

static int open_one(struct live *live, const char *word, const struct capture_live_options *options,
                    char *error, size_t room)
{
    struct handle *handle = &live->handles[live->count];
    struct capture_interface *interface;
    char numbered[sizeof interface->name];
    const char *name = capture_interface_name(word, numbered, sizeof numbered);

    handle->pcap = activate(name, options, error, room);
    if (handle->pcap == NULL)
        return -1;
    live->count++;
    if (finish_set_up(handle->pcap, options, name, error, room) != 0)
        return -1;
    interface = capture_interfaces_add(live->source.interfaces);
    if (interface == NULL) {
        snprintf(error, room, "interface %s: out of memory", name);
        return -1;
    }
    describe(interface, name, handle->pcap, options);
    handle->interface = live->source.interfaces->count - 1;
    handle->link_type = interface->link_type;
    handle->time_scale = interface->nano ? 1 : 1000;
    handle->fd = pcap_get_selectable_fd(handle->pcap);
    return 0;
}

int capture_live_print_filter(const struct capture_live_options *options, unsigned form,
                              char *error, size_t room)
{
    char numbered[128];
    const char *name = capture_interface_name(options->names[0], numbered, sizeof numbered);
    struct bpf_program program;
    pcap_t *pcap = activate(name, options, error, room);
    int result = -1;

    if (pcap == NULL)
        return -1;
    if (set_link_type(pcap, options, name, error, room) == 0 &&
        compile(pcap, options, name, &program, error, room) == 0) {
        bpf_dump(&program, (int)form);
        pcap_freecode(&program);
        result = 0;
    }
    pcap_close(pcap);
    return result;
}

/* ---- Packets ----------------------------------------------------------------------------- */

/* The interface is no more. */
static void on_gone(struct live *live, struct handle *handle)
{
    const struct capture_interface *interface = live->source.interfaces->list[handle->interface];

    handle->gone = true;
    pfg_warn("interface %s: %s; what it brought until now is kept", interface->name,
             pcap_geterr(handle->pcap));
}

static bool take(struct live *live, struct handle *handle, struct capture_packet *packet)
{
    struct pcap_pkthdr *header;
    const u_char *bytes;
    int result = pcap_next_ex(handle->pcap, &header, &bytes);

    if (result < 0)
        on_gone(live, handle);
    if (result != 1)
        return false;
    handle->kept++;
    packet->packet.bytes = bytes;
    packet->packet.caplen = header->caplen;
    packet->packet.len = header->len;
    packet->packet.link_type = handle->link_type;
    packet->packet.time_ns = (uint64_t)header->ts.tv_sec * PFG_NS_PER_S +
                             (uint64_t)header->ts.tv_usec * handle->time_scale;
    packet->interface = handle->interface;
    packet->options = NULL;
    return true;
}

static enum capture_next live_next(struct capture_source *source, struct capture_packet *packet)
{
    struct live *live = (struct live *)(void *)source;
    size_t tried, left = 0;

    for (tried = 0; tried <= live->count; tried++) {
        struct handle *handle = &live->handles[live->turn];

        if (live->taken < TURN && !handle->gone && take(live, handle, packet)) {
            live->taken++;
            return CAPTURE_PACKET;
        }
        left += handle->gone ? 0 : 1;
        live->taken = 0;
        live->turn = (live->turn + 1) % live->count;
    }
    if (left == 0 || (live->stopping && pfg_clock_ns() >= live->stop_ns))
        return CAPTURE_END;
    return CAPTURE_IDLE;
}

static void live_wait(struct capture_source *source, int wake_fd, int timeout_ms)
{
    struct live *live = (struct live *)(void *)source;
    struct pollfd polled[64];
    nfds_t count = 0;
    size_t i;

    polled[count++] = (struct pollfd){ .fd = live->stopping ? -1 : wake_fd, .events = POLLIN };
    for (i = 0; i < live->count && count < sizeof polled / sizeof polled[0]; i++) {
        if (!live->handles[i].gone)
            polled[count++] = (struct pollfd){ .fd = live->handles[i].fd, .events = POLLIN };
    }
    if (live->stopping || timeout_ms < 0 || timeout_ms > HAND_OVER_MS)
        timeout_ms = live->stopping ? 10 : HAND_OVER_MS;
    (void)poll(polled, count, timeout_ms);
}

static void live_count(struct capture_source *source)
{
    struct live *live = (struct live *)(void *)source;
    size_t i;

    for (i = 0; i < live->count; i++) {
        struct handle *handle = &live->handles[i];
        struct capture_counts *counts = &source->interfaces->list[handle->interface]->counts;
        struct pcap_stat now;

        /* The socket keeps its figures when the interface is gone. */
        if (pcap_stats(handle->pcap, &now) == 0) {
            capture_wrapped_read(&handle->received, now.ps_recv);
            capture_wrapped_read(&handle->dropped, now.ps_drop);
            capture_wrapped_read(&handle->dropped_interface, now.ps_ifdrop);
        }
        counts->received = handle->received.total;
        counts->dropped_kernel = handle->dropped.total;
        counts->dropped_interface = handle->dropped_interface.total;
        counts->kept = handle->kept;
        counts->time_ns = pfg_clock_wall_ns();
    }
}

/* Lets nothing more into the kernel's buffers, so that they run empty and the figures add up. */
static void live_stop(struct capture_source *source)
{
    struct live *live = (struct live *)(void *)source;
    struct sock_filter nothing[] = { BPF_STMT(BPF_RET | BPF_K, 0) };
    struct sock_fprog program = { .len = 1, .filter = nothing };
    size_t i;

    if (live->stopping)
        return;
    for (i = 0; i < live->count; i++) {
        if (!live->handles[i].gone)
            (void)setsockopt(pcap_fileno(live->handles[i].pcap), SOL_SOCKET, SO_ATTACH_FILTER,
                             &program, sizeof program);
    }
    live->stopping = true;
    live->stop_ns =
        pfg_clock_ns() + (live->immediate ? 0 : 2 * (uint64_t)live->hand_over_ms * PFG_NS_PER_MS);
}

static void live_close(struct capture_source *source)
{
    struct live *live = (struct live *)(void *)source;
    size_t i;

    for (i = 0; i < live->count; i++)
        pcap_close(live->handles[i].pcap);
    free(live->handles);
    free(live);
}

struct capture_source *capture_live_open(const struct capture_live_options *options,
                                         struct capture_interfaces *interfaces, char *error,
                                         size_t room)
{
    struct live *live = calloc(1, sizeof *live);
    size_t i;

    if (live != NULL)
        live->handles = calloc(options->count, sizeof *live->handles);
    if (live == NULL || live->handles == NULL) {
        snprintf(error, room, "out of memory");
        free(live);
        return NULL;
    }
    live->immediate = options->immediate;
    live->hand_over_ms = options->prompt ? PROMPT_MS : HAND_OVER_MS;
    live->source.next = live_next;
    live->source.close = live_close;
    live->source.count = live_count;
    live->source.stop = live_stop;
    live->source.wait = live_wait;
    live->source.interfaces = interfaces;
    for (i = 0; i < options->count; i++) {
        if (open_one(live, options->names[i], options, error, room) != 0) {
            live_close(&live->source);
            return NULL;
        }
    }
    return &live->source;
}
