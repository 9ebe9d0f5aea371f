/* SPDX-License-Identifier: GPL-2.0-or-later */
/* source_live.c - packets from interfaces, through libpcap. */
#include <linux/filter.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "capture/interfaces.h"
#include "capture/live.h"
#include "common/clock.h"
#include "common/log.h"

/* Packets taken from one interface before the next one's turn. */
#define TURN 64U

struct handle {
    pcap_t *pcap;
    int fd;
    uint32_t interface;
    struct capture_wrapped received, dropped, dropped_interface;
    uint64_t kept;
    uint32_t link_type;
    uint32_t time_scale; /* tv_usec to ns */
    bool vanished;       /* the interface is no more */
    bool gone;           /* and what it had brought has been taken: nothing comes after gone_ns */
    uint64_t gone_ns;
};

struct live {
    struct capture_source source;
    struct handle *handles;
    size_t count, turn;
    uint32_t taken; /* in this turn */
    uint32_t snap_length;
    bool immediate, stopping;
    int hand_over_ms;
    uint64_t stop_ns; /* when stopping: nothing more is to be expected after this time */
};

static int open_one(struct live *live, const char *word, const struct capture_live_options *options,
                    char *error, size_t room)
{
    struct handle *handle = &live->handles[live->count];
    struct capture_interface *interface;
    char numbered[sizeof interface->name];
    const char *name = capture_interface_name(word, numbered, sizeof numbered);

    handle->pcap = capture_live_activate(name, options, error, room);
    if (handle->pcap == NULL)
        return -1;
    live->count++;
    interface = capture_interfaces_add(live->source.interfaces);
    if (interface == NULL) {
        snprintf(error, room, "interface %s: out of memory", name);
        return -1;
    }
    capture_live_describe(interface, name, handle->pcap, options);
    handle->interface = live->source.interfaces->count - 1;
    handle->link_type = interface->link_type;
    handle->time_scale = interface->nano ? 1 : 1000;
    handle->fd = pcap_get_selectable_fd(handle->pcap);
    return 0;
}

/* ---- Packets ----------------------------------------------------------------------------- */

/* Nothing more comes, but the kernel has what it has not handed over yet. */
static void expect_last(const struct live *live, uint64_t *until_ns)
{
    *until_ns =
        pfg_clock_ns() + (live->immediate ? 0 : 2 * (uint64_t)live->hand_over_ms * PFG_NS_PER_MS);
}

/* The interface is no more. */
static void on_vanished(struct live *live, struct handle *handle)
{
    const struct capture_interface *interface = live->source.interfaces->list[handle->interface];

    if (handle->vanished)
        return;
    handle->vanished = live->source.failed = true;
    expect_last(live, &handle->gone_ns);
    pfg_fail("interface %s: %s; what it brought until now is kept", interface->name,
             pcap_geterr(handle->pcap));
}

static bool take(struct live *live, struct handle *handle, struct capture_packet *packet)
{
    struct pcap_pkthdr *header;
    const u_char *bytes;
    int result = pcap_next_ex(handle->pcap, &header, &bytes);

    if (result < 0)
        on_vanished(live, handle);
    if (result != 1) {
        handle->gone = handle->vanished && pfg_clock_ns() >= handle->gone_ns;
        return false;
    }
    handle->kept++;
    packet->packet.bytes = bytes;
    packet->packet.caplen = header->caplen < live->snap_length ? header->caplen : live->snap_length;
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
    bool ending = live->stopping;
    nfds_t count = 0;
    size_t i;

    polled[count++] = (struct pollfd){ .fd = live->stopping ? -1 : wake_fd, .events = POLLIN };
    for (i = 0; i < live->count && count < sizeof polled / sizeof polled[0]; i++) {
        if (!live->handles[i].vanished)
            polled[count++] = (struct pollfd){ .fd = live->handles[i].fd, .events = POLLIN };
        ending = ending || (live->handles[i].vanished && !live->handles[i].gone);
    }
    if (ending || timeout_ms < 0 || timeout_ms > CAPTURE_HAND_OVER_MS)
        timeout_ms = ending ? 10 : CAPTURE_HAND_OVER_MS;
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
        if (!live->handles[i].vanished)
            (void)setsockopt(pcap_fileno(live->handles[i].pcap), SOL_SOCKET, SO_ATTACH_FILTER,
                             &program, sizeof program);
    }
    live->stopping = true;
    expect_last(live, &live->stop_ns);
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
    live->hand_over_ms = capture_live_hand_over_ms(options);
    live->snap_length = options->snap_length;
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
