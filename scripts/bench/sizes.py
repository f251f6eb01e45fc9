# SPDX-License-Identifier: Apache-2.0
"""Sizes of record files, whole and by column."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import table
import targets

READER = Path(__file__).with_name("column_sizes.py")
# Of a column that takes less than this a segment (a connection) only the sum is shown.
LEAST_SHOWN_BYTES = 0.05


def describe(record: Path) -> dict[str, Any]:
    done = subprocess.run([sys.executable, str(READER), str(record)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{READER.name}: {done.stderr}")
    return json.loads(done.stdout)


def compressed(columns: list[dict[str, Any]], rows: int) -> str:
    sizes = [column["zstd_bytes"] for column in columns]
    return table.NOT_MEASURED if None in sizes else f"{sum(sizes) / rows:.2f}"


def column_rows(of: dict[str, Any], unit: str, aim: str) -> list[list[str]]:
    """A row for all, one for each column that counts, and one for the rest."""
    rows, columns = of["rows"], sorted(of["columns"], key=lambda column: -column["bytes"])
    if rows == 0:
        return []
    shown = [column for column in columns if column["bytes"] >= LEAST_SHOWN_BYTES * rows]
    small = [column for column in columns if column not in shown]
    lines = [[f"**a {unit}, all**", f"{of['bytes'] / rows:.2f}", compressed(columns, rows), aim]]
    lines += [[column["name"], f"{column['bytes'] / rows:.2f}", compressed([column], rows), ""] for column in shown]
    small_bytes = sum(column["bytes"] for column in small)
    lines.append([f"{len(small)} other columns", f"{small_bytes / rows:.2f}", compressed(small, rows), ""])
    rest = of["bytes"] - sum(column["bytes"] for column in columns)
    return lines + [["tables, lengths, padding", f"{rest / rows:.2f}", table.NOT_MEASURED, ""]]


def measure(record: Path) -> str:
    """The table of a record file."""
    found = describe(record)
    segments = found["SegmentChunk"]
    heading = ["", "bytes", "after zstd -3", "aim"]
    whole = found["file_bytes"] / max(1, segments["rows"])
    rows = [["**file, a segment, connections included**", f"{whole:.2f}", table.NOT_MEASURED, ""]]
    rows += column_rows(segments, "segment", targets.BYTES_A_SEGMENT)
    rows += column_rows(found["ConnectionChunk"], "connection", targets.BYTES_A_CONNECTION)
    rows.append(["catalog, whole", f"{found['catalog_bytes']:,}", table.NOT_MEASURED, ""])
    return table.markdown(heading, rows)
