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

/* A direction may hold this many separate pieces; more is taken as a sign of loss or of malice. */
#define PFG_CHUNKS_MAX 4096
/* A piece that came before what precedes it. */
struct pfg_chunk {
    struct pfg_chunk *prev, *next;
    uint32_t seq, size, cut; /* cut: bytes behind it that the capture left out */
    uint8_t bytes[];
};

/* What a direction keeps: few ever do. */
struct pfg_kept {
    uint8_t *held; /* bytes in order, not yet used: held[at..size) */
    uint32_t at, size, room;
    uint32_t chunk_count;
    struct pfg_chunk *chunks; /* bytes that came too early, in order */
    uint64_t shown;           /* the call in which held was last shown to the reader */
    size_t memory;            /* of held and chunks */
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
    struct pfg_connection *table;
    struct pfg_connection *recent; /* more or less the most lately used first */
    struct pfg_connection
        *closed; /* those that ended; the one that was heard of last is the last */
    struct pfg_retired *retired;
    uint64_t calls, next_id;
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

/* The first piece of a direction that came too early; NULL none. */
static inline struct pfg_chunk *pfg_way_chunks(const struct pfg_stream *way)
{
    return way->kept == NULL ? NULL : way->kept->chunks;
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
/* Goes on behind size bytes that will not come. */
void pfg_way_lose(struct pfg_streams *streams, struct pfg_stream *way, uint32_t size);
/* Takes pieces that are in order now. */
bool pfg_way_drain(struct pfg_streams *streams, struct pfg_stream *way);
/* Goes on behind the hole before the first piece. */
bool pfg_way_skip_hole(struct pfg_streams *streams, struct pfg_stream *way);
/* Skips holes that the other side has acknowledged: what was there is not coming again. */
bool pfg_way_skip_acked(struct pfg_streams *streams, struct pfg_stream *way);
/* Keeps those parts of a piece that are not kept yet. cut: bytes behind it that are not known. */
bool pfg_way_keep(struct pfg_streams *streams, struct pfg_stream *way, uint32_t seq,
                  const uint8_t *bytes, uint32_t size, uint32_t cut);

#endif
