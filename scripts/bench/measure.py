# SPDX-License-Identifier: Apache-2.0
"""Runs programs side by side and takes their time and memory."""

from __future__ import annotations

import os
import signal
import statistics
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, Sequence

# Of programs that run once.
LIMIT_S = 60
ENVIRONMENT = {**os.environ, "TZ": "UTC", "LC_ALL": "C.UTF-8"}


def nothing() -> None:
    """Needs no preparation."""


@dataclass
class Command:
    """A program to run, and what has to be done before each run (not timed)."""

    name: str
    arguments: Sequence[str | Path]
    before: Callable[[], None] = nothing
    one_core: bool = False
    # Too slow to be run several times: one run, without a warm-up.
    once: bool = False
    out: Path = Path(os.devnull)


@dataclass
class Sample:
    """One run."""

    seconds: float
    processor_seconds: float
    peak_bytes: int


@dataclass
class Series:
    """All runs of a command; `failure` is what it said when one of them failed."""

    samples: list[Sample] = field(default_factory=list)
    failure: str = ""

    @property
    def seconds(self) -> float:
        """The median."""
        return statistics.median(sample.seconds for sample in self.samples)

    @property
    def least_seconds(self) -> float:
        """Of the run that was disturbed least."""
        return min(sample.seconds for sample in self.samples)

    @property
    def processor_seconds(self) -> float:
        """The median of user and system time."""
        return statistics.median(sample.processor_seconds for sample in self.samples)

    @property
    def peak_bytes(self) -> int:
        """The greatest resident memory of any run; never below that of this script when it started the program."""
        return max(sample.peak_bytes for sample in self.samples)


def start(command: Command, errors: int) -> int:
    """The process, on one core if the command says so."""
    allowed = os.sched_getaffinity(0)
    actions = [(os.POSIX_SPAWN_OPEN, 1, str(command.out), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
               (os.POSIX_SPAWN_DUP2, errors, 2)]
    try:
        if command.one_core:
            os.sched_setaffinity(0, {max(allowed)})
        arguments = [str(argument) for argument in command.arguments]
        return os.posix_spawnp(arguments[0], arguments, ENVIRONMENT, file_actions=actions)
    finally:
        os.sched_setaffinity(0, allowed)


def run(command: Command) -> Sample:
    """One run. Raises OSError with what the program said when it fails, or takes too long."""
    command.before()
    with tempfile.TemporaryFile() as errors:
        started = time.monotonic_ns()
        process = start(command, errors.fileno())
        guard = threading.Timer(LIMIT_S, os.kill, (process, signal.SIGKILL))
        if command.once:
            guard.start()
        _, status, usage = os.wait4(process, 0)
        seconds = (time.monotonic_ns() - started) / 1e9
        guard.cancel()
        if command.once and seconds >= LIMIT_S:
            raise OSError(f"stopped after {LIMIT_S} s")
        if status != 0:
            errors.seek(0)
            said = errors.read().decode(errors="replace").strip().splitlines() or [""]
            raise OSError(f"status {os.waitstatus_to_exitcode(status)}: {said[-1]}")
    return Sample(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def interleave(commands: Sequence[Command], runs: int) -> list[Series]:
    """Runs each command once to warm up and then `runs` times, all of them in turn, so that what disturbs the
    machine disturbs all alike."""
    series = [Series() for _ in commands]
    for turn in range(runs + 1):
        for command, found in zip(commands, series):
            if found.failure or (command.once and turn != 1):
                continue
            try:
                sample = run(command)
            except OSError as error:
                found.failure = str(error)
                continue
            if turn > 0:
                found.samples.append(sample)
    return series


def needed(command: Command) -> Sample:
    """One run of a program that must not fail."""
    try:
        return run(command)
    except OSError as error:
        raise SystemExit(f"{' '.join(map(str, command.arguments))}: {error}") from error
