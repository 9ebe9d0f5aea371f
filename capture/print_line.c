/* SPDX-License-Identifier: GPL-2.0-or-later */
/* print_line.c - the line of a packet. Nothing here knows a protocol's fields. */
#include <netinet/in.h>
#include <string.h>

#include "capture/print.h"
#include "proto/cursor.h"

/* SGR sequences of --color: messages, problems. */
#define COLOR_MESSAGE "\033[32m"
#define COLOR_PROBLEM "\033[31m"
#define COLOR_END     "\033[0m"

void capture_printer_init(struct capture_printer *printer,
                          const struct capture_print_options *options, struct pfg_out *out,
                          const struct capture_interfaces *interfaces)
{
    memset(printer, 0, sizeof *printer);
    printer->options = *options;
    printer->out = out;
    printer->interfaces = interfaces;
    printer->plain = !options->number && !options->interfaces && !options->link &&
                     !options->quick && !options->color;
    printer->below = options->tree || options->bits || options->dump != CAPTURE_DUMP_NONE;
    printer->tcp_flags = pfg_layer_field(PFG_TCP_FLAGS);
    printer->tcp_options = pfg_layer_field(PFG_TCP_OPTIONS);
}

/* The frame's pdu is the first, the link layer's the next, where one was read. */
enum { FIRST_LAYER = 1 };

/* ---- Addresses and layers ----------------------------------------------------------------- */

static inline char *put_port(char *to, uint16_t port)
{
    *to = '.';
    return pfg_put_16(to + 1, port);
}

/* Two addresses, and their ports where they have some. */
static inline __attribute__((always_inline)) char *put_ends(char *to, const struct pfg_flow *flow,
                                                            bool six, bool ports)
{
    to = six ? pfg_put_ipv6(to, flow->src) : pfg_put_ipv4(to, pfg_get_be32(flow->src));
    to = pfg_put_text(ports ? put_port(to, flow->sport) : to, " > ");
    to = six ? pfg_put_ipv6(to, flow->dst) : pfg_put_ipv4(to, pfg_get_be32(flow->dst));
    return pfg_put_text(ports ? put_port(to, flow->dport) : to, ": ");
}

/* -e has told which of both it is. */
static void print_ends(const struct capture_printer *printer, const struct pfg_flow *flow)
{
    char *to = pfg_out_room(printer->out, 4 * PFG_PUT_ROOM);

    if (!printer->options.link)
        to = flow->family == 6 ? pfg_put_text(to, "IP6 ") : pfg_put_text(to, "IP ");
    printer->out->at = put_ends(to, flow, flow->family == 6, flow->has_ports);
}

/* Those of a fragment: the first one has ports. */
static void print_piece_ends(const struct capture_printer *printer, struct pfg_flow flow)
{
    capture_fragment_ports(&flow);
    print_ends(printer, &flow);
}

static void print_length(struct pfg_out *out, uint32_t length)
{
    pfg_out_bytes(out, "length ", 7);
    pfg_out_uint(out, length);
}

static bool is_ip(const struct pfg_pdu *pdu)
{
    return pdu->proto == pfg_layer(PFG_LAYER_IP) || pdu->proto == pfg_layer(PFG_LAYER_IP6);
}

/* IP in IP: who speaks with whom on the outside. */
static void print_tunnels(const struct capture_printer *printer,
                          const struct capture_dissect *dissect)
{
    const struct pfg_decode *decode = &dissect->decode;
    uint32_t i;

    for (i = 0; i < dissect->flow.network_pdu && i < dissect->layers; i++) {
        const struct pfg_pdu *pdu = &decode->pdus[i];
        bool six = pdu->proto == pfg_layer(PFG_LAYER_IP6);
        struct pfg_flow flow = { .family = six ? 6 : 4 };
        const struct pfg_value *src, *dst;

        if (!is_ip(pdu))
            continue;
        src = pfg_pdu_find(decode, pdu, pfg_layer_field(six ? PFG_IP6_SRC : PFG_IP_SRC));
        dst = pfg_pdu_find(decode, pdu, pfg_layer_field(six ? PFG_IP6_DST : PFG_IP_DST));
        if (src == NULL || dst == NULL)
            continue;
        flow.src = pfg_value_bytes(pdu, src);
        flow.dst = pfg_value_bytes(pdu, dst);
        print_ends(printer, &flow);
    }
}

/* Options between IPv6 and what it carries: that there are some. */
static void print_options(struct pfg_out *out, const struct capture_dissect *dissect)
{
    uint32_t to = dissect->flow.transport_pdu, i;

    if (to > dissect->layers)
        to = dissect->layers;
    for (i = dissect->flow.network_pdu; i < to; i++) {
        if (dissect->decode.pdus[i].proto == pfg_layer(PFG_LAYER_IP6_HOP))
            pfg_out_bytes(out, "HBH ", 4);
        else if (dissect->decode.pdus[i].proto == pfg_layer(PFG_LAYER_IP6_DST))
            pfg_out_bytes(out, "DSTOPT ", 7);
    }
}

