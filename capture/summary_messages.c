/* SPDX-License-Identifier: GPL-2.0-or-later */
/* summary_messages.c - kinds of messages, what is in DNS messages, and what is wrong. */
#include "capture/summary_inside.h"

#include "proto/render.h"

/* ---- Entries ----------------------------------------------------------------------------- */

/* The entry of a thing that a number stands for. */
static struct capture_tally *find_number(struct capture_summary *summary,
                                         enum capture_section section, struct capture_number number)
{
    return capture_list_find_number(&summary->lists[section], summary->secret, number);
}

static struct capture_tally *add_number(struct capture_summary *summary,
                                        enum capture_section section, struct capture_number number,
                                        const struct pfg_out *text, enum capture_with with)
{
    struct capture_identity key = capture_number_key(summary->secret, number);

    return capture_summary_add(summary, section, &key, text, with);
}

/* Counts a message where nothing is matched with it. */
static void count_plain(struct capture_tally *tally, const struct pfg_pdu *pdu)
{
    if (tally != NULL)
        tally->count[pdu->is_reply ? 1 : 0]++;
}

/* The value of a field as people read it, the number where it has no name. */
static void put_named(struct pfg_out *out, const struct pfg_field *field, uint64_t value)
{
    const struct pfg_name *name = field->names == NULL ? NULL : pfg_name_find(field->names, value);

    if (name != NULL)
        pfg_out_string(out, name->name);
    else
        pfg_out_uint(out, value);
}

/* ---- Kinds ------------------------------------------------------------------------------- */

/* The field that chooses a protocol's body: its kinds of message. NULL none. */
static const struct pfg_field *kind_field(const struct pfg_proto *proto)
{
    if (proto->body == NULL || proto->body->by < 0)
        return NULL;
    return &proto->table.fields[proto->body->by];
}

static bool is_matched(const struct pfg_proto *proto)
{
    return proto->pair_count > 0 || proto->reply.field != NULL;
}

__attribute__((cold, noinline)) static struct capture_tally *
new_kind(struct capture_summary *summary, const struct pfg_proto *proto,
         const struct pfg_field *field, uint64_t value)
{
    struct pfg_out *text = capture_summary_blank(summary);
    enum capture_with with = CAPTURE_WITH_PERCENTILES;
    struct capture_number number = { value, proto->index };
    struct capture_tally *tally;

    pfg_out_string(text, proto->def->name);
    if (field != NULL) {
        pfg_out_char(text, ' ');
        put_named(text, field, value);
        /* Those that no row names may be of any number. */
        if (field->names == NULL || pfg_name_find(field->names, value) == NULL)
            with = CAPTURE_WITH_EXCHANGE;
    }
    if (!is_matched(proto))
        with = CAPTURE_WITH_COUNTS;
    tally = add_number(summary, CAPTURE_KINDS, number, text, with);
    if (tally != NULL && tally->exchange != NULL)
        tally->exchange->optional = field != NULL && proto->reply.field == field;
    return tally;
}

static inline void count_kind(struct capture_summary *summary,
                              const struct capture_dissect *dissect, const struct pfg_pdu *pdu,
                              struct capture_owners *owners)
{
    const struct pfg_field *field = kind_field(pdu->proto);
    uint64_t value = field == NULL ? 0 : pfg_pdu_uint(&dissect->decode, pdu, field, UINT64_MAX);
    struct capture_tally *tally;

    if (value == UINT64_MAX)
        return;
    tally =
        find_number(summary, CAPTURE_KINDS, (struct capture_number){ value, pdu->proto->index });
    if (tally == NULL)
        tally = new_kind(summary, pdu->proto, field, value);
    owners->of[0] = capture_tally_message(tally, pdu);
}

/* ---- DNS --------------------------------------------------------------------------------- */

__attribute__((cold, noinline)) static struct capture_tally *
new_value(struct capture_summary *summary, enum capture_section section,
          const struct pfg_field *field, uint64_t value)
{
    struct pfg_out *text = capture_summary_blank(summary);

    put_named(text, field, value);
    return add_number(summary, section, (struct capture_number){ value, 0 }, text,
                      CAPTURE_WITH_COUNTS);
}

