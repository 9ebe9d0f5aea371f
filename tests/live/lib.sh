# SPDX-License-Identifier: GPL-2.0-or-later
# What the live tests written in bash share. Begin a test with:
#
#   . "$(dirname "$(readlink -f "$0")")/lib.sh"
#   live_begin "$0" "$@"        own namespaces: left (the script) va 10.99.0.1, right vb 10.99.0.2,
#                               fd00:99::1 and ::2; see scripts/lib/netns.sh
#   live_need nsd dig           skips the test (status 77) where a program is missing
#
# and end it with live_end. Between:
#
#   check WHAT COMMAND …        counts a failure, and tells of it, where COMMAND fails
#   is WHAT GOT WANTED          the same where the texts differ
#   has WHAT TEXT PATTERN       the same where no line of TEXT matches the extended PATTERN
#   status_is WHAT N COMMAND …  the same where COMMAND does not exit with N; its output is in $out
#                               and $err
#   sniff NAME IFACE [right]    python writes the frames that come by IFACE, hex, into
#                               $pfg_tmp/NAME.frames
#   frames NAME [PATTERN]       prints them, those that match the extended PATTERN
#   wait_frame SECONDS NAME PATTERN   until there is one
#
# Programs: $pfgsend, $pfgcap, $pfgpeer.
# shellcheck shell=bash disable=SC2034,SC2154
set -u
live_here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
PFG_SOURCE=${PFG_SOURCE:-$(dirname "$(dirname "$live_here")")}
# shellcheck source=../../scripts/lib/shell.sh
. "$PFG_SOURCE/scripts/lib/shell.sh"
# shellcheck source=../../scripts/lib/netns.sh
. "$PFG_SOURCE/scripts/lib/netns.sh"

live_failures=0
out=
err=

# live_program NAME: the path of a program of ours.
live_program() {
    local build
    build=$(pfg_build_with "bin/$1") || {
        echo "skipped: $1 is not built"
        exit 77
    }
    printf '%s\n' "$build/bin/$1"
}

# live_need PROGRAM…: python3 means the system's.
live_need() {
    local name
    for name in "$@"; do
        command -v "$name" >/dev/null && continue
        echo "skipped: there is no program $name; run scripts/deps"
        exit 77
    done
}

live_begin() {
    pfg_enter_netns "$@"
    pfg_make_pair
}

live_end() {
    if [ "$live_failures" != 0 ]; then
        echo "$live_failures failed"
        exit 1
    fi
    echo "all passed"
    exit 0
}

failed() {
    live_failures=$((live_failures + 1))
    printf 'FAILED: %s\n' "$1"
    shift
    [ $# = 0 ] || printf '    %s\n' "$@"
}

check() {
    local what=$1
    shift
    "$@" || failed "$what" "$*"
}

is() {
    [ "$2" = "$3" ] || failed "$1" "got:    $2" "wanted: $3"
}

has() {
    grep -q -E -e "$3" <<<"$2" || failed "$1" "wanted a line like: $3" "in: $2"
}

status_is() {
    local what=$1 wanted=$2 status=0
    shift 2
    "$@" >"$pfg_tmp/out" 2>"$pfg_tmp/err" || status=$?
    out=$(<"$pfg_tmp/out")
    err=$(<"$pfg_tmp/err")
    [ "$status" = "$wanted" ] ||
        failed "$what" "status $status, wanted $wanted: $*" "stdout: $out" "stderr: $err"
}

sniff() {
    local run=(python3 "$live_here/send_peers.py" sniff "$2")
    [ "${3:-}" != right ] || run=(pfg_right "${run[@]}")
    pfg_start "$1.frames" "${run[@]}"
    pfg_wait_for 10 grep -q -s '^ready' "$pfg_tmp/$1.frames.log" || pfg_fail "$1 does not listen"
}

frames() {
    grep -E -e "${2:-.}" "$pfg_tmp/$1.frames.log" | grep -v '^ready'
}

wait_frame() {
    pfg_wait_for "$1" grep -q -E -e "$3" "$pfg_tmp/$2.frames.log"
}
