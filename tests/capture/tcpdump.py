# SPDX-License-Identifier: GPL-2.0-or-later
"""tcpdump's lines of a file, and ours beside them."""
import re
import shutil
import subprocess
import sys

from cap import cap, check, same

if shutil.which("tcpdump") is None:
    print("skipped: there is no program tcpdump; run scripts/deps")
    sys.exit(77)


def tcpdump(path, *words):
    result = subprocess.run(["tcpdump", "-n", "-r", path, *words], capture_output=True, text=True,
                            check=False)
    check("tcpdump reads " + path, result.returncode == 0, result.stderr)
    return result.stdout.splitlines()


def transport(line):
    """Without the message behind it, which each tells in its own words."""
    return re.sub(r"(, length \d+).*", r"\1", re.sub("  +", " ", line))


def compare(what, path, *words, atleast=1, ours=None):
    """ours: the words for pfgcap, where they are others."""
    theirs = [transport(line) for line in tcpdump(path, "-t", *words)]
    ours = [transport(line) for line in
            cap("-r", path, "-t", "--no-pairs", *(words if ours is None else ours)).stdout.splitlines()]
    check(what + ": there are lines", len(theirs) >= atleast, len(theirs))
    same("%s %s: lines" % (what, words), len(ours), len(theirs))
    for number, (our, their) in enumerate(zip(ours, theirs), 1):
        same("%s %s: line %d" % (what, words, number), our, their)
