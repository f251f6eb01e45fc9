# SPDX-License-Identifier: Apache-2.0
"""The truth about a pair of captures, from the log of tapped_relay.py; pair_variants.py tells the format."""

from __future__ import annotations

import csv
from pathlib import Path

PAIR_COLUMNS = ("direction", "near", "near_ns", "far", "far_ns", "fate")


def stamp_at(row: dict[str, str], place: str) -> str:
    """When a frame was at a tap; empty if it never was there."""
    if place == "middle":
        return row["tap_ns"]
    arrives_there = (place == "near") == (row["direction"] == "c2s")
    return row["arrival_ns"] if arrives_there else row["departure_ns"]


def write_pair_truth(log: Path, target: Path, places: tuple[str, str], facts: dict[str, str]) -> None:
    """Writes pair.tsv; `places` are the taps that are the near and the far point."""
    near, far = places
    lines = [f"# {key}\t{value}" for key, value in facts.items()] + ["\t".join(PAIR_COLUMNS)]
    with open(log, encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows, delimiter="\t"):
            stamps = (stamp_at(row, near), stamp_at(row, far))
            first, second = stamps if row["direction"] == "c2s" else reversed(stamps)
            if row["protocol"] != "tcp" or not first:
                continue
            fate = "passed" if second else "lost"
            lines.append("\t".join((row["direction"], row[near], stamps[0], row[far], stamps[1], fate)))
    target.write_text("\n".join(lines) + "\n", encoding="utf-8")
