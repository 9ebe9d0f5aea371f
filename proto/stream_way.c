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

static void count_memory(struct pfg_streams *streams, struct pfg_kept *kept, size_t more,
                         size_t less)
{
    kept->memory += more;
    kept->memory -= less;
    streams->figures.memory += more;
    streams->figures.memory -= less;
}

/* What a direction keeps, which is nothing at first. NULL: memory is out. */
static struct pfg_kept *kept_of(struct pfg_streams *streams, struct pfg_stream *way)
{
    if (way->kept == NULL) {
        way->kept = calloc(1, sizeof *way->kept);
        streams->figures.memory += way->kept == NULL ? 0 : sizeof *way->kept;
    }
    return way->kept;
}

static void drop_held(struct pfg_streams *streams, struct pfg_kept *kept)
{
    retire(streams, kept->held);
    count_memory(streams, kept, 0, kept->room);
    kept->held = NULL;
    kept->at = kept->size = kept->room = 0;
}

static void drop_chunk(struct pfg_streams *streams, struct pfg_kept *kept, struct pfg_chunk *chunk)
{
    DL_DELETE(kept->chunks, chunk);
    kept->chunk_count--;
    count_memory(streams, kept, 0, sizeof *chunk + chunk->size);
    free(chunk);
}

void pfg_way_drop(struct pfg_streams *streams, struct pfg_stream *way)
{
    struct pfg_kept *kept = way->kept;

    if (kept == NULL)
        return;
    while (kept->chunks != NULL)
        drop_chunk(streams, kept, kept->chunks);
    drop_held(streams, kept);
    streams->figures.memory -= sizeof *kept;
    free(kept);
    way->kept = NULL;
}

/* ---- Bytes in order ---------------------------------------------------------------------- */

/* Appends to what is held. Shown bytes stay where they are: then a new buffer is taken. */
static bool hold(struct pfg_streams *streams, struct pfg_kept *kept, const uint8_t *bytes,
                 uint32_t size)
{
    uint32_t have = kept->size - kept->at;
    uint32_t need = have + size;
    bool borrowed = kept->shown == streams->calls;

    if (borrowed ? need > kept->room - kept->at : need > kept->room) {
        uint32_t room = need < 1024 ? 2048 : need + need / 2;
        uint8_t *held = malloc(room);

        if (held == NULL)
            return false;
        memcpy(held, kept->held == NULL ? bytes : kept->held + kept->at, have);
        retire(streams, kept->held);
        count_memory(streams, kept, room, kept->room);
        kept->held = held;
        kept->room = room;
        kept->at = 0;
    } else if (!borrowed && need > kept->room - kept->at) {
        memmove(kept->held, kept->held + kept->at, have);
        kept->at = 0;
    }
    memcpy(kept->held + kept->at + have, bytes, size);
    kept->size = kept->at + need;
    return true;
}

bool pfg_way_hold(struct pfg_streams *streams, struct pfg_stream *way, const uint8_t *bytes,
                  uint32_t size)
{
    struct pfg_kept *kept;

    if (size == 0 || way->ignored)
        return true;
    kept = kept_of(streams, way);
    return kept != NULL && hold(streams, kept, bytes, size);
}

/* Shows what is held to the reader, and forgets what it used. */
static void show(struct pfg_streams *streams, struct pfg_stream *way, struct pfg_kept *kept,
                 enum pfg_stream_event event)
{
    uint32_t size = kept->size - kept->at;
    uint32_t used;

    kept->shown = streams->calls;
    used = streams->reader(streams->user, way, event,
                           kept->held == NULL ? NULL : kept->held + kept->at, size);
    kept->at += used < size && event == PFG_STREAM_BYTES ? used : size;
    if (kept->at == kept->size && kept->room > KEEP_ROOM)
        drop_held(streams, kept); /* otherwise it is borrowed until the next call, see hold() */
}

void pfg_way_show(struct pfg_streams *streams, struct pfg_stream *way, enum pfg_stream_event event)
{
    uint32_t size = pfg_way_waiting(way);

    if (event == PFG_STREAM_BYTES && (size == 0 || size < way->need))
        return;
    if (event == PFG_STREAM_BYTES)
        way->need = 0;
    if (way->kept != NULL)
        show(streams, way, way->kept, event);
    else
        (void)streams->reader(streams->user, way, event, NULL, 0);
}

