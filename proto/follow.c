/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who asked whom, in a table of fixed size. */
#include "proto/follow.h"

#include <stdlib.h>
#include <string.h>

enum { SLOTS = 4096, PROBES = 8 };

/* The port that somebody asked from, and who was asked. */
struct asked {
    const struct pfg_proto *proto; /* NULL: a free slot */
    uint64_t age;
    uint8_t family, asker[16], other[16];
    uint16_t port;
};

struct pfg_follow {
    struct asked slots[SLOTS];
    uint64_t clock;
    bool any; /* most captures have no such protocol */
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
    return calloc(1, sizeof(struct pfg_follow));
}

void pfg_follow_free(struct pfg_follow *follow)
{
    free(follow);
}

static struct asked key_of(const struct pfg_flow *flow, bool from_asker)
{
    struct asked key = { .family = flow->family, .port = from_asker ? flow->sport : flow->dport };
    size_t width = flow->family == 6 ? 16 : 4;

    memcpy(key.asker, from_asker ? flow->src : flow->dst, width);
    memcpy(key.other, from_asker ? flow->dst : flow->src, width);
    return key;
}

static bool same(const struct asked *a, const struct asked *b)
{
    return a->proto && a->family == b->family && a->port == b->port &&
           memcmp(a->asker, b->asker, sizeof a->asker) == 0 &&
           memcmp(a->other, b->other, sizeof a->other) == 0;
}

/* FNV-1a. */
static size_t slot_of(const struct asked *key)
{
    uint32_t hash = 2166136261u ^ key->port;

    for (size_t i = 0; i < sizeof key->asker; i++)
        hash = ((hash ^ key->asker[i]) * 16777619u ^ key->other[i]) * 16777619u;
    return hash % SLOTS;
}

void pfg_follow_note(struct pfg_follow *follow, const struct pfg_flow *flow,
                     const struct pfg_proto *proto)
{
    struct asked key, *oldest = NULL;

    if (!pfg_follow_opens(proto, flow->dport))
        return;
    key = key_of(flow, true);
    key.proto = proto;
    key.age = ++follow->clock;
    follow->any = true;
    for (size_t i = 0, at = slot_of(&key); i < PROBES; i++) {
        struct asked *slot = &follow->slots[(at + i) % SLOTS];

        if (!slot->proto || same(slot, &key)) {
            *slot = key;
            return;
        }
        if (!oldest || slot->age < oldest->age)
            oldest = slot;
    }
    *oldest = key;
}

static const struct pfg_proto *find(const struct pfg_follow *follow, const struct pfg_flow *flow,
                                    bool from_asker)
{
    struct asked key = key_of(flow, from_asker);

    for (size_t i = 0, at = slot_of(&key); i < PROBES; i++) {
        const struct asked *slot = &follow->slots[(at + i) % SLOTS];

        if (same(slot, &key))
            return slot->proto;
    }
    return NULL;
}

const struct pfg_proto *pfg_follow_find(const struct pfg_follow *follow,
                                        const struct pfg_flow *flow)
{
    const struct pfg_proto *proto;

    if (!follow->any)
        return NULL;
    proto = find(follow, flow, false);
    return proto ? proto : find(follow, flow, true);
}
