/* SPDX-License-Identifier: GPL-2.0-or-later */
/* print_igmp.c - messages of IGMP, versions 1 to 3 (RFC 1112, 2236, 3376), in tcpdump's words. */
#include <netinet/igmp.h>
#include <netinet/in.h>
#include <stddef.h>

#include "capture/print.h"
#include "proto/cursor.h"

enum { QUERY3_MIN = 12, SOURCES_AT = 10, REPORT3 = 0x22, RECORDS_AT = 6 };
/* Times are in 1/10 s; this one is not told. */
enum { USUAL_TIME = 100, TENTHS_PER_MINUTE = 600 };

static void put_group(struct pfg_out *out, const uint8_t *bytes)
{
    pfg_out_ipv4(out, pfg_get_be32(bytes + offsetof(struct igmp, igmp_group)));
}

/* From a minute on whole seconds, below that tenths of them. */
static void put_span(struct pfg_out *out, uint32_t tenths)
{
    uint32_t rest = tenths % TENTHS_PER_MINUTE;

    if (tenths >= TENTHS_PER_MINUTE) {
        pfg_out_uint(out, tenths / TENTHS_PER_MINUTE);
        pfg_out_char(out, 'm');
        if (rest == 0)
            return;
    }
    pfg_out_uint(out, rest / 10);
    if (tenths < TENTHS_PER_MINUTE) {
        pfg_out_char(out, '.');
        pfg_out_uint(out, rest % 10);
    }
    pfg_out_char(out, 's');
}

/* RFC 3376, 4.1.1: from 128 on, a mantissa and an exponent. */
static uint32_t time_of(uint8_t code)
{
    return code < 128 ? code : (uint32_t)((code & 0x0f) | 0x10) << ((code >> 4 & 7) + 3);
}

static void put_time3(struct pfg_out *out, uint8_t code)
{
    uint32_t tenths = time_of(code);

    if (code == USUAL_TIME)
        return;
    pfg_out_string(out, " [max resp time ");
    put_span(out, tenths);
    pfg_out_char(out, ']');
}

static void put_query(struct pfg_out *out, const uint8_t *bytes, uint32_t size)
{
    uint8_t code = bytes[offsetof(struct igmp, igmp_code)];
    bool third = size >= QUERY3_MIN;
    uint16_t sources = third ? pfg_get_be16(bytes + SOURCES_AT) : 0;

    pfg_out_string(out, third ? "query v3" : code != 0 ? "query v2" : "query v1");
    if (third) {
        put_time3(out, code);
    } else if (code != 0 && code != USUAL_TIME) {
        pfg_out_string(out, " [max resp time ");
        pfg_out_uint(out, code);
        pfg_out_char(out, ']');
    }
    if (pfg_get_be32(bytes + offsetof(struct igmp, igmp_group)) == 0)
        return;
    pfg_out_string(out, " [gaddr ");
    put_group(out, bytes);
    if (sources > 0) {
        pfg_out_string(out, ", ");
        pfg_out_uint(out, sources);
        pfg_out_string(out, " source(s)");
    }
    pfg_out_char(out, ']');
}

static const char *kind_of(uint8_t type)
{
    switch (type) {
    case IGMP_MEMBERSHIP_QUERY:
        return "";
    case IGMP_V1_MEMBERSHIP_REPORT:
        return "v1 report ";
    case IGMP_V2_MEMBERSHIP_REPORT:
        return "v2 report ";
    case IGMP_V2_LEAVE_GROUP:
        return "leave ";
    case REPORT3:
        return "v3 report, ";
    default:
        return NULL;
    }
}

bool capture_line_igmp(struct pfg_out *out, const struct pfg_pdu *pdu)
{
    const uint8_t *bytes = pdu->base;
    const char *kind;

    if (pdu->size < IGMP_MINLEN)
        return false;
    kind = kind_of(bytes[0]);
    if (kind == NULL)
        return false;
    pfg_out_string(out, "igmp ");
    pfg_out_string(out, kind);
    if (bytes[0] == IGMP_MEMBERSHIP_QUERY) {
        put_query(out, bytes, pdu->size);
    } else if (bytes[0] == REPORT3) {
        pfg_out_uint(out, pfg_get_be16(bytes + RECORDS_AT));
        pfg_out_string(out, " group record(s)");
    } else {
        put_group(out, bytes);
    }
    return true;
}
