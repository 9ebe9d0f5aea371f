/* SPDX-License-Identifier: GPL-2.0-or-later */
/* where_operand.c - the values that an operand of an expression has in a packet. */
#include <ctype.h>
#include <string.h>

#include "capture/where.h"
#include "proto/layers.h"
#include "proto/render.h"

/* ---- Where values stand ------------------------------------------------------------------- */

static bool is_wanted(const struct where_operand *operand, const struct pfg_value *value)
{
    uint32_t i;

    for (i = 0; i < operand->refs.count; i++) {
        if (value->field->id == operand->value_fields[i]->id)
            return true;
    }
    return false;
}

/* Goes on to the next value inside the pdu at hand. */
static bool next_in_pdu(const struct where_operand *operand, const struct pfg_decode *decode,
                        const struct pfg_pdu *pdu, struct where_cursor *cursor)
{
    const struct pfg_value *first = decode->values + pdu->first;
    const struct pfg_value *value = cursor->value == NULL ? first : cursor->value + 1;

    for (; value < first + pdu->count; value++) {
        if (is_wanted(operand, value)) {
            cursor->value = value;
            return true;
        }
    }
    cursor->value = NULL;
    return false;
}

/* Whether the pdu is of the protocol, and the layer that was asked for. */
static bool enter(const struct where_operand *operand, const struct pfg_pdu *pdu,
                  struct where_cursor *cursor)
{
    if (pdu->proto != operand->proto)
        return false;
    cursor->layer++;
    return operand->first_layer == 0 ||
           (cursor->layer >= operand->first_layer && cursor->layer <= operand->last_layer);
}

/* The same of what every protocol has. */
static const struct pfg_pdu *advance_own(const struct where_operand *operand,
                                         const struct pfg_decode *decode,
                                         struct where_cursor *cursor)
{
    while (cursor->left == 0) {
        const struct pfg_pdu *pdu;

        if (cursor->pdu == decode->pdu_count)
            return NULL;
        pdu = &decode->pdus[cursor->pdu++];
        if (enter(operand, pdu, cursor))
            cursor->left = capture_own_values(&operand->own, pdu);
    }
    cursor->own = cursor->left & -cursor->left;
    cursor->left &= ~cursor->own;
    return &decode->pdus[cursor->pdu - 1];
}

/* Goes on to the next value, or, of a protocol, to the next pdu; NULL at the end. */
static const struct pfg_pdu *advance(const struct where_operand *operand,
                                     const struct pfg_decode *decode, struct where_cursor *cursor)
{
    const struct pfg_pdu *pdu;

    if (operand->own.kind != CAPTURE_OWN_NONE)
        return advance_own(operand, decode, cursor);
    if (cursor->value != NULL) {
        pdu = &decode->pdus[cursor->pdu - 1];
        if (next_in_pdu(operand, decode, pdu, cursor))
            return pdu;
    }
    while (cursor->pdu < decode->pdu_count) {
        pdu = &decode->pdus[cursor->pdu++];
        if (!enter(operand, pdu, cursor))
            continue;
        if (operand->refs.count == 0 || next_in_pdu(operand, decode, pdu, cursor))
            return pdu;
    }
    return NULL;
}

/* ---- What a value is ---------------------------------------------------------------------- */

/* The bytes of a layer and of all that it bears: to the end of the packet or, of a layer that was
 * joined from fragments, of what was joined. */
static void take_layer(const struct where_packet *packet, const struct pfg_pdu *pdu,
                       struct where_item *item)
{
    uintptr_t at = (uintptr_t)pdu->base - (uintptr_t)packet->bytes;
    uintptr_t at_joined = (uintptr_t)pdu->base - (uintptr_t)packet->joined;

    item->bytes = pdu->base;
    item->size = pdu->size;
    if (pdu->proto->def->network && at <= packet->size)
        item->size = packet->size - (uint32_t)at;
    else if (pdu->proto->def->network && at_joined <= packet->joined_size)
        item->size = packet->joined_size - (uint32_t)at_joined;
}

/* Bytes of a value where its length is asked for; of a layer, its header alone. */
static uint64_t length_of(const struct where_operand *operand, const struct pfg_pdu *pdu,
                          const struct pfg_value *value, const struct where_item *item)
{
    if (operand->own.kind != CAPTURE_OWN_NONE)
        return item->size;
    if (value == NULL)
        return pdu->proto == pfg_layer(PFG_LAYER_FRAME) ? item->size : pdu->size;
    if (capture_where_kind(&operand->refs.refs[0]) == WHERE_TEXT)
        return item->size;
    return value->size;
}

static void take_text(const struct where_operand *operand, struct pfg_out *scratch,
                      const struct pfg_pdu *pdu, const struct where_cursor *cursor,
                      struct where_item *item)
{
    char *at;

