/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lookup.h - what a message, or a segment, is matched by: the key that a reply shares with its
 * request, and beside it who was asked, and for what: a server that cannot read a question does not
 * repeat it, and of a zone transfer's messages the first alone does (RFC 5936, 2.2.1). These are 61
 * bits of a sum that nobody can foresee (identity.h): two of one key are the same by a chance of
 * 2^-58.
 */
#ifndef PFG_CAPTURE_LOOKUP_H
#define PFG_CAPTURE_LOOKUP_H

#include "capture/dissect.h"
#include "capture/identity.h"

/* A name in a message, whose identity is known. */
struct capture_named {
    const struct pfg_value *value; /* NULL none */
    struct capture_identity identity;
};

/* What a message is looked up by. */
struct capture_lookup {
    struct capture_identity key; /* what a reply shares with its request, and who asked */
    uint64_t asked;              /* stands for who was asked; 0 not known */
    uint64_t question; /* stands for what a reply may repeat or leave out; 0: it is not there */
    bool bare;         /* a reply that leaves it out */
    bool many;         /* it is asked of all */
    bool stays;        /* several messages may answer it */
    bool latest;       /* nothing tells one request from the next: a reply answers the latest */
    struct capture_named name; /* the one that is in the key */
};

/* How the fields of keys are read, decided once for all protocols. NULL: memory is out. */
struct capture_rules;
struct capture_rules *capture_rules_new(void);
void capture_rules_free(struct capture_rules *rules);

/* What a message is looked up by. False: nothing is ever matched with it; then only its name is
 * told, none. */
bool capture_lookup_message(const struct capture_rules *rules, const struct capture_secret *secret,
                            const struct capture_dissect *dissect, const struct pfg_pdu *pdu,
                            struct capture_lookup *lookup);
/* The same of a TCP segment that asks, a SYN, or answers. */
void capture_lookup_segment(const struct capture_secret *secret, const struct pfg_flow *flow,
                            bool asks, struct capture_lookup *lookup);

#endif
