# SPDX-License-Identifier: GPL-2.0-or-later
# Helpers for the scripts of this tree. Source it:
#   . "$(dirname "$(readlink -f "$0")")/lib/shell.sh"
# shellcheck shell=bash

pfg_root=$(dirname "$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")")

# Name servers and other daemons stand where an ordinary user's PATH does not look.
case :$PATH: in
*:/usr/sbin:*) ;;
*) export PATH=$PATH:/usr/sbin:/sbin ;;
esac

# pfg_fail MESSAGE: one line on the standard error output, exit status 1.
pfg_fail() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# pfg_build_with FILE: prints the first build directory that has FILE (a path below it, a pattern
# may stand in it): $PFG_BUILD where it is set, else release, dev, clang, asan. Fails silently.
pfg_build_with() {
    local build
    if [ -n "${PFG_BUILD:-}" ]; then
        compgen -G "$PFG_BUILD/$1" >/dev/null && printf '%s\n' "$(readlink -f "$PFG_BUILD")"
        return
    fi
    for build in release dev clang asan; do
        if compgen -G "$pfg_root/build/$build/$1" >/dev/null; then
            printf '%s\n' "$pfg_root/build/$build"
            return 0
        fi
    done
    return 1
}
