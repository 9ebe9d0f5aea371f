/* SPDX-License-Identifier: GPL-2.0-or-later */
/* where_words.c - the text of an expression to words, quotations and signs. */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/where_inside.h"

int32_t where_wrong(struct where_parser *parser, const char *format, ...)
{
    const char *end = parser->at > parser->begin ? parser->at : parser->begin;
    char what[512];
    va_list list;

    if (parser->failed)
        return -1;
    parser->failed = true;
    va_start(list, format);
    vsnprintf(what, sizeof what, format, list);
    va_end(list);
    snprintf(parser->why, parser->room, "--where, at character %zu: %s: %.*s>>>%.*s<<<%s",
             (size_t)(parser->begin - parser->text) + 1, what, (int)(parser->begin - parser->text),
             parser->text, (int)(end - parser->begin), parser->begin, end);
    return -1;
}

/* ---- Words ------------------------------------------------------------------------------- */

static bool is_octal(char c)
{
    return c >= '0' && c <= '7';
}

/* A word ends before blanks, signs and quotes. ".." ends it too: a range. */
static size_t word_length(const char *at)
{
    size_t length = 0;

    while (at[length] != '\0' && !isspace((unsigned char)at[length]) &&
           strchr("()!=<>&|{}[]#^,\"'~", at[length]) == NULL &&
           !(at[length] == '.' && at[length + 1] == '.'))
        length++;
    return length;
}

static char escaped(const char **at)
{
    static const char from[] = "abfnrtv\\\"'", to[] = "\a\b\f\n\r\t\v\\\"'";
    const char *found = **at == '\0' ? NULL : strchr(from, **at);
    char byte = found == NULL ? **at : to[found - from];

    if (is_octal(**at)) { /* as Wireshark has it: up to three digits */
        const char *digit = *at;
        unsigned value = 0;

        for (; digit < *at + 3 && is_octal(*digit); digit++)
            value = value * 8 + (unsigned)(*digit - '0');
        *at = digit - 1;
        return (char)value;
    }
    if (**at == 'x' && isxdigit((unsigned char)(*at)[1]) && isxdigit((unsigned char)(*at)[2])) {
        char digits[3] = { (*at)[1], (*at)[2], '\0' };

        byte = (char)strtoul(digits, NULL, 16);
        *at += 2;
    }
    return byte;
}

/* A quoted text. In a regular expression (raw) the backslashes are its own, but for two of them: as
 * in Wireshark's filters these are one. */
static void quoted(struct where_parser *parser, bool raw)
{
    char mark = *parser->at++;
    char *to = parser->unquoted;

    while (*parser->at != '\0' && *parser->at != mark) {
        if (*parser->at == '\\' && raw && parser->at[1] != mark && parser->at[1] != '\\') {
            *to++ = *parser->at++;
            if (*parser->at != '\0')
                *to++ = *parser->at++;
            continue;
        }
        if (*parser->at == '\\') {
            parser->at++;
            if (*parser->at == '\0')
                break;
            *to++ = escaped(&parser->at);
        } else {
            *to++ = *parser->at;
        }
        parser->at++;
    }
    if (*parser->at == '\0') {
        where_wrong(parser, "the quotation does not end");
        return;
    }
    parser->at++;
    *to = '\0';
    parser->token = WHERE_TOKEN_QUOTED;
    parser->word = parser->unquoted;
    parser->size = (size_t)(to - parser->unquoted);
}

/* r"...": no escapes; a mark behind a backslash does not end it, and both stay. */
static void quoted_plain(struct where_parser *parser)
{
    const char *first = parser->at + 2;
    char mark = parser->at[1];

    for (parser->at = first; *parser->at != '\0' && *parser->at != mark; parser->at++) {
        if (parser->at[0] == '\\' && parser->at[1] != '\0')
            parser->at++;
    }
    if (*parser->at == '\0') {
        where_wrong(parser, "the quotation does not end");
        return;
    }
    parser->token = WHERE_TOKEN_QUOTED;
    parser->word = first;
    parser->size = (size_t)(parser->at - first);
    parser->at++;
}

static bool begins_plain(const char *at)
{
    return (at[0] == 'r' || at[0] == 'R') && (at[1] == '"' || at[1] == '\'');
}

void where_next(struct where_parser *parser, bool raw)
{
    static const char *const signs[] = { "===", "!==", "==", "!=", "~=", ">=",
                                         "<=",  "&&",  "||", "^^", "..", NULL };
    size_t i;

    while (isspace((unsigned char)*parser->at))
        parser->at++;
    parser->begin = parser->word = parser->at;
    if (*parser->at == '\0') {
        parser->token = WHERE_TOKEN_END;
        parser->size = 0;
        return;
    }
    if (*parser->at == '"' || *parser->at == '\'') {
        quoted(parser, raw);
        return;
    }
    if (begins_plain(parser->at)) {
        quoted_plain(parser);
        return;
    }
    parser->token = WHERE_TOKEN_SIGN;
    for (i = 0; signs[i] != NULL; i++) {
        if (strncmp(parser->at, signs[i], strlen(signs[i])) == 0)
            break;
    }
    parser->size = signs[i] != NULL ? strlen(signs[i]) : 1;
    if (signs[i] == NULL && word_length(parser->at) > 0) {
        parser->token = WHERE_TOKEN_WORD;
        parser->size = word_length(parser->at);
    }
    parser->at += parser->size;
}

bool where_is(const struct where_parser *parser, const char *text)
{
    return (parser->token == WHERE_TOKEN_WORD || parser->token == WHERE_TOKEN_SIGN) &&
           strlen(text) == parser->size && memcmp(parser->word, text, parser->size) == 0;
}

bool where_accept(struct where_parser *parser, const char *sign, const char *word)
{
    if (!where_is(parser, sign) && (word == NULL || !where_is(parser, word)))
        return false;
    where_next(parser, false);
    return true;
}

bool where_bracket(struct where_parser *parser)
{
    const char *end = strchr(parser->begin, ']');

    if (end == NULL) {
        where_wrong(parser, "the bracket does not end");
        return false;
    }
    parser->token = WHERE_TOKEN_WORD;
    parser->word = parser->begin;
    parser->size = (size_t)(end - parser->begin);
    parser->at = end;
    return true;
}
