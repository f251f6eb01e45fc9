#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""pcapsule.cause against ground truth: a matrix of true cause and verdict, over recordings of a relay that knows.

    cause_matrix.py --bin DIR [--show N] [--each] FOLDER...

A recording is NAME.pcap or NAME.pcap.gz with NAME.causes.tsv, as `scripts/record_truth causes` makes them; what the
truth means stands in scripts/samples/causes.py. Exit status 1 if of the decided verdicts fewer than --least-right are
right (with the duplicates, which are many and easy, and without), or fewer than --least-decided of the frames with a
true cause got a verdict other than `undecided` and none, or if `losses` does not find exactly the bytes that the
capture lacks, told apart by whether the receiver got them.

A frame without a true cause counts too: a verdict other than `undecided` there is wrong. Frames of which the capture
missed an earlier copy (`unseen`) stand in a matrix of their own, since the capture does not show the truth;
their verdicts count in the second figure of accuracy only.
"""
from __future__ import annotations

import argparse
import json
import pathlib
import sys
import tempfile
from collections import Counter

from tshark import run

NONE, UNDECIDED, DUPLICATE = "(none)", "undecided", "duplicate at the tap"
CAUSES = ["lost before the tap", "lost after the tap", "needless", "reordered", DUPLICATE]
SHORT = {"lost before the tap": "before", "lost after the tap": "after", "duplicate at the tap": "duplicate"}

# True cause (alternatives divided by |), verdict.
Matrix = Counter[tuple[str, str]]


def read_truth(path: pathlib.Path) -> dict[int, tuple[str, bool]]:
    """Frame number to its true cause, and whether the capture missed an earlier copy."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    rows = [line.split("\t") for line in lines[1:]]
    return {int(frame): (cause, note == "unseen") for frame, cause, note in rows}


def wrong_bytes(path: pathlib.Path, totals: dict[str, int]) -> list[str]:
    """What `losses` says about the bytes that no frame of the capture has, where it is wrong.

    A FIN that the capture lacks may count as a byte: nothing but its acknowledgement shows that it was there.
    """
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
    rows = [line.removeprefix("# ").split("\t") for line in lines]
    true = {name: int(value) for name, value in rows}
    wrong = []
    for name, key in (("bytes_missing_delivered", "missed_by_capture_bytes"),
                      ("bytes_missing_lost", "lost_by_network_bytes")):
        if not true[name] <= totals[key] <= true[name] + true["controls_missing"]:
            wrong.append(f"{path.name}: {key} {totals[key]}, truth {true[name]}")
    return wrong


def ask(capture: pathlib.Path, *command: str) -> str:
    """What a program prints."""
    status, out, error = run(list(command))
    if status != 0:
        sys.exit(f"{capture.name}: {command[0]}: exit status {status}: {error.strip()}")
    return out


def read_verdicts(bin_dir: pathlib.Path, capture: pathlib.Path) -> tuple[dict[int, str], dict[str, int]]:
    """Frame number to what the analyzer says, and the totals of `losses`."""
    with tempfile.TemporaryDirectory() as scratch:
        record_file = f"{scratch}/capture.fb"
        ask(capture, f"{bin_dir}/extractor", "-q", str(capture), "-o", record_file)
        out = ask(capture, f"{bin_dir}/analyzer", "packets", record_file, "-Y", "pcapsule.cause", "-T", "fields",
                  "-e", "frame.number", "-e", "pcapsule.cause")
        totals = json.loads(ask(capture, f"{bin_dir}/analyzer", "losses", record_file, "-T", "json"))["totals"]
    verdicts = dict(line.split("\t") for line in out.splitlines())
    unknown = set(verdicts.values()) - {*CAUSES, UNDECIDED}
    if unknown:
        sys.exit(f"{capture.name}: pcapsule.cause has the unknown value {sorted(unknown)[0]!r}")
    return {int(frame): cause for frame, cause in verdicts.items()}, totals


def is_right(truth: str, verdict: str) -> bool:
    return verdict in truth.split("|") or (verdict == NONE and "" in truth.split("|"))


def is_decided(verdict: str) -> bool:
    return verdict not in (NONE, UNDECIDED)


