/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stream_way.h - the inside of stream.h: one direction of a connection, its bytes in order and out
 * of order. Only stream*.c include this file.
 */
#ifndef PFG_PROTO_STREAM_WAY_H
#define PFG_PROTO_STREAM_WAY_H

#include <stdalign.h>

#include "proto/hash.h"
#include "proto/stream.h"
#include "proto/stream_early.h"

/* How far ahead of what is expected bytes are kept: any window ends before (RFC 7323, 2.3), but
 * what the capture itself missed may be more. */
#define PFG_EARLY_AHEAD     UINT32_C(0x7ff00000)
/* Where the other side is not heard at all, nobody tells whether what is missing has arrived there.
 * So long after what stands behind a hole came, and after anything else came in order, it is taken
 * as lost: a sender repeats a segment after a second, and two seconds later again (RFC 6298, 2.1
 * and 5.5), or sooner. */
#define PFG_HOLE_WAIT_NS    UINT64_C(4000000000)
/* Or, there, when so much memory is behind it: more than common hosts have as a window. */
#define PFG_HOLE_WAIT_BYTES ((size_t)16 << 20)

/* Bytes of a segment, and how many the capture left out behind them. */
struct pfg_piece {
    uint32_t seq, size, cut;
    const uint8_t *bytes;
    uint64_t time_ns;
};

/* What a direction keeps: few ever do. */
struct pfg_kept {
    uint8_t *held; /* bytes in order, not yet used: held[at..size) */
    uint32_t at, size, room;
    struct pfg_early early; /* bytes that came too early */
    uint64_t moved_ns;      /* when anything last came in order while there were such */
    uint64_t shown;         /* the call in which held was last shown to the reader */
    size_t memory;          /* of held and early */
};

/* In four lines of the processor's cache: the first is what every segment looks at, and the last
 * two are the directions. */
struct pfg_connection {
    alignas(64) struct pfg_stream_key key;
    uint64_t last_ns; /* of a closed one: when it was last heard of */
    uint32_t moved;   /* the call in which it was put first, modulo 2^32 */
    bool reset;
    bool closed;                        /* it is in the list of those */
    struct pfg_connection *prev, *next; /* in one of the two lists of struct pfg_streams */
    UT_hash_handle hh;
    struct pfg_stream ways[2]; /* from low, from high */
};

/* Memory for connections, in blocks of which each is larger than the one before, up to a page as
 * large as processors have them: what is looked up all over the place then takes few entries of the
 * table by which they find pages. */
struct pfg_pool {
    struct pfg_pool_block *blocks;
    struct pfg_connection *free; /* linked by next */
    size_t left; /* connections at the end of the first block that were never used */
};

/* Connections found lately, by their hash: what speaks now is found without the table. */
enum { PFG_LATELY = 4096 };
struct pfg_lately {
    unsigned hash;
    struct pfg_connection *connection; /* NULL none */
};

/* Memory to be freed at the next call: values may still borrow it. */
struct pfg_retired {
    struct pfg_retired *next;
    uint8_t *bytes;
};

struct pfg_streams {
    struct pfg_streams_open open;
    struct pfg_connection *table;
    struct pfg_connection *recent; /* more or less the most lately used first */
    struct pfg_connection
        *closed; /* those that ended; the one that was heard of last is the last */
    struct pfg_retired *retired;
    size_t leaving_bytes; /* of figures.memory: what those had when they were dropped */
    uint64_t calls, next_id;
    uint64_t rests;   /* calls that were no segments */
    uint32_t quarter; /* of the number of connections */
    struct pfg_secret secret;
    pfg_stream_reader reader;
    void *user;
    size_t max_bytes;
    size_t table_bytes; /* of figures.memory: what the table takes beside connections */
    struct pfg_streams_figures figures;
    struct pfg_pool pool;
    alignas(16) struct pfg_lately lately[PFG_LATELY]; /* none stands in two lines */
};

/* a - b of sequence numbers, which wrap (RFC 9293, 3.4). */
static inline int32_t pfg_seq_diff(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b);
}

/* Whether there are bytes of a direction that came too early. */
static inline bool pfg_way_is_early(const struct pfg_stream *way)
{
    return way->kept != NULL && way->kept->early.blocks > 0;
}

/* How many bytes in order wait to be used. */
static inline uint32_t pfg_way_waiting(const struct pfg_stream *way)
{
    return way->kept == NULL ? 0 : way->kept->size - way->kept->at;
}

/* pfg_streams_place of a segment. */
void pfg_place_of(const struct pfg_streams *streams, const struct pfg_segment *segment,
                  struct pfg_place *place);
/* The direction of a connection that a segment goes in; of a new one where there is none. NULL:
 * memory is out. */
