/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stream.c - TCP reassembly (RFC 9293, 3.4 and 3.10), as a bystander must do it: no promise that
 * every segment is seen, nor that any order holds. Where two segments disagree, the bytes seen
 * first are taken.
 */
#include "proto/stream.h"

#include <stdlib.h>
#include <string.h>

#include <uthash.h>
#include <utlist.h>

/* A direction may hold this many separate pieces; more is taken as a sign of loss or of malice. */
#define CHUNKS_MAX 4096
/* Kept buffers up to this size stay with their direction when they are empty. */
#define KEEP_ROOM  16384

/* A piece that came before what precedes it. */
struct chunk {
    struct chunk *prev, *next;
    uint32_t seq, size, cut; /* cut: bytes behind it that the capture left out */
    uint8_t bytes[];
};

struct direction {
    struct pfg_stream stream;
    bool started;  /* next is known */
    bool begun;    /* first is known */
    bool acked_ok; /* acked is known */
    bool fin;
    uint32_t first; /* sequence number of the first byte, where its SYN was seen */
    uint32_t next;  /* sequence number expected */
    uint32_t acked; /* all before it was received by the other side */
    uint32_t fin_seq;
    uint8_t *held; /* bytes not yet used: held[at..size) */
    uint32_t at, size, room;
    uint64_t shown; /* the call in which held was last shown to the reader */
    struct chunk *chunks;
    uint32_t chunk_count;
    size_t memory; /* of held and chunks */
};

/* Both ends in a fixed order, so that either direction finds the same connection. */
struct key {
    uint8_t low[16], high[16];
    uint16_t low_port, high_port;
    uint32_t family;
};

struct connection {
    struct key key;
    struct direction ways[2]; /* from low, from high */
    UT_hash_handle hh;
    struct connection *prev, *next; /* most lately used first */
};

/* Memory to be freed at the next call: values may still borrow it. */
struct retired {
    struct retired *next;
    uint8_t *bytes;
};

struct pfg_streams {
    struct connection *table, *recent;
    struct connection *last; /* the one found last: packets of a connection come in runs */
    struct retired *retired;
    pfg_stream_reader reader;
    void *user;
    size_t max_bytes;
    uint64_t calls, next_id;
    struct pfg_streams_figures figures;
};

/* a - b of sequence numbers, which wrap (RFC 9293, 3.4). */
static int32_t seq_diff(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b);
}

struct pfg_streams *pfg_streams_new(size_t max_bytes, pfg_stream_reader reader, void *user)
{
    struct pfg_streams *streams = calloc(1, sizeof *streams);

    if (streams == NULL)
        return NULL;
    streams->max_bytes = max_bytes;
    streams->reader = reader;
    streams->user = user;
    return streams;
}

/* Puts a buffer away until the next call. Without memory for the note it leaks, which is safe. */
static void retire(struct pfg_streams *streams, uint8_t *bytes)
{
    struct retired *note;

    if (bytes == NULL)
        return;
    note = malloc(sizeof *note);
    if (note == NULL)
        return;
    note->bytes = bytes;
    note->next = streams->retired;
    streams->retired = note;
}

static void free_retired(struct pfg_streams *streams)
{
    while (streams->retired != NULL) {
        struct retired *note = streams->retired;

        streams->retired = note->next;
        free(note->bytes);
        free(note);
    }
}

static void count_memory(struct pfg_streams *streams, struct direction *way, size_t more,
                         size_t less)
{
    way->memory += more;
    way->memory -= less;
    streams->figures.memory += more;
    streams->figures.memory -= less;
}

static void drop_held(struct pfg_streams *streams, struct direction *way)
{
    retire(streams, way->held);
    count_memory(streams, way, 0, way->room);
    way->held = NULL;
    way->at = way->size = way->room = 0;
}

static void drop_chunk(struct pfg_streams *streams, struct direction *way, struct chunk *chunk)
{
    DL_DELETE(way->chunks, chunk);
    way->chunk_count--;
    count_memory(streams, way, 0, sizeof *chunk + chunk->size);
    free(chunk);
}

