/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "common/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LONGEST 2048 /* bytes of a message */

static const char *program = "pfg";
static int shown = PFG_NORMAL;

/* Holds descriptor fd where whoever started us closed it: the next file opened, a capture perhaps,
 * would take its place and the text. What is there cannot be used, so that it is still an error. */
static void hold(int fd)
{
    int flags = fd == STDIN_FILENO ? O_WRONLY : O_RDONLY;

    if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
        (void)!open("/dev/null", flags); /* the lowest that is free, which is fd */
}

void pfg_log_name(const char *name)
{
    program = name;
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        hold(fd);
}

const char *pfg_log_get_name(void)
{
    return program;
}

void pfg_log_verbosity(int verbosity)
{
    shown = verbosity;
}

bool pfg_log_shows(int verbosity)
{
    return verbosity <= shown;
}

/* A message under way: text that is cut, not overrun, where it is too long. */
struct line {
    char text[LONGEST];
    size_t size;
};

static void add_list(struct line *line, const char *format, va_list arguments)
{
    size_t room = sizeof(line->text) - 1 - line->size; /* one is kept for the line's end */
    int size = vsnprintf(line->text + line->size, room, format, arguments);

    if (size > 0)
        line->size += (size_t)size < room ? (size_t)size : room - 1;
}

__attribute__((format(printf, 2, 3))) static void add(struct line *line, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    add_list(line, format, arguments);
    va_end(arguments);
}

/* Makes it one line without control characters, and writes it. */
static void say(struct line *line)
{
    for (size_t i = 0; i < line->size; i++) {
        unsigned char c = (unsigned char)line->text[i];

        if (c == '\n' || c == '\t')
            line->text[i] = ' ';
        else if (c < 0x20 || c == 0x7f)
            line->text[i] = '?';
    }
    while (line->size > 0 && line->text[line->size - 1] == ' ')
        line->size--;
    line->text[line->size++] = '\n';

    int saved = errno;

    /* Nobody is left to tell where this fails. */
    if (write(STDERR_FILENO, line->text, line->size) < 0)
        errno = saved;
}

static void say_list(int verbosity, const char *kind, const char *format, va_list arguments)
{
    struct line line = { .size = 0 };

    if (!pfg_log_shows(verbosity))
        return;
    add(&line, "%s: %s", program, kind);
    add_list(&line, format, arguments);
    say(&line);
}

int pfg_fail(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    say_list(PFG_QUIET, "", format, arguments);
    va_end(arguments);
    return 1;
}

int pfg_fail_errno(int error, const char *what_to_do, const char *format, ...)
{
    struct line line = { .size = 0 };
    va_list arguments;

    add(&line, "%s: ", program);
    va_start(arguments, format);
    add_list(&line, format, arguments);
    va_end(arguments);
    add(&line, ": %s", strerror(error < 0 ? -error : error));
    if (what_to_do != NULL)
        add(&line, "; %s", what_to_do);
    say(&line);
    return 1;
}

void pfg_warn(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    say_list(PFG_NORMAL, "warning: ", format, arguments);
    va_end(arguments);
}

void pfg_note(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    say_list(PFG_NORMAL, "", format, arguments);
    va_end(arguments);
}

void pfg_info(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    say_list(PFG_VERBOSE, "", format, arguments);
    va_end(arguments);
}

void pfg_debug(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    say_list(PFG_DEBUG, "debug: ", format, arguments);
    va_end(arguments);
}
