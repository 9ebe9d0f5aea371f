/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A packet's layers; the first byte chooses the link type, the second how much was cut. */
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint32_t links[] = { 0, 1, 12, 14, 101, 108, 113, 228, 229, 276, 147 };
    struct pfg_decode *decode = fuzz_decode();
    struct pfg_flow flow, light;
    if (size < 2 || size > 1 << 20)
        return 0;
    uint32_t left = (uint32_t)size - 2;
    struct pfg_packet packet = {
        data + 2, left, left + (data[1] & 127), links[data[0] % 11], UINT64_MAX, 1, data[1] >> 7
    };
    pfg_layers_some(decode, &packet, &light, (struct pfg_layers_ask){ data[0] / 11, data[0] * 77u });
    pfg_decode_reset(decode);
    pfg_layers_decode(decode, &packet, &flow);
    if (flow.payload_size > flow.payload_wire || flow.payload_size > left ||
        flow.payload != light.payload || flow.payload_size != light.payload_size)
        abort();
    if (flow.fragment)
        pfg_layers_transport(decode, flow.payload, flow.payload_size, &flow);
    fuzz_render(decode);
    return 0;
}
