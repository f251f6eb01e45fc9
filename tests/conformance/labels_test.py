#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds all tcp.analysis fields of `analyzer packets` against tshark, cell by cell, with every occurrence.

usage: labels_test.py --bin DIR --expected FILE --folder real|micro
       labels_test.py --bin DIR --expected FILE --hostile FIRST-LAST [--keep DIR]

--hostile compares captures of hostile.py made from these seeds instead; --keep
leaves those that differ in DIR.
"""
from __future__ import annotations

import argparse
import collections
import pathlib
import shutil
import sys
import tempfile

import fields_test
import hostile
import tshark

LABELS = """retransmission fast_retransmission spurious_retransmission out_of_order duplicate_ack lost_segment
ack_lost_segment zero_window zero_window_probe zero_window_probe_ack window_update window_full keep_alive keep_alive_ack
reused_ports flags duplicate_ack_num duplicate_ack_frame acks_frame ack_rtt initial_rtt bytes_in_flight rto
rto_frame""".split()
GREATEST_SHOWN = 2  # of a capture: one difference makes many
FIELDS = ["frame.number", "tcp.stream", "tcp.analysis", *(f"tcp.analysis.{label}" for label in LABELS)]


def compare(capture: pathlib.Path, programs: pathlib.Path, expected: fields_test.Expected,
            seen: collections.Counter) -> tuple[int, int]:
    """Compared rows, and unexpected differences; prints the first of each field."""
    plain, tunnelled = tshark.rows(capture, FIELDS, occurrence="a")
    # A header of which too little was captured has no stream there and no row here.
    wanted = [row for row in plain + tunnelled if row[1]]
    if not wanted:
        return 0, 0
    got, message = fields_test.ours(programs, capture, FIELDS, occurrence="a")
    faults: collections.Counter = collections.Counter()

    def fault(what: str, detail: str) -> None:
        if expected.allows(capture.name, what):
            return
        if faults[what] == 0 and len(faults) <= GREATEST_SHOWN:
            print(f"{capture.name}: {what}: {detail}")
        faults[what] += 1

    if got is None:
        fault("refused", message)
        return 0, sum(faults.values())
    for row in wanted:
        mine = got.get(row[0])
        if mine is None:
            fault("missing row", f"frame {row[0]}")
            continue
        for field, theirs, here in zip(FIELDS, row, mine):
            seen[field] += theirs != ""
            if theirs != here:
                fault(field, f"frame {row[0]} of stream {row[1]}: tshark {theirs!r}, analyzer {here!r}")
    return len(wanted), sum(faults.values())


def generated(folder: pathlib.Path, seeds: str) -> list[pathlib.Path]:
    first, last = (int(part) for part in seeds.split("-"))
    captures = []
    for seed in range(first, last + 1):
        path = folder / f"hostile-{seed}.pcap"
        (hostile.write_long_lists if seed % 10 == 0 else hostile.write)(path, seed)
        captures.append(path)
    return captures


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", required=True, type=pathlib.Path)
    parser.add_argument("--expected", required=True)
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--folder")
    which.add_argument("--hostile", metavar="FIRST-LAST")
    parser.add_argument("--keep", type=pathlib.Path)
    options = parser.parse_args()
    expected = fields_test.Expected(options.expected)
    seen: collections.Counter = collections.Counter()
    rows, bad = 0, 0
    with tempfile.TemporaryDirectory() as scratch:
        if options.folder:
            captures = tshark.files(tshark.captures_or_skip() / options.folder)
        else:
            tshark.tshark_or_skip()
            captures = generated(pathlib.Path(scratch), options.hostile)
        for capture in captures:
            compared, faults = compare(capture, options.bin, expected, seen)
            rows += compared
            bad += faults > 0
            if faults and options.keep:
                shutil.copy(capture, options.keep)
    never = [label for label in LABELS if seen[f"tcp.analysis.{label}"] == 0]
    print(f"{len(captures)} captures, {rows} rows of {len(FIELDS)} fields, {bad} captures differ")
    print("cells with a value:", ", ".join(f"{field.removeprefix('tcp.analysis.')} {seen[field]}" for field in FIELDS[2:]))
    if options.hostile and never:
        print("no capture has:", ", ".join(never))
        return 1
    return 1 if bad or rows == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
