/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * print_icmp.c - what could not be reached, in tcpdump's words: ICMP bears the beginning of the
 * packet that is spoken of (RFC 792; RFC 4443, 3.1).
 */
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>

#include "capture/print.h"
#include "proto/cursor.h"

/* What stands beside the address. */
enum detail { ADDRESS, PROTOCOL, PORT };

static const struct reason {
    uint8_t code;
    enum detail detail;
    const char *before, *after;
} reasons[] = {
    { ICMP_NET_UNREACH, ADDRESS, "net ", " unreachable" },
    { ICMP_HOST_UNREACH, ADDRESS, "host ", " unreachable" },
    { ICMP_PROT_UNREACH, PROTOCOL, "", " unreachable" },
    { ICMP_PORT_UNREACH, PORT, "", " unreachable" },
    { ICMP_NET_ANO, ADDRESS, "net ", " unreachable - admin prohibited" },
    { ICMP_HOST_ANO, ADDRESS, "host ", " unreachable - admin prohibited" },
    { ICMP_PKT_FILTERED, ADDRESS, "host ", " unreachable - admin prohibited filter" },
}, reasons6[] = {
    { ICMP6_DST_UNREACH_NOROUTE, ADDRESS, "destination unreachable, unreachable route ", "" },
    { ICMP6_DST_UNREACH_ADMIN, ADDRESS, "destination unreachable, unreachable prohibited ", "" },
    { ICMP6_DST_UNREACH_ADDR, ADDRESS, "destination unreachable, unreachable address ", "" },
    { ICMP6_DST_UNREACH_NOPORT, PORT, "destination unreachable, unreachable port, ", "" },
};

/* The packet that is spoken of, as far as it is there. */
struct spoken {
    const struct pfg_field *dst;
    const uint8_t *bytes, *transport;
    uint32_t left; /* bytes from transport on */
    uint8_t protocol;
};

static const struct reason *find_reason(bool six, uint64_t code)
{
    const struct reason *list = six ? reasons6 : reasons;
    size_t count = six ? sizeof reasons6 / sizeof *reasons6 : sizeof reasons / sizeof *reasons;
    size_t i;

    for (i = 0; i < count; i++) {
        if (list[i].code == code)
            return &list[i];
    }
    return NULL;
}

/* The bytes at the message's end. False: the header of IP in them is not whole. */
static bool find_spoken(const struct pfg_decode *decode, const struct pfg_pdu *pdu, bool six,
                        struct spoken *spoken)
{
    const struct pfg_value *last = &decode->values[pdu->first + pdu->count - 1];
    const struct pfg_proto *ip = pfg_layer(six ? PFG_LAYER_IP6 : PFG_LAYER_IP);
    const struct pfg_field *protocol = pfg_layer_field(six ? PFG_IP6_NEXT : PFG_IP_PROTO);
    uint32_t header = ip->def->fixed_size;

    if (last->field->row->kind != PFG_BYTES || last->size < header)
        return false;
    spoken->bytes = pfg_value_bytes(pdu, last);
    if (spoken->bytes[0] >> 4 != (six ? 6 : 4))
        return false;
    if (!six && (spoken->bytes[0] & 0x0fU) * 4 > header) /* with options (RFC 791, 3.1) */
        header = (spoken->bytes[0] & 0x0fU) * 4;
    spoken->dst = pfg_layer_field(six ? PFG_IP6_DST : PFG_IP_DST);
    spoken->protocol = spoken->bytes[protocol->offset];
    spoken->left = header < last->size ? last->size - header : 0;
    spoken->transport = spoken->bytes + (spoken->left > 0 ? header : 0);
    return true;
}

/* "udp port 53"; UDP and TCP have their ports at the same place. False: it is neither, or cut. */
static bool put_port(struct pfg_out *out, const struct spoken *spoken)
{
    const struct pfg_field *port = pfg_layer_field(PFG_UDP_DSTPORT);
    bool tcp = spoken->protocol == IPPROTO_TCP;

    if ((!tcp && spoken->protocol != IPPROTO_UDP) || spoken->left < port->offset + port->size)
        return false;
    pfg_out_char(out, ' ');
    pfg_out_string(out, pfg_layer(tcp ? PFG_LAYER_TCP : PFG_LAYER_UDP)->def->name);
    pfg_out_bytes(out, " port ", 6);
    pfg_out_uint(out, pfg_get_be16(spoken->transport + port->offset));
    return true;
}

bool capture_line_unreachable(struct pfg_out *out, const struct pfg_decode *decode,
                              const struct pfg_pdu *pdu)
{
    bool six = pdu->proto == pfg_layer(PFG_LAYER_ICMP6);
    uint64_t type = pfg_pdu_uint(decode, pdu, pfg_layer_field(six ? PFG_ICMP6_TYPE : PFG_ICMP_TYPE),
                                 UINT64_MAX);
    uint64_t code = pfg_pdu_uint(decode, pdu, pfg_layer_field(six ? PFG_ICMP6_CODE : PFG_ICMP_CODE),
                                 UINT64_MAX);
    const struct reason *reason = find_reason(six, code);
    struct spoken spoken;

    if (type != (six ? ICMP6_DST_UNREACH : ICMP_DEST_UNREACH) || reason == NULL ||
        !find_spoken(decode, pdu, six, &spoken))
        return false;
    pfg_out_string(out, reason->before);
    if (six)
        pfg_out_ipv6(out, spoken.bytes + spoken.dst->offset);
    else
        pfg_out_ipv4(out, pfg_get_be32(spoken.bytes + spoken.dst->offset));
    if (reason->detail == PROTOCOL || (reason->detail == PORT && !put_port(out, &spoken))) {
        pfg_out_string(out, " protocol ");
        pfg_out_uint(out, spoken.protocol);
    }
    pfg_out_string(out, reason->after);
    return true;
}
