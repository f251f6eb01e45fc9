#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs the Debian packages that a build, pictures, the tests, the benchmarks, the samples, fuzzing or coverage need.
# usage: scripts/packages.sh build|pictures|test|bench|samples|fuzz|coverage ...
set -euo pipefail

build=(g++ cmake ninja-build pkg-config libpcap-dev libflatbuffers-dev flatbuffers-compiler
  libboost-program-options-dev zlib1g-dev libzstd-dev liblz4-dev libxxhash-dev libpcre2-dev
  python3 lowdown)
pictures=(gnuplot-nox)
test=(libgtest-dev libgmock-dev python3-flatbuffers python3-numpy python3-xxhash tshark clang-format clang-tidy
  shellcheck gzip zstd lz4 tcptrace clang llvm)
bench=(libbenchmark-dev libgtest-dev libgmock-dev python3-numpy python3-flatbuffers flatbuffers-compiler zstd tcpdump nfdump argus-server
  argus-client tcptrace tshark valgrind)
fuzz=(clang llvm python3)
coverage=(gcovr)
samples=(iproute2 tcpdump tshark nftables ethtool python3 gzip)

wanted=()
for group in "$@"; do
  case "$group" in
    build) wanted+=("${build[@]}") ;;
    pictures) wanted+=("${pictures[@]}") ;;
    test) wanted+=("${test[@]}") ;;
    bench) wanted+=("${bench[@]}") ;;
    samples) wanted+=("${samples[@]}") ;;
    fuzz) wanted+=("${fuzz[@]}") ;;
    coverage) wanted+=("${coverage[@]}") ;;
    *) echo "usage: $0 build|pictures|test|bench|samples|fuzz|coverage ..." >&2; exit 2 ;;
  esac
done

missing=()
for package in "${wanted[@]}"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
[ "${#missing[@]}" -eq 0 ] && exit 0

if ! command -v apt-get >/dev/null; then
  echo "$0: no apt-get here; install by hand: ${missing[*]}" >&2
  exit 1
fi
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "$0: run as root, or install sudo; missing: ${missing[*]}" >&2; exit 1; }
  as_root=(sudo)
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
echo "installing: ${missing[*]}"
if ! { "${as_root[@]}" apt-get update &&
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
  tail -n 30 "$log" >&2
  echo "$0: apt-get failed; its last lines stand above" >&2
  exit 1
fi
