/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Texts that are kept. */
#include "proto/cache.h"

#include <string.h>

_Thread_local struct pfg_cached pfg_cache[1 << PFG_CACHE_BITS][2];

void pfg_cache_keep(const void *of, uint32_t id, uint64_t u, const char *text, size_t size)
{
    struct pfg_cached *place = pfg_cache_place(id, u);
    if (size > PFG_CACHE_TEXT)
        return;
    place[1] = place[0];
    place->of = of;
    place->u = u;
    place->size = (uint32_t)size;
    memcpy(place->text, text, size);
}
