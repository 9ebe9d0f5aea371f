/* SPDX-License-Identifier: GPL-2.0-or-later */
/* layers_inside.h - a packet on its way up through its layers: what layers.c, which climbs, and
 * layers_code.c, which knows the layers, share. */
#ifndef PFG_PROTO_LAYERS_INSIDE_H
#define PFG_PROTO_LAYERS_INSIDE_H

#include "proto/layer_rows.h"
#include "proto/run.h"

/* OpenBSD's loopback is no layer that anybody stacks; it stands behind them. */
enum { LAYER_NONE = -1 };

/* A packet on its way up. at..end: captured bytes left; wire: bytes left on the wire, >= those. */
struct pfg_climb {
    struct pfg_decode *decode;
    struct pfg_flow *flow;
    const uint8_t *at, *end;
    uint32_t wire;
    bool verify;
    bool lines;      /* a layer with options is decoded though nobody asks for it */
    uint32_t lights; /* layers that need not be decoded, bits 1 << enum pfg_layer_id */
    uint32_t heads;  /* those of which the first rows are left where they are */
    /* The layer at hand: */
    const struct pfg_run *run; /* its rows at fixed places, which the code below reads */
    struct pfg_pdu *pdu;       /* &light_pdu where it was not decoded */
    bool spare;                /* eight bytes more than the run's can be read */
    struct pfg_pdu light_pdu;  /* its problems are those of all layers that were not decoded */
};

static inline uint32_t pfg_climb_left(const struct pfg_climb *c)
{
    return (uint32_t)(c->end - c->at);
}

/* A row of the layer at hand, straight from its bytes: its number. */
static inline uint64_t pfg_climb_row(const struct pfg_climb *c, unsigned which)
{
    const struct pfg_step *step = &c->run->steps[which];
    return pfg_step_raw(step, c->at, c->spare) * step->scale;
}

/* The layer that a named value leads to, or LAYER_NONE. */
static inline int pfg_layer_of_value(const struct pfg_field *field, uint64_t value)
{
    const struct pfg_names *names = field->names;
    const struct pfg_name *name = pfg_name_find(names, value);
    return name && names->layers ? names->layers[name - names->rows] : LAYER_NONE;
}

/* The layers that need not be decoded where nobody asks for their values. */
#define LIGHT(name) (UINT32_C(1) << PFG_LAYER_##name)
enum {
    PFG_LAYERS_LIGHT = LIGHT(ETH) | LIGHT(VLAN) | LIGHT(IP) | LIGHT(IP6) | LIGHT(TCP) | LIGHT(UDP) |
                       LIGHT(SLL) | LIGHT(SLL2)
};
#undef LIGHT

/* What code there is to a layer. */
struct pfg_layer_code {
    int (*after)(struct pfg_climb *c); /* goes past the header, and says what is next */
    uint8_t needed;                    /* rows, from the first on, that must be there for it */
    bool transport;
};

/* layers.c: pfg_layers_some and pfg_layers_line, whatever the packet is like. */
int pfg_climb_some(struct pfg_decode *decode, const struct pfg_packet *packet,
                   struct pfg_flow *flow, struct pfg_layers_ask ask);
int pfg_climb_line(struct pfg_decode *decode, const struct pfg_packet *packet,
                   struct pfg_flow *flow, uint32_t values);

/* layers_route.c: the addresses that a checksum above was made with, where these differ from those
 * of the IP header; the layer at hand is the one that tells it. */
void pfg_climb_ip_route(struct pfg_climb *c, uint32_t header);
void pfg_climb_ip6_route(struct pfg_climb *c);
void pfg_climb_ip6_home(struct pfg_climb *c);

extern const struct pfg_layer_code pfg_layer_codes[PFG_LAYER_COUNT];

#endif
