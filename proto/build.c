/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Layers to packets: finished from the inside out. Decoding is layers.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/cursor.h"
#include "proto/layer_rows.h"

enum { DEFAULTS_MAX = 4, SETS_MAX = 512 };

/* What is known of the packet while it grows outwards. Places count from the packet's end, which
 * stays where it is. */
struct growth {
    const struct pfg_layer *layers;
    size_t count;
    uint8_t *bytes[2]; /* the packet so far, and the next one around it */
    uint32_t size, room;
    uint32_t transport_tail; /* bytes from the transport's checksum owner to the end; 0 none */
    uint8_t transport;       /* its IP protocol */
    uint32_t checksum_at;    /* where in it the checksum stands */
    struct pfg_fault *fault;
};

static bool is_layer(const struct pfg_layer *layer, enum pfg_layer_id id)
{
    return layer->proto == pfg_layer(id);
}

static const struct pfg_field *row_of(const struct pfg_layer *layer, unsigned row)
{
    return &layer->proto->table.fields[row];
}

static bool is_word(const char *word, const char *text, size_t size)
{
    return word && strlen(word) == size && memcmp(word, text, size) == 0;
}

/* Whether a setting, not a default, names this field, with the layer's name before it or not. */
static bool is_set(const struct pfg_layer *layer, const struct pfg_field *field)
{
    for (size_t i = 0; i < layer->count; i++) {
        const struct pfg_set *set = &layer->sets[i];
        if (set->weak)
            continue;
        if (set->field ? set->field->id == field->id
                       : is_word(field->name, set->name, set->name_size) ||
                             is_word(field->path, set->name, set->name_size) ||
                             is_word(field->row->alias, set->name, set->name_size))
            return true;
    }
    return false;
}

/* The value by which a field says that the protocol comes next; false: it has none. */
static bool next_value(const struct pfg_field *field, const struct pfg_proto *next, uint64_t *value)
{
    for (uint32_t i = 0; field->names && i < field->names->count; i++) {
        if (field->names->rows[i].layer != next->def)
            continue;
        *value = field->names->rows[i].value;
        return true;
    }
    return false;
}

/* The row of a layer that says what comes next, or -1. */
static int next_row(const struct pfg_layer *layer)
{
    switch (pfg_layer_id_of(layer->proto->def)) {
    case PFG_LAYER_ETH:
        return ETH_TYPE;
    case PFG_LAYER_VLAN:
        return VLAN_TYPE;
    case PFG_LAYER_SLL:
        return SLL_TYPE;
    case PFG_LAYER_SLL2:
        return SLL2_TYPE;
    case PFG_LAYER_NULL:
    case PFG_LAYER_LOOP:
        return NULL_FAMILY;
    case PFG_LAYER_IP:
        return IP_PROTO;
    case PFG_LAYER_IP6:
        return IP6_NXT;
    case PFG_LAYER_IP6_HOP:
    case PFG_LAYER_IP6_DST:
    case PFG_LAYER_IP6_ROUTE:
        return IP6_EXT_NXT;
    case PFG_LAYER_IP6_FRAG:
        return IP6_FRAG_NXT;
    default:
        return -1;
    }
}

static void add_default(struct pfg_set *defaults, size_t *count, const struct pfg_field *field,
                        uint64_t value)
{
    defaults[(*count)++] = (struct pfg_set){ .field = field, .how = PFG_SET_UINT,
                                             .number = value, .weak = true };
}

/* The default port of the application above. */
static uint64_t port_above(const struct pfg_layer *above, bool tcp)
{
    return tcp ? above->proto->def->tcp_ports[0] : above->proto->def->udp_ports[0];
}

/* What follows from the layers above: next protocol, ports, lengths. header: bytes of this layer's
 * header, known from a first try. */
static size_t defaults_of(const struct growth *g, size_t at, uint32_t header,
                          struct pfg_set defaults[DEFAULTS_MAX])
{
    const struct pfg_layer *layer = &g->layers[at];
    const struct pfg_layer *above = at + 1 < g->count ? &g->layers[at + 1] : NULL;
    size_t count = 0;
    uint64_t value;
    int row = next_row(layer);

