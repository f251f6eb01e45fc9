#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`analyzer compare` against ground truth: pairs of captures recorded at both sides of a relay that logged every frame.

    compare_truth.py --bin DIR [--only TEXT] [--show N] [--each] [--variants] FOLDER...

A pair is a folder with near.pcap, far.pcap (either may be .gz) and pair.tsv, as `scripts/record_truth pairs` and
scripts/samples/pair_variants.py make them; the latter's docstring gives the format of the truth. With --variants, all
variants of each pair are made first, and judged instead of it. With --samples DIR, the pair `two_points` of the
samples is one more, recorded with tcpdump on the hosts; of its frames the captures' own stamps are the truth, since
they differ from the relay's by up to half a millisecond. For each pair:

    verdict   is the one that the truth names
    losses    class `lost` are exactly the frames that were lost between the points, by direction and frame number at
              the point that they passed. Where the captures overlap only in part, frames close to the edge of the
              overlap may be missing from the list; where a capture misses frames, a bare ACK may be `unknown`.
    misses    class `missed` are only frames that passed and that the other capture lacks
    unknown   segments that take sequence numbers are not more than --most-unknown of the frames that one capture has
              and the other has not, except where the captures overlap in part
    times     the network time (S48) of every exchange is within 0.2 ms of the relay's log, and there are exchanges,
              except where the captures overlap in part
    order     the same losses and verdict with the files given in the wrong order (of the pairs named `plain` or
              without variant)

