/* SPDX-License-Identifier: GPL-2.0-or-later */
/* summary.c - counting. */
#include "capture/summary.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "capture/tally.h"
#include "proto/render.h"

/* Longest text of an entry. */
enum { TEXT_MAX = 400 };

struct capture_summary *capture_summary_new(size_t max_bytes)
{
    struct capture_summary *summary = calloc(1, sizeof *summary);

    if (summary == NULL)
        return NULL;
    summary->max_bytes = max_bytes;
    summary->first_ns = UINT64_MAX;
    if (pfg_out_init(&summary->scratch, 4096, NULL, NULL) == 0)
        return summary;
    free(summary);
    return NULL;
}

void capture_summary_free(struct capture_summary *summary)
{
    if (summary == NULL)
        return;
    capture_index_free(&summary->index);
    pfg_out_free(&summary->scratch);
    free(summary);
}

/* Where the text of an entry is put together. */
static struct pfg_out *blank(struct capture_summary *summary)
{
    summary->scratch.at = summary->scratch.start;
    return &summary->scratch;
}

/* A new entry; its text is what write put into a buffer. NULL: at the bound. */
static struct capture_tally *add(struct capture_summary *summary, enum capture_section section,
                                 uint64_t key, const struct pfg_out *text, uint64_t now_ns)
{
    size_t size = (size_t)(text->at - text->start), cost;
    struct capture_tally *tally = NULL;

    if (size > TEXT_MAX)
        size = TEXT_MAX;
    cost = sizeof *tally + size + 1 + capture_index_cost(&summary->index);
    if (summary->memory + cost <= summary->max_bytes)
        tally = calloc(1, sizeof *tally + size + 1);
    if (tally != NULL) {
        tally->key = key;
        if (capture_index_add(&summary->index, tally) != 0) {
            free(tally);
            tally = NULL;
        }
    }
    if (tally == NULL) {
        summary->beyond++;
        return NULL;
    }
    summary->memory += cost;
    tally->section = section;
    tally->first_ns = now_ns;
    tally->latency_min_ns = UINT64_MAX;
    memcpy(tally->text, text->start, size);
    summary->entries[section]++;
    if (summary->last[section] == NULL)
        summary->first[section] = tally;
    else
        summary->last[section]->next = tally;
    summary->last[section] = tally;
    return tally;
}

/* ---- Packets ----------------------------------------------------------------------------- */

static uint64_t address_key(uint64_t hash, const struct pfg_flow *flow, const uint8_t *address)
{
    size_t width = flow->family == 6 ? 16 : 4, i;

    hash = capture_mix(hash, flow->family);
    for (i = 0; i < width; i += 4) {
        uint32_t word;

        memcpy(&word, address + i, sizeof word);
        hash = capture_mix(hash, word);
    }
    return hash;
}

static void put_address(struct pfg_out *out, const struct pfg_flow *flow, const uint8_t *address)
{
    if (flow->family == 6)
        pfg_out_ipv6(out, address);
    else
        pfg_out_ipv4(out, (uint32_t)address[0] << 24 | (uint32_t)address[1] << 16 |
                              (uint32_t)address[2] << 8 | address[3]);
}

static struct capture_tally *talker(struct capture_summary *summary, const struct pfg_flow *flow,
                                    const uint8_t *address, uint64_t key,
                                    struct capture_tally **last, uint64_t now_ns)
{
    struct pfg_out *text;

    if (*last != NULL && (*last)->key == key)
        return *last;
    *last = capture_index_find(&summary->index, key);
    if (*last == NULL) {
        text = blank(summary);
        put_address(text, flow, address);
        *last = add(summary, CAPTURE_TALKERS, key, text, now_ns);
    }
    return *last;
}

static void count_talkers(struct capture_summary *summary, const struct pfg_flow *flow,
                          const struct pfg_packet *packet)
{
    uint64_t source = address_key(CAPTURE_TALKERS + 1, flow, flow->src);
    uint64_t destination = address_key(CAPTURE_TALKERS + 1, flow, flow->dst);
    struct capture_tally *tally;

    capture_index_prefetch(&summary->index, destination);
    tally = talker(summary, flow, flow->src, source, &summary->last_source, packet->time_ns);
    if (tally != NULL) {
        tally->count[0]++;
        tally->bytes[0] += packet->len;
    }
    tally =
        talker(summary, flow, flow->dst, destination, &summary->last_destination, packet->time_ns);
    if (tally != NULL) {
        tally->count[1]++;
        tally->bytes[1] += packet->len;
    }
}

static void put_end(struct pfg_out *out, const struct pfg_flow *flow, const uint8_t *address,
                    uint16_t port)
{
    put_address(out, flow, address);
    pfg_out_char(out, '.');
    pfg_out_uint(out, port);
}

