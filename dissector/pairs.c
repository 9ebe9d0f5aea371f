/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pairs.c - requests and their replies, matched by the fields that the definition names (.pair).
 * A request is found by who asked: over TCP by the connection, otherwise by the asker's address and
 * port, together with who was asked where that one itself answers. A broadcast, and a server with
 * several addresses, is answered from an address that nobody asked; then the asker alone counts.
 */
#include "dissector/plugin.h"
#include "proto/render.h"

static wmem_map_t *requests; /* key -> struct pfg_ws_exchange, of one capture file */

void pfg_ws_register_pairs(void)
{
    requests =
        wmem_map_new_autoreset(wmem_epan_scope(), wmem_file_scope(), wmem_str_hash, g_str_equal);
}

/* Whether a field is of the question, which a reply may leave out: it is not in the protocol's own
 * table. */
static bool is_asked(const struct pfg_field *field)
{
    const struct pfg_table *own = &field->proto->table;
    const struct pfg_field *row = field->bit != NULL ? field->parent : field;

    return row < own->fields || row >= own->fields + own->count;
}

/* The values of the pairing fields, each on a line of its own; bare: but for those of the question.
 * False: one of them is missing. */
static bool add_pair_values(struct pfg_out *out, const struct pfg_ws_message *message, bool bare)
{
    const struct pfg_proto *proto = message->ws->proto;

    if (bare)
        pfg_out_string(out, " bare");
    for (uint32_t i = 0; i < proto->pair_count; i++) {
        const struct pfg_field *field =
            message->pdu->is_reply ? proto->pair[i].reply : proto->pair[i].request;
        const struct pfg_value *value = pfg_pdu_find(message->decode, message->pdu, field);

        if (bare && is_asked(field))
            continue;
        if (value == NULL)
            return false;
        pfg_out_char(out, '\n');
        pfg_value_plain(out, message->pdu, value, PFG_ASPECT_VALUE);
    }
    return true;
}

/* Whether a message bears nothing of the question, where its protocol's messages may have one. */
static bool is_bare(const struct pfg_ws_message *message)
{
    const struct pfg_proto *proto = message->ws->proto;
    bool asks = false;

    for (uint32_t i = 0; i < proto->pair_count; i++) {
        const struct pfg_field *field =
            message->pdu->is_reply ? proto->pair[i].reply : proto->pair[i].request;

        if (is_asked(field) && pfg_pdu_find(message->decode, message->pdu, field) != NULL)
            return false;
        asks |= is_asked(field);
    }
    return asks;
}

/* Whether an address is everybody's. */
static bool is_many(const address *to)
{
    const uint8_t *bytes = to->data;

    if (to->type == AT_IPv6)
        return bytes[0] == 0xff;
    return to->type == AT_IPv4 && (bytes[0] >= 224 || bytes[3] == 255);
}

/* The key of a message's request, in the packet's memory; asked: with the other end's address;
 * bare: without the question. NULL: the message cannot be matched. */
static const char *make_key(const struct pfg_ws_message *message, bool asked, bool bare)
{
    packet_info *pinfo = message->pinfo;
    bool reply = message->pdu->is_reply;
    const address *asker = reply ? &pinfo->dst : &pinfo->src;
    const address *other = reply ? &pinfo->src : &pinfo->dst;
    struct pfg_out *out = pfg_ws_text();

    if (out == NULL)
        return NULL;
    if (pinfo->ptype == PT_TCP)
        pfg_out_string(out, wmem_strdup_printf(pinfo->pool, "%d tcp %u", message->ws->id,
                                               find_or_create_conversation(pinfo)->conv_index));
    else
        pfg_out_string(out, wmem_strdup_printf(pinfo->pool, "%d %s %u", message->ws->id,
                                               address_to_str(pinfo->pool, asker),
                                               reply ? pinfo->destport : pinfo->srcport));
    if (asked)
        pfg_out_string(out,
                       wmem_strdup_printf(pinfo->pool, " %s", address_to_str(pinfo->pool, other)));
    if (!add_pair_values(out, message, bare))
        return NULL;
    return wmem_strdup(pinfo->pool, pfg_ws_text_end());
}

static void note_under(const char *key, struct pfg_ws_exchange *exchange)
{
    if (key != NULL)
        wmem_map_insert(requests, wmem_strdup(wmem_file_scope(), key), exchange);
}

static void note_request(const struct pfg_ws_message *message, struct pfg_ws_record *record)
{
    struct pfg_ws_exchange *exchange = wmem_new0(wmem_file_scope(), struct pfg_ws_exchange);

    exchange->request = message->pinfo->num;
    exchange->request_time = message->pinfo->abs_ts;
    record->exchange = exchange;
    if (!is_bare(message)) {
        note_under(make_key(message, true, false), exchange);
        note_under(make_key(message, false, false), exchange);
    }
    note_under(make_key(message, true, true), exchange);
    if (is_many(&message->pinfo->dst))
        note_under(make_key(message, false, true), exchange);
}

/* A reply that does not repeat the question answers whoever asked with the same of the rest. */
static void find_request(const struct pfg_ws_message *message, struct pfg_ws_record *record)
{
    bool bare = is_bare(message);

    for (unsigned open = 0; open < 2 && record->exchange == NULL; open++) {
        const char *key = make_key(message, open == 0, bare);

        record->exchange = key != NULL ? wmem_map_lookup(requests, key) : NULL;
    }
    if (record->exchange != NULL && record->exchange->reply == 0)
        record->exchange->reply = message->pinfo->num;
}

void pfg_ws_pair(const struct pfg_ws_message *message, struct pfg_ws_record *record)
{
    const struct pfg_proto *proto = message->ws->proto;
    const struct pfg_pdu *pdu = message->pdu;

    if ((proto->reply.field == NULL && proto->pair_count == 0) || pdu->partial || pdu->count == 0)
        return;
    if (pdu->is_reply)
        find_request(message, record);
    else
        note_request(message, record);
}

void pfg_ws_add_pair(const struct pfg_ws_message *message, const struct pfg_ws_record *record,
                     proto_tree *tree)
{
    const struct pfg_ws_proto *ws = message->ws;
    const struct pfg_ws_exchange *exchange = record != NULL ? record->exchange : NULL;
    nstime_t time;

    if (exchange == NULL)
        return;
    if (!message->pdu->is_reply) {
        if (exchange->reply != 0)
            proto_item_set_generated(
                proto_tree_add_uint(tree, ws->hf_response_in, message->tvb, 0, 0, exchange->reply));
        return;
    }
    proto_item_set_generated(
        proto_tree_add_uint(tree, ws->hf_response_to, message->tvb, 0, 0, exchange->request));
    nstime_delta(&time, &message->pinfo->abs_ts, &exchange->request_time);
    proto_item_set_generated(
        proto_tree_add_time(tree, ws->hf_response_time, message->tvb, 0, 0, &time));
}
