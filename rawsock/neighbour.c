/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rawsock/neighbour.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <netinet/icmp6.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "rawsock/fault.h"
#include "rawsock/stack.h"
#include "rawsock/tables.h"

enum {
    ASKED_TIMES = 3,
    FRAME_ROOM = 2048,
    HOP_LIMIT = 255,      /* RFC 4861, 4.3: others are not believed */
    ARP_OPER_REQUEST = 1, /* RFC 826 */
};

void pfg_multicast_mac(const struct pfg_address *group, uint8_t mac[6])
{
    if (group->family == 4) {
        const uint8_t v4[6] = { 0x01,           0x00, 0x5e, group->bytes[1] & 0x7f, group->bytes[2],
                                group->bytes[3] };

        memcpy(mac, v4, sizeof v4);
        return;
    }
    mac[0] = mac[1] = 0x33;
    memcpy(mac + 2, group->bytes + 12, 4);
}

/* ---- Questions ----------------------------------------------------------------------- */

/* The fields of a neighbour solicitation, found in the tables by what the RFC says of them. */
struct solicitation {
    const struct pfg_field *target; /* the address in the body that type 135 chooses */
    const struct pfg_field *options, *kind, *data; /* its options: the first byte, the content */
};

static bool find_solicitation(struct solicitation *found)
{
    const struct pfg_table *body =
        pfg_table_chosen(&pfg_layer(PFG_LAYER_ICMP6)->table, ND_NEIGHBOR_SOLICIT);

    found->target = body ? pfg_table_kind(body, PFG_IPV6) : NULL;
    found->options = body ? pfg_table_kind(body, PFG_ARRAY) : NULL;
    if (!found->target || !found->options)
        return false;
    found->kind = pfg_table_kind(pfg_table_element(found->options), PFG_UINT);
    found->data = pfg_table_kind(pfg_table_element(found->options), PFG_BYTES);
    return found->kind && found->data;
}

static int arp_request(struct pfg_stack *stack, const struct pfg_path *path,
                       struct pfg_fault *fault)
{
    static const uint8_t everyone[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
    const struct pfg_address *from = &path->source, *whom = &path->next_hop;
    const uint8_t *mac = path->link.mac;

    return pfg_stack_insert(stack, 0, pfg_layer(PFG_LAYER_ETH), fault) ||
           pfg_stack_insert(stack, 1, pfg_layer(PFG_LAYER_ARP), fault) ||
           pfg_stack_bytes(stack, 0, pfg_layer_field(PFG_ETH_DST), everyone, 6, fault) ||
           pfg_stack_bytes(stack, 0, pfg_layer_field(PFG_ETH_SRC), mac, 6, fault) ||
           pfg_stack_uint(stack, 1, pfg_layer_field(PFG_ARP_OPER), ARP_OPER_REQUEST, fault) ||
           pfg_stack_bytes(stack, 1, pfg_layer_field(PFG_ARP_SHA), mac, 6, fault) ||
           pfg_stack_bytes(stack, 1, pfg_layer_field(PFG_ARP_SPA), from->bytes, 4, fault) ||
           pfg_stack_bytes(stack, 1, pfg_layer_field(PFG_ARP_TPA), whom->bytes, 4, fault);
}

/* The group that a neighbour listens to for solicitations (RFC 4291, 2.7.1). */
static struct pfg_address solicited_node(const struct pfg_address *whom)
{
    struct pfg_address group = { .family = 6, .bytes = { 0xff, 0x02, [11] = 0x01, [12] = 0xff } };

