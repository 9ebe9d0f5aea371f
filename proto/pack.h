/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pack.h - values packed as Python's struct module packs them (docs.python.org, struct): an
 * order mark (@ = < > !), then counted codes out of x c b B ? h H i I l L q Q f d s p. Native
 * means x86-64 Linux: little-endian, LP64, aligned.
 */
#ifndef PFG_PROTO_PACK_H
#define PFG_PROTO_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proto/out.h"

/* One value of a format. */
struct pfg_pack_item {
    char code;
    uint32_t offset, size; /* where it stands; s and p: the whole field */
    bool little;
};

/* A walk over a format. */
struct pfg_pack {
    const char *at, *end;
    bool little, native, aligned;
    uint32_t left;   /* of a count */
    char code;
    uint64_t offset; /* bytes so far */
};

void pfg_pack_begin(struct pfg_pack *pack, const char *format, size_t size);
/* The next value: 1 and *item; 0 at the end (pack->offset is the size of all); -1: not a format. */
int pfg_pack_next(struct pfg_pack *pack, struct pfg_pack_item *item);
/* Bytes that a format takes, or -1 where it is none. */
int64_t pfg_pack_size(const char *format, size_t size);
/* 0 when bytes bear exactly what the format says, otherwise -1. */
int pfg_pack_check(const char *format, size_t format_size, const uint8_t *bytes, size_t size);
/* A value's text as JSON has it: numbers, true or false, quoted strings; not finite: "nan", "inf", "-inf". s, p
 * and c are text where they are UTF-8 and otherwise hex. */
void pfg_pack_json(struct pfg_out *out, const struct pfg_pack_item *item, const uint8_t *bytes);
/* The same plainly, nothing quoted. */
void pfg_pack_plain(struct pfg_out *out, const struct pfg_pack_item *item, const uint8_t *bytes);

#endif