    scratch->at = scratch->start;
    if (operand->own.kind != CAPTURE_OWN_NONE)
        capture_own_put(scratch, &operand->own, pdu, cursor->own);
    else
        pfg_value_plain(scratch, pdu, cursor->value, operand->refs.refs[0].aspect);
    for (at = scratch->start; operand->function == WHERE_UPPER && at < scratch->at; at++)
        *at = (char)toupper((unsigned char)*at);
    for (at = scratch->start; operand->function == WHERE_LOWER && at < scratch->at; at++)
        *at = (char)tolower((unsigned char)*at);
    item->bytes = (const uint8_t *)scratch->start;
    item->size = (uint32_t)(scratch->at - scratch->start);
}

/* Whether the operand's value is text that has to be written first. */
static bool is_written(const struct where_operand *operand)
{
    switch (operand->function) {
    case WHERE_UPPER:
    case WHERE_LOWER:
    case WHERE_STRING:
        return true;
    case WHERE_VALUE:
    case WHERE_LEN:
    case WHERE_COUNT:
        break;
    }
    return capture_where_kind_of(operand) == WHERE_TEXT;
}

static void take_value(const struct where_operand *operand, struct pfg_out *scratch,
                       const struct pfg_pdu *pdu, const struct where_cursor *cursor,
                       struct where_item *item)
{
    const struct pfg_field *field = operand->refs.refs[0].field;
    const struct pfg_value *value = cursor->value;

    if (is_written(operand)) {
        take_text(operand, scratch, pdu, cursor, item);
        return;
    }
    if (operand->own.kind != CAPTURE_OWN_NONE) {
        item->u = capture_own_number(&operand->own, pdu);
        item->size = 0;
        return;
    }
    item->u = value->u;
    if (field->bit != NULL)
        item->u = value->u >> field->bits_shift & field->bits_mask;
    item->bytes = pfg_value_bytes(pdu, value);
    item->size = value->size;
}

/* ---- Slices ------------------------------------------------------------------------------- */

/* Where a slice begins and how long it is; false: the value is too short. */
static bool place_of(const struct where_slice *slice, uint32_t size, uint32_t *begin,
                     uint32_t *length)
{
    int64_t from = slice->begin < 0 ? (int64_t)size + slice->begin : slice->begin;

    if (from < 0 || from >= size)
        return false;
    *begin = (uint32_t)from;
    *length = slice->to_end ? size - *begin : slice->length;
    return *length <= size - *begin;
}

/* Cuts the item to its slices. One is cut in place; several are put together in scratch, behind
 * what stands there. */
static bool slice_item(const struct where_operand *operand, struct pfg_out *scratch,
                       struct where_item *item)
{
    uint32_t begin, length, i;
    size_t text = 0;

    if (operand->slice_count == 1) {
        if (!place_of(&operand->slices[0], item->size, &begin, &length))
            return false;
        item->bytes += begin;
        item->size = length;
        return true;
    }
    if (is_written(operand))
        text = item->size;
    else
        scratch->at = scratch->start;
    for (i = 0; i < operand->slice_count; i++) {
        if (!place_of(&operand->slices[i], item->size, &begin, &length))
            return false;
        (void)pfg_out_room(scratch, length);
        if (text > 0) /* the buffer may have moved */
            item->bytes = (const uint8_t *)scratch->start;
        pfg_out_bytes(scratch, (const char *)item->bytes + begin, length);
    }
    item->bytes = (const uint8_t *)scratch->start + text;
    item->size = (uint32_t)((size_t)(scratch->at - scratch->start) - text);
    return true;
}

/* Slices that are masked are numbers, the first byte highest. */
static void mask_item(const struct where_operand *operand, struct where_item *item)
{
    uint32_t i;

    if (operand->slice_count > 0) {
        for (item->u = 0, i = 0; i < item->size; i++)
            item->u = item->u << 8 | item->bytes[i];
    }
    item->u &= operand->mask;
}

/* ---- One after another -------------------------------------------------------------------- */

static bool next_count(const struct where_operand *operand, const struct pfg_decode *decode,
                       struct where_cursor *cursor, struct where_item *item)
{
    if (cursor->done)
        return false;
    cursor->done = true;
    for (item->u = 0; advance(operand, decode, cursor) != NULL;)
        item->u++;
    return item->u > 0;
}

bool capture_where_next(const struct where_operand *operand, const struct where_packet *packet,
                        struct pfg_out *scratch, struct where_cursor *cursor,
                        struct where_item *item)
{
    const struct pfg_decode *decode = packet->decode;
    const struct pfg_pdu *pdu;

    if (operand->function == WHERE_COUNT)
        return next_count(operand, decode, cursor, item);
    while ((pdu = advance(operand, decode, cursor)) != NULL) {
        if (operand->refs.count == 0 && operand->own.kind == CAPTURE_OWN_NONE)
            take_layer(packet, pdu, item);
        else
            take_value(operand, scratch, pdu, cursor, item);
        if (operand->slice_count > 0 && !slice_item(operand, scratch, item))
            continue;
        if (operand->function == WHERE_LEN)
            item->u = operand->slice_count > 0 ? item->size
                                               : length_of(operand, pdu, cursor->value, item);
        if (operand->masked)
            mask_item(operand, item);
        return true;
    }
    return false;
}
