/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * registry.h - the definition tables made ready to be walked: every row with its full name, its
 * JSON key as bytes, what it depends on as an index, and the tables inside it. Built once at
 * start from const data, owned by this module, never changed afterwards, never freed.
 */
#ifndef PFG_PROTO_REGISTRY_H
#define PFG_PROTO_REGISTRY_H

#include <string.h>

#include "proto/row.h"

struct pfg_field;
struct pfg_proto;
struct pfg_run;
struct pfg_op;
struct pfg_message_plan;

/* Protocols at most, those of networks too. */
enum { PFG_PROTOS_MAX = 256 };
/* Keys, labels and names are copied in blocks of so many bytes, most in one. */
enum { PFG_KEY_BLOCK = 16, PFG_TEXT_MAX = 256 };

/* A name with its size, and at least PFG_KEY_BLOCK bytes to be read. */
struct pfg_text {
    const char *text;
    uint32_t size;
};

/* The same of a constant. */
#define PFG_READY(constant) { constant "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", sizeof constant - 1 }

/* A ready text (key, label, name) at to, which has room for PFG_KEY_BLOCK bytes more than its size:
 * whole blocks are copied. Returns its end. */
static inline char *pfg_put_ready(char *to, const char *text, uint32_t size)
{
    memcpy(to, text, PFG_KEY_BLOCK);
    for (uint32_t i = PFG_KEY_BLOCK; i < size; i += PFG_KEY_BLOCK)
        memcpy(to + i, text + i, PFG_KEY_BLOCK);
    return to + size;
}

/* Named values with a quick way in. */
struct pfg_names {
    const struct pfg_name *rows; /* ended by name NULL */
    const struct pfg_text *texts; /* their names, in the same order */
    const struct pfg_text *words; /* the same with blanks for underscores */
    uint32_t count;
    const uint16_t *index;       /* value -> 1 + place in rows, 0 = none; for values < index_size */
    uint32_t index_size;
    const int8_t *layers;        /* the layers that they lead to (enum pfg_layer_id, -1 none), in the
                                    same order; NULL where none does */
    bool stops;                  /* a row has .stop */
};

/* How a table is read where nothing is wrong with it (plan.h). */
struct pfg_plan {
    const struct pfg_op *ops; /* NULL: row by row */
    bool plain;               /* runs, names and bytes, one behind the other */
    uint32_t room;            /* bytes of the values at most, those of arrays inside not counted */
};

/* A table of fields: what stands in a protocol, a group, an array's element or a body. */
struct pfg_table {
    const struct pfg_field *fields;
    uint32_t count;
    uint32_t least;   /* fewest bytes that it takes */
    bool derives;     /* has booleans that follow from other rows */
    bool sized;       /* begins with the message's size */
    bool refers;      /* a row depends on another one of the table, or is depended on from inside */
    struct pfg_plan plan; /* of what is inside a message */
};

/* One alternative of a PFG_BODY. group is the field that holds the body (kind PFG_GROUP, named
 * after the value), NULL where the body is flat. */
struct pfg_body {
    const struct pfg_field *group;
    struct pfg_table table;
    bool present; /* false: this value has no rows */
};

/* When the one-line form leaves a value out, beside those that it never shows. */
enum pfg_hide { PFG_HIDE_ALWAYS = 1, PFG_HIDE_ZERO = 2, PFG_HIDE_EMPTY = 4 };

/* How JSON shows a value. */
enum pfg_json {
    PFG_JSON_KIND = 0, /* as its kind says */
    PFG_JSON_NUMBER,   /* as an unsigned number with nothing beside it */
    PFG_JSON_BOOLEAN,
    PFG_JSON_REPEATED, /* a number with names: few values come again and again */
    PFG_JSON_IPV4,
    PFG_JSON_IPV6,
    PFG_JSON_MAC,
    PFG_JSON_NOT_ZERO, /* as its kind says, and not at all where it is 0 */
};

