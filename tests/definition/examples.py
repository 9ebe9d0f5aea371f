#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Compares the example protocols with Wireshark's own dissectors of them, field by field.

    examples.py PFGCAP CAPTURE...

PFGCAP has the protocols of examples/ built in; tshark runs without the plugin. A capture bears the
name of its protocol. TABLES says which field is which. Of each packet both give a list of values for each field; both lists must be the
same. Exit status: 0 all the same, 1 something differs or nothing was compared.
"""

import datetime
import json
import os
import subprocess
import sys

NTP_EPOCH = datetime.datetime(1900, 1, 1, tzinfo=datetime.timezone.utc)


def number(text):
    return int(text, 0)


def truth(text):
    return {"true": 1, "false": 0}[text.lower()] if text.lower() in ("true", "false") else int(text)


def octets(text):
    return text.replace(":", "").lower()


def ntp_time(text):
    """NTP's 64 bits, of any era, of "Nov 20, 2026 17:16:35.081671890 UTC"; NULL is not set."""
    if text.startswith("NULL") or text.startswith("(0)"):
        return 0
    moment, fraction = text.replace(" UTC", "").split(".")
    at = datetime.datetime.strptime(moment, "%b %d, %Y %H:%M:%S")
    seconds = (at.replace(tzinfo=datetime.timezone.utc) - NTP_EPOCH).total_seconds()
    return ((int(seconds) << 32) + (int(fraction[:9].ljust(9, "0")) << 32) // 10 ** 9) % 2 ** 64


def short_format(seconds):
    """The 32 bits, 16 of them a fraction, that Wireshark's field has."""
    return int(seconds * 65536)


def near(ours, theirs):
    """NTP times: Wireshark has rounded to nanoseconds, which are four or five units."""
    return abs(ours - theirs) <= 5


def equal(ours, theirs):
    return ours == theirs


def address_bytes(value):
    return "".join("%02x" % int(part) for part in value.split("."))


def four_characters(value):
    return value.encode().ljust(4, b"\0").hex()


# (field of pfgcap below the protocol, Wireshark's field, its value, our value, comparison)
def row(ours, theirs, read=number, write=int, same=equal):
    return ours, theirs, read, write, same


TABLES = {
    ("pfg_ntp", "ntp"): [
        row("leap", "ntp.flags.li"), row("version", "ntp.flags.vn"), row("mode", "ntp.flags.mode"),
        row("stratum", "ntp.stratum"),
        row("poll", "ntp.ppoll", write=lambda v: v & 0xff),
        row("precision", "ntp.precision", write=lambda v: v & 0xff),
        row("root_delay", "ntp.rootdelay", write=short_format),
        row("root_dispersion", "ntp.rootdispersion", write=short_format),
        row("kiss", "ntp.refid?", octets, four_characters),
        row("source", "ntp.refid?", octets, four_characters),
        row("upstream", "ntp.refid?", octets, address_bytes),
        row("reference", "ntp.reftime", ntp_time, int, near),
        row("origin", "ntp.org", ntp_time, int, near), row("receive", "ntp.rec", ntp_time, int, near),
        row("transmit", "ntp.xmt", ntp_time, int, near),
        row("key", "ntp.keyid", octets, lambda v: "%08x" % v), row("digest", "ntp.mac", octets, str),
    ],
    ("pfg_tftp", "tftp"): [
        row("opcode", "tftp.opcode"), row("file", "tftp.source_file?", str, str),
        row("file", "tftp.destination_file?", str, str), row("mode", "tftp.type", str, str),
        row("block", "tftp.block"), row("code", "tftp.error.code"),
        row("text", "tftp.error.message", str, str),
        row("options.name", "tftp.option.name", str, str),
        row("options.value", "tftp.option.value", str, str), row("data", "data.data?", octets, str),
    ],
    ("pfg_artnet", "artnet"): [
        row("id", "artnet.header.id", str, lambda v: bytes.fromhex(v).decode().rstrip("\0")),
        row("opcode", "artnet.header.opcode"),
        row("poll.protocol", "artnet.header.protver?"), row("dmx.protocol", "artnet.header.protver?"),
        row("poll.wishes", "artnet.poll.talktome"),
        row("poll.priority", "artnet.poll.diag_priority"),
    ] + [row("poll_reply." + ours, "artnet.poll_reply." + theirs, read, write)
         for ours, theirs, read, write in [
             ("address", "ip_address", str, str), ("port", "port_nr", number, int),
             ("firmware", "versinfo", number, int), ("net", "netswitch", number, int),
             ("subnet", "subswitch", number, int), ("oem", "oem", number, int),
             ("ubea", "ubea_version", number, int), ("status", "status", number, int),
             ("maker", "esta_man", number, int), ("short_name", "short_name", str, str),
             ("long_name", "long_name", str, str), ("report", "node_report", str, str),
             ("ports", "num_ports", number, int), ("video", "swvideo", number, int),
             ("macro", "swmacro", number, int), ("remote", "swremote", number, int),
             ("style", "style", number, int), ("mac", "mac", str, str),
             ("bind", "bind_ip_address", str, str), ("bind_index", "bind_index", number, int),
             ("status2", "status2", number, int),
             ("status_bits.rdm", "rdm_supported", truth, int),
             ("status_bits.ubea", "ubea_present", truth, int),
             ("status2_bits.web", "websupport", truth, int),
             ("status2_bits.dhcp", "dhcpused", truth, int),
             ("status2_bits.dhcp_able", "dhcpsupport", truth, int)]]
    + [row("poll_reply.%s#%d" % (ours, n), "artnet.poll_reply.%s_%d" % (theirs, n + 1))
       for ours, theirs in [("port_types", "port_types"), ("good_input", "good_input"),
                            ("good_output", "good_output"), ("inputs", "swin"),
                            ("outputs", "swout")] for n in range(4)]
    + [row("dmx." + ours, "artnet.output." + theirs)
       for ours, theirs in [("sequence", "sequence"), ("physical", "physical"),
                            ("universe", "universe"), ("length", "length")]],
}


def values_at(value, parts):
    """All values that a dotted way leads to; NAME#2 is the third byte of a field in hex."""
    if isinstance(value, list):
        return [found for one in value for found in values_at(one, parts)]
    if not parts:
        return [value]
    name, _, byte = parts[0].partition("#")
    if not isinstance(value, dict) or name not in value:
        return []
    if byte:
        return [int(value[name][2 * int(byte):2 * int(byte) + 2], 16)]
    return values_at(value[name], parts[1:])


def tshark(capture, display, fields):
    words = ["tshark", "-r", capture, "-Y", display, "-T", "fields", "-E", "separator=/t", "-E",
             "aggregator=\x1f", "-E", "occurrence=a", "-e", "frame.number"]
    for field in fields:
        words += ["-e", field]
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "TZ": "UTC"}
    done = subprocess.run(words, env=environment, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, check=True)
    packets = {}
    for line in done.stdout.decode().splitlines():
        columns = line.split("\t")
        packets[int(columns[0])] = dict(zip(fields, columns[1:]))
    return packets


