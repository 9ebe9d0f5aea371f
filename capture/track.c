/* SPDX-License-Identifier: GPL-2.0-or-later */
/* track.c - a table of waiting requests, found by a number mixed from all that a reply must share
 * with its request. Entries come out of one block; what is free is used again first, which keeps
 * the block small in the processor's eyes; when none is free, the oldest makes room. */
#include "capture/track.h"

#include <stdlib.h>
#include <string.h>

#include "capture/mixed.h"

struct request {
    uint64_t key;
    uint64_t number, time_ns;
    bool many; /* everybody may answer: it stays when it is answered */
    struct request *next;
    UT_hash_handle hh;
};

struct capture_track {
    struct request *requests; /* count of them; before fresh, each was used once */
    struct request *table;    /* in order of age, as uthash keeps it */
    struct request *unused;   /* linked by .next */
    struct request first;     /* always in the table: uthash frees an empty one each time */
    size_t count, fresh;
};

struct capture_track *capture_track_new(size_t max_bytes)
{
    struct capture_track *track = calloc(1, sizeof *track);

    if (track == NULL)
        return NULL;
    track->count = max_bytes / sizeof(struct request);
    if (track->count < 16)
        track->count = 16;
    track->requests = calloc(track->count, sizeof *track->requests);
    if (track->requests == NULL) {
        free(track);
        return NULL;
    }
    HASH_ADD(hh, track->table, key, sizeof track->first.key, &track->first);
    if (track->table != NULL)
        return track;
    capture_track_free(track);
    return NULL;
}

void capture_track_free(struct capture_track *track)
{
    if (track == NULL)
        return;
    HASH_CLEAR(hh, track->table);
    free(track->requests);
    free(track);
}

/* Bytes, letters without their case: the names of DNS are compared so (RFC 4343). */
static uint64_t mix_bytes(uint64_t hash, const uint8_t *bytes, uint32_t size)
{
    uint32_t i;

    for (i = 0; i < size; i++)
        hash = (hash ^ (bytes[i] | 0x20U)) * UINT64_C(0x100000001b3);
    return hash;
}

static uint64_t mix_address(uint64_t hash, const uint8_t *address, size_t width)
{
    size_t i;

    for (i = 0; i < width; i += 4) {
        uint32_t word;

        memcpy(&word, address + i, sizeof word);
        hash = capture_mix(hash, word);
    }
    return hash;
}

static uint64_t mix_value(uint64_t hash, const struct pfg_decode *decode, const struct pfg_pdu *pdu,
                          const struct pfg_field *field)
{
    const struct pfg_value *value =
        pfg_pdu_find(decode, pdu, field->bit != NULL ? field->parent : field);

    if (value == NULL)
        return capture_mix(hash, 1);
    switch (field->row->kind) {
    case PFG_NAME:
    case PFG_BYTES:
    case PFG_DATA:
    case PFG_STRING:
    case PFG_IPV6:
    case PFG_MAC:
    case PFG_PACKED:
    case PFG_RDATA:
        return capture_mix(mix_bytes(hash, pfg_value_bytes(pdu, value), value->size), value->size);
    case PFG_END:
    case PFG_UINT:
    case PFG_INT:
    case PFG_FLAGS:
    case PFG_TIME:
    case PFG_IPV4:
    case PFG_MAGIC:
    case PFG_CONST:
    case PFG_RESERVED:
    case PFG_LENGTH:
    case PFG_CHECKSUM:
    case PFG_GROUP:
    case PFG_ARRAY:
    case PFG_BODY:
    case PFG_DERIVED:
    case PFG_KIND_COUNT:
        break;
    }
    if (field->bit != NULL)
        return capture_mix(hash, value->u >> field->bits_shift & field->bits_mask);
    return capture_mix(hash, value->u);
}

/* Who asked is in the key, and not who answers: what was asked of all comes back from one. */
static uint64_t key_of(const struct pfg_decode *decode, const struct pfg_flow *flow,
                       const struct pfg_pdu *pdu)
{
    const uint8_t *asker = pdu->is_reply ? flow->dst : flow->src;
    uint16_t port = pdu->is_reply ? flow->dport : flow->sport;
    uint64_t hash = capture_mix(pdu->proto->index, (uint64_t)flow->protocol << 16 | port);
    uint32_t i;

    if (asker != NULL)
        hash = mix_address(hash, asker, flow->family == 6 ? 16 : 4);
    for (i = 0; i < pdu->proto->pair_count; i++)
        hash = mix_value(hash, decode, pdu,
                         pdu->is_reply ? pdu->proto->pair[i].reply : pdu->proto->pair[i].request);
    return hash;
}

/* Whether a destination is a broadcast or multicast one. */
static bool to_many(const struct pfg_flow *flow)
{
    if (flow->dst == NULL)
        return false;
    if (flow->family == 6)
        return flow->dst[0] == 0xff;
    return flow->dst[0] >= 224 || flow->dst[3] == 255;
}

static void forget(struct capture_track *track, struct request *request)
{
    HASH_DELETE(hh, track->table, request);
    request->next = track->unused;
    track->unused = request;
}

static struct request *new_request(struct capture_track *track)
{
    struct request *request;

    if (track->unused == NULL && track->fresh < track->count)
        return &track->requests[track->fresh++];
    if (track->unused == NULL)
        forget(track, track->first.hh.next); /* the oldest */
    request = track->unused;
    track->unused = request->next;
    return request;
}

static void keep(struct capture_track *track, uint64_t key, const struct pfg_packet *packet,
                 bool many)
{
    struct request *request;

    HASH_FIND(hh, track->table, &key, sizeof key, request);
    if (request != NULL && packet->time_ns - request->time_ns < UINT64_C(60000000000))
        return; /* asked again: the first time counts */
    if (request != NULL)
        forget(track, request);
    request = new_request(track);
    request->key = key;
    request->number = packet->number;
    request->time_ns = packet->time_ns;
    request->many = many;
    HASH_ADD(hh, track->table, key, sizeof request->key, request);
}

bool capture_track_message(struct capture_track *track, const struct capture_dissect *dissect,
                           const struct pfg_packet *packet, const struct pfg_pdu *pdu,
                           struct capture_pairing *pairing)
{
    struct request *request;
    uint64_t key;

    if (pdu->proto->pair_count == 0 && pdu->proto->reply.field == NULL)
        return false;
    if (pdu->partial || pdu->problems & (1U << PFG_PROBLEM_BAD_CONSTANT))
        return false;
    key = key_of(&dissect->decode, &dissect->flow, pdu);
    if (!pdu->is_reply) {
        keep(track, key, packet, to_many(&dissect->flow));
        return false;
    }
    HASH_FIND(hh, track->table, &key, sizeof key, request);
    if (request == NULL || packet->time_ns < request->time_ns)
        return false;
    pairing->request_number = request->number;
    pairing->latency_ns = packet->time_ns - request->time_ns;
    if (!request->many)
        forget(track, request);
    return true;
}
