# SPDX-License-Identifier: GPL-2.0-or-later
"""Packets and capture files for the tests, made without any of the code under test."""
import socket
import struct


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(">%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def address(text):
    return bytes(int(part) for part in text.split("."))


def pfg(kind, body=b"", session=0x1234, seq=7, flags=0, timestamp=0, length=None):
    return struct.pack(">3sBBBHIIQI", b"pfg", 1, kind, flags, session, seq,
                       len(body) if length is None else length, timestamp, 0) + body


def dns(ident, name="example.test", response=False, kind=1):
    labels = b"".join(bytes([len(part)]) + part.encode() for part in name.split(".")) + b"\0"
    question = labels + struct.pack(">HH", kind, 1)
    if not response:
        return struct.pack(">6H", ident, 0x0100, 1, 0, 0, 0) + question
    answer = b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, 300, 4) + address("192.0.2.1")
    return struct.pack(">6H", ident, 0x8180, 1, 1, 0, 0) + question + answer


def ethernet(payload, kind=0x0800):
    return bytes.fromhex("020000000002020000000001") + struct.pack(">H", kind) + payload


def ipv4(payload, protocol, src="10.99.0.1", dst="10.99.0.2", ident=1, flags=0):
    head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), ident, flags, 64, protocol, 0,
                       address(src), address(dst))
    return head[:10] + struct.pack(">H", checksum(head)) + head[12:] + payload


def pseudo(protocol, payload, src, dst):
    return address(src) + address(dst) + struct.pack(">BBH", 0, protocol, len(payload))


def udp(payload, sport=40000, dport=9434, src="10.99.0.1", dst="10.99.0.2", **more):
    head = struct.pack(">HHHH", sport, dport, 8 + len(payload), 0)
    total = checksum(pseudo(17, head + payload, src, dst) + head + payload) or 0xFFFF
    return ethernet(ipv4(head[:6] + struct.pack(">H", total) + payload, 17, src, dst, **more))


def segment(payload, seq, ack, flags, sport, dport, options, urgent, pseudo_of):
    """A TCP segment with its checksum; options are filled up to whole words."""
    options += b"\0" * (-len(options) % 4)
    head = struct.pack(">HHIIBBHHH", sport, dport, seq & 0xFFFFFFFF, ack & 0xFFFFFFFF,
                       (5 + len(options) // 4) << 4, flags, 64240, 0, urgent) + options
    total = checksum(pseudo_of(head + payload) + head + payload)
    return head[:16] + struct.pack(">H", total) + head[18:] + payload


def tcp(payload=b"", seq=1, ack=0, flags=0x18, sport=40000, dport=65432, src="10.99.0.1",
        dst="10.99.0.2", options=b"", urgent=0):
    return ethernet(ipv4(segment(payload, seq, ack, flags, sport, dport, options, urgent,
                                 lambda whole: pseudo(6, whole, src, dst)), 6, src, dst))


def back(payload=b"", seq=1, ack=0, flags=0x18, sport=65432, dport=40000):
    return tcp(payload, seq, ack, flags, sport, dport, "10.99.0.2", "10.99.0.1")


def ipv6(payload, protocol, src="fd00:99::1", dst="fd00:99::2"):
    return struct.pack(">IHBB16s16s", 6 << 28, len(payload), protocol, 64,
                       socket.inet_pton(socket.AF_INET6, src), socket.inet_pton(socket.AF_INET6, dst)) + payload


def tcp6(payload=b"", seq=1, ack=0, flags=0x18, sport=40000, dport=65432, src="fd00:99::1",
         dst="fd00:99::2", options=b""):
    def pseudo6(whole):
        return ipv6(b"", 6, src, dst)[8:] + struct.pack(">II", len(whole), 6)
    return ethernet(ipv6(segment(payload, seq, ack, flags, sport, dport, options, 0, pseudo6), 6,
                         src, dst), 0x86DD)


def fragments(packet, size, ident=77):
    """Cuts an Ethernet IPv4 packet into fragments of size bytes of payload (a multiple of 8)."""
    head, payload = packet[14:34], packet[34:]
    parts = []
    for at in range(0, len(payload), size):
        piece = payload[at:at + size]
        more = 0x2000 if at + size < len(payload) else 0
        parts.append(ethernet(ipv4(piece, head[9], ".".join(map(str, head[12:16])),
                                   ".".join(map(str, head[16:20])), ident, more | at // 8)))
    return parts


def pcap(packets, link=1, nano=False, big=False, start=1700000000, step=1000000, snap=262144):
    """packets: bytes, or (bytes, wire length), or (bytes, wire length, time in ns)."""
    order = ">" if big else "<"
    out = [struct.pack(order + "IHHiIII", 0xA1B23C4D if nano else 0xA1B2C3D4, 2, 4, 0, 0, snap,
                       link)]
    for number, packet in enumerate(packets):
        time = start * 10**9 + number * step
        wire = None
        if isinstance(packet, tuple):
            wire = packet[1]
            time = packet[2] if len(packet) > 2 else time
            packet = packet[0]
        out.append(struct.pack(order + "IIII", time // 10**9, time % 10**9 // (1 if nano else 1000),
                               len(packet), len(packet) if wire is None else wire) + packet)
    return b"".join(out)


def block(kind, body, order="<"):
    body += b"\0" * (-len(body) % 4)
    size = 12 + len(body)
    return struct.pack(order + "II", kind, size) + body + struct.pack(order + "I", size)


def option(code, value, order="<"):
    return struct.pack(order + "HH", code, len(value)) + value + b"\0" * (-len(value) % 4)


def section(order="<"):
    return block(0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1), order)


def interface(link=1, snap=0, options=b"", order="<"):
    return block(1, struct.pack(order + "HHI", link, 0, snap) + options, order)


def enhanced(packet, index=0, time=0, options=b"", order="<"):
    body = struct.pack(order + "IIIII", index, time >> 32, time & 0xFFFFFFFF, len(packet),
                       len(packet)) + packet + b"\0" * (-len(packet) % 4)
    return block(6, body + options, order)


def simple(packet, order="<"):
    return block(3, struct.pack(order + "I", len(packet)) + packet, order)


def write(path, data):
    with open(path, "wb") as file:
        file.write(data)
