#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes of each pair of captures with known truth further pairs, as other places and other equipment would show them.

    pair_variants.py PAIRS VARIANTS [--only NAME]...

PAIRS has a folder for each pair, as `scripts/record_truth pairs` makes them: near.pcap, far.pcap, pair.tsv.
VARIANTS gets a folder PAIR.VARIANT with the same three files for each of them; the docstrings of the functions in
`VARIANTS` say what a variant is. The same pairs give the same variants.

pair.tsv has a line for each TCP frame that came to the point where it was to be captured first: at the near point if
it goes from client to server, else at the far point.

    direction   c2s or s2c
    near, far   its frame number in either capture; several if the capture has it several times, none if it is not
                in the capture. Several lines have one number if the capture has their segments as one.
    near_ns, far_ns   when it was at either point, both by the relay's clock, whether captured or not
    fate        passed; or lost: between the two points; or lost_beyond: behind the second one

Before the lines stand `# KEY<TAB>VALUE` with the facts about the pair: `verdict`, the verdicts that are right, with
`|` between them; `overlap_ns`, from when to when both captures were made, if not all the time.
"""

from __future__ import annotations

import argparse
import copy
import gzip
import ipaddress
import random
import struct
import sys
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

sys.dont_write_bytecode = True

from frame_edit import Frame, routed  # noqa: E402
from offload import SYN, merge_received  # noqa: E402
from pair_truth import PAIR_COLUMNS  # noqa: E402

MAGIC_NANOSECONDS = 0xA1B23C4D
SIDES = ("near", "far")
MIN_CUT = 0.3
CLOCK_OFFSET_NS = 217_000_000_000
CLOCK_DRIFT = 100e-6
NAT_ADDRESS = ipaddress.ip_address("203.0.113.200").packed
MISS_RATIO = 0.02


@dataclass
class Record:
    """A frame of a capture. `lines` are the lines of the truth that it is about."""

    stamp_ns: int
    frame: bytes
    wire_bytes: int
    lines: list[Line] = field(default_factory=list)
    joined_to: Record | None = None


@dataclass
class Line:
    """A line of the truth, but for the frame numbers, which the records know."""

    direction: str
    near_ns: str
    far_ns: str
    fate: str


@dataclass
class Pair:
    """Two captures and their truth."""

    facts: dict[str, str]
    lines: list[Line]
    captures: dict[str, list[Record]]
    snaplen: dict[str, int]
    chance: random.Random

    def client(self) -> bytes:
        """The address of the client, from the first segment that the near capture has from it."""
        for record in self.captures["near"]:
            if record.lines and record.lines[0].direction == "c2s":
                return record.frame[26:30]
        return b""


# --- files ----------------------------------------------------------------------------------------------


def read_capture(path: Path) -> tuple[list[Record], int]:
    """The frames of a capture as the relay writes them, and its snaplen."""
    data = path.read_bytes() if path.exists() else gzip.decompress(path.with_name(f"{path.name}.gz").read_bytes())
    magic, _, _, _, _, snaplen, _ = struct.unpack_from("<IHHiIII", data)
    if magic != MAGIC_NANOSECONDS:
        raise ValueError(f"{path}: not a little-endian pcap file with nanoseconds")
    records, offset = [], 24
    while offset < len(data):
        seconds, nanoseconds, captured, wire = struct.unpack_from("<IIII", data, offset)
        records.append(Record(seconds * 1_000_000_000 + nanoseconds, data[offset + 16 : offset + 16 + captured], wire))
        offset += 16 + captured
    return records, snaplen


def read_pair(folder: Path, seed: str) -> Pair:
    """A pair as it was recorded."""
    near, near_snaplen = read_capture(folder / "near.pcap")
    far, far_snaplen = read_capture(folder / "far.pcap")
    captures = {"near": near, "far": far}
    facts, lines = {}, []
    text = (folder / "pair.tsv").read_text(encoding="utf-8").splitlines()
    for row in text:
        if row.startswith("# "):
            key, _, value = row[2:].partition("\t")
            facts[key] = value
    for row in [row for row in text if not row.startswith("#")][1:]:
        cells = dict(zip(PAIR_COLUMNS, row.split("\t")))
        line = Line(cells["direction"], cells["near_ns"], cells["far_ns"], cells["fate"])
        lines.append(line)
        for side in SIDES:
            for number in filter(None, cells[side].split(",")):
                captures[side][int(number) - 1].lines.append(line)
    snaplen = {"near": near_snaplen, "far": far_snaplen}
    return Pair(facts, lines, captures, snaplen, random.Random(zlib.crc32(seed.encode())))


def write_pair(pair: Pair, folder: Path) -> None:
    """Writes captures and truth."""
    folder.mkdir(parents=True, exist_ok=True)
    numbers: dict[str, dict[int, list[str]]] = {side: {} for side in SIDES}
    for side in SIDES:
        with open(folder / f"{side}.pcap", "wb") as out:
            out.write(struct.pack("<IHHiIII", MAGIC_NANOSECONDS, 2, 4, 0, 0, pair.snaplen[side], 1))
            for number, record in enumerate(pair.captures[side], 1):
                frame = record.frame[: pair.snaplen[side]]
                stamp = divmod(record.stamp_ns, 1_000_000_000)
                out.write(struct.pack("<IIII", *stamp, len(frame), record.wire_bytes) + frame)
                for line in record.lines:
                    numbers[side].setdefault(id(line), []).append(str(number))
    text = [f"# {key}\t{value}" for key, value in pair.facts.items()] + ["\t".join(PAIR_COLUMNS)]
    for line in pair.lines:
        near, far = (",".join(numbers[side].get(id(line), [])) for side in SIDES)
        text.append("\t".join((line.direction, near, line.near_ns, far, line.far_ns, line.fate)))
    (folder / "pair.tsv").write_text("\n".join(text) + "\n", encoding="utf-8")


# --- changing frames ------------------------------------------------------------------------------------


def change_far(pair: Pair, change: Callable[[Frame, bool], None]) -> None:
    """Changes every TCP frame of the far capture; `change` is told whether the client sent it."""
    client = pair.client()
    for record in pair.captures["far"]:
        frame = Frame(record.frame)
        if frame.tcp_at is not None:
            change(frame, record.frame[26:30] == client)
            record.frame = bytes(frame.data)


# --- variants -------------------------------------------------------------------------------------------


def plain(_pair: Pair) -> None:
    """As recorded."""


def clock(pair: Pair, offset_ns: int = CLOCK_OFFSET_NS, drift: float = CLOCK_DRIFT) -> None:
    """The far clock is minutes ahead, and fast by 100 ppm."""
    start_ns = pair.captures["far"][0].stamp_ns
    for record in pair.captures["far"]:
        record.stamp_ns += offset_ns + round((record.stamp_ns - start_ns) * drift)


def clock_behind(pair: Pair) -> None:
    """The far clock is minutes behind, and slow by 100 ppm."""
    clock(pair, -CLOCK_OFFSET_NS, -CLOCK_DRIFT)


def nat(pair: Pair) -> None:
    """The far side sees another client address and other client ports."""

    def translate(frame: Frame, from_client: bool) -> None:
        assert frame.tcp_at is not None
        frame.set_address(26 if from_client else 30, NAT_ADDRESS)
        at = 0 if from_client else 2
        (port,) = struct.unpack_from("!H", frame.data, frame.tcp_at + at)
        frame.set_tcp(at, struct.pack("!H", 1024 + (port * 7919 + 4711) % 64_000))

    change_far(pair, translate)


def firewall(pair: Pair) -> None:
    """The far side sees both directions' sequence numbers shifted, also in acknowledgements and SACK."""
    shifts = {True: pair.chance.randrange(1 << 32), False: pair.chance.randrange(1 << 32)}

    def shift(frame: Frame, from_client: bool) -> None:
        assert frame.tcp_at is not None
        frame.add_to(4, shifts[from_client])
        if frame.data[frame.tcp_at + 13] & 0x10:
            frame.add_to(8, shifts[not from_client])
            for edge in frame.sack_edges():
                frame.add_to(edge, shifts[not from_client])

    change_far(pair, shift)


