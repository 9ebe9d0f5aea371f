/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What most packets are: one straight way, without a loop over their layers. */
#include "proto/layers_quick.h"

#include "proto/layers_inside.h"

/* What must be so of a header: (eight bytes of it ^ expect) & must is 0. */
struct test {
    uint64_t must, expect;
    uint32_t at;
};

/* The layers, as their rows have them: what stands where, and the numbers that lead to the layers
 * above. */
static struct {
    bool ready;
    struct link {
        struct test test;
        uint32_t size;
        uint32_t ip, ip6;
        uint8_t type;
    } eth, sll, sll2;
    struct network {
        struct test test;
        uint32_t size, counted; /* bytes of the header; those of them that the length counts */
        uint32_t udp, tcp;
        uint8_t length, next, src, dst;
        uint8_t family;
    } ip, ip6;
    struct udp {
        const struct pfg_proto *proto;
        uint32_t size;
        uint8_t sport, dport, length;
    } udp;
    struct tcp {
        const struct pfg_proto *proto;
        struct test test;
        uint32_t size;
        uint8_t sport, dport, seq, ack, window, urgent;
        struct pfg_step offset, flags; /* in eight bytes that stand in the header */
    } tcp;
} known;

/* ---- Learning ---- */

static const struct pfg_step *step_of(enum pfg_layer_id layer, unsigned row)
{
    return &pfg_layer(layer)->table.fields->run->steps[row];
}

/* The first of a row's numbers that leads to a layer. */
static uint32_t number_of(enum pfg_layer_id layer, unsigned row, enum pfg_layer_id next)
{
    const struct pfg_names *names = step_of(layer, row)->field->names;

    for (uint32_t i = 0; names && names->layers && i < names->count; i++)
        if (names->layers[i] == (int)next)
            return (uint32_t)names->rows[i].value;
    known.ready = false;
    return 0;
}

/* A row of that many whole bytes. */
static uint8_t place(enum pfg_layer_id layer, unsigned row, unsigned size)
{
    const struct pfg_step *step = step_of(layer, row);
    if (step->size != size || step->scale != 1 || step->field->row->bits)
        known.ready = false;
    return step->at;
}

/* The step, to be read by eight bytes of which none is behind the header. */
static struct pfg_step inside(const struct pfg_step *step, uint32_t size)
{
    struct pfg_step moved = *step;
    if (size < 8) {
        known.ready = false;
    } else if (step->at > size - 8) {
        moved.at = (uint8_t)(size - 8);
        moved.shift = (uint8_t)(step->shift - 8 * (step->at - moved.at));
    }
    return moved;
}

/* One more thing that must be so: a header's test is one look at eight bytes. */
static void must(struct test *test, const struct pfg_step *step, uint64_t bits, uint64_t expect,
                 uint32_t size)
{
    struct pfg_step moved = inside(step, size);

    if (!test->must)
        test->at = moved.at;
    /* bits above stand in bytes before */
    int shift = moved.shift + 8 * ((int)test->at - moved.at);
    if (shift < 0 || shift > 63 || bits << shift >> shift != bits || test->must & bits << shift)
        known.ready = false;
    else
        *test = (struct test){ test->must | bits << shift, test->expect | (expect & bits) << shift,
                               test->at };
}

/* The fixed rows of a layer, of which nothing may be wrong; returns their size. */
static uint32_t learn_header(enum pfg_layer_id layer, struct test *test)
{
    const struct pfg_proto *proto = pfg_layer(layer);
    const struct pfg_run *run = proto->table.fields->run;

    if (!run || run->size < proto->header_size || run->count < pfg_layer_codes[layer].needed) {
        known.ready = false;
        return 0;
    }
    for (unsigned i = 0; i < run->check_count; i++)
        must(test, run->checks[i].step, run->checks[i].must, run->checks[i].expect,
             proto->header_size);
    return proto->header_size;
}

static void learn_link(struct link *link, enum pfg_layer_id layer, unsigned type)
{
    link->size = learn_header(layer, &link->test);
    link->type = place(layer, type, 2);
    link->ip = number_of(layer, type, PFG_LAYER_IP);
    link->ip6 = number_of(layer, type, PFG_LAYER_IP6);
}

static void learn_network(struct network *network, enum pfg_layer_id layer)
{
    bool six = layer == PFG_LAYER_IP6;

    network->size = learn_header(layer, &network->test);
    network->length = place(layer, six ? IP6_PLEN : IP_LEN, 2);
    network->next = place(layer, six ? IP6_NXT : IP_PROTO, 1);
    network->src = place(layer, six ? IP6_SRC : IP_SRC, six ? 16 : 4);
    network->dst = place(layer, six ? IP6_DST : IP_DST, six ? 16 : 4);
    network->udp = number_of(layer, six ? IP6_NXT : IP_PROTO, PFG_LAYER_UDP);
    network->tcp = number_of(layer, six ? IP6_NXT : IP_PROTO, PFG_LAYER_TCP);
    network->counted = six ? 0 : network->size;
    network->family = six ? 6 : 4;
    if (six)
        return;
    /* neither options nor a fragment */
    const struct pfg_step *header = step_of(layer, IP_IHL),
                          *offset = step_of(layer, IP_FRAG_OFFSET), *more = step_of(layer, IP_MF);
    must(&network->test, header, header->mask, network->size / header->scale, network->size);
    must(&network->test, offset, offset->mask, 0, network->size);
    must(&network->test, more, more->mask, 0, network->size);
}

