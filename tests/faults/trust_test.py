#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a stranger's file may do to who reads it: nothing.

usage: trust_test.py --bin DIR

Control characters from a capture or a file's name reach no terminal, in no command and no format. Output follows the umask
and no planted link. Reading a record file writes nothing.
"""
from __future__ import annotations

import hashlib
import os
import pathlib
import re
import stat
import subprocess
import sys
import tempfile

import support
from support import DONE, FAILED, INPUT_LOST, Programs, Tally, text

sys.path.insert(0, str(support.TOP / "tests" / "conformance"))
import odd_pcapng  # noqa: E402

# What a terminal obeys (C0 but what a format is made of, DEL, C1) and what turns text round.
OBEYED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
EVIL = "\x1b[2J\x1b]0;owned\x07\r\x08\x9b31m\u202eevil\x7f\n"
NAME, DESCRIPTION, COMMENT, FILTER = 2, 3, 1, 11
COMMANDS = [["info"], ["packets"], ["connections"], ["handshakes"], ["handshakes", "--by", "connection"], ["resets"],
            ["windows"], ["windows", "--all"], ["verify"]]
FORMATS = ["text", "csv", "json", "ndjson"]


def evil_capture() -> bytes:
    evil = EVIL.encode()
    made = odd_pcapng.Pcapng().section((COMMENT, evil), (2, evil), (3, evil), (4, evil))
    made.interface(odd_pcapng.ETHERNET, 0, None, None, (NAME, evil), (DESCRIPTION, evil), (COMMENT, evil), (FILTER, b"\0" + evil))
    made.interface(odd_pcapng.ETHERNET, 0, None, None, (DESCRIPTION, evil))
    for number in range(4):
        frame = odd_pcapng.ethernet(1000 + number)
        stamp = odd_pcapng.MICROSECONDS + number
        body = odd_pcapng.struct.pack("<IIIII", number % 2, stamp >> 32, stamp & 0xFFFFFFFF, len(frame), len(frame))
        padding = b"\0" * (-len(frame) % 4)
        made.block(6, body + frame + padding + made.options([(COMMENT, evil)]))
    return made.bytes


class Trust:
    def __init__(self, programs: Programs, tally: Tally, folder: pathlib.Path) -> None:
        self.programs, self.tally, self.folder = programs, tally, folder
        self.capture = folder / ("evil" + EVIL.replace("/", "") + ".pcapng")
        self.capture.write_bytes(evil_capture())
        self.record = self.capture.with_suffix(".fb")

    def expect_harmless(self, done: subprocess.CompletedProcess[bytes], how: str, *status: int) -> None:
        self.tally.check(done.returncode in status, f"{how}: status {done.returncode}: {text(done.stderr)}")
        for stream, output in (("output", done.stdout), ("messages", done.stderr)):
            try:
                shown = output.decode()
            except UnicodeDecodeError as fault:
                self.tally.check(False, f"{how}: {stream} is not UTF-8: {fault}")
                continue
            # A carriage return obeys nobody only where it ends a line of CSV.
            obeyed = OBEYED.search(shown) or re.search("\r(?!\n)", shown)
            self.tally.check(not obeyed, f"{how}: {stream} holds {obeyed.group()!r}" if obeyed else "")

    def extract(self) -> None:
        run, extractor = self.programs.run, self.programs.extractor
        self.expect_harmless(run(extractor, self.capture), "extractor", DONE)
        self.expect_harmless(run(extractor, self.capture), "extractor, again", DONE)
        self.expect_harmless(run(extractor, "-v", "--force", "--report", "json", self.capture), "extractor --report json", DONE)
        self.expect_harmless(run(extractor, self.folder / f"absent{EVIL}"), "extractor of what is absent", 1)
        self.expect_harmless(run(extractor, "-f", EVIL, self.capture), "extractor -f", 2)
        self.expect_harmless(run(extractor, "--force", "--client", EVIL, self.capture), "extractor --client", 2)
        self.expect_harmless(run(extractor, f"--{EVIL}"), "extractor, option", 2)
        cut = self.folder / f"cut{EVIL}.pcapng"
        cut.write_bytes(evil_capture()[:-20])
        self.expect_harmless(run(extractor, cut), "extractor of a cut capture", INPUT_LOST)
        self.expect_harmless(run(extractor, "--merge", "-o", self.folder / f"merged{EVIL}.fb", self.capture, cut),
                             "extractor --merge", INPUT_LOST)

    def analyze(self) -> None:
        run, analyzer = self.programs.run, self.programs.analyzer
        told = text(run(analyzer, "info", self.record).stdout)
        self.tally.check(told.count("\\x1b[2J") >= 4, f"info does not tell the names and comments, escaped: {told}")
        for command in COMMANDS:
            for form in FORMATS:
                how = f"{' '.join(command)} -T {form}"
                self.expect_harmless(run(analyzer, *command, self.record, "-T", form), how, DONE)
                self.expect_harmless(run(analyzer, *command, self.record, self.record, "-T", form), how + ", two files", DONE)
        fields = ["-T", "fields", "-e", "pcapsule.file", "-e", "frame.number"]
        self.expect_harmless(run(analyzer, "packets", self.record, *fields), "packets -T fields", DONE)
        self.expect_harmless(run(analyzer, "packets", self.record, "-Y", f'ip.src == "{EVIL}"'), "packets -Y", 2)
        self.expect_harmless(run(analyzer, "packets", self.record, "-T", EVIL), "packets -T", 2)
        self.expect_harmless(run(analyzer, "packets", self.record, "-T", "fields", "-e", EVIL), "packets -e", 2)
        self.expect_harmless(run(analyzer, "packets", self.capture), "packets of a capture", 1)
        self.expect_harmless(run(analyzer, EVIL, self.record), "a command that there is not", 2)
        small = self.folder / f"small{EVIL}.fb"
        self.expect_harmless(run(analyzer, "subset", self.record, "-s", "0", "-o", small), "subset", DONE)
        self.expect_harmless(run(analyzer, "info", small), "info of a subset", DONE)
        damaged = self.folder / f"damaged{EVIL}.fb"
        damaged.write_bytes(self.record.read_bytes()[:-1])
        self.expect_harmless(run(analyzer, "verify", damaged), "verify of a damaged file", 1)
        for kind in ("window", "time-sequence", "throughput"):
            done = run(analyzer, "plot", self.record, "-s", "0", "--kind", kind, "-T", "csv")
            self.expect_harmless(done, f"plot --kind {kind}", DONE)

    def keep_to_umask(self) -> None:
        sample = support.SAMPLES / "vlan.pcap"
        for umask in (0o022, 0o077, 0o027, 0o000):
            out, listing = self.folder / f"mode_{umask}.fb", self.folder / f"mode_{umask}.txt"
            for path in (out, listing):
                path.write_bytes(b"")  # replaced, its mode too
                path.chmod(0o777)
            self.programs.run(self.programs.extractor, "-q", "-o", out, sample, umask=umask)
            self.programs.run(self.programs.analyzer, "packets", out, "-o", listing, umask=umask)
            for path in (out, listing):
                mode = stat.S_IMODE(path.stat().st_mode)
                self.tally.check(path.stat().st_size > 0 and mode == 0o666 & ~umask, f"umask {umask:o}: {path.name} has mode {mode:o}")

    def write_what_nobody_may_read(self) -> None:
        """A umask of 0777: the file is whole, and who made it may not open it."""
        place = self.folder / "dark"
        place.mkdir()
        place.chmod(0o777)
        self.folder.chmod(0o755)
        # Root may read anything: as nobody.
        nobody = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}
        try:
            done = self.programs.run(self.programs.extractor, "-o", place / "x.fb", support.SAMPLES / "vlan.pcap", umask=0o777, **nobody)
        except PermissionError:
            print("the umask 0777 is left out: others may not run the programs here")
            return
        self.tally.check(done.returncode == DONE and b"done." in done.stdout,
                         f"umask 777: status {done.returncode}: {text(done.stderr)}")
        self.tally.check(stat.S_IMODE((place / "x.fb").stat().st_mode) == 0, "umask 777: mode")

    def follow_no_link(self) -> None:
        precious = self.folder / "precious"
        sample = support.SAMPLES / "vlan.pcap"
        for name, command in {"record": [self.programs.extractor, "-q", "-o"], "listing": [self.programs.analyzer, "packets", self.record, "-o"],
                              "subset": [self.programs.analyzer, "subset", self.record, "-s", "0", "-o"]}.items():
            precious.write_text("precious")
            planted = self.folder / f"planted_{name}.fb"
            planted.symlink_to(precious)
            temporary = self.folder / f".planted_{name}.fb.tmp0"
            temporary.symlink_to(precious)
            done = self.programs.run(*command, planted, *([sample] if name == "record" else []))
            self.tally.check(done.returncode == DONE, f"planted link, {name}: {text(done.stderr)}")
            self.tally.check(precious.read_text() == "precious", f"planted link, {name}: it was followed")
            self.tally.check(not planted.is_symlink(), f"planted link, {name}: it stands still")

    def publish_nothing(self) -> None:
        """A link that somebody planted in a folder does not have root publish what only root may read."""
        if os.geteuid() != 0:
            print("links of others are left out: only root can make them")
            return
        other, third = 65534, 65533
        content = (support.SAMPLES / "vlan.pcap").read_bytes()
        private = self.folder / "private"
        private.mkdir(mode=0o700)
        drop = self.folder / "drop"
        drop.mkdir()
        for name, owner in (("root", 0), ("other", other), ("third", third)):
            (private / f"{name}.pcap").write_bytes(content)
            os.chown(private / f"{name}.pcap", owner, owner)
            (private / f"{name}.pcap").chmod(0o600)
        followed = {"by_root": ("third", 0, True), "by_owner": ("other", other, True),
                    "planted": ("root", other, False), "of_third": ("third", other, False)}
        for name, (target, owner, _) in followed.items():
            (drop / f"{name}.pcap").symlink_to(private / f"{target}.pcap")
            os.lchown(drop / f"{name}.pcap", owner, owner)
        done = self.programs.run(self.programs.extractor, "-q", drop)
        message = text(done.stderr)
        self.tally.check(done.returncode == FAILED, f"planted links: status {done.returncode}: {message}")
        for name, (_, _, expected) in followed.items():
            self.tally.check((drop / f"{name}.fb").exists() == expected, f"planted links: {name}: {message}")
            self.tally.check((f"{name}.pcap: is a link, made by user" in message) != expected, f"planted links: {name}: {message}")
        named = self.programs.run(self.programs.extractor, "-q", drop / "planted.pcap")
        self.tally.check(named.returncode == DONE, f"planted links: named itself: {text(named.stderr)}")

    def write_nothing(self) -> None:
        """The record file alone in a folder, another empty one to work in."""
        place, home = self.folder / "place", self.folder / "home"
        place.mkdir()
        home.mkdir()
        record = place / "x.fb"
        record.write_bytes(self.record.read_bytes())

        def state() -> list[tuple[object, ...]]:
            found = []
            for folder in (place, home):
                found.append((str(folder), folder.stat().st_mtime_ns))
                for path in sorted(folder.rglob("*")):
                    status = path.lstat()
                    found.append((str(path), status.st_mtime_ns, status.st_ctime_ns, hashlib.sha256(path.read_bytes()).hexdigest()))
            return found

        before = state()
        environment = dict(self.programs.environment, HOME=str(home), TMPDIR=str(home))
        for command in COMMANDS:
            done = self.programs.run(self.programs.analyzer, *command, record, cwd=home, env=environment)
            self.tally.check(done.returncode == DONE and state() == before, f"{command}: something was written")


def main() -> int:
    options = support.parser(__doc__).parse_args()
    programs, tally = Programs(options.bin), Tally()
    with tempfile.TemporaryDirectory(prefix="pcapsule-trust-") as name:
        trust = Trust(programs, tally, pathlib.Path(name))
        trust.extract()
        trust.analyze()
        trust.keep_to_umask()
        trust.write_what_nobody_may_read()
        trust.follow_no_link()
        trust.publish_nothing()
        trust.write_nothing()
    return tally.end("files from strangers")


if __name__ == "__main__":
    sys.exit(main())
