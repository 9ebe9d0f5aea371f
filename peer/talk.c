/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "peer/talk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "peer/answer.h"
#include "peer/frames.h"

enum {
    /* What a reply may have beyond the bytes that the request gave: header, clock, texts. */
    REPLY_EXTRA_BYTES = 2048,
};

int peer_talk_init(struct peer_talk *talk)
{
    *talk = (struct peer_talk){ .name = "", .service = "", .started_ns = pfg_clock_ns() };
    if (pfg_decode_init(&talk->decode) != 0)
        return -1;
    if (pfg_decode_init(&talk->showing) != 0) {
        pfg_decode_free(&talk->decode);
        return -1;
    }
    return 0;
}

void peer_talk_free(struct peer_talk *talk)
{
    pfg_decode_free(&talk->decode);
    pfg_decode_free(&talk->showing);
    peer_buffer_free(&talk->scratch);
}

void peer_joins_free(struct peer_joins *joins)
{
    if (joins->joiner != NULL)
        pfg_joiner_free(joins->joiner);
    *joins = (struct peer_joins){ 0 };
}

int peer_talk_kind(const char *name, size_t size)
{
    uint64_t value;

    if (!pfg_name_value(pfg_known(PFG_KNOWN_TYPE)->names, name, size, &value))
        return -1;
    return (int)value;
}

/* ---- The reply's bytes -------------------------------------------------------------------- */

/* Shows the reply that stands in message; a body cut into frames is shown as one. */
static void show_reply(struct peer_talk *talk, const char *whom, const uint8_t *message,
                       size_t size)
{
    const struct pfg_pdu *pdu;

    if (talk->show == NULL)
        return;
    pfg_decode_reset(&talk->showing);
    pdu = pfg_decode_message(&talk->showing, peer_frames_proto(), message, (uint32_t)size,
                             (uint32_t)size, PFG_DECODE_JOINED);
    if (pdu != NULL)
        talk->show(talk->user, whom, &talk->showing, pdu);
}

/* Encodes the answer's sets into the scratch room, which it fills from its front. */
static int encode_answer(struct peer_answer *answer, struct pfg_writer *writer)
{
    struct peer_talk *talk = answer->talk;
    size_t room = REPLY_EXTRA_BYTES;
    struct pfg_fault fault;

    for (size_t i = 0; i < answer->count; i++)
        room += answer->sets[i].size;
    peer_buffer_take(&talk->scratch, peer_buffer_size(&talk->scratch));
    *writer = (struct pfg_writer){
        .bytes = peer_buffer_room(&talk->scratch, room),
        .room = (uint32_t)room,
    };
    if (writer->bytes == NULL)
        return -ENOMEM;
    if (pfg_encode_message(peer_frames_proto(), answer->sets, answer->count, NULL, 0, writer,
                           &fault) != 0 ||
        writer->overflow)
        return -EINVAL;
    return 0;
}

/*
 * Appends the reply's frames to out. The length is set here and made right when the message is
 * cut into frames, since a joined body may be longer than the length field allows.
 */
static int send_answer(struct peer_answer *answer, struct peer_buffer *out)
{
    struct pfg_writer writer;
    int error = encode_answer(answer, &writer);

    if (error != 0)
        return error;
    show_reply(answer->talk, answer->place->whom, writer.bytes, writer.size);
    return peer_frames_split(writer.bytes, writer.size, answer->place->frame_max, out);
}

/* Begins the answer's sets with a header that bears what the request's bears. */
static void set_header(struct peer_answer *answer, const struct peer_header *request, bool error)
{
    const struct peer_header reply = {
        .reply = true,
        .error = error,
        .checked = request->checked,
    };

    answer->count = 0;
    peer_answer_uint(answer, PFG_KNOWN_TYPE, request->type);
    peer_answer_uint(answer, PFG_KNOWN_FLAGS, peer_header_flags(&reply));
    peer_answer_uint(answer, PFG_KNOWN_SESSION, request->session);
    peer_answer_uint(answer, PFG_KNOWN_SEQ, request->seq);
    peer_answer_uint(answer, PFG_KNOWN_LENGTH, 0);
    peer_answer_uint(answer, PFG_KNOWN_TIMESTAMP, pfg_clock_wall_ns());
}

/* Answers a request with an error. Returns whether the reply could be made. */
static bool refuse(struct peer_answer *answer, const struct peer_header *request,
                   enum pfg_known_value error, const char *detail, struct peer_buffer *out)
{
    answer->talk->counts.requests++;
    answer->talk->counts.errors++;
    set_header(answer, request, true);
    peer_answer_error(answer, error, detail);
    return send_answer(answer, out) == 0;
}

