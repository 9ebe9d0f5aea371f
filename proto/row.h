/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * row.h - the row language: what a protocol definition is made of.
 *
 * A protocol is a const table of rows, a row is one wire fact, and the rows stand in wire
 * order. Nothing here does anything: ordinary functions (registry.c, decode.c, encode.c, the
 * renderers, the Wireshark plugin) walk the tables. How to write rows is told at the top of
 * protocol.h. All sizes are bytes unless a name says bits.
 */
#ifndef PFG_PROTO_ROW_H
#define PFG_PROTO_ROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a row is. The end of a table is a row of zeros: { 0 }. */
enum pfg_kind {
    PFG_END = 0,
    PFG_UINT,     /* unsigned integer of .size bytes (1-8) or .bits bits */
    PFG_INT,      /* signed integer, two's complement */
    PFG_FLAGS,    /* unsigned integer whose bits have names: .flags */
    PFG_TIME,     /* a point in time as an unsigned integer; the unit is .unit */
    PFG_IPV4,     /* 4 bytes */
    PFG_IPV6,     /* 16 bytes */
    PFG_MAC,      /* 6 bytes */
    PFG_BYTES,    /* bytes shown as hex; extent as below */
    PFG_DATA,     /* bytes shown as hex and, where they are UTF-8, as text; extent as below */
    PFG_STRING,   /* UTF-8 text; extent as below */
    PFG_MAGIC,    /* the .size bytes of .text, which mark the protocol */
    PFG_CONST,    /* an unsigned integer that is always .init */
    PFG_RESERVED, /* sent as 0, reported where it is not */
    PFG_LENGTH,   /* an unsigned integer that frames: how many bytes of what .counts says */
    PFG_CHECKSUM, /* .algorithm over what .counts says, this field taken as 0 */
    PFG_GROUP,    /* .rows, once */
    PFG_ARRAY,    /* .rows, as often as the field .by says; without .by, to the end */
    PFG_BODY,     /* the rows that the value of the field .by chooses, see pfg_name */
    PFG_PACKED,   /* values packed in Python's struct language; .by is the format's field */
    PFG_NAME,     /* a DNS domain name, compressed or not (RFC 1035, 4.1.4) */
    PFG_RDATA,    /* DNS record data, shown in master-file form; .by is the type's field */
    PFG_DERIVED,  /* no bytes on the wire: a value that follows from others, see .derive */
    PFG_KIND_COUNT
};
/*
 * Extent of PFG_BYTES, PFG_DATA and PFG_STRING: .size fixed bytes; or .prefix = 1 or 2, a
 * length of so many bytes, in .order, comes first; or .zero_ended; or none of these: the rest.
 * .size with .zero_ended: fixed bytes, of which those before the first zero are the value.
 */

enum pfg_order { PFG_BIG = 0, PFG_LITTLE };

/* Unit of a PFG_TIME. All but NTP count from 1970-01-01T00:00:00Z. */
enum pfg_unit {
    PFG_NS = 0,
    PFG_US,
    PFG_MS,
    PFG_SECONDS,
    PFG_NTP, /* RFC 5905, 6: 32 bits seconds since 1900, 32 bits fraction */
};

/* What a PFG_LENGTH or PFG_CHECKSUM speaks of. */
enum pfg_counts {
    PFG_COUNTS_ALL = 0, /* everything from the first row of this table on */
    PFG_COUNTS_BODY,    /* the PFG_BODY row of this table */
    PFG_COUNTS_REST,    /* everything after this field */
    PFG_COUNTS_BEFORE,  /* (checksum only) everything before this field */
};

enum pfg_algorithm { PFG_CRC32C = 0, PFG_CRC32, PFG_INTERNET };

