/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One message of every protocol, by plans and patterns, and row by row: the same values and faults.
 */
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct pfg_decode rows;
    struct pfg_decode *plans = fuzz_decode();
    if (size < 2 || size > 1 << 20 || (!rows.values && pfg_decode_init(&rows) < 0))
        return 0;
    pfg_decode_reset(&rows);
    uint32_t left = (uint32_t)size - 2, wire = left + (data[1] >> 4);
    const struct pfg_proto *proto = fuzz_proto(data[0]);
    const struct pfg_pdu *a = pfg_decode_message(plans, proto, data + 2, left, wire, data[1] & 7u);
    const struct pfg_pdu *b =
        pfg_decode_message(&rows, proto, data + 2, left, wire, (data[1] & 7u) | PFG_DECODE_WALK);
    if (!a || !b || a->size != b->size || a->count != b->count || a->problems != b->problems ||
        a->is_reply != b->is_reply || a->is_error != b->is_error)
        abort();
    for (uint32_t i = 0; i < a->count; i++)
        if (memcmp(&plans->values[i], &rows.values[i], sizeof rows.values[i]) != 0)
            abort();
    return 0;
}
