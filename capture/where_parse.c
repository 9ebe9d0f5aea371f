/* SPDX-License-Identifier: GPL-2.0-or-later */
/* where_parse.c - words to nodes, by recursive descent. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/where_inside.h"

/* Brackets and negations within each other. */
enum { DEPTH_MAX = 64, CONSTANTS_MAX = 4096 };

/* ---- Nodes ------------------------------------------------------------------------------- */

static int32_t add_node(struct where_parser *parser, enum where_op op, int32_t left, int32_t right)
{
    struct capture_where *where = parser->where;

    if (parser->failed)
        return -1;
    if (where->count == where->room) {
        int32_t room = where->room == 0 ? 16 : where->room * 2;
        struct where_node *nodes = realloc(where->nodes, (size_t)room * sizeof *nodes);

        if (nodes == NULL)
            return where_wrong(parser, "out of memory");
        where->nodes = nodes;
        where->room = room;
    }
    memset(&where->nodes[where->count], 0, sizeof *where->nodes);
    where->nodes[where->count].op = op;
    where->nodes[where->count].left = left;
    where->nodes[where->count].right = right;
    return where->count++;
}

/* The token becomes a constant. */
static bool read_constant(struct where_parser *parser, struct where_node *node)
{
    struct where_constant *constants =
        realloc(node->constants, (node->constant_count + 1) * sizeof *constants);
    struct where_constant *constant;
    char why[400];

    if (constants == NULL || node->constant_count >= CONSTANTS_MAX) {
        where_wrong(parser, constants == NULL ? "out of memory" : "too many values");
        node->constants = constants == NULL ? node->constants : constants;
        return false;
    }
    node->constants = constants;
    constant = &constants[node->constant_count++];
    memset(constant, 0, sizeof *constant);
    if (parser->token != WHERE_TOKEN_WORD && parser->token != WHERE_TOKEN_QUOTED) {
        where_wrong(parser, "a value is missing here");
        return false;
    }
    if (!capture_where_constant(node, parser->word, parser->size,
                                parser->token == WHERE_TOKEN_QUOTED, constant, why, sizeof why)) {
        where_wrong(parser, "%s", why);
        return false;
    }
    constant->high = constant->low;
    return true;
}

static bool add_constant(struct where_parser *parser, struct where_node *node)
{
    if (!read_constant(parser, node))
        return false;
    where_next(parser, false);
    return true;
}

/* The end of a range becomes the high side of the constant before it. */
static bool add_high(struct where_parser *parser, struct where_node *node)
{
    struct where_constant *low, high;

    if (!read_constant(parser, node))
        return false;
    high = node->constants[--node->constant_count];
    low = &node->constants[node->constant_count - 1];
    low->high = high.low;
    low->high_bytes = high.low_bytes;
    low->high_size = high.low_size;
    if (capture_where_is_backwards(node->operand.kind, low)) {
        where_wrong(parser, "the range ends before it begins, and nothing is in it");
        return false;
    }
    where_next(parser, false);
    return true;
}

static bool read_set(struct where_parser *parser, struct where_node *node)
{
    if (!where_accept(parser, "{", NULL)) {
        where_wrong(parser, "\"in\" is followed by values in braces");
        return false;
    }
    do {
        if (!add_constant(parser, node))
            return false;
        if (where_accept(parser, "..", NULL) && !add_high(parser, node))
            return false;
        (void)where_accept(parser, ",", NULL);
    } while (!where_is(parser, "}"));
    where_next(parser, false);
    return true;
}

/* ---- Tests ------------------------------------------------------------------------------- */

struct comparison {
    const char *sign, *word;
    enum where_op op;
    bool all; /* without "any" or "all" before it, every value has to pass */
};