Then: two captures that share nothing give exit status 1.
"""
from __future__ import annotations

import argparse
import json
import pathlib
import shutil
import sys
import tempfile
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from tshark import run

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "scripts" / "samples"))

import pair_truth  # noqa: E402
import pair_variants  # noqa: E402

MOST_ERROR_NS = 200_000
# Closer to the edge of a partial overlap a loss cannot be told from what the other capture did not see any more.
EDGE_NS = 1_000_000_000
DIRECTIONS = {"near_to_far": "c2s", "far_to_near": "s2c"}
FIRST_POINT = {"c2s": "near", "s2c": "far"}
SYN, FIN = 0x02, 0x01
OTHER = {"near": "far", "far": "near"}

Frame = tuple[str, int]  # direction, frame number at the point that has it


@dataclass
class Line:
    """A line of the truth."""

    direction: str
    frames: dict[str, list[int]]
    stamps: dict[str, int | None]
    fate: str


@dataclass
class Truth:
    """What really happened between two captures."""

    facts: dict[str, str] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    by_frame: dict[tuple[str, int], list[Line]] = field(default_factory=lambda: defaultdict(list))

    def overlap(self) -> tuple[int, int] | None:
        """From when to when both captures were made, if not all the time."""
        if "overlap_ns" not in self.facts:
            return None
        start, end = self.facts["overlap_ns"].split(",")
        return int(start), int(end)


def read_truth(path: pathlib.Path) -> Truth:
    """The lines of pair.tsv."""
    truth = Truth()
    rows = []
    for row in path.read_text(encoding="utf-8").splitlines():
        if row.startswith("# "):
            key, _, value = row[2:].partition("\t")
            truth.facts[key] = value
        else:
            rows.append(row.split("\t"))
    for direction, near, near_ns, far, far_ns, fate in rows[1:]:
        frames = {"near": [int(n) for n in near.split(",") if n], "far": [int(n) for n in far.split(",") if n]}
        stamps = {"near": int(near_ns) if near_ns else None, "far": int(far_ns) if far_ns else None}
        line = Line(direction, frames, stamps, fate)
        truth.lines.append(line)
        for side in ("near", "far"):
            for number in frames[side]:
                truth.by_frame[side, number].append(line)
    return truth


class Failures:
    """What is wrong with one pair."""

    def __init__(self, show: int) -> None:
        self.show = show
        self.texts: list[str] = []

    def add(self, what: str, items: list[Any]) -> None:
        if items:
            more = f" and {len(items) - self.show} more" if len(items) > self.show else ""
            self.texts.append(f"{what}: {len(items)}: {', '.join(str(item) for item in items[: self.show])}{more}")


def compare(bin_dir: pathlib.Path, near: str, far: str, *options: str) -> tuple[int, Any, str]:
    status, out, error = run([f"{bin_dir}/analyzer", "compare", near, far, "-T", "json", *options])
    try:
        return status, json.loads(out) if out.strip() else None, error
    except json.JSONDecodeError as problem:
        return status, None, f"no JSON: {problem}"


def extract(bin_dir: pathlib.Path, folder: pathlib.Path, side: str, scratch: str) -> str:
    capture = next(path for path in (folder / f"{side}.pcap", folder / f"{side}.pcap.gz") if path.exists())
    target = f"{scratch}/{side}.fb"
    status, _, error = run([f"{bin_dir}/extractor", "-q", "--force", str(capture), "-o", target])
    if status != 0:
        sys.exit(f"{capture}: extractor: exit status {status}: {error.strip()}")
    return target


def reported(report: Any, kind: str) -> dict[Frame, Any]:
    """The elements of one class of the list of losses, by frame. `near` is where it is, whatever order was given."""
    return {(DIRECTIONS[one["direction"]], one["frame"]): one for one in report["losses"] if one["class"] == kind}


def may_be_unseen(line: Line, overlap: tuple[int, int] | None) -> bool:
    """Is a loss at the edge of what both captures saw, or outside?"""
    stamp = line.stamps[FIRST_POINT[line.direction]]
    return overlap is not None and stamp is not None and not overlap[0] + EDGE_NS <= stamp <= overlap[1] - EDGE_NS


def takes_numbers(one: Any) -> bool:
    """Does a segment of the list take sequence numbers, so that its loss leaves a hole? A bare ACK does not."""
    return bool(one["payload_bytes"] or one["flags"] & (SYN | FIN))


def describe(frame: Frame, one: Any) -> str:
    """An element of the list, as short as it can be."""
    kind = f"{one['payload_bytes']} bytes" if one["payload_bytes"] else "no payload"
    return f"{frame[0]} {frame[1]} ({kind}, {one['class']}: {one['proof']})"


def check_losses(report: Any, truth: Truth, failures: Failures, most_unknown: float) -> Counter[str]:
    """The three classes of segments that one capture has and the other has not."""
    found, unknown = reported(report, "lost"), reported(report, "unknown")
    overlap = truth.overlap()
    has_misses = any(line.fate != "lost" and not (line.frames["near"] and line.frames["far"]) for line in truth.lines)
    counts: Counter[str] = Counter()
    explained: set[Frame] = set()
    absent_true: list[str] = []
    for line in truth.lines:
        first = FIRST_POINT[line.direction]
        numbers = line.frames[first]
        shown = {(line.direction, number) for number in numbers}
        if line.fate == "lost_beyond" and not line.frames[OTHER[first]]:
            explained |= shown  # lost close behind a point that missed it: nothing in the captures tells where
        if line.fate != "lost" or not numbers:
            continue
        counts["lost"] += 1
        explained |= shown
        if shown & found.keys() or may_be_unseen(line, overlap):
            continue
        open_ones = [unknown[frame] for frame in shown & unknown.keys()]
        if has_misses and open_ones and not takes_numbers(open_ones[0]):
            counts["bare ACKs open"] += 1
        else:
            absent_true.append(describe((line.direction, numbers[0]), open_ones[0]) if open_ones
                               else f"{line.direction} {numbers[0]} (not in the list)")
    failures.add("lost between the points, but not called so", absent_true)
    failures.add("called lost, but passed", [describe(frame, found[frame]) for frame in sorted(found.keys() - explained)])
    check_misses(report, truth, failures)
    absent = sum(1 for line in truth.lines for a in ("near", "far") if line.frames[a] and not line.frames[OTHER[a]])
    in_doubt = [describe(frame, one) for frame, one in sorted(unknown.items()) if takes_numbers(one)]
    counts["unknown"] = len(unknown)
    if overlap is None and len(in_doubt) > max(1, most_unknown * absent):
        failures.add(f"unknown though they take sequence numbers, of {absent} that one capture lacks", in_doubt)
    return counts


def check_misses(report: Any, truth: Truth, failures: Failures) -> None:
    """A capture miss is a frame that passed and that one capture lacks."""
    wrong = []
    for one in report["losses"]:
        if one["class"] != "missed":
            continue
        lines = truth.by_frame.get((one["seen_at"], one["frame"]), [])
        if not any(line.fate != "lost" and not line.frames[OTHER[one["seen_at"]]] for line in lines):
            wrong.append(describe((DIRECTIONS[one["direction"]], one["frame"]), one))
    failures.add("called missed by a capture, but both have it or it was lost", wrong)


def true_network_ns(truth: Truth, row: Any) -> list[int]:
    """What the log says about the network time of an exchange; several figures where frames were joined."""
    figures = []
    for request in truth.by_frame.get(("near", row["request_near_frame"]), []):
        for answer in truth.by_frame.get(("near", row["answer_near_frame"]), []):
            if (row["request_far_frame"] not in request.frames["far"]
                    or row["answer_far_frame"] not in answer.frames["far"]):
                continue
            near = [line.stamps["near"] for line in (request, answer)]
            far = [line.stamps["far"] for line in (request, answer)]
            if None not in near and None not in far:
                figures.append((near[1] - near[0]) - (far[1] - far[0]))  # type: ignore[operator]
    return figures


def check_times(rows: list[Any], truth: Truth, failures: Failures) -> int:
    """The network time of every exchange."""
    wrong = []
    judged = 0
    for row in rows:
        if row["network_ns"] is None:
            continue
        figures = true_network_ns(truth, row)
        where = f"near {row['request_near_frame']}-{row['answer_near_frame']}"
        if not figures:
            wrong.append(f"{where}: not the same frames at both points")
            continue
        judged += 1
        if not min(figures) - MOST_ERROR_NS <= row["network_ns"] <= max(figures) + MOST_ERROR_NS:
            wrong.append(f"{where}: {row['network_ns'] / 1e6:.3f} ms, truth {figures[0] / 1e6:.3f} ms")
    failures.add("network times", wrong)
    if judged == 0 and truth.overlap() is None:
        failures.texts.append("no exchange has a network time")
    return judged


def check_pair(arguments: argparse.Namespace, folder: pathlib.Path) -> tuple[list[str], str]:
    """The failures of a pair, and a line about it."""
    truth = read_truth(folder / "pair.tsv")
    failures = Failures(arguments.show)
    with tempfile.TemporaryDirectory() as scratch:
        near, far = (extract(arguments.bin, folder, side, scratch) for side in ("near", "far"))
        status, report, error = compare(arguments.bin, near, far)
        if status != 0 or report is None:
            return [f"exit status {status}: {error.strip()}"], "failed"
        if report["swapped"]:
            failures.texts.append("swapped, though given in the right order")
            return failures.texts, "swapped"
        verdict = f"{report['verdict']}:{report['reason']}"
        if report["verdict"] not in truth.facts["verdict"].split("|"):
            failures.texts.append(f"verdict {verdict}, expected {truth.facts['verdict']}")
        counts = check_losses(report, truth, failures, arguments.most_unknown)
        _, exchanges, error = compare(arguments.bin, near, far, "--exchanges")
        judged = check_times(exchanges["rows"], truth, failures) if exchanges else 0
        if not exchanges:
            failures.texts.append(f"--exchanges: {error.strip()}")
        if "." not in folder.name or folder.name.endswith(".plain"):
            check_order(arguments.bin, near, far, report, failures)
    return failures.texts, f"{verdict}, {counts['lost']} lost, {counts['unknown']} unknown (of them {counts['bare ACKs open']} lost bare ACKs), {judged} network times"


def check_order(bin_dir: pathlib.Path, near: str, far: str, report: Any, failures: Failures) -> None:
    """The same answer when the files are given the other way round."""
    status, other, error = compare(bin_dir, far, near)
    if status != 0 or other is None:
        failures.texts.append(f"wrong order: exit status {status}: {error.strip()}")
        return
    for what, same in (("swapped", other["swapped"]), ("verdict", other["verdict"] == report["verdict"]),
                       ("losses", reported(other, "lost").keys() == reported(report, "lost").keys())):
        if not same:
            failures.texts.append(f"wrong order: {what} differs")


def check_nothing_shared(bin_dir: pathlib.Path, folders: list[pathlib.Path]) -> list[str]:
    """Two captures of different traffic."""
    with tempfile.TemporaryDirectory() as scratch:
        near = extract(bin_dir, folders[0], "near", scratch)
        far = extract(bin_dir, folders[-1], "far", scratch)
        status, _, error = compare(bin_dir, near, far)
        return [] if status == 1 else [f"exit status {status} instead of 1, stderr: {error.strip()}"]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True, type=pathlib.Path)
    parser.add_argument("--only", default="", help="only pairs with this text in the name")
    parser.add_argument("--show", type=int, default=4, help="how many items of a failure to list")
    parser.add_argument("--each", action="store_true", help="a line for each pair, also where all is right")
    parser.add_argument("--most-unknown", type=float, default=0.1)
    parser.add_argument("--variants", action="store_true", help="judge all variants of each pair")
    parser.add_argument("--samples", type=pathlib.Path, help="folder of samples with the pair two_points")
    parser.add_argument("folders", nargs="+", type=pathlib.Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        scratch = pathlib.Path(name)
        folders = arguments.folders
        if arguments.samples:
            make_two_points(arguments.samples, scratch / "samples" / "two_points")
            folders = [*folders, scratch / "samples"]
        if arguments.variants:
            folders = make_variants(folders, scratch / "variants")
        return judge(arguments, [path.parent for folder in folders for path in sorted(folder.glob("*/pair.tsv"))
                                 if arguments.only in path.parent.name])


def make_two_points(samples: pathlib.Path, target: pathlib.Path) -> None:
    """The pair of the samples, with its truth in the form of the others."""
    target.mkdir(parents=True)
    rows = pair_truth.read_log(samples / "two_points.truth.tsv")
    for side in ("near", "far"):
        shutil.copy(samples / f"two_points_{side}.pcap", target / f"{side}.pcap")
        records, _ = pair_variants.read_capture(target / f"{side}.pcap")
        pair_truth.number_frames(rows, side, [record.frame for record in records])
        for row in rows:
            if row[side]:
                arrives_there = (side == "near") == (row["direction"] == "c2s")
                row["arrival_ns" if arrives_there else "departure_ns"] = str(records[int(row[side]) - 1].stamp_ns)
    pair_truth.write_pair_truth(rows, target / "pair.tsv", ("near", "far"), {"verdict": "network"})


def make_variants(folders: list[pathlib.Path], target: pathlib.Path) -> list[pathlib.Path]:
    """All variants of the pairs, in a folder."""
    for folder in folders:
        pair_variants.make_all(folder, target, list(pair_variants.VARIANTS))
    return [target]


def judge(arguments: argparse.Namespace, pairs: list[pathlib.Path]) -> int:
    """Checks every pair; the exit status."""
    wrong = 0
    for folder in pairs:
        failures, line = check_pair(arguments, folder)
        wrong += bool(failures)
        if failures or arguments.each:
            print(f"{folder.name}: {line}")
        for failure in failures:
            print(f"    {failure}")
    origins = {folder.name.split(".")[0] for folder in pairs}
    if len(origins) > 1:
        failures = check_nothing_shared(arguments.bin, pairs)
        wrong += bool(failures)
        for failure in failures:
            print(f"nothing shared: {failure}")
    print(f"{len(pairs)} pairs, {wrong} wrong")
    return 0 if pairs and not wrong else 1


if __name__ == "__main__":
    sys.exit(main())
