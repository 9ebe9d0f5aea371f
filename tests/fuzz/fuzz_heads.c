/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A packet's JSON from values, and with the heads of its layers left where they are: one text. */
#include "tests/fuzz/fuzz.h"

static size_t write_json(struct pfg_out *out, const struct pfg_packet *packet, uint32_t heads)
{
    struct pfg_decode *decode = fuzz_decode();
    struct pfg_flow flow;
    if (!out->start && pfg_out_init(out, 1 << 16, NULL, NULL) < 0)
        abort();
    out->at = out->start;
    pfg_layers_some(decode, packet, &flow,
                    (struct pfg_layers_ask){ ~heads & PFG_LAYERS_ALL, heads });
    pfg_json_packet(out, decode);
    return (size_t)(out->at - out->start);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct pfg_out values, heads;
    struct pfg_packet packet;
    if (!fuzz_packet(data, size, &packet))
        return 0;
    size_t written = write_json(&values, &packet, 0);
    if (written != write_json(&heads, &packet, PFG_LAYERS_ALL) ||
        memcmp(values.start, heads.start, written) != 0)
        abort();
    return 0;
}
