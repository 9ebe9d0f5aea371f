/* SPDX-License-Identifier: GPL-2.0-or-later */
/* where_parse.c - words to nodes, by recursive descent. */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/where.h"

/* Brackets and negations within each other. */
enum { DEPTH_MAX = 64, CONSTANTS_MAX = 4096 };

enum token {
    TOKEN_END,
    TOKEN_WORD,
    TOKEN_QUOTED,
    TOKEN_SIGN, /* an operator or a bracket */
};

struct parser {
    struct capture_where *where;
    const char *text, *at;
    enum token token;
    const char *word; /* of the token, in text; of a quoted one, in unquoted */
    size_t size;
    const char *begin; /* where the token begins in text */
    char *unquoted;
    char *why;
    size_t room;
    bool failed;
};

/* Says what is wrong and points at the token. Returns -1. */
__attribute__((format(printf, 2, 3))) static int32_t wrong(struct parser *parser,
                                                           const char *format, ...)
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

/* A word ends before blanks, signs and quotes. ".." ends it too: a range. */
static size_t word_length(const char *at)
{
    size_t length = 0;

    while (at[length] != '\0' && !isspace((unsigned char)at[length]) &&
           strchr("()!=<>&|{},\"'~", at[length]) == NULL &&
           !(at[length] == '.' && at[length + 1] == '.'))
        length++;
    return length;
}

static char escaped(const char **at)
{
    static const char from[] = "nrt0\\\"'", to[] = "\n\r\t\0\\\"'";
    const char *found = **at == '\0' ? NULL : strchr(from, **at);
    char byte = found == NULL ? **at : to[found - from];

    if (**at == 'x' && isxdigit((unsigned char)(*at)[1]) && isxdigit((unsigned char)(*at)[2])) {
        char digits[3] = { (*at)[1], (*at)[2], '\0' };

        byte = (char)strtoul(digits, NULL, 16);
        *at += 2;
    }
    return byte;
}

/* A quoted text. In a regular expression (raw) the backslashes are its own, but for two of them: as
 * in Wireshark's filters these are one. */
static void quoted(struct parser *parser, bool raw)
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
        wrong(parser, "the quotation does not end");
        return;
    }
    parser->at++;
    *to = '\0';
    parser->token = TOKEN_QUOTED;
    parser->word = parser->unquoted;
    parser->size = (size_t)(to - parser->unquoted);
}

static void next_token(struct parser *parser, bool raw)
{
    static const char *const signs[] = { "==", "!=", ">=", "<=", "&&", "||", "..", NULL };
    size_t i;

    while (isspace((unsigned char)*parser->at))
        parser->at++;
    parser->begin = parser->word = parser->at;
    if (*parser->at == '\0') {
        parser->token = TOKEN_END;
        parser->size = 0;
        return;
    }
    if (*parser->at == '"' || *parser->at == '\'') {
        quoted(parser, raw);
        return;
    }
    parser->token = TOKEN_SIGN;
    for (i = 0; signs[i] != NULL; i++) {
        if (strncmp(parser->at, signs[i], 2) == 0)
            break;
    }
    parser->size = signs[i] != NULL ? 2 : 1;
    if (signs[i] == NULL && word_length(parser->at) > 0) {
        parser->token = TOKEN_WORD;
        parser->size = word_length(parser->at);
    }
    parser->at += parser->size;
}

static bool is(const struct parser *parser, const char *text)
{
    return (parser->token == TOKEN_WORD || parser->token == TOKEN_SIGN) &&
           strlen(text) == parser->size && memcmp(parser->word, text, parser->size) == 0;
}

/* Goes on where the token is either of the two. */
static bool accept(struct parser *parser, const char *sign, const char *word)
{
    if (!is(parser, sign) && (word == NULL || !is(parser, word)))
        return false;
    next_token(parser, false);
    return true;
}

/* ---- Nodes ------------------------------------------------------------------------------- */

