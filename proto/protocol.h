/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * protocol.h - the one definition: the pfg framing and its messages, the plain discovery that
 * is older than it, and DNS. (Link, network and transport layers: network.h, in the same words.)
 *
 * HOW TO WRITE A PROTOCOL
 *
 * A protocol is a const table of rows, one row a wire fact, in wire order, ended by { 0 }.
 * From a row come the encoder, the decoder, the text line, the tree, the JSON key, the word of
 * pfgsend's command line, the Wireshark field and the documentation. Nothing else is edited.
 *
 *     { "seq", PFG_UINT, .size = 4, .doc = "Number of the message in its session." },
 *
 * name         lower case, [a-z0-9_]; unique in its table.
 * kind         one of row.h's enum pfg_kind; integers are big-endian unless .order = PFG_LITTLE.
 *   integers   PFG_UINT, PFG_INT: .size = 1-8 bytes, or .bits = 1-64 in a run of rows that fills
 *              whole bytes (one bit alone is a boolean); .scale: the wire counts units;
 *              .fraction_bits: fixed point, so many of the lowest bits are a fraction.
 *   flags      PFG_FLAGS: .flags = a table { "bit", mask, .doc = }; bits not named are reserved.
 *   addresses  PFG_IPV4, PFG_IPV6, PFG_MAC.
 *   bytes      PFG_BYTES (hex), PFG_DATA (hex and text), PFG_STRING (UTF-8): .size = N fixed;
 *              .prefix = 1 or 2 bytes of length before; .zero_ended; or none: the rest.
 *              .size with .zero_ended: N bytes, filled up with zeros.
 *   time       PFG_TIME: .unit = PFG_NS, PFG_US, PFG_MS, PFG_SECONDS, PFG_NTP.
 *   marks      PFG_MAGIC: .size bytes of .text; PFG_CONST: always .init; PFG_RESERVED: 0.
 *   framing    PFG_LENGTH: counts, by .counts, all of the message, its body, or the rest, in
 *              units of .scale, .add bytes more than the wire says, at most .max.
 *   checksum   PFG_CHECKSUM: .algorithm PFG_CRC32C, PFG_CRC32 or PFG_INTERNET over .counts;
 *              .when = "flags.bit": only where that bit is set.
 *   repeated   PFG_ARRAY: .rows, as often as the earlier field .by says, or else to the end, of
 *              which the last .leave bytes are for the rows after it.
 *   chosen     PFG_BODY: .by = "type" names an earlier field with .names; the name's .body (and
 *              .reply, where replies differ) are the rows; .rows where the value has none, or
 *              .other, the name of bytes that nothing explains.
 * derived      PFG_DERIVED takes no bytes: .derive says what it follows from (row.h), as the bits
 *              .mask of an earlier number, or bits of flags with others that stand far from them.
 * .names       values: { 1, "echo", "Sends the bytes back.", .body = rows, .reply = rows };
 *              ended by { 0 }; .closed = true makes an unlisted value a fault, .other names all
 *              unlisted values.
 * .optional    the message may end before this row.
 * .init .text  the value when none is given.   .display  PFG_HEX, ...   .max  greatest value.
 * .doc         one sentence.
 *
 * .flat        of a body: its fields stand beside the table's own, not in a group named after the
 *              value. .bare, .quiet, .brief: the one-line form without the label, without the
 * field, with another label. .label: of Wireshark's tree. .alias: another word for pfgsend.
 *
 * The protocol itself is a struct pfg_protocol: its name (prefix of all filter names, so none that
 * Wireshark has), title, doc, rows, and what else is true of it:
 *
 * .fixed_size  bytes of the rows before the first variable one, as the paper says; checked.
 * .udp_ports   default ports, at most four; .tcp_ports likewise. .tcp_prefix: over TCP each message
 *              comes after its length in so many bytes. .follow: answers may come from another
 * port. .any_port    found on other ports too, by magic, constants, closed names and lengths.
 * .reply       what makes a message a reply: a bit, "flags.reply", or a value, "mode=4". .error: in
 *              a reply, the bit that makes the body .error_rows.
 * .pair        fields that match a reply with its request; "a<b": the reply's a is the request's b.
 * .more        the bit that says that the body goes on in the next message, .joined_max its bytes.
 * .also        more names of --where and --fields: { "port", { "srcport", "dstport" } }, either of
 *              two fields of one kind; { "hop", { "ttl" } }, one field. .known_as: another name of
 *              the protocol there.
 *
 * A header of your own defines `static const struct pfg_protocol protocol` and is built in with
 * cmake -DPFG_PROTOCOLS="path/one.h". The build's proto-check reads every table and stops with
 * a sentence that names the row where something does not fit.
 */
#ifndef PFG_PROTO_PROTOCOL_H
#define PFG_PROTO_PROTOCOL_H

