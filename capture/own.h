/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * own.h - what every protocol has beside the fields of its rows, under the names that JSON and the
 * plugin have for it: PROTOCOL.problems (the names of what is wrong), PROTOCOL.problem.NAME (that
 * this is), PROTOCOL.response_to (the number of the packet that asked) and PROTOCOL.response_time
 * (how long the answer took, in seconds).
 */
#ifndef PFG_CAPTURE_OWN_H
#define PFG_CAPTURE_OWN_H

#include "proto/decode.h"
#include "proto/out.h"

enum capture_own_kind {
    CAPTURE_OWN_NONE,
    CAPTURE_OWN_PROBLEMS, /* texts, one for each problem */
    CAPTURE_OWN_PROBLEM,  /* there or not */
    CAPTURE_OWN_RESPONSE_TO,
    CAPTURE_OWN_RESPONSE_TIME, /* ns; seconds as text */
};

struct capture_own {
    enum capture_own_kind kind;
    const struct pfg_proto *proto;
    uint32_t problems; /* of all that is asked for: bits 1 << enum pfg_problem */
};

/* What a dotted name means; a protocol's other name may begin it. kind CAPTURE_OWN_NONE: nothing
 * of this. */
struct capture_own capture_own_find(const char *name, size_t size);
/* All such names, one after another, each good until the next call; NULL past the end. */
const char *capture_own_at(size_t index);
/* The one near to a wrong name, of its protocol; good as above. NULL: none is. */
const char *capture_own_nearest(const char *name, size_t size);

/* Whether it is known only once replies are matched with their requests. */
static inline bool capture_own_pairs(const struct capture_own *own)
{
    return own->kind == CAPTURE_OWN_RESPONSE_TO || own->kind == CAPTURE_OWN_RESPONSE_TIME;
}

/* The values that a message has of it, a bit each: of problems 1 << enum pfg_problem. */
uint32_t capture_own_values(const struct capture_own *own, const struct pfg_pdu *pdu);
/* One of these values as a number, and as text. */
uint64_t capture_own_number(const struct capture_own *own, const struct pfg_pdu *pdu);
void capture_own_put(struct pfg_out *out, const struct capture_own *own, const struct pfg_pdu *pdu,
                     uint32_t value);

#endif
