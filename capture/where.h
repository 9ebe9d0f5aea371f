/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * where.h - --where: display filters in Wireshark's words, checked against the definition when they
 * are read, and answered from a packet's values.
 *
 *   expression  test, (expression), !x not x, x && y x and y, x ^^ y x xor y, x || y x or y
 *   test        operand alone (it is there; of a mask, a bit is set); operand comparison value;
 *               operand comparison operand; operand in { value, value .. value }, or not in
 *   comparison  == eq, != ne, > gt, < lt, >= ge, <= le, contains, ~ matches; === and !==
 *   value       a word, "text" with escapes, r"text" without
 *   operand     a field, a name for either of two fields, or a protocol (its bytes), then #2 or
 *               #[1-2] (which layer of its protocol), [slice], & mask; or a function of such:
 *               upper(x) lower(x) string(x) len(x) count(x)
 *   slice       n, n:length, n-last, :length, n:, several with commas; n < 0 counts from the end
 *
 * A test on a field that occurs several times passes where any occurrence does; != and === where
 * all do, and there is one. "any" and "all" before the operand say it otherwise.
 */
#ifndef PFG_CAPTURE_WHERE_H
#define PFG_CAPTURE_WHERE_H

#include "capture/own.h"
#include "proto/also.h"
#include "proto/decode.h"
#include "proto/out.h"

/* How values are compared. */
enum where_kind {
    WHERE_NUMBER, /* unsigned; addresses of IPv4 too */
    WHERE_SIGNED,
    WHERE_BYTES, /* byte by byte: data, text, MAC and IPv6 addresses */
    WHERE_TEXT,  /* as pfg_value_plain writes it */
    WHERE_THERE, /* no value: it is there or not */
};

enum where_op {
    WHERE_AND,
    WHERE_OR,
    WHERE_XOR,
    WHERE_NOT,
    WHERE_EXISTS,
    WHERE_SET, /* any bit is set, of a mask */
    WHERE_EQ,
    WHERE_NE,
    WHERE_GT,
    WHERE_LT,
    WHERE_GE,
    WHERE_LE,
    WHERE_CONTAINS,
    WHERE_MATCHES,
    WHERE_IN,
};

enum where_function {
    WHERE_VALUE,
    WHERE_UPPER,
    WHERE_LOWER,
    WHERE_STRING, /* as text */
    WHERE_LEN,    /* bytes of each value */
    WHERE_COUNT,  /* how many values there are */
};

/* Bytes begin up to begin + length, or up to the end; begin < 0 counts from the end. */
struct where_slice {
    int32_t begin;
    uint32_t length;
    bool to_end;
};
enum { WHERE_SLICES_MAX = 8 };

/* What is looked at. */
struct where_operand {
    struct pfg_refs refs;                                  /* count 0: the protocol itself, or: */
    struct capture_own own;                                /* what every protocol has */
    const struct pfg_field *value_fields[PFG_ALSO_FIELDS]; /* of a bit, its flags */
    const struct pfg_proto *proto;
    enum where_kind kind; /* of what comes out */
    enum where_function function;
    struct where_slice slices[WHERE_SLICES_MAX];
    uint32_t slice_count;
    uint32_t first_layer, last_layer; /* of those of its protocol, from 1; 0: all */
    bool masked;
    uint64_t mask;
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
    bool all;            /* every value has to pass, and there is one */
    int32_t left, right; /* places in nodes */
    struct where_operand operand;
    struct where_operand *other;      /* owned; what it is compared with; NULL: the constants */
    struct where_constant *constants; /* owned */
    uint32_t constant_count;
    struct where_regex *regex; /* owned; NULL none */
};

/* Texts of the left and right operand. */
enum where_scratch { WHERE_LEFT, WHERE_RIGHT, WHERE_SCRATCH_COUNT };

struct capture_where {
    struct where_node *nodes;
    int32_t count, room, root;
    struct pfg_out scratch[WHERE_SCRATCH_COUNT];
    bool given_up; /* a regular expression took too long for a value, and does not match it */
};

/* A packet to be looked at. */
struct where_packet {
    const struct pfg_decode *decode;
    const uint8_t *bytes; /* all that was captured of it; its frame may be no pdu */
    uint32_t size;
    const uint8_t *joined; /* what the packet's fragment made whole, for the transport layer */
    uint32_t joined_size;  /* 0: nothing */
};

/* The network layers that the expression looks at: a bit 1 << enum pfg_layer_id each. */
uint32_t capture_where_layers(const struct capture_where *where);

/* Whether it looks at what is known only once replies are matched with their requests. */
bool capture_where_pairs(const struct capture_where *where);

/* Reads an expression. NULL, with why (a line that points at the word), where it is wrong. */
struct capture_where *capture_where_new(const char *text, char *why, size_t room);
void capture_where_free(struct capture_where *where);
/* Whether the packet's values pass. */
bool capture_where_passes(struct capture_where *where, const struct where_packet *packet);

/* where_bpf.c: a capture filter that passes every packet that the expression can pass, and those of
 * the other direction, for the kernel to answer first. A request that went to another unicast
 * address than its reply came from is not among them. False: there is none narrower than all
 * packets, and filter is empty. */
bool capture_where_bpf(const struct capture_where *where, char *filter, size_t room);

/* where_value.c: how a field is compared; and a constant from text. false: why says it. */
enum where_kind capture_where_kind(const struct pfg_ref *ref);
/* The same of what the operand names, before functions and slices. */
enum where_kind capture_where_kind_of(const struct where_operand *operand);
bool capture_where_constant(const struct where_node *node, const char *text, size_t size,
                            bool quoted, struct where_constant *constant, char *why, size_t room);

/* Whether a range's end is before its beginning. */
bool capture_where_is_backwards(enum where_kind kind, const struct where_constant *range);

/* where_regex.c: compiled regular expressions, and whether one is found in a value. *given_up is
 * set where that takes too long; then it is not. */
struct where_regex;
void where_regex_free(struct where_regex *regex);
bool where_regex_matches(struct where_regex *regex, const uint8_t *value, size_t size,
                         bool *given_up);

/* where_operand.c: the values of an operand in a packet, one after another. */
struct where_cursor {
    uint32_t pdu, layer;           /* the pdu at hand, and how many of its protocol there were */
    const struct pfg_value *value; /* the one given last; NULL: begin with the pdu */
    uint32_t own, left;            /* of what every protocol has: this value, and those to come */
    bool done;
};
struct where_item {
    uint64_t u;           /* numbers */
    const uint8_t *bytes; /* bytes and texts: until the next item of the same scratch */
    uint32_t size;
};
/* The next value, from cursor { 0 } on. False: there is none left. */
bool capture_where_next(const struct where_operand *operand, const struct where_packet *packet,
                        struct pfg_out *scratch, struct where_cursor *cursor,
                        struct where_item *item);

#endif
