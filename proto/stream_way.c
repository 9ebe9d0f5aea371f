/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stream_way.c - bytes of one direction: shown in order, kept while something before them is
 * missing. Where two segments disagree, the bytes seen first are taken.
 */
#include "proto/stream_way.h"

#include <stdlib.h>
#include <string.h>

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

void pfg_way_drop(struct pfg_streams *streams, struct pfg_stream *way)
{
    struct pfg_kept *kept = way->kept;

    if (kept == NULL)
        return;
    count_memory(streams, kept, 0, pfg_early_memory(&kept->early));
    pfg_early_drop(&kept->early);
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

/* Forgets early bytes before those that are expected; all are at from or behind. */
static void forget(struct pfg_streams *streams, struct pfg_kept *kept, uint32_t from, uint32_t next)
{
    size_t before = pfg_early_memory(&kept->early);

    pfg_early_forget(&kept->early, from, next);
    count_memory(streams, kept, pfg_early_memory(&kept->early), before);
}

void pfg_way_pass(struct pfg_streams *streams, struct pfg_stream *way, uint32_t size)
{
    uint32_t from = way->next;

    way->next += size;
    if (pfg_way_is_early(way))
        forget(streams, way->kept, from, way->next);
}

void pfg_way_lose(struct pfg_streams *streams, struct pfg_stream *way, uint32_t size)
{
    streams->figures.holes++;
    streams->figures.lost_bytes += size;
    pfg_way_pass(streams, way, size);
    way->from_start = false;
    if (way->ignored)
        return;
    pfg_way_show(streams, way, PFG_STREAM_LOSS);
    way->synced = false;
    way->need = 0;
}

/* ---- Bytes out of order ------------------------------------------------------------------ */

/* Goes on behind early bytes that the capture left out, if those are next. */
static bool lose_cut(struct pfg_streams *streams, struct pfg_stream *way)
{
    const struct pfg_early *early = &way->kept->early;
    struct pfg_early_run run = pfg_early_at(early, way->next);
    uint32_t cut = 0;

    for (; run.size > 0 && run.bytes == NULL; run = pfg_early_at(early, way->next + cut))
        cut += run.size;
    if (cut == 0)
        return false;
    pfg_way_show(streams, way, PFG_STREAM_BYTES);
    pfg_way_lose(streams, way, cut);
    return true;
}

bool pfg_way_drain_one(struct pfg_streams *streams, struct pfg_stream *way, bool *good)
{
    struct pfg_early_run run;

    if (!pfg_way_is_early(way))
        return false;
    run = pfg_early_at(&way->kept->early, way->next);
    if (run.bytes == NULL)
        return lose_cut(streams, way);
    *good = pfg_way_hold(streams, way, run.bytes, run.size);
    pfg_way_pass(streams, way, run.size);
    return *good;
}

bool pfg_way_drain(struct pfg_streams *streams, struct pfg_stream *way)
{
    bool good = true;

    while (pfg_way_drain_one(streams, way, &good))
        continue;
    pfg_way_show(streams, way, PFG_STREAM_BYTES);
    return good;
}

void pfg_way_lose_hole(struct pfg_streams *streams, struct pfg_stream *way)
{
    uint32_t missing = pfg_early_first(&way->kept->early, way->next) - way->next;

    if (missing > 0)
        pfg_way_lose(streams, way, missing);
}

bool pfg_way_skip_hole(struct pfg_streams *streams, struct pfg_stream *way)
{
    pfg_way_lose_hole(streams, way);
    return pfg_way_drain(streams, way);
}

bool pfg_way_skip_acked(struct pfg_streams *streams, struct pfg_stream *way)
{
    const struct pfg_stream *back = pfg_stream_back(way);

    while (pfg_way_is_early(way) && back->acks_known &&
           pfg_seq_diff(back->acks, pfg_early_first(&way->kept->early, way->next)) >= 0) {
        if (!pfg_way_skip_hole(streams, way))
            return false;
    }
    return true;
}

/* Whether something came at that time, and it is long ago. */
static bool is_long_ago(uint64_t then_ns, uint64_t now_ns)
{
    return now_ns > then_ns && now_ns - then_ns > PFG_HOLE_WAIT_NS;
}

bool pfg_way_skip_late(struct pfg_streams *streams, struct pfg_stream *way, uint64_t now_ns)
{
    while (pfg_way_is_early(way) && !pfg_stream_back(way)->acks_known) {
        const struct pfg_kept *kept = way->kept;
        bool late = is_long_ago(kept->moved_ns, now_ns) &&
                    is_long_ago(pfg_early_since(&kept->early, way->next), now_ns);

        if (!late && pfg_early_memory(&kept->early) <= PFG_HOLE_WAIT_BYTES)
            break;
        if (!pfg_way_skip_hole(streams, way))
            return false;
    }
    return true;
}

bool pfg_way_end(struct pfg_streams *streams, struct pfg_stream *way)
{
    bool good = true;

    while (good && pfg_way_is_early(way))
        good = pfg_way_skip_hole(streams, way);
    if (pfg_way_waiting(way) > 0 && !way->ignored)
        pfg_way_show(streams, way, PFG_STREAM_END);
    return good;
}

bool pfg_way_keep(struct pfg_streams *streams, struct pfg_stream *way,
                  const struct pfg_piece *piece)
{
    struct pfg_kept *kept = kept_of(streams, way);
    size_t before;
    bool good;

    if (kept == NULL)
        return false;
    before = pfg_early_memory(&kept->early);
    good = pfg_early_add(&kept->early, piece->seq, piece->bytes, piece->size, piece->cut,
                         piece->time_ns);
    count_memory(streams, kept, pfg_early_memory(&kept->early), before);
    return good;
}
