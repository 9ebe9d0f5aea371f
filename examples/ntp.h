/* SPDX-License-Identifier: GPL-2.0-or-later */
/* NTPv4 (RFC 5905, 7.3) with extension fields (RFC 7822). Build: -DPFG_PROTOCOLS=examples/ntp.h */
#include "proto/row.h"
/* clang-format off */
static const struct pfg_name ntp_leaps[] = { { 0, "none" }, { 1, "insert" }, { 2, "delete" }, { 3, "unsynchronized" }, { 0 } };
static const struct pfg_row ntp_kiss[] = { { "kiss", PFG_STRING, .size = 4, .zero_ended = true, .doc = "Why the server does not answer (RFC 5905, 7.4)." }, { 0 } };
static const struct pfg_row ntp_source[] = { { "source", PFG_STRING, .size = 4, .zero_ended = true, .doc = "The reference clock." }, { 0 } };
static const struct pfg_row ntp_upstream[] = { { "upstream", PFG_IPV4, .doc = "The server's own server; over IPv6 the beginning of a hash." }, { 0 } };
static const struct pfg_name ntp_strata[] = { { 0, "unspecified", .body = ntp_kiss }, { 1, "primary", .body = ntp_source }, { 16, "unsynchronized", .body = ntp_kiss }, { 0 } };
static const struct pfg_row ntp_extension[] = {
    { "type",   PFG_UINT,   .size = 2, .display = PFG_HEX, .doc = "Type of the extension field." },
    { "length", PFG_LENGTH, .size = 2, .doc = "Its bytes, these four among them." },
    { "value",  PFG_BYTES, .doc = "Its value, filled up to whole words." }, { 0 }
};
static const struct pfg_row ntp_packet[] = {
    { "stratum",    PFG_UINT, .size = 1, .names = ntp_strata, .other = "secondary", .doc = "Servers between this one and a reference clock." },
    { "poll",       PFG_INT,  .size = 1, .doc = "Longest time between messages, log2 of seconds." },
    { "precision",  PFG_INT,  .size = 1, .doc = "Precision of the clock, log2 of seconds." },
    { "root_delay", PFG_UINT, .size = 4, .fraction_bits = 16, .doc = "Seconds to the reference clock and back." },
    { "root_dispersion", PFG_UINT, .size = 4, .fraction_bits = 16, .doc = "Greatest error against the reference clock, in seconds." },
    { "refid",      PFG_BODY, .by = "stratum", .rows = ntp_upstream, .flat = true, .doc = "What the clock follows." },
    { "reference",  PFG_TIME, .size = 8, .unit = PFG_NTP, .quiet = true, .doc = "When the clock was last set." },
    { "origin",     PFG_TIME, .size = 8, .unit = PFG_NTP, .quiet = true, .doc = "Of a reply: the request's transmit." },
    { "receive",    PFG_TIME, .size = 8, .unit = PFG_NTP, .quiet = true, .doc = "When the request arrived." },
    { "transmit",   PFG_TIME, .size = 8, .unit = PFG_NTP,                .doc = "When this message left." },
    { "extensions", PFG_ARRAY, .rows = ntp_extension, .leave = 24,       .doc = "Extension fields." },
    { "key",        PFG_UINT, .size = 4, .optional = true,               .doc = "Number of the key of the digest." },
    { "digest",     PFG_BYTES, .optional = true, .quiet = true,          .doc = "Digest of the message (RFC 5905, 7.3)." }, { 0 }
};
static const struct pfg_row ntp_other[] = { { "data", PFG_BYTES, .doc = "Control and private messages (RFC 9327)." }, { 0 } };
static const struct pfg_name ntp_modes[] = {
    { 1, "active", .body = ntp_packet }, { 2, "passive", .body = ntp_packet },   { 3, "client", .body = ntp_packet }, { 4, "server", .body = ntp_packet },
    { 5, "broadcast", .body = ntp_packet }, { 6, "control", .body = ntp_other }, { 7, "private", .body = ntp_other }, { 0 } };
static const struct pfg_row ntp_rows[] = {
    { "leap",    PFG_UINT, .bits = 2, .names = ntp_leaps, .quiet = true, .doc = "Whether a leap second comes at the end of the month." },
    { "version", PFG_UINT, .bits = 3, .init = 4, .doc = "Version of the protocol." },
    { "mode",    PFG_UINT, .bits = 3, .init = 3, .names = ntp_modes, .bare = true, .doc = "Who speaks, and to whom." },
    { "body",    PFG_BODY, .by = "mode", .flat = true, .doc = "The message." }, { 0 } };
static const struct pfg_protocol protocol = { .name = "pfg_ntp", .title = "Network Time Protocol", .doc = "Asks a server for the time, over UDP (RFC 5905).",
    .rows = ntp_rows, .udp_ports = { 123 }, .reply = "mode=server", .pair = { "origin<transmit" } };
