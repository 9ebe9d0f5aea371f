/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rdata.h - DNS record data in master-file form, both ways, from the rows of its type; types
 * without rows, and data that do not fit them, as RFC 3597, 5 has it (\# SIZE HEX).
 */
#ifndef PFG_PROTO_RDATA_H
#define PFG_PROTO_RDATA_H

#include "proto/cursor.h"
#include "proto/decode.h"
#include "proto/dnsname.h"
#include "proto/encode.h"
#include "proto/out.h"

/* Whether the data at message[at..at+size) fit the rows of their type, if it has any; all before
 * them can be read, too. field: the PFG_RDATA field. known: a name of the message, see dnsname.h;
 * NULL none. */
bool pfg_rdata_fits(const struct pfg_field *field, uint64_t type, const uint8_t *message,
                    uint32_t at, uint32_t size, struct pfg_known_name *known);
/* Writes the data of a PFG_RDATA value as text; in the unknown form where they do not fit. A
 * message without PFG_PROBLEM_BAD_RDATA says of all its records that they do, and they are not
 * asked again. */
void pfg_rdata_text(struct pfg_out *out, const struct pfg_pdu *pdu, const struct pfg_value *v);
/* The same from to on, which is in out's buffer, and as far from its end as anywhere. Returns its
 * end; out->at is not kept. */
char *pfg_rdata_put(struct pfg_out *out, char *to, const struct pfg_pdu *pdu,
                    const struct pfg_value *v);

/* Text to data, appended to writer; names are not compressed (RFC 3597, 4). 0, or -1 and fault. */
int pfg_rdata_parse(const struct pfg_field *field, uint64_t type, const char *text, size_t size,
                    struct pfg_writer *writer, struct pfg_fault *fault);

/* ---- Inside ---- */

/* Keys of service parameters whose values have a shape of their own (RFC 9460, 14.3.2). */
enum {
    PFG_SVC_MANDATORY = 0,
    PFG_SVC_ALPN = 1,
    PFG_SVC_PORT = 3,
    PFG_SVC_IPV4HINT = 4,
    PFG_SVC_ECH = 5,
    PFG_SVC_IPV6HINT = 6
};

/* The rows of a type's data of size bytes; NULL where they are shown in the unknown form. */
static inline const struct pfg_table *pfg_rdata_table(const struct pfg_field *field, uint64_t type,
                                                      uint32_t size)
{
    uint32_t place = pfg_name_place(field->names, type);
    const struct pfg_body *body = place ? &field->bodies[place - 1] : NULL;

    if (!body || !body->present || (!size && body->table.fields[0].row->kind != PFG_ARRAY))
        return NULL;
    return &body->table;
}

/* Bytes of the content of a field of bytes that begins, with its prefix, at bytes[0..left);
 * UINT32_MAX: they are not there. */
static inline uint32_t pfg_rdata_extent(const struct pfg_field *field, const uint8_t *bytes,
                                        uint32_t left)
{
    uint32_t prefix = field->row->prefix, size = field->row->size;

    if (prefix > left)
        return UINT32_MAX;
    left -= prefix;
    if (prefix)
        size = (uint32_t)pfg_get_be(bytes, prefix);
    else if (!size)
        size = left;
    return size <= left ? size : UINT32_MAX;
}

/* Writes a field's content as any of them, whatever it takes. types: names of types. */
void pfg_rdata_show(struct pfg_out *out, const struct pfg_names *types,
                    const struct pfg_field *field, const uint8_t *bytes, uint32_t size);

/* How bytes are shown that stand right behind the value that says so. */
static inline enum pfg_display pfg_rdata_shown(const struct pfg_field *field, const uint8_t *bytes)
{
    const struct pfg_field *by = field - 1;
    const uint8_t *value = bytes - field->row->prefix - by->size;
    const struct pfg_name *name = pfg_name_find(by->names, pfg_get_be(value, by->size));

    return name ? name->shown : PFG_SHOW_DEFAULT;
}
/* Whether bytes were written in a form of their own; else nothing was, and they are shown in hex.
 */
bool pfg_option_show(struct pfg_out *out, const struct pfg_field *field, enum pfg_display shown,
                     const uint8_t *bytes, uint32_t size);
/* Text of such a form to bytes, which are appended; text is overwritten. -1: it is none. */
int pfg_option_parse(enum pfg_display shown, char *text, size_t size, struct pfg_writer *writer);
/* Resolves \X and \DDD in a text. -1: a wrong escape. */
int pfg_rdata_unescape(char *text, size_t *size);

/* Of the parser: appends what base64 stands for, -1 where it is none; and one service parameter
 * whose value is given unescaped, -1 where it is none. */
int pfg_rdata_base64(const char *text, size_t size, struct pfg_writer *writer);
int pfg_svc_parse(const struct pfg_field *params, const char *name, size_t name_size,
                  const char *value, size_t size, struct pfg_writer *writer);

#endif
