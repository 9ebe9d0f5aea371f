/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packets and messages to JSON lines (PROTOCOL.md, "The JSON form"). */
#include "proto/render.h"

#include "proto/json_inside.h"

static inline void put_protocol_key(struct pfg_out *out, const struct pfg_proto *proto, char lead)
{
    char *to = pfg_out_room(out, proto->key_size + (size_t)PFG_KEY_BLOCK);
    out->at = pfg_json_key_at(to, proto->key, proto->key_size, lead);
}

/* All pdus from pdus[at] on that are of its protocol, as an array under its key. */
static void put_array_of(struct pfg_out *out, const struct pfg_decode *decode, uint32_t at)
{
    const struct pfg_proto *proto = decode->pdus[at].proto;

    put_protocol_key(out, proto, at > 0 ? ',' : '{');
    for (uint32_t i = at; i < decode->pdu_count; i++) {
        if (decode->pdus[i].proto != proto)
            continue;
        pfg_out_char(out, i == at ? '[' : ',');
        pfg_json_pdu(out, decode, &decode->pdus[i]);
    }
    pfg_out_char(out, ']');
}

/* Whether a pdu's protocol has one before, and one behind it. */
static bool is_before(const struct pfg_decode *decode, uint32_t at)
{
    for (uint32_t i = 0; i < at; i++)
        if (decode->pdus[i].proto == decode->pdus[at].proto)
            return true;
    return false;
}
static bool is_behind(const struct pfg_decode *decode, uint32_t at)
{
    for (uint32_t i = at + 1; i < decode->pdu_count; i++)
        if (decode->pdus[i].proto == decode->pdus[at].proto)
            return true;
    return false;
}

/* Whether two pdus may be of one protocol: a quick look that most packets pass with no. */
static bool may_repeat(const struct pfg_decode *decode)
{
    uint64_t seen = 0, again = 0;
    for (uint32_t i = 0; i < decode->pdu_count; i++) {
        uint64_t bit = UINT64_C(1) << decode->pdus[i].proto->index % 64;
        again |= seen & bit;
        seen |= bit;
    }
    return again != 0;
}

void pfg_json_packet(struct pfg_out *out, const struct pfg_decode *decode)
{
    bool repeats = may_repeat(decode);

    if (decode->pdu_count == 0)
        pfg_out_char(out, '{');
    for (uint32_t i = 0; i < decode->pdu_count; i++) {
        const struct pfg_pdu *pdu = &decode->pdus[i];
        if (repeats && is_before(decode, i))
            continue;
        if (!pdu->proto->def->network || (repeats && is_behind(decode, i))) {
            put_array_of(out, decode, i);
            continue;
        }
        put_protocol_key(out, pdu->proto, i > 0 ? ',' : '{');
        pfg_json_pdu(out, decode, pdu);
    }
    pfg_out_bytes(out, "}\n", 2);
}
