#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The true cause of every frame that a tap recorded again or late, derived from the log of the relay.

    causes.py TRUTH.tsv CAUSES.tsv        (of the middle tap)

TRUTH.tsv is the log of tapped_relay.py. An *emission* is a frame that a host sent; the log has its number, and a
line for each of its pieces and copies. An emission takes up its payload, its SYN and its FIN in sequence space; those
without any, and those with RST, have no cause of their own. Of two emissions of one direction of one connection the
one with the lower number was sent earlier.

The bytes of an emission that an earlier one had carried are its *old* bytes. An emission with old bytes is a
retransmission; another one is an original. Bytes *reached the receiver* if a line of the log that carries them has a
time of departure towards it; they *passed the tap* if such a line has a time at the tap. For a frame at the tap:

    duplicate at the tap   another record of the same emission: all but the first record of it in the capture,
                           whatever made the copy, a mirror port or the network
    needless               a retransmission whose old bytes all reached the receiver in earlier emissions, whether or
                           not the ACK came back, and even if they were still on the way when it was sent
    lost after the tap     a retransmission with old bytes that reached the receiver in no earlier emission, although
                           an earlier emission with them passed the tap
    lost before the tap    a retransmission with old bytes that reached the receiver in no earlier emission, and with
                           which no earlier emission passed the tap
    reordered              an original that the tap recorded behind one that was sent later with higher or the same
                           bytes

A retransmission with bytes of both of the two kinds of loss, and a frame that receive offload made of several
segments with different causes, has all these causes, with `|` between them; an empty one stands for "none".

