#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds `extractor --merge` against tshark reading what `mergecap -a` makes of the same files.

usage: merge_test.py --bin DIR --root DIR

A sample is split by editcap as a ring buffer would, and given in another order; files of different link types, formats
and compression are merged too.
"""
from __future__ import annotations

import argparse
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

import odd_pcapng
import tshark

FIELDS = """frame.number frame.time_epoch frame.time_delta frame.len frame.cap_len ip.src ipv6.src tcp.srcport tcp.stream
tcp.flags tcp.seq tcp.ack tcp.len tcp.window_size""".split()


def cells(command: list[str]) -> list[list[str]]:
    for field in FIELDS:
        command += ["-e", field]
    status, out, message = tshark.run(command)
    if status != 0:
        sys.exit(f"{command[:4]} ended with {status}: {message}")
    return [line.split("\t") for line in out.splitlines()]


def theirs(files: list[pathlib.Path], merged: pathlib.Path) -> list[list[str]]:
    subprocess.run(["mergecap", "-a", "-F", "pcapng", "-w", merged, *files], check=True, capture_output=True)
    command = ["tshark", "-n", "-r", str(merged), "-Y", "tcp && !icmp && !icmpv6", "-T", "fields", "-E", "occurrence=f"]
    for preference in tshark.PREFERENCES:
        command += ["-o", preference]
    return cells(command)


def ours(binaries: pathlib.Path, files: list[pathlib.Path], record: pathlib.Path) -> list[list[str]]:
    given = list(files)
    random.Random(7).shuffle(given)
    status, _, message = tshark.run([str(binaries / "extractor"), "-q", "--merge", "-o", str(record), *map(str, given)])
    if status != 0:
        sys.exit(f"extractor ended with {status}: {message}")
    status, _, message = tshark.run([str(binaries / "analyzer"), "verify", str(record)])
    if status != 0:
        sys.exit(f"the record file is not sound: {message}")
    return cells([str(binaries / "analyzer"), "packets", str(record), "-T", "fields", "-E", "occurrence=f"])


def split(sample: pathlib.Path, packets: int, folder: pathlib.Path) -> list[pathlib.Path]:
    """The sample in files of so many packets, in order."""
    folder.mkdir()
    subprocess.run(["editcap", "-c", str(packets), sample, folder / "ring.pcapng"], check=True, capture_output=True)
    return sorted(folder.iterdir())


def different_kinds(folder: pathlib.Path) -> list[pathlib.Path]:
    """Files of three link types, in the order of their first packets; the last is compressed."""
    folder.mkdir()
    us = odd_pcapng.MICROSECONDS
    files = [
        ("z.pcapng", odd_pcapng.start().custom().enhanced(0, us, odd_pcapng.ethernet(1)).custom()),
        ("y.pcapng", odd_pcapng.start(link_type=odd_pcapng.RAW, resolution=9).enhanced(0, us * 1000 + 5000, odd_pcapng.tcp(1))),
        ("x.pcapng", odd_pcapng.start(">").interface(odd_pcapng.SLL, 0, 9).enhanced(0, us + 9, odd_pcapng.ethernet(2))
         .enhanced(1, us * 1000, odd_pcapng.cooked(1))),
        ("w.pcapng", odd_pcapng.start(">").enhanced(0, us + 20, odd_pcapng.ethernet(3))),
    ]
    for name, file in files:
        (folder / name).write_bytes(file.bytes)
    subprocess.run(["gzip", folder / "w.pcapng"], check=True)
    return [folder / "z.pcapng", folder / "y.pcapng", folder / "x.pcapng", folder / "w.pcapng.gz"]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True, type=pathlib.Path)
    parser.add_argument("--root", required=True, type=pathlib.Path)
    options = parser.parse_args()
    for program in ("tshark", "mergecap", "editcap"):
        if shutil.which(program) is None:
            tshark.skip(f"{program} is not installed")
    samples = options.root / "samples"
    bad, rows = 0, 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        cases = {
            "split in 5": split(samples / "bulk_among_short.pcap.gz", 5000, folder / "bulk"),
            "split in 30": split(samples / "port_reuse.pcap", 5, folder / "reuse"),
            "different kinds": different_kinds(folder / "kinds"),
            "ipv6 and others": [samples / "ipv6.pcapng", samples / "vlan.pcap", samples / "port_reuse.pcap"],
        }
        for case, files in cases.items():
            wanted = theirs(files, folder / "merged.pcapng")
            got = ours(options.bin, files, folder / "merged.fb")
            rows += len(wanted)
            if case == "different kinds":  # to tshark, a custom block has the time 0, and the next frame a long delta
                delta = FIELDS.index("frame.time_delta")
                wanted, got = [[row[:delta] + row[delta + 1 :] for row in table] for table in (wanted, got)]
            if wanted and wanted == got:
                continue
            bad += 1
            first = next((pair for pair in zip(wanted, got) if pair[0] != pair[1]), (len(wanted), len(got)))
            print(f"{case}: tshark {first[0]}\n  analyzer {first[1]}")
    print(f"{len(cases)} merges, {rows} rows of {len(FIELDS)} fields, {bad} differ")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
