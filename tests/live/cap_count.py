#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""cap_count.py FILE: how many whole packets a pcap or pcapng file has; read by its specification
alone, as far as it goes."""
import struct
import sys

ENHANCED, SIMPLE, SECTION = 6, 3, 0x0A0D0D0A


def pcap(data, order):
    at, count = 24, 0
    while at + 16 <= len(data):
        size, = struct.unpack_from(order + "I", data, at + 8)
        at += 16 + size
        count += at <= len(data)
    return count


def pcapng(data):
    at, count, order = 0, 0, "<"
    while at + 12 <= len(data):
        if struct.unpack_from("<I", data, at)[0] == SECTION:
            order = "<" if data[at + 8:at + 12] == b"\x4d\x3c\x2b\x1a" else ">"
        kind, size = struct.unpack_from(order + "II", data, at)
        if at + size > len(data):
            break
        if struct.unpack_from(order + "I", data, at + size - 4)[0] != size:
            sys.exit("a block's two lengths differ at %d" % at)
        count += kind in (ENHANCED, SIMPLE)
        at += size
    return count


def main(path):
    with open(path, "rb") as file:
        data = file.read()
    magic = data[:4]
    if magic == struct.pack("<I", SECTION):
        print(pcapng(data))
    elif magic in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1"):
        print(pcap(data, "<"))
    elif magic in (b"\xa1\xb2\xc3\xd4", b"\xa1\xb2\x3c\x4d"):
        print(pcap(data, ">"))
    else:
        sys.exit("%s: no capture file" % path)


main(sys.argv[1])
