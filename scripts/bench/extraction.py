# SPDX-License-Identifier: Apache-2.0
"""Extraction, and the same capture in the hands of others."""

from __future__ import annotations

import os
import shutil
import statistics
import time
from pathlib import Path

import table
import targets
from captures import Capture
from measure import Command, Series, interleave, needed
from programs import Programs

MEMORY_FOLDER = Path("/dev/shm")
BASELINE = "tcpdump -w /dev/null"
HEADING = ["", "s", "least s", "ratio", "aim", "processor s", "peak MB"]
SUMMARY_HEADING = ["", "segments", "M segments/s", "of tcpdump", "of tcpdump, one core", "of nfpcapd", "peak MB",
                   "bytes a segment"]
SYNC_PIECE_BYTES = 1 << 20


class Extraction:
    """All that reads one capture from its first byte to its last."""

    def __init__(self, programs: Programs, capture: Capture, folder: Path) -> None:
        self.programs = programs
        self.capture = capture
        self.record = folder / "out.fb"
        self.current = folder / "current.fb"
        self.flows = folder / "nfpcapd"
        self.argus = folder / "argus.out"
        self.in_memory = MEMORY_FOLDER / f"pcapsule-bench-{os.getpid()}.fb"
        # What was measured, by name of the command.
        self.found: dict[str, Series] = {}

    def extract(self, name: str, out: Path, one_core: bool = False) -> Command:
        arguments = [self.programs.extractor, "-q", "--force", "-o", out, self.capture.path]
        return Command(name, arguments, lambda: out.unlink(missing_ok=True), one_core)

    def ours(self) -> list[Command]:
        """The extractor, whole and without its parts."""
        commands = [self.extract("extractor", self.record), self.extract("extractor, one core", self.record, True)]
        if self.memory_has_room():
            commands += [self.extract("extractor, output in memory: no fsync", self.in_memory),
                         self.extract("extractor, one core, output in memory", self.in_memory, True)]
        return commands + [Command("extractor, only the fingerprint: a touched capture, its record current",
                                   [self.programs.extractor, "-q", "-o", self.current, self.capture.path],
                                   lambda: os.utime(self.capture.path))]

    def memory_has_room(self) -> bool:
        """A record file is smaller than its capture, but for floods of small captures."""
        return (MEMORY_FOLDER.is_dir() and
                shutil.disk_usage(MEMORY_FOLDER).free > 2 * self.capture.path.stat().st_size)

    def empty_flows(self) -> None:
        shutil.rmtree(self.flows, ignore_errors=True)
        self.flows.mkdir()

    def peers(self) -> list[Command]:
        """Those of the other programs that are installed."""
        has, path = self.programs.has, self.capture.path
        commands = []
        if has("tcpdump"):
            commands.append(Command(BASELINE, ["tcpdump", "-r", path, "-w", "/dev/null"]))
        if has("nfpcapd"):
            commands.append(Command("nfpcapd", ["nfpcapd", "-r", path, "-w", self.flows], self.empty_flows))
        if self.capture.light_peers_only:
            return commands
        if has("argus", "ra"):
            commands += [Command("argus", ["argus", "-r", path, "-w", self.argus], lambda: self.argus.unlink(missing_ok=True)),
                         Command("ra, after argus", ["ra", "-nr", self.argus])]
        if self.programs.quick:
            return commands
        if has("tcpdump"):  # slow: it looks for the first sequence number of each connection in 919 lists
            commands.append(Command("tcpdump -nn", ["tcpdump", "-nn", "-r", path], once=True))
        if has("tcptrace"):
            commands.append(Command("tcptrace -l", ["tcptrace", "-n", "-l", path], once=True))
        if has("tshark"):
            commands.append(Command("tshark -z conv,tcp", ["tshark", "-n", "-r", path, "-q", "-z", "conv,tcp"], once=True))
        return commands

    def measure(self, runs: int) -> str:
        """The table. Leaves the record file, and what the peers wrote, for the queries."""
        needed(self.extract("extractor", self.current))
        peers = self.peers()
        first = [peer for peer in peers if peer.name == BASELINE]
        commands = first + self.ours() + [peer for peer in peers if peer.name != BASELINE]
        series = interleave(commands, runs)
        baseline = series[0] if first else Series()
        for command, found in zip(commands, series):
            if found.failure and command.arguments[0] == self.programs.extractor:
                raise SystemExit(f"{command.name}: {found.failure}")
        self.in_memory.unlink(missing_ok=True)
        self.found = {command.name: each for command, each in zip(commands, series)}
        rows = [self.row(command, found, baseline) for command, found in zip(commands, series)]
        rows.insert(len(first) + len(self.ours()), self.sync_row(runs, baseline))
        return table.markdown(HEADING, rows)

    def remove(self) -> None:
        """Makes room for the next capture."""
        for path in (self.record, self.current, self.argus):
            path.unlink(missing_ok=True)
        shutil.rmtree(self.flows, ignore_errors=True)

    def row(self, command: Command, found: Series, first: Series) -> list[str]:
        name = command.name + (" (once)" if command.once else "")
        if found.failure or not found.samples:
            why = found.failure.replace("|", "/") or "not run"
            return [f"{name}: {why}"] + [table.NOT_MEASURED] * (len(HEADING) - 1)
        against = table.ratio(found.seconds, first.seconds) if first.samples else table.NOT_MEASURED
        return [name, table.seconds(found.seconds), table.seconds(found.least_seconds), against,
                targets.extraction(self.capture.name, command.name), table.seconds(found.processor_seconds),
                table.megabytes(found.peak_bytes)]

    def summary_row(self, segments: int) -> list[str]:
        """The capture in one line of the first table."""
        ours, one_core = self.found["extractor"], self.found["extractor, one core"]

        def against(name: str, of: Series) -> str:
            other = self.found.get(name)
            return table.ratio(of.seconds, other.seconds) if other and other.samples else table.NOT_MEASURED

        return [self.capture.name, f"{segments:,}", f"{segments / ours.seconds / 1e6:.2f}", against(BASELINE, ours),
                against(BASELINE, one_core), against("nfpcapd", ours), table.megabytes(ours.peak_bytes),
                f"{self.record.stat().st_size / max(1, segments):.1f}"]

    def sync_row(self, runs: int, first: Series) -> list[str]:
        """What bringing the bytes of the record file to the disk takes, after they have been written."""
        taken = [self.sync_seconds() for _ in range(runs)]
        middle = statistics.median(taken)
        against = table.ratio(middle, first.seconds) if first.samples else table.NOT_MEASURED
        return ["fsync of as many bytes, alone", table.seconds(middle), table.seconds(min(taken)), against, "",
                table.NOT_MEASURED, table.NOT_MEASURED]

    def sync_seconds(self) -> float:
        path = self.record.with_suffix(".sync")
        with self.record.open("rb") as record, path.open("wb") as out:
            shutil.copyfileobj(record, out, SYNC_PIECE_BYTES)
            out.flush()
            started = time.monotonic_ns()
            os.fsync(out.fileno())
            taken = (time.monotonic_ns() - started) / 1e9
        path.unlink()
        return taken
