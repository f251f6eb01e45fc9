# SPDX-License-Identifier: Apache-2.0
"""The truth about a pair of captures, from the log of a relay; pair_variants.py tells the format."""

from __future__ import annotations

import csv
from collections import defaultdict, deque
from collections.abc import Iterable
from pathlib import Path

from relay import read_facts

Row = dict[str, str]

PAIR_COLUMNS = ("direction", "near", "near_ns", "far", "far_ns", "fate")
IDENTITY = ("source", "source_port", "destination", "destination_port", "ip_id", "tcp_seq", "tcp_ack", "payload_bytes")


def stamp_at(row: dict[str, str], place: str) -> str:
    """When a frame was at a tap; empty if it never was there."""
    if place == "middle":
        return row["tap_ns"]
    arrives_there = (place == "near") == (row["direction"] == "c2s")
    return row["arrival_ns"] if arrives_there else row["departure_ns"]


def read_log(log: Path) -> list[Row]:
    """The TCP frames of a log."""
    with open(log, encoding="utf-8", newline="") as rows:
        return [row for row in csv.DictReader(rows, delimiter="\t") if row["protocol"] == "tcp"]


def write_pair_truth(rows: Iterable[Row], target: Path, places: tuple[str, str], facts: dict[str, str]) -> None:
    """Writes pair.tsv; `places` are the taps that are the near and the far point."""
    near, far = places
    lines = [f"# {key}\t{value}" for key, value in facts.items()] + ["\t".join(PAIR_COLUMNS)]
    for row in rows:
        stamps = (stamp_at(row, near), stamp_at(row, far))
        first, second = stamps if row["direction"] == "c2s" else reversed(stamps)
        if first:
            fate = "lost" if not second else "passed" if row["departure_ns"] else "lost_beyond"
            lines.append("\t".join((row["direction"], row[near], stamps[0], row[far], stamps[1], fate)))
    target.write_text("\n".join(lines) + "\n", encoding="utf-8")


def number_frames(rows: list[Row], place: str, frames: Iterable[bytes]) -> None:
    """Gives the lines of a log the frame numbers of a capture that a host made at a place.

    A frame is known by its addresses, IPv4 ID and TCP fields; of several alike the first in the log is the first in
    the capture. Every frame of the capture must be in the log, and the other way round.
    """
    waiting: dict[tuple[str, ...], deque[Row]] = defaultdict(deque)
    for row in rows:
        row[place] = ""
    for row in sorted((row for row in rows if stamp_at(row, place)), key=lambda row: int(stamp_at(row, place))):
        waiting[tuple(row[name] for name in IDENTITY)].append(row)
    for number, frame in enumerate(frames, 1):
        facts = read_facts(frame)
        if facts.protocol != "tcp":
            continue
        fields = (facts.source, facts.source_port, facts.destination, facts.destination_port, facts.ip_id,
                  facts.tcp_seq, facts.tcp_ack, facts.payload_bytes)
        alike = waiting[tuple(str(value) for value in fields)]
        if not alike:
            raise ValueError(f"frame {number} of the {place} capture is not in the log")
        alike.popleft()[place] = str(number)
    left = sum(len(alike) for alike in waiting.values())
    if left:
        raise ValueError(f"{left} frames of the log are not in the {place} capture")