static void learn_transports(void)
{
    struct test none = { 0 };
    struct udp *udp = &known.udp;
    struct tcp *tcp = &known.tcp;

    udp->proto = pfg_layer(PFG_LAYER_UDP);
    udp->size = learn_header(PFG_LAYER_UDP, &none);
    udp->sport = place(PFG_LAYER_UDP, UDP_SRCPORT, 2);
    udp->dport = place(PFG_LAYER_UDP, UDP_DSTPORT, 2);
    udp->length = place(PFG_LAYER_UDP, UDP_LENGTH, 2);
    tcp->proto = pfg_layer(PFG_LAYER_TCP);
    tcp->size = learn_header(PFG_LAYER_TCP, &tcp->test);
    tcp->sport = place(PFG_LAYER_TCP, TCP_SRCPORT, 2);
    tcp->dport = place(PFG_LAYER_TCP, TCP_DSTPORT, 2);
    tcp->seq = place(PFG_LAYER_TCP, TCP_SEQ, 4);
    tcp->ack = place(PFG_LAYER_TCP, TCP_ACK, 4);
    tcp->window = place(PFG_LAYER_TCP, TCP_WINDOW, 2);
    tcp->urgent = place(PFG_LAYER_TCP, TCP_URGENT, 2);
    tcp->offset = inside(step_of(PFG_LAYER_TCP, TCP_OFFSET), tcp->size);
    tcp->flags = inside(step_of(PFG_LAYER_TCP, TCP_FLAGS), tcp->size);
    if (none.must)
        known.ready = false;
}

void pfg_quick_learn(void)
{
    known.ready = true;
    learn_link(&known.eth, PFG_LAYER_ETH, ETH_TYPE);
    learn_link(&known.sll, PFG_LAYER_SLL, SLL_TYPE);
    learn_link(&known.sll2, PFG_LAYER_SLL2, SLL2_TYPE);
    learn_network(&known.ip, PFG_LAYER_IP);
    learn_network(&known.ip6, PFG_LAYER_IP6);
    learn_transports();
    if (!known.ready)
        known.eth.size = known.sll.size = known.sll2.size = UINT32_MAX;
}

/* ---- The way ---- */

static inline bool is_right(const struct test *test, const uint8_t *header)
{
    return !((pfg_get_be64(header + test->at) ^ test->expect) & test->must);
}

static inline const struct link *link_of(uint32_t link_type)
{
    if (link_type == PFG_LINK_ETHERNET)
        return &known.eth;
    if (link_type == PFG_LINK_LINUX_SLL2)
        return &known.sll2;
    return link_type == PFG_LINK_LINUX_SLL ? &known.sll : NULL;
}

static inline uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* What is behind the transport's header: of wire bytes from at on, left are there. */
static inline void fill_payload(struct pfg_flow *flow, const uint8_t *at, uint32_t left,
                                uint32_t wire)
{
    flow->has_ports = true;
    flow->payload = at;
    flow->payload_size = least(left, wire);
    flow->payload_wire = wire;
}

static inline void read_udp(struct pfg_flow *flow, uint32_t left, uint32_t wire)
{
    const struct udp *udp = &known.udp;
    const uint8_t *at = flow->header;

    if (left < udp->size)
        return;
    uint32_t length = pfg_get_be16(at + udp->length);
    if (length < udp->size || length > wire)
        return;
    flow->sport = pfg_get_be16(at + udp->sport);
    flow->dport = pfg_get_be16(at + udp->dport);
    flow->header_size = udp->size;
    flow->header_layer = PFG_LAYER_UDP;
    fill_payload(flow, at + udp->size, left - udp->size, length - udp->size);
}

static inline void read_tcp(struct pfg_flow *flow, uint32_t left, uint32_t wire)
{
    const struct tcp *tcp = &known.tcp;
    const uint8_t *at = flow->header;

    if (left < tcp->size || !is_right(&tcp->test, at))
        return;
    uint32_t header = (uint32_t)pfg_step_raw(&tcp->offset, at, true) * tcp->offset.scale;
    if (header < tcp->size || header > wire)
        return;
    flow->sport = pfg_get_be16(at + tcp->sport);
    flow->dport = pfg_get_be16(at + tcp->dport);
    flow->tcp_flags = (uint16_t)pfg_step_raw(&tcp->flags, at, true);
    flow->tcp_seq = pfg_get_be32(at + tcp->seq);
    flow->tcp_ack = pfg_get_be32(at + tcp->ack);
    flow->tcp_window = pfg_get_be16(at + tcp->window);
    flow->tcp_urgent = pfg_get_be16(at + tcp->urgent);
    flow->header_size = header;
    flow->header_layer = PFG_LAYER_TCP;
    uint32_t there = least(header, left);
    fill_payload(flow, at + there, left - there, wire - header);
}

