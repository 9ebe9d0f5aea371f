/* SPDX-License-Identifier: GPL-2.0-or-later */
/* summary_discovery.c - who discovers whom, and with what. */
#include "capture/summary_inside.h"

#include <stdlib.h>

#include "proto/render.h"

/* What tells discoveries apart, beside who speaks. */
static const enum pfg_known said[CAPTURE_SAID] = {
    PFG_KNOWN_DISCOVER_SERVICE, PFG_KNOWN_DISCOVER_NAME, PFG_KNOWN_DISCOVER_ADDRESS,
    PFG_KNOWN_DISCOVER_PORT,    PFG_KNOWN_PLAIN_DATA,    PFG_KNOWN_ERROR_CODE,
};

int capture_summary_look_at_discovery(struct capture_looked_at *looked_at)
{
    size_t count;
    uint8_t i;

    (void)pfg_registry_ids(&count);
    looked_at->said = calloc(count, 1);
    if (looked_at->said == NULL)
        return -1;
    for (i = 0; i < CAPTURE_SAID; i++)
        looked_at->said[pfg_known(said[i])->id] = (uint8_t)(i + 1);
    return 0;
}

bool capture_summary_is_discovery(const struct capture_looked_at *looked_at,
                                  const struct capture_dissect *dissect, const struct pfg_pdu *pdu)
{
    if (dissect->flow.src == NULL)
        return false;
    return pdu->proto == looked_at->plain ||
           (pdu->proto == looked_at->frame && pfg_pdu_uint(&dissect->decode, pdu, looked_at->kind,
                                                           UINT64_MAX) == looked_at->discover);
}

/* The first value of each that is there. */
static void find_said(const struct capture_looked_at *looked_at,
                      const struct capture_dissect *dissect, const struct pfg_pdu *pdu,
                      const struct pfg_value *found[CAPTURE_SAID])
{
    const struct pfg_value *value = dissect->decode.values + pdu->first;
    const struct pfg_value *end = value + pdu->count;

    for (; value < end; value++) {
        uint8_t place = looked_at->said[value->field->id];

        if (place > 0 && found[place - 1] == NULL)
            found[place - 1] = value;
    }
}

/* What a discovery is found by: who speaks, in one pair or two, and the bytes of what is said, in
 * one each. */
static struct capture_identity discovery_key(const struct capture_summary *summary,
                                             const struct capture_dissect *dissect,
                                             const struct pfg_pdu *pdu)
{
    const struct pfg_value *found[CAPTURE_SAID] = { NULL };
    const uint64_t *points = summary->secret->of_keys;
    struct capture_sums sums = { { 0, 0 } };
    unsigned i;

    capture_sums_address(&sums, points, pdu->proto->index, dissect->flow.family, dissect->flow.src);
    find_said(&summary->looked_at, dissect, pdu, found);
    for (i = 0; i < CAPTURE_SAID; i++) {
        struct capture_identity part;

        if (found[i] == NULL)
            continue;
        part =
            capture_identity_bytes(summary->secret, pfg_value_bytes(pdu, found[i]), found[i]->size);
        capture_sums_add(&sums, points + 2 * (i + 2), part.words[0], part.words[1]);
    }
    return capture_sums_identity(&sums);
}
_Static_assert(CAPTURE_SAID + 2 <= CAPTURE_KEY_PAIRS, "a key has room for what is said");

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
    pfg_out_address(text, dissect->flow.family, dissect->flow.src);
    pfg_out_string(text, " for ");
    if (pdu->proto == pfg_known(PFG_KNOWN_PLAIN_DATA)->proto)
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
    pfg_out_address(text, dissect->flow.family, dissect->flow.src);
    put_field(text, dissect, pdu, PFG_KNOWN_DISCOVER_SERVICE, " ");
    put_field(text, dissect, pdu, PFG_KNOWN_DISCOVER_NAME, " ");
    put_field(text, dissect, pdu, PFG_KNOWN_DISCOVER_ADDRESS, " at ");
    put_field(text, dissect, pdu, PFG_KNOWN_DISCOVER_PORT, ".");
    put_field(text, dissect, pdu, PFG_KNOWN_PLAIN_DATA, " ");
    put_field(text, dissect, pdu, PFG_KNOWN_ERROR_CODE, " error ");
}

void capture_summary_discovery(struct capture_summary *summary,
                               const struct capture_dissect *dissect, const struct pfg_pdu *pdu,
                               struct capture_owners *owners)
{
    enum capture_section section = pdu->is_reply ? CAPTURE_DISCOVERED : CAPTURE_ASKED;
    struct capture_identity key = discovery_key(summary, dissect, pdu);
    struct capture_exchange *exchange;
    struct capture_tally *tally;
    struct pfg_out *text;

    tally = capture_summary_find(summary, section, &key);
    if (tally == NULL) {
        text = capture_summary_blank(summary);
        if (pdu->is_reply)
            put_answer(text, dissect, pdu);
        else
            put_ask(text, dissect, pdu);
        tally = capture_summary_add(summary, section, &key, text, CAPTURE_WITH_EXCHANGE);
    }
    exchange = capture_tally_message(tally, pdu);
    if (pdu->is_reply)
        summary->discovered = exchange;
    else
        owners->of[1] = exchange;
}
