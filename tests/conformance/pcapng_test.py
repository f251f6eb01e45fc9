#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds extractor's pcapng reader against tshark's on files of odd_pcapng.py.

usage: pcapng_test.py --bin DIR

Every TCP segment has to have tshark's frame number, time, lengths, interface's link type (by its addresses) and stream.
What ends early in tshark ends with exit status 3 here.
"""
from __future__ import annotations

import argparse
import pathlib
import shutil
import sys
import tempfile

import odd_pcapng
import tshark

FIELDS = "frame.number frame.time_epoch frame.len frame.cap_len ip.src tcp.srcport tcp.stream".split()


def theirs(capture: pathlib.Path) -> tuple[list[list[str]], bool]:
    """Rows, and whether tshark calls the file damaged or cut."""
    command = ["tshark", "-n", "-r", str(capture), "-Y", "tcp", "-T", "fields"]
    for field in FIELDS:
        command += ["-e", field]
    status, out, _ = tshark.run(command)
    rows = [line.split("\t") for line in out.splitlines()]
    for row in rows:
        # The one difference: tshark prints nothing for the time of a Simple Packet Block.
        row[1] = row[1] or "0.000000000"
    return rows, status != 0


def ours(binaries: pathlib.Path, capture: pathlib.Path) -> tuple[list[list[str]], bool, str]:
    record = capture.with_suffix(".fb")
    status, _, message = tshark.run([str(binaries / "extractor"), "-q", "-o", str(record), str(capture)])
    if status not in (0, 3):
        return [], False, message
    command = [str(binaries / "analyzer"), "packets", str(record), "-T", "fields"]
    for field in FIELDS:
        command += ["-e", field]
    _, out, _ = tshark.run(command)
    return [line.split("\t") for line in out.splitlines()], status == 3, message


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True, type=pathlib.Path)
    options = parser.parse_args()
    if shutil.which("tshark") is None:
        tshark.skip("tshark is not installed")
    bad, rows = 0, 0
    files = odd_pcapng.cases()
    with tempfile.TemporaryDirectory() as folder:
        for name, file in files.items():
            capture = pathlib.Path(folder) / f"{name}.pcapng"
            capture.write_bytes(file.bytes)
            wanted, damaged = theirs(capture)
            got, says_damaged, message = ours(options.bin, capture)
            rows += len(wanted)
            if not wanted:
                print(f"{name}: tshark reads nothing: the case shows nothing")
            if wanted == got and damaged == says_damaged and wanted:
                continue
            bad += 1
            print(f"{name}: tshark {wanted}, damaged: {damaged}\n  extractor {got}, damaged: {says_damaged} {message}")
    print(f"{len(files)} files, {rows} rows of {len(FIELDS)} fields, {bad} files differ")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
