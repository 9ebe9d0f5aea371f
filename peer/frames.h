/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * frames.h - what a peer needs of frames beyond the codecs: the header's values at one glance,
 * and a message of any length cut into the frames that a transport carries.
 */
#ifndef PFG_PEER_FRAMES_H
#define PFG_PEER_FRAMES_H

#include "peer/buffer.h"
#include "proto/decode.h"

/* The header of a frame. */
struct peer_header {
    uint64_t type, session, seq, length;
    bool reply, error, more, checked;
};

/* The protocol of the framing. */
const struct pfg_proto *peer_frames_proto(void);

/* The header's values out of a decoded frame; what was not there is 0. */
struct peer_header peer_header_of(const struct pfg_decode *decode, const struct pfg_pdu *pdu);

/* The flags field's number for these values. */
uint64_t peer_header_flags(const struct peer_header *header);

/* The greatest body that fits into frames of frame_max bytes, header included. */
uint32_t peer_frames_body_max(uint32_t frame_max);

/*
 * Appends a message (header and body, the body of any length) to out, as frames of at most
 * frame_max bytes: the header of each is the message's, but `more` is set on all frames except
 * the last, and length and checksum are each frame's own. Returns 0 or -ENOMEM.
 */
int peer_frames_split(const uint8_t *message, size_t size, uint32_t frame_max,
                      struct peer_buffer *out);

#endif
