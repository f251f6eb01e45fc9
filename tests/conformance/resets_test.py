#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds `analyzer resets` against counts made here, one connection at a time, from the segments that tshark prints.

usage: resets_test.py --bin DIR --expected FILE [--crowd]

For every capture of PCAPSULE_CAPTURES/real and micro and every RST that ended a
connection: by whom, in which frame, how many bytes each side had outstanding, and
how many other connections of its client to other servers were established, in
their handshake or uncertain at that frame (S41 to S43). Only the client of a
connection without SYN and SYN-ACK, which is a guess (S15), is taken from the analyzer.
Captures whose stream numbers FILE lists as different are left out.
With --crowd the same of a capture that is made for it: thousands of connections at a time.
"""
from __future__ import annotations

import argparse
import csv
import dataclasses
import io
import pathlib
import sys
import tempfile

import crowd
import tshark
from fields_test import Expected

FIELDS = """tcp.stream frame.number ip.src ipv6.src ip.dst ipv6.dst tcp.srcport tcp.dstport tcp.seq_raw tcp.ack_raw
tcp.flags tcp.len tcp.window_size_value tcp.options.wscale.shift""".split()
FIN, SYN, RST, ACK = 1, 2, 4, 16
PROGRESS = ("established", "handshake", "uncertain")


def after(a: int, b: int) -> int:
    """Signed distance from sequence number b to a."""
    return (a - b + 2**31) % 2**32 - 2**31


@dataclasses.dataclass
class Half:
    """What one side did so far."""
    sent_end: int | None = None
    acked: int | None = None
    base: int | None = None
    began: bool = False  # the base is that of a SYN or SYN-ACK
    window: int = 0
    shift: int | None = None
    fin: int | None = None
    fin_end: int = 0
    fin_acked: bool = False
    payload: int = 0


@dataclasses.dataclass
class Connection:
    first: int
    ends: list[tuple[str, str]]  # address and port; [0] sent the first segment
    last: int = 0
    client: int | None = None
    syn: int | None = None       # side
    syn_ack: int | None = None   # frame
    syn_payload: int = 0
    established: int | None = None
    close: int | None = None     # frame of the ACK of the second FIN
    reset: tuple[int, int, str, str] | None = None  # frame, side, outstanding of both sides
    refused: bool = False
    half: list[Half] = dataclasses.field(default_factory=lambda: [Half(), Half()])

    def address(self, server: int) -> str:
        return self.ends[self.client ^ server][0]


def is_acceptable(c: Connection, side: int, seq: int, ack: int, flags: int) -> bool:
    sender, receiver = c.half[side], c.half[side ^ 1]
    if receiver.acked is None:
        if receiver.sent_end is not None and flags & ACK:
            return ack == receiver.sent_end
        expected = sender.sent_end if sender.sent_end is not None else (sender.base or 0) + 1
        return sender.base is not None and seq == expected % 2**32
    scaled = sender.shift is not None and receiver.shift is not None
    window = receiver.window << (min(receiver.shift, 14) if scaled else 0)
    return seq == receiver.acked or (seq - receiver.acked) % 2**32 < window


def outstanding(c: Connection, side: int) -> str:
    sender, peer = c.half[side], c.half[side ^ 1]
    if sender.sent_end is None:
        return ""
    if peer.acked is None:
        return "0" if sender.began and sender.sent_end == (sender.base + 1) % 2**32 else ""
    waiting = after(sender.sent_end, peer.acked)
    if waiting < 0:
        return ""
    return str(waiting - (1 if waiting > 0 and sender.fin is not None else 0))


def take_base(c: Connection, side: int, seq: int, ack: int, flags: int, length: int) -> None:
    """S18."""
    half = c.half[side]
    if half.base is None or (flags & SYN and flags & ACK and half.base != seq):
        half.base = seq if flags & SYN else (seq - 1) % 2**32
        half.began = bool(flags & SYN)
    if c.half[side ^ 1].base is None and flags & ACK and not (flags & SYN and not flags & ACK):
        c.half[side ^ 1].base = (ack - 1) % 2**32


def take_reset(c: Connection, side: int, frame: int, seq: int, ack: int, flags: int) -> None:
    if c.reset or c.close or not is_acceptable(c, side, seq, ack, flags):
        return
    c.reset = (frame, side, outstanding(c, 0), outstanding(c, 1))
    c.refused = c.syn is not None and side != c.syn and c.syn_ack is None


def take(c: Connection, side: int, s: dict[str, str]) -> None:
    """One more segment of the connection."""
    frame, seq, ack = int(s["frame.number"]), int(s["tcp.seq_raw"]), int(s["tcp.ack_raw"])
    flags, length = int(s["tcp.flags"], 16), int(s["tcp.len"] or 0)
    half, peer = c.half[side], c.half[side ^ 1]
    c.last = frame
    take_base(c, side, seq, ack, flags, length)
    if flags & RST:
        take_reset(c, side, frame, seq, ack, flags)
        half.payload += length
        half.window = int(s["tcp.window_size_value"])
        return
    if flags & SYN:
        shift = s["tcp.options.wscale.shift"]
        if not flags & ACK:
            if c.syn is None:
                c.syn, c.client, c.syn_payload = side, side, length
            if c.syn_ack is None:
                half.shift = int(shift) if shift else None
        elif c.syn is None or (c.syn != side and (ack - peer.base - 1) % 2**32 <= c.syn_payload):
            if c.syn_ack is None:
                c.syn_ack = frame
                half.shift = int(shift) if shift else None
                if c.client is None:
                    c.client = side ^ 1
                # An ACK that stands before the SYN-ACK in the capture completes only what it covers.
                if c.established and after(peer.acked, (seq + 1) % 2**32) < 0:
                    c.established = None
    end = (seq + length + (flags & SYN) // SYN + (flags & FIN)) % 2**32
    if half.sent_end is None or after(end, half.sent_end) >= 0:
        half.sent_end = end
    half.payload += length
    half.window = int(s["tcp.window_size_value"])
    if flags & ACK:
        if half.acked is None or after(ack, half.acked) >= 0:
            half.acked = ack
        began = c.syn is not None or c.syn_ack is not None
        if began and side == c.client and not flags & SYN and c.established is None:
            if c.syn_ack is None or after(ack, (peer.base + 1) % 2**32) >= 0:
                c.established = frame
    if flags & FIN and half.fin is None:
        half.fin, half.fin_end = frame, end
    if flags & ACK and peer.fin is not None and not peer.fin_acked and after(ack, peer.fin_end) >= 0:
        peer.fin_acked = True
        if half.fin_acked and c.close is None:
            c.close = frame


def theirs(capture: pathlib.Path, roles: dict[int, str]) -> dict[int, Connection]:
    connections: dict[int, Connection] = {}
    for cells in tshark.rows(capture, FIELDS)[0]:
        s = dict(zip(FIELDS, cells))
        if not s["tcp.stream"]:
            continue
        source = (s["ip.src"] or s["ipv6.src"], s["tcp.srcport"])
        target = (s["ip.dst"] or s["ipv6.dst"], s["tcp.dstport"])
        c = connections.setdefault(int(s["tcp.stream"]), Connection(int(s["frame.number"]), [source, target]))
        take(c, c.ends.index(source), s)
    for number, c in connections.items():
        if c.client is None:
            texts = [f"[{a}]:{p}" if ":" in a else f"{a}:{p}" for a, p in c.ends]
            c.client = texts.index(roles[number])
    return connections


def progress(c: Connection, frame: int) -> str:
    """S43, of a connection that began at or before `frame`."""
    ended = min((end for end in (c.close, c.reset and c.reset[0]) if end), default=None)
    closed = ended is not None or (c.half[0].fin is not None and c.half[1].fin is not None)
    if (ended or c.last) < frame:
        return "" if closed else "uncertain"
    established = c.established
    if established is None and c.syn is None and c.syn_ack is None:
        established = c.first
    if established is None and c.half[c.client ^ 1].payload > 0:
        established = c.syn_ack or c.first
    return "established" if established is not None and established <= frame else "handshake"


def wanted(connections: dict[int, Connection]) -> dict[int, dict[str, str]]:
    """By frame of the RST: what the analyzer has to say."""
    rows: dict[int, dict[str, str]] = {}
    for number, c in connections.items():
        if c.reset is None:
            continue
        frame, side, *waiting = c.reset
        count = dict.fromkeys(PROGRESS, 0)
        for other in connections.values():
            if other.first > frame or other.address(0) != c.address(0) or other.address(1) == c.address(1):
                continue
            if what := progress(other, frame):
                count[what] += 1
        rows[frame] = {"tcp.stream": str(number), "pcapsule.reset": "refused" if c.refused else "abort",
                       "pcapsule.reset_by": "client" if side == c.client else "server",
                       "pcapsule.reset_client_outstanding_bytes": waiting[c.client],
                       "pcapsule.reset_server_outstanding_bytes": waiting[c.client ^ 1],
                       **{f"others_{what}": str(n) for what, n in count.items()}}
    return rows


def ours(binaries: pathlib.Path, capture: pathlib.Path) -> tuple[dict[int, dict[str, str]], dict[int, str]] | None:
    """The ends by frame, and the client of each connection."""
    with tempfile.TemporaryDirectory() as folder:
        record = f"{folder}/x.fb"
        tshark.run([str(binaries / "extractor"), "-q", "-o", record, str(capture)])
        if not pathlib.Path(record).exists():
            return None
        tables = []
        for command in ("resets", "connections"):
            status, out, message = tshark.run([str(binaries / "analyzer"), command, record, "-T", "csv"])
            if status != 0:
                sys.exit(f"{capture.name}: analyzer {command} ended with {status}: {message}")
            tables.append(list(csv.DictReader(io.StringIO(out, newline=""))))
    ends = {int(row["pcapsule.reset_frame"]): row for row in tables[0] if row["pcapsule.reset"] in ("abort", "refused")}
    return ends, {int(row["tcp.stream"]): row["pcapsule.client"] for row in tables[1]}


def differences(got: dict[int, dict[str, str]], want: dict[int, dict[str, str]]) -> list[str]:
    faults = [f"frame {frame}: an end by tshark only" for frame in want.keys() - got.keys()]
    faults += [f"frame {frame}: an end by analyzer only" for frame in got.keys() - want.keys()]
    for frame in want.keys() & got.keys():
        faults += [f"frame {frame}: {name}: tshark {value}, analyzer {got[frame][name]}"
                   for name, value in want[frame].items() if got[frame][name] != value]
    return sorted(faults)


def compare(binaries: pathlib.Path, capture: pathlib.Path) -> tuple[int, int, int]:
    """Ends compared, the greatest number of others at one, differences; prints the first few."""
    answer = ours(binaries, capture)
    if answer is None:
        return 0, 0, 0
    want = wanted(theirs(capture, answer[1]))
    found = differences(answer[0], want)
    for line in found[:5]:
        print(f"{capture.name}: {line}")
    return len(want), max((sum(int(row[f"others_{p}"]) for p in PROGRESS) for row in want.values()), default=0), len(found)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True, type=pathlib.Path)
    parser.add_argument("--expected", required=True)
    parser.add_argument("--crowd", action="store_true")
    options = parser.parse_args()
    if options.crowd:
        tshark.tshark_or_skip()
        with tempfile.TemporaryDirectory() as folder:
            capture = pathlib.Path(folder) / "crowd.pcap"
            crowd.write(capture, connections=6000, running=3000)
            ends, others, faults = compare(options.bin, capture)
        print(f"{ends} connections ended by a RST, at most {others} others, {faults} differences")
        return 1 if faults or ends < 1000 or others < 500 else 0
    folder = tshark.captures_or_skip()
    expected = Expected(options.expected)
    captures = [capture for capture in tshark.files(folder / "real") + tshark.files(folder / "micro")
                if not expected.allows(capture.name, "tcp.stream")]
    counts = [compare(options.bin, capture) for capture in captures]
    ends, faults = sum(c[0] for c in counts), sum(c[2] for c in counts)
    print(f"{len(captures)} captures, {ends} connections ended by a RST, at most {max(c[1] for c in counts)} others, "
          f"{faults} differences")
    return 1 if faults or not ends else 0


if __name__ == "__main__":
    sys.exit(main())