static const struct comparison *find_comparison(const struct where_parser *parser)
{
    static const struct comparison all[] = {
        { "==", "eq", WHERE_EQ, false },          { "==", "any_eq", WHERE_EQ, false },
        { "===", "all_eq", WHERE_EQ, true },      { "!=", "ne", WHERE_NE, true },
        { "!=", "all_ne", WHERE_NE, true },       { "!==", "any_ne", WHERE_NE, false },
        { "~=", "any_ne", WHERE_NE, false },      { ">", "gt", WHERE_GT, false },
        { "<", "lt", WHERE_LT, false },           { ">=", "ge", WHERE_GE, false },
        { "<=", "le", WHERE_LE, false },          { "contains", "contains", WHERE_CONTAINS, false },
        { "~", "matches", WHERE_MATCHES, false }, { "in", "in", WHERE_IN, false },
    };
    size_t i;

    for (i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (where_is(parser, all[i].sign) || where_is(parser, all[i].word))
            return &all[i];
    }
    return NULL;
}

/* Whether the token is a value of the operand, though a protocol may be called the same. */
static bool is_value(const struct where_parser *parser, const struct where_operand *operand)
{
    const struct pfg_names *names =
        operand->refs.count > 0 && operand->function == WHERE_VALUE && operand->slice_count == 0
            ? operand->refs.refs[0].field->names
            : NULL;
    uint64_t value;

    return pfg_name_value(names, parser->word, parser->size, &value);
}

/* The operand on the right side. */
static bool read_other(struct where_parser *parser, struct where_node *node)
{
    node->other = calloc(1, sizeof *node->other);
    if (node->other == NULL) {
        where_wrong(parser, "out of memory");
        return false;
    }
    if (!where_read_operand(parser, node->other))
        return false;
    if (!where_alike(&node->operand, node->other)) {
        where_wrong(parser, "the two sides before this cannot be compared with each other");
        return false;
    }
    return true;
}

/* & MASK */
static bool read_mask(struct where_parser *parser, struct where_node *node)
{
    if (!where_can_be_masked(&node->operand)) {
        where_wrong(parser, "& is for numbers, and for slices of at most 8 bytes");
        return false;
    }
    where_next(parser, false);
    node->operand.kind = node->operand.slice_count > 0 ? WHERE_NUMBER : node->operand.kind;
    if (!add_constant(parser, node))
        return false;
    node->operand.masked = true;
    node->operand.mask = node->constants[0].low;
    node->constant_count = 0; /* a number owns nothing */
    node->op = WHERE_SET;
    return true;
}

/* What stands behind the operand, from the operator on. */
static bool read_comparison(struct where_parser *parser, struct where_node *node, int quantifier)
{
    const struct comparison *comparison = find_comparison(parser);

    if (!where_suits(parser, &node->operand, comparison->op))
        return false;
    node->op = comparison->op;
    node->all = quantifier < 0 ? comparison->all : quantifier > 0;
    where_next(parser, node->op == WHERE_MATCHES);
    if (node->op == WHERE_IN)
        return read_set(parser, node);
    if (node->op == WHERE_MATCHES)
        return where_read_regex(parser, node);
    return where_is_operand(parser) && !is_value(parser, &node->operand)
               ? read_other(parser, node)
               : add_constant(parser, node);
}

/* "any" or "all" before an operand: 0, 1; -1 neither. */
static int read_quantifier(struct where_parser *parser)
{
    int quantifier = where_is(parser, "any") ? 0 : where_is(parser, "all") ? 1 : -1;

    if (quantifier >= 0)
        where_next(parser, false);
    return quantifier;
}

static int32_t read_test(struct where_parser *parser)
{
    int32_t place = add_node(parser, WHERE_EXISTS, -1, -1);
    int quantifier = read_quantifier(parser);
    bool braced = where_accept(parser, "{", NULL);
    struct where_node *node;
    bool negated;

    if (place < 0)
        return -1;
    node = &parser->where->nodes[place];
    if (!where_read_operand(parser, &node->operand))
        return -1;
    if ((where_is(parser, "&") || where_is(parser, "bitand") || where_is(parser, "bitwise_and")) &&
        !read_mask(parser, node))
        return -1;
    if (braced && !where_accept(parser, "}", NULL))
        return where_wrong(parser, "a closing brace is missing here");
    negated = where_accept(parser, "not", NULL);
    if (negated && !where_is(parser, "in"))
        return where_wrong(parser, "behind a field, \"not\" is followed by \"in\"");
    if (find_comparison(parser) == NULL)
        return quantifier < 0 ? place : where_wrong(parser, "a comparison is missing here");
    if (!read_comparison(parser, node, quantifier))
        return -1;
    return negated ? add_node(parser, WHERE_NOT, place, -1) : place;
}

