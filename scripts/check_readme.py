#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs every command that the README shows and holds its output against what stands there.

usage: check_readme.py --bin DIR [--update] [FILE...]     (default: README.md)

A line `    $ COMMAND` is run by bash in an empty folder that holds `samples`, with the
programs of DIR first in PATH and UTC as local time; the indented lines below it are
what it prints, standard error included, blanks at line ends aside. Files that a command
makes are there for the commands after it. --update writes what was printed into the
file; look at the difference. Exit 0 when all agree, 1 when not, 77 when a program that
a command needs is absent.
"""
from __future__ import annotations

import argparse
import difflib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parent.parent
INDENT = "    "
PROMPT = INDENT + "$ "
SKIPPED = 77
NEEDS_GNUPLOT = "analyzer plot"


def printed_by(command: str, folder: pathlib.Path, programs: pathlib.Path) -> list[str]:
    environment = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", "TZ": "UTC", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(["bash", "-c", command], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120)
    return done.stdout.decode(errors="replace").splitlines()


def rewritten(page: str, folder: pathlib.Path, programs: pathlib.Path) -> tuple[str, int]:
    """The page with the output of each command as it is today, and the number of commands."""
    lines = page.splitlines()
    result: list[str] = []
    commands = 0
    at = 0
    while at < len(lines):
        line = lines[at]
        result.append(line)
        at += 1
        if not line.startswith(PROMPT):
            continue
        commands += 1
        while at < len(lines) and lines[at].startswith(INDENT) and not lines[at].startswith(PROMPT):
            at += 1
        output = printed_by(line[len(PROMPT):], folder, programs)
        if "" in (text.strip() for text in output):
            raise SystemExit(f"{line.strip()}: prints an empty line, which would end the block; choose less of it")
        result += [(INDENT + text).rstrip() for text in output]
    return "\n".join(result) + "\n", commands


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", required=True, type=pathlib.Path)
    parser.add_argument("--update", action="store_true")
    parser.add_argument("files", nargs="*", type=pathlib.Path, default=[TOP / "README.md"])
    options = parser.parse_args()
    agree = True
    for name in options.files:
        page = name.read_text()
        if NEEDS_GNUPLOT in page and shutil.which("gnuplot") is None:
            print(f"skipped: {name.name} shows `{NEEDS_GNUPLOT}`, and gnuplot is not installed")
            return SKIPPED
        with tempfile.TemporaryDirectory() as scratch:
            folder = pathlib.Path(scratch)
            (folder / "samples").symlink_to(TOP / "samples")
            today, commands = rewritten(page, folder, options.bin.resolve())
        if commands == 0:
            print(f"{name.name}: no commands found")
            return 1
        if today == page:
            print(f"{name.name}: {commands} commands print what stands there")
        elif options.update:
            name.write_text(today)
            print(f"{name.name}: written")
        else:
            agree = False
            sys.stdout.writelines(difflib.unified_diff(page.splitlines(True), today.splitlines(True),
                                                       str(name.name), "printed today"))
    return 0 if agree else 1


if __name__ == "__main__":
    sys.exit(main())
