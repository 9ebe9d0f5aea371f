/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * options.h - the options of a tool as one table of rows. The parser, --help, the man page and
 * the bash completion are walks over the same rows, so they cannot tell different stories.
 *
 *     struct config { bool json; uint64_t count; const char *interface; };
 *
 *     static const struct pfg_option rows[] = {
 *         { .kind = PFG_OPT_HEADING, .help = "Input" },
 *         { "interface", 'i', PFG_OPT_STRING, PFG_OPT_AT(struct config, interface), "NAME",
 *           "capture live on NAME", .complete = PFG_COMPLETE_INTERFACE },
 *         { "count", 'c', PFG_OPT_NUMBER, PFG_OPT_AT(struct config, count), "N",
 *           "stop after N packets" },
 *         { "json", 'j', PFG_OPT_FLAG, PFG_OPT_AT(struct config, json), .help = "print JSON" },
 *         { 0 },
 *     };
 *     static const struct pfg_command command = {
 *         .name = "pfgcap", .brief = "capture and decode packets", .words = "[FILE]...",
 *         .options = rows,
 *     };
 *
 *     struct config config = { .count = UINT64_MAX };   (defaults stand in the struct)
 *     struct pfg_parsed parsed;
 *     int status = pfg_options_run(&command, &config, argc, argv, &parsed);
 *     if (status >= 0)
 *         return status;
 *
 * Spelling is that of GNU: --name=value, --name value, -xVALUE, -x VALUE, letters bundled (-abc),
 * options and words in any order, and -- before words that begin with a dash. Names are not
 * abbreviated. --help (-h), --version (-V), --man and --completion=bash need no rows.
 *
 * Tables are const and borrowed; strings stored in a config point into argv.
 */
#ifndef PFG_COMMON_OPTIONS_H
#define PFG_COMMON_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* What an option's value is, and with it the type of the member that holds it. */
enum pfg_option_kind {
    PFG_OPT_END = 0,  /* the end of a table is a row of zeros: { 0 } */
    PFG_OPT_HEADING,  /* .help is the heading of the rows that follow */
    PFG_OPT_FLAG,     /* bool: becomes true */
    PFG_OPT_CLEAR,    /* bool: becomes false ("no-name") */
    PFG_OPT_COUNT,    /* unsigned of any size: one more each time ("-vv") */
    PFG_OPT_SET,      /* integer or enum of any size: becomes .set ("--json" of several forms) */
    PFG_OPT_STRING,   /* const char * */
    PFG_OPT_NUMBER,   /* unsigned of any size: decimal, 0x hexadecimal, k M G T as in 1.5M */
    PFG_OPT_SIZE,     /* unsigned of any size: bytes; k M G T are powers of 1024, kB MB of 1000 */
    PFG_OPT_DURATION, /* uint64_t nanoseconds: 10ns 5us 1.5ms 2s 3m 1h 1d; bare = seconds */
    PFG_OPT_DOUBLE,   /* double: 0.5, or 50% for the same */
    PFG_OPT_CHOICE,   /* integer or enum of any size: the .value of the row of .choices */
    PFG_OPT_LIST,     /* struct pfg_words: the value is appended */
    PFG_OPT_CALL,     /* .call decides what becomes of the value */
    PFG_OPT_KIND_COUNT
};

/* What the shell offers where a value or a word is wanted. */
enum pfg_complete {
    PFG_COMPLETE_NOTHING = 0,
    PFG_COMPLETE_FILE,
    PFG_COMPLETE_FOLDER,
    PFG_COMPLETE_INTERFACE,
    PFG_COMPLETE_LIST, /* what .offer has, several divided by commas */
};

/* A table of choices ends with a row whose name is NULL. */
struct pfg_choice {
    const char *name;
    int64_t value;
    const char *help; /* may be NULL */
};

/* Strings in the order given. items is owned by the list; the strings are borrowed. */
struct pfg_words {
    const char **items;
    size_t count, room;
};

/* One option. In each name, letter or metavar NULL or 0 means none. */
struct pfg_option {
    const char *name; /* without dashes; NULL where there is only a letter */
    char letter;
    enum pfg_option_kind kind;
    size_t offset, size; /* of the member: PFG_OPT_AT(struct config, member) */
    const char *metavar; /* what stands for the value in help; NULL: VALUE, or the choices */
    const char *help;    /* without a full stop; wrapped where it is shown */
    const struct pfg_choice *choices;
    const char *implied;       /* the value where none is given; then only --name=value bears one */
    uint64_t minimum, maximum; /* bounds of numbers, sizes, durations, doubles; maximum 0: none */
    int64_t set;               /* of PFG_OPT_SET */
    enum pfg_complete complete;
    bool hidden; /* parsed, but shown nowhere */
    const char *(*offer)(size_t index); /* of PFG_COMPLETE_LIST: the words; NULL past the end */
    /* PFG_OPT_CALL: value is .implied where none is given. Returns 0, or -1 having written into
     * why what is wrong ("is not an address"), which is shown after the value. */
    int (*call)(const struct pfg_option *row, const char *value, void *config, char *why,
                size_t room);
};

/* Columns offset and size at once. */
#define PFG_OPT_AT(type, member) offsetof(type, member), sizeof(((type *)0)->member)

