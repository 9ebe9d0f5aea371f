/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tables.h - fields that this room needs and that have no name in C: found in the tables by what
 * an RFC says of them, never by a text.
 */
#ifndef PFG_RAWSOCK_TABLES_H
#define PFG_RAWSOCK_TABLES_H

#include "proto/registry.h"

/* The first field of a kind, or NULL. */
const struct pfg_field *pfg_table_kind(const struct pfg_table *table, enum pfg_kind kind);
/* The fields of an array's element. */
const struct pfg_table *pfg_table_element(const struct pfg_field *array);
/* The fields that a value chooses: of the first body in the table; NULL where it has none. */
const struct pfg_table *pfg_table_chosen(const struct pfg_table *table, uint64_t value);

#endif
