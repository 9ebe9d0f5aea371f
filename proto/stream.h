/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stream.h - TCP segments to streams of bytes: put in order, overlaps cut, losses told. Bytes that
 * a reader cannot use yet (the beginning of a message) are kept and shown again with what follows.
 * All memory is counted and bounded. Bytes shown to a reader stay where they are until the next
 * call of pfg_streams_add, so decoded values may borrow them for the length of a packet.
 */
#ifndef PFG_PROTO_STREAM_H
#define PFG_PROTO_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pfg_proto;
struct pfg_flow;

/* Bits of a segment's flags (RFC 9293, 3.1). */
enum {
    PFG_TCP_FIN = 0x01,
    PFG_TCP_SYN = 0x02,
    PFG_TCP_RST = 0x04,
    PFG_TCP_ACK_BIT = 0x10,
    PFG_TCP_URG = 0x20,
};

/* One TCP segment as it was seen. src and dst are 4 or 16 bytes. */
struct pfg_segment {
    uint8_t family; /* 4 or 6 */
    uint8_t flags;
    uint16_t sport, dport;
    const uint8_t *src, *dst;
    uint32_t seq, ack;
    const uint8_t *bytes;
    uint32_t size;      /* bytes captured */
    uint32_t wire_size; /* bytes on the wire, >= size */
    uint64_t time_ns;   /* 0 not known: then no connection is dropped for its age */
};

/* A connection that ended, by the FINs of both sides or by a reset, is kept so long after its last
 * segment, for what comes late: twice the maximum segment lifetime that is in use (RFC 9293, 3.4.2,
 * has two minutes, but says that it may be shorter). */
#define PFG_STREAM_LINGER_NS UINT64_C(60000000000)

/* The TCP segment that the layers of a packet found; its time is the caller's to fill. */
struct pfg_segment pfg_segment_of(const struct pfg_flow *flow);

struct pfg_kept;
struct pfg_connection;

/* One direction of one connection, on one line of the processor's cache. */
struct pfg_stream {
    uint64_t id; /* different for every direction; never 0 */
    void *note;  /* of whoever watches the connection; NULL at its beginning, and on a new SYN */
    const struct pfg_proto *proto; /* the reader's: what it carries; NULL = not known yet */
    struct pfg_kept *kept;         /* the table's own: bytes that wait here; NULL none ever did */
    uint16_t sport, dport;         /* of who sends in this direction */
    uint32_t origin;               /* what numbers for people count from, as tcpdump has them */
    uint32_t need; /* the reader's own: do not call before so many bytes are together; 0 = any */
    /* The table's own sequence numbers: */
    uint32_t next;    /* expected, where started */
    uint32_t acks;    /* all of the other direction before it was received, where acks_known */
    uint32_t first;   /* of the first byte, where begun: its SYN was seen */
    uint32_t fin_seq; /* of the FIN, where there was one */
    uint8_t side;     /* 0 from the lower end of the connection, 1 from the higher */
    bool plain; /* the table's own: a segment that is next, or bears no bytes, has no more to it
                   than that, see pfg_streams_add() */
    bool has_origin : 1;
    bool absolute : 1;   /* the last segment is told by its own numbers, not from origin */
    bool from_start : 1; /* no byte is missing since the connection began; false after a loss */
    /* The reader's own: */
    bool ignored : 1;   /* nothing here is of interest: nothing is kept or shown */
    bool synced : 1;    /* the next byte begins a message */
    bool seen : 1;      /* a message was read here before */
    bool lost_note : 1; /* the next message is told of a loss before it */
    /* The table's own: */
    bool started : 1;
    bool begun : 1;
    bool acks_known : 1;
    bool fin : 1;
};

/* The other direction: both stand side by side. */
static inline struct pfg_stream *pfg_stream_back(struct pfg_stream *stream)
{
    return stream->side == 0 ? stream + 1 : stream - 1;
}