    memcpy(group.bytes + 13, whom->bytes + 13, 3);
    return group;
}

static int solicit(struct pfg_stack *stack, const struct pfg_path *path, struct pfg_fault *fault)
{
    const struct pfg_address group = solicited_node(&path->next_hop);
    const uint8_t *mac = path->link.mac;
    struct solicitation fields;
    uint8_t group_mac[6];

    if (!find_solicitation(&fields))
        return pfg_fault_set(fault, "the tables have no neighbour solicitation");
    pfg_multicast_mac(&group, group_mac);
    return pfg_stack_insert(stack, 0, pfg_layer(PFG_LAYER_ETH), fault) ||
           pfg_stack_insert(stack, 1, pfg_layer(PFG_LAYER_IP6), fault) ||
           pfg_stack_insert(stack, 2, pfg_layer(PFG_LAYER_ICMP6), fault) ||
           pfg_stack_bytes(stack, 0, pfg_layer_field(PFG_ETH_DST), group_mac, 6, fault) ||
           pfg_stack_bytes(stack, 0, pfg_layer_field(PFG_ETH_SRC), mac, 6, fault) ||
           pfg_stack_uint(stack, 1, pfg_layer_field(PFG_IP6_HLIM), HOP_LIMIT, fault) ||
           pfg_stack_bytes(stack, 1, pfg_layer_field(PFG_IP6_SRC), path->source.bytes, 16, fault) ||
           pfg_stack_bytes(stack, 1, pfg_layer_field(PFG_IP6_DST), group.bytes, 16, fault) ||
           pfg_stack_uint(stack, 2, pfg_layer_field(PFG_ICMP6_TYPE), ND_NEIGHBOR_SOLICIT, fault) ||
           pfg_stack_bytes(stack, 2, fields.target, path->next_hop.bytes, 16, fault) ||
           pfg_stack_element(stack, 2, fields.options, 0, fields.kind, ND_OPT_SOURCE_LINKADDR,
                             fault) ||
           pfg_stack_element_bytes(stack, 2, fields.options, 0, fields.data, mac, 6, fault);
}

/* ---- Answers ------------------------------------------------------------------------- */

/* The value of a field in any layer of the packet, with its bytes; NULL: none. */
static const uint8_t *bytes_of(const struct pfg_decode *decode, const struct pfg_field *field)
{
    for (uint32_t i = 0; i < decode->pdu_count; i++) {
        const struct pfg_value *value = pfg_pdu_find(decode, &decode->pdus[i], field);

        if (value)
            return pfg_value_bytes(&decode->pdus[i], value);
    }
    return NULL;
}

/* Whether the frame is the neighbour's answer, and its address. */
static bool is_answer(struct pfg_decode *decode, const struct pfg_path *path, const uint8_t *bytes,
                      uint32_t size, uint8_t mac[6])
{
    const struct pfg_packet packet = {
        .bytes = bytes, .caplen = size, .len = size, .link_type = PFG_LINK_ETHERNET, .number = 1
    };
    const uint8_t *whom = NULL, *answer = NULL;
    struct solicitation fields;
    struct pfg_flow flow;

    pfg_decode_reset(decode);
    if (pfg_layers_decode(decode, &packet, &flow) < 0)
        return false;
    if (path->next_hop.family == 4) {
        whom = bytes_of(decode, pfg_layer_field(PFG_ARP_SPA));
        answer = bytes_of(decode, pfg_layer_field(PFG_ARP_SHA));
    } else if (flow.family == 6 && flow.protocol == IPPROTO_ICMPV6 && find_solicitation(&fields)) {
        /* An advertisement has the solicitation's body; its option is what Ethernet's source is,
         * but for proxies. */
        whom = bytes_of(decode, fields.target);
        answer = bytes_of(decode, fields.data);
        if (!answer)
            answer = bytes_of(decode, pfg_layer_field(PFG_ETH_SRC));
    }
    if (!whom || !answer ||
        memcmp(whom, path->next_hop.bytes, pfg_address_size(&path->next_hop)) != 0)
        return false;
    memcpy(mac, answer, 6);
    return true;
}

/* Reads frames until the answer or the deadline. */
static bool wait_for_answer(int fd, struct pfg_decode *decode, const struct pfg_path *path,
                            uint64_t deadline_ns, uint8_t mac[6])
{
    uint8_t frame[FRAME_ROOM];
    struct pollfd readable = { .fd = fd, .events = POLLIN };

    while (poll(&readable, 1, pfg_clock_poll_ms(deadline_ns)) > 0) {
        ssize_t size = recv(fd, frame, sizeof frame, MSG_DONTWAIT);

        if (size > 0 && is_answer(decode, path, frame, (uint32_t)size, mac))
            return true;
        if (pfg_clock_ns() >= deadline_ns)
            return false;
    }
    return false;
}

static int no_answer(const struct pfg_path *path, struct pfg_fault *fault)
{
    char text[PFG_ADDRESS_TEXT];

    return pfg_fault_set(fault, "%s on %s does not say its Ethernet address",
                         pfg_address_text(&path->next_hop, text), path->link.name);
}

static int ask(int fd, const struct pfg_path *path, const struct pfg_writer *question,
               uint64_t timeout_ns, uint8_t mac[6], struct pfg_fault *fault)
{
    struct pfg_decode decode;
    bool found = false;

    if (pfg_decode_init(&decode) < 0)
        return pfg_fault_set(fault, "no memory");
    for (int i = 0; i < ASKED_TIMES && !found; i++) {
        if (send(fd, question->bytes, question->size, 0) < 0) {
            pfg_decode_free(&decode);
            return pfg_fault_set(fault, "cannot send out of %s: %s", path->link.name,
                                 strerror(errno));
        }
        found = wait_for_answer(fd, &decode, path, pfg_clock_ns() + timeout_ns / ASKED_TIMES, mac);
    }
    pfg_decode_free(&decode);
    return found ? 0 : no_answer(path, fault);
}

/* The question, and a socket that sees the answer. */
static int open_and_ask(const struct pfg_path *path, const struct pfg_writer *question,
                        uint64_t timeout_ns, uint8_t mac[6], struct pfg_fault *fault)
{
    const struct sockaddr_ll there = {
        .sll_family = AF_PACKET,
        .sll_protocol = htons(path->next_hop.family == 4 ? ETH_P_ARP : ETH_P_IPV6),
        .sll_ifindex = (int)path->link.index,
    };
    int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
    int result;

    if (fd < 0)
        return pfg_fault_socket(fault, "packet socket", errno);
    if (bind(fd, (const struct sockaddr *)&there, sizeof there) < 0)
        result = pfg_fault_set(fault, "cannot bind to interface %s: %s", path->link.name,
                               strerror(errno));
    else
        result = ask(fd, path, question, timeout_ns, mac, fault);
    close(fd);
    return result;
}

static int build_and_ask(const struct pfg_path *path, uint64_t timeout_ns, uint8_t mac[6],
                         struct pfg_fault *fault)
{
    struct pfg_stack *stack = calloc(1, sizeof *stack);
    uint8_t bytes[FRAME_ROOM];
    struct pfg_writer writer = { .bytes = bytes, .room = sizeof bytes };
    int result;

