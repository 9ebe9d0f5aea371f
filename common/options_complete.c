/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * options_complete.c - a completion script for bash. It needs bash alone, not the package
 * bash-completion. The script is one function: what stands before the cursor, then a "case" with
 * one branch for each option that bears a value, then the names of options, verbs and words.
 */
#include <ctype.h>
#include <string.h>

#include "common/options_rows.h"

/* The part of the function that is the same for all tools, up to the tables. "=" divides words in
 * bash, so "--name=value" comes as three of them. */
static const char before_tables[] =
    "    local current=${COMP_WORDS[COMP_CWORD]} option= equals= verb= offers= kind=\n"
    "    local before= word words i\n"
    "    COMPREPLY=()\n"
    "    if [[ $current == = ]]; then\n"
    "        current= equals== option=${COMP_WORDS[COMP_CWORD - 1]}\n"
    "    elif ((COMP_CWORD >= 2)) && [[ ${COMP_WORDS[COMP_CWORD - 1]} == = ]]; then\n"
    "        equals== option=${COMP_WORDS[COMP_CWORD - 2]}\n"
    "    elif ((COMP_CWORD >= 1)); then\n"
    "        option=${COMP_WORDS[COMP_CWORD - 1]}\n"
    "    fi\n";

/* Not compgen -W, which would expand what stands in the names of interfaces. */
static const char after_tables[] =
    "    case $kind in\n"
    "    file) mapfile -t COMPREPLY < <(compgen -f -- \"$current\") ;;\n"
    "    folder) mapfile -t COMPREPLY < <(compgen -d -- \"$current\") ;;\n"
    "    interface) offers=$(cd /sys/class/net && echo *) ;;\n"
    "    list) before=${current%\"${current##*,}\"} current=${current##*,}\n"
    "        compopt -o nospace 2>/dev/null ;;\n"
    "    esac\n"
    "    case $kind in\n"
    "    file|folder) compopt -o filenames 2>/dev/null ;;\n"
    "    *) read -r -d '' -a words <<<\"$offers\"\n"
    "        for word in \"${words[@]}\"; do\n"
    "            [[ $word != \"$current\"* ]] || COMPREPLY+=(\"$before$word\")\n"
    "        done ;;\n"
    "    esac\n"
    "    if [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *= ]]; then\n"
    "        compopt -o nospace 2>/dev/null\n"
    "    fi\n";

static const char *kind_of(enum pfg_complete complete)
{
    switch (complete) {
    case PFG_COMPLETE_NOTHING:
        return "none";
    case PFG_COMPLETE_FILE:
        return "file";
    case PFG_COMPLETE_FOLDER:
        return "folder";
    case PFG_COMPLETE_INTERFACE:
        return "interface";
    case PFG_COMPLETE_LIST:
        return "list";
    }
    return "none";
}

/* A word inside single quotes; choices and names have none of their own. */
static void put_word(const char *word, const char *end, FILE *out)
{
    for (; *word != '\0'; word++) {
        if (*word == '\'')
            fputs("'\\''", out);
        else
            fputc(*word, out);
    }
    fputs(end, out);
}

/* A branch: "dns:--type=|dns:--type|dns:-t) kind=none offers='A AAAA' ;;". Without "=" only where
 * the value cannot be left out. */
static void put_branch(const struct pfg_option *row, const char *verb, FILE *out)
{
    const char *between = "    ";

    if (row->name != NULL) {
        fprintf(out, "%s%s:--%s=", between, verb, row->name);
        between = "|";
        if (row->implied == NULL)
            fprintf(out, "%s%s:--%s", between, verb, row->name);
    }
    if (row->letter != 0 && row->implied == NULL) {
        fprintf(out, "%s%s:-%c", between, verb, row->letter);
        between = "|";
    }
    if (*between == ' ')
        return;
    fprintf(out, ") kind=%s offers='", kind_of(row->complete));
    for (const struct pfg_choice *choice = row->choices; choice != NULL && choice->name != NULL;
         choice++)
        put_word(choice->name, choice[1].name == NULL ? "" : " ", out);
    for (size_t i = 0; row->offer != NULL && row->offer(i) != NULL; i++)
        put_word(row->offer(i), " ", out);
    fputs("' ;;\n", out);
}

