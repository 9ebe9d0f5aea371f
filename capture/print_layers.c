/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * print_layers.c - the layers that whoever reads tcpdump knows by heart, in its words: ARP,
 * ICMP, UDP and TCP. All other layers, and those that are cut, are told by their rows.
 */
#include <ctype.h>
#include <net/if_arp.h>
#include <string.h>

#include "capture/print.h"

/* The first value of a layer's field; NULL where the layer ends before it. */
static const struct pfg_value *find(const struct pfg_decode *decode, const struct pfg_pdu *pdu,
                                    enum pfg_layer_field_id id)
{
    return pfg_pdu_find(decode, pdu, pfg_layer_field(id));
}

static void put_length(struct pfg_out *out, uint32_t length)
{
    pfg_out_bytes(out, ", length ", 9);
    pfg_out_uint(out, length);
}

/* "ICMP6" of "icmp6". */
static void put_layer_name(struct pfg_out *out, const struct pfg_proto *proto)
{
    const char *at;

    for (at = proto->def->name; *at != '\0'; at++)
        pfg_out_char(out, (char)toupper((unsigned char)*at));
}

/* A named value in words: "echo request"; the number where it has no name. */
static void put_words(struct pfg_out *out, const struct pfg_value *value)
{
    const char *at = pfg_value_name(value->field, value->u);

    if (at == NULL)
        pfg_out_uint(out, value->u);
    for (; at != NULL && *at != '\0'; at++)
        pfg_out_char(out, *at == '_' ? ' ' : *at);
}

/* ---- TCP ---------------------------------------------------------------------------------- */

static void put_flags(struct pfg_out *out, const struct pfg_value *flags)
{
    const struct pfg_bit *bit = flags->field->row->flags;

    pfg_out_bytes(out, "Flags [", 7);
    if ((flags->u & flags->field->flags_known) == 0)
        pfg_out_bytes(out, "none", 4);
    for (; bit->name != NULL; bit++) {
        if ((flags->u & bit->mask) != 0)
            pfg_out_char(out, bit->letter);
    }
    pfg_out_char(out, ']');
}

/* The blocks of a selective acknowledgment (RFC 2018), which are numbers of the other side. */
static void put_blocks(struct pfg_out *out, const struct pfg_value *blocks, uint32_t origin)
{
    const struct pfg_value *block = blocks + 1, *end = block + blocks->u;
    const struct pfg_value *value;
    unsigned count = 0;

    for (; block < end; block += 1 + block->u)
        count++;
    pfg_out_char(out, ' ');
    pfg_out_uint(out, count);
    pfg_out_char(out, ' ');
    for (block = blocks + 1; block < end; block += 1 + block->u) {
        for (value = block + 1; value <= block + block->u; value++) {
            pfg_out_char(out, value == block + 1 ? '{' : ':');
            pfg_out_uint(out, (uint32_t)(value->u - origin));
        }
        pfg_out_char(out, '}');
    }
}

/* An option: its kind, and what belongs to it. origin: of the numbers in it. */
static void put_option(struct pfg_out *out, const struct pfg_pdu *pdu,
                       const struct pfg_value *option, uint32_t origin)
{
    const struct pfg_value *value = option + 1, *end = value + option->u;

    if (value == end)
        return;
    if (pfg_value_name(value->field, value->u) == NULL)
        pfg_out_bytes(out, "unknown-", 8);
    put_words(out, value);
    for (value++; value < end; value++) {
        const struct pfg_row *row = value->field->row;

        if (row->kind == PFG_ARRAY) {
            put_blocks(out, value, origin);
            return;
        }
        if (row->quiet || value->size == 0)
            continue;
        pfg_out_char(out, ' ');
        if (!row->bare) {
            pfg_out_string(out, value->field->name);
            pfg_out_char(out, ' ');
        }
        if (row->kind == PFG_BYTES)
            pfg_out_bytes(out, "0x", 2);
        pfg_value_plain(out, pdu, value, PFG_ASPECT_VALUE);
    }
}

static void put_options(struct pfg_out *out, const struct pfg_pdu *pdu,
                        const struct pfg_value *options, uint32_t origin)
{
    const struct pfg_value *option = options + 1, *end = option + options->u;

    pfg_out_bytes(out, ", options [", 11);
    for (; option < end; option += 1 + option->u) {
        if (option > options + 1)
            pfg_out_char(out, ',');
        put_option(out, pdu, option, origin);
    }
    pfg_out_char(out, ']');
}

/* Where the numbers of a segment are counted from: its own side's, and the other's. */
struct origins {
    uint32_t own, other, blocks;
};

static struct origins origins_of(const struct capture_dissect *dissect, bool absolute)
{
    const struct pfg_stream *stream = dissect->stream;
    struct origins origins = { 0 };

