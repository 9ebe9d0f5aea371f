/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Datagrams that are sent on by a route, or from a home address: which addresses the checksum of
 * what they bear was made with. Options that are wrong tell nothing. */
#include "proto/layers_inside.h"

/* Bytes of the layer at hand that were captured, of a header of size bytes. */
static uint32_t captured(const struct pfg_climb *c, uint32_t size)
{
    return size < pfg_climb_left(c) ? size : pfg_climb_left(c);
}

/* From an address in the IP header to one in the layer at hand, at bytes from its start. */
static uint16_t distance(const struct pfg_climb *c, const uint8_t *address, uint32_t at)
{
    ptrdiff_t bytes = c->at + at - address;
    return bytes < PFG_FAR ? (uint16_t)bytes : (uint16_t)PFG_FAR;
}

/* ---- IPv4 ---- */

enum { IP_OPTION_END, IP_OPTION_NOP, IP_LOOSE_ROUTE = 131, IP_STRICT_ROUTE = 137 };

/* A route of RFC 791, 3.1: kind, length, where its next address is (from 1), addresses. As long as
 * there is a next one, the last one is where it goes to. */
static void note_ip_route(struct pfg_climb *c, uint32_t at, uint32_t size)
{
    if (size >= 7 && c->at[at + 2] <= size)
        c->flow->sum_dst = distance(c, c->flow->dst, at + size - 4);
}

void pfg_climb_ip_route(struct pfg_climb *c, uint32_t header)
{
    uint32_t at = pfg_layer(PFG_LAYER_IP)->header_size, end = captured(c, header), size;

    for (; at < end && c->at[at] != IP_OPTION_END; at += size) {
        size = c->at[at] == IP_OPTION_NOP ? 1 : end - at < 2 ? 0 : c->at[at + 1];
        if (size == 0 || size > end - at)
            return;
        if (c->at[at] == IP_LOOSE_ROUTE || c->at[at] == IP_STRICT_ROUTE)
            note_ip_route(c, at, size);
    }
}

/* ---- IPv6 ---- */

enum { ADDRESS = 16, ROUTE_TYPE = 2, ROUTE_LEFT = 3, ROUTE_ADDRESSES = 8 };
enum { ROUTE_SOURCE = 0, ROUTE_MOBILE = 2, ROUTE_SEGMENTS = 4 };
enum { IP6_PAD1 = 0, IP6_HOME_ADDRESS = 201 };

/* RFC 8200, 8.1: the checksum is made with the final destination. */
void pfg_climb_ip6_route(struct pfg_climb *c)
{
    uint32_t size, count, last = 0;

    if (pfg_climb_left(c) < ROUTE_ADDRESSES || c->at[ROUTE_LEFT] == 0)
        return;
    size = (c->at[1] + 1u) * 8;
    count = (size - ROUTE_ADDRESSES) / ADDRESS;
    c->flow->sum_dst = PFG_FAR;
    if (pfg_climb_left(c) < size || c->at[ROUTE_LEFT] > count)
        return;
    switch (c->at[ROUTE_TYPE]) {
    case ROUTE_SOURCE: /* RFC 2460, 4.4 */
    case ROUTE_MOBILE: /* RFC 6275, 6.4 */
        last = count - 1;
        break;
    case ROUTE_SEGMENTS: /* RFC 8754, 2: the last segment stands first */
        break;
    default:
        return;
    }
    c->flow->sum_dst = distance(c, c->flow->dst, ROUTE_ADDRESSES + last * ADDRESS);
}

/* RFC 6275, 6.3 and 11.3.1: the checksum is made with the home address as source. */
void pfg_climb_ip6_home(struct pfg_climb *c)
{
    uint32_t at = 2, end = captured(c, c->pdu->size), size;

    for (; at < end; at += size) {
        size = c->at[at] == IP6_PAD1 ? 1 : end - at < 2 ? 0 : c->at[at + 1] + 2u;
        if (size == 0 || size > end - at)
            return;
        if (c->at[at] == IP6_HOME_ADDRESS && size == ADDRESS + 2)
            c->flow->sum_src = distance(c, c->flow->src, at + 2);
    }
}
