/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * options_rows.h - inside the options: all rows that hold for a verb, in the order in which they
 * are shown, wherever they come from.
 */
#ifndef PFG_COMMON_OPTIONS_ROWS_H
#define PFG_COMMON_OPTIONS_ROWS_H

#include "common/options.h"

/* Where rows come from, in the order of the walk. */
enum pfg_rows_source {
    PFG_ROWS_VERB,
    PFG_ROWS_VERB_EXTENSION,
    PFG_ROWS_TOOL,
    PFG_ROWS_TOOL_EXTENSION,
    PFG_ROWS_BUILTIN,
    PFG_ROWS_DONE,
};

struct pfg_rows {
    const struct pfg_command *command;
    const struct pfg_verb *verb; /* NULL: none yet */
    enum pfg_rows_source source; /* of the row given last */
    size_t index;
    struct pfg_option made; /* a row of an extension */
};

/* Members of the built-in rows: which of them were asked for. */
struct pfg_builtin {
    bool help, version, man, completion;
};

struct pfg_rows pfg_rows_start(const struct pfg_command *command, const struct pfg_verb *verb);
/* The next row, headings among them, NULL at the end. Rows of extensions hold until the next. */
const struct pfg_option *pfg_rows_next(struct pfg_rows *rows);

/* The first row of a table (not of an extension) with the name, size bytes long, or letter. */
const struct pfg_option *pfg_rows_find_name(const struct pfg_command *command,
                                            const struct pfg_verb *verb, const char *name,
                                            size_t size, bool *builtin);
const struct pfg_option *pfg_rows_find_letter(const struct pfg_command *command,
                                              const struct pfg_verb *verb, char letter,
                                              bool *builtin);

/* Whether the option bears a value. */
bool pfg_option_has_value(const struct pfg_option *row);
/* What stands for the value in help; written into text where the row has none of its own. */
const char *pfg_option_metavar(const struct pfg_option *row, char *text, size_t room);

/* Puts the value where the row says, into config. Returns 0, or -1 with the rest of a sentence
 * that begins with the value: "is not a number". (options_store.c) */
int pfg_option_store(const struct pfg_option *row, const char *value, void *config, char *why,
                     size_t room);

#endif
