/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A packet's layers; the first byte chooses the link type, the second how much was cut. */
#include "tests/fuzz/fuzz.h"

/* What decode has as JSON must be what it is with the heads of its layers left where they are. */
static void same_json(struct pfg_decode *decode, const struct pfg_packet *packet)
{
    struct pfg_out values, heads;
    struct pfg_flow flow;

    if (pfg_out_init(&values, 4096, NULL, NULL) < 0 || pfg_out_init(&heads, 4096, NULL, NULL) < 0)
        abort();
    pfg_json_packet(&values, decode);
    pfg_decode_reset(decode);
    pfg_layers_some(decode, packet, &flow, (struct pfg_layers_ask){ .heads = PFG_LAYERS_ALL });
    pfg_json_packet(&heads, decode);
    size_t size = (size_t)(values.at - values.start);
    if (size != (size_t)(heads.at - heads.start) || memcmp(values.start, heads.start, size) != 0)
        abort();
    pfg_out_free(&values);
    pfg_out_free(&heads);
}

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
    pfg_layers_some(decode, &packet, &light,
                    (struct pfg_layers_ask){ data[0] / 11, data[0] * 77u });
    pfg_decode_reset(decode);
    pfg_layers_decode(decode, &packet, &flow);
    if (flow.payload_size > flow.payload_wire || flow.payload_size > left ||
        flow.payload != light.payload || flow.payload_size != light.payload_size)
        abort();
    same_json(decode, &packet);
    pfg_decode_reset(decode);
    pfg_layers_decode(decode, &packet, &flow);
    if (flow.fragment)
        pfg_layers_transport(decode, flow.payload, flow.payload_size, &flow);
    fuzz_render(decode);
    return 0;
}
