/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lines.h - a file of packets, a stack of layers a line, as on the command line. Words are divided
 * by blanks; "double quotes" keep blanks in a word, and inside them \" is a quote; # begins a line
 * that is passed over.
 */
#ifndef PFG_RAWSOCK_LINES_H
#define PFG_RAWSOCK_LINES_H

#include <stdint.h>
#include <stdio.h>

#include "rawsock/fault.h"

struct pfg_lines {
    FILE *stream;
    const char *name; /* borrowed */
    uint64_t number;  /* of the line at hand */
    char *text;       /* the line, taken apart; the words point into it */
    size_t room;
    char **words;
    size_t count, words_room;
};

/* "-" is the standard input. Returns 0 or -1 with *fault. */
int pfg_lines_open(struct pfg_lines *lines, const char *name, struct pfg_fault *fault);
void pfg_lines_close(struct pfg_lines *lines);
/* The next line with words. Returns 1; 0 at the end; -1 with *fault. */
int pfg_lines_next(struct pfg_lines *lines, struct pfg_fault *fault);

#endif
