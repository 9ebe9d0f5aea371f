/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The network layers' tables, in the order of enum pfg_layer_id. */
#include "proto/network.h"

#include "proto/layers.h"
#include "proto/network_list.h"

const struct pfg_protocol *const pfg_network_protocols[] = {
    [PFG_LAYER_FRAME] = &pfg_protocol_frame,       [PFG_LAYER_ETH] = &pfg_protocol_eth,
    [PFG_LAYER_VLAN] = &pfg_protocol_vlan,         [PFG_LAYER_ARP] = &pfg_protocol_arp,
    [PFG_LAYER_IP] = &pfg_protocol_ip,             [PFG_LAYER_IP6] = &pfg_protocol_ip6,
    [PFG_LAYER_ICMP] = &pfg_protocol_icmp,         [PFG_LAYER_ICMP6] = &pfg_protocol_icmp6,
    [PFG_LAYER_IGMP] = &pfg_protocol_igmp,         [PFG_LAYER_TCP] = &pfg_protocol_tcp,
    [PFG_LAYER_UDP] = &pfg_protocol_udp,           [PFG_LAYER_SLL] = &pfg_protocol_sll,
    [PFG_LAYER_SLL2] = &pfg_protocol_sll2,         [PFG_LAYER_NULL] = &pfg_protocol_null,
    [PFG_LAYER_IP6_HOP] = &pfg_protocol_ip6_hop,   [PFG_LAYER_IP6_DST] = &pfg_protocol_ip6_dst,
    [PFG_LAYER_IP6_ROUTE] = &pfg_protocol_ip6_route,
    [PFG_LAYER_IP6_FRAG] = &pfg_protocol_ip6_frag, [PFG_LAYER_RAW] = &pfg_protocol_raw,
    [PFG_LAYER_LOOP] = &pfg_protocol_loop,
};
const size_t pfg_network_count = sizeof pfg_network_protocols / sizeof *pfg_network_protocols;

int pfg_layer_id_of(const struct pfg_protocol *definition)
{
    for (size_t i = 0; i < pfg_network_count; i++)
        if (pfg_network_protocols[i] == definition)
            return (int)i;
    return -1;
}

struct place {
    uint8_t layer, row;
};

const struct pfg_field *pfg_layer_field(enum pfg_layer_field_id id)
{
    static const struct place places[PFG_LAYER_FIELD_COUNT] = {
        [PFG_FRAME_CAPLEN] = { PFG_LAYER_FRAME, FRAME_CAPLEN },
        [PFG_ETH_DST] = { PFG_LAYER_ETH, ETH_DST },
        [PFG_ETH_SRC] = { PFG_LAYER_ETH, ETH_SRC },
        [PFG_ETH_TYPE] = { PFG_LAYER_ETH, ETH_TYPE },
        [PFG_VLAN_PCP] = { PFG_LAYER_VLAN, VLAN_PCP },
        [PFG_VLAN_DEI] = { PFG_LAYER_VLAN, VLAN_DEI },
        [PFG_VLAN_ID] = { PFG_LAYER_VLAN, VLAN_ID },
        [PFG_VLAN_TYPE] = { PFG_LAYER_VLAN, VLAN_TYPE },
        [PFG_SLL_PACKET] = { PFG_LAYER_SLL, SLL_PACKET },
        [PFG_SLL_ADDRESS_SIZE] = { PFG_LAYER_SLL, SLL_ADDRESS_SIZE },
        [PFG_SLL_ADDRESS] = { PFG_LAYER_SLL, SLL_ADDRESS },
        [PFG_SLL_TYPE] = { PFG_LAYER_SLL, SLL_TYPE },
        [PFG_SLL2_TYPE] = { PFG_LAYER_SLL2, SLL2_TYPE },
        [PFG_SLL2_INDEX] = { PFG_LAYER_SLL2, SLL2_INDEX },
        [PFG_SLL2_PACKET] = { PFG_LAYER_SLL2, SLL2_PACKET },
        [PFG_SLL2_ADDRESS_SIZE] = { PFG_LAYER_SLL2, SLL2_ADDRESS_SIZE },
        [PFG_SLL2_ADDRESS] = { PFG_LAYER_SLL2, SLL2_ADDRESS },
        [PFG_ARP_OPER] = { PFG_LAYER_ARP, ARP_OPER },
        [PFG_ARP_SHA] = { PFG_LAYER_ARP, ARP_SHA },
        [PFG_ARP_SPA] = { PFG_LAYER_ARP, ARP_SPA },
        [PFG_ARP_THA] = { PFG_LAYER_ARP, ARP_THA },
        [PFG_ARP_TPA] = { PFG_LAYER_ARP, ARP_TPA },
        [PFG_IP_ID] = { PFG_LAYER_IP, IP_ID },
        [PFG_IP_TTL] = { PFG_LAYER_IP, IP_TTL },
        [PFG_IP_PROTO] = { PFG_LAYER_IP, IP_PROTO },
        [PFG_IP_SRC] = { PFG_LAYER_IP, IP_SRC },
        [PFG_IP_DST] = { PFG_LAYER_IP, IP_DST },
        [PFG_IP_LEN] = { PFG_LAYER_IP, IP_LEN },
        [PFG_IP_CHECKSUM] = { PFG_LAYER_IP, IP_CHECKSUM },
        [PFG_IP6_SRC] = { PFG_LAYER_IP6, IP6_SRC },
        [PFG_IP6_DST] = { PFG_LAYER_IP6, IP6_DST },
        [PFG_IP6_NEXT] = { PFG_LAYER_IP6, IP6_NXT },
        [PFG_IP6_HLIM] = { PFG_LAYER_IP6, IP6_HLIM },
        [PFG_TCP_SRCPORT] = { PFG_LAYER_TCP, TCP_SRCPORT },
        [PFG_TCP_DSTPORT] = { PFG_LAYER_TCP, TCP_DSTPORT },
        [PFG_TCP_SEQ] = { PFG_LAYER_TCP, TCP_SEQ },
        [PFG_TCP_ACK] = { PFG_LAYER_TCP, TCP_ACK },
        [PFG_TCP_FLAGS] = { PFG_LAYER_TCP, TCP_FLAGS },
        [PFG_TCP_WINDOW] = { PFG_LAYER_TCP, TCP_WINDOW },
        [PFG_TCP_URGENT] = { PFG_LAYER_TCP, TCP_URGENT },
        [PFG_TCP_OPTIONS] = { PFG_LAYER_TCP, TCP_OPTIONS },
        [PFG_UDP_SRCPORT] = { PFG_LAYER_UDP, UDP_SRCPORT },
        [PFG_UDP_DSTPORT] = { PFG_LAYER_UDP, UDP_DSTPORT },
        [PFG_UDP_LENGTH] = { PFG_LAYER_UDP, UDP_LENGTH },
        [PFG_UDP_CHECKSUM] = { PFG_LAYER_UDP, UDP_CHECKSUM },
        [PFG_ICMP_TYPE] = { PFG_LAYER_ICMP, ICMP_TYPE },
        [PFG_ICMP_CODE] = { PFG_LAYER_ICMP, ICMP_CODE },
        [PFG_ICMP6_TYPE] = { PFG_LAYER_ICMP6, ICMP6_TYPE },
        [PFG_ICMP6_CODE] = { PFG_LAYER_ICMP6, ICMP6_CODE },
    };
    return &pfg_layer((enum pfg_layer_id)places[id].layer)->table.fields[places[id].row];
}
