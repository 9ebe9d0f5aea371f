# SPDX-License-Identifier: GPL-2.0-or-later
# What the plugin's tests share. Source it: it makes the captures in $folder, which goes at the end.
# shellcheck shell=bash
set -u

source_dir=${PFG_SOURCE:-$(readlink -f "$(dirname "${BASH_SOURCE[0]}")/../..")}
tests=$source_dir/tests/dissector
# shellcheck source=../lib.sh
. "$source_dir/tests/lib.sh"

need tshark
[ -x /usr/bin/python3 ] || skip "python3 is not installed"
compgen -G "${PFG_BUILD:-$source_dir/build/*}/plugins/*/epan/pfg.so" >/dev/null ||
    skip "the plugin is not built"

folder=$(mktemp -d "${TMPDIR:-/tmp}/pfg-dissector.XXXXXX") || exit 1
trap 'rm -rf "$folder"' EXIT
/usr/bin/python3 "$tests/captures.py" "$folder" || exit 1

# shark ARGUMENTS: tshark with the plugin; faults of dissectors end it.
shark() {
    WIRESHARK_ABORT_ON_DISSECTOR_BUG=1 "$source_dir/scripts/with-plugin" tshark "$@" 2>"$folder/errors" ||
        { echo "tshark $*: exit status $?"; cat "$folder/errors"; return 1; }
}

# packets CAPTURE FILTER [ARGUMENTS]: the numbers of the packets that pass, in one line.
packets() {
    local capture=$1 filter=$2
    shift 2
    shark -r "$folder/$capture" -Y "$filter" -T fields -e frame.number "$@" | tr '\n' ' ' |
        sed 's/ $//'
}
