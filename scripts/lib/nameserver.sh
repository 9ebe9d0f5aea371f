#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# nameserver.sh DIRECTORY ADDRESS: writes nsd.conf and the zone example.com into DIRECTORY, for nsd
# to serve at ADDRESS and on loopback, as whoever starts it, touching nothing else:
#   nsd -d -c DIRECTORY/nsd.conf
set -eu
directory=$1 address=$2

cat >"$directory/nsd.conf" <<CONF
server:
  ip-address: $address
  ip-address: 127.0.0.1
  username: ""
  zonesdir: "$directory"
  pidfile: ""
  database: ""
  zonelistfile: "$directory/zone.list"
  xfrdfile: "$directory/xfrd.state"
  xfrdir: "$directory"
  cookie-secret-file: ""
  server-count: 1
remote-control:
  control-enable: no
zone:
  name: example.com
  zonefile: example.com.zone
CONF

cat >"$directory/example.com.zone" <<ZONE
\$ORIGIN example.com.
\$TTL 3600
@       IN SOA   ns hostmaster 2026112000 7200 3600 1209600 300
        IN NS    ns
        IN MX    10 mail
        IN MX    20 mail.example.net.
        IN TXT   "pfg" "a second string; with a \"quote\""
        IN CAA   0 issue "ca.example.net"
ns      IN A     $address
www     IN A     $address
        IN A     192.0.2.80
        IN AAAA  2001:db8::80
mail    IN A     192.0.2.25
alias   IN CNAME www
_sip._udp IN SRV 10 60 5060 www
sip     IN NAPTR 100 10 "s" "SIP+D2U" "" _sip._udp
web     IN HTTPS 1 . alpn="h2,h3" ipv4hint=192.0.2.80
        IN SVCB  0 www
_443._tcp IN TLSA 3 1 1 0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20
80.2.0.192.in-addr IN PTR www
odd     IN TYPE65400 \# 4 01020304
big     IN TXT   "$(printf 'a%.0s' {1..250})" "$(printf 'b%.0s' {1..250})" "$(printf 'c%.0s' {1..250})"
        IN TXT   "$(printf 'd%.0s' {1..250})" "$(printf 'e%.0s' {1..250})" "$(printf 'f%.0s' {1..250})"
ZONE
