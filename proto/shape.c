/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Recognising a message that bears no mark: every byte has to fit. */
#include "proto/cursor.h"
#include "proto/decode.h"
#include "proto/recognise.h"

static struct pfg_shape shapes[PFG_PROTOS_MAX];

const struct pfg_shape *pfg_shape_learn(const struct pfg_proto *proto)
{
    struct pfg_shape *shape = &shapes[proto->index];

    shape->least = proto->header_size;
    for (uint32_t i = 0; proto->def->by_shape && i < proto->table.count; i++) {
        const struct pfg_field *array = &proto->table.fields[i];
        if (array->row->kind != PFG_ARRAY || array->by < 0)
            continue;
        const struct pfg_field *by = &proto->table.fields[array->by];
        if (by->offset == UINT32_MAX || by->row->bits || by->row->order == PFG_LITTLE ||
            by->offset + by->size > proto->header_size || shape->count == PFG_SHAPE_COUNTS) {
            shape->count = 0; /* no bytes fit */
            break;
        }
        struct pfg_count *count = &shape->counts[shape->count++];
        count->at = by->offset;
        count->size = by->size;
        count->least = array->inside.fields->inside.least;
    }
    return shape;
}

/* What is wrong with a message of wire_size bytes, of which size are there. */
static uint32_t problems_of(const struct pfg_proto *proto, const uint8_t *bytes, uint32_t size,
                            uint32_t wire_size)
{
    static _Thread_local struct pfg_decode decode;

    if (!decode.values && pfg_decode_init(&decode) < 0)
        return UINT32_MAX;
    pfg_decode_reset(&decode);
    const struct pfg_pdu *pdu = pfg_decode_message(&decode, proto, bytes, size, wire_size, 0);
    return pdu ? pdu->problems : UINT32_MAX;
}

bool pfg_fits_shape(const struct pfg_proto *proto, const uint8_t *bytes, size_t size)
{
    if (size > UINT32_MAX || !pfg_shape_counts_fit(&shapes[proto->index], bytes, size))
        return false;
    return problems_of(proto, bytes, (uint32_t)size, (uint32_t)size) == 0;
}

int64_t pfg_shape_in_stream(const struct pfg_proto *proto, const uint8_t *bytes, size_t size,
                            uint32_t *need)
{
    uint32_t prefix = proto->def->tcp_prefix;

    if (!proto->def->by_shape || !prefix)
        return PFG_FRAME_NOT;
    *need = prefix + proto->header_size;
    if (size < *need)
        return size >= prefix && pfg_get_be(bytes, prefix) < proto->header_size ? PFG_FRAME_NOT
                                                                                : PFG_FRAME_MORE;
    uint32_t whole = (uint32_t)pfg_get_be(bytes, prefix), left = (uint32_t)(size - prefix);
    if (!pfg_shape_counts_fit(&shapes[proto->index], bytes + prefix, whole))
        return PFG_FRAME_NOT;
    *need = prefix + whole;
    if (left >= whole)
        return problems_of(proto, bytes + prefix, whole, whole) ? PFG_FRAME_NOT : (int64_t)*need;
    /* What is there may be cut, and must not be wrong in any other way. */
    return problems_of(proto, bytes + prefix, left, whole) & ~(1u << PFG_PROBLEM_TRUNCATED)
               ? PFG_FRAME_NOT
               : PFG_FRAME_MORE;
}
