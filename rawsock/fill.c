/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rawsock/fill.h"

#include <linux/if_packet.h>
#include <string.h>

#include "rawsock/fault.h"
#include "rawsock/neighbour.h"
#include "rawsock/random.h"

/* What packets in files get, see fill.h. */
static const struct pfg_address file_source4 = { .family = 4, .bytes = { 192, 0, 2, 1 } };
static const struct pfg_address file_target4 = { .family = 4, .bytes = { 192, 0, 2, 2 } };
static const struct pfg_address file_source6 = { .family = 6,
                                                 .bytes = { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 } };
static const struct pfg_address file_target6 = { .family = 6,
                                                 .bytes = { 0x20, 0x01, 0x0d, 0xb8, [15] = 2 } };
static const uint8_t file_source_mac[6] = { 0x02, 0, 0, 0, 0, 1 };
static const uint8_t file_target_mac[6] = { 0x02, 0, 0, 0, 0, 2 };
static const uint8_t everyone_mac[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

/* ---- Layers -------------------------------------------------------------------------- */

static enum pfg_layer_id transport_for(const struct pfg_proto *content)
{
    const struct pfg_protocol *def = content->def;

    return !def->udp_ports[0] && def->tcp_ports[0] ? PFG_LAYER_TCP : PFG_LAYER_UDP;
}

static enum pfg_layer_id network_for(const struct pfg_proto *inner)
{
    bool v6 = inner == pfg_layer(PFG_LAYER_ICMP6) || pfg_role_of(inner) == PFG_ROLE_EXTENSION;

    return v6 ? PFG_LAYER_IP6 : PFG_LAYER_IP;
}

/* The layer that is missing directly below the one at place; PFG_LAYER_COUNT: none. */
static enum pfg_layer_id missing_below(const struct pfg_stack *stack, size_t place)
{
    const struct pfg_proto *proto = stack->layers[place].proto;
    enum pfg_role lower = place ? pfg_role_of(stack->layers[place - 1].proto) : PFG_ROLE_LINK;
    bool plain = place && proto == pfg_layer(PFG_LAYER_RAW); /* may stand on anything */

    switch (pfg_role_of(proto)) {
    case PFG_ROLE_LINK:
    case PFG_ROLE_NETWORK:
        break;
    case PFG_ROLE_TAG:
        return place ? PFG_LAYER_COUNT : PFG_LAYER_ETH;
    case PFG_ROLE_EXTENSION:
    case PFG_ROLE_TRANSPORT:
        return lower <= PFG_ROLE_TAG ? network_for(proto) : PFG_LAYER_COUNT;
    case PFG_ROLE_CONTENT:
        return lower < PFG_ROLE_TRANSPORT && !plain ? transport_for(proto) : PFG_LAYER_COUNT;
    }
    return PFG_LAYER_COUNT;
}

int pfg_fill_layers(struct pfg_stack *stack, bool ethernet, struct pfg_fault *fault)
{
    for (size_t place = 0; place < stack->count;) {
        enum pfg_layer_id missing = missing_below(stack, place);

        if (missing == PFG_LAYER_COUNT)
            place++;
        else if (pfg_stack_insert(stack, place, pfg_layer(missing), fault) < 0)
            return -1;
    }
    if (ethernet && pfg_role_of(stack->layers[0].proto) != PFG_ROLE_LINK)
        return pfg_stack_insert(stack, 0, pfg_layer(PFG_LAYER_ETH), fault);
    return 0;
}

/* Interfaces take Ethernet frames and IP; files take what other captures begin with as well. */
static int check_outermost(const struct pfg_stack *stack, bool file, struct pfg_fault *fault)
{
    const struct pfg_proto *outer = stack->layers[0].proto;
    uint32_t link_type = pfg_stack_link_type(stack);

    if (link_type == PFG_LINK_ETHERNET || pfg_role_of(outer) != PFG_ROLE_LINK)
        return 0;
    if (link_type == PFG_LINK_ANY)
        return pfg_fault_set(fault, "packets cannot begin with the layer %s; %s can be first",
                             outer->def->name, pfg_layer(PFG_LAYER_ETH)->def->name);
    if (!file)
        return pfg_fault_set(fault, "the layer %s is in files alone (-w FILE); %s can be sent",
                             outer->def->name, pfg_layer(PFG_LAYER_ETH)->def->name);
    return 0;
}

/* ---- Fields -------------------------------------------------------------------------- */

/* Sets a field that was not set. */
static int fill_uint(struct pfg_stack *stack, size_t layer, enum pfg_layer_field_id id,
                     uint64_t number, struct pfg_fault *fault)
{
    const struct pfg_field *field = pfg_layer_field(id);

    return pfg_stack_given(stack, layer, field)
               ? 0
               : pfg_stack_uint(stack, layer, field, number, fault);
}

static int fill_bytes(struct pfg_stack *stack, size_t layer, enum pfg_layer_field_id id,
                      const uint8_t *bytes, size_t size, struct pfg_fault *fault)
{
    const struct pfg_field *field = pfg_layer_field(id);

    return pfg_stack_given(stack, layer, field)
               ? 0
               : pfg_stack_bytes(stack, layer, field, bytes, size, fault);
}

/* The address that a field was given: 1, 0 where it was given none, -1 with *fault. */
static int given_address(const struct pfg_stack *stack, size_t layer, const struct pfg_field *field,
                         struct pfg_address *address, struct pfg_fault *fault)
{
    const struct pfg_set *set = pfg_stack_given(stack, layer, field);

    memset(address, 0, sizeof *address);
    if (!set)
        return 0;
    if (set->how == PFG_SET_BYTES && (set->size == 4 || set->size == 16)) {
        address->family = set->size == 4 ? 4 : 6;
        memcpy(address->bytes, set->text, set->size);
        return 1;
    }
    if (set->how == PFG_SET_TEXT && pfg_address_parse(set->text, set->size, address) == 0 &&
        (address->family == 4) == (field->row->kind == PFG_IPV4))
        return 1;
    return pfg_fault_set(fault, "%s: %.*s is not an %s address", field->path, (int)set->size,
                         set->how == PFG_SET_TEXT ? set->text : "",
                         field->row->kind == PFG_IPV4 ? "IPv4" : "IPv6");
}

/* Fields of the outer network layer: source and destination of its family. */
struct network_fields {
    enum pfg_layer_field_id source, destination;
};
static struct network_fields fields_of(const struct pfg_proto *network)
{
    if (network == pfg_layer(PFG_LAYER_IP6))
        return (struct network_fields){ PFG_IP6_SRC, PFG_IP6_DST };
    if (network == pfg_layer(PFG_LAYER_ARP))
        return (struct network_fields){ PFG_ARP_SPA, PFG_ARP_TPA };
    return (struct network_fields){ PFG_IP_SRC, PFG_IP_DST };
}

/* Place of the outer IP or ARP layer; -1 none. */
static int network_layer(const struct pfg_stack *stack)
{
    int arp = pfg_stack_find(stack, pfg_layer(PFG_LAYER_ARP));

    return arp >= 0 ? arp : pfg_stack_role(stack, PFG_ROLE_NETWORK);
}

/* Source port and sequence number of every transport layer. */
static int fill_transport(struct pfg_stack *stack, uint32_t port, uint32_t sequence,
                          struct pfg_fault *fault)
{
    for (size_t i = 0; i < stack->count; i++) {
        if (stack->layers[i].proto == pfg_layer(PFG_LAYER_UDP) &&
            fill_uint(stack, i, PFG_UDP_SRCPORT, port, fault) < 0)
            return -1;
        if (stack->layers[i].proto == pfg_layer(PFG_LAYER_TCP) &&
            (fill_uint(stack, i, PFG_TCP_SRCPORT, port, fault) < 0 ||
             fill_uint(stack, i, PFG_TCP_SEQ, sequence, fault) < 0))
            return -1;
    }
    return 0;
}

/* ---- Packets to be sent -------------------------------------------------------------- */

/* The way to what the network layer says; without one, the interface alone. */
static int find_way(struct pfg_stack *stack, int network, struct pfg_way *way,
                    struct pfg_fault *fault)
{
    const struct pfg_proto *proto;
    const struct pfg_field *field;
    struct pfg_address destination;
    int given = 0;

    memset(&way->path, 0, sizeof way->path);
    if (network >= 0) {
        proto = stack->layers[network].proto;
        field = pfg_layer_field(fields_of(proto).destination);
        given = given_address(stack, (size_t)network, field, &destination, fault);
        if (given < 0)
            return -1;
        if (!given && (!way->interface || proto != pfg_layer(PFG_LAYER_ARP)))
            return pfg_fault_set(fault, "where to? say %s %s=ADDRESS", proto->def->name,
                                 field->name);
    }
    if (given)
        return pfg_path_find(&destination, way->interface, &way->path, fault);
    way->path.kind = PFG_PATH_BROADCAST;
    if (way->interface)
        return pfg_link_find(way->interface, &way->path.link, fault);
    return pfg_fault_set(fault, "no IP layer says where this goes: -i IFACE says which interface");
}

static int fill_source(struct pfg_stack *stack, size_t network, const struct pfg_path *path,
                       struct pfg_fault *fault)
{
    enum pfg_layer_field_id id = fields_of(stack->layers[network].proto).source;
    const struct pfg_field *field = pfg_layer_field(id);
    size_t size = pfg_address_size(&path->source);

    if (pfg_stack_given(stack, network, field) || !path->destination.family)
        return 0;
    if (path->source.family != path->destination.family)
        return pfg_fault_set(fault, "interface %s has no address to send from; say %s %s=ADDRESS",
                             path->link.name, stack->layers[network].proto->def->name, field->name);
    return pfg_stack_bytes(stack, network, field, path->source.bytes, size, fault);
}

/* Ethernet addresses of a frame to be sent. */
static int fill_link(struct pfg_stack *stack, int network, struct pfg_way *way,
                     struct pfg_fault *fault)
{
    bool arp = network >= 0 && stack->layers[network].proto == pfg_layer(PFG_LAYER_ARP);
    const struct pfg_path *path = &way->path;
    uint8_t mac[6];

    if (!pfg_link_has_ethernet(&path->link))
        return pfg_fault_set(fault, "interface %s has no Ethernet frames; leave the link layer out",
                             path->link.name);
    if (arp && fill_bytes(stack, (size_t)network, PFG_ARP_SHA, path->link.mac, 6, fault) < 0)
        return -1;
    if (fill_bytes(stack, 0, PFG_ETH_SRC, path->link.mac, 6, fault) < 0)
        return -1;
    if (pfg_stack_given(stack, 0, pfg_layer_field(PFG_ETH_DST)))
        return 0;
    if (arp)
        memcpy(mac, everyone_mac, sizeof mac);
    else if (pfg_neighbour_find(path, way->timeout_ns, mac, fault) < 0)
        return -1;
    return pfg_stack_bytes(stack, 0, pfg_layer_field(PFG_ETH_DST), mac, sizeof mac, fault);
}

int pfg_fill_to_send(struct pfg_stack *stack, struct pfg_way *way, struct pfg_fault *fault)
{
    uint32_t port = pfg_random_between(PFG_PORT_FIRST, PFG_PORT_LAST);
    int network;

    if (pfg_fill_layers(stack, way->ethernet, fault) < 0 ||
        check_outermost(stack, false, fault) < 0)
        return -1;
    way->ethernet = stack->layers[0].proto == pfg_layer(PFG_LAYER_ETH);
    network = network_layer(stack);
    if (find_way(stack, network, way, fault) < 0)
        return -1;
    if (network >= 0 && fill_source(stack, (size_t)network, &way->path, fault) < 0)
        return -1;
    if (network >= 0 && stack->layers[network].proto == pfg_layer(PFG_LAYER_IP) &&
        fill_uint(stack, (size_t)network, PFG_IP_ID, pfg_random_between(1, UINT16_MAX), fault) < 0)
        return -1;
    if (fill_transport(stack, port, pfg_random32(), fault) < 0)
        return -1;
    return way->ethernet ? fill_link(stack, network, way, fault) : 0;
}

/* ---- Packets for files --------------------------------------------------------------- */

/* Addresses of the network layer; *destination is what it has in the end. */
static int fill_network_for_file(struct pfg_stack *stack, size_t network,
                                 struct pfg_address *destination, struct pfg_fault *fault)
{
    const struct network_fields fields = fields_of(stack->layers[network].proto);
    const struct pfg_field *target = pfg_layer_field(fields.destination);
    bool v6 = target->row->kind == PFG_IPV6;
    const struct pfg_address *from = v6 ? &file_source6 : &file_source4;
    int given = given_address(stack, network, target, destination, fault);

    if (given < 0)
        return -1;
    if (!given)
        *destination = v6 ? file_target6 : file_target4;
    return fill_bytes(stack, network, fields.source, from->bytes, pfg_address_size(from), fault) ||
           fill_bytes(stack, network, fields.destination, destination->bytes,
                      pfg_address_size(destination), fault);
}

/* Ethernet addresses of a frame. */
static int fill_ethernet_for_file(struct pfg_stack *stack, bool everyone,
                                  const struct pfg_address *destination, struct pfg_fault *fault)
{
    uint8_t mac[6];

    memcpy(mac, everyone ? everyone_mac : file_target_mac, sizeof mac);
    if (!everyone && pfg_address_is_multicast(destination))
        pfg_multicast_mac(destination, mac);
    return fill_bytes(stack, 0, PFG_ETH_SRC, file_source_mac, 6, fault) ||
           fill_bytes(stack, 0, PFG_ETH_DST, mac, 6, fault);
}

/* What a cooked header has of an Ethernet one: who sent it, and to whom (packet(7)). */
static int fill_cooked_for_file(struct pfg_stack *stack, bool everyone,
                                const struct pfg_address *destination, struct pfg_fault *fault)
{
    bool first = pfg_stack_link_type(stack) == PFG_LINK_LINUX_SLL;
    uint64_t to = everyone                                ? PACKET_BROADCAST
                  : pfg_address_is_multicast(destination) ? PACKET_MULTICAST
                                                          : PACKET_HOST;

    return fill_uint(stack, 0, first ? PFG_SLL_PACKET : PFG_SLL2_PACKET, to, fault) ||
           fill_bytes(stack, 0, first ? PFG_SLL_ADDRESS : PFG_SLL2_ADDRESS, file_source_mac, 6,
                      fault);
}

static int fill_link_for_file(struct pfg_stack *stack, int network,
                              const struct pfg_address *destination, struct pfg_fault *fault)
{
    bool arp = network >= 0 && stack->layers[network].proto == pfg_layer(PFG_LAYER_ARP);
    bool everyone = arp || pfg_address_is_limited_broadcast(destination);

    if (arp && fill_bytes(stack, (size_t)network, PFG_ARP_SHA, file_source_mac, 6, fault) < 0)
        return -1;
    switch (pfg_stack_link_type(stack)) {
    case PFG_LINK_ETHERNET:
        return fill_ethernet_for_file(stack, everyone, destination, fault);
    case PFG_LINK_LINUX_SLL:
    case PFG_LINK_LINUX_SLL2:
        return fill_cooked_for_file(stack, everyone, destination, fault);
    default: /* loopback has no addresses */
        return 0;
    }
}

int pfg_fill_for_file(struct pfg_stack *stack, struct pfg_fault *fault)
{
    struct pfg_address destination = { .family = 0 };
    int network;

    if (pfg_fill_layers(stack, true, fault) < 0 || check_outermost(stack, true, fault) < 0)
        return -1;
    network = network_layer(stack);
    if (network >= 0 && fill_network_for_file(stack, (size_t)network, &destination, fault))
        return -1;
    if (fill_transport(stack, PFG_PORT_FIRST, 0, fault) < 0)
        return -1;
    return fill_link_for_file(stack, network, &destination, fault) ? -1 : 0;
}
