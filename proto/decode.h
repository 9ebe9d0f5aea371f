/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * decode.h - rows to values. One walk over a protocol's table turns the bytes of a message into
 * a flat list of values. Values borrow the message's bytes: they live as long as the bytes do.
 * The list is owned by the struct pfg_decode, is reused from packet to packet, and grows (rarely)
 * when a message needs more room, so a packet's path allocates nothing once warm.
 */
#ifndef PFG_PROTO_DECODE_H
#define PFG_PROTO_DECODE_H

#include "proto/registry.h"

/* What may be wrong with a message; bits of pfg_pdu.problems, in the order they are shown. */
enum pfg_problem {
    PFG_PROBLEM_TRUNCATED, /* the bytes end before the fields do */
    PFG_PROBLEM_BAD_CHECKSUM,
    PFG_PROBLEM_UNKNOWN_TYPE, /* a value that chooses the body, or a closed one, without name */
    PFG_PROBLEM_RESERVED_BITS,
    PFG_PROBLEM_TRAILING_BYTES,
    PFG_PROBLEM_BAD_LENGTH, /* a length out of its bounds or at odds with what it frames */
    PFG_PROBLEM_BAD_UTF8,
    PFG_PROBLEM_POINTER_LOOP, /* DNS: compression that does not point strictly back */
    PFG_PROBLEM_BAD_LABEL,    /* DNS: label type 01 or 10, or a name over 255 bytes */
    PFG_PROBLEM_BAD_COUNT,    /* fewer elements than the count says */
    PFG_PROBLEM_BAD_CONSTANT, /* magic or a constant is another; nothing more is read */
    PFG_PROBLEM_BAD_FORMAT,   /* packed values: not a format, or the bytes do not fit it */
    PFG_PROBLEM_BAD_RDATA,    /* DNS record data do not fit their type */
    PFG_PROBLEM_TOO_MANY,     /* more values than a message may have */
    PFG_PROBLEM_NOT_JOINED,   /* a part of the message was lost before this one */
    PFG_PROBLEM_COUNT
};
const char *pfg_problem_name(enum pfg_problem problem);

/*
 * One value. u holds integers (signed ones as int64_t), flags, times, IPv4 (host order, the
 * first byte highest), booleans, enclosed counts; offset and size say where the value's bytes
 * are, from the pdu's base: of a prefixed or zero-ended field, the content alone.
 * Containers (PFG_GROUP, PFG_ARRAY): u = number of values after this one that are inside it.
 * PFG_NAME: offset where the name begins, size its bytes there (up to the first pointer's end).
 * PFG_PACKED: u = offset of the format << 32 | its size. PFG_RDATA: u = the type.
 */
struct pfg_value {
    const struct pfg_field *field;
    uint64_t u;
    uint32_t offset, size;
};

/* One decoded message or layer. */
struct pfg_pdu {
    const struct pfg_proto *proto;
    const uint8_t *base;   /* what offsets count from */
    uint32_t size;         /* bytes of the message, from base */
    uint32_t first, count; /* its values in the list */
    uint32_t problems;     /* bits 1 << enum pfg_problem */
    bool is_reply, is_error;
    bool partial; /* a frame whose body goes on in the next: header only */
    bool joined;  /* base is a joined copy: the last header and all bodies */
    bool sparse;  /* elements of its arrays have only the values of the decode's view */
    const struct pfg_run *head; /* its first rows, which are not in the list but at base (run.h);
                                   NULL none: only who asks for it gets such (layers.h) */
    const struct pfg_pattern
        *pattern;          /* of the array behind the head, whose values are not in the list
                       either (pattern.h): only who asks for lines gets such; NULL none */
    bool head_spare;       /* eight bytes behind the head can be read */
    uint64_t head_derived; /* the value of the head's derived row */
    uint64_t response_to;  /* number of the packet whose request this answers, or PFG_NO_RESPONSE */
    uint64_t response_ns;  /* how long that took */
};
#define PFG_NO_RESPONSE UINT64_MAX

/* What somebody looks at: of others, messages that are like earlier ones (pattern.h) may leave out
 * values. */
enum pfg_view {
    PFG_VIEW_ALL,
    PFG_VIEW_LINE,  /* what a line shows, and what pairs a reply with its request */
    PFG_VIEW_PAIRS, /* of elements of arrays, what pairs */
};

struct pfg_decode {
    struct pfg_value *values;
    uint32_t count, room;
    struct pfg_pdu *pdus;
    uint32_t pdu_count, pdu_room;
    struct pfg_joined *joined; /* copies that joined pdus point into */
    enum pfg_view view;        /* the caller's to set */
};