def nat_and_clock(pair: Pair) -> None:
    """Address translation and another clock."""
    nat(pair)
    clock(pair)


def miss(pair: Pair, side: str) -> None:
    """A capture without some frames, none of them a SYN."""
    pair.captures[side] = [record for record in pair.captures[side]
                           if is_syn(record) or pair.chance.random() >= MISS_RATIO]


def is_syn(record: Record) -> bool:
    """SYN or SYN-ACK."""
    frame = Frame(record.frame)
    return frame.tcp_at is not None and bool(frame.data[frame.tcp_at + 13] & SYN)


def near_misses(pair: Pair) -> None:
    """Frames are missing in the near capture."""
    miss(pair, "near")


def far_misses(pair: Pair) -> None:
    """Frames are missing in the far capture."""
    miss(pair, "far")


def both_miss(pair: Pair) -> None:
    """Frames are missing in both captures, not the same."""
    miss(pair, "near")
    miss(pair, "far")


def double(pair: Pair, side: str) -> None:
    """A capture has every frame twice, the second time with one hop less and other MACs."""
    doubled = []
    for record in pair.captures[side]:
        second = copy.copy(record)
        second.lines = list(record.lines)
        second.frame = routed(record.frame)
        second.stamp_ns += pair.chance.randrange(2_000, 200_000)
        doubled += [record, second]
    doubled.sort(key=lambda record: record.stamp_ns)
    pair.captures[side] = doubled


