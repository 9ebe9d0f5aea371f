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
    { "unit",  PFG_UINT, .size = 1, .doc = "Which gauge." },
    { "value", PFG_INT,  .size = 3, .order = PFG_LITTLE, .doc = "What it shows." },
    { 0 }
};

static const struct pfg_row gauge_readings[] = {
    { "count",    PFG_UINT,  .size = 1, .doc = "Readings." },
    { "readings", PFG_ARRAY, .by = "count", .rows = gauge_reading, .doc = "The readings." },
    { 0 }
};

static const struct pfg_row gauge_station[] = {
    { "mac",   PFG_MAC, .doc = "Of the station." },
    { "ip6",   PFG_IPV6, .doc = "Of the station." },
    { "place", PFG_STRING, .zero_ended = true, .doc = "Where it stands." },
    { "note",  PFG_DATA, .prefix = 2, .doc = "Any bytes." },
    { "since", PFG_TIME, .size = 4, .unit = PFG_SECONDS, .doc = "When it began." },
    { "until", PFG_TIME, .size = 8, .unit = PFG_NTP, .doc = "When it ends." },
    { "height", PFG_INT, .size = 4, .fraction_bits = 12, .order = PFG_LITTLE, .doc = "Metres above the sea." },
    { "width", PFG_UINT, .size = 8, .fraction_bits = 32, .doc = "Metres." },
    { "steep", PFG_INT, .bits = 12, .fraction_bits = 4, .doc = "How steep." },
    { "share", PFG_UINT, .bits = 4, .fraction_bits = 4, .doc = "Part of the whole." },
    { "built", PFG_TIME, .size = 4, .unit = PFG_SECONDS, .display = PFG_DATE, .doc = "When it was built." },
    { 0 }
};

static const struct pfg_name gauge_kinds[] = {
    { 1, "readings", .body = gauge_readings },
    { 2, "station",  .body = gauge_station },
    { 0 }
};

static const struct pfg_row gauge_rows[] = {
    { "mark",     PFG_MAGIC,    .size = 2, .text = "GA", .doc = "Marks a message." },
    { "ask",      PFG_UINT,     .bits = 1, .doc = "Whether this asks." },
    { "kind",     PFG_UINT,     .bits = 5, .names = gauge_kinds, .doc = "What the body is." },
    { "spare",    PFG_RESERVED, .bits = 2, .doc = "Sent as 0." },
    { "whole",    PFG_LENGTH,   .size = 2, .counts = PFG_COUNTS_ALL, .scale = 2, .add = 2, .doc = "Size of the message." },
    { "marks",    PFG_FLAGS,    .size = 8, .flags = gauge_marks, .doc = "What is remarkable." },
    { "number",   PFG_UINT,     .size = 8, .order = PFG_LITTLE, .doc = "Chosen by who asks." },
    { "balance",  PFG_INT,      .size = 8, .doc = "A signed number." },
    { "sum",      PFG_CHECKSUM, .size = 2, .algorithm = PFG_INTERNET, .display = PFG_HEX, .doc = "Of all bytes." },
    { "body",     PFG_BODY,     .by = "kind", .flat = true, .doc = "The message." },
    { 0 }
};

static const struct pfg_protocol protocol = {
    .name = "gauge", .title = "Gauges", .doc = "Made up.",
    .rows = gauge_rows, .udp_ports = { 17100 }, .tcp_ports = { 17100 }, .any_port = true,
    .reply = "ask=0", .pair = { "number" },
};
