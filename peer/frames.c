/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "peer/frames.h"

#include <errno.h>
#include <string.h>

#include "proto/checksum.h"
#include "proto/cursor.h"

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

uint32_t peer_frames_body_max(uint32_t frame_max)
{
    uint32_t header = peer_frames_proto()->header_size;
    uint64_t most = pfg_known(PFG_KNOWN_LENGTH)->row->max;
    uint32_t fits = frame_max > header ? frame_max - header : 1;

    return fits < most ? fits : (uint32_t)most;
}

/* Writes the number of a field of fixed place in the header. */
static void put_field(uint8_t *frame, const struct pfg_field *field, uint64_t value)
{
    pfg_put_be(frame + field->offset, value, field->row->size);
}

/* Makes flags, length and checksum of a frame its own; flags are the message's. */
static void finish_frame(uint8_t *frame, uint32_t size, uint64_t flags)
{
    const struct pfg_proto *proto = peer_frames_proto();
    const struct pfg_field *checksum = proto->checksum;

    put_field(frame, pfg_known(PFG_KNOWN_FLAGS), flags);
    put_field(frame, pfg_known(PFG_KNOWN_LENGTH), size - proto->header_size);
    put_field(frame, checksum, 0);
    if ((flags & pfg_known(PFG_KNOWN_CHECKED)->bit->mask) != 0) {
        put_field(frame, checksum,
                  pfg_checksum(checksum->row->algorithm, frame, 0, size, checksum->offset,
                               checksum->row->size));
    }
}

int peer_frames_split(const uint8_t *message, size_t size, uint32_t frame_max,
                      struct peer_buffer *out)
{
    const struct pfg_field *flags_field = pfg_known(PFG_KNOWN_FLAGS);
    uint64_t flags = pfg_get_be(message + flags_field->offset, flags_field->row->size);
    uint64_t more = pfg_known(PFG_KNOWN_MORE)->bit->mask;
    uint32_t header = peer_frames_proto()->header_size;
    size_t most = peer_frames_body_max(frame_max);
    size_t at = header;

    do {
        size_t part = size - at < most ? size - at : most;
        bool last = at + part == size;
        uint8_t *frame = peer_buffer_room(out, header + part);

        if (frame == NULL)
            return -ENOMEM;
        memcpy(frame, message, header);
        memcpy(frame + header, message + at, part);
        finish_frame(frame, (uint32_t)(header + part), last ? flags & ~more : flags | more);
        peer_buffer_added(out, header + part);
        at += part;
    } while (at < size);
    return 0;
}
