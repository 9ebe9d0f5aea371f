/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Recognising a message that bears no mark: every byte has to fit. */
#include "proto/cursor.h"
#include "proto/decode.h"

/* Whether the elements that the counts promise can be there at all, and there are some: a look
 * that sends away nearly everything that is no such message. */
static bool counts_fit(const struct pfg_proto *proto, const uint8_t *bytes, size_t size)
{
    uint64_t need = proto->header_size, elements = 0;

    for (uint32_t i = 0; i < proto->table.count; i++) {
        const struct pfg_field *array = &proto->table.fields[i];
        if (array->row->kind != PFG_ARRAY || array->by < 0)
            continue;
        const struct pfg_field *by = &proto->table.fields[array->by];
        if (by->offset == UINT32_MAX || by->row->bits || by->row->order == PFG_LITTLE)
            return false;
        uint64_t count = pfg_get_be(bytes + by->offset, by->size);
        elements += count;
        need += count * array->inside.fields->inside.least;
    }
    return elements > 0 && need <= size;
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
    if (size < proto->header_size || size > UINT32_MAX || !counts_fit(proto, bytes, size))
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
    if (whole < proto->header_size || !counts_fit(proto, bytes + prefix, whole))
        return PFG_FRAME_NOT;
    *need = prefix + whole;
    if (left >= whole)
        return problems_of(proto, bytes + prefix, whole, whole) ? PFG_FRAME_NOT : (int64_t)*need;
    /* What is there may be cut, and must not be wrong in any other way. */
    return problems_of(proto, bytes + prefix, left, whole) & ~(1u << PFG_PROBLEM_TRUNCATED)
               ? PFG_FRAME_NOT : PFG_FRAME_MORE;
}
