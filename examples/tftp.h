/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TFTP (RFC 1350) with options (RFC 2347). Build: -DPFG_PROTOCOLS=examples/tftp.h */
#include "proto/row.h"
/* clang-format off */
static const struct pfg_row tftp_option[] = {
    { "name",  PFG_STRING, .zero_ended = true, .bare = true, .doc = "Name of the option." },
    { "value", PFG_STRING, .zero_ended = true, .bare = true, .doc = "Its value." }, { 0 }
};
static const struct pfg_row tftp_request[] = {
    { "file",    PFG_STRING, .zero_ended = true, .doc = "Name of the file." },
    { "mode",    PFG_STRING, .zero_ended = true, .text = "octet", .doc = "Form of the transfer: octet, netascii or mail." },
    { "options", PFG_ARRAY,  .rows = tftp_option, .doc = "What the client asks for (RFC 2347)." }, { 0 }
};
static const struct pfg_row tftp_data[] = {
    { "block", PFG_UINT, .size = 2, .doc = "Number of the block, from 1." },
    { "data",  PFG_DATA,            .doc = "The block; one shorter than the rest ends the file." }, { 0 }
};
static const struct pfg_row tftp_ack[] = { { "block", PFG_UINT, .size = 2, .doc = "Number of the block that arrived." }, { 0 } };
static const struct pfg_name tftp_codes[] = {
    { 0, "undefined" }, { 1, "not_found" }, { 2, "access_violation" }, { 3, "disk_full" }, { 4, "illegal_operation" },
    { 5, "unknown_transfer" }, { 6, "file_exists" }, { 7, "no_such_user" }, { 8, "options_refused" }, { 0 }
};
static const struct pfg_row tftp_error[] = {
    { "code", PFG_UINT, .size = 2, .names = tftp_codes, .other = "unassigned", .doc = "What went wrong." },
    { "text", PFG_STRING, .zero_ended = true, .doc = "The same for people." }, { 0 }
};
static const struct pfg_row tftp_oack[] = { { "options", PFG_ARRAY, .rows = tftp_option, .doc = "What the server agrees to." }, { 0 } };
static const struct pfg_name tftp_opcodes[] = {
    { 1, "rrq", "Asks for a file.", .body = tftp_request }, { 2, "wrq", "Offers a file.", .body = tftp_request },
    { 3, "data", "A block of the file.", .body = tftp_data }, { 4, "ack", "A block arrived.", .body = tftp_ack },
    { 5, "error", "Ends the transfer.", .body = tftp_error }, { 6, "oack", "Options agreed to (RFC 2347).", .body = tftp_oack }, { 0 }
};
static const struct pfg_row tftp_rows[] = {
    { "opcode", PFG_UINT, .size = 2, .init = 1, .names = tftp_opcodes, .closed = true, .bare = true, .doc = "Kind of message." },
    { "body",   PFG_BODY, .by = "opcode", .flat = true, .doc = "The message." }, { 0 }
};
static const struct pfg_protocol protocol = { .name = "pfg_tftp", .title = "Trivial File Transfer Protocol", .doc = "Carries files over UDP, block by block.",
    .rows = tftp_rows, .udp_ports = { 69 }, .follow = true, .reply = "opcode=ack", .pair = { "block" } };
