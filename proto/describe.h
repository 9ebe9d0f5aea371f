/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * describe.h - the definition for people and programs: each is one walk over a protocol's tables.
 * docs/protocol.md and `pfgcap --describe` are written by these.
 */
#ifndef PFG_PROTO_DESCRIBE_H
#define PFG_PROTO_DESCRIBE_H

#include "proto/out.h"
#include "proto/registry.h"

/* Tables of text, or of Markdown with a heading for the protocol. */
enum pfg_describe { PFG_DESCRIBE_TEXT, PFG_DESCRIBE_MARKDOWN };
void pfg_describe_protocol(struct pfg_out *out, const struct pfg_proto *proto,
                           enum pfg_describe form);

/* One JSON object, without newline: {"name":..., "fields":[...], ...}. */
void pfg_describe_json(struct pfg_out *out, const struct pfg_proto *proto);

/* printf(3) to out; what does not fit into 511 bytes is cut. */
void pfg_describe_print(struct pfg_out *out, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* What a row is, in words: "unsigned, little-endian". */
void pfg_describe_kind(struct pfg_out *out, const struct pfg_field *field);
/* The kind's name as programs have it: "uint". */
const char *pfg_kind_name(enum pfg_kind kind);

/* "definition 1a2b3c4d": how tools and captures say which definition they have. */
const char *pfg_describe_hash(void);

#endif
