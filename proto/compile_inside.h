/* SPDX-License-Identifier: GPL-2.0-or-later */
/* compile_inside.h - what compile.c (protocols), compile_table.c (tables) and compile_layout.c share. */
#ifndef PFG_PROTO_COMPILE_INSIDE_H
#define PFG_PROTO_COMPILE_INSIDE_H

#include "proto/compile.h"

/* Where a table stands: what its fields' paths begin with, and which group they are inside. */
struct pfg_place {
    struct pfg_proto *proto;
    const struct pfg_field *parent;
    const char *prefix;
    bool unnamed; /* rows of record data: no ids, no names of their own outside */
    unsigned depth;
};

/* a, between and b in one text that stays; NULL when memory is out. */
char *pfg_compile_join(const char *a, const char *between, const char *b);
/* A JSON key behind its comma, with room to be copied in blocks; NULL when memory is out. */
char *pfg_compile_key(const char *name, uint32_t *size);
/* Rows to a table. 0, or -1 with the fault noted. */
int pfg_compile_table(struct pfg_place place, const struct pfg_row *rows, struct pfg_table *table);
/* Fills in sizes, offsets as far as they are fixed, and the runs of bits. 0, or -1 with the fault
 * noted. */
int pfg_compile_layout(struct pfg_field *fields, uint32_t count);
/* The fewest bytes that a laid out row takes. */
uint32_t pfg_compile_least(const struct pfg_field *field);
/* The body that rows make: in a group named name, or flat. 0, or -1 with the fault noted. */
int pfg_compile_body(struct pfg_place place, const struct pfg_field *field, const char *name,
                     const char *doc, const struct pfg_row *rows, struct pfg_body *body);
/* "flags.reply" in a table: the bit's field, or the field itself where there is no dot; NULL. */
const struct pfg_field *pfg_compile_bit(const struct pfg_table *table, const char *name);

#endif