/* Why a reader is called. */
enum pfg_stream_event {
    PFG_STREAM_BYTES, /* bytes go on; what the reader does not use is shown again */
    PFG_STREAM_LOSS,  /* bytes are what was kept; what followed them is lost, and so are they */
    PFG_STREAM_END,   /* bytes are what was kept; nothing follows */
};

/* Reads bytes of a stream; returns how many were used, from the first on. */
typedef uint32_t (*pfg_stream_reader)(void *user, struct pfg_stream *stream,
                                      enum pfg_stream_event event, const uint8_t *bytes,
                                      uint32_t size);

/* What happened, for summaries. */
struct pfg_streams_figures {
    uint64_t connections, segments, retransmitted, out_of_order, holes, lost_bytes;
    uint64_t closed;  /* connections that ended and are not kept any more */
    uint64_t evicted; /* others that are not kept any more, since memory was at its bound */
    size_t memory;    /* bytes in use now */
};

struct pfg_streams;

/* All connections of a capture, in at most max_bytes of memory. NULL: memory is out. */
struct pfg_streams *pfg_streams_new(size_t max_bytes, pfg_stream_reader reader, void *user);
void pfg_streams_free(struct pfg_streams *streams);

/*
 * Adds a segment; calls the reader for all that is now in order, in both directions (an
 * acknowledgement shows that a hole in the other direction will not be filled). Returns the stream
 * that the segment belongs to, NULL when memory is out. The stream is good until the next call.
 */
struct pfg_stream *pfg_streams_add(struct pfg_streams *streams, const struct pfg_segment *segment);

/* Where the connection of a segment belongs, and which way the segment goes. */
struct pfg_place {
    struct pfg_stream_key {
        /* addresses of both ends, the lower first, two words each, so that it is the same for both
         * directions; both ports and the family */
        uint64_t words[5];
    } key;
    unsigned hash, which;
};

/* The same of a segment that the layers of a packet found. What is known of its connection is near
 * where it was asked for before, when the place was known. */
void pfg_streams_place(const struct pfg_streams *streams, const struct pfg_flow *flow,
                       struct pfg_place *place);
void pfg_streams_ask(const struct pfg_streams *streams, const struct pfg_place *place);
struct pfg_stream *pfg_streams_add_flow(struct pfg_streams *streams, const struct pfg_flow *flow,
                                        const struct pfg_place *place, uint64_t time_ns);

/*
 * What stands behind holes is not lost with a connection that is dropped, since it ended long ago
 * or memory was at its bound: it waits for whoever asks for it before the next segment.
 * pfg_streams_end drops all connections that have such bytes: no segment comes any more.
 *
 * pfg_streams_rest says whose bytes are next, and returns the stream; NULL: there is no more. It is
 * good until the next call, and so are bytes shown. pfg_streams_read_rest calls the reader for some
 * of them; false: memory is out.
 */
struct pfg_rest {
    uint8_t family; /* 4 or 6 */
    uint8_t src[16], dst[16];
    uint16_t sport, dport;
    uint32_t seq;     /* of the first byte */
    uint64_t time_ns; /* when the first of it came, 0 not known */
};
void pfg_streams_end(struct pfg_streams *streams);
struct pfg_stream *pfg_streams_rest(struct pfg_streams *streams, struct pfg_rest *rest);
bool pfg_streams_read_rest(struct pfg_streams *streams, struct pfg_stream *stream);
/* Whether there is anything to ask for. The first of struct pfg_streams is open to all for it. */
struct pfg_streams_open {
    struct pfg_connection *leaving; /* dropped with early bytes, until those are asked for */
};
static inline bool pfg_streams_have_rest(const struct pfg_streams *streams)
{
    return ((const struct pfg_streams_open *)(const void *)streams)->leaving != NULL;
}

void pfg_streams_figures(const struct pfg_streams *streams, struct pfg_streams_figures *figures);

#endif
