/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * frames.c - where messages are found: on the definition's ports and those of the preferences, by
 * Decode As, by their looks on any other port; whole in a datagram, cut anywhere in a stream. The
 * same for every protocol, from its definition.
 */
#include "dissector/plugin.h"

/* What the first pass knows of one direction of a TCP connection. */
struct way {
    uint32_t next;    /* sequence number of the first byte that was not yet shown */
    bool began;       /* next is known */
    bool synced;      /* a message was seen */
    bool lost;        /* bytes are missing before the next message */
    uint32_t refused; /* frame from which on it is known to begin with no message; 0 = none */
};

/* What the functions that tcp_dissect_pdus calls need to know. */
struct stream {
    const struct pfg_ws_proto *ws;
    struct way *way;
    bool reassemble;
};

/* Preference of each protocol: whether messages are put together over segments. */
static pfg_ws_bool *reassemble;

static size_t place_of(const struct pfg_ws_proto *ws)
{
    size_t place = 0;

    while (pfg_ws_proto_at(place) != ws)
        place++;
    return place;
}

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
    proto = pfg_proto_for(pinfo->ptype == PT_TCP ? PFG_TCP : PFG_UDP, port, port, bytes, size);
    return proto != NULL ? pfg_ws_proto_of(proto) : NULL;
}

/* Answers to a request from a port that is not the asked one go to whoever asked (TFTP: RFC 1350,
 * 4); that port is the protocol's from now on. */
static void expect_answers(const struct pfg_ws_proto *ws, packet_info *pinfo)
{
    conversation_t *conversation;

    if (!ws->proto->def->follow || PINFO_FD_VISITED(pinfo) || pinfo->ptype != PT_UDP ||
        pinfo->match_uint != pinfo->destport)
        return;
    if (find_conversation(pinfo->num, &pinfo->src, &pinfo->dst, CONVERSATION_UDP, pinfo->srcport, 0,
                          NO_PORT_B) != NULL)
        return;
    conversation = conversation_new(pinfo->num, &pinfo->src, &pinfo->dst, CONVERSATION_UDP,
                                    pinfo->srcport, 0, NO_PORT2);
    conversation_set_dissector(conversation, ws->handle);
}

/* ---- Streams ------------------------------------------------------------------------------- */

/* Bytes from here to the next that may begin a message, at least one. */
static uint32_t skip_size(const struct pfg_proto *proto, const uint8_t *bytes, uint32_t size)
{
    uint32_t at = 1;

    while (at < size && !pfg_recognise(proto, bytes + at, size - at, true))
        at++;
    return at;
}

/* Bytes of the message at an offset of a stream, with its length before it where it has one;
 * PFG_FRAME_MORE, PFG_FRAME_NOT as ever. */
static int64_t stream_size(const struct pfg_proto *proto, const uint8_t *bytes, uint32_t size)
{
    uint32_t prefix = proto->def->tcp_prefix;
    uint64_t whole = 0;

    if (prefix == 0)
        return pfg_frame_size(proto, bytes, size);
    if (size < prefix)
        return PFG_FRAME_MORE;
    for (uint32_t i = 0; i < prefix; i++)
        whole = whole << 8 | bytes[i];
    return (int64_t)(whole + prefix);
}

/* The beginning of what is left of a segment: enough to tell a message's size from. */
static const uint8_t *peek(const struct pfg_proto *proto, packet_info *pinfo, tvbuff_t *tvb,
                           int offset, uint32_t *size)
{
    uint32_t left = (uint32_t)tvb_captured_length_remaining(tvb, offset);
    uint32_t enough = proto->header_size + proto->def->tcp_prefix;

    *size = proto->length != NULL || proto->def->tcp_prefix > 0 ? MIN(left, enough) : left;
    return tvb_memdup(pinfo->pool, tvb, offset, *size);
}

/* For tcp_dissect_pdus: bytes of the message here, 0 where more are needed to know. Bytes that
 * begin no message are passed over as if they were one. */
static unsigned message_size(packet_info *pinfo, tvbuff_t *tvb, int offset, void *data)
{
    const struct stream *stream = data;
    const struct pfg_proto *proto = stream->ws->proto;
    uint32_t left = (uint32_t)tvb_captured_length_remaining(tvb, offset), size;
    const uint8_t *bytes = peek(proto, pinfo, tvb, offset, &size);
    int64_t whole = stream_size(proto, bytes, size);

    if (whole == PFG_FRAME_NOT)
        return skip_size(proto, tvb_memdup(pinfo->pool, tvb, offset, left), left);
    if (whole == PFG_FRAME_MORE)
        return stream->reassemble && pinfo->can_desegment ? 0 : left;
    return (unsigned)MIN(whole, G_MAXINT32);
}

static void show_skipped(const struct pfg_ws_proto *ws, tvbuff_t *tvb, packet_info *pinfo,
                         proto_tree *tree)
{
    expert_field expert = ws->skipped;
    proto_item *item = proto_tree_add_item(tree, ws->id, tvb, 0, -1, ENC_NA);

    proto_tree_add_item(proto_item_add_subtree(item, ws->ett), ws->hf_skipped, tvb, 0, -1, ENC_NA);
    expert_add_info(pinfo, item, &expert);
    col_set_str(pinfo->cinfo, COL_PROTOCOL, ws->filter);
    col_clear(pinfo->cinfo, COL_INFO);
    col_append_sep_fstr(pinfo->cinfo, COL_INFO, " | ", "%u bytes that begin no message",
                        tvb_reported_length(tvb));
    col_set_fence(pinfo->cinfo, COL_INFO);
}

