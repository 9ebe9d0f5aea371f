/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * decode_inside.h - a message on its way to values; shared by decode.c, which begins and ends it,
 * walk.c, which walks the tables, decode_numbers.c and decode_bytes.c, which read fields, and
 * decode_plan.c, which reads by plans, pattern.c, and frame.c, which finds messages, alone.
 */
#ifndef PFG_PROTO_DECODE_INSIDE_H
#define PFG_PROTO_DECODE_INSIDE_H

#include "proto/decode.h"
#include "proto/dnsname.h"
#include "proto/run.h"

enum { TABLE_MAX = 64 };

/* One message on its way. Everything before limit may be read. */
struct pfg_walk {
    struct pfg_decode *decode;
    const struct pfg_proto *proto;
    const uint8_t *base;
    uint32_t pos, limit; /* where we are; end of the readable bytes of the table at hand */
    uint32_t first;      /* the message's first value */
    uint32_t room;       /* values that the list can take now, at most VALUES_MAX of this message */
    uint32_t problems;
    uint64_t bits;  /* the run of bits at hand */
    uint64_t upper; /* the upper bits of the message's PFG_DERIVE_JOIN row; 0 none */
    bool is_reply, is_error;
    bool stop; /* a fault that nothing can be read behind */
    bool no_memory;
    unsigned flags;
    uint32_t length_end; /* where the length says that the message ends; UINT32_MAX: no length */
    uint32_t body_size;  /* a length of the body alone; UINT32_MAX: none */
    uint32_t body_start; /* where the top body begins; UINT32_MAX: not reached */
    uint32_t checksum;   /* index of the checksum's value; UINT32_MAX: none */
    uint32_t size;       /* bytes from base on that can be read */
    const struct pfg_value *values_end; /* where the list's room ends */
    struct pfg_known_name known;        /* a name that was read */
};

/* What a table's fields referred to so far: the index of each field's value. */
struct pfg_seen {
    uint32_t at[TABLE_MAX];
};

static inline void pfg_walk_fault(struct pfg_walk *w, enum pfg_problem problem)
{
    w->problems |= 1u << problem;
}

static inline void pfg_walk_halt(struct pfg_walk *w, enum pfg_problem problem)
{
    pfg_walk_fault(w, problem);
    w->stop = true;
}

/* Says how many values the list has room for. */
void pfg_walk_room(struct pfg_walk *w);
/* Makes the list of pdus larger. 0, or -1 when memory is out. */
int pfg_walk_grow_pdus(struct pfg_decode *d);
/* The walked message's entry in the list, which has room. end: where the message ends. */
struct pfg_pdu *pfg_walk_pdu(const struct pfg_walk *w, uint32_t end);
/* Makes the list of values larger. False: the message has too many, or memory is out. */
bool pfg_walk_grow(struct pfg_walk *w);

/* Appends a value of size bytes at the walk's position; the position stays. */
static inline void pfg_walk_add(struct pfg_walk *w, const struct pfg_field *field, uint64_t u,
                                uint32_t offset, uint32_t size)
{
    struct pfg_decode *d = w->decode;
    if (d->count == w->room && !pfg_walk_grow(w))
        return;
    struct pfg_value *v = &d->values[d->count++];
    v->field = field;
    v->u = u;
    v->offset = offset;
    v->size = size;
}

/* Reads the rows of a run that stands at pos to v. */
static inline __attribute__((always_inline)) void pfg_walk_steps(struct pfg_value *v,
                                                                 const struct pfg_run *run,
                                                                 const uint8_t *base, uint32_t pos,
                                                                 bool spare)
{
    const struct pfg_step *step = run->steps, *end = step + run->count;

    for (; step < end; step++, v++) {
        v->field = step->field;
        v->u = pfg_step_raw(step, base + pos, spare) * step->scale;
        v->offset = pos + step->at;
        v->size = step->size;
    }
}

/* Whether each closed row of a run has one of its names. */
static inline bool pfg_walk_closed(const struct pfg_run *run, const struct pfg_value *v)
{
    for (uint32_t i = run->closed; i < run->count; i++)
        if (v[i].field->row->closed && !pfg_name_find(v[i].field->names, v[i].u))
            return false;
    return true;
}

/* Whether nothing is wrong with a run whose values stand at v. */
static inline bool pfg_walk_right(const struct pfg_walk *w, const struct pfg_run *run, uint32_t pos,
                                  bool spare, const struct pfg_value *v)
{
    return pfg_run_right(run, w->base + pos, spare) && pfg_walk_closed(run, v);
}