#include "proto/registry.h"
#include "proto/row.h"

/* clang-format off */

/* ---- The pfg framing, version 1 ------------------------------------------------------- */

static const struct pfg_bit pfg_flag_bits[] = {
    { "reply",   0x80, .doc = "Answers the request with the same session and seq." },
    { "error",   0x40, .doc = "The request failed; the body is an error code and a text." },
    { "more",    0x20, .doc = "The body goes on in the next frame." },
    { "checked", 0x10, .doc = "The checksum is set." },
    { 0 }
};

static const struct pfg_name pfg_error_codes[] = {
    { 1, "malformed",    "The request could not be read." },
    { 2, "unknown_type", "No such message kind." },
    { 3, "too_long",     "The body is longer than the receiver takes." },
    { 4, "bad_checksum", "The checksum does not fit." },
    { 5, "refused",      "The receiver does not do this." },
    { 6, "internal",     "The receiver failed." },
    { 0 }
};

static const struct pfg_row pfg_echo[] = {
    { "data", PFG_DATA, .doc = "Any bytes; the reply bears the same." },
    { 0 }
};

static const struct pfg_row pfg_time[] = {
    { "data", PFG_DATA, .doc = "Any bytes; the reply bears the same." },
    { 0 }
};

static const struct pfg_row pfg_time_reply[] = {
    { "clock", PFG_TIME,   .size = 8,   .doc = "The server's clock, ns since 1970." },
    { "text",  PFG_STRING, .prefix = 1, .doc = "The server's local time as ctime(3) prints it, no newline." },
    { "data",  PFG_DATA,                .doc = "The request's bytes." },
    { 0 }
};

static const struct pfg_row pfg_command[] = {
    { "text", PFG_STRING, .doc = "The command." },
    { 0 }
};

static const struct pfg_name pfg_statuses[] = { { 0, "ok", "The command was done." }, { 0 } };

static const struct pfg_row pfg_command_reply[] = {
    { "status", PFG_UINT, .size = 2, .names = pfg_statuses, .doc = "0 where the command was done." },
    { "text",   PFG_STRING,          .text = "ok",          .doc = "What the server says of it." },
    { 0 }
};

static const struct pfg_row pfg_discover[] = {
    { "service", PFG_STRING, .prefix = 1, .text = "*", .doc = "The service looked for; * is any." },
    { 0 }
};

static const struct pfg_row pfg_discover_reply[] = {
    { "address", PFG_IPV4,                .doc = "Where the service is." },
    { "port",    PFG_UINT,   .size = 2,   .doc = "Its port." },
    { "service", PFG_STRING, .prefix = 1, .doc = "The service." },
    { "name",    PFG_STRING, .prefix = 1, .doc = "The server's name." },
    { 0 }
};

static const struct pfg_row pfg_record[] = {
    { "format", PFG_STRING, .prefix = 1, .doc = "Layout of the values, in Python's struct language." },
    { "values", PFG_PACKED, .by = "format", .doc = "The values, packed." },
    { 0 }
};

static const struct pfg_row pfg_bye[] = { { 0 } };

static const struct pfg_name pfg_kinds[] = {
    { 1, "echo",     "Sends the bytes back.",              .body = pfg_echo },
    { 2, "time",     "Asks for the server's clock.",       .body = pfg_time,     .reply = pfg_time_reply },
    { 3, "command",  "Asks the server to do something.",   .body = pfg_command,  .reply = pfg_command_reply },
    { 4, "discover", "Asks who offers a service.",         .body = pfg_discover, .reply = pfg_discover_reply },
    { 5, "record",   "A record of packed values.",         .body = pfg_record },
    { 6, "bye",      "Ends the session.",                  .body = pfg_bye },
    { 0 }
};

static const struct pfg_row pfg_error[] = {
    { "code", PFG_UINT, .size = 2, .names = pfg_error_codes, .doc = "What went wrong." },
    { "text", PFG_STRING,                                    .doc = "The same for people." },
    { 0 }
};

static const struct pfg_row pfg_frame[] = {
    { "magic",     PFG_MAGIC,    .size = 3, .text = "pfg",             .doc = "Marks a frame." },
    { "version",   PFG_CONST,    .size = 1, .init = 1,                 .doc = "Version of the framing." },
    { "type",      PFG_UINT,     .size = 1, .init = 1, .names = pfg_kinds, .closed = true, .bare = true, .doc = "Kind of message; chooses the body." },
    { "flags",     PFG_FLAGS,    .size = 1, .flags = pfg_flag_bits, .display = PFG_HEX, .bare = true, .doc = "What this frame is." },
    { "session",   PFG_UINT,     .size = 2, .display = PFG_HEX,        .doc = "Chosen by who asks; a reply bears its request's." },
    { "seq",       PFG_UINT,     .size = 4,                            .doc = "Number of the message in its session, from 0, wrapping; a reply bears its request's." },
    { "length",    PFG_LENGTH,   .size = 4, .counts = PFG_COUNTS_BODY, .max = 1048576, .doc = "Bytes of body after the header." },
    { "timestamp", PFG_TIME,     .size = 8, .unit = PFG_NS, .quiet = true, .doc = "The sender's clock, ns since 1970; 0 = not given." },
    { "checksum",  PFG_CHECKSUM, .size = 4, .algorithm = PFG_CRC32C, .when = "flags.checked", .display = PFG_HEX, .doc = "CRC-32C of header and body, this field taken as 0." },
    { "body",      PFG_BODY,     .by = "type", .other = "data",        .doc = "The message." },
    { 0 }
};

