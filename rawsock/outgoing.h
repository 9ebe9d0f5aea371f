/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * outgoing.h - from a stack to an engine: what is left out is filled in, the packet is built, and
 * the engine that carries it unchanged is opened.
 */
#ifndef PFG_RAWSOCK_OUTGOING_H
#define PFG_RAWSOCK_OUTGOING_H

#include "rawsock/engine.h"
#include "rawsock/fill.h"

/*
 * Fills and builds the stack into writer, and opens the engine for it: a raw IP socket where the
 * kernel may route and would change nothing of the packet, otherwise a packet socket. way as for
 * pfg_fill_to_send. NULL with *fault.
 */
struct pfg_engine *pfg_outgoing_open(struct pfg_stack *stack, struct pfg_way *way,
                                     struct pfg_writer *writer, struct pfg_fault *fault);

/* The same for a file. */
struct pfg_engine *pfg_outgoing_file(struct pfg_stack *stack, const char *path, bool append,
                                     struct pfg_writer *writer, struct pfg_fault *fault);

#endif