/* Whether a message's own length is what there is of it. */
static inline bool pfg_walk_whole(const struct pfg_walk *w, const struct pfg_run *run,
                                  const struct pfg_value *v)
{
    if (run->length == PFG_RUN_NONE)
        return true;
    const struct pfg_field *field = run->steps[run->length].field;
    const struct pfg_row *row = field->row;
    uint64_t u = v[run->length].u, from = row->counts == PFG_COUNTS_BODY ? run->size : 0;
    return u <= UINT32_MAX && (!row->max || u <= row->max * field->scale) &&
           u + from + (uint64_t)(int64_t)row->add == w->size;
}

/* Some bits of a number, whose bytes are those that they are in. */
static inline struct pfg_value pfg_part_value(const struct pfg_field *part,
                                              const struct pfg_value *by)
{
    uint32_t low = part->bits_shift / 8u;
    uint32_t high = (63u - (uint32_t)__builtin_clzll(part->row->mask)) / 8;

    return (struct pfg_value){ part, by->u >> part->bits_shift & part->bits_mask,
                               by->offset + by->size - 1 - high, high - low + 1 };
}

/* Bits of flags, with others above them. */
static inline uint64_t pfg_join_value(const struct pfg_field *bits, uint64_t flags, uint64_t upper)
{
    return (flags >> bits->bits_shift & bits->bits_mask) |
           upper << __builtin_popcountll(bits->bits_mask);
}

/* Whether size bytes can be read; otherwise the message is truncated here. */
static inline bool pfg_walk_have(struct pfg_walk *w, uint32_t size)
{
    if (size <= w->limit - w->pos)
        return true;
    pfg_walk_halt(w, PFG_PROBLEM_TRUNCATED);
    return false;
}

/* The message's direction, once the fields that tell it are read. */
static inline void pfg_walk_direction(struct pfg_walk *w, const struct pfg_field *field, uint64_t u)
{
    if (field == w->proto->reply.field)
        w->is_reply = pfg_test_passes(&w->proto->reply, u);
    if (field == w->proto->error.field)
        w->is_error = w->is_reply && pfg_test_passes(&w->proto->error, u);
}

/* Walks a table, from its row first on, from the walk's position on; earlier rows have no values.
 * outer: of the table around a flat body; else NULL. */
void pfg_walk_rows(struct pfg_walk *w, const struct pfg_table *table, uint32_t first,
                   const struct pfg_seen *outer);
/* Passes the message's first rows without their values. Returns how many; 0: they are to be walked.
 */
uint32_t pfg_walk_head(struct pfg_walk *w);
/* Reads a run of rows in one go; start is where their table begins. False, and nothing has
 * happened: it does not fit, or something is wrong with it, and the general way, row by row, tells
 * what. */
bool pfg_walk_run(struct pfg_walk *w, const struct pfg_run *run, uint32_t start);
/* Reads elements of an array by their plan (plan.h), at most most of them, and appends their
 * values. Returns how many; the next one, if there is one, is to be walked row by row. */
uint64_t pfg_walk_elements(struct pfg_walk *w, const struct pfg_field *array, uint64_t most);
/* The same with one group. False, and nothing has happened: it is to be walked. */
bool pfg_walk_planned(struct pfg_walk *w, const struct pfg_field *group);
/* Reads a number; start is where its table begins. */
void pfg_read_integer(struct pfg_walk *w, const struct pfg_field *field, uint32_t start);
void pfg_read_address(struct pfg_walk *w, const struct pfg_field *field);
/* Read one field of its kind at the walk's position, append its value and go behind it. */
void pfg_read_bytes(struct pfg_walk *w, const struct pfg_field *field);
void pfg_read_magic(struct pfg_walk *w, const struct pfg_field *field);
void pfg_read_name(struct pfg_walk *w, const struct pfg_field *field);
void pfg_read_packed(struct pfg_walk *w, const struct pfg_field *field,
                     const struct pfg_seen *seen);
void pfg_read_rdata(struct pfg_walk *w, const struct pfg_field *field,
                    const struct pfg_seen *outer);

/* Reads a message of a protocol that has a plan, and appends its pdu. NULL, and nothing has
 * happened: there is more to it than the plan says, or something is wrong. */
struct pfg_pdu *pfg_decode_whole(struct pfg_decode *decode, const struct pfg_proto *proto,
                                 const uint8_t *bytes, uint32_t size);

#endif
