/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dns.c - a second tree beside Wireshark's own for every DNS message that Wireshark finds, however
 * it is carried (UDP, reassembled TCP, mDNS, LLMNR, Decode As). A postdissector looks for the items
 * of Wireshark's dissectors. Such items are there for the asking in the first pass alone, so that
 * pass notes where the messages are, and later ones read them there.
 */
#include "dissector/plugin.h"

/* Where a message is: a data source of the packet, and bytes in it. */
struct found {
    uint32_t source;
    uint32_t offset;
    uint32_t size, wire_size;
};

/* Key of the list among the protocol's data of a packet; messages count from 1. */
static const uint32_t found_key = UINT32_MAX;

static struct pfg_ws_proto *ws;
static dissector_handle_t handle;
static struct pfg_decode decode;

/* Wireshark's protocols that show a DNS message, and the item of the length before one over TCP.
 * These are Wireshark's names. */
static const char *const carriers[] = { "dns", "mdns", "llmnr" };
static int carrier_hf[array_length(carriers)];
static const char prefix_name[] = "dns.length";
static int prefix_hf = -1;
static dissector_handle_t own; /* Wireshark's */

/* ---- Finding messages ---------------------------------------------------------------------- */

/* The place of a buffer among the packet's data sources, or -1. */
static int source_of(const packet_info *pinfo, const tvbuff_t *tvb)
{
    int place = 0;

    for (const GSList *at = pinfo->data_src; at != NULL; at = at->next, place++) {
        if (get_data_source_tvb(at->data) == tvb)
            return place;
    }
    return -1;
}

/* Over TCP the message's item begins with two bytes of length, which have an item of their own. */
static bool has_prefix(const field_info *item, const GPtrArray *prefixes)
{
    for (unsigned i = 0; prefixes != NULL && i < prefixes->len; i++) {
        const field_info *prefix = g_ptr_array_index(prefixes, i);

        if (prefix->ds_tvb == item->ds_tvb && prefix->start == item->start)
            return true;
    }
    return false;
}

/* Where an item's message is. False: its bytes are not to be had. */
static bool locate(const packet_info *pinfo, const field_info *item, bool prefixed,
                   struct found *found)
{
    int source = item->ds_tvb != NULL ? source_of(pinfo, item->ds_tvb) : -1;
    uint32_t skip = prefixed ? ws->proto->def->tcp_prefix : 0;
    int captured;

    if (source < 0 || item->start < 0 || item->length < (int)skip)
        return false;
    found->source = (uint32_t)source;
    found->offset = (uint32_t)item->start + skip;
    found->size = found->wire_size = (uint32_t)item->length - skip;
    captured = tvb_captured_length_remaining(item->ds_tvb, (int)found->offset);
    if (captured < 0)
        return false;
    found->size = MIN(found->size, (uint32_t)captured);
    /* The item of a packet that the capture has cut ends where the bytes do. */
    if (item->start + item->length >= (int)tvb_captured_length(item->ds_tvb))
        found->wire_size =
            MAX(found->wire_size,
                (uint32_t)tvb_reported_length_remaining(item->ds_tvb, (int)found->offset));
    return true;
}

static void find_in(const packet_info *pinfo, const GPtrArray *items, const GPtrArray *prefixes,
                    wmem_array_t *list)
{
    struct found found;

    for (unsigned i = 0; items != NULL && i < items->len; i++) {
        const field_info *item = g_ptr_array_index(items, i);

        if (locate(pinfo, item, has_prefix(item, prefixes), &found))
            wmem_array_append_one(list, found);
    }
}

static void free_items(GPtrArray *items)
{
    if (items != NULL)
        g_ptr_array_free(items, TRUE);
}

/* First pass: all messages that Wireshark has shown in the tree; NULL: none. */
static wmem_array_t *find_all(packet_info *pinfo, proto_tree *tree)
{
    wmem_array_t *list = NULL;
    GPtrArray *prefixes = NULL;

    for (size_t i = 0; i < array_length(carriers); i++) {
        GPtrArray *items = carrier_hf[i] > 0 ? proto_find_finfo(tree, carrier_hf[i]) : NULL;

        if (items != NULL && items->len > 0) {
            if (list == NULL) {
                list = wmem_array_new(wmem_file_scope(), sizeof(struct found));
                prefixes = prefix_hf > 0 ? proto_find_finfo(tree, prefix_hf) : NULL;
            }
            find_in(pinfo, items, prefixes, list);
        }
        free_items(items);
    }
    free_items(prefixes);
    return list;
}

