/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * suggest.h - the name that somebody who mistyped one may have meant.
 *
 *     struct pfg_nearest nearest = { .wanted = "cuont" };
 *     for each name: pfg_nearest_offer(&nearest, name);
 *     if (nearest.name != NULL) ...
 */
#ifndef PFG_COMMON_SUGGEST_H
#define PFG_COMMON_SUGGEST_H

struct pfg_nearest {
    const char *wanted;
    const char *name; /* the nearest so far; NULL while none is near */
    unsigned distance;
};

/* Considers a name, which is borrowed. */
void pfg_nearest_offer(struct pfg_nearest *nearest, const char *name);

/* How many letters must be added, dropped, changed or swapped with their neighbour to make one
 * text of the other. Case counts. Longer texts are compared in their first 63 bytes. */
unsigned pfg_edit_distance(const char *a, const char *b);

#endif
