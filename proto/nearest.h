/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nearest.h - the name that somebody who mistyped one may have meant: of fields, layers, options,
 * verbs. It knows no definition, so whoever has names may use it.
 *
 *     struct pfg_nearest nearest = pfg_nearest_to("cuont", 5);
 *     for each name: pfg_nearest_offer(&nearest, name);
 *     if (nearest.name != NULL) ...
 */
#ifndef PFG_PROTO_NEAREST_H
#define PFG_PROTO_NEAREST_H

#include <stddef.h>

struct pfg_nearest {
    const char *wanted; /* borrowed */
    size_t size;
    const char *name; /* the nearest so far; NULL while none is near */
    unsigned distance;
};

/* The search for names near to the size bytes of wanted, which are borrowed. */
struct pfg_nearest pfg_nearest_to(const char *wanted, size_t size);

/* Considers a name, which is borrowed. It is near where at most a quarter of the wanted letters and
 * one more are wrong, or where it begins with them. The parts before a dot that both have alike do
 * not count: "pfg.ttt" is as far from "pfg.seq" as "ttt" is from "seq". */
void pfg_nearest_offer(struct pfg_nearest *nearest, const char *name);

/* How many letters must be added, dropped, changed or swapped with their neighbour to make one
 * text of the other. Case counts. Longer texts are compared in their first 63 bytes. */
unsigned pfg_edit_distance(const char *a, size_t a_size, const char *b, size_t b_size);

#endif
