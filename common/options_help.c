/* SPDX-License-Identifier: GPL-2.0-or-later */
/* options_help.c - the text of --help. */
#include <stdlib.h>
#include <string.h>

#include "common/options_rows.h"
#include "common/options_text.h"

#define TERM_COLUMN 2
#define HELP_COLUMN 28

static void show_usage(const struct pfg_command *command, const struct pfg_verb *verb, FILE *out)
{
    const char *words = verb != NULL ? verb->words : command->words;

    if (verb == NULL && command->verbs != NULL) {
        fprintf(out, "Usage: %s VERB [OPTION]... [WORD]...\n", command->name);
        return;
    }
    fprintf(out, "Usage: %s%s%s [OPTION]...%s%s\n", command->name, verb == NULL ? "" : " ",
            verb == NULL ? "" : verb->name, words == NULL ? "" : " ", words == NULL ? "" : words);
}

/* The brief as a sentence. */
static void show_brief(const char *brief, FILE *out)
{
    if (brief == NULL)
        return;
    fputc(*brief >= 'a' && *brief <= 'z' ? *brief - 'a' + 'A' : *brief, out);
    fprintf(out, "%s.\n", brief + 1);
}

static void show_line(FILE *out, const char *text, size_t size, int verbatim)
{
    if (verbatim || size == 0) {
        fprintf(out, "%.*s\n", (int)size, text);
        return;
    }

    char *copy = strndup(text, size);

    if (copy != NULL)
        pfg_text_fill(out, copy, 0, 0);
    free(copy);
}

static void show_text(const char *text, FILE *out)
{
    if (text == NULL)
        return;
    fputc('\n', out);
    pfg_text_paragraphs(out, text, show_line);
}

/* A term at its column, and its help beside it, or beneath where the term is long. */
static void show_pair(const char *term, const char *help, FILE *out)
{
    unsigned column = TERM_COLUMN + pfg_text_columns(term, strlen(term));

    fprintf(out, "%*s%s", TERM_COLUMN, "", term);
    if (help == NULL || *help == '\0') {
        fputc('\n', out);
        return;
    }
    if (column + 2 > HELP_COLUMN) {
        fputc('\n', out);
        column = 0;
    }
    fprintf(out, "%*s", (int)(HELP_COLUMN - column), "");
    pfg_text_fill(out, help, HELP_COLUMN, HELP_COLUMN);
}

/* "-i, --interface=NAME"; the letter is left out where another row has it. */
static void make_term(const struct pfg_rows *rows, const struct pfg_option *row, char *term,
                      size_t room)
{
    bool builtin;
    char letter = row->letter;
    char value[64] = "", made[32];

    if (rows->source == PFG_ROWS_BUILTIN && letter != 0 &&
        pfg_rows_find_letter(rows->command, rows->verb, letter, &builtin) != row)
        letter = 0;
    if (pfg_option_has_value(row)) {
        const char *metavar = pfg_option_metavar(row, made, sizeof(made));
        const char *format = row->name == NULL ? " %s" : "=%s";

        snprintf(value, sizeof(value), row->implied != NULL ? "[=%s]" : format, metavar);
    }
    if (row->name == NULL)
        snprintf(term, room, "-%c%s", letter, value);
    else if (letter == 0)
        snprintf(term, room, "    --%s%s", row->name, value);
    else
        snprintf(term, room, "-%c, --%s%s", letter, row->name, value);
}

/* The choices that say something of themselves, one a line. */
static void show_choices(const struct pfg_choice *choices, FILE *out)
{
    for (; choices->name != NULL; choices++) {
        int used;

        if (choices->help == NULL)
            continue;
        used = fprintf(out, "%*s%s: ", HELP_COLUMN, "", choices->name);
        pfg_text_fill(out, choices->help, used > 0 ? (unsigned)used : HELP_COLUMN, HELP_COLUMN + 2);
    }
}

static void show_options(const struct pfg_command *command, const struct pfg_verb *verb, FILE *out)
{
    struct pfg_rows rows = pfg_rows_start(command, verb);
    const struct pfg_option *row;
    bool headed = false;

    while ((row = pfg_rows_next(&rows)) != NULL) {
        char term[160];

        if (row->hidden)
            continue;
        if (row->kind == PFG_OPT_HEADING) {
            fprintf(out, "\n%s:\n", row->help);
            headed = true;
            continue;
        }
        if (!headed)
            fputs("\nOptions:\n", out);
        headed = true;
        make_term(&rows, row, term, sizeof(term));
        show_pair(term, row->help, out);
        if (row->choices != NULL)
            show_choices(row->choices, out);
    }
}

static void show_verbs(const struct pfg_command *command, FILE *out)
{
    fputs("\nVerbs:\n", out);
    for (const struct pfg_verb *verb = command->verbs; verb->name != NULL; verb++)
        show_pair(verb->name, verb->brief, out);
    fprintf(out, "\n%s VERB --help tells more of a verb.\n", command->name);
}

static void show_sections(const struct pfg_section *sections, FILE *out)
{
    for (; sections != NULL && sections->title != NULL; sections++) {
        fprintf(out, "\n%s:\n", sections->title);
        pfg_text_paragraphs(out, sections->text, show_line);
    }
}

void pfg_options_help(const struct pfg_command *command, const struct pfg_verb *verb, FILE *out)
{
    show_usage(command, verb, out);
    show_brief(verb != NULL ? verb->brief : command->brief, out);
    show_text(verb != NULL ? verb->detail : command->detail, out);
    if (verb == NULL && command->verbs != NULL)
        show_verbs(command, out);
    show_options(command, verb, out);
    show_sections(verb != NULL ? verb->sections : command->sections, out);
}
