/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Joining the bodies of `more` frames. */
#include <stdlib.h>
#include <string.h>

#include "proto/hash.h"
#include "proto/join.h"
#include "proto/raw.h"

/* One message in parts. The key: the direction of a conversation, the protocol, and the values of
 * the fields that pair a request with its reply. */
struct part {
    struct {
        uint64_t flow, values[4];
        uint32_t proto, reply;
    } key;
    uint8_t *bytes; /* header_size bytes of room for a header, then the bodies */
    uint32_t size, room;
    UT_hash_handle hh;
};

struct pfg_joiner {
    struct part *parts; /* in order of age */
    size_t bytes, max_bytes;
    uint8_t *done; /* what the last JOIN_DONE gave */
};

bool pfg_joiner_waits(const struct pfg_joiner *joiner)
{
    return joiner && joiner->parts;
}

struct pfg_joiner *pfg_joiner_new(size_t max_bytes)
{
    struct pfg_joiner *joiner = calloc(1, sizeof *joiner);
    if (joiner)
        joiner->max_bytes = max_bytes;
    return joiner;
}

static void drop(struct pfg_joiner *joiner, struct part *part)
{
    HASH_DEL(joiner->parts, part);
    joiner->bytes -= part->room;
    free(part->bytes);
    free(part);
}

void pfg_joiner_free(struct pfg_joiner *joiner)
{
    if (!joiner)
        return;
    while (joiner->parts)
        drop(joiner, joiner->parts);
    free(joiner->done);
    free(joiner);
}

void pfg_joiner_drop(struct pfg_joiner *joiner, uint64_t flow)
{
    struct part *part, *next;
    HASH_ITER(hh, joiner->parts, part, next)
    {
        if (part->key.flow == flow)
            drop(joiner, part);
    }
}

static struct part *find_part(struct pfg_joiner *joiner, const struct pfg_proto *proto,
                              uint64_t flow, const uint8_t *frame, struct part *key)
{
    struct part *part;
    memset(&key->key, 0, sizeof key->key);
    key->key.flow = flow;
    key->key.proto = proto->index;
    key->key.reply = pfg_raw_passes(&proto->reply, frame);
    for (uint32_t i = 0; i < proto->pair_count; i++) {
        const struct pfg_field *field =
            key->key.reply ? proto->pair[i].reply : proto->pair[i].request;
        if (field->offset < proto->header_size && pfg_raw_width(field) && !field->parent)
            key->key.values[i] = pfg_raw_get(field, frame);
    }
    HASH_FIND(hh, joiner->parts, &key->key, sizeof key->key, part);
    return part;
}

/* Room for size bytes more in a part; gives up the oldest others where memory is short. */
static bool make_room(struct pfg_joiner *joiner, struct part *part, uint32_t size)
{
    uint64_t need = (uint64_t)part->size + size, room = part->room ? part->room : 4096;
    if (need <= part->room)
        return true;
    if (need > UINT32_MAX / 2)
        return false;
    while (room < need)
        room *= 2;
    while (joiner->bytes + room - part->room > joiner->max_bytes && joiner->parts != part)
        drop(joiner, joiner->parts);
    if (joiner->bytes + room - part->room > joiner->max_bytes)
        return false;
    uint8_t *bytes = realloc(part->bytes, room);
    if (!bytes)
        return false;
    joiner->bytes += room - part->room;
    part->bytes = bytes;
    part->room = (uint32_t)room;
    return true;
}

static bool append(struct pfg_joiner *joiner, const struct pfg_proto *proto, struct part *part,
                   const uint8_t *frame, uint32_t size)
{
    uint32_t body = size - proto->header_size;
    if (part->size - proto->header_size + (uint64_t)body > proto->def->joined_max ||
        !make_room(joiner, part, body))
        return false;
    memcpy(part->bytes + part->size, frame + proto->header_size, body);
    part->size += body;
    return true;
}

static struct part *new_part(struct pfg_joiner *joiner, const struct pfg_proto *proto,
                             const struct part *key)
{
    struct part *part = calloc(1, sizeof *part);
    if (!part)
        return NULL;
    part->key = key->key;
    HASH_ADD(hh, joiner->parts, key, sizeof part->key, part);
    if (!part->hh.tbl) {
        free(part);
        return NULL;
    }
    if (!make_room(joiner, part, proto->header_size)) {
        drop(joiner, part);
        return NULL;
    }
    part->size = proto->header_size;
    return part;
}

enum pfg_join pfg_joiner_feed(struct pfg_joiner *joiner, const struct pfg_proto *proto,
                              uint64_t flow, const uint8_t *frame, uint32_t size,
                              const uint8_t **joined, uint32_t *joined_size)
{
    struct part key, *part;

    if (!proto->more.field || size < proto->header_size)
        return PFG_JOIN_WHOLE;
    bool more = pfg_raw_passes(&proto->more, frame);
    if (!more && !joiner->parts)
        return PFG_JOIN_WHOLE;
    part = find_part(joiner, proto, flow, frame, &key);
    if (!part && !more)
        return PFG_JOIN_WHOLE;
    if (!part)
        part = new_part(joiner, proto, &key);
    if (!part)
        return PFG_JOIN_TOO_LONG;
    if (!append(joiner, proto, part, frame, size)) {
        drop(joiner, part);
        return PFG_JOIN_TOO_LONG;
    }
    if (more)
        return PFG_JOIN_PARTIAL;
    memcpy(part->bytes, frame, proto->header_size);
    free(joiner->done);
    joiner->done = part->bytes;
    *joined = part->bytes;
    *joined_size = part->size;
    part->bytes = NULL;
    drop(joiner, part);
    return PFG_JOIN_DONE;
}

void pfg_joiner_give_up(struct pfg_joiner *joiner, const struct pfg_proto *proto, uint64_t flow,
                        const uint8_t *frame, uint32_t size)
{
    struct part key, *part;
    if (!proto->more.field || size < proto->header_size || !joiner->parts)
        return;
    part = find_part(joiner, proto, flow, frame, &key);
    if (part)
        drop(joiner, part);
}

uint8_t *pfg_joiner_take(struct pfg_joiner *joiner)
{
    uint8_t *bytes = joiner->done;
    joiner->done = NULL;
    return bytes;
}