CAUSES.tsv has one line for each frame of the capture with a cause: its number, the cause, and a note, which is
`unseen` if the capture missed an earlier frame with old bytes that did pass the tap: then the capture cannot
tell all. Its first lines, with `#`, count the bytes of the streams that no frame of the capture has: `delivered`, which
the capture missed, and `lost`, which no receiver got either; and the SYNs and FINs that none has: who sees only that
they were acknowledged takes them for bytes.
"""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

FIN, SYN, RST, ACK = 0x01, 0x02, 0x04, 0x10
DUPLICATE = "duplicate at the tap"
NEEDLESS = "needless"
LOST_AFTER = "lost after the tap"
LOST_BEFORE = "lost before the tap"
REORDERED = "reordered"

Row = dict[str, str]
Span = tuple[int, int]


class Spans:
    """A set of numbers, as half-open spans in order."""

    def __init__(self, spans: Iterable[Span] = ()) -> None:
        self.spans: list[Span] = []
        for span in spans:
            self.add(span)

    def add(self, span: Span) -> None:
        """Adds all numbers of a span."""
        start, end = span
        if start >= end:
            return
        apart = []
        for other_start, other_end in self.spans:
            if other_end < start or other_start > end:
                apart.append((other_start, other_end))
            else:
                start, end = min(start, other_start), max(end, other_end)
        self.spans = sorted([*apart, (start, end)])

    def within(self, span: Span) -> list[Span]:
        """Its parts that lie in a span."""
        return [(max(a, span[0]), min(b, span[1])) for a, b in self.spans if a < span[1] and span[0] < b]

    def without(self, other: Spans) -> Spans:
        """The numbers that the other set does not have."""
        left = Spans()
        for start, end in self.spans:
            for a, b in other.within((start, end)):
                left.add((start, a))
                start = b
            left.add((start, end))
        return left

    def size(self) -> int:
        """How many numbers it has."""
        return sum(end - start for start, end in self.spans)


@dataclass
class Emission:
    """A frame that a host sent, with what became of its pieces and copies."""

    number: int
    span: Span
    flags: int
    passed: Spans = field(default_factory=Spans)
    recorded: Spans = field(default_factory=Spans)
    delivered: Spans = field(default_factory=Spans)
    frames: set[int] = field(default_factory=set)


def read_log(path: Path) -> list[Row]:
    """The TCP lines of a log."""
    with open(path, encoding="utf-8", newline="") as lines:
        return [row for row in csv.DictReader(lines, delimiter="\t") if row["protocol"] == "tcp"]


class Flow:
    """One direction of one connection: its emissions, with sequence numbers that do not wrap."""

    def __init__(self, first_sequence: int) -> None:
        self.last = first_sequence
        self.emissions: dict[int, Emission] = {}
        # The numbers that SYN and FIN take: no bytes of the stream.
        self.controls = Spans()

    def add(self, row: Row) -> None:
        """Takes in one line of the log."""
        flags = int(row["tcp_flags"], 0)
        sequence = int(row["tcp_seq"])
        start = self.last + ((sequence - self.last + (1 << 31)) & 0xFFFFFFFF) - (1 << 31)
        self.last = start
        # A RST takes up nothing: its text is no data.
        length = 0 if flags & RST else int(row["payload_bytes"]) + bool(flags & SYN) + bool(flags & FIN)
        span = (start, start + length)
        if flags & SYN and length:
            self.controls.add((start, start + 1))
        if flags & FIN and length:
            self.controls.add((start + length - 1, start + length))
        emission = self.emissions.setdefault(int(row["frame"]), Emission(int(row["frame"]), span, flags))
        emission.span = (min(emission.span[0], span[0]), max(emission.span[1], span[1]))
        frames = [int(number) for number in row["middle"].split(",") if number]
        emission.frames.update(frames)
        if row["tap_ns"]:
            emission.passed.add(span)
        if frames:
            emission.recorded.add(span)
        if row["departure_ns"]:
            emission.delivered.add(span)


def collect_flows(rows: list[Row]) -> list[Flow]:
    """The flows of a log. A SYN with another number than the one before begins a new flow of the same ports."""
    flows: list[Flow] = []
    current: dict[tuple[str, ...], tuple[Flow, int | None]] = {}
    for row in rows:
        key = tuple(row[name] for name in ("source", "source_port", "destination", "destination_port"))
        syn = int(row["tcp_seq"]) if int(row["tcp_flags"], 0) & SYN else None
        if key not in current or (syn is not None and syn != current[key][1]):
            flow = Flow(int(row["tcp_seq"]))
            flows.append(flow)
            current[key] = (flow, syn)
        current[key][0].add(row)
    return flows


def combine(causes: set[str]) -> str:
    """Several causes in one cell; none is the empty one."""
    return "|".join(sorted(causes))


def causes_of_flow(flow: Flow, found: dict[int, set[str]], notes: dict[int, str]) -> Spans:
    """Adds the causes of every frame of a flow; returns the numbers that were sent."""
    sent, passed, recorded, delivered = Spans(), Spans(), Spans(), Spans()
    emissions = sorted(flow.emissions.values(), key=lambda emission: emission.number)
    late = late_originals(emissions)
    for emission in emissions:
        old = Spans(sent.within(emission.span))
        causes: set[str] = set()
        note = ""
        if old.size():
            undelivered = old.without(delivered)
            if not undelivered.size():
                causes.add(NEEDLESS)
            else:
                unpassed = undelivered.without(passed)
                causes |= {LOST_BEFORE} if unpassed.size() else set()
                causes |= {LOST_AFTER} if undelivered.without(unpassed).size() else set()
            unseen = Spans(part for span in old.spans for part in passed.within(span)).without(recorded)
            note = "unseen" if unseen.size() else ""
        elif emission.number in late:
            causes.add(REORDERED)
        for place_in_capture, frame in enumerate(sorted(emission.frames)):
            found[frame] |= {DUPLICATE} if place_in_capture else causes or {""}
            if note and not place_in_capture:
                notes[frame] = note
        for total, own in ((sent, [emission.span]), (passed, emission.passed.spans),
                           (recorded, emission.recorded.spans), (delivered, emission.delivered.spans)):
            for span in own:
                total.add(span)
    return sent


def late_originals(emissions: list[Emission]) -> set[int]:
    """The emissions that the tap recorded behind one that was sent later, with higher or the same bytes."""
    late: set[int] = set()
    first_frames = [(min(one.frames), one) for one in emissions if one.frames and one.span[0] < one.span[1]]
    for place, (frame, emission) in enumerate(first_frames):
        # What is sent long after cannot have come before.
        for other_frame, other in first_frames[place + 1 : place + 2000]:
            if other_frame < frame and other.span[1] > emission.span[0]:
                late.add(emission.number)
                break
    return late


def derive(rows: list[Row]) -> tuple[dict[int, str], dict[int, str], dict[str, int]]:
    """Frame number to cause, for those with one; frame number to note; counts of bytes that the capture lacks."""
    found: dict[int, set[str]] = defaultdict(set)
    notes: dict[int, str] = {}
    missing = {"delivered": 0, "lost": 0, "controls": 0}
    for flow in collect_flows(rows):
        sent = causes_of_flow(flow, found, notes)
        recorded, delivered = Spans(), Spans()
        for emission in flow.emissions.values():
            for span in emission.recorded.spans:
                recorded.add(span)
            for span in emission.delivered.spans:
                delivered.add(span)
        absent = sent.without(recorded)
        missing["controls"] += absent.size()
        absent = absent.without(flow.controls)
        missing["controls"] -= absent.size()
        lost = absent.without(delivered).size()
        missing["lost"] += lost
        missing["delivered"] += absent.size() - lost
    causes = {frame: combine(kinds) for frame, kinds in found.items() if kinds != {""}}
    return causes, notes, missing


def write_causes(truth: Path, target: Path) -> dict[int, str]:
    """Derives and writes the causes of a recording; returns them."""
    causes, notes, missing = derive(read_log(truth))
    lines = [f"# bytes_missing_delivered\t{missing['delivered']}", f"# bytes_missing_lost\t{missing['lost']}",
             f"# controls_missing\t{missing['controls']}", "frame\tcause\tnote"]
    lines += [f"{frame}\t{causes[frame]}\t{notes.get(frame, '')}" for frame in sorted(causes)]
    target.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return causes


def main() -> int:
    """The causes of one recording."""
    if len(sys.argv) != 3:
        print((__doc__ or "").split("\n\n")[1].strip(), file=sys.stderr)
        return 2
    write_causes(Path(sys.argv[1]), Path(sys.argv[2]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
