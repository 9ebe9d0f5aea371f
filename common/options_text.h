/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * options_text.h - inside the options: filling lines of plain text.
 */
#ifndef PFG_COMMON_OPTIONS_TEXT_H
#define PFG_COMMON_OPTIONS_TEXT_H

#include <stdio.h>

/* Columns that text takes, for UTF-8 whose characters are one column wide. */
unsigned pfg_text_columns(const char *text, size_t size);

/* Writes the words of text, filled up to column 79. The first line goes on at column at, the
 * others begin at column indent. Ends with a line end. */
void pfg_text_fill(FILE *out, const char *text, unsigned at, unsigned indent);

/* Calls line(out, text, size, verbatim) for each paragraph of a section's text, and for each
 * line that begins with a blank (verbatim); an empty paragraph (size 0) stands between them. */
void pfg_text_paragraphs(FILE *out, const char *text,
                         void (*line)(FILE *out, const char *text, size_t size, int verbatim));

#endif
