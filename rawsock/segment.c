/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rawsock/segment.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>

#include "rawsock/fault.h"
#include "rawsock/random.h"
#include "rawsock/tables.h"

struct pfg_segment_maker {
    struct pfg_stack with_option, plain; /* SYN, and all others */
    const struct pfg_field *options, *kind, *mss;
    struct pfg_writer writer;
    struct pfg_decode decode;
    uint16_t id; /* of the next IPv4 datagram */
};

/* Finds the maximum segment size among the tables' TCP options: the number in the body that kind
 * 2 chooses (RFC 9293, 3.2). */
static bool find_option(struct pfg_segment_maker *maker)
{
    const struct pfg_table *element, *body;

    maker->options = pfg_table_kind(&pfg_layer(PFG_LAYER_TCP)->table, PFG_ARRAY);
    if (!maker->options)
        return false;
    element = pfg_table_element(maker->options);
    body = pfg_table_chosen(element, TCPOPT_MAXSEG);
    maker->kind = pfg_table_kind(element, PFG_UINT);
    maker->mss = body ? pfg_table_kind(body, PFG_UINT) : NULL;
    return maker->kind && maker->mss;
}

/* The layers that every segment of the connection has. */
static int prepare(struct pfg_stack *stack, const struct pfg_endpoint *local,
                   const struct pfg_endpoint *remote, struct pfg_fault *fault)
{
    bool v4 = remote->address.family == 4;
    size_t size = pfg_address_size(&remote->address);

    return pfg_stack_insert(stack, 0, pfg_layer(v4 ? PFG_LAYER_IP : PFG_LAYER_IP6), fault) ||
           pfg_stack_insert(stack, 1, pfg_layer(PFG_LAYER_TCP), fault) ||
           pfg_stack_bytes(stack, 0, pfg_layer_field(v4 ? PFG_IP_SRC : PFG_IP6_SRC),
                           local->address.bytes, size, fault) ||
           pfg_stack_bytes(stack, 0, pfg_layer_field(v4 ? PFG_IP_DST : PFG_IP6_DST),
                           remote->address.bytes, size, fault) ||
           pfg_stack_uint(stack, 1, pfg_layer_field(PFG_TCP_SRCPORT), local->port, fault) ||
           pfg_stack_uint(stack, 1, pfg_layer_field(PFG_TCP_DSTPORT), remote->port, fault);
}

struct pfg_segment_maker *pfg_segment_maker_new(const struct pfg_endpoint *local,
                                                const struct pfg_endpoint *remote, uint16_t mss,
                                                struct pfg_fault *fault)
{
    struct pfg_segment_maker *maker = calloc(1, sizeof *maker);

    if (!maker) {
        pfg_fault_set(fault, "no memory");
        return NULL;
    }
    maker->writer = pfg_writer_new();
    maker->id = (uint16_t)pfg_random32();
    if (!maker->writer.bytes || pfg_decode_init(&maker->decode) < 0)
        pfg_fault_set(fault, "no memory");
    else if (!find_option(maker))
        pfg_fault_set(fault, "the tables have no TCP option %d", TCPOPT_MAXSEG);
    else if (!prepare(&maker->plain, local, remote, fault) &&
             !prepare(&maker->with_option, local, remote, fault) &&
             !pfg_stack_element(&maker->with_option, 1, maker->options, 0, maker->kind,
                                TCPOPT_MAXSEG, fault) &&
             !pfg_stack_element(&maker->with_option, 1, maker->options, 0, maker->mss, mss, fault))
        return maker;
    pfg_segment_maker_free(maker);
    return NULL;
}

void pfg_segment_maker_free(struct pfg_segment_maker *maker)
{
    if (!maker)
        return;
    pfg_decode_free(&maker->decode);
    free(maker->writer.bytes);
    free(maker);
}

struct pfg_engine *pfg_segment_engine(struct pfg_segment_maker *maker, struct pfg_way *way,
                                      struct pfg_fault *fault)
{
    struct pfg_engine *engine = pfg_outgoing_open(&maker->with_option, way, &maker->writer, fault);
    struct pfg_way same = *way;

    /* The other stack gets the same layers. */
    if (engine && pfg_fill_to_send(&maker->plain, &same, fault) < 0) {
        pfg_engine_close(engine, fault);
        return NULL;
    }
    return engine;
}