    if (absolute || stream == NULL || (dissect->flow.tcp_flags & PFG_TCP_ACK_BIT) == 0)
        return origins;
    origins.blocks = stream->back->origin;
    if (stream->absolute)
        return origins;
    origins.own = stream->origin;
    origins.other = stream->back->origin;
    return origins;
}

static void line_tcp(struct pfg_out *out, const struct capture_dissect *dissect,
                     const struct pfg_pdu *pdu, bool absolute)
{
    const struct pfg_decode *decode = &dissect->decode;
    const struct pfg_flow *flow = &dissect->flow;
    const struct pfg_value *options = find(decode, pdu, PFG_TCP_OPTIONS);
    struct origins origins = origins_of(dissect, absolute);
    uint32_t seq = flow->tcp_seq - origins.own;

    put_flags(out, find(decode, pdu, PFG_TCP_FLAGS));
    if (flow->payload_wire > 0 ||
        (flow->tcp_flags & (PFG_TCP_SYN | PFG_TCP_FIN | PFG_TCP_RST)) != 0) {
        pfg_out_bytes(out, ", seq ", 6);
        pfg_out_uint(out, seq);
    }
    if (flow->payload_wire > 0) {
        pfg_out_char(out, ':');
        pfg_out_uint(out, (uint32_t)(seq + flow->payload_wire));
    }
    if ((flow->tcp_flags & PFG_TCP_ACK_BIT) != 0) {
        pfg_out_bytes(out, ", ack ", 6);
        pfg_out_uint(out, (uint32_t)(flow->tcp_ack - origins.other));
    }
    pfg_out_bytes(out, ", win ", 6);
    pfg_out_uint(out, flow->tcp_window);
    if ((flow->tcp_flags & PFG_TCP_URG) != 0) {
        pfg_out_bytes(out, ", urg ", 6);
        pfg_out_uint(out, find(decode, pdu, PFG_TCP_URGENT)->u);
    }
    if (options != NULL && options->u > 0)
        put_options(out, pdu, options, origins.blocks);
    put_length(out, flow->payload_wire);
}

/* ---- Others ------------------------------------------------------------------------------- */

/* The kind of a message of ICMP, and what it says in single values. */
static void put_message(struct pfg_out *out, const struct pfg_decode *decode,
                        const struct pfg_pdu *pdu)
{
    const struct pfg_value *value = decode->values + pdu->first, *end = value + pdu->count;

    put_words(out, value);
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
static bool line_known(const struct capture_printer *printer, const struct capture_dissect *dissect,
                       const struct pfg_pdu *pdu)
{
    const struct pfg_flow *flow = &dissect->flow;
    struct pfg_out *out = printer->out;

    if (pdu->proto == pfg_layer(PFG_LAYER_TCP) && flow->has_ports) {
        line_tcp(out, dissect, pdu, printer->options.absolute);
    } else if (pdu->proto == pfg_layer(PFG_LAYER_UDP) && flow->has_ports) {
        put_layer_name(out, pdu->proto);
        put_length(out, flow->payload_wire);
    } else if ((pdu->proto == pfg_layer(PFG_LAYER_ICMP) ||
                pdu->proto == pfg_layer(PFG_LAYER_ICMP6)) &&
               pdu->count > 1) {
        line_icmp(out, &dissect->decode, pdu, pdu->size + flow->payload_wire);
    } else if (pdu->proto == pfg_layer(PFG_LAYER_ARP) && has_arp_words(&dissect->decode, pdu)) {
        line_arp(out, &dissect->decode, pdu, !printer->options.link,
                 pdu->size + flow->payload_wire);
    } else if (pdu->proto == pfg_layer(PFG_LAYER_IGMP)) {
        return capture_line_igmp(out, pdu);
    } else {
        return capture_line_link(out, &dissect->decode, pdu);
    }
    return true;
}

void capture_line_layer(const struct capture_printer *printer,
                        const struct capture_dissect *dissect, const struct pfg_pdu *pdu)
{
    if (line_known(printer, dissect, pdu))
        pfg_line_problems(printer->out, pdu->problems);
    else
        pfg_line_pdu(printer->out, &dissect->decode, pdu);
}

/* A piece of an IP datagram, in the words of BSD's tcpdump: identification, bytes, where they
 * stand, and + where more follow. */
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
    pfg_out_bytes(out, " frag ", 6);
    pfg_out_uint(out, flow->fragment_id);
    pfg_out_char(out, ':');
    pfg_out_uint(out, flow->payload_wire);
    pfg_out_char(out, '@');
    pfg_out_uint(out, flow->fragment_offset);
    if (flow->more_fragments)
        pfg_out_char(out, '+');
}
