#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Random valid messages of every kind, three ways; then the same with damage.

    differential.py BUILD FOLDER [--seed N] [--count N]

BUILD has definition_generate, pfgsend, pfgcap and the plugin, all of one definition. The generator
writes what each message is to be; FOLDER keeps all that is made. Compared are: the encoder's bytes
with what `pfgsend craft` writes; the generator's values with `pfgcap --json`; `pfgcap --json` with
`tshark -T json`. Then bytes are changed, cut off and swapped, and the two decoders must still agree
on every field that they read. Exit status: 0 all the same.
"""

import argparse
import json
import os
import random
import struct
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "compare"))
import compare  # pylint: disable=wrong-import-position

HEADERS = 14 + 20 + 8  # Ethernet, IPv4, UDP
PROTOCOL, TCP = 14 + 9, 6  # where IPv4 says what is inside
DIFFERENCES_SHOWN = 20
DNS_PORT = bytes([0, 53])
# DNS and ledger over TCP: where a message begins stands in the length before the last one alone, so
# there is no right way to go on behind a wrong one, and Wireshark's own DNS has another than ours.
UNMARKED_PORTS = [DNS_PORT, struct.pack(">H", 17101)]


def run(words):
    done = subprocess.run(words, stdout=subprocess.PIPE, check=False)
    if done.returncode != 0:
        sys.exit("differential.py: %s: exit status %d" % (" ".join(words), done.returncode))
    return done.stdout.decode()


def records(path):
    """The header of a capture, and (header, bytes) of each packet."""
    with open(path, "rb") as file:
        content = file.read()
    packets, at = [], 24
    while at < len(content):
        size = struct.unpack_from("<I", content, at + 8)[0]
        packets.append((content[at:at + 16], content[at + 16:at + 16 + size]))
        at += 16 + size
    return content[:24], packets


def payload_at(content):
    """Where the payload of UDP or TCP begins in a packet of pfgsend's."""
    return HEADERS + 12 if content[PROTOCOL] == TCP else HEADERS


def read_expected(folder):
    """What the generator meant, a message each, with the number of its last packet."""
    number = 0
    with open(folder + "/expected", encoding="utf-8") as file:
        for line in file:
            message = json.loads(line)
            number += message["packets"]
            yield number, message


def check_bytes(folder):
    """What pfgsend wrote against the encoder's bytes."""
    wrong = 0
    _, packets = records(folder + "/messages.pcap")
    payloads = [packet[payload_at(packet):] for _, packet in packets]
    with open(folder + "/bytes", encoding="ascii") as file:
        encoded = [bytes.fromhex(line) for line in file]
    for (last, meant), message in zip(read_expected(folder), encoded, strict=True):
        sent = b"".join(payloads[last - meant["packets"]:last])
        if sent != message:
            wrong += 1
            if wrong <= DIFFERENCES_SHOWN:
                print("packet %d: pfgsend %s, the encoder %s" % (last, sent.hex(), message.hex()))
    if last != len(packets):
        sys.exit("differential.py: %d packets were meant, %d are there" % (last, len(packets)))
    return wrong


def check_values(pfgcap, folder, fields):
    """What the generator meant against what pfgcap reads."""
    wrong, values = 0, 0
    expected = dict(read_expected(folder))
    for number, messages, _ in compare.read_pfgcap(pfgcap, folder + "/messages.pcap", fields, []):
        wanted = expected.get(number)
        if [name for name, _ in messages] != ([wanted["protocol"]] if wanted else []):
            print("packet %d: is %s, not %s" % (number, messages, wanted))
            wrong += 1
            continue
        if not wanted:
            continue # more of the message comes
        found = compare.by_path(messages[0][1])
        for path, meant in compare.by_path(map(tuple, wanted["values"])).items():
            kind = fields.types.get(path, "FT_STRING")
            meant = [compare.same_spelling(kind, value) for value in meant]
            values += len(meant)
            if found.get(path) != meant:
                wrong += 1
                if wrong <= DIFFERENCES_SHOWN:
                    print("packet %d, %s: meant %s, pfgcap has %s" % (
                        number, path, meant, found.get(path)))
    print("%d values in %d messages as they were meant, %d differences" % (
        values, len(expected), wrong))
    return wrong


