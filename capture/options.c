/* SPDX-License-Identifier: GPL-2.0-or-later */
/* options.c - the options of pfgcap; letters mean what they mean to tcpdump and dumpcap. */
#include "capture/options.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "capture/fields.h"
#include "capture/interfaces.h"
#include "common/number.h"
#include "proto/describe.h"

/* clang-format off */

static const struct pfg_choice formats[] = {
    { "pcap", CAPTURE_FORMAT_PCAP, "one link type, as old tools read it" },
    { "pcapng", CAPTURE_FORMAT_PCAPNG, "interfaces, comments, statistics" },
    { 0 },
};

static const struct pfg_choice colors[] = {
    { "never", CAPTURE_NEVER, NULL }, { "auto", CAPTURE_AUTO, "on a terminal" },
    { "always", CAPTURE_ALWAYS, NULL }, { 0 },
};

/* -C: millions of bytes, as tcpdump has it, unless a unit is named. */
static int read_file_size(const struct pfg_option *row, const char *value, void *config, char *why,
                          size_t room)
{
    uint64_t *bytes = (uint64_t *)(void *)((char *)config + row->offset);
    size_t size = strlen(value);
    bool plain = size > 0 && value[size - 1] >= '0' && value[size - 1] <= '9';

    if (pfg_size_read(value, bytes) == 0 && *bytes > 0 &&
        (!plain || !__builtin_mul_overflow(*bytes, 1000000, bytes)))
        return 0;
    snprintf(why, room, "is not a size");
    return -1;
}

#define AT(member) PFG_OPT_AT(struct capture_config, member)

