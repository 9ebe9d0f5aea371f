/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dissect.h - one packet to its layers and messages: fragments and streams are joined on the way. A
 * message stands in the packet that completes it. Everything borrows the packet, or memory that is
 * good until the next packet.
 */
#ifndef PFG_CAPTURE_DISSECT_H
#define PFG_CAPTURE_DISSECT_H

#include "proto/follow.h"
#include "proto/fragment.h"
#include "proto/hash.h"
#include "proto/layers.h"
#include "proto/stream.h"

struct capture_dissect_options {
    size_t stream_memory;   /* bytes for TCP reassembly */
    size_t fragment_memory; /* for IP fragments */
    size_t join_memory;     /* for messages of several frames */
    uint64_t fragment_timeout_ns;
    bool checksums;               /* verify those of the layers */
    struct pfg_layers_ask layers; /* what somebody looks at */
    enum pfg_view view;           /* what of messages */
    bool line_only;   /* nobody looks at more than the transport layer, but problems count */
    bool layers_only; /* nobody looks at what they bear: fragments are joined, streams are not */
};

struct capture_dissect {
    struct pfg_decode decode;
    struct pfg_flow flow;      /* of the packet */
    struct pfg_secret secret;  /* of the numbers of datagrams' flows */
    uint32_t layers;           /* pdus of layers; those behind them are messages */
    struct pfg_stream *stream; /* of the packet; NULL: no TCP */
    bool joined_fragments;
    const uint8_t *joined; /* of joined_fragments: the payload that they made whole */
    uint32_t joined_size;
    bool failed; /* memory was out; what is there is shown */
    struct pfg_streams *streams;
    struct pfg_fragments *fragments;
    struct pfg_joiner *joiner;
    struct pfg_follow *follow;
    struct pfg_decode trial; /* for looking whether bytes are a message */
    bool follows;            /* somebody is noted in follow */
    /* Of the packet that comes next, if these are its bytes and its number: */
    const uint8_t *ahead_bytes;
    uint64_t ahead_number;
    struct pfg_flow ahead;
    struct pfg_place place; /* of the segment at hand, or of the one that comes next */
    bool has_place;         /* it is that of the segment at hand */
    uint8_t rest[60];       /* headers of what capture_dissect_rest() gives */
    struct capture_dissect_options options;
};

/* 0, or -1 when memory is out. */
int capture_dissect_init(struct capture_dissect *dissect,
                         const struct capture_dissect_options *options);
void capture_dissect_free(struct capture_dissect *dissect);

/* Fills decode and flow from the packet: its layers, fragments joined; and behind that, where it
 * did not fail, what they bear. They fail on nothing; 0, or -1 when memory is out. */
int capture_dissect_layers(struct capture_dissect *dissect, struct pfg_packet *packet);
int capture_dissect_messages(struct capture_dissect *dissect, const struct pfg_packet *packet);
/*
 * What stands behind a hole of a TCP stream that is given up, since its connection ended long ago,
 * memory is at its bound, or the capture is at its end (capture_dissect_end), belongs to no packet.
 * Where there is any (capture_dissect_has_rest), it is to be asked for before the next packet:
 * fills decode and flow as for a packet, with an IP and a TCP header that say no more than the ends
 * of the connection and where the bytes stand, and messages behind them; and *packet, which has no
 * bytes, number 0 and the time when the first of the bytes came. 1; 0: there is no more; -1: memory
 * is out.
 */
int capture_dissect_rest(struct capture_dissect *dissect, struct pfg_packet *packet);
void capture_dissect_end(struct capture_dissect *dissect);
static inline bool capture_dissect_has_rest(const struct capture_dissect *dissect)
{
    return pfg_streams_have_rest(dissect->streams);
}

/* Looks at the packet that comes next, when all is done with the one at hand but showing it, so
 * that what it needs is near in the processor's caches when its turn comes. */
void capture_dissect_ahead(struct capture_dissect *dissect, const struct pfg_packet *packet,
                           const uint8_t *next, uint32_t caplen, uint32_t len);

/* messages.c: the reader of streams; user is the struct capture_dissect. */
uint32_t capture_messages_read(void *user, struct pfg_stream *stream, enum pfg_stream_event event,
                               const uint8_t *bytes, uint32_t size);

#endif
