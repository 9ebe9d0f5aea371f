/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A made-up protocol whose messages come after their length over TCP, on a port shared with
 * another one over UDP. */
#include "proto/row.h"

/* clang-format off */

static const struct pfg_row ledger_rows[] = {
    { "version", PFG_CONST,  .size = 1, .init = 4, .doc = "Always 4." },
    { "entry",   PFG_UINT,   .size = 4, .doc = "Number of the entry." },
    { "text",    PFG_STRING, .doc = "The entry." },
    { 0 }
};

static const struct pfg_protocol protocol = {
    .name = "ledger", .title = "Ledgers", .doc = "Made up.",
    .rows = ledger_rows, .udp_ports = { 17100 }, .tcp_ports = { 17101 }, .tcp_prefix = 2,
};
