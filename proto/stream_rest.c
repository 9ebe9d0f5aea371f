/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stream_rest.c - what stands behind holes of a connection that is not kept any longer. It belongs
 * to no segment, so whoever wants it asks for it between segments.
 */
#include <string.h>

#include <utlist.h>

#include "proto/stream_way.h"

static void free_first(struct pfg_streams *streams)
{
    struct pfg_connection *connection = streams->open.leaving;

    pfg_way_drop(streams, &connection->ways[0]);
    pfg_way_drop(streams, &connection->ways[1]);
    DL_DELETE(streams->open.leaving, connection);
    pfg_pool_give(&streams->pool, connection);
    if (streams->open.leaving == NULL)
        streams->leaving_bytes = 0;
}

/* Its memory is still counted, but not held against those that stay. What left at an earlier call
 * nobody has asked for. */
void pfg_connection_leave(struct pfg_streams *streams, struct pfg_connection *connection)
{
    unsigned i;

    while (streams->open.leaving != NULL &&
           streams->open.leaving->moved != (uint32_t)streams->calls)
        free_first(streams);
    connection->moved = (uint32_t)streams->calls;
    for (i = 0; i < 2; i++) {
        const struct pfg_kept *kept = connection->ways[i].kept;

        streams->leaving_bytes += kept == NULL ? 0 : kept->memory + sizeof *kept;
    }
    DL_APPEND(streams->open.leaving, connection);
}

void pfg_connections_free_leaving(struct pfg_streams *streams)
{
    while (streams->open.leaving != NULL)
        free_first(streams);
}

void pfg_streams_end(struct pfg_streams *streams)
{
    struct pfg_connection *connection = streams->table, *next;
    size_t bare = streams->table_bytes + HASH_COUNT(streams->table) * sizeof *streams->table;

    if (streams->figures.memory == bare)
        return; /* nobody keeps anything, and none need be fetched */
    for (; connection != NULL; connection = next) {
        next = connection->hh.next;
        if (pfg_way_is_early(&connection->ways[0]) || pfg_way_is_early(&connection->ways[1]))
            pfg_connection_drop(streams, connection);
    }
}

/* The direction whose bytes came first; NULL: none has any left. */
static struct pfg_stream *first_way(struct pfg_connection *connection)
{
    struct pfg_stream *low = &connection->ways[0], *high = &connection->ways[1];

    if (!pfg_way_is_early(low))
        return pfg_way_is_early(high) ? high : NULL;
    if (!pfg_way_is_early(high))
        return low;
    return pfg_early_since(&low->kept->early, low->next) <=
                   pfg_early_since(&high->kept->early, high->next)
               ? low
               : high;
}

/* An address as fill_place() of stream_table.c read it. */
static void put_address(uint8_t to[16], unsigned family, const uint64_t words[2])
{
    unsigned size = family == 6 ? 8 : 4, i;

    for (i = 0; i < size; i++) {
        to[i] = (uint8_t)(words[0] >> 8 * (size - 1 - i));
        if (family == 6)
            to[8 + i] = (uint8_t)(words[1] >> 8 * (size - 1 - i));
    }
}

static void fill(struct pfg_rest *rest, const struct pfg_connection *connection,
                 struct pfg_stream *way)
{
    const uint64_t *words = connection->key.words;

    memset(rest, 0, sizeof *rest);
    rest->family = (uint8_t)(words[4] >> 32);
    put_address(rest->src, rest->family, &words[way->side == 0 ? 0 : 2]);
    put_address(rest->dst, rest->family, &words[way->side == 0 ? 2 : 0]);
    rest->sport = way->sport;
    rest->dport = way->dport;
    rest->seq = pfg_early_first(&way->kept->early, way->next);
    rest->time_ns = pfg_early_since(&way->kept->early, way->next);
}

struct pfg_stream *pfg_streams_rest(struct pfg_streams *streams, struct pfg_rest *rest)
{
    struct pfg_stream *way = NULL;

    pfg_streams_free_retired(streams);
    while (streams->open.leaving != NULL && (way = first_way(streams->open.leaving)) == NULL)
        free_first(streams);
    if (way == NULL)
        return NULL;
    fill(rest, streams->open.leaving, way);
    return way;
}

bool pfg_streams_read_rest(struct pfg_streams *streams, struct pfg_stream *stream)
{
    bool good = true;

    streams->calls++;
    streams->rests++;
    stream->absolute = false;
    pfg_way_lose_hole(streams, stream);
    (void)pfg_way_drain_one(streams, stream, &good);
    pfg_way_show(streams, stream, PFG_STREAM_BYTES);
    return good;
}
