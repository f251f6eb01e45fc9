# SPDX-License-Identifier: Apache-2.0
"""Questions to a record file, as whole programs, and the same questions to others where they have them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import table
import targets
from extraction import Extraction
from measure import Command, Series, interleave
from programs import Programs, said

# Each has a value that hardly any row has, in columns of which the catalog knows no least and greatest.
ONE_COLUMN = "tcp.ack_raw == 77"
FOUR_COLUMNS = f"{ONE_COLUMN} || tcp.seq_raw == 78 || tcp.window_size_value == 64999 || tcp.options.timestamp.tsval == 4000000079"
FRAME = ["-T", "fields", "-e", "frame.number"]
FIELDS = ["-T", "fields", "-e", "frame.number", "-e", "tcp.seq", "-e", "tcp.len"]


@dataclass
class Question:
    """Ours and, where there is one, the peer's."""

    ours: Command
    peer: Command | None = None


class Queries:
    """What is asked of the record file of one capture."""

    def __init__(self, programs: Programs, extraction: Extraction, segments: int, connections: int) -> None:
        self.programs = programs
        self.record = extraction.record
        self.capture = extraction.capture
        self.flows = extraction.flows
        self.argus = extraction.argus
        self.segments = segments
        self.stream = str(connections // 2)

    def ask(self, name: str, *arguments: str, one_core: bool = False, cold: bool = False) -> Command:
        command, *rest = arguments
        return Command(name, [self.programs.analyzer, command, self.record, *rest],
                       self.forget_record if cold else lambda: None, one_core)

    def forget_record(self) -> None:
        """Out of the page cache."""
        with self.record.open("rb") as record:
            os.fsync(record.fileno())
            os.posix_fadvise(record.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)

    def ra(self, *arguments: str) -> Command | None:
        if not self.programs.has("ra") or not self.argus.exists():
            return None
        return Command("ra " + " ".join(arguments), ["ra", "-nr", self.argus, *arguments])

    def nfdump(self, *arguments: str) -> Command | None:
        if not self.programs.has("nfdump") or not self.flows.exists():
            return None
        return Command("nfdump " + " ".join(arguments), ["nfdump", "-q", "-R", self.flows, *arguments])

    def tshark(self, *arguments: str) -> Command | None:
        if self.programs.quick or self.capture.light_peers_only or not self.programs.has("tshark"):
            return None
        return Command("tshark " + " ".join(arguments), ["tshark", "-n", "-r", self.capture.path, *arguments], once=True)

    def questions(self) -> list[Question]:
        packets = ["packets", "-s", self.stream, "-c", "100"]
        return [
            Question(Command("--version: the program alone", [self.programs.analyzer, "--version"])),
            Question(self.ask("info", "info")),
            Question(self.ask("handshakes --by server", "handshakes", "--by", "server"),
                     self.ra("-s", "daddr", "synack", "ackdat")),
            Question(self.ask("handshakes --first --slower-than 1us", "handshakes", "--first", "--slower-than", "1us"),
                     self.tshark("-Y", "tcp.flags == 0x12 && tcp.time_delta > 0.000001", "-c", "1")),
            Question(self.ask("resets", "resets"), self.nfdump("flags R")),
            Question(self.ask("connections --top 20", "connections", "--top", "20"), self.nfdump("-s", "record/bytes", "-n", "20")),
            Question(self.ask("packets -s N -c 100", *packets), self.tshark("-Y", f"tcp.stream == {self.stream}", "-c", "100")),
            Question(self.ask("packets -s N -c 100, cold", *packets, cold=True)),
        ]

    def measure(self, runs: int) -> str:
        questions = self.questions()
        ours = interleave([question.ours for question in questions], runs)
        peers = [question.peer for question in questions if question.peer]
        theirs = dict(zip((peer.name for peer in peers), interleave(peers, runs)))
        rows = []
        for question, found in zip(questions, ours):
            answer = theirs.get(question.peer.name) if question.peer else None
            rows.append([f"`{question.ours.name}`", time_of(found), targets.QUERY.get(question.ours.name, ""),
                         f"`{question.peer.name}`" if question.peer else "", time_of(answer) if answer else ""])
        return table.markdown(["", "ms", "aim", "beside it", "ms"], rows)


def time_of(found: Series) -> str:
    return found.failure or (table.milliseconds(found.seconds) if found.samples else table.NOT_MEASURED)


def asked(command: Command) -> str:
    """As on the command line, but with `or` for what would end the cell, and without the columns of what a filter finds."""
    arguments = [str(part) for part in command.arguments[3:]]
    if "-Y" in arguments:
        arguments = arguments[:arguments.index("-T")]
    return f"`{' '.join(['packets', *arguments])}`".replace("||", "or").replace("&&", "and")


class Rates(Queries):
    """Questions that read every row, on one core."""

    def scans(self) -> list[tuple[Command, bool]]:
        """Whether it is told as nanoseconds a segment; else as segments a second."""
        def packets(name: str, *arguments: str) -> Command:
            return self.ask(name, "packets", *arguments, one_core=True)

        return [
            (packets("filter over one column", "-Y", ONE_COLUMN, *FRAME), True),
            (packets("filter over four columns", "-Y", FOUR_COLUMNS, *FRAME), True),
            (packets("labels", "-Y", "tcp.analysis.retransmission && tcp.len == 77", *FIELDS), False),
            (packets("packets as text"), False),
            (packets("packets as fields", *FIELDS), False),
        ]

    def measure(self, runs: int) -> str:
        scans = self.scans()
        series = interleave([command for command, _ in scans], runs)
        rows = []
        for (command, nanoseconds), found in zip(scans, series):
            rows.append([command.name, asked(command), time_of(found), self.rate(found, nanoseconds),
                         targets.RATE.get(command.name, ""),
                         table.milliseconds(found.processor_seconds) if found.samples else table.NOT_MEASURED])
        return table.markdown(["", "asked", "ms", "a segment, or segments a second", "aim", "processor ms"], rows)

    def rate(self, found: Series, nanoseconds: bool) -> str:
        if not found.samples:
            return table.NOT_MEASURED
        if nanoseconds:
            return f"{found.seconds / self.segments * 1e9:.2f} ns"
        return f"{self.segments / found.seconds / 1e6:.1f} M/s"


def counts(programs: Programs, record: Path) -> tuple[int, int]:
    """Segments and connections of a record file."""
    totals = {}
    for line in said(programs.analyzer, "info", record, "-T", "csv").splitlines():
        if line.startswith("totals,"):
            _, name, value = line.split(",")
            totals[name] = int(value)
    return totals["segments"], totals["connections"]
