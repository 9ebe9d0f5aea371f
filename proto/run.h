/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * run.h - inside proto/: runs of rows that stand one behind the other at fixed places, made ready
 * to be read in one go: one look whether the bytes are there, then a few instructions a row, none
 * of which asks what kind of row it is. Most of every header is one run.
 */
#ifndef PFG_PROTO_RUN_H
#define PFG_PROTO_RUN_H

#include "proto/cursor.h"

/* Longest run, in bytes; longer ones are divided. */
enum { PFG_RUN_BYTES = 200, PFG_RUN_NONE = 255 };

/* One row of a run. Its value is (eight bytes from at, big-endian, >> shift & mask) * scale. */
struct pfg_step {
    const struct pfg_field *field;
    uint64_t mask; /* 0: the value is its bytes, not a number (addresses), or derived */
    uint32_t scale;
    uint8_t at, size, shift; /* bytes from the run's beginning; bytes of the value; bits */
};

/* What must be so: (number before scale ^ expect) & must is 0. */
struct pfg_check {
    const struct pfg_step *step;
    uint64_t must, expect;
};

/* The same of several rows together: (eight bytes from at, which are the run's own, ^ expect) & must
 * is 0. */
struct pfg_look {
    uint64_t must, expect;
    uint8_t at;
};

/* A row of a run, as its step; or rows one behind the other that together take few values: small
 * numbers, bits and values with names, in at most 64 bits, which are read as one number. */
struct pfg_part {
    const struct pfg_field *field; /* NULL: several rows */
    uint64_t mask;
    uint32_t scale;
    uint8_t at, size, shift;
    uint8_t first, count; /* steps */
    bool derived;
    uint16_t id; /* differs from those of most others */
};

/* steps[0..count) for the rows from the field that holds the run. */
struct pfg_run {
    const struct pfg_step *steps;
    const struct pfg_check *checks;
    const struct pfg_look *looks; /* all checks, where the run has eight bytes; NULL otherwise */
    const struct pfg_part *parts; /* of a layer's first run alone */
    uint8_t count, size; /* rows; bytes of all of them */
    uint8_t part_count;
    uint8_t check_count, look_count;
    uint8_t checksum, length; /* the steps that are a PFG_CHECKSUM and a PFG_LENGTH; 255 none */
    uint8_t derived;          /* the first one that is a PFG_DERIVED; 255 none */
    uint8_t reply, error;     /* the steps that tell the message's direction; 255 none */
    uint8_t closed;           /* the first row that is closed; 255 none */
    bool plain;               /* none of all these: there is nothing to it but its values */
};

/* Divides a table into runs. top: it is its protocol's own table. 0, or -1 when memory is out. */
int pfg_runs_make(struct pfg_table *table, bool top);
/* Divides a run into parts. 0, or -1 when memory is out. */
int pfg_parts_make(struct pfg_run *run);
/* Notes which of the run's rows tell the message's direction. */
void pfg_run_direction(struct pfg_run *run, const struct pfg_test *reply,
                       const struct pfg_test *error);
/* A number and the first rows of the table that it chooses, as far as they are such, as one run; NULL
 * when memory is out. */
const struct pfg_run *pfg_run_with(const struct pfg_field *number, const struct pfg_table *table);

/* The number at a step, before scale. spare: eight bytes can be read from at on. */
static inline uint64_t pfg_step_raw(const struct pfg_step *step, const uint8_t *run, bool spare)
{
    const uint8_t *at = run + step->at;
    if (spare)
        return pfg_get_be64(at) >> step->shift & step->mask;
    return step->mask
               ? pfg_get_be(at, step->size) << (64 - 8 * step->size) >> step->shift & step->mask
               : 0;
}

/* Whether nothing is wrong with a run that stands at bytes; closed values and lengths are the
 * caller's. */
static inline bool pfg_run_right(const struct pfg_run *run, const uint8_t *bytes, bool spare)
{
    for (unsigned i = 0; i < run->look_count; i++) {
        const struct pfg_look *look = &run->looks[i];
        if ((pfg_get_be64(bytes + look->at) ^ look->expect) & look->must)
            return false;
    }
    for (unsigned i = 0; !run->looks && i < run->check_count; i++) {
        const struct pfg_check *check = &run->checks[i];
        if ((pfg_step_raw(check->step, bytes, spare) ^ check->expect) & check->must)
            return false;
    }
    return true;
}

#endif