/* Bits of the flags argument. */
enum {
    PFG_DECODE_JOINED = 1,      /* the message is a header and a joined body: do not check length
                                   and checksum */
    PFG_DECODE_HEADER_ONLY = 2, /* stop before the body */
    PFG_DECODE_NO_CHECKSUM = 4,
    PFG_DECODE_HEAD = 8,  /* of a layer: leave the first rows where they are, as pdu->head, if
                             nothing is wrong  with them and no other row depends on one */
    PFG_DECODE_WALK = 16, /* row by row, without plans and patterns: what these are held to */
};

/* Storage for values; pfg_decode_reset empties it for the next packet. -1: out of memory. */
int pfg_decode_init(struct pfg_decode *decode);
void pfg_decode_free(struct pfg_decode *decode);
void pfg_decode_drop_joined(struct pfg_decode *decode);
static inline void pfg_decode_reset(struct pfg_decode *decode)
{
    decode->count = 0;
    decode->pdu_count = 0;
    if (decode->joined)
        pfg_decode_drop_joined(decode);
}

/*
 * Decodes one message of protocol at bytes[0..size) and appends a pdu. wire_size >= size is
 * what the message had on the wire (size < wire_size: cut by the capture; what is missing is
 * "truncated"). A length field bounds the message; bytes behind it are left (pdu->size tells).
 * Returns the pdu (valid until the next one is appended), NULL only when memory is out.
 * Whatever the bytes, this neither fails nor reads outside them: faults are pdu->problems, and
 * what stands before the fault is in the list.
 */
struct pfg_pdu *pfg_decode_message(struct pfg_decode *decode, const struct pfg_proto *proto,
                                   const uint8_t *bytes, uint32_t size, uint32_t wire_size,
                                   unsigned flags);

/* Appends a pdu of values that stand in no bytes: those of its protocol's rows, in their order.
 * NULL when memory is out. */
struct pfg_pdu *pfg_decode_given(struct pfg_decode *decode, const struct pfg_proto *proto,
                                 const uint8_t *bytes, const uint64_t *values);
/* Appends a pdu of size bytes that is nothing but its head. spare: eight bytes behind the head can
 * be read. NULL when memory is out. */
struct pfg_pdu *pfg_decode_head(struct pfg_decode *decode, const struct pfg_proto *proto,
                                const uint8_t *bytes, uint32_t size, bool spare);

/* The same of a pdu that is its head, which is right, and behind it, to its end, an array that
 * stands there as one did before: pdu->pattern, which is good until the next call of a thread.
 * NULL, and nothing has happened: it is to be decoded. */
struct pfg_pdu *pfg_decode_patterned(struct pfg_decode *decode, const struct pfg_proto *proto,
                                     const uint8_t *bytes, uint32_t size, bool spare);

/* The first value of a field (by id) in a pdu's list, or NULL; rows of its head are not there.
 * Mostly it is where it has its place, and nothing is searched for. */
const struct pfg_value *pfg_pdu_search(const struct pfg_decode *decode, const struct pfg_pdu *pdu,
                                       const struct pfg_field *field);
static inline const struct pfg_value *pfg_pdu_find(const struct pfg_decode *decode,
                                                   const struct pfg_pdu *pdu,
                                                   const struct pfg_field *field)
{
    if (!pdu->head && field->place < pdu->count) {
        const struct pfg_value *there = &decode->values[pdu->first + field->place];
        if (there->field == field)
            return there;
    }
    return pfg_pdu_search(decode, pdu, field);
}
/* The next one after value, or NULL. */
const struct pfg_value *pfg_pdu_next(const struct pfg_decode *decode, const struct pfg_pdu *pdu,
                                     const struct pfg_field *field, const struct pfg_value *value);
/* The integer value of a field, a bit's value for a bit's field; fallback where it is absent. */
static inline uint64_t pfg_pdu_uint(const struct pfg_decode *decode, const struct pfg_pdu *pdu,
                                    const struct pfg_field *field, uint64_t fallback)
{
    const struct pfg_value *v = pfg_pdu_find(decode, pdu, field->bit ? field->parent : field);
    if (!v)
        return fallback;
    return field->bit ? v->u >> field->bits_shift & field->bits_mask : v->u;
}
/* A value's bytes. */
static inline const uint8_t *pfg_value_bytes(const struct pfg_pdu *pdu, const struct pfg_value *v)
{
    return pdu->base + v->offset;
}