/* What an extension says of a long option that is in no table. */
enum pfg_taken {
    PFG_TAKEN_NOT,   /* not mine: an unknown option */
    PFG_TAKEN_VALUE, /* taken, and its value too */
    PFG_TAKEN_ALONE, /* taken, it has no value */
    PFG_TAKEN_WRONG, /* mine, but the value is wrong, or missing: why says it, a whole sentence */
};

struct pfg_verb;

/* Options that are not rows here but, say, fields of a protocol. */
struct pfg_extension {
    const char *heading;
    /* Takes --name; value is what follows (after = or the next word), NULL where nothing does. */
    enum pfg_taken (*take)(const struct pfg_verb *verb, const char *name, const char *value,
                           void *config, char *why, size_t room);
    /* Fills row (name, kind, metavar, help, choices) for help and completion; false past the
     * last. May be NULL. The strings must stay. */
    bool (*row)(const struct pfg_verb *verb, size_t index, struct pfg_option *row);
};

/* What is shown beneath the options and in the man page; a table ends with title NULL. */
struct pfg_section {
    const char *title; /* "Examples" */
    /* Paragraphs divided by an empty line; a line that begins with a blank is shown as it is. */
    const char *text;
};

/* A verb: the first word of a tool that has verbs. A table ends with name NULL. */
struct pfg_verb {
    const char *name;
    const char *brief;  /* one line, no full stop */
    const char *words;  /* of the usage, after the options: "NAME [TYPE]"; NULL: none are taken */
    const char *detail; /* paragraphs as in pfg_section; may be NULL */
    const struct pfg_option *options; /* into the config of the tool; may be NULL */
    const struct pfg_extension *extension;
    const struct pfg_section *sections;
    enum pfg_complete complete; /* of words */
    const char *const *offers;  /* or these, ended by NULL */
    int tag;                    /* the tool's own */
};

/* A tool. */
struct pfg_command {
    const char *name;
    const char *brief;
    const char *words; /* as in pfg_verb; not used where there are verbs */
    const char *detail;
    const struct pfg_option *options; /* with verbs: those that each verb takes */
    const struct pfg_verb *verbs;     /* NULL: none */
    const struct pfg_extension *extension;
    const struct pfg_section *sections;
    const char *see_also; /* of the man page: "pfgsend(1), tshark(1)" */
    const char *(*built_with)(void); /* --version: what stands behind the version; NULL nothing */
    enum pfg_complete complete;
    const char *const *offers;
    /* Options end at the first word, as for a program that runs another: "tool -v program -x". */
    bool stops_at_word;
};

enum pfg_outcome {
    PFG_PARSED,     /* go on */
    PFG_WANTS_HELP, /* show pfg_options_help */
    PFG_WANTS_VERSION,
    PFG_WANTS_MAN,        /* pfg_options_man */
    PFG_WANTS_COMPLETION, /* pfg_options_completion */
    PFG_MISUSED,          /* error says why */
};

#define PFG_OPTIONS_ERROR_SIZE 400

struct pfg_parsed {
    const struct pfg_verb *verb; /* NULL: the tool has none, or none was given */
    char **words;                /* in argv, which is reordered; ended by NULL */
    size_t count;
    char error[PFG_OPTIONS_ERROR_SIZE]; /* one line without the tool's name; for PFG_MISUSED */
};

/* Reads argv into config. Prints nothing. argv[0] is passed over; argv is reordered. Where a tool
 * has verbs, the first word chooses the verb, is not among the words, and may follow options. */
enum pfg_outcome pfg_options_parse(const struct pfg_command *command, void *config, int argc,
                                   char **argv, struct pfg_parsed *parsed);

/* As pfg_options_parse, and does what --help and the like ask for, or tells of the misuse on the
 * standard error output. Returns -1 to go on, otherwise the status to exit with (0 or 2). A tool
 * with verbs always has parsed->verb then. */
int pfg_options_run(const struct pfg_command *command, void *config, int argc, char **argv,
                    struct pfg_parsed *parsed);

/* For a tool to tell of a misuse that it found itself (two options that exclude each other, a
 * missing word): one line with "try --help". Returns 2, the status to exit with. */
int pfg_options_misused(const struct pfg_command *command, const struct pfg_verb *verb,
                        const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The text of --help, wrapped at 80 columns; of one verb, or of the tool where verb is NULL. */
void pfg_options_help(const struct pfg_command *command, const struct pfg_verb *verb, FILE *out);
/* The man page, section 1, as roff. */
void pfg_options_man(const struct pfg_command *command, FILE *out);
/* A script for bash, to be sourced or put into the folder of completions. */
void pfg_options_completion(const struct pfg_command *command, FILE *out);

/* Looks for mistakes in the tables themselves: a name or letter twice, a member of the wrong
 * size, no help. Returns 0, or -1 with a sentence in why. --man does it, so the build does it. */
int pfg_options_check(const struct pfg_command *command, char *why, size_t room);

/* Appends a string, which is borrowed. Returns 0 or -ENOMEM. */
int pfg_words_add(struct pfg_words *words, const char *word);
void pfg_words_free(struct pfg_words *words);

#endif
