/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * layers_quick.h - the straight way through the layers that most packets have: a link layer, IPv4
 * or IPv6 without options, UDP or TCP, with nothing wrong and nothing missing. What stands where,
 * what must be so and which layer is next is learnt from the rows at start. All other packets take
 * the way of layers.c, to which this one has to come to the same end.
 */
#ifndef PFG_PROTO_LAYERS_QUICK_H
#define PFG_PROTO_LAYERS_QUICK_H

#include "proto/layers.h"

/* Reads the rows, for pfg_layers_ahead(), which is the way without what is decoded. Without them as
 * they are thought of here, no packet takes this way. */
void pfg_quick_learn(void);

#endif
