/* SPDX-License-Identifier: GPL-2.0-or-later */
/* encode_inside.h - a message on its way to bytes; shared by encode.c and encode_bytes.c alone. */
#ifndef PFG_PROTO_ENCODE_INSIDE_H
#define PFG_PROTO_ENCODE_INSIDE_H

#include "proto/dnsname.h"
#include "proto/encode.h"
#include "proto/sets.h"

enum { TABLE_MAX = 64 };

/* A message on its way. */
struct pfg_enc {
    const struct pfg_proto *proto;
    struct pfg_sets sets;
    struct pfg_writer *w;
    struct pfg_fault *fault;
    uint32_t start;                   /* of the message in the writer */
    struct pfg_dnsname_table *names;  /* for compression */
    uint64_t bits;                    /* the run of bits at hand */
    uint32_t body_start, body_end;    /* of the top body */
    const struct pfg_field *checksum; /* to be computed at the end, and where it stands */
    uint32_t checksum_at;
    bool is_reply, is_error, checksum_due;
};

/* What a table's fields were encoded to, for those that depend on them. */
struct pfg_told {
    uint64_t u[TABLE_MAX];
    uint32_t at[TABLE_MAX], size[TABLE_MAX];
    bool length_due[TABLE_MAX];
};

/* Notes what is wrong with a field; always -1. */
int pfg_encode_fail(struct pfg_enc *e, const struct pfg_field *field, const char *what);
/* Appends the bytes of a setting, or of the row's default where set is NULL; *size is how many. */
int pfg_encode_setting(struct pfg_enc *e, const struct pfg_field *field, const struct pfg_set *set,
                       uint32_t *size);

/* Append one field of its kind, as it was set or as its row has it. 0, or -1 and the fault. */
int pfg_encode_bytes(struct pfg_enc *e, const struct pfg_field *field, struct pfg_path path,
                     struct pfg_told *told);
int pfg_encode_address(struct pfg_enc *e, const struct pfg_field *field, struct pfg_path path);
int pfg_encode_name(struct pfg_enc *e, const struct pfg_field *field, struct pfg_path path);
int pfg_encode_packed(struct pfg_enc *e, const struct pfg_field *field, struct pfg_path path,
                      const struct pfg_told *told);
int pfg_encode_rdata(struct pfg_enc *e, const struct pfg_field *field, struct pfg_path path,
                     const struct pfg_told *outer);
int pfg_encode_magic(struct pfg_enc *e, const struct pfg_field *field, struct pfg_path path);

#endif
