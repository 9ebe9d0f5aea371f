/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lookup.c - fields that the definition names make a key, together with who asks. */
#include "capture/lookup.h"

#include <stdlib.h>

/* How a field of a key is read. */
enum part_kind { PART_NUMBER, PART_BYTES, PART_NAME };
struct part {
    const struct pfg_field *field;
    uint64_t mask;
    uint64_t several, span; /* numbers from the one on of which some are answered by several */
    uint8_t shift;
    uint8_t kind;
    bool asks; /* it is of the question: a reply may leave it out */
};

/* A key begins with one pair for who asks, or two, and has one for each part behind them. */
enum { ASKER_PAIRS = 2, PARTS = 4 };
_Static_assert(ASKER_PAIRS + PARTS <= CAPTURE_KEY_PAIRS, "a key has room for its parts");

/* What a protocol's messages are matched by, decided once. */
struct rule {
    bool matches; /* else nothing is ever matched with them */
    bool asks;    /* a part is of the question */
    uint8_t count;
    struct part parts[2][PARTS]; /* of requests, of replies */
};

struct capture_rules {
    struct rule of[PFG_PROTOS_MAX]; /* by the place of the protocol */
};

/* ---- Rules ------------------------------------------------------------------------------- */

static enum part_kind kind_of(const struct pfg_field *field)
{
    enum part_kind kind = PART_NUMBER;

    switch (field->row->kind) {
    case PFG_NAME:
        kind = PART_NAME;
        break;
    case PFG_BYTES:
    case PFG_DATA:
    case PFG_STRING:
    case PFG_IPV6:
    case PFG_MAC:
    case PFG_PACKED:
    case PFG_RDATA:
        kind = PART_BYTES;
        break;
    case PFG_END:
    case PFG_UINT:
    case PFG_INT:
    case PFG_FLAGS:
    case PFG_TIME:
    case PFG_IPV4:
    case PFG_MAGIC:
    case PFG_CONST:
    case PFG_RESERVED:
    case PFG_LENGTH:
    case PFG_CHECKSUM:
    case PFG_GROUP:
    case PFG_ARRAY:
    case PFG_BODY:
    case PFG_DERIVED:
    case PFG_KIND_COUNT:
        break;
    }
    return kind;
}

/* Whether numbers of a part are answered by several, and which may be. */
static void note_several(struct part *part, const struct pfg_names *names)
{
    uint64_t most = 0;
    uint32_t i;

    part->several = UINT64_MAX;
    for (i = 0; names != NULL && i < names->count; i++) {
        if (!names->rows[i].several)
            continue;
        part->several = names->rows[i].value < part->several ? names->rows[i].value : part->several;
        most = names->rows[i].value > most ? names->rows[i].value : most;
    }
    part->span = part->several == UINT64_MAX ? 0 : most - part->several;
}

static struct part make_part(const struct pfg_field *field)
{
    struct part part = { .field = field, .mask = UINT64_MAX, .kind = (uint8_t)kind_of(field) };
    const struct pfg_table *own = &field->proto->table;

    if (field->bit != NULL) {
        part.field = field->parent;
        part.mask = field->bits_mask;
        part.shift = field->bits_shift;
    }
    part.asks = part.field < own->fields || part.field >= own->fields + own->count;
    note_several(&part, field->names);
    return part;
}

static void make_rule(struct rule *rule, const struct pfg_proto *proto)
{
    uint32_t i;

    rule->matches = proto->pair_count > 0 || proto->reply.field != NULL;
    rule->count = (uint8_t)proto->pair_count;
    for (i = 0; i < proto->pair_count; i++) {
        rule->parts[0][i] = make_part(proto->pair[i].request);
        rule->parts[1][i] = make_part(proto->pair[i].reply);
        rule->asks |= rule->parts[1][i].asks;
    }
}

struct capture_rules *capture_rules_new(void)
{
    struct capture_rules *rules = calloc(1, sizeof *rules);
    const struct pfg_proto *proto;
    size_t i;

    for (i = 0; rules != NULL && (proto = pfg_proto_at(i)) != NULL; i++)
        make_rule(&rules->of[proto->index], proto);
    return rules;
}

void capture_rules_free(struct capture_rules *rules)
{
    free(rules);
}

/* ---- Keys -------------------------------------------------------------------------------- */

/* Whether a destination is a broadcast or multicast one. */
static bool to_many(const struct pfg_flow *flow)
{
    if (flow->dst == NULL)
        return false;
    if (flow->family == 6)
        return flow->dst[0] == 0xff;
    return flow->dst[0] >= 224 || flow->dst[3] == 255;
}

/* What stands for an address, as an identity does: 0 none. */
static inline uint64_t short_address(const struct capture_secret *secret, unsigned family,
                                     const uint8_t *address)
{
    const uint64_t *points = secret->of_keys;
    uint64_t high, low;
    uint32_t word;

    if (address == NULL)
        return 0;
    if (family != 6) {
        memcpy(&word, address, sizeof word);
        return UINT64_C(1) << 63 | word;
    }
    memcpy(&high, address, sizeof high);
    memcpy(&low, address + sizeof high, sizeof low);
    return UINT64_C(1) << 63 |
           capture_sum_reduced(
               (capture_wide)((high >> 32) + points[0]) * ((high & UINT32_MAX) + points[1]) +
               (capture_wide)((low >> 32) + points[2]) * ((low & UINT32_MAX) + points[3]));
}