class Judgement:
    """The matrix of some recordings, and one of the frames whose truth the capture does not show."""

    def __init__(self) -> None:
        self.seen: Matrix = Counter()
        self.unseen: Matrix = Counter()
        self.wrong: list[str] = []
        self.wrong_bytes: list[str] = []

    def add(self, name: str, truth: dict[int, tuple[str, bool]], verdicts: dict[int, str]) -> None:
        for frame in sorted(truth.keys() | verdicts.keys()):
            cause, unseen = truth.get(frame, (NONE, False))
            verdict = verdicts.get(frame, NONE)
            if verdict in cause.split("|"):
                cause = verdict
            (self.unseen if unseen else self.seen)[cause, verdict] += 1
            if is_decided(verdict) and not is_right(cause, verdict):
                self.wrong.append(f"{name} frame {frame}: truth {cause}, verdict {verdict}{' (unseen)' * unseen}")

    def merge(self, other: Judgement) -> None:
        self.seen += other.seen
        self.unseen += other.unseen
        self.wrong += other.wrong

    def right(self, with_unseen: bool = False, with_duplicates: bool = True) -> float:
        """The share of right verdicts among the decided ones."""
        matrix = self.seen + self.unseen if with_unseen else self.seen
        decided = {key: count for key, count in matrix.items()
                   if is_decided(key[1]) and (with_duplicates or DUPLICATE not in key)}
        right = sum(count for (cause, verdict), count in decided.items() if is_right(cause, verdict))
        return right / sum(decided.values()) if decided else 0.0

    def decided(self) -> float:
        """The share of decided verdicts among the frames with a true cause."""
        with_cause = {key: count for key, count in self.seen.items() if key[0] != NONE and "" not in key[0].split("|")}
        decided = sum(count for (_, verdict), count in with_cause.items() if is_decided(verdict))
        return decided / sum(with_cause.values()) if with_cause else 0.0


def print_matrix(title: str, matrix: Matrix) -> None:
    """Truth down, verdicts across."""
    verdicts = [*CAUSES, UNDECIDED, NONE]
    rows = [*CAUSES, *sorted({cause for cause, _ in matrix} - {*CAUSES, NONE}), NONE]
    print(f"{title:<46}" + "".join(f"{SHORT.get(verdict, verdict):>11}" for verdict in verdicts))
    for cause in rows:
        if any(matrix[cause, verdict] for verdict in verdicts):
            print(f"{cause:<46}" + "".join(f"{matrix[cause, verdict] or '.':>11}" for verdict in verdicts))


def recordings(folders: list[pathlib.Path]) -> list[tuple[pathlib.Path, pathlib.Path]]:
    """Capture and truth of each recording."""
    found = []
    for folder in folders:
        for truth in sorted(folder.glob("*.causes.tsv")):
            name = truth.name.removesuffix(".causes.tsv")
            names = (folder / f"{name}.pcap", folder / f"{name}.pcap.gz")
            capture = next((path for path in names if path.exists()), None)
            if capture is None:
                sys.exit(f"{truth}: no capture {name}.pcap or {name}.pcap.gz beside it")
            found.append((capture, truth))
    return found


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True, type=pathlib.Path)
    parser.add_argument("--show", type=int, default=10, help="how many wrong verdicts to list")
    parser.add_argument("--each", action="store_true", help="a line for each recording")
    parser.add_argument("--least-right", type=float, default=0.99)
    parser.add_argument("--least-decided", type=float, default=0.8)
    parser.add_argument("folders", nargs="+", type=pathlib.Path)
    arguments = parser.parse_args()
    total = Judgement()
    pairs = recordings(arguments.folders)
    for capture, truth in pairs:
        own = Judgement()
        verdicts, totals = read_verdicts(arguments.bin, capture)
        own.add(capture.name, read_truth(truth), verdicts)
        total.wrong_bytes += wrong_bytes(truth, totals)
        total.merge(own)
        if arguments.each:
            print(f"{capture.name:<32} right {own.right():7.2%}  decided {own.decided():7.2%}  wrong {len(own.wrong)}")
    print_matrix("truth \\ verdict", total.seen)
    if total.unseen:
        print_matrix("an earlier copy was not captured", total.unseen)
    hard, unseen = total.right(with_duplicates=False), total.right(with_unseen=True)
    print(f"{len(pairs)} recordings: {total.right():.2%} of the decided verdicts right ({hard:.2%} without duplicates, "
          f"{unseen:.2%} with what was not captured), {total.decided():.2%} of the causes decided")
    for line in total.wrong_bytes + total.wrong[: arguments.show]:
        print(f"wrong: {line}")
    least = min(total.right(), total.right(with_duplicates=False))
    enough = least >= arguments.least_right and total.decided() >= arguments.least_decided
    return 0 if pairs and enough and not total.wrong_bytes else 1


if __name__ == "__main__":
    sys.exit(main())
