#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Makes two captures of the same downloads, taken at the client and at the server, as large as wanted.

usage: make_pair.py FOLDER [--segments N] [--connections N] [--lossless]

Writes near.pcap and far.pcap, each with about N segments (default: a million), and prints how many were lost between
the two points, so that a comparison can be held against it. The server sends and the client acknowledges every other
segment; unless --lossless, in every block of some sixty segments one of data gets lost and is sent again, while the
client's acknowledgments wait for it. The far clock is ahead by a minute and runs 50 ppm faster. Needs numpy.
"""
from __future__ import annotations

import argparse
import pathlib

import numpy as np

MSS = 1448
PAYLOADS = 40  # of a block
LOST, RESENT_AFTER = 20, 32
DELAY_NS, GAP_NS = 10_000_000, 40_000
OFFSET_NS, DRIFT = 60_000_000_000, 50e-6
START_NS = 1_800_000_000_000_000_000
HEADER_BYTES = 14 + 20 + 32
MAGIC_NANOSECONDS = 0xA1B23C4D

FRAME = np.dtype([
    ("seconds", "<u4"), ("nanoseconds", "<u4"), ("captured", "<u4"), ("wire", "<u4"), ("ethernet", "S12"),
    ("type", ">u2"), ("version", "u1"), ("tos", "u1"), ("length", ">u2"), ("id", ">u2"), ("fragment", ">u2"),
    ("ttl", "u1"), ("protocol", "u1"), ("ip_checksum", ">u2"), ("source", ">u4"), ("target", ">u4"),
    ("source_port", ">u2"), ("target_port", ">u2"), ("seq", ">u4"), ("ack", ">u4"), ("word", ">u2"),
    ("window", ">u2"), ("checksum", ">u2"), ("urgent", ">u2"), ("option", ">u4"), ("value", ">u4"), ("echo", ">u4")])


def block(lossless: bool) -> np.ndarray:
    """One block of a download: from the server (1) or the client (0), bytes before it, payload, lost."""
    rows = []
    received = 0  # in order
    beyond = 0
    for at in range(PAYLOADS):
        lost = at == LOST and not lossless
        rows.append((1, at * MSS, MSS, lost))
        if lossless or at < LOST:
            received = (at + 1) * MSS
        elif at > LOST:
            beyond = (at + 1) * MSS
        if at == RESENT_AFTER and not lossless:
            rows.append((1, LOST * MSS, MSS, False))
            received = max(beyond, received)
        if not lossless and at > RESENT_AFTER:
            received = (at + 1) * MSS
        if at % 2:
            rows.append((0, received, 0, False))
    return np.array(rows, dtype=[("server", "u1"), ("bytes", "u8"), ("payload", "u4"), ("lost", "?")])


def conversation(number: int, blocks: int, template: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The frames of one connection, when each was sent, and which got lost."""
    count = blocks * len(template)
    rows = np.tile(template, blocks)
    rows["bytes"] += np.repeat(np.arange(blocks, dtype=np.uint64) * PAYLOADS * MSS, len(template))
    frames = np.zeros(count + 3, dtype=FRAME)
    body = frames[3:]
    server = np.concatenate(([0, 1, 0], rows["server"])).astype(bool)
    sent = START_NS + number * 3_000_000 + np.arange(count + 3, dtype=np.int64) * GAP_NS
    sent[1:] += DELAY_NS
    sent[~server] += DELAY_NS  # it answers what has arrived
    sent[0] -= DELAY_NS
    client_isn, server_isn = np.uint64(number * 7919 + 17), np.uint64(number * 104729 + 4_000_000_000)
    body["seq"] = np.where(rows["server"], server_isn + np.uint64(1) + rows["bytes"], client_isn + np.uint64(1)) % 2**32
    body["ack"] = np.where(rows["server"], client_isn + np.uint64(1), server_isn + np.uint64(1) + rows["bytes"]) % 2**32
    frames["seq"][:3] = [client_isn % 2**32, server_isn % 2**32, (client_isn + np.uint64(1)) % 2**32]
    frames["ack"][:3] = [0, (client_isn + np.uint64(1)) % 2**32, (server_isn + np.uint64(1)) % 2**32]
    frames["word"] = 0x8010
    frames["word"][:2] = [0x8002, 0x8012]
    payload = np.concatenate(([0, 0, 0], rows["payload"]))
    frames["captured"] = HEADER_BYTES
    frames["wire"] = HEADER_BYTES + payload
    frames["length"] = HEADER_BYTES - 14 + payload
    frames["ethernet"] = b"\x02\0\0\0\0\x01\x02\0\0\0\0\x02"
    frames["type"], frames["version"], frames["fragment"] = 0x0800, 0x45, 0x4000
    frames["ttl"], frames["protocol"], frames["window"] = 64, 6, 60000
    frames["id"][server] = np.arange(1, server.sum() + 1) % 65536
    frames["id"][~server] = (np.arange(1, (~server).sum() + 1) * 1 + 777) % 65536
    client_end, server_end = (0x0A000000 + number // 20000, 20000 + number % 20000), (0xC0000201, 443)
    for side, (source, target) in enumerate(((client_end, server_end), (server_end, client_end))):
        mask = server == bool(side)
        frames["source"][mask], frames["source_port"][mask] = source
        frames["target"][mask], frames["target_port"][mask] = target
    frames["option"] = 0x0101080A
    frames["value"] = (sent // 1_000_000 + np.where(server, 77, 5)) % 2**32
    frames["echo"] = ((sent - DELAY_NS) // 1_000_000 + np.where(server, 5, 77)) % 2**32
    lost = np.concatenate(([False, False, False], rows["lost"]))
    return frames, sent, lost


def write(path: pathlib.Path, frames: np.ndarray, stamps: np.ndarray) -> None:
    order = np.argsort(stamps, kind="stable")
    frames = frames[order]
    frames["seconds"], frames["nanoseconds"] = stamps[order] // 10**9, stamps[order] % 10**9
    with path.open("wb") as out:
        out.write(np.array([MAGIC_NANOSECONDS, 0x00040002, 0, 0, 262144, 1], dtype="<u4").tobytes())
        frames.tofile(out)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--segments", type=int, default=1_000_000)
    parser.add_argument("--connections", type=int, default=100)
    parser.add_argument("--lossless", action="store_true")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    template = block(arguments.lossless)
    blocks = max(1, arguments.segments // arguments.connections // len(template))
    parts = [conversation(number, blocks, template) for number in range(arguments.connections)]
    frames, sent, lost = (np.concatenate([part[i] for part in parts]) for i in range(3))
    frames = frames.astype(FRAME)  # concatenating made its numbers native
    server = frames["source"] == 0xC0000201
    jitter = np.random.default_rng(1).integers(0, 20_000, len(frames))
    received = sent + DELAY_NS + jitter
    near, far = np.where(server, received, sent), np.where(server, sent, received)
    far = far + OFFSET_NS + ((far - START_NS) * DRIFT).astype(np.int64)
    write(arguments.folder / "near.pcap", frames[~(lost & server)], near[~(lost & server)])
    write(arguments.folder / "far.pcap", frames, far)
    print(f"{int(lost.sum())} lost from far to near, {len(frames)} segments at far")


if __name__ == "__main__":
    main()
