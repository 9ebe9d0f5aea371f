/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rawsock/lines.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int pfg_lines_open(struct pfg_lines *lines, const char *name, struct pfg_fault *fault)
{
    memset(lines, 0, sizeof *lines);
    lines->name = name;
    if (strcmp(name, "-") == 0)
        lines->stream = fdopen(dup(STDIN_FILENO), "re");
    else
        lines->stream = fopen(name, "re");
    if (!lines->stream)
        return pfg_fault_set(fault, "cannot open %s: %s", name, strerror(errno));
    return 0;
}

void pfg_lines_close(struct pfg_lines *lines)
{
    if (lines->stream)
        fclose(lines->stream);
    free(lines->text);
    free(lines->words);
}

static int add_word(struct pfg_lines *lines, char *word, struct pfg_fault *fault)
{
    if (lines->count == lines->words_room) {
        size_t room = lines->words_room ? 2 * lines->words_room : 64;
        char **words = realloc(lines->words, room * sizeof *words);

        if (!words)
            return pfg_fault_set(fault, "no memory");
        lines->words = words;
        lines->words_room = room;
    }
    lines->words[lines->count++] = word;
    return 0;
}

/* Takes one word apart in its place; *at is then behind it. The word cannot grow. Returns whether
 * its quotes are closed. */
static bool end_word(char **at)
{
    char *from = *at, *to = *at;
    bool quoted = false;

    for (; *from && (quoted || !strchr(" \t\n", *from)); from++) {
        if (*from == '"') {
            quoted = !quoted;
            continue;
        }
        if (quoted && *from == '\\' && from[1] == '"')
            from++;
        else if (*from == '\\' && from[1]) /* an escape of the value's own */
            *to++ = *from++;
        *to++ = *from;
    }
    *at = *from ? from + 1 : from;
    *to = '\0';
    return !quoted;
}

static int split(struct pfg_lines *lines, struct pfg_fault *fault)
{
    char *at = lines->text;

    lines->count = 0;
    for (;;) {
        char *word;

        at += strspn(at, " \t\n");
        if (!*at || (*at == '#' && !lines->count))
            return 0;
        word = at;
        if (!end_word(&at))
            return pfg_fault_set(fault, "%s, line %llu: a quote is not closed", lines->name,
                                 (unsigned long long)lines->number);
        if (add_word(lines, word, fault) < 0)
            return -1;
    }
}

int pfg_lines_next(struct pfg_lines *lines, struct pfg_fault *fault)
{
    do {
        errno = 0;
        if (getline(&lines->text, &lines->room, lines->stream) < 0) {
            if (!ferror(lines->stream))
                return 0;
            return pfg_fault_set(fault, "cannot read %s: %s", lines->name, strerror(errno));
        }
        lines->number++;
        if (split(lines, fault) < 0)
            return -1;
    } while (!lines->count);
    return 1;
}
