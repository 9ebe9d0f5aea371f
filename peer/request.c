/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "peer/request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "proto/decode.h"

enum { FIRST_ROOM_BYTES = 65536 };

/* The word on the command line for the plain question; every other one is a kind of message. */
static const char plain_word[] = "plain";

/* Whether a setting names this field, by its name or by its path. */
static bool names_field(const struct pfg_set *set, enum pfg_known known)
{
    const char *name = pfg_known(known)->name, *path = pfg_known(known)->path;

    return (strlen(name) == set->name_size && memcmp(name, set->name, set->name_size) == 0) ||
           (strlen(path) == set->name_size && memcmp(path, set->name, set->name_size) == 0);
}

/* Notes which header values the words give. Length and checksum given by hand mean that the
 * bytes are to go out as they are, right or wrong, in one frame. */
static void note_given(struct peer_request *request, const struct pfg_set *set)
{
    request->asks_session |= names_field(set, PFG_KNOWN_SESSION);
    request->asks_seq |= names_field(set, PFG_KNOWN_SEQ);
    request->asks_flags |= names_field(set, PFG_KNOWN_FLAGS);
    request->is_raw |=
        names_field(set, PFG_KNOWN_LENGTH) || names_field(set, PFG_KNOWN_FLAGS) ||
        (set->name_size == strlen(peer_frames_proto()->checksum->name) &&
         memcmp(set->name, peer_frames_proto()->checksum->name, set->name_size) == 0);
}

int peer_request_read(struct peer_request *request, char *const *words, size_t count,
                      struct pfg_fault *fault)
{
    *request = (struct peer_request){ .plain = strcmp(words[0], plain_word) == 0 };
    if (getrandom(&request->session, sizeof request->session, 0) < 0)
        request->session = 1;
    if (count > PEER_REQUEST_SETS_MAX - PEER_REQUEST_OWN_SETS) {
        snprintf(fault->text, sizeof fault->text, "too many fields");
        return -1;
    }
    if (!request->plain) {
        request->sets[request->count++] = (struct pfg_set){
            .field = pfg_known(PFG_KNOWN_TYPE),
            .how = PFG_SET_TEXT,
            .text = words[0],
            .size = (uint32_t)strlen(words[0]),
        };
    }
    for (size_t i = 1; i < count; i++) {
        const char *equals = strchr(words[i], '=');
        struct pfg_set *set = &request->sets[request->count++];

        if (equals == NULL) {
            snprintf(fault->text, sizeof fault->text, "%s: not FIELD=VALUE", words[i]);
            return -1;
        }
        *set = (struct pfg_set){
            .name = words[i],
            .name_size = (uint32_t)(equals - words[i]),
            .how = PFG_SET_TEXT,
            .text = equals + 1,
            .size = (uint32_t)strlen(equals + 1),
        };
        note_given(request, set);
    }
    return 0;
}

static void add_uint(struct pfg_set *sets, size_t *count, enum pfg_known known, uint64_t number)
{
    sets[(*count)++] = (struct pfg_set){
        .field = pfg_known(known),
        .how = PFG_SET_UINT,
        .number = number,
    };
}

/* Encodes into request->message, with so much room. */
static int encode_within(struct peer_request *request, const struct pfg_proto *proto, size_t count,
                         size_t room, struct pfg_fault *fault)
{
    struct pfg_writer writer = { .room = (uint32_t)room };

    peer_buffer_take(&request->message, peer_buffer_size(&request->message));
    writer.bytes = peer_buffer_room(&request->message, room);
    if (writer.bytes == NULL) {
        snprintf(fault->text, sizeof fault->text, "out of memory");
        return -1;
    }
    if (pfg_encode_message(proto, request->sets, count, NULL, 0, &writer, fault) != 0)
        return -1;
    peer_buffer_added(&request->message, writer.size);
    return 0;
}

/* Encodes in a little room, and where that fails in as much as any message may need. */
static int encode(struct peer_request *request, const struct pfg_proto *proto, size_t count,
                  struct pfg_fault *fault)
{
    const size_t most = 2 * (size_t)peer_frames_proto()->def->joined_max;

    if (encode_within(request, proto, count, FIRST_ROOM_BYTES, fault) == 0)
        return 0;
    return encode_within(request, proto, count, most, fault);
}

/* Reads the header back out of the message: what the words said is then known as numbers. */
static int read_back(struct peer_request *request, struct pfg_fault *fault)
{
    struct pfg_decode decode;
    const struct pfg_pdu *pdu;
    uint32_t size = (uint32_t)peer_buffer_size(&request->message);

    if (pfg_decode_init(&decode) != 0) {
        snprintf(fault->text, sizeof fault->text, "out of memory");
        return -1;
    }
    pdu = pfg_decode_message(&decode, peer_frames_proto(), peer_buffer_front(&request->message),
                             size, size, PFG_DECODE_JOINED);
    if (pdu != NULL)
        request->header = peer_header_of(&decode, pdu);
    pfg_decode_free(&decode);
    return 0;
}

int peer_request_make(struct peer_request *request, uint64_t nth, bool checked, uint32_t frame_max,
                      struct pfg_fault *fault)
{
    const struct peer_header flags = { .checked = checked };
    size_t count = request->count;

    peer_buffer_take(&request->frames, peer_buffer_size(&request->frames));
    if (!request->plain) {
        if (!request->asks_session)
            add_uint(request->sets, &count, PFG_KNOWN_SESSION, request->session);
        if (!request->asks_seq)
            add_uint(request->sets, &count, PFG_KNOWN_SEQ, nth & UINT32_MAX);
        if (!request->asks_flags && checked)
            add_uint(request->sets, &count, PFG_KNOWN_FLAGS, peer_header_flags(&flags));
        if (!request->is_raw)
            add_uint(request->sets, &count, PFG_KNOWN_LENGTH, 0);
    }
    if (encode(request,
               request->plain ? pfg_known(PFG_KNOWN_PLAIN_DATA)->proto : peer_frames_proto(), count,
               fault) != 0)
        return -1;
    request->bytes = peer_buffer_front(&request->message);
    request->size = peer_buffer_size(&request->message);
    if (request->plain)
        return 0;
    if (read_back(request, fault) != 0)
        return -1;
    if (request->is_raw)
        return 0;
    if (peer_frames_split(request->bytes, request->size, frame_max, &request->frames) != 0) {
        snprintf(fault->text, sizeof fault->text, "the message cannot be cut into frames");
        return -1;
    }
    request->bytes = peer_buffer_front(&request->frames);
    request->size = peer_buffer_size(&request->frames);
    return 0;
}

void peer_request_free(struct peer_request *request)
{
    peer_buffer_free(&request->message);
    peer_buffer_free(&request->frames);
}
