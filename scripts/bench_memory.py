#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Peak memory of an extraction, and of printing, against the number of segments and connections.

usage: bench_memory.py [--bin DIR] [--segments N,N,…]

Makes captures of 100,000 to 10,000,000 segments with the same 1,000 connections, and
one with many connections, extracts each, and prints time, peak resident memory and
bytes a segment. The first rows show that memory does not grow with segments. Then it
prints every row of the largest record file in each format, with data memory limited
to 64 MiB (RLIMIT_DATA; the mapped record file does not count).
Needs python3-numpy and about 2 GB of disk in the folder for temporary files.
"""
from __future__ import annotations

import argparse
import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent


def extract(extractor: pathlib.Path, capture: str, record: str) -> tuple[float, int]:
    """Wall seconds and peak resident bytes of one extraction."""
    started = time.monotonic()
    child = subprocess.Popen([str(extractor), "-q", "--force", "-o", record, capture], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"extractor ended with {child.returncode}")
    return time.monotonic() - started, usage.ru_maxrss * 1024


PRINT_LIMIT_BYTES = 64 << 20
FORMATS = [["-T", "text"], ["-T", "fields", "-e", "frame.number", "-e", "tcp.seq", "-e", "tcp.len"], ["-T", "csv"],
           ["-T", "json"], ["-T", "ndjson"]]


def print_rows(analyzer: pathlib.Path, record: str, options: list[str]) -> float:
    """Wall seconds of printing all rows within the limit."""
    started = time.monotonic()
    subprocess.run([str(analyzer), "packets", record, *options], stdout=subprocess.DEVNULL, check=True,
                   preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, (PRINT_LIMIT_BYTES, PRINT_LIMIT_BYTES)))
    return time.monotonic() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=pathlib.Path, default=ROOT / "build" / "release" / "bin")
    parser.add_argument("--segments", default="100000,1000000,10000000")
    options = parser.parse_args()
    print(f"{'segments':>12} {'connections':>12} {'seconds':>8} {'peak MB':>8} {'B/segment':>10}")
    sizes = [int(size) for size in options.segments.split(",")]
    cases = [(size, 1000) for size in sizes] + [(sizes[-1], sizes[-1] // 10)]
    with tempfile.TemporaryDirectory() as folder:
        for segments, connections in cases:
            capture, record = f"{folder}/x.pcap", f"{folder}/x.fb"
            subprocess.run([sys.executable, str(ROOT / "scripts" / "make_capture.py"), "--segments", str(segments),
                            "--connections", str(connections), capture], check=True)
            seconds, peak = extract(options.bin / "extractor", capture, record)
            size = os.path.getsize(record) / segments
            print(f"{segments:12,} {connections:12,} {seconds:8.2f} {peak / 1e6:8.1f} {size:10.1f}", flush=True)
            os.unlink(capture)
            if (segments, connections) != (sizes[-1], 1000):
                continue
            for format_options in FORMATS:
                seconds = print_rows(options.bin / "analyzer", record, format_options)
                print(f"    printed within 64 MiB, {' '.join(format_options):60} {seconds:6.2f} s, "
                      f"{segments / seconds / 1e6:5.1f} M rows/s", flush=True)


if __name__ == "__main__":
    main()
