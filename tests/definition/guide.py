#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs the commands of a page of documentation and compares what they print.

    guide.py PAGE FOLDER

The commands are the blocks marked sh; all are run by one shell in FOLDER, which stops at the first
that fails. The block marked text that comes behind one, before the next, is what it prints. Blanks at
the ends of lines do not count. Exit status: 0 all as it is written.
"""

import re
import subprocess
import sys


def blocks(page):
    """(commands, what they print or None, line) of each block of commands."""
    found = []
    with open(page, encoding="utf-8") as file:
        text = file.read()
    for block in re.finditer(r"^```(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        line = text.count("\n", 0, block.start()) + 1
        if block[1] == "sh":
            found.append([block[2], None, line])
        elif block[1] == "text" and found and found[-1][1] is None:
            found[-1][1] = block[2]
    return found


def lines(text):
    return [line.rstrip() for line in text.rstrip("\n").split("\n")]


def main():
    page, folder = sys.argv[1:3]
    wrong, all_blocks = 0, blocks(page)
    marks = "".join("%s\necho guide-mark\n" % commands for commands, _, _ in all_blocks)
    done = subprocess.run(["bash", "-eu", "-c", marks], cwd=folder, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=280, check=False)
    parts = done.stdout.decode().split("guide-mark\n")
    for (_, expected, line), printed in zip(all_blocks, parts):
        if lines(printed) != lines(expected or ""):
            wrong += 1
            print("%s, line %d: expected\n%s\nprinted\n%s" % (page, line, expected, printed))
    if done.returncode != 0:
        print("%s: the commands of line %d failed, exit status %d\n%s" % (
            page, all_blocks[len(parts) - 1][2], done.returncode, done.stderr.decode()[-2000:]))
        wrong += 1
    print("%d blocks of commands run, %d differ" % (len(all_blocks), wrong))
    return 1 if wrong or not all_blocks else 0


sys.exit(main())
