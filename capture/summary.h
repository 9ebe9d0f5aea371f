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
/* Counts a packet, unless it is none (capture_dissect_rest()). Then come its messages, and behind
 * the last of them their end, all with the same dissect. */
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
/* Where it is counted as well how long the message that was counted last took, if it answers a
 * request; NULL nowhere. */
struct capture_latency *capture_summary_answers(const struct capture_summary *summary);
void capture_summary_messages_end(struct capture_summary *summary,
                                  const struct capture_dissect *dissect,
                                  const struct pfg_packet *packet);

/* Ends the tracker, and writes it all: text, or one line that is a JSON object. Once. */
void capture_summary_text(struct capture_summary *summary, const struct capture_dissect *dissect,
                          struct capture_track *track, struct pfg_out *out);
void capture_summary_json(struct capture_summary *summary, const struct capture_dissect *dissect,
                          struct capture_track *track, struct pfg_out *out);

#endif
