#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds `analyzer handshakes` against legs computed from the frames that tshark prints.

usage: handshakes_test.py --bin DIR

For every connection of PCAPSULE_CAPTURES/real and micro the four legs of S31 are
computed here from flags, raw numbers and times, by the text of the rules; so are
the counts of SYNs and SYN-ACKs. A leg that one side has and the other has not
fails as well.
"""
from __future__ import annotations

import argparse
import csv
import io
import pathlib
import sys
import tempfile

import tshark
from connections_test import nanoseconds

FIELDS = """tcp.stream frame.number frame.time_epoch ip.src ipv6.src tcp.srcport tcp.flags tcp.seq_raw tcp.ack_raw tcp.len
tcp.hdr_len""".split()
LEGS = ["syn_to_syn_ack_first", "syn_to_syn_ack_last", "syn_ack_to_ack", "handshake_total"]
SYN, RST, ACK = 2, 4, 16


class Segment:
    def __init__(self, cells: list[str]):
        c = dict(zip(FIELDS, cells))
        self.stream, self.frame = int(c["tcp.stream"]), int(c["frame.number"])
        self.time = nanoseconds(c["frame.time_epoch"])
        self.sender = (c["ip.src"] or c["ipv6.src"], c["tcp.srcport"])
        self.flags = int(c["tcp.flags"], 16)
        self.seq, self.ack = int(c["tcp.seq_raw"]), int(c["tcp.ack_raw"])
        self.payload = int(c["tcp.len"])

    def has(self, flag: int) -> bool:
        return self.flags & flag != 0


def streams_of(capture: pathlib.Path) -> dict[int, list[Segment]]:
    """Streams of plain segments; those with fragments, cut or malformed headers are left out."""
    plain, tunnelled = tshark.rows(capture, FIELDS, occurrence="l")
    streams: dict[int, list[Segment]] = {}
    odd: set[str] = set()
    for cells in plain + tunnelled:
        c = dict(zip(FIELDS, cells))
        if not all(c[f] for f in ("tcp.stream", "tcp.flags", "tcp.len", "tcp.seq_raw", "tcp.ack_raw")):
            odd.add(c["tcp.stream"])
            continue
        streams.setdefault(int(c["tcp.stream"]), []).append(Segment(cells))
    return {number: segments for number, segments in streams.items() if str(number) not in odd}


def after(number: int, base: int) -> bool:
    """`number` is `base` or lies up to 2^31 behind it."""
    return (number - base) % 2**32 < 2**31


def legs_of(segments: list[Segment]) -> dict[str, int | None] | None:
    """By the rules; None where both sides sent a SYN (S16), which they leave open."""
    syns = [s for s in segments if s.has(SYN) and not s.has(ACK)]
    if len({s.sender for s in syns}) > 1:
        return None
    syn_acks = [s for s in segments if s.has(SYN) and s.has(ACK)]
    client = syns[0].sender if syns else None
    if client:  # S32
        syn_acks = [s for s in syn_acks if s.sender != client
                    and (s.ack - syns[0].seq - 1) % 2**32 <= syns[0].payload]
    elif syn_acks:
        syn_acks = [s for s in syn_acks if s.sender == syn_acks[0].sender]
    first = syn_acks[0] if syn_acks else None
    acks = [s for s in segments if s.has(ACK) and not s.has(SYN | RST)
            and (s.sender == client if client else first and s.sender != first.sender)
            and (not first or after(s.ack, first.seq + 1))]
    ack = acks[0] if acks else None
    last_syn = None
    if syns:
        before = [s for s in syns if not first or s.frame < first.frame]
        last_syn = before[-1] if before else syns[0]
    last_syn_ack = None
    if first:
        # S36: of repeated ones the last that the ACK acknowledges.
        answered = [s for s in syn_acks if not ack or (s.frame < ack.frame and after(ack.ack, s.seq + 1))]
        last_syn_ack = answered[-1] if answered else first

    def between(begin: Segment | None, end: Segment | None) -> int | None:
        if not begin or not end or end.time < begin.time or end.frame < begin.frame:
            return None
        return end.time - begin.time

    return {"syn_to_syn_ack_first": between(syns[0] if syns else None, first),
            "syn_to_syn_ack_last": between(last_syn, first),
            "syn_ack_to_ack": between(last_syn_ack, ack),
            "handshake_total": between(syns[0] if syns else None, ack)}


def ours(binaries: pathlib.Path, capture: pathlib.Path) -> dict[int, dict[str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        record = f"{folder}/x.fb"
        tshark.run([str(binaries / "extractor"), "-q", "-o", record, str(capture)])
        if not pathlib.Path(record).exists():
            return {}
        status, out, message = tshark.run([str(binaries / "analyzer"), "handshakes", record, "--by", "connection", "--keep-duplicates",
                                             "-T", "csv"])
        if status != 0:
            sys.exit(f"{capture.name}: analyzer ended with {status}: {message}")
    return {int(row["tcp.stream"]): row for row in csv.DictReader(io.StringIO(out, newline=""))}


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True, type=pathlib.Path)
    options = parser.parse_args()
    folder = tshark.captures_or_skip()
    compared, legs, faults = 0, 0, 0
    for capture in tshark.files(folder / "real") + tshark.files(folder / "micro"):
        if "emix" in capture.name:
            continue  # its stream numbers differ (SOCKS)
        got = ours(options.bin, capture)
        for number, segments in streams_of(capture).items():
            want = legs_of(segments)
            if want is None or number not in got:
                continue
            compared += 1
            for leg in LEGS:
                text = got[number][f"pcapsule.{leg}_ns"]
                found = int(text) if text else None
                legs += found is not None
                if found != want[leg]:
                    faults += 1
                    if faults <= 20:
                        print(f"{capture.name}: stream {number}: {leg}: computed {want[leg]}, analyzer {found}")
    print(f"{compared} connections, {legs} legs, {faults} differences")
    return 1 if faults or not legs else 0


if __name__ == "__main__":
    sys.exit(main())
