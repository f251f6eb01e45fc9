# SPDX-License-Identifier: Apache-2.0
"""Captures that the relay of tapped_relay.py makes itself."""

from __future__ import annotations

import random
import struct
from dataclasses import dataclass
from pathlib import Path

from frame_edit import routed
from offload import merge_received, without_ip_id

PCAP_MAGIC_NANOSECONDS = 0xA1B23C4D
LINKTYPE_ETHERNET = 1
PLACES = ("near", "middle", "far")


@dataclass
class TapPlan:
    """One capture."""

    place: str
    file: str
    snaplen: int = 128
    # The share of the frames that the capture misses.
    miss_ratio: float = 0.0
    # The share of the frames recorded twice, as a mirror port does that sees them enter and leave; the second time
    # with another TTL and other MACs if `span_changed`, and up to `span_gap_us` later.
    span_ratio: float = 0.0
    span_changed: bool = True
    span_gap_us: float = 300.0
    # Neighbouring segments become one, as a network card with receive offload hands them over.
    merge: bool = False
    # As a sender that has no use for the IPv4 ID of frames that must not be fragmented (RFC 6864).
    zero_ip_id: bool = False
    # A mirror port that shows one direction only, if not empty.
    only: str = ""
    seed: int = 1


@dataclass
class Record:
    """One frame of a capture; `number` is known when the capture is complete."""

    stamp_ns: int
    frame: bytes
    wire_bytes: int
    number: int = 0
    # The record that this one has become part of.
    joined_to: Record | None = None

    def final_number(self) -> int:
        """The number of the frame in the capture."""
        return (self.joined_to or self).number


class Tap:
    """A capture in memory."""

    def __init__(self, plan: TapPlan) -> None:
        self.plan = plan
        self.chance = random.Random(plan.seed)
        self.records: list[Record] = []

    def see(self, frame: bytes, direction: str, stamp_ns: int) -> list[Record]:
        """Records a frame as the plan says: not, once or twice; returns the records."""
        if self.plan.only not in ("", direction):
            return []
        span = self.chance.random() < self.plan.span_ratio
        gap_ns = round(self.chance.uniform(1, self.plan.span_gap_us) * 1e3)
        made = self.record(frame, stamp_ns)
        if span:
            made += self.record(routed(frame) if self.plan.span_changed else frame, stamp_ns + gap_ns)
        return made

    def record(self, frame: bytes, stamp_ns: int) -> list[Record]:
        """Records a frame unless the capture misses it."""
        if self.chance.random() < self.plan.miss_ratio:
            return []
        if self.plan.zero_ip_id:
            frame = without_ip_id(frame)
        # More than the snaplen is kept, since joining segments needs the whole headers.
        record = Record(stamp_ns, frame[: max(self.plan.snaplen, 160)], len(frame))
        self.records.append(record)
        return [record]

    def write(self, folder: Path) -> None:
        """Sorts, numbers and writes the frames."""
        self.records.sort(key=lambda record: record.stamp_ns)
        kept = merge_received(self.records) if self.plan.merge else self.records
        for number, record in enumerate(kept, 1):
            record.number = number
        with open(folder / self.plan.file, "wb") as out:
            out.write(struct.pack("<IHHiIII", PCAP_MAGIC_NANOSECONDS, 2, 4, 0, 0, self.plan.snaplen, LINKTYPE_ETHERNET))
            for record in kept:
                frame = record.frame[: self.plan.snaplen]
                seconds, nanoseconds = divmod(record.stamp_ns, 1_000_000_000)
                out.write(struct.pack("<IIII", seconds, nanoseconds, len(frame), record.wire_bytes) + frame)
