#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes a large synthetic capture for benchmarks.

usage: make_capture.py --segments N [--kind KIND] [--connections M] [--snaplen BYTES] [--ipv6] [--varied] OUT.pcap

Microsecond pcap, Ethernet, IPv4 or IPv6, the timestamps option on every segment. Kinds:
  exchanges  a handshake, requests and answers in turn, and a close; one connection for 38 segments, snaplen 66
  bulk       downloads in segments of 1448 bytes, of which 20 are in flight, and an ACK for every second one; full payload
  loss       the same with every hundredth segment lost: duplicate ACKs with SACK blocks, and a retransmission; snaplen 96
  flood      SYNs, each of endpoints of its own
Ten connections are in progress at a time. With --varied, of exchanges, connections differ in what real ones differ in:
stamps, lengths, sequence numbers, TTLs, and one in a hundred ends with a RST. The same arguments give the same bytes.
Needs python3-numpy.
"""
from __future__ import annotations

import argparse
import dataclasses
import pathlib
from typing import Callable

import numpy as np

TCP_FIELDS = [
    ("sport", ">u2"), ("dport", ">u2"), ("seq", ">u4"), ("ack", ">u4"), ("word", ">u2"), ("window", ">u2"),
    ("tcp_sum", ">u2"), ("urgent", ">u2"), ("options", ">u4"), ("ts_value", ">u4"), ("ts_echo", ">u4"),
]
FRAME_FIELDS = [
    ("seconds", "<u4"), ("micros", "<u4"), ("captured", "<u4"), ("wire", "<u4"), ("ether", "S12"), ("ether_type", ">u2"),
]
IPV4_FIELDS = [
    ("version", "u1"), ("tos", "u1"), ("total", ">u2"), ("ip_id", ">u2"), ("fragment", ">u2"), ("ttl", "u1"),
    ("protocol", "u1"), ("ip_sum", ">u2"), ("source", ">u4"), ("target", ">u4"),
]
IPV6_FIELDS = [
    ("version", ">u4"), ("length", ">u2"), ("protocol", "u1"), ("ttl", "u1"),
    ("source_net", "S12"), ("source", ">u4"), ("target_net", "S12"), ("target", ">u4"),
]
IPV6_NET = b"\x20\x01\x0d\xb8\0\0\0\0\0\0\0\x01"  # ends in no zero, since NumPy would drop it
RECORD_HEADER_BYTES, ETHERNET_BYTES, TCP_BYTES, SACK_BYTES = 16, 14, 32, 12
BLOCK_BYTES = 4_000_000
PAYLOAD = np.random.Generator(np.random.PCG64(1)).integers(0, 256, 65_536, np.uint8)
FIN, SYN, RST, PUSH, ACK = 1, 2, 4, 8, 16
IN_PROGRESS = 10
OPENING_ROWS, CLOSING_ROWS = 3, 3
MSS = 1448
# Bulk: a window of data, then its ACKs.
WINDOW_SEGMENTS, WINDOW_ROWS = 20, 30
# Loss: in one window of five, this segment is missing, those before it are acknowledged by two ACKs, and each later ACK
# but the last is a duplicate; the retransmission is the last but one row.
LOSS_WINDOWS, LOST, DUPLICATES_FROM, RETRANSMITTED_AT = 5, 4, 21, 28


@dataclasses.dataclass
class Rows:
    """What differs between the rows of a block. Sequence numbers are relative to the ISN of the connection."""

    connection: np.ndarray
    from_server: np.ndarray
    flags: np.ndarray
    payload: np.ndarray
    seq: np.ndarray
    ack: np.ndarray
    # Edges of the one SACK block; 0 where there is none.
    sack_left: np.ndarray | None = None
    sack_right: np.ndarray | None = None


def lanes(number: np.ndarray, per_connection: int) -> tuple[np.ndarray, np.ndarray]:
    """Connection of each row, and its place in it: connections in progress take turns."""
    group, place = np.divmod(number, per_connection * IN_PROGRESS)
    step, lane = np.divmod(place, IN_PROGRESS)
    return group * IN_PROGRESS + lane, step


def handshake_and_close(step: np.ndarray, data: np.ndarray, per_connection: int) -> np.ndarray:
    flags = np.where(data, PUSH | ACK, ACK)
    flags[step == 0] = SYN
    flags[step == 1] = SYN | ACK
    flags[(step == per_connection - CLOSING_ROWS) | (step == per_connection - CLOSING_ROWS + 1)] = FIN | ACK
    return flags


def mixed(number: np.ndarray, salt: int = 0) -> np.ndarray:
    """A number below 2^32 that looks random, the same for the same number."""
    x = (number + salt).astype(np.uint64)
    for factor in (0x7FEB352D, 0x846CA68B):
        x = (x ^ (x >> 16)) * factor & 0xFFFFFFFF
    return (x ^ (x >> 16)).astype(np.int64)


def exchanges(number: np.ndarray, per_connection: int) -> Rows:
    connection, step = lanes(number, per_connection)
    from_server = step % 2 == 1
    data = (step >= OPENING_ROWS) & (step < per_connection - CLOSING_ROWS)
    payload = np.where(data, np.where(from_server, 1000, 200), 0)
    done = np.clip(step - OPENING_ROWS, 0, None) // 2
    flags = handshake_and_close(step, data, per_connection)
    client_seq, server_seq = 1 + done * 200, 1 + done * 1000
    seq = np.where(from_server, server_seq, client_seq) - (flags & SYN) // SYN
    return Rows(connection, from_server, flags, payload, seq, np.where(from_server, client_seq, server_seq))


def downloads(number: np.ndarray, per_connection: int, lossy: bool) -> Rows:
    connection, step = lanes(number, per_connection)
    end = per_connection - CLOSING_ROWS
    cycle, place = np.divmod(np.clip(step, OPENING_ROWS, end) - OPENING_ROWS, WINDOW_ROWS)
    middle = (step >= OPENING_ROWS) & (step < end)
    lost = middle & (cycle % LOSS_WINDOWS == LOSS_WINDOWS - 1) if lossy else np.zeros(len(number), bool)
    again = lost & (place == RETRANSMITTED_AT)
    data = middle & (place < WINDOW_SEGMENTS - lost) | again
    segment = np.where(again, LOST, place + (lost & (place >= LOST)))
    acked = 2 * (place - WINDOW_SEGMENTS + 1)
    held = lost & (place < RETRANSMITTED_AT)
    acked = np.where(held, np.minimum(acked + 2, LOST), acked)
    acked[lost & (place > RETRANSMITTED_AT)] = WINDOW_SEGMENTS
    duplicate = held & (place >= DUPLICATES_FROM)
    begin = cycle * WINDOW_SEGMENTS
    received = 1 + (begin + np.where(data, segment, np.clip(acked, 0, None))) * MSS
    from_server = data | (step == 1) | (step == end + 1)
    flags = handshake_and_close(step, np.zeros(len(number), bool), per_connection)
    finished = step == end + 2
    seq = np.where(from_server, received, 1 + finished) - (flags & SYN) // SYN
    ack = np.where(from_server, 1 + (step == end + 1), received + finished)
    left = 1 + (begin + LOST + 1) * MSS
    right = 1 + (begin + LOST + 1 + 2 * (place - DUPLICATES_FROM + 1)) * MSS
    return Rows(connection, from_server, flags, np.where(data, MSS, 0), seq, ack,
                np.where(duplicate, left, 0), np.where(duplicate, right, 0))


def varied_exchanges(number: np.ndarray, per_connection: int) -> Rows:
    """Lengths stay the same within a connection, so that sequence numbers need no sums."""
    rows = exchanges(number, per_connection)
    _, step = lanes(number, per_connection)
    done = np.clip(step - OPENING_ROWS, 0, None) // 2
    request, answer = 40 + mixed(rows.connection, 1) % 400, 100 + mixed(rows.connection, 2) % 900
    rows.payload = np.where(rows.payload > 0, np.where(rows.from_server, answer, request), 0)
    client_seq, server_seq = 1 + done * request, 1 + done * answer
    rows.seq = np.where(rows.from_server, server_seq, client_seq) - (rows.flags & SYN) // SYN
    rows.ack = np.where(rows.from_server, client_seq, server_seq)
    reset = (mixed(rows.connection, 3) % 100 == 0) & (step >= per_connection - CLOSING_ROWS)
    rows.flags = np.where(reset, RST | ACK, rows.flags)
    return rows


def vary(out: np.ndarray, number: np.ndarray, rows: Rows) -> None:
    """What does not follow from the rows of the connection before it."""
    isn = mixed(rows.connection, np.where(rows.from_server, 4, 5))
    other = mixed(rows.connection, np.where(rows.from_server, 5, 4))
    out["seq"] = (isn + rows.seq) % 2**32
    out["ack"] = np.where(rows.flags == SYN, 0, (other + rows.ack) % 2**32)
    micros = number * 10 + mixed(number, 6) % 10
    out["seconds"], out["micros"] = 1_700_000_000 + micros // 1_000_000, micros % 1_000_000
    out["ttl"] = np.where(rows.from_server, 48 + mixed(rows.connection % 50, 7) % 16, 64 - rows.connection % 3)
    for name, own in (("ts_value", rows.from_server), ("ts_echo", ~rows.from_server)):
        clock = mixed(rows.connection, np.where(own, 8, 9)) + micros // 1000
        out[name] = np.where((name == "ts_echo") & (rows.flags == SYN), 0, clock % 2**32)
    if "ip_id" in out.dtype.names:
        out["ip_id"] = (mixed(rows.connection, np.where(rows.from_server, 10, 11)) + number % 380) % 65_536
    out["tcp_sum"], out["window"] = mixed(number, 12) % 65_536, 400 + mixed(number, 13) % 200


def flood(number: np.ndarray, _: int) -> Rows:
    zero = np.zeros_like(number)
    return Rows(number, zero != 0, np.full_like(number, SYN), zero, zero, zero)


KINDS: dict[str, tuple[Callable[[np.ndarray, int], Rows], int, int]] = {
    # Rows, snaplen, segments a connection.
    "exchanges": (exchanges, 66, 38),
    "bulk": (lambda number, per: downloads(number, per, False), 65_535, 60_000),
    "loss": (lambda number, per: downloads(number, per, True), 96, 6_000),
    "flood": (flood, 96, 1),
}


def endpoints(kind: str, connection: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Address and port of the client, address of the server."""
    if kind == "flood":  # multiplying by an odd number leaves 32-bit numbers different
        return connection * 2_654_435_761 % 2**32, 1024 + connection % 60_000, np.full_like(connection, 0xC0000201)
    client = 0x0A000000 + (connection % 60_000) // 250 * 256 + connection % 250 + 1
    return client, 1024 + connection % 60_000, np.full_like(client, 0xC0000201) + connection % 50


