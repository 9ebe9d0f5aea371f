/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * segment.h - the machine's segments to packets and back, by the tables of the layers.
 */
#ifndef PFG_RAWSOCK_SEGMENT_H
#define PFG_RAWSOCK_SEGMENT_H

#include "rawsock/machine.h"
#include "rawsock/outgoing.h"

struct pfg_segment_maker;

/* For segments from local to remote; SYN says mss. NULL with *fault. */
struct pfg_segment_maker *pfg_segment_maker_new(const struct pfg_endpoint *local,
                                                const struct pfg_endpoint *remote, uint16_t mss,
                                                struct pfg_fault *fault);
void pfg_segment_maker_free(struct pfg_segment_maker *maker);

/* The engine for its packets, and with it their link layer where there is one. NULL with *fault. */
struct pfg_engine *pfg_segment_engine(struct pfg_segment_maker *maker, struct pfg_way *way,
                                      struct pfg_fault *fault);

/* The packet of a segment; frame's bytes are the maker's, valid until the next one. */
int pfg_segment_make(struct pfg_segment_maker *maker, const struct pfg_seg *segment,
                     struct pfg_frame *frame, struct pfg_fault *fault);

/* A received IP datagram to a segment that borrows its bytes. verify: its checksums count. False:
 * not a whole TCP segment. */
bool pfg_segment_read(struct pfg_segment_maker *maker, const uint8_t *bytes, uint32_t size,
                      bool verify, struct pfg_seg *segment);

#endif
