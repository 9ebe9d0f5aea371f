/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dns_query.c - the question of the command line as a layer; its options, which are the fields of
 * the message's header. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "rawsock/dns.h"
#include "rawsock/fault.h"
#include "rawsock/tables.h"

enum {
    TYPE_PTR = 12,    /* RFC 1035, 3.2.2 */
    TYPE_OPT = 41,    /* RFC 6891, 6.1.1 */
    EDNS_DO = 0x8000, /* RFC 3225, 3: in what is elsewhere the TTL */
    EDNS_SIZE = 1232, /* where --do alone is given; fits every path's MTU */
};

const struct pfg_proto *pfg_dns_proto(void)
{
    return pfg_known(PFG_KNOWN_DNS_ID)->proto;
}

/* ---- Options: --FIELD VALUE ---------------------------------------------------------- */

/* Whether an option can stand for the field: an integer, or flags, of the header. */
static bool is_header_field(const struct pfg_field *field)
{
    return field->row->kind == PFG_UINT || field->row->kind == PFG_FLAGS;
}

/* The field of the header, or the bit of one, that is at index; NULL past the end. */
static const struct pfg_field *header_field(size_t index)
{
    const struct pfg_table *table = &pfg_dns_proto()->table;

    for (uint32_t i = 0; i < table->count; i++) {
        const struct pfg_field *field = &table->fields[i];

        if (!is_header_field(field))
            continue;
        if (index-- == 0)
            return field;
        if (field->row->kind != PFG_FLAGS)
            continue;
        if (index < field->inside.count)
            return &field->inside.fields[index];
        index -= field->inside.count;
    }
    return NULL;
}

static const struct pfg_field *header_field_called(const char *name)
{
    const struct pfg_field *field;

    for (size_t i = 0; (field = header_field(i)); i++)
        if (strcmp(field->name, name) == 0)
            return field;
    return NULL;
}

static enum pfg_taken take_number(struct pfg_config *config, const struct pfg_field *field,
                                  uint64_t number, enum pfg_taken taken, char *why, size_t room)
{
    if (config->header_count == PFG_HEADER_SETS) {
        snprintf(why, room, "is one field too many");
        return PFG_TAKEN_WRONG;
    }
    config->header[config->header_count].field = field;
    config->header[config->header_count++].number = number;
    return taken;
}

/* One bit is set by --NAME and cleared by --no-NAME; all else has a value. */
static enum pfg_taken take(const struct pfg_verb *verb, const char *name, const char *value,
                           void *user, char *why, size_t room)
{
    bool no = strncmp(name, "no-", 3) == 0;
    const struct pfg_field *field = header_field_called(no ? name + 3 : name);
    struct pfg_fault fault;
    uint64_t number;

    (void)verb;
    if (!field || (no && !field->boolean))
        return PFG_TAKEN_NOT;
    if (field->boolean)
        return take_number(user, field, !no, PFG_TAKEN_ALONE, why, room);
    if (!value) {
        snprintf(why, room, "a value is missing");
        return PFG_TAKEN_WRONG;
    }
    if (pfg_parse_uint(field, value, strlen(value), &number, &fault) < 0) {
        snprintf(why, room, "%.*s", (int)room - 1, fault.text);
        return PFG_TAKEN_WRONG;
    }
    return take_number(user, field, number, PFG_TAKEN_VALUE, why, room);
}

static bool option_row(const struct pfg_verb *verb, size_t index, struct pfg_option *row)
{
    const struct pfg_field *field = header_field(index);

    (void)verb;
    if (!field)
        return false;
    *row = (struct pfg_option){
        .name = field->name,
        .kind = field->boolean ? PFG_OPT_FLAG : PFG_OPT_STRING,
        .metavar = "VALUE",
        .help = field->bit ? field->bit->doc : field->row->doc,
    };
    return true;
}

const struct pfg_extension pfg_dns_extension = {
    .heading = "Fields of the header (--no-NAME clears a bit)",
    .take = take,
    .row = option_row,
};

/* ---- The question's words ------------------------------------------------------------ */

/* 10.99.0.2 is 2.0.99.10.in-addr.arpa. (RFC 1035, 3.5); IPv6 by nibbles (RFC 3596, 2.5). */
static int reverse(const char *text, char name[80], struct pfg_fault *fault)
{
    static const char digits[] = "0123456789abcdef";
    struct pfg_address address;
    char *at = name;

    if (pfg_address_parse(text, strlen(text), &address) < 0)
        return pfg_fault_set(fault, "-x wants an address, and %s is none", text);
    if (address.family == 4) {
        snprintf(name, 80, "%u.%u.%u.%u.in-addr.arpa", address.bytes[3], address.bytes[2],
                 address.bytes[1], address.bytes[0]);
        return 0;
    }
    for (int i = 15; i >= 0; i--) {
        *at++ = digits[address.bytes[i] & 15];
        *at++ = '.';
        *at++ = digits[address.bytes[i] >> 4];
        *at++ = '.';
    }
    memcpy(at, "ip6.arpa", sizeof "ip6.arpa");
    return 0;
}

