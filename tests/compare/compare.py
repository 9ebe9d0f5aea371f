#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Compares what pfgcap and the Wireshark plugin say of the same captures, field by field.

    compare.py PFGCAP CAPTURE...

Runs `pfgcap -r CAPTURE --json` and `scripts/with-plugin tshark -r CAPTURE -T json`, takes every
message of the protocols apart into (field, value) in order, and prints each one that the other side
does not have or has otherwise. What the plugin alone tells (pairing, skipped bytes) is left out, as
are messages that ICMP errors quote, which only Wireshark takes apart, and DNS on unusual ports that
Wireshark's own looser look takes for DNS (the plugin's look is pfgcap's). Exit status: 0 all the same;
1 something differs, or nothing was there to compare; 2 it could not be run.

Only representations are made alike: hexadecimal and decimal integers, colons between bytes, the
spelling of booleans and addresses, null for a number that JSON has not, and U+2400, which the plugin
shows for a zero byte in text.
"""

import argparse
import ipaddress
import itertools
import json
import os
import re
import subprocess
import sys

WITH_PLUGIN = os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "..", "scripts",
                           "with-plugin")
DEFAULT = ["pfg", "pfg_plain", "pfg_dns"]
# Groups of pfgcap's JSON whose fields share one filter name (.filter in the definition).
RENAMED = {"pfg_dns": {"answers": "rr", "authorities": "rr", "additionals": "rr"}}
# Which request a reply answers: pfgcap knows it as the packets come, the plugin by conversation.
PAIRING = {"response_in", "response_to", "response_time"}
OF_WIRESHARK_ALONE = PAIRING | {"skipped"}
SKIPPED = "skipped"
# A floating-point number that is none, which JSON cannot write; the plugin has its text.
NULL = "null"
NO_NUMBERS = {"nan", "-nan", "inf", "-inf"}
CONTAINERS = {"FT_NONE", "FT_PROTOCOL"}


class Broken(Exception):
    """One of the programs did not do its work."""


def run(words, environment=None):
    try:
        done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False,
                              env=environment)
    except OSError as error:
        raise Broken("%s: %s" % (words[0], error)) from error
    return done


class Fields:
    """What Wireshark has of the protocols: their prefixes, and the type of each field."""

    def __init__(self, protocols):
        known, self.types = set(), {}
        for line in self.report("protocols"):
            known.add(line.split("\t")[2])
        for line in self.report("fields"):
            words = line.split("\t")
            if words[0] == "F":
                self.types[words[2]] = words[3]
        self.prefixes = {}
        for name in protocols:
            self.prefixes[name] = name
            if self.prefixes[name] not in known:
                raise Broken("tshark does not know the protocol %s: is the plugin loaded?" % name)

    @staticmethod
    def report(what):
        done = run([WITH_PLUGIN, "tshark", "-G", what])
        if done.returncode != 0:
            raise Broken("tshark -G %s: %s" % (what, done.stderr.decode(errors="replace")))
        return done.stdout.decode(errors="replace").splitlines()

    def resolve(self, parts):
        """The filter name for the way through the JSON: fields may stand higher than there."""
        for at in range(1, len(parts)):
            path = ".".join(parts[:1] + parts[at:])
            if path in self.types:
                return path
        return ".".join(parts)


# ---- One value -------------------------------------------------------------------------------

def integer(text):
    return int(text, 16) if text.lower().startswith("0x") else int(text)


def same_spelling(kind, value):
    """A value of either side as text that both write alike."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    try:
        if kind == "FT_BOOLEAN":
            return {"true": "1", "false": "0"}.get(text.lower(), text)
        if kind.startswith(("FT_UINT", "FT_INT")):
            return str(integer(text))
        if kind == "FT_DOUBLE":
            return "%.15g" % float(text)
        if kind == "FT_BYTES":
            return text.replace(":", "").lower()
        if kind == "FT_ABSOLUTE_TIME": # a number that has no date stands at 1970 in Wireshark
            return date("Jan  1, 1970 00:00:00.000000000 UTC" if text.isdigit() else text)
        if kind in ("FT_IPv4", "FT_IPv6"):
            return str(ipaddress.ip_address(text))
    except ValueError:
        return text
    return text.replace("\0", "\u2400")


MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def date(text):
    """"Nov 14, 2023 22:13:20.000000000 UTC", as tshark has it, as RFC 3339."""
    words = re.fullmatch(r"(\w{3}) +(\d+), (\d+) ([0-9:.]+) UTC", text)
    if words is None:
        return text
    return "%s-%02d-%02dT%sZ" % (words[3], MONTHS.index(words[1]) + 1, int(words[2]), words[4])


