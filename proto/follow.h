/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * follow.h - protocols whose answers come from another port than was asked (.follow; TFTP, RFC
 * 1350, 4): whoever asks on such a protocol's port is answered at the port that it asked from, and
 * all between that port and who was asked belongs to the protocol. The memory is bounded: of
 * more than some thousands, who asked longest ago is forgotten.
 */
#ifndef PFG_PROTO_FOLLOW_H
#define PFG_PROTO_FOLLOW_H

#include "proto/layers.h"

/* Whether a datagram of the protocol to this port makes answers from other ports be expected. The
 * plugin asks this too; there, Wireshark's conversations remember. */
bool pfg_follow_opens(const struct pfg_proto *proto, uint16_t dport);

struct pfg_follow;
struct pfg_follow *pfg_follow_new(void); /* NULL: memory is out */
void pfg_follow_free(struct pfg_follow *follow);

/* The datagram is one of proto: notes who asked whom, where answers are to be expected. */
void pfg_follow_note(struct pfg_follow *follow, const struct pfg_flow *flow,
                     const struct pfg_proto *proto);
/* The protocol that a datagram belongs to by a question before it, or NULL. */
const struct pfg_proto *pfg_follow_find(const struct pfg_follow *follow,
                                        const struct pfg_flow *flow);

#endif