/* Layers between two places, each as one line's part. */
static void print_layers(struct capture_printer *printer, const struct capture_dissect *dissect,
                         uint32_t from, uint32_t to)
{
    uint32_t i;

    for (i = from; i < to; i++) {
        if (i > from)
            pfg_out_bytes(printer->out, ": ", 2);
        capture_line_layer(printer, dissect, &dissect->decode.pdus[i]);
    }
}

/* --quick, tcpdump's -q, of TCP: its name, and how much it bears. */
static void print_quick(struct pfg_out *out, const struct pfg_flow *flow)
{
    pfg_out_string(out, pfg_layer(PFG_LAYER_TCP)->def->name);
    pfg_out_char(out, ' ');
    pfg_out_uint(out, flow->payload_wire);
}

/* Problems of layers that have no line of their own here: --checksums finds such. */
static void print_problems(struct pfg_out *out, const struct pfg_decode *decode, uint32_t to)
{
    uint32_t i;
    unsigned problem;

    for (i = 0; i < to; i++) {
        for (problem = 0; decode->pdus[i].problems >> problem != 0; problem++) {
            if ((decode->pdus[i].problems >> problem & 1) == 0)
                continue;
            pfg_out_char(out, '[');
            pfg_out_string(out, decode->pdus[i].proto->def->name);
            pfg_out_char(out, ' ');
            pfg_out_string(out, pfg_problem_name((enum pfg_problem)problem));
            pfg_out_string(out, "] ");
        }
    }
}

/* Whether the transport's own line is worth it beside the messages in it: TCP's is. */
static bool shows_transport(const struct capture_printer *printer,
                            const struct capture_dissect *dissect)
{
    if (dissect->flow.transport_pdu == UINT32_MAX)
        return false;
    return printer->options.quick || dissect->decode.pdu_count == dissect->layers ||
           dissect->flow.protocol == IPPROTO_TCP;
}

static void print_messages(struct capture_printer *printer, const struct pfg_decode *decode,
                           uint32_t from)
{
    struct pfg_out *out = printer->out;
    uint32_t i;

    for (i = from; i < decode->pdu_count; i++) {
        if (i > from)
            pfg_out_bytes(out, "; ", 2);
        if (printer->options.color)
            pfg_out_string(out, decode->pdus[i].problems == 0 ? COLOR_MESSAGE : COLOR_PROBLEM);
        pfg_line_pdu(out, decode, &decode->pdus[i]);
        if (printer->options.color)
            pfg_out_string(out, COLOR_END);
    }
}

static void print_pairing(struct pfg_out *out, const struct capture_pairing *pairing)
{
    uint64_t us = pairing->latency_ns / 1000;
    char *to = pfg_out_room(out, 4 * PFG_PUT_ROOM);

    to = pfg_put_uint(pfg_put_text(to, " (answers "), pairing->request_number);
    to = pfg_put_uint(pfg_put_text(to, ", "), us / 1000);
    *to = '.';
    out->at = pfg_put_text(pfg_put_3(to + 1, (uint32_t)(us % 1000)), " ms)");
}

/* The link layer. */
static void print_first(struct capture_printer *printer, const struct capture_dissect *dissect)
{
    print_layers(printer, dissect, FIRST_LAYER, FIRST_LAYER + 1);
    pfg_out_bytes(printer->out, ", ", 2);
}

/* Layers without IP: what is above the link layer, or, where nothing is, that. */
static void print_others(struct capture_printer *printer, const struct capture_packet *packet,
                         const struct capture_dissect *dissect)
{
    if (dissect->layers > FIRST_LAYER + 1) {
        print_layers(printer, dissect, dissect->layers - 1, dissect->layers);
        return;
    }
    if (printer->options.link)
        return;
    if (dissect->layers > FIRST_LAYER)
        print_first(printer, dissect);
    print_length(printer->out, packet->packet.len);
}

/* What an IP packet carries, up to the transport. told: whether that has its own line. */
static void print_transport(struct capture_printer *printer, const struct capture_dissect *dissect,
                            bool told)
{
    const struct pfg_flow *flow = &dissect->flow;

    if (flow->transport_pdu == UINT32_MAX)
        capture_line_fragment(printer->out, flow);
    else if (printer->options.quick && flow->has_ports && flow->protocol == IPPROTO_TCP)
        print_quick(printer->out, flow);
    else if (told)
        print_layers(printer, dissect, flow->transport_pdu, dissect->layers);
}

static void print_what(struct capture_printer *printer, const struct capture_packet *packet,
                       const struct capture_dissect *dissect)
{
    const struct pfg_decode *decode = &dissect->decode;
    const struct pfg_flow *flow = &dissect->flow;
    bool told = shows_transport(printer, dissect);
    struct pfg_out *out = printer->out;

    if (flow->family == 0) {
        print_others(printer, packet, dissect);
        return;
    }
    if (flow->network_pdu != UINT32_MAX)
        print_tunnels(printer, dissect);
    if (flow->fragment)
        print_piece_ends(printer, *flow);
    else
        print_ends(printer, flow);
    if (flow->network_pdu != UINT32_MAX)
        print_options(out, dissect);
    if (flow->transport_pdu == UINT32_MAX)
        print_problems(out, decode, dissect->layers);
    else
        print_problems(out, decode, flow->transport_pdu + (told ? 0 : 1));
    print_transport(printer, dissect, told);
    if (printer->options.quick || decode->pdu_count == dissect->layers)
        return;
    if (told)
        pfg_out_bytes(out, ": ", 2);
    print_messages(printer, decode, dissect->layers);
}