struct pfg_stream *pfg_way_find(struct pfg_streams *streams, const struct pfg_place *place);
static inline struct pfg_connection *pfg_connection_of(struct pfg_stream *way)
{
    return (struct pfg_connection *)(void *)((uint8_t *)(way - way->side) -
                                             offsetof(struct pfg_connection, ways));
}
/* stream_pool.c: room for one, whose content is left over; NULL: memory is out. */
struct pfg_connection *pfg_pool_take(struct pfg_pool *pool);
void pfg_pool_give(struct pfg_pool *pool, struct pfg_connection *connection);
void pfg_pool_free(struct pfg_pool *pool);
void pfg_connection_drop(struct pfg_streams *streams, struct pfg_connection *connection);
void pfg_connections_free(struct pfg_streams *streams); /* all of them */
/* stream_rest.c: a connection is dropped, though it has early bytes; and those that nobody asked
 * for. */
void pfg_connection_leave(struct pfg_streams *streams, struct pfg_connection *connection);
void pfg_connections_free_leaving(struct pfg_streams *streams);
/* Whether memory is at its bound. */
static inline bool pfg_streams_are_full(const struct pfg_streams *streams)
{
    return streams->figures.memory - streams->leaving_bytes > streams->max_bytes;
}
/* Looks whether a connection has ended, or begun again, with a segment of that time. */
void pfg_connection_note_end(struct pfg_streams *streams, struct pfg_connection *connection,
                             uint64_t time_ns);
/* Whether nothing more is to be expected of a connection that ended. */
static inline bool pfg_is_past(const struct pfg_connection *closed, uint64_t now_ns)
{
    return now_ns > closed->last_ns && now_ns - closed->last_ns > PFG_STREAM_LINGER_NS;
}
/* Drops connections that ended long before now_ns. */
void pfg_connections_drop_closed(struct pfg_streams *streams, uint64_t now_ns);
/* Drops the connection that is missed least, but not the one that speaks; false: there is no other.
 */
bool pfg_connections_drop_oldest(struct pfg_streams *streams, const struct pfg_connection *spared);
/* A direction as it is before its first segment. */
void pfg_way_begin(struct pfg_streams *streams, struct pfg_stream *way);

/* Frees what was put away until now: a new call has begun. */
void pfg_streams_free_retired(struct pfg_streams *streams);
/* Frees all that a direction keeps. */
void pfg_way_drop(struct pfg_streams *streams, struct pfg_stream *way);

/* Keeps bytes behind those that are kept. This and the functions below that return a bool give
 * false when memory is out. */
bool pfg_way_hold(struct pfg_streams *streams, struct pfg_stream *way, const uint8_t *bytes,
                  uint32_t size);
/* Shows what is kept to the reader, and forgets what it used. */
void pfg_way_show(struct pfg_streams *streams, struct pfg_stream *way, enum pfg_stream_event event);
/* Bytes that are next, straight from the packet: nothing is kept. */
bool pfg_way_take(struct pfg_streams *streams, struct pfg_stream *way, const uint8_t *bytes,
                  uint32_t size);
/* Goes on behind size bytes that nobody looks at. */
void pfg_way_pass(struct pfg_streams *streams, struct pfg_stream *way, uint32_t size);
/* Goes on behind size bytes that will not come. */
void pfg_way_lose(struct pfg_streams *streams, struct pfg_stream *way, uint32_t size);
/* Takes early bytes that are in order now. */
bool pfg_way_drain(struct pfg_streams *streams, struct pfg_stream *way);
/* Takes no more of them than those of one block, or what the capture left out. False: there are
 * none; or memory is out, then *good is false. */
bool pfg_way_drain_one(struct pfg_streams *streams, struct pfg_stream *way, bool *good);
/* Goes on at the first early byte, as far as bytes are in order; lose_hole takes none yet. */
bool pfg_way_skip_hole(struct pfg_streams *streams, struct pfg_stream *way);
void pfg_way_lose_hole(struct pfg_streams *streams, struct pfg_stream *way);
/* Skips holes that the other side has acknowledged: what was there is not coming again. */
bool pfg_way_skip_acked(struct pfg_streams *streams, struct pfg_stream *way);
/* Skips holes that were waited for long enough, where the other side tells nothing. */
bool pfg_way_skip_late(struct pfg_streams *streams, struct pfg_stream *way, uint64_t now_ns);
/* Nothing comes any more: skips all holes, and shows what is left. */
bool pfg_way_end(struct pfg_streams *streams, struct pfg_stream *way);
/* Keeps those parts of a piece that are not kept yet. */
bool pfg_way_keep(struct pfg_streams *streams, struct pfg_stream *way,
                  const struct pfg_piece *piece);

#endif