static void drop_all(struct pfg_streams *streams, struct direction *way)
{
    while (way->chunks != NULL)
        drop_chunk(streams, way, way->chunks);
    drop_held(streams, way);
}

static void drop_connection(struct pfg_streams *streams, struct connection *connection)
{
    drop_all(streams, &connection->ways[0]);
    drop_all(streams, &connection->ways[1]);
    HASH_DELETE(hh, streams->table, connection);
    DL_DELETE(streams->recent, connection);
    streams->figures.memory -= sizeof *connection;
    if (streams->last == connection)
        streams->last = NULL;
    free(connection);
}

void pfg_streams_free(struct pfg_streams *streams)
{
    if (streams == NULL)
        return;
    while (streams->recent != NULL)
        drop_connection(streams, streams->recent);
    free_retired(streams);
    free(streams);
}

void pfg_streams_figures(const struct pfg_streams *streams, struct pfg_streams_figures *figures)
{
    *figures = streams->figures;
}

/* ---- Finding a connection ---------------------------------------------------------------- */

/* Fills the key; returns which way the segment goes. */
static unsigned make_key(struct key *key, const struct pfg_segment *segment)
{
    size_t width = segment->family == 6 ? 16 : 4;
    int order = memcmp(segment->src, segment->dst, width);
    bool low = order < 0 || (order == 0 && segment->sport <= segment->dport);

    memset(key, 0, sizeof *key);
    memcpy(key->low, low ? segment->src : segment->dst, width);
    memcpy(key->high, low ? segment->dst : segment->src, width);
    key->low_port = low ? segment->sport : segment->dport;
    key->high_port = low ? segment->dport : segment->sport;
    key->family = segment->family;
    return low ? 0 : 1;
}

static void begin_way(struct pfg_streams *streams, struct direction *way)
{
    struct pfg_stream *back = way->stream.back;
    uint16_t sport = way->stream.sport, dport = way->stream.dport;

    drop_all(streams, way);
    memset(way, 0, sizeof *way);
    way->stream.id = ++streams->next_id;
    way->stream.sport = sport;
    way->stream.dport = dport;
    way->stream.back = back;
}

static struct connection *new_connection(struct pfg_streams *streams, const struct key *key)
{
    struct connection *connection = calloc(1, sizeof *connection);
    struct direction *ways;

    if (connection == NULL)
        return NULL;
    ways = connection->ways;
    connection->key = *key;
    ways[0].stream.sport = ways[1].stream.dport = key->low_port;
    ways[0].stream.dport = ways[1].stream.sport = key->high_port;
    ways[0].stream.back = &ways[1].stream;
    ways[1].stream.back = &ways[0].stream;
    begin_way(streams, &ways[0]);
    begin_way(streams, &ways[1]);
    HASH_ADD(hh, streams->table, key, sizeof connection->key, connection);
    DL_PREPEND(streams->recent, connection);
    streams->figures.memory += sizeof *connection;
    streams->figures.connections++;
    return connection;
}

static struct connection *find_connection(struct pfg_streams *streams, const struct key *key)
{
    struct connection *connection = streams->last;

    if (connection != NULL && memcmp(&connection->key, key, sizeof *key) == 0)
        return connection;
    HASH_FIND(hh, streams->table, key, sizeof *key, connection);
    if (connection == NULL) {
        connection = new_connection(streams, key);
    } else if (connection != streams->recent) {
        DL_DELETE(streams->recent, connection);
        DL_PREPEND(streams->recent, connection);
    }
    streams->last = connection;
    return connection;
}

/* ---- Bytes in order ---------------------------------------------------------------------- */

