# SPDX-License-Identifier: GPL-2.0-or-later
# What the live tests of pfgcap share: a fast sender, captures beside it, and counting what is in a
# file without our own code. Source it after live_begin.
#
#   quiet_pair                  nothing but what is sent crosses the cable
#   flood SECONDS [PACKETS]     sends from the left; $sent is how many packets the kernel took
#   begin_capture NAME WORDS…   pfgcap WORDS… on the right, its output in $pfg_tmp/NAME.out
#   end_capture NAME [SIGNAL]   ends it; its status in $status, what it said in $said
#   figure WORD                 the number that stands before WORD in $said
#   optimised                   whether this build is; others are too slow for the fastest sender
# shellcheck shell=bash disable=SC2034,SC2154
bench_flood=$(live_program bench_flood)
sent=0
status=0
said=

quiet_pair() {
    sysctl -q -w net.ipv6.conf.va.disable_ipv6=1
    pfg_right sysctl -q -w net.ipv6.conf.vb.disable_ipv6=1
}

flood() {
    sent=$("$bench_flood" va "$@") || fail "the sender" "$sent"
    echo "sent: $sent"
    sent=${sent%% *}
}

begin_capture() {
    local name=$1
    shift
    rm -f "$pfg_tmp/$name.err" # what an earlier one of the name said is no sign of this one
    nsenter --net="/proc/$pfg_right_pid/ns/net" "$pfgcap" "$@" \
        >"${capture_out:-$pfg_tmp/$name.out}" 2>"$pfg_tmp/$name.err" &
    pfg_started["$name"]=$!
    pfg_pids+=("$!")
    pfg_wait_for 10 grep -q -s 'listening on' "$pfg_tmp/$name.err" ||
        pfg_fail "$name does not listen: $(cat "$pfg_tmp/$name.err")"
}

end_capture() {
    status=0
    pfg_stop "$1" "${2:-INT}" 2>/dev/null || status=$?
    said=$(<"$pfg_tmp/$1.err")
}

figure() {
    grep -o -E "[0-9]+ $1" <<<"$said" | tail -n 1 | cut -d' ' -f1
}

optimised() {
    grep -q -E '^CMAKE_BUILD_TYPE:[A-Z]+=Rel' "$(pfg_build_with CMakeCache.txt)/CMakeCache.txt"
}
