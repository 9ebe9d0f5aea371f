/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cursor.h - integers out of and into bytes. Width and order are in the name; the caller has
 * checked that the bytes are there. A writer checks for itself and its overflow sticks.
 */
#ifndef PFG_PROTO_CURSOR_H
#define PFG_PROTO_CURSOR_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "proto/encode.h"

static inline uint16_t pfg_get_be16(const uint8_t *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}
static inline uint32_t pfg_get_be32(const uint8_t *p)
{
    uint32_t v;
    memcpy(&v, p, 4);
    return __builtin_bswap32(v);
}
static inline uint64_t pfg_get_be64(const uint8_t *p)
{
    uint64_t v;
    memcpy(&v, p, 8);
    return __builtin_bswap64(v);
}

/* An unsigned integer of 1 to 8 bytes, first byte highest. */
static inline uint64_t pfg_get_be(const uint8_t *p, unsigned size)
{
    switch (size) {
    case 1:
        return p[0];
    case 2:
        return pfg_get_be16(p);
    case 4:
        return pfg_get_be32(p);
    case 8:
        return pfg_get_be64(p);
    default: {
        uint64_t v = 0;
        for (unsigned i = 0; i < size; i++)
            v = v << 8 | p[i];
        return v;
    }
    }
}
/* The same, last byte highest. */
static inline uint64_t pfg_get_le(const uint8_t *p, unsigned size)
{
    uint64_t v = 0;
    for (unsigned i = size; i-- > 0;)
        v = v << 8 | p[i];
    return v;
}
static inline void pfg_put_be(uint8_t *p, uint64_t v, unsigned size)
{
    for (unsigned i = size; i-- > 0; v >>= 8)
        p[i] = (uint8_t)v;
}
static inline void pfg_put_le(uint8_t *p, uint64_t v, unsigned size)
{
    for (unsigned i = 0; i < size; i++, v >>= 8)
        p[i] = (uint8_t)v;
}

/* Room for size bytes at the writer's end, or NULL with overflow set. size may be 0. */
static inline uint8_t *pfg_writer_take(struct pfg_writer *w, uint32_t size)
{
    if (w->overflow || size > w->room - w->size) {
        w->overflow = true;
        return NULL;
    }
    uint8_t *at = w->bytes + w->size;
    w->size += size;
    return at;
}
static inline void pfg_writer_bytes(struct pfg_writer *w, const void *bytes, uint32_t size)
{
    uint8_t *at = pfg_writer_take(w, size);
    if (at && size)
        memcpy(at, bytes, size);
}
static inline void pfg_writer_be(struct pfg_writer *w, uint64_t v, unsigned size)
{
    uint8_t *at = pfg_writer_take(w, size);
    if (at)
        pfg_put_be(at, v, size);
}

#endif
