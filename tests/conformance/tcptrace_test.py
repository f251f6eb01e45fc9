#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the totals of `analyzer losses` against those of tcptrace 6.6.

usage: tcptrace_test.py --bin DIR --root DIR [CAPTURE...]

Of each connection of the samples and of PCAPSULE_CAPTURES that tcptrace reads: segments, payload bytes, unique bytes
and bytes sent again of either direction, copies at the tap included, since tcptrace does not know them. Endpoints that
either program has several connections of are left out: tcptrace begins connections by other rules. `reason_of` and
OTHER_DECODING say where the two differ and why; any other difference fails.
"""
from __future__ import annotations

import argparse
import csv
import io
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
from collections import Counter

import tshark

# Ours, theirs.
NUMBERS = [("segments", "total_packets"), ("payload_bytes", "actual_data_bytes"), ("unique_bytes", "unique_bytes_sent"),
           ("retransmitted_bytes", "rexmt_data_bytes")]
# What tcptrace does not decode, or decodes as something else.
OTHER_DECODING = {
    "cisco-mercury__geneve.pcap": "tcptrace does not look into tunnels",
    "cisco-mercury__tls_sgt.pcap": "tcptrace does not know Cisco MetaData",
    "frag.pcap": "tcptrace takes the first fragment for the whole segment; its length is not known (S4)",
    "tso0.pcap": "tcptrace leaves out a segment with an IP length of 0 (S2)",
}
FACTS = ["outoforder_pkts", "resets_sent", "zwnd_probe_bytes", "SYN/FIN_pkts_sent"]
LEAST_NUMBERS = 2000
Key = tuple[str, str, str, str]
Sides = dict[Key, dict[str, int]]


def theirs(capture: pathlib.Path) -> tuple[Sides, Counter[Key]] | None:
    """By sender and receiver; None: tcptrace does not read it. Connections with the same ends are counted."""
    done = subprocess.run(["tcptrace", "-nl", "--csv", capture], capture_output=True, timeout=300)
    lines = [line for line in done.stdout.decode("latin-1").splitlines() if line and not line.startswith("#")]
    if done.returncode != 0 or len(lines) < 2:
        return None
    sides: Sides = {}
    ends: Counter[Key] = Counter()
    for row in csv.DictReader(io.StringIO("\n".join(lines)), skipinitialspace=True):
        a = (row["host_a"].strip(), row["port_a"].strip())
        b = (row["host_b"].strip(), row["port_b"].strip())
        for sender, receiver, way in ((a, b, "a2b"), (b, a, "b2a")):
            numbers = {name: sum(map(int, row[f"{name}_{way}"].split("/")))
                       for name in [name for _, name in NUMBERS] + FACTS}
            sides[*sender, *receiver] = numbers
            ends[*sender, *receiver] += 1
    return sides, ends


def ours(binaries: pathlib.Path, capture: pathlib.Path, folder: pathlib.Path) -> tuple[Sides, Counter[Key]] | None:
    record = folder / "x.fb"
    record.unlink(missing_ok=True)
    status, _, _ = tshark.run([str(binaries / "extractor"), "-q", "-o", str(record), str(capture)])
    if status not in (0, 3) or not record.exists():
        return None
    status, out, message = tshark.run(
        [str(binaries / "analyzer"), "losses", str(record), "--all", "--keep-duplicates", "-T", "csv"])
    if status not in (0, 3):
        sys.exit(f"losses of {capture} ended with {status}: {message}")
    sides: Sides = {}
    ends: Counter[Key] = Counter()
    for row in csv.DictReader(io.StringIO(out)):
        client, server = (tuple(row[f"pcapsule.{role}"].replace("[", "").replace("]", "").rsplit(":", 1))
                          for role in ("client", "server"))
        key = (*client, *server) if row["side"] == "client" else (*server, *client)
        sides[key] = {name: int(row[name]) for name, _ in NUMBERS}
        ends[key] += 1
    return sides, ends


def reason_of(ours_name: str, own: int, numbers: dict[str, int], their: int) -> str | None:
    """Why tcptrace has another number; None: not known."""
    more = their - own
    if ours_name == "retransmitted_bytes" and 0 < more <= numbers["SYN/FIN_pkts_sent"]:
        return "tcptrace counts SYN and FIN that are sent again as bytes"
    adds_up = numbers["unique_bytes_sent"] + numbers["rexmt_data_bytes"] >= numbers["actual_data_bytes"]
    if ours_name in ("unique_bytes", "retransmitted_bytes") and numbers["outoforder_pkts"] > 0 and not adds_up:
        return "tcptrace counts some bytes that are out of order as neither new nor sent again"
    if ours_name in ("unique_bytes", "retransmitted_bytes") and 0 < abs(more) <= numbers["zwnd_probe_bytes"]:
        return "tcptrace counts bytes of zero-window probes apart"
    if ours_name in ("payload_bytes", "unique_bytes") and more > 0 and numbers["resets_sent"] > 0:
        return "tcptrace counts the text of a RST, which is no stream data (S22)"
    return None


def compare(capture: pathlib.Path, own: tuple[Sides, Counter[Key]], their: tuple[Sides, Counter[Key]],
            reasons: Counter[str]) -> tuple[int, list[str]]:
    """How many numbers were compared, and those that differ without a reason."""
    compared, faults = 0, []
    for key, numbers in their[0].items():
        if their[1][key] != 1 or own[1].get(key) != 1:
            continue
        for ours_name, theirs_name in NUMBERS:
            compared += 1
            mine, tcptraces = own[0][key][ours_name], numbers[theirs_name]
            if mine == tcptraces:
                continue
            reason = OTHER_DECODING.get(capture.name) or reason_of(ours_name, mine, numbers, tcptraces)
            if reason:
                reasons[reason] += 1
            else:
                faults.append(f"{capture.name}: {':'.join(key)}: {ours_name} {mine}, tcptrace {tcptraces}")
    return compared, faults


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", type=pathlib.Path, required=True)
    parser.add_argument("--root", type=pathlib.Path, required=True)
    parser.add_argument("captures", nargs="*", type=pathlib.Path)
    arguments = parser.parse_args()
    for program in ("tcptrace", "editcap"):
        if shutil.which(program) is None:
            tshark.skip(f"{program} is not installed")
    captures = arguments.captures or sorted((arguments.root / "samples").glob("*.pcap*"))
    given = os.environ.get("PCAPSULE_CAPTURES", "")
    if given and not arguments.captures:
        captures += [c for folder in ("real", "micro") for c in tshark.files(pathlib.Path(given) / folder)]
    compared, faults, reasons, unread = 0, [], Counter(), []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        plain = folder / "plain.pcap"
        for capture in captures:
            converted = subprocess.run(["editcap", "-F", "pcap", capture, plain], capture_output=True).returncode == 0
            their = theirs(plain) if converted else None
            own = ours(arguments.bin, plain, folder) if their else None
            if their is None or own is None:
                unread.append(capture.name)
                continue
            count, wrong = compare(capture, own, their, reasons)
            compared += count
            faults += wrong
    for line in faults[:20]:
        print(line)
    for reason, count in reasons.most_common():
        print(f"{count:5} differ: {reason}")
    print(f"{len(captures) - len(unread)} captures, {compared} numbers compared, {len(faults)} differ without a reason; "
          f"not read by tcptrace: {', '.join(unread) or 'none'}")
    enough = compared >= LEAST_NUMBERS or bool(arguments.captures)
    return 0 if enough and not faults else 1


if __name__ == "__main__":
    sys.exit(main())
