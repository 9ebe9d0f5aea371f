/* SPDX-License-Identifier: GPL-2.0-or-later */
/* recognise.h - inside proto/: what the registry tells recognise.c of each protocol at start. */
#ifndef PFG_PROTO_RECOGNISE_H
#define PFG_PROTO_RECOGNISE_H

#include "proto/cursor.h"
#include "proto/registry.h"

/* Learns a protocol's default ports and what its messages are known by: each once, in their order.
 * 0, or -1 with the registry's fault. */
int pfg_recognise_learn(struct pfg_proto *proto);

/* Where a protocol that is known by its shape has the counts of its arrays, in its header. */
enum { PFG_SHAPE_COUNTS = 8 };
struct pfg_shape {
    uint32_t least; /* bytes of the header */
    uint32_t count;
    struct pfg_count {
        uint32_t at, size;
        uint64_t least; /* bytes of an element */
    } counts[PFG_SHAPE_COUNTS];
};
const struct pfg_shape *pfg_shape_learn(const struct pfg_proto *proto); /* shape.c */

/* Whether the elements that the counts promise can be there at all, and there are some: a look
 * that sends away nearly everything that is no such message. */
static inline bool pfg_shape_counts_fit(const struct pfg_shape *shape, const uint8_t *bytes,
                                        size_t size)
{
    uint64_t need = shape->least, elements = 0;

    if (need > size)
        return false;
    for (uint32_t i = 0; i < shape->count; i++) {
        const struct pfg_count *count = &shape->counts[i];
        uint64_t value = pfg_get_be(bytes + count->at, count->size);
        elements |= value;
        need += value * count->least;
        if (need > size)
            return false;
    }
    return elements > 0;
}

#endif