/* How a message is found in bytes. */
enum { PFG_FRAME_MORE = 0, PFG_FRAME_NOT = -1 };
/* Bytes of the whole message that begins at bytes (> 0); PFG_FRAME_MORE when more bytes are
 * needed to know; PFG_FRAME_NOT when this is not such a message (its magic is another, or
 * its length out of bounds). For protocols without a length: size. */
int64_t pfg_frame_size(const struct pfg_proto *proto, const uint8_t *bytes, size_t size);
/* Whether bytes look like a message of the protocol by magic, constants, closed names and length
 * bounds (needs a magic or a constant). Says yes on fewer bytes than a header if those fit and
 * partial is true. */
bool pfg_recognise(const struct pfg_proto *proto, const uint8_t *bytes, size_t size, bool partial);

/* Whether a whole datagram decodes as a message of the protocol without any fault, down to its last
 * byte, and has at least one counted element: for protocols without a mark (.by_shape). */
bool pfg_fits_shape(const struct pfg_proto *proto, const uint8_t *bytes, size_t size);
/* The same at the beginning of a stream, where each message comes behind its length: bytes of the
 * first one and its length; PFG_FRAME_MORE where it is not whole but may be one, and *need bytes
 * tell; PFG_FRAME_NOT. */
int64_t pfg_shape_in_stream(const struct pfg_proto *proto, const uint8_t *bytes, size_t size,
                            uint32_t *need);

enum pfg_transport { PFG_UDP, PFG_TCP };
/*
 * Which protocol a payload is: by port (both ports are tried, the lower first), else by looks.
 * NULL where none. A datagram or the beginning of a stream's direction.
 */
const struct pfg_proto *pfg_proto_for(enum pfg_transport transport, uint16_t sport, uint16_t dport,
                                      const uint8_t *bytes, size_t size);
/* The protocols that are looked for on every port, by a mark or by their shape; NULL past the
 * end. */
const struct pfg_proto *pfg_proto_anywhere(size_t nth);
/* The protocols that have this port as a default; NULL past the end. */
const struct pfg_proto *pfg_proto_on_port(enum pfg_transport transport, uint16_t port, size_t nth);

/*
 * Joins the bodies of messages whose `more` bit is set (PROTOCOL.md): feed each frame of one
 * direction of one conversation, in order. Memory: the joined bytes, bounded by max_bytes over
 * all keys; the oldest is given up first.
 */
struct pfg_joiner;
struct pfg_joiner *pfg_joiner_new(size_t max_bytes);
void pfg_joiner_free(struct pfg_joiner *joiner);
/* Forgets the parts of one flow: a part was damaged or the conversation ended. */
void pfg_joiner_drop(struct pfg_joiner *joiner, uint64_t flow);
/* Forgets the parts of the one message that this frame, which is cut, belongs to. */
void pfg_joiner_give_up(struct pfg_joiner *joiner, const struct pfg_proto *proto, uint64_t flow,
                        const uint8_t *frame, uint32_t size);
enum pfg_join {
    PFG_JOIN_WHOLE,   /* this frame alone is the message */
    PFG_JOIN_PARTIAL, /* kept; the message goes on */
    PFG_JOIN_DONE,    /* *joined, *joined_size: last header and joined body; owned by the joiner,
                         valid until its next call */
    PFG_JOIN_TOO_LONG,
};
/* flow: a number that the caller gives to one direction of one conversation. frame: one whole
 * frame of size bytes. */
enum pfg_join pfg_joiner_feed(struct pfg_joiner *joiner, const struct pfg_proto *proto,
                              uint64_t flow, const uint8_t *frame, uint32_t size,
                              const uint8_t **joined, uint32_t *joined_size);

/*
 * The whole way for the messages in a datagram or in stream bytes that begin with a message:
 * decodes each whole frame (joined ones through joiner, which may be NULL: then partial frames
 * stay partial), appends pdus. wire_size as above. *used: bytes of whole messages; a stream
 * keeps the rest. final: no more bytes will come (a datagram): an incomplete message is decoded
 * as far as it goes and marked truncated. Returns the number of messages completed, -1 memory.
 */
int pfg_decode_payload(struct pfg_decode *decode, const struct pfg_proto *proto,
                       struct pfg_joiner *joiner, uint64_t flow, const uint8_t *bytes,
                       uint32_t size, uint32_t wire_size, bool over_stream, bool final,
                       uint32_t *used);
/* The part of it that most datagrams need, which are one message each, of one frame: without the
 * number of the conversation, which has to be made. False: it is not such a one, and nothing is
 * decoded. */
bool pfg_decode_datagram(struct pfg_decode *decode, const struct pfg_proto *proto,
                         const struct pfg_joiner *joiner, const uint8_t *bytes, uint32_t size,
                         uint32_t wire_size);

#endif