static int32_t add_node(struct parser *parser, enum where_op op, int32_t left, int32_t right)
{
    struct capture_where *where = parser->where;

    if (parser->failed)
        return -1;
    if (where->count == where->room) {
        int32_t room = where->room == 0 ? 16 : where->room * 2;
        struct where_node *nodes = realloc(where->nodes, (size_t)room * sizeof *nodes);

        if (nodes == NULL)
            return wrong(parser, "out of memory");
        where->nodes = nodes;
        where->room = room;
    }
    memset(&where->nodes[where->count], 0, sizeof *where->nodes);
    where->nodes[where->count].op = op;
    where->nodes[where->count].left = left;
    where->nodes[where->count].right = right;
    return where->count++;
}

static bool add_constant(struct parser *parser, struct where_node *node)
{
    struct where_constant *constants =
        realloc(node->constants, (node->constant_count + 1) * sizeof *constants);
    struct where_constant *constant;
    char why[400];

    if (constants == NULL || node->constant_count >= CONSTANTS_MAX) {
        wrong(parser, constants == NULL ? "out of memory" : "too many values");
        node->constants = constants == NULL ? node->constants : constants;
        return false;
    }
    node->constants = constants;
    constant = &constants[node->constant_count++];
    memset(constant, 0, sizeof *constant);
    if (parser->token != TOKEN_WORD && parser->token != TOKEN_QUOTED) {
        wrong(parser, "a value is missing here");
        return false;
    }
    if (!capture_where_constant(node, parser->word, parser->size, parser->token == TOKEN_QUOTED,
                                constant, why, sizeof why)) {
        wrong(parser, "%s", why);
        return false;
    }
    constant->high = constant->low;
    next_token(parser, false);
    return true;
}

/* The end of a range becomes the high side of the constant before it. */
static bool add_high(struct parser *parser, struct where_node *node)
{
    struct where_constant *low, high;

    if (!add_constant(parser, node))
        return false;
    high = node->constants[--node->constant_count];
    low = &node->constants[node->constant_count - 1];
    low->high = high.low;
    low->high_bytes = high.low_bytes;
    low->high_size = high.low_size;
    return true;
}

static bool read_set(struct parser *parser, struct where_node *node)
{
    if (!accept(parser, "{", NULL)) {
        wrong(parser, "\"in\" is followed by values in braces");
        return false;
    }
    while (!is(parser, "}")) {
        if (!add_constant(parser, node))
            return false;
        if (accept(parser, "..", NULL) && !add_high(parser, node))
            return false;
        (void)accept(parser, ",", NULL);
    }
    next_token(parser, false);
    return true;
}

static bool read_regex(struct parser *parser, struct where_node *node)
{
    char why[256];
    int error;

    if (parser->token != TOKEN_QUOTED && parser->token != TOKEN_WORD) {
        wrong(parser, "a regular expression is missing here");
        return false;
    }
    if (parser->token == TOKEN_WORD) {
        memcpy(parser->unquoted, parser->word, parser->size);
        parser->unquoted[parser->size] = '\0';
    }
    error = regcomp(&node->regex, parser->unquoted, REG_EXTENDED | REG_ICASE | REG_NOSUB);
    if (error != 0) {
        regerror(error, &node->regex, why, sizeof why);
        wrong(parser, "the regular expression is wrong: %s", why);
        return false;
    }
    node->has_regex = true;
    next_token(parser, false);
    return true;
}

static bool comparison(const struct parser *parser, enum where_op *op)
{
    static const struct {
        const char *sign, *word;
        enum where_op op;
    } all[] = {
        { "==", "eq", WHERE_EQ },
        { "!=", "ne", WHERE_NE },
        { ">", "gt", WHERE_GT },
        { "<", "lt", WHERE_LT },
        { ">=", "ge", WHERE_GE },
        { "<=", "le", WHERE_LE },
        { "contains", "contains", WHERE_CONTAINS },
        { "~", "matches", WHERE_MATCHES },
        { "&", "bitand", WHERE_MASK },
        { "in", "in", WHERE_IN },
    };
    size_t i;

    for (i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (is(parser, all[i].sign) || is(parser, all[i].word)) {
            *op = all[i].op;
            return true;
        }
    }
    return false;
}

/* Whether the operator makes sense for the field. */
static bool suits(struct parser *parser, const struct where_node *node)
{
    bool number = node->kind == WHERE_NUMBER || node->kind == WHERE_SIGNED;

    if (number && (node->op == WHERE_CONTAINS || node->op == WHERE_MATCHES)) {
        wrong(parser, "%s is a number, and this operator is for text and bytes",
              node->ref.field->path);
        return false;
    }
    if (!number && node->op == WHERE_MASK) {
        wrong(parser, "%s is no number, and & is for numbers", node->ref.field->path);
        return false;
    }
    return true;
}

