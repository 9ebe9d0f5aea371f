/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tally.h - what is counted for the summary: one kind of entry for all its sections. */
#ifndef PFG_CAPTURE_TALLY_H
#define PFG_CAPTURE_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/mixed.h"
#include "proto/out.h"

enum capture_section {
    CAPTURE_TALKERS,
    CAPTURE_CONNECTIONS,
    CAPTURE_KINDS,
    CAPTURE_DNS_TYPES,
    CAPTURE_DNS_RESULTS,
    CAPTURE_DNS_NAMES,
    CAPTURE_DISCOVERY,
    CAPTURE_PROBLEMS,
    CAPTURE_SECTIONS
};

/* One thing that is counted. [0]: sent, or requests; [1]: received, or replies. */
struct capture_tally {
    uint64_t key;
    enum capture_section section;
    uint64_t count[2], bytes[2];
    uint64_t errors;
    uint64_t first_ns, last_ns;
    uint64_t latencies, latency_sum_ns, latency_min_ns, latency_max_ns;
    struct capture_tally *next; /* of its section, in the order of appearance */
    char text[];                /* what it is */
};

/* Entries by their keys; it owns them. room is 0 or a power of two, half of it at most is used. */
struct capture_slot {
    uint64_t key;
    struct capture_tally *tally; /* NULL: free */
};
struct capture_index {
    struct capture_slot *slots;
    size_t count, room;
};

/* NULL: there is none. */
struct capture_tally *capture_index_find(const struct capture_index *index, uint64_t key);
/* A key that is looked for soon. */
void capture_index_prefetch(const struct capture_index *index, uint64_t key);
/* Bytes of memory that one more entry takes beside itself. */
size_t capture_index_cost(const struct capture_index *index);
/* Adds an entry whose key is not there. 0, or -1 when memory is out. */
int capture_index_add(struct capture_index *index, struct capture_tally *tally);
void capture_index_free(struct capture_index *index);

struct capture_summary {
    struct capture_index index;
    struct capture_tally *first[CAPTURE_SECTIONS], *last[CAPTURE_SECTIONS];
    struct capture_tally *last_source, *last_destination; /* talkers of the packet before */
    struct pfg_out scratch;
    size_t memory, max_bytes;
    uint64_t entries[CAPTURE_SECTIONS];
    uint64_t beyond; /* things not counted, since memory was at its bound */
    uint64_t packets, bytes, first_ns, last_ns, messages;
};

#endif
