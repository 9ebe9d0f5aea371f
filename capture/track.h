/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * track.h - requests wait for their replies. What makes a reply the answer to a request is said by
 * the protocol's definition (pair): the values of those fields, who asked from which port, and who
 * was asked. A TCP SYN is a request as well, which a SYN/ACK or a reset answers.
 *
 * What was asked of many (broadcast, multicast) may be answered by several, from any address; and
 * so may one who has several addresses answer from another than was asked.
 */
#ifndef PFG_CAPTURE_TRACK_H
#define PFG_CAPTURE_TRACK_H

#include "capture/dissect.h"
#include "capture/latency.h"
#include "capture/lookup.h"
#include "capture/print.h"
#include "capture/waiting.h"

/*
 * What became of requests. Each request that is tracked is counted in one of answered, unanswered,
 * given_up and repeated.
 */
struct capture_exchange {
    uint64_t answered;   /* requests with at least one reply */
    uint64_t unanswered; /* requests that nobody answered */
    uint64_t waiting;    /* of unanswered: asked in the last CAPTURE_WAIT_NS of the capture */
    uint64_t given_up;   /* forgotten while they waited, since memory was at its bound, or since the
                            same was asked of hundreds */
    uint64_t repeated;   /* asked again before an answer came: the first time is what counts */
    uint64_t unasked; /* replies without a request: asked before the capture, or answered twice */
    struct capture_latency latency; /* of all replies */
    struct capture_latency first;   /* of the first reply to each request; without buckets */
    bool
        optional; /* no row says that such requests are answered: where none was, none is missing */
};

/* All requests that were tracked, once the tracker has ended. */
static inline uint64_t capture_exchange_requests(const struct capture_exchange *exchange)
{
    return exchange->answered + exchange->unanswered + exchange->given_up + exchange->repeated;
}

/* A request asked so shortly before the end may still have been answered. */
#define CAPTURE_WAIT_NS UINT64_C(5000000000)

struct capture_track;

/* At most max_bytes for waiting requests; the oldest is given up first. NULL: memory is out. */
struct capture_track *capture_track_new(size_t max_bytes);
void capture_track_free(struct capture_track *track);
/* What its identities are made with. */
const struct capture_secret *capture_track_secret(const struct capture_track *track);

/* A message that is looked at soon: puts together what it is looked up by, and asks for where the
 * search begins. False: nothing is ever matched with it; then only its name is told, none. */
bool capture_track_prepare(const struct capture_track *track, const struct capture_dissect *dissect,
                           const struct pfg_pdu *pdu, struct capture_lookup *lookup);
/* Looks at a prepared message. True where it answers a request: then *pairing tells. */
bool capture_track_message(struct capture_track *track, const struct capture_lookup *lookup,
                           const struct pfg_packet *packet, bool is_reply,
                           const struct capture_owners *owners, struct capture_pairing *pairing);
/* The same for whoever does not ask what it answers: the message is looked at before the next one
 * is, or before the end, when what it may meet has come near. also: counts the time as well where
 * it answers a request; NULL none. */
void capture_track_put_off(struct capture_track *track, const struct capture_lookup *lookup,
                           const struct pfg_packet *packet, bool is_reply,
                           const struct capture_owners *owners, struct capture_latency *also);
/* Looks at a TCP segment whose SYN or RST bit is set, in the same way (RFC 9293, 3.5). */
bool capture_track_segment(struct capture_track *track, const struct pfg_flow *flow,
                           const struct pfg_packet *packet, const struct capture_owners *owners,
                           struct capture_pairing *pairing);

/* The capture is at its end: what still waits is unanswered. Call it once, with the time of the
 * last packet. */
void capture_track_end(struct capture_track *track, uint64_t last_ns);
/* All requests that were given up, whoever owns them. */
uint64_t capture_track_given_up(const struct capture_track *track);

#endif
