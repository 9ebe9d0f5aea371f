/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sink.h - where packets are written: pcap or pcapng, one file or a row of files that follow each
 * other. Formats know how a packet becomes a record; the ring knows which file is next.
 */
#ifndef PFG_CAPTURE_SINK_H
#define PFG_CAPTURE_SINK_H

#include "capture/output.h"
#include "capture/source.h"

enum capture_format { CAPTURE_FORMAT_AUTO, CAPTURE_FORMAT_PCAP, CAPTURE_FORMAT_PCAPNG };

/* The format that a file's name has in it: .pcapng, .ntar; .pcap, .cap, .dmp; compressed or not. */
enum capture_format capture_format_of_name(const char *path);

/* Greatest number of bytes of a comment: an option's size has 16 bits. */
#define CAPTURE_COMMENT_MAX 65535

/* How files follow each other. 0 = never for that reason. */
struct capture_ring {
    uint64_t file_bytes;
    uint64_t interval_ns; /* of packet time */
    uint64_t file_packets;
    uint32_t files;      /* how many are kept (tcpdump -C -W, dumpcap -b files:) */
    uint32_t stop_files; /* end after so many (tcpdump -G -W, dumpcap -a files:) */
    bool numbered;       /* dumpcap's names: NAME_00001_20260102030405.pcap */
    bool aligned;        /* intervals begin at multiples of themselves (dumpcap -b interval:) */
};

struct capture_sink_options {
    const char *path;
    enum capture_format format;
    struct capture_ring ring;
    const char *comment;  /* of the capture; NULL none */
    const char *filter;   /* for pcapng's application of packets; NULL none */
    bool packet_buffered; /* -U: into the file at once */
    bool micro;           /* microseconds, even where nanoseconds are known */
};

struct capture_sink {
    struct capture_sink_options options;
    const struct capture_interfaces *interfaces;
    struct capture_output output;
    enum capture_format format;
    char path[4096];             /* of the file that is open */
    char stem[4096];             /* its name before a number is added (tcpdump's names) */
    char **names;                /* files of the ring, to remove the oldest; NULL none */
    uint32_t number;             /* of the file, from 0 */
    uint32_t repeated;           /* files before it with the same stem */
    uint64_t file_packets;       /* in this file */
    uint64_t begun_ns;           /* when the interval (-G) began, packet time */
    uint64_t next_ns;            /* when the next file begins, packet time */
    uint64_t written;            /* packets, all files */
    uint32_t interfaces_written; /* pcapng: descriptions in this file */
    size_t kept_written;         /* pcapng: bytes of blocks that came along, in this file */
    uint32_t link_type;          /* pcap: the one of the file */
    bool nano, open, full;       /* full: the ring's last file is complete */
    bool failed;                 /* a file could not be written: what comes now is lost */
    int no_room;                 /* why: there is no room, a negative errno; 0 not that */
    char error[4608];            /* why a function gave -1; of a full disk, with all lost by now */
};

/* The file is opened with the first packet, or by capture_sink_begin. */
int capture_sink_init(struct capture_sink *sink, const struct capture_sink_options *options,
                      const struct capture_interfaces *interfaces);
/* Opens the first file now, so that what is wrong with it is known before the capture. */
int capture_sink_begin(struct capture_sink *sink, uint64_t now_ns);
/* 0, or -1: the packet is counted as lost. */
int capture_sink_write(struct capture_sink *sink, const struct capture_packet *packet);
int capture_sink_flush(struct capture_sink *sink);
/* Ends the file and begins the next one (SIGHUP). What is no file on a disk, as the standard output
 * and named pipes, has no next one. */
int capture_sink_next_file(struct capture_sink *sink, uint64_t now_ns);
/* Begins the next file where it is its time, though no packet comes (dumpcap's rings). now_ns: wall
 * clock. */
int capture_sink_tick(struct capture_sink *sink, uint64_t now_ns);
/* Ends the file; statistics are written where the format has them. */
int capture_sink_close(struct capture_sink *sink);

/* pcap_write.c, pcapng_write.c: records of the two formats. 0, or -1 with sink->error. */
int capture_pcap_begin(struct capture_sink *sink);
int capture_pcap_write(struct capture_sink *sink, const struct capture_packet *packet);
int capture_pcapng_begin(struct capture_sink *sink);
int capture_pcapng_write(struct capture_sink *sink, const struct capture_packet *packet);
int capture_pcapng_end(struct capture_sink *sink);
size_t capture_pcap_record_size(const uint8_t *record, bool *packet);
size_t capture_pcapng_record_size(const uint8_t *record, bool *packet);

/* Says in sink->error that writing failed, and why. Returns -1. */
int capture_sink_fail(struct capture_sink *sink, int error);

/* ring.c: the name of the file that begins now, in sink->path. 0, or -1: the name does not fit. */
int capture_ring_name(struct capture_sink *sink, uint64_t now_ns);
/* Whether the file has this many bytes; 0: never. */
bool capture_ring_reached(const struct capture_sink *sink, uint64_t bytes);
/* Whether the packet belongs into the next file. */
bool capture_ring_turns(const struct capture_sink *sink, const struct capture_packet *packet);
/* Whether it is time for the next file, packet or not. */
bool capture_ring_due(const struct capture_sink *sink, uint64_t now_ns);
/* Whether the file that is open is the last one. */
bool capture_ring_full(const struct capture_sink *sink);
/* Notes the file that was opened and removes the one that is too old. */
void capture_ring_opened(struct capture_sink *sink, uint64_t now_ns);

#endif
