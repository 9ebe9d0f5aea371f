# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tests of pfgcap share: running it, and counting what is not as it should be."""
import json
import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True

BUILD = os.environ.get("PFG_BUILD", "")
PFGCAP = os.path.join(BUILD, "bin", "pfgcap")
failures = 0

if not BUILD or not os.access(PFGCAP, os.X_OK):
    print("skipped: pfgcap is not built (PFG_BUILD)")
    sys.exit(77)

folder = tempfile.mkdtemp(prefix="pfgcap-test.")
os.chdir(folder)
os.environ["TZ"] = "UTC"


def cap(*words, data=None, timeout=60):
    """Runs pfgcap; the result has returncode, stdout, stderr (text)."""
    result = subprocess.run([PFGCAP, *words], input=data, capture_output=True, timeout=timeout)
    result.stdout = result.stdout.decode("utf-8", "replace")
    result.stderr = result.stderr.decode("utf-8", "replace")
    return result


def objects(*words, **more):
    return [json.loads(line) for line in cap(*words, "--json", **more).stdout.splitlines()]


def check(what, good, detail=""):
    global failures
    if not good:
        failures += 1
        print("not as it should be: %s %s" % (what, detail))


def same(what, got, wanted):
    check(what, got == wanted, "\n  got    %r\n  wanted %r" % (got, wanted))


def fails(what, part, *words, status=1, **more):
    """pfgcap fails with one line on the standard error output that has part in it."""
    result = cap(*words, **more)
    lines = result.stderr.splitlines()
    same(what + ": status", result.returncode, status)
    check(what + ": one line", len(lines) == 1, repr(lines))
    check(what + ": says why", part in result.stderr, result.stderr)
    return result


def end():
    os.chdir("/")
    shutil.rmtree(folder)
    sys.exit(1 if failures else 0)
