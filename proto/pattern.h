/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pattern.h - inside proto/: arrays whose elements stand in the same places again and again, as the
 * options of TCP do. Of such an array it is remembered which of its bits decided what stands where
 * (kinds, lengths, what must be so), and where its values stood. Another one with the same bits there
 * has the same values in the same places: they are read in one go.
 */
#ifndef PFG_PROTO_PATTERN_H
#define PFG_PROTO_PATTERN_H

#include "proto/decode_inside.h"

/* Whether an array may have patterns: there is nothing in its elements whose size or rightness hangs
 * on more than single numbers. Its plan is made. */
bool pfg_pattern_may(const struct pfg_field *array);
/* Reads all of an array to the walk's limit, with its own value. False, and nothing has happened:
 * there is no such pattern. */
bool pfg_pattern_read(struct pfg_walk *w, const struct pfg_field *array);
/* Remembers an array that was read to the walk's limit without a fault; its own value is the one at
 * index at, those inside it stand behind it. */
void pfg_pattern_learn(const struct pfg_walk *w, uint32_t at);

#endif
