#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds docs/manual.md against the programs: commands, options, fields.

usage: check_manual.py --bin DIR [--update]

Every command, every option that a --help shows and no other has an entry in the
manual, and the table of fields is that of `analyzer fields`. --update writes the
table. Exit 0 when manual and programs agree, else 1.
"""
from __future__ import annotations

import argparse
import pathlib
import re
import subprocess
import sys

MANUAL = pathlib.Path(__file__).resolve().parent.parent / "docs" / "manual.md"
BEGIN, END = "<!-- fields: begin -->\n", "<!-- fields: end -->\n"


def said_by(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def options_of(help_text: str) -> set[str]:
    """The long options that begin a line of help: `  -s [ --stream ] N`, `  --utc`, `  -o, --out FILE`."""
    found: set[str] = set()
    for line in help_text.splitlines():
        match = re.match(r"^  (?:-\w(?:, | \[ ))?(--[a-z-]+)", line)
        if match:
            found.add(match[1])
    return found


def entries_of(page: str) -> set[str]:
    """The long options that the manual defines: lines in front of a `: `."""
    lines = page.splitlines()
    terms = [line for line, after in zip(lines, lines[1:]) if after.startswith(": ")]
    return {option for term in terms for option in re.findall(r"`(--[a-z-]+)", term)}


def fields_table(analyzer: str) -> str:
    rows = [line.split("\t") for line in said_by(analyzer, "fields", "-T", "fields").splitlines()]
    return "".join(["| field | type | of | meaning |\n", "|---|---|---|---|\n",
                    *[f"| `{name}` | {kind} | {of} | {meaning} |\n" for name, kind, of, meaning in rows]])


def page_of(manual: str, name: str) -> str:
    begin = manual.index(f"\n# {name}\n")
    end = manual.find("\n# ", begin + 1)
    return manual[begin:end if end > 0 else len(manual)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", required=True, type=pathlib.Path)
    parser.add_argument("--update", action="store_true")
    options = parser.parse_args()
    extractor, analyzer = str(options.bin / "extractor"), str(options.bin / "analyzer")
    manual = MANUAL.read_text()
    faults: list[str] = []

    before, rest = manual.split(BEGIN)
    listed, after = rest.split(END)
    table = fields_table(analyzer)
    if listed != table and options.update:
        MANUAL.write_text(before + BEGIN + table + END + after)
    elif listed != table:
        faults.append("the table of fields is not that of `analyzer fields`; run with --update")

    commands = re.findall(r"^  ([a-z]+) +", said_by(analyzer, "--help").split("Commands:")[1].split("Examples:")[0], re.M)
    analyzer_page = page_of(manual, "analyzer(1)")
    faults += [f"analyzer: the command {c} has no entry" for c in commands if f"\n`{c}`\n: " not in analyzer_page]
    shown = {"extractor(1)": options_of(said_by(extractor, "--help")),
             "analyzer(1)": {"--version"}.union(*(options_of(said_by(analyzer, c, "--help")) for c in commands))}
    for page, wanted in shown.items():
        entries = entries_of(page_of(manual, page))
        faults += [f"{page}: {option} has no entry" for option in sorted(wanted - entries)]
        faults += [f"{page}: there is no option {option}" for option in sorted(entries - wanted)]
    for fault in faults:
        print(fault)
    print(f"{len(commands)} commands, {sum(map(len, shown.values()))} options, {len(faults)} faults")
    return 1 if faults or not commands else 0


if __name__ == "__main__":
    sys.exit(main())