static const struct pfg_option options[] = {
    { .kind = PFG_OPT_HEADING, .help = "Where packets come from" },
    { "interface", 'i', PFG_OPT_LIST, AT(interfaces), "NAME", "capture on NAME, or on any; again for more interfaces", .complete = PFG_COMPLETE_INTERFACE },
    { "read", 'r', PFG_OPT_LIST, AT(reads), "FILE", "read FILE (pcap, pcapng, .gz, .zst; - is the standard input); several are merged in the order of time", .complete = PFG_COMPLETE_FILE },
    { "tail", 0, PFG_OPT_FLAG, AT(tail), .help = "at the end of a file, wait for more" },
    { NULL, 'F', PFG_OPT_STRING, AT(filter_file), "FILE", "read the capture filter from FILE", .complete = PFG_COMPLETE_FILE },
    { NULL, 'O', PFG_OPT_FLAG, AT(no_optimize), .help = "do not optimise the capture filter" },

    { .kind = PFG_OPT_HEADING, .help = "Of interfaces; files are read as they are" },
    { "no-promiscuous-mode", 'p', PFG_OPT_FLAG, AT(no_promiscuous), .help = "leave the interface's mode as it is" },
    { "monitor-mode", 'I', PFG_OPT_FLAG, AT(monitor), .help = "put a wireless interface into monitor mode" },
    { "snapshot-length", 's', PFG_OPT_NUMBER, AT(snap_length), "BYTES", "bytes of each packet that are kept; 0 is the default, 262144", .maximum = 262144 },
    { "buffer-size", 'B', PFG_OPT_NUMBER, AT(buffer_kib), "KIB", "the kernel's buffer, in KiB", .maximum = 2097151 },
    { "linktype", 'y', PFG_OPT_STRING, AT(link_type), "NAME", "capture with this link type, see -L" },
    { "direction", 'Q', PFG_OPT_STRING, AT(direction), "in|out|inout", "packets of this direction alone" },
    { "time-stamp-type", 'j', PFG_OPT_STRING, AT(time_stamp_type), "NAME", "who takes the time: host, adapter, ..." },
    { "immediate-mode", 0, PFG_OPT_FLAG, AT(immediate), .help = "take each packet at once, not a block at a time" },

    { .kind = PFG_OPT_HEADING, .help = "When it ends" },
    { "count", 'c', PFG_OPT_NUMBER, AT(count), "N", "stop after N packets", .minimum = 1 },
    { "autostop", 'a', PFG_OPT_LIST, AT(stops), "COND", "stop after duration:SECONDS, filesize:KB, packets:N, or, with -b, -C or -G, files:N" },

    { .kind = PFG_OPT_HEADING, .help = "Files that are written" },
    { "write", 'w', PFG_OPT_STRING, AT(write), "FILE", "write packets to FILE instead of printing them; .gz and .zst are compressed, - is the standard output", .complete = PFG_COMPLETE_FILE },
    { "format", 0, PFG_OPT_CHOICE, AT(format), NULL, "format of the file; without it, its name tells", .choices = formats },
    { "micro", 0, PFG_OPT_FLAG, AT(micro), .help = "times in microseconds; without it, nanoseconds where the interface, or the file that is read, has them" },
    { "comment", 0, PFG_OPT_STRING, AT(comment), "TEXT", "put TEXT into the file (pcapng)" },
    { "packet-buffered", 'U', PFG_OPT_FLAG, AT(packet_buffered), .help = "put each packet into the file at once" },
    { "print", 0, PFG_OPT_FLAG, AT(print_too), .help = "print packets beside writing them" },
    { NULL, 'C', PFG_OPT_CALL, AT(rotate_bytes), "SIZE", "begin another file after SIZE million bytes; with k, M, G that many KiB, MiB, GiB", .call = read_file_size },
    { NULL, 'G', PFG_OPT_DURATION, AT(rotate_ns), "SECONDS", "begin another file after SECONDS; its name goes through strftime(3)", .minimum = 1 },
    { NULL, 'W', PFG_OPT_NUMBER, AT(files), "N", "with -C keep N files, the oldest is written over; with -G alone end after N files", .minimum = 1, .maximum = CAPTURE_FILES_MAX },
    { "ring-buffer", 'b', PFG_OPT_LIST, AT(ring_words), "COND", "begin another file after duration:SECONDS, filesize:KB, packets:N, or at multiples of interval:SECONDS; keep files:N; names get number and time" },

    { .kind = PFG_OPT_HEADING, .help = "How packets are shown" },
    { "json", 0, PFG_OPT_SET, AT(mode), .set = CAPTURE_MODE_JSON, .help = "one JSON object a line" },
    { "fields", 0, PFG_OPT_STRING, AT(fields), "A,B,...", "the values of these fields, divided by tabs", .complete = PFG_COMPLETE_LIST, .offer = capture_fields_offer },
    { NULL, 'E', PFG_OPT_LIST, AT(field_options), "NAME=VALUE", "of --fields: header=y|n, separator=/t|/s|C, occurrence=f|l|a, aggregator=C, quote=d|s|n" },
    { "where", 0, PFG_OPT_STRING, AT(where), "EXPR", "only packets for which EXPR is true, in the words of Wireshark's display filters", .complete = PFG_COMPLETE_LIST, .offer = capture_fields_offer },
    { "verbose", 'v', PFG_OPT_COUNT, AT(verbose), .help = "all fields as an indented tree" },
    { "bits", 0, PFG_OPT_FLAG, AT(bits), .help = "all fields with their bits" },
    { "quiet", 'q', PFG_OPT_FLAG, AT(quiet), .help = "print nothing a packet: only files, --summary and figures" },
    { "quick", 0, PFG_OPT_FLAG, AT(quick), .help = "shorter lines, as tcpdump's -q has them" },
    { NULL, 't', PFG_OPT_COUNT, AT(time), .help = "-t no time; -tt seconds since 1970; -ttt since the packet before; -tttt with the date; -ttttt since the first packet" },
    { "nano", 0, PFG_OPT_FLAG, AT(nano), .help = "print nine decimals of the time" },
    { NULL, 'e', PFG_OPT_FLAG, AT(link), .help = "the link layer too" },
    { NULL, 'x', PFG_OPT_COUNT, AT(hex), .help = "bytes in hex; -xx with the link layer" },
    { NULL, 'X', PFG_OPT_COUNT, AT(hex_ascii), .help = "bytes in hex and as text; -XX with the link layer" },
    { NULL, 'A', PFG_OPT_COUNT, AT(ascii), .help = "bytes as text; -AA with the link layer" },
    { "absolute-tcp-sequence-numbers", 'S', PFG_OPT_FLAG, AT(absolute), .help = "in lines, TCP numbers as they are, not counted from the beginning of the connection" },
    { "number", '#', PFG_OPT_FLAG, AT(number), .help = "the packet's number before its line" },
    { "color", 0, PFG_OPT_CHOICE, AT(color), "WHEN", "colour: never, auto, always", .choices = colors, .implied = "always" },
    { NULL, 'l', PFG_OPT_FLAG, AT(line_buffered), .help = "hand each line on at once" },
    { NULL, 'n', PFG_OPT_FLAG, AT(names), .help = "accepted; names are never looked up" },
    { "summary", 0, PFG_OPT_FLAG, AT(summary), .help = "at the end, what was there: talkers, connections, DNS, messages, discovery; alone it prints no packets, with --json it is JSON" },
    { "checksums", 0, PFG_OPT_FLAG, AT(checksums), .help = "verify the checksums of IP, TCP, UDP and ICMP" },
    { "no-pairs", 0, PFG_OPT_FLAG, AT(no_pairs), .help = "do not match replies with their requests" },
    { "no-progress", 0, PFG_OPT_FLAG, AT(no_progress), .help = "do not show how far reading has come" },

    { .kind = PFG_OPT_HEADING, .help = "Bounds" },
    { "stream-memory", 0, PFG_OPT_SIZE, AT(stream_memory), "BYTES", "memory for joining TCP streams, 64 MiB", .minimum = 65536 },
    { "pair-memory", 0, PFG_OPT_SIZE, AT(pair_memory), "BYTES", "memory for requests that wait for their replies, and as much for the summary, 64 MiB", .minimum = 65536 },

    { .kind = PFG_OPT_HEADING, .help = "Instead of capturing" },
    { "list-interfaces", 'D', PFG_OPT_FLAG, AT(list_interfaces), .help = "list the interfaces" },
    { "describe", 0, PFG_OPT_STRING, AT(describe), "PROTOCOL", "print how PROTOCOL, or each that is no network layer, is defined; with --json for programs", .implied = "" },
    { "markdown", 0, PFG_OPT_FLAG, AT(markdown), .help = "with --describe: as a page of documentation" },
    { "list-data-link-types", 'L', PFG_OPT_FLAG, AT(list_link_types), .help = "list the interface's link types" },
    { NULL, 'd', PFG_OPT_COUNT, AT(dump_filter), .help = "print the compiled capture filter; -dd as C, -ddd as numbers" },
    { 0 },
};

