#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# signed.sh DIRECTORY ADDRESS PORT: writes knot.conf and the zone example.com into DIRECTORY, for
# knot to sign (DNSSEC, NSEC3) and serve: knotd -c DIRECTORY/knot.conf
set -eu
directory=$1 address=$2 port=$3

"$(dirname "$(readlink -f "$0")")/nameserver.sh" "$directory" "$address"
cat >"$directory/knot.conf" <<CONF
server:
    rundir: "$directory"
    listen: $address@$port
database:
    storage: "$directory"
log:
  - target: stderr
    any: warning
policy:
  - id: small
    algorithm: ecdsap256sha256
    nsec3: on
    nsec3-iterations: 0
template:
  - id: default
    storage: "$directory"
    journal-content: none
    zonefile-sync: -1
    zonefile-load: whole
    dnssec-signing: on
    dnssec-policy: small
zone:
  - domain: example.com
    file: example.com.zone
CONF
