/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * print_layers.c - the layers that whoever reads tcpdump knows by heart, in its words: ARP,
 * ICMP, UDP and TCP. All other layers, and those that are cut, are told by their rows.
 */
#include <ctype.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <string.h>

#include "capture/print.h"
#include "proto/cursor.h"

static const struct pfg_value *find(const struct pfg_decode *decode, const struct pfg_pdu *pdu,
                                    enum pfg_layer_field_id id)
{
    return pfg_pdu_find(decode, pdu, pfg_layer_field(id));
}

static void put_length(struct pfg_out *out, uint32_t length)
{
    char *to = pfg_out_room(out, 2 * PFG_PUT_ROOM);

    out->at = pfg_put_uint(pfg_put_text(to, ", length "), length);
}

/* "ICMP6" of "icmp6". */
static void put_layer_name(struct pfg_out *out, const struct pfg_proto *proto)
{
    const char *at;

    for (at = proto->def->name; *at != '\0'; at++)
        pfg_out_char(out, (char)toupper((unsigned char)*at));
}

/* ---- TCP ---------------------------------------------------------------------------------- */

/* Where the numbers of a segment are counted from: its own side's, and the other's. */
struct origins {
    uint32_t own, other, blocks;
};

static struct origins origins_of(const struct capture_dissect *dissect, bool absolute)
{
    struct pfg_stream *stream = dissect->stream;
    struct origins origins = { 0 };

    if (absolute || stream == NULL || (dissect->flow.tcp_flags & PFG_TCP_ACK_BIT) == 0)
        return origins;
    origins.blocks = pfg_stream_back(stream)->origin;
    if (stream->absolute)
        return origins;
    origins.own = stream->origin;
    origins.other = pfg_stream_back(stream)->origin;
    return origins;
}

/* What is sent, and from where on. */
static char *put_seq(char *to, const struct pfg_flow *flow, uint32_t seq)
{
    if (flow->payload_wire == 0 &&
        (flow->tcp_flags & (PFG_TCP_SYN | PFG_TCP_FIN | PFG_TCP_RST)) == 0)
        return to;
    to = pfg_put_uint(pfg_put_text(to, ", seq "), seq);
    if (flow->payload_wire == 0)
        return to;
    *to = ':';
    return pfg_put_uint(to + 1, (uint32_t)(seq + flow->payload_wire));
}

char *capture_put_tcp(struct capture_printer *printer, const struct capture_dissect *dissect,
                      const struct pfg_pdu *pdu, char *to)
{
    const struct pfg_flow *flow = &dissect->flow;
    struct origins origins = origins_of(dissect, printer->options.absolute);

    to = pfg_put_letters(to, printer->tcp_flags, flow->tcp_flags);
    to = put_seq(to, flow, flow->tcp_seq - origins.own);
    if ((flow->tcp_flags & PFG_TCP_ACK_BIT) != 0)
        to = pfg_put_uint(pfg_put_text(to, ", ack "), (uint32_t)(flow->tcp_ack - origins.other));
    to = pfg_put_uint(pfg_put_text(to, ", win "), flow->tcp_window);
    if ((flow->tcp_flags & PFG_TCP_URG) != 0)
        to = pfg_put_uint(pfg_put_text(to, ", urg "), flow->tcp_urgent);
    to = capture_put_options(printer, &dissect->decode, pdu, to, origins.blocks);
    return pfg_put_uint(pfg_put_text(to, ", length "), flow->payload_wire);
}

/* ---- Others ------------------------------------------------------------------------------- */

/* The kind of a message of ICMP, and what it says in single values. */
static void put_message(struct pfg_out *out, const struct pfg_decode *decode,
                        const struct pfg_pdu *pdu)
{
    const struct pfg_value *value = decode->values + pdu->first, *end = value + pdu->count;
    char *to = pfg_out_room(out, CAPTURE_LINE_ROOM), *words = capture_put_words(to, value);

    out->at = words != NULL ? words : pfg_put_uint(to, value->u);
    for (value++; value < end; value++) {
        const struct pfg_row *row = value->field->row;

        if (row->kind == PFG_ARRAY || row->kind == PFG_GROUP) {
            value += value->u;
            continue;
        }
        if (row->quiet || row->kind == PFG_CHECKSUM || (row->sparse && value->u == 0))
            continue;
        pfg_out_bytes(out, ", ", 2);
        pfg_out_string(out, value->field->name);
        pfg_out_char(out, ' ');
        pfg_value_plain(out, pdu, value, PFG_ASPECT_VALUE);
    }
}

