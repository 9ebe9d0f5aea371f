/* SPDX-License-Identifier: GPL-2.0-or-later */
/* scratch.h - a buffer for text that is made before it is copied: one a thread, used by the
 * renderers, empty at each call, valid until the next. */
#ifndef PFG_PROTO_SCRATCH_H
#define PFG_PROTO_SCRATCH_H

#include "proto/out.h"

/* The thread's buffer, emptied. Memory that cannot be had shows in its error. */
struct pfg_out *pfg_scratch(void);

#endif
