#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Measures extractor and analyzer beside other programs, on captures made here or given; prints Markdown tables.
# usage: scripts/bench.sh [--quick] [--scale] [--runs N] [--document FILE] [CAPTURE...]      --help has all options
#
# Without --bin it installs what is missing (packages.sh bench) and builds the programs and limits_bench first.
# docs/performance.md says what the rows mean. `--quick` takes less than a minute. Captures need up to 4 GB in the folder
# for temporary files (--folder), --scale up to 60 GB: less leaves out the longest.
set -euo pipefail
top=$(cd "$(dirname "$0")/.." && pwd)

build_first=1
for argument in "$@"; do
  case "$argument" in --bin | --bin=* | -h | --help) build_first= ;; esac
done
if [ -n "$build_first" ]; then
  "$top/scripts/packages.sh" build bench
  log=$top/build/release/bench.log
  mkdir -p "$(dirname "$log")"
  cd "$top"
  if ! { cmake --preset release -DPCAPSULE_TESTS=ON -DPCAPSULE_BENCHMARKS=ON &&
    cmake --build --preset release --target extractor analyzer limits_bench; } >"$log" 2>&1; then
    tail -n 40 "$log" >&2
    exit 1
  fi
  cd - >/dev/null
fi

# NumPy and FlatBuffers come from the distribution's packages, which another Python may not see.
for python in python3 /usr/bin/python3; do
  if "$python" -c 'import numpy, flatbuffers' 2>/dev/null; then
    PYTHONDONTWRITEBYTECODE=1 exec "$python" "$top/scripts/bench/run.py" "$@"
  fi
done
echo "$0: python3-numpy and python3-flatbuffers are missing: scripts/packages.sh bench" >&2
exit 1
