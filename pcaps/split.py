#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""split.py ADDRESS PORT: talks to a framed TCP server in awkward pieces: a frame cut into single
bytes, three frames in one segment, a body in several frames, a frame cut in its header."""
import socket
import struct
import sys
import time

HEADER = struct.Struct(">3sBBBHIIQI")
MORE = 0x20


def frame(kind, session, seq, body, flags=0):
    return HEADER.pack(b"pfg", 1, kind, flags, session, seq, len(body), 0, 0) + body


def read_exactly(connection, size):
    data = b""
    while len(data) < size:
        piece = connection.recv(size - len(data))
        if not piece:
            raise SystemExit("split.py: the server closed the connection")
        data += piece
    return data


def read_frame(connection):
    header = read_exactly(connection, HEADER.size)
    return read_exactly(connection, HEADER.unpack(header)[6])


def main():
    connection = socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=5)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for byte in frame(1, 7, 0, b"byte by byte"):
        connection.send(bytes([byte]))
        time.sleep(0.002)
    read_frame(connection)
    connection.send(frame(1, 7, 1, b"three") + frame(1, 7, 2, b"in one") + frame(1, 7, 3, b"segment"))
    for _ in range(3):
        read_frame(connection)
    connection.send(frame(1, 7, 4, b"a body ", MORE) + frame(1, 7, 4, b"in three ", MORE))
    time.sleep(0.02)
    connection.send(frame(1, 7, 4, b"frames"))
    read_frame(connection)
    message = frame(2, 7, 5, b"cut in its header")
    connection.send(message[:10])
    time.sleep(0.02)
    connection.send(message[10:])
    read_frame(connection)
    connection.send(frame(6, 7, 6, b""))
    read_frame(connection)
    connection.close()


main()
