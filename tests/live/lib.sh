# SPDX-License-Identifier: GPL-2.0-or-later
# What the live tests written in bash share. Begin a test with:
#
#   . "$(dirname "$(readlink -f "$0")")/lib.sh"
#   live_begin "$0" "$@"        own namespaces: left (the script) va 10.99.0.1, right vb 10.99.0.2,
#                               fd00:99::1 and ::2; see scripts/lib/netns.sh
#
# and end it with finish. Between, beside what tests/lib.sh has (need, fail, check, is, has):
#
#   status_is WHAT N COMMAND …  counts a failure where COMMAND does not exit with N; its output is in
#                               $out and $err
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
# shellcheck source=../lib.sh
. "$PFG_SOURCE/tests/lib.sh"

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

live_begin() {
    pfg_enter_netns "$@"
    pfg_make_pair
}

status_is() {
    local what=$1 wanted=$2 status=0
    shift 2
    "$@" >"$pfg_tmp/out" 2>"$pfg_tmp/err" || status=$?
    out=$(<"$pfg_tmp/out")
    err=$(<"$pfg_tmp/err")
    [ "$status" = "$wanted" ] ||
        fail "$what" "status $status, wanted $wanted: $*" "stdout: $out" "stderr: $err"
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
