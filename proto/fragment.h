/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fragment.h - joins IPv4 and IPv6 fragments to datagrams (RFC 791, 3.2; RFC 8200, 4.5; RFC 815).
 * Memory is bounded and datagrams that stay incomplete are given up after a time. A joined datagram
 * is owned here and is good until the next call.
 */
#ifndef PFG_PROTO_FRAGMENT_H
#define PFG_PROTO_FRAGMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One fragment as it was seen. src and dst are 4 or 16 bytes. */
struct pfg_fragment {
    uint8_t family;   /* 4 or 6 */
    uint8_t protocol; /* of the payload; tells IPv4 datagrams apart, not IPv6 ones */
    bool more;        /* it is not the last one */
    const uint8_t *src, *dst;
    uint32_t vlans;      /* tags tell datagrams apart: networks may use the same addresses */
    uint32_t id, offset; /* offset in bytes */
    const uint8_t *bytes;
    uint32_t size, wire_size; /* captured, on the wire */
    uint64_t time_ns;
};

/* The payload of a whole datagram. */
struct pfg_datagram {
    const uint8_t *bytes;
    uint32_t size, wire_size; /* captured up to the first cut, on the wire */
    uint8_t protocol;         /* of the first fragment */
};

enum pfg_fragment_result {
    PFG_FRAGMENT_KEPT,     /* more are to come */
    PFG_FRAGMENT_DONE,     /* *joined is the datagram */
    PFG_FRAGMENT_REPEATED, /* nothing new in it */
    PFG_FRAGMENT_BAD, /* does not fit the others, or makes no sense: the datagram is given up */
    PFG_FRAGMENT_NO_MEMORY,
};

struct pfg_fragments_figures {
    uint64_t fragments, joined, bad, timed_out, evicted;
    size_t memory;
};

struct pfg_fragments;

/* At most max_bytes in use; datagrams are given up timeout_ns after their first fragment (by the
 * fragments' own times). NULL: memory is out. */
struct pfg_fragments *pfg_fragments_new(size_t max_bytes, uint64_t timeout_ns);
void pfg_fragments_free(struct pfg_fragments *fragments);

/*
 * Adds a fragment. An exact repetition changes nothing; of fragments that overlap, IPv4 keeps the
 * bytes seen first, and an IPv6 datagram is given up whole (RFC 5722). Fragments that the capture
 * cut give the datagram up to the cut. *joined is filled with PFG_FRAGMENT_DONE alone.
 */
enum pfg_fragment_result pfg_fragments_add(struct pfg_fragments *fragments,
                                           const struct pfg_fragment *fragment,
                                           struct pfg_datagram *joined);

void pfg_fragments_figures(const struct pfg_fragments *fragments,
                           struct pfg_fragments_figures *figures);

#endif
