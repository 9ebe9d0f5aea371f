/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "peer/answer.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "common/clock.h"

void peer_answer_uint(struct peer_answer *answer, enum pfg_known field, uint64_t number)
{
    answer->sets[answer->count++] = (struct pfg_set){
        .field = pfg_known(field),
        .how = PFG_SET_UINT,
        .number = number,
    };
}

void peer_answer_bytes(struct peer_answer *answer, enum pfg_known field, const void *bytes,
                       size_t size)
{
    answer->sets[answer->count++] = (struct pfg_set){
        .field = pfg_known(field),
        .how = PFG_SET_BYTES,
        .text = size == 0 ? "" : bytes,
        .size = (uint32_t)size,
    };
}

/* The request's bytes of a field; size 0 where it has none. */
static const uint8_t *asked(const struct peer_answer *answer, enum pfg_known field, size_t *size)
{
    const struct pfg_value *value =
        pfg_pdu_find(&answer->talk->decode, answer->request, pfg_known(field));

    *size = value == NULL ? 0 : value->size;
    return value == NULL ? (const uint8_t *)"" : pfg_value_bytes(answer->request, value);
}

/* Gives a field of the request back as it came. */
static void give_back(struct peer_answer *answer, enum pfg_known field)
{
    size_t size;
    const uint8_t *bytes = asked(answer, field, &size);

    peer_answer_bytes(answer, field, bytes, size);
}

static enum pfg_known_value answer_echo(struct peer_answer *answer)
{
    give_back(answer, PFG_KNOWN_ECHO_DATA);
    return PEER_NO_ERROR;
}

/* The clock, the same instant as ctime(3) prints it, and the request's bytes. */
static enum pfg_known_value answer_time(struct peer_answer *answer)
{
    uint64_t now_ns = pfg_clock_wall_ns();
    time_t seconds = (time_t)(now_ns / PFG_NS_PER_S);

    _Static_assert(sizeof answer->text >= 26, "room for what ctime_r writes");
    if (ctime_r(&seconds, answer->text) == NULL)
        answer->text[0] = '\0';
    answer->text[strcspn(answer->text, "\n")] = '\0';
    peer_answer_uint(answer, PFG_KNOWN_TIME_CLOCK, now_ns);
    peer_answer_bytes(answer, PFG_KNOWN_TIME_TEXT, answer->text, strlen(answer->text));
    give_back(answer, PFG_KNOWN_TIME_DATA);
    return PEER_NO_ERROR;
}

/* What the command kind does. Each writes what it says into answer->text; nothing here reads or
 * writes files, starts programs or changes the server. */
static void command_ping(struct peer_answer *answer)
{
    (void)answer; /* the definition's own text says it: ok */
}

static void command_whoami(struct peer_answer *answer)
{
    snprintf(answer->text, sizeof answer->text, "%s", answer->talk->name);
}

static void command_uptime(struct peer_answer *answer)
{
    uint64_t up_ns = pfg_clock_ns() - answer->talk->started_ns;

    snprintf(answer->text, sizeof answer->text, "%llu s",
             (unsigned long long)(up_ns / PFG_NS_PER_S));
}

static void command_counts(struct peer_answer *answer)
{
    const struct peer_counts *counts = &answer->talk->counts;

    snprintf(answer->text, sizeof answer->text, "requests %llu, replies %llu, errors %llu",
             (unsigned long long)counts->requests, (unsigned long long)counts->replies,
             (unsigned long long)counts->errors);
}

static void command_help(struct peer_answer *answer);

static const struct {
    const char *word;
    void (*run)(struct peer_answer *answer);
} commands[] = {
    { "ping", command_ping },     { "whoami", command_whoami }, { "uptime", command_uptime },
    { "counts", command_counts }, { "help", command_help },
};

/* All words, with blanks between them. */
static void command_help(struct peer_answer *answer)
{
    size_t at = 0;

    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        at += (size_t)snprintf(answer->text + at, sizeof answer->text - at, "%s%s",
                               i == 0 ? "" : " ", commands[i].word);
    }
}

static enum pfg_known_value answer_command(struct peer_answer *answer)
{
    enum { STATUS_DONE = 0, STATUS_UNKNOWN = 1 };
    size_t size;
    const uint8_t *text = asked(answer, PFG_KNOWN_COMMAND_TEXT, &size);

