/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Settings, a line each, to a message of the protocol that the first byte chooses; what was written
 * is decoded again. */
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t bytes[1 << 16];
    struct pfg_set sets[32];
    struct pfg_writer writer = { bytes, 0, sizeof bytes, false };
    struct pfg_fault fault;
    struct pfg_decode *decode = fuzz_decode();
    if (size < 1 || memchr(data, '@', size)) /* no files */
        return 0;
    const struct pfg_proto *proto = fuzz_proto(data[0]);
    const char *text = (const char *)data;
    size_t count = fuzz_sets(text + 1, text + size, sets, 32);
    if (pfg_encode_message(proto, sets, count, NULL, 0, &writer, &fault) == 0)
        pfg_decode_message(decode, proto, bytes, writer.size, writer.size, 0);
    fuzz_render(decode);
    return 0;
}