static const struct pfg_protocol pfg_protocol_pfg = {
    .name = "pfg", .title = "pfg framing",
    .doc = "A frame of 28 bytes of header and a body, over UDP, TCP and AF_UNIX sockets.",
    .rows = pfg_frame, .fixed_size = 28,
    .udp_ports = { 9434 }, .tcp_ports = { 65432 }, .any_port = true,
    .reply = "flags.reply", .error = "flags.error", .error_rows = pfg_error,
    .more = "flags.more", .joined_max = 16 * 1024 * 1024,
    .pair = { "session", "seq", "type" },
};

/* ---- Plain discovery, older than the framing ------------------------------------------- */

static const struct pfg_row pfg_plain_rows[] = {
    { "request", PFG_DERIVED, .derive = PFG_DERIVE_MATCH, .by = "data", .text = "pfg_ip_broadcast_cl", .doc = "Whether this is the question; anything else is an answer." },
    { "data",    PFG_DATA, .text = "pfg_ip_broadcast_cl", .doc = "The question's 19 bytes, or the answer's free text." },
    { 0 }
};

static const struct pfg_protocol pfg_protocol_plain = {
    .name = "pfg_plain", .title = "pfg plain discovery",
    .doc = "The 19 bytes pfg_ip_broadcast_cl, broadcast, answered by unicast with free text.",
    .rows = pfg_plain_rows, .udp_ports = { 9434 }, .reply = "request=0",
};

/* ---- DNS: RFC 1035, 2181, 3596, 6891 --------------------------------------------------- */

static const struct pfg_name dns_opcodes[] = { /* IANA DNS OpCodes */
    { 0, "QUERY" }, { 1, "IQUERY" }, { 2, "STATUS" }, { 4, "NOTIFY" }, { 5, "UPDATE" }, { 6, "DSO" }, { 0 }
};

#define DNS_HEADER_RCODES /* IANA DNS RCODEs, those that the header has room for */ \
    { 0, "NOERROR" }, { 1, "FORMERR" }, { 2, "SERVFAIL" }, { 3, "NXDOMAIN" }, { 4, "NOTIMP" }, \
    { 5, "REFUSED" }, { 6, "YXDOMAIN" }, { 7, "YXRRSET" }, { 8, "NXRRSET" }, { 9, "NOTAUTH" }, \
    { 10, "NOTZONE" }, { 11, "DSOTYPENI" }
static const struct pfg_name dns_header_rcodes[] = { DNS_HEADER_RCODES, { 0 } };
static const struct pfg_name dns_rcodes[] = { /* and those through OPT (RFC 6891, 6.1.3) */
    DNS_HEADER_RCODES, { 16, "BADVERS" }, { 17, "BADKEY" }, { 18, "BADTIME" },
    { 19, "BADMODE" }, { 20, "BADNAME" }, { 21, "BADALG" }, { 22, "BADTRUNC" }, { 23, "BADCOOKIE" }, { 0 }
};
#undef DNS_HEADER_RCODES

static const struct pfg_name dns_directions[] = { { 0, "此为查询报文" }, { 1, "此为返回报文" }, { 0 } };

static const struct pfg_bit dns_flag_bits[] = {
    { "qr",     0x8000, .doc = "Response." },
    { "opcode", 0x7800, .names = dns_opcodes, .doc = "Kind of query." },
    { "aa",     0x0400, .doc = "The answer is authoritative." },
    { "tc",     0x0200, .doc = "The message was cut." },
    { "rd",     0x0100, .doc = "Recursion is desired." },
    { "ra",     0x0080, .doc = "Recursion is available." },
    { "z",      0x0040, .doc = "Reserved, 0." },
    { "ad",     0x0020, .doc = "The data were validated (RFC 4035)." },
    { "cd",     0x0010, .doc = "Checking is disabled (RFC 4035)." },
    { "rcode",  0x000f, .names = dns_header_rcodes, .doc = "The four lowest bits of the result." },
    { 0 }
};

