/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * source.h - where packets come from: interfaces, pcap and pcapng files, several of either. A
 * source hands out one packet at a time; its bytes are borrowed until the next one is asked for.
 */
#ifndef PFG_CAPTURE_SOURCE_H
#define PFG_CAPTURE_SOURCE_H

#include "capture/input.h"
#include "capture/ledger.h"
#include "proto/layers.h"

/* One interface of a capture, live or out of a file. */
struct capture_interface {
    char name[128];
    char description[256];
    char filter[512];
    uint32_t link_type; /* LINKTYPE_ */
    uint32_t snap_length;
    bool nano; /* times have nanoseconds */
    struct capture_counts counts;
};

/* All of them; their places are their numbers, and do not change. */
struct capture_interfaces {
    struct capture_interface **list;
    uint32_t count, room;
};

/* Appends an empty one and returns it; NULL when memory is out. */
struct capture_interface *capture_interfaces_add(struct capture_interfaces *interfaces);
void capture_interfaces_free(struct capture_interfaces *interfaces);

struct capture_packet {
    struct pfg_packet packet;
    uint32_t interface;
    uint32_t comment_size;
    const char *comment; /* borrowed; NULL none */
};

enum capture_next {
    CAPTURE_ERROR = -1,
    CAPTURE_END = 0,
    CAPTURE_PACKET = 1,
    CAPTURE_IDLE = 2, /* none now; poll, and ask again */
};

/* A source. The functions are its own; error says why next gave CAPTURE_ERROR. */
struct capture_source {
    enum capture_next (*next)(struct capture_source *source, struct capture_packet *packet);
    void (*close)(struct capture_source *source);
    /* Brings the interfaces' counts up to date; NULL: nothing to do. */
    void (*count)(struct capture_source *source);
    /* Stops taking packets in; those already taken are still handed out; NULL: nothing to do. */
    void (*stop)(struct capture_source *source);
    /* Waits at most so many ms for packets, or until wake_fd is readable; NULL: never idle. */
    void (*wait)(struct capture_source *source, int wake_fd, int timeout_ms);
    struct capture_interfaces *interfaces;
    const struct capture_input *input; /* of one file, for progress; NULL otherwise */
    char error[512];
};

/* Options of live capture. */
struct capture_live_options {
    const char *const *names; /* of interfaces */
    size_t count;
    const char *filter;   /* NULL none */
    bool filter_optional; /* where the link type cannot have it, go without */
    uint32_t snap_length;
    uint64_t buffer_bytes; /* 0 = libpcap's */
    bool no_promiscuous, monitor, immediate, optimize;
    bool prompt;                 /* somebody watches: hand over soon */
    bool micro;                  /* take microseconds even where nanoseconds can be had */
    int link_type;               /* DLT_ wanted, -1 = the interface's own */
    const char *direction;       /* in, out, inout, NULL */
    const char *time_stamp_type; /* NULL = the interface's own */
};

/*
 * Each opens a source, whose interfaces are appended to interfaces, and returns it, or NULL with
 * the reason in error, a line without the tool's name.
 */
struct capture_source *capture_live_open(const struct capture_live_options *options,
                                         struct capture_interfaces *interfaces, char *error,
                                         size_t room);
/* A pcap or pcapng file, compressed or not; "-": the standard input. tail: wait for more at the
 * end. */
struct capture_source *capture_file_open(const char *path, bool tail,
                                         struct capture_interfaces *interfaces, char *error,
                                         size_t room);
/* Several sources as one, in the order of time. Owns them, also where it fails. */
struct capture_source *capture_merge_open(struct capture_source **sources, size_t count,
                                          struct capture_interfaces *interfaces, char *error,
                                          size_t room);

/* Formats of capture_file_open: the input stands at the magic. *error only when NULL. */
struct capture_source *capture_pcap_open(struct capture_input *input,
                                         struct capture_interfaces *interfaces, char *error,
                                         size_t room);
struct capture_source *capture_pcapng_open(struct capture_input *input,
                                           struct capture_interfaces *interfaces, char *error,
                                           size_t room);

/* Greatest number of bytes that a packet in a file may have. */
#define CAPTURE_PACKET_MAX (256U * 1024)

#endif
