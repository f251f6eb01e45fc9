#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Record files that change while an analyzer has them mapped.

usage: mapped_file_test.py --bin DIR

Truncated in place: an error that names the file, status 1, no output file. Written to in place: the same, told at the end.
Replaced by rename, as the extractor does: the old contents to the end.
"""
from __future__ import annotations

import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import support
from support import DONE, FAILED, Programs, Tally, text

SEGMENTS = 300_000  # five chunks, and far more output than a pipe holds
COMMANDS = {
    "fields": ["packets", "-T", "fields", "-e", "frame.number", "-e", "tcp.seq", "-e", "tcp.analysis.flags"],
    "text": ["packets"],
    "filter": ["packets", "-T", "csv", "-Y", "tcp.len == 100"],
}


def blocked(programs: Programs, record: pathlib.Path, command: list[str]) -> subprocess.Popen[bytes]:
    """The command, after it filled a pipe that nobody empties."""
    process = programs.start(programs.analyzer, *command, record)
    assert process.stdout is not None
    first = os.read(process.stdout.fileno(), 1)  # it has begun to print
    time.sleep(0.3)
    assert first, text(process.communicate()[1])
    return process


def truncate(path: pathlib.Path) -> None:
    os.truncate(path, 4096)


def check_truncated(programs: Programs, tally: Tally, whole: pathlib.Path, record: pathlib.Path) -> None:
    for name, command in COMMANDS.items():
        shutil.copy(whole, record)
        process = blocked(programs, record, command)
        truncate(record)
        _, err = process.communicate(timeout=support.SECONDS)
        tally.check(process.returncode == FAILED, f"truncated, {name}: status {process.returncode}")
        tally.check(f"{record}: " in text(err) and "truncated" in text(err), f"truncated, {name}: {text(err)}")


def check_output_of_truncated(programs: Programs, tally: Tally, whole: pathlib.Path, record: pathlib.Path) -> None:
    """With -o, stopped at some moment: the output is there whole or not at all."""
    out = record.with_name("out.txt")
    expected = programs.run(programs.analyzer, *COMMANDS["fields"], whole).stdout
    for step in range(12):
        shutil.copy(whole, record)
        out.unlink(missing_ok=True)
        process = programs.start(programs.analyzer, *COMMANDS["fields"], "-o", out, record)
        time.sleep(0.02 * step)
        process.send_signal(signal.SIGSTOP)
        truncate(record)
        process.send_signal(signal.SIGCONT)
        _, err = process.communicate(timeout=support.SECONDS)
        tally.check(process.returncode in (DONE, FAILED), f"-o, step {step}: status {process.returncode}")
        if process.returncode == DONE:
            tally.check(out.read_bytes() == expected, f"-o, step {step}: status 0 and another output")
        else:
            tally.check(str(record) in text(err), f"-o, step {step}: {text(err)}")
            # Truncated before it was opened, it is one of the files that could not be read: the rest, nothing, is written.
            refused = "no trailer" in text(err)
            written = out.exists() and out.read_bytes() not in ((expected, b"") if refused else (expected,))
            tally.check(not written, f"-o, step {step}: a part of the output was left")
        left = sorted(p.name for p in record.parent.iterdir() if ".tmp" in p.name)
        tally.check(not left, f"-o, step {step}: left {left}")


def check_rewritten(programs: Programs, tally: Tally, whole: pathlib.Path, record: pathlib.Path) -> None:
    shutil.copy(whole, record)
    process = blocked(programs, record, COMMANDS["fields"])
    with record.open("r+b") as file:
        file.write(b"P")
    _, err = process.communicate(timeout=support.SECONDS)
    tally.check(process.returncode == FAILED, f"rewritten: status {process.returncode}")
    tally.check(f"{record}: it was written to" in text(err), f"rewritten: {text(err)}")


def check_output_of_rewritten(programs: Programs, tally: Tally, whole: pathlib.Path, record: pathlib.Path) -> None:
    """What is known to be wrong takes no file's place."""
    out = record.with_name("kept.txt")
    for name, command in {**COMMANDS, "subset": ["subset", "-s", "0"]}.items():
        shutil.copy(whole, record)
        out.write_text("old")
        process = programs.start(programs.analyzer, *command, "-o", out, record)
        maps = pathlib.Path(f"/proc/{process.pid}/maps")
        while process.poll() is None and str(record) not in maps.read_text(encoding="utf-8"):
            time.sleep(0.001)
        process.send_signal(signal.SIGSTOP)
        os.utime(record)
        process.send_signal(signal.SIGCONT)
        _, err = process.communicate(timeout=support.SECONDS)
        tally.check(process.returncode == FAILED, f"-o rewritten, {name}: status {process.returncode}")
        tally.check(f"{record}: it was written to" in text(err), f"-o rewritten, {name}: {text(err)}")
        tally.check(out.read_text() == "old", f"-o rewritten, {name}: the old file is gone")


def check_replaced(programs: Programs, tally: Tally, whole: pathlib.Path, record: pathlib.Path) -> None:
    expected = programs.run(programs.analyzer, *COMMANDS["fields"], whole).stdout
    shutil.copy(whole, record)
    process = blocked(programs, record, COMMANDS["fields"])
    other = record.with_name("other.fb")
    programs.extract(support.SAMPLES / "vlan.pcap", other)
    other.replace(record)
    out, err = process.communicate(timeout=support.SECONDS)
    tally.check(process.returncode == DONE and not err, f"replaced: status {process.returncode}, {text(err)}")
    tally.check(expected[1:] == out, "replaced: the output is not that of the file that was opened")


def check_foreign_signal(programs: Programs, tally: Tally, whole: pathlib.Path) -> None:
    """SIGBUS from another process has no address: it kills, as ever."""
    process = blocked(programs, whole, COMMANDS["fields"])
    process.send_signal(signal.SIGBUS)
    process.communicate(timeout=support.SECONDS)
    tally.check(process.returncode == -signal.SIGBUS, f"kill -BUS: status {process.returncode}")


def main() -> int:
    options = support.parser(__doc__).parse_args()
    programs, tally = Programs(options.bin), Tally()
    with tempfile.TemporaryDirectory(prefix="pcapsule-mapped-") as name:
        folder = pathlib.Path(name)
        support.write_large_capture(folder / "large.pcap", SEGMENTS)
        whole, record = folder / "whole.fb", folder / "x.fb"
        programs.extract(folder / "large.pcap", whole)
        check_truncated(programs, tally, whole, record)
        check_output_of_truncated(programs, tally, whole, record)
        check_rewritten(programs, tally, whole, record)
        check_output_of_rewritten(programs, tally, whole, record)
        check_replaced(programs, tally, whole, record)
        check_foreign_signal(programs, tally, whole)
    return tally.end("record files that change")


if __name__ == "__main__":
    sys.exit(main())
