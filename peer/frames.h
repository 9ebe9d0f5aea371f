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

/* Appends a message (header and joined body) to out, as frames of at most frame_max bytes (see
 * pfg_encode_split). Returns 0 or a negative errno. */
int peer_frames_split(const uint8_t *message, size_t size, uint32_t frame_max,
                      struct peer_buffer *out);

#endif
