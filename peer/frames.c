/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "peer/frames.h"

#include <errno.h>

#include "proto/encode.h"

const struct pfg_proto *peer_frames_proto(void)
{
    return pfg_known(PFG_KNOWN_TYPE)->proto;
}

struct peer_header peer_header_of(const struct pfg_decode *decode, const struct pfg_pdu *pdu)
{
    return (struct peer_header){
        .type = pfg_pdu_uint(decode, pdu, pfg_known(PFG_KNOWN_TYPE), 0),
        .session = pfg_pdu_uint(decode, pdu, pfg_known(PFG_KNOWN_SESSION), 0),
        .seq = pfg_pdu_uint(decode, pdu, pfg_known(PFG_KNOWN_SEQ), 0),
        .length = pfg_pdu_uint(decode, pdu, pfg_known(PFG_KNOWN_LENGTH), 0),
        .reply = pfg_pdu_uint(decode, pdu, pfg_known(PFG_KNOWN_REPLY), 0) != 0,
        .error = pfg_pdu_uint(decode, pdu, pfg_known(PFG_KNOWN_ERROR), 0) != 0,
        .more = pfg_pdu_uint(decode, pdu, pfg_known(PFG_KNOWN_MORE), 0) != 0,
        .checked = pfg_pdu_uint(decode, pdu, pfg_known(PFG_KNOWN_CHECKED), 0) != 0,
    };
}

uint64_t peer_header_flags(const struct peer_header *header)
{
    return (header->reply ? pfg_known(PFG_KNOWN_REPLY)->bit->mask : 0) |
           (header->error ? pfg_known(PFG_KNOWN_ERROR)->bit->mask : 0) |
           (header->more ? pfg_known(PFG_KNOWN_MORE)->bit->mask : 0) |
           (header->checked ? pfg_known(PFG_KNOWN_CHECKED)->bit->mask : 0);
}

/* The greatest body that fits into frames of frame_max bytes, header included. */
static uint32_t body_max(uint32_t frame_max)
{
    uint32_t header = peer_frames_proto()->header_size;
    uint64_t most = pfg_known(PFG_KNOWN_LENGTH)->row->max;
    uint32_t fits = frame_max > header ? frame_max - header : 1;

    return fits < most ? fits : (uint32_t)most;
}

int peer_frames_split(const uint8_t *message, size_t size, uint32_t frame_max,
                      struct peer_buffer *out)
{
    const struct pfg_proto *proto = peer_frames_proto();
    uint32_t part = body_max(frame_max);
    size_t frames = 1 + (size - proto->header_size) / part; /* one too many at most */
    size_t room = size + frames * proto->header_size;
    struct pfg_writer writer = { .bytes = peer_buffer_room(out, room), .room = (uint32_t)room };
    struct pfg_fault fault;

    if (writer.bytes == NULL)
        return -ENOMEM;
    if (pfg_encode_split(proto, message, (uint32_t)size, part, &writer, &fault) < 0)
        return -EINVAL;
    peer_buffer_added(out, writer.size);
    return 0;
}
