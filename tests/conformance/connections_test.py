#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds `analyzer connections` against sums over the frames that tshark prints.

usage: connections_test.py --bin DIR --expected FILE

For every capture of PCAPSULE_CAPTURES/real and micro: addresses, frames and bytes
each way, start, duration, first and last frame of every tcp.stream, and
tcp.completeness as `tshark -2` gives it. FILE lists what is known to differ, as
fields_test.py reads it.
"""
from __future__ import annotations

import argparse
import collections
import csv
import io
import pathlib
import sys
import tempfile

import tshark
from fields_test import Expected

FIELDS = """tcp.stream frame.number frame.time_epoch frame.len ip.src ipv6.src ip.dst ipv6.dst tcp.srcport tcp.dstport
tcp.completeness frame.protocols""".split()


def nanoseconds(text: str) -> int:
    sign = -1 if text.startswith("-") else 1
    seconds, fraction = text.lstrip("-").split(".")
    return sign * (int(seconds) * 10**9 + int(fraction))


def endpoint(address: str, port: str) -> str:
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def theirs(capture: pathlib.Path) -> dict[int, dict[str, object]]:
    """By stream: the sums of its frames, computed here."""
    # The last IP header of a frame is that of its TCP, also in a tunnel.
    plain, tunnelled = tshark.rows(capture, FIELDS, two_pass=True, occurrence="l")
    streams: dict[int, dict[str, object]] = {}
    for cells in sorted(plain + tunnelled, key=lambda row: int(row[1])):
        c = dict(zip(FIELDS, cells))
        if not c["tcp.stream"]:
            continue
        inner = [layer for layer in c["frame.protocols"].split(":tcp")[0].split(":") if layer in ("ip", "ipv6")][-1]
        source = endpoint(c[f"{inner}.src"], c["tcp.srcport"])
        target = endpoint(c[f"{inner}.dst"], c["tcp.dstport"])
        time = nanoseconds(c["frame.time_epoch"])
        s = streams.setdefault(int(c["tcp.stream"]), {
            "start": time, "first_frame": int(c["frame.number"]), "ends": {source, target},
            "frames": collections.Counter(), "bytes": collections.Counter()})
        s["last"] = time
        s["last_frame"] = int(c["frame.number"])
        s["completeness"] = int(c["tcp.completeness"])  # of the last row: the final one
        s["frames"][source] += 1
        s["bytes"][source] += int(c["frame.len"])
    return streams


def ours(binaries: pathlib.Path, capture: pathlib.Path) -> list[dict[str, str]] | None:
    with tempfile.TemporaryDirectory() as folder:
        record = f"{folder}/x.fb"
        tshark.run([str(binaries / "extractor"), "-q", "-o", record, str(capture)])
        if not pathlib.Path(record).exists():
            return None
        status, out, message = tshark.run([str(binaries / "analyzer"), "connections", record, "-T", "csv"])
        if status != 0:
            sys.exit(f"{capture.name}: analyzer ended with {status}: {message}")
    return list(csv.DictReader(io.StringIO(out, newline="")))


def differences(row: dict[str, str], want: dict[str, object]) -> list[str]:
    client, server = row["pcapsule.client"], row["pcapsule.server"]
    pairs = {
        "addresses": ({client, server}, want["ends"]),
        "client_frames": (int(row["pcapsule.client_frames"]), want["frames"][client]),
        "server_frames": (int(row["pcapsule.server_frames"]), want["frames"][server] if client != server else 0),
        "client_bytes": (int(row["pcapsule.client_bytes"]), want["bytes"][client]),
        "server_bytes": (int(row["pcapsule.server_bytes"]), want["bytes"][server] if client != server else 0),
        "start": (nanoseconds(row["pcapsule.start"]), want["start"]),
        "duration": (int(row["pcapsule.duration_ns"]), want["last"] - want["start"]),
        "first_frame": (int(row["pcapsule.first_frame"]), want["first_frame"]),
        "last_frame": (int(row["pcapsule.last_frame"]), want["last_frame"]),
        "tcp.completeness": (int(row["tcp.completeness"]), want["completeness"]),
    }
    return [f"{what}: tshark {b}, analyzer {a}" for what, (a, b) in pairs.items() if a != b]


def compare(capture: pathlib.Path, binaries: pathlib.Path, expected: Expected) -> tuple[int, int]:
    """Connections compared, and unexpected differences; prints the first few."""
    want = theirs(capture)
    rows = ours(binaries, capture)
    if rows is None:
        if not want or expected.allows(capture.name, "refused"):
            return 0, 0
        print(f"{capture.name}: refused")
        return 0, 1
    got = {int(row["tcp.stream"]): row for row in rows}
    faults: list[str] = []
    compared = 0
    for stream, sums in want.items():
        if stream not in got:
            faults.append(f"stream {stream}: missing")
            continue
        compared += 1
        faults += [f"stream {stream}: {line}" for line in differences(got[stream], sums)]
    if expected.allows(capture.name, "tcp.stream"):
        return compared, 0
    kept = [f for f in faults if not expected.allows(capture.name, f"connections {f.split(': ')[1]}")]
    for line in kept[:5]:
        print(f"{capture.name}: {line}")
    return compared, len(kept)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True, type=pathlib.Path)
    parser.add_argument("--expected", required=True)
    options = parser.parse_args()
    folder = tshark.captures_or_skip()
    expected = Expected(options.expected)
    compared, faults, captures = 0, 0, 0
    files = tshark.files(folder / "real") + tshark.files(folder / "micro")
    for capture in files:
        count, bad = compare(capture, options.bin, expected)
        compared += count
        faults += bad
        captures += count > 0
    gone = expected.gone({capture.name for capture in files}, of_connections=True)
    for capture_name, what in gone:
        print(f"{capture_name}: {what}: listed as expected, but it does not happen")
    print(f"{captures} captures, {compared} connections, {faults} differences")
    return 1 if faults or gone or not compared else 0


if __name__ == "__main__":
    sys.exit(main())
