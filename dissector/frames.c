/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * frames.c - where messages are found: on the definition's ports and those of the preferences, by
 * Decode As, by their looks on any other port; whole in a datagram, cut anywhere in a stream. The
 * same for every protocol, from its definition.
 */
#include "dissector/plugin.h"
#include "proto/follow.h"

/* ---- Which protocol ------------------------------------------------------------------------ */

/* The default port that a packet is to be judged by: its own where that is one of the protocol's,
 * otherwise the first (the preferences or Decode As moved it). 0: there is none. */
static uint16_t judged_port(const struct pfg_ws_proto *ws, const packet_info *pinfo)
{
    const struct pfg_protocol *def = ws->proto->def;
    const uint16_t *ports = pinfo->ptype == PT_TCP ? def->tcp_ports : def->udp_ports;

    for (size_t i = 0; i < array_length(def->udp_ports); i++) {
        if (ports[i] != 0 && (ports[i] == pinfo->srcport || ports[i] == pinfo->destport))
            return ports[i];
    }
    return ports[0];
}

static enum pfg_transport transport_of(const packet_info *pinfo)
{
    return pinfo->ptype == PT_TCP ? PFG_TCP : PFG_UDP;
}

/* Several protocols may have one port, of which Wireshark knows one: whose message this is. NULL:
 * nobody's. */
static const struct pfg_ws_proto *choose(const struct pfg_ws_proto *asked, tvbuff_t *tvb,
                                         packet_info *pinfo)
{
    uint32_t size = tvb_captured_length(tvb);
    const uint8_t *bytes = tvb_memdup(pinfo->pool, tvb, 0, size);
    uint16_t port = judged_port(asked, pinfo);
    const struct pfg_proto *proto;

    if (port == 0)
        return pfg_frame_size(asked->proto, bytes, size) == PFG_FRAME_NOT ? NULL : asked;
    proto = pfg_proto_for(transport_of(pinfo), port, port, bytes, size);
    return proto != NULL ? pfg_ws_proto_of(proto) : NULL;
}

/* The same for a stream, of which the first bytes decide for all. */
static const struct pfg_ws_proto *choose_stream(const struct pfg_ws_proto *asked, tvbuff_t *tvb,
                                                packet_info *pinfo)
{
    conversation_t *conversation = find_or_create_conversation(pinfo);
    const struct pfg_ws_proto *ws;

    if (conversation_get_dissector(conversation, pinfo->num) == asked->handle ||
        pfg_proto_on_port(PFG_TCP, judged_port(asked, pinfo), 1) == NULL)
        return asked;
    ws = choose(asked, tvb, pinfo);
    if (ws == NULL)
        return asked;
    conversation_set_dissector(conversation, ws->handle);
    return ws;
}

/* Answers to a request from a port that is not the asked one go to whoever asked (TFTP: RFC 1350,
 * 4); that port is the protocol's from now on. */
static void expect_answers(const struct pfg_ws_proto *ws, packet_info *pinfo)
{
    conversation_t *conversation;

    if (PINFO_FD_VISITED(pinfo) || pinfo->ptype != PT_UDP || pinfo->match_uint != pinfo->destport ||
        !pfg_follow_opens(ws->proto, judged_port(ws, pinfo)))
        return;
    if (find_conversation(pinfo->num, &pinfo->src, &pinfo->dst, CONVERSATION_UDP, pinfo->srcport, 0,
                          NO_PORT_B) != NULL)
        return;
    conversation = conversation_new(pinfo->num, &pinfo->src, &pinfo->dst, CONVERSATION_UDP,
                                    pinfo->srcport, 0, NO_PORT2);
    conversation_set_dissector(conversation, ws->handle);
}

/* ---- The entries --------------------------------------------------------------------------- */

static int dissect_datagram(const struct pfg_ws_proto *asked, tvbuff_t *tvb, packet_info *pinfo,
                            proto_tree *tree)
{
    const struct pfg_ws_proto *ws = choose(asked, tvb, pinfo);

    if (ws == NULL || !proto_is_protocol_enabled(find_protocol_by_id(ws->id)))
        return 0;
    expect_answers(ws, pinfo);
    pfg_ws_show_messages(ws, tvb, pinfo, tree, NULL);
    return (int)tvb_captured_length(tvb);
}

/* By port, by Decode As, or for a conversation known already. */
static int dissect(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data, void *user)
{
    const struct pfg_ws_proto *ws = user;

    if (tvb_captured_length(tvb) == 0)
        return 0;
    if (transport_of(pinfo) == PFG_UDP)
        return dissect_datagram(ws, tvb, pinfo, tree);
    return pfg_ws_dissect_stream(choose_stream(ws, tvb, pinfo), tvb, pinfo, tree, data);
}

/* The protocol whose turn it is in a list of heuristic dissectors. */
static const struct pfg_ws_proto *current(const packet_info *pinfo)
{
    const struct pfg_ws_proto *ws;

    for (size_t i = 0; (ws = pfg_ws_proto_at(i)) != NULL; i++) {
        if (strcmp(ws->filter, pinfo->current_proto) == 0)
            return ws;
    }
    return NULL;
}

static bool datagram_fits(const struct pfg_proto *proto, tvbuff_t *tvb, packet_info *pinfo)
{
    uint32_t size = tvb_captured_length(tvb);
    const uint8_t *bytes = tvb_memdup(pinfo->pool, tvb, 0, size);

    return proto->def->by_shape
               ? size == tvb_reported_length(tvb) && pfg_fits_shape(proto, bytes, size)
               : pfg_recognise(proto, bytes, size, false);
}

