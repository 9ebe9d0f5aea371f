/* SPDX-License-Identifier: GPL-2.0-or-later */
/* options.c - from argv to a config, and what is done about --help and mistakes. */
#include "common/options.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "common/options_rows.h"
#include "proto/nearest.h"

/* The state of one reading of argv. */
struct parser {
    const struct pfg_command *command;
    void *config;
    struct pfg_builtin builtin;
    struct pfg_parsed *parsed;
    int argc, at; /* at: the argument after the current one */
    char **argv;
    bool words_only;
};

/* Writes the error; returns -1, so that the caller can end with it. */
__attribute__((format(printf, 2, 3))) static int misuse(struct parser *parser, const char *format,
                                                        ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(parser->parsed->error, sizeof(parser->parsed->error), format, arguments);
    va_end(arguments);
    return -1;
}

/* The argument after the current one, which is taken; NULL at the end. */
static char *take_next(struct parser *parser)
{
    return parser->at < parser->argc ? parser->argv[parser->at++] : NULL;
}

static int store(struct parser *parser, const struct pfg_option *row, bool builtin,
                 const char *shown, const char *value)
{
    char why[PFG_OPTIONS_ERROR_SIZE / 2] = "is wrong";
    void *config = builtin ? (void *)&parser->builtin : parser->config;

    if (pfg_option_store(row, value, config, why, sizeof(why)) == 0)
        return 0;
    return misuse(parser, "%s: '%s' %s", shown, value == NULL ? "" : value, why);
}

/* The nearest name among the rows, those of extensions too, is added to the error. */
static int unknown_name(struct parser *parser, const char *name)
{
    struct pfg_nearest nearest = pfg_nearest_to(name, strlen(name));
    struct pfg_rows rows = pfg_rows_start(parser->command, parser->parsed->verb);
    const struct pfg_option *row;

    while ((row = pfg_rows_next(&rows)) != NULL) {
        if (row->name != NULL && !row->hidden)
            pfg_nearest_offer(&nearest, row->name);
    }
    if (nearest.name == NULL)
        return misuse(parser, "there is no option --%s; --help lists them", name);
    return misuse(parser, "there is no option --%s; the nearest is --%s", name, nearest.name);
}

/* Offers the option to one extension; returns 1 where it is not its own, else 0 or -1. */
static int offer(struct parser *parser, const struct pfg_extension *extension, const char *name,
                 const char *value)
{
    char why[PFG_OPTIONS_ERROR_SIZE / 2] = "the value is wrong";
    bool follows = value == NULL && parser->at < parser->argc;

    if (extension == NULL)
        return 1;
    switch (extension->take(parser->parsed->verb, name, follows ? parser->argv[parser->at] : value,
                            parser->config, why, sizeof(why))) {
    case PFG_TAKEN_NOT:
        return 1;
    case PFG_TAKEN_VALUE:
        parser->at += follows;
        return 0;
    case PFG_TAKEN_ALONE:
        return value == NULL ? 0 : misuse(parser, "--%s takes no value", name);
    case PFG_TAKEN_WRONG:
        break;
    }
    return misuse(parser, "--%s: %s", name, why);
}

/* An option that is in no table. */
static int read_extension(struct parser *parser, const char *name, size_t size, const char *value)
{
    const struct pfg_verb *verb = parser->parsed->verb;
    char copy[80];
    int taken = 1;

    if (size >= sizeof(copy))
        return misuse(parser, "there is no option --%.*s...", (int)sizeof(copy) - 1, name);
    memcpy(copy, name, size);
    copy[size] = '\0';
    if (verb != NULL)
        taken = offer(parser, verb->extension, copy, value);
    if (taken == 1)
        taken = offer(parser, parser->command->extension, copy, value);
    return taken == 1 ? unknown_name(parser, copy) : taken;
}

static int read_long(struct parser *parser, const char *name)
{
    const char *equals = strchr(name, '=');
    size_t size = equals == NULL ? strlen(name) : (size_t)(equals - name);
    const char *value = equals == NULL ? NULL : equals + 1;
    bool builtin = false;
    const struct pfg_option *row =
        pfg_rows_find_name(parser->command, parser->parsed->verb, name, size, &builtin);
    char shown[80];

    if (row == NULL)
        return read_extension(parser, name, size, value);
    snprintf(shown, sizeof(shown), "--%s", row->name);
    if (!pfg_option_has_value(row))
        return value == NULL ? store(parser, row, builtin, shown, NULL)
                             : misuse(parser, "%s takes no value", shown);
    if (value == NULL)
        value = row->implied != NULL ? row->implied : take_next(parser);
    if (value == NULL)
        return misuse(parser, "%s needs a value", shown);
    return store(parser, row, builtin, shown, value);
}

/* One argument of letters: "-vc5" is -v and -c with the value 5. */
static int read_letters(struct parser *parser, const char *letters)
{
    for (; *letters != '\0'; letters++) {
        bool builtin = false;
        const struct pfg_option *row =
            pfg_rows_find_letter(parser->command, parser->parsed->verb, *letters, &builtin);
        char shown[] = { '-', *letters, '\0' };
        const char *value;

        if (row == NULL)
            return misuse(parser, "there is no option %s", shown);
        if (!pfg_option_has_value(row)) {
            if (store(parser, row, builtin, shown, NULL) != 0)
                return -1;
            continue;
        }
        if (letters[1] != '\0')
            value = letters + 1;
        else
            value = row->implied != NULL ? row->implied : take_next(parser);
        if (value == NULL)
            return misuse(parser, "%s needs a value", shown);
        return store(parser, row, builtin, shown, value);
    }
    return 0;
}

