/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who asked whom: uthash over a block of fixed size. */
#include "proto/follow.h"

#include <stdlib.h>

#include "proto/hash.h"

enum { MOST = 4096 };

/* The port that somebody asked from, and who was asked. */
struct key {
    uint8_t asker[16], other[16];
    uint32_t family, port;
};

static unsigned hash_of(const struct pfg_secret *secret, const struct key *key)
{
    uint64_t words[sizeof *key / sizeof(uint64_t)];

    _Static_assert(sizeof words == sizeof *key, "a key is whole words");
    memcpy(words, key, sizeof words);
    return pfg_hash_words(secret, words, sizeof words / sizeof words[0]);
}

struct asked {
    struct key key;
    const struct pfg_proto *proto;
    UT_hash_handle hh;
};

struct pfg_follow {
    struct asked *table; /* who asked longest ago first; NULL in most captures */
    struct pfg_secret secret;
    size_t used; /* of the block */
    struct asked block[MOST];
};

bool pfg_follow_opens(const struct pfg_proto *proto, uint16_t dport)
{
    for (size_t i = 0; proto->def->follow && i < 4; i++)
        if (proto->def->udp_ports[i] && proto->def->udp_ports[i] == dport)
            return true;
    return false;
}

struct pfg_follow *pfg_follow_new(void)
{
    struct pfg_follow *follow = calloc(1, sizeof *follow);

    if (follow)
        pfg_secret_draw(&follow->secret);
    return follow;
}

void pfg_follow_free(struct pfg_follow *follow)
{
    if (!follow)
        return;
    HASH_CLEAR(hh, follow->table);
    free(follow);
}

static struct key key_of(const struct pfg_flow *flow, bool from_asker)
{
    struct key key = { .family = flow->family, .port = from_asker ? flow->sport : flow->dport };
    size_t width = flow->family == 6 ? 16 : 4;

    memcpy(key.asker, from_asker ? flow->src : flow->dst, width);
    memcpy(key.other, from_asker ? flow->dst : flow->src, width);
    return key;
}

static struct asked *find(const struct pfg_follow *follow, const struct key *key)
{
    unsigned hash = hash_of(&follow->secret, key);
    struct asked *asked;

    HASH_FIND_BYHASHVALUE(hh, follow->table, key, sizeof *key, hash, asked);
    return asked;
}

/* A free place in the block: where there is none, that of who asked longest ago. */
static struct asked *take_place(struct pfg_follow *follow)
{
    struct asked *oldest = follow->table;

    if (oldest == NULL)
        follow->used = 0;
    if (follow->used < MOST)
        return &follow->block[follow->used++];
    HASH_DELETE(hh, follow->table, oldest);
    return oldest;
}

void pfg_follow_note(struct pfg_follow *follow, const struct pfg_flow *flow,
                     const struct pfg_proto *proto)
{
    struct asked *asked;
    struct key key;
    unsigned hash;

    if (!pfg_follow_opens(proto, flow->dport))
        return;
    key = key_of(flow, true);
    hash = hash_of(&follow->secret, &key);
    asked = find(follow, &key);
    if (asked) /* it becomes the latest */
        HASH_DELETE(hh, follow->table, asked);
    else
        asked = take_place(follow);
    asked->key = key;
    asked->proto = proto;
    HASH_ADD_BYHASHVALUE(hh, follow->table, key, sizeof asked->key, hash, asked);
}

const struct pfg_proto *pfg_follow_find(const struct pfg_follow *follow,
                                        const struct pfg_flow *flow)
{
    const struct asked *asked;
    struct key key;

    if (!follow->table)
        return NULL;
    key = key_of(flow, false);
    asked = find(follow, &key);
    if (!asked) {
        key = key_of(flow, true);
        asked = find(follow, &key);
    }
    return asked ? asked->proto : NULL;
}
