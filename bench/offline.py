# SPDX-License-Identifier: GPL-2.0-or-later
"""scripts/bench offline: reading a capture, by packets a second of CPU time."""
import os
import subprocess
import sys

from measure import BENCH, Child, cpu, median, program, show_table, shown

PACKETS = 2_000_000
PART = 200_000  # of these, from the first on, for who is slow
FIELDS = ["frame.number", "ip.src", "ip.dst", "udp.dstport", "pfg_dns.qry.name"]


def capture(name, packets):
    """The capture of that many packets; made again where the generator is newer."""
    path = BENCH / name
    maker = program("bench_capture")
    if path.exists() and path.stat().st_mtime > os.stat(maker).st_mtime:
        return str(path)
    BENCH.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    with open(part, "wb") as file:
        subprocess.run([maker, "mixed", str(packets)], stdout=file, check=True)
    part.rename(path)
    return str(path)


def cases(whole, part):
    """What is compared: name, wanted ratio, our command, the other's, and its packets."""
    ours = [program("pfgcap"), "-r", whole]
    tshark = ["tshark", "-n", "-r", part]
    tcpdump = ["tcpdump", "-Z", "root", "-n", "-r", whole]
    fields = [word for field in FIELDS for word in ("-e", field.replace("pfg_dns", "dns"))]
    return [
        ("text, tshark", 12, ours, tshark, PART),
        ("text, tcpdump", 25, ours, tcpdump, PACKETS),
        ("--json, tshark -T ek", 150, ours + ["--json"], tshark + ["-T", "ek"], PART),
        ("--fields, tshark -T fields", 30, ours + ["--fields", ",".join(FIELDS)],
         tshark + ["-T", "fields"] + fields, PART),
        ("--summary, tcpdump -w", 0.4, ours + ["--summary"],
         tcpdump + ["-w", "/dev/null"], PACKETS),
    ]


def rate(packets, seconds):
    return packets / max(seconds, 0.001)


def main(runs):
    whole = capture("mixed.pcap", PACKETS)
    part = capture("mixed-part.pcap", PART)
    Child(["cat", whole, part]).end()  # into the page cache
    rows = [("what, beside what", "packets/s", "the other's", "ratio", "wanted")]
    commands = []
    for name, wanted, ours, theirs, packets in cases(whole, part):
        ours_s, theirs_s = [], []
        for _ in range(runs):
            ours_s.append(cpu(ours))
            theirs_s.append(cpu(theirs))
        a, b = rate(PACKETS, median(ours_s)), rate(packets, median(theirs_s))
        rows.append((name, f"{a:,.0f}", f"{b:,.0f}", f"{a / b:.2f}", f"{wanted:g}"))
        commands.append(f"{name}:\n    {shown(ours)}\n    {shown(theirs)}")
        print(f"measured: {name}", file=sys.stderr)
    print(f"Packets a second of CPU time (user and system), output to /dev/null, medians of {runs} "
          f"run(s) in turn.\n{whole.split('/')[-1]} has {PACKETS:,} packets, mixed-part.pcap the "
          f"first {PART:,} of them.\n")
    show_table(rows)
    print("\n" + "\n".join(commands))


main(int(sys.argv[1]))
