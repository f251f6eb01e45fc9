#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures extractor and analyzer beside other programs, and prints Markdown tables.

usage: bench.sh [options] [CAPTURE...]

Without a CAPTURE, makes five of different kinds; captures that are given are copied first. Every program runs once to
warm up and then several times, all of them in turn; each figure is a median. docs/performance.md says what each row means.
Peers that are not installed are left out. Nothing here fails because something was slow.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import captures
import limits
import machine
import queries
import rooms
import scale
import sizes
import table
from extraction import SUMMARY_HEADING, Extraction
from programs import Programs

ROOT = Path(__file__).resolve().parents[2]
QUICK_SEGMENTS = 20_000


class Report:
    """Prints tables as they come, and keeps them for a document."""

    def __init__(self) -> None:
        self.tables: dict[str, str] = {}

    def add(self, name: str, title: str, text: str) -> None:
        self.tables[name] = text
        print(f"\n## {title}\n\n{text}", flush=True)


def measure_capture(programs: Programs, capture: captures.Capture, folder: Path, runs: int, report: Report) -> list[str]:
    """All tables of one capture; returns its row of the summary."""
    name = capture.name
    extraction = Extraction(programs, capture, folder)
    title = f"{name}: {capture.text}"
    report.add(f"extraction {name}", title, extraction.measure(runs))
    report.add(f"limits {name}", f"{name}: limits", limits.measure(programs, capture, folder, runs))
    report.add(f"sizes {name}", f"{name}: sizes", sizes.measure(extraction.record))
    segments, connections = queries.counts(programs, extraction.record)
    summary = extraction.summary_row(segments)
    if segments:
        of = (programs, extraction, segments, connections)
        report.add(f"queries {name}", f"{name}: questions", queries.Queries(*of).measure(runs))
        report.add(f"rates {name}", f"{name}: every segment, one core", queries.Rates(*of).measure(runs))
    extraction.remove()
    return summary


def chosen(options: argparse.Namespace, folder: Path):
    """The captures, one at a time, so that only one takes room on the disk."""
    for path in options.captures:
        yield path.name, captures.copy(path, folder)
    if options.captures:
        return
    for kind in captures.KINDS:
        if not options.kinds or kind.name in options.kinds:
            yield kind.name, captures.make(kind, options.segments or kind.segments, folder)


def measure_captures(programs: Programs, options: argparse.Namespace, folder: Path, report: Report) -> None:
    summary = []
    for name, capture in chosen(options, folder):
        if capture is None:
            print(f"\n{name} is left out: not enough room in {folder}", flush=True)
            continue
        summary.append(measure_capture(programs, capture, folder, options.runs, report))
        capture.remove()
    report.add("summary", "Summary", table.markdown(SUMMARY_HEADING, summary))


def measure(options: argparse.Namespace, folder: Path) -> Report:
    programs = Programs(options.bin, options.quick)
    programs.require()
    report = Report()
    report.add("machine", "Machine", machine.describe(programs, folder, options.runs))
    if options.profile or options.all:
        report.add("rooms", "Instructions by room", rooms.measure(programs, folder))
    if options.all or not (options.scale or options.profile):
        measure_captures(programs, options, folder, report)
    if options.scale or options.all:
        segments = options.segments or captures.KINDS[0].segments
        report.add("scale", "Scale", scale.measure(programs, folder, segments, options.runs))
    return report


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.sh", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("captures", nargs="*", type=Path, metavar="CAPTURE")
    parser.add_argument("--bin", type=Path, default=ROOT / "build" / "release" / "bin", help="folder of the programs")
    parser.add_argument("--runs", type=int, default=0, help="runs after the warm-up (default: 5; with --quick 1)")
    parser.add_argument("--kinds", type=lambda text: text.split(","), default=[],
                        help=f"of the captures that are made, only these: {','.join(kind.name for kind in captures.KINDS)}")
    parser.add_argument("--segments", type=int, default=0, help="segments of each capture that is made (default: 1 to 10 million)")
    parser.add_argument("--quick", action="store_true", help="small captures, and no peer that takes minutes")
    parser.add_argument("--scale", action="store_true", help="instead: captures of 1, 4, 16 and 64 times the segments")
    parser.add_argument("--profile", action="store_true", help="instead: instructions by room, counted by callgrind")
    parser.add_argument("--all", action="store_true", help="captures, scale and profile: what docs/performance.md shows")
    parser.add_argument("--document", type=Path, help="put the tables into this file too, between their marks")
    parser.add_argument("--folder", type=Path, help="where to make captures and record files (default: that for temporary files)")
    options = parser.parse_args()
    options.runs = options.runs or (1 if options.quick else 5)
    options.segments = options.segments or (QUICK_SEGMENTS if options.quick else 0)
    unknown = set(options.kinds) - {kind.name for kind in captures.KINDS}
    if unknown or options.runs < 1:
        parser.error(f"no such kind: {', '.join(sorted(unknown))}" if unknown else "--runs is at least 1")
    return options


def main() -> int:
    options = parse()
    with tempfile.TemporaryDirectory(prefix="pcapsule-bench-", dir=options.folder) as folder:
        report = measure(options, Path(folder))
    if options.document:
        table.place_in(options.document, report.tables)
    return 0


if __name__ == "__main__":
    sys.exit(main())
