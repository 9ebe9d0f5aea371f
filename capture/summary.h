/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * summary.h - what was in a capture: talkers, TCP connections, DNS, messages, discovery. Counted
 * while packets pass, within a bound of memory, told at the end as text or as JSON.
 */
#ifndef PFG_CAPTURE_SUMMARY_H
#define PFG_CAPTURE_SUMMARY_H

#include "capture/dissect.h"
#include "capture/print.h"
#include "capture/source.h"

struct capture_summary;

/* NULL: memory is out. */
struct capture_summary *capture_summary_new(size_t max_bytes);
void capture_summary_free(struct capture_summary *summary);

/* Counts a packet; and one of its messages, pairing NULL where it answers nothing. */
void capture_summary_packet(struct capture_summary *summary, const struct capture_dissect *dissect,
                            const struct pfg_packet *packet);
void capture_summary_message(struct capture_summary *summary, const struct capture_dissect *dissect,
                             const struct pfg_packet *packet, const struct pfg_pdu *pdu,
                             const struct capture_pairing *pairing);

/* Writes it all. */
void capture_summary_text(struct capture_summary *summary, const struct capture_dissect *dissect,
                          struct pfg_out *out);
void capture_summary_json(struct capture_summary *summary, const struct capture_dissect *dissect,
                          struct pfg_out *out);

#endif