/* ---- The request -------------------------------------------------------------------------- */

/* Which error a message's problems are; reserved bits are passed over, for those who come later. */
static enum pfg_known_value error_of(uint32_t problems)
{
    uint32_t forgiven = 1U << PFG_PROBLEM_RESERVED_BITS;

    if ((problems & 1U << PFG_PROBLEM_BAD_CHECKSUM) != 0)
        return PFG_VALUE_BAD_CHECKSUM;
    if ((problems & 1U << PFG_PROBLEM_UNKNOWN_TYPE) != 0)
        return PFG_VALUE_UNKNOWN_TYPE;
    return (problems & ~forgiven) != 0 ? PFG_VALUE_MALFORMED : PEER_NO_ERROR;
}

/* The first of a message's problems, in the definition's words. */
static const char *problem_of(uint32_t problems)
{
    for (unsigned i = 0; i < PFG_PROBLEM_COUNT; i++) {
        if ((problems >> i & 1U) != 0 && i != PFG_PROBLEM_RESERVED_BITS)
            return pfg_problem_name((enum pfg_problem)i);
    }
    return NULL;
}

/* Answers one whole message, decoded into the talk's list. */
static enum peer_talked answer_message(struct peer_talk *talk, const struct peer_place *place,
                                       const struct pfg_pdu *pdu, struct peer_buffer *out)
{
    struct peer_answer answer = { .talk = talk, .place = place, .request = pdu };
    const struct peer_header request = peer_header_of(&talk->decode, pdu);
    enum pfg_known_value error = error_of(pdu->problems);
    const char *detail = error == PFG_VALUE_MALFORMED ? problem_of(pdu->problems) : NULL;

    if (talk->show != NULL)
        talk->show(talk->user, place->whom, &talk->decode, pdu);
    set_header(&answer, &request, false);
    if (error == PEER_NO_ERROR)
        error = peer_answer_body(&answer, request.type);
    if (answer.silent) {
        talk->counts.requests++;
        talk->counts.silent++;
        return PEER_TALKED_ON;
    }
    if (error != PEER_NO_ERROR)
        return refuse(&answer, &request, error, detail, out) ? PEER_TALKED_ON
                                                             : PEER_TALKED_NO_MEMORY;
    switch (send_answer(&answer, out)) {
    case 0:
        talk->counts.requests++;
        talk->counts.replies++;
        return answer.bye ? PEER_TALKED_BYE : PEER_TALKED_ON;
    case -ENOMEM:
        return PEER_TALKED_NO_MEMORY;
    default:
        return refuse(&answer, &request, PFG_VALUE_INTERNAL, NULL, out) ? PEER_TALKED_ON
                                                                        : PEER_TALKED_NO_MEMORY;
    }
}

/* Decodes from scratch; earlier pdus of the talk are gone. */
static struct pfg_pdu *decode(struct peer_talk *talk, const uint8_t *bytes, size_t size,
                              unsigned flags)
{
    pfg_decode_reset(&talk->decode);
    return pfg_decode_message(&talk->decode, peer_frames_proto(), bytes, (uint32_t)size,
                              (uint32_t)size, flags);
}

/*
 * What begins at bytes is no frame, or one that its bytes end too early for. It is answered where
 * it has a header of ours that asks; in a stream nothing behind it can be found, so that ends.
 */
static enum peer_talked answer_unreadable(struct peer_talk *talk, const struct peer_place *place,
                                          const uint8_t *bytes, size_t size,
                                          struct peer_buffer *out)
{
    struct peer_answer answer = { .talk = talk, .place = place };
    const struct pfg_pdu *pdu = decode(talk, bytes, size, PFG_DECODE_HEADER_ONLY);
    uint64_t length_max = pfg_known(PFG_KNOWN_LENGTH)->row->max;
    struct peer_header request;
    bool made;

    if (pdu == NULL)
        return PEER_TALKED_NO_MEMORY;
    request = peer_header_of(&talk->decode, pdu);
    if (size < peer_frames_proto()->header_size ||
        (pdu->problems & 1U << PFG_PROBLEM_BAD_CONSTANT) != 0 || request.reply) {
        talk->counts.ignored++;
        return PEER_TALKED_LOST;
    }
    if (talk->show != NULL)
        talk->show(talk->user, place->whom, &talk->decode, pdu);
    made = request.length > length_max ? refuse(&answer, &request, PFG_VALUE_TOO_LONG, NULL, out)
                                       : refuse(&answer, &request, PFG_VALUE_MALFORMED,
                                                pfg_problem_name(PFG_PROBLEM_TRUNCATED), out);
    return made ? PEER_TALKED_LOST : PEER_TALKED_NO_MEMORY;
}

