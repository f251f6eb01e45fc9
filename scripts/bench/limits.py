# SPDX-License-Identifier: Apache-2.0
"""What the machine and libpcap allow at best, measured in the same run."""

from __future__ import annotations

import json
import statistics
import subprocess
from pathlib import Path

import table
from captures import Capture
from measure import Command, interleave
from programs import Programs

# Names of tests/bench/limits_bench.cc, and what each does with a byte of the capture.
TEXTS = {
    "memory_read": "read memory, every byte once",
    "memory_copy": "copy memory",
    "page_cache_read": "read the capture from the page cache, 1 MiB a call",
    "page_cache_write": "write a new file into the page cache, 1 MiB a call",
    "libpcap_default": "libpcap's loop, as it opens files: every frame, nothing done with it",
    "libpcap_buffered": "libpcap's loop with a buffer of 1 MiB",
}


def rates(programs: Programs, capture: Capture, folder: Path, runs: int) -> dict[str, float]:
    """Bytes a second, the median of several repetitions."""
    done = subprocess.run(
        [str(programs.limits_bench), str(capture.path), str(folder), "--benchmark_format=json",
         f"--benchmark_repetitions={runs}", f"--benchmark_min_time={0.01 if programs.quick else 0.1}"],
        capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"limits_bench: {done.stderr.strip()}")
    found: dict[str, list[float]] = {}
    for each in json.loads(done.stdout)["benchmarks"]:
        # Not those that are means of others, nor those that could not run, as libpcap on a compressed capture.
        if each["run_type"] == "iteration" and "bytes_per_second" in each:
            found.setdefault(each["run_name"].removesuffix("/real_time"), []).append(each["bytes_per_second"])
    return {name: statistics.median(several) for name, several in found.items()}


def measure(programs: Programs, capture: Capture, folder: Path, runs: int) -> str:
    """The table; a sentence where the benchmark is not built."""
    if not programs.limits_bench.is_file():
        return "Left out: `limits_bench` is not built (-DPCAPSULE_BENCHMARKS=ON)."
    size = capture.path.stat().st_size
    baseline = 0.0
    if programs.has("tcpdump"):
        series = interleave([Command("tcpdump", ["tcpdump", "-r", capture.path, "-w", "/dev/null"])], runs)[0]
        baseline = series.seconds if series.samples else 0.0
    rows = []
    for name, rate in rates(programs, capture, folder, runs).items():
        seconds = size / rate
        against = table.ratio(seconds, baseline) if baseline else table.NOT_MEASURED
        rows.append([TEXTS[name], f"{rate / 1e9:.2f}", table.seconds(seconds), against])
    return table.markdown(["", "GB/s", "s for this capture", "ratio"], rows)
