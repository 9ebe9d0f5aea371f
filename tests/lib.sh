# SPDX-License-Identifier: GPL-2.0-or-later
# What all tests written in bash share: noting what is wrong and going on. Source it; end with finish.
#
#   skip REASON                 this cannot be tested here: status 77
#   need PROGRAM…               skips the test where a program is missing
#   fail WHAT [LINE…]           counts a failure, and tells of it
#   check WHAT COMMAND …        the same where COMMAND fails
#   is WHAT GOT WANTED          the same where the texts differ
#   contains WHAT TEXT WORDS    the same where TEXT does not have the words somewhere
#   has WHAT TEXT PATTERN       the same where no line of TEXT matches the extended PATTERN
#   finish                      ends the test: status 1 where something failed
# shellcheck shell=bash
failures=0

skip() {
    echo "skipped: $*"
    exit 77
}

need() {
    local name
    for name in "$@"; do
        command -v "$name" >/dev/null || skip "there is no program $name; run scripts/deps"
    done
}

fail() {
    failures=$((failures + 1))
    printf 'FAILED: %s\n' "$1"
    shift
    [ $# = 0 ] || printf '    %s\n' "$@"
}

check() {
    local what=$1
    shift
    "$@" || fail "$what" "$*"
}

is() {
    [ "$2" = "$3" ] || fail "$1" "got:    $2" "wanted: $3"
}

contains() {
    case $2 in
    *"$3"*) ;;
    *) fail "$1" "wanted somewhere: $3" "in: $2" ;;
    esac
}

has() {
    grep -q -E -e "$3" <<<"$2" || fail "$1" "wanted a line like: $3" "in: $2"
}

finish() {
    if [ "$failures" != 0 ]; then
        echo "$failures failed"
        exit 1
    fi
    echo "all passed"
    exit 0
}