def near_doubled(pair: Pair) -> None:
    """Every frame twice in the near capture."""
    double(pair, "near")


def far_doubled(pair: Pair) -> None:
    """Every frame twice in the far capture."""
    double(pair, "far")


def far_vlan(pair: Pair) -> None:
    """The far capture was made on a trunk: every frame has a tag."""
    for record in pair.captures["far"]:
        record.frame = record.frame[:12] + b"\x81\x00\x00\x2a" + record.frame[12:]
        record.wire_bytes += 4
    pair.snaplen["far"] += 4


def near_snaplen(pair: Pair) -> None:
    """The near capture has 68 bytes of each frame, 88 if it is IPv6: not all options."""
    pair.snaplen["near"] = 88 if any(one.frame[12:14] == b"\x86\xdd" for one in pair.captures["near"]) else 68


def merge(pair: Pair, side: str) -> None:
    """A capture on a host with offload: neighbouring segments that came at once are one."""
    records = pair.captures[side]
    kept = merge_received(records)
    for record in records:
        if record.joined_to is not None:
            record.joined_to.lines += record.lines
    pair.captures[side] = kept


def near_merged(pair: Pair) -> None:
    """Segments are joined in the near capture."""
    merge(pair, "near")


def far_merged(pair: Pair) -> None:
    """Segments are joined in the far capture."""
    merge(pair, "far")


def cut(pair: Pair, side: str, from_share: float, to_share: float) -> None:
    """A capture that was begun late, or ended early: it may lack what happened."""
    stamps = [record.stamp_ns for record in pair.captures[side]]
    start, length = min(stamps), max(stamps) - min(stamps)
    least, most = start + length * from_share, start + length * to_share
    pair.captures[side] = [record for record in pair.captures[side] if least <= record.stamp_ns <= most]
    verdicts = [*pair.facts["verdict"].split("|"), "inconclusive"]
    pair.facts["verdict"] = "|".join(dict.fromkeys(verdicts))
    pair.facts["overlap_ns"] = f"{round(least)},{round(most)}"


def near_late(pair: Pair) -> None:
    """The near capture begins late."""
    cut(pair, "near", MIN_CUT, 1)


def far_ends_early(pair: Pair) -> None:
    """The far capture ends early."""
    cut(pair, "far", 0, 1 - MIN_CUT)


def everything(pair: Pair) -> None:
    """Address translation, another clock, missing frames at both points, and the far capture doubled."""
    both_miss(pair)
    double(pair, "far")
    nat_and_clock(pair)


VARIANTS: dict[str, Callable[[Pair], None]] = {
    variant.__name__: variant
    for variant in (plain, clock, clock_behind, nat, firewall, nat_and_clock, near_misses, far_misses, both_miss,
                    near_doubled, far_doubled, far_vlan, near_snaplen, near_merged, far_merged, near_late,
                    far_ends_early, everything)
}


def make_all(pairs: Path, variants: Path, names: list[str]) -> int:
    """Makes these variants of all pairs of a folder; returns how many."""
    made = 0
    for folder in sorted(path.parent for path in pairs.glob("*/pair.tsv")):
        for name in names:
            pair = read_pair(folder, f"{folder.name}.{name}")
            VARIANTS[name](pair)
            write_pair(pair, variants / f"{folder.name}.{name}")
            made += 1
    return made


def main() -> int:
    """Makes all variants of all pairs."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("pairs", type=Path)
    parser.add_argument("variants", type=Path)
    parser.add_argument("--only", action="append", choices=sorted(VARIANTS), help="make this one; repeatable")
    arguments = parser.parse_args()
    made = make_all(arguments.pairs, arguments.variants, arguments.only or list(VARIANTS))
    print(f"{made} pairs")
    return 0 if made else 1


if __name__ == "__main__":
    sys.exit(main())
