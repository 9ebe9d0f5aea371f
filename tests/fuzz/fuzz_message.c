/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One message of every protocol; the first byte chooses it, the second how it is decoded. */
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pfg_decode *decode = fuzz_decode();
    if (size < 2 || size > 1 << 20)
        return 0;
    uint32_t left = (uint32_t)size - 2, wire = left + (data[1] >> 4);
    const struct pfg_pdu *pdu =
        pfg_decode_message(decode, fuzz_proto(data[0]), data + 2, left, wire, data[1] & 7u);
    if (pdu && pdu->size > left)
        abort();
    fuzz_render(decode);
    return 0;
}
