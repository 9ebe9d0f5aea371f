/* SPDX-License-Identifier: GPL-2.0-or-later */
/* where_name.c - what an expression looks at: names, functions, layers, slices, masks. */
#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "capture/where_inside.h"

static const struct {
    const char *name;
    enum where_function function;
} functions[] = {
    { .name = "upper", WHERE_UPPER },   { .name = "lower", WHERE_LOWER },
    { .name = "string", WHERE_STRING }, { .name = "len", WHERE_LEN },
    { .name = "count", WHERE_COUNT },
};
enum { FUNCTION_COUNT = sizeof functions / sizeof functions[0] };

/* The place of the function that the token names before a bracket; FUNCTION_COUNT: none. */
static size_t find_function(const struct where_parser *parser)
{
    const char *at = parser->at;
    size_t i;

    while (isspace((unsigned char)*at))
        at++;
    for (i = 0; i < FUNCTION_COUNT; i++) {
        if (*at == '(' && where_is(parser, functions[i].name))
            return i;
    }
    return FUNCTION_COUNT;
}

bool where_is_operand(const struct where_parser *parser)
{
    if (parser->token != WHERE_TOKEN_WORD)
        return false;
    if (find_function(parser) < FUNCTION_COUNT ||
        pfg_refs_find(parser->word, parser->size).count > 0 ||
        capture_own_find(parser->word, parser->size).kind != CAPTURE_OWN_NONE)
        return true;
    return *parser->at == '[' && pfg_also_proto(parser->word, parser->size) != NULL;
}

/* What the token names: a field, either of two, or a protocol. */
static bool read_name(struct where_parser *parser, struct where_operand *operand)
{
    const char *nearest;
    uint32_t i;

    if (parser->token != WHERE_TOKEN_WORD) {
        where_wrong(parser, "the name of a field or protocol is missing here");
        return false;
    }
    operand->refs = pfg_refs_find(parser->word, parser->size);
    for (i = 0; i < operand->refs.count; i++) {
        const struct pfg_field *field = operand->refs.refs[i].field;

        operand->value_fields[i] = field->bit != NULL ? field->parent : field;
        operand->proto = field->proto;
    }
    if (operand->refs.count == 0)
        operand->own = capture_own_find(parser->word, parser->size);
    if (operand->own.kind != CAPTURE_OWN_NONE)
        operand->proto = operand->own.proto;
    else if (operand->refs.count == 0)
        operand->proto = pfg_also_proto(parser->word, parser->size);
    operand->kind = capture_where_kind_of(operand);
    if (operand->proto == NULL) {
        nearest = pfg_refs_nearest(parser->word, parser->size);
        if (nearest == NULL)
            nearest = capture_own_nearest(parser->word, parser->size);
        where_wrong(parser, "there is no such field; %s%s",
                    nearest != NULL ? "the nearest is " : "--describe lists them",
                    nearest != NULL ? nearest : "");
        return false;
    }
    where_next(parser, false);
    return true;
}

/* A number of the text up to end; the text goes on behind it. */
static bool read_number(const char **at, const char *end, int32_t *number)
{
    char *after;
    long value;

    if (*at == end || (!isdigit((unsigned char)**at) && **at != '-'))
        return false;
    value = strtol(*at, &after, 10);
    if (after > end || after == *at || !isdigit((unsigned char)after[-1]) ||
        value > INT16_MAX * 2 || value < -INT16_MAX * 2)
        return false;
    *at = after;
    *number = (int32_t)value;
    return true;
}

/* #2 or #[1-2]: which of the layers of its protocol. */
static bool read_layer(struct where_parser *parser, struct where_operand *operand)
{
    bool range = where_accept(parser, "[", NULL);
    const char *at, *end;
    int32_t first = 0, last;
    bool good;

    if (range && !where_bracket(parser))
        return false;
    at = parser->word;
    end = at + parser->size;
    good = parser->token == WHERE_TOKEN_WORD && read_number(&at, end, &first) && first > 0;
    last = first;
    if (good && range && at < end)
        good = *at++ == '-' && read_number(&at, end, &last) && last >= first;
    if (!good || at != end) {
        where_wrong(parser, "a layer is #N from 1, or #[N-M]");
        return false;
    }
    operand->first_layer = (uint32_t)first;
    operand->last_layer = (uint32_t)last;
    where_next(parser, false);
    return !range || where_accept(parser, "]", NULL);
}

