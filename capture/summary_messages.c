/* SPDX-License-Identifier: GPL-2.0-or-later */
/* summary_messages.c - kinds of messages, what is in DNS messages, who discovers whom, and what is
 * wrong. */
#include "capture/summary_inside.h"

#include "capture/mixed.h"
#include "proto/render.h"

/* ---- Entries ----------------------------------------------------------------------------- */

static uint32_t add(struct capture_summary *summary, enum capture_section section, uint64_t key,
                    const struct pfg_out *text, enum capture_with with)
{
    return capture_list_add(&summary->lists[section], &summary->arena, key, text, with);
}

/* Counts a message under an entry, and gives what its requests are counted in, or NULL. 0: there
 * is no entry. */
static struct capture_exchange *count_message(struct capture_summary *summary,
                                              enum capture_section section, uint32_t number,
                                              const struct pfg_pdu *pdu)
{
    struct capture_list *list = &summary->lists[section];
    unsigned way = pdu->is_reply ? 1 : 0;

    if (number == 0)
        return NULL;
    list->counts[number].count[way]++;
    list->counts[number].bytes[way] += pdu->size;
    if (pdu->is_error)
        list->tallies[number]->errors++;
    return list->tallies[number]->exchange;
}

/* The same where nothing is matched with it. */
static void count_plain(struct capture_summary *summary, enum capture_section section,
                        uint32_t number, const struct pfg_pdu *pdu)
{
    if (number != 0)
        summary->lists[section].counts[number].count[pdu->is_reply ? 1 : 0]++;
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

static uint32_t new_kind(struct capture_summary *summary, const struct pfg_proto *proto,
                         const struct pfg_field *field, uint64_t value, uint64_t key)
{
    struct pfg_out *text = capture_summary_blank(summary);
    enum capture_with with = CAPTURE_WITH_PERCENTILES;
    struct capture_exchange *exchange;
    uint32_t number;

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
    number = add(summary, CAPTURE_KINDS, key, text, with);
    exchange = number == 0 ? NULL : summary->lists[CAPTURE_KINDS].tallies[number]->exchange;
    if (exchange != NULL)
        exchange->optional = field != NULL && proto->reply.field == field;
    return number;
}

static void count_kind(struct capture_summary *summary, const struct capture_dissect *dissect,
                       const struct pfg_pdu *pdu, struct capture_owners *owners)
{
    const struct pfg_field *field = kind_field(pdu->proto);
    uint64_t value = field == NULL ? 0 : pfg_pdu_uint(&dissect->decode, pdu, field, UINT64_MAX);
    uint64_t key = capture_mix(capture_mix(0, pdu->proto->index), value);
    uint32_t number = capture_list_find(&summary->lists[CAPTURE_KINDS], key);

    if (value == UINT64_MAX)
        return;
    if (number == 0)
        number = new_kind(summary, pdu->proto, field, value, key);
    owners->of[0] = count_message(summary, CAPTURE_KINDS, number, pdu);
}

/* ---- DNS --------------------------------------------------------------------------------- */

static void count_value(struct capture_summary *summary, enum capture_section section,
                        const struct capture_dissect *dissect, const struct pfg_pdu *pdu,
                        const struct pfg_field *field)
{
    uint64_t value = pfg_pdu_uint(&dissect->decode, pdu, field, UINT64_MAX);
    uint64_t key = capture_mix(0, value);
    uint32_t number = capture_list_find(&summary->lists[section], key);
    struct pfg_out *text;

    if (value == UINT64_MAX)
        return;
    if (number == 0) {
        text = capture_summary_blank(summary);
        put_named(text, field, value);
        number = add(summary, section, key, text, CAPTURE_WITH_COUNTS);
    }
    count_plain(summary, section, number, pdu);
}

static void count_name(struct capture_summary *summary, const struct pfg_pdu *pdu,
                       const struct pfg_value *name, uint64_t key)
{
    uint32_t number = capture_list_find(&summary->lists[CAPTURE_DNS_NAMES], key);
    struct pfg_out *text;

    if (number == 0) {
        text = capture_summary_blank(summary);
        pfg_value_plain(text, pdu, name, PFG_ASPECT_VALUE);
        number = add(summary, CAPTURE_DNS_NAMES, key, text, CAPTURE_WITH_COUNTS);
    }
    count_plain(summary, CAPTURE_DNS_NAMES, number, pdu);
}

/* Who was asked. */
static void count_server(struct capture_summary *summary, const struct pfg_flow *flow,
                         const struct pfg_pdu *pdu, struct capture_owners *owners)
{
    uint64_t key = pdu->is_reply ? summary->source_key : summary->destination_key;
    uint32_t number = capture_list_find(&summary->lists[CAPTURE_DNS_SERVERS], key);
    struct pfg_out *text;

    if (key == 0)
        return;
    if (number == 0) {
        text = capture_summary_blank(summary);
        capture_put_address(text, flow->family, pdu->is_reply ? flow->src : flow->dst);
        number = add(summary, CAPTURE_DNS_SERVERS, key, text, CAPTURE_WITH_EXCHANGE);
    }
    owners->of[1] = count_message(summary, CAPTURE_DNS_SERVERS, number, pdu);
}

/* There are many names, so what is looked up for them is asked for first. */
static void count_dns(struct capture_summary *summary, const struct capture_dissect *dissect,
                      const struct pfg_pdu *pdu, struct capture_owners *owners)
{
    const struct pfg_value *name =
        pfg_pdu_find(&dissect->decode, pdu, pfg_known(PFG_KNOWN_DNS_QRY_NAME));
    uint64_t key = 0;

    if (name != NULL) {
        key = capture_mix_bytes(0, pfg_value_bytes(pdu, name), name->size, true);
        capture_list_prefetch(&summary->lists[CAPTURE_DNS_NAMES], key);
    }
    count_value(summary, CAPTURE_DNS_TYPES, dissect, pdu, pfg_known(PFG_KNOWN_DNS_QRY_TYPE));
    if (pdu->is_reply)
        count_value(summary, CAPTURE_DNS_RESULTS, dissect, pdu, pfg_known(PFG_KNOWN_DNS_RCODE));
    count_server(summary, &dissect->flow, pdu, owners);
    if (name != NULL)
        count_name(summary, pdu, name, key);
}

/* ---- Discovery --------------------------------------------------------------------------- */

static bool is_plain(const struct pfg_pdu *pdu)
{
    return pdu->proto == pfg_known(PFG_KNOWN_PLAIN_DATA)->proto;
}

static bool is_discovery(const struct capture_dissect *dissect, const struct pfg_pdu *pdu)
{
    if (dissect->flow.src == NULL)
        return false;
    return is_plain(pdu) || (pdu->proto == pfg_known(PFG_KNOWN_TYPE)->proto &&
                             pfg_pdu_uint(&dissect->decode, pdu, pfg_known(PFG_KNOWN_TYPE),
                                          UINT64_MAX) == pfg_known_value(PFG_VALUE_DISCOVER));
}

static uint64_t mix_field(uint64_t key, const struct capture_dissect *dissect,
                          const struct pfg_pdu *pdu, enum pfg_known which)
{
    const struct pfg_value *value = pfg_pdu_find(&dissect->decode, pdu, pfg_known(which));

    return value == NULL ? capture_mix(key, 1)
                         : capture_mix_bytes(key, pfg_value_bytes(pdu, value), value->size, false);
}

static void put_field(struct pfg_out *out, const struct capture_dissect *dissect,
                      const struct pfg_pdu *pdu, enum pfg_known which, const char *before)
{
    const struct pfg_value *value = pfg_pdu_find(&dissect->decode, pdu, pfg_known(which));
    enum pfg_aspect aspect =
        pfg_field_has_text(pfg_known(which)) ? PFG_ASPECT_TEXT : PFG_ASPECT_VALUE;

    if (value == NULL)
        return;
    pfg_out_string(out, before);
    pfg_value_plain(out, pdu, value, aspect);
}

/* Who asks, and for what. */
static void put_ask(struct pfg_out *text, const struct capture_dissect *dissect,
                    const struct pfg_pdu *pdu)
{
    capture_put_address(text, dissect->flow.family, dissect->flow.src);
    pfg_out_string(text, " for ");
    if (is_plain(pdu))
        pfg_out_string(text, "anyone");
    put_field(text, dissect, pdu, PFG_KNOWN_DISCOVER_SERVICE, "");
    pfg_out_string(text, " (");
    pfg_out_string(text, pdu->proto->def->name);
    pfg_out_char(text, ')');
}

/* Who answers, and with what. */
static void put_answer(struct pfg_out *text, const struct capture_dissect *dissect,
                       const struct pfg_pdu *pdu)
{
    capture_put_address(text, dissect->flow.family, dissect->flow.src);
    put_field(text, dissect, pdu, PFG_KNOWN_DISCOVER_SERVICE, " ");
    put_field(text, dissect, pdu, PFG_KNOWN_DISCOVER_NAME, " ");
    put_field(text, dissect, pdu, PFG_KNOWN_DISCOVER_ADDRESS, " at ");
    put_field(text, dissect, pdu, PFG_KNOWN_DISCOVER_PORT, ".");
    put_field(text, dissect, pdu, PFG_KNOWN_PLAIN_DATA, " ");
    put_field(text, dissect, pdu, PFG_KNOWN_ERROR_CODE, " error ");
}

static void count_discovery(struct capture_summary *summary, const struct capture_dissect *dissect,
                            const struct pfg_pdu *pdu, struct capture_owners *owners)
{
    static const enum pfg_known said[] = { PFG_KNOWN_DISCOVER_SERVICE, PFG_KNOWN_DISCOVER_NAME,
                                           PFG_KNOWN_DISCOVER_ADDRESS, PFG_KNOWN_DISCOVER_PORT,
                                           PFG_KNOWN_PLAIN_DATA,       PFG_KNOWN_ERROR_CODE };
    enum capture_section section = pdu->is_reply ? CAPTURE_DISCOVERED : CAPTURE_ASKED;
    uint64_t key = capture_mix_address(capture_mix(0, pdu->proto->index), dissect->flow.family,
                                       dissect->flow.src);
    struct capture_exchange *exchange;
    uint32_t number;
    struct pfg_out *text;
    unsigned i;

    for (i = 0; i < sizeof said / sizeof said[0]; i++)
        key = mix_field(key, dissect, pdu, said[i]);
    number = capture_list_find(&summary->lists[section], key);
    if (number == 0) {
        text = capture_summary_blank(summary);
        if (pdu->is_reply)
            put_answer(text, dissect, pdu);
        else
            put_ask(text, dissect, pdu);
        number = add(summary, section, key, text, CAPTURE_WITH_EXCHANGE);
    }
    exchange = count_message(summary, section, number, pdu);
    if (pdu->is_reply)
        summary->discovered = exchange;
    else
        owners->of[1] = exchange;
}

/* ---- Messages ---------------------------------------------------------------------------- */

static void count_problems(struct capture_summary *summary, const struct pfg_pdu *pdu)
{
    struct capture_list *list = &summary->lists[CAPTURE_PROBLEMS];
    unsigned problem;

    for (problem = 0; problem < PFG_PROBLEM_COUNT; problem++) {
        uint64_t key = capture_mix(0, problem);
        uint32_t number;
        struct pfg_out *text;

        if ((pdu->problems >> problem & 1) == 0)
            continue;
        number = capture_list_find(list, key);
        if (number == 0) {
            text = capture_summary_blank(summary);
            pfg_out_string(text, pfg_problem_name((enum pfg_problem)problem));
            number = add(summary, CAPTURE_PROBLEMS, key, text, CAPTURE_WITH_COUNTS);
        }
        count_plain(summary, CAPTURE_PROBLEMS, number, pdu);
    }
}

void capture_summary_message(struct capture_summary *summary, const struct capture_dissect *dissect,
                             const struct pfg_pdu *pdu, struct capture_owners *owners)
{
    *owners = (struct capture_owners){ { NULL, NULL } };
    summary->discovered = NULL;
    if (pdu->partial)
        return;
    summary->messages++;
    count_kind(summary, dissect, pdu, owners);
    if (pdu->proto == pfg_known(PFG_KNOWN_DNS_ID)->proto)
        count_dns(summary, dissect, pdu, owners);
    else if (is_discovery(dissect, pdu))
        count_discovery(summary, dissect, pdu, owners);
    if (pdu->problems != 0)
        count_problems(summary, pdu);
}

void capture_summary_answer(struct capture_summary *summary, uint64_t latency_ns)
{
    if (summary->discovered != NULL)
        capture_latency_add(&summary->discovered->latency, latency_ns);
}