/* Appends to what is held. Shown bytes stay where they are: then a new buffer is taken. */
static bool hold(struct pfg_streams *streams, struct direction *way, const uint8_t *bytes,
                 uint32_t size)
{
    uint32_t have = way->size - way->at;
    uint32_t need = have + size;
    bool borrowed = way->shown == streams->calls;

    if (size == 0 || way->stream.ignored)
        return true;
    if (borrowed ? need > way->room - way->at : need > way->room) {
        uint32_t room = need < 1024 ? 2048 : need + need / 2;
        uint8_t *held = malloc(room);

        if (held == NULL)
            return false;
        memcpy(held, way->held == NULL ? bytes : way->held + way->at, have);
        retire(streams, way->held);
        count_memory(streams, way, room, way->room);
        way->held = held;
        way->room = room;
        way->at = 0;
    } else if (!borrowed && need > way->room - way->at) {
        memmove(way->held, way->held + way->at, have);
        way->at = 0;
    }
    memcpy(way->held + way->at + have, bytes, size);
    way->size = way->at + need;
    return true;
}

/* Shows what is held to the reader, and forgets what it used. */
static void show_held(struct pfg_streams *streams, struct direction *way,
                      enum pfg_stream_event event)
{
    uint32_t size = way->size - way->at;
    uint32_t used;

    if (event == PFG_STREAM_BYTES && (size == 0 || size < way->stream.need))
        return;
    way->shown = streams->calls;
    if (event == PFG_STREAM_BYTES)
        way->stream.need = 0;
    used = streams->reader(streams->user, &way->stream, event, way->held + way->at, size);
    way->at += used < size && event == PFG_STREAM_BYTES ? used : size;
    if (way->at < way->size)
        return;
    if (way->room > KEEP_ROOM)
        drop_held(streams, way);
    else if (way->room > 0)
        way->at = way->size; /* its bytes are borrowed until the next call, see hold() */
}

/* Bytes that are next, straight from the packet where nothing is held. */
static bool take(struct pfg_streams *streams, struct direction *way, const uint8_t *bytes,
                 uint32_t size)
{
    uint32_t used;

    way->next += size;
    if (way->stream.ignored)
        return true;
    if (way->size > way->at || size < way->stream.need)
        return hold(streams, way, bytes, size);
    way->stream.need = 0;
    used = streams->reader(streams->user, &way->stream, PFG_STREAM_BYTES, bytes, size);
    if (used >= size || way->stream.ignored)
        return true;
    return hold(streams, way, bytes + used, size - used);
}

/* Goes on behind bytes that will not come. */
static void lose(struct pfg_streams *streams, struct direction *way, uint32_t size)
{
    streams->figures.holes++;
    streams->figures.lost_bytes += size;
    way->stream.lost += size;
    way->next += size;
    way->stream.from_start = false;
    if (way->stream.ignored)
        return;
    show_held(streams, way, PFG_STREAM_LOSS);
    way->stream.synced = false;
    way->stream.need = 0;
}

/* Takes pieces that are in order now. */
static bool drain(struct pfg_streams *streams, struct direction *way)
{
    bool good = true;

    while (way->chunks != NULL && good) {
        struct chunk *chunk = way->chunks;
        int32_t behind = seq_diff(way->next, chunk->seq);

        if (behind < 0)
            break;
        if ((uint32_t)behind < chunk->size) {
            uint32_t size = chunk->size - (uint32_t)behind;

            good = hold(streams, way, chunk->bytes + behind, size);
            way->next += size;
        }
        if (chunk->cut > 0 && way->next == chunk->seq + chunk->size) {
            show_held(streams, way, PFG_STREAM_BYTES);
            lose(streams, way, chunk->cut);
        }
        drop_chunk(streams, way, chunk);
    }
    show_held(streams, way, PFG_STREAM_BYTES);
    return good;
}

/* Goes on behind the hole before the first piece. */
static bool skip_hole(struct pfg_streams *streams, struct direction *way)
{
    int32_t missing = seq_diff(way->chunks->seq, way->next);

    if (missing > 0)
        lose(streams, way, (uint32_t)missing);
    return drain(streams, way);
}

/* Skips holes that the other side has acknowledged: what was there is not coming again. */
static bool skip_acked(struct pfg_streams *streams, struct direction *way)
{
    while (way->chunks != NULL && way->acked_ok && seq_diff(way->acked, way->chunks->seq) >= 0) {
        if (!skip_hole(streams, way))
            return false;
    }
    return true;
}

