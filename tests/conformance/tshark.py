# SPDX-License-Identifier: Apache-2.0
"""tshark as oracle: rows of fields of the TCP segments of a capture."""
from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
import sys

SKIPPED = 77  # exit status that CTest reads as "skipped"
PREFERENCES = ["ip.defragment:FALSE", "ipv6.defragment:FALSE", "tcp.desegment_tcp_streams:FALSE"]

# Header stacks that have one IP header and nothing around it that this version does not read.
PLAIN = {
    "frame", "eth", "ethertype", "8021ad", "vlan", "mpls", "pppoes", "ppp", "llc", "sll", "raw", "null", "loop",
    "pwethheuristic", "pwethcw", "ip", "ipv6", "ipv6.hopopts", "ipv6.fraghdr", "ipv6.dstopts", "ipv6.routing", "tcp",
}


def captures_or_skip() -> pathlib.Path:
    """The folder of captures; ends the test as skipped, with the reason, where it or tshark is absent."""
    folder = os.environ.get("PCAPSULE_CAPTURES", "")
    if not folder:
        skip("PCAPSULE_CAPTURES is not set")
    if not pathlib.Path(folder).is_dir():
        sys.exit(f"PCAPSULE_CAPTURES={folder} is no folder")
    if shutil.which("tshark") is None:
        skip("tshark is not installed")
    return pathlib.Path(folder)


def skip(reason: str) -> None:
    print(f"SKIPPED: {reason}")
    sys.exit(SKIPPED)


def run(command: list[str]) -> tuple[int, str, str]:
    done = subprocess.run(command, capture_output=True, timeout=600, check=False)
    return done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")


def is_plain(protocols: str) -> bool:
    """Is the TCP header outside any tunnel?"""
    stack = protocols.split(":")
    stack = stack[: stack.index("tcp") + 1] if "tcp" in stack else stack
    return set(stack) <= PLAIN and stack.count("ip") + stack.count("ipv6") == 1 and stack.count("eth") <= 1


def rows(capture: pathlib.Path, fields: list[str], display_filter: str = "tcp && !icmp && !icmpv6",
         two_pass: bool = False) -> tuple[list[list[str]], int]:
    """One list of cells a TCP header outside tunnels, and how many there are inside tunnels."""
    command = ["tshark", *(["-2"] if two_pass else []), "-n", "-r", str(capture), "-Y", display_filter, "-T", "fields", "-E", "occurrence=f"]
    for preference in PREFERENCES:
        command += ["-o", preference]
    for field in ["frame.protocols", *fields]:
        command += ["-e", field]
    _, out, _ = run(command)
    plain, tunnelled = [], 0
    for line in out.splitlines():
        protocols, *cells = line.split("\t")
        if is_plain(protocols):
            plain.append(cells)
        else:
            tunnelled += 1
    return plain, tunnelled


def files(folder: pathlib.Path) -> list[pathlib.Path]:
    other = {".tsv", ".md", ".json", ".txt", ".py"}
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix not in other)
