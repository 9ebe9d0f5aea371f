/* SPDX-License-Identifier: GPL-2.0-or-later */
/* options.h - what pfgcap was asked to do: the table of options and the struct they fill. */
#ifndef PFG_CAPTURE_OPTIONS_H
#define PFG_CAPTURE_OPTIONS_H

#include "capture/print.h"
#include "capture/sink.h"
#include "common/options.h"

enum capture_mode {
    CAPTURE_MODE_TEXT,
    CAPTURE_MODE_JSON,
    CAPTURE_MODE_FIELDS,
};

/* Files that a ring may have. */
enum { CAPTURE_FILES_MAX = 1000000 };

enum capture_when { CAPTURE_NEVER, CAPTURE_AUTO, CAPTURE_ALWAYS };

struct capture_config {
    /* Where from. */
    struct pfg_words interfaces, reads;
    bool no_promiscuous, monitor, immediate, micro, nano, no_optimize, tail;
    uint32_t snap_length;
    uint64_t buffer_kib;
    const char *filter_file, *link_type, *direction, *time_stamp_type;
    /* What happens. */
    bool list_interfaces, list_link_types, markdown;
    const char *describe; /* "": all; NULL: not asked for */
    unsigned dump_filter; /* -d, -dd, -ddd */
    uint64_t count;
    struct pfg_words stops; /* -a */
    uint64_t stop_duration_ns, stop_bytes;
    /* Where to. */
    const char *write;
    enum capture_format format;
    struct pfg_words ring_words; /* -b */
    struct capture_ring ring;
    uint64_t rotate_ns;    /* -G */
    uint64_t rotate_bytes; /* -C */
    uint32_t files;        /* -W */
    const char *comment;
    bool packet_buffered, print_too;
    /* How it is shown. */
    enum capture_mode mode;
    const char *fields;
    struct pfg_words field_options; /* -E */
    const char *where;
    unsigned verbose, time, hex, hex_ascii, ascii;
    bool quiet, quick, link, number, bits, line_buffered, names, absolute;
    enum capture_when color;
    bool summary, no_pairs, checksums, no_progress;
    /* Bounds. */
    uint64_t stream_memory, pair_memory;
    /* Made from these by capture_config_finish. */
    int link_number; /* of link_type; -1 none */
    struct capture_print_options print;
};

extern const struct pfg_command capture_command;

/* The defaults. */
void capture_config_init(struct capture_config *config);
/* Checks what belongs together, with so many words behind the options, and reads -a, -b, -C, -G. 0,
 * or -1 with a sentence in why. */
int capture_config_finish(struct capture_config *config, size_t words, char *why, size_t room);
void capture_config_free(struct capture_config *config);

#endif
