/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * words.h - the words of a command line to a stack: LAYER field=value ... / LAYER ...
 */
#ifndef PFG_RAWSOCK_WORDS_H
#define PFG_RAWSOCK_WORDS_H

#include "rawsock/stack.h"

/*
 * Adds the layers that the words describe to the stack, which keeps borrowing the words. A layer
 * is called by its protocol's name, or by the last part of it where that is enough ("dns" for
 * "pfg_dns"); a word without "=" is the value of a layer's only field. Returns 0, or -1 with
 * *fault (unknown layer, with the nearest name; not a field).
 */
int pfg_words_read(struct pfg_stack *stack, char *const *words, size_t count,
                   struct pfg_fault *fault);

/* Whether every field of the layers is one of its layer's, and takes its value: tells of a misspelt
 * word before anything is looked up or asked. The writer's bytes are overwritten. 0 or -1. */
int pfg_words_check(struct pfg_stack *stack, struct pfg_writer *writer, struct pfg_fault *fault);

/* The protocol that a word means, or NULL with *fault. */
const struct pfg_proto *pfg_words_layer(const char *word, struct pfg_fault *fault);

#endif