/* How one line shows a value: behind its label, */
enum pfg_line {
    PFG_LINE_KIND = 0, /* as its kind says */
    PFG_LINE_NUMBER,   /* as an unsigned number */
    PFG_LINE_HEX,      /* as 0x and all digits */
    PFG_LINE_NAMED,    /* by its name, where it has one */
    PFG_LINE_TEXT,     /* in quotes, or as its kind says */
    PFG_LINE_DNSNAME,
    PFG_LINE_IPV4,
    PFG_LINE_IPV6,
    PFG_LINE_NEVER, /* or in another way: not at all, */
    PFG_LINE_RDATA, /* as record data, where there are any or they have a label, */
    PFG_LINE_FLAGS, /* as its bits in brackets, */
    PFG_LINE_GROUP, /* no value, but those inside it: without a word before them, */
    PFG_LINE_ARRAY, /* or in brackets */
    PFG_LINE_SOMETIMES, /* as .line says, where .hide does not leave it out (in .form alone) */
};

/* How a field of record data is shown. */
enum pfg_master {
    PFG_MASTER_KIND = 0, /* as its kind and display say */
    PFG_MASTER_NUMBER,   /* as an unsigned number */
    PFG_MASTER_NAMED,    /* by its name, where it has one, or as such a number */
    PFG_MASTER_NAME,
    PFG_MASTER_IPV4,
    PFG_MASTER_IPV6,
    PFG_MASTER_QUOTED, /* bytes: in quotes, */
    PFG_MASTER_HEX,    /* or as hexadecimal digits */
    PFG_MASTER_BY_NAME, /* or as another value says */
    PFG_MASTER_ARRAY,
};

/* One row, ready. */
struct pfg_field {
    const struct pfg_row *row;      /* never NULL; made here for groups that a body chooses */
    const struct pfg_bit *bit;      /* set for a named bit of a flags field, otherwise NULL */
    const struct pfg_proto *proto;
    const struct pfg_field *parent; /* enclosing group; a bit's flags field; NULL at the top */
    const char *name;               /* row->name or bit->name */
    const char *path;               /* display filter name: "pfg.echo.data" */
    const char *key;                /* ",\"name\":", with PFG_KEY_BLOCK bytes more to be read */
    uint32_t key_size;
    uint16_t id;                    /* index into pfg_registry_ids(); one for all of one path */
    uint16_t index;                 /* place in its table */
    uint16_t place;                 /* of its value in a message's, where all rows before it are
                                       there and each has one; 0: it may be anywhere */
    int16_t by;                     /* place of the field .by in the same table, -1 none */
    bool steers;                    /* its value decides what comes behind it */
    bool patterned;                 /* PFG_ARRAY: see pattern.h */
    bool bits_first, bits_last;     /* rows of bits: first and last of their run */
    uint8_t bits_run;               /* bytes of the run (read as one big-endian integer) */
    uint8_t bits_shift;             /* right shift in the run; of a named bit: in its flags; of a
                                       PFG_DERIVE_PART: in its number */
    uint64_t bits_mask;             /* mask after the shift */
    uint32_t size;                  /* bytes on the wire where fixed; 0 for rows of bits */
    uint32_t offset;                /* bytes from the table's start, if fixed; else UINT32_MAX */
    uint32_t scale;                 /* never 0 */
    const struct pfg_run *run;      /* the run of rows that begins here (run.h); NULL none */
    struct pfg_table inside;        /* group: its fields; array: one element group; flags: bits */
    const struct pfg_body *bodies;  /* PFG_BODY: 2 per named value (request, reply), in names' */
    const struct pfg_body *other;   /* order; body of values without rows; PFG_ERROR body */
    const struct pfg_body *error;   /* a reply with the error bit set; NULL none */
    const struct pfg_field *when;   /* PFG_CHECKSUM, PFG_DERIVE_BIT, _JOIN: the bit; else NULL */
    bool boolean;                   /* one bit, PFG_DERIVE_BIT, _MATCH: true or false */
    const char *letters;            /* PFG_FLAGS: those of its bits, the lowest first; NULL none */
    uint8_t json;                   /* enum pfg_json */
    uint8_t master;                 /* enum pfg_master */
    /* What a line asks of each value stands together: */
    uint8_t form;                   /* enum pfg_line, and whether it depends on the value */
    uint8_t line;                   /* enum pfg_line */
    uint8_t hide;                   /* bits of enum pfg_hide */
    uint8_t step[2];                /* values from this one to the next that may be shown; [1]: of a
                                       message that is sparse (decode.h) */
    uint8_t hex_digits;             /* of an integer, all of them */
    uint32_t label_size;            /* 0: it has none */
    const char *label;              /* "seq ", with PFG_KEY_BLOCK bytes more to be read */
    const struct pfg_names *names;  /* NULL where values have no names */
    uint64_t flags_known;           /* PFG_FLAGS: all named bits */
    uint8_t joined;                 /* PFG_FLAGS: so many of its bits are joined with others in the
                                       next row, a PFG_DERIVE_JOIN; the same of these bits; 0 none */
};