static const struct pfg_section sections[] = {
    { "Examples",
      "  pfgcap -i lo\n"
      "  pfgcap -i eth0 -w all.pcapng.zst udp port 9434\n"
      "  pfgcap -r all.pcapng.zst --where 'pfg.type == \"echo\" && pfg.seq > 7'\n"
      "  pfgcap -r all.pcapng.zst --json\n"
      "  pfgcap -i eth0 -w - | wireshark -k -i -" },
    { "Filters on fields",
      "--where takes Wireshark's display filters, with the names of --describe and, of network layers, "
      "Wireshark's: fields and protocols alone, == != > < >= <= (eq ne gt lt ge le), === !==, "
      "contains, matches (regular expressions of PCRE2, whatever the case), in {1, 5..9, 10.0.0.0/8}, not in; any and all before a field; and, or, xor, "
      "not; masks (tcp.flags & 2), slices (eth.src[0:3], frame[-4:]), layers (ip.src#2), another "
      "field on the right side, len() count() upper() lower() string(). udp.port, tcp.port, ip.addr, "
      "ipv6.addr and eth.addr are either of two fields. What follows from fixed places the kernel is asked "
      "first, for both directions, so that replies still find their requests; -d shows that. "
      "exists before a field is the same as the field alone. tcp.seq and tcp.ack are the numbers on the wire; "
      "ip.frag_offset is in bytes, as tcpdump has it (tshark 4.0 counts units of 8). Numbers are "
      "decimal, 0x1f, 0b101 or, with a 0 before them, octal. In r\"...\" backslashes are no escapes: "
      "matches r\"^\\d+\\.\". A regular expression that takes too long for a packet does not match it; "
      "that is told once." },
    { "Fields of every protocol",
      "Beside those of --describe every protocol and layer has, for --where and --fields, under the names "
      "of JSON and of the plugin for Wireshark: PROTOCOL.problems, the names of what is wrong; "
      "PROTOCOL.problem.NAME (pfg.problem.truncated), that this is wrong; PROTOCOL.response_to, the "
      "number of the packet whose request is answered; PROTOCOL.response_time, seconds since that "
      "request. Replies find their requests also where --where lets these not pass." },
    { "Summary",
      "--summary counts talkers; TCP connections with the time of the handshake (from the first SYN to "
      "the acknowledgement of the SYN/ACK), retransmissions, bytes never seen, and how they ended; each "
      "kind of message with its requests, replies and latency (percentiles are at most 1/32 too high); "
      "names, types, results and servers of DNS; who asked for a service and how soon answers came. "
      "Unanswered requests never got a reply; those given up were forgotten while they waited, since "
      "memory was at its bound. docs/summary.md tells all keys of the JSON form." },
    { "Lines",
      "Packets of -i any, and of files of such captures, have interface and direction before them: In, "
      "Out, B broadcast, M multicast, P for another host. In files interfaces have numbers (if2), since "
      "their names are those of another time or machine. With several -i the interface stands there "
      "alone. -q is quieter than tcpdump's: it prints no packets; --quick is tcpdump's -q." },
    { "Files",
      "Packets reach a file after a second at the latest, or when there is 1 MiB of them; "
      "with -U at once. Whatever ends pfgcap, kill -9 included, the file ends with a whole packet; of "
      "a compressed one, which consists of pieces that each are complete, the last may be cut, and what "
      "stands before it is read. On a full disk the file ends with the last packet that it has room for, "
      "compressed or not, and one line tells how many were lost." },
    { "Signals",
      "SIGINT and SIGTERM end the capture and print its figures. SIGUSR1 prints the figures; SIGHUP "
      "begins another file." },
    { 0 },
};

/* clang-format on */

const struct pfg_command capture_command = {
    .name = "pfgcap",
    .brief = "capture, read, decode and write packets",
    .words = "[CAPTURE FILTER]...",
    .detail = "Captures from interfaces or reads files, joins fragments and TCP streams, and shows "
              "pfg, plain discovery and DNS messages among the packets. The capture filter is in "
              "the words of pcap-filter(7).",
    .options = options,
    .sections = sections,
    .built_with = pfg_describe_hash,
    .see_also = "pfgsend(1), pfgpeer(1), tcpdump(1), pcap-filter(7), wireshark-filter(4)",
};

void capture_config_init(struct capture_config *config)
{
    memset(config, 0, sizeof *config);
    config->stream_memory = 64U << 20;
    config->pair_memory = 64U << 20;
    config->color = CAPTURE_AUTO;
}

void capture_config_free(struct capture_config *config)
{
    pfg_words_free(&config->interfaces);
    pfg_words_free(&config->reads);
    pfg_words_free(&config->stops);
    pfg_words_free(&config->ring_words);
    pfg_words_free(&config->field_options);
}