static int choose_verb(struct parser *parser, const char *word)
{
    struct pfg_nearest nearest = pfg_nearest_to(word, strlen(word));

    for (const struct pfg_verb *verb = parser->command->verbs; verb->name != NULL; verb++) {
        if (strcmp(verb->name, word) == 0) {
            parser->parsed->verb = verb;
            return 0;
        }
        pfg_nearest_offer(&nearest, verb->name);
    }
    if (nearest.name == NULL)
        return misuse(parser, "there is no verb %s; --help lists them", word);
    return misuse(parser, "there is no verb %s; the nearest is %s", word, nearest.name);
}

static int read_word(struct parser *parser, char *word)
{
    struct pfg_parsed *parsed = parser->parsed;

    if (parser->command->verbs != NULL && parsed->verb == NULL)
        return choose_verb(parser, word);
    /* Never past the argument just read, so nothing unread is lost. */
    parsed->words[parsed->count++] = word;
    if (parser->command->stops_at_word)
        parser->words_only = true;
    return 0;
}

static int read_argument(struct parser *parser, char *argument)
{
    if (parser->words_only || argument[0] != '-' || argument[1] == '\0')
        return read_word(parser, argument);
    if (strcmp(argument, "--") == 0) {
        parser->words_only = true;
        return 0;
    }
    return argument[1] == '-' ? read_long(parser, argument + 2)
                              : read_letters(parser, argument + 1);
}

/* What the built-in options ask for. */
static enum pfg_outcome outcome_of(const struct pfg_builtin *builtin)
{
    if (builtin->help)
        return PFG_WANTS_HELP;
    if (builtin->version)
        return PFG_WANTS_VERSION;
    if (builtin->man)
        return PFG_WANTS_MAN;
    return builtin->completion ? PFG_WANTS_COMPLETION : PFG_PARSED;
}

/* Whether words were given to something that takes none. */
static bool has_stray_word(const struct pfg_command *command, const struct pfg_parsed *parsed)
{
    const char *words = parsed->verb != NULL ? parsed->verb->words : command->words;

    return parsed->count > 0 && words == NULL;
}

enum pfg_outcome pfg_options_parse(const struct pfg_command *command, void *config, int argc,
                                   char **argv, struct pfg_parsed *parsed)
{
    struct parser parser = {
        .command = command, .config = config, .parsed = parsed, .argc = argc, .at = 1, .argv = argv
    };

    *parsed = (struct pfg_parsed){ .words = argc > 0 ? argv + 1 : argv };
    while (parser.at < argc) {
        if (read_argument(&parser, argv[parser.at++]) != 0)
            return PFG_MISUSED;
        /* Help wins over mistakes that come after it. */
        if (parser.builtin.help && (command->verbs == NULL || parsed->verb != NULL))
            break;
    }

    enum pfg_outcome outcome = outcome_of(&parser.builtin);

    if (outcome == PFG_PARSED && has_stray_word(command, parsed)) {
        misuse(&parser, "'%s' is one word too many", parsed->words[0]);
        return PFG_MISUSED;
    }
    if (argc > 0)
        parsed->words[parsed->count] = NULL;
    return outcome;
}

static int tell_misuse(const struct pfg_command *command, const struct pfg_verb *verb,
                       const char *error)
{
    pfg_fail("%s; try %s%s%s --help", error, command->name, verb == NULL ? "" : " ",
             verb == NULL ? "" : verb->name);
    return 2;
}

int pfg_options_misused(const struct pfg_command *command, const struct pfg_verb *verb,
                        const char *format, ...)
{
    char error[PFG_OPTIONS_ERROR_SIZE];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(error, sizeof(error), format, arguments);
    va_end(arguments);
    return tell_misuse(command, verb, error);
}

/* The status after something was printed: a full disk is a failure. */
static int printed(void)
{
    if (fflush(stdout) != 0 || ferror(stdout))
        return pfg_fail("the text cannot be written to the standard output");
    return 0;
}

/* The build prints the page of each tool, and so finds the mistakes in its tables. */
static int print_man(const struct pfg_command *command)
{
    char why[PFG_OPTIONS_ERROR_SIZE];

    if (pfg_options_check(command, why, sizeof(why)) != 0)
        return pfg_fail("the table of options: %s", why);
    pfg_options_man(command, stdout);
    return printed();
}

int pfg_options_run(const struct pfg_command *command, void *config, int argc, char **argv,
                    struct pfg_parsed *parsed)
{
    pfg_log_name(command->name);
    switch (pfg_options_parse(command, config, argc, argv, parsed)) {
    case PFG_PARSED:
        if (command->verbs != NULL && parsed->verb == NULL)
            return pfg_options_misused(command, NULL, "say what to do");
        return -1;
    case PFG_WANTS_HELP:
        pfg_options_help(command, parsed->verb, stdout);
        return printed();
    case PFG_WANTS_VERSION:
        printf("%s (pfg) %s%s%s\nGPL-2.0-or-later: free software, without any warranty.\n",
               command->name, PFG_VERSION, command->built_with != NULL ? ", " : "",
               command->built_with != NULL ? command->built_with() : "");
        return printed();
    case PFG_WANTS_MAN:
        return print_man(command);
    case PFG_WANTS_COMPLETION:
        pfg_options_completion(command, stdout);
        return printed();
    case PFG_MISUSED:
        break;
    }
    return tell_misuse(command, parsed->verb, parsed->error);
}