/*
 * A frame that is a part, or ends parts, of a message. One that is damaged ends the conversation:
 * what follows it could not be told from the parts of a whole message.
 */
static enum peer_talked answer_joined(struct peer_talk *talk, const struct peer_place *place,
                                      const uint8_t *frame, size_t size, struct peer_buffer *out)
{
    struct peer_answer answer = { .talk = talk, .place = place };
    const struct pfg_pdu *pdu = decode(talk, frame, size, PFG_DECODE_HEADER_ONLY);
    const struct pfg_proto *proto = peer_frames_proto();
    struct peer_header request;
    const uint8_t *joined = NULL;
    uint32_t joined_size = 0;

    if (pdu == NULL)
        return PEER_TALKED_NO_MEMORY;
    request = peer_header_of(&talk->decode, pdu);
    if ((pdu->problems & 1U << PFG_PROBLEM_BAD_CHECKSUM) != 0) {
        pfg_joiner_drop(place->joins->joiner, place->flow);
        return refuse(&answer, &request, PFG_VALUE_BAD_CHECKSUM, NULL, out) ? PEER_TALKED_LOST
                                                                            : PEER_TALKED_NO_MEMORY;
    }
    switch (pfg_joiner_feed(place->joins->joiner, proto, place->flow, frame, (uint32_t)size,
                            &joined, &joined_size)) {
    case PFG_JOIN_PARTIAL:
        place->joins->bytes += size;
        return PEER_TALKED_ON;
    case PFG_JOIN_TOO_LONG:
        return refuse(&answer, &request, PFG_VALUE_TOO_LONG, NULL, out) ? PEER_TALKED_LOST
                                                                        : PEER_TALKED_NO_MEMORY;
    case PFG_JOIN_DONE:
        place->joins->bytes -=
            joined_size < place->joins->bytes ? joined_size : place->joins->bytes;
        pdu = decode(talk, joined, joined_size, PFG_DECODE_JOINED);
        break;
    case PFG_JOIN_WHOLE:
        pdu = decode(talk, frame, size, 0);
        break;
    }
    return pdu == NULL ? PEER_TALKED_NO_MEMORY : answer_message(talk, place, pdu, out);
}

/* Makes the joiner when the first part of a message comes. */
static bool joiner_ready(struct peer_joins *joins, bool is_part)
{
    const struct pfg_proto *proto = peer_frames_proto();

    if (joins->joiner == NULL && is_part) {
        /* Twice what one message may have: the joiner's room grows by doubling. */
        joins->joiner = pfg_joiner_new(2 * ((size_t)proto->def->joined_max + proto->header_size));
        return joins->joiner != NULL;
    }
    return true;
}

enum peer_talked peer_talk_frame(struct peer_talk *talk, const struct peer_place *place,
                                 const uint8_t *bytes, size_t size, size_t *used,
                                 struct peer_buffer *reply)
{
    int64_t frame = pfg_frame_size(peer_frames_proto(), bytes, size);
    const struct pfg_pdu *pdu;
    struct peer_header request;

    *used = 0;
    if (frame == PFG_FRAME_NOT ||
        (place->final && (frame == PFG_FRAME_MORE || (uint64_t)frame > size))) {
        *used = size;
        return answer_unreadable(talk, place, bytes, size, reply);
    }
    if (frame == PFG_FRAME_MORE || (uint64_t)frame > size)
        return PEER_TALKED_MORE;
    *used = (size_t)frame;
    pdu = decode(talk, bytes, *used, 0);
    if (pdu == NULL)
        return PEER_TALKED_NO_MEMORY;
    if ((pdu->problems & 1U << PFG_PROBLEM_BAD_CONSTANT) != 0) {
        talk->counts.ignored++;
        return PEER_TALKED_LOST; /* another version: its length may mean something else */
    }
    request = peer_header_of(&talk->decode, pdu);
    if (request.reply) {
        talk->counts.ignored++;
        return PEER_TALKED_ON;
    }
    if (!joiner_ready(place->joins, request.more))
        return PEER_TALKED_NO_MEMORY;
    if (place->joins->joiner == NULL)
        return answer_message(talk, place, pdu, reply);
    return answer_joined(talk, place, bytes, *used, reply);
}
