/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * print_link.c - link layers in tcpdump's words (-e), and the interface and direction that stand
 * before the line of a packet where several interfaces are captured.
 */
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "capture/print.h"
#include "proto/cursor.h"

enum { ETHER_TYPE_MIN = 1536, ETHER_ADDRESS = 6 };
/* Widths of tcpdump's columns. */
enum { NAME_WIDTH = 5, DIRECTION_WIDTH = 3 };

static const struct pfg_value *find(const struct pfg_decode *decode, const struct pfg_pdu *pdu,
                                    enum pfg_layer_field_id id)
{
    return pfg_pdu_find(decode, pdu, pfg_layer_field(id));
}

/* ---- Interface and direction -------------------------------------------------------------- */

/* The packet type of a cooked header: to us, broadcast, multicast, to another one, from us. */
static const char *direction_of(uint64_t type)
{
    static const char *const names[] = { "In", "B", "M", "P", "Out" };

    return type < sizeof names / sizeof *names ? names[type] : "?";
}

static void put_blanks(struct pfg_out *out, const char *text, size_t width)
{
    size_t size;

    for (size = strlen(text); size < width; size++)
        pfg_out_char(out, ' ');
}

/* Text, and blanks up to the width and one more. */
static void put_column(struct pfg_out *out, const char *text, size_t width)
{
    pfg_out_string(out, text);
    put_blanks(out, text, width);
    pfg_out_char(out, ' ');
}

/* The name of an interface by its number. The kernel is asked once, and only live: of a file nobody
 * knows whose numbers they are. */
static const char *name_of(struct capture_printer *printer, uint32_t index)
{
    struct capture_interface_name *slot =
        &printer->names[index % (sizeof printer->names / sizeof printer->names[0])];

    if (slot->name[0] != '\0' && slot->index == index)
        return slot->name;
    slot->index = index;
    if (!printer->options.live || if_indextoname(index, slot->name) == NULL)
        snprintf(slot->name, sizeof slot->name, "if%u", index);
    return slot->name;
}

void capture_line_interface(struct capture_printer *printer, const struct capture_packet *packet)
{
    const uint8_t *bytes = packet->packet.bytes;

    if (packet->packet.link_type == PFG_LINK_LINUX_SLL2 &&
        packet->packet.caplen >= pfg_layer(PFG_LAYER_SLL2)->def->fixed_size) {
        uint32_t index = pfg_get_be32(bytes + pfg_layer_field(PFG_SLL2_INDEX)->offset);
        uint8_t type = bytes[pfg_layer_field(PFG_SLL2_PACKET)->offset];

        put_column(printer->out, name_of(printer, index), NAME_WIDTH);
        put_column(printer->out, direction_of(type), DIRECTION_WIDTH);
    } else if (printer->options.interfaces && packet->interface < printer->interfaces->count) {
        put_column(printer->out, printer->interfaces->list[packet->interface]->name, NAME_WIDTH);
    }
}

/* ---- Link layers -------------------------------------------------------------------------- */

/* An EtherType; tcpdump calls tags by their standard. */
static const char *ether_type_name(const struct pfg_value *type)
{
    switch (type->u) {
    case 0x8100:
        return "802.1Q";
    case 0x88a8:
        return "802.1Q-QinQ";
    case 0x9100:
        return "802.1Q-9100";
    default:
        return pfg_value_name(type->field, type->u);
    }
}

/* What is in a frame. Below 1536 it is a length (IEEE 802.3, 3.2.6). */
static void put_ether_type(struct pfg_out *out, const struct pfg_value *type)
{
    const char *name = ether_type_name(type);

    if (type->u < ETHER_TYPE_MIN) {
        pfg_out_bytes(out, "802.3", 5);
        return;
    }
    pfg_out_bytes(out, "ethertype ", 10);
    pfg_out_string(out, name == NULL ? "Unknown" : name);
    pfg_out_bytes(out, " (0x", 4);
    pfg_out_hex_uint(out, type->u, 4);
    pfg_out_char(out, ')');
}