    if (row >= 0 && above && next_value(row_of(layer, (unsigned)row), above->proto, &value))
        add_default(defaults, &count, row_of(layer, (unsigned)row), value);
    if (is_layer(layer, PFG_LAYER_IP))
        add_default(defaults, &count, row_of(layer, IP_LEN), header + g->size);
    if (is_layer(layer, PFG_LAYER_IP6))
        add_default(defaults, &count, row_of(layer, IP6_PLEN), g->size);
    if (is_layer(layer, PFG_LAYER_UDP))
        add_default(defaults, &count, row_of(layer, UDP_LENGTH), header + g->size);
    if (is_layer(layer, PFG_LAYER_UDP) && above)
        add_default(defaults, &count, row_of(layer, UDP_DSTPORT), port_above(above, false));
    if (is_layer(layer, PFG_LAYER_TCP) && above)
        add_default(defaults, &count, row_of(layer, TCP_DSTPORT), port_above(above, true));
    return count;
}

static void copy_back(struct pfg_layer *layer, const struct pfg_set *sets)
{
    memcpy(layer->sets, sets, layer->count * sizeof *sets);
}

/* Encodes one layer with its defaults into the other buffer, in front of the packet so far. */
static int encode_layer(struct growth *g, size_t at, uint32_t header, uint32_t *grown)
{
    const struct pfg_layer *layer = &g->layers[at];
    struct pfg_set sets[SETS_MAX];
    struct pfg_writer w = { g->bytes[1], 0, g->room, false };

    if (layer->count > SETS_MAX - DEFAULTS_MAX) {
        snprintf(g->fault->text, sizeof g->fault->text, "%s: more than %d fields are set",
                 layer->proto->def->name, SETS_MAX - DEFAULTS_MAX);
        return -1;
    }
    if (layer->count)
        memcpy(sets, layer->sets, layer->count * sizeof *sets);
    size_t count = layer->count + defaults_of(g, at, header, sets + layer->count);
    if (pfg_encode_message(layer->proto, sets, count, g->bytes[0], g->size, &w, g->fault) < 0)
        return -1;
    if (layer->count)
        copy_back((struct pfg_layer *)(uintptr_t)layer, sets);
    *grown = w.size;
    return 0;
}

/* An application's message in front of what is there: its lengths do not cover what is behind. */
static int encode_message(struct growth *g, size_t at)
{
    const struct pfg_layer *layer = &g->layers[at];
    uint8_t prefix = at && is_layer(&g->layers[at - 1], PFG_LAYER_TCP)
                         ? layer->proto->def->tcp_prefix : 0;
    struct pfg_writer w = { g->bytes[1], 0, g->room, false };

    /* Messages of one kind behind each other all have their own length over TCP. */
    for (size_t i = at; i-- > 0 && !prefix && !g->layers[i].proto->def->network;)
        if (i && is_layer(&g->layers[i - 1], PFG_LAYER_TCP))
            prefix = layer->proto->def->tcp_prefix;
    struct pfg_writer inner = { g->bytes[1] + prefix, 0, g->room > prefix ? g->room - prefix : 0,
                                false };
    if (pfg_encode_message(layer->proto, layer->sets, layer->count, NULL, 0, &inner, g->fault) < 0)
        return -1;
    if (prefix && prefix < 4 && inner.size >> 8 * prefix) {
        snprintf(g->fault->text, sizeof g->fault->text,
                 "%s: the message is longer than its length over TCP can tell",
                 layer->proto->def->name);
        return -1;
    }
    if (prefix)
        pfg_put_be(g->bytes[1], inner.size, prefix);
    for (size_t i = 0; i < layer->count; i++)
        layer->sets[i].at += prefix;
    w.size = prefix + inner.size;
    pfg_writer_bytes(&w, g->bytes[0], g->size);
    if (w.overflow) {
        snprintf(g->fault->text, sizeof g->fault->text, "the packet is longer than %u bytes",
                 g->room);
        return -1;
    }
    g->size = w.size;
    return 0;
}

