#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the inputs that fuzzing starts from, made of the repository's own samples and tests.

usage: make_seeds.py --bin DIR FOLDER      (FOLDER gets a folder for each target)

Beginnings of the samples, their record files, a frame of each encapsulation, the filters and command lines of the tests.
"""
from __future__ import annotations

import argparse
import pathlib
import shlex
import struct
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parent.parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(TOP / "tests" / "conformance"))

import encapsulations  # noqa: E402

PCAP_HEADER_BYTES, FRAME_HEADER_BYTES = 24, 16
BEGINNING_BYTES = 1500


class Seeds:
    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder

    def add(self, target: str, name: str, content: bytes) -> None:
        place = self.folder / target
        place.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(content)


def frames(capture: bytes) -> list[bytes]:
    found, at = [], PCAP_HEADER_BYTES
    while at + FRAME_HEADER_BYTES <= len(capture):
        captured = struct.unpack_from("<I", capture, at + 8)[0]
        found.append(capture[at + FRAME_HEADER_BYTES:at + FRAME_HEADER_BYTES + captured])
        at += FRAME_HEADER_BYTES + captured
    return found


def add_captures(seeds: Seeds, programs: pathlib.Path) -> None:
    for sample in sorted((TOP / "samples").glob("*.pcap*")):
        beginning = sample.read_bytes()[:BEGINNING_BYTES]
        seeds.add("capture_fuzz", sample.name, beginning)
        with tempfile.TemporaryDirectory() as folder:
            capture, record = pathlib.Path(folder) / "x.pcap", pathlib.Path(folder) / "x.fb"
            capture.write_bytes(beginning)
            # Status 3: the beginning ends in the middle of a frame.
            subprocess.run([programs / "extractor", "-q", capture, "-o", record], stderr=subprocess.DEVNULL, check=False)
            seeds.add("record_file_fuzz", sample.name + ".fb", record.read_bytes())


def add_frames(seeds: Seeds) -> None:
    for name in encapsulations.CASES:
        capture = encapsulations.capture(name)
        link_type = struct.unpack_from("<I", capture, 20)[0] & 0xffff
        for frame in frames(capture)[:1]:
            seeds.add("decode_frame_fuzz", name, struct.pack(">HB", link_type, 0) + frame)


def add_options(seeds: Seeds) -> None:
    areas = {"syn": "020405b40402080a0000000100000000010303 07", "sack": "0101050a0000000100000002",
             "sack_dss": "0101080a00000001000000021e0c0001000000010000", "fast_open": "220a0102030405060708",
             "accurate_ecn": "ac0b000000000000000000", "short": "0201", "runs_past": "0540", "zeros": "00000000"}
    for name, area in areas.items():
        seeds.add("tcp_options_fuzz", name, b"\0" + bytes.fromhex(area.replace(" ", "")))


def add_filters(seeds: Seeds) -> None:
    lines = (TOP / "tests" / "conformance" / "filters.txt").read_text("utf-8").splitlines()
    for number, line in enumerate(lines):
        if line.strip() and not line.startswith(("#", "[refused]")):
            seeds.add("filter_fuzz", f"line_{number}", line.encode())


def add_command_lines(seeds: Seeds) -> None:
    for line in (TOP / "tests" / "golden" / "manifest.txt").read_text("utf-8").splitlines():
        for part in line.split(" | ")[1:2]:
            for command in part.split("&&"):
                try:
                    words = shlex.split(command)
                except ValueError:
                    continue  # quotes across a pipe
                if words[:1] in (["extractor"], ["analyzer"]):
                    program = b"\0" if words[0] == "extractor" else b"\1"
                    name = line.split(" | ")[0]
                    seeds.add("command_line_fuzz", name, program + "\n".join(words[1:]).encode())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", required=True, type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    options = parser.parse_args()
    seeds = Seeds(options.folder)
    add_captures(seeds, options.bin)
    add_frames(seeds)
    add_options(seeds)
    add_filters(seeds)
    add_command_lines(seeds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
