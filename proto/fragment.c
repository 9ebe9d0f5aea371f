/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fragment.c - datagrams being joined: the bytes in one buffer, and which ranges of it are there.
 */
#include "proto/fragment.h"

#include <stdlib.h>

#include "proto/hash.h"

/* A payload is at most so long (RFC 791, 3.1: 16 bits of total length). */
#define DATAGRAM_MAX 65535U
/* Ranges kept apart in one datagram; honest senders leave a few holes at most. */
#define RANGES_MAX   64U

struct range {
    uint32_t from, to;
};

struct key {
    uint8_t src[16], dst[16];
    uint32_t id, vlans;
    uint8_t family, protocol;
    uint8_t zero[6];
};

static unsigned hash_of(const struct pfg_secret *secret, const struct key *key)
{
    uint64_t words[sizeof *key / sizeof(uint64_t)];

    _Static_assert(sizeof words == sizeof *key, "a key is whole words");
    memcpy(words, key, sizeof words);
    return pfg_hash_words(secret, words, sizeof words / sizeof words[0]);
}

struct datagram {
    struct key key;
    uint64_t since_ns;
    uint8_t *bytes;
    uint32_t room;
    uint32_t end;     /* bytes of the whole payload; 0 = the last fragment is not here yet */
    uint32_t cut;     /* from here on the capture left bytes out; UINT32_MAX none */
    uint8_t protocol; /* of the fragment at offset 0 */
    bool given_up;    /* stays to swallow what still comes of it */
    uint32_t count;
    struct range ranges[RANGES_MAX]; /* in order, neither touching nor overlapping */
    UT_hash_handle hh;
};

struct pfg_fragments {
    struct datagram *table; /* the oldest first */
    struct datagram *done;  /* handed out, freed at the next call */
    struct pfg_secret secret;
    size_t table_bytes; /* of figures.memory: what the table takes beside datagrams */
    size_t max_bytes;
    uint64_t timeout_ns;
    struct pfg_fragments_figures figures;
};

struct pfg_fragments *pfg_fragments_new(size_t max_bytes, uint64_t timeout_ns)
{
    struct pfg_fragments *fragments = calloc(1, sizeof *fragments);

    if (fragments == NULL)
        return NULL;
    fragments->max_bytes = max_bytes;
    fragments->timeout_ns = timeout_ns;
    pfg_secret_draw(&fragments->secret);
    return fragments;
}

static void free_datagram(struct pfg_fragments *fragments, struct datagram *datagram)
{
    fragments->figures.memory -= sizeof *datagram + datagram->room;
    free(datagram->bytes);
    free(datagram);
}

/* Counts what the table takes, which grows by itself and goes with the last datagram. */
static void count_table(struct pfg_fragments *fragments)
{
    fragments->figures.memory -= fragments->table_bytes;
    fragments->table_bytes = PFG_HASH_BYTES(fragments->table);
    fragments->figures.memory += fragments->table_bytes;
}

/* Takes it out of the table; the caller frees it. */
static void take_out(struct pfg_fragments *fragments, struct datagram *datagram)
{
    HASH_DELETE(hh, fragments->table, datagram);
    count_table(fragments);
}

static void drop(struct pfg_fragments *fragments, struct datagram *datagram)
{
    take_out(fragments, datagram);
    free_datagram(fragments, datagram);
}

static void free_done(struct pfg_fragments *fragments)
{
    if (fragments->done != NULL)
        free_datagram(fragments, fragments->done);
    fragments->done = NULL;
}

void pfg_fragments_free(struct pfg_fragments *fragments)
{
    if (fragments == NULL)
        return;
    while (fragments->table != NULL)
        drop(fragments, fragments->table);
    free_done(fragments);
    free(fragments);
}

void pfg_fragments_figures(const struct pfg_fragments *fragments,
                           struct pfg_fragments_figures *figures)
{
    *figures = fragments->figures;
}

static void drop_old(struct pfg_fragments *fragments, uint64_t now_ns)
{
    struct datagram *oldest;

    while ((oldest = fragments->table) != NULL && now_ns > oldest->since_ns &&
           now_ns - oldest->since_ns > fragments->timeout_ns) {
        if (!oldest->given_up)
            fragments->figures.timed_out++;
        drop(fragments, oldest);
    }
}