static pfg_ws_bool try_datagram(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    const struct pfg_ws_proto *ws = current(pinfo);

    (void)data;
    if (ws == NULL || !datagram_fits(ws->proto, tvb, pinfo))
        return false;
    if (ws->proto == pfg_known(PFG_KNOWN_DNS_ID)->proto)
        return pfg_ws_dissect_dns(tvb, pinfo, tree);
    pfg_ws_show_messages(ws, tvb, pinfo, tree, NULL);
    return true;
}

/* Whether it is worth asking for more segments to see a message without a mark: its header is
 * there, or its length alone, as some send it, and no protocol with a mark begins so. */
static bool may_begin(const struct pfg_proto *proto, const uint8_t *bytes, uint32_t size)
{
    const struct pfg_ws_proto *other;

    if (size != proto->def->tcp_prefix && size < proto->def->tcp_prefix + proto->header_size)
        return false;
    for (size_t i = 0; (other = pfg_ws_proto_at(i)) != NULL; i++) {
        if (other->proto->def->any_port && pfg_recognise(other->proto, bytes, size, true))
            return false;
    }
    return true;
}

/* A stream of a protocol without a mark: its first message fits to its last byte. Where it is not
 * whole yet, more segments are asked for. */
static bool try_shape(const struct pfg_ws_proto *ws, tvbuff_t *tvb, packet_info *pinfo,
                      proto_tree *tree, void *data)
{
    uint32_t size = tvb_captured_length(tvb), need;
    const uint8_t *bytes = tvb_memdup(pinfo->pool, tvb, 0, size);
    int64_t first = pfg_shape_in_stream(ws->proto, bytes, size, &need);

    if (first > 0 && ws->proto == pfg_known(PFG_KNOWN_DNS_ID)->proto)
        return pfg_ws_dissect_dns_stream(tvb, pinfo, tree, data);
    if (first > 0) {
        conversation_set_dissector(find_or_create_conversation(pinfo), ws->handle);
        pfg_ws_dissect_stream(ws, tvb, pinfo, tree, data);
        return true;
    }
    if (first != PFG_FRAME_MORE || pinfo->can_desegment == 0 || need <= size ||
        !may_begin(ws->proto, bytes, size))
        return false;
    pinfo->desegment_offset = 0;
    pinfo->desegment_len = need - size;
    return true;
}

static pfg_ws_bool try_stream(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    const struct pfg_ws_proto *ws = current(pinfo);

    if (ws != NULL && ws->proto->def->by_shape)
        return try_shape(ws, tvb, pinfo, tree, data);
    if (ws == NULL || tvb_captured_length(tvb) == 0 || !pfg_ws_stream_fits(ws, tvb, pinfo))
        return false;
    if (tvb_captured_length(tvb) >= ws->proto->header_size)
        conversation_set_dissector(find_or_create_conversation(pinfo), ws->handle);
    pfg_ws_dissect_stream(ws, tvb, pinfo, tree, data);
    return true;
}

/* ---- Registration -------------------------------------------------------------------------- */

void pfg_ws_register_frames(void)
{
    struct pfg_ws_proto *ws;

    for (size_t i = 0; (ws = pfg_ws_proto_at(i)) != NULL; i++)
        ws->handle = register_dissector_with_data(ws->filter, dissect, ws->id, ws);
}

/* The protocol's default ports as Wireshark's ranges, without those that an earlier one has (it
 * hands over what is not its own, see choose) and those where Wireshark's DNS stays. */
static const char *port_range(const struct pfg_ws_proto *ws, enum pfg_transport transport)
{
    const struct pfg_protocol *def = ws->proto->def;
    const uint16_t *ports = transport == PFG_TCP ? def->tcp_ports : def->udp_ports;
    const char *range = "";

    for (size_t i = 0; i < array_length(def->udp_ports) && ports[i] != 0; i++) {
        if (pfg_proto_on_port(transport, ports[i], 0) == ws->proto)
            range = wmem_strdup_printf(wmem_epan_scope(), "%s%s%u", range,
                                       range[0] != '\0' ? "," : "", ports[i]);
    }
    return range;
}

static void register_heuristics(const struct pfg_ws_proto *ws)
{
    const char *title = ws->proto->def->title;

    if (!ws->proto->def->any_port && !ws->proto->def->by_shape)
        return;
    heur_dissector_add("udp", try_datagram,
                       wmem_strdup_printf(wmem_epan_scope(), "%s over UDP", title),
                       wmem_strdup_printf(wmem_epan_scope(), "%s_udp", ws->filter), ws->id,
                       HEURISTIC_ENABLE);
    if (!ws->proto->def->any_port && ws->proto->def->tcp_prefix == 0)
        return;
    heur_dissector_add("tcp", try_stream,
                       wmem_strdup_printf(wmem_epan_scope(), "%s over TCP", title),
                       wmem_strdup_printf(wmem_epan_scope(), "%s_tcp", ws->filter), ws->id,
                       HEURISTIC_ENABLE);
}

void pfg_ws_handoff_frames(void)
{
    const struct pfg_proto *dns = pfg_known(PFG_KNOWN_DNS_ID)->proto;
    const struct pfg_ws_proto *ws;

    for (size_t i = 0; (ws = pfg_ws_proto_at(i)) != NULL; i++) {
        bool beside = ws->proto == dns;

        dissector_add_uint_range_with_preference("udp.port", beside ? "" : port_range(ws, PFG_UDP),
                                                 ws->handle);
        dissector_add_uint_range_with_preference("tcp.port", beside ? "" : port_range(ws, PFG_TCP),
                                                 ws->handle);
        register_heuristics(ws);
    }
}
