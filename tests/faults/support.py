# SPDX-License-Identifier: Apache-2.0
"""What the fault tests share: the programs under test, captures made from nothing, and the count of what failed."""
from __future__ import annotations

import argparse
import os
import pathlib
import struct
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
SAMPLES = TOP / "samples"
SECONDS = 60  # after which a program counts as hanging
PCAP_HEADER = struct.pack("<IHHIIII", 0xA1B23C4D, 2, 4, 0, 0, 65535, 1)
DONE, FAILED, USAGE, INPUT_LOST = 0, 1, 2, 3
SANITIZER_STATUS = 99

sys.dont_write_bytecode = True


def frame_of(source: int, destination: int, ports: tuple[int, int], numbers: tuple[int, int], flags: int,
             payload: int = 0) -> bytes:
    """Ethernet, IPv4, TCP; `payload` bytes of it were sent, none captured."""
    ip = struct.pack(">BBHHHBBHII", 0x45, 0, 40 + payload, 1, 0, 64, 6, 0, source, destination)
    tcp = struct.pack(">HHIIBBHHH", *ports, *numbers, 0x50, flags, 1000, 0, 0)
    return b"\x02" * 12 + b"\x08\x00" + ip + tcp


def record(time_ns: int, frame: bytes, wire: int | None = None) -> bytes:
    seconds, part = divmod(time_ns, 10**9)
    return struct.pack("<IIII", seconds, part, len(frame), wire or len(frame)) + frame


def write_large_capture(path: pathlib.Path, segments: int, connections: int = 16) -> None:
    """A capture of `segments` segments that all make a connection's numbers go on."""
    sent = [0] * connections
    parts = [PCAP_HEADER]
    for i in range(segments):
        lane = i % connections
        frame = frame_of(0x0A000001 + lane, 0xC0000201, (40000 + lane % 20000, 80), (1 + sent[lane], 1), 0x18, 100)
        sent[lane] += 100
        parts.append(record(10**18 + i * 1000, frame, len(frame) + 100))
    path.write_bytes(b"".join(parts))


class Programs:
    def __init__(self, folder: pathlib.Path) -> None:
        self.extractor = str(folder.resolve() / "extractor")
        self.analyzer = str(folder.resolve() / "analyzer")
        # A report of a sanitizer must not be taken for status 1.
        self.environment = dict(os.environ, TZ="UTC", LC_ALL="C",
                                ASAN_OPTIONS=f"exitcode={SANITIZER_STATUS}:abort_on_error=0",
                                UBSAN_OPTIONS=f"exitcode={SANITIZER_STATUS}:print_stacktrace=1")

    def run(self, *words: str | pathlib.Path, **more: object) -> subprocess.CompletedProcess[bytes]:
        settings = {"stdin": subprocess.DEVNULL, "capture_output": True, "timeout": SECONDS, "check": False,
                    "env": self.environment} | more
        return subprocess.run([str(word) for word in words], **settings)

    def start(self, *words: str | pathlib.Path, **more: object) -> subprocess.Popen[bytes]:
        settings = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE,
                    "env": self.environment} | more
        return subprocess.Popen([str(word) for word in words], **settings)

    def extract(self, capture: pathlib.Path, out: pathlib.Path, *options: str) -> None:
        done = self.run(self.extractor, "-q", *options, "-o", out, capture)
        if done.returncode not in (DONE, INPUT_LOST):
            sys.exit(f"{capture}: {done.stderr.decode(errors='backslashreplace')}")


class Tally:
    """Counts checks and tells the failed ones."""

    def __init__(self) -> None:
        self.checks = 0
        self.failures = 0

    def check(self, holds: bool, what: str) -> bool:
        self.checks += 1
        if not holds:
            self.failures += 1
            if self.failures <= 20:
                print(f"FAILED {what}")
        return holds

    def end(self, what: str) -> int:
        print(f"{what}: {self.checks} checks, {self.failures} failed")
        return 1 if self.failures else 0


def parser(description: str | None) -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--bin", required=True, type=pathlib.Path, help="folder of extractor and analyzer")
    made.add_argument("--thorough", action="store_true", help="the numbers of docs/reliability.md, not those of a test run")
    made.add_argument("--seed", type=int, default=1)
    return made


def text(output: bytes) -> str:
    return output.decode(errors="backslashreplace")
