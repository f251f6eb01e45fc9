#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds `analyzer packets -Y` against tshark -Y: the expressions of filters.txt on many captures.

One pass of tshark evaluates all expressions, each as the filter of a tap
(filters.lua); the analyzer runs once an expression. Compared are the numbers of
the frames with a TCP header outside tunnels. --every N asks each capture every Nth expression only, so that together they
still see all: for builds that are slow to start.
"""
from __future__ import annotations

import argparse
import concurrent.futures
import os
import pathlib
import subprocess
import sys
import tempfile

import tshark

HERE = pathlib.Path(__file__).parent
CAPTURES = [
    "zeek-zeek__206_example_b.pcap",  # retransmissions, SACK
    "zeek-zeek__ipv6.pcap",
    "zeek-zeek__vlan-qinqinq.pcap",
    "zeek-zeek__retransmit-fast009.pcap",
    "zeek-zeek__rst-inject-rae.pcap",
    "zeek-zeek__syn-then-rst.pcap",
    "zeek-zeek__option-sack.pcap",
    "zeek-zeek__tcp-fast-open.pcap",
    "zeek-zeek__window-scale-range.pcap",
    "zeek-zeek__handshake-reorder.pcap",
    "zeek-zeek__missing-syn.pcap",
    "the-tcpdump-group-tcpdump__mptcp-v0.pcap",
    "kbandla-dpkt__nb6-http.pcap",
    "fpcap-fpcap__RICS2021_787__fwscada_20200625_160926.pcap",
    "OISF-suricata-verify__ruletype-firewall-117-ftp-all-data-ipv6_input.pcap",
    "OISF-suricata-verify__pppoe-session-http.pcap",
    "OISF-suricata-verify__decode-sll2-02_input.pcap",
    "OISF-suricata-verify__frag-ip-tcp.pcap",
]
LEAST_EXPRESSIONS = 200


def read_expressions(path: pathlib.Path) -> tuple[list[str], list[str]]:
    """Those to accept, and those to refuse."""
    lists: tuple[list[str], list[str]] = ([], [])
    which = 0
    for line in path.read_text("utf-8").splitlines():
        if line == "[refused]":
            which = 1
        elif line.strip() and not line.startswith("#"):
            lists[which].append(line)
    return lists


def ask_tshark(capture: pathlib.Path, expressions: list[str]) -> list[set[int] | None]:
    """The frames that each expression selects; None: refused."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as lines:
        lines.write("".join(expression + "\n" for expression in expressions))
        lines.flush()
        command = ["tshark", "-q", "-n", "-r", str(capture), "-X", f"lua_script:{HERE / 'filters.lua'}"]
        for preference in tshark.PREFERENCES:
            command += ["-o", preference]
        environment = {**os.environ, "PCAPSULE_FILTERS": lines.name}
        done = subprocess.run(command, capture_output=True, env=environment, timeout=600, check=False)
    answers: list[set[int] | None] = [None] * len(expressions)
    seen = 0
    for line in done.stdout.decode("utf-8", "replace").splitlines():
        kind, number, *rest = line.split("\t")
        if kind == "frames":
            answers[int(number) - 1] = {int(frame) for frame in rest[0].split()} if rest else set()
        seen += kind in ("frames", "refused")
    if seen != len(expressions):
        sys.exit(f"{capture.name}: tshark answered {seen} of {len(expressions)} expressions: {done.stderr.decode()[-500:]}")
    return answers


def extract(programs: pathlib.Path, capture: pathlib.Path, record: pathlib.Path) -> None:
    done = subprocess.run([programs / "extractor", "-q", capture, "-o", record], capture_output=True, check=False)
    if done.returncode not in (0, 3):  # 3: the capture ends early
        raise RuntimeError(f"{capture.name}: {done.stderr.decode()}")


def ask_analyzer(analyzer: pathlib.Path, record: pathlib.Path, expression: str) -> set[int] | None:
    command = [analyzer, "packets", record, "-T", "fields", "-e", "frame.number", "-Y", expression]
    done = subprocess.run(command, capture_output=True, timeout=60, check=False)
    if done.returncode == 2:
        return None
    if done.returncode != 0:
        raise RuntimeError(f"{expression}: status {done.returncode}: {done.stderr.decode()}")
    return {int(line) for line in done.stdout.split()}


def compare(capture: pathlib.Path, programs: pathlib.Path, expressions: list[str]) -> tuple[int, int]:
    """Prints differences; how many there are, and how many frames were selected."""
    plain = {int(row[0]) for row in tshark.rows(capture, ["frame.number"])[0]}
    wanted = ask_tshark(capture, [f"({expression}) && tcp && !icmp && !icmpv6" for expression in expressions])
    differences, selected = 0, 0
    with tempfile.TemporaryDirectory() as folder:
        record = pathlib.Path(folder) / "capture.fb"
        extract(programs, capture, record)
        for expression, theirs in zip(expressions, wanted):
            ours = ask_analyzer(programs / "analyzer", record, expression)
            if theirs is None or ours is None:
                differences += 1
                print(f"{capture.name}: {expression}: refused by {'tshark' if theirs is None else 'analyzer'}")
                continue
            selected += len(theirs & plain)
            if ours & plain != theirs & plain:
                differences += 1
                only = sorted(theirs & plain - ours)[:5], sorted(ours & plain - theirs)[:5]
                print(f"{capture.name}: {expression}: frames only by tshark {only[0]}, only by analyzer {only[1]}")
    return differences, selected


def compare_refusals(capture: pathlib.Path, programs: pathlib.Path, expressions: list[str]) -> int:
    differences = 0
    answers = ask_tshark(capture, expressions)
    with tempfile.TemporaryDirectory() as folder:
        record = pathlib.Path(folder) / "capture.fb"
        extract(programs, capture, record)
        for expression, theirs in zip(expressions, answers):
            ours = ask_analyzer(programs / "analyzer", record, expression)
            for who, answer in (("tshark", theirs), ("analyzer", ours)):
                if answer is not None:
                    differences += 1
                    print(f"{expression}: should be refused, accepted by {who}")
    return differences


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", required=True, type=pathlib.Path)
    parser.add_argument("--every", type=int, default=1, metavar="N")
    options = parser.parse_args()
    folder = tshark.captures_or_skip() / "real"
    if "with Lua" not in tshark.run(["tshark", "--version"])[1]:
        tshark.skip("tshark was built without Lua")
    accepted, refused = read_expressions(HERE / "filters.txt")
    if len(accepted) < LEAST_EXPRESSIONS:
        sys.exit(f"filters.txt has {len(accepted)} expressions, not {LEAST_EXPRESSIONS}")
    captures = [folder / name for name in CAPTURES]
    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        results = list(pool.map(lambda n: compare(captures[n], options.bin, accepted[n % options.every :: options.every]),
                                range(len(captures))))
    bad = sum(differences for differences, _ in results)
    bad += compare_refusals(captures[0], options.bin, refused)
    selected = sum(frames for _, frames in results)
    print(f"{len(accepted)} expressions on {len(captures)} captures select {selected} frames, "
          f"{len(refused)} are refused; {bad} differences")
    return 1 if bad or selected == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