/* A test of a message's field: "flags.reply", "mode=4". */
struct pfg_test {
    const struct pfg_field *field; /* NULL: no such test */
    uint64_t mask, value;          /* (field & mask) == value, or with any: != 0 */
    bool any;
};

/* One protocol, ready. */
struct pfg_proto {
    const struct pfg_protocol *def;
    struct pfg_text name;           /* def's, ready */
    struct pfg_table table;
    uint16_t index;                 /* place in the list of protocols */
    const char *key;                /* ",\"name\":", as a field's */
    uint32_t key_size;
    const struct pfg_field *length; /* the row that frames the message, at a fixed offset, or NULL */
    const struct pfg_field *body;   /* the top PFG_BODY, or NULL */
    const struct pfg_field *checksum;
    struct pfg_test reply, error, more;
    uint32_t header_size;           /* bytes before the body where fixed, otherwise the least */
    uint32_t tail_size;             /* fixed bytes after the body */
    uint32_t magic_size;            /* bytes of the magic at offset 0; 0 = none */
    bool marked;                    /* a magic or a constant stands at a fixed offset */
    const struct pfg_field **tells; /* fields at fixed offsets that not every value fits */
    uint32_t tell_count;
    const struct pfg_field *match;  /* the PFG_DERIVE_MATCH row, or NULL */
    const struct pfg_message_plan *plan; /* see plan.h; NULL none */
    struct {
        const struct pfg_field *request, *reply;
    } pair[4];
    uint32_t pair_count;
};

/* What a dotted name leads to: the field's value, or a companion of it. */
enum pfg_aspect {
    PFG_ASPECT_VALUE,
    PFG_ASPECT_NAME, /* NAME_name: the name of a named value */
    PFG_ASPECT_TEXT, /* NAME_text: bytes of kind data as UTF-8 */
};
struct pfg_ref {
    const struct pfg_field *field; /* any one of the fields that share the path; compare ids */
    enum pfg_aspect aspect;
};

/* Fields that C code must name. Each is checked against the rows by the build. */
enum pfg_known {
    PFG_KNOWN_TYPE,
    PFG_KNOWN_FLAGS,
    PFG_KNOWN_REPLY, /* bits */
    PFG_KNOWN_ERROR,
    PFG_KNOWN_MORE,
    PFG_KNOWN_CHECKED,
    PFG_KNOWN_SESSION,
    PFG_KNOWN_SEQ,
    PFG_KNOWN_LENGTH,
    PFG_KNOWN_TIMESTAMP,
    PFG_KNOWN_ECHO_DATA,
    PFG_KNOWN_TIME_CLOCK,
    PFG_KNOWN_TIME_TEXT,
    PFG_KNOWN_TIME_DATA,
    PFG_KNOWN_COMMAND_STATUS,
    PFG_KNOWN_COMMAND_TEXT,
    PFG_KNOWN_DISCOVER_ADDRESS,
    PFG_KNOWN_DISCOVER_PORT,
    PFG_KNOWN_DISCOVER_SERVICE,
    PFG_KNOWN_DISCOVER_NAME,
    PFG_KNOWN_RECORD_FORMAT,
    PFG_KNOWN_RECORD_VALUES,
    PFG_KNOWN_ERROR_CODE,
    PFG_KNOWN_ERROR_TEXT,
    PFG_KNOWN_PLAIN_DATA,
    PFG_KNOWN_PLAIN_REQUEST,
    PFG_KNOWN_DNS_ID,
    PFG_KNOWN_DNS_FLAGS,
    PFG_KNOWN_DNS_TC,
    PFG_KNOWN_DNS_RD,
    PFG_KNOWN_DNS_RCODE,
    PFG_KNOWN_DNS_QRY_NAME,
    PFG_KNOWN_DNS_QRY_TYPE,
    PFG_KNOWN_DNS_QRY_CLASS,
    PFG_KNOWN_DNS_RR_TYPE,
    PFG_KNOWN_DNS_RR_NAME,
    PFG_KNOWN_DNS_RR_TTL,
    PFG_KNOWN_DNS_RESULT,
    PFG_KNOWN_COUNT
};

