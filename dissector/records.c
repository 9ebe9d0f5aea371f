/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * records.c - what only the first pass over a capture can find out, since it alone sees the packets
 * in order: which frames join to which message, and which reply answers which request. It is kept
 * with the packet, so that a second pass, or a click anywhere in the list, shows the same.
 */
#include "dissector/plugin.h"

/* Bytes of unfinished messages, over all conversations of a capture file. */
enum { JOINER_BYTES = 256 * 1024 * 1024 };

static struct pfg_joiner *joiner;

struct pfg_joiner *pfg_ws_joiner(void)
{
    if (joiner == NULL)
        joiner = pfg_joiner_new(JOINER_BYTES);
    return joiner;
}

static void forget_file(void)
{
    pfg_joiner_free(joiner);
    joiner = NULL;
}

void pfg_ws_register_records(void)
{
    register_cleanup_routine(forget_file);
}

uint64_t pfg_ws_flow(packet_info *pinfo)
{
    const conversation_t *conversation = find_or_create_conversation(pinfo);
    int order = cmp_address(&pinfo->src, &pinfo->dst);
    bool first = order < 0 || (order == 0 && pinfo->srcport <= pinfo->destport);

    return 2 * ((uint64_t)conversation->conv_index + 1) + (first ? 0 : 1);
}

/* The count is the packet's: it goes when the packet's dissection ends, so every pass begins anew.
 */
uint32_t pfg_ws_place_next(const struct pfg_ws_proto *ws, packet_info *pinfo, uint32_t key)
{
    uint32_t *count = p_get_proto_data(pinfo->pool, pinfo, ws->id, key);

    if (count == NULL) {
        count = wmem_new0(pinfo->pool, uint32_t);
        p_add_proto_data(pinfo->pool, pinfo, ws->id, key, count);
    }
    return ++*count;
}

struct pfg_ws_record *pfg_ws_record_next(const struct pfg_ws_proto *ws, packet_info *pinfo)
{
    uint32_t place = pfg_ws_place_next(ws, pinfo, 0);
    struct pfg_ws_record *record;

    if (PINFO_FD_VISITED(pinfo))
        return p_get_proto_data(wmem_file_scope(), pinfo, ws->id, place);
    record = wmem_new0(wmem_file_scope(), struct pfg_ws_record);
    p_add_proto_data(wmem_file_scope(), pinfo, ws->id, place, record);
    return record;
}