static int read_word(struct pfg_question *question, const struct pfg_config *config,
                     const char *word, struct pfg_fault *fault)
{
    uint16_t port = config->port ? config->port : pfg_dns_proto()->def->udp_ports[0];

    if (word[0] == '@') {
        question->has_server = true;
        return pfg_endpoint_parse(word + 1, port, false, &question->server, fault);
    }
    if (!question->name)
        question->name = word;
    else if (!question->type)
        question->type = word;
    else
        return pfg_fault_set(fault, "one word too many: %s; NAME [TYPE] @SERVER is asked", word);
    return 0;
}

int pfg_question_read(struct pfg_question *question, const struct pfg_config *config,
                      char *const *words, size_t count, struct pfg_fault *fault)
{
    memset(question, 0, sizeof *question);
    if (config->reverse) {
        if (reverse(config->reverse, question->reversed, fault) < 0)
            return -1;
        question->name = question->reversed;
    }
    for (size_t i = 0; i < count; i++)
        if (read_word(question, config, words[i], fault) < 0)
            return -1;
    if (!question->name)
        return pfg_fault_set(fault, "which name? say NAME [TYPE] @SERVER");
    if (!question->has_server && !config->file)
        return pfg_fault_set(fault, "which server? say @ADDRESS or @ADDRESS#PORT");
    return 0;
}

/* ---- The query as a layer ------------------------------------------------------------ */

/* The field of a table that is called as another one. */
static const struct pfg_field *namesake(const struct pfg_table *table,
                                        const struct pfg_field *field)
{
    for (uint32_t i = 0; i < table->count; i++)
        if (strcmp(table->fields[i].name, field->name) == 0)
            return &table->fields[i];
    return NULL;
}

/* TYPE65 and CLASS1 (RFC 3597, 5) as numbers, anything else as the tables read it. */
static int put_mnemonic(struct pfg_stack *stack, size_t layer, const struct pfg_field *field,
                        const char *generic, const char *text, struct pfg_fault *fault)
{
    size_t size = strlen(generic);
    bool numbered = strncasecmp(text, generic, size) == 0 && text[size] >= '0' && text[size] <= '9';

    return pfg_stack_text(stack, layer, field, numbered ? text + size : text, fault);
}

/* The OPT record stands in the additional section, the last of the message (RFC 6891, 6.1). */
static int put_edns(const struct pfg_config *config, struct pfg_stack *stack, size_t layer,
                    struct pfg_fault *fault)
{
    const struct pfg_table *message = &pfg_dns_proto()->table;
    const struct pfg_field *section = NULL, *type, *class, *ttl;
    const struct pfg_table *record;

    for (uint32_t i = 0; i < message->count; i++)
        if (message->fields[i].row->kind == PFG_ARRAY)
            section = &message->fields[i];
    if (!section)
        return pfg_fault_set(fault, "the tables have no section for additional records");
    record = pfg_table_element(section);
    type = namesake(record, pfg_known(PFG_KNOWN_DNS_RR_TYPE));
    class = namesake(record, pfg_known(PFG_KNOWN_DNS_QRY_CLASS));
    ttl = namesake(record, pfg_known(PFG_KNOWN_DNS_RR_TTL));
    if (!type || !class || !ttl)
        return pfg_fault_set(fault, "the tables have no whole record");
    return pfg_stack_element(stack, layer, section, 0, type, TYPE_OPT, fault) ||
           pfg_stack_element(stack, layer, section, 0, class,
                             config->edns_size ? config->edns_size : EDNS_SIZE, fault) ||
           pfg_stack_element(stack, layer, section, 0, ttl, config->dnssec ? EDNS_DO : 0, fault);
}

int pfg_question_put(const struct pfg_question *question, const struct pfg_config *config,
                     struct pfg_stack *stack, struct pfg_fault *fault)
{
    size_t layer = stack->count;
    const struct pfg_field *type = pfg_known(PFG_KNOWN_DNS_QRY_TYPE);

    if (pfg_stack_insert(stack, layer, pfg_dns_proto(), fault) < 0 ||
        pfg_stack_text(stack, layer, pfg_known(PFG_KNOWN_DNS_QRY_NAME), question->name, fault) < 0)
        return -1;
    if (question->type && put_mnemonic(stack, layer, type, "TYPE", question->type, fault) < 0)
        return -1;
    if (!question->type && config->reverse &&
        pfg_stack_uint(stack, layer, type, TYPE_PTR, fault) < 0)
        return -1;
    if (config->dns_class && put_mnemonic(stack, layer, pfg_known(PFG_KNOWN_DNS_QRY_CLASS), "CLASS",
                                          config->dns_class, fault) < 0)
        return -1;
    for (size_t i = 0; i < config->header_count; i++)
        if (pfg_stack_uint(stack, layer, config->header[i].field, config->header[i].number, fault) <
            0)
            return -1;
    if (config->edns_size || config->dnssec)
        return put_edns(config, stack, layer, fault);
    return 0;
}