/* How a value is shown. 0 = as its kind says. */
enum pfg_display {
    PFG_SHOW_DEFAULT = 0,
    PFG_HEX,     /* integers: 0x and all digits */
    PFG_DATE,    /* PFG_TIME: RFC 3339 in JSON too, where otherwise it is the number */
    PFG_MNEMONIC, /* the name alone, where the value has one (master-file forms) */
    PFG_BASE64,
    PFG_BASE32HEX, /* RFC 4648, 7, without padding, upper case (NSEC3) */
    PFG_HEX_DASH,  /* hex, "-" when empty (NSEC3 salt) */
    PFG_QUOTED,    /* a character string in quotes (RFC 1035, 5.1) */
    PFG_DATE14,    /* YYYYMMDDHHmmSS of seconds since 1970 (RFC 4034, 3.2) */
    PFG_TYPE_BITMAP, /* RFC 4034, 4.1.2 */
    PFG_SVC_PARAMS,  /* RFC 9460, 2.1 */
    PFG_TYPE_NAME,   /* a DNS type's mnemonic or TYPEnnn */
    PFG_BY_NAME,     /* bytes: as the .shown of the value of .by says, the mnemonic
                        right before them, and in hex where they do not fit */
    /* Of EDNS options, none of which is hex alone: */
    PFG_TEXT,        /* printable characters in quotes (RFC 5001) */
    PFG_ERROR_TEXT,  /* a number with its name, of the row's .names, and a text (RFC 8914, 2) */
    PFG_SUBNET,      /* an address with the bits that count for who asks and who answers (RFC 7871, 6) */
    PFG_TENTHS,      /* tenths of a second in two bytes (RFC 7828, 3.1) */
    PFG_ZEROS,       /* how many zeros (RFC 7830, 3) */
};

/* Where a PFG_DERIVED value comes from. */
enum pfg_derive {
    PFG_DERIVE_CODE = 0, /* set by the layer's own code */
    PFG_DERIVE_SIZE,     /* bytes of the message */
    PFG_DERIVE_POINTER,  /* offset that the compressed name .by points to; absent where not */
    PFG_DERIVE_BIT,      /* the flag bit .by ("flags.qr"), as a boolean */
    PFG_DERIVE_MATCH,    /* whether the field .by bears exactly the bytes of .text, as a boolean */
    PFG_DERIVE_PART,     /* the bits .mask of the number .by, an earlier one of this table, or for a
                            row of a flat body one of the table around it */
    PFG_DERIVE_JOIN,     /* the bits .by ("flags.rcode") of the flags right before it, and above them
                            what a row somewhere in the message has that names it in .upper_of */
};

struct pfg_row;
struct pfg_protocol;

/*
 * One named value, with what hangs on it. The table ends with a row whose name is NULL.
 * body, reply: the rows of a PFG_BODY chosen by this value (reply NULL: the same as body).
 */
struct pfg_name {
    uint64_t value;
    const char *name;
    const char *doc;
    const struct pfg_row *body;
    const struct pfg_row *reply;
    const struct pfg_row *rdata;       /* PFG_RDATA: the rows of the master-file form */
    const struct pfg_protocol *layer;  /* the protocol carried above, for network layers */
    bool stop;                         /* an array to the end stops after this element */
    bool is_reply;                     /* this value itself says that the message is a reply */
    enum pfg_display shown;            /* how bytes that hang on this value are shown */
    bool several;                      /* who asks with it may get several messages in answer */
};

/* One named bit, or a run of bits with a value (opcode); the table ends with name NULL. */
struct pfg_bit {
    const char *name;
    uint64_t mask;
    const struct pfg_name *names; /* runs of bits: named values */
    const char *doc;
    char letter;                  /* for the one-line form, tcpdump's [S.] */
};