/* What differs from segment to segment. */
static int set_numbers(struct pfg_segment_maker *maker, struct pfg_stack *stack,
                       const struct pfg_seg *segment, struct pfg_fault *fault)
{
    size_t tcp = (size_t)pfg_stack_find(stack, pfg_layer(PFG_LAYER_TCP));
    int ip = pfg_stack_find(stack, pfg_layer(PFG_LAYER_IP));

    /* Never 0: the kernel would write another (raw(7)). */
    maker->id = (uint16_t)(maker->id + 1 ? maker->id + 1 : 1);
    if (ip >= 0 && pfg_stack_uint(stack, (size_t)ip, pfg_layer_field(PFG_IP_ID), maker->id, fault))
        return -1;
    return pfg_stack_uint(stack, tcp, pfg_layer_field(PFG_TCP_SEQ), segment->seq, fault) ||
           pfg_stack_uint(stack, tcp, pfg_layer_field(PFG_TCP_ACK), segment->ack, fault) ||
           pfg_stack_uint(stack, tcp, pfg_layer_field(PFG_TCP_FLAGS), segment->flags, fault) ||
           pfg_stack_uint(stack, tcp, pfg_layer_field(PFG_TCP_WINDOW), segment->window, fault);
}

/* The data are a layer of plain bytes, there only where there are any. */
static int set_data(struct pfg_stack *stack, const struct pfg_seg *segment, struct pfg_fault *fault)
{
    const struct pfg_proto *raw = pfg_layer(PFG_LAYER_RAW);
    int place = pfg_stack_find(stack, raw);

    if (place < 0) {
        if (!segment->size)
            return 0;
        place = (int)stack->count;
        if (pfg_stack_insert(stack, stack->count, raw, fault) < 0)
            return -1;
    }
    return pfg_stack_borrow(stack, (size_t)place, &raw->table.fields[0], segment->bytes,
                            segment->size, fault);
}

int pfg_segment_make(struct pfg_segment_maker *maker, const struct pfg_seg *segment,
                     struct pfg_frame *frame, struct pfg_fault *fault)
{
    struct pfg_stack *stack = segment->mss ? &maker->with_option : &maker->plain;

    if (set_numbers(maker, stack, segment, fault) || set_data(stack, segment, fault) ||
        pfg_stack_build(stack, &maker->writer, fault))
        return -1;
    frame->bytes = maker->writer.bytes;
    frame->size = maker->writer.size;
    return 0;
}

/* ---- Reading ------------------------------------------------------------------------- */

/* The option's number, 0 where there is none. */
static uint16_t mss_of(const struct pfg_segment_maker *maker, const struct pfg_pdu *pdu)
{
    return (uint16_t)pfg_pdu_uint(&maker->decode, pdu, maker->mss, 0);
}

bool pfg_segment_read(struct pfg_segment_maker *maker, const uint8_t *bytes, uint32_t size,
                      bool verify, struct pfg_seg *segment)
{
    const uint32_t wrong = 1U << PFG_PROBLEM_BAD_CHECKSUM | 1U << PFG_PROBLEM_TRUNCATED;
    const struct pfg_packet packet = {
        .bytes = bytes,
        .caplen = size,
        .len = size,
        .link_type = PFG_LINK_RAW,
        .number = 1,
        .verify_checksums = verify,
    };
    const struct pfg_pdu *tcp;
    struct pfg_flow flow;

    pfg_decode_reset(&maker->decode);
    if (pfg_layers_decode(&maker->decode, &packet, &flow) < 0 || flow.transport_pdu == UINT32_MAX ||
        flow.protocol != IPPROTO_TCP || !flow.has_ports)
        return false;
    tcp = &maker->decode.pdus[flow.transport_pdu];
    if ((tcp->problems | maker->decode.pdus[flow.network_pdu].problems) & wrong)
        return false;
    *segment = (struct pfg_seg){
        .seq = flow.tcp_seq,
        .ack = flow.tcp_ack,
        .flags = (uint8_t)flow.tcp_flags,
        .window = flow.tcp_window,
        .mss = mss_of(maker, tcp),
        .bytes = flow.payload,
        .size = flow.payload_size,
    };
    return true;
}