/* ---- Bytes out of order ------------------------------------------------------------------ */

/* Keeps a piece that overlaps no other; after is the one before it, NULL: it is the first. */
static bool insert(struct pfg_streams *streams, struct direction *way, struct chunk *after,
                   uint32_t seq, const uint8_t *bytes, uint32_t size, uint32_t cut)
{
    struct chunk *chunk = malloc(sizeof *chunk + size);

    if (chunk == NULL)
        return false;
    chunk->seq = seq;
    chunk->size = size;
    chunk->cut = cut;
    memcpy(chunk->bytes, bytes, size);
    if (after == NULL)
        DL_PREPEND(way->chunks, chunk);
    else
        DL_APPEND_ELEM(way->chunks, after, chunk);
    way->chunk_count++;
    count_memory(streams, way, sizeof *chunk + size, 0);
    return true;
}

/* Keeps those parts of a piece that are not kept yet. */
static bool keep(struct pfg_streams *streams, struct direction *way, uint32_t seq,
                 const uint8_t *bytes, uint32_t size, uint32_t cut)
{
    struct chunk *before = way->chunks == NULL ? NULL : way->chunks->prev; /* the last one */
    struct chunk *behind;

    /* The last one whose beginning is not behind ours. */
    while (before != NULL && seq_diff(before->seq, seq) > 0)
        before = before == way->chunks ? NULL : before->prev;
    behind = before == NULL ? way->chunks : before->next;
    if (before != NULL) {
        int32_t over = seq_diff(before->seq + before->size, seq);

        if (over > 0) {
            uint32_t skip = (uint32_t)over < size ? (uint32_t)over : size;

            seq += skip;
            bytes += skip;
            size -= skip;
        }
    }
    while (size > 0) {
        int32_t free_bytes = behind == NULL ? INT32_MAX : seq_diff(behind->seq, seq);
        uint32_t part = (uint32_t)free_bytes < size ? (uint32_t)free_bytes : size;
        uint32_t skip;

        if (part > 0 && !insert(streams, way, before, seq, bytes, part, part == size ? cut : 0))
            return false;
        if (behind == NULL || part == size)
            break;
        skip = part + behind->size < size ? part + behind->size : size;
        seq += skip;
        bytes += skip;
        size -= skip;
        before = behind;
        behind = behind->next;
    }
    return true;
}

/* ---- A segment --------------------------------------------------------------------------- */

/* The beginning of a direction, or a new connection on the same ports. */
static void on_syn(struct pfg_streams *streams, struct direction *way,
                   const struct pfg_segment *segment)
{
    struct direction *back = (struct direction *)(void *)way->stream.back;
    uint32_t first = segment->seq + 1;
    bool answer = (segment->flags & PFG_TCP_ACK_BIT) != 0;

    if (way->started && way->begun && way->first == first)
        return; /* again the same */
    if (way->started)
        begin_way(streams, way);
    if (!answer && back->started)
        begin_way(streams, back);
    way->started = way->begun = true;
    way->next = way->first = first;
    way->stream.from_start = true;
    way->stream.synced = true;
    if (answer && !back->started) {
        back->started = back->begun = true;
        back->next = back->first = segment->ack;
        back->stream.from_start = true;
        back->stream.synced = true;
    }
}

