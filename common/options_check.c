/* SPDX-License-Identifier: GPL-2.0-or-later */
/* options_check.c - whether the tables of a tool fit together, for its tests. */
#include <stdarg.h>
#include <string.h>

#include "common/options_rows.h"

/* Where the finding goes. */
struct finding {
    char *why;
    size_t room;
};

__attribute__((format(printf, 2, 3))) static int found(const struct finding *finding,
                                                       const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(finding->why, finding->room, format, arguments);
    va_end(arguments);
    return -1;
}

static bool is_integer_size(size_t size)
{
    return size == 1 || size == 2 || size == 4 || size == 8;
}

/* Whether a member of so many bytes can hold what the kind stores. */
static bool size_fits(const struct pfg_option *row)
{
    switch (row->kind) {
    case PFG_OPT_FLAG:
    case PFG_OPT_CLEAR:
        return row->size == sizeof(bool);
    case PFG_OPT_STRING:
        return row->size == sizeof(char *);
    case PFG_OPT_DURATION:
        return row->size == sizeof(uint64_t);
    case PFG_OPT_DOUBLE:
        return row->size == sizeof(double);
    case PFG_OPT_LIST:
        return row->size == sizeof(struct pfg_words);
    case PFG_OPT_COUNT:
    case PFG_OPT_SET:
    case PFG_OPT_NUMBER:
    case PFG_OPT_SIZE:
    case PFG_OPT_CHOICE:
        return is_integer_size(row->size);
    case PFG_OPT_CALL:
        return row->call != NULL;
    case PFG_OPT_END:
    case PFG_OPT_HEADING:
    case PFG_OPT_KIND_COUNT:
        break;
    }
    return true;
}

static int check_row(const struct pfg_rows *rows, const struct pfg_option *row,
                     const struct finding *finding)
{
    const char *verb = rows->verb == NULL ? rows->command->name : rows->verb->name;
    const struct pfg_option *first;
    bool builtin;

    if (row->help == NULL || *row->help == '\0')
        return found(finding, "%s: the row after --%s, or it, has no help", verb,
                     row->name == NULL ? "" : row->name);
    if (row->kind == PFG_OPT_HEADING || rows->source == PFG_ROWS_VERB_EXTENSION ||
        rows->source == PFG_ROWS_TOOL_EXTENSION)
        return 0;
    if (row->name == NULL && row->letter == 0)
        return found(finding, "%s: a row has neither name nor letter: %s", verb, row->help);
    if (!size_fits(row))
        return found(finding, "%s: the member of --%s does not fit its kind", verb, row->name);
    if (row->kind == PFG_OPT_CHOICE && row->choices == NULL)
        return found(finding, "%s: --%s has no choices", verb, row->name);
    if (row->name != NULL) {
        first =
            pfg_rows_find_name(rows->command, rows->verb, row->name, strlen(row->name), &builtin);
        if (first != row)
            return found(finding, "%s: --%s stands in the tables twice", verb, row->name);
    }
    if (row->letter != 0 && rows->source != PFG_ROWS_BUILTIN) {
        first = pfg_rows_find_letter(rows->command, rows->verb, row->letter, &builtin);
        if (first != row)
            return found(finding, "%s: -%c stands in the tables twice", verb, row->letter);
    }
    return 0;
}

static int check_rows(const struct pfg_command *command, const struct pfg_verb *verb,
                      const struct finding *finding)
{
    struct pfg_rows rows = pfg_rows_start(command, verb);
    const struct pfg_option *row;

    while ((row = pfg_rows_next(&rows)) != NULL) {
        if (check_row(&rows, row, finding) != 0)
            return -1;
    }
    return 0;
}

int pfg_options_check(const struct pfg_command *command, char *why, size_t room)
{
    const struct finding finding = { why, room };

    if (command->name == NULL || command->brief == NULL)
        return found(&finding, "the tool has no name or no brief");
    for (const struct pfg_verb *verb = command->verbs; verb != NULL && verb->name != NULL; verb++) {
        if (verb->brief == NULL)
            return found(&finding, "%s: the verb has no brief", verb->name);
        if (check_rows(command, verb, &finding) != 0)
            return -1;
    }
    return check_rows(command, NULL, &finding);
}
