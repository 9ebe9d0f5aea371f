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
