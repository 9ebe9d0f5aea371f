/* SPDX-License-Identifier: GPL-2.0-or-later */
/* track.c - what a reply must share with its request makes a key; when no place is free for a
 * request, the oldest makes room. */
#include "capture/track.h"

#include <stdlib.h>

/* Asked again after so long a time, it is another request. */
#define AGAIN_NS UINT64_C(60000000000)

/* So many of one key wait at once, each asked of another; they are looked through one by one. */
#define OF_ONE_KEY 512

struct capture_track {
    struct capture_waiting *waiting;
    uint64_t given_up;
};

struct capture_track *capture_track_new(size_t max_bytes)
{
    struct capture_track *track = calloc(1, sizeof *track);

    if (track == NULL)
        return NULL;
    track->waiting = capture_waiting_new(max_bytes);
    if (track->waiting != NULL)
        return track;
    free(track);
    return NULL;
}

void capture_track_free(struct capture_track *track)
{
    if (track == NULL)
        return;
    capture_waiting_free(track->waiting);
    free(track);
}

uint64_t capture_track_given_up(const struct capture_track *track)
{
    return track->given_up;
}

/* ---- Keys -------------------------------------------------------------------------------- */

static struct capture_identity add_value(const struct pfg_secret *secret,
                                         struct capture_identity key,
                                         const struct pfg_decode *decode, const struct pfg_pdu *pdu,
                                         const struct pfg_field *field)
{
    const struct pfg_value *value =
        pfg_pdu_find(decode, pdu, field->bit != NULL ? field->parent : field);

    if (value == NULL)
        return capture_identity_add(secret, key, CAPTURE_IDENTITY_ABSENT);
    switch (field->row->kind) {
    case PFG_NAME:
    case PFG_BYTES:
    case PFG_DATA:
    case PFG_STRING:
    case PFG_IPV6:
    case PFG_MAC:
    case PFG_PACKED:
    case PFG_RDATA:
        return capture_identity_bytes(secret, key, pfg_value_bytes(pdu, value), value->size,
                                      field->row->kind == PFG_NAME);
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
        return capture_identity_number(secret, key,
                                       value->u >> field->bits_shift & field->bits_mask);
    return capture_identity_number(secret, key, value->u);
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

/* Who asked is in the key; who was asked is beside it, for what was asked of all comes back from
 * one. first: what tells protocols apart. */
static void lookup_ends(struct capture_lookup *lookup, const struct pfg_secret *secret,
                        uint32_t first, const struct pfg_flow *flow, bool is_reply)
{
    const uint8_t *asker = is_reply ? flow->dst : flow->src;
    uint64_t port = is_reply ? flow->dport : flow->sport;

    lookup->other = is_reply ? flow->src : flow->dst;
    lookup->other_size = lookup->other == NULL ? 0 : flow->family == 6 ? 16 : 4;
    lookup->many = !is_reply && to_many(flow);
    lookup->key =
        capture_identity_add(secret, CAPTURE_IDENTITY,
                             (uint64_t)first << 24 | (uint64_t)flow->protocol << 16 | port);
    if (asker != NULL)
        lookup->key = capture_identity_address(secret, lookup->key, flow->family, asker);
}

static void lookup_message(struct capture_lookup *lookup, const struct pfg_secret *secret,
                           const struct pfg_decode *decode, const struct pfg_flow *flow,
                           const struct pfg_pdu *pdu)
{
    const struct pfg_proto *proto = pdu->proto;
    uint32_t i;

    lookup_ends(lookup, secret, proto->index, flow, pdu->is_reply);
    lookup->latest = proto->pair_count == 0;
    for (i = 0; i < proto->pair_count; i++)
        lookup->key = add_value(secret, lookup->key, decode, pdu,
                                pdu->is_reply ? proto->pair[i].reply : proto->pair[i].request);
}

/* Nobody but who was asked answers a SYN, so both ends are in the key: of whoever scans a network,
 * all SYNs may have the same numbers. */
static void lookup_segment(struct capture_lookup *lookup, const struct pfg_secret *secret,
                           const struct pfg_flow *flow, bool asks)
{
    uint32_t first = asks ? flow->tcp_seq + 1 : flow->tcp_ack;

    lookup_ends(lookup, secret, UINT16_MAX, flow, !asks);
    lookup->key = capture_identity_add(secret, lookup->key,
                                       (uint64_t)first << 16 | (asks ? flow->dport : flow->sport));
    if (lookup->other != NULL)
        lookup->key = capture_identity_address(secret, lookup->key, flow->family, lookup->other);
    lookup->many = lookup->latest = false;
}

static bool asked_same(const struct capture_request *request, const struct capture_lookup *lookup)
{
    return request->other_size == lookup->other_size &&
           (lookup->other_size == 0 ||
            memcmp(request->other, lookup->other, lookup->other_size) == 0);
}

/* ---- What becomes of requests -------------------------------------------------------------- */

/* A request is forgotten that nobody has answered until now_ns. */
static void count_lost(struct capture_track *track, const struct capture_request *request,
                       uint64_t now_ns)
{
    bool waited = now_ns >= request->time_ns + AGAIN_NS;
    unsigned i;

    if (request->answered)
        return;
    track->given_up += waited ? 0 : 1;
    for (i = 0; i < 2; i++) {
        if (request->owners.of[i] == NULL)
            continue;
        if (waited)
            request->owners.of[i]->unanswered++;
        else
            request->owners.of[i]->given_up++;
    }
}

static void count_repeated(const struct capture_owners *owners)
{
    unsigned i;

    for (i = 0; i < 2; i++) {
        if (owners->of[i] != NULL)
            owners->of[i]->repeated++;
    }
}

/* An answer: of whom asked, or where that one is not counted, of whom answers. */
static void count_answer(const struct capture_request *request, const struct capture_owners *owners,
                         uint64_t latency_ns)
{
    unsigned i;

    for (i = 0; i < 2; i++) {
        struct capture_exchange *exchange = request->owners.of[i];

        if (exchange == NULL)
            exchange = owners->of[i];
        if (exchange == NULL)
            continue;
        capture_latency_add(&exchange->latency, latency_ns);
        if (request->answered)
            continue;
        exchange->answered++;
        capture_latency_add(&exchange->first, latency_ns);
    }
}

static void count_unasked(const struct capture_owners *owners)
{
    unsigned i;

    for (i = 0; i < 2; i++) {
        if (owners->of[i] != NULL)
            owners->of[i]->unasked++;
    }
}

/* ---- Requests ---------------------------------------------------------------------------- */

/* Gives up the oldest, with all of its key, where no place is free. */
static void make_room(struct capture_track *track, uint64_t now_ns)
{
    struct capture_request *oldest = capture_waiting_oldest(track->waiting), *second;

    if (!capture_waiting_full(track->waiting) || oldest == NULL)
        return;
    while ((second = capture_waiting_next(track->waiting, oldest)) != NULL) {
        count_lost(track, second, now_ns);
        capture_waiting_remove(track->waiting, oldest, second);
    }
    count_lost(track, oldest, now_ns);
    capture_waiting_remove(track->waiting, oldest, oldest);
}

static void fill(struct capture_request *request, const struct capture_lookup *lookup,
                 const struct pfg_packet *packet, const struct capture_owners *owners)
{
    request->number = packet->number;
    request->time_ns = packet->time_ns;
    request->owners = *owners;
    request->other_size = lookup->other_size;
    if (lookup->other_size > 0)
        memcpy(request->other, lookup->other, lookup->other_size);
    request->many = lookup->many;
    request->answered = false;
}

/* The same request again, and no answer yet, or one from many: the first time counts, unless
 * nothing tells which of them a reply answers. */
static void ask_again(struct capture_request *request, const struct capture_lookup *lookup,
                      const struct pfg_packet *packet, const struct capture_owners *owners)
{
    if (!lookup->latest || !request->answered)
        count_repeated(owners);
    if (!lookup->latest)
        return;
    fill(request, lookup, packet, owners);
}

/* Of the requests with the same key the one asked of the same, NULL none. *last: the one that has
 * waited longest but for the first, where there are as many as there may be; else NULL. */
static struct capture_request *find_same(const struct capture_waiting *waiting,
                                         struct capture_request *head,
                                         const struct capture_lookup *lookup,
                                         struct capture_request **last)
{
    struct capture_request *request = head;
    unsigned count = 0;

    *last = NULL;
    for (; request != NULL; request = capture_waiting_next(waiting, request)) {
        if (asked_same(request, lookup))
            return request;
        if (++count == OF_ONE_KEY)
            *last = request;
    }
    return NULL;
}

/* Without memory for it, a request is not kept, and its reply finds none. */
static void keep(struct capture_track *track, const struct capture_lookup *lookup,
                 const struct pfg_packet *packet, const struct capture_owners *owners)
{
    struct capture_request *head, *request, *last;

    make_room(track, packet->time_ns);
    head = capture_waiting_find(track->waiting, &lookup->key);
    request = find_same(track->waiting, head, lookup, &last);
    if (request != NULL && packet->time_ns < request->time_ns + AGAIN_NS) {
        ask_again(request, lookup, packet, owners);
        return;
    }
    if (request == NULL)
        request = last;
    if (request != NULL) {
        count_lost(track, request, packet->time_ns);
        if (request == head && head->next == 0)
            head = NULL;
        capture_waiting_remove(track->waiting, head == NULL ? request : head, request);
    }
    request = capture_waiting_add(track->waiting, head, &lookup->key);
    if (request != NULL)
        fill(request, lookup, packet, owners);
}

/* Of the requests with the same key the one asked of who answers; else one asked of many; else
 * the first. */
static struct capture_request *choose(const struct capture_waiting *waiting,
                                      struct capture_request *head,
                                      const struct capture_lookup *lookup)
{
    struct capture_request *request = head, *best = head;

    for (; request != NULL; request = capture_waiting_next(waiting, request)) {
        if (asked_same(request, lookup))
            return request;
        if (request->many && !best->many)
            best = request;
    }
    return best;
}

static bool answer(struct capture_track *track, const struct capture_lookup *lookup,
                   const struct pfg_packet *packet, const struct capture_owners *owners,
                   struct capture_pairing *pairing)
{
    struct capture_request *head = capture_waiting_find(track->waiting, &lookup->key);
    struct capture_request *request = choose(track->waiting, head, lookup);

    if (request == NULL || packet->time_ns < request->time_ns) {
        count_unasked(owners);
        return false;
    }
    pairing->request_number = request->number;
    pairing->latency_ns = packet->time_ns - request->time_ns;
    count_answer(request, owners, pairing->latency_ns);
    request->answered = true;
    if (!request->many)
        capture_waiting_remove(track->waiting, head, request);
    return true;
}

/* ---- What is tracked ----------------------------------------------------------------------- */

bool capture_track_prepare(const struct capture_track *track, const struct capture_dissect *dissect,
                           const struct pfg_pdu *pdu, struct capture_lookup *lookup)
{
    if (pdu->proto->pair_count == 0 && pdu->proto->reply.field == NULL)
        return false;
    if (pdu->partial || pdu->problems & (1U << PFG_PROBLEM_BAD_CONSTANT))
        return false;
    lookup_message(lookup, capture_waiting_secret(track->waiting), &dissect->decode, &dissect->flow,
                   pdu);
    capture_waiting_prefetch(track->waiting, &lookup->key);
    return true;
}

void capture_track_approach(const struct capture_track *track, const struct capture_lookup *lookup)
{
    capture_waiting_prefetch_request(track->waiting, &lookup->key);
}

bool capture_track_message(struct capture_track *track, const struct capture_lookup *lookup,
                           const struct pfg_packet *packet, bool is_reply,
                           const struct capture_owners *owners, struct capture_pairing *pairing)
{
    if (is_reply)
        return answer(track, lookup, packet, owners, pairing);
    keep(track, lookup, packet, owners);
    return false;
}

bool capture_track_segment(struct capture_track *track, const struct pfg_flow *flow,
                           const struct pfg_packet *packet, const struct capture_owners *owners,
                           struct capture_pairing *pairing)
{
    bool reset = (flow->tcp_flags & PFG_TCP_RST) != 0;
    bool asks = (flow->tcp_flags & PFG_TCP_ACK_BIT) == 0;
    struct capture_lookup lookup;

    lookup_segment(&lookup, capture_waiting_secret(track->waiting), flow, asks);
    if (asks && !reset)
        keep(track, &lookup, packet, owners);
    if (asks || (reset && capture_waiting_find(track->waiting, &lookup.key) == NULL))
        return false; /* most resets answer no SYN */
    return answer(track, &lookup, packet, owners, pairing);
}

static void count_waiting(const struct capture_request *request, uint64_t last_ns)
{
    unsigned i;

    for (i = 0; i < 2 && !request->answered; i++) {
        if (request->owners.of[i] == NULL)
            continue;
        request->owners.of[i]->unanswered++;
        request->owners.of[i]->waiting += last_ns < request->time_ns + CAPTURE_WAIT_NS;
    }
}

void capture_track_end(struct capture_track *track, uint64_t last_ns)
{
    const struct capture_request *head = capture_waiting_oldest(track->waiting), *request;

    for (; head != NULL; head = capture_waiting_newer(head)) {
        for (request = head; request != NULL;
             request = capture_waiting_next(track->waiting, request))
            count_waiting(request, last_ns);
    }
}
