/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A made-up protocol with a row of every kind that the built-in ones have not. */
#include "proto/row.h"

/* clang-format off */

static const struct pfg_bit gauge_marks[] = {
    { "hot",   UINT64_C(0x8000000000000000), .doc = "Too hot." },
    { "level", UINT64_C(0x0000000f00000000), .doc = "How hot." },
    { "cold",  0x1, .doc = "Too cold." },
    { 0 }
};

static const struct pfg_row gauge_reading[] = {
    { "unit",  PFG_UINT, .size = 1 },
    { "value", PFG_INT,  .size = 3, .order = PFG_LITTLE },
    { 0 }
};

static const struct pfg_row gauge_readings[] = {
    { "count",    PFG_UINT,  .size = 1 },
    { "readings", PFG_ARRAY, .by = "count", .rows = gauge_reading },
    { 0 }
};

static const struct pfg_row gauge_station[] = {
    { "mac",   PFG_MAC },
    { "ip6",   PFG_IPV6 },
    { "place", PFG_STRING, .zero_ended = true },
    { "note",  PFG_DATA, .prefix = 2 },
    { "since", PFG_TIME, .size = 4, .unit = PFG_SECONDS },
    { "until", PFG_TIME, .size = 8, .unit = PFG_NTP },
    { 0 }
};

static const struct pfg_name gauge_kinds[] = {
    { 1, "readings", .body = gauge_readings },
    { 2, "station",  .body = gauge_station },
    { 0 }
};

static const struct pfg_row gauge_rows[] = {
    { "mark",     PFG_MAGIC,    .size = 2, .text = "GA" },
    { "ask",      PFG_UINT,     .bits = 1 },
    { "kind",     PFG_UINT,     .bits = 5, .names = gauge_kinds },
    { "spare",    PFG_RESERVED, .bits = 2 },
    { "whole",    PFG_LENGTH,   .size = 2, .counts = PFG_COUNTS_ALL, .scale = 2, .add = 2 },
    { "marks",    PFG_FLAGS,    .size = 8, .flags = gauge_marks },
    { "number",   PFG_UINT,     .size = 8, .order = PFG_LITTLE },
    { "balance",  PFG_INT,      .size = 8 },
    { "sum",      PFG_CHECKSUM, .size = 2, .algorithm = PFG_INTERNET, .display = PFG_HEX },
    { "body",     PFG_BODY,     .by = "kind", .flat = true },
    { 0 }
};

static const struct pfg_protocol protocol = {
    .name = "gauge", .title = "Gauges", .doc = "Made up.",
    .rows = gauge_rows, .udp_ports = { 17100 }, .tcp_ports = { 17100 }, .any_port = true,
    .reply = "ask=0", .pair = { "number" },
};