# ---- pfgcap ----------------------------------------------------------------------------------

class Number(str):
    """A number as it was written."""


def flatten_pfgcap(fields, protocol, parts, value, found):
    if isinstance(value, dict):
        for key, inside in value.items():
            key = RENAMED.get(protocol, {}).get(key, key)
            flatten_pfgcap(fields, protocol, parts + [key], inside, found)
    elif isinstance(value, list):
        for inside in value:
            if inside is None:
                found.append((fields.resolve(parts), NULL))
            flatten_pfgcap(fields, protocol, parts, inside, found)
    elif value is not None:
        path = fields.resolve(parts)
        found.append((path, same_spelling(fields.types.get(path, "FT_STRING"), value)))


def read_pfgcap(program, capture, fields, arguments):
    """Yields (packet number, [(protocol, [(field, value)...])...], layers) of each packet."""
    done = run([program, "-r", capture, "--json"] + arguments)
    if done.returncode != 0:
        raise Broken("%s -r %s: exit status %d: %s" % (program, capture, done.returncode,
                                                       done.stderr.decode(errors="replace")))
    for line in done.stdout.splitlines():
        packet = json.loads(line, parse_int=Number, parse_float=Number)
        messages = []
        for protocol, prefix in fields.prefixes.items():
            for message in packet.get(protocol, []):
                found = []
                flatten_pfgcap(fields, protocol, [prefix], message, found)
                messages.append((protocol, [(path, value) for path, value in found
                                            if path[len(prefix) + 1:] not in PAIRING]))
        yield int(packet["frame"]["number"]), messages, packet.keys()


# ---- tshark ----------------------------------------------------------------------------------

def packets_of(text):
    """The objects of the array that tshark prints, one after the other."""
    decoder = json.JSONDecoder(object_pairs_hook=lambda pairs: pairs)
    at = re.compile(r"[\s\[,]*").match(text).end()
    while at < len(text) and text[at] == "{":
        packet, at = decoder.raw_decode(text, at)
        yield packet
        at = re.compile(r"[\s,]*").match(text, at).end()


def is_object(value):
    return isinstance(value, list) and all(isinstance(pair, tuple) for pair in value)


def flatten_tshark(fields, prefix, pairs, found):
    for key, value in pairs:
        for one in value if isinstance(value, list) and not is_object(value) else [value]:
            if is_object(one):
                flatten_tshark(fields, prefix, one, found)
            elif key.startswith(prefix + ".") and fields.types.get(key) not in CONTAINERS:
                found.append((key, same_spelling(fields.types.get(key, "FT_STRING"), one)))


def message_of(fields, prefix, pairs):
    """The values of one message; None where the plugin shows bytes that are none."""
    found = []
    flatten_tshark(fields, prefix, pairs, found)
    if any(path == prefix + "." + SKIPPED for path, _ in found):
        return None
    return [(path, value) for path, value in found
            if path[len(prefix) + 1:] not in OF_WIRESHARK_ALONE]


def pairs_named(pairs, name):
    return [value for key, value in pairs if key == name]


def read_tshark(capture, fields, arguments):
    layers = " ".join(["frame"] + list(fields.prefixes.values()))
    environment = dict(os.environ, WIRESHARK_ABORT_ON_DISSECTOR_BUG="1")
    done = run([WITH_PLUGIN, "tshark", "-r", capture, "-T", "json", "-J", layers,
                "--disable-heuristic", "dns_udp"] + arguments,
               environment)
    # A capture that ends within a packet is an error of tshark's, too, but what is there is read.
    if done.returncode not in (0, 2) or not done.stdout:
        raise Broken("tshark -r %s: exit status %d: %s" % (capture, done.returncode,
                                                           done.stderr.decode(errors="replace")))
    for packet in packets_of(done.stdout.decode(errors="replace")):
        layers = pairs_named(pairs_named(packet, "_source")[0], "layers")[0]
        number = int(pairs_named(pairs_named(layers, "frame")[0], "frame.number")[0])
        messages = []
        for protocol, prefix in fields.prefixes.items():
            for pairs in pairs_named(layers, prefix):
                message = message_of(fields, prefix, pairs)
                if message is not None:
                    messages.append((protocol, message))
        yield number, messages


# ---- Both ------------------------------------------------------------------------------------

