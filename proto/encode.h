/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * encode.h - values to bytes. One walk over a protocol's table writes a message: what was set as
 * it was set, right or wrong; the rest from the rows (constants, defaults, lengths, counts,
 * checksums), finished from the inside out.
 */
#ifndef PFG_PROTO_ENCODE_H
#define PFG_PROTO_ENCODE_H

#include "proto/decode.h"

/*
 * One setting. Names a field by its row's name or alias, or by a path inside the
 * protocol ("echo.data", "qry[0].name", "flags.reply", "answers[1].rdata"). The value is text as
 * a person types it, or, with typed, a number or bytes as they are.
 */
struct pfg_set {
    const struct pfg_field *field; /* or NULL: by name */
    const char *name;
    uint32_t name_size;
    enum { PFG_SET_TEXT, PFG_SET_UINT, PFG_SET_BYTES } how;
    const char *text;   /* PFG_SET_TEXT and PFG_SET_BYTES */
    uint32_t size;      /* of text */
    uint64_t number;
    bool weak;          /* a default: a setting without this wins, and unused is no fault */
    /* filled by the encoder */
    bool used;
    uint32_t at, width; /* where in the output the value went, bytes; width 0: nothing */
};

/* What went wrong, as one sentence without newline. */
struct pfg_fault {
    char text[256];
};

/* Bytes being written: caller's storage, sticky overflow. */
struct pfg_writer {
    uint8_t *bytes;
    uint32_t size, room;
    bool overflow;
};

/*
 * Appends one message of protocol to writer from count settings; payload (may be NULL) are bytes
 * already encoded that stand behind it (what a network layer carries: checksums of whole messages
 * cover it, lengths of headers do not). Setting the body's own row writes its bytes as
 * the whole body. Every setting must be used. Returns 0, or -1 with *fault (unknown field with the nearest name,
 * a value that does not fit, no room).
 */
int pfg_encode_message(const struct pfg_proto *proto, struct pfg_set *sets, size_t count,
                       const uint8_t *payload, uint32_t payload_size, struct pfg_writer *writer,
                       struct pfg_fault *fault);

/*
 * One message in frames, for protocols with a `more` bit: message is a header (flags and all as
 * they are to be) and a joined body of any size; each frame but the last gets the `more` bit, and
 * each its own length and checksum. body_max: bytes of body a frame, 0 = the length row's most.
 * Appends the frames to writer. Returns their number, or -1 with *fault.
 */
int pfg_encode_split(const struct pfg_proto *proto, const uint8_t *message, uint32_t size,
                     uint32_t body_max, struct pfg_writer *writer, struct pfg_fault *fault);

/* Values as a person types them, for rows and for --where. Integers, flags, times, IPv4: decimal,
 * 0x, 0b, -N, true, false, or a name of the field's; flags also names joined by | or , or tcpdump's
 * letters; times also now and RFC 3339; fixed point in decimals (*value: the bits). 0, or -1 and
 * *fault. */
int pfg_parse_uint(const struct pfg_field *field, const char *text, size_t size, uint64_t *value,
                   struct pfg_fault *fault);
/* Bytes, by the field's kind: addresses; names in wire form; texts with C escapes, hex:001122 or
 * 0x..., @FILE. Returns their number, at most room, or -1 and *fault. */
int64_t pfg_parse_bytes(const struct pfg_field *field, const char *text, size_t size,
                        uint8_t *bytes, size_t room, struct pfg_fault *fault);

/* Packs values ("12,23,451312") by a format of Python's struct language; returns bytes written
 * or -1 with *fault. */
int pfg_pack_text(const char *format, size_t format_size, const char *text, size_t size,
                  uint8_t *bytes, size_t room, struct pfg_fault *fault);

#endif
