/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * render.h - values to text: one line, a tree, JSON, one value. Each is one walk over the list
 * of values; none knows a protocol.
 */
#ifndef PFG_PROTO_RENDER_H
#define PFG_PROTO_RENDER_H

#include "proto/decode.h"
#include "proto/out.h"

/* One JSON object a packet, with the newline: the pdus of decode in order; protocols that are not
 * network layers as arrays, a network layer that occurs twice as an array too (PROTOCOL.md). */
void pfg_json_packet(struct pfg_out *out, const struct pfg_decode *decode);
/* The object of one pdu, without newline. */
void pfg_json_pdu(struct pfg_out *out, const struct pfg_decode *decode, const struct pfg_pdu *pdu);

/* The pdu in one line's part: "pfg echo request session 0x1234 seq 7 data \"Hello\"". */
void pfg_line_pdu(struct pfg_out *out, const struct pfg_decode *decode, const struct pfg_pdu *pdu);

/* Flags whose bits have letters (field->letters), as network layers show them: "Flags [S.]". to has
 * room for 80 characters; returns its end. */
char *pfg_put_letters(char *to, const struct pfg_field *field, uint64_t flags);

/* What is wrong with a pdu, as its line ends: each behind a mark, " !truncated". */
void pfg_line_problems(struct pfg_out *out, uint32_t problems);

/* The pdu as an indented tree, a line a field, depth steps of two blanks before each. */
void pfg_tree_pdu(struct pfg_out *out, const struct pfg_decode *decode, const struct pfg_pdu *pdu,
                  unsigned depth);

/* One value plainly, as --fields and display filters have it: integers decimal (flags and rows
 * shown as hex: 0x...), addresses, names, text itself, bytes as hex, times as integers (PFG_DATE:
 * RFC 3339), packed values joined by commas, record data in master-file form. Nothing is escaped;
 * text that is not UTF-8 has U+FFFD for what is not. */
void pfg_value_plain(struct pfg_out *out, const struct pfg_pdu *pdu, const struct pfg_value *value,
                     enum pfg_aspect aspect);
/* One value for people: as plain, with the name beside the number ("echo (1)"), text quoted,
 * times with their date. */
void pfg_value_label(struct pfg_out *out, const struct pfg_pdu *pdu, const struct pfg_value *value);

/* A value of a PFG_TIME field (or one shown as PFG_DATE) as ns since 1970; false where it is 0 (not
 * given), before 1970 or after 2554, where ns end. */
bool pfg_time_ns(const struct pfg_field *field, uint64_t value, uint64_t *ns);

/* Calls each for every item of a PFG_PACKED value, with its text. Returns how many, or -1 when
 * the format is wrong or the bytes do not fit it. */
int pfg_packed_each(const struct pfg_pdu *pdu, const struct pfg_value *value,
                    void (*each)(void *user, const char *text, size_t size), void *user);

#endif