/* A connection is named from who speaks first. [1] counts the other direction. */
static void count_connection(struct capture_summary *summary, const struct capture_dissect *dissect,
                             const struct pfg_packet *packet)
{
    const struct pfg_stream *stream = dissect->stream;
    const struct pfg_flow *flow = &dissect->flow;
    uint64_t low = stream->id < stream->back->id ? stream->id : stream->back->id;
    uint64_t key = capture_mix(CAPTURE_CONNECTIONS + 1, low);
    struct capture_tally *tally = capture_index_find(&summary->index, key);
    struct pfg_out *text;
    unsigned way;

    if (tally == NULL) {
        text = blank(summary);
        put_end(text, flow, flow->src, flow->sport);
        pfg_out_string(text, " > ");
        put_end(text, flow, flow->dst, flow->dport);
        tally = add(summary, CAPTURE_CONNECTIONS, key, text, packet->time_ns);
        if (tally != NULL)
            tally->latency_sum_ns = stream->id; /* which direction is [0]; no latency is kept */
    }
    if (tally == NULL)
        return;
    way = tally->latency_sum_ns == stream->id ? 0 : 1;
    tally->count[way]++;
    tally->bytes[way] += flow->payload_wire;
    tally->last_ns = packet->time_ns;
    if ((flow->tcp_flags & PFG_TCP_RST) != 0)
        tally->errors++;
}

void capture_summary_packet(struct capture_summary *summary, const struct capture_dissect *dissect,
                            const struct pfg_packet *packet)
{
    summary->packets++;
    summary->bytes += packet->len;
    if (packet->time_ns < summary->first_ns)
        summary->first_ns = packet->time_ns;
    if (packet->time_ns > summary->last_ns)
        summary->last_ns = packet->time_ns;
    if (dissect->flow.family != 0 && dissect->flow.src != NULL)
        count_talkers(summary, &dissect->flow, packet);
    if (dissect->stream != NULL)
        count_connection(summary, dissect, packet);
}

/* ---- Messages ---------------------------------------------------------------------------- */

