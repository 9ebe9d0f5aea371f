/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "proto/nearest.h"

#include <string.h>

enum {
    LONGEST = 63,
    LETTERS_PER_MISTAKE = 4, /* one more may be wrong for each so many */
    BEGINNING = 2,           /* letters that are enough to begin a name */
};

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

static size_t bounded(size_t size)
{
    return size < LONGEST ? size : LONGEST;
}

unsigned pfg_edit_distance(const char *a, size_t a_size, const char *b, size_t b_size)
{
    unsigned rows[3][LONGEST + 1];
    unsigned *before = rows[0], *last = rows[1], *row = rows[2];

    a_size = bounded(a_size);
    b_size = bounded(b_size);
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

struct pfg_nearest pfg_nearest_to(const char *wanted, size_t size)
{
    return (struct pfg_nearest){ .wanted = wanted, .size = size };
}

/* Bytes of the parts with their dots that both names begin with. */
static size_t shared_parts(const char *a, size_t a_size, const char *b, size_t b_size)
{
    size_t shared = 0;

    for (size_t i = 0; i < a_size && i < b_size && a[i] == b[i]; i++)
        if (a[i] == '.')
            shared = i + 1;
    return shared;
}

void pfg_nearest_offer(struct pfg_nearest *nearest, const char *name)
{
    size_t name_size = strlen(name);
    size_t shared = shared_parts(nearest->wanted, nearest->size, name, name_size);
    const char *wanted = nearest->wanted + shared, *own = name + shared;
    size_t size = nearest->size - shared, own_size = name_size - shared;
    unsigned distance = pfg_edit_distance(wanted, size, own, own_size);
    unsigned near = 1 + (unsigned)(bounded(size) / LETTERS_PER_MISTAKE);

    /* The beginning of a name is near, however long the name is. */
    if (size >= BEGINNING && own_size > size && memcmp(own, wanted, size) == 0)
        distance = 1;
    if (distance > near || distance >= size ||
        (nearest->name != NULL && distance >= nearest->distance))
        return;
    nearest->name = name;
    nearest->distance = distance;
}