/* -e: the link layer's own line, the length, and the tags behind it. */
static void print_link(struct capture_printer *printer, const struct capture_packet *packet,
                       const struct capture_dissect *dissect)
{
    uint32_t to = dissect->flow.network_pdu, i;

    if (to > dissect->layers)
        to = dissect->layers > FIRST_LAYER + 1 ? dissect->layers - 1 : dissect->layers;
    if (to > FIRST_LAYER && !is_ip(&dissect->decode.pdus[FIRST_LAYER]))
        print_first(printer, dissect);
    print_length(printer->out, packet->packet.len);
    pfg_out_bytes(printer->out, ": ", 2);
    for (i = FIRST_LAYER + 1; i < to && !is_ip(&dissect->decode.pdus[i]); i++) {
        print_layers(printer, dissect, i, i + 1);
        pfg_out_bytes(printer->out, ", ", 2);
    }
}

/* In a column of five digits, as far as they are enough. */
static void print_number(struct pfg_out *out, uint64_t number)
{
    uint64_t more;

    for (more = 10000; more > 1 && number < more; more /= 10)
        pfg_out_char(out, ' ');
    pfg_out_uint(out, number);
    pfg_out_bytes(out, "  ", 2);
}

/* Whether a packet is nothing but UDP or TCP over IP, without a fault below its messages, and its
 * line nothing out of the usual. */
static inline bool is_plain(const struct capture_printer *printer,
                            const struct capture_packet *packet,
                            const struct capture_dissect *dissect)
{
    const struct pfg_flow *flow = &dissect->flow;

    return printer->plain && flow->has_ports && dissect->layers == 1 && flow->transport_pdu == 0 &&
           flow->network_pdu == UINT32_MAX && dissect->decode.pdus[0].problems == 0 &&
           packet->packet.link_type != PFG_LINK_LINUX_SLL2;
}

/* Such a packet, behind its time. */
static inline void print_plain(struct capture_printer *printer,
                               const struct capture_dissect *dissect, char *to)
{
    const struct pfg_decode *decode = &dissect->decode;
    const struct pfg_flow *flow = &dissect->flow;
    bool tcp = decode->pdus[0].proto->index == PFG_LAYER_TCP;
    uint32_t i;

    if (flow->family == 6)
        to = put_ends(pfg_put_text(to, "IP6 "), flow, true, true);
    else
        to = put_ends(pfg_put_text(to, "IP "), flow, false, true);
    if (tcp)
        to = capture_put_tcp(printer, dissect, &decode->pdus[0], to);
    else if (decode->pdu_count == 1)
        to = pfg_put_uint(pfg_put_text(to, "UDP, length "), flow->payload_wire);
    if (tcp && decode->pdu_count > 1)
        to = pfg_put_text(to, ": ");
    printer->out->at = to;
    for (i = 1; i < decode->pdu_count; i++) {
        if (i > 1)
            pfg_out_bytes(printer->out, "; ", 2);
        pfg_line_pdu(printer->out, decode, &decode->pdus[i]);
    }
}

/* Any packet; apart, so that the usual one is written without what this needs. */
static __attribute__((noinline)) void print_any(struct capture_printer *printer,
                                                const struct capture_packet *packet,
                                                const struct capture_dissect *dissect)
{
    if (printer->options.interfaces || packet->packet.link_type == PFG_LINK_LINUX_SLL2)
        capture_line_interface(printer, packet);
    if (printer->options.link)
        print_link(printer, packet, dissect);
    print_what(printer, packet, dissect);
}

void capture_print_packet(struct capture_printer *printer, const struct capture_packet *packet,
                          const struct capture_dissect *dissect,
                          const struct capture_pairing *pairing)
{
    struct pfg_out *out = printer->out;
    uint64_t now_ns = packet->packet.time_ns;
    char *to;

    if (!printer->any) {
        printer->any = true;
        printer->first_ns = printer->before_ns = now_ns;
    }
    if (printer->options.number)
        print_number(out, packet->packet.number);
    to = capture_put_time(printer, pfg_out_room(out, CAPTURE_LINE_ROOM), now_ns);
    if (packet->packet.number != 0) /* it is a packet */
        printer->before_ns = now_ns;
    if (is_plain(printer, packet, dissect)) {
        print_plain(printer, dissect, to);
    } else {
        out->at = to;
        print_any(printer, packet, dissect);
    }
    if (pairing != NULL && pairing->latency_ns != UINT64_MAX && !printer->options.quick)
        print_pairing(out, pairing);
    pfg_out_char(out, '\n');
    if (printer->below)
        capture_print_below(printer, packet, dissect);
}