/* Behind "exists": a field or protocol alone, in brackets or not. */
static int32_t read_exists(struct where_parser *parser)
{
    int32_t place = add_node(parser, WHERE_EXISTS, -1, -1);
    bool bracketed = where_accept(parser, "(", NULL);

    if (place < 0 || !where_read_operand(parser, &parser->where->nodes[place].operand))
        return -1;
    if (bracketed && !where_accept(parser, ")", NULL))
        return where_wrong(parser, "a closing bracket is missing here");
    return find_comparison(parser) == NULL
               ? place
               : where_wrong(parser, "\"exists\" stands before a field alone");
}

static int32_t read_level(struct where_parser *parser, size_t level, unsigned depth);

/* "(x & 3) == 3": the brackets are around an operand. */
static int32_t read_bracketed(struct where_parser *parser, int32_t inner)
{
    struct where_node *node = &parser->where->nodes[inner];

    if (node->op != WHERE_SET || find_comparison(parser) == NULL)
        return inner;
    return read_comparison(parser, node, -1) ? inner : -1;
}

static int32_t read_not(struct where_parser *parser, unsigned depth)
{
    int32_t inner;

    if (depth > DEPTH_MAX)
        return where_wrong(parser, "too many brackets within each other");
    if (where_accept(parser, "!", "not")) {
        inner = read_not(parser, depth + 1);
        return inner < 0 ? -1 : add_node(parser, WHERE_NOT, inner, -1);
    }
    if (where_accept(parser, "exists", NULL))
        return read_exists(parser);
    if (!where_accept(parser, "(", NULL))
        return read_test(parser);
    inner = read_level(parser, 0, depth + 1);
    if (inner >= 0 && !where_accept(parser, ")", NULL))
        return where_wrong(parser, "a closing bracket is missing here");
    return inner < 0 ? -1 : read_bracketed(parser, inner);
}

/* What joins two expressions, the loosest first. */
static const struct {
    enum where_op op;
    const char *sign, *word;
} levels[] = {
    { WHERE_OR, "||", "or" },
    { WHERE_XOR, "^^", "xor" },
    { WHERE_AND, "&&", "and" },
};

static int32_t read_level(struct where_parser *parser, size_t level, unsigned depth)
{
    int32_t left;

    if (level == sizeof levels / sizeof *levels)
        return read_not(parser, depth);
    left = read_level(parser, level + 1, depth);
    while (left >= 0 && where_accept(parser, levels[level].sign, levels[level].word)) {
        int32_t right = read_level(parser, level + 1, depth);

        left = right < 0 ? -1 : add_node(parser, levels[level].op, left, right);
    }
    return left;
}

static bool open_scratch(struct capture_where *where)
{
    size_t i;

    for (i = 0; i < WHERE_SCRATCH_COUNT; i++) {
        if (pfg_out_init(&where->scratch[i], 4096, NULL, NULL) != 0)
            return false;
    }
    return true;
}

struct capture_where *capture_where_new(const char *text, char *why, size_t room)
{
    struct where_parser parser = { .text = text, .at = text, .why = why, .room = room };

    parser.where = calloc(1, sizeof *parser.where);
    parser.unquoted = malloc(strlen(text) + 1);
    if (parser.where == NULL || parser.unquoted == NULL || !open_scratch(parser.where)) {
        snprintf(why, room, "--where: out of memory");
        free(parser.unquoted);
        capture_where_free(parser.where);
        return NULL;
    }
    where_next(&parser, false);
    parser.where->root = read_level(&parser, 0, 0);
    if (parser.where->root >= 0 && parser.token != WHERE_TOKEN_END)
        where_wrong(&parser, "this does not belong here; \"and\" or \"or\" joins two tests");
    free(parser.unquoted);
    if (!parser.failed)
        return parser.where;
    capture_where_free(parser.where);
    return NULL;
}