/* ---- Showing them -------------------------------------------------------------------------- */

static void show(const struct found *found, packet_info *pinfo, proto_tree *tree)
{
    const GSList *source = g_slist_nth(pinfo->data_src, found->source);
    struct pfg_ws_record *record = pfg_ws_record_next(ws, pinfo);
    struct pfg_ws_message message = { ws, &decode, NULL, NULL, pinfo };
    const uint8_t *bytes;
    proto_item *item;

    if (source == NULL || (PINFO_FD_VISITED(pinfo) && tree == NULL))
        return;
    message.tvb =
        tvb_new_subset_length_caplen(get_data_source_tvb(source->data), (int)found->offset,
                                     (int)found->size, (int)found->wire_size);
    bytes = tvb_memdup(pinfo->pool, message.tvb, 0, found->size);
    pfg_decode_reset(&decode);
    message.pdu = pfg_decode_message(&decode, ws->proto, bytes, found->size, found->wire_size, 0);
    if (message.pdu == NULL)
        return;
    if (!PINFO_FD_VISITED(pinfo) && record != NULL)
        pfg_ws_pair(&message, record);
    if (tree == NULL)
        return;
    item = proto_tree_add_item(tree, ws->id, message.tvb, 0, (int)found->size, ENC_NA);
    proto_item_append_text(item, ": %s", pfg_ws_line(&decode, message.pdu));
    tree = proto_item_add_subtree(item, ws->ett);
    pfg_ws_add_values(&message, tree, item);
    pfg_ws_add_pair(&message, record, tree);
}

static int dissect(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    wmem_array_t *list;

    (void)data;
    if (PINFO_FD_VISITED(pinfo)) {
        list = p_get_proto_data(wmem_file_scope(), pinfo, ws->id, found_key);
    } else {
        list = tree != NULL ? find_all(pinfo, tree) : NULL;
        if (list != NULL)
            p_add_proto_data(wmem_file_scope(), pinfo, ws->id, found_key, list);
    }
    for (unsigned i = 0; list != NULL && i < wmem_array_get_count(list); i++)
        show(wmem_array_index(list, i), pinfo, tree);
    return (int)tvb_captured_length(tvb);
}

bool pfg_ws_dissect_dns(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
    return own != NULL && call_dissector_only(own, tvb, pinfo, tree, NULL) > 0;
}

bool pfg_ws_dissect_dns_stream(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    if (own == NULL)
        return false;
    conversation_set_dissector(find_or_create_conversation(pinfo), own);
    call_dissector_only(own, tvb, pinfo, tree, data);
    return true;
}

/* ---- Registration -------------------------------------------------------------------------- */

void pfg_ws_register_dns(void)
{
    ws = pfg_ws_proto_of(pfg_known(PFG_KNOWN_DNS_ID)->proto);
    if (ws == NULL || pfg_decode_init(&decode) != 0) {
        ws = NULL;
        return;
    }
    handle = create_dissector_handle(dissect, ws->id);
    register_postdissector(handle);
}

void pfg_ws_handoff_dns(void)
{
    GArray *wanted = g_array_new(FALSE, FALSE, sizeof(int));

    if (ws == NULL) {
        g_array_free(wanted, TRUE);
        return;
    }
    for (size_t i = 0; i < array_length(carriers); i++) {
        carrier_hf[i] = proto_registrar_get_id_byname(carriers[i]);
        if (carrier_hf[i] > 0)
            g_array_append_val(wanted, carrier_hf[i]);
    }
    prefix_hf = proto_registrar_get_id_byname(prefix_name);
    if (prefix_hf > 0)
        g_array_append_val(wanted, prefix_hf);
    own = find_dissector(carriers[0]);
    set_postdissector_wanted_hfids(handle, wanted);
}
