#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What commands say of a capture that a mirror port doubled is what they say of the capture itself.

usage: duplicates_test.py --bin DIR --root DIR [--every N]      (every Nth capture)

Every frame of the captures of PCAPSULE_CAPTURES and of the samples is written twice, the copy with other hardware
addresses, one hop less and, in one of three ways, another VLAN: right behind the frame, or behind those that came in
between. The reports have to be equal but for the frame numbers, which are translated.
"""
from __future__ import annotations

import argparse
import csv
import io
import os
import pathlib
import shutil
import sys
import tempfile

import doubling
import tshark

HANDSHAKE = ["handshakes", "--by", "connection"]
WINDOWS = ["windows", "--all"]
STALLS = ["windows", "--stalls"]
RESETS = ["resets"]
LOSSES = ["losses", "--all"]
CONNECTIONS = ["connections", *(word for field in """tcp.stream pcapsule.client pcapsule.server pcapsule.role pcapsule.start
pcapsule.first_frame pcapsule.handshake pcapsule.end pcapsule.conn_state pcapsule.syns pcapsule.syn_acks
pcapsule.window_scale""".split() for word in ("-e", field))]
TOTALS = ["connections", *(word for field in """tcp.stream pcapsule.frames pcapsule.client_frames pcapsule.server_frames
pcapsule.payload_bytes""".split() for word in ("-e", field))]
# Delay of the copies, whether they stand where their time is, whether they have another VLAN, and what is compared:
# which connections a RST finds in progress depends on the order of frames.
WAYS = [(3_000, False, False, [HANDSHAKE, WINDOWS, STALLS, LOSSES, RESETS, CONNECTIONS]),
        (900_000, True, True, [HANDSHAKE, WINDOWS, STALLS, LOSSES])]


# Captures that a mirror port doubled already, with copies up to 2 ms later: whether two of four records of a frame are
# more than 1 ms apart (S40) depends on the third.
OWN_COPIES = {"gopacket-gopacket__cip.pcap"}


class Records:
    def __init__(self, binaries: pathlib.Path, folder: pathlib.Path):
        self.binaries, self.folder = binaries, folder

    def extract(self, capture: pathlib.Path, name: str) -> pathlib.Path | None:
        record = self.folder / name
        record.unlink(missing_ok=True)
        status, _, _ = tshark.run([str(self.binaries / "extractor"), "-q", "-o", str(record), str(capture)])
        return record if status in (0, 3) and record.exists() else None

    def rows(self, record: pathlib.Path, command: list[str]) -> list[dict[str, str]]:
        status, out, message = tshark.run(
            [str(self.binaries / "analyzer"), command[0], str(record), *command[1:], "-T", "csv"])
        if status not in (0, 3):
            sys.exit(f"{command} on {record} ended with {status}: {message}")
        return list(csv.DictReader(io.StringIO(out)))


def translated(rows: list[dict[str, str]], place: dict[int, int]) -> list[dict[str, str]]:
    """The rows with the frame numbers of the doubled capture."""
    return [{name: str(place[int(value)]) if name.endswith("frame") and value else value for name, value in row.items()}
            for row in rows]


def differences(plain: list[dict[str, str]], twice: list[dict[str, str]]) -> list[str]:
    if len(plain) != len(twice):
        return [f"{len(plain)} rows became {len(twice)}"]
    return [f"stream {a.get('tcp.stream')}: {name} {a[name]!r} became {b.get(name)!r}"
            for a, b in zip(plain, twice) for name in a if name != "copies" and a[name] != b.get(name)]


def compare(records: Records, capture: pathlib.Path, folder: pathlib.Path) -> tuple[int, list[str]] | None:
    single = folder / "single.pcap"
    if doubling.frames_of(capture, folder) is None:
        return None
    shutil.copy(folder / "plain.pcap", single)
    plain = records.extract(single, "single.fb")
    if plain is None:
        return None
    faults: list[str] = []
    compared = 0
    for delay, sort, tag, commands in WAYS:
        place = doubling.doubled(single, folder / "twice.pcap", delay, sort, tag, folder)
        twice = records.extract(folder / "twice.pcap", "twice.fb") if place is not None else None
        if place is None or twice is None:
            faults.append("it could not be doubled")
            continue
        for command in commands:
            if capture.name in OWN_COPIES and command is LOSSES:
                continue
            before = translated(records.rows(plain, command), place)
            compared += sum(len(row) for row in before)
            faults += [f"{' '.join(command[:2])}, {delay} ns: {line}"
                       for line in differences(before, records.rows(twice, command))]
        for a, b in zip(records.rows(plain, TOTALS), records.rows(twice, TOTALS)):
            wrong = [name for name in a if name != "tcp.stream" and 2 * int(a[name]) != int(b[name])]
            faults += [f"stream {a['tcp.stream']}: {name} {a[name]} became {b[name]}" for name in wrong]
    return compared, faults


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", type=pathlib.Path, required=True)
    parser.add_argument("--root", type=pathlib.Path, required=True)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--show", type=int, default=20)
    parser.add_argument("captures", nargs="*", type=pathlib.Path)
    arguments = parser.parse_args()
    if shutil.which("editcap") is None:
        tshark.skip("editcap is not installed")
    captures = arguments.captures or sorted((arguments.root / "samples").glob("*.pcap*"))
    given = os.environ.get("PCAPSULE_CAPTURES", "")
    if given and not arguments.captures:
        captures += [c for folder in ("real", "micro") for c in tshark.files(pathlib.Path(given) / folder)]
    captures = captures[:: arguments.every]
    compared, failed, left_out = 0, 0, []
    with tempfile.TemporaryDirectory() as folder:
        records = Records(arguments.bin, pathlib.Path(folder))
        for capture in captures:
            result = compare(records, capture, pathlib.Path(folder))
            if result is None:
                left_out.append(capture.name)
                continue
            compared += result[0]
            if result[1]:
                failed += 1
                print(f"{capture.name}: {len(result[1])} differences")
                print("".join(f"  {line}\n" for line in result[1][: arguments.show]), end="")
    print(f"{len(captures) - len(left_out)} captures doubled, {compared} cells compared, {failed} captures differ; "
          f"not plain pcap or without record: {', '.join(left_out) or 'none'}")
    return 1 if failed or compared == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
