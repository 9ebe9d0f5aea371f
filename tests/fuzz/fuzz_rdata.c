/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DNS record data from text and back: what was read is shown, and read again it is the same. */
#include "proto/rdata.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t bytes[2][1 << 16];
    struct pfg_out out;
    struct pfg_fault fault;
    struct pfg_writer first = { bytes[0], 0, 65535, false }, second = { bytes[1], 0, 65535, false };
    if (size < 2 || !fuzz_decode() || pfg_out_init(&out, 1 << 16, NULL, NULL) < 0)
        return 0;
    const struct pfg_field *field = pfg_field_find("pfg_dns.rr.rdata", 16).field;
    uint64_t type = (uint64_t)data[0] | (uint64_t)(data[1] & 1) << 8;
    bool read =
        pfg_rdata_parse(field, type, (const char *)data + 2, size - 2, &first, &fault) == 0 &&
        !first.overflow && pfg_rdata_fits(field, type, bytes[0], 0, first.size, NULL);
    if (read)
        pfg_rdata_text(&out, &(struct pfg_pdu){ .base = bytes[0], .size = first.size },
                       &(struct pfg_value){ field, type, 0, first.size });
    if (read && (pfg_rdata_parse(field, type, out.start, (size_t)(out.at - out.start), &second,
                                 &fault) < 0 ||
                 first.size != second.size || memcmp(bytes[0], bytes[1], first.size) != 0))
        abort();
    pfg_out_free(&out);
    return 0;
}