static const struct pfg_name dns_classes[] = { { 1, "IN" }, { 3, "CH" }, { 4, "HS" }, { 254, "NONE" }, { 255, "ANY" }, { 0 } };

static const struct pfg_name dns_algorithms[] = { /* IANA DNSSEC algorithm numbers; master files bear the number */
    { 1, "RSAMD5" }, { 3, "DSA" }, { 5, "RSASHA1" }, { 6, "DSA-NSEC3-SHA1" }, { 7, "RSASHA1-NSEC3-SHA1" },
    { 8, "RSASHA256" }, { 10, "RSASHA512" }, { 12, "ECC-GOST" }, { 13, "ECDSAP256SHA256" },
    { 14, "ECDSAP384SHA384" }, { 15, "ED25519" }, { 16, "ED448" }, { 0 }
};

static const struct pfg_name dns_options[] = { /* IANA DNS EDNS0 Option Codes */
    { 1, "LLQ" }, { 2, "UL" }, { 3, "NSID", .shown = PFG_TEXT }, { 5, "DAU" }, { 6, "DHU" }, { 7, "N3U" }, { 8, "ECS", .shown = PFG_SUBNET },
    { 9, "EXPIRE" }, { 10, "COOKIE" }, { 11, "KEEPALIVE", .shown = PFG_TENTHS },
    { 12, "PADDING", .shown = PFG_ZEROS }, { 13, "CHAIN" },
    { 14, "KEYTAG" }, { 15, "EDE", .shown = PFG_ERROR_TEXT }, { 18, "REPORTCHANNEL" }, { 19, "ZONEVERSION" }, { 0 }
};

static const struct pfg_name dns_errors[] = { /* IANA Extended DNS Error Codes (RFC 8914, 5.2) */
    { 0, "Other" }, { 1, "Unsupported-DNSKEY-Algorithm" }, { 2, "Unsupported-DS-Digest-Type" }, { 3, "Stale-Answer" },
    { 4, "Forged-Answer" }, { 5, "DNSSEC-Indeterminate" }, { 6, "DNSSEC-Bogus" }, { 7, "Signature-Expired" },
    { 8, "Signature-Not-Yet-Valid" }, { 9, "DNSKEY-Missing" }, { 10, "RRSIGs-Missing" }, { 11, "No-Zone-Key-Bit-Set" },
    { 12, "NSEC-Missing" }, { 13, "Cached-Error" }, { 14, "Not-Ready" }, { 15, "Blocked" }, { 16, "Censored" },
    { 17, "Filtered" }, { 18, "Prohibited" }, { 19, "Stale-NXDOMAIN-Answer" }, { 20, "Not-Authoritative" },
    { 21, "Not-Supported" }, { 22, "No-Reachable-Authority" }, { 23, "Network-Error" }, { 24, "Invalid-Data" },
    { 25, "Signature-Expired-before-Valid" }, { 26, "Too-Early" }, { 27, "Unsupported-NSEC3-Iterations-Value" },
    { 28, "Unable-to-conform-to-policy" }, { 29, "Synthesized" }, { 30, "Invalid-Query-Type" }, { 0 }
};

