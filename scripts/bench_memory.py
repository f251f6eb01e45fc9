#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Peak memory of an extraction against the number of segments and connections.

usage: bench_memory.py [--bin DIR] [--segments N,N,…]

Makes captures of 100,000 to 10,000,000 segments with the same 1,000 connections, and
one with many connections, extracts each, and prints time, peak resident memory and
bytes a segment. The first rows show that memory does not grow with segments.
Needs python3-numpy and about 2 GB of disk in the folder for temporary files.
"""
from __future__ import annotations

import argparse
import os
import pathlib
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


if __name__ == "__main__":
    main()
