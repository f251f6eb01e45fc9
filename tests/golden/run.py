#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the command lines of manifest.txt and compares what they print.

usage: run.py --bin DIR [--update] [NAME...]      (no NAME: all)

A line of the manifest is
    name | command | expected stdout | expected stderr | exit status
The command runs in a shell of its own (bash, pipefail), in an empty folder with
`samples/`: links to the samples of the project. `extractor` and `analyzer` are those of DIR.
TZ=UTC, LC_ALL=C. `-` expects an empty stream, `*` expects nothing in particular;
any other name is a file in expected/.

--update writes the expectations that differ and shows how, for review. The exit
status is never updated: it is a contract.
"""
from __future__ import annotations

import argparse
import dataclasses
import difflib
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
EXPECTED = HERE / "expected"
SAMPLES = HERE.parent.parent / "samples"
TIMEOUT_SECONDS = 120


@dataclasses.dataclass
class Case:
    name: str
    command: str
    stdout: str
    stderr: str
    status: int


def read_manifest() -> list[Case]:
    cases: list[Case] = []
    for number, line in enumerate((HERE / "manifest.txt").read_text().splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        # From both ends: a command may hold pipes of its own.
        name, _, rest = line.partition(" | ")
        fields = [field.strip() for field in rest.rsplit(" | ", 3)]
        if len(fields) != 4 or not fields[3].isdigit():
            sys.exit(f"manifest.txt:{number}: expected: name | command | stdout | stderr | status")
        cases.append(Case(name.strip(), fields[0], fields[1], fields[2], int(fields[3])))
    names = [case.name for case in cases]
    if len(set(names)) != len(names):
        sys.exit(f"manifest.txt: a name is there twice: {sorted(n for n in names if names.count(n) > 1)[0]}")
    return cases


def run(case: Case, bin_dir: pathlib.Path) -> tuple[int, str, str]:
    environment = dict(os.environ, TZ="UTC", LC_ALL="C", PATH=f"{bin_dir}{os.pathsep}{os.environ['PATH']}")
    with tempfile.TemporaryDirectory(prefix="pcapsule-golden-") as folder:
        (pathlib.Path(folder) / "samples").mkdir()
        for sample in SAMPLES.iterdir():
            if sample.is_file():
                (pathlib.Path(folder) / "samples" / sample.name).symlink_to(sample)
        done = subprocess.run(["bash", "-o", "pipefail", "-c", case.command], cwd=folder, env=environment,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT_SECONDS, check=False)
    return done.returncode, done.stdout.decode(errors="backslashreplace"), done.stderr.decode(errors="backslashreplace")


def compare(stream: str, expected_name: str, found: str, update: bool) -> bool:
    """True when as expected; else shows the difference, and makes it the expectation if `update`."""
    if expected_name == "*":
        return True
    path = EXPECTED / expected_name
    # As bytes: CSV ends its lines in CR LF.
    expected = "" if expected_name == "-" or not path.exists() else path.read_bytes().decode()
    if expected == found and (expected_name == "-" or path.exists()):
        return True
    sys.stdout.writelines(difflib.unified_diff(expected.splitlines(keepends=True), found.splitlines(keepends=True),
                                               f"{stream} expected", f"{stream} found"))
    print()
    if update and expected_name != "-":
        EXPECTED.mkdir(exist_ok=True)
        path.write_bytes(found.encode())
        print(f"wrote expected/{expected_name}")
        return True
    return False


def check(case: Case, bin_dir: pathlib.Path, update: bool) -> bool:
    status, out, err = run(case, bin_dir)
    good = compare("stdout", case.stdout, out, update)
    good = compare("stderr", case.stderr, err, update) and good
    if status != case.status:
        print(f"exit status: expected {case.status}, found {status}")
        good = False
    print(f"{'ok    ' if good else 'FAILED'} {case.name}" + ("" if good and not update else f": {case.command}"))
    return good


def main() -> int:
    parser = argparse.ArgumentParser(description="golden tests of the command lines")
    parser.add_argument("--bin", required=True, type=pathlib.Path, help="folder of extractor and analyzer")
    parser.add_argument("--update", action="store_true", help="make what is printed now the expectation")
    parser.add_argument("names", nargs="*", metavar="NAME")
    options = parser.parse_args()
    cases = read_manifest()
    unknown = set(options.names) - {case.name for case in cases}
    if unknown:
        sys.exit(f"not in manifest.txt: {', '.join(sorted(unknown))}")
    chosen = [case for case in cases if not options.names or case.name in options.names]
    results = [check(case, options.bin.resolve(), options.update) for case in chosen]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