/* Bytes that are next, straight from the packet: nothing is kept. */
bool pfg_way_take(struct pfg_streams *streams, struct pfg_stream *way, const uint8_t *bytes,
                  uint32_t size)
{
    uint32_t used = 0;

    way->next += size;
    if (way->ignored)
        return true;
    if (size >= way->need) {
        way->need = 0;
        used = streams->reader(streams->user, way, PFG_STREAM_BYTES, bytes, size);
        if (used >= size || way->ignored)
            return true;
    }
    way->plain = false;
    return pfg_way_hold(streams, way, bytes + used, size - used);
}

/* Goes on behind bytes that will not come. */
void pfg_way_lose(struct pfg_streams *streams, struct pfg_stream *way, uint32_t size)
{
    streams->figures.holes++;
    streams->figures.lost_bytes += size;
    way->next += size;
    way->from_start = false;
    if (way->ignored)
        return;
    pfg_way_show(streams, way, PFG_STREAM_LOSS);
    way->synced = false;
    way->need = 0;
}

/* Takes pieces that are in order now. */
bool pfg_way_drain(struct pfg_streams *streams, struct pfg_stream *way)
{
    bool good = true;

    while (pfg_way_chunks(way) != NULL && good) {
        struct pfg_chunk *chunk = way->kept->chunks;
        int32_t behind = pfg_seq_diff(way->next, chunk->seq);

        if (behind < 0)
            break;
        if ((uint32_t)behind < chunk->size) {
            uint32_t size = chunk->size - (uint32_t)behind;

            good = pfg_way_hold(streams, way, chunk->bytes + behind, size);
            way->next += size;
        }
        if (chunk->cut > 0 && way->next == chunk->seq + chunk->size) {
            pfg_way_show(streams, way, PFG_STREAM_BYTES);
            pfg_way_lose(streams, way, chunk->cut);
        }
        drop_chunk(streams, way->kept, chunk);
    }
    pfg_way_show(streams, way, PFG_STREAM_BYTES);
    return good;
}

/* Goes on behind the hole before the first piece. */
bool pfg_way_skip_hole(struct pfg_streams *streams, struct pfg_stream *way)
{
    int32_t missing = pfg_seq_diff(way->kept->chunks->seq, way->next);

    if (missing > 0)
        pfg_way_lose(streams, way, (uint32_t)missing);
    return pfg_way_drain(streams, way);
}

/* Skips holes that the other side has acknowledged: what was there is not coming again. */
bool pfg_way_skip_acked(struct pfg_streams *streams, struct pfg_stream *way)
{
    const struct pfg_stream *back = pfg_stream_back(way);

    while (pfg_way_chunks(way) != NULL && back->acks_known &&
           pfg_seq_diff(back->acks, way->kept->chunks->seq) >= 0) {
        if (!pfg_way_skip_hole(streams, way))
            return false;
    }
    return true;
}

/* ---- Bytes out of order ------------------------------------------------------------------ */

/* Keeps a piece that overlaps no other; after is the one before it, NULL: it is the first. */
static bool insert(struct pfg_streams *streams, struct pfg_stream *way, struct pfg_chunk *after,
                   uint32_t seq, const uint8_t *bytes, uint32_t size, uint32_t cut)
{
    struct pfg_kept *kept = kept_of(streams, way);
    struct pfg_chunk *chunk = kept == NULL ? NULL : malloc(sizeof *chunk + size);

    if (chunk == NULL)
        return false;
    chunk->seq = seq;
    chunk->size = size;
    chunk->cut = cut;
    memcpy(chunk->bytes, bytes, size);
    if (after == NULL)
        DL_PREPEND(kept->chunks, chunk);
    else
        DL_APPEND_ELEM(kept->chunks, after, chunk);
    kept->chunk_count++;
    count_memory(streams, kept, sizeof *chunk + size, 0);
    return true;
}

/* Keeps those parts of a piece that are not kept yet. */
bool pfg_way_keep(struct pfg_streams *streams, struct pfg_stream *way, uint32_t seq,
                  const uint8_t *bytes, uint32_t size, uint32_t cut)
{
    struct pfg_chunk *first = pfg_way_chunks(way);
    struct pfg_chunk *before = first == NULL ? NULL : first->prev; /* the last one */
    struct pfg_chunk *behind;

    /* The last one whose beginning is not behind ours. */
    while (before != NULL && pfg_seq_diff(before->seq, seq) > 0)
        before = before == first ? NULL : before->prev;
    behind = before == NULL ? first : before->next;
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
