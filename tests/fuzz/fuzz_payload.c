/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages behind each other, joined; the first byte chooses the protocol, the second the way. */
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pfg_decode *decode = fuzz_decode();
    struct pfg_joiner *joiner = pfg_joiner_new(1 << 16);
    if (size >= 2 && size <= 1 << 20) {
        const struct pfg_proto *proto = fuzz_proto(data[0]);
        bool stream = data[1] & 1, final = !stream || data[1] & 2;
        uint32_t left = (uint32_t)size - 2, wire = left + (stream ? 0 : data[1] >> 4), used;
        pfg_proto_for(stream ? PFG_TCP : PFG_UDP, 53, 9434, data + 2, left);
        pfg_decode_payload(decode, proto, data[1] & 4 ? joiner : NULL, data[1], data + 2, left,
                           wire, stream, final, &used);
        if (used > left || (final && used != left && wire == left))
            abort();
        fuzz_render(decode);
    }
    pfg_decode_reset(decode);
    pfg_joiner_free(joiner);
    return 0;
}
