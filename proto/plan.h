/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * plan.h - inside proto/: what is in an array's element or a body, made ready to be read without
 * asking what kinds of rows there are. A plan is a list of steps of the same few kinds, made of the
 * rows at start. It reads what is right; anything that is wrong, or rare, makes it give up, and the
 * walk over the rows (walk.c) tells what it is.
 */
#ifndef PFG_PROTO_PLAN_H
#define PFG_PROTO_PLAN_H

#include "proto/run.h"

enum pfg_op_kind {
    PFG_OP_END,      /* what a length says, is read to its end */
    PFG_OP_LAST,     /* the same, and the array ends here */
    PFG_OP_RUN,      /* a run of rows */
    PFG_OP_SIZED,    /* a run with a length, which says where all of it ends */
    PFG_OP_NAME,     /* a domain name */
    PFG_OP_CHOOSE,   /* goes on with one of the plans, as the value says that was noted */
    PFG_OP_AHEAD,    /* the first step: the same, as the number says that comes next, and stays */
    PFG_OP_REST,     /* the bytes that are left */
    PFG_OP_PREFIXED, /* bytes behind their length */
    PFG_OP_RDATA,    /* record data */
    PFG_OP_ARRAY,    /* elements to the end */
    PFG_OP_PARTS,    /* rows one behind the other that are bits of numbers */
};

/* A value that is bits of a number, which stands back values before it: its bytes begin at bytes behind
 * the number's, and are size. */
struct pfg_part_step {
    const struct pfg_field *field;
    uint64_t mask;
    uint8_t back, shift, at, size;
    bool joined; /* with others of the message */
};

struct pfg_op {
    uint8_t kind;
    uint8_t note; /* a run: the value in it that is noted, since it chooses something later */
    bool notes;   /* a later step needs it */
    bool bare;    /* a run that nothing can be wrong with, but for its length */
    int32_t add;  /* PFG_OP_SIZED: bytes from the run's beginning to the end, with a length of 0 */
    const struct pfg_run *run;
    const struct pfg_field *field;   /* the row; for PFG_OP_AHEAD the number's */
    const struct pfg_field *pointer; /* PFG_OP_NAME: the row of where it points to, or NULL */
    const struct pfg_names *names;   /* of the values that choose */
    const struct pfg_part_step *parts; /* PFG_OP_PARTS: so many as note says */
    const struct pfg_plan *plans;    /* one for each named value, and one for all others */
};

/* Makes the plan of a table, where it can have one; not of a protocol's own table. */
void pfg_plan_make(struct pfg_table *table);

/* A whole message: a run, and behind it arrays or a body. */
struct pfg_message_plan {
    const struct pfg_run *run;
    const struct pfg_op *ops; /* PFG_OP_ARRAY, of as many as the value note of the run says; and
                                 PFG_OP_CHOOSE, the body that the value note chooses */
    bool named;               /* the first element of the first array begins with a name */
    uint8_t sizes;            /* so many of the first values are the message's size */
    uint8_t bit_count;
    struct pfg_bit_step {
        uint8_t at, by, shift; /* the value that is bits of another */
        uint64_t mask;
    } bits[4];
    const struct pfg_field *checked; /* the bit that says that there is a checksum; NULL none */
    uint8_t checked_by, more;        /* the values that it and the protocol's .more are in */
};
/* Makes the plan of a protocol's messages, where they can have one; its tables are ready. */
void pfg_plan_message(struct pfg_proto *proto);

#endif