/* Named values that C code must name, checked in the same way. */
enum pfg_known_value {
    PFG_VALUE_ECHO,
    PFG_VALUE_TIME,
    PFG_VALUE_COMMAND,
    PFG_VALUE_DISCOVER,
    PFG_VALUE_RECORD,
    PFG_VALUE_BYE,
    PFG_VALUE_MALFORMED, /* error codes */
    PFG_VALUE_UNKNOWN_TYPE,
    PFG_VALUE_TOO_LONG,
    PFG_VALUE_BAD_CHECKSUM,
    PFG_VALUE_REFUSED,
    PFG_VALUE_INTERNAL,
    PFG_VALUE_DNS_OPT, /* types */
    PFG_VALUE_COUNT
};

/* Builds the registry from the built-in protocols and those of pfg_user_protocols(). Call once,
 * before anything else of proto/. Returns 0, or -1 where a definition does not fit together or
 * memory is out; why is in pfg_registry_fault(). */
int pfg_registry_init(void);
const char *pfg_registry_fault(void);

/* The protocols built in by PFG_PROTOCOLS: fills list with at most room, returns how many. */
size_t pfg_user_protocols(const struct pfg_protocol **list, size_t room);

/* All protocols: network layers first, then the built-in ones, then the user's. */
const struct pfg_proto *pfg_proto_at(size_t index); /* NULL past the end */
const struct pfg_proto *pfg_proto_find(const char *name, size_t size); /* NULL none */
const struct pfg_proto *pfg_proto_of(const struct pfg_protocol *definition);

/* One representative field for each distinct path, bits included, in definition order; *count is
 * how many. Wireshark items and --fields are made from these. */
const struct pfg_field *const *pfg_registry_ids(size_t *count);

/* The field or companion that a dotted name means; ref->field NULL where there is none. */
struct pfg_ref pfg_field_find(const char *path, size_t size);

/* The field behind a known name. Bits give the bit's field. */
const struct pfg_field *pfg_known(enum pfg_known which);
/* The dotted name that a known stands for. */
const char *pfg_known_path(enum pfg_known which);

/* The number of a known value. */
uint64_t pfg_known_value(enum pfg_known_value which);

/* A named value beyond the quick index, or NULL. */
const struct pfg_name *pfg_name_search(const struct pfg_names *names, uint64_t value)
    __attribute__((cold));
/* The named value, or NULL; names may be NULL. */
static inline const struct pfg_name *pfg_name_find(const struct pfg_names *names, uint64_t value)
{
    if (!names)
        return NULL;
    if (value >= names->index_size)
        return pfg_name_search(names, value);
    return names->index[value] ? &names->rows[names->index[value] - 1] : NULL;
}
/* 1 + the named value's place, 0 none. */
static inline uint32_t pfg_name_place(const struct pfg_names *names, uint64_t value)
{
    if (value < names->index_size)
        return names->index[value];
    const struct pfg_name *name = pfg_name_search(names, value);
    return name ? (uint32_t)(name - names->rows) + 1 : 0;
}
/* The same name's ready text, out of names->texts or names->words. */
static inline const struct pfg_text *pfg_name_text(const struct pfg_names *names,
                                                   const struct pfg_text *texts, uint64_t value)
{
    uint32_t place = pfg_name_place(names, value);
    return place ? &texts[place - 1] : NULL;
}
/* What a field's value is called: its name, or the row's .other; NULL where it has none. */
const char *pfg_value_name(const struct pfg_field *field, uint64_t value);
/* The value of a name (case ignored): true and *value, or false. */
bool pfg_name_value(const struct pfg_names *names, const char *name, size_t size, uint64_t *value);

/* CRC-32C over the whole definition (names, kinds, sizes, values), the same for the same rows. */
uint32_t pfg_registry_hash(void);

/* The word for a message's direction: 0 a request, 1 a reply, 2 a reply that is an error. */
const struct pfg_text *pfg_direction_name(unsigned direction);

/* Whether the field has NAME_name, NAME_text beside it. */
bool pfg_field_has_name(const struct pfg_field *field);
bool pfg_field_has_text(const struct pfg_field *field);

/* Whether a message with these values of field passes the test. */
static inline bool pfg_test_passes(const struct pfg_test *test, uint64_t value)
{
    return test->any ? (value & test->mask) != 0 : (value & test->mask) == test->value;
}

#endif
