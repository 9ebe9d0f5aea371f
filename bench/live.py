# SPDX-License-Identifier: GPL-2.0-or-later
"""scripts/bench live: capturing to a file what a fast sender sends, by CPU time a packet."""
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

from measure import Child, median, program, show_table, shown

SECONDS = 3
BUFFER_KIB = 65536  # the same for both: what is lost is not to be a matter of defaults


def flood(interface):
    """Sends; returns how many packets."""
    command = [program("bench_flood"), interface, str(SECONDS)]
    output = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout
    return int(output.split()[0])


def wait_for(path, word):
    end = time.monotonic() + 10
    while word not in path.read_text():
        if time.monotonic() > end:
            sys.exit("it does not begin: " + path.read_text())
        time.sleep(0.02)


def run(command, folder, where):
    """One capture: seconds of CPU, packets written, packets sent."""
    log = Path(folder) / "log"
    with open(log, "w") as file:
        child = Child(where + command, stderr=file)
    wait_for(log, "listening on")
    sent = flood("va")
    time.sleep(0.3)
    child.process.send_signal(signal.SIGINT)
    seconds = child.end()
    written = re.search(r"(\d+) (packets captured|written)", log.read_text())
    return seconds, int(written.group(1)), sent


def main(runs, folder, right):
    file = folder + "/capture.pcap"
    where = ["nsenter", "--net=/proc/" + right + "/ns/net"]
    ours = [program("pfgcap"), "-i", "vb", "-B", str(BUFFER_KIB), "-w", file]
    theirs = ["tcpdump", "-Z", "root", "-i", "vb", "-B", str(BUFFER_KIB), "-w", file]
    results = {"pfgcap": [], "tcpdump": []}
    for _ in range(runs):
        results["pfgcap"].append(run(ours, folder, where))
        results["tcpdump"].append(run(theirs, folder, where))
    rows = [("who", "ns of CPU a packet", "packets written", "of packets sent")]
    cost = {}
    for name, got in results.items():
        cost[name] = median([seconds / packets * 1e9 for seconds, packets, _ in got])
        written, sent = sum(entry[1] for entry in got), sum(entry[2] for entry in got)
        rows.append((name, f"{cost[name]:.0f}", f"{written:,}", f"{100 * written / sent:.3f} %"))
    print(f"Medians of {runs} run(s) of {SECONDS} s in turn, one sending thread.\n")
    show_table(rows)
    print(f"\nratio: {cost['pfgcap'] / cost['tcpdump']:.2f} (wanted: at most 1.1)\n")
    for command in (ours, theirs):
        print("    " + shown(command).replace(file, "FILE"))


main(int(sys.argv[1]), sys.argv[2], sys.argv[3])
