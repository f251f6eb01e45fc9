#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the fuzz targets with libFuzzer, AddressSanitizer and UndefinedBehaviorSanitizer, and runs one of them.
# usage: scripts/fuzz.sh TARGET MINUTES        a target of tests/fuzz, as capture_fuzz
#        scripts/fuzz.sh --minimise TARGET     the inputs that add coverage become tests/fuzz/corpus/TARGET.tar.xz
#
# Starts from that corpus, from the failures of the past in tests/fuzz/failures, from seeds made of samples and tests, and
# from what earlier runs found (build/fuzz/found). Inputs that crash, hang or take too much memory are left in
# build/fuzz/crashes; put one into tests/fuzz/failures/TARGET under a telling name, and every test run replays it.
set -euo pipefail
top=$(cd "$(dirname "$0")/.." && pwd)
usage() { sed -n '3,9s/^# \?//p' "$0"; }
minimise=
if [ "${1:-}" = --minimise ]; then
  minimise=1
  shift
fi
case "${1:-}" in
  -h | --help) usage; exit 0 ;;
esac
target=${1:-}
minutes=${2:-}
if ! [ -f "$top/tests/fuzz/$target.cc" ] || [[ $target != *_fuzz ]] || { [ -z "$minimise" ] && ! [[ $minutes =~ ^[0-9]+$ ]]; }; then
  usage >&2
  exit 2
fi
"$top/scripts/packages.sh" build fuzz

build=$top/build/fuzz
log=$build/build.log
mkdir -p "$build"
cd "$top"
if ! { cmake --preset fuzz -DPCAPSULE_TESTS=ON && cmake --build --preset fuzz --target "$target" extractor; } >"$log" 2>&1; then
  tail -n 40 "$log" >&2
  exit 1
fi
kept=$top/tests/fuzz/corpus/$target.tar.xz
corpus=$build/corpus/$target
failures=$top/tests/fuzz/failures/$target
found=$build/found/$target
crashes=$build/crashes/$target
mkdir -p "$corpus" "$failures" "$found" "$crashes" "$(dirname "$kept")"
[ ! -f "$kept" ] || tar -xJf "$kept" -C "$corpus"
/usr/bin/python3 "$top/tests/fuzz/make_seeds.py" --bin "$build/bin" "$build/seeds"
seeds=$build/seeds/$target

# Output of the programs goes nowhere (-close_fd_mask); memory and time of one input are bounded.
limits=(-close_fd_mask=3 -timeout=10 -rss_limit_mb=2500 -max_len=16384)
if [ -n "$minimise" ]; then
  fresh=$(mktemp -d "$build/minimised.XXXXXX")
  "$build/bin/$target" "${limits[@]}" -merge=1 -use_counters=0 "$fresh" "$corpus" "$seeds" "$found" 2>&1 |
    grep 'MERGE-OUTER' | tail -n 1
  # The same inputs give the same archive.
  tar -cJf "$kept" -C "$fresh" --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner .
  rm -rf "$fresh"
  du -h --apparent-size "$kept"
  exit 0
fi
"$build/bin/$target" "${limits[@]}" -max_total_time=$((minutes * 60)) -print_final_stats=1 \
  -artifact_prefix="$crashes/" "$found" "$corpus" "$failures" "$seeds" 2>&1 | tee "$build/$target.log" |
  grep -E 'ERROR|SUMMARY|broken:|DONE|stat::number_of_executed_units|stat::peak_rss_mb' || true
# libFuzzer leaves a file for every failure.
[ -z "$(ls -A "$crashes")" ] || { echo "$0: failures in $crashes" >&2; exit 1; }