def fill_ip(out: np.ndarray, number: np.ndarray, tcp_and_payload: np.ndarray, ipv6: bool) -> None:
    out["ether_type"] = 0x86DD if ipv6 else 0x0800
    out["ttl"], out["protocol"] = 64, 6
    if ipv6:
        out["version"], out["length"] = 0x60000000, tcp_and_payload
        out["source_net"] = out["target_net"] = IPV6_NET
    else:
        out["version"], out["total"] = 0x45, 20 + tcp_and_payload
        out["ip_id"] = number % 65_521


def fill(out: np.ndarray, kind: str, number: np.ndarray, rows: Rows, snaplen: int, ipv6: bool) -> None:
    """The headers of the rows `number` of the capture."""
    client, client_port, server = endpoints(kind, rows.connection)
    sack = np.zeros(len(number), bool) if rows.sack_right is None else rows.sack_right > 0
    tcp_and_payload = TCP_BYTES + rows.payload + sack * SACK_BYTES
    micros = number * 10
    out["seconds"], out["micros"] = 1_700_000_000 + micros // 1_000_000, micros % 1_000_000
    out["wire"] = ETHERNET_BYTES + (40 if ipv6 else 20) + tcp_and_payload
    out["captured"] = np.minimum(out["wire"], snaplen)
    out["ether"] = b"\x02\0\0\0\0\x01\x02\0\0\0\0\x02"
    fill_ip(out, number, tcp_and_payload, ipv6)
    out["source"], out["target"] = np.where(rows.from_server, server, client), np.where(rows.from_server, client, server)
    out["sport"], out["dport"] = np.where(rows.from_server, 443, client_port), np.where(rows.from_server, client_port, 443)
    isn = rows.connection * 64_000
    first = rows.flags == SYN
    out["seq"] = (isn + rows.seq) % 2**32
    out["ack"] = np.where(first, 0, (isn + rows.ack) % 2**32)
    out["word"] = 0x8000 + sack * (SACK_BYTES // 4 << 12) | rows.flags
    # Of downloads it stays the same: a changed window makes a duplicate ACK a window update.
    out["window"] = 60_000 if kind in ("bulk", "loss") else 500 + number % 7
    out["tcp_sum"] = number * 2_654_435_761 % 65_536
    out["options"], out["ts_value"], out["ts_echo"] = 0x0101080A, micros // 1000, np.where(first, 0, micros // 1000 - 1)
    if rows.sack_right is not None and "sack" in out.dtype.names:
        out["sack"][sack] = 0x0101050A
        out["left"][sack], out["right"][sack] = (isn + rows.sack_left)[sack] % 2**32, (isn + rows.sack_right)[sack] % 2**32


def record_type(kind: str, snaplen: int, ipv6: bool) -> np.dtype:
    """A frame with its record header; what is not headers is payload, or one SACK block."""
    fields = FRAME_FIELDS + (IPV6_FIELDS if ipv6 else IPV4_FIELDS) + TCP_FIELDS
    longest = {"exchanges": 1000, "bulk": MSS, "loss": MSS, "flood": 0}[kind]
    headers = np.dtype(fields).itemsize
    rest = min(longest, RECORD_HEADER_BYTES + snaplen - headers)
    if kind == "loss":
        if rest < SACK_BYTES:
            raise SystemExit(f"--snaplen {snaplen} leaves no room for SACK blocks")
        fields = fields + [("sack", ">u4"), ("left", ">u4"), ("right", ">u4")]
        rest -= SACK_BYTES
    return np.dtype(fields + [("rest", "u1", (rest,))] if rest > 0 else fields)


def block(kind: str, number: np.ndarray, per_connection: int, record: np.dtype, options: argparse.Namespace) -> bytes:
    """The bytes of the rows `number`: written in full length, then cut to what is captured."""
    out = np.zeros(len(number), record)
    if "rest" in record.names:
        out["rest"] = PAYLOAD[: record["rest"].shape[0]]
    rows = (varied_exchanges if options.varied else KINDS[kind][0])(number, per_connection)
    fill(out, kind, number, rows, options.snaplen, options.ipv6)
    if options.varied:
        vary(out, number, rows)
    kept = RECORD_HEADER_BYTES + out["captured"].astype(np.int64)
    if (kept == record.itemsize).all():
        return out.tobytes()
    frames = out.view(np.uint8).reshape(len(number), record.itemsize)
    return frames[np.arange(record.itemsize) < kept[:, None]].tobytes()


def write(options: argparse.Namespace) -> None:
    kind = options.kind
    connections = options.connections or max(1, options.segments // KINDS[kind][2])
    per_connection = max(8, options.segments // connections)
    if kind in ("bulk", "loss"):  # whole windows between handshake and close
        edges = OPENING_ROWS + CLOSING_ROWS
        per_connection = edges + max(1, (per_connection - edges) // WINDOW_ROWS) * WINDOW_ROWS
    record = record_type(kind, options.snaplen, options.ipv6)
    block_rows = max(1, BLOCK_BYTES // record.itemsize)
    with options.out.open("wb") as out:
        out.write(np.array([0xA1B2C3D4, 0x00040002, 0, 0, options.snaplen, 1], "<u4").tobytes())
        for first in range(0, options.segments, block_rows):
            number = np.arange(first, min(first + block_rows, options.segments), dtype=np.int64)
            out.write(block(kind, number, per_connection, record, options))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--segments", type=int, required=True)
    parser.add_argument("--kind", choices=KINDS, default="exchanges")
    parser.add_argument("--connections", type=int, default=0, help="default: as many as the kind says")
    parser.add_argument("--snaplen", type=int, default=0, help="captured bytes of a frame at most (default: that of the kind)")
    parser.add_argument("--ipv6", action="store_true")
    parser.add_argument("--varied", action="store_true", help="of exchanges: connections that differ")
    parser.add_argument("out", type=pathlib.Path)
    options = parser.parse_args()
    options.snaplen = options.snaplen or KINDS[options.kind][1] + 20 * (options.ipv6 and options.kind != "bulk")
    least = ETHERNET_BYTES + (40 if options.ipv6 else 20) + TCP_BYTES
    if not least <= options.snaplen <= 65_535:
        parser.error(f"--snaplen is from {least}, the headers, to 65535")
    if options.varied and options.kind != "exchanges":
        parser.error("--varied is of the kind exchanges")
    write(options)


if __name__ == "__main__":
    main()
