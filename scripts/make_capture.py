#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes a large synthetic capture for benchmarks.

usage: make_capture.py --segments N [--connections M] OUT.pcap

Microsecond pcap, Ethernet, IPv4, snaplen 66: each connection is a handshake,
requests and answers in turn, and a close, with the timestamps option on every
segment. Ten connections are in progress at a time. The same arguments give the
same bytes.
Needs python3-numpy.
"""
from __future__ import annotations

import argparse
import pathlib

import numpy as np

FRAME_BYTES = 66
RECORD = np.dtype(
    [
        ("seconds", "<u4"), ("micros", "<u4"), ("captured", "<u4"), ("wire", "<u4"),
        ("ether", "S12"), ("ether_type", ">u2"),
        ("version", "u1"), ("tos", "u1"), ("total", ">u2"), ("ip_id", ">u2"), ("fragment", ">u2"), ("ttl", "u1"),
        ("protocol", "u1"), ("ip_sum", ">u2"), ("source", ">u4"), ("target", ">u4"),
        ("sport", ">u2"), ("dport", ">u2"), ("seq", ">u4"), ("ack", ">u4"), ("word", ">u2"), ("window", ">u2"),
        ("tcp_sum", ">u2"), ("urgent", ">u2"), ("options", ">u4"), ("ts_value", ">u4"), ("ts_echo", ">u4"),
    ]
)
HEADER = np.array([0xA1B2C3D4, 0x00040002, 0, 0, FRAME_BYTES, 1], "<u4")
BLOCK_ROWS = 1_000_000
CLOSING_ROWS = 3
IN_PROGRESS = 10


def fill(rows: np.ndarray, number: np.ndarray, per_connection: int) -> None:
    """The segments `number` of the capture, `per_connection` rows a connection."""
    group, place = np.divmod(number, per_connection * IN_PROGRESS)
    step, lane = np.divmod(place, IN_PROGRESS)
    connection = group * IN_PROGRESS + lane
    from_server = step % 2 == 1
    data = (step >= 3) & (step < per_connection - CLOSING_ROWS)
    payload = np.where(data, np.where(from_server, 1000, 200), 0)
    exchanges = np.clip(step - 3, 0, None) // 2
    flags = np.where(data, 0x18, 0x10)
    flags[step == 0] = 0x02
    flags[step == 1] = 0x12
    flags[(step == per_connection - CLOSING_ROWS) | (step == per_connection - CLOSING_ROWS + 1)] = 0x11
    client_seq, server_seq = 1 + exchanges * 200, 1 + exchanges * 1000
    client = 0x0A000000 + (connection % 60_000) // 250 * 256 + connection % 250 + 1
    server = np.full_like(client, 0xC0000201) + connection % 50
    client_port = 1024 + connection % 60_000

    micros = number * 10
    rows["seconds"], rows["micros"] = 1_700_000_000 + micros // 1_000_000, micros % 1_000_000
    rows["captured"], rows["wire"] = FRAME_BYTES, FRAME_BYTES + payload
    rows["ether"], rows["ether_type"] = b"\x02\0\0\0\0\x01\x02\0\0\0\0\x02", 0x0800
    rows["version"], rows["total"], rows["ttl"], rows["protocol"] = 0x45, 52 + payload, 64, 6
    rows["ip_id"] = number % 65_521
    rows["source"], rows["target"] = np.where(from_server, server, client), np.where(from_server, client, server)
    rows["sport"], rows["dport"] = np.where(from_server, 443, client_port), np.where(from_server, client_port, 443)
    isn = connection * 64_000
    rows["seq"] = (isn + np.where(from_server, server_seq, client_seq) - (flags & 2) // 2) % 2**32
    rows["ack"] = np.where(step == 0, 0, (isn + np.where(from_server, client_seq, server_seq)) % 2**32)
    rows["word"] = 0x8000 | flags
    rows["window"] = 500 + number % 7
    rows["tcp_sum"] = number * 2_654_435_761 % 65_536
    rows["options"], rows["ts_value"], rows["ts_echo"] = 0x0101080A, micros // 1000, np.where(step == 0, 0, micros // 1000 - 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--segments", type=int, required=True)
    parser.add_argument("--connections", type=int, default=0, help="default: one for 38 segments")
    parser.add_argument("out", type=pathlib.Path)
    options = parser.parse_args()
    connections = options.connections or max(1, options.segments // 38)
    per_connection = max(8, options.segments // connections)
    with options.out.open("wb") as out:
        out.write(HEADER.tobytes())
        for first in range(0, options.segments, BLOCK_ROWS):
            number = np.arange(first, min(first + BLOCK_ROWS, options.segments), dtype=np.int64)
            rows = np.zeros(len(number), RECORD)
            fill(rows, number, per_connection)
            out.write(rows.tobytes())


if __name__ == "__main__":
    main()