/* One of the slices between at and end. */
static bool read_slice(const char *at, const char *end, struct where_slice *slice)
{
    int32_t number = 0;

    *slice = (struct where_slice){ .length = 1 };
    if (at < end && *at != ':' && !read_number(&at, end, &slice->begin))
        return false;
    if (at == end)
        return true;
    if (*at == ':' && at + 1 == end) {
        slice->to_end = true;
        return true;
    }
    if (*at == ':') {
        at++;
        slice->length = read_number(&at, end, &number) && number > 0 ? (uint32_t)number : 0;
        return slice->length > 0 && at == end;
    }
    if (*at++ != '-' || !read_number(&at, end, &number) || number < slice->begin || at != end)
        return false;
    slice->length = (uint32_t)(number - slice->begin) + 1;
    return true;
}

static bool read_slices(struct where_parser *parser, struct where_operand *operand)
{
    const char *at, *end;
    bool good = true;

    if (!where_bracket(parser))
        return false;
    for (at = parser->word; good && at <= parser->word + parser->size; at = end + 1) {
        for (end = at; end < parser->word + parser->size && *end != ',';)
            end++;
        good = end > at && operand->slice_count < WHERE_SLICES_MAX &&
               read_slice(at, end, &operand->slices[operand->slice_count++]);
    }
    if (!good) {
        where_wrong(parser, "a slice is N, N:LENGTH, N-LAST, :LENGTH or N:, at most %d with commas",
                    WHERE_SLICES_MAX);
        return false;
    }
    where_next(parser, false);
    return where_accept(parser, "]", NULL);
}

/* Whether bytes of the operand can be cut out: of numbers that are no addresses there are none. */
static bool has_bytes(const struct where_operand *operand)
{
    if (operand->kind == WHERE_BYTES || operand->kind == WHERE_TEXT)
        return true;
    return operand->refs.count > 0 && operand->refs.refs[0].field->row->kind == PFG_IPV4;
}

/* A name, and what stands right behind it. */
static bool read_plain(struct where_parser *parser, struct where_operand *operand)
{
    if (!read_name(parser, operand))
        return false;
    if (where_accept(parser, "#", NULL) && !read_layer(parser, operand))
        return false;
    if (!where_is(parser, "["))
        return true;
    if (!has_bytes(operand)) {
        where_wrong(parser, "there are slices of bytes and of text, not of numbers");
        return false;
    }
    where_next(parser, false);
    if (!read_slices(parser, operand))
        return false;
    operand->kind = WHERE_BYTES;
    return true;
}

/* Whether the operand is text by itself. */
static bool is_string(const struct where_operand *operand)
{
    const struct pfg_ref *ref = &operand->refs.refs[0];

    if (capture_where_kind_of(operand) == WHERE_TEXT)
        return true;
    return operand->refs.count > 0 && ref->field->bit == NULL &&
           ref->field->row->kind == PFG_STRING;
}

/* Says what is wrong with the operand that begins there, and was read up to the token at hand. */
static void wrong_operand(struct where_parser *parser, const char *begin, const char *what)
{
    parser->at = parser->begin;
    while (parser->at > begin && isspace((unsigned char)parser->at[-1]))
        parser->at--;
    parser->begin = begin;
    where_wrong(parser, "%s", what);
}

/* name(operand) */
static bool read_function(struct where_parser *parser, struct where_operand *operand,
                          enum where_function function)
{
    const char *begin;
    bool counts = function == WHERE_LEN || function == WHERE_COUNT;
    bool cases = function == WHERE_UPPER || function == WHERE_LOWER;

    where_next(parser, false);
    where_next(parser, false);
    begin = parser->begin;
    operand->function = function;
    if (!read_plain(parser, operand))
        return false;
    if (!counts && operand->refs.count == 0 && operand->own.kind == CAPTURE_OWN_NONE)
        wrong_operand(parser, begin, "this function is for fields; a protocol is bytes");
    else if (cases && !is_string(operand))
        wrong_operand(parser, begin, "this function is for text; string() makes text of others");
    else if (function == WHERE_LEN && capture_own_pairs(&operand->own))
        wrong_operand(parser, begin, "this is not in the packet, and has no length");
    else if (!counts && operand->kind == WHERE_THERE)
        wrong_operand(parser, begin, "this is there or not, and has no value");
    if (parser->failed)
        return false;
    operand->kind = counts ? WHERE_NUMBER : operand->slice_count > 0 ? WHERE_BYTES : WHERE_TEXT;
    if (!where_accept(parser, ")", NULL)) {
        where_wrong(parser, "a closing bracket is missing here");
        return false;
    }
    return true;
}

bool where_read_operand(struct where_parser *parser, struct where_operand *operand)
{
    size_t function = parser->token == WHERE_TOKEN_WORD ? find_function(parser) : FUNCTION_COUNT;

    if (function < FUNCTION_COUNT)
        return read_function(parser, operand, functions[function].function);
    return read_plain(parser, operand);
}