/* Who was asked is beside the key, for what was asked of all comes back from one. */
static inline void note_ends(struct capture_lookup *lookup, const struct capture_secret *secret,
                             const struct pfg_flow *flow, bool is_reply)
{
    lookup->asked = short_address(secret, flow->family, is_reply ? flow->src : flow->dst);
    lookup->many = lookup->stays = !is_reply && to_many(flow);
}

/* Who asked is in the key. first: what tells protocols apart. */
static inline void add_asker(struct capture_sums *sums, const struct capture_secret *secret,
                             uint16_t first, const struct pfg_flow *flow, bool is_reply)
{
    const uint8_t *asker = is_reply ? flow->dst : flow->src;
    uint64_t port = is_reply ? flow->dport : flow->sport;
    uint64_t word = (uint64_t)first << 24 | (uint64_t)flow->protocol << 16 | port;

    if (asker != NULL)
        capture_sums_address(sums, secret->of_keys, word, flow->family, asker);
    else
        capture_sums_add(sums, secret->of_keys, word, CAPTURE_WORD_NONE);
}

/* The identity of a part that is bytes. */
static struct capture_identity part_bytes(const struct capture_secret *secret,
                                          struct capture_lookup *lookup, const struct pfg_pdu *pdu,
                                          const struct pfg_value *value, bool is_name)
{
    const uint8_t *bytes = pfg_value_bytes(pdu, value);

    if (!is_name)
        return capture_identity_bytes(secret, bytes, value->size);
    lookup->name.value = value;
    lookup->name.identity = capture_identity_name(secret, bytes, value->size);
    return lookup->name.identity;
}

/* A request that several messages may answer. */
__attribute__((noinline)) static bool is_several(const struct part *part, uint64_t number)
{
    const struct pfg_name *name = pfg_name_find(part->field->names, number);

    return name != NULL && name->several;
}

/* Adds all parts, to the key or to what is asked; a value that is not there adds no pair. */
static inline void add_parts(const struct capture_secret *secret, struct capture_sums *sums,
                             struct capture_lookup *lookup, const struct pfg_decode *decode,
                             const struct pfg_pdu *pdu, const struct rule *rule)
{
    const uint64_t *points = secret->of_keys + 2 * ASKER_PAIRS;
    const struct part *part = rule->parts[pdu->is_reply], *end = part + rule->count;
    capture_wide question = 0;

    for (; part < end; part++, points += 2) {
        const struct pfg_value *value = pfg_pdu_find(decode, pdu, part->field);
        struct capture_identity pair;

        if (value == NULL)
            continue;
        if (part->kind == PART_NUMBER) {
            uint64_t number = value->u >> part->shift & part->mask;

            pair = (struct capture_identity){ { number & UINT32_MAX, number >> 32 } };
            if (number - part->several <= part->span && is_several(part, number))
                lookup->stays |= !pdu->is_reply;
        } else {
            pair = part_bytes(secret, lookup, pdu, value, part->kind == PART_NAME);
        }
        if (part->asks)
            question += (capture_wide)(pair.words[0] + points[0]) * (pair.words[1] + points[1]);
        else
            capture_sums_add(sums, points, pair.words[0], pair.words[1]);
    }
    lookup->question = question == 0 ? 0 : UINT64_C(1) << 63 | capture_sum_reduced(question);
}

bool capture_lookup_message(const struct capture_rules *rules, const struct capture_secret *secret,
                            const struct capture_dissect *dissect, const struct pfg_pdu *pdu,
                            struct capture_lookup *lookup)
{
    const struct rule *rule = &rules->of[pdu->proto->index];
    struct capture_sums sums = { { 0, 0 } };

    lookup->name.value = NULL;
    if (!rule->matches || pdu->partial || (pdu->problems & 1U << PFG_PROBLEM_BAD_CONSTANT) != 0)
        return false;
    note_ends(lookup, secret, &dissect->flow, pdu->is_reply);
    lookup->latest = rule->count == 0;
    add_asker(&sums, secret, pdu->proto->index, &dissect->flow, pdu->is_reply);
    add_parts(secret, &sums, lookup, &dissect->decode, pdu, rule);
    lookup->key = capture_sums_identity(&sums);
    lookup->bare = rule->asks && lookup->question == 0;
    return true;
}

/* Nobody but who was asked answers a SYN, so both ends are in the key: of whoever scans a network,
 * all SYNs may have the same numbers. */
void capture_lookup_segment(const struct capture_secret *secret, const struct pfg_flow *flow,
                            bool asks, struct capture_lookup *lookup)
{
    const uint64_t *points = secret->of_keys + 2 * ASKER_PAIRS;
    uint64_t first = asks ? flow->tcp_seq + 1 : flow->tcp_ack;
    struct capture_sums sums = { { 0, 0 } };

    note_ends(lookup, secret, flow, !asks);
    first = first << 16 | (asks ? flow->dport : flow->sport);
    add_asker(&sums, secret, UINT16_MAX, flow, !asks);
    if (lookup->asked != 0)
        capture_sums_address(&sums, points, first, flow->family, asks ? flow->dst : flow->src);
    else
        capture_sums_add(&sums, points, first, CAPTURE_WORD_NONE);
    lookup->key = capture_sums_identity(&sums);
    lookup->many = lookup->stays = lookup->latest = lookup->bare = false;
    lookup->question = 0;
}