def damage(chance, packet):
    """A packet with some of its message's bytes wrong; or cut, as a short snap length does. TCP is
    not cut: tests/dissector/captures.py has such segments, whole but for the cut."""
    header, content = bytearray(packet[0]), bytearray(packet[1])
    begin, port = payload_at(content), bytes(content[36:38])
    if content[PROTOCOL] == TCP and port in UNMARKED_PORTS:
        return packet
    size = len(content) - begin
    # The plugin shows DNS beside Wireshark's own, which gives up before it says that it is DNS
    # where fewer than four bytes were captured.
    least = 4 if port == DNS_PORT else 0
    if size > least and content[PROTOCOL] != TCP and chance.random() < 0.25:
        content = content[:begin + chance.randrange(least, size)]
        header[8:12] = struct.pack("<I", len(content))
    for _ in range(chance.choice([1, 1, 2, 4, 16])):
        if len(content) > begin:
            # Most faults are found where headers are.
            span = len(content) - begin
            at = begin + (chance.randrange(min(span, 40)) if chance.random() < 0.6
                            else chance.randrange(span))
            content[at] = chance.choice([0, 0xff, content[at] ^ 1 << chance.randrange(8),
                                         chance.randrange(256)])
    return bytes(header), bytes(content)


def write_damaged(folder, seed):
    chance = random.Random(seed)
    head, packets = records(folder + "/messages.pcap")
    with open(folder + "/damaged.pcap", "wb") as file:
        file.write(head)
        for packet in packets:
            for part in damage(chance, packet):
                file.write(part)


def check_decoders(pfgcap, fields, capture, what):
    report = compare.Report(DIFFERENCES_SHOWN)
    options = argparse.Namespace(pfgcap=pfgcap, pfgcap_argument=[], tshark_argument=[])
    compare.compare(options, fields, capture, report)
    print("%s: %d values in %d messages, %d differences between pfgcap and the plugin" % (
        what, report.values, report.messages, report.differences))
    return report.differences + (report.values == 0)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("build", metavar="BUILD")
    parser.add_argument("folder", metavar="FOLDER")
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(4), "big"))
    parser.add_argument("--count", type=int, default=10000)
    options = parser.parse_args()
    print("seed %d" % options.seed)
    pfgcap, folder = options.build + "/bin/pfgcap", options.folder
    os.environ["PFG_BUILD"] = options.build
    protocols = [protocol["name"] for protocol in
                 json.loads(run([pfgcap, "--describe", "--json"]))["protocols"]]
    fields = compare.Fields(protocols)
    run([options.build + "/tests/definition_generate", str(options.seed), str(options.count), folder])
    # Packets a millisecond from each other, so that no clock's end is near.
    run([options.build + "/bin/pfgsend", "-q", "craft", "--script", folder + "/script", "-w",
         folder + "/messages.pcap", "--interval", "1ms", "--time", "2024-05-01T12:00:00Z"])
    wrong = check_bytes(folder)
    print("%d messages: pfgsend and the encoder differ in %d" % (options.count, wrong))
    wrong += check_values(pfgcap, folder, fields)
    wrong += check_decoders(pfgcap, fields, folder + "/messages.pcap", "whole")
    write_damaged(folder, options.seed)
    wrong += check_decoders(pfgcap, fields, folder + "/damaged.pcap", "damaged")
    if wrong:
        print("again: differential.py --seed %d --count %d" % (options.seed, options.count))
    return 1 if wrong else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except compare.Broken as error:
        sys.exit("differential.py: %s" % error)