static inline void count_value(struct capture_summary *summary, enum capture_section section,
                               const struct capture_dissect *dissect, const struct pfg_pdu *pdu,
                               const struct pfg_field *field)
{
    uint64_t value = pfg_pdu_uint(&dissect->decode, pdu, field, UINT64_MAX);
    struct capture_tally *tally;

    if (value == UINT64_MAX)
        return;
    tally = find_number(summary, section, (struct capture_number){ value, 0 });
    if (tally == NULL)
        tally = new_value(summary, section, field, value);
    count_plain(tally, pdu);
}

__attribute__((cold, noinline)) static struct capture_tally *
new_name(struct capture_summary *summary, const struct capture_name *name)
{
    struct pfg_out *text = capture_summary_blank(summary);

    pfg_value_plain(text, &name->pdu, &name->value, PFG_ASPECT_VALUE);
    return capture_summary_add(summary, CAPTURE_DNS_NAMES, &name->key, text, CAPTURE_WITH_COUNTS);
}

static void count_name(struct capture_summary *summary, struct capture_name *name)
{
    struct capture_tally *tally = capture_summary_find(summary, CAPTURE_DNS_NAMES, &name->key);

    name->waits = false;
    if (tally == NULL)
        tally = new_name(summary, name);
    if (tally != NULL)
        tally->count[name->way]++;
}

void capture_summary_name(struct capture_summary *summary)
{
    struct capture_name *last = &summary->names[summary->name];

    if (last->waits && !last->copied)
        count_name(summary, last);
}

void capture_summary_names(struct capture_summary *summary)
{
    unsigned at;

    for (at = 0; at < CAPTURE_NAMES; at++) {
        if (summary->names[at].waits)
            count_name(summary, &summary->names[at]);
    }
}

/* Room for a name, behind the last one. */
static inline struct capture_name *next_name(struct capture_summary *summary)
{
    const struct capture_name *last = &summary->names[summary->name];
    struct capture_name *name;

    capture_summary_name(summary);
    if (last->waits)
        capture_list_prefetch_count(&summary->lists[CAPTURE_DNS_NAMES], &last->key);
    summary->name = (summary->name + 1) % CAPTURE_NAMES;
    name = &summary->names[summary->name];
    if (name->waits)
        count_name(summary, name);
    return name;
}

/* The name that a DNS message asks for. There are many, so where the search for its entry begins is
 * asked for as soon as it is known. */
static void approach_name(struct capture_summary *summary, const struct capture_dissect *dissect,
                          const struct pfg_pdu *pdu, const struct capture_named *named)
{
    const struct pfg_value *value = pfg_pdu_find(&dissect->decode, pdu, summary->looked_at.name);
    struct capture_name *name;
    const uint8_t *bytes;

    if (value == NULL)
        return;
    name = next_name(summary);
    bytes = pfg_value_bytes(pdu, value);
    name->waits = true;
    name->way = pdu->is_reply ? 1 : 0;
    name->key = value == named->value ? named->identity
                                      : capture_identity_name(summary->secret, bytes, value->size);
    capture_list_prefetch(&summary->lists[CAPTURE_DNS_NAMES], &name->key);
    name->value = *value;
    name->copied = value->u == 0 && value->size <= sizeof name->bytes; /* it has no pointer */
    name->pdu.base = pdu->base;
    name->pdu.size = pdu->size;
    if (!name->copied)
        return;
    memcpy(name->bytes, bytes, value->size);
    name->value.offset = 0;
    name->pdu.base = name->bytes;
    name->pdu.size = value->size;
}

__attribute__((cold, noinline)) static void add_server(struct capture_summary *summary,
                                                       struct capture_tally *talker)
{
    struct pfg_out *text = capture_summary_blank(summary);

    pfg_out_string(text, talker->text);
    talker->server = capture_summary_add(summary, CAPTURE_DNS_SERVERS, &talker->key, text,
                                         CAPTURE_WITH_EXCHANGE);
}

