/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rdata.h - DNS record data in master-file form, both ways, from the rows of its type; types
 * without rows, and data that do not fit them, as RFC 3597, 5 has it (\# SIZE HEX).
 */
#ifndef PFG_PROTO_RDATA_H
#define PFG_PROTO_RDATA_H

#include "proto/decode.h"
#include "proto/encode.h"
#include "proto/out.h"

/* Writes the data at message[at..at+size) of type as text. limit: end of the readable message.
 * out NULL: only looks. Returns 0, or -1 when the data do not fit the type's rows (what is then
 * written is the unknown form). field: the PFG_RDATA field. */
int pfg_rdata_text(struct pfg_out *out, const struct pfg_field *field, uint64_t type,
                   const uint8_t *message, uint32_t limit, uint32_t at, uint32_t size);

/* Text to data, appended to writer; names are not compressed (RFC 3597, 4). 0, or -1 and fault. */
int pfg_rdata_parse(const struct pfg_field *field, uint64_t type, const char *text, size_t size,
                    struct pfg_writer *writer, struct pfg_fault *fault);

/* Inside the parser: appends what base64 stands for, -1 where it is none; and one service parameter
 * whose value is given unescaped, -1 where it is none. */
int pfg_rdata_base64(const char *text, size_t size, struct pfg_writer *writer);
int pfg_svc_parse(const struct pfg_field *params, const char *name, size_t name_size,
                  const char *value, size_t size, struct pfg_writer *writer);

#endif
