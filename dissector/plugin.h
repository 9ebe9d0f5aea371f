/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * plugin.h - what the files of the Wireshark plugin share. The plugin knows no field: its items
 * are registered and filled by walks over the definition tables, one for each protocol that is not
 * a network layer. All of it lives as long as Wireshark does; what belongs to one capture file is
 * in wmem_file_scope() and goes with it.
 */
#ifndef PFG_DISSECTOR_PLUGIN_H
#define PFG_DISSECTOR_PLUGIN_H

#include "dissector/compat.h"
#include "proto/decode.h"
#include "proto/out.h"

/* The items that stand for one distinct field. A companion that the field has not is -1. */
struct pfg_ws_item {
    int hf;      /* the value */
    int hf_name; /* NAME_name: the name of a named value */
    int hf_text; /* NAME_text: bytes of kind data as text */
    int ett;     /* its subtree, where it has one */
};

/* One protocol as Wireshark has it. */
struct pfg_ws_proto {
    const struct pfg_proto *proto;
    const char *filter; /* prefix of its fields: its name */
    int id, ett;
    dissector_handle_t handle; /* over UDP and TCP */
    int hf_problems;           /* the names of what is wrong, one item each */
    int hf_skipped;            /* bytes of a stream that begin no message */
    int hf_response_in, hf_response_to, hf_response_time;
    expert_field problems[PFG_PROBLEM_COUNT];
    expert_field skipped;
};

/* ---- shapes.c: what Wireshark calls a row's kind ------------------------------------------ */

/* How Wireshark is to hold and show a field: arguments of a header_field_info. */
struct pfg_ws_shape {
    enum ftenum type;
    int display;
    const void *strings;
    uint64_t mask;
};

struct pfg_ws_shape pfg_ws_shape_of(const struct pfg_field *field);
/* Whether a named bit is drawn among the bits of its flags field ("1... .... = reply"). */
bool pfg_ws_bits_drawn(const struct pfg_field *bit);

/* ---- fields.c: rows to registered items ------------------------------------------------- */

/* Registers all protocols and their items; call once, after pfg_registry_init. */
void pfg_ws_register_fields(void);
/* Before that: false, and said why, where Wireshark has a protocol or field of one of our names. */
bool pfg_ws_names_free(void);
/* The protocols in the definition's order; NULL past the end. */
struct pfg_ws_proto *pfg_ws_proto_at(size_t index);
struct pfg_ws_proto *pfg_ws_proto_of(const struct pfg_proto *proto); /* NULL: a network layer */
const struct pfg_ws_item *pfg_ws_item_of(const struct pfg_field *field);

/* ---- tree.c: values to items ------------------------------------------------------------ */

/* A message to be shown: tvb holds the bytes that the values' offsets count in. */
struct pfg_ws_message {
    const struct pfg_ws_proto *ws;
    const struct pfg_decode *decode;
    struct pfg_pdu *pdu;
    tvbuff_t *tvb;
    packet_info *pinfo;
};

/* Adds the items of all values, then those of the problems with their expert infos. */
void pfg_ws_add_values(const struct pfg_ws_message *message, proto_tree *tree, proto_item *item);

/* ---- text.c: text for Wireshark --------------------------------------------------------- */

/* A buffer for one text, empty; there is one, so texts do not nest. NULL: memory is out. */
struct pfg_out *pfg_ws_text(void);
/* Its text as a C string, good until the next pfg_ws_text. Zero bytes, which such a string cannot
 * bear, are shown as U+2400. */
const char *pfg_ws_text_end(void);
/* The message in one line, without the protocol's name, which stands beside it everywhere. */
const char *pfg_ws_line(const struct pfg_decode *decode, const struct pfg_pdu *pdu);

/* ---- records.c: what the first pass over a capture found out ------------------------------ */

/* A request and its first reply. */
struct pfg_ws_exchange {
    uint32_t request, reply; /* frame numbers, 0 = not seen */
    nstime_t request_time;
};

/* Kept for each message, so that later passes show the same in any order of packets. */
struct pfg_ws_record {
    const uint8_t *joined; /* the whole message, where this frame completed it */
    uint32_t joined_size;
    bool too_long;                    /* it would be longer than a message may be */
    bool lost;                        /* bytes of its stream before it are missing */
    struct pfg_ws_exchange *exchange; /* NULL: none */
};

/* The place of the next thing of its kind (messages: key 0) in this packet, from 1. */
uint32_t pfg_ws_place_next(const struct pfg_ws_proto *ws, packet_info *pinfo, uint32_t key);
/* The record of the next message of the protocol in this packet: made in the first pass, found in
 * later ones (then NULL, should the packet have been read otherwise). */
struct pfg_ws_record *pfg_ws_record_next(const struct pfg_ws_proto *ws, packet_info *pinfo);
/* The joiner of the capture file; NULL when memory is out. */
struct pfg_joiner *pfg_ws_joiner(void);
/* A number for this direction of this packet's conversation. */
uint64_t pfg_ws_flow(packet_info *pinfo);
void pfg_ws_register_records(void);

/* ---- pairs.c: requests and their replies ------------------------------------------------- */

/* First pass: notes a request, or finds a reply's. */
void pfg_ws_pair(const struct pfg_ws_message *message, struct pfg_ws_record *record);
/* Adds the frame number of the other one, and the time between them. */
void pfg_ws_add_pair(const struct pfg_ws_message *message, const struct pfg_ws_record *record,
                     proto_tree *tree);
void pfg_ws_register_pairs(void);

/* ---- messages.c: from bytes to what is shown --------------------------------------------- */

/* Once, before all others; false: memory is out. */
bool pfg_ws_messages_init(void);
/* Shows all messages of a datagram (lost NULL), or the one message of a stream that the tvb is;
 * *lost: bytes before it are missing, which the first pass notes with the message. */
void pfg_ws_show_messages(const struct pfg_ws_proto *ws, tvbuff_t *tvb, packet_info *pinfo,
                          proto_tree *tree, bool *lost);

/* ---- streams.c: messages in TCP's stream --------------------------------------------------- */

/* Shows the messages of a segment. tcp is NULL where something else than TCP carries the stream.
 * Returns the bytes taken. */
int pfg_ws_dissect_stream(const struct pfg_ws_proto *ws, tvbuff_t *tvb, packet_info *pinfo,
                          proto_tree *tree, const struct tcpinfo *tcp);
/* Whether a segment on an unknown port may be a protocol's. */
bool pfg_ws_stream_fits(const struct pfg_ws_proto *ws, tvbuff_t *tvb, packet_info *pinfo);
void pfg_ws_register_streams(void);

/* ---- frames.c: messages over UDP and TCP; dns.c: beside Wireshark's own ------------------- */

void pfg_ws_register_frames(void);
void pfg_ws_handoff_frames(void);
/* Has Wireshark's own dissector show a datagram that is a DNS message by its looks. */
bool pfg_ws_dissect_dns(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree);
/* The same for a stream that begins with a message behind its length: the conversation is DNS from
 * here on. */
bool pfg_ws_dissect_dns_stream(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data);
void pfg_ws_register_dns(void);
void pfg_ws_handoff_dns(void);

#endif
