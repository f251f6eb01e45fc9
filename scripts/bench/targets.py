# SPDX-License-Identifier: Apache-2.0
"""What the figures should be. Nothing here makes a run fail: the tables show figure and aim side by side."""

from __future__ import annotations

# Times as ratios to `tcpdump -r CAPTURE -w /dev/null`, by capture; other captures have the aims of the small one.
EXTRACTION = {
    "small": {"extractor": "≤ 1.0", "extractor, one core": "≤ 1.6"},
    "bulk": {"extractor": "≤ 0.8", "extractor, one core": "≤ 0.8"},
    "flood": {},
}
BYTES_A_SEGMENT = "≤ 44"
BYTES_A_CONNECTION = "≤ 180"
QUERY = {
    "handshakes --by server": "≤ 8 ms", "packets -s N -c 100": "≤ 5 ms",
}
RATE = {
    "filter over one column": "≤ 1.5 ns", "filter over four columns": "≤ 4 ns", "labels": "≥ 25 M/s",
    "packets as text": "≥ 10 M/s", "packets as fields": "≥ 10 M/s",
}


def extraction(capture: str, row: str) -> str:
    """The aim of a row of the extraction table; empty where there is none."""
    return EXTRACTION.get(capture, EXTRACTION["small"]).get(row, "")