/* Where a transport's checksum stands in its header; UINT32_MAX: none that needs addresses. */
static uint32_t checksum_row(const struct pfg_layer *layer, uint8_t *protocol)
{
    *protocol = is_layer(layer, PFG_LAYER_TCP) ? 6 : is_layer(layer, PFG_LAYER_UDP) ? 17 : 58;
    return is_layer(layer, PFG_LAYER_TCP)     ? TCP_CHECKSUM
           : is_layer(layer, PFG_LAYER_UDP)   ? UDP_CHECKSUM
           : is_layer(layer, PFG_LAYER_ICMP6) ? ICMP6_CHECKSUM
                                              : UINT32_MAX;
}

/* A transport whose checksum was not set waits for the addresses below it. */
static void note_transport(struct growth *g, const struct pfg_layer *layer)
{
    uint8_t protocol;
    uint32_t row = checksum_row(layer, &protocol);
    if (row == UINT32_MAX || is_set(layer, row_of(layer, row)))
        return;
    g->transport_tail = g->size;
    g->transport = protocol;
    g->checksum_at = row_of(layer, row)->offset;
}

/* The waiting transport's checksum, now that the addresses are there (RFC 9293, 3.1; RFC 8200,
 * 8.1; RFC 768: a sum of 0 is sent as all ones). */
static void finish_transport(struct growth *g, const struct pfg_layer *ip)
{
    bool v6 = is_layer(ip, PFG_LAYER_IP6);
    uint32_t tail = g->transport_tail, address = v6 ? 16 : 4;
    uint8_t *transport = g->bytes[1] + g->size - tail;
    const uint8_t *addresses = g->bytes[1] + row_of(ip, v6 ? IP6_SRC : IP_SRC)->offset;
    uint32_t at = g->checksum_at;

    if (!tail)
        return;
    g->transport_tail = 0;
    uint32_t sum = pfg_inet_sum(addresses, 2 * (size_t)address,
                                (tail >> 16) + (tail & 0xffff) + g->transport);
    memset(transport + at, 0, 2);
    uint16_t checksum = pfg_inet_finish(pfg_inet_sum(transport, tail, sum));
    pfg_put_be(transport + at, checksum ? checksum : 0xffff, 2);
}

static int grow(struct growth *g, size_t at)
{
    const struct pfg_layer *layer = &g->layers[at];
    uint32_t grown;

    if (!layer->proto->def->network || is_layer(layer, PFG_LAYER_RAW)) {
        if (encode_message(g, at) < 0)
            return -1;
    } else {
        /* Twice: lengths are known only when the header is there. */
        if (encode_layer(g, at, 0, &grown) < 0 ||
            encode_layer(g, at, grown - g->size, &grown) < 0)
            return -1;
        g->size = grown;
        note_transport(g, layer);
        if (is_layer(layer, PFG_LAYER_IP) || is_layer(layer, PFG_LAYER_IP6))
            finish_transport(g, layer);
    }
    /* Places so far counted from the layer's own start; now from the packet's end. */
    for (size_t i = 0; i < layer->count; i++)
        layer->sets[i].at = g->size - layer->sets[i].at;
    uint8_t *other = g->bytes[0];
    g->bytes[0] = g->bytes[1];
    g->bytes[1] = other;
    return 0;
}

int pfg_layers_build(const struct pfg_layer *layers, size_t count, struct pfg_writer *writer,
                     struct pfg_fault *fault)
{
    uint32_t room = writer->room - writer->size;
    uint8_t *memory = malloc(2 * (size_t)room + 2);
    struct growth g = { .layers = layers, .count = count, .room = room, .fault = fault,
                        .bytes = { memory, memory ? memory + room : NULL } };
    int r = 0;

    if (!memory) {
        snprintf(fault->text, sizeof fault->text, "out of memory");
        return -1;
    }
    for (size_t i = count; i-- > 0 && r == 0;)
        r = grow(&g, i);
    for (size_t i = 0; i < count && r == 0; i++)
        for (size_t k = 0; k < layers[i].count; k++)
            layers[i].sets[k].at = writer->size + g.size - layers[i].sets[k].at;
    if (r == 0)
        pfg_writer_bytes(writer, g.bytes[0], g.size);
    free(memory);
    return r;
}
