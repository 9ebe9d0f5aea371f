/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * filter.h - capture filters in libpcap's language: for packets out of files, and to be shown; and
 * the lists of interfaces and of link types.
 */
#ifndef PFG_CAPTURE_FILTER_H
#define PFG_CAPTURE_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proto/layers.h"

/* A filter for packets of any link type: compiled for each type when its first packet comes. */
struct capture_filter;

/* text is borrowed. NULL when memory is out. */
struct capture_filter *capture_filter_new(const char *text, bool optimize);
void capture_filter_free(struct capture_filter *filter);
/* Whether the packet passes: 1, 0; -1: the filter does not compile, error says why. */
int capture_filter_passes(struct capture_filter *filter, const struct pfg_packet *packet,
                          char *error, size_t room);

/* Prints the compiled filter on the standard output, as tcpdump -d (-dd, -ddd) does. */
int capture_filter_print(const char *text, uint32_t link_type, uint32_t snap_length, bool optimize,
                         unsigned form, char *error, size_t room);

/* Joins words with blanks; the caller frees. NULL: none, or no memory. */
char *capture_filter_join(char *const *words, size_t count);
/* Reads a filter file; what follows # up to the end of a line is left out. The caller frees. */
char *capture_filter_read(const char *path, char *error, size_t room);

#endif
