# SPDX-License-Identifier: Apache-2.0
"""Whether time and memory grow as they should: the same traffic 1, 4, 16 and 64 times as long."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Sequence

import captures
import table
from measure import Command, Series, interleave
from programs import Programs
from queries import counts

FACTORS = (1, 4, 16, 64)
HEADING = ["", "segments", "connections", "s", "M segments/s", "peak MB", "record MB", "bytes a segment"]


def slope(points: Sequence[tuple[float, float]]) -> float:
    """Of the straight line through the points that leaves the least squares."""
    middle_x = sum(x for x, _ in points) / len(points)
    middle_y = sum(y for _, y in points) / len(points)
    return (sum((x - middle_x) * (y - middle_y) for x, y in points) /
            sum((x - middle_x) ** 2 for x, _ in points))


def extracted(programs: Programs, capture: Path, record: Path, runs: int) -> Series:
    """Long captures need no warm-up and no repetition."""
    command = Command("extractor", [programs.extractor, "-q", "--force", "-o", record, capture],
                      lambda: record.unlink(missing_ok=True), once=runs == 1)
    return interleave([command], runs)[0]


def measure(programs: Programs, folder: Path, segments: int, runs: int) -> str:
    """The table, what was left out, and the slopes."""
    kind = captures.KINDS[0]
    rows, left_out, times, memory = [], [], [], []
    for factor in FACTORS:
        made = captures.make(kind, segments * factor, folder)
        if made is None:
            left_out.append(f"{factor}×: not enough room in the folder for temporary files.")
            continue
        record = folder / "scale.fb"
        found = extracted(programs, made.path, record, runs if factor == 1 else 1)
        made.remove()
        if found.failure:
            raise SystemExit(f"extractor: {found.failure}")
        size = record.stat().st_size
        rows_found, connections = counts(programs, record)
        record.unlink()
        times.append((math.log(rows_found), math.log(found.seconds)))
        memory.append((connections, found.peak_bytes))
        rows.append([f"{factor}×", f"{rows_found:,}", f"{connections:,}", table.seconds(found.seconds),
                     f"{rows_found / found.seconds / 1e6:.2f}", table.megabytes(found.peak_bytes), table.megabytes(size),
                     f"{size / rows_found:.2f}"])
    lines = [table.markdown(HEADING, rows)]
    if len(rows) > 1:
        lines.append(f"Time grows with the power {slope(times):.3f} of the segments; memory by {slope(memory):.0f} bytes "
                     "a connection.")
    return "\n\n".join(lines + left_out)
