/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "common/suggest.h"

#include <stddef.h>
#include <string.h>

#define LONGEST 63

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

unsigned pfg_edit_distance(const char *a, const char *b)
{
    unsigned rows[3][LONGEST + 1];
    unsigned *before = rows[0], *last = rows[1], *row = rows[2];
    size_t a_size = strnlen(a, LONGEST), b_size = strnlen(b, LONGEST);

    memset(rows, 0, sizeof(rows));
    for (size_t j = 0; j <= b_size; j++)
        row[j] = (unsigned)j;
    for (size_t i = 1; i <= a_size; i++) {
        unsigned *unused = before;

        before = last;
        last = row;
        row = unused;
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= b_size; j++) {
            row[j] = least(least(last[j], row[j - 1]) + 1, last[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], before[j - 2] + 1);
        }
    }
    return row[b_size];
}

void pfg_nearest_offer(struct pfg_nearest *nearest, const char *name)
{
    size_t size = strlen(nearest->wanted);
    unsigned distance = pfg_edit_distance(nearest->wanted, name);
    unsigned near = 1 + (unsigned)(size < LONGEST ? size : LONGEST) / 4;

    /* The beginning of a name is near, however long the name is. */
    if (size >= 2 && strncmp(name, nearest->wanted, size) == 0)
        distance = 1;
    if (distance > near || (nearest->name != NULL && distance >= nearest->distance))
        return;
    nearest->name = name;
    nearest->distance = distance;
}
