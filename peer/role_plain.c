/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * role_plain.c - plain discovery, older than the framing: the question is broadcast, the answer
 * is free text. Anything but the question is nobody's business, so that an answer is never
 * answered.
 */
#include "peer/roles.h"

#include <string.h>

/* Decodes and, where asked for, shows a plain message; returns whether it is the question. */
static bool is_question(struct peer_talk *talk, const char *whom, const uint8_t *bytes, size_t size)
{
    const struct pfg_proto *proto = pfg_known(PFG_KNOWN_PLAIN_DATA)->proto;
    const struct pfg_pdu *pdu;

    pfg_decode_reset(&talk->decode);
    pdu = pfg_decode_message(&talk->decode, proto, bytes, (uint32_t)size, (uint32_t)size, 0);
    if (pdu == NULL || pfg_pdu_uint(&talk->decode, pdu, pfg_known(PFG_KNOWN_PLAIN_REQUEST), 0) == 0)
        return false;
    if (talk->show != NULL)
        talk->show(talk->user, whom, &talk->decode, pdu);
    return true;
}

void peer_plain_answer(struct peer_server *server, const char *whom, const uint8_t *bytes,
                       size_t size, struct peer_buffer *reply)
{
    const struct pfg_field *data = pfg_known(PFG_KNOWN_PLAIN_DATA);
    struct peer_talk *talk = &server->talk;
    struct pfg_set set = {
        .field = data,
        .how = PFG_SET_BYTES,
        .text = server->plain_answer,
        .size = (uint32_t)strlen(server->plain_answer),
    };
    struct pfg_writer writer = { .room = set.size };
    struct pfg_fault fault;
    const struct pfg_pdu *pdu;

    if (!is_question(talk, whom, bytes, size)) {
        talk->counts.ignored++;
        return;
    }
    talk->counts.requests++;
    writer.bytes = peer_buffer_room(reply, writer.room);
    if (writer.bytes == NULL ||
        pfg_encode_message(data->proto, &set, 1, NULL, 0, &writer, &fault) != 0)
        return;
    peer_buffer_added(reply, writer.size);
    talk->counts.replies++;
    if (talk->show == NULL)
        return;
    pfg_decode_reset(&talk->showing);
    pdu =
        pfg_decode_message(&talk->showing, data->proto, writer.bytes, writer.size, writer.size, 0);
    if (pdu != NULL)
        talk->show(talk->user, whom, &talk->showing, pdu);
}
