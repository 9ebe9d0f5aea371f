/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list that values are decoded into, and looking values up in it. */
#include <stdlib.h>
#include <string.h>

#include "proto/run.h"

enum { VALUES_FIRST = 1024, PDUS_FIRST = 64 };

static const char *const problem_names[PFG_PROBLEM_COUNT] = {
    [PFG_PROBLEM_TRUNCATED] = "truncated",
    [PFG_PROBLEM_BAD_CHECKSUM] = "bad_checksum",
    [PFG_PROBLEM_UNKNOWN_TYPE] = "unknown_type",
    [PFG_PROBLEM_RESERVED_BITS] = "reserved_bits",
    [PFG_PROBLEM_TRAILING_BYTES] = "trailing_bytes",
    [PFG_PROBLEM_BAD_LENGTH] = "bad_length",
    [PFG_PROBLEM_BAD_UTF8] = "bad_utf8",
    [PFG_PROBLEM_POINTER_LOOP] = "pointer_loop",
    [PFG_PROBLEM_BAD_LABEL] = "bad_label",
    [PFG_PROBLEM_BAD_COUNT] = "bad_count",
    [PFG_PROBLEM_BAD_CONSTANT] = "bad_constant",
    [PFG_PROBLEM_BAD_FORMAT] = "bad_format",
    [PFG_PROBLEM_BAD_RDATA] = "bad_rdata",
    [PFG_PROBLEM_TOO_MANY] = "too_many",
    [PFG_PROBLEM_NOT_JOINED] = "not_joined",
};

const char *pfg_problem_name(enum pfg_problem problem)
{
    return problem < PFG_PROBLEM_COUNT ? problem_names[problem] : NULL;
}

int pfg_decode_init(struct pfg_decode *decode)
{
    memset(decode, 0, sizeof *decode);
    decode->values = malloc(VALUES_FIRST * sizeof *decode->values);
    decode->pdus = malloc(PDUS_FIRST * sizeof *decode->pdus);
    if (!decode->values || !decode->pdus) {
        pfg_decode_free(decode);
        return -1;
    }
    decode->room = VALUES_FIRST;
    decode->pdu_room = PDUS_FIRST;
    return 0;
}

void pfg_decode_free(struct pfg_decode *decode)
{
    free(decode->values);
    free(decode->pdus);
    pfg_decode_drop_joined(decode);
    memset(decode, 0, sizeof *decode);
}

const struct pfg_value *pfg_pdu_next(const struct pfg_decode *decode, const struct pfg_pdu *pdu,
                                     const struct pfg_field *field, const struct pfg_value *value)
{
    const struct pfg_value *end = decode->values + pdu->first + pdu->count;
    const struct pfg_value *v = value ? value + 1 : decode->values + pdu->first;

    for (; v < end; v++)
        if (v->field->id == field->id)
            return v;
    return NULL;
}

const struct pfg_value *pfg_pdu_search(const struct pfg_decode *decode, const struct pfg_pdu *pdu,
                                       const struct pfg_field *field)
{
    const struct pfg_value *values = decode->values + pdu->first;
    uint32_t place = field->place - (pdu->head ? pdu->head->count : 0u); /* may wrap: no place */

    return place < pdu->count && values[place].field == field
               ? &values[place]
               : pfg_pdu_next(decode, pdu, field, NULL);
}
