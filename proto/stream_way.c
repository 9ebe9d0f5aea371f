/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stream_way.c - bytes of one direction: shown in order, kept while something before them is
 * missing. Where two segments disagree, the bytes seen first are taken.
 */
#include "proto/stream_way.h"

#include <stdlib.h>
#include <string.h>

#include <utlist.h>

/* Kept buffers up to this size stay with their direction when they are empty. */
#define KEEP_ROOM 16384

/* Puts a buffer away until the next call. Without memory for the note it leaks, which is safe. */
static void retire(struct pfg_streams *streams, uint8_t *bytes)
{
    struct pfg_retired *note;

    if (bytes == NULL)
        return;
    note = malloc(sizeof *note);
    if (note == NULL)
        return;
    note->bytes = bytes;
    note->next = streams->retired;
    streams->retired = note;
}

void pfg_streams_free_retired(struct pfg_streams *streams)
{
    while (streams->retired != NULL) {
        struct pfg_retired *note = streams->retired;

        streams->retired = note->next;
        free(note->bytes);
        free(note);
    }
}

static void count_memory(struct pfg_streams *streams, struct pfg_way *way, size_t more, size_t less)
{
    way->memory += more;
    way->memory -= less;
    streams->figures.memory += more;
    streams->figures.memory -= less;
}

static void drop_held(struct pfg_streams *streams, struct pfg_way *way)
{
    retire(streams, way->held);
    count_memory(streams, way, 0, way->room);
    way->held = NULL;
    way->at = way->size = way->room = 0;
}

static void drop_chunk(struct pfg_streams *streams, struct pfg_way *way, struct pfg_chunk *chunk)
{
    DL_DELETE(way->chunks, chunk);
    way->chunk_count--;
    count_memory(streams, way, 0, sizeof *chunk + chunk->size);
    free(chunk);
}

void pfg_way_drop(struct pfg_streams *streams, struct pfg_way *way)
{
    while (way->chunks != NULL)
        drop_chunk(streams, way, way->chunks);
    drop_held(streams, way);
}

/* ---- Bytes in order ---------------------------------------------------------------------- */

/* Appends to what is held. Shown bytes stay where they are: then a new buffer is taken. */
bool pfg_way_hold(struct pfg_streams *streams, struct pfg_way *way, const uint8_t *bytes,
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
void pfg_way_show(struct pfg_streams *streams, struct pfg_way *way, enum pfg_stream_event event)
{
    const uint8_t *bytes = way->held == NULL ? NULL : way->held + way->at;
    uint32_t size = way->size - way->at;
    uint32_t used;

    if (event == PFG_STREAM_BYTES && (size == 0 || size < way->stream.need))
        return;
    way->shown = streams->calls;
    if (event == PFG_STREAM_BYTES)
        way->stream.need = 0;
    used = streams->reader(streams->user, &way->stream, event, bytes, size);
    way->at += used < size && event == PFG_STREAM_BYTES ? used : size;
    if (way->at < way->size)
        return;
    if (way->room > KEEP_ROOM)
        drop_held(streams, way);
    else if (way->room > 0)
        way->at = way->size; /* its bytes are borrowed until the next call, see pfg_way_hold() */
}

/* Bytes that are next, straight from the packet: nothing is kept. */
bool pfg_way_take(struct pfg_streams *streams, struct pfg_way *way, const uint8_t *bytes,
                  uint32_t size)
{
    uint32_t used = 0;

    way->stream.next += size;
    if (way->stream.ignored)
        return true;
    if (size >= way->stream.need) {
        way->stream.need = 0;
        used = streams->reader(streams->user, &way->stream, PFG_STREAM_BYTES, bytes, size);
        if (used >= size || way->stream.ignored)
            return true;
    }
    way->plain = false;
    return pfg_way_hold(streams, way, bytes + used, size - used);
}

/* Goes on behind bytes that will not come. */
void pfg_way_lose(struct pfg_streams *streams, struct pfg_way *way, uint32_t size)
{
    streams->figures.holes++;
    streams->figures.lost_bytes += size;
    way->stream.next += size;
    way->stream.from_start = false;
    if (way->stream.ignored)
        return;
    pfg_way_show(streams, way, PFG_STREAM_LOSS);
    way->stream.synced = false;
    way->stream.need = 0;
}

/* Takes pieces that are in order now. */
bool pfg_way_drain(struct pfg_streams *streams, struct pfg_way *way)
{
    bool good = true;

    while (way->chunks != NULL && good) {
        struct pfg_chunk *chunk = way->chunks;
        int32_t behind = pfg_seq_diff(way->stream.next, chunk->seq);

        if (behind < 0)
            break;
        if ((uint32_t)behind < chunk->size) {
            uint32_t size = chunk->size - (uint32_t)behind;

            good = pfg_way_hold(streams, way, chunk->bytes + behind, size);
            way->stream.next += size;
        }
        if (chunk->cut > 0 && way->stream.next == chunk->seq + chunk->size) {
            pfg_way_show(streams, way, PFG_STREAM_BYTES);
            pfg_way_lose(streams, way, chunk->cut);
        }
        drop_chunk(streams, way, chunk);
    }
    pfg_way_show(streams, way, PFG_STREAM_BYTES);
    return good;
}

/* Goes on behind the hole before the first piece. */
bool pfg_way_skip_hole(struct pfg_streams *streams, struct pfg_way *way)
{
    int32_t missing = pfg_seq_diff(way->chunks->seq, way->stream.next);

    if (missing > 0)
        pfg_way_lose(streams, way, (uint32_t)missing);
    return pfg_way_drain(streams, way);
}

/* Skips holes that the other side has acknowledged: what was there is not coming again. */
bool pfg_way_skip_acked(struct pfg_streams *streams, struct pfg_way *way)
{
    const struct pfg_way *back = pfg_way_back(way);

    while (way->chunks != NULL && back->acks_known &&
           pfg_seq_diff(back->acks, way->chunks->seq) >= 0) {
        if (!pfg_way_skip_hole(streams, way))
            return false;
    }
    return true;
}

/* ---- Bytes out of order ------------------------------------------------------------------ */

/* Keeps a piece that overlaps no other; after is the one before it, NULL: it is the first. */
static bool insert(struct pfg_streams *streams, struct pfg_way *way, struct pfg_chunk *after,
                   uint32_t seq, const uint8_t *bytes, uint32_t size, uint32_t cut)
{
    struct pfg_chunk *chunk = malloc(sizeof *chunk + size);

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
bool pfg_way_keep(struct pfg_streams *streams, struct pfg_way *way, uint32_t seq,
                  const uint8_t *bytes, uint32_t size, uint32_t cut)
{
    struct pfg_chunk *before = way->chunks == NULL ? NULL : way->chunks->prev; /* the last one */
    struct pfg_chunk *behind;

    /* The last one whose beginning is not behind ours. */
    while (before != NULL && pfg_seq_diff(before->seq, seq) > 0)
        before = before == way->chunks ? NULL : before->prev;
    behind = before == NULL ? way->chunks : before->next;
    if (before != NULL) {
        int32_t over = pfg_seq_diff(before->seq + before->size, seq);

        if (over > 0) {
            uint32_t skip = (uint32_t)over < size ? (uint32_t)over : size;

            seq += skip;
            bytes += skip;
            size -= skip;
        }
    }
    while (size > 0) {
        int32_t free_bytes = behind == NULL ? INT32_MAX : pfg_seq_diff(behind->seq, seq);
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