static void bound(struct pfg_fragments *fragments, const struct datagram *spared)
{
    while (fragments->figures.memory > fragments->max_bytes && fragments->table != NULL &&
           fragments->table != spared) {
        fragments->figures.evicted++;
        drop(fragments, fragments->table);
    }
}

static struct datagram *new_datagram(struct pfg_fragments *fragments, const struct key *key,
                                     unsigned hash, const struct pfg_fragment *fragment)
{
    struct datagram *datagram = calloc(1, sizeof *datagram);

    if (datagram == NULL)
        return NULL;
    datagram->key = *key;
    datagram->since_ns = fragment->time_ns;
    datagram->cut = UINT32_MAX;
    datagram->protocol = fragment->protocol;
    HASH_ADD_BYHASHVALUE(hh, fragments->table, key, sizeof datagram->key, hash, datagram);
    if (datagram->hh.tbl == NULL) {
        free(datagram);
        return NULL;
    }
    count_table(fragments);
    fragments->figures.memory += sizeof *datagram;
    return datagram;
}

/* The datagram of a fragment, a new one where there is none. NULL: memory is out. */
static struct datagram *find(struct pfg_fragments *fragments, const struct pfg_fragment *fragment)
{
    size_t width = fragment->family == 6 ? 16 : 4;
    struct datagram *datagram;
    struct key key;
    unsigned hash;

    memset(&key, 0, sizeof key);
    memcpy(key.src, fragment->src, width);
    memcpy(key.dst, fragment->dst, width);
    key.id = fragment->id;
    key.vlans = fragment->vlans;
    key.family = fragment->family;
    key.protocol = fragment->family == 6 ? 0 : fragment->protocol;
    hash = hash_of(&fragments->secret, &key);
    HASH_FIND_BYHASHVALUE(hh, fragments->table, &key, sizeof key, hash, datagram);
    return datagram != NULL ? datagram : new_datagram(fragments, &key, hash, fragment);
}

static bool make_room(struct pfg_fragments *fragments, struct datagram *datagram, uint32_t to)
{
    uint32_t room = to < 2048 ? 4096 : to + to / 2;
    uint8_t *bytes;

    if (to <= datagram->room)
        return true;
    if (room > DATAGRAM_MAX)
        room = DATAGRAM_MAX;
    bytes = realloc(datagram->bytes, room);
    if (bytes == NULL)
        return false;
    fragments->figures.memory += room - datagram->room;
    datagram->bytes = bytes;
    datagram->room = room;
    return true;
}

/* Copies those bytes of [from, to) that are not there yet. */
static void copy_new(struct datagram *datagram, const uint8_t *bytes, uint32_t from, uint32_t to)
{
    uint32_t at = from;
    uint32_t i;

    for (i = 0; i < datagram->count && at < to; i++) {
        const struct range *range = &datagram->ranges[i];

        if (range->to <= at)
            continue;
        if (range->from >= to)
            break;
        if (range->from > at)
            memcpy(datagram->bytes + at, bytes + (at - from), range->from - at);
        at = range->to;
    }
    if (at < to)
        memcpy(datagram->bytes + at, bytes + (at - from), to - at);
}

/* Adds [from, to) to the ranges. False: too many ranges. */
static bool add_range(struct datagram *datagram, uint32_t from, uint32_t to)
{
    struct range *ranges = datagram->ranges;
    uint32_t first = 0, behind;

    while (first < datagram->count && ranges[first].to < from)
        first++;
    behind = first;
    while (behind < datagram->count && ranges[behind].from <= to) {
        from = ranges[behind].from < from ? ranges[behind].from : from;
        to = ranges[behind].to > to ? ranges[behind].to : to;
        behind++;
    }
    if (behind == first && datagram->count == RANGES_MAX)
        return false;
    memmove(&ranges[first + 1], &ranges[behind], (datagram->count - behind) * sizeof *ranges);
    datagram->count = datagram->count + 1 - (behind - first);
    ranges[first].from = from;
    ranges[first].to = to;
    return true;
}

