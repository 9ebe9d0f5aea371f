/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * where_inside.h - an expression while it is read: its words (where_words.c), operands
 * (where_name.c), regular expressions (where_regex.c), what goes together (where_fits.c), tests and
 * what joins them (where_parse.c). Only these include this file.
 */
#ifndef PFG_CAPTURE_WHERE_INSIDE_H
#define PFG_CAPTURE_WHERE_INSIDE_H

#include "capture/where.h"

enum where_token {
    WHERE_TOKEN_END,
    WHERE_TOKEN_WORD,
    WHERE_TOKEN_QUOTED,
    WHERE_TOKEN_SIGN, /* an operator or a bracket */
};

struct where_parser {
    struct capture_where *where;
    const char *text, *at;
    enum where_token token;
    const char *word; /* of the token, in text; of a quoted one, in unquoted */
    size_t size;
    const char *begin; /* where the token begins in text */
    char *unquoted;
    char *why;
    size_t room;
    bool failed;
};

/* Says what is wrong and points at the token; the first fault stays. Returns -1. */
int32_t where_wrong(struct where_parser *parser, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Reads the next token; raw: a quoted one is a regular expression, with backslashes of its own. */
void where_next(struct where_parser *parser, bool raw);
/* Whether the token is this sign or word. */
bool where_is(const struct where_parser *parser, const char *text);
/* Goes on where the token is the sign or, unless NULL, the word. */
bool where_accept(struct where_parser *parser, const char *sign, const char *word);
/* Takes the text up to the next "]" as one token, which begins at the token at hand. False: there
 * is none. */
bool where_bracket(struct where_parser *parser);

/* Whether the token begins an operand, and not a value: a name or a function. */
bool where_is_operand(const struct where_parser *parser);
/* where_fits.c: whether the operator makes sense for the operand; else that is said. */
bool where_suits(struct where_parser *parser, const struct where_operand *operand,
                 enum where_op op);
/* Whether two operands have values that can be compared. */
bool where_alike(const struct where_operand *left, const struct where_operand *right);
/* Whether a mask can be laid over the operand: over a number, and over slices that fit into one. */
bool where_can_be_masked(const struct where_operand *operand);

/* The token becomes the node's regular expression. False where it is wrong. */
bool where_read_regex(struct where_parser *parser, struct where_node *node);
/* Reads an operand. False where it is wrong. */
bool where_read_operand(struct where_parser *parser, struct where_operand *operand);

#endif
