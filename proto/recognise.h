/* SPDX-License-Identifier: GPL-2.0-or-later */
/* recognise.h - inside proto/: what the registry tells recognise.c of each protocol at start. */
#ifndef PFG_PROTO_RECOGNISE_H
#define PFG_PROTO_RECOGNISE_H

#include "proto/registry.h"

/* Learns a protocol's default ports and what its messages are known by: each once, in their order.
 * 0, or -1 with the registry's fault. */
int pfg_recognise_learn(struct pfg_proto *proto);

#endif
