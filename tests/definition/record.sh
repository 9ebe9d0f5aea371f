#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Records what Debian's programs say in the protocols of examples/: record.sh FOLDER writes
# ntp.pcap (chrony), tftp.pcap (tftpd-hpa, tftp, curl) and artnet.pcap (ola) there. All of it
# happens between two network namespaces of its own, joined by a pair of veth interfaces; nothing
# leaves them, no clock is set. Needs root. Exit status 77: not possible here.
# The functions are called by name.
# shellcheck disable=SC2317
set -u
folder=$(readlink -f "$1") || exit 1
for program in tcpdump chronyd in.tftpd tftp curl olad ola_patch ola_set_dmx; do
    PATH=$PATH:/usr/sbin:/sbin command -v $program >/dev/null ||
        { echo "skipped: there is no $program; see scripts/deps"; exit 77; }
done
export PATH=$PATH:/usr/sbin:/sbin
# Inside, the script is the first process of its own process namespace.
if [ $$ != 1 ]; then
    [ "$(id -u)" = 0 ] || { echo "skipped: servers that give up root need root"; exit 77; }
    unshare -n -m true 2>/dev/null || { echo "skipped: no namespaces here"; exit 77; }
    # The own process namespace ends whatever is left when the script ends.
    exec unshare --net --mount --pid --fork --mount-proc --kill-child "$0" "$folder"
fi
# Whatever went wrong, nothing is sent where an interface is up: in a new namespace none is.
[ -z "$(ip -o link show up)" ] || { echo "this is not a network namespace of its own"; exit 1; }

work=$(mktemp -d /tmp/pfg-record.XXXXXX) && chmod 755 "$work" || exit 1
trap 'rm -rf "$work"' EXIT
unshare --net sleep 120 &
other=$!
there() { nsenter --target $other --net "$@"; }
until [ "$(readlink /proc/$other/ns/net)" != "$(readlink /proc/$$/ns/net)" ]; do sleep 0.05; done
ip link set lo up
ip link add va type veth peer name vb netns $other
ip addr add 10.83.0.1/24 broadcast 10.83.0.255 dev va && ip link set va up
there ip link set lo up
there ip addr add 10.83.0.2/24 broadcast 10.83.0.255 dev vb && there ip link set vb up

# wait_for COMMAND...: until it succeeds, at most five seconds.
wait_for() {
    local left
    for ((left = 100; left > 0; left--)); do
        "$@" >/dev/null 2>&1 && return
        sleep 0.05
    done
    echo "gave up waiting for: $*"
    return 1
}

# record NAME FUNCTION [FILTER]: UDP while the function runs.
record() {
    tcpdump -Z root -i va --immediate-mode -U -w "$work/$1.pcap" "${3:-udp}" 2>"$work/log" &
    local capture=$!
    wait_for grep -q listening "$work/log" || exit 1
    "$2"
    sleep 0.3
    kill $capture
    wait $capture
    cp "$work/$1.pcap" "$folder/$1.pcap"
}

ntp() {
    printf '1 SHA1 HEX:00112233445566778899aabbccddeeff\n' >"$work/keys"
    printf '%s\n' 'local stratum 3' 'allow 10.83.0.0/24' 'cmdport 0' "pidfile $work/pid" \
        "keyfile $work/keys" >"$work/chrony.conf"
    # -x: the clock is not touched.
    there chronyd -x -u root -d -f "$work/chrony.conf" >"$work/chrony.log" 2>&1 &
    local server=$!
    wait_for there sh -c 'ss -H -l -u -n sport = :123 | grep -q .'
    local client=(chronyd -x -u root -t 5)
    "${client[@]}" -Q "server 10.83.0.2 iburst maxsamples 2" "cmdport 0" "pidfile $work/pid2"
    "${client[@]}" -Q "server 10.83.0.2 iburst maxsamples 1 key 1" "keyfile $work/keys" \
        "cmdport 0" "pidfile $work/pid2"
    kill "$server"
    wait "$server"
}

tftp_files() {
    mkdir "$work/files" && chmod 777 "$work/files"
    seq 1 400 >"$work/files/numbers"
    there in.tftpd -L -c -p -u root -a 10.83.0.2:69 -s "$work/files" &
    local server=$!
    wait_for there sh -c 'ss -H -l -u -n sport = :69 | grep -q .'
    cd "$work" || return
    tftp -m octet 10.83.0.2 -c get numbers
    tftp -m octet 10.83.0.2 -c put numbers copy
    tftp 10.83.0.2 -c get nothing
    curl -s --tftp-blksize 600 tftp://10.83.0.2/numbers >curl
    cmp numbers curl && cmp numbers files/copy
    kill "$server"
    wait "$server"
}

# olad as nobody: it refuses root.
ola() {
    mkdir "$work/ola" && chmod 777 "$work/ola"
    printf 'enabled = true\nip = 10.83.0.2\nalways_broadcast = true\nuse_loopback = true\n' \
        >"$work/ola/ola-artnet.conf"
    chmod 666 "$work/ola/ola-artnet.conf"
    local nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups env HOME="$work/ola")
    there "${nobody[@]}" olad --no-http -c "$work/ola" >"$work/olad.log" 2>&1 &
    local server=$!
    wait_for there sh -c 'ss -H -l -t -n sport = :9010 | grep -q .'
    sleep 0.5
    local device
    device=$(there "${nobody[@]}" ola_dev_info | sed -n 's/^Device \([0-9]*\): Art-*Net.*/\1/p')
    there "${nobody[@]}" ola_patch -d "${device:-1}" -p 0 -u 1
    there "${nobody[@]}" ola_set_dmx -u 1 -d 255,128,0,7
    # Another node, or a controller, that asks.
    printf 'Art-Net\0\0\x20\0\x0e\x02\x10' >/dev/udp/10.83.0.2/6454
    sleep 1
    kill "$server"
    wait "$server"
}

record ntp ntp >"$work/out" 2>&1 && record tftp tftp_files >>"$work/out" 2>&1 &&
    record artnet ola "udp port 6454" >>"$work/out" 2>&1
[ -z "${PFG_VERBOSE:-}" ] || grep -h -v Avahi "$work/out" "$work"/*.log
kill $other
exit 0
