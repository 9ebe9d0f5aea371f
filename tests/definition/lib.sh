# SPDX-License-Identifier: GPL-2.0-or-later
# What the tests of the definition share. Source it: $folder is a folder of the test's own, which
# goes at the end.
# shellcheck shell=bash
set -u

source_dir=${PFG_SOURCE:-$(readlink -f "$(dirname "${BASH_SOURCE[0]}")/../..")}
# shellcheck source=../lib.sh
. "$source_dir/tests/lib.sh"
examples="examples/ntp.h;examples/tftp.h;examples/artnet.h"
# Made-up ones, with rows of the kinds that no other has.
made_up="tests/dissector/own/gauge.h;tests/dissector/own/ledger.h"

# build_tree SOURCE BUILD PROTOCOLS TARGETS...: without optimisation, as speed of building counts.
build_tree() {
    local source=$1 build=$2 protocols=$3
    shift 3
    cmake -S "$source" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Debug -DCMAKE_C_FLAGS=-O0 \
        -DPFG_PROTOCOLS="$protocols" >"$folder/cmake.log" 2>&1 &&
        cmake --build "$build" --target "$@" >"$folder/build.log" 2>&1
}

# build_examples TARGETS...: sets $build to a build of this tree with the protocols of examples/.
# Tests that run at the same time share it.
build_examples() {
    build=${PFG_BUILD:-$folder}/with-examples
    mkdir -p "$build"
    (
        flock 9
        build_tree "$source_dir" "$build" "$examples;$made_up" "$@"
    ) 9>"$build/lock" || {
        tail -n 20 "$folder/cmake.log" "$folder/build.log"
        echo "failed: the examples do not build"
        exit 1
    }
}

need cmake ninja gcc tshark python3
folder=$(mktemp -d "${TMPDIR:-/tmp}/pfg-definition.XXXXXX") || exit 1
trap 'rm -rf "$folder"' EXIT