/* One wire fact. Members that a kind does not use stay 0. */
struct pfg_row {
    const char *name;   /* JSON key, last part of the filter name, word of the command line */
    enum pfg_kind kind;
    uint8_t size;       /* bytes on the wire */
    uint8_t bits;       /* instead of .size: bits; rows of bits follow each other, high bit first */
    uint8_t fraction_bits; /* PFG_UINT, PFG_INT: so many of its lowest bits are a fraction */
    uint8_t prefix;     /* bytes of the length before it */
    bool zero_ended;    /* text up to a zero byte */
    bool optional;      /* the message may end before this row; then all after it are absent */
    uint8_t leave;      /* PFG_ARRAY to the end: stops where no more than so many bytes are left */
    bool closed;        /* a value without a name is a fault of the message */
    bool flat;          /* PFG_BODY: its fields stand beside this table's own, not in a group */
    bool quiet;         /* not in the one-line form */
    bool sparse;        /* not in the one-line form where it is 0 */
    bool bare;          /* in the one-line form without its label */
    enum pfg_order order;
    enum pfg_unit unit;
    enum pfg_counts counts;
    enum pfg_algorithm algorithm;
    enum pfg_display display;
    enum pfg_derive derive;
    uint32_t scale;     /* the wire counts in units of so many (bytes); 0 = 1 */
    int32_t add;        /* PFG_LENGTH: added to the wire's value to give what is counted */
    uint64_t init;      /* value when none is given, as the bits are; PFG_CONST: the value */
    uint64_t max;       /* greatest valid value; 0 = any */
    uint64_t mask;      /* PFG_DERIVE_PART: the bits */
    const char *upper_of; /* PFG_DERIVE_PART: it is the upper bits of that row of the message's own
                             table, a PFG_DERIVE_JOIN */
    const char *text;   /* PFG_MAGIC: the bytes; text kinds: value when none is given */
    const struct pfg_name *names;
    const char *other;  /* name of all values that names leaves out; PFG_BODY without .rows: of the
                           bytes of a body that no value's rows explain, in place of the row's */
    const struct pfg_bit *flags;
    const struct pfg_row *rows; /* group, array: the inside; body: for values without rows */
    const char *by;     /* the earlier field that this one depends on */
    const char *when;   /* PFG_CHECKSUM: verified and computed only where this bit is set */
    const char *filter; /* dotted name below the protocol, instead of the path */
    const char *alias;  /* another word for the command line */
    const char *brief;  /* label in the one-line form, instead of the name */
    const char *label;  /* label in Wireshark's tree, beside the name */
    const char *doc;    /* one sentence */
};

/*
 * Another name of display filters and columns, below the protocol's: of one field ("flags.df" for
 * "df", what Wireshark calls it), or of either of two of the same kind ("port" for "srcport" and
 * "dstport"), in the order of the bytes. The table ends with a row whose name is NULL.
 */
enum { PFG_ALSO_FIELDS = 2 };
struct pfg_also {
    const char *name;
    const char *fields[PFG_ALSO_FIELDS];
};

/* A whole protocol. */
struct pfg_protocol {
    const char *name;         /* prefix of the filter names */
    const char *title;        /* one line for people */
    const char *doc;
    const struct pfg_row *rows;
    uint32_t fixed_size;      /* bytes of the rows before the first variable one; checked */
    uint16_t udp_ports[4];    /* 0 ends */
    uint16_t tcp_ports[4];
    uint8_t tcp_prefix;       /* over TCP, a message comes after its length in so many bytes */
    bool any_port;            /* recognised on every port by magic, constants, names and lengths */
    bool by_shape;            /* recognised in datagrams on every port where all bytes fit */
    bool follow;              /* answers may come from another port than was asked (TFTP) */
    bool network;             /* a link, network or transport layer */
    const char *known_as;     /* another name of it in display filters and columns */
    const struct pfg_also *also;
    const char *reply;        /* what makes it a reply: "flags.reply", or "mode=4" */
    const char *error;        /* in a reply, the bit that makes the body error_rows */
    const struct pfg_row *error_rows;
    const char *more;         /* the bit that says: the body goes on in the next message */
    uint32_t joined_max;      /* bytes of a joined body at most */
    const char *pair[4];      /* fields by which a reply is matched with its request; "a<b": the
                                 reply's a is the request's b; a reply may leave out those that
                                 are not of the protocol's own table. NULL ends */
};

#endif
