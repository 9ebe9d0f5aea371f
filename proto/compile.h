/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * compile.h - inside the registry: definition tables to fields. Used by registry.c alone.
 */
#ifndef PFG_PROTO_COMPILE_H
#define PFG_PROTO_COMPILE_H

#include "proto/registry.h"

/* Zeroed memory that lives as long as the program; NULL when there is none. */
void *pfg_registry_alloc(size_t count, size_t size);
/* Notes why a definition does not fit (the first one stays); always returns -1. */
int pfg_registry_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Gives field an id: one for all fields of one path. */
int pfg_registry_number(struct pfg_field *field);
/* The names of a table, made quick; NULL for NULL. */
const struct pfg_names *pfg_registry_names(const struct pfg_name *rows);

/* Fills in how a field is shown: label, letters, hide, json, line, hex_digits. 0, or -1 with the
 * fault noted. */
int pfg_compile_show(struct pfg_field *field);

/* Notes which value of a message is whose, where that does not depend on the message. */
void pfg_compile_places(const struct pfg_proto *proto);

/* Makes a protocol ready. Returns 0, or -1 with the fault noted. */
int pfg_compile_protocol(struct pfg_proto *proto);

#endif
