# SPDX-License-Identifier: GPL-2.0-or-later
"""What the live tests of pfgpeer share: a network namespace of their own, a server in it, and
frames laid down by hand from the specification, not by the code under test."""

import ctypes
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import time

ECHO, TIME, COMMAND, DISCOVER, RECORD, BYE = range(1, 7)
REPLY, ERROR, MORE, CHECKED = 0x80, 0x40, 0x20, 0x10
MALFORMED, UNKNOWN_TYPE, TOO_LONG, BAD_CHECKSUM, REFUSED = range(1, 6)
HEADER = struct.Struct(">3sBBBHIIQI")
MIB = 1 << 20
UDP_PORT, TCP_PORT, ECHO_PORT = 9434, 65432, 7007


def skip(why):
    print("skipped:", why)
    sys.exit(77)


def enter_namespace():
    """Runs the calling script anew in a network namespace of its own, where its packets can reach
    nobody. Returns there, with the loopback interface up."""
    if os.environ.get("PFG_OWN_NAMESPACE") != str(os.getpid()):
        ways = [["unshare", "-rn"]] + ([["unshare", "-n"]] if os.getuid() == 0 else [])
        for way in ways:
            if subprocess.run([*way, "true"], stderr=subprocess.DEVNULL).returncode == 0:
                os.environ["PFG_OWN_NAMESPACE"] = str(os.getpid())  # exec keeps the number
                os.execvp(way[0], [*way, "/usr/bin/python3", *sys.argv])
        skip("network namespaces cannot be made here (unshare -rn fails)")
    run("ip", "link", "set", "lo", "up")


def _die_with_parent():
    """In a child: ends it when this script ends, however that may be."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def run(*words, **more):
    return subprocess.run(words, check=True, **more)


def program():
    path = os.path.join(os.environ.get("PFG_BUILD", "build/dev"), "bin", "pfgpeer")
    if not os.path.exists(path):
        skip("pfgpeer is not built")
    return path


class Server:
    """pfgpeer serve; use with `with`. listening: what it printed of its sockets."""

    def __init__(self, *options, prefix=()):
        read_end, write_end = os.pipe()
        self.process = subprocess.Popen(
            [*prefix, program(), "serve", "--ready-fd", str(write_end), *options],
            pass_fds=[write_end], preexec_fn=_die_with_parent, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True)
        os.close(write_end)
        select.select([read_end], [], [], 10)
        ready = os.read(read_end, 100)
        os.close(read_end)
        if ready != b"ready\n":
            self.process.kill()
            raise AssertionError("not ready: " + self.process.communicate()[1])
        self.out = self.err = ""

    def stop(self):
        """Ends the server; out and err are what it said. Its exit status must be 0."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
            self.out, self.err = self.process.communicate(timeout=20)
            assert self.process.returncode == 0, (self.process.returncode, self.err)

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        if kind is None:
            self.stop()
        elif self.process.poll() is None:
            self.process.kill()
            out, err = self.process.communicate()
            print(out, err)


def ask(*words, timeout=30):
    """pfgpeer ask: (exit status, stdout, stderr)."""
    done = subprocess.run([program(), "ask", *words], capture_output=True, text=True,
                          timeout=timeout)
    return done.returncode, done.stdout, done.stderr


def _crc_table():
    table = []
    for i in range(256):
        for _ in range(8):
            i = i >> 1 ^ (0x82F63B78 if i & 1 else 0)
        table.append(i)
    return table


CRC_TABLE = _crc_table()


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ CRC_TABLE[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF


def frame(kind, body=b"", flags=0, session=0x1234, seq=7, length=None, version=1):
    length = len(body) if length is None else length
    plain = HEADER.pack(b"pfg", version, kind, flags, session, seq, length, 0, 0) + body
    if not flags & CHECKED:
        return plain
    return plain[:24] + struct.pack(">I", crc32c(plain)) + plain[28:]


class Message:
    def __init__(self, data):
        (magic, version, self.kind, self.flags, self.session, self.seq, length, self.timestamp,
         checksum) = HEADER.unpack(data[:28])
        self.body = data[28:]
        assert magic == b"pfg" and version == 1 and length == len(self.body), data[:40]
        if self.flags & CHECKED:
            assert checksum == crc32c(data[:24] + bytes(4) + data[28:])
        else:
            assert checksum == 0

    def code(self):
        assert self.flags & REPLY and self.flags & ERROR, self.flags
        return struct.unpack(">H", self.body[:2])[0]


def frames_of(data):
    """The frames in a datagram."""
    found = []
    while data:
        size = 28 + HEADER.unpack(data[:28])[6]
        found.append(Message(data[:size]))
        data = data[size:]
    return found


def read_exactly(sock, size):
    parts = []
    while size:
        part = sock.recv(min(size, 1 << 16))
        if not part:
            raise EOFError
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def read_frame(sock):
    header = read_exactly(sock, 28)
    return Message(header + read_exactly(sock, HEADER.unpack(header)[6]))


def connect(host="127.0.0.1", port=TCP_PORT, timeout=10):
    return socket.create_connection((host, port), timeout=timeout)


def at_end(sock):
    """Whether the other end has closed, after all that was sent is read."""
    try:
        return sock.recv(1) == b""
    except ConnectionResetError:
        return True


def check_kinds(exchange, v4_address=b"\x7f\0\0\1"):
    """Every kind of message, asked with exchange(bytes) -> Message."""
    for flags in (0, CHECKED):
        got = exchange(frame(ECHO, b"Hello, world", flags))
        assert (got.kind, got.flags, got.session, got.seq) == (ECHO, REPLY | flags, 0x1234, 7)
        assert got.body == b"Hello, world" and got.timestamp
        got = exchange(frame(TIME, b"abc", flags))
        clock, size = struct.unpack(">QB", got.body[:9])
        assert abs(clock / 1e9 - time.time()) < 5
        assert got.body[9:9 + size].decode() == time.ctime(clock // 10**9)
        assert got.body[9 + size:] == b"abc"
        assert exchange(frame(COMMAND, b"ping", flags)).body == b"\0\0ok"
        assert exchange(frame(COMMAND, b"whoami", flags)).body == b"\0\0tester"
        status = exchange(frame(COMMAND, b"/bin/sh -c id", flags)).body[:2]
        assert status != b"\0\0"
        for service in (b"*", b"thing"):
            got = exchange(frame(DISCOVER, bytes([len(service)]) + service, flags)).body
            assert got == v4_address + struct.pack(">H", TCP_PORT) + b"\5thing\6tester", got
        record = b"\3hiq" + struct.pack("<hxxiq", 12, 23, 451312)
        assert exchange(frame(RECORD, record, flags)).body == record
        assert exchange(frame(99, b"?", flags)).code() == UNKNOWN_TYPE
        assert exchange(frame(RECORD, b"\3hiq123", flags)).code() == MALFORMED
        assert exchange(frame(DISCOVER, b"\x20short", flags)).code() == MALFORMED
    damaged = bytearray(frame(ECHO, b"Hello", CHECKED))
    damaged[-1] ^= 1
    assert exchange(bytes(damaged)).code() == BAD_CHECKSUM
    assert exchange(frame(BYE)).body == b""