    if (!stack)
        return pfg_fault_set(fault, "no memory");
    if (path->next_hop.family == 4)
        result = arp_request(stack, path, fault);
    else
        result = solicit(stack, path, fault);
    if (!result)
        result = pfg_stack_build(stack, &writer, fault);
    free(stack);
    return result ? -1 : open_and_ask(path, &writer, timeout_ns, mac, fault);
}

int pfg_neighbour_find(const struct pfg_path *path, uint64_t timeout_ns, uint8_t mac[6],
                       struct pfg_fault *fault)
{
    int known = 0;

    if ((path->link.flags & (IFF_LOOPBACK | IFF_NOARP)) || path->kind == PFG_PATH_LOCAL) {
        memset(mac, 0, 6);
        return 0;
    }
    switch (path->kind) {
    case PFG_PATH_BROADCAST:
        memset(mac, 0xff, 6);
        return 0;
    case PFG_PATH_MULTICAST:
        pfg_multicast_mac(&path->destination, mac);
        return 0;
    case PFG_PATH_LOCAL:
    case PFG_PATH_UNICAST:
        known = pfg_neighbour_known(&path->link, &path->next_hop, mac, fault);
        break;
    }
    if (known)
        return known < 0 ? -1 : 0;
    return build_and_ask(path, timeout_ns, mac, fault);
}
