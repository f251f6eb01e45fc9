#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Faults of the machine while the extractor writes: killed, no room, no folder, no reader, several at once.

usage: machine_test.py --bin DIR [--thorough] [--seed N]

The record file is the old one or the new one, whole, and nothing else is left in its folder. A small file system of its
own is mounted where the test may; otherwise that part says that it is left out.
"""
from __future__ import annotations

import os
import pathlib
import random
import resource
import signal
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable

import support
from support import DONE, FAILED, INPUT_LOST, Programs, Tally, text

SEGMENTS = 200_000  # about 0.1 s of extraction
EXTRACTORS = 8


class Machine:
    def __init__(self, programs: Programs, tally: Tally, folder: pathlib.Path, chance: random.Random) -> None:
        self.programs, self.tally, self.folder, self.chance = programs, tally, folder, chance
        self.capture, self.place = folder / "large.pcap", folder / "out"
        self.out = self.place / "x.fb"
        self.place.mkdir()
        support.write_large_capture(self.capture, SEGMENTS)
        programs.extract(support.SAMPLES / "vlan.pcap", self.out)
        self.old = self.out.read_bytes()
        begin = time.monotonic()
        programs.extract(self.capture, self.out)
        self.seconds = time.monotonic() - begin
        self.new = self.out.read_bytes()

    def put_old(self, present: bool = True) -> None:
        for left in self.place.iterdir():
            left.unlink()
        if present:
            self.out.write_bytes(self.old)

    def expect_whole(self, how: str, also_none: bool = False) -> None:
        left = sorted(p.name for p in self.place.iterdir() if p != self.out)
        self.tally.check(not left, f"{how}: left {left}")
        if not self.out.exists():
            self.tally.check(also_none, f"{how}: the old file is gone")
            return
        self.tally.check(self.out.read_bytes() in (self.old, self.new), f"{how}: the file is neither the old nor the new one")

    def expect_refusal(self, process: subprocess.CompletedProcess[bytes], how: str, *words: str) -> None:
        message = text(process.stderr)
        self.tally.check(process.returncode == FAILED, f"{how}: status {process.returncode}: {message}")
        self.tally.check(all(word in message for word in words), f"{how}: message {message!r}")

    def extractor(self, *more: str | pathlib.Path) -> list[str | pathlib.Path]:
        return [self.programs.extractor, "-q", "--force", "-o", self.out, *more]

    def kill(self, times: int) -> None:
        killed = 0
        for number in range(times):
            present = number % 2 == 0
            self.put_old(present)
            process = self.programs.start(*self.extractor(self.capture))
            time.sleep(self.chance.uniform(0, self.seconds))
            process.send_signal(signal.SIGKILL)
            process.communicate()
            killed += process.returncode == -signal.SIGKILL
            self.expect_whole(f"kill {number}", also_none=not present)
            # The dead one holds no lock.
            again = self.programs.run(*self.extractor("--no-wait", support.SAMPLES / "vlan.pcap"))
            self.tally.check(again.returncode == DONE, f"kill {number}: the next run says {text(again.stderr)!r}")
        print(f"{killed} of {times} were killed while they ran")
        self.tally.check(killed * 4 > times, "most were done before they were killed")

    def limit_file_size(self) -> None:
        size = len(self.new)
        for limit in (0, 1, 4096, size // 2, size - 4096, size - 1):
            self.put_old()
            done = self.programs.run(*self.extractor(self.capture),
                                     preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
            self.expect_refusal(done, f"ulimit -f of {limit} bytes", "x.fb", "File too large")
            self.expect_whole(f"ulimit -f of {limit} bytes")

    def fill_disk(self) -> None:
        small = self.folder / "small"
        small.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", small], capture_output=True, check=False)
        if mounted.returncode != 0:
            print("the full disk is left out: no file system can be mounted here")
            return
        try:
            self.place, self.out = small, small / "x.fb"
            self.put_old()
            self.expect_refusal(self.programs.run(*self.extractor(self.capture)), "full disk", "x.fb", "No space left")
            self.expect_whole("full disk")
            record = self.folder / "whole.fb"
            record.write_bytes(self.new)
            listing = small / "listing.txt"
            done = self.programs.run(self.programs.analyzer, "packets", record, "-T", "csv", "-o", listing)
            self.expect_refusal(done, "full disk, analyzer", "listing.txt", "No space left")
            self.tally.check(not listing.exists(), "full disk: a part of the listing is left")
        finally:
            self.place, self.out = self.folder / "out", self.folder / "out" / "x.fb"
            subprocess.run(["umount", small], check=True)

    def missing_folder(self) -> None:
        done = self.programs.run(self.programs.extractor, "-o", self.folder / "absent" / "x.fb", self.capture)
        self.expect_refusal(done, "no folder", "absent/x.fb", "No such file or directory")
        self.tally.check(not (self.folder / "absent").exists(), "no folder: it was made")

    def read_only_folder(self) -> None:
        self.put_old()
        self.place.chmod(0o555)
        self.folder.chmod(0o755)
        try:
            if os.geteuid() == 0:
                # Root may write anywhere: as nobody, who may read all of it.
                nobody = 65534
                try:
                    done = self.programs.run(*self.extractor(self.capture), user=nobody, group=nobody, extra_groups=[])
                except PermissionError:
                    print("the read-only folder is left out: others may not run the programs here")
                    return
            else:
                done = self.programs.run(*self.extractor(self.capture))
        finally:
            self.place.chmod(0o755)
        self.expect_refusal(done, "read-only folder", "x.fb", "Permission denied")
        self.expect_whole("read-only folder")

    def interrupt(self) -> None:
        """System calls that a signal interrupts go on."""
        self.put_old()
        process = self.programs.start(*self.extractor(self.capture))
        while process.poll() is None:
            process.send_signal(signal.SIGSTOP)
            process.send_signal(signal.SIGCONT)
            time.sleep(0.001)
        message = text(process.communicate()[1])
        self.tally.check(process.returncode == DONE, f"stopped and continued: status {process.returncode}: {message}")
        self.tally.check(self.out.read_bytes() == self.new, "stopped and continued: another file")

    def stop_input(self) -> None:
        """Standard input that ends in the middle, and one that says nothing for a while."""
        self.put_old()
        content = self.capture.read_bytes()
        process = self.programs.start(*self.extractor("-"), stdin=subprocess.PIPE)
        assert process.stdin is not None
        process.stdin.write(content[:1_000_000])
        process.stdin.flush()
        time.sleep(0.3)
        self.expect_whole("input stops")
        self.tally.check(process.poll() is None, "input stops: the extractor does not wait")
        process.stdin.write(content[1_000_000:1_000_007])
        message = text(process.communicate()[1])
        self.tally.check(process.returncode == INPUT_LOST, f"input ends: status {process.returncode}: {message}")
        verdict = self.programs.run(self.programs.analyzer, "verify", self.out)
        self.tally.check(verdict.returncode == DONE, f"input ends: {text(verdict.stderr)}")

    def non_blocking_input(self) -> None:
        """Standard input that says "try again" while there is nothing: it is waited for."""
        self.put_old()
        content = self.capture.read_bytes()
        reader, writer = os.pipe()
        os.set_blocking(reader, False)
        process = self.programs.start(*self.extractor("-"), stdin=reader)
        os.close(reader)
        with os.fdopen(writer, "wb") as pipe:
            time.sleep(0.2)
            try:
                pipe.write(content[:1_000_000])
                pipe.flush()
                time.sleep(0.2)
                pipe.write(content[1_000_000:])
                pipe.flush()
            except BrokenPipeError:
                pass
        message = text(process.communicate()[1])
        self.tally.check(process.returncode == DONE, f"input does not block: status {process.returncode}: {message}")
        record = self.programs.run(self.programs.analyzer, "connections", self.out, "-T", "csv").stdout
        self.out.write_bytes(self.new)
        expected = self.programs.run(self.programs.analyzer, "connections", self.out, "-T", "csv").stdout
        self.tally.check(record == expected, "input does not block: another file")

    def list_that_does_not_block(self) -> None:
        """A list on standard input that cannot be read to its end is no short list."""
        self.put_old()
        reader, writer = os.pipe()
        os.set_blocking(reader, False)
        os.write(writer, bytes(support.SAMPLES / "vlan.pcap") + b"\n")
        done = self.programs.run(self.programs.extractor, "-q", "--out-dir", self.place, "--files-from", "-", stdin=reader)
        os.close(reader)
        os.close(writer)
        self.expect_refusal(done, "list does not block", "standard input", "cannot read the list of captures to its end")
        self.tally.check((self.place / "vlan.fb").exists(), "list does not block: what was read was not tried")

    def no_proc(self) -> None:
        """What has to be read twice is copied, and the copy is opened through /proc: without it, the message says so."""
        apart = ["unshare", "--mount", "sh", "-c", 'umount -l /proc && exec "$@"', "sh"]
        if self.programs.run(*apart, self.programs.extractor, "--version").returncode != DONE:
            print("a machine without /proc is left out: it cannot be unmounted here, or this build needs it")
            return
        self.put_old()
        with self.capture.open("rb") as capture:
            done = self.programs.run(*apart, *self.extractor("--client", "192.0.2.10", "-"), stdin=capture)
        self.expect_refusal(done, "no /proc", "standard input", "/proc is not mounted")
        self.expect_whole("no /proc")
        done = self.programs.run(*apart, *self.extractor(self.capture))
        self.tally.check(done.returncode == DONE, f"no /proc, one reading: {text(done.stderr)}")
        self.expect_whole("no /proc, one reading")

    def pipe_for_capture(self) -> None:
        """A capture becomes a pipe after its folder was read: it fails, and nothing waits for a writer."""
        place = self.folder / "folder"
        place.mkdir()
        for name in ("a", "b", "c"):
            (place / f"{name}.pcap").write_bytes((support.SAMPLES / "vlan.pcap").read_bytes())
        other = self.programs.start(self.programs.extractor, "-q", "-o", place / "a.fb", "-", stdin=subprocess.PIPE)
        time.sleep(0.2)  # it holds the lock of the first one's output
        process = self.programs.start(self.programs.extractor, place)
        assert process.stderr is not None and other.stdin is not None
        self.tally.check(b"waiting for another run" in process.stderr.readline(), "pipe for a capture: no wait")
        (place / "b.pcap").unlink()
        os.mkfifo(place / "b.pcap")
        other.communicate((support.SAMPLES / "vlan.pcap").read_bytes())
        try:
            message = text(process.communicate(timeout=support.SECONDS)[1])
        except subprocess.TimeoutExpired:
            process.kill()
            message = "it waits for ever"
        self.tally.check(process.returncode == FAILED, f"pipe for a capture: status {process.returncode}: {message}")
        self.tally.check("b.pcap: is a pipe or a device" in message, f"pipe for a capture: {message}")
        self.tally.check((place / "c.fb").exists(), "pipe for a capture: the one behind was not tried")

    def close_pipe(self) -> None:
        """Who reads the output goes away: quiet, and no half file of the extractor."""
        self.put_old()
        reader, writer = os.pipe()
        os.close(reader)
        done = self.programs.run(self.programs.extractor, "--force", "-o", self.out, self.capture, stdout=writer, capture_output=False,
                                 stderr=subprocess.PIPE)
        self.tally.check(done.returncode == DONE, f"closed pipe, extractor: status {done.returncode}: {text(done.stderr)}")
        self.tally.check(self.out.read_bytes() == self.new, "closed pipe: another file")
        for command in (["packets"], ["connections"], ["packets", "-T", "json"], ["info"]):
            done = self.programs.run(self.programs.analyzer, *command, self.out, stdout=writer, capture_output=False,
                                     stderr=subprocess.PIPE)
            self.tally.check(done.returncode == DONE and not done.stderr,
                             f"closed pipe, {command}: status {done.returncode}: {text(done.stderr)}")
        os.close(writer)

    def limit_memory(self) -> None:
        """With too little memory there is no record file: neither one that ends where it ran out, nor a dead program."""
        def run(limit: int, *words: str | pathlib.Path) -> subprocess.CompletedProcess[bytes]:
            return self.programs.run(*words, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)))

        megabyte = 1 << 20
        if run(200 * megabyte, self.programs.extractor, "--version").returncode != DONE:
            print("little memory is left out: this build reserves more than there could be")
            return
        captures = [self.capture, self.pcapng_that_grows()]
        for suffix, command in (("gz", ["gzip", "-c"]), ("zst", ["zstd", "-q", "-c"]), ("lz4", ["lz4", "-q", "-c"])):
            packed = self.folder / f"large.pcap.{suffix}"
            with packed.open("wb") as out:
                subprocess.run([*command, self.capture], stdout=out, check=True)
            captures.append(packed)
        good = self.folder / "good.pcap"
        good.write_bytes((support.SAMPLES / "vlan.pcap").read_bytes())
        folder = self.folder / "several"
        folder.mkdir()
        refused = 0
        for capture in captures:
            for limit in range(16, 80, 4):
                self.put_old()
                done = run(limit * megabyte, *self.extractor(capture))
                how = f"{capture.name} in {limit} MB"
                if done.returncode == 127:  # the loader of shared libraries
                    continue
                if done.returncode == DONE:
                    self.tally.check(self.out.read_bytes() != self.old, f"{how}: nothing was written")
                    break
                refused += 1
                self.expect_refusal(done, how, "out of memory")
                self.tally.check(self.out.read_bytes() == self.old, f"{how}: another file")
        self.tally.check(refused > 2 * len(captures), f"only {refused} runs had too little memory")
        # The ones behind are tried all the same: here with room for one of them and what the first leaves behind.
        least = next(limit for limit in range(16, 200, 4)
                     if run(limit * megabyte, self.programs.extractor, "-q", "-o", folder / "alone.fb", good).returncode == DONE)
        starved = run(max(least + 8, 52) * megabyte, self.programs.extractor, "-q", "--out-dir", folder, captures[1], good)
        if starved.returncode == FAILED:
            self.tally.check(captures[1].name in text(starved.stderr), f"little memory: message {text(starved.stderr)!r}")
            self.tally.check((folder / "good.fb").exists(), "little memory: the capture behind was not tried")
        self.analyze_in_little_memory(run)

    def analyze_in_little_memory(self, run: Callable[..., subprocess.CompletedProcess[bytes]]) -> None:
        """With too little memory the analyzer says over which of its files, and leaves an old answer as it was."""
        small = self.folder / "small.fb"
        self.programs.extract(support.SAMPLES / "vlan.pcap", small)
        crowd = self.folder / "crowd.fb"
        support.write_large_capture(self.folder / "crowd.pcap", 200_000, connections=200_000)
        self.programs.extract(self.folder / "crowd.pcap", crowd)
        answer = self.folder / "answer.csv"
        refused = 0
        for limit in range(16, 200, 2):
            if run(limit << 20, self.programs.analyzer, "--version").returncode != DONE:
                continue  # the system cannot begin it
            answer.write_text("old")
            done = run(limit << 20, self.programs.analyzer, "handshakes", "-T", "csv", "-o", answer, small, crowd)
            if done.returncode == DONE:
                break
            refused += 1
            self.expect_refusal(done, f"analyzer in {limit} MB", "memory", crowd.name)
            # A file that cannot be mapped fails like any other, and the others are answered.
            if "out of memory" in text(done.stderr):
                self.tally.check(answer.read_text() == "old", f"analyzer in {limit} MB: another answer")
        self.tally.check(refused > 2 and answer.read_text() != "old", f"analyzer: {refused} runs had too little memory")

    def pcapng_that_grows(self) -> pathlib.Path:
        """Frames that each are longer than all before."""
        path = self.folder / "grows.pcapng"
        parts = [struct.pack("<IIIHHqI", 0x0A0D0D0A, 28, 0x1A2B3C4D, 1, 0, -1, 28), struct.pack("<IIHHII", 1, 20, 1, 0, 0, 20)]
        frame = support.frame_of(0x0A000001, 0xC0000201, (40000, 80), (1, 1), 0x18)
        for size in range(1 << 20, 16 << 20, 1 << 20):
            parts.append(struct.pack("<IIIIIII", 6, 32 + size, 0, 0, 0, size, size) + frame.ljust(size, b"\0")
                         + struct.pack("<I", 32 + size))
        path.write_bytes(b"".join(parts))
        return path

    def crowd(self, rounds: int) -> None:
        """Eight extractors on one output, of two captures, while analyzers read it."""
        self.put_old()
        small = support.SAMPLES / "vlan.pcap"
        answers = {}
        for record, content in (("old", self.old), ("new", self.new)):
            path = self.folder / f"{record}.fb"
            path.write_bytes(content)
            answers[record] = self.programs.run(self.programs.analyzer, "connections", path, "-T", "csv").stdout
        reads = 0
        for _ in range(rounds):
            writers = [self.programs.start(*self.extractor(small if i % 2 else self.capture)) for i in range(EXTRACTORS)]
            while any(writer.poll() is None for writer in writers):
                done = self.programs.run(self.programs.analyzer, "connections", self.out, "-T", "csv")
                reads += 1
                self.tally.check(done.returncode == DONE and done.stdout in answers.values(),
                                 f"crowd, reading: status {done.returncode}: {text(done.stderr)}")
            for writer in writers:
                message = text(writer.communicate()[1])
                self.tally.check(writer.returncode == DONE, f"crowd, writing: status {writer.returncode}: {message}")
            self.expect_whole("crowd")
        print(f"{rounds * EXTRACTORS} extractors on one output, read {reads} times meanwhile")


def main() -> int:
    options = support.parser(__doc__).parse_args()
    programs, tally = Programs(options.bin), Tally()
    with tempfile.TemporaryDirectory(prefix="pcapsule-machine-") as name:
        machine = Machine(programs, tally, pathlib.Path(name), random.Random(options.seed))
        machine.kill(200 if options.thorough else 15)
        machine.limit_file_size()
        machine.fill_disk()
        machine.missing_folder()
        machine.read_only_folder()
        machine.interrupt()
        machine.stop_input()
        machine.non_blocking_input()
        machine.list_that_does_not_block()
        machine.no_proc()
        machine.pipe_for_capture()
        machine.close_pipe()
        machine.limit_memory()
        machine.crowd(20 if options.thorough else 1)
    return tally.end("faults of the machine")


if __name__ == "__main__":
    sys.exit(main())
