/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stream_table.c - the connections of a capture: found by both ends, begun, kept for a while after
 * their end, dropped. */
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include <utlist.h>

#include "proto/stream_way.h"

_Static_assert(sizeof(struct pfg_connection) == 384, "a connection is six lines of the cache");

/* Counts what the table takes, which grows by itself and goes with the last connection. */
static void count_table(struct pfg_streams *streams)
{
    streams->figures.memory -= streams->table_bytes;
    streams->table_bytes = PFG_HASH_BYTES(streams->table);
    streams->figures.memory += streams->table_bytes;
}

void pfg_connection_drop(struct pfg_streams *streams, struct pfg_connection *connection)
{
    struct pfg_lately *lately;

    pfg_way_drop(streams, &connection->ways[0]);
    pfg_way_drop(streams, &connection->ways[1]);
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
    free(connection);
}

/* ---- Finding a connection ---------------------------------------------------------------- */

/* An address in words, in the order of its bytes. */
static void put_address(uint64_t *words, const struct pfg_segment *segment, const uint8_t *address)
{
    uint32_t word;

    if (segment->family != 6) {
        memcpy(&word, address, sizeof word);
        words[0] = be32toh(word);
        words[1] = 0;
        return;
    }
    memcpy(words, address, 16);
    words[0] = be64toh(words[0]);
    words[1] = be64toh(words[1]);
}

/* Fills the key; returns which way the segment goes. */
static unsigned make_key(struct pfg_stream_key *key, const struct pfg_segment *segment)
{
    uint64_t src[2], dst[2], low_port, high_port;
    unsigned which;

    put_address(src, segment, segment->src);
    put_address(dst, segment, segment->dst);
    which = src[0] != dst[0]   ? src[0] > dst[0]
            : src[1] != dst[1] ? src[1] > dst[1]
                               : segment->sport > segment->dport;
    memcpy(key->low, which == 0 ? src : dst, sizeof src);
    memcpy(key->high, which == 0 ? dst : src, sizeof src);
    low_port = which == 0 ? segment->sport : segment->dport;
    high_port = which == 0 ? segment->dport : segment->sport;
    key->rest = low_port | high_port << 16 | (uint64_t)segment->family << 32;
    return which;
}

static unsigned hash_of(const struct pfg_streams *streams, const struct pfg_stream_key *key)
{
    const uint64_t words[PFG_STREAM_KEY_WORDS] = { key->low[0], key->low[1], key->high[0],
                                                   key->high[1], key->rest };

    return pfg_hash_words(&streams->secret, words, PFG_STREAM_KEY_WORDS);
}

static bool same_key(const struct pfg_stream_key *a, const struct pfg_stream_key *b)
{
    return ((a->low[0] ^ b->low[0]) | (a->low[1] ^ b->low[1]) | (a->high[0] ^ b->high[0]) |
            (a->high[1] ^ b->high[1]) | (a->rest ^ b->rest)) == 0;
}

void pfg_way_begin(struct pfg_streams *streams, struct pfg_way *way)
{
    struct pfg_stream *back = way->stream.back;
    uint16_t sport = way->stream.sport, dport = way->stream.dport;
    uint8_t side = way->stream.side;

    pfg_way_drop(streams, way);
    memset(way, 0, sizeof *way);
    way->stream.id = ++streams->next_id;
    way->stream.sport = sport;
    way->stream.dport = dport;
    way->stream.back = back;
    way->stream.side = side;
}

static struct pfg_connection *new_connection(struct pfg_streams *streams,
                                             const struct pfg_stream_key *key, unsigned hash)
{
    struct pfg_connection *connection =
        aligned_alloc(alignof(struct pfg_connection), sizeof *connection);
    struct pfg_way *ways;

    if (connection == NULL)
        return NULL;
    memset(connection, 0, sizeof *connection);
    ways = connection->ways;
    connection->key = *key;
    ways[0].stream.sport = ways[1].stream.dport = (uint16_t)key->rest;
    ways[0].stream.dport = ways[1].stream.sport = (uint16_t)(key->rest >> 16);
    ways[0].stream.back = &ways[1].stream;
    ways[1].stream.back = &ways[0].stream;
    ways[1].stream.side = 1;
    pfg_way_begin(streams, &ways[0]);
    pfg_way_begin(streams, &ways[1]);
    HASH_ADD_BYHASHVALUE(hh, streams->table, key, sizeof connection->key, hash, connection);
    if (connection->hh.tbl == NULL) {
        free(connection);
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

/* Puts a connection first of all, unless it was there not long ago: of many, it does not matter
 * which of the last few is given up last, and to move one touches three. */
static void use(struct pfg_streams *streams, struct pfg_connection *connection)
{
    if (connection == streams->recent || connection->closed ||
        (uint32_t)streams->calls - connection->moved < HASH_COUNT(streams->table) / 4)
        return;
    DL_DELETE(streams->recent, connection);
    DL_PREPEND(streams->recent, connection);
    connection->moved = (uint32_t)streams->calls;
}

struct pfg_connection *pfg_connection_find(struct pfg_streams *streams,
                                           const struct pfg_segment *segment, unsigned *which)
{
    struct pfg_stream_key key;
    unsigned hash;
    struct pfg_lately *lately;
    struct pfg_connection *connection;

    *which = make_key(&key, segment);
    hash = hash_of(streams, &key);
    lately = &streams->lately[hash % PFG_LATELY];
    connection = lately->connection;
    if (connection == NULL || lately->hash != hash || !same_key(&connection->key, &key)) {
        HASH_FIND_BYHASHVALUE(hh, streams->table, &key, sizeof key, hash, connection);
        if (connection == NULL)
            connection = new_connection(streams, &key, hash);
        *lately = (struct pfg_lately){ hash, connection };
    }
    if (connection != NULL)
        use(streams, connection);
    return connection;
}

/* ---- Closed connections ------------------------------------------------------------------ */

/* Whether the other side has all of a direction, to its FIN. */
static bool is_over(const struct pfg_way *way)
{
    return way->fin && way->acked_ok && pfg_seq_diff(way->acked, way->fin_seq) > 0;
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
    while (streams->closed != NULL && now_ns > streams->closed->last_ns &&
           now_ns - streams->closed->last_ns > PFG_STREAM_LINGER_NS) {
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