/* Who was asked: a talker, whose entry leads to the one that it has here. */
static inline void count_server(struct capture_summary *summary, const struct pfg_flow *flow,
                                const struct pfg_pdu *pdu, struct capture_owners *owners)
{
    unsigned way = pdu->is_reply ? 0 : 1;
    struct capture_tally *talker = capture_summary_talker(summary, flow, way);

    summary->lists[CAPTURE_DNS_SERVERS].beyond += summary->ends.no_room[way];
    if (talker == NULL)
        return;
    if (talker->server == NULL)
        add_server(summary, talker);
    owners->of[1] = capture_tally_message(talker->server, pdu);
}

static inline void count_dns(struct capture_summary *summary, const struct capture_dissect *dissect,
                             const struct pfg_pdu *pdu, struct capture_owners *owners)
{
    count_kind(summary, dissect, pdu, owners);
    count_value(summary, CAPTURE_DNS_TYPES, dissect, pdu, summary->looked_at.type);
    if (pdu->is_reply)
        count_value(summary, CAPTURE_DNS_RESULTS, dissect, pdu, summary->looked_at.result);
    count_server(summary, &dissect->flow, pdu, owners);
}

/* ---- Messages ---------------------------------------------------------------------------- */

__attribute__((cold, noinline)) static void count_problems(struct capture_summary *summary,
                                                           const struct pfg_pdu *pdu)
{
    unsigned problem;

    for (problem = 0; problem < PFG_PROBLEM_COUNT; problem++) {
        const struct capture_number number = { problem, 0 };
        struct capture_tally *tally;
        struct pfg_out *text;

        if ((pdu->problems >> problem & 1) == 0)
            continue;
        tally = find_number(summary, CAPTURE_PROBLEMS, number);
        if (tally == NULL) {
            text = capture_summary_blank(summary);
            pfg_out_string(text, pfg_problem_name((enum pfg_problem)problem));
            tally = add_number(summary, CAPTURE_PROBLEMS, number, text, CAPTURE_WITH_COUNTS);
        }
        count_plain(tally, pdu);
    }
}

int capture_summary_look_at(struct capture_summary *summary)
{
    struct capture_looked_at *looked_at = &summary->looked_at;

    looked_at->name = pfg_known(PFG_KNOWN_DNS_QRY_NAME);
    looked_at->type = pfg_known(PFG_KNOWN_DNS_QRY_TYPE);
    looked_at->result = pfg_known(PFG_KNOWN_DNS_RESULT);
    looked_at->kind = pfg_known(PFG_KNOWN_TYPE);
    looked_at->discover = pfg_known_value(PFG_VALUE_DISCOVER);
    looked_at->dns = looked_at->name->proto;
    looked_at->frame = looked_at->kind->proto;
    looked_at->plain = pfg_known(PFG_KNOWN_PLAIN_DATA)->proto;
    return capture_summary_look_at_discovery(looked_at);
}

void capture_summary_message_ahead(struct capture_summary *summary,
                                   const struct capture_dissect *dissect, const struct pfg_pdu *pdu,
                                   const struct capture_named *named)
{
    if (!pdu->partial && pdu->proto == summary->looked_at.dns)
        approach_name(summary, dissect, pdu, named);
}

void capture_summary_message(struct capture_summary *summary, const struct capture_dissect *dissect,
                             const struct pfg_pdu *pdu, struct capture_owners *owners)
{
    *owners = (struct capture_owners){ { NULL, NULL } };
    summary->discovered = NULL;
    if (pdu->partial)
        return;
    summary->messages++;
    if (pdu->proto == summary->looked_at.dns) {
        count_dns(summary, dissect, pdu, owners);
    } else {
        count_kind(summary, dissect, pdu, owners);
        if (capture_summary_is_discovery(&summary->looked_at, dissect, pdu))
            capture_summary_discovery(summary, dissect, pdu, owners);
    }
    if (pdu->problems != 0)
        count_problems(summary, pdu);
}

struct capture_latency *capture_summary_answers(const struct capture_summary *summary)
{
    return summary->discovered == NULL ? NULL : &summary->discovered->latency;
}
