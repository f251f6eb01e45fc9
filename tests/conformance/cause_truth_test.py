#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The rules by which scripts/samples/causes.py derives true causes, on logs of a few lines.

    cause_truth_test.py

Each case is a list of frames in the order in which the host sent them, `(bytes, fate, frames)`: bytes as a half-open
span; fate `before` or `after` (lost on that side of the tap) or `passed`; the frame numbers of the capture. Expected
are the causes by frame number.
"""
from __future__ import annotations

import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "scripts" / "samples"))
sys.dont_write_bytecode = True

import causes  # noqa: E402

Frame = tuple[tuple[int, int], str, list[int]]

CASES: list[tuple[str, list[Frame], dict[int, str], dict[int, str]]] = [
    ("nothing happens", [((0, 10), "passed", [1]), ((10, 20), "passed", [2])], {}, {}),
    ("the first copy did not come to the tap",
     [((0, 10), "before", []), ((10, 20), "passed", [1]), ((0, 10), "passed", [2])], {2: "lost before the tap"}, {}),
    ("the first copy was lost behind the tap",
     [((0, 10), "after", [1]), ((10, 20), "passed", [2]), ((0, 10), "passed", [3])], {3: "lost after the tap"}, {}),
    ("one copy lost on either side: one passed the tap",
     [((0, 10), "before", []), ((0, 10), "after", [1]), ((0, 10), "passed", [2])],
     {1: "lost before the tap", 2: "lost after the tap"}, {}),
    ("the first copy arrived", [((0, 10), "passed", [1]), ((0, 10), "passed", [2])], {2: "needless"}, {}),
    ("a lost copy after one that arrived",
     [((0, 10), "passed", [1]), ((0, 10), "after", [2]), ((0, 10), "passed", [3])],
     {2: "needless", 3: "needless"}, {}),
    ("a repetition that overtakes its original is needless, the original late",
     [((0, 10), "passed", [2]), ((0, 10), "passed", [1])], {1: "needless", 2: "reordered"}, {}),
    ("an original that is overtaken", [((0, 10), "passed", [2]), ((10, 20), "passed", [1])], {2: "reordered"}, {}),
    ("a repetition that is overtaken keeps its cause",
     [((0, 10), "before", []), ((0, 10), "passed", [2]), ((10, 20), "passed", [1])], {2: "lost before the tap"}, {}),
    ("the same frame twice", [((0, 10), "passed", [1, 2]), ((10, 20), "passed", [3])], {2: "duplicate at the tap"}, {}),
    ("a repetition twice", [((0, 10), "after", [1]), ((0, 10), "passed", [2, 3])],
     {2: "lost after the tap", 3: "duplicate at the tap"}, {}),
    ("one half arrived, the other half is the cause",
     [((0, 10), "passed", [1]), ((10, 20), "after", [2]), ((0, 20), "passed", [3])], {3: "lost after the tap"}, {}),
    ("halves lost on either side", [((0, 10), "before", []), ((10, 20), "after", [1]), ((0, 20), "passed", [2])],
     {2: "lost after the tap|lost before the tap"}, {}),
    ("new bytes behind old ones do not count",
     [((0, 10), "passed", [1]), ((0, 20), "passed", [2])], {2: "needless"}, {}),
    ("a large segment of which a piece is lost",
     [((0, 30), "passed", [1]), ((30, 60), "after", [2]), ((30, 40), "passed", [3])], {3: "lost after the tap"}, {}),
    ("the capture missed the copy that passed", [((0, 10), "after", []), ((0, 10), "passed", [1])],
     {1: "lost after the tap"}, {1: "unseen"}),
    ("sequence numbers wrap", [((-5, 5), "after", [1]), ((-5, 5), "passed", [2])], {2: "lost after the tap"}, {}),
]


def rows_of(frames: list[Frame]) -> list[causes.Row]:
    """The frames as lines of a log."""
    rows = []
    for number, (span, fate, numbers) in enumerate(frames, 1):
        rows.append({
            "frame": str(number), "protocol": "tcp", "source": "192.0.2.1", "source_port": "1",
            "destination": "192.0.2.2", "destination_port": "2", "tcp_flags": "0x10",
            "tcp_seq": str(span[0] % (1 << 32)),
            "payload_bytes": str(span[1] - span[0]), "tap_ns": "" if fate == "before" else "1",
            "departure_ns": "1" if fate == "passed" else "", "middle": ",".join(map(str, numbers)),
        })
    return rows


def check_missing() -> list[str]:
    """Bytes that no frame of the capture has: the capture's fault, or lost."""
    frames: list[Frame] = [((0, 10), "passed", []), ((10, 14), "before", []), ((14, 20), "passed", [1])]
    missing = causes.derive(rows_of(frames))[2]
    return [] if missing == {"delivered": 10, "lost": 4, "controls": 0} else [f"missing bytes: {missing}"]


def check_missing_controls() -> list[str]:
    """A FIN that the capture lacks is no byte of the stream."""
    rows = rows_of([((0, 10), "passed", [1]), ((10, 10), "passed", [])])
    rows[1]["tcp_flags"] = "0x11"
    missing = causes.derive(rows)[2]
    return [] if missing == {"delivered": 0, "lost": 0, "controls": 1} else [f"missing FIN: {missing}"]


def check_file() -> list[str]:
    """A log on disk gives the file that cause_matrix.py reads."""
    rows = rows_of([((0, 10), "passed", [1]), ((0, 10), "passed", [2])])
    with tempfile.TemporaryDirectory() as scratch:
        log, target = pathlib.Path(scratch, "log.tsv"), pathlib.Path(scratch, "causes.tsv")
        log.write_text("\n".join("\t".join(cells) for cells in (rows[0], *(row.values() for row in rows))) + "\n")
        causes.write_causes(log, target)
        lines = target.read_text().splitlines()
    return [] if lines[3:] == ["frame\tcause\tnote", "2\tneedless\t"] else [f"file: {lines}"]


def main() -> int:
    failures = check_missing() + check_missing_controls() + check_file()
    for name, frames, expected, expected_notes in CASES:
        found, notes, _ = causes.derive(rows_of(frames))
        if found != expected or notes != expected_notes:
            failures.append(f"{name}: {found} {notes}, expected {expected} {expected_notes}")
    for failure in failures:
        print(failure)
    print(f"{len(CASES) + 3} cases, {len(failures)} wrong")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
