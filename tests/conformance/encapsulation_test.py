#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the decoding of link types and tunnels against tshark, on captures that are built here.

usage: encapsulation_test.py --bin DIR [--keep DIR] [CASE ...]

Each case of encapsulations.py, with an IPv4 and an IPv6 conversation inside: the same rows and cells as tshark's, and the
same header stacks. Needs tshark only.
"""
from __future__ import annotations

import argparse
import concurrent.futures
import os
import pathlib
import re
import shutil
import sys
import tempfile

import encapsulations
import tshark

FIELDS = """frame.number tcp.stream tcp.srcport tcp.dstport tcp.seq tcp.ack tcp.len tcp.flags tcp.window_size_value
tcp.window_size ip.src ip.dst ipv6.src ipv6.dst""".split()

# What is known to differ, with the reason.
EXPECTED = {
    "wlan_later_fragment": "Wireshark reads a later fragment whose first one it has not met as a whole frame",
    "pw_plain_unknown_mac": "which blocks of addresses have an owner is in a list of Wireshark's",
    "ppp_mux": "multiplexed PPP is not read",
    **dict.fromkeys(
        ["frame_relay_ip", "frame_relay_nlpid", "frame_relay_snap", "frame_relay_snap_bridged", "frame_relay_four",
         "frame_relay_ppp", "frame_relay_cisco", "juniper_frame_relay", "gre_frame_relay"],
        "Wireshark takes the circuit for the conversation and forgets window scales"),
    "ppp_pppd": "tshark does not know the link type",
    "ppp_pppd_out": "tshark does not know the link type",
}


def shared(layers: list[str]) -> int:
    """How many layers of a frame its aggregated packets have in common."""
    return layers.index("wlan") + 1


def theirs(capture: pathlib.Path) -> tuple[list[list[str]], set[str], bool]:
    """Rows, one a TCP header, the stacks up to the last TCP header, and whether tshark knows the link type."""
    command = ["tshark", "-n", "-r", str(capture), "-Y", "tcp", "-T", "fields", "-e", "frame.protocols"]
    for preference in tshark.PREFERENCES:
        command += ["-o", preference]
    for field in FIELDS:
        command += ["-e", field]
    status, out, _ = tshark.run(command)
    rows, stacks = [], set()
    for line in out.splitlines():
        protocols, *cells = line.split("\t")
        if not cells[1]:
            continue  # too short for a stream number: counted, not recorded
        layers = [layer for layer in protocols.split(":") if layer not in ("ethertype",)]
        headers = layers.count("tcp")
        ends = [n for n, layer in enumerate(layers) if layer == "tcp"]
        begin = 0
        for end in ends:  # of an aggregate, each packet has its own stack
            stack = layers[begin : end + 1] if begin == 0 else layers[:shared(layers)] + layers[begin : end + 1]
            stacks.add(":".join(stack))
            begin = end + 1
        tcp = [cell.split(",") for cell in cells]
        for n in range(headers):
            # Of several values the innermost IP header's counts; TCP fields have one a header.
            row = [values[n] if field.startswith("tcp") and len(values) == headers else values[-1]
                   for field, values in zip(FIELDS, tcp)]
            rows.append(row)
    return rows, stacks, status == 0


def ours(binaries: pathlib.Path, capture: pathlib.Path) -> tuple[list[list[str]], set[str], str]:
    """Rows, header stacks, and a fault of `verify`."""
    record = capture.with_suffix(".fb")
    tshark.run([str(binaries / "extractor"), "-q", "-o", str(record), str(capture)])
    if not record.exists():
        return [], set(), ""
    command = [str(binaries / "analyzer"), "packets", str(record), "-T", "fields"]
    for field in FIELDS:
        command += ["-e", field]
    _, out, _ = tshark.run(command)
    _, info, _ = tshark.run([str(binaries / "analyzer"), "info", str(record)])
    status, verdict, error = tshark.run([str(binaries / "analyzer"), "verify", str(record)])
    stacks = {line.strip() for line in info.partition("encapsulations")[2].splitlines() if re.fullmatch(r"\s+\S*tcp", line)}
    return [line.split("\t") for line in out.splitlines()], stacks, "" if status == 0 else (verdict + error).strip()


def compare(name: str, binaries: pathlib.Path, folder: pathlib.Path) -> list[str]:
    """Faults of a case. Both conversations are in one capture, as starting tshark takes longer than all it does with them."""
    capture = folder / f"{name}.pcap"
    capture.write_bytes(encapsulations.capture(name))
    want, want_stacks, is_known = theirs(capture)
    got, got_stacks, fault = ours(binaries, capture)
    faults = [f"{name}: verify: {fault}"] if fault else []
    if not is_known and got:
        return [f"{name}: {len(got)} rows of a link type that tshark does not know"] + faults
    # A quoted header is a row for Wireshark's numbering alone.
    if "icmp" in "".join(want_stacks):
        want = []
    if len(want) != len(got):
        return faults + [f"{name}: tshark has {len(want)} rows, analyzer {len(got)}"]
    addresses = [i for i, field in enumerate(FIELDS) if field.startswith("ip")]
    over_ipv4 = len(encapsulations.conversation(4))
    for theirs_row, our_row in zip(want, got):
        inner = "ip" if int(theirs_row[0]) <= over_ipv4 else "ipv6"
        for i, field in enumerate(FIELDS):
            if i in addresses and not field.startswith(inner + "."):
                continue  # tshark prints the outer header's too
            if theirs_row[i] != our_row[i]:
                return faults + [f"{name}: frame {our_row[0]}: {field}: tshark {theirs_row[i]!r}, analyzer {our_row[i]!r}"]
    if want_stacks != got_stacks:
        faults.append(f"{name}: tshark has {sorted(want_stacks)}, analyzer {sorted(got_stacks)}")
    return faults


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True, type=pathlib.Path)
    parser.add_argument("--keep", type=pathlib.Path, help="leave the captures in this folder")
    parser.add_argument("case", nargs="*")
    options = parser.parse_args()
    if shutil.which("tshark") is None:
        tshark.skip("tshark is not installed")
    names = [name for name in encapsulations.CASES if not options.case or name in options.case]
    bad, found = [], 0
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or pathlib.Path(scratch)
        folder.mkdir(exist_ok=True, parents=True)
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            runs = {name: pool.submit(compare, name, options.bin, folder) for name in names}
        for name in names:
            faults = runs[name].result()
            if (name in EXPECTED) != bool(faults):
                bad += faults or [f"{name}: listed as different ({EXPECTED[name]}), but it is not"]
            found += not faults
    print("\n".join(bad))
    print(f"{len(names)} encapsulations, {found} as tshark reads them, {len(bad)} faults")
    return 1 if bad or not names else 0


if __name__ == "__main__":
    sys.exit(main())
