/* SPDX-License-Identifier: GPL-2.0-or-later */
/* join.h - inside proto/: what decoding a payload takes from a joiner (decode.h has the rest). */
#ifndef PFG_PROTO_JOIN_H
#define PFG_PROTO_JOIN_H

#include "proto/decode.h"

/* The bytes of the message that PFG_JOIN_DONE gave: they are the caller's now, to be freed. */
uint8_t *pfg_joiner_take(struct pfg_joiner *joiner);

/* Whether parts of some message are kept. joiner: NULL none. */
bool pfg_joiner_waits(const struct pfg_joiner *joiner);

#endif