/* Both network layers and what is behind them. */
static inline void read_network(const struct network *network, struct pfg_flow *flow,
                                const uint8_t *at, uint32_t left, uint32_t wire)
{
    if (left < network->size || !is_right(&network->test, at))
        return;
    uint32_t body = (uint32_t)pfg_get_be16(at + network->length) - network->counted;
    if (body - 1 >= wire - network->size) /* none, less than the header, or more than there is */
        return;
    uint32_t next = at[network->next];
    *flow = (struct pfg_flow){
        .family = network->family,
        .protocol = (uint8_t)next,
        .src = at + network->src,
        .dst = at + network->dst,
        .network_pdu = UINT32_MAX,
        .transport_pdu = UINT32_MAX,
        .header = at + network->size,
    };
    left = least(left - network->size, body);
    if (next == network->tcp)
        read_tcp(flow, left, body);
    else if (next == network->udp)
        read_udp(flow, left, body);
}

void pfg_layers_ahead(const uint8_t *bytes, uint32_t caplen, uint32_t len, uint32_t link_type,
                      struct pfg_flow *flow)
{
    const struct link *link = link_of(link_type);
    uint32_t wire = len > caplen ? len : caplen;

    flow->header_layer = 0;
    if (!link || caplen < link->size || !is_right(&link->test, bytes))
        return;
    uint32_t type = pfg_get_be16(bytes + link->type), size = link->size;
    const struct network *network = type == link->ip ? &known.ip : &known.ip6;
    if (type == link->ip || type == link->ip6)
        read_network(network, flow, bytes + size, caplen - size, wire - size);
}

/* TCP's header with its options. */
static int decode_options(struct pfg_decode *decode, struct pfg_flow *flow,
                          const struct pfg_proto *proto, uint32_t left)
{
    struct pfg_pdu *pdu = flow->header_size <= left
                              ? pfg_decode_patterned(decode, proto, flow->header, flow->header_size,
                                                     left >= proto->table.fields->run->size + 8u)
                              : NULL;
    if (!pdu)
        pdu = pfg_decode_message(decode, proto, flow->header, left, left,
                                 PFG_DECODE_NO_CHECKSUM | PFG_DECODE_HEAD);
    if (!pdu)
        return -1;
    if (!pdu->head)
        return 0;
    pdu->head_derived = flow->payload_wire;
    flow->transport_pdu = decode->pdu_count - 1;
    return 1;
}

/* Appends the transport's pdu: its head, and its options if it has some. 1; 0: something is wrong
 * with it, and the packet has to go the other way; -1 when memory is out. */
static inline int append_transport(struct pfg_decode *decode, struct pfg_flow *flow)
{
    bool tcp = flow->header_layer == PFG_LAYER_TCP;
    const struct pfg_proto *proto = tcp ? known.tcp.proto : known.udp.proto;
    uint32_t left = (uint32_t)(flow->payload - flow->header) + flow->payload_size;

    if (flow->header_size > proto->header_size)
        return decode_options(decode, flow, proto, left);
    struct pfg_pdu *pdu = pfg_decode_head(decode, proto, flow->header, proto->header_size,
                                          left >= proto->table.fields->run->size + 8u);
    if (!pdu)
        return -1;
    if (tcp)
        pdu->head_derived = flow->payload_wire;
    flow->transport_pdu = decode->pdu_count - 1;
    return 1;
}

/* The straight way, unless a packet is known to be none that goes it. */
static inline bool go_straight(const struct pfg_packet *packet, struct pfg_flow *flow)
{
    if (packet->ahead)
        *flow = *packet->ahead;
    else
        pfg_layers_ahead(packet->bytes, packet->caplen, packet->len, packet->link_type, flow);
    return flow->header_layer != 0;
}

int pfg_layers_some(struct pfg_decode *decode, const struct pfg_packet *packet,
                    struct pfg_flow *flow, struct pfg_layers_ask ask)
{
    if (pfg_layers_straight(ask) && !packet->verify_checksums && go_straight(packet, flow))
        return 0;
    return pfg_climb_some(decode, packet, flow, ask);
}

int pfg_layers_line(struct pfg_decode *decode, const struct pfg_packet *packet,
                    struct pfg_flow *flow, uint32_t values)
{
    if (!values && !packet->verify_checksums && go_straight(packet, flow)) {
        int r = append_transport(decode, flow);
        if (r)
            return r < 0 ? -1 : 0;
        pfg_decode_reset(decode);
    }
    return pfg_climb_line(decode, packet, flow, values);
}
