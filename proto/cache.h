/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cache.h - inside proto/: what comes again and again, as it was written last: members of JSON
 * (types, flags, the small fields of a header), and flags of lines. Each may stand in two places,
 * so that two that meet in one do not drive each other out. What is found is exact: the whole key
 * is compared.
 */
#ifndef PFG_PROTO_CACHE_H
#define PFG_PROTO_CACHE_H

#include "proto/registry.h"

enum { PFG_CACHE_TEXT = 256, PFG_CACHE_BITS = 8 };

/* of: the field or the part of a run whose value is u; of the flags of lines the field's
 * flags_known. text: its members, each behind a comma; flags in brackets. */
struct pfg_cached {
    const void *of;
    uint64_t u;
    uint32_t size;
    char text[PFG_CACHE_TEXT];
};

extern _Thread_local struct pfg_cached pfg_cache[1 << PFG_CACHE_BITS][2];

/* The first of a value's two places; the other one is behind it. id: any number below 65536 that
 * tells what the value is of from most others. */
static inline struct pfg_cached *pfg_cache_place(uint32_t id, uint64_t u)
{
    uint64_t mixed = (u ^ (uint64_t)id << 48) * UINT64_C(0x9e3779b97f4a7c15);
    return pfg_cache[mixed >> (64 - PFG_CACHE_BITS)];
}

/* What was written of a value; NULL where that is not known any more. */
static inline const struct pfg_cached *pfg_cache_find(const void *of, uint32_t id, uint64_t u)
{
    const struct pfg_cached *place = pfg_cache_place(id, u);
    if (place->of == of && place->u == u)
        return place;
    place++;
    return place->of == of && place->u == u ? place : NULL;
}

/* Keeps what was written, if it is not too long. */
void pfg_cache_keep(const void *of, uint32_t id, uint64_t u, const char *text, size_t size);

#endif
