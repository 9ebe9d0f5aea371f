/* SPDX-License-Identifier: GPL-2.0-or-later */
/* own.c - names, and the values of a message that has been decoded and looked at. */
#include "capture/own.h"

#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "proto/also.h"
#include "proto/nearest.h"

/* ---- Names -------------------------------------------------------------------------------- */

/* Of each protocol: these, and one for each problem. */
static const struct {
    const char *name;
    enum capture_own_kind kind;
} plain[] = {
    { "problems", CAPTURE_OWN_PROBLEMS },
    { "response_to", CAPTURE_OWN_RESPONSE_TO },
    { "response_time", CAPTURE_OWN_RESPONSE_TIME },
};
enum { PLAIN_COUNT = sizeof plain / sizeof plain[0], OF_EACH = PLAIN_COUNT + PFG_PROBLEM_COUNT };
static const char problem[] = "problem.";

static bool is(const char *text, size_t size, const char *name)
{
    return strlen(name) == size && memcmp(text, name, size) == 0;
}

/* The problem of a name; PFG_PROBLEM_COUNT: there is none. */
static unsigned find_problem(const char *name, size_t size)
{
    unsigned i = 0;

    while (i < PFG_PROBLEM_COUNT && !is(name, size, pfg_problem_name((enum pfg_problem)i)))
        i++;
    return i;
}

struct capture_own capture_own_find(const char *name, size_t size)
{
    const char *dot = memchr(name, '.', size), *rest;
    struct capture_own own = { .problems = UINT32_MAX }, none = { 0 };
    size_t i, left;

    if (dot == NULL)
        return none;
    rest = dot + 1;
    left = size - (size_t)(rest - name);
    own.proto = pfg_also_proto(name, (size_t)(dot - name));
    for (i = 0; i < PLAIN_COUNT; i++) {
        if (is(rest, left, plain[i].name))
            own.kind = plain[i].kind;
    }
    if (left > strlen(problem) && memcmp(rest, problem, strlen(problem)) == 0) {
        unsigned found = find_problem(rest + strlen(problem), left - strlen(problem));

        own.kind = found < PFG_PROBLEM_COUNT ? CAPTURE_OWN_PROBLEM : CAPTURE_OWN_NONE;
        own.problems = UINT32_C(1) << found;
    }
    return own.proto == NULL || own.kind == CAPTURE_OWN_NONE ? none : own;
}

const char *capture_own_at(size_t index)
{
    static char name[256];
    const struct pfg_proto *proto = pfg_proto_at(index / OF_EACH);
    size_t which = index % OF_EACH;

    if (proto == NULL)
        return NULL;
    if (which < PLAIN_COUNT)
        snprintf(name, sizeof name, "%s.%s", proto->def->name, plain[which].name);
    else
        snprintf(name, sizeof name, "%s.%s%s", proto->def->name, problem,
                 pfg_problem_name((enum pfg_problem)(which - PLAIN_COUNT)));
    return name;
}

const char *capture_own_nearest(const char *name, size_t size)
{
    struct pfg_nearest nearest = pfg_nearest_to(name, size);
    const char *dot = memchr(name, '.', size);
    const struct pfg_proto *proto = dot == NULL ? NULL : pfg_also_proto(name, (size_t)(dot - name));
    unsigned best = UINT32_MAX;
    size_t i, found = 0;

    for (i = 0; proto != NULL && i < OF_EACH; i++) {
        nearest.name = NULL; /* the names are not kept */
        pfg_nearest_offer(&nearest, capture_own_at(proto->index * (size_t)OF_EACH + i));
        if (nearest.name != NULL && nearest.distance < best) {
            best = nearest.distance;
            found = i;
        }
    }
    return best == UINT32_MAX ? NULL : capture_own_at(proto->index * (size_t)OF_EACH + found);
}

/* ---- Values ------------------------------------------------------------------------------- */

uint32_t capture_own_values(const struct capture_own *own, const struct pfg_pdu *pdu)
{
    switch (own->kind) {
    case CAPTURE_OWN_PROBLEMS:
    case CAPTURE_OWN_PROBLEM:
        return pdu->problems & own->problems;
    case CAPTURE_OWN_RESPONSE_TO:
    case CAPTURE_OWN_RESPONSE_TIME:
        return pdu->response_to != PFG_NO_RESPONSE;
    case CAPTURE_OWN_NONE:
        break;
    }
    return 0;
}

uint64_t capture_own_number(const struct capture_own *own, const struct pfg_pdu *pdu)
{
    return own->kind == CAPTURE_OWN_RESPONSE_TIME ? pdu->response_ns : pdu->response_to;
}

void capture_own_put(struct pfg_out *out, const struct capture_own *own, const struct pfg_pdu *pdu,
                     uint32_t value)
{
    switch (own->kind) {
    case CAPTURE_OWN_PROBLEMS:
        pfg_out_string(out, pfg_problem_name((enum pfg_problem)__builtin_ctz(value)));
        break;
    case CAPTURE_OWN_PROBLEM: /* as tshark has it */
        pfg_out_char(out, '1');
        break;
    case CAPTURE_OWN_RESPONSE_TO:
        pfg_out_uint(out, pdu->response_to);
        break;
    case CAPTURE_OWN_RESPONSE_TIME:
        pfg_out_uint(out, pdu->response_ns / PFG_NS_PER_S);
        pfg_out_char(out, '.');
        pfg_out_digits(out, pdu->response_ns % PFG_NS_PER_S, 9);
        break;
    case CAPTURE_OWN_NONE:
        break;
    }
}
