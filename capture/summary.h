/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * summary.h - what was in a capture: talkers, TCP connections, DNS, messages, discovery. Counted
 * while packets pass, within a bound of memory, told at the end as text or as JSON.
 */
#ifndef PFG_CAPTURE_SUMMARY_H
#define PFG_CAPTURE_SUMMARY_H

#include "capture/dissect.h"
#include "capture/print.h"
#include "capture/track.h"

struct capture_summary;

/* At most max_bytes of memory; what does not fit is counted as not counted. secret: the tracker's,
 * which lives as long. NULL: memory is out. */
struct capture_summary *capture_summary_new(size_t max_bytes, const struct capture_secret *secret);
void capture_summary_free(struct capture_summary *summary);

/* The layers of a packet are known, its messages not yet: asks for what will be looked up for it,
 * which comes nearer while they are decoded. A connection's stream leads to what is its own. */
void capture_summary_ahead(struct capture_summary *summary, const struct pfg_flow *flow);
/* A packet begins: counts it. Then come its messages, then its end, all with the same dissect. */
void capture_summary_packet(struct capture_summary *summary, const struct capture_dissect *dissect,
                            const struct pfg_packet *packet);
/* Whose figures a SYN belongs to. */
struct capture_exchange *capture_summary_handshakes(const struct capture_summary *summary);
/* A message is counted soon: asks for what will be looked up for it. named: what the tracker knows
 * of it. */
void capture_summary_message_ahead(struct capture_summary *summary,
                                   const struct capture_dissect *dissect, const struct pfg_pdu *pdu,
                                   const struct capture_named *named);
/* Counts a message, and gives whose figures it belongs to when it is matched. */
void capture_summary_message(struct capture_summary *summary, const struct capture_dissect *dissect,
                             const struct pfg_pdu *pdu, struct capture_owners *owners);
/* The message that was counted last answers a request, after so long a time. */
void capture_summary_answer(struct capture_summary *summary, uint64_t latency_ns);
void capture_summary_packet_end(struct capture_summary *summary,
                                const struct capture_dissect *dissect,
                                const struct pfg_packet *packet);

/* Ends the tracker, and writes it all: text, or one line that is a JSON object. Once. */
void capture_summary_text(struct capture_summary *summary, const struct capture_dissect *dissect,
                          struct capture_track *track, struct pfg_out *out);
void capture_summary_json(struct capture_summary *summary, const struct capture_dissect *dissect,
                          struct capture_track *track, struct pfg_out *out);

#endif
