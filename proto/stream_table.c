/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stream_table.c - the connections of a capture: found by both ends, begun, kept for a while after
 * their end, dropped. */
#include <stdlib.h>
#include <string.h>

#include <utlist.h>

#include "proto/cursor.h"
#include "proto/layers.h"
#include "proto/stream_way.h"

enum { KEY_WORDS = sizeof(struct pfg_stream_key) / sizeof(uint64_t) };

_Static_assert(sizeof(struct pfg_stream) == 64 && offsetof(struct pfg_connection, ways) == 128,
               "a direction is one line of the cache, and a connection four");

/* Counts what the table has and takes, which grows by itself and goes with the last connection. */
static void count_table(struct pfg_streams *streams)
{
    streams->figures.memory -= streams->table_bytes;
    streams->table_bytes = PFG_HASH_BYTES(streams->table);
    streams->figures.memory += streams->table_bytes;
    streams->quarter = HASH_COUNT(streams->table) / 4;
}

void pfg_connection_drop(struct pfg_streams *streams, struct pfg_connection *connection)
{
    struct pfg_lately *lately;

    HASH_DELETE(hh, streams->table, connection);
    if (connection->closed)
        DL_DELETE(streams->closed, connection);
    else
        DL_DELETE(streams->recent, connection);
    streams->figures.memory -= sizeof *connection;
    count_table(streams);
    lately = &streams->lately[connection->hh.hashv % PFG_LATELY];
    if (lately->connection == connection)
        lately->connection = NULL;
    if (pfg_way_is_early(&connection->ways[0]) || pfg_way_is_early(&connection->ways[1])) {
        pfg_connection_leave(streams, connection);
        return;
    }
    pfg_way_drop(streams, &connection->ways[0]);
    pfg_way_drop(streams, &connection->ways[1]);
    pfg_pool_give(&streams->pool, connection);
}

void pfg_connections_free(struct pfg_streams *streams)
{
    size_t bare = streams->table_bytes + HASH_COUNT(streams->table) * sizeof *streams->table;
    struct pfg_connection *connection = streams->table;

    /* Most keep nothing, and need not be fetched once more. */
    for (; connection != NULL && streams->figures.memory > bare; connection = connection->hh.next) {
        pfg_way_drop(streams, &connection->ways[0]);
        pfg_way_drop(streams, &connection->ways[1]);
    }
    HASH_CLEAR(hh, streams->table);
    pfg_pool_free(&streams->pool);
}

/* ---- Finding a connection ---------------------------------------------------------------- */

/* Which of two numbers of two words is the greater one: 0 none, -1 the second. */
static inline int compare(uint64_t a0, uint64_t a1, uint64_t b0, uint64_t b1)
{
    if (a0 != b0)
        return a0 > b0 ? 1 : -1;
    return (a1 > b1) - (a1 < b1);
}

/* Addresses are compared in the order of their bytes. */
static inline void fill_place(const struct pfg_streams *streams, struct pfg_place *place,
                              unsigned family, const uint8_t *src, const uint8_t *dst,
                              uint64_t sport, uint64_t dport)
{
    bool six = family == 6;
    uint64_t src0 = six ? pfg_get_be64(src) : pfg_get_be32(src);
    uint64_t dst0 = six ? pfg_get_be64(dst) : pfg_get_be32(dst);
    uint64_t src1 = six ? pfg_get_be64(src + 8) : 0, dst1 = six ? pfg_get_be64(dst + 8) : 0;
    int order = compare(src0, src1, dst0, dst1);
    bool turned = order != 0 ? order > 0 : sport > dport;
    uint64_t *words = place->key.words;

    words[0] = turned ? dst0 : src0;
    words[1] = turned ? dst1 : src1;
    words[2] = turned ? src0 : dst0;
    words[3] = turned ? src1 : dst1;
    words[4] = (turned ? dport | sport << 16 : sport | dport << 16) | (uint64_t)family << 32;
    place->hash = pfg_hash_words(&streams->secret, words, KEY_WORDS);
    place->which = turned;
}

