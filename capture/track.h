/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * track.h - requests wait for their replies. What makes a reply the answer to a request is said by
 * the protocol's definition (pair): the values of those fields, and who asked from which port.
 */
#ifndef PFG_CAPTURE_TRACK_H
#define PFG_CAPTURE_TRACK_H

#include "capture/dissect.h"
#include "capture/print.h"

struct capture_track;

/* At most max_bytes for waiting requests; the oldest is given up first. NULL: memory is out. */
struct capture_track *capture_track_new(size_t max_bytes);
void capture_track_free(struct capture_track *track);

/* Looks at one message of the packet. True where it answers a request: then *pairing tells. */
bool capture_track_message(struct capture_track *track, const struct capture_dissect *dissect,
                           const struct pfg_packet *packet, const struct pfg_pdu *pdu,
                           struct capture_pairing *pairing);

#endif
