/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * layer_cases.h - packets that scapy 2.5 built (those of IGMP, cooked captures and loopback: its IP
 * headers in frames put together by hand), what must be read in them, and the words that must build
 * them again.
 */
#ifndef PFG_TESTS_PROTO_LAYER_CASES_H
#define PFG_TESTS_PROTO_LAYER_CASES_H

#include "proto/layers.h"

/* Layers in order; fields as "path=value", "payload=SIZE", "fragment=OFFSET"; words of layers
 * with " / " between, or NULL. */
static const struct layer_case {
    const char *name;
    uint32_t link;
    const char *hex, *layers, *fields, *words;
} layer_cases[] = {
    { "arp", PFG_LINK_ETHERNET,
      "02000000000202000000000108060001080006040001020000000001c0000201000000000000c0000202",
      "eth arp",
      "eth.type=0x0806 arp.oper=1 arp.oper_name=request arp.sha=02:00:00:00:00:01 "
      "arp.spa=192.0.2.1 arp.tpa=192.0.2.2 payload=0",
      "eth dst=02:00:00:00:00:02; src=02:00:00:00:00:01 / arp sha=02:00:00:00:00:01; "
      "spa=192.0.2.1; tpa=192.0.2.2" },
    { "udp", PFG_LINK_ETHERNET,
      "020000000002020000000001080045000021000740004011b6c1c0000201c00002029c4024da000d76e36865"
      "6c6c6f",
      "eth ip udp",
      "ip.ihl=20 ip.len=33 ip.id=7 ip.df=1 ip.mf=0 ip.ttl=64 ip.proto_name=UDP "
      "ip.checksum=0xb6c1 udp.srcport=40000 udp.dstport=9434 udp.length=13 "
      "udp.checksum=0x76e3 payload=5",
      "eth dst=02:00:00:00:00:02; src=02:00:00:00:00:01 / ip src=192.0.2.1; dst=192.0.2.2; "
      "id=7; df=1 / udp sport=40000; dport=9434 / raw data=hello" },
    { "udp6", PFG_LINK_ETHERNET,
      "02000000000202000000000186dd60812345000b114020010db800000000000000000000000120010db80000"
      "000000000000000000029c400035000b34896f6464",
      "eth ip6 udp",
      "ip6.tclass=8 ip6.flow=0x012345 ip6.plen=11 ip6.nxt=17 ip6.src=2001:db8::1 "
      "udp.length=11 payload=3",
      "eth dst=02:00:00:00:00:02; src=02:00:00:00:00:01 / ip6 src=2001:db8::1; "
      "dst=2001:db8::2; tclass=8; flow=0x12345 / udp sport=40000; dport=53 / raw data=odd" },
    { "vlan", PFG_LINK_ETHERNET,
      "0200000000020200000000018100a06408004500001c000100004011f6ccc0000201c0000202000100020008"
      "7bd7",
      "eth vlan ip udp",
      "vlan.id=100 vlan.pcp=5 vlan.dei=0 vlan.type=0x0800 ip.len=28 payload=0",
      "eth dst=02:00:00:00:00:02; src=02:00:00:00:00:01 / vlan id=100; pcp=5 / ip "
      "src=192.0.2.1; dst=192.0.2.2; id=1 / udp sport=1; dport=2" },
    { "qinq", PFG_LINK_ETHERNET,
      "02000000000202000000000188a8000781000008080045000020000100004001f6d8c0000201c00002020800"
      "192c0001000270696e67",
      "eth vlan vlan ip icmp",
      "eth.type_name=QinQ vlan.id=7 icmp.type_name=echo_request icmp.id=1 icmp.seq=2 "
      "icmp.data_text=ping",
      "eth dst=02:00:00:00:00:02; src=02:00:00:00:00:01; type=0x88a8 / vlan id=7 / vlan "
      "id=8 / ip src=192.0.2.1; dst=192.0.2.2; id=1 / icmp id=1; seq=2; data=ping" },
    { "tcp", PFG_LINK_ETHERNET,
      "02000000000202000000000108004500003c000200004006f6b6c0000201c00002029c40ff98000003e80000"
      "07d0a002faf0202d0000020405b40402080a0000006f000000de01030307",
      "eth ip tcp",
      "tcp.seq=1000 tcp.ack=2000 tcp.offset=40 tcp.flags=0x0002 tcp.window=64240 tcp.len=0 "
      "tcp.options.kind_name=mss tcp.options.mss=1460 tcp.options.val=111 "
      "tcp.options.ecr=222 tcp.options.shift=7 payload=0",
      "eth dst=02:00:00:00:00:02; src=02:00:00:00:00:01 / ip src=192.0.2.1; dst=192.0.2.2; "
      "id=2 / tcp sport=40000; dport=65432; seq=1000; ack=2000; flags=S; win=64240; "
      "options[0].kind=mss; options[0].mss=1460; options[1].kind=sackOK; "
      "options[2].kind=TS; options[2].val=111; options[2].ecr=222; options[3].kind=nop; "
      "options[4].kind=wscale; options[4].shift=7" },
    { "tcpdata", PFG_LINK_ETHERNET,
      "020000000002020000000001080045000040000300004006f6b1c0000201c00002029c40ff98000003e90000"
      "07d1a01801f653470000010105120000000100000002000000030000000464617461",
      "eth ip tcp",
      "tcp.flags=0x0018 tcp.len=4 tcp.options.blocks.left=1 tcp.options.blocks.right=2 "
      "payload=4",
      "eth dst=02:00:00:00:00:02; src=02:00:00:00:00:01 / ip src=192.0.2.1; dst=192.0.2.2; "
      "id=3 / tcp sport=40000; dport=65432; seq=1001; ack=2001; flags=P.; win=502; "
      "options[0].kind=nop; options[1].kind=nop; options[2].kind=sack; "
      "options[2].blocks[0].left=1; options[2].blocks[0].right=2; "
      "options[2].blocks[1].left=3; options[2].blocks[1].right=4 / raw data=data" },
    { "ipopt", PFG_LINK_ETHERNET,
      "020000000002020000000001080047000025000400004011e3b4c0000201c000020207070401020304010001"
      "0002000903d578",
      "eth ip udp",
      "ip.ihl=28 ip.options.kind=7 ip.options.length=7 ip.options.data=0401020304 payload=1",
      "eth dst=02:00:00:00:00:02; src=02:00:00:00:00:01 / ip src=192.0.2.1; dst=192.0.2.2; "
      "id=4; options[0].kind=record_route; options[0].data=hex:0401020304; "
      "options[1].kind=nop / udp sport=1; dport=2 / raw data=x" },
    { "frag", PFG_LINK_ETHERNET,
      "020000000002020000000001080045000024000920004011d6bcc0000201c000020200010203040506070809"
      "0a0b0c0d0e0f",
      "eth ip",
      "ip.mf=1 ip.frag_offset=0 fragment=0 payload=16",
      "eth dst=02:00:00:00:00:02; src=02:00:00:00:00:01 / ip src=192.0.2.1; dst=192.0.2.2; "
      "id=9; mf=1; proto=udp / raw data=hex:000102030405060708090a0b0c0d0e0f" },
    { "frag2", PFG_LINK_ETHERNET,
      "020000000002020000000001080045000018000900024011f6c6c0000201c00002027461696c",
      "eth ip",
      "ip.mf=0 ip.frag_offset=16 fragment=16 payload=4",
      "eth dst=02:00:00:00:00:02; src=02:00:00:00:00:01 / ip src=192.0.2.1; dst=192.0.2.2; "
      "id=9; frag_offset=16; proto=17 / raw data=tail" },
    { "ext", PFG_LINK_ETHERNET,
      "02000000000202000000000186dd600000000024004020010db800000000000000000000000120010db80000"
      "000000000000000000023c000502000001000600010400000000000100020000000500000000500420003464"
      "0000",
      "eth ip6 ip6_hop ip6_dst tcp",
      "ip6.nxt=0 ip6_hop.nxt=60 ip6_hop.len=0 ip6_hop.options.kind_name=router_alert "
      "ip6_dst.nxt=6 tcp.flags=0x0004 tcp.srcport=1 payload=0",
      "eth dst=02:00:00:00:00:02; src=02:00:00:00:00:01 / ip6 src=2001:db8::1; "
      "dst=2001:db8::2 / ip6_hop options[0].kind=router_alert; options[0].data=hex:0000; "
      "options[1].kind=padn / ip6_dst options[0].kind=padn; options[0].data=hex:00000000 / "
      "tcp sport=1; dport=2; flags=R; seq=5; win=8192" },
    { "frag6", PFG_LINK_ETHERNET,
      "02000000000202000000000186dd6000000000102c4020010db800000000000000000000000120010db80000"
      "00000000000000000002110000190000abcd3132333435363738",
      "eth ip6 ip6_frag",
      "ip6_frag.nxt=17 ip6_frag.frag_offset=24 ip6_frag.mf=1 ip6_frag.id=0x0000abcd "
      "fragment=24 payload=8",
      "eth dst=02:00:00:00:00:02; src=02:00:00:00:00:01 / ip6 src=2001:db8::1; "
      "dst=2001:db8::2 / ip6_frag nxt=17; frag_offset=24; mf=1; ip6_frag.id=0xabcd / raw "
      "data=12345678" },
    { "route6", PFG_LINK_ETHERNET,
      "02000000000202000000000186dd6000000000202b4020010db800000000000000000000000120010db80000"
      "00000000000000000002110200000000000020010db8000000000000000000000009000300040008a462",
      "eth ip6 ip6_route udp",
      "ip6_route.len=16 ip6_route.type=0 ip6_route.left=0 "
      "ip6_route.data=0000000020010db8000000000000000000000009 udp.srcport=3 payload=0",
      "eth dst=02:00:00:00:00:02; src=02:00:00:00:00:01 / ip6 src=2001:db8::1; "
      "dst=2001:db8::2 / ip6_route data=hex:0000000020010db8000000000000000000000009 / udp "
      "sport=3; dport=4" },
    { "icmpun", PFG_LINK_ETHERNET,
      "020000000002020000000001080045000038000500004001f6bcc0000201c000020203047c19000005004500"
      "001c000700004011f6c6c0000201c00002020001000200087bd7",
      "eth ip icmp",
      "icmp.type_name=unreachable icmp.code=4 icmp.mtu=1280",
      "eth dst=02:00:00:00:00:02; src=02:00:00:00:00:01 / ip src=192.0.2.1; dst=192.0.2.2; "
      "id=5 / icmp type=unreachable; code=4; mtu=1280; "
      "data=hex:4500001c000700004011f6c6c0000201c00002020001000200087bd7" },
    { "ns", PFG_LINK_ETHERNET,
      "02000000000202000000000186dd6000000000203aff20010db800000000000000000000000120010db80000"
      "000000000000000000028700ec720000000020010db80000000000000000000000020101020000000001",
      "eth ip6 icmp6",
      "icmp6.type_name=neighbor_solicit icmp6.target=2001:db8::2 icmp6.options.kind=1 "
      "icmp6.options.length=8 icmp6.options.data=020000000001",
      "eth dst=02:00:00:00:00:02; src=02:00:00:00:00:01 / ip6 src=2001:db8::1; "
      "dst=2001:db8::2; hlim=255 / icmp6 type=neighbor_solicit; target=2001:db8::2; "
      "options[0].kind=1; options[0].data=hex:020000000001" },
    { "echo6", PFG_LINK_ETHERNET,
      "02000000000202000000000186dd60000000000b3a4020010db800000000000000000000000120010db80000"
      "0000000000000000000280005fdb00030004616263",
      "eth ip6 icmp6",
      "icmp6.type=128 icmp6.id=3 icmp6.seq=4 icmp6.data=616263",
      "eth dst=02:00:00:00:00:02; src=02:00:00:00:00:01 / ip6 src=2001:db8::1; "
      "dst=2001:db8::2 / icmp6 type=128; id=3; seq=4; data=abc" },
    { "ipip", PFG_LINK_ETHERNET,
      "020000000002020000000001080045000030000100004004f6c5c0000201c00002024500001c000200004011"
      "66cd0a0000010a000002000500060008ebd0",
      "eth ip ip udp",
      "ip.proto=4 udp.dstport=6 payload=0",
      "eth dst=02:00:00:00:00:02; src=02:00:00:00:00:01 / ip src=192.0.2.1; dst=192.0.2.2; "
      "id=1 / ip id=2; src=10.0.0.1; dst=10.0.0.2 / udp sport=5; dport=6" },
    { "igmp3", PFG_LINK_ETHERNET,
      "01005e00001602000000000108004500002c00010000010217b8c0000201e00000162200e4f6000000010400"
      "0002e00101010a0000010a000002",
      "eth ip igmp",
      "igmp.type_name=report_v3 igmp.nrecords=1 igmp.records.type_name=to_exclude "
      "igmp.records.nsources=2 igmp.records.group=224.1.1.1 "
      "igmp.records.sources.address=10.0.0.1",
      "eth dst=01:00:5e:00:00:16; src=02:00:00:00:00:01 / ip id=1; ttl=1; src=192.0.2.1; "
      "dst=224.0.0.22 / igmp type=report_v3; records[0].type=to_exclude; "
      "records[0].group=224.1.1.1; records[0].sources[0].address=10.0.0.1; "
      "records[0].sources[1].address=10.0.0.2" },
    { "igmpq", PFG_LINK_ETHERNET,
      "01005e00000102000000000108004500001c00010000010217ddc0000201e00000011164ee9b00000000",
      "eth ip igmp",
      "igmp.type_name=query igmp.max_resp=100 igmp.group=0.0.0.0",
      "eth dst=01:00:5e:00:00:01; src=02:00:00:00:00:01 / ip id=1; ttl=1; src=192.0.2.1; "
      "dst=224.0.0.1 / igmp max_resp=100" },
    { "sll", PFG_LINK_LINUX_SLL,
      "000400010006020000000001000008004500001c000700004011f6c6c0000201c00002020001000200087bd7",
      "sll ip udp",
      "sll.packet_name=from_us sll.address=0200000000010000 sll.type=0x0800 udp.dstport=2",
      "sll packet=4; address=hex:020000000001 / ip src=192.0.2.1; dst=192.0.2.2; id=7 / udp"
      " sport=1; dport=2" },
    { "sll2", PFG_LINK_LINUX_SLL2,
      "86dd000000000003000100060200000000010000600000000008114020010db8000000000000000000000001"
      "20010db8000000000000000000000002000100020008a466",
      "sll2 ip6 udp",
      "sll2.ifindex=3 sll2.type_name=IPv6 udp.dstport=2",
      "sll2 ifindex=3; packet=to_us; address=hex:020000000001 / ip6 src=2001:db8::1; "
      "dst=2001:db8::2 / udp sport=1; dport=2" },
    { "raw4", PFG_LINK_RAW,
      "45000021000740004011b6c1c0000201c00002029c4024da000d76e368656c6c6f",
      "ip udp",
      "ip.id=7 payload=5",
      "ip src=192.0.2.1; dst=192.0.2.2; id=7; df=1 / udp sport=40000; dport=9434 / raw "
      "data=hello" },
    { "raw6", PFG_LINK_RAW,
      "60000000000b3a4020010db800000000000000000000000120010db800000000000000000000000280005fdb"
      "00030004616263",
      "ip6 icmp6",
      "icmp6.seq=4",
      "ip6 src=2001:db8::1; dst=2001:db8::2 / icmp6 id=3; seq=4; data=abc" },
    { "v4", PFG_LINK_IPV4,
      "45000021000740004011b6c1c0000201c00002029c4024da000d76e368656c6c6f",
      "ip udp",
      "ip.id=7",
      NULL },
    { "null", PFG_LINK_NULL,
      "0200000045000021000740004011b6c1c0000201c00002029c4024da000d76e368656c6c6f",
      "null ip udp",
      "null.family=2 ip.id=7",
      "null / ip src=192.0.2.1; dst=192.0.2.2; id=7; df=1 / udp sport=40000; dport=9434 / "
      "raw data=hello" },
    { "nullbe", PFG_LINK_NULL,
      "0000000245000021000740004011b6c1c0000201c00002029c4024da000d76e368656c6c6f",
      "null ip udp",
      "ip.id=7",
      NULL },
    { "null6", PFG_LINK_NULL,
      "1e00000060000000000b3a4020010db800000000000000000000000120010db8000000000000000000000002"
      "80005fdb00030004616263",
      "null ip6 icmp6",
      "icmp6.seq=4",
      NULL },
    { "loop", PFG_LINK_LOOP,
      "0000000245000021000740004011b6c1c0000201c00002029c4024da000d76e368656c6c6f",
      "loop ip udp",
      "loop.family=2 ip.id=7",
      NULL },
    { "llc", PFG_LINK_ETHERNET,
      "0200000000020200000000010004aaaa03000000000000000000000000000000000000000000000000000000"
      "00000000000000000000000000000000",
      "eth",
      "eth.type=0x0004 payload=4",
      NULL },
    { "sll8023", PFG_LINK_LINUX_SLL,
      "00040001000602000000000100000001aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
      "sll",
      "sll.type=0x0001 payload=20",
      NULL },
    { "mpls", PFG_LINK_ETHERNET,
      "02000000000202000000000188470000000000000000000000000000000000000000",
      "eth",
      "eth.type_name=MPLS payload=20",
      NULL },
    { "padded", PFG_LINK_ETHERNET,
      "020000000002020000000001080045000021000740004011b6c1c0000201c00002029c4024da000d76e36865"
      "6c6c6f00000000000000000000000000",
      "eth ip udp",
      "udp.checksum=0x76e3 payload=5",
      NULL },
};

#endif