void pfg_streams_place(const struct pfg_streams *streams, const struct pfg_flow *flow,
                       struct pfg_place *place)
{
    fill_place(streams, place, flow->family, flow->src, flow->dst, flow->sport, flow->dport);
}

void pfg_place_of(const struct pfg_streams *streams, const struct pfg_segment *segment,
                  struct pfg_place *place)
{
    fill_place(streams, place, segment->family, segment->src, segment->dst, segment->sport,
               segment->dport);
}

static inline bool same_key(const struct pfg_stream_key *a, const struct pfg_stream_key *b)
{
    return ((a->words[0] ^ b->words[0]) | (a->words[1] ^ b->words[1]) |
            (a->words[2] ^ b->words[2]) | (a->words[3] ^ b->words[3]) |
            (a->words[4] ^ b->words[4])) == 0;
}

/* A direction as it is before its first segment; what the other side had acknowledged of it is
 * nothing any more. */
void pfg_way_begin(struct pfg_streams *streams, struct pfg_stream *way)
{
    const struct pfg_stream before = *way;

    pfg_way_drop(streams, way);
    *way = (struct pfg_stream){ .id = ++streams->next_id,
                                .sport = before.sport,
                                .dport = before.dport,
                                .side = before.side,
                                .acks = before.acks,
                                .acks_known = before.acks_known };
    pfg_stream_back(way)->acks_known = false;
}

/* By itself, like move_up(): finding one that is there needs fewer registers. */
__attribute__((noinline)) static struct pfg_connection *
new_connection(struct pfg_streams *streams, const struct pfg_stream_key *key, unsigned hash)
{
    struct pfg_connection *connection = pfg_pool_take(&streams->pool);
    struct pfg_stream *ways;

    if (connection == NULL)
        return NULL;
    memset(connection, 0, sizeof *connection);
    ways = connection->ways;
    connection->key = *key;
    ways[0].sport = ways[1].dport = (uint16_t)key->words[KEY_WORDS - 1];
    ways[0].dport = ways[1].sport = (uint16_t)(key->words[KEY_WORDS - 1] >> 16);
    ways[1].side = 1;
    ways[0].id = ++streams->next_id;
    ways[1].id = ++streams->next_id;
    HASH_ADD_BYHASHVALUE(hh, streams->table, key, sizeof connection->key, hash, connection);
    if (connection->hh.tbl == NULL) {
        pfg_pool_give(&streams->pool, connection);
        return NULL;
    }
    PFG_HASH_WIDEN(streams->table);
    count_table(streams);
    DL_PREPEND(streams->recent, connection);
    connection->moved = (uint32_t)streams->calls;
    streams->figures.memory += sizeof *connection;
    streams->figures.connections++;
    return connection;
}

__attribute__((noinline)) static void move_up(struct pfg_streams *streams,
                                              struct pfg_connection *connection)
{
    if (connection == streams->recent || connection->closed)
        return;
    DL_DELETE(streams->recent, connection);
    DL_PREPEND(streams->recent, connection);
    connection->moved = (uint32_t)streams->calls;
}

/* Puts a connection first of all, unless it was there not long ago: of many, it does not matter
 * which of the last few is given up last, and to move one touches three. */
static inline void use(struct pfg_streams *streams, struct pfg_connection *connection)
{
    if ((uint32_t)streams->calls - connection->moved >= streams->quarter)
        move_up(streams, connection);
}

static inline struct pfg_connection *connection_of(const UT_hash_handle *handle)
{
    return (struct pfg_connection *)((uintptr_t)handle - offsetof(struct pfg_connection, hh));
}

