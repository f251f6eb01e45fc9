#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Says how much of each room the tests execute: lines, by gcov.
# usage: scripts/coverage.sh [LABELS]      tests with a label that fits (default: unit|golden|fuzz|faults)
#
# Leaves build/coverage/coverage.json with the figures of every file.
# PCAPSULE_JOBS=N   parallel jobs (default: all cores)
set -euo pipefail
case "${1:-}" in
  -h | --help) sed -n '3,7s/^# \?//p' "$0"; exit 0 ;;
esac
labels=${1:-unit|golden|fuzz|faults}
top=$(cd "$(dirname "$0")/.." && pwd)
"$top/scripts/packages.sh" build test coverage
cd "$top"
jobs=${PCAPSULE_JOBS:-$(nproc)}
build=build/coverage
log=$build/build.log
mkdir -p "$build"
if ! { cmake --preset coverage -DPCAPSULE_TESTS=ON && cmake --build --preset coverage -j "$jobs"; } >"$log" 2>&1; then
  tail -n 40 "$log" >&2
  exit 1
fi
find "$build" -name '*.gcda' -delete
# A failing test does not hide the figures; its name stands in the log. The one left out limits the size of files, those of gcov too.
ctest --test-dir "$build" -L "$labels" -E golden.extract_file_limit -j "$jobs" --no-tests=error >"$build/tests.log" 2>&1 || tail -n 12 "$build/tests.log" >&2
# Of a process that a signal ended in a call gcov prints counts below zero, on lines about calls, which gcovr stumbles over.
gcovr --root . --object-directory "$build" --filter '(common|extractor|analyzer)/' \
  --exclude-directories '.*CompilerId.*' -j "$jobs" --gcov-ignore-parse-errors --json-summary-pretty --json-summary "$build/coverage.json" "$build" >/dev/null
python3 - "$build/coverage.json" <<'PYTHON'
import collections, json, sys
rooms = collections.defaultdict(lambda: [0, 0])
for file in json.load(open(sys.argv[1]))["files"]:
    parts = file["filename"].split("/")
    room = rooms["/".join(parts[:min(2, len(parts) - 1)])]
    room[0] += file["line_covered"]
    room[1] += file["line_total"]
for name, (covered, total) in sorted(rooms.items()):
    print(f"{name:22} {100 * covered / max(total, 1):5.1f} %  {covered:5} of {total:5} lines")
PYTHON
