/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "common/options_rows.h"

#include <string.h>

static const struct pfg_choice completions[] = {
    { "bash", 1, NULL },
    { 0 },
};

/* Into struct pfg_builtin, not the config of the tool. */
static const struct pfg_option builtin_rows[] = {
    { .kind = PFG_OPT_HEADING, .help = "General" },
    { "help", 'h', PFG_OPT_FLAG, PFG_OPT_AT(struct pfg_builtin, help), .help = "print this help" },
    { "version", 'V', PFG_OPT_FLAG, PFG_OPT_AT(struct pfg_builtin, version),
      .help = "print the version" },
    { "man", 0, PFG_OPT_FLAG, PFG_OPT_AT(struct pfg_builtin, man),
      .help = "print the manual page as roff", .hidden = true },
    { "completion", 0, PFG_OPT_CHOICE, PFG_OPT_AT(struct pfg_builtin, completion),
      .help = "print a completion script", .choices = completions, .hidden = true },
    { 0 },
};

struct pfg_rows pfg_rows_start(const struct pfg_command *command, const struct pfg_verb *verb)
{
    return (struct pfg_rows){ .command = command, .verb = verb };
}

/* The table of a source, NULL where the source is an extension or has none. */
static const struct pfg_option *table_of(const struct pfg_rows *rows)
{
    switch (rows->source) {
    case PFG_ROWS_VERB:
        return rows->verb == NULL ? NULL : rows->verb->options;
    case PFG_ROWS_TOOL:
        return rows->command->options;
    case PFG_ROWS_BUILTIN:
        return builtin_rows;
    case PFG_ROWS_VERB_EXTENSION:
    case PFG_ROWS_TOOL_EXTENSION:
    case PFG_ROWS_DONE:
        break;
    }
    return NULL;
}

static const struct pfg_extension *extension_of(const struct pfg_rows *rows)
{
    if (rows->source == PFG_ROWS_VERB_EXTENSION)
        return rows->verb == NULL ? NULL : rows->verb->extension;
    return rows->source == PFG_ROWS_TOOL_EXTENSION ? rows->command->extension : NULL;
}

/* The row at the index of an extension: its heading first. */
static const struct pfg_option *make_row(struct pfg_rows *rows, const struct pfg_extension *from)
{
    if (from->row == NULL)
        return NULL;
    memset(&rows->made, 0, sizeof(rows->made));
    if (rows->index == 0) {
        rows->made.kind = PFG_OPT_HEADING;
        rows->made.help = from->heading == NULL ? "Fields" : from->heading;
        return &rows->made;
    }
    return from->row(rows->verb, rows->index - 1, &rows->made) ? &rows->made : NULL;
}

const struct pfg_option *pfg_rows_next(struct pfg_rows *rows)
{
    for (; rows->source != PFG_ROWS_DONE; rows->source++, rows->index = 0) {
        const struct pfg_option *table = table_of(rows);
        const struct pfg_extension *extension = extension_of(rows);
        const struct pfg_option *row = NULL;

        if (table != NULL && table[rows->index].kind != PFG_OPT_END)
            row = &table[rows->index];
        else if (extension != NULL)
            row = make_row(rows, extension);
        if (row != NULL) {
            rows->index++;
            return row;
        }
    }
    return NULL;
}

static bool from_extension(const struct pfg_rows *rows)
{
    return rows->source == PFG_ROWS_VERB_EXTENSION || rows->source == PFG_ROWS_TOOL_EXTENSION;
}

const struct pfg_option *pfg_rows_find_name(const struct pfg_command *command,
                                            const struct pfg_verb *verb, const char *name,
                                            size_t size, bool *builtin)
{
    struct pfg_rows rows = pfg_rows_start(command, verb);
    const struct pfg_option *row;

    while ((row = pfg_rows_next(&rows)) != NULL) {
        if (from_extension(&rows) || row->name == NULL)
            continue;
        if (strlen(row->name) == size && memcmp(row->name, name, size) == 0) {
            *builtin = rows.source == PFG_ROWS_BUILTIN;
            return row;
        }
    }
    return NULL;
}

const struct pfg_option *pfg_rows_find_letter(const struct pfg_command *command,
                                              const struct pfg_verb *verb, char letter,
                                              bool *builtin)
{
    struct pfg_rows rows = pfg_rows_start(command, verb);
    const struct pfg_option *row;

    while ((row = pfg_rows_next(&rows)) != NULL) {
        if (!from_extension(&rows) && row->letter == letter) {
            *builtin = rows.source == PFG_ROWS_BUILTIN;
            return row;
        }
    }
    return NULL;
}

bool pfg_option_has_value(const struct pfg_option *row)
{
    switch (row->kind) {
    case PFG_OPT_END:
    case PFG_OPT_HEADING:
    case PFG_OPT_FLAG:
    case PFG_OPT_CLEAR:
    case PFG_OPT_COUNT:
    case PFG_OPT_SET:
    case PFG_OPT_KIND_COUNT:
        return false;
    case PFG_OPT_STRING:
    case PFG_OPT_NUMBER:
    case PFG_OPT_SIZE:
    case PFG_OPT_DURATION:
    case PFG_OPT_DOUBLE:
    case PFG_OPT_CHOICE:
    case PFG_OPT_LIST:
    case PFG_OPT_CALL:
        return true;
    }
    return false;
}

/* The choices as "line|tree|json", or "" where that is longer than is good to read. */
static void join_choices(const struct pfg_choice *choices, char *text, size_t room)
{
    size_t size = 0;

    text[0] = '\0';
    for (; choices->name != NULL; choices++) {
        size_t left = room - size;
        size_t more =
            (size_t)snprintf(text + size, left, "%s%s", size > 0 ? "|" : "", choices->name);

        if (more >= left || size + more > 24) {
            text[0] = '\0';
            return;
        }
        size += more;
    }
}

const char *pfg_option_metavar(const struct pfg_option *row, char *text, size_t room)
{
    if (row->metavar != NULL)
        return row->metavar;
    text[0] = '\0';
    if (row->choices != NULL)
        join_choices(row->choices, text, room);
    return text[0] == '\0' ? "VALUE" : text;
}