/* Record data in master-file order (RFC 1035, 3.3 and 5.1, and the type's own RFC). */
static const struct pfg_row dns_a[] = {
    { "a", PFG_IPV4, .filter = "a", .label = "返回的IP地址", .bare = true, .doc = "IPv4 address (RFC 1035, 3.4.1)." }, { 0 }
};
static const struct pfg_row dns_aaaa[] = {
    { "aaaa", PFG_IPV6, .filter = "aaaa", .label = "返回的IP地址", .bare = true, .doc = "IPv6 address (RFC 3596, 2.2)." }, { 0 }
};
static const struct pfg_row dns_one_name[] = { { "target", PFG_NAME }, { 0 } };
static const struct pfg_row dns_soa[] = {
    { "mname", PFG_NAME }, { "rname", PFG_NAME }, { "serial", PFG_UINT, .size = 4 }, { "refresh", PFG_UINT, .size = 4 },
    { "retry", PFG_UINT, .size = 4 }, { "expire", PFG_UINT, .size = 4 }, { "minimum", PFG_UINT, .size = 4 }, { 0 }
};
static const struct pfg_row dns_preference_name[] = { { "preference", PFG_UINT, .size = 2 }, { "exchange", PFG_NAME }, { 0 } };
static const struct pfg_row dns_two_names[] = { { "mailbox", PFG_NAME }, { "text", PFG_NAME }, { 0 } };
static const struct pfg_row dns_string[] = { { "string", PFG_DATA, .prefix = 1, .display = PFG_QUOTED }, { 0 } };
static const struct pfg_row dns_txt[] = { { "strings", PFG_ARRAY, .rows = dns_string }, { 0 } };
static const struct pfg_row dns_hinfo[] = {
    { "cpu", PFG_DATA, .prefix = 1, .display = PFG_QUOTED }, { "os", PFG_DATA, .prefix = 1, .display = PFG_QUOTED }, { 0 }
};
static const struct pfg_row dns_srv[] = { /* RFC 2782 */
    { "priority", PFG_UINT, .size = 2 }, { "weight", PFG_UINT, .size = 2 }, { "port", PFG_UINT, .size = 2 }, { "target", PFG_NAME }, { 0 }
};
static const struct pfg_row dns_naptr[] = { /* RFC 3403, 4.1 */
    { "order", PFG_UINT, .size = 2 }, { "preference", PFG_UINT, .size = 2 }, { "flags", PFG_DATA, .prefix = 1, .display = PFG_QUOTED },
    { "services", PFG_DATA, .prefix = 1, .display = PFG_QUOTED }, { "regexp", PFG_DATA, .prefix = 1, .display = PFG_QUOTED },
    { "replacement", PFG_NAME }, { 0 }
};
static const struct pfg_row dns_caa[] = { /* RFC 8659, 4.1; the tag is printed bare */
    { "flags", PFG_UINT, .size = 1 }, { "tag", PFG_STRING, .prefix = 1 }, { "value", PFG_DATA, .display = PFG_QUOTED }, { 0 }
};
static const struct pfg_row dns_uri[] = { /* RFC 7553 */
    { "priority", PFG_UINT, .size = 2 }, { "weight", PFG_UINT, .size = 2 }, { "target", PFG_DATA, .display = PFG_QUOTED }, { 0 }
};
static const struct pfg_row dns_ds[] = { /* RFC 4034, 5.3 */
    { "key_tag", PFG_UINT, .size = 2 }, { "algorithm", PFG_UINT, .size = 1, .names = dns_algorithms },
    { "digest_type", PFG_UINT, .size = 1 }, { "digest", PFG_BYTES }, { 0 }
};
static const struct pfg_row dns_dnskey[] = { /* RFC 4034, 2.2 */
    { "flags", PFG_UINT, .size = 2 }, { "protocol", PFG_UINT, .size = 1 }, { "algorithm", PFG_UINT, .size = 1, .names = dns_algorithms },
    { "key", PFG_BYTES, .display = PFG_BASE64 }, { 0 }
};
static const struct pfg_row dns_rrsig[] = { /* RFC 4034, 3.2 */
    { "covered", PFG_UINT, .size = 2, .display = PFG_TYPE_NAME }, { "algorithm", PFG_UINT, .size = 1, .names = dns_algorithms },
    { "labels", PFG_UINT, .size = 1 }, { "original_ttl", PFG_UINT, .size = 4 },
    { "expiration", PFG_UINT, .size = 4, .display = PFG_DATE14 }, { "inception", PFG_UINT, .size = 4, .display = PFG_DATE14 },
    { "key_tag", PFG_UINT, .size = 2 }, { "signer", PFG_NAME }, { "signature", PFG_BYTES, .display = PFG_BASE64 }, { 0 }
};
static const struct pfg_row dns_nsec[] = { { "next", PFG_NAME }, { "types", PFG_BYTES, .display = PFG_TYPE_BITMAP }, { 0 } };
static const struct pfg_row dns_nsec3[] = { /* RFC 5155, 3.3 */
    { "hash", PFG_UINT, .size = 1 }, { "flags", PFG_UINT, .size = 1 }, { "iterations", PFG_UINT, .size = 2 },
    { "salt", PFG_BYTES, .prefix = 1, .display = PFG_HEX_DASH }, { "next", PFG_BYTES, .prefix = 1, .display = PFG_BASE32HEX },
    { "types", PFG_BYTES, .display = PFG_TYPE_BITMAP }, { 0 }
};
static const struct pfg_row dns_nsec3param[] = {
    { "hash", PFG_UINT, .size = 1 }, { "flags", PFG_UINT, .size = 1 }, { "iterations", PFG_UINT, .size = 2 },
    { "salt", PFG_BYTES, .prefix = 1, .display = PFG_HEX_DASH }, { 0 }
};
static const struct pfg_row dns_tlsa[] = { /* RFC 6698, 2.2 */
    { "usage", PFG_UINT, .size = 1 }, { "selector", PFG_UINT, .size = 1 }, { "matching", PFG_UINT, .size = 1 }, { "data", PFG_BYTES }, { 0 }
};
static const struct pfg_row dns_sshfp[] = { /* RFC 4255 */
    { "algorithm", PFG_UINT, .size = 1 }, { "hash", PFG_UINT, .size = 1 }, { "fingerprint", PFG_BYTES }, { 0 }
};
static const struct pfg_name dns_svc_keys[] = { /* IANA Service Parameter Keys */
    { 0, "mandatory" }, { 1, "alpn" }, { 2, "no-default-alpn" }, { 3, "port" }, { 4, "ipv4hint" }, { 5, "ech" },
    { 6, "ipv6hint" }, { 7, "dohpath" }, { 8, "ohttp" }, { 0 }
};
static const struct pfg_row dns_svcb[] = { /* RFC 9460, 2.1 */
    { "priority", PFG_UINT, .size = 2 }, { "target", PFG_NAME }, { "params", PFG_BYTES, .names = dns_svc_keys, .other = "key", .display = PFG_SVC_PARAMS }, { 0 }
};
static const struct pfg_row dns_option[] = { /* RFC 6891, 6.1.2 */
    { "code", PFG_UINT, .size = 2, .names = dns_options, .display = PFG_MNEMONIC },
    { "data", PFG_BYTES, .prefix = 2, .by = "code", .names = dns_errors, .display = PFG_BY_NAME }, { 0 }
};
static const struct pfg_row dns_opt[] = { { "options", PFG_ARRAY, .rows = dns_option }, { 0 } };

