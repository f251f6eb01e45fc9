#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Captures cut and corrupted: bounded time and memory, status 0, 1 or 3, the good beginning kept, every frame counted.

usage: damaged_capture_test.py --bin DIR [--thorough] [--seed N]

Takes the samples and, with PCAPSULE_CAPTURES, captures of its folder `real`: some of them, each at a few places; all
of them and `micro`, 100 places and 100 corruptions each, with --thorough.
"""
from __future__ import annotations

import concurrent.futures
import json
import os
import pathlib
import random
import struct
import sys
import tempfile
import time

import support
from support import DONE, FAILED, INPUT_LOST, Programs, Tally, text

RSS_LIMIT_KB = 400 * 1024  # of one extraction; a program with sanitizers needs most of it
SECONDS_LIMIT = 20
FEW = 8  # real captures in the ordinary run
PCAP_MAGICS = {b"\xa1\xb2\xc3\xd4": ">", b"\xd4\xc3\xb2\xa1": "<", b"\xa1\xb2\x3c\x4d": ">", b"\x4d\x3c\xb2\xa1": "<"}
PACKET_BLOCKS = {2, 3, 6}
RAW_FIELDS = ["frame.number", "frame.time_epoch", "tcp.seq_raw", "tcp.len", "tcp.flags"]


def ends_of_frames(capture: bytes) -> list[int] | None:
    """Where each frame of a plain pcap or pcapng ends; None: another format, or odd."""
    ends = []
    if capture[:4] in PCAP_MAGICS:
        order, at = PCAP_MAGICS[capture[:4]], 24
        while at + 16 <= len(capture):
            at += 16 + struct.unpack_from(order + "I", capture, at + 8)[0]
            ends.append(at)
        return ends if at == len(capture) else None
    if capture[:4] != b"\x0a\x0d\x0d\x0a":
        return None
    order, at = "<", 0
    while at + 12 <= len(capture):
        if capture[at:at + 4] == b"\x0a\x0d\x0d\x0a":
            order = ">" if capture[at + 8:at + 12] == b"\x1a\x2b\x3c\x4d" else "<"
        kind, size = struct.unpack_from(order + "II", capture, at)
        if size < 12:
            return None
        at += size
        if kind in PACKET_BLOCKS:
            ends.append(at)
    return ends if at == len(capture) else None


class Damage:
    """Extractions of one capture's damaged forms."""

    def __init__(self, programs: Programs, folder: pathlib.Path, capture: pathlib.Path) -> None:
        self.programs, self.folder, self.capture = programs, folder, capture
        self.good = capture.read_bytes()
        self.ends = ends_of_frames(self.good)
        self.faults: list[str] = []
        self.extractions = self.frames = self.greatest_rss_kb = 0
        self.greatest_seconds = 0.0
        self.whole: list[str] = []

    def expect(self, holds: bool, what: str, how: str) -> None:
        if not holds:
            self.faults.append(f"{self.capture.name}, {how}: {what}")

    def extract(self, content: bytes, how: str) -> dict[str, object] | None:
        """The report of an extraction that did not fail."""
        damaged, out = self.folder / "damaged.pcap", self.folder / "x.fb"
        damaged.write_bytes(content)
        out.unlink(missing_ok=True)
        begin = time.monotonic()
        with (self.folder / "report.json").open("w+b") as report, (self.folder / "err").open("w+b") as err:
            process = self.programs.start(self.programs.extractor, "-q", "--report", "json", "-o", out, damaged,
                                          stdout=report, stderr=err)
            _, status, usage = os.wait4(process.pid, 0)  # without a limit: the test's own ends a hang
            process.returncode = os.waitstatus_to_exitcode(status)
            report.seek(0)
            found = report.read()
            err.seek(0)
            message = text(err.read())
        seconds = time.monotonic() - begin
        self.extractions += 1
        self.greatest_rss_kb = max(self.greatest_rss_kb, usage.ru_maxrss)
        self.greatest_seconds = max(self.greatest_seconds, seconds)
        self.expect(process.returncode in (DONE, FAILED, INPUT_LOST), f"status {process.returncode}: {message}", how)
        self.expect(usage.ru_maxrss < RSS_LIMIT_KB, f"{usage.ru_maxrss} kB of memory", how)
        self.expect(seconds < SECONDS_LIMIT, f"{seconds:.1f} s", how)
        if process.returncode == FAILED:
            self.expect(damaged.name in message, f"status 1 and the message {message!r}", how)
            self.expect(not out.exists(), "status 1 and a record file", how)
        if process.returncode not in (DONE, INPUT_LOST):
            return None
        return self.count(json.loads(found), process.returncode, how)

    def count(self, report: dict[str, object], status: int, how: str) -> dict[str, object]:
        counted = report["segments"] + sum(report["skipped"].values())
        self.frames += report["packets"]
        self.expect(counted == report["packets"], f"{report['packets']} frames read, {counted} counted", how)
        self.expect((status == INPUT_LOST) == (report["damage"] is not None), f"status {status}, damage {report['damage']}", how)
        verdict = self.programs.run(self.programs.analyzer, "verify", self.folder / "x.fb")
        self.expect(verdict.returncode == DONE, f"verify: {text(verdict.stderr)}", how)
        return report

    def rows(self) -> list[str]:
        fields = [word for field in RAW_FIELDS for word in ("-e", field)]
        done = self.programs.run(self.programs.analyzer, "packets", self.folder / "x.fb", "-T", "fields", *fields)
        return text(done.stdout).splitlines() if done.returncode == DONE else [f"status {done.returncode}"]

    def cut(self, place: int, with_rows: bool) -> None:
        how = f"cut to {place} of {len(self.good)} bytes"
        report = self.extract(self.good[:place], how)
        if self.ends is None:
            return
        kept = sum(end <= place for end in self.ends)
        if report is None:
            self.expect(kept == 0, f"refused with {kept} whole frames", how)
            return
        self.expect(report["packets"] == kept, f"{report['packets']} frames read, {kept} are whole", how)
        if with_rows:
            rows = self.rows()
            self.expect(rows == self.whole[:len(rows)] and len(rows) == report["segments"],
                        "the rows are not the beginning of those of the whole capture", how)

    def corrupt(self, chance: random.Random) -> None:
        content = bytearray(self.good)
        changes = [(chance.randrange(len(content)), chance.randrange(256)) for _ in range(chance.choice([1, 1, 2, 8, 64]))]
        for place, value in changes:
            content[place] = value
        how = f"bytes {changes[:4]}{'…' if len(changes) > 4 else ''} changed"
        report = self.extract(bytes(content), how)
        if report is None or self.ends is None:
            return
        untouched = sum(end <= min(place for place, _ in changes) for end in self.ends)
        self.expect(report["packets"] >= untouched, f"{report['packets']} frames read, {untouched} before the first change", how)

    def run(self, places: int, seed: int) -> "Damage":
        chance = random.Random(f"{seed} {self.capture.name}")
        report = self.extract(self.good, "whole")
        if report is None:
            self.ends = None
        else:
            self.whole = self.rows()
            if self.ends is not None and report["packets"] != len(self.ends):
                self.ends = None  # damaged, or with frames of its own kind, as it is
        edges = [0, 1, 4, 23, 24, 25, 40, len(self.good) - 1]
        cuts = sorted(chance.sample(range(len(self.good)), min(places, len(self.good))))
        for number, place in enumerate(edges[:places // 2] + cuts[:places - len(edges[:places // 2])]):
            self.cut(place, number % 10 == 9)
        for _ in range(places):
            self.corrupt(chance)
        return self


def captures(thorough: bool, seed: int) -> list[pathlib.Path]:
    found = sorted(p for p in support.SAMPLES.iterdir() if ".pcap" in p.name)
    folder = os.environ.get("PCAPSULE_CAPTURES")
    if not folder:
        return found
    real = sorted(p for p in (pathlib.Path(folder) / "real").iterdir() if p.is_file())
    if not thorough:
        small = [p for p in real if p.stat().st_size < 200_000]
        return found + random.Random(seed).sample(small, min(FEW, len(small)))
    return found + real + sorted(p for p in (pathlib.Path(folder) / "micro").iterdir() if p.is_file())


def main() -> int:
    options = support.parser(__doc__).parse_args()
    programs, tally = Programs(options.bin), Tally()
    places = 100 if options.thorough else 6
    chosen = captures(options.thorough, options.seed)
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None

    def work(capture: pathlib.Path) -> Damage:
        with tempfile.TemporaryDirectory(prefix="pcapsule-damaged-", dir=memory) as folder:
            return Damage(programs, pathlib.Path(folder), capture).run(places, options.seed)

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        done = list(pool.map(work, chosen))
    for damage in done:
        for fault in damage.faults:
            tally.check(False, fault)
        tally.checks += damage.extractions
    print(f"{len(done)} captures, {tally.checks} extractions, {sum(d.frames for d in done)} frames; at most "
          f"{max(d.greatest_rss_kb for d in done) / 1024:.0f} MB and {max(d.greatest_seconds for d in done):.2f} s")
    return tally.end("damaged captures")


if __name__ == "__main__":
    sys.exit(main())
