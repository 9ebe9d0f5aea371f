/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz.h - what the fuzzers of proto/ share. */
#ifndef PFG_TESTS_FUZZ_H
#define PFG_TESTS_FUZZ_H

#include <stdlib.h>
#include <string.h>

#include "proto/layers.h"
#include "proto/render.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The decode that is used again and again, empty. */
static inline struct pfg_decode *fuzz_decode(void)
{
    static struct pfg_decode decode;
    if (!decode.values && (pfg_registry_init() < 0 || pfg_decode_init(&decode) < 0))
        abort();
    pfg_decode_reset(&decode);
    return &decode;
}

/* A packet: the first byte chooses its link type, the second how much of it was cut and whether
 * checksums are verified. False: there is none. */
static inline bool fuzz_packet(const uint8_t *data, size_t size, struct pfg_packet *packet)
{
    static const uint32_t links[] = { 0, 1, 12, 14, 101, 108, 113, 228, 229, 276, 147 };
    if (size < 2 || size > 1 << 20)
        return false;
    uint32_t left = (uint32_t)size - 2;
    *packet = (struct pfg_packet){
        data + 2, left, left + (data[1] & 127), links[data[0] % 11], UINT64_MAX, 1, data[1] >> 7
    };
    return true;
}

/* Renders all that was decoded, in every way. */
static inline void fuzz_render(const struct pfg_decode *decode)
{
    static struct pfg_out out;
    if (!out.start && pfg_out_init(&out, 1 << 16, NULL, NULL) < 0)
        abort();
    out.at = out.start;
    pfg_json_packet(&out, decode);
    for (uint32_t i = 0; i < decode->pdu_count; i++) {
        pfg_line_pdu(&out, decode, &decode->pdus[i]);
        pfg_tree_pdu(&out, decode, &decode->pdus[i], 0);
    }
}

/* The protocol that a byte chooses. */
static inline const struct pfg_proto *fuzz_proto(uint8_t byte)
{
    size_t count = 0;
    while (pfg_proto_at(count))
        count++;
    return pfg_proto_at(byte % count);
}

/* Lines of name=value as settings; returns how many. */
static inline size_t fuzz_sets(const char *at, const char *end, struct pfg_set *sets, size_t room)
{
    size_t count = 0;
    while (at < end && count < room) {
        const char *line = memchr(at, '\n', (size_t)(end - at)), *last = line ? line : end;
        const char *equals = memchr(at, '=', (size_t)(last - at));
        if (equals)
            sets[count++] = (struct pfg_set){ .name = at,
                                              .name_size = (uint32_t)(equals - at),
                                              .text = equals + 1,
                                              .size = (uint32_t)(last - equals - 1) };
        at = last + 1;
    }
    return count;
}

#endif
