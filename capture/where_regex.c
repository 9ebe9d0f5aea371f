/* SPDX-License-Identifier: GPL-2.0-or-later */
/* where_regex.c - "matches": regular expressions by PCRE2, as Wireshark has them: bytes, whatever
 * they are, and case does not count. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

#include "capture/where_inside.h"

/* An expression may be such that whoever sends the right bytes keeps it busy for hours. It is given
 * up with so much memory, or after so much work: a part of the expression that is tried costs one,
 * and more where there is more that it may have looked through. PCRE2's own limit does not count
 * what one repetition passes over, nor what is compared with what was met before. */
enum { WORK_MAX = 40000000, WORK_BYTES = 256, MEMORY_MAX_KIB = 16384 };

struct where_regex {
    size_t work; /* that is left for this value */
    pcre2_code *code;
    pcre2_match_data *data;
    pcre2_match_context *context;
};

void where_regex_free(struct where_regex *regex)
{
    if (regex == NULL)
        return;
    pcre2_match_context_free(regex->context);
    pcre2_match_data_free(regex->data);
    pcre2_code_free(regex->code);
    free(regex);
}

/* A part of the expression is tried. */
static int on_part(pcre2_callout_block *block, void *user)
{
    struct where_regex *regex = user;
    size_t cost = 1 + block->subject_length / WORK_BYTES;

    if (regex->work < cost)
        return PCRE2_ERROR_CALLOUT;
    regex->work -= cost;
    return 0;
}

/* NULL: why, and at which byte of the pattern; or, with *why 0, memory is out. */
static struct where_regex *compile(const char *pattern, size_t size, int *why, size_t *at)
{
    struct where_regex *regex = calloc(1, sizeof *regex);

    *why = 0;
    if (regex == NULL)
        return NULL;
    regex->code =
        pcre2_compile((PCRE2_SPTR)pattern, size,
                      PCRE2_CASELESS | PCRE2_NEVER_UTF | PCRE2_AUTO_CALLOUT, why, at, NULL);
    if (regex->code == NULL) {
        free(regex);
        return NULL;
    }
    *why = 0;
    (void)pcre2_jit_compile(regex->code, PCRE2_JIT_COMPLETE); /* where it can, it is quicker */
    regex->data = pcre2_match_data_create(1, NULL);
    regex->context = pcre2_match_context_create(NULL);
    if (regex->data == NULL || regex->context == NULL) {
        where_regex_free(regex);
        return NULL;
    }
    (void)pcre2_set_callout(regex->context, on_part, regex);
    (void)pcre2_set_heap_limit(regex->context, MEMORY_MAX_KIB);
    return regex;
}

bool where_read_regex(struct where_parser *parser, struct where_node *node)
{
    PCRE2_UCHAR text[256] = "";
    size_t at = 0;
    int why;

    if (parser->token != WHERE_TOKEN_QUOTED && parser->token != WHERE_TOKEN_WORD) {
        where_wrong(parser, "a regular expression is missing here");
        return false;
    }
    node->regex = compile(parser->word, parser->size, &why, &at);
    if (node->regex == NULL && why == 0) {
        where_wrong(parser, "out of memory");
        return false;
    }
    if (node->regex == NULL) {
        (void)pcre2_get_error_message(why, text, sizeof text);
        where_wrong(parser, "the regular expression is wrong behind %zu of its characters: %s", at,
                    (const char *)text);
        return false;
    }
    where_next(parser, false);
    return true;
}

bool where_regex_matches(struct where_regex *regex, const uint8_t *value, size_t size,
                         bool *given_up)
{
    PCRE2_SPTR subject = size == 0 ? (PCRE2_SPTR) "" : value;
    int result;

    regex->work = WORK_MAX;
    result = pcre2_match(regex->code, subject, size, 0, 0, regex->data, regex->context);

    if (result == PCRE2_ERROR_JIT_STACKLIMIT)
        result =
            pcre2_match(regex->code, subject, size, 0, PCRE2_NO_JIT, regex->data, regex->context);
    if (result < 0 && result != PCRE2_ERROR_NOMATCH)
        *given_up = true;
    return result >= 0;
}
