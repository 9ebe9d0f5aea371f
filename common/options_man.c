/* SPDX-License-Identifier: GPL-2.0-or-later */
/* options_man.c - the manual page, as roff with the man macros (groff_man(7)). */
#include <ctype.h>
#include <string.h>

#include "common/options_rows.h"
#include "common/options_text.h"

/* Text in which roff finds nothing to do. */
static void put_size(const char *text, size_t size, FILE *out)
{
    for (size_t i = 0; i < size; i++) {
        bool begins = i == 0 || text[i - 1] == '\n';

        if (begins && (text[i] == '.' || text[i] == '\''))
            fputs("\\&", out);
        if (text[i] == '-')
            fputs("\\-", out);
        else if (text[i] == '\\')
            fputs("\\e", out);
        else
            fputc(text[i], out);
    }
}

static void put(const char *text, FILE *out)
{
    put_size(text, strlen(text), out);
}

static void put_upper(const char *text, FILE *out)
{
    for (; *text != '\0'; text++)
        fputc(toupper((unsigned char)*text), out);
}

static void heading(const char *title, FILE *out)
{
    fputs(".SH \"", out);
    put_upper(title, out);
    fputs("\"\n", out);
}

/* Words in bold or italics: \fB...\fR. */
static void put_font(char font, const char *text, FILE *out)
{
    fprintf(out, "\\f%c", font);
    put(text, out);
    fputs("\\fR", out);
}

static void put_line(FILE *out, const char *text, size_t size, int verbatim)
{
    if (size == 0) {
        fputs(".PP\n", out);
        return;
    }
    if (verbatim)
        fputs(".nf\n", out);
    put_size(text, size, out);
    fputs(verbatim ? "\n.fi\n" : "\n", out);
}

static void put_text(const char *text, FILE *out)
{
    if (text != NULL)
        pfg_text_paragraphs(out, text, put_line);
}

static void put_sections(const struct pfg_section *sections, const char *macro, FILE *out)
{
    for (; sections != NULL && sections->title != NULL; sections++) {
        if (strcmp(macro, "SH") == 0) {
            heading(sections->title, out);
        } else {
            fputs(".PP\n", out);
            put_font('B', sections->title, out);
            fputs("\n.PP\n", out);
        }
        put_text(sections->text, out);
    }
}

static void put_choices(const struct pfg_choice *choices, FILE *out)
{
    for (; choices->name != NULL; choices++) {
        if (choices->help == NULL)
            continue;
        fputs(".br\n", out);
        put_font('B', choices->name, out);
        fputs(": ", out);
        put(choices->help, out);
        fputc('\n', out);
    }
}

static void put_option(const struct pfg_option *row, FILE *out)
{
    char name[80], letter[] = { '-', row->letter, '\0' }, made[32];
    bool valued = pfg_option_has_value(row);

    fputs(".TP\n", out);
    if (row->letter != 0)
        put_font('B', letter, out);
    if (row->letter != 0 && row->name != NULL)
        fputs(", ", out);
    if (row->name != NULL) {
        snprintf(name, sizeof(name), "--%s", row->name);
        put_font('B', name, out);
    }
    if (valued) {
        if (row->implied != NULL)
            fputs("[=", out);
        else
            fputc(row->name == NULL ? ' ' : '=', out);
        put_font('I', pfg_option_metavar(row, made, sizeof(made)), out);
        if (row->implied != NULL)
            fputc(']', out);
    }
    fputc('\n', out);
    if (row->help != NULL)
        put(row->help, out);
    fputc('\n', out);
    if (row->choices != NULL)
        put_choices(row->choices, out);
}

/* The rows from one source up to (not with) another. */
static void put_options(const struct pfg_command *command, const struct pfg_verb *verb,
                        enum pfg_rows_source from, enum pfg_rows_source before, FILE *out)
{
    struct pfg_rows rows = pfg_rows_start(command, verb);
    const struct pfg_option *row;

    while ((row = pfg_rows_next(&rows)) != NULL) {
        bool builtin;

        if (rows.source < from || rows.source >= before || row->hidden)
            continue;
        if (row->kind == PFG_OPT_HEADING) {
            fputs(verb == NULL ? ".SS \"" : ".PP\n\\fI", out);
            put(row->help, out);
            fputs(verb == NULL ? "\"\n" : "\\fR\n", out);
            continue;
        }

        struct pfg_option shown = *row;

        if (rows.source == PFG_ROWS_BUILTIN && row->letter != 0 &&
            pfg_rows_find_letter(command, verb, row->letter, &builtin) != row)
            shown.letter = 0;
        put_option(&shown, out);
    }
}

static void put_usage(const struct pfg_command *command, const struct pfg_verb *verb, FILE *out)
{
    const char *words = verb != NULL ? verb->words : command->words;

    put_font('B', command->name, out);
    if (verb != NULL) {
        fputc(' ', out);
        put_font('B', verb->name, out);
    }
    fputs(" [\\fIOPTION\\fR]...", out);
    if (words != NULL) {
        fputc(' ', out);
        put(words, out);
    }
    fputc('\n', out);
}

static void put_synopsis(const struct pfg_command *command, FILE *out)
{
    heading("synopsis", out);
    if (command->verbs == NULL)
        put_usage(command, NULL, out);
    for (const struct pfg_verb *verb = command->verbs; verb != NULL && verb->name != NULL; verb++) {
        put_usage(command, verb, out);
        fputs(".br\n", out);
    }
}

static void put_verbs(const struct pfg_command *command, FILE *out)
{
    heading("verbs", out);
    for (const struct pfg_verb *verb = command->verbs; verb->name != NULL; verb++) {
        fprintf(out, ".SS \"%s\"\n", verb->name);
        put_usage(command, verb, out);
        fputs(".PP\n", out);
        fputc(toupper((unsigned char)verb->brief[0]), out);
        put(verb->brief + 1, out);
        fputs(".\n", out);
        if (verb->detail != NULL)
            fputs(".PP\n", out);
        put_text(verb->detail, out);
        put_options(command, verb, PFG_ROWS_VERB, PFG_ROWS_TOOL, out);
        put_sections(verb->sections, "PP", out);
    }
}

void pfg_options_man(const struct pfg_command *command, FILE *out)
{
    fputs(".TH ", out);
    put_upper(command->name, out);
    fprintf(out, " 1 \"\" \"pfg %s\" \"User Commands\"\n", PFG_VERSION);
    heading("NAME", out);
    put(command->name, out);
    fputs(" \\- ", out);
    put(command->brief, out);
    fputc('\n', out);
    put_synopsis(command, out);
    if (command->detail != NULL)
        heading("DESCRIPTION", out);
    put_text(command->detail, out);
    if (command->verbs != NULL)
        put_verbs(command, out);
    heading(command->verbs == NULL ? "OPTIONS" : "OPTIONS OF ALL VERBS", out);
    put_options(command, NULL, PFG_ROWS_VERB, PFG_ROWS_DONE, out);
    put_sections(command->sections, "SH", out);
    if (command->see_also != NULL) {
        heading("SEE ALSO", out);
        put(command->see_also, out);
        fputc('\n', out);
    }
}
