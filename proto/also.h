/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * also.h - the names of display filters and columns: those of the rows, and what protocols have
 * beside them (struct pfg_also): other names for a field, and names for either of two fields.
 * Built with the registry, never changed afterwards.
 */
#ifndef PFG_PROTO_ALSO_H
#define PFG_PROTO_ALSO_H

#include "proto/registry.h"

/* What a name leads to: the values of one field, or those of two of the same protocol and kind, in
 * the order of the bytes. */
struct pfg_refs {
    struct pfg_ref refs[PFG_ALSO_FIELDS];
    uint32_t count; /* 0: there is no such name */
};

/* For the registry alone: resolves what the protocols say. 0, or -1 with the fault noted. */
int pfg_also_init(void);

/* The dotted names beside those of the rows, in the order of the definition; NULL past the end. */
const char *pfg_also_at(size_t index);

/* The fields that a dotted name means. A protocol's other name may begin it. */
struct pfg_refs pfg_refs_find(const char *path, size_t size);
/* The name near to a wrong one, of protocols, rows and those beside them; NULL where none is. */
const char *pfg_refs_nearest(const char *path, size_t size);
/* The protocol of a name or another name; NULL where there is none. */
const struct pfg_proto *pfg_also_proto(const char *name, size_t size);

#endif
