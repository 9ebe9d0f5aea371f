/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One value as text, for the field that the first two bytes choose; and as packed values. */
#include "proto/also.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t bytes[300];
    uint64_t value;
    struct pfg_fault fault;
    size_t fields, left = size < 2 ? 0 : size - 2;
    if (size < 2 || memchr(data, '@', size) || !fuzz_decode()) /* no files */
        return 0;
    const struct pfg_field *const *ids = pfg_registry_ids(&fields);
    const struct pfg_field *field = ids[(size_t)(data[0] << 8 | data[1]) % fields];
    const char *text = (const char *)data + 2, *blank = memchr(text, ' ', left);
    pfg_parse_uint(field, text, left, &value, &fault);
    pfg_parse_bytes(field, text, left, bytes, sizeof bytes, &fault);
    pfg_refs_nearest(text, left);
    size_t format = blank ? (size_t)(blank - text) : left;
    if (blank)
        pfg_pack_text(text, format, blank + 1, left - format - 1, bytes, sizeof bytes, &fault);
    return 0;
}
