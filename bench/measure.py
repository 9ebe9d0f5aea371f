# SPDX-License-Identifier: GPL-2.0-or-later
"""Running commands and their CPU time, for offline.py and live.py."""
import os
import shlex
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "profiled"
BENCH = ROOT / "build" / "bench"


def program(name):
    return str(BUILD / "bin" / name)


def shown(command):
    """A command as it can be typed in the folder of the sources."""
    return shlex.join(word.replace(str(ROOT) + "/", "") for word in command)


class Child:
    """A process whose user and system time is known when it has ended."""

    def __init__(self, command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL):
        # A home without settings: what a user has set must not decide the comparison.
        environment = dict(os.environ, HOME="/nonexistent", LC_ALL="C")
        self.command = command
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=stdout,
                                        stderr=stderr, env=environment)

    def end(self):
        """Waits. Returns seconds of CPU."""
        _, status, usage = os.wait4(self.process.pid, 0)
        self.process.returncode = os.waitstatus_to_exitcode(status)
        if self.process.returncode != 0:
            sys.exit("this failed: " + shown(self.command))
        return usage.ru_utime + usage.ru_stime


def cpu(command):
    return Child(command).end()


def median(values):
    return statistics.median(values)


def show_table(rows):
    """Rows of texts; the first is the head."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:])]
        print("  ".join(cells).rstrip())
