#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Has `analyzer plot` draw every kind of picture of the samples, and looks at them as far as a program can.

usage: plot_test.py --bin DIR --samples DIR

SVG: well-formed, of the size asked for, with its title, axis labels and legend in it, the same bytes each time.
PNG: its signature, size and end. In the terminal: no wider than it. Failures leave no file. Exit 77 without gnuplot.
"""
from __future__ import annotations

import argparse
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

SKIPPED = 77
CLOCK = "time since the connection's first segment (s)"
BULK = "client 192.0.2.10:57080, server 203.0.113.43:80, stream 97, bulk.fb"

# Sample, options, texts that the picture has.
PICTURES: list[tuple[str, list[str], list[str]]] = [
    ("bulk", ["-s", "97"], ["Receive window over time", BULK, CLOCK, "receive window (kB)", "client's window",
                            "server's window", "dip below half of the rolling median", "800"]),
    ("bulk", ["-s", "97", "--kind", "window-ack"],
     ["Receive window and progress of acknowledgments over time", BULK, CLOCK, "receive window (kB)",
      "relative acknowledgment number (MB)", "client's window", "acknowledged by the client"]),
    ("bulk", ["-s", "97", "--kind", "time-sequence"],
     ["Sequence numbers over time", BULK, CLOCK, "relative sequence number (MB)", "server's data",
      "acknowledged by the client", "edge of the client's window", "retransmission"]),
    ("bulk", ["-s", "97", "--kind", "throughput"],
     ["Throughput over time", BULK, CLOCK, "payload (Mbit/s)", "client to server", "server to client"]),
    ("bulk", ["-s", "97", "--kind", "rtt"],
     ["Round-trip time between the capture point and each side", BULK, CLOCK, "time from data to its ACK",
      "client's data until the server's ACK", "server's data until the client's ACK"]),
    ("bulk", ["--kind", "handshakes"],
     ["Handshake latency of connections over time", "421 of 422 connections with that leg, bulk.fb", "latency", "first SYN to SYN-ACK"]),
    ("bulk", ["--kind", "handshake-distribution"],
     ["Distribution of handshake latency", "connections with that latency or less (%)", "first SYN to SYN-ACK",
      "last SYN to SYN-ACK", "SYN-ACK to ACK", "first SYN to ACK", "99"]),
    ("zero", ["-s", "0"], ["zero window", "client's window"]),
    ("reset", ["-s", "3", "--after", "+0.1", "--before", "+0.3"], ["0.15", "0.25"]),
]

faults: list[str] = []


def check(condition: bool, what: str) -> None:
    if not condition:
        faults.append(what)


class Runner:
    def __init__(self, programs: pathlib.Path, folder: pathlib.Path) -> None:
        self.programs = programs.resolve()
        self.folder = folder

    def run(self, program: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run([self.programs / program, *arguments], cwd=self.folder, stdin=subprocess.DEVNULL,
                              capture_output=True, env={**os.environ, **environment}, timeout=120, check=False)

    def plot(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
        return self.run("analyzer", "plot", *arguments, **environment)


def texts_of(svg: bytes) -> list[str]:
    return [" ".join("".join(node.itertext()).split()) for node in ElementTree.fromstring(svg).iter()
            if node.tag.endswith("}text")]


def check_svg(runner: Runner, record: str, options: list[str], wanted: list[str]) -> None:
    name = f"{record} {' '.join(options)}"
    done = runner.plot(f"{record}.fb", *options, "-o", "x.svg", "--size", "900x600")
    check(done.returncode == 0 and not done.stderr, f"{name}: {done.returncode} {done.stderr!r}")
    if done.returncode != 0:
        return
    svg = (runner.folder / "x.svg").read_bytes()
    root = ElementTree.fromstring(svg)
    check(root.get("width") == "900" and root.get("height") == "600", f"{name}: {root.attrib}")
    found = texts_of(svg)
    for text in wanted:
        check(text in found, f"{name}: no text {text!r} in {found}")
    again = runner.plot(f"{record}.fb", *options, "-T", "svg", "--size", "900x600")
    check(again.stdout == svg, f"{name}: not the same picture again, on standard output")


def check_png(runner: Runner, record: str, options: list[str]) -> None:
    done = runner.plot(f"{record}.fb", *options, "-o", "x.png")
    png = (runner.folder / "x.png").read_bytes() if done.returncode == 0 else b""
    check(png.startswith(b"\x89PNG\r\n\x1a\n") and struct.unpack(">II", png[16:24]) == (1200, 700) and
          png.endswith(b"IEND\xaeB`\x82"), f"{record} {options}: no PNG: {done.stderr!r}")


def check_terminal(runner: Runner, record: str, options: list[str]) -> None:
    done = runner.plot(f"{record}.fb", *options, "--terminal", COLUMNS="100", LINES="30")
    lines = done.stdout.decode().splitlines()
    check(done.returncode == 0 and 10 < len(lines) < 30 and max(map(len, lines), default=0) <= 100,
          f"{record} {options}: {done.returncode} {done.stdout!r} {done.stderr!r}")


def check_failures(runner: Runner) -> None:
    """A gnuplot that fails, or none: a message, status 1, and what was there before stays."""
    programs = runner.folder / "programs"
    programs.mkdir()
    (runner.folder / "kept.svg").write_text("as before")
    absent = runner.plot("bulk.fb", "-s", "97", "-o", "kept.svg", PATH=str(programs))
    check(absent.returncode == 1 and b"gnuplot-nox" in absent.stderr, f"absent: {absent}")
    (programs / "gnuplot").write_text("#!/bin/sh\nprintf '\\033[2Jno such font\\n' >&2\nexit 3\n")
    (programs / "gnuplot").chmod(0o755)
    failing = runner.plot("bulk.fb", "-s", "97", "-o", "kept.svg", PATH=str(programs))
    check(failing.returncode == 1 and failing.stderr == b"analyzer: gnuplot failed with status 3\n  \\x1b[2Jno such font\n",
          f"failing: {failing}")
    check((runner.folder / "kept.svg").read_text() == "as before", "a failure changed the file")
    drawn = runner.plot("bulk.fb", "-s", "97", "-o", "kept.svg")
    check(drawn.returncode == 0 and (runner.folder / "kept.svg").read_bytes().startswith(b"<?xml"), f"replaced: {drawn}")


def check_hostile_name(runner: Runner) -> None:
    """The name of a record file is a text in the picture and nothing else."""
    name = "a`touch owned`\"'\\@x{Bold y}^z%s$(touch owned)\n\x1b[2J ä <b>&amp;.fb"
    shutil.copy(runner.folder / "zero.fb", runner.folder / name)
    done = runner.plot(name, "-s", "0", "-T", "svg")
    check(done.returncode == 0, f"hostile: {done}")
    if done.returncode == 0:
        shown = "a`touch owned`\"'\\@x{Bold y}^z%s$(touch owned)\\x0a\\x1b[2J ä <b>&amp;.fb"
        check(any(text.endswith(shown) for text in texts_of(done.stdout)), f"hostile: {texts_of(done.stdout)}")
    check(not (runner.folder / "owned").exists(), "a file name was run as a command")


def check_settings(runner: Runner) -> None:
    """Settings of gnuplot that somebody has do not change a picture."""
    home = runner.folder / "home"
    home.mkdir()
    (home / ".gnuplot").write_text("set encoding iso_8859_1\nset xrange [0:1]\nset title 'mine'\n")
    plain = runner.plot("zero.fb", "-s", "0", "-T", "svg")
    mine = runner.plot("zero.fb", "-s", "0", "-T", "svg", HOME=str(home), GNUTERM="x11", LC_ALL="de_DE.UTF-8")
    check(plain.stdout == mine.stdout and mine.returncode == 0, "settings of the user change the picture")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", required=True, type=pathlib.Path)
    parser.add_argument("--samples", required=True, type=pathlib.Path)
    options = parser.parse_args()
    if shutil.which("gnuplot") is None:
        print("skipped: gnuplot is not installed (Debian: gnuplot-nox)")
        return SKIPPED
    with tempfile.TemporaryDirectory(prefix="pcapsule-pictures-") as name:
        runner = Runner(options.bin, pathlib.Path(name))
        for record, sample in [("bulk", "bulk_among_short.pcap.gz"), ("zero", "zero_window.pcap"),
                               ("reset", "reset_mid_transfer.pcap")]:
            done = runner.run("extractor", "-q", "-o", f"{record}.fb", str(options.samples.resolve() / sample))
            check(done.returncode == 0, f"extractor: {done}")
        for record, arguments, wanted in PICTURES:
            check_svg(runner, record, arguments, wanted)
            check_png(runner, record, arguments)
            check_terminal(runner, record, arguments)
        check_failures(runner)
        check_hostile_name(runner)
        check_settings(runner)
    for fault in faults:
        print(fault)
    print(f"{len(PICTURES)} pictures, each as SVG, PNG and text: {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