/* The connection of a key; NULL none. */
static inline struct pfg_connection *look_up(const struct pfg_streams *streams,
                                             const struct pfg_stream_key *key, unsigned hash)
{
    const UT_hash_bucket *bucket = pfg_hash_bucket(PFG_HASH_TABLE(streams->table), hash);
    const UT_hash_handle *at = bucket == NULL ? NULL : bucket->hh_head;

    for (; at != NULL; at = at->hh_next) {
        struct pfg_connection *connection = connection_of(at);

        if (at->hashv == hash && same_key(&connection->key, key))
            return connection;
    }
    return NULL;
}

struct pfg_stream *pfg_way_find(struct pfg_streams *streams, const struct pfg_place *place)
{
    struct pfg_lately *lately = &streams->lately[place->hash % PFG_LATELY];
    struct pfg_connection *connection = lately->connection;

    if (connection == NULL || lately->hash != place->hash ||
        !same_key(&connection->key, &place->key)) {
        connection = look_up(streams, &place->key, place->hash);
        if (connection == NULL)
            connection = new_connection(streams, &place->key, place->hash);
        *lately = (struct pfg_lately){ place->hash, connection };
        if (connection == NULL)
            return NULL;
    }
    use(streams, connection);
    return &connection->ways[place->which];
}

/* The lines that a plain segment looks at, of whichever direction it is. One that was not found
 * lately is most often new. */
void pfg_streams_ask(const struct pfg_streams *streams, const struct pfg_place *place)
{
    const struct pfg_lately *lately = &streams->lately[place->hash % PFG_LATELY];

    if (lately->connection == NULL || lately->hash != place->hash) {
        pfg_hash_prefetch(PFG_HASH_TABLE(streams->table), place->hash);
        return;
    }
    pfg_prefetch(lately->connection);
    pfg_prefetch(&lately->connection->ways[0]);
    pfg_prefetch(&lately->connection->ways[1]);
}

/* ---- Closed connections ------------------------------------------------------------------ */

/* Whether the other side has all of a direction, to its FIN. Of a side that was not heard at all,
 * the end of the other one is all that there is. */
static inline bool is_over(struct pfg_stream *way)
{
    const struct pfg_stream *back = pfg_stream_back(way);

    if (way->fin && back->acks_known)
        return pfg_seq_diff(back->acks, way->fin_seq) > 0;
    return way->fin ? !back->started : back->fin && !way->started && !way->acks_known;
}

/* Puts a connection into the list where it belongs now. */
void pfg_connection_note_end(struct pfg_streams *streams, struct pfg_connection *connection,
                             uint64_t time_ns)
{
    bool over =
        connection->reset || (is_over(&connection->ways[0]) && is_over(&connection->ways[1]));

    if (connection->closed)
        DL_DELETE(streams->closed, connection);
    else if (over)
        DL_DELETE(streams->recent, connection);
    if (over) {
        DL_APPEND(streams->closed, connection);
    } else if (connection->closed) { /* its ports are used again */
        DL_PREPEND(streams->recent, connection);
        connection->moved = (uint32_t)streams->calls;
    }
    connection->closed = over;
    connection->last_ns = time_ns;
}

/* Drops those of which nothing is to be expected. */
void pfg_connections_drop_closed(struct pfg_streams *streams, uint64_t now_ns)
{
    while (streams->closed != NULL && pfg_is_past(streams->closed, now_ns)) {
        streams->figures.closed++;
        pfg_connection_drop(streams, streams->closed);
    }
}

/* Drops the one that is missed least, but not the one that speaks; false: there is no other. */
bool pfg_connections_drop_oldest(struct pfg_streams *streams, const struct pfg_connection *spared)
{
    struct pfg_connection *closed = streams->closed;
    struct pfg_connection *oldest = streams->recent == NULL ? NULL : streams->recent->prev;

    if (closed == spared && closed != NULL)
        closed = closed->next;
    if (closed != NULL) {
        streams->figures.closed++;
        pfg_connection_drop(streams, closed);
        return true;
    }
    if (oldest == NULL || oldest == spared)
        return false;
    streams->figures.evicted++;
    pfg_connection_drop(streams, oldest);
    return true;
}
