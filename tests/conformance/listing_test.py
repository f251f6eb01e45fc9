#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the text listing of `analyzer packets` against an independent computation.

usage: listing_test.py --bin DIR

Relative numbers (S18, S19), windows (S23 to S26), roles by SYN and SYN-ACK, times
and layout are computed here from raw fields of tshark, for every capture of
PCAPSULE_CAPTURES/real without tunnels in which all roles are known and no
connection is out of the ordinary.
"""
from __future__ import annotations

import argparse
import collections
import decimal
import pathlib
import sys
import tempfile

import tshark

FIELDS = """frame.number frame.time_epoch ip.src ipv6.src ip.dst ipv6.dst tcp.srcport tcp.dstport tcp.stream tcp.flags
tcp.seq_raw tcp.ack_raw tcp.len tcp.hdr_len tcp.window_size_value tcp.options.wscale.shift""".split()
LEAST_CAPTURES = 3
FIN, SYN, RST, ACK = 1, 2, 4, 16
LETTERS = [(1, "F"), (2, "S"), (4, "R"), (8, "P"), (16, "A"), (32, "U"), (64, "E"), (128, "C"), (256, "N")]


class Segment:
    def __init__(self, cells: list[str]):
        c = dict(zip(FIELDS, cells))
        self.frame = int(c["frame.number"])
        self.time = decimal.Decimal(c["frame.time_epoch"])
        source, target = c["ip.src"] or c["ipv6.src"], c["ip.dst"] or c["ipv6.dst"]
        self.source, self.target = endpoint(source, c["tcp.srcport"]), endpoint(target, c["tcp.dstport"])
        self.stream = int(c["tcp.stream"])
        self.flags = int(c["tcp.flags"], 16)
        self.seq, self.ack = int(c["tcp.seq_raw"]), int(c["tcp.ack_raw"])
        self.payload = int(c["tcp.len"])
        self.window = int(c["tcp.window_size_value"])
        self.shift = int(c["tcp.options.wscale.shift"]) if c["tcp.options.wscale.shift"] else None

    def has(self, flag: int) -> bool:
        return self.flags & flag != 0


def endpoint(address: str, port: str) -> str:
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def is_ordinary(segments: list[Segment]) -> bool:
    """One SYN number a side, the roles known, options only where they belong."""
    syns = {s.seq for s in segments if s.has(SYN) and not s.has(ACK)}
    answers = {s.seq for s in segments if s.has(SYN) and s.has(ACK)}
    scale = {(s.source, s.shift) for s in segments if s.has(SYN)}
    late = any(s.shift is not None and not s.has(SYN) for s in segments)
    return (len(syns) == 1 and len(answers) <= 1 and segments[0].has(SYN) and not segments[0].has(ACK)
            and len(scale) == len({source for source, _ in scale}) and not late)


class Unwrapped:
    """A 32-bit number that goes on counting, relative to its base."""

    def __init__(self, base: int):
        self.base, self.latest = base, 0

    def next(self, raw: int) -> int:
        step = (raw - self.base - self.latest + 2**31) % 2**32 - 2**31
        self.latest += step
        return self.latest


def listing(segments: list[Segment]) -> list[str]:
    """The block of one connection, by the rules of docs/semantics.md."""
    client, server = segments[0].source, segments[0].target
    offers = {s.source: s.shift for s in segments if s.has(SYN)}
    answered = server in offers
    scaled = answered and offers[client] is not None and offers[server] is not None
    known = answered or offers[client] is None
    numbers: dict[str, Unwrapped] = {}
    rule = "#" * 66
    lines = [rule, f"TCP session between client {client} and server {server}", rule]
    for s in segments:
        rebased = s.has(SYN) and s.has(ACK) and s.source in numbers and numbers[s.source].base != s.seq
        if s.source not in numbers or rebased:
            numbers[s.source] = Unwrapped(s.seq if s.has(SYN) else (s.seq - 1) % 2**32)
        if s.target not in numbers and s.has(ACK):
            numbers[s.target] = Unwrapped((s.ack - 1) % 2**32)
        seq = numbers[s.source].next(s.seq)
        ack = numbers[s.target].next(s.ack) if s.has(ACK) else 0
        if s.has(SYN) or (known and not scaled):
            window = str(s.window)
        elif scaled:
            window = str(s.window << min(offers[s.source], 14))
        else:
            window = f"{s.window}?"
        since = (s.time - segments[0].time).quantize(decimal.Decimal("0.000001"), decimal.ROUND_HALF_UP)
        flags = "".join(letter for bit, letter in LETTERS if s.has(bit))
        body = f"[{s.frame:5d}]{since:10.6f}s {flags:<3s} seq={seq:<8d} ack={ack:<8d} len={s.payload:<6d} win={window:<9s}"
        lines.append("-->" + body if s.source == client else "<--".rjust(60) + body)
    return lines


def ours(binaries: pathlib.Path, record: str, stream: int) -> list[str]:
    _, out, _ = tshark.run([str(binaries / "analyzer"), "packets", record, "-s", str(stream)])
    return [line for line in out.split("\n") if line]


def check(capture: pathlib.Path, binaries: pathlib.Path) -> tuple[int, int]:
    """Lines compared and lines that differ."""
    rows, tunnelled = tshark.rows(capture, FIELDS)
    if tunnelled or not rows or any("" in (row[8], row[12], row[14]) or int(row[13]) < 20 for row in rows):
        return 0, 0  # headers cut, malformed or in tunnels: the field test has those
    streams: dict[int, list[Segment]] = collections.defaultdict(list)
    for row in rows:
        streams[int(row[8])].append(Segment(row))
    lines, bad, shown = 0, 0, False
    with tempfile.TemporaryDirectory() as folder:
        record = f"{folder}/x.fb"
        tshark.run([str(binaries / "extractor"), "-q", "-o", record, str(capture)])
        if not pathlib.Path(record).exists():
            return 0, 0  # refused: the field test has the reason
        for stream, segments in sorted(streams.items())[:60]:
            if not is_ordinary(segments):
                continue
            wanted, got = listing(segments), ours(binaries, record, stream)
            differ = [(w, g) for w, g in zip(wanted, got) if w != g]
            lines += len(wanted)
            bad += len(differ) + abs(len(wanted) - len(got))
            if (differ or len(wanted) != len(got)) and not shown:
                shown = True
                print(f"{capture.name} stream {stream}: {len(wanted)} lines wanted, {len(got)} printed")
                for w, g in differ[:3]:
                    print(f"  wanted  {w!r}\n  printed {g!r}")
    return lines, bad


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True, type=pathlib.Path)
    options = parser.parse_args()
    folder = tshark.captures_or_skip() / "real"
    compared = bad = lines = 0
    for capture in tshark.files(folder):
        here, wrong = check(capture, options.bin)
        compared += here > 0
        lines += here
        bad += wrong
    print(f"{compared} captures, {lines} lines, {bad} differ")
    return 1 if bad or compared < LEAST_CAPTURES else 0


if __name__ == "__main__":
    sys.exit(main())