static bool on_bytes(struct pfg_streams *streams, struct direction *way, uint32_t seq,
                     const struct pfg_segment *segment)
{
    const uint8_t *bytes = segment->bytes;
    uint32_t size = segment->size;
    uint32_t cut = segment->wire_size - segment->size;
    int32_t ahead = seq_diff(seq, way->next);
    bool good;

    if (ahead < 0) { /* some of it, or all, was here before */
        uint32_t old = (uint32_t) - (int64_t)ahead;

        streams->figures.retransmitted++;
        if (old >= size + cut)
            return true;
        if (old >= size) {
            lose(streams, way, size + cut - old);
            return drain(streams, way);
        }
        bytes += old;
        size -= old;
        ahead = 0;
        seq += old;
    }
    if (ahead > 0) {
        streams->figures.out_of_order++;
        if (way->stream.ignored) {
            way->next = seq + size + cut;
            return true;
        }
        good = keep(streams, way, seq, bytes, size, cut);
        if (way->chunk_count > CHUNKS_MAX)
            return skip_hole(streams, way);
        return good && skip_acked(streams, way);
    }
    if (way->chunks == NULL && cut == 0 && way->size == way->at)
        return take(streams, way, bytes, size);
    if (way->chunks != NULL) /* where they overlap, what was kept is older */
        return keep(streams, way, seq, bytes, size, cut) && drain(streams, way);
    good = way->stream.ignored || hold(streams, way, bytes, size);
    way->next += size;
    if (cut > 0) {
        show_held(streams, way, PFG_STREAM_BYTES);
        lose(streams, way, cut);
    }
    return good && drain(streams, way);
}

/* Keeps within the bound: first at the cost of whoever has not been heard of for longest. */
static bool bound(struct pfg_streams *streams, struct connection *connection, struct direction *way)
{
    bool good = true;

    if (streams->figures.memory <= streams->max_bytes)
        return true;
    if (way->memory > streams->max_bytes / 2) {
        if (way->chunks != NULL)
            good = skip_hole(streams, way);
        else
            lose(streams, way, 0);
    }
    while (streams->figures.memory > streams->max_bytes) {
        struct connection *oldest = streams->recent->prev;

        if (oldest == connection)
            break;
        streams->figures.evicted++;
        drop_connection(streams, oldest);
    }
    if (streams->figures.memory > streams->max_bytes && way->memory > 0) {
        if (way->chunks != NULL)
            good = skip_hole(streams, way);
        if (streams->figures.memory > streams->max_bytes)
            lose(streams, way, 0);
    }
    return good;
}

static void on_end(struct pfg_streams *streams, struct direction *way)
{
    if (way->size > way->at && !way->stream.ignored)
        show_held(streams, way, PFG_STREAM_END);
}

static void on_ack(struct pfg_streams *streams, struct direction *back, uint32_t ack)
{
    if (!back->acked_ok || seq_diff(ack, back->acked) > 0) {
        back->acked = ack;
        back->acked_ok = true;
    }
    if (back->chunks != NULL)
        (void)skip_acked(streams, back);
}

struct pfg_stream *pfg_streams_add(struct pfg_streams *streams, const struct pfg_segment *segment)
{
    struct key key;
    unsigned which = make_key(&key, segment);
    uint32_t seq = segment->seq + ((segment->flags & PFG_TCP_SYN) != 0 ? 1 : 0);
    struct connection *connection;
    struct direction *way, *back;
    bool good = true;

    if (streams->retired != NULL)
        free_retired(streams);
    streams->calls++;
    streams->figures.segments++;
    connection = find_connection(streams, &key);
    if (connection == NULL)
        return NULL;
    way = &connection->ways[which];
    back = &connection->ways[1 - which];
    if ((segment->flags & PFG_TCP_SYN) != 0)
        on_syn(streams, way, segment);
    if ((segment->flags & PFG_TCP_ACK_BIT) != 0)
        on_ack(streams, back, segment->ack);
    if (segment->wire_size > 0) {
        if (!way->started) { /* joined in the middle */
            way->started = true;
            way->next = seq;
        }
        good = on_bytes(streams, way, seq, segment);
    }
    if ((segment->flags & PFG_TCP_FIN) != 0 && way->started) {
        way->fin = true;
        way->fin_seq = seq + segment->wire_size;
    }
    if (way->fin && seq_diff(way->next, way->fin_seq) >= 0)
        on_end(streams, way);
    if ((segment->flags & PFG_TCP_RST) != 0) {
        on_end(streams, way);
        on_end(streams, back);
    }
    good = bound(streams, connection, way) && good;
    return good ? &way->stream : NULL;
}
