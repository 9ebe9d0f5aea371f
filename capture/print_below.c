/* SPDX-License-Identifier: GPL-2.0-or-later */
/* print_below.c - what stands below a packet's line, where it is asked for. */
#include "capture/print.h"

static bool is_network(const struct pfg_pdu *pdu)
{
    unsigned layer = pdu->proto->index;

    return layer == PFG_LAYER_IP || layer == PFG_LAYER_IP6 || layer == PFG_LAYER_ARP;
}

/* Bytes of link headers and tags: what stands before IP or ARP. */
static uint32_t link_size(const struct capture_packet *packet,
                          const struct capture_dissect *dissect)
{
    const struct pfg_pdu *pdus = dissect->decode.pdus;
    uint32_t i = 1, size; /* the frame's pdu is the first */

    while (i < dissect->layers && !is_network(&pdus[i]))
        i++;
    if (i >= dissect->layers)
        return 0;
    size = (uint32_t)(pdus[i].base - packet->packet.bytes);
    return size <= packet->packet.caplen ? size : 0;
}

void capture_print_below(struct capture_printer *printer, const struct capture_packet *packet,
                         const struct capture_dissect *dissect)
{
    const struct pfg_decode *decode = &dissect->decode;
    const uint8_t *bytes = packet->packet.bytes;
    uint32_t at = 0, size, skip, i;
    const char *comment;

    for (i = 0; (printer->options.tree || printer->options.bits) && i < decode->pdu_count; i++) {
        if (printer->options.bits)
            capture_bits_pdu(printer->out, decode, &decode->pdus[i]);
        else
            pfg_tree_pdu(printer->out, decode, &decode->pdus[i], 1);
    }
    while (printer->options.tree && capture_packet_comment(packet, &at, &comment, &size)) {
        pfg_out_string(printer->out, "  comment: ");
        pfg_out_escaped(printer->out, comment, size);
        pfg_out_char(printer->out, '\n');
    }
    if (printer->options.dump == CAPTURE_DUMP_NONE)
        return;
    skip = printer->options.dump_link ? 0 : link_size(packet, dissect);
    capture_hexdump(printer->out, bytes + skip, packet->packet.caplen - skip,
                    printer->options.dump);
}
