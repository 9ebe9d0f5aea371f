/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fault.h - what went wrong, said as one sentence for people: what failed, why, and what to do.
 * Functions of this room fill a struct pfg_fault and return -1; only the verbs print it.
 */
#ifndef PFG_RAWSOCK_FAULT_H
#define PFG_RAWSOCK_FAULT_H

#include "proto/encode.h"

/* Writes the sentence, as printf(3) would; what does not fit is cut. Returns -1 always. */
int pfg_fault_set(struct pfg_fault *fault, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Puts a text before the sentence that is there ("link eth: " ...). Returns -1 always. */
int pfg_fault_prefix(struct pfg_fault *fault, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The sentence for an errno from opening a raw or packet socket: without privilege it says which
 * capability is missing and how to get it. Returns -1 always. */
int pfg_fault_socket(struct pfg_fault *fault, const char *what, int error);

#endif
