#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# From a bare Debian 12 to answers: installs the packages, builds both programs,
# extracts a capture, prints what is in it, and draws the sample's receive window.
# usage: scripts/quickstart.sh [CAPTURE]      (default: a sample of this repository)
set -euo pipefail
top=$(cd "$(dirname "$0")/.." && pwd)
sample=$top/samples/bulk_among_short.pcap.gz
case "${1:-}" in
  -h | --help) sed -n '3,5s/^# //p' "$0"; exit 0 ;;
esac
[ "$#" -le 1 ] || { echo "usage: $0 [CAPTURE]" >&2; exit 2; }
capture=${1:-$sample}
[ -r "$capture" ] || { echo "$0: cannot read $capture" >&2; exit 1; }
capture=$(realpath "$capture")

"$top/scripts/packages.sh" build pictures
cd "$top"
echo "building (a few minutes the first time) ..."
log=$top/build/quickstart.log
mkdir -p "$top/build"
if ! { cmake --preset release -DPCAPSULE_TESTS=OFF && cmake --build --preset release --target extractor analyzer; } >"$log" 2>&1; then
  tail -n 40 "$log" >&2
  echo "$0: the build failed; the whole log is in $log" >&2
  exit 1
fi

bin=$top/build/release/bin
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
run() {
  printf '\n$ %s\n' "$*"
  "$@"
}
PATH=$bin:$PATH
cd "$work"
name=$(basename "$capture")
ln -s "$capture" "$name"
record=all.fb
status=0
run extractor -o "$record" "$name" || status=$?
# 3: extracted, but the capture ends early: its good part has answers all the same.
[ "$status" -eq 0 ] || [ "$status" -eq 3 ] || exit "$status"
run analyzer info "$record"

if [ "$capture" = "$sample" ]; then
  # The bulk download among the short connections: a record file of one connection.
  run extractor -o bulk.fb --client 192.0.2.10:57080 --server 203.0.113.43:80 "$name"
  record=bulk.fb
fi
run analyzer packets "$record" --count 20
if [ "$capture" = "$sample" ]; then
  picture=$top/build/window.svg
  run analyzer plot "$record" -s 97 --side client -o "$picture"
  printf '\nThe client'"'"'s receive window over time is drawn in %s.\n' "$picture"
fi
printf '\nThe programs are in %s.\n' "$bin"
