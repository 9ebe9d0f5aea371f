/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_inside.h - proto-check: what check.c, which looks at protocols, and check_table.c, which
 * looks at rows, share. */
#ifndef PFG_PROTO_CHECK_INSIDE_H
#define PFG_PROTO_CHECK_INSIDE_H

#include "proto/registry.h"

/* Tells what is wrong with the row or protocol called path; the build stops for it. */
void pfg_check_fault(const char *path, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void pfg_check_name(const char *path, const char *name);
/* All rows of a table, and of those inside. documented: each must have a .doc. */
void pfg_check_table(const char *path, const struct pfg_table *table, bool documented);

/* Checks a row that follows from others. */
void pfg_check_derived(const struct pfg_field *field, const struct pfg_table *table);

#endif