static void count_message(struct capture_tally *tally, const struct pfg_pdu *pdu,
                          const struct capture_pairing *pairing, uint64_t now_ns)
{
    unsigned way = pdu->is_reply ? 1 : 0;

    tally->count[way]++;
    tally->bytes[way] += pdu->size;
    tally->errors += pdu->is_error ? 1 : 0;
    tally->last_ns = now_ns;
    if (pairing == NULL)
        return;
    tally->latencies++;
    tally->latency_sum_ns += pairing->latency_ns;
    if (pairing->latency_ns < tally->latency_min_ns)
        tally->latency_min_ns = pairing->latency_ns;
    if (pairing->latency_ns > tally->latency_max_ns)
        tally->latency_max_ns = pairing->latency_ns;
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

/* Counts a message under the value of a field, or under its protocol where field is NULL. */
static void count_by_value(struct capture_summary *summary, enum capture_section section,
                           const struct capture_dissect *dissect, const struct pfg_pdu *pdu,
                           const struct pfg_field *field, const struct capture_pairing *pairing,
                           uint64_t now_ns)
{
    uint64_t value = field == NULL ? 0 : pfg_pdu_uint(&dissect->decode, pdu, field, UINT64_MAX);
    uint64_t key = capture_mix(capture_mix((uint64_t)section + 1, pdu->proto->index), value);
    struct capture_tally *tally = capture_index_find(&summary->index, key);
    struct pfg_out *text;

    if (value == UINT64_MAX)
        return;
    if (tally == NULL) {
        text = blank(summary);
        if (section == CAPTURE_KINDS)
            pfg_out_string(text, pdu->proto->def->name);
        if (section == CAPTURE_KINDS && field != NULL)
            pfg_out_char(text, ' ');
        if (field != NULL)
            put_named(text, field, value);
        tally = add(summary, section, key, text, now_ns);
    }
    if (tally != NULL)
        count_message(tally, pdu, pairing, now_ns);
}

/* Counts a message under the bytes of its first field of this kind. */
static void count_by_text(struct capture_summary *summary, enum capture_section section,
                          const struct capture_dissect *dissect, const struct pfg_pdu *pdu,
                          const struct pfg_field *field, uint64_t now_ns)
{
    const struct pfg_value *value = pfg_pdu_find(&dissect->decode, pdu, field);
    const uint8_t *bytes = value == NULL ? NULL : pfg_value_bytes(pdu, value);
    uint64_t key = (uint64_t)section + 1;
    struct capture_tally *tally;
    struct pfg_out *text;
    uint32_t i;

    if (value == NULL)
        return;
    for (i = 0; i < value->size; i++)
        key = (key ^ (bytes[i] | 0x20U)) * UINT64_C(0x100000001b3);
    key = capture_mix(key, value->size);
    tally = capture_index_find(&summary->index, key);
    if (tally == NULL) {
        text = blank(summary);
        pfg_value_plain(text, pdu, value, PFG_ASPECT_VALUE);
        tally = add(summary, section, key, text, now_ns);
    }
    if (tally != NULL)
        count_message(tally, pdu, NULL, now_ns);
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

/* An answer to a discovery: who answers, and with what. */
static void count_discovery(struct capture_summary *summary, const struct capture_dissect *dissect,
                            const struct pfg_pdu *pdu, uint64_t now_ns)
{
    struct capture_tally *tally;
    struct pfg_out *text;
    uint64_t key = CAPTURE_DISCOVERY + 1;
    const char *at;

    text = blank(summary);
    put_address(text, &dissect->flow, dissect->flow.src);
    put_field(text, dissect, pdu, PFG_KNOWN_DISCOVER_SERVICE, " ");
    put_field(text, dissect, pdu, PFG_KNOWN_DISCOVER_NAME, " ");
    put_field(text, dissect, pdu, PFG_KNOWN_DISCOVER_ADDRESS, " at ");
    put_field(text, dissect, pdu, PFG_KNOWN_DISCOVER_PORT, ".");
    put_field(text, dissect, pdu, PFG_KNOWN_PLAIN_DATA, " ");
    for (at = text->start; at < text->at; at++)
        key = (key ^ (unsigned char)*at) * UINT64_C(0x100000001b3);
    key = capture_mix(key, (uint64_t)(text->at - text->start));
    tally = capture_index_find(&summary->index, key);
    if (tally == NULL)
        tally = add(summary, CAPTURE_DISCOVERY, key, text, now_ns);
    if (tally != NULL)
        count_message(tally, pdu, NULL, now_ns);
}

static void count_problems(struct capture_summary *summary, const struct pfg_pdu *pdu,
                           uint64_t now_ns)
{
    unsigned problem;

    for (problem = 0; problem < PFG_PROBLEM_COUNT; problem++) {
        uint64_t key = capture_mix(CAPTURE_PROBLEMS + 1, problem);
        struct capture_tally *tally;
        struct pfg_out *text;

        if ((pdu->problems >> problem & 1) == 0)
            continue;
        tally = capture_index_find(&summary->index, key);
        if (tally == NULL) {
            text = blank(summary);
            pfg_out_string(text, pfg_problem_name((enum pfg_problem)problem));
            tally = add(summary, CAPTURE_PROBLEMS, key, text, now_ns);
        }
        if (tally != NULL)
            count_message(tally, pdu, NULL, now_ns);
    }
}

/* The field that chooses a protocol's body: its kinds of message. NULL none. */
static const struct pfg_field *kind_field(const struct pfg_proto *proto)
{
    if (proto->body == NULL || proto->body->by < 0)
        return NULL;
    return &proto->table.fields[proto->body->by];
}

void capture_summary_message(struct capture_summary *summary, const struct capture_dissect *dissect,
                             const struct pfg_packet *packet, const struct pfg_pdu *pdu,
                             const struct capture_pairing *pairing)
{
    uint64_t now_ns = packet->time_ns;

    if (pdu->partial)
        return;
    summary->messages++;
    count_by_value(summary, CAPTURE_KINDS, dissect, pdu, kind_field(pdu->proto), pairing, now_ns);
    if (pdu->proto == pfg_known(PFG_KNOWN_DNS_ID)->proto) {
        count_by_value(summary, CAPTURE_DNS_TYPES, dissect, pdu, pfg_known(PFG_KNOWN_DNS_QRY_TYPE),
                       NULL, now_ns);
        if (pdu->is_reply)
            count_by_value(summary, CAPTURE_DNS_RESULTS, dissect, pdu,
                           pfg_known(PFG_KNOWN_DNS_RCODE), NULL, now_ns);
        count_by_text(summary, CAPTURE_DNS_NAMES, dissect, pdu, pfg_known(PFG_KNOWN_DNS_QRY_NAME),
                      now_ns);
    }
    if (pdu->is_reply && dissect->flow.src != NULL &&
        (pdu->proto == pfg_known(PFG_KNOWN_PLAIN_DATA)->proto ||
         pfg_pdu_find(&dissect->decode, pdu, pfg_known(PFG_KNOWN_DISCOVER_PORT)) != NULL))
        count_discovery(summary, dissect, pdu, now_ns);
    if (pdu->problems != 0)
        count_problems(summary, pdu, now_ns);
}