static const struct pfg_name dns_do[] = { { 1, "DO" }, { 0 } };
/* What OPT has in CLASS and TTL (RFC 6891, 6.1.2 and 6.1.3). */
static const struct pfg_row dns_opt_record[] = {
    { "udp_size",       PFG_DERIVED, .derive = PFG_DERIVE_PART, .by = "class", .mask = 0xffff, .quiet = true, .doc = "Bytes of UDP payload that the sender takes." },
    { "extended_rcode", PFG_DERIVED, .derive = PFG_DERIVE_PART, .by = "ttl", .mask = 0xff000000, .upper_of = "rcode", .quiet = true, .doc = "The eight upper bits of the result." },
    { "version",        PFG_DERIVED, .derive = PFG_DERIVE_PART, .by = "ttl", .mask = 0x00ff0000, .sparse = true, .doc = "Version of EDNS." },
    { "do",             PFG_DERIVED, .derive = PFG_DERIVE_PART, .by = "ttl", .mask = 0x00008000, .names = dns_do, .sparse = true, .bare = true, .doc = "DNSSEC records are wanted (RFC 3225)." },
    { "rdata",          PFG_RDATA,   .by = "type", .bare = true, .doc = "The options in master-file form." },
    { 0 }
};

static const struct pfg_name dns_types[] = { /* IANA RR TYPEs */
    { 1, "A", .body = dns_a },             { 28, "AAAA", .body = dns_aaaa },
    { 2, "NS", .rdata = dns_one_name },    { 5, "CNAME", .rdata = dns_one_name },
    { 6, "SOA", .rdata = dns_soa },        { 12, "PTR", .rdata = dns_one_name },
    { 13, "HINFO", .rdata = dns_hinfo },   { 15, "MX", .rdata = dns_preference_name },
    { 16, "TXT", .rdata = dns_txt },       { 17, "RP", .rdata = dns_two_names },
    { 18, "AFSDB", .rdata = dns_preference_name }, { 24, "SIG", .rdata = dns_rrsig },
    { 25, "KEY", .rdata = dns_dnskey },    { 29, "LOC" },
    { 33, "SRV", .rdata = dns_srv },       { 35, "NAPTR", .rdata = dns_naptr },
    { 36, "KX", .rdata = dns_preference_name }, { 37, "CERT" },
    { 39, "DNAME", .rdata = dns_one_name }, { 41, "OPT", .body = dns_opt_record, .rdata = dns_opt },
    { 42, "APL" },                         { 43, "DS", .rdata = dns_ds },
    { 44, "SSHFP", .rdata = dns_sshfp },   { 45, "IPSECKEY" },
    { 46, "RRSIG", .rdata = dns_rrsig },   { 47, "NSEC", .rdata = dns_nsec },
    { 48, "DNSKEY", .rdata = dns_dnskey }, { 49, "DHCID" },
    { 50, "NSEC3", .rdata = dns_nsec3 },   { 51, "NSEC3PARAM", .rdata = dns_nsec3param },
    { 52, "TLSA", .rdata = dns_tlsa },     { 53, "SMIMEA", .rdata = dns_tlsa },
    { 55, "HIP" },                         { 59, "CDS", .rdata = dns_ds },
    { 60, "CDNSKEY", .rdata = dns_dnskey }, { 61, "OPENPGPKEY" },
    { 62, "CSYNC" },                       { 63, "ZONEMD" },
    { 64, "SVCB", .rdata = dns_svcb },     { 65, "HTTPS", .rdata = dns_svcb },
    { 99, "SPF", .rdata = dns_txt },       { 108, "EUI48" }, { 109, "EUI64" },
    { 249, "TKEY" }, { 250, "TSIG" }, { 251, "IXFR", .several = true }, { 252, "AXFR", .several = true }, { 255, "ANY" },
    { 256, "URI", .rdata = dns_uri },      { 257, "CAA", .rdata = dns_caa },
    { 32768, "TA" },                       { 32769, "DLV", .rdata = dns_ds },
    { 0 }
};

