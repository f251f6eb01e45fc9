#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks with tshark that each sample shows what samples/README.md says, and prints its counts.

    check.py [FOLDER]        (FOLDER defaults to samples/)

Claims are display filters with the least and the most number of frames that match. The truth of the relay is
compared frame by frame with the captures.
"""

from __future__ import annotations

import csv
import math
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

sys.dont_write_bytecode = True

import traffic  # noqa: E402

MANY = math.inf
MOST_FILE_BYTES = 1_000_000

BULK = f"tcp.port == {traffic.BULK_CLIENT_PORT}"
SYN_ACK = "tcp.flags.syn == 1 && tcp.flags.ack == 1"
PURE_SYN = "tcp.flags.syn == 1 && tcp.flags.ack == 0"
REFUSAL = "tcp.flags.reset == 1 && tcp.seq == 1 && tcp.ack == 1 && tcp.completeness == 37"
RETRANSMITTED_DATA = "tcp.analysis.retransmission && tcp.len > 0"

Claim = tuple[str, str, float, float]

# True of every file.
COMMON_CLAIMS: tuple[Claim, ...] = (
    ("no segment larger than on the wire", "frame.len > 1518", 0, 0),
    # Linux writes a checksum of 0 as 0xffff, as for UDP: the same sum, but tshark wants 0.
    ("no wrong checksum where the whole segment was captured",
     "tcp.checksum.status == 0 && tcp.checksum != 0xffff", 0, 0),
    ("no frame longer than the snaplen", "frame.cap_len > 128", 0, 0),
)

CLAIMS: dict[str, tuple[Claim, ...]] = {
    "bulk_among_short.pcap.gz": (
        ("about 22,000 frames", "frame", 20_000, 25_000),
        ("of which the bulk download has about 15,000", BULK, 14_000, 16_000),
        ("other protocols as well", "not tcp", 150, MANY),
        ("the bulk handshake takes over 300 ms", f"{BULK} && {SYN_ACK} && tcp.analysis.ack_rtt > 0.3", 1, 1),
        ("as do others to another far server", f"not {BULK} && {SYN_ACK} && tcp.analysis.ack_rtt > 0.3", 3, 4),
        ("near handshakes take under 300 ms", f"{SYN_ACK} && tcp.analysis.ack_rtt < 0.3", 300, MANY),
        ("one SYN is sent twice", f"{PURE_SYN} && tcp.analysis.retransmission", 1, 1),
        ("the bulk client's window dips to less than half",
         f"{BULK} && ip.src == {traffic.CLIENT} && tcp.time_relative > 3 && tcp.window_size < 400000", 10, MANY),
        ("but not to zero", f"{BULK} && tcp.analysis.zero_window", 0, 0),
        ("some of its data is lost before the tap", f"{BULK} && {RETRANSMITTED_DATA}", 2, MANY),
    ),
    "ipv6.pcapng": (
        ("all TCP is over IPv6", "tcp && not ipv6", 0, 0),
        ("neighbour discovery", "icmpv6.type == 135 or icmpv6.type == 136", 4, MANY),
        ("seven connections", PURE_SYN, 7, 7),
        ("one refused", REFUSAL, 1, 1),
        ("TCP behind a destination options header", "ipv6.dstopts && tcp", 10, MANY),
        ("congestion notification is negotiated", f"{SYN_ACK} && tcp.flags.ece == 1", 6, 6),
    ),
    "vlan.pcap": (
        ("every frame is tagged", "not vlan", 0, 0),
        ("VLAN 10", "vlan.id == 10 && tcp", 50, MANY),
        ("VLAN 20", "vlan.id == 20 && tcp", 50, MANY),
        ("VLAN 30 for requests only", f"vlan.id == 30 && ip.src != {traffic.CLIENT}", 0, 0),
        ("VLAN 31 for their answers only", f"vlan.id == 31 && ip.src == {traffic.CLIENT}", 0, 0),
        ("both ways of one connection in different VLANs", "vlan.id in {30, 31} && tcp", 10, MANY),
    ),
    "loss.pcap": (
        ("holes in the download", f"tcp.analysis.lost_segment && tcp.srcport == {traffic.WEB}", 4, 6),
        ("holes filled later", f"(tcp.analysis.retransmission or tcp.analysis.out_of_order) "
                               f"&& tcp.srcport == {traffic.WEB}", 6, 10),
        ("lost behind the tap: seen twice",
         f"(tcp.analysis.retransmission or tcp.analysis.out_of_order) && tcp.dstport == {traffic.UPLOAD}", 3, 6),
        ("duplicate ACKs", "tcp.analysis.duplicate_ack", 20, MANY),
    ),
    "reset_mid_transfer.pcap": (
        ("the client resets a download", f"tcp.flags.reset == 1 && ip.src == {traffic.CLIENT} "
                                         f"&& ip.dst == {traffic.NEAR_SERVERS[0]} && tcp.srcport != 80", 1, MANY),
        ("one connection is refused", REFUSAL, 1, 1),
        ("seven connections", PURE_SYN, 7, 7),
        ("one SYN-ACK comes late", f"{SYN_ACK} && tcp.analysis.ack_rtt > 0.5", 1, 1),
    ),
    "zero_window.pcap": (
        ("zero windows of the client", f"tcp.analysis.zero_window && ip.src == {traffic.CLIENT}", 2, MANY),
        ("zero windows of a server", f"tcp.analysis.zero_window && ip.src == {traffic.NEAR_SERVERS[1]}", 2, MANY),
        ("probes, which Linux sends without data", "tcp.analysis.keep_alive", 6, MANY),
        ("answers to probes a second and more after the first zero window",
         "tcp.analysis.zero_window && tcp.time_relative > 1.2", 2, MANY),
        ("windows that open again", "tcp.analysis.window_update", 3, MANY),
        ("full windows", "tcp.analysis.window_full", 3, MANY),
    ),
    "port_reuse.pcap": (
        ("four connections with the same four numbers",
         f"{PURE_SYN} && tcp.srcport == 40000 && tcp.dstport == 80", 4, 4),
        ("three of them are labelled so", "tcp.analysis.reused_ports && tcp.dstport == 80", 3, 3),
        ("two refused ones with the same four numbers", REFUSAL, 2, 2),
        ("seven connections", PURE_SYN, 7, 7),
    ),
    "two_points_near.pcap": (
        ("ten connections, one SYN sent twice, one for want of a SYN-ACK", PURE_SYN, 12, 12),
        ("retransmissions", RETRANSMITTED_DATA, 3, MANY),
        ("holes in the download", f"tcp.analysis.lost_segment && tcp.srcport == {traffic.WEB}", 2, 6),
        ("handshakes over 20 ms", f"{SYN_ACK} && tcp.analysis.ack_rtt > 0.02", 9, 10),
    ),
    "two_points_far.pcap": (
        ("the lost SYN is missing", PURE_SYN, 11, 11),
        ("retransmissions", RETRANSMITTED_DATA, 3, MANY),
        ("handshakes under 20 ms", f"{SYN_ACK} && tcp.analysis.ack_rtt < 0.02", 10, 11),
    ),
}

# Truth file: capture at the client's side, capture at the server's side.
TRUTHS: dict[str, tuple[str, str | None]] = {
    "loss.truth.tsv": ("loss.pcap", None),
    "two_points.truth.tsv": ("two_points_near.pcap", "two_points_far.pcap"),
}

Identity = tuple[str, ...]


def tshark(capture: Path, *arguments: str) -> list[str]:
    """The lines that tshark prints; two passes, so that final values are asked for."""
    command = ["tshark", "-2", "-n", "-r", str(capture), *arguments]
    # Checksums are looked at, but a cut segment cannot be judged: its status is "unverified".
    command += ["-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"tshark {capture.name}: {done.stderr.strip()}")
    return done.stdout.splitlines()


def count_frames(capture: Path, display_filter: str) -> int:
    """How many frames match."""
    return len(tshark(capture, "-Y", display_filter, "-T", "fields", "-e", "frame.number"))


def check_claims(capture: Path) -> list[str]:
    """The claims that do not hold."""
    failures = []
    for text, display_filter, least, most in (*COMMON_CLAIMS, *CLAIMS.get(capture.name, ())):
        found = count_frames(capture, display_filter)
        if not least <= found <= most:
            failures.append(f"{capture.name}: {text}: {found} frames, expected {least} to {most}")
    if capture.stat().st_size > MOST_FILE_BYTES:
        failures.append(f"{capture.name}: {capture.stat().st_size} bytes, expected at most {MOST_FILE_BYTES}")
    return failures


def captured_identities(capture: Path) -> dict[str, Counter[Identity]]:
    """Every TCP frame of a capture, by direction, as the fields that the truth has as well."""
    fields = ("ip.src", "tcp.srcport", "ip.dst", "tcp.dstport", "ip.id", "tcp.seq_raw", "tcp.ack_raw", "tcp.flags",
              "tcp.len")
    arguments = [word for field in fields for word in ("-e", field)]
    found: dict[str, Counter[Identity]] = {"c2s": Counter(), "s2c": Counter()}
    for line in tshark(capture, "-Y", "tcp", "-T", "fields", *arguments):
        values = line.split("\t")
        values[4] = str(int(values[4], 0))
        values[7] = str(int(values[7], 0))
        found["c2s" if values[0] == traffic.CLIENT else "s2c"][tuple(values)] += 1
    return found


def true_identities(truth: Path) -> dict[str, dict[bool, Counter[Identity]]]:
    """Every TCP frame of the truth, by direction, and by whether it left the relay."""
    names = ("source", "source_port", "destination", "destination_port", "ip_id", "tcp_seq", "tcp_ack", "tcp_flags",
             "payload_bytes")
    found: dict[str, dict[bool, Counter[Identity]]] = {
        direction: {False: Counter(), True: Counter()} for direction in ("c2s", "s2c")}
    with open(truth, encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            if row["protocol"] == "tcp":
                values = [row[name] for name in names]
                values[7] = str(int(values[7], 0))
                found[row["direction"]][bool(row["departure_ns"])][tuple(values)] += 1
    return found


def check_truth(truth: Path, near: Path, far: Path | None) -> list[str]:
    """Whether the captures hold exactly the frames that the truth says."""
    failures = []
    true = true_identities(truth)
    for capture, arriving, sent in ((near, "s2c", "c2s"), (far, "c2s", "s2c")):
        if capture is None:
            continue
        captured = captured_identities(capture)
        if captured[arriving] != true[arriving][True]:
            failures.append(f"{capture.name}: {arriving}: not exactly the frames that left the relay")
        if captured[sent] != true[sent][True] + true[sent][False]:
            failures.append(f"{capture.name}: {sent}: not exactly the frames that came to the relay")
    dropped = sum(sum(ways[False].values()) for ways in true.values())
    if dropped == 0:
        failures.append(f"{truth.name}: no frame was dropped")
    return failures


def describe(capture: Path) -> str:
    """One line of counts."""
    tcp = count_frames(capture, "tcp")
    streams = {line for line in tshark(capture, "-Y", "tcp", "-T", "fields", "-e", "tcp.stream")}
    frames, size = count_frames(capture, "frame"), capture.stat().st_size
    return f"{capture.name}: {size} bytes, {frames} frames, {tcp} TCP segments, {len(streams)} connections"


def check_folder(folder: Path, files: list[str]) -> int:
    """Checks the named captures, and the truths of which all captures are named; the exit status."""
    if shutil.which("tshark") is None:
        print("check: no tshark here, the samples are not checked", file=sys.stderr)
        return 0
    failures = []
    for name in files:
        print(describe(folder / name), flush=True)
        failures += check_claims(folder / name)
    for truth, (near, far) in TRUTHS.items():
        if near in files:
            failures += check_truth(folder / truth, folder / near, folder / far if far else None)
    for failure in failures:
        print(f"check: {failure}", file=sys.stderr)
    return 1 if failures else 0


def main() -> int:
    """Checks all samples of a folder."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[2] / "samples"
    return check_folder(folder, list(CLAIMS))


if __name__ == "__main__":
    sys.exit(main())
