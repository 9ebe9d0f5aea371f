/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * where.h - --where: display filters in Wireshark's words, checked against the definition when they
 * are read, and answered from a packet's values.
 *
 *   expression  test, (expression), !x not x, x && y x and y, x || y x or y
 *   test        a field or a protocol alone (it is there); field == value, and eq != ne > gt < lt
 *               >= ge <= le; field contains value; field matches "regular expression"; field &
 * mask; field in { value, value .. value }
 *
 * A field that occurs several times passes where any occurrence does; != passes where the field is
 * there and none is equal (Wireshark 4).
 */
#ifndef PFG_CAPTURE_WHERE_H
#define PFG_CAPTURE_WHERE_H

#include <regex.h>

#include "proto/decode.h"
#include "proto/out.h"

/* How a field's values are compared. */
enum where_kind {
    WHERE_NUMBER, /* unsigned; addresses of IPv4 too */
    WHERE_SIGNED,
    WHERE_BYTES, /* byte by byte: data, text, MAC and IPv6 addresses */
    WHERE_TEXT,  /* as pfg_value_plain writes it */
};

enum where_op {
    WHERE_AND,
    WHERE_OR,
    WHERE_NOT,
    WHERE_EXISTS,
    WHERE_PROTOCOL, /* the protocol is there */
    WHERE_EQ,
    WHERE_NE,
    WHERE_GT,
    WHERE_LT,
    WHERE_GE,
    WHERE_LE,
    WHERE_CONTAINS,
    WHERE_MATCHES,
    WHERE_MASK, /* any bit of low is set */
    WHERE_IN,
};

/* A constant, or a range from low to high. */
struct where_constant {
    uint64_t low, high;
    uint8_t *low_bytes, *high_bytes; /* owned by the expression; NULL for numbers */
    uint32_t low_size, high_size;
    uint8_t prefix; /* of an address: compare so many bits; 0 = all */
};

struct where_node {
    enum where_op op;
    enum where_kind kind;
    int32_t left, right; /* places in nodes */
    struct pfg_ref ref;
    const struct pfg_field *value_field; /* whose values are in the list: of a bit, its flags */
    const struct pfg_proto *proto;
    struct where_constant *constants; /* owned */
    uint32_t constant_count;
    regex_t regex;
    bool has_regex;
};

struct capture_where {
    struct where_node *nodes;
    int32_t count, room, root;
    struct pfg_out scratch; /* a value's text */
};

/* Reads an expression. NULL, with why (a line that points at the word), where it is wrong. */
struct capture_where *capture_where_new(const char *text, char *why, size_t room);
void capture_where_free(struct capture_where *where);
/* Whether the packet's values pass. */
bool capture_where_passes(struct capture_where *where, const struct pfg_decode *decode);

/* where_bpf.c: a capture filter that passes every packet that the expression can pass, for the
 * kernel to answer first. False: there is none narrower than all packets. */
bool capture_where_bpf(const struct capture_where *where, char *filter, size_t room);

/* where_value.c: how a field is compared; and a constant from text. false: why says it. */
enum where_kind capture_where_kind(const struct pfg_ref *ref);
bool capture_where_constant(const struct where_node *node, const char *text, size_t size,
                            bool quoted, struct where_constant *constant, char *why, size_t room);

#endif
