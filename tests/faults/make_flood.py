#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes a capture of SYNs, each of a connection of its own.

usage: make_flood.py --connections N [--pattern P] OUT.pcap

Patterns of the endpoints, of which all but the first make a weak hash table slow:
  random    addresses and ports by chance
  mirror    source address = target address with the same ports
  xor       source xor target is the same everywhere, of addresses and of ports
  stride    addresses that differ in their upper 16 bits only
  ports     two addresses, then the next two: only ports differ
The same arguments give the same bytes. Needs python3-numpy.
"""
from __future__ import annotations

import argparse
import pathlib
import sys

import numpy as np

FRAME_BYTES = 54
RECORD = np.dtype(
    [
        ("seconds", "<u4"), ("nanos", "<u4"), ("captured", "<u4"), ("wire", "<u4"),
        ("ether", "S12"), ("ether_type", ">u2"),
        ("version", "u1"), ("tos", "u1"), ("total", ">u2"), ("ip_id", ">u2"), ("fragment", ">u2"), ("ttl", "u1"),
        ("protocol", "u1"), ("ip_sum", ">u2"), ("source", ">u4"), ("target", ">u4"),
        ("sport", ">u2"), ("dport", ">u2"), ("seq", ">u4"), ("ack", ">u4"), ("word", ">u2"), ("window", ">u2"),
        ("tcp_sum", ">u2"), ("urgent", ">u2"),
    ]
)
HEADER = np.array([0xA1B23C4D, 0x00040002, 0, 0, FRAME_BYTES, 1], "<u4")
BLOCK_ROWS = 1_000_000
PATTERNS = ("random", "mirror", "xor", "stride", "ports")


def mixed(number: np.ndarray) -> np.ndarray:
    """A permutation of the 32-bit numbers that looks random."""
    x = number.astype(np.uint64)
    for factor in (0x7FEB352D, 0x846CA68B):
        x = (x ^ (x >> 16)) * factor & 0xFFFFFFFF
    return (x ^ (x >> 16)).astype(np.uint32)


def endpoints(pattern: str, number: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Source, target, source port and target port of connection `number`."""
    chance = mixed(number)
    port = np.full_like(number, 80)
    if pattern == "random":
        return chance, np.full_like(number, 0xC0000201), 1024 + number % 60_000, port
    if pattern == "mirror":
        return chance, chance, np.full_like(number, 1024), port
    if pattern == "xor":
        return number, number ^ 0x5A5A5A5A, number & 0xFFFF, number & 0xFFFF ^ 0x1234
    if pattern == "stride":
        return (number & 0xFFFF) << 16, (number >> 16 & 0xFFFF) << 16, np.full_like(number, 1024), port
    pair = number >> 32 - 1 - 5  # 2^26 port pairs of each pair of addresses
    return pair * 2, pair * 2 + 1, number & 0x1FFF, number >> 13 & 0x1FFF


def fill(rows: np.ndarray, pattern: str, number: np.ndarray) -> None:
    nanos = number * 1000
    rows["seconds"], rows["nanos"] = 1_700_000_000 + nanos // 10**9, nanos % 10**9
    rows["captured"] = rows["wire"] = FRAME_BYTES
    rows["ether"], rows["ether_type"] = b"\x02\0\0\0\0\x01\x02\0\0\0\0\x02", 0x0800
    rows["version"], rows["total"], rows["ttl"], rows["protocol"] = 0x45, 40, 64, 6
    rows["source"], rows["target"], rows["sport"], rows["dport"] = endpoints(pattern, number)
    rows["seq"], rows["word"], rows["window"] = mixed(number + 7), 0x5002, 1024


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--connections", required=True, type=int)
    parser.add_argument("--pattern", choices=PATTERNS, default=PATTERNS[0])
    parser.add_argument("out", type=pathlib.Path)
    options = parser.parse_args()
    if not 0 < options.connections <= 2**26:
        sys.exit("--connections: from 1 to 2^26")
    rows = np.zeros(min(BLOCK_ROWS, options.connections), RECORD)
    with options.out.open("wb") as out:
        out.write(HEADER.tobytes())
        for first in range(0, options.connections, BLOCK_ROWS):
            number = np.arange(first, min(first + BLOCK_ROWS, options.connections), dtype=np.int64)
            fill(rows[:len(number)], options.pattern, number)
            out.write(rows[:len(number)].tobytes())
    return 0


if __name__ == "__main__":
    sys.exit(main())