static int dissect_one(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    const struct stream *stream = data;
    struct way *way = stream->way;
    uint32_t size;
    const uint8_t *bytes = peek(stream->ws->proto, pinfo, tvb, 0, &size);

    if (stream_size(stream->ws->proto, bytes, size) == PFG_FRAME_NOT) {
        show_skipped(stream->ws, tvb, pinfo, tree);
        way->lost = way->synced;
    } else {
        pfg_ws_show_messages(stream->ws, tvb, pinfo, tree, &way->lost);
        way->synced = true;
    }
    return (int)tvb_captured_length(tvb);
}

/* The packet's direction of its connection. */
static struct way *way_of(const struct pfg_ws_proto *ws, packet_info *pinfo)
{
    conversation_t *conversation = find_or_create_conversation(pinfo);
    struct way *ways = conversation_get_proto_data(conversation, ws->id);

    if (ways == NULL) {
        ways = wmem_alloc0_array(wmem_file_scope(), struct way, 2);
        conversation_add_proto_data(conversation, ws->id, ways);
    }
    return &ways[pfg_ws_flow(pinfo) & 1];
}

/* Compares where a segment begins with where the last one ended. What was lost between them may
 * have been part of a message in several frames, so its other parts are given up. */
static void note_gap(struct way *way, packet_info *pinfo, const struct tcpinfo *tcp)
{
    if (way->began && way->next != tcp->seq) {
        way->lost = way->synced;
        pfg_joiner_drop(pfg_ws_joiner(), pfg_ws_flow(pinfo));
    }
}

/* tcp is NULL where something else than TCP carries the stream. */
static int dissect_stream(const struct pfg_ws_proto *ws, tvbuff_t *tvb, packet_info *pinfo,
                          proto_tree *tree, const struct tcpinfo *tcp)
{
    struct stream stream = { ws, way_of(ws, pinfo), reassemble[place_of(ws)] };
    bool first_pass = !PINFO_FD_VISITED(pinfo) && tcp != NULL;

    if (first_pass)
        note_gap(stream.way, pinfo, tcp);
    tcp_dissect_pdus(tvb, pinfo, tree, stream.reassemble, 1, message_size, dissect_one, &stream);
    if (first_pass) {
        stream.way->began = true;
        stream.way->next = tcp->seq + (pinfo->desegment_len > 0 ? (uint32_t)pinfo->desegment_offset
                                                                : tvb_reported_length(tvb));
    }
    return (int)tvb_captured_length(tvb);
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
    return pinfo->ptype == PT_TCP ? dissect_stream(ws, tvb, pinfo, tree, data)
                                  : dissect_datagram(ws, tvb, pinfo, tree);
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

static pfg_ws_bool try_datagram(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    const struct pfg_ws_proto *ws = current(pinfo);
    uint32_t size = tvb_captured_length(tvb);

    (void)data;
    if (ws == NULL || !pfg_recognise(ws->proto, tvb_memdup(pinfo->pool, tvb, 0, size), size, false))
        return false;
    pfg_ws_show_messages(ws, tvb, pinfo, tree, NULL);
    return true;
}

/* Whether a segment's bytes may be a protocol's. A few bytes are enough at a direction's beginning
 * alone, where more will tell; anywhere else they would tear other streams apart. */
static bool stream_fits(const struct pfg_ws_proto *ws, tvbuff_t *tvb, packet_info *pinfo)
{
    struct way *way = way_of(ws, pinfo);
    uint32_t size = tvb_captured_length(tvb);
    const uint8_t *bytes = tvb_memdup(pinfo->pool, tvb, 0, size);

    if (way->refused != 0 && pinfo->num >= way->refused)
        return pfg_recognise(ws->proto, bytes, size, false);
    if (pfg_recognise(ws->proto, bytes, size, true))
        return true;
    way->refused = pinfo->num;
    return false;
}

static pfg_ws_bool try_stream(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    const struct pfg_ws_proto *ws = current(pinfo);

    if (ws == NULL || tvb_captured_length(tvb) == 0 || !stream_fits(ws, tvb, pinfo))
        return false;
    if (tvb_captured_length(tvb) >= ws->proto->header_size)
        conversation_set_dissector(find_or_create_conversation(pinfo), ws->handle);
    dissect_stream(ws, tvb, pinfo, tree, data);
    return true;
}

/* ---- Registration -------------------------------------------------------------------------- */

void pfg_ws_register_frames(void)
{
    struct pfg_ws_proto *ws;
    size_t count = 0;

    while (pfg_ws_proto_at(count) != NULL)
        count++;
    reassemble = wmem_alloc_array(wmem_epan_scope(), pfg_ws_bool, count);
    for (size_t i = 0; (ws = pfg_ws_proto_at(i)) != NULL; i++) {
        ws->handle = register_dissector_with_data(ws->filter, dissect, ws->id, ws);
        reassemble[i] = true;
        prefs_register_bool_preference(
            prefs_register_protocol(ws->id, NULL), "reassemble", "Reassemble messages over TCP",
            "Whether messages that are cut into several TCP segments are put together. "
            "TCP's own reassembly must be on, too.",
            &reassemble[i]);
    }
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

    heur_dissector_add("udp", try_datagram,
                       wmem_strdup_printf(wmem_epan_scope(), "%s over UDP", title),
                       wmem_strdup_printf(wmem_epan_scope(), "%s_udp", ws->filter), ws->id,
                       HEURISTIC_ENABLE);
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
        if (ws->proto->def->any_port)
            register_heuristics(ws);
    }
}
