/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TFTP (RFC 1350), which is answered from another port. */
#include "proto/row.h"

/* clang-format off */

static const struct pfg_row tftp_request[] = {
    { "file", PFG_STRING, .zero_ended = true, .doc = "Name of the file." },
    { "mode", PFG_STRING, .zero_ended = true, .doc = "netascii or octet." },
    { 0 }
};

static const struct pfg_row tftp_data[] = {
    { "block", PFG_UINT, .size = 2, .doc = "Number of the block." },
    { "data",  PFG_DATA, .doc = "Its bytes." },
    { 0 }
};

static const struct pfg_row tftp_ack[] = { { "block", PFG_UINT, .size = 2, .doc = "Number of the block." }, { 0 } };

static const struct pfg_name tftp_codes[] = {
    { 1, "rrq",  .body = tftp_request }, { 2, "wrq", .body = tftp_request },
    { 3, "data", .body = tftp_data, .is_reply = true },
    { 4, "ack",  .body = tftp_ack, .is_reply = true },
    { 0 }
};

static const struct pfg_row tftp_rows[] = {
    { "opcode", PFG_UINT, .size = 2, .names = tftp_codes, .doc = "Kind of packet." },
    { "body",   PFG_BODY, .by = "opcode", .flat = true, .doc = "The message." },
    { 0 }
};

static const struct pfg_protocol protocol = {
    .name = "pfg_tftp", .title = "Trivial File Transfer Protocol", .doc = "RFC 1350.",
    .rows = tftp_rows, .udp_ports = { 69 }, .follow = true,
};