static void put_branches(const struct pfg_command *command, const struct pfg_verb *verb, FILE *out)
{
    struct pfg_rows rows = pfg_rows_start(command, verb);
    const struct pfg_option *row;

    while ((row = pfg_rows_next(&rows)) != NULL) {
        /* The rows of the tool are said once, for any verb. */
        if (verb != NULL && rows.source >= PFG_ROWS_TOOL)
            return;
        if (!row->hidden && pfg_option_has_value(row))
            put_branch(row, verb == NULL ? "*" : verb->name, out);
    }
}

static void put_option_names(const struct pfg_command *command, const struct pfg_verb *verb,
                             FILE *out)
{
    struct pfg_rows rows = pfg_rows_start(command, verb);
    const struct pfg_option *row;

    while ((row = pfg_rows_next(&rows)) != NULL) {
        if (row->hidden || row->kind == PFG_OPT_HEADING)
            continue;
        if (row->name == NULL) {
            fprintf(out, "-%c ", row->letter);
            continue;
        }
        fputs("--", out);
        put_word(row->name, "", out);
        fputs(pfg_option_has_value(row) && row->implied == NULL ? "= " : " ", out);
    }
}

/* What is offered where a word stands. */
static void put_words(enum pfg_complete complete, const char *const *offers, FILE *out)
{
    fprintf(out, "kind=%s offers='", kind_of(complete));
    for (; offers != NULL && *offers != NULL; offers++)
        put_word(*offers, offers[1] == NULL ? "" : " ", out);
    fputs("' ;;\n", out);
}

/* Options where a dash stands, words otherwise; "empty" is the name of no verb. */
static void put_names(const struct pfg_command *command, const struct pfg_verb *verb, FILE *out)
{
    const char *name = verb == NULL ? "" : verb->name;

    fprintf(out, "    %s:-*) offers='", name);
    put_option_names(command, verb, out);
    fprintf(out, "' ;;\n    %s:*) ", name);
    if (verb != NULL) {
        put_words(verb->complete, verb->offers, out);
    } else if (command->verbs == NULL) {
        put_words(command->complete, command->offers, out);
    } else {
        fputs("offers='", out);
        for (verb = command->verbs; verb->name != NULL; verb++)
            put_word(verb->name, verb[1].name == NULL ? "" : " ", out);
        fputs("' ;;\n", out);
    }
}

/* The first word that is a verb. */
static void put_verb_search(const struct pfg_command *command, FILE *out)
{
    fputs("    for ((i = 1; i < COMP_CWORD; i++)); do\n"
          "        case ${COMP_WORDS[i]} in\n"
          "        ",
          out);
    for (const struct pfg_verb *verb = command->verbs; verb->name != NULL; verb++)
        fprintf(out, "%s%s", verb->name, verb[1].name == NULL ? "" : "|");
    fputs(") verb=${COMP_WORDS[i]}; break ;;\n        esac\n    done\n", out);
}

static void put_function_name(const struct pfg_command *command, FILE *out)
{
    fputc('_', out);
    for (const char *c = command->name; *c != '\0'; c++)
        fputc(isalnum((unsigned char)*c) ? *c : '_', out);
}

void pfg_options_completion(const struct pfg_command *command, FILE *out)
{
    const struct pfg_verb *verb;

    fprintf(out, "# bash completion for %s\n", command->name);
    put_function_name(command, out);
    fprintf(out, "() {\n%s", before_tables);
    if (command->verbs != NULL)
        put_verb_search(command, out);
    fputs("    case $verb:$option$equals in\n", out);
    for (verb = command->verbs; verb != NULL && verb->name != NULL; verb++)
        put_branches(command, verb, out);
    put_branches(command, NULL, out);
    fputs("    esac\n    [[ -n $kind ]] || case $verb:$current in\n", out);
    for (verb = command->verbs; verb != NULL && verb->name != NULL; verb++)
        put_names(command, verb, out);
    put_names(command, NULL, out);
    fprintf(out, "    esac\n%s}\ncomplete -F ", after_tables);
    put_function_name(command, out);
    fprintf(out, " %s\n", command->name);
}
