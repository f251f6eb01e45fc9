#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Does scripts/bench.sh work, and does it make every table of docs/performance.md?

usage: check_bench.py --bin DIR

Form only: tiny captures, one run, no figure is looked at. Exit status 77 without what bench.sh needs.
"""
from __future__ import annotations

import argparse
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
SKIPPED = 77
SEGMENTS = "2000"
PLACE = re.compile(r"(<!-- bench: ([\w ]+) -->\n).*?(<!-- /bench -->)", re.DOTALL)
TABLE = re.compile(r"^\|.*\|$(?:\n\|.*\|$)*", re.MULTILINE)
# What each run must tell, whatever peers are installed.
EXPECTED = {
    "all kinds": ["| processor |", "| extractor |", "| extractor, one core |", "| fsync of as many bytes, alone |",
                  "| **a segment, all** |", "| `packets -s N -c 100, cold` |", "| labels |", "## flood: "],
    "a given capture": ["## loss.pcap: ", "| extractor |"],
    "profile": ["## Instructions by room"],
    "scale": ["| 64× |", "Time grows with the power"],
}


def needs() -> bool:
    found = shutil.which("flatc") is not None
    return found and any(subprocess.run([python, "-c", "import numpy, flatbuffers"], capture_output=True, check=False).returncode == 0
                         for python in ("python3", "/usr/bin/python3"))


def faults_of_tables(text: str) -> list[str]:
    """Rows of other lengths than their heading, and values that are none."""
    faults = []
    for table in TABLE.findall(text):
        rows = table.splitlines()
        cells = rows[0].count(" |")
        faults += [f"{row}: not {cells} cells" for row in rows[2:] if row.count(" |") != cells]
        faults += [f"{row}: no value" for row in rows if re.search(r"\b(nan|inf|None)\b", row)]
    return faults


def check(name: str, binaries: pathlib.Path, document: pathlib.Path, *arguments: str) -> list[str]:
    command = [str(ROOT / "scripts" / "bench.sh"), "--bin", str(binaries), "--quick", "--segments", SEGMENTS, *arguments]
    if name != "a given capture":
        command += ["--document", str(document)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        return [f"status {done.returncode}: {done.stderr.strip()}"]
    faults = [f"no line with {text}" for text in EXPECTED[name] if text not in done.stdout]
    return faults + faults_of_tables(done.stdout)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True, type=pathlib.Path)
    options = parser.parse_args()
    if not needs():
        print("flatc, python3-numpy or python3-flatbuffers is missing")
        return SKIPPED
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        document = pathlib.Path(folder) / "performance.md"
        document.write_text(PLACE.sub(r"\1\3", (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")), encoding="utf-8")
        for name, arguments in (("all kinds", []), ("profile", ["--profile"]), ("a given capture", [str(ROOT / "samples" / "loss.pcap")]), ("scale", ["--scale"])):
            faults = check(name, options.bin, document, *arguments)
            print(f"{name}: {'; '.join(faults) or 'good'}")
            bad += len(faults)
        text = document.read_text(encoding="utf-8")
    empty = [place[2] for place in PLACE.finditer(text) if place[0] == place[1] + place[3]]
    print(f"tables of docs/performance.md that nothing makes: {', '.join(empty) or 'none'}")
    bad += len(empty)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
