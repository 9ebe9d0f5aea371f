/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Art-Net 4, stage lighting over UDP broadcast: devices found and fed. Build: -DPFG_PROTOCOLS=examples/artnet.h */
#include "proto/row.h"
/* clang-format off */
static const struct pfg_bit artnet_wishes[] = {
    { "on_change", 0x02, .doc = "Reply again when something changes." }, { "diagnostics", 0x04, .doc = "Send diagnostics." },
    { "unicast", 0x08, .doc = "Diagnostics to the controller alone." }, { "no_vlc", 0x10, .doc = "No visible-light communication." },
    { "targeted", 0x20, .doc = "Only nodes of the given ports reply." }, { 0 }
};
static const struct pfg_row artnet_poll[] = {
    { "protocol", PFG_UINT,  .size = 2, .init = 14, .doc = "Revision of the protocol." },
    { "wishes",   PFG_FLAGS, .size = 1, .flags = artnet_wishes, .doc = "What the controller wants." },
    { "priority", PFG_UINT,  .size = 1, .init = 0x10, .display = PFG_HEX, .doc = "Least priority of diagnostics." },
    { "top",      PFG_UINT,  .size = 2, .optional = true, .doc = "Highest port of a targeted poll." },
    { "bottom",   PFG_UINT,  .size = 2, .optional = true, .doc = "Lowest port of a targeted poll." },
    { 0 }
};
static const struct pfg_bit artnet_status[] = {
    { "ubea",      0x01, .doc = "A user BIOS extension is there." }, { "rdm",  0x02, .doc = "Speaks RDM." },
    { "rom_boot",  0x04, .doc = "Booted from ROM." },                { "authority", 0x30, .doc = "Who set the port addresses." },
    { "indicator", 0xc0, .doc = "State of the lights on the front." }, { 0 }
};
static const struct pfg_bit artnet_status2[] = {
    { "web", 0x01, .doc = "Has a web page." }, { "dhcp", 0x02, .doc = "Got its address by DHCP." }, { "dhcp_able", 0x04, .doc = "Knows DHCP." },
    { "wide", 0x08, .doc = "15 bits of port address." }, { "sacn", 0x10, .doc = "Can go over to sACN." }, { "squawking", 0x20, .doc = "Is squawking." }, { 0 }
};
static const struct pfg_row artnet_poll_reply[] = { /* 207 bytes that never move, then what later revisions added */
    { "address",     PFG_IPV4,                .doc = "Address of the node." },
    { "port",        PFG_UINT,  .size = 2, .order = PFG_LITTLE, .init = 6454, .doc = "Its port." },
    { "firmware",    PFG_UINT,  .size = 2,    .doc = "Revision of its firmware." },
    { "net",         PFG_UINT,  .size = 1,    .doc = "Bits 14-8 of its port address." },
    { "subnet",      PFG_UINT,  .size = 1,    .doc = "Bits 7-4 of its port address." },
    { "oem",         PFG_UINT,  .size = 2, .display = PFG_HEX, .doc = "Kind of product." },
    { "ubea",        PFG_UINT,  .size = 1,    .doc = "Revision of the user BIOS extension." },
    { "status",      PFG_FLAGS, .size = 1, .flags = artnet_status, .display = PFG_HEX, .doc = "State of the node." },
    { "maker",       PFG_UINT,  .size = 2, .order = PFG_LITTLE, .display = PFG_HEX, .doc = "ESTA code of the maker." },
    { "short_name",  PFG_STRING, .size = 18, .zero_ended = true, .doc = "Name of the node." },
    { "long_name",   PFG_STRING, .size = 64, .zero_ended = true, .quiet = true, .doc = "Its name at length." },
    { "report",      PFG_STRING, .size = 64, .zero_ended = true, .quiet = true, .doc = "How it is." },
    { "ports",       PFG_UINT,  .size = 2,    .doc = "Inputs or outputs, whichever are more." },
    { "port_types",  PFG_BYTES, .size = 4, .quiet = true, .doc = "Kind of each of four ports." },
    { "good_input",  PFG_BYTES, .size = 4, .quiet = true, .doc = "State of each input." },
    { "good_output", PFG_BYTES, .size = 4, .quiet = true, .doc = "State of each output." },
    { "inputs",      PFG_BYTES, .size = 4, .quiet = true, .doc = "Bits 3-0 of the address of each input." },
    { "outputs",     PFG_BYTES, .size = 4, .quiet = true, .doc = "Bits 3-0 of the address of each output." },
    { "video",       PFG_UINT,  .size = 1, .quiet = true, .doc = "1 where the display shows local data." },
    { "macro",       PFG_UINT,  .size = 1, .quiet = true, .doc = "State of the macro inputs." },
    { "remote",      PFG_UINT,  .size = 1, .quiet = true, .doc = "State of the remote inputs." },
    { "spare",       PFG_BYTES, .size = 3, .quiet = true, .doc = "Not used." },
    { "style",       PFG_UINT,  .size = 1, .quiet = true, .doc = "0 a node, 1 a controller, 2 a media server." },
    { "mac",         PFG_MAC,                 .doc = "Its MAC address." },
    { "bind",        PFG_IPV4,  .optional = true, .quiet = true, .doc = "Address of the root of a product of several nodes." },
    { "bind_index",  PFG_UINT,  .size = 1, .optional = true, .quiet = true, .doc = "Which of them this is." },
    { "status2",     PFG_FLAGS, .size = 1, .flags = artnet_status2, .optional = true, .quiet = true, .doc = "What it can do." },
    { "filler",      PFG_BYTES, .optional = true, .quiet = true, .doc = "For later revisions." },
    { 0 }
};
static const struct pfg_row artnet_dmx[] = {
    { "protocol", PFG_UINT,   .size = 2, .init = 14, .doc = "Revision of the protocol." },
    { "sequence", PFG_UINT,   .size = 1, .doc = "Counts from 1 to 255; 0 = not used." },
    { "physical", PFG_UINT,   .size = 1, .doc = "The physical input, for information." },
    { "universe", PFG_UINT,   .size = 2, .order = PFG_LITTLE, .doc = "Port address that the levels are for." },
    { "length",   PFG_LENGTH, .size = 2, .counts = PFG_COUNTS_REST, .max = 512, .doc = "Levels that follow." },
    { "levels",   PFG_BYTES,  .doc = "A level a channel." },
    { 0 }
};
static const struct pfg_name artnet_opcodes[] = {
    { 0x2000, "poll", "Asks who is there.", .body = artnet_poll }, { 0x2100, "poll_reply", "A node tells what it is.", .body = artnet_poll_reply },
    { 0x5000, "dmx", "Levels for one universe.", .body = artnet_dmx }, { 0 }
};
static const struct pfg_row artnet_rows[] = {
    { "id",     PFG_MAGIC, .size = 8, .text = "Art-Net", .doc = "Marks a packet." },
    { "opcode", PFG_UINT,  .size = 2, .order = PFG_LITTLE, .init = 0x2000, .names = artnet_opcodes, .display = PFG_HEX, .bare = true, .doc = "Kind of message." },
    { "body",   PFG_BODY,  .by = "opcode", .doc = "The message." },
    { 0 }
};
static const struct pfg_protocol protocol = {
    .name = "pfg_artnet", .title = "Art-Net", .doc = "Lighting nodes over UDP broadcast: who is there, and what they are to show.",
    .rows = artnet_rows, .fixed_size = 10, .udp_ports = { 6454 }, .any_port = true, .reply = "opcode=poll_reply",
};