enum fit { FIT_NEW, FIT_REPEATED, FIT_BAD };

/* How a fragment fits what is there. */
static enum fit fits(const struct datagram *datagram, const struct pfg_fragment *fragment)
{
    uint32_t from = fragment->offset, to = fragment->offset + fragment->wire_size;
    uint32_t last = datagram->count == 0 ? 0 : datagram->ranges[datagram->count - 1].to;
    uint32_t i;

    /* All but the last bear a multiple of 8 bytes (RFC 791, 3.2). */
    if (fragment->more && (fragment->wire_size & 7) != 0)
        return FIT_BAD;
    if (!fragment->more && ((datagram->end != 0 && datagram->end != to) || last > to))
        return FIT_BAD;
    if (datagram->end != 0 && to > datagram->end)
        return FIT_BAD;
    for (i = 0; i < datagram->count; i++) {
        if (datagram->ranges[i].from <= from && datagram->ranges[i].to >= to)
            return FIT_REPEATED;
        if (datagram->key.family == 6 && datagram->ranges[i].from < to &&
            datagram->ranges[i].to > from)
            return FIT_BAD; /* RFC 5722, 4 */
    }
    return FIT_NEW;
}

static enum pfg_fragment_result give_up(struct pfg_fragments *fragments, struct datagram *datagram)
{
    fragments->figures.bad++;
    fragments->figures.memory -= datagram->room;
    free(datagram->bytes);
    datagram->bytes = NULL;
    datagram->room = 0;
    datagram->given_up = true;
    bound(fragments, datagram);
    return PFG_FRAGMENT_BAD;
}

static enum pfg_fragment_result finish(struct pfg_fragments *fragments, struct datagram *datagram,
                                       struct pfg_datagram *joined)
{
    take_out(fragments, datagram);
    fragments->done = datagram;
    fragments->figures.joined++;
    joined->bytes = datagram->bytes;
    joined->size = datagram->end < datagram->cut ? datagram->end : datagram->cut;
    joined->wire_size = datagram->end;
    joined->protocol = datagram->protocol;
    return PFG_FRAGMENT_DONE;
}

enum pfg_fragment_result pfg_fragments_add(struct pfg_fragments *fragments,
                                           const struct pfg_fragment *fragment,
                                           struct pfg_datagram *joined)
{
    uint32_t from = fragment->offset;
    struct datagram *datagram;
    enum fit fit;

    free_done(fragments);
    fragments->figures.fragments++;
    drop_old(fragments, fragment->time_ns);
    if (fragment->wire_size == 0 || from > DATAGRAM_MAX ||
        fragment->wire_size > DATAGRAM_MAX - from) {
        fragments->figures.bad++;
        return PFG_FRAGMENT_BAD;
    }
    datagram = find(fragments, fragment);
    if (datagram == NULL)
        return PFG_FRAGMENT_NO_MEMORY;
    if (datagram->given_up)
        return PFG_FRAGMENT_BAD;
    fit = fits(datagram, fragment);
    if (fit == FIT_REPEATED)
        return PFG_FRAGMENT_REPEATED;
    if (fit == FIT_BAD)
        return give_up(fragments, datagram);
    if (!make_room(fragments, datagram, from + fragment->wire_size))
        return PFG_FRAGMENT_NO_MEMORY;
    copy_new(datagram, fragment->bytes, from, from + fragment->size);
    if (!add_range(datagram, from, from + fragment->wire_size))
        return give_up(fragments, datagram);
    if (fragment->size < fragment->wire_size && from + fragment->size < datagram->cut)
        datagram->cut = from + fragment->size;
    if (!fragment->more)
        datagram->end = from + fragment->wire_size;
    if (from == 0)
        datagram->protocol = fragment->protocol;
    if (datagram->end != 0 && datagram->count == 1 && datagram->ranges[0].from == 0)
        return finish(fragments, datagram, joined);
    bound(fragments, datagram);
    return PFG_FRAGMENT_KEPT;
}
