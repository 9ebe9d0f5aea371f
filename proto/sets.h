/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sets.h - inside the encoder: which setting is meant for the field at hand.
 */
#ifndef PFG_PROTO_SETS_H
#define PFG_PROTO_SETS_H

#include "proto/encode.h"

struct pfg_sets {
    const struct pfg_proto *proto;
    struct pfg_set *rows;
    size_t count;
};

/* Where the encoder is: the groups around it, and which element of each. */
struct pfg_path {
    struct {
        const struct pfg_field *group;
        uint32_t index;
    } steps[8];
    uint32_t depth;
};
/* The path inside a group or an array's element; depth 0 where it gets too deep. */
struct pfg_path pfg_path_into(struct pfg_path path, const struct pfg_field *group, uint32_t index);

/* The setting for a field, a strong one before a weak one; NULL none. It is not yet used. */
struct pfg_set *pfg_sets_find(struct pfg_sets *sets, const struct pfg_field *field,
                              struct pfg_path path);
/* The same for one bit of flags. */
struct pfg_set *pfg_sets_bit(struct pfg_sets *sets, const struct pfg_field *flags,
                             const struct pfg_field *bit, struct pfg_path path);
/* How many elements the settings give an array. */
uint64_t pfg_sets_elements(struct pfg_sets *sets, const struct pfg_field *array,
                           struct pfg_path path);
/* The number that a setting gives an integer field. */
int pfg_set_uint(const struct pfg_set *set, const struct pfg_field *field, uint64_t *value,
                 struct pfg_fault *fault);
/* Notes that a setting was used, and where its value went. */
void pfg_set_done(struct pfg_set *set, uint32_t at, uint32_t width);
/* 0, or -1 and a fault that names the first setting that no field took. */
int pfg_sets_all_used(struct pfg_sets *sets, struct pfg_fault *fault);

#endif