/* What the token names: a field, or a protocol. */
static bool find_name(struct parser *parser, struct where_node *node)
{
    node->ref = pfg_field_find(parser->word, parser->size);
    if (node->ref.field != NULL) {
        node->value_field =
            node->ref.field->bit != NULL ? node->ref.field->parent : node->ref.field;
        node->proto = node->ref.field->proto;
        node->kind = capture_where_kind(&node->ref);
        return true;
    }
    node->proto = pfg_proto_find(parser->word, parser->size);
    if (node->proto != NULL)
        return true;
    wrong(parser, "there is no such field; the nearest is %s",
          pfg_field_nearest(parser->word, parser->size));
    return false;
}

static int32_t read_test(struct parser *parser)
{
    int32_t place = add_node(parser, WHERE_EXISTS, -1, -1);
    struct where_node *node;
    enum where_op op;
    bool good;

    if (place < 0)
        return -1;
    node = &parser->where->nodes[place];
    if (parser->token != TOKEN_WORD)
        return wrong(parser, "the name of a field or protocol is missing here");
    if (!find_name(parser, node))
        return -1;
    if (node->ref.field == NULL)
        node->op = WHERE_PROTOCOL;
    next_token(parser, false);
    if (!comparison(parser, &op))
        return place;
    if (node->ref.field == NULL)
        return wrong(parser, "a protocol is there or not; it has no value to compare");
    node->op = op;
    if (!suits(parser, node))
        return -1;
    next_token(parser, op == WHERE_MATCHES);
    if (op == WHERE_IN)
        good = read_set(parser, node);
    else if (op == WHERE_MATCHES)
        good = read_regex(parser, node);
    else
        good = add_constant(parser, node);
    return good ? place : -1;
}

static int32_t read_or(struct parser *parser, unsigned depth);

static int32_t read_not(struct parser *parser, unsigned depth)
{
    int32_t inner;

    if (depth > DEPTH_MAX)
        return wrong(parser, "too many brackets within each other");
    if (accept(parser, "!", "not")) {
        inner = read_not(parser, depth + 1);
        return inner < 0 ? -1 : add_node(parser, WHERE_NOT, inner, -1);
    }
    if (!accept(parser, "(", NULL))
        return read_test(parser);
    inner = read_or(parser, depth + 1);
    if (inner >= 0 && !accept(parser, ")", NULL))
        return wrong(parser, "a closing bracket is missing here");
    return inner;
}

static int32_t read_and(struct parser *parser, unsigned depth)
{
    int32_t left = read_not(parser, depth);

    while (left >= 0 && accept(parser, "&&", "and")) {
        int32_t right = read_not(parser, depth);

        left = right < 0 ? -1 : add_node(parser, WHERE_AND, left, right);
    }
    return left;
}

static int32_t read_or(struct parser *parser, unsigned depth)
{
    int32_t left = read_and(parser, depth);

    while (left >= 0 && accept(parser, "||", "or")) {
        int32_t right = read_and(parser, depth);

        left = right < 0 ? -1 : add_node(parser, WHERE_OR, left, right);
    }
    return left;
}

struct capture_where *capture_where_new(const char *text, char *why, size_t room)
{
    struct parser parser = { .text = text, .at = text, .why = why, .room = room };

    parser.where = calloc(1, sizeof *parser.where);
    parser.unquoted = malloc(strlen(text) + 1);
    if (parser.where == NULL || parser.unquoted == NULL ||
        pfg_out_init(&parser.where->scratch, 4096, NULL, NULL) != 0) {
        snprintf(why, room, "--where: out of memory");
        free(parser.unquoted);
        free(parser.where);
        return NULL;
    }
    next_token(&parser, false);
    parser.where->root = read_or(&parser, 0);
    if (parser.where->root >= 0 && parser.token != TOKEN_END)
        wrong(&parser, "this does not belong here; \"and\" or \"or\" joins two tests");
    free(parser.unquoted);
    if (!parser.failed)
        return parser.where;
    capture_where_free(parser.where);
    return NULL;
}
