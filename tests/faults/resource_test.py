#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Captures that are made to cost time or memory: each ends soon, in little memory, with the status of the manual.

usage: resource_test.py --bin DIR [--thorough]

Time is that of the processor, so that a busy machine does not fail the test.
"""
from __future__ import annotations

import gzip
import json
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile

import support
from support import DONE, FAILED, INPUT_LOST, Programs, Tally, text

sys.path.insert(0, str(support.TOP / "tests" / "conformance"))
import encapsulations  # noqa: E402
import odd_pcapng  # noqa: E402

MEGABYTE = 1 << 20
FRAMES = 500
MEMORY_KB = 400 * 1024  # a program with sanitizers needs most of it; what Linux tells is never below that of this test
IPV6, IPV4_IN_IP, IPV6_IN_IP, HOP_BY_HOP, DESTINATION_OPTIONS, TCP = 0x86DD, 4, 41, 0, 60, 6
PATTERNS = ("mirror", "xor", "stride", "ports")


def nanoseconds(seconds: str) -> int:
    """Of text with nine digits behind the point."""
    return int(seconds.replace(".", ""))


def fitting(span_ns: int) -> int:
    return max(-2**63, min(span_ns, 2**63 - 1))


class Attack:
    def __init__(self, programs: Programs, tally: Tally, folder: pathlib.Path) -> None:
        self.programs, self.tally, self.folder = programs, tally, folder

    def extract(self, how: str, capture: bytes | pathlib.Path, seconds: float, *status: int) -> dict[str, object] | None:
        """The report; nothing where status 1 was right. `seconds`: of the processor, at most."""
        path = capture if isinstance(capture, pathlib.Path) else self.folder / "attack.pcap"
        if isinstance(capture, bytes):
            path.write_bytes(capture)
        out = self.folder / "attack.fb"
        with (self.folder / "report").open("w+b") as report, (self.folder / "err").open("w+b") as err:
            process = self.programs.start(self.programs.extractor, "-q", "--force", "--report", "json", "-o", out, path,
                                          stdout=report, stderr=err)
            _, ended, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(ended)
            report.seek(0)
            err.seek(0)
            found, message = report.read(), text(err.read())
        self.seconds = usage.ru_utime + usage.ru_stime
        self.memory_kb = usage.ru_maxrss
        self.tally.check(process.returncode in status, f"{how}: status {process.returncode}: {message}")
        self.tally.check(self.seconds < seconds, f"{how}: {self.seconds:.1f} s")
        self.tally.check(self.memory_kb < MEMORY_KB, f"{how}: {self.memory_kb} kB")
        print(f"{how}: status {process.returncode}, {self.seconds:.2f} s, {self.memory_kb / 1024:.0f} MB")
        if process.returncode not in (DONE, INPUT_LOST):
            return None
        answer = json.loads(found)
        counted = answer["segments"] + sum(answer["skipped"].values())
        self.tally.check(counted == answer["packets"], f"{how}: {answer['packets']} frames read, {counted} counted")
        verdict = self.programs.run(self.programs.analyzer, "verify", out)
        self.tally.check(verdict.returncode == DONE, f"{how}: verify: {text(verdict.stderr)}")
        return answer

    def nest(self) -> None:
        """Headers within headers up to the greatest frame, and option areas without an end."""
        tcp = encapsulations.segment(1000, 80, 1, 0, 2, b"")
        plain = encapsulations.ipv4(tcp, TCP)
        six = encapsulations.ipv6(tcp, TCP)
        deep = {"VLAN tags": b"\x02" * 12 + b"\x81\x00\x00\x01" * 16_000 + b"\x08\x00" + plain,
                "MPLS labels": b"\x02" * 12 + b"\x88\x47" + b"\x00\x01\x00\x40" * 16_000 + b"\x00\x01\x01\x40" + plain}
        tunnel = plain
        while len(tunnel) < 60_000:
            tunnel = encapsulations.ipv4(tunnel, IPV4_IN_IP)
        deep["IPv4 in IPv4"] = encapsulations.eth(tunnel, 0x0800)
        tunnel = six
        while len(tunnel) < 60_000:
            tunnel = encapsulations.ipv6(tunnel, IPV6_IN_IP)
        deep["IPv6 in IPv6"] = encapsulations.eth(tunnel, IPV6)
        chain = b"".join(struct.pack(">BB6x", DESTINATION_OPTIONS, 0) for _ in range(7000)) + struct.pack(">BB6x", TCP, 0)
        deep["IPv6 extension headers"] = encapsulations.eth(encapsulations.ipv6(chain + tcp, DESTINATION_OPTIONS), IPV6)
        for name, options in {"TCP options of length 0": b"\x08\x00" * 20, "TCP options of length 1": b"\x08\x01" * 20,
                              "TCP NOPs": b"\x01" * 40}.items():
            deep[name] = encapsulations.eth(encapsulations.ipv4(encapsulations.segment(1000, 80, 1, 0, 2, b"", options), TCP), 0x0800)
        for name, frame in deep.items():
            answer = self.extract(name, encapsulations.pcap(1, [frame] * FRAMES, 262144), 5, DONE)
            self.tally.check(answer is None or answer["packets"] == FRAMES, f"{name}: {answer and answer['packets']} frames")

    def bomb(self, megabytes: int) -> None:
        """Much that compresses to little: garbage, or a capture of frames without bytes."""
        garbage, zeros = b"\xff" * MEGABYTE, b"\0" * MEGABYTE
        packed = self.folder / "bomb"
        for name, first, rest, status in (("zeros", b"", zeros, FAILED), ("garbage after a header", support.PCAP_HEADER, garbage, INPUT_LOST),
                                          ("empty frames", support.PCAP_HEADER, zeros, DONE)):
            for tool in ("gzip", "zstd", "lz4"):
                if shutil.which(tool) is None:
                    continue
                with packed.open("wb") as out, subprocess.Popen([tool, "-q", "-c"], stdin=subprocess.PIPE, stdout=out) as packer:
                    assert packer.stdin is not None
                    packer.stdin.write(first)
                    for _ in range(megabytes):
                        packer.stdin.write(rest)
                how = f"{tool} bomb of {name}, {packed.stat().st_size >> 10} kB to {megabytes} MB"
                self.extract(how, packed, 120 if name == "empty frames" else 5, status, INPUT_LOST)
        nested = b"\0" * MEGABYTE
        for _ in range(3):
            nested = gzip.compress(nested)
        self.extract("gzip in gzip in gzip", nested, 5, FAILED)

    def lie_about_lengths(self) -> None:
        begin = odd_pcapng.Pcapng().section().interface().bytes
        for kind in (0x0A0D0D0A, 1, 2, 3, 5, 6, 0xBAD):
            for size in (0xFFFFFFFC, 0xFFFFFFFF, 0x80000000, 0, 8, 11):
                self.extract(f"block {kind:#x} of length {size:#x}", begin + struct.pack("<II", kind, size) + bytes(64), 2, FAILED, INPUT_LOST, DONE)
        for captured in (0xFFFFFFFF, 0x80000000, 0x7FFFFFFF, 0x10000000):
            self.extract(f"frame of {captured:#x} bytes", support.PCAP_HEADER + struct.pack("<IIII", 1, 1, captured, captured) + bytes(64), 2,
                         FAILED, INPUT_LOST)

    def stretch_time(self) -> None:
        """Stamps at both ends of what the formats can hold, in every unit."""
        frame = odd_pcapng.ethernet(1000)
        for resolution in (None, 0, 9, 18, 127, 0x80, 0x80 | 30, 0x80 | 63, 0xFF):
            for offset in (None, 2**63 - 1, -2**63):
                made = odd_pcapng.Pcapng().section().interface(odd_pcapng.ETHERNET, 0, resolution, offset)
                for stamp in (0, 1, 2**63 - 1, 2**63, 2**64 - 1, 0):
                    body = struct.pack("<IIIII", 0, stamp >> 32, stamp & 0xFFFFFFFF, len(frame), len(frame))
                    made.block(6, body + frame + b"\0" * (-len(frame) % 4))
                how = f"stamps of resolution {resolution}, offset {offset}"
                if self.extract(how, made.bytes, 2, DONE, FAILED, INPUT_LOST) is None:
                    continue
                self.check_spans(how)
                for command in (["packets"], ["packets", "-T", "csv", "-t", "ad"], ["connections"], ["handshakes"], ["windows", "--trend"],
                                ["resets"], ["info"], ["packets", "--after", "1", "--before", "2"],
                                ["plot", "--kind", "throughput", "-T", "csv"]):
                    done = self.programs.run(self.programs.analyzer, *command, self.folder / "attack.fb")
                    self.tally.check(done.returncode in (DONE, FAILED), f"{how}: {command}: status {done.returncode}: {text(done.stderr)}")

    def check_spans(self, how: str) -> None:
        """Spans between the stamps of attack.fb, whose frames are one connection: true, or the greatest or least where they do not fit."""
        question = ("packets", self.folder / "attack.fb", "-T", "fields", "-e", "frame.number", "-e", "frame.time_epoch")
        spans = ("frame.time_delta", "tcp.time_delta", "frame.time_relative", "tcp.time_relative")
        done = self.programs.run(self.programs.analyzer, *question, *(part for name in spans for part in ("-e", name)))
        rows = [line.split("\t") for line in text(done.stdout).splitlines()]
        stamps = [nanoseconds(row[1]) for row in rows]
        late = []
        for i, row in enumerate(rows):
            since = [fitting(stamps[i] - stamps[k]) for k in (max(i - 1, 0), 0)]
            found = [nanoseconds(value) for value in row[2:]]
            self.tally.check(found == [since[0], since[0], since[1], since[1]], f"{how}: frame {row[0]}: {row}, true are {since}")
            late += [row[0]] * (since[0] > 10**9)
        chosen = self.programs.run(self.programs.analyzer, *question[:-4], "-e", "frame.number", "-Y", "frame.time_delta > 1")
        self.tally.check(text(chosen.stdout).split() == late, f"{how}: frame.time_delta > 1: {text(chosen.stdout).split()}, not {late}")

    def collide(self, connections: int) -> None:
        """Endpoints chosen to fall together take no more than twice the time of ordinary ones."""
        generator = pathlib.Path(__file__).with_name("make_flood.py")
        if subprocess.run(["/usr/bin/python3", "-c", "import numpy"], capture_output=True, check=False).returncode != 0:
            print("the chosen endpoints are left out: no numpy")
            return
        seconds = {}
        for pattern in ("random", *PATTERNS):
            capture = self.folder / "flood.pcap"
            subprocess.run(["/usr/bin/python3", generator, "--connections", str(connections), "--pattern", pattern, capture], check=True)
            best = []
            for _ in range(2):
                answer = self.extract(f"{connections} SYNs, {pattern}", capture, 60, DONE)
                best.append(self.seconds)
            seconds[pattern] = min(best)
            self.tally.check(answer is not None and answer["connections"] == connections, f"{pattern}: {answer and answer['connections']}")
        for pattern in PATTERNS:
            self.tally.check(seconds[pattern] < 2 * seconds["random"], f"{pattern}: {seconds[pattern]:.2f} s, random {seconds['random']:.2f} s")

    def ask(self, how: str, frames: list[tuple[bytes, int]], ordinary: list[tuple[bytes, int]], *questions: list[str]) -> None:
        """Segments that cost the analyzer no more than five times what as many ordinary ones do, and a second."""
        seconds: dict[tuple[str, int], float] = {}
        for kind, sent in enumerate((ordinary, frames)):
            capture, out = self.folder / "ask.pcap", self.folder / f"ask{kind}.fb"
            capture.write_bytes(support.PCAP_HEADER + b"".join(
                support.record(10**18 + i * 2000, frame, wire) for i, (frame, wire) in enumerate(sent)))
            self.programs.extract(capture, out, "--force")
            for question in questions:
                files = [out, out] if question[0] == "compare" else [out]
                before = os.times()
                done = self.programs.run(self.programs.analyzer, *question, *files)
                after = os.times()
                seconds[" ".join(question), kind] = after.children_user + after.children_system - before.children_user - before.children_system
                self.tally.check(done.returncode == DONE, f"{how}: {question}: status {done.returncode}: {text(done.stderr)}")
        for question in questions:
            usual, took = (seconds[" ".join(question), kind] for kind in (0, 1))
            print(f"{how}: {' '.join(question)}: {took:.2f} s, ordinary {usual:.2f} s")
            self.tally.check(took < 5 * usual + 1, f"{how}: {question}: {took:.1f} s, ordinary {usual:.1f} s")

    def repeat(self) -> None:
        """What a query keeps of a connection is as much as there is of it, and every segment touches all of that."""
        host, other, ports = 0x0A000001, 0xC0000201, (1000, 80)

        def segment(sequence: int, payload: int, flags: int = 0x10, acknowledged: int = 1) -> tuple[bytes, int]:
            return support.frame_of(host, other, ports, (sequence, acknowledged), flags, payload), 54 + payload

        ordinary = [segment(1000 + i * 10, 10) for i in range(100_000)]
        self.ask("sequence bases set anew", [segment(1000 + i * 77, 0, 0x12) for i in range(100_000)], ordinary,
                 ["packets", "-T", "csv", "-e", "pcapsule.seq"], ["packets", "-T", "csv", "-e", "tcp.seq"])
        falling = [segment(10_000_000 - i * 10, 10) for i in range(9_999)]
        below = [(support.frame_of(other, host, (80, 1000), (1, 1000 + i * 10), 0x10, 0), 54) for i in range(60_000)]
        self.ask("acknowledgments before 10,000 segments in falling order", falling + below, ordinary[:70_000], ["losses"], ["windows"])
        grown = [segment(1000 + i, 1) for i in range(65_000)]
        self.ask("segments sent again over 65,000 others", grown + [segment(1000, 65_000, acknowledged=1 + i) for i in range(2000)], ordinary[:67_000], ["losses"])
        again = [segment(7 * i, 0, 0x02) for i in range(50_000)]
        others = [(support.frame_of(host + i, other, ports, (7 * i, 1), 0x02), 54) for i in range(50_000)]
        self.ask("endpoints used again and again", again, others, ["compare"])


def main() -> int:
    options = support.parser(__doc__).parse_args()
    programs, tally = Programs(options.bin), Tally()
    with tempfile.TemporaryDirectory(prefix="pcapsule-resource-") as name:
        attack = Attack(programs, tally, pathlib.Path(name))
        attack.nest()
        attack.bomb(1024 if options.thorough else 64)
        attack.lie_about_lengths()
        attack.stretch_time()
        attack.repeat()
        attack.collide(1_000_000 if options.thorough else 100_000)
    return tally.end("attacks on time and memory")


if __name__ == "__main__":
    sys.exit(main())