static const struct pfg_row dns_question[] = {
    { "name",  PFG_NAME,            .text = ".",  .alias = "qname",  .bare = true, .label = "查询信息", .doc = "Name asked for." },
    { "type",  PFG_UINT, .size = 2, .init = 1, .names = dns_types,   .alias = "qtype",  .bare = true, .label = "查询类型", .doc = "Type asked for." },
    { "class", PFG_UINT, .size = 2, .init = 1, .names = dns_classes, .alias = "qclass", .quiet = true, .label = "查询类",   .doc = "Class asked for." },
    { 0 }
};

static const struct pfg_row dns_rdata[] = {
    { "rdata", PFG_RDATA, .by = "type", .bare = true, .doc = "The record's data in master-file form." },
    { 0 }
};

static const struct pfg_row dns_rr[] = {
    { "name",     PFG_NAME,    .text = ".", .bare = true, .doc = "Owner." },
    { "pointer",  PFG_DERIVED, .derive = PFG_DERIVE_POINTER, .by = "name", .quiet = true, .label = "指针", .doc = "Offset that the compressed owner name points to." },
    { "type",     PFG_UINT,    .size = 2, .init = 1, .names = dns_types,   .bare = true, .label = "响应类型", .doc = "Type of the data." },
    { "class",    PFG_UINT,    .size = 2, .init = 1, .names = dns_classes, .quiet = true, .label = "响应类", .doc = "Class; in OPT the sender's UDP payload size." },
    { "ttl",      PFG_UINT,    .size = 4, .quiet = true, .label = "生存时间", .doc = "Seconds that the record may be kept; in OPT the extended RCODE, version and flags." },
    { "rdlength", PFG_LENGTH,  .size = 2, .counts = PFG_COUNTS_REST, .label = "数据长度", .doc = "Bytes of data." },
    { "body",     PFG_BODY,    .by = "type", .rows = dns_rdata, .flat = true, .doc = "The data." },
    { 0 }
};

static const struct pfg_row dns_message[] = {
    { "length",      PFG_DERIVED, .derive = PFG_DERIVE_SIZE, .quiet = true, .label = "包长度", .doc = "Bytes of the message." },
    { "response",    PFG_DERIVED, .derive = PFG_DERIVE_BIT, .by = "flags.qr", .names = dns_directions, .quiet = true, .doc = "Query or response." },
    { "id",          PFG_UINT,  .size = 2, .display = PFG_HEX, .label = "标识", .doc = "Chosen by who asks; the response bears the same." },
    { "flags",       PFG_FLAGS, .size = 2, .init = 0x0100, .flags = dns_flag_bits, .display = PFG_HEX, .bare = true, .label = "报文参数", .doc = "What this message is." },
    { "rcode",       PFG_DERIVED, .derive = PFG_DERIVE_JOIN, .by = "flags.rcode", .names = dns_rcodes, .quiet = true, .doc = "Result, with the upper bits that OPT has (RFC 6891, 6.1.3)." },
    { "qdcount",     PFG_UINT,  .size = 2, .quiet = true, .label = "问题数",     .doc = "Questions." },
    { "ancount",     PFG_UINT,  .size = 2, .quiet = true, .label = "应答数",     .doc = "Answer records." },
    { "nscount",     PFG_UINT,  .size = 2, .quiet = true, .label = "授权机构数", .doc = "Authority records." },
    { "arcount",     PFG_UINT,  .size = 2, .quiet = true, .label = "附加信息数", .doc = "Additional records." },
    { "qry",         PFG_ARRAY, .by = "qdcount", .rows = dns_question, .doc = "Questions." },
    { "answers",     PFG_ARRAY, .by = "ancount", .rows = dns_rr, .filter = "rr", .doc = "Answers." },
    { "authorities", PFG_ARRAY, .by = "nscount", .rows = dns_rr, .filter = "rr", .doc = "Authorities." },
    { "additionals", PFG_ARRAY, .by = "arcount", .rows = dns_rr, .filter = "rr", .doc = "Additional records." },
    { 0 }
};

static const struct pfg_protocol pfg_protocol_dns = {
    .name = "pfg_dns", .title = "Domain Name System",
    .doc = "A DNS message (RFC 1035, 4.1), over UDP, or over TCP after its length in two bytes.",
    .rows = dns_message, .fixed_size = 12,
    .udp_ports = { 53, 5353, 5355 }, .tcp_ports = { 53, 5355 }, .tcp_prefix = 2, .by_shape = true,
    .reply = "flags.qr", .pair = { "id", "qry.name", "qry.type" },
};

/* ---- What C code names: peers, pairs, questions ----------------------------------------- */

