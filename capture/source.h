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
    char *filter;       /* owned; NULL none */
    uint32_t link_type; /* LINKTYPE_ */
    uint32_t snap_length;
    bool nano;         /* times have nanoseconds */
    uint64_t begun_ns; /* when the capture began, wall clock; 0 = not known */
    struct capture_counts counts;
    const void *series; /* of the files that it is from; NULL none */
    bool declared;      /* (series) by the file that is read now */
};

/* Bytes that a copy begins with as they are, see pcapng_keep.c. */
struct capture_kept {
    uint8_t *bytes;
    size_t size, room;
};
void capture_kept_free(struct capture_kept *kept);

/* All of them; their places are their numbers, and do not change. And what pcapng files say
 * besides: whole blocks, and comments of sections as options; left_out: how many of either are not
 * kept. */
struct capture_interfaces {
    struct capture_interface **list;
    uint32_t count, room;
    struct capture_kept blocks, comments;
    uint32_t left_out;
};

/* Appends an empty one and returns it; NULL when memory is out. */
struct capture_interface *capture_interfaces_add(struct capture_interfaces *interfaces);
/* What a file says of the interface appended last is complete. Where files follow each other under
 * one name (series: what they have in common; NULL: none do), and an earlier one had the same
 * interface, it is that one again, and the last is taken back. Returns its number. */
uint32_t capture_interfaces_settle(struct capture_interfaces *interfaces, const void *series);
/* Another file of the series begins. */
void capture_interfaces_follow(struct capture_interfaces *interfaces, const void *series);
void capture_interfaces_free(struct capture_interfaces *interfaces);

struct capture_packet {
    struct pfg_packet packet;
    uint32_t interface;
    bool options_swapped;
    uint32_t options_size;
    const uint8_t *options; /* of its pcapng block, see capture/pcapng.h; borrowed; NULL none */
    /* Where the packet that the source hands out next is there already: */
    const uint8_t *next; /* its bytes; NULL: it is not known */
    uint32_t next_caplen, next_len;
};

/* The packet's next comment; *at is 0 for the first, and is moved on. False: there is none. */
bool capture_packet_comment(const struct capture_packet *packet, uint32_t *at, const char **text,
                            uint32_t *size);

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
    /* How far the files were read, see capture_source_progress; NULL: input tells. */
    void (*progress)(const struct capture_source *source, uint64_t *read, uint64_t *bytes);
    const struct capture_input *input; /* of one file; NULL otherwise */
    bool failed; /* it goes on, or went on to its end, but something that was said is missing */
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
/* Prints the filter as it is compiled for the first interface, in tcpdump's form (1: -d, 2: -dd,
 * 3: -ddd). 0, or -1 with error. */
int capture_live_print_filter(const struct capture_live_options *options, unsigned form,
                              char *error, size_t room);
/* A pcap or pcapng file, compressed or not; "-": the standard input. tail: wait for more at the
 * end of a regular file. series: see capture_interfaces_settle. */
struct capture_source *capture_file_open(const char *path, bool tail, const void *series,
                                         struct capture_interfaces *interfaces, char *error,
                                         size_t room);
/* A file that grows: waits for more at its end, and goes on with the file that takes its place, or
 * from its beginning where it was cut. What is no regular file has an end as always. */
struct capture_source *capture_tail_open(const char *path, struct capture_interfaces *interfaces,
                                         char *error, size_t room);
/* Bytes that were read of the files, and that they have; *bytes = 0: not known. */
void capture_source_progress(const struct capture_source *source, uint64_t *read, uint64_t *bytes);
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
