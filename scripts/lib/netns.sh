# SPDX-License-Identifier: GPL-2.0-or-later
# Private networks for the scripts of this tree: two hosts and a cable, in namespaces that vanish
# with the script. Nothing here touches the machine's own network. Source it after shell.sh.
#
#   pfg_enter_netns "$0" "$@"   runs the script again inside namespaces of its own (first thing)
#   pfg_make_pair               left: va 10.99.0.1, right: vb 10.99.0.2; also fd00:99::1 and ::2
#   pfg_right COMMAND …         runs a command on the right host; the script itself is the left one
#   pfg_start NAME COMMAND …    runs a command in the background, its output in $pfg_tmp/NAME.log
#   pfg_stop NAME [SIGNAL]      ends it and waits for it
#   pfg_wait_for SECONDS COMMAND …   tries a command until it succeeds
# shellcheck shell=bash

# pfg_can_netns: whether this user may make namespaces; otherwise prints why not.
pfg_can_netns() {
    if unshare --map-root-user --net --mount true 2>/dev/null; then
        return 0
    fi
    [ "$(id -u)" = 0 ] && unshare --net --mount true 2>/dev/null && return 0
    echo "network namespaces cannot be made here (unshare -rn fails: user namespaces are off)"
    return 1
}

# pfg_enter_netns SCRIPT ARGS…: returns inside the namespaces; outside it becomes the script again.
# Status 77 (skipped) with the reason where that is not possible.
pfg_enter_netns() {
    local why user=(--map-root-user)
    if [ "${PFG_IN_NETNS:-}" = "$$" ]; then
        pfg_tmp=$(mktemp -d "${TMPDIR:-/tmp}/pfg-netns.XXXXXX") || exit 1
        pfg_pids=()
        trap pfg_leave_netns EXIT
        trap 'exit 130' INT TERM
        ip link set lo up
        return 0
    fi
    why=$(pfg_can_netns) || {
        echo "skipped: $why"
        exit 77
    }
    unshare "${user[@]}" true 2>/dev/null || user=()
    exec unshare "${user[@]}" --net --mount --kill-child \
        sh -c 'PFG_IN_NETNS=$$ exec "$@"' sh "$@"
}

pfg_leave_netns() {
    local status=$? pid
    trap - EXIT
    for pid in "${pfg_pids[@]}"; do
        kill "$pid" 2>/dev/null || true
    done
    for pid in "${pfg_pids[@]}"; do
        wait "$pid" 2>/dev/null || true
    done
    rm -rf "$pfg_tmp"
    exit "$status"
}

pfg_make_pair() {
    unshare --net sleep infinity &
    pfg_right_pid=$!
    pfg_pids+=("$pfg_right_pid")
    pfg_wait_for 5 pfg_apart || pfg_fail "the second namespace does not come up"
    ip link add va type veth peer name vb netns "$pfg_right_pid"
    ip address add 10.99.0.1/24 broadcast 10.99.0.255 dev va
    ip -6 address add fd00:99::1/64 dev va nodad
    ip link set va up
    pfg_right ip link set lo up
    pfg_right ip address add 10.99.0.2/24 broadcast 10.99.0.255 dev vb
    pfg_right ip -6 address add fd00:99::2/64 dev vb nodad
    pfg_right ip link set vb up
    pfg_wait_for 5 pfg_up || pfg_fail "the cable between the namespaces does not come up"
}

# pfg_up: whether the kernel has seen the cable at both ends; what is sent before is lost.
pfg_up() {
    [[ $(ip -o link show dev va) = *" state UP "* &&
        $(pfg_right ip -o link show dev vb) = *" state UP "* ]]
}

# pfg_apart: whether the right host has a namespace of its own yet.
pfg_apart() {
    [ "$(readlink /proc/self/ns/net)" != "$(readlink "/proc/$pfg_right_pid/ns/net")" ]
}

pfg_right() {
    nsenter --net="/proc/$pfg_right_pid/ns/net" "$@"
}

# The process that pfg_start notes is the command itself: nsenter and the like become it.
declare -A pfg_started=()
pfg_start() {
    local name=$1
    shift
    if [ "$1" = pfg_right ]; then
        shift
        set -- nsenter --net="/proc/$pfg_right_pid/ns/net" "$@"
    fi
    "$@" >"$pfg_tmp/$name.log" 2>&1 &
    pfg_started[$name]=$!
    pfg_pids+=("$!")
}

pfg_stop() {
    local pid=${pfg_started[$1]} status=0
    kill "-${2:-TERM}" "$pid" 2>/dev/null
    wait "$pid" || status=$?
    return "$status"
}

pfg_wait_for() {
    local end=$((SECONDS + $1 + 1))
    shift
    until "$@"; do
        [ "$SECONDS" -lt "$end" ] || return 1
        sleep 0.05
    done
}