static const char *const pfg_known_paths[PFG_KNOWN_COUNT] = {
    [PFG_KNOWN_TYPE] = "pfg.type",                          [PFG_KNOWN_FLAGS] = "pfg.flags",
    [PFG_KNOWN_REPLY] = "pfg.flags_bits.reply",             [PFG_KNOWN_ERROR] = "pfg.flags_bits.error",
    [PFG_KNOWN_MORE] = "pfg.flags_bits.more",               [PFG_KNOWN_CHECKED] = "pfg.flags_bits.checked",
    [PFG_KNOWN_SESSION] = "pfg.session",                    [PFG_KNOWN_SEQ] = "pfg.seq",
    [PFG_KNOWN_LENGTH] = "pfg.length",                      [PFG_KNOWN_TIMESTAMP] = "pfg.timestamp",
    [PFG_KNOWN_ECHO_DATA] = "pfg.echo.data",                [PFG_KNOWN_TIME_CLOCK] = "pfg.time.clock",
    [PFG_KNOWN_TIME_TEXT] = "pfg.time.text",                [PFG_KNOWN_TIME_DATA] = "pfg.time.data",
    [PFG_KNOWN_COMMAND_STATUS] = "pfg.command.status",      [PFG_KNOWN_COMMAND_TEXT] = "pfg.command.text",
    [PFG_KNOWN_DISCOVER_ADDRESS] = "pfg.discover.address",  [PFG_KNOWN_DISCOVER_PORT] = "pfg.discover.port",
    [PFG_KNOWN_DISCOVER_SERVICE] = "pfg.discover.service",  [PFG_KNOWN_DISCOVER_NAME] = "pfg.discover.name",
    [PFG_KNOWN_RECORD_FORMAT] = "pfg.record.format",        [PFG_KNOWN_RECORD_VALUES] = "pfg.record.values",
    [PFG_KNOWN_ERROR_CODE] = "pfg.error.code",              [PFG_KNOWN_ERROR_TEXT] = "pfg.error.text",
    [PFG_KNOWN_PLAIN_DATA] = "pfg_plain.data",              [PFG_KNOWN_PLAIN_REQUEST] = "pfg_plain.request",
    [PFG_KNOWN_DNS_ID] = "pfg_dns.id",                      [PFG_KNOWN_DNS_FLAGS] = "pfg_dns.flags",
    [PFG_KNOWN_DNS_TC] = "pfg_dns.flags_bits.tc",           [PFG_KNOWN_DNS_RD] = "pfg_dns.flags_bits.rd",
    [PFG_KNOWN_DNS_RCODE] = "pfg_dns.flags_bits.rcode",     [PFG_KNOWN_DNS_QRY_NAME] = "pfg_dns.qry.name",
    [PFG_KNOWN_DNS_QRY_TYPE] = "pfg_dns.qry.type",          [PFG_KNOWN_DNS_QRY_CLASS] = "pfg_dns.qry.class",
    [PFG_KNOWN_DNS_RR_TYPE] = "pfg_dns.rr.type",            [PFG_KNOWN_DNS_RR_NAME] = "pfg_dns.rr.name",
    [PFG_KNOWN_DNS_RR_TTL] = "pfg_dns.rr.ttl",              [PFG_KNOWN_DNS_RESULT] = "pfg_dns.rcode",
};

static const char *const pfg_known_values[PFG_VALUE_COUNT] = {
    [PFG_VALUE_ECHO] = "pfg.type=echo",                     [PFG_VALUE_TIME] = "pfg.type=time",
    [PFG_VALUE_COMMAND] = "pfg.type=command",               [PFG_VALUE_DISCOVER] = "pfg.type=discover",
    [PFG_VALUE_RECORD] = "pfg.type=record",                 [PFG_VALUE_BYE] = "pfg.type=bye",
    [PFG_VALUE_MALFORMED] = "pfg.error.code=malformed",     [PFG_VALUE_UNKNOWN_TYPE] = "pfg.error.code=unknown_type",
    [PFG_VALUE_TOO_LONG] = "pfg.error.code=too_long",       [PFG_VALUE_BAD_CHECKSUM] = "pfg.error.code=bad_checksum",
    [PFG_VALUE_REFUSED] = "pfg.error.code=refused",         [PFG_VALUE_INTERNAL] = "pfg.error.code=internal",
    [PFG_VALUE_DNS_OPT] = "pfg_dns.rr.type=OPT",
};

/* Which way a message goes, as the one-line form says it. */
static const struct pfg_text pfg_directions[] = { PFG_READY("request"), PFG_READY("reply"), PFG_READY("error") };

static const struct pfg_protocol *const pfg_protocols[] = { &pfg_protocol_pfg, &pfg_protocol_plain, &pfg_protocol_dns };

/* clang-format on */

#endif