def compare(ours, theirs, table, where):
    """ours: a packet's messages. A field with ? may be told by another row of the table."""
    compared = differences = 0
    for path, field, read, write, same in table:
        mine = [write(value) for value in values_at(ours, path.split("."))]
        text = theirs[field.rstrip("?")]
        other = [read(value) for value in text.split("\x1f")] if text else []
        if field.endswith("?") and (not mine or not other):
            continue
        if len(mine) != len(other) or not all(map(same, mine, other)):
            print("%s: %s is %s, Wireshark's %s is %s" % (where, path, mine, field, other))
            differences += 1
        compared += len(mine)
    return compared, differences


def main():
    compared = differences = 0
    for capture in sys.argv[2:]:
        done = subprocess.run([sys.argv[1], "-r", capture, "--json"], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, check=True)
        ours = {packet["frame"]["number"]: packet
                for packet in map(json.loads, done.stdout.splitlines())}
        for (protocol, display), table in TABLES.items():
            if os.path.basename(capture) != display + ".pcap":
                continue
            fields = sorted({line[1].rstrip("?") for line in table})
            theirs = tshark(capture, display, fields)
            numbers = {n for n, packet in ours.items() if protocol in packet} | set(theirs)
            for n in sorted(numbers):
                if protocol not in ours.get(n, {}) or n not in theirs:
                    print("%s: packet %d is %s on one side alone" % (capture, n, display))
                    differences += 1
                    continue
                more = compare(ours[n][protocol], theirs[n], table, "%s: packet %d" % (capture, n))
                compared, differences = compared + more[0], differences + more[1]
    print("%d values compared with Wireshark's own, %d differences" % (compared, differences))
    return 1 if differences or not compared else 0


sys.exit(main())