    while (size > 0 && (text[size - 1] == '\n' || text[size - 1] == ' '))
        size--;
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        if (strlen(commands[i].word) != size || memcmp(commands[i].word, text, size) != 0)
            continue;
        answer->text[0] = '\0';
        commands[i].run(answer);
        peer_answer_uint(answer, PFG_KNOWN_COMMAND_STATUS, STATUS_DONE);
        if (answer->text[0] != '\0')
            peer_answer_bytes(answer, PFG_KNOWN_COMMAND_TEXT, answer->text, strlen(answer->text));
        return PEER_NO_ERROR;
    }
    snprintf(answer->text, sizeof answer->text, "no such command; try: help");
    peer_answer_uint(answer, PFG_KNOWN_COMMAND_STATUS, STATUS_UNKNOWN);
    peer_answer_bytes(answer, PFG_KNOWN_COMMAND_TEXT, answer->text, strlen(answer->text));
    return PEER_NO_ERROR;
}

/* Whether the service asked for is any, or the one offered here. */
static bool is_offered(const struct peer_talk *talk, const uint8_t *service, size_t size)
{
    if (size == 1 && service[0] == '*')
        return true;
    return size == strlen(talk->service) && memcmp(service, talk->service, size) == 0;
}

static enum pfg_known_value answer_discover(struct peer_answer *answer)
{
    const struct peer_talk *talk = answer->talk;
    size_t size;
    const uint8_t *service = asked(answer, PFG_KNOWN_DISCOVER_SERVICE, &size);

    if (!is_offered(talk, service, size)) {
        answer->silent = answer->place->silent;
        return PFG_VALUE_REFUSED;
    }
    peer_answer_uint(answer, PFG_KNOWN_DISCOVER_ADDRESS, answer->place->address);
    peer_answer_uint(answer, PFG_KNOWN_DISCOVER_PORT, answer->place->port);
    peer_answer_bytes(answer, PFG_KNOWN_DISCOVER_SERVICE, talk->service, strlen(talk->service));
    peer_answer_bytes(answer, PFG_KNOWN_DISCOVER_NAME, talk->name, strlen(talk->name));
    return PEER_NO_ERROR;
}

static enum pfg_known_value answer_record(struct peer_answer *answer)
{
    give_back(answer, PFG_KNOWN_RECORD_FORMAT);
    give_back(answer, PFG_KNOWN_RECORD_VALUES);
    return PEER_NO_ERROR;
}

static enum pfg_known_value answer_bye(struct peer_answer *answer)
{
    answer->bye = true;
    return PEER_NO_ERROR;
}

static const struct {
    enum pfg_known_value kind;
    enum pfg_known_value (*answer)(struct peer_answer *answer);
} kinds[] = {
    { PFG_VALUE_ECHO, answer_echo },       { PFG_VALUE_TIME, answer_time },
    { PFG_VALUE_COMMAND, answer_command }, { PFG_VALUE_DISCOVER, answer_discover },
    { PFG_VALUE_RECORD, answer_record },   { PFG_VALUE_BYE, answer_bye },
};

enum pfg_known_value peer_answer_body(struct peer_answer *answer, uint64_t type)
{
    if (pfg_name_find(pfg_known(PFG_KNOWN_TYPE)->names, type) == NULL)
        return PFG_VALUE_UNKNOWN_TYPE;
    if (type < 64 && (answer->talk->refused >> type & 1) != 0)
        return PFG_VALUE_REFUSED;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (pfg_known_value(kinds[i].kind) == type)
            return kinds[i].answer(answer);
    }
    return PFG_VALUE_REFUSED; /* a kind that was added to the definition and not yet here */
}

void peer_answer_error(struct peer_answer *answer, enum pfg_known_value error, const char *detail)
{
    uint64_t code = pfg_known_value(error);
    const struct pfg_name *name = pfg_name_find(pfg_known(PFG_KNOWN_ERROR_CODE)->names, code);

    snprintf(answer->text, sizeof answer->text, "%s%s%s", name == NULL ? "" : name->doc,
             detail == NULL ? "" : " ", detail == NULL ? "" : detail);
    peer_answer_uint(answer, PFG_KNOWN_ERROR_CODE, code);
    peer_answer_bytes(answer, PFG_KNOWN_ERROR_TEXT, answer->text, strlen(answer->text));
}
