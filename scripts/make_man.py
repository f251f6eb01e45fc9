#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes man pages of Markdown.

usage: make_man.py --lowdown PROGRAM --version VERSION --out DIR SOURCE...

Each first-level heading of the form `# name(section)` begins the page
DIR/name.section, which ends at the next first-level heading. Tables, which are too
wide for a terminal, become lists of definitions: the first column is the term.
"""
from __future__ import annotations

import argparse
import pathlib
import re
import subprocess
import sys

PAGE = re.compile(r"^# ([a-z-]+)\((\d)\)$")


def pages_of(text: str) -> dict[tuple[str, str], list[str]]:
    pages: dict[tuple[str, str], list[str]] = {}
    current: list[str] | None = None
    for line in text.splitlines():
        if line.startswith("# "):
            match = PAGE.match(line)
            current = pages.setdefault((match[1], match[2]), []) if match else None
        elif current is not None and not line.startswith("<!--"):
            # The page's own headings begin one level higher.
            current.append(line[1:] if line.startswith("##") else line)
    return pages


def cells_of(line: str) -> list[str]:
    """The cells of a table row; a bar inside a cell is written \\|."""
    return [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def definition(head: list[str], cells: list[str]) -> list[str]:
    if len(cells) == 2:
        return [cells[0], f": {cells[1]}", ""]
    said = [f"{name}: {cell}" for name, cell in zip(head[1:], cells[1:]) if cell]
    return [cells[0], ": " + ". ".join(part.rstrip(".") for part in said) + ".", ""]


def without_tables(lines: list[str]) -> list[str]:
    out: list[str] = []
    head: list[str] = []
    for line in lines:
        if not line.startswith("|"):
            head = []
            out.append(line)
        elif not head:
            head = cells_of(line)
        elif not re.fullmatch(r"[|: -]+", line):
            out += definition(head, cells_of(line))
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lowdown", required=True)
    parser.add_argument("--version", required=True)
    parser.add_argument("--out", required=True, type=pathlib.Path)
    parser.add_argument("sources", nargs="+", type=pathlib.Path)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    pages: dict[tuple[str, str], list[str]] = {}
    for source in options.sources:
        pages.update(pages_of(source.read_text()))
    if not pages:
        sys.exit("no page in " + ", ".join(map(str, options.sources)))
    for (name, section), lines in pages.items():
        command = [options.lowdown, "-s", "-Tman", "--parse-no-metadata", "--parse-no-super", f"-mtitle={name.upper()}",
                   f"-msection={section}", f"-msource=pcapsule {options.version}", "-mvolume=pcapsule"]
        text = "\n".join(without_tables(lines)) + "\n"
        done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            sys.exit(f"{name}({section}): {done.stderr}")
        (options.out / f"{name}.{section}").write_text(done.stdout)


if __name__ == "__main__":
    main()
