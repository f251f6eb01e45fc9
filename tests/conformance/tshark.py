# SPDX-License-Identifier: Apache-2.0
"""tshark as oracle: rows of fields of the TCP segments of a capture.

With PCAPSULE_TSHARK_CACHE=DIR what tshark said is kept there, by its version, its arguments and the bytes of the capture,
so that the run with sanitizers need not ask again.
"""
from __future__ import annotations

import functools
import gzip
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys

SKIPPED = 77  # exit status that CTest reads as "skipped"
PREFERENCES = ["ip.defragment:FALSE", "ipv6.defragment:FALSE", "tcp.desegment_tcp_streams:FALSE"]


def captures_or_skip() -> pathlib.Path:
    """The folder of captures; ends the test as skipped, with the reason, where it or tshark is absent."""
    folder = os.environ.get("PCAPSULE_CAPTURES", "")
    if not folder:
        skip("PCAPSULE_CAPTURES is not set")
    if not pathlib.Path(folder).is_dir():
        sys.exit(f"PCAPSULE_CAPTURES={folder} is no folder")
    tshark_or_skip()
    return pathlib.Path(folder)


def tshark_or_skip() -> None:
    if shutil.which("tshark") is None:
        skip("tshark is not installed")


def skip(reason: str) -> None:
    print(f"SKIPPED: {reason}")
    sys.exit(SKIPPED)


@functools.cache
def version() -> str:
    return subprocess.run(["tshark", "--version"], capture_output=True, text=True, check=False).stdout.partition("\n")[0]


def kept_at(command: list[str]) -> pathlib.Path | None:
    """Where the answer to that command is kept; None: nowhere."""
    folder = os.environ.get("PCAPSULE_TSHARK_CACHE", "")
    if not folder or command[0] != "tshark" or "-r" not in command:
        return None
    at = command.index("-r") + 1
    question = [version(), *command[1:at], hashlib.sha256(pathlib.Path(command[at]).read_bytes()).hexdigest(), *command[at + 1:]]
    return pathlib.Path(folder) / f"{hashlib.sha256(json.dumps(question).encode()).hexdigest()}.json.gz"


def run(command: list[str]) -> tuple[int, str, str]:
    """Exit status, output and messages of a command."""
    kept = kept_at(command)
    if kept is not None and kept.exists():
        status, out, messages = json.loads(gzip.decompress(kept.read_bytes()))
        return status, out, messages
    said = run_now(command)
    if kept is not None:
        kept.parent.mkdir(parents=True, exist_ok=True)
        whole = kept.with_suffix(f".{os.getpid()}")  # tests run side by side
        whole.write_bytes(gzip.compress(json.dumps(said).encode(), compresslevel=1))
        whole.replace(kept)
    return said


def run_now(command: list[str]) -> tuple[int, str, str]:
    done = subprocess.run(command, capture_output=True, timeout=600, check=False)
    return done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")


def is_plain(protocols: str) -> bool:
    """Is the TCP header outside any tunnel? Then the IP header and tags of its frame are its own."""
    stack = protocols.split(":")
    stack = stack[: stack.index("tcp") + 1] if "tcp" in stack else stack
    return stack.count("ip") + stack.count("ipv6") == 1 and stack.count("eth") <= 1 and "ieee8021ah" not in stack


def rows(capture: pathlib.Path, fields: list[str], display_filter: str = "tcp && !icmp && !icmpv6",
         two_pass: bool = False, occurrence: str = "f") -> tuple[list[list[str]], list[list[str]]]:
    """One list of cells a TCP header: of those outside tunnels, and of those inside tunnels."""
    command = ["tshark", *(["-2"] if two_pass else []), "-n", "-r", str(capture), "-Y", display_filter, "-T", "fields", "-E", f"occurrence={occurrence}"]
    for preference in PREFERENCES:
        command += ["-o", preference]
    for field in ["frame.protocols", *fields]:
        command += ["-e", field]
    _, out, _ = run(command)
    plain: list[list[str]] = []
    tunnelled: list[list[str]] = []
    for line in out.splitlines():
        protocols, *cells = line.split("\t")
        (plain if is_plain(protocols) else tunnelled).append(cells)
    return plain, tunnelled


def files(folder: pathlib.Path) -> list[pathlib.Path]:
    other = {".tsv", ".md", ".json", ".txt", ".py"}
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix not in other)
