/* SPDX-License-Identifier: GPL-2.0-or-later */
/* track.c - requests are kept until they are answered; when no place is free for one, the oldest
 * makes room. */
#include "capture/track.h"

#include <stdlib.h>

/* Asked again after so long a time, it is another request. */
#define AGAIN_NS UINT64_C(60000000000)

/* So many of one key wait at once, each asked of another or for another thing; they are looked
 * through one by one. */
#define OF_ONE_KEY 512

/* A message that is looked at later. */
struct put_off {
    bool waits; /* there is one */
    bool is_reply;
    struct capture_lookup lookup;
    struct pfg_packet packet;
    struct capture_owners owners;
    struct capture_latency *also;
};

struct capture_track {
    struct capture_waiting *waiting;
    const struct capture_secret *secret;
    uint64_t given_up;
    struct put_off put_off;
    struct capture_rules *rules;
};

struct capture_track *capture_track_new(size_t max_bytes)
{
    struct capture_track *track = calloc(1, sizeof *track);

    if (track == NULL)
        return NULL;
    track->rules = capture_rules_new();
    track->waiting = capture_waiting_new(max_bytes);
    if (track->rules == NULL || track->waiting == NULL) {
        capture_track_free(track);
        return NULL;
    }
    track->secret = capture_waiting_secret(track->waiting);
    return track;
}

void capture_track_free(struct capture_track *track)
{
    if (track == NULL)
        return;
    capture_waiting_free(track->waiting);
    capture_rules_free(track->rules);
    free(track);
}

const struct capture_secret *capture_track_secret(const struct capture_track *track)
{
    return track->secret;
}

uint64_t capture_track_given_up(const struct capture_track *track)
{
    return track->given_up;
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
    request->asked = lookup->asked;
    request->question = lookup->question;
    request->many = lookup->many;
    request->stays = lookup->stays;
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

/* Of the requests with the same key the one asked of the same for the same, NULL none. *last: the
 * one that has waited longest but for the first, where there are as many as there may be; else
 * NULL. */
static struct capture_request *find_same(const struct capture_waiting *waiting,
                                         struct capture_request *head,
                                         const struct capture_lookup *lookup,
                                         struct capture_request **last)
{
    struct capture_request *request = head;
    unsigned count = 0;

    *last = NULL;
    for (; request != NULL; request = capture_waiting_next(waiting, request)) {
        if (request->asked == lookup->asked && request->question == lookup->question)
            return request;
        if (++count == OF_ONE_KEY)
            *last = request;
    }
    return NULL;
}

/* Whether a request is the one that waits, once more: that was answered by one, it is another. */
static bool is_again(const struct capture_request *request, const struct pfg_packet *packet)
{
    return packet->time_ns < request->time_ns + AGAIN_NS && (request->many || !request->answered);
}

/* Without memory for it, a request is not kept, and its reply finds none. */
static void keep(struct capture_track *track, const struct capture_lookup *lookup,
                 const struct pfg_packet *packet, const struct capture_owners *owners)
{
    struct capture_request *head, *request, *last;

    make_room(track, packet->time_ns);
    head = capture_waiting_find(track->waiting, &lookup->key);
    request = find_same(track->waiting, head, lookup, &last);
    if (request != NULL && is_again(request, packet)) {
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

/* How well a reply fits a request of its key: asked of who answers, best; then asked of many; then
 * whichever. What is asked must be the same; where a reply does not tell it, it fits what was asked
 * of who answers and has no answer yet, then has one, and what was asked of many. 0: not at all. */
enum { FITS_BEST = 4 };
static inline unsigned fit(const struct capture_request *request,
                           const struct capture_lookup *lookup)
{
    if (!lookup->bare && request->question != lookup->question)
        return 0;
    if (request->asked == lookup->asked)
        return lookup->bare && request->answered ? FITS_BEST - 1 : FITS_BEST;
    return request->many ? 2 : !lookup->bare;
}

/* Of the requests with the same key the one that a reply fits best; NULL none. */
static struct capture_request *choose(const struct capture_waiting *waiting,
                                      struct capture_request *head,
                                      const struct capture_lookup *lookup)
{
    struct capture_request *request = head, *best = NULL;
    unsigned most = 0;

    for (; request != NULL; request = capture_waiting_next(waiting, request)) {
        unsigned fits = fit(request, lookup);

        if (fits == FITS_BEST)
            return request;
        if (fits > most) {
            most = fits;
            best = request;
        }
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
    if (!request->stays)
        capture_waiting_remove(track->waiting, head, request);
    return true;
}

/* ---- What is tracked ----------------------------------------------------------------------- */

bool capture_track_prepare(const struct capture_track *track, const struct capture_dissect *dissect,
                           const struct pfg_pdu *pdu, struct capture_lookup *lookup)
{
    if (!capture_lookup_message(track->rules, track->secret, dissect, pdu, lookup))
        return false;
    capture_waiting_prefetch(track->waiting, &lookup->key);
    return true;
}

static bool look_at(struct capture_track *track, const struct capture_lookup *lookup,
                    const struct pfg_packet *packet, bool is_reply,
                    const struct capture_owners *owners, struct capture_pairing *pairing)
{
    if (is_reply)
        return answer(track, lookup, packet, owners, pairing);
    keep(track, lookup, packet, owners);
    return false;
}

/* Looks at the message that was put off. */
static void catch_up(struct capture_track *track)
{
    struct put_off *late = &track->put_off;
    struct capture_pairing pairing;

    late->waits = false;
    if (look_at(track, &late->lookup, &late->packet, late->is_reply, &late->owners, &pairing) &&
        late->also != NULL)
        capture_latency_add(late->also, pairing.latency_ns);
}

void capture_track_put_off(struct capture_track *track, const struct capture_lookup *lookup,
                           const struct pfg_packet *packet, bool is_reply,
                           const struct capture_owners *owners, struct capture_latency *also)
{
    struct put_off *late = &track->put_off;

    if (late->waits)
        catch_up(track);
    capture_waiting_prefetch_request(track->waiting, &lookup->key);
    late->waits = true;
    late->is_reply = is_reply;
    late->lookup = *lookup;
    late->packet.number = packet->number;
    late->packet.time_ns = packet->time_ns;
    late->owners = *owners;
    late->also = also;
}

bool capture_track_message(struct capture_track *track, const struct capture_lookup *lookup,
                           const struct pfg_packet *packet, bool is_reply,
                           const struct capture_owners *owners, struct capture_pairing *pairing)
{
    if (track->put_off.waits)
        catch_up(track);
    return look_at(track, lookup, packet, is_reply, owners, pairing);
}

bool capture_track_segment(struct capture_track *track, const struct pfg_flow *flow,
                           const struct pfg_packet *packet, const struct capture_owners *owners,
                           struct capture_pairing *pairing)
{
    bool reset = (flow->tcp_flags & PFG_TCP_RST) != 0;
    bool asks = (flow->tcp_flags & PFG_TCP_ACK_BIT) == 0;
    struct capture_lookup lookup;

    if (track->put_off.waits)
        catch_up(track);
    capture_lookup_segment(track->secret, flow, asks, &lookup);
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
    const struct capture_request *head, *request;

    if (track->put_off.waits)
        catch_up(track);
    for (head = capture_waiting_oldest(track->waiting); head != NULL;
         head = capture_waiting_newer(head)) {
        for (request = head; request != NULL;
             request = capture_waiting_next(track->waiting, request))
            count_waiting(request, last_ns);
    }
}