/* size: bytes on the wire. */
static void line_icmp(struct pfg_out *out, const struct pfg_decode *decode,
                      const struct pfg_pdu *pdu, uint32_t size)
{
    put_layer_name(out, pdu->proto);
    if (pdu->proto == pfg_layer(PFG_LAYER_ICMP6))
        pfg_out_char(out, ',');
    pfg_out_char(out, ' ');
    if (!capture_line_icmp(out, pdu))
        put_message(out, decode, pdu);
    put_length(out, size);
}

/* Addresses of an ARP packet by their ids. */
static void put_protocol_address(struct pfg_out *out, const struct pfg_decode *decode,
                                 const struct pfg_pdu *pdu, enum pfg_layer_field_id id)
{
    pfg_out_ipv4(out, (uint32_t)find(decode, pdu, id)->u);
}

static void put_hardware_address(struct pfg_out *out, const struct pfg_decode *decode,
                                 const struct pfg_pdu *pdu, enum pfg_layer_field_id id)
{
    pfg_out_mac(out, pfg_value_bytes(pdu, find(decode, pdu, id)));
}

/* RFC 826: who asks for whom; the hardware address that is asked is told where it is known. */
static void put_request(struct pfg_out *out, const struct pfg_decode *decode,
                        const struct pfg_pdu *pdu)
{
    static const uint8_t unknown[6];
    const uint8_t *target = pfg_value_bytes(pdu, find(decode, pdu, PFG_ARP_THA));

    pfg_out_string(out, "Request who-has ");
    put_protocol_address(out, decode, pdu, PFG_ARP_TPA);
    if (memcmp(target, unknown, sizeof unknown) != 0) {
        pfg_out_bytes(out, " (", 2);
        pfg_out_mac(out, target);
        pfg_out_char(out, ')');
    }
    pfg_out_string(out, " tell ");
    put_protocol_address(out, decode, pdu, PFG_ARP_SPA);
}

static void put_reply(struct pfg_out *out, const struct pfg_decode *decode,
                      const struct pfg_pdu *pdu)
{
    pfg_out_string(out, "Reply ");
    put_protocol_address(out, decode, pdu, PFG_ARP_SPA);
    pfg_out_string(out, " is-at ");
    put_hardware_address(out, decode, pdu, PFG_ARP_SHA);
}

/* RFC 903 and 2390: who asks for a hardware address's other one. */
static void put_reverse_request(struct pfg_out *out, const struct pfg_decode *decode,
                                const struct pfg_pdu *pdu, const char *how)
{
    pfg_out_string(out, how);
    pfg_out_string(out, " Request who-is ");
    put_hardware_address(out, decode, pdu, PFG_ARP_THA);
    pfg_out_string(out, " tell ");
    put_hardware_address(out, decode, pdu, PFG_ARP_SHA);
}

static void put_reverse_reply(struct pfg_out *out, const struct pfg_decode *decode,
                              const struct pfg_pdu *pdu, bool inverse)
{
    pfg_out_string(out, inverse ? "Inverse Reply " : "Reverse Reply ");
    put_hardware_address(out, decode, pdu, inverse ? PFG_ARP_SHA : PFG_ARP_THA);
    pfg_out_string(out, " at ");
    put_protocol_address(out, decode, pdu, inverse ? PFG_ARP_SPA : PFG_ARP_TPA);
}

/* named: its name stands before it. */
static void line_arp(struct pfg_out *out, const struct pfg_decode *decode,
                     const struct pfg_pdu *pdu, bool named, uint32_t size)
{
    uint64_t operation = find(decode, pdu, PFG_ARP_OPER)->u;

    if (named) {
        put_layer_name(out, pdu->proto);
        pfg_out_bytes(out, ", ", 2);
    }
    if (operation == ARPOP_REQUEST)
        put_request(out, decode, pdu);
    else if (operation == ARPOP_REPLY)
        put_reply(out, decode, pdu);
    else if (operation == ARPOP_RREQUEST || operation == ARPOP_InREQUEST)
        put_reverse_request(out, decode, pdu, operation == ARPOP_RREQUEST ? "Reverse" : "Inverse");
    else
        put_reverse_reply(out, decode, pdu, operation == ARPOP_InREPLY);
    put_length(out, size);
}

