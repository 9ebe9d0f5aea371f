/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rawsock/listen.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log.h"
#include "rawsock/fault.h"
#include "rawsock/guard.h"

/* The source of a packet; false where it is no UDP. */
static bool source_of(struct pfg_listen *listen, uint32_t link_type, const uint8_t *packet,
                      uint32_t size)
{
    const struct pfg_packet whole = {
        .bytes = packet, .caplen = size, .len = size, .link_type = link_type, .number = 1,
    };
    struct pfg_endpoint *local = &listen->asking.local;
    struct pfg_flow flow;

    pfg_decode_reset(&listen->decode);
    if (pfg_layers_decode(&listen->decode, &whole, &flow) < 0 || !flow.has_ports ||
        flow.protocol != IPPROTO_UDP)
        return false;
    local->address.family = flow.family;
    memcpy(local->address.bytes, flow.src, flow.family == 4 ? 4 : 16);
    local->port = flow.sport;
    return true;
}

int pfg_listen_open(struct pfg_listen *listen, uint32_t link_type, const uint8_t *packet,
                    uint32_t size, struct pfg_fault *fault)
{
    *listen = (struct pfg_listen){ .asking = { .guard = -1 } };
    listen->asking.answer = malloc(PFG_ASKING_ROOM);
    if (!listen->asking.answer || pfg_decode_init(&listen->decode) < 0)
        return pfg_fault_set(fault, "no memory");
    if (!source_of(listen, link_type, packet, size))
        return pfg_fault_set(fault, "only answers to UDP can be waited for; see also the verb tcp");
    listen->asking.guard = pfg_guard_udp(&listen->asking.local, fault);
    return listen->asking.guard < 0 ? -1 : 0;
}

void pfg_listen_close(struct pfg_listen *listen)
{
    if (listen->asking.guard >= 0)
        close(listen->asking.guard);
    free(listen->asking.answer);
    pfg_decode_free(&listen->decode);
}

/* What is needed to show an answer. */
struct showing {
    struct pfg_listen *listen;
    struct pfg_show *show;
    uint64_t sent_ns;
};

/* Shows the messages of one datagram; what is none of a known protocol as bytes. */
static int show_answer(void *user, size_t which, uint32_t size, const struct pfg_endpoint *from)
{
    const struct showing *showing = user;
    struct pfg_listen *listen = showing->listen;
    uint64_t rtt_ns = pfg_clock_ns() - showing->sent_ns;
    const uint8_t *bytes = listen->asking.answer;
    const struct pfg_proto *proto = pfg_proto_for(PFG_UDP, from->port, listen->asking.local.port,
                                                  bytes, size);
    char text[PFG_ENDPOINT_TEXT];
    uint32_t used;

    (void)which; /* there is one */
    pfg_endpoint_text(from, text);
    pfg_decode_reset(&listen->decode);
    if (!proto)
        proto = pfg_layer(PFG_LAYER_RAW);
    if (pfg_decode_payload(&listen->decode, proto, NULL, 0, bytes, size, size, false, true,
                           &used) < 0)
        return -1;
    listen->answers++;
    for (uint32_t i = 0; i < listen->decode.pdu_count; i++)
        pfg_show_answer(showing->show, &listen->decode, &listen->decode.pdus[i], text, rtt_ns);
    return 0;
}

int pfg_listen_until(struct pfg_listen *listen, struct pfg_show *show, uint64_t sent_ns,
                     uint64_t deadline_ns, struct pfg_fault *fault)
{
    struct showing showing = { listen, show, sent_ns };

    return pfg_asking_collect(&listen->asking, 1, deadline_ns, show_answer, &showing, fault);
}
