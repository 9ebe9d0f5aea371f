#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""cap_ask.py ADDRESS PORT HOW: many questions over one TCP connection, and all answers read.
HOW: together (all in one write), bytes (one byte a write), halves (each cut where its length is)."""
import socket
import struct
import sys
import time

NAMES = ["www", "mail", "alias", "nothing", "big", "web", "odd", "ns"]
TYPES = [1, 28, 15, 16, 65, 255]


def question(ident, name, kind):
    labels = b"".join(bytes([len(label)]) + label.encode()
                      for label in (name + ".example.com").split(".")) + b"\0"
    edns = b"\0" + struct.pack(">HHIH", 41, 1232, 0x8000, 0)
    message = struct.pack(">6H", ident, 0x0100, 1, 0, 0, 1) + labels + struct.pack(">HH", kind, 1)
    return struct.pack(">H", len(message + edns)) + message + edns


def read_exactly(stream, size):
    data = stream.read(size)
    if len(data) != size:
        sys.exit("the server ended after %d of %d bytes" % (len(data), size))
    return data


def pieces(questions, how):
    if how == "together":
        return [b"".join(questions)]
    if how == "bytes":
        return [bytes([byte]) for byte in b"".join(questions[:4])]
    return [part for asked in questions for part in (asked[:1], asked[1:])]


def main(address, port, how):
    questions = [question(1000 + i, name, kind)
                 for i, (name, kind) in enumerate((n, t) for n in NAMES for t in TYPES)]
    with socket.create_connection((address, int(port)), timeout=10) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in pieces(questions, how):
            connection.sendall(piece)
            if how != "together":
                time.sleep(0.0005)
        stream = connection.makefile("rb")
        for _ in range(4 if how == "bytes" else len(questions)):
            size, = struct.unpack(">H", read_exactly(stream, 2))
            read_exactly(stream, size)


main(*sys.argv[1:])
