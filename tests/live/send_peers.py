#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Other ends for the live tests of pfgsend, made of ordinary sockets and the specification alone.

send_peers.py sniff IFACE                 prints every frame, hex, a line each
send_peers.py tunnel IFACE                makes a TUN interface and prints what goes into it
send_peers.py udp ADDRESS PORT FILE       appends every datagram, hex, to FILE; answers nothing
send_peers.py frames tcp|udp ADDRESS PORT answers pfg frames: echo, time and bye
send_peers.py plain PORT NAME             answers plain and framed discovery, by unicast
send_peers.py dns ADDRESS PORT MODE       a name server with one trick: see DNS_MODES
send_peers.py relay IFACE IFACE SEED LOSS  carries frames from each to the other; loses LOSS percent
                                          of them, doubles as many, and lets as many be overtaken
send_peers.py whole IFACE                 tells the kernel to send whole checksums out of IFACE
send_peers.py sink ADDRESS PORT           takes one TCP connection, prints the CRC and size of what
                                          came, and sends it back reversed
"""

import array
import fcntl
import random
import select
import socket
import struct
import sys
import zlib

SOL_PACKET, PACKET_AUXDATA, TP_STATUS_VLAN_VALID = 263, 8, 0x10
HEADER = struct.Struct(">3sBBBHIIQI")
REPLY = 0x80
ECHO, TIME, _, DISCOVER, _, BYE = range(1, 7)


def ready():
    print("ready", flush=True)


def bound(kind, address, port):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    sock = socket.socket(family, kind)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind((address, port))
    return sock


def sniff(interface):
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    sock.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
    sock.bind((interface, 0))
    ready()
    while True:
        frame, about, _, _ = sock.recvmsg(65536, 256)
        print(with_tag(frame, about).hex(), flush=True)


def tunnel(interface):
    TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
    device = open("/dev/net/tun", "r+b", buffering=0)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH14x", interface.encode(), IFF_TUN | IFF_NO_PI))
    ready()
    while True:
        print(device.read(65536).hex(), flush=True)


def with_tag(frame, about):
    """The frame with the VLAN tag that the kernel took out of it (packet(7), tpacket_auxdata)."""
    for level, kind, data in about:
        if (level, kind) != (SOL_PACKET, PACKET_AUXDATA):
            continue
        status, _, _, _, _, tci, tpid = struct.unpack("IIIHHHH", data[:20])
        if status & TP_STATUS_VLAN_VALID:
            return frame[:12] + struct.pack(">HH", tpid, tci) + frame[12:]
    return frame


def relay(one, other, seed, loss):
    """A bad wire. What is overtaken waits until the next frame of its direction has gone."""
    chance = random.Random(int(seed))
    socks = [socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3)) for _ in range(2)]
    for sock, interface in zip(socks, (one, other)):
        sock.bind((interface, 0))
    waiting = {}
    ready()
    while True:
        for sock in select.select(socks, [], [], 0.05)[0] or [None]:
            if sock is None:
                for to, frame in waiting.items():
                    to.send(frame)
                waiting.clear()
                continue
            frame, about = sock.recvfrom(65536)
            if about[2] == socket.PACKET_OUTGOING:
                continue
            to = socks[1 - socks.index(sock)]
            luck = chance.random() * 100
            if luck < float(loss):
                continue
            if luck < 2 * float(loss) and to not in waiting:
                waiting[to] = frame
                continue
            for _ in range(2 if luck > 100 - float(loss) else 1):
                to.send(frame)
            if to in waiting:
                to.send(waiting.pop(to))


def whole(interface):
    ETHTOOL_STXCSUM, SIOCETHTOOL = 0x17, 0x8946
    value = array.array("I", [ETHTOOL_STXCSUM, 0])
    request = struct.pack("16sP", interface.encode(), value.buffer_info()[0])
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    fcntl.ioctl(sock, SIOCETHTOOL, request + bytes(16))


def udp(address, port, path):
    sock = bound(socket.SOCK_DGRAM, address, int(port))
    ready()
    while True:
        data = sock.recv(65536)
        with open(path, "a") as out:
            out.write(data.hex() + "\n")


def answer(frame):
    """The reply to one whole frame, or none."""
    magic, version, kind, flags, session, seq, length, time, _ = HEADER.unpack(frame[:28])
    body = frame[28:]
    if magic != b"pfg" or version != 1 or flags & REPLY:
        return b""
    if kind == TIME:
        text = b"Thu Jan  1 00:00:00 1970"
        body = struct.pack(">QB", 1000000007, len(text)) + text + body
    elif kind == DISCOVER:
        body = bytes([10, 99, 0, 2]) + struct.pack(">H", 65432) + b"\x04echo\x05right"
    elif kind not in (ECHO, BYE):
        return b""
    return HEADER.pack(magic, 1, kind, REPLY, session, seq, len(body), time, 0) + body


def split(data):
    """Whole frames, and what is left."""
    whole = []
    while len(data) >= 28:
        size = 28 + struct.unpack(">I", data[12:16])[0]
        if len(data) < size:
            break
        whole.append(data[:size])
        data = data[size:]
    return whole, data


def frames(transport, address, port):
    if transport == "udp":
        sock = bound(socket.SOCK_DGRAM, address, int(port))
        ready()
        while True:
            data, peer = sock.recvfrom(65536)
            sock.sendto(b"".join(map(answer, split(data)[0])), peer)
    server = bound(socket.SOCK_STREAM, address, int(port))
    server.listen()
    ready()
    while True:
        sock, _ = server.accept()
        data = b""
        while more := sock.recv(65536):
            whole, data = split(data + more)
            for one in whole:
                reply = answer(one)
                sock.sendall(reply[:20])
                sock.sendall(reply[20:])
        sock.close()


def plain(port, name):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    sock.bind(("", int(port)))
    ready()
    while True:
        data, peer = sock.recvfrom(65536)
        if data == b"pfg_ip_broadcast_cl":
            sock.sendto(name.encode(), peer)
        elif data.startswith(b"pfg\x01"):
            sock.sendto(answer(data), peer)


def dns_answer(query, flags, records):
    return query[:2] + struct.pack(">HHHHH", flags, 1, records, 0, 0) + query[12:]


A_RECORD = bytes.fromhex("c00c000100010000003c0004c0000207")
# What the name server does: answers (queries) to send, in order.
DNS_MODES = {
    # nothing at all, three times, then an answer
    "late": lambda q, n: [] if n < 2 else [dns_answer(q, 0x8180, 1) + A_RECORD],
    # first with another id, then with another name, then right
    "strange": lambda q, n: [
        bytes([q[0] ^ 1]) + dns_answer(q, 0x8180, 1)[1:] + A_RECORD,
        dns_answer(q, 0x8180, 1).replace(b"www", b"xxx", 1) + A_RECORD,
        dns_answer(q, 0x8180, 1) + A_RECORD,
    ],
    # cut; the whole answer comes by TCP
    "cut": lambda q, n: [dns_answer(q, 0x8380, 0)],
    "silent": lambda q, n: [],
}


def dns(address, port, mode):
    sock = bound(socket.SOCK_DGRAM, address, int(port))
    server = bound(socket.SOCK_STREAM, address, int(port))
    server.listen()
    ready()
    count = 0
    while mode != "cut" or count == 0:
        query, peer = sock.recvfrom(65536)
        for one in DNS_MODES[mode](query, count):
            sock.sendto(one, peer)
        count += 1
    while True:
        conn, _ = server.accept()
        data = b""
        while len(data) < 2 or len(data) < 2 + int.from_bytes(data[:2], "big"):
            data += conn.recv(65536)
        reply = dns_answer(data[2:], 0x8180, 40) + A_RECORD * 40
        conn.sendall(len(reply).to_bytes(2, "big") + reply)
        conn.close()


def sink(address, port):
    server = bound(socket.SOCK_STREAM, address, int(port))
    server.listen()
    ready()
    sock, _ = server.accept()
    data = b""
    while more := sock.recv(65536):
        data += more
        if data.endswith(b"END."):
            break
    print("crc %08x size %d" % (zlib.crc32(data), len(data)), flush=True)
    sock.sendall(data[::-1])
    sock.shutdown(socket.SHUT_WR)
    while sock.recv(65536):
        pass
    print("closed", flush=True)


try:
    globals()[sys.argv[1]](*sys.argv[2:])
except KeyboardInterrupt:
    pass
