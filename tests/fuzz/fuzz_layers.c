/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A packet's layers; the first byte chooses the link type, the second how much was cut. */
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pfg_decode *decode = fuzz_decode();
    struct pfg_packet packet;
    struct pfg_flow flow, light, line;
    if (!fuzz_packet(data, size, &packet))
        return 0;
    pfg_layers_some(decode, &packet, &light,
                    (struct pfg_layers_ask){ data[0] / 11, data[0] * 77u });
    pfg_decode_reset(decode);
    pfg_layers_line(decode, &packet, &line, 0);
    pfg_decode_reset(decode);
    pfg_layers_decode(decode, &packet, &flow);
    if (flow.payload_size > flow.payload_wire || flow.payload_size > packet.caplen ||
        flow.payload != light.payload || flow.payload_size != light.payload_size ||
        flow.payload != line.payload || flow.payload_size != line.payload_size ||
        flow.sport != line.sport || flow.tcp_seq != line.tcp_seq)
        abort();
    if (flow.fragment) {
        struct pfg_packet joined = { .bytes = flow.payload,
                                     .caplen = flow.payload_size,
                                     .len = flow.payload_wire,
                                     .verify_checksums = true };
        pfg_layers_transport(decode, &joined, &flow);
    }
    fuzz_render(decode);
    return 0;
}
