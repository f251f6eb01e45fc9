#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds `analyzer packets -T fields` against tshark, cell by cell.

usage: fields_test.py --bin DIR --folder real|micro --expected FILE [--field NAME ...]

FILE lists what is known to differ, one a line:
    CAPTURE <tab> refused|FIELD|missing row|extra row|connections COLUMN <tab> reason
An unlisted difference fails; a listed one that no longer happens fails too.
"""
from __future__ import annotations

import argparse
import collections
import pathlib
import sys
import tempfile

import tshark

FIELDS = """frame.number frame.time frame.time_epoch frame.time_relative frame.time_delta frame.len frame.cap_len
ip.src ip.dst ip.ttl ip.id ip.dsfield.ecn ipv6.src ipv6.dst ipv6.hlim vlan.id
tcp.stream tcp.srcport tcp.dstport tcp.len tcp.hdr_len tcp.seq tcp.seq_raw tcp.nxtseq tcp.ack tcp.ack_raw
tcp.flags tcp.flags.str tcp.flags.syn tcp.flags.ack tcp.flags.fin tcp.flags.reset tcp.flags.push tcp.flags.urg
tcp.flags.ece tcp.flags.cwr tcp.flags.ae tcp.window_size_value tcp.window_size tcp.window_size_scalefactor
tcp.options.mss_val tcp.options.wscale.shift tcp.options.sack_perm tcp.options.sack_le tcp.options.sack_re
tcp.options.timestamp.tsval tcp.options.timestamp.tsecr tcp.time_relative tcp.time_delta""".split()

# Of frames with tunnels, tshark prints the outermost header's, and a row of ours has the innermost's.
OUTER = ("ip.", "ipv6.", "vlan.")


class Expected:
    """The differences that are known, and which of them happened."""

    def __init__(self, path: str):
        self.reasons: dict[tuple[str, str], str] = {}
        self.happened: set[tuple[str, str]] = set()
        for line in pathlib.Path(path).read_text().splitlines():
            if line and not line.startswith("#"):
                capture, what, reason = line.split("\t")
                self.reasons[capture, what] = reason

    def allows(self, capture: str, what: str) -> bool:
        if (capture, what) not in self.reasons:
            return False
        self.happened.add((capture, what))
        return True

    def gone(self, captures: set[str], of_connections: bool = False) -> list[tuple[str, str]]:
        """The differences that did not happen: `connections …` are those of connections_test.py."""
        return [key for key in self.reasons if key[0] in captures and key not in self.happened
                and key[1].startswith("connections ") == of_connections]


def ours(binaries: pathlib.Path, capture: pathlib.Path, fields: list[str],
         occurrence: str = "f") -> tuple[dict[str, list[str]] | None, str]:
    """Rows of the analyzer by frame number; None and the message when the extractor refused."""
    with tempfile.TemporaryDirectory() as folder:
        record = f"{folder}/x.fb"
        _, _, message = tshark.run([str(binaries / "extractor"), "-q", "-o", record, str(capture)])
        if not pathlib.Path(record).exists():
            return None, message.strip()
        command = [str(binaries / "analyzer"), "packets", record, "-T", "fields", "-E", f"occurrence={occurrence}"]
        for field in fields:
            command += ["-e", field]
        status, out, message = tshark.run(command)
        if status != 0:
            sys.exit(f"{capture.name}: analyzer ended with {status}: {message}")
    return {line.split("\t")[0]: line.split("\t") for line in out.splitlines()}, ""


def compare(capture: pathlib.Path, binaries: pathlib.Path, fields: list[str], expected: Expected) -> collections.Counter:
    """Counts of unexpected differences by kind; prints the first of each."""
    faults: collections.Counter = collections.Counter()

    def fault(what: str, detail: str) -> None:
        if expected.allows(capture.name, what):
            return
        if faults[what] == 0:
            print(f"{capture.name}: {what}: {detail}")
        faults[what] += 1

    plain, tunnelled = tshark.rows(capture, fields)
    wanted = plain + tunnelled
    if not wanted:
        return faults
    got, message = ours(binaries, capture, fields)
    if got is None:
        fault("refused", message)
        return faults
    for n, row in enumerate(wanted):
        mine = got.get(row[0])
        if mine is None:
            fault("missing row", f"frame {row[0]}")
            continue
        for field, theirs, here in zip(fields, row, mine):
            if n >= len(plain) and field.startswith(OUTER):
                continue
            if theirs != here:
                fault(field, f"frame {row[0]}: tshark {theirs!r}, analyzer {here!r}")
    extra = set(got) - {row[0] for row in wanted}
    if extra:
        fault("extra row", f"frame {min(extra, key=int)}")
    faults["rows"] = len(wanted)
    return faults


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True, type=pathlib.Path)
    parser.add_argument("--folder", required=True)
    parser.add_argument("--expected", required=True)
    parser.add_argument("--field", action="append")
    options = parser.parse_args()
    folder = tshark.captures_or_skip() / options.folder
    fields = ["frame.number", *options.field] if options.field else FIELDS
    expected = Expected(options.expected)
    captures = tshark.files(folder)
    rows, bad = 0, 0
    for capture in captures:
        faults = compare(capture, options.bin, fields, expected)
        rows += faults.pop("rows", 0)
        bad += bool(faults)
    gone = expected.gone({capture.name for capture in captures})
    for capture, what in gone:
        print(f"{capture}: {what}: listed as expected, but it does not happen")
    print(f"{len(captures)} captures, {rows} rows of {len(fields)} fields, {bad} captures differ")
    return 1 if bad or gone or not captures else 0


if __name__ == "__main__":
    sys.exit(main())