/* Whether it is ARP for IP over Ethernet, whole, and of an operation that has words. */
static bool has_arp_words(const struct pfg_decode *decode, const struct pfg_pdu *pdu)
{
    const struct pfg_value *operation = find(decode, pdu, PFG_ARP_OPER);

    if (operation == NULL || find(decode, pdu, PFG_ARP_TPA) == NULL)
        return false;
    return (operation->u >= ARPOP_REQUEST && operation->u <= ARPOP_RREPLY) ||
           operation->u == ARPOP_InREQUEST || operation->u == ARPOP_InREPLY;
}

/* Whether one of the layers above told it: those whose fields are all there. */
static bool line_known(struct capture_printer *printer, const struct capture_dissect *dissect,
                       const struct pfg_pdu *pdu)
{
    const struct pfg_flow *flow = &dissect->flow;
    struct pfg_out *out = printer->out;
    unsigned layer = pdu->proto->index;

    if (layer == PFG_LAYER_TCP && flow->has_ports) {
        out->at = capture_put_tcp(printer, dissect, pdu, pfg_out_room(out, CAPTURE_LINE_ROOM));
    } else if (layer == PFG_LAYER_UDP && flow->has_ports) {
        put_layer_name(out, pdu->proto);
        put_length(out, flow->payload_wire);
    } else if ((layer == PFG_LAYER_ICMP || layer == PFG_LAYER_ICMP6) && pdu->count > 1) {
        line_icmp(out, &dissect->decode, pdu, pdu->size + flow->payload_wire);
    } else if (layer == PFG_LAYER_ARP && has_arp_words(&dissect->decode, pdu)) {
        line_arp(out, &dissect->decode, pdu, !printer->options.link,
                 pdu->size + flow->payload_wire);
    } else if (layer == PFG_LAYER_IGMP) {
        return capture_line_igmp(out, pdu);
    } else {
        return capture_line_link(out, &dissect->decode, pdu);
    }
    return true;
}

void capture_line_layer(struct capture_printer *printer, const struct capture_dissect *dissect,
                        const struct pfg_pdu *pdu)
{
    if (line_known(printer, dissect, pdu))
        pfg_line_problems(printer->out, pdu->problems);
    else
        pfg_line_pdu(printer->out, &dissect->decode, pdu);
}

void capture_fragment_ports(struct pfg_flow *flow)
{
    uint32_t src = pfg_layer_field(PFG_UDP_SRCPORT)->offset; /* TCP's stand there, too */
    uint32_t dst = pfg_layer_field(PFG_UDP_DSTPORT)->offset;

    if (!flow->fragment || flow->fragment_offset != 0 || flow->payload_size < dst + 2 ||
        (flow->protocol != IPPROTO_UDP && flow->protocol != IPPROTO_TCP))
        return;
    flow->has_ports = true;
    flow->sport = pfg_get_be16(flow->payload + src);
    flow->dport = pfg_get_be16(flow->payload + dst);
}

/* The length that the first piece of a datagram of UDP tells of all of it. */
static void put_whole_length(struct pfg_out *out, const struct pfg_flow *flow)
{
    const struct pfg_proto *udp = pfg_layer(PFG_LAYER_UDP);
    uint32_t length;

    if (flow->protocol != IPPROTO_UDP || flow->fragment_offset != 0 ||
        flow->payload_size < udp->header_size)
        return;
    length = pfg_get_be16(flow->payload + pfg_layer_field(PFG_UDP_LENGTH)->offset);
    if (length < udp->header_size)
        return;
    put_length(out, length - udp->header_size);
    pfg_out_char(out, ',');
}

/* A piece of an IP datagram: what it is a piece of, and in the words of BSD's tcpdump
 * identification, bytes, where they stand, and + where more follow. */
void capture_line_fragment(struct pfg_out *out, const struct pfg_flow *flow)
{
    const char *name = pfg_value_name(pfg_layer_field(PFG_IP_PROTO), flow->protocol);

    if (name != NULL)
        pfg_out_string(out, name);
    else
        pfg_out_bytes(out, "ip-proto-", 9);
    if (name == NULL)
        pfg_out_uint(out, flow->protocol);
    if (!flow->fragment && name == NULL) {
        pfg_out_char(out, ' ');
        pfg_out_uint(out, flow->payload_wire);
        return;
    }
    if (!flow->fragment) {
        put_length(out, flow->payload_wire);
        return;
    }
    put_whole_length(out, flow);
    pfg_out_bytes(out, " frag ", 6);
    pfg_out_uint(out, flow->fragment_id);
    pfg_out_char(out, ':');
    pfg_out_uint(out, flow->payload_wire);
    pfg_out_char(out, '@');
    pfg_out_uint(out, flow->fragment_offset);
    if (flow->more_fragments)
        pfg_out_char(out, '+');
}