class Report:
    def __init__(self, limit):
        self.limit, self.differences, self.values, self.messages, self.cut = limit, 0, 0, 0, 0

    def differ(self, capture, number, text):
        self.differences += 1
        if self.differences <= self.limit:
            print("%s: packet %d: %s" % (capture, number, text))
        elif self.differences == self.limit + 1:
            print("(more is not printed; see --limit)")


def by_path(message):
    paths = {}
    for path, value in message:
        paths.setdefault(path, []).append(value)
    return paths


def compare_messages(report, where, at, ours, theirs):
    ours_by, theirs_by = by_path(ours), by_path(theirs)
    same = True
    for path in dict.fromkeys(itertools.chain(ours_by, theirs_by)):
        mine, other = ours_by.get(path, []), theirs_by.get(path, [])
        report.values += min(len(mine), len(other))
        for place, (a, b) in enumerate(itertools.zip_longest(mine, other)):
            if a != b and not (a == NULL and b in NO_NUMBERS):
                same = False
                report.differ(*where, "message %d, %s, value %d: pfgcap %s, Wireshark %s" % (
                    at + 1, path, place + 1,
                    "has none" if a is None else repr(a), "has none" if b is None else repr(b)))
    if same and [path for path, _ in ours] != [path for path, _ in theirs]:
        report.differ(*where, "message %d: the same values stand in another order: pfgcap %s, "
                      "Wireshark %s" % (at + 1, [path for path, _ in ours],
                                        [path for path, _ in theirs]))


def without_cut(report, mine, other):
    """pfgcap's messages but those whose end a stream lost, as far as Wireshark has fewer."""
    kept = []
    for at, message in enumerate(mine):
        cut = any(path.endswith(".problems") and value == "truncated" for path, value in message)
        left = len(mine) - at
        if cut and len(kept) + left > len(other) and message not in other:
            report.cut += 1
        else:
            kept.append(message)
    return kept


def compare_packet(report, where, over_tcp, ours, theirs):
    for protocol in dict.fromkeys(name for name, _ in ours + theirs):
        mine = [message for name, message in ours if name == protocol]
        other = [message for name, message in theirs if name == protocol]
        if over_tcp:
            mine = without_cut(report, mine, other)
        if len(mine) != len(other):
            report.differ(*where, "%s: pfgcap has %d messages, Wireshark %d" % (
                protocol, len(mine), len(other)))
        for at, (a, b) in enumerate(zip(mine, other)):
            report.messages += 1
            compare_messages(report, where, at, a, b)


def compare(options, fields, capture, report):
    ours, quoted, over_tcp = {}, set(), set()
    for number, messages, layers in read_pfgcap(options.pfgcap, capture, fields,
                                                options.pfgcap_argument):
        if "icmp" in layers or "icmp6" in layers:
            quoted.add(number)
        elif messages:
            ours[number] = messages
        if "tcp" in layers:
            over_tcp.add(number)
    for number, messages in read_tshark(capture, fields, options.tshark_argument):
        if number not in quoted:
            compare_packet(report, (capture, number), number in over_tcp, ours.pop(number, []),
                           messages)
    for number, messages in ours.items():
        report.differ(capture, number, "Wireshark does not have the packet, pfgcap has %d messages"
                      % len(messages))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("pfgcap", metavar="PFGCAP")
    parser.add_argument("captures", metavar="CAPTURE", nargs="+")
    parser.add_argument("--protocol", action="append", default=[], metavar="NAME",
                        help="another protocol, built in by PFG_PROTOCOLS")
    parser.add_argument("--limit", type=int, default=50, metavar="N",
                        help="differences printed (50)")
    parser.add_argument("--allow-empty", action="store_true",
                        help="nothing to compare is no failure")
    parser.add_argument("--pfgcap-argument", action="append", default=[], metavar="WORD")
    parser.add_argument("--tshark-argument", action="append", default=[], metavar="WORD",
                        help="for example --tshark-argument=-2")
    options = parser.parse_args()
    report = Report(options.limit)
    try:
        fields = Fields(DEFAULT + options.protocol)
        for capture in options.captures:
            compare(options, fields, capture, report)
    except (Broken, json.JSONDecodeError) as error:
        print("compare.py: %s" % error, file=sys.stderr)
        return 2
    print("%d values in %d messages of %d captures compared, %d differences" % (
        report.values, report.messages, len(options.captures), report.differences))
    if report.cut:
        print("%d messages, whose end a stream lost, are shown by pfgcap alone" % report.cut)
    if report.values == 0 and not options.allow_empty:
        print("compare.py: there was nothing to compare", file=sys.stderr)
        return 1
    return 1 if report.differences else 0


if __name__ == "__main__":
    sys.exit(main())