static void line_eth(struct pfg_out *out, const struct pfg_decode *decode,
                     const struct pfg_pdu *pdu)
{
    pfg_out_mac(out, pfg_value_bytes(pdu, find(decode, pdu, PFG_ETH_SRC)));
    pfg_out_bytes(out, " > ", 3);
    pfg_out_mac(out, pfg_value_bytes(pdu, find(decode, pdu, PFG_ETH_DST)));
    pfg_out_bytes(out, ", ", 2);
    put_ether_type(out, find(decode, pdu, PFG_ETH_TYPE));
}

static void line_vlan(struct pfg_out *out, const struct pfg_decode *decode,
                      const struct pfg_pdu *pdu)
{
    pfg_out_string(out, pdu->proto->def->name);
    pfg_out_char(out, ' ');
    pfg_out_uint(out, find(decode, pdu, PFG_VLAN_ID)->u);
    pfg_out_bytes(out, ", p ", 4);
    pfg_out_uint(out, find(decode, pdu, PFG_VLAN_PCP)->u);
    if (find(decode, pdu, PFG_VLAN_DEI)->u != 0)
        pfg_out_bytes(out, ", DEI", 5);
    pfg_out_bytes(out, ", ", 2);
    put_ether_type(out, find(decode, pdu, PFG_VLAN_TYPE));
}

/* The sender's address, where it is one of Ethernet. */
static void put_sender(struct pfg_out *out, const struct pfg_pdu *pdu, const struct pfg_value *size,
                       const struct pfg_value *address)
{
    if (size->u != ETHER_ADDRESS)
        return;
    pfg_out_mac(out, pfg_value_bytes(pdu, address));
    pfg_out_char(out, ' ');
}

static void line_sll(struct pfg_out *out, const struct pfg_decode *decode,
                     const struct pfg_pdu *pdu)
{
    const char *direction = direction_of(find(decode, pdu, PFG_SLL_PACKET)->u);

    put_blanks(out, direction, DIRECTION_WIDTH);
    pfg_out_string(out, direction);
    pfg_out_char(out, ' ');
    put_sender(out, pdu, find(decode, pdu, PFG_SLL_ADDRESS_SIZE),
               find(decode, pdu, PFG_SLL_ADDRESS));
    put_ether_type(out, find(decode, pdu, PFG_SLL_TYPE));
}

/* Interface and direction stand before the line. */
static void line_sll2(struct pfg_out *out, const struct pfg_decode *decode,
                      const struct pfg_pdu *pdu)
{
    pfg_out_bytes(out, "ifindex ", 8);
    pfg_out_uint(out, find(decode, pdu, PFG_SLL2_INDEX)->u);
    pfg_out_char(out, ' ');
    put_sender(out, pdu, find(decode, pdu, PFG_SLL2_ADDRESS_SIZE),
               find(decode, pdu, PFG_SLL2_ADDRESS));
    put_ether_type(out, find(decode, pdu, PFG_SLL2_TYPE));
}

bool capture_line_link(struct pfg_out *out, const struct pfg_decode *decode,
                       const struct pfg_pdu *pdu)
{
    static const struct {
        enum pfg_layer_id layer;
        enum pfg_layer_field_id last; /* where it is there, the others are */
        void (*line)(struct pfg_out *out, const struct pfg_decode *decode,
                     const struct pfg_pdu *pdu);
    } layers[] = {
        { PFG_LAYER_ETH, PFG_ETH_TYPE, line_eth },
        { PFG_LAYER_VLAN, PFG_VLAN_TYPE, line_vlan },
        { PFG_LAYER_SLL, PFG_SLL_TYPE, line_sll },
        { PFG_LAYER_SLL2, PFG_SLL2_ADDRESS, line_sll2 },
    };
    size_t i;

    for (i = 0; i < sizeof layers / sizeof *layers; i++) {
        if (pdu->proto != pfg_layer(layers[i].layer) || find(decode, pdu, layers[i].last) == NULL)
            continue;
        layers[i].line(out, decode, pdu);
        return true;
    }
    return false;
}
