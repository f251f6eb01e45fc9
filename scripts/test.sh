#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs, builds and runs every test.
# usage: scripts/test.sh [release|asan]     (default: release)
#
# PCAPSULE_CAPTURES=DIR   folder with `real` and `micro` captures to hold against
#                         tshark; without it those tests skip and say so
# PCAPSULE_TSHARK_CACHE=DIR  where tshark's answers are kept (default: build/tshark; empty: nowhere)
# PCAPSULE_JOBS=N         parallel jobs (default: all cores)
set -euo pipefail
form=${1:-release}
case "$form" in
  release | asan) ;;
  -h | --help) sed -n '3,9s/^# //p' "$0"; exit 0 ;;
  *) echo "usage: $0 [release|asan]" >&2; exit 2 ;;
esac
top=$(cd "$(dirname "$0")/.." && pwd)
"$top/scripts/packages.sh" build pictures test
cd "$top"
jobs=${PCAPSULE_JOBS:-$(nproc)}
# Precompiled headers and a compiler cache get in each other's way: who has the one goes without the other.
precompile=ON
[ -n "${CMAKE_CXX_COMPILER_LAUNCHER:-}" ] && precompile=OFF
log=$top/build/$form/build.log
mkdir -p "$(dirname "$log")"
echo "== $form: configure and build ($log)"
if ! { cmake --preset "$form" -DPCAPSULE_TESTS=ON -DPCAPSULE_PRECOMPILE=$precompile && cmake --build --preset "$form" -j "$jobs"; } >"$log" 2>&1; then
  tail -n 60 "$log" >&2
  exit 1
fi
echo "== $form: tests"
export PCAPSULE_TSHARK_CACHE=${PCAPSULE_TSHARK_CACHE-$top/build/tshark}
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1:abort_on_error=0}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
ctest --preset "$form" -j "$jobs" --no-tests=error
