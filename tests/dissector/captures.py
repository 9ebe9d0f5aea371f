#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes the captures that the plugin's tests read: captures.py DIRECTORY

Each is made byte by byte from the wire formats' tables, so that no code under test has a hand in it.
"""

import os
import struct
import sys

CLIENT, SERVER, OTHER = "10.0.0.1", "10.0.0.2", "10.0.0.3"
REPLY, ERROR, MORE, CHECKED = 0x80, 0x40, 0x20, 0x10
FIN, SYN, PSH_ACK, ACK = 0x01, 0x02, 0x18, 0x10


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def frame(kind, body=b"", flags=0, session=0x1234, seq=7, time=0, length=None, checksum=None):
    def header(value):
        return struct.pack(">3sBBBHIIQI", b"pfg", 1, kind, flags, session, seq,
                           len(body) if length is None else length, time, value)
    if flags & CHECKED and checksum is None:
        checksum = crc32c(header(0) + body)
    return header(checksum or 0) + body


def str8(text):
    text = text.encode() if isinstance(text, str) else text
    return bytes([len(text)]) + text


def internet_sum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(">%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def address(text):
    return bytes(int(part) for part in text.split("."))


def ip(src, dst, protocol, payload):
    head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 1, 0, 64, protocol, 0,
                       address(src), address(dst))
    head = head[:10] + struct.pack(">H", internet_sum(head)) + head[12:]
    return bytes.fromhex("020000000002020000000001") + b"\x08\x00" + head + payload


def udp(src, sport, dst, dport, payload):
    return ip(src, dst, 17, struct.pack(">HHHH", sport, dport, 8 + len(payload), 0) + payload)


class Connection:
    """One TCP connection, as the packets that a listener would see."""

    def __init__(self, client, cport, server, sport):
        self.ends = ((client, cport), (server, sport))
        self.seq = [1000, 5000]
        self.packets = []
        self.segment(0, b"", SYN)
        self.segment(1, b"", SYN | ACK)
        self.segment(0, b"", ACK)

    def segment(self, who, payload, flags=PSH_ACK, lost=False):
        src, dst = self.ends[who], self.ends[1 - who]
        tcp = struct.pack(">HHIIBBHHH", src[1], dst[1], self.seq[who],
                          self.seq[1 - who] if flags & ACK else 0, 0x50, flags, 65535, 0, 0)
        if not lost:
            self.packets.append(ip(src[0], dst[0], 6, tcp + payload))
        self.seq[who] = (self.seq[who] + len(payload) + (1 if flags & (SYN | FIN) else 0)) % 2**32

    def split(self, who, payload, size):
        for at in range(0, len(payload), size):
            self.segment(who, payload[at:at + size])


def write(directory, name, packets, snaplen=65535):
    with open(os.path.join(directory, name), "wb") as out:
        out.write(struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, snaplen, 1))
        for number, packet in enumerate(packets):
            cut = packet[:snaplen]
            out.write(struct.pack("<IIII", 1700000000 + number // 1000, number % 1000 * 1000000,
                                  len(cut), len(packet)))
            out.write(cut)


# An echo request as the specification has it, byte by byte.
EXAMPLE = bytes.fromhex("7066670101001234" "000000070000000c" "0000000000000000" "00000000"
                        "48656c6c6f2c20776f726c64")
assert frame(1, b"Hello, world") == EXAMPLE


def every_message():
    """Each kind, asked and answered, and what may be wrong with one."""
    clock = struct.pack(">Q", 1700000000123456789)
    return [
        (0, EXAMPLE),
        (1, frame(1, b"Hello, world", REPLY)),
        (0, frame(2, b"ping", seq=8, time=1700000000000000001)),
        (1, frame(2, clock + str8("Tue Nov 14 22:13:20 2023") + b"ping", REPLY, seq=8)),
        (0, frame(3, "neu starten, bitte \u2713".encode(), CHECKED, seq=9)),
        (1, frame(3, b"\0\0ok", REPLY | CHECKED, seq=9)),
        (0, frame(4, str8("*"), seq=10)),
        (1, frame(4, bytes([10, 0, 0, 2, 1, 187]) + str8("echo") + str8("host"), REPLY, seq=10)),
        (0, frame(5, str8("i") + bytes.fromhex("86d61200"), seq=11)),
        (0, frame(5, str8("hiq") + bytes.fromhex("0c00000017000000f0e2060000000000"), seq=12)),
        (0, frame(5, str8("<3sx?2d") + b"a\0b\0\1" + struct.pack("<dd", 0.1, -1e300), seq=13)),
        (0, frame(6, seq=14)),
        (1, frame(6, b"", REPLY, seq=14)),
        (0, frame(9, b"what", seq=15)),
        (1, frame(9, b"\0\2no such kind", REPLY | ERROR, seq=15)),
        (1, frame(1, b"\0\x63\xff\xfe", REPLY | ERROR, seq=16)),
        (0, frame(1, b"\0\1\xff\x80zero and no UTF-8", 0x0F, seq=17)),
        (0, frame(1, b"a\0b\tc\"d\\e\n\xe2\x82\xac", seq=18)),
        (0, frame(3, b"a\0b\tc\"d\\e\n\xe2\x82\xac\x7f\x1b[0m", seq=19)),
        (0, frame(1, b"", CHECKED, seq=20)),
        (0, frame(1, b"damaged", CHECKED, seq=21, checksum=0x01020304)),
        (0, frame(4, b"\x20short", seq=22)),
        (0, frame(4, str8("echo") + b"more than there should be", seq=23)),
        (0, frame(3, b"", seq=24)),
        (0, frame(5, str8("3z") + b"abc", seq=25)),
        (0, frame(1, b"cut", length=200, seq=26)),
        (0, frame(1, b"\xff\xfe", seq=2**32 - 1, session=0xFFFF, time=2**64 - 1)),
    ]


def discover(directory):
    ask = frame(4, str8("*"), session=1, seq=1)
    tell = frame(4, bytes([10, 0, 0, 2, 1, 187]) + str8("*") + str8("b"), REPLY, session=1, seq=1)
    write(directory, "discover.pcap", [
        udp(CLIENT, 40000, "255.255.255.255", 9434, ask),
        udp(SERVER, 9434, CLIENT, 40000, tell),
        udp(OTHER, 9434, CLIENT, 40000, tell),
        udp(CLIENT, 40000, "255.255.255.255", 9434, b"pfg_ip_broadcast_cl"),
        udp(SERVER, 9434, CLIENT, 40000, b"here I am: b"),
        udp(OTHER, 9434, CLIENT, 40000, b"\xff\x00 raw"),
    ])


def datagrams(directory):
    ends = ((CLIENT, 40000), (SERVER, 9434))
    packets = []
    for who, message in every_message():
        packets.append(udp(*ends[who], *ends[1 - who], message))
    packets.append(udp(*ends[0], *ends[1], EXAMPLE + frame(6, seq=30) + frame(1, b"x", seq=31)))
    packets.append(udp(*ends[0], *ends[1], EXAMPLE + b"behind it"))
    write(directory, "udp.pcap", packets)
    write(directory, "udp-cut.pcap", packets, snaplen=80)
    ends = ((CLIENT, 40000), (SERVER, 17777))
    write(directory, "any-port.pcap",
          [udp(*ends[who], *ends[1 - who], message) for who, message in every_message()[:12]])


def streams(directory):
    messages = every_message()[:-2]
    for name, port in (("tcp.pcap", 65432), ("tcp-any-port.pcap", 17777)):
        stream = Connection(CLIENT, 40000, SERVER, port)
        for who, message in messages:
            stream.segment(who, message)
        write(directory, name, stream.packets)
    for name, port in (("tcp-bytes.pcap", 65432), ("tcp-bytes-any-port.pcap", 17777)):
        stream = Connection(CLIENT, 40000, SERVER, port)
        for who, message in messages:
            stream.split(who, message, 1)
        write(directory, name, stream.packets)
    stream = Connection(CLIENT, 40000, SERVER, 65432)
    stream.split(0, b"".join(message for who, message in messages if who == 0), 100)
    stream.split(1, b"".join(message for who, message in messages if who == 1), 33)
    write(directory, "tcp-joined.pcap", stream.packets)
    stream = Connection(CLIENT, 40000, SERVER, 65432)
    stream.segment(0, EXAMPLE + b"no frame begins here, not even with a p" + EXAMPLE)
    stream.segment(0, frame(1, b"", length=2**31, seq=40) + EXAMPLE)
    stream.segment(0, EXAMPLE)
    write(directory, "tcp-lost-sync.pcap", stream.packets)


def disturbed(directory):
    """Streams whose segments were lost, repeated, or came in another order."""
    frames = [frame(1, b"number %d" % at, seq=at) for at in range(12)]
    stream = Connection(CLIENT, 40000, SERVER, 65432)
    for at, message in enumerate(frames):
        stream.segment(0, message, lost=at in (3, 7))
        stream.segment(1, b"", ACK)
    write(directory, "tcp-lost-frames.pcap", stream.packets)
    stream = Connection(CLIENT, 40000, SERVER, 65432)
    everything = b"".join(frames)
    for number, at in enumerate(range(0, len(everything), 50)):
        stream.segment(0, everything[at:at + 50], lost=number == 4)
        stream.segment(1, b"", ACK)
    write(directory, "tcp-lost-bytes.pcap", stream.packets)
    stream = Connection(CLIENT, 40000, SERVER, 65432)
    stream.split(0, everything, 50)
    packets = stream.packets
    repeated = packets[:5] + packets[4:5] + packets[5:] + packets[6:7]
    write(directory, "tcp-repeated.pcap", repeated)
    write(directory, "tcp-reordered.pcap",
          packets[:5] + packets[6:7] + packets[5:6] + packets[7:])


def joined(directory):
    def parts(kind, flags, seq, bodies):
        return [frame(kind, body, flags | (MORE if at < len(bodies) - 1 else 0), seq=seq)
                for at, body in enumerate(bodies)]
    ask = parts(1, CHECKED, 1, [b"one, ", b"two, ", "dr\u00e9".encode()[:3], "\u00e9i".encode()[1:]])
    told = parts(2, REPLY, 2, [struct.pack(">Q", 5) + b"\x05ab", b"cde rest"])
    other = parts(3, 0, 3, [b"x" * 100, b"y" * 100])
    stream = Connection(CLIENT, 40000, SERVER, 65432)
    stream.segment(0, ask[0] + other[0])
    stream.segment(1, told[0])
    stream.segment(0, ask[1])
    stream.segment(0, ask[2] + ask[3] + other[1])
    stream.segment(1, told[1])
    stream.segment(1, frame(1, "one, two, dr\u00e9i".encode(), REPLY, seq=1))
    big = parts(1, 0, 4, [bytes([at]) * 40000 for at in range(8)])
    for message in big:
        stream.split(0, message, 1460)
    write(directory, "more-tcp.pcap", stream.packets)
    for snaplen in (70, 110, 130): # within headers and bodies
        write(directory, "more-tcp-cut-%d.pcap" % snaplen, stream.packets, snaplen)
    ends = (CLIENT, 40000, SERVER, 9434), (SERVER, 9434, CLIENT, 40000)
    datagrams = [
        udp(*ends[0], ask[0]), udp(*ends[0], ask[1]), udp(*ends[1], told[0] + told[1]),
        udp(*ends[0], other[0]), udp(*ends[0], ask[2]), udp(*ends[0], ask[3] + other[1]),
        udp(*ends[0], EXAMPLE),
    ]
    write(directory, "more-udp.pcap", datagrams)
    write(directory, "more-udp-cut.pcap", datagrams, snaplen=115)


# ---- DNS -----------------------------------------------------------------------------------

def name(text):
    return b"".join(str8(label) for label in text.split(".") if label) + b"\0"


def record(owner, kind, data, ttl=300, klass=1):
    return owner + struct.pack(">HHIH", kind, klass, ttl, len(data)) + data


def dns(number, flags, questions=(), answers=(), authorities=(), additionals=()):
    sections = (questions, answers, authorities, additionals)
    return struct.pack(">HH4H", number, flags, *map(len, sections)) + b"".join(
        b"".join(section) for section in sections)


def question(text, kind, klass=1):
    return name(text) + struct.pack(">HH", kind, klass)


def dns_messages():
    at = b"\xc0\x0c"
    asked = "www.example.com"
    yield 0, dns(0x1111, 0x0100, [question(asked, 1)])
    yield 1, dns(0x1111, 0x8180, [question(asked, 1)], [
        record(at, 5, name("host.example.com")),
        record(name("host.example.com"), 1, bytes([192, 0, 2, 1])),
        record(at, 28, bytes.fromhex("20010db8000000000000000000000001")),
    ], [record(b"\xc0\x10", 2, name("ns.example.com"))], [
        record(b"\0", 41, b"\0\x0a\0\x08abcdefgh", ttl=0x8000, klass=1232),
    ])
    yield 0, dns(0x2222, 0x0100, [question(asked, 255)])
    yield 1, dns(0x2222, 0x8580, [question(asked, 255)], [
        record(at, 15, b"\0\x0a" + name("mx.example.com")),
        record(at, 16, str8('say "hi"') + str8(b"\xff\0;")),
        record(at, 6, name("ns.example.com") + name("root.example.com") + bytes(20)),
        record(at, 33, bytes([0, 1, 0, 2, 1, 187]) + name("srv.example.com")),
        record(at, 257, b"\0\5issueca.example"),
        record(at, 65, b"\0\1\0" + b"\0\1\0\6\2h2\2h3"),
        record(at, 46, b"\0\1\x0d\3" + bytes(12) + b"\0\7" + name("example.com") + b"sig"),
        record(at, 47, name("next.example.com") + b"\0\6\x40\1\0\0\0\3"),
        record(at, 65280, b"\1\2\3"),
    ])
    yield 1, dns(0x3333, 0x8183, [question("a\\b.example", 1)])
    yield 1, dns(0x4444, 0x8180, [question(asked, 1)], [record(b"\xc0\x40", 1, b"loop")])
    yield 1, dns(0x5555, 0x8180, [question(asked, 1)], [record(at, 1, b"\1\2\3")])
    yield 1, dns(0x6666, 0x8180, [question(asked, 1)])[:-3]


def names(directory):
    ends = ((CLIENT, 40000), (SERVER, 53))
    packets = [udp(*ends[who], *ends[1 - who], message) for who, message in dns_messages()]
    packets.append(udp(CLIENT, 5353, "224.0.0.251", 5353,
                       dns(0, 0x8400, [], [record(name("a.local"), 1, bytes([10, 0, 0, 1]),
                                                  klass=0x8001)])))
    packets.append(udp(CLIENT, 40000, "224.0.0.252", 5355, dns(9, 0, [question("b", 28)])))
    write(directory, "dns-udp.pcap", packets)
    ends = ((CLIENT, 40000), (SERVER, 17053))
    write(directory, "dns-any-port.pcap",
          [udp(*ends[who], *ends[1 - who], message) for who, message in dns_messages()])
    stream = Connection(CLIENT, 40000, SERVER, 53)
    whole = [(who, struct.pack(">H", len(message)) + message) for who, message in dns_messages()]
    for who, message in whole[:4]:
        stream.split(who, message, 50)
    stream.segment(1, b"".join(message for who, message in whole[4:6]))
    write(directory, "dns-tcp.pcap", stream.packets)


# ---- The protocols of own/ --------------------------------------------------------------------

def gauge(kind, body, ask=True, number=5, marks=0, balance=-2, spare=0):
    size = 31 + len(body)
    body += b"\0" * (size % 2)
    head = struct.pack(">2sBHQ", b"GA", ask << 7 | kind << 2 | spare, (31 + len(body) - 2) // 2,
                       marks) + struct.pack("<Q", number) + struct.pack(">q", balance)
    return head + struct.pack(">H", internet_sum(head + b"\0\0" + body)) + body


def own(directory):
    readings = bytes([2, 1]) + (-2).to_bytes(3, "little", signed=True) + b"\2\1\0\0"
    station = (bytes([2, 0, 0, 0, 0, 9]) + bytes.fromhex("20010db8000000000000000000000009") +
               "H\u00fctte\0".encode() + b"\0\4note" + struct.pack(">I", 1700000000) +
               struct.pack(">Q", (1700000000 + 2208988800) << 32 | 1 << 31) +
               struct.pack("<i", -5121) + struct.pack(">QHI", 7 << 32 | 1, 0xfe85, 1600000000))
    ends = ((CLIENT, 40000, SERVER, 17100), (SERVER, 17100, CLIENT, 40000))
    messages = [
        (0, gauge(1, readings, marks=2**63 | 7 << 32 | 1)), (1, gauge(1, b"\0", False)),
        (0, gauge(2, station, number=2**64 - 1, balance=-2**63)),
        (0, gauge(3, b"unknown", spare=1)), (0, gauge(1, b"\5\1")), (0, gauge(2, station)[:50]),
        (0, b"\4\0\0\0\1an entry"), (0, b"\5\0\0\0\1another version"),
    ]
    packets = [udp(*ends[who], message) for who, message in messages]
    asked = (CLIENT, 40001, SERVER, 69)
    packets += [
        udp(*asked, b"\0\1a-file\0octet\0"),
        udp(SERVER, 33333, CLIENT, 40001, b"\0\3\0\1the file's bytes"),
        udp(CLIENT, 40001, SERVER, 33333, b"\0\4\0\1"),
    ]
    write(directory, "own-udp.pcap", packets)
    stream = Connection(CLIENT, 40000, SERVER, 17101)
    entries = b"".join(struct.pack(">H", 5 + at) + b"\4" + struct.pack(">I", at) + b"x" * at
                       for at in range(20))
    stream.split(0, entries, 7)
    write(directory, "own-tcp.pcap", stream.packets)
    stream = Connection(CLIENT, 40000, SERVER, 17100)
    for who, message in messages[:5]:
        stream.split(who, message, 9)
    write(directory, "own-tcp-length.pcap", stream.packets)


def main():
    if len(sys.argv) != 2:
        sys.exit("captures.py: which directory?")
    os.makedirs(sys.argv[1], exist_ok=True)
    for make in (datagrams, streams, discover, disturbed, joined, names, own):
        make(sys.argv[1])


main()
