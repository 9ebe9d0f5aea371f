#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""cap_columns.py PFGCAP FILE [WORD OF TSHARK]...: the same capture through pfgcap --fields and
through tshark -T fields; every column of every packet is to be the same."""
import re
import subprocess
import sys


def same(value):
    return value


def number(value):
    """tshark writes flags and identifiers in hexadecimal digits."""
    return ",".join(str(int(part, 0)) for part in value.split(",") if part)


def name(value):
    """tshark calls the root so; without escapes the case and the rest are equal."""
    return value.replace("<Root>", ".").lower()


def eights(value):
    """tshark leaves the offset in units of eight bytes."""
    return str(8 * int(value or 0))


def same_texts(our, their):
    return our == their


def sorted_names(names):
    return sorted(re.sub(r"^_[^.]*\._[^.]*\.", "", part) for part in names.split(",") if part)


def same_names(our, their):
    """tshark keeps the names of SRV records in a field of their own, without service and protocol,
    so neither these nor the order can be compared."""
    return sorted_names(our) == sorted_names(their)


def same_types(our, their):
    """tshark tells the types in the bitmaps of NSEC and NSEC3 records by the same field."""
    parts = iter(their.split(","))
    if not {"47", "50"} & set(our.split(",")):
        return our == their
    return all(part in parts for part in our.split(","))


def same_in_replies(our, their):
    """tshark does not tell the code of a question."""
    return their == "" or our == their


# Ours, tshark's, what makes ours and theirs comparable, and how they are compared.
COLUMNS = [
    ("frame.number", "frame.number", same), ("frame.len", "frame.len", same),
    ("eth.src", "eth.src", same), ("eth.dst", "eth.dst", same),
    ("ip.src", "ip.src", same), ("ip.dst", "ip.dst", same), ("ip.ttl", "ip.ttl", same),
    ("ip.id", "ip.id", number), ("ip.frag_offset", "ip.frag_offset", eights),
    ("ip6.src", "ipv6.src", same), ("ip6.dst", "ipv6.dst", same),
    ("udp.srcport", "udp.srcport", same), ("udp.dstport", "udp.dstport", same),
    ("udp.length", "udp.length", same),
    ("tcp.srcport", "tcp.srcport", same), ("tcp.dstport", "tcp.dstport", same),
    ("tcp.seq_raw", "tcp.seq_raw", same), ("tcp.ack_raw", "tcp.ack_raw", same),
    ("eth.addr", "eth.addr", same), ("ip.addr", "ip.addr", same), ("ipv6.addr", "ipv6.addr", same),
    ("udp.port", "udp.port", same), ("tcp.port", "tcp.port", same),
    ("tcp.len", "tcp.len", same), ("tcp.flags", "tcp.flags", number),
    ("tcp.window", "tcp.window_size_value", same),
    ("pfg_dns.id", "dns.id", number), ("pfg_dns.flags", "dns.flags", number),
    ("pfg_dns.flags_bits.rcode", "dns.flags.rcode", same, same_in_replies),
    ("pfg_dns.flags_bits.opcode", "dns.flags.opcode", same),
    ("pfg_dns.qdcount", "dns.count.queries", same),
    ("pfg_dns.ancount", "dns.count.answers", same),
    ("pfg_dns.nscount", "dns.count.auth_rr", same),
    ("pfg_dns.arcount", "dns.count.add_rr", same),
    ("pfg_dns.qry.name", "dns.qry.name", name), ("pfg_dns.qry.type", "dns.qry.type", number),
    ("pfg_dns.qry.class", "dns.qry.class", number),
    ("pfg_dns.rr.name", "dns.resp.name dns.srv.name", name, same_names),
    ("pfg_dns.rr.type", "dns.resp.type", number, same_types),
    ("pfg_dns.rr.rdlength", "dns.resp.len", same),
    ("pfg_dns.a", "dns.a", same), ("pfg_dns.aaaa", "dns.aaaa", same),
]


def lines(command):
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False,
                            text=True)
    if result.returncode != 0:
        sys.exit("this failed: %s\n%s" % (" ".join(command), result.stderr))
    return [line.split("\t") for line in result.stdout.splitlines()]


def ours_of(pfgcap, path):
    return lines([pfgcap, "-r", path, "--fields", ",".join(column[0] for column in COLUMNS)])


def theirs_of(path, words):
    """A column of ours may be several of tshark's."""
    names = [column[1].split() for column in COLUMNS]
    rows = lines(["tshark", "-n", "-r", path, "-T", "fields"] + words +
                 [word for group in names for each in group for word in ("-e", each)])
    for row in rows:
        cells = iter(row)
        yield [",".join(filter(None, (next(cells) for _ in group))) for group in names]


def differences(number, our_row, their_row):
    for column, our, their in zip(COLUMNS, our_row, their_row):
        plain = column[2]
        alike = column[3] if len(column) > 3 else same_texts
        if plain is eights and not our:
            continue
        if not alike(our if plain is eights else plain(our), plain(their)):
            yield "packet %d: %s %r, %s %r" % (number, column[0], our, column[1], their)


def main(pfgcap, path, words):
    ours, theirs = ours_of(pfgcap, path), list(theirs_of(path, words))
    faults = []
    if len(ours) != len(theirs):
        faults.append("%d packets, tshark has %d" % (len(ours), len(theirs)))
    for packet, (our_row, their_row) in enumerate(zip(ours, theirs), 1):
        faults += differences(packet, our_row, their_row)
    for fault in faults[:10]:
        print(fault[:160])
    filled = sum(any(row[i] for row in ours) for i in range(len(COLUMNS)))
    print("%d packets, %d of %d columns have values, %d differ" %
          (len(ours), filled, len(COLUMNS), len(faults)))
    return 1 if faults else 0


sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
