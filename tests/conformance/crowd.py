# SPDX-License-Identifier: Apache-2.0
"""A capture of thousands of overlapping connections that end in every way, made from a seed."""
from __future__ import annotations

import pathlib
import random
import struct

FIN, SYN, RST, ACK = 1, 2, 4, 16
CLIENTS, SERVERS = 4, 12
LOST = 0.02  # of the segments the capture has not


class Talk:
    """One connection: its segments in order, made one at a time."""

    def __init__(self, chance: random.Random, number: int) -> None:
        self.chance = chance
        client = 0x0A000001 + chance.randrange(CLIENTS)
        self.ends = [(client, 10000 + number), (0xC0000201 + chance.randrange(SERVERS), 443)]
        self.seq = [chance.randrange(2**32), chance.randrange(2**32)]
        self.ttl = [64, chance.choice((51, 116))]

    def segment(self, side: int, flags: int, length: int = 0, seq: int | None = None, ttl: int | None = None) -> bytes:
        number = self.seq[side] if seq is None else seq
        ack = self.seq[side ^ 1] if flags & ACK else 0
        (source, source_port), (target, target_port) = self.ends[side], self.ends[side ^ 1]
        if seq is None:
            self.seq[side] = (number + length + bool(flags & (SYN | FIN))) % 2**32
        tcp = struct.pack("!HHIIHHHH", source_port, target_port, number, ack, 0x5000 | flags, 8000, 0, 0)
        return struct.pack("!BBHHHBBHII", 0x45, 0, 40 + length, 0, 0x4000, ttl or self.ttl[side], 6, 0, source,
                           target) + tcp + bytes(length)

    def __iter__(self):
        yield self.segment(0, SYN)
        how = self.chance.choices(("refused", "unanswered", "reset_syn_ack", "on"), (1, 1, 1, 12))[0]
        if how == "refused":
            yield self.segment(1, RST | ACK, seq=0)
        if how == "unanswered":
            yield self.segment(0, SYN, seq=(self.seq[0] - 1) % 2**32)
        if how in ("refused", "unanswered"):
            return
        yield self.segment(1, SYN | ACK)
        if how == "reset_syn_ack":
            yield self.segment(0, RST, seq=self.seq[0])
            return
        yield self.segment(0, ACK)
        for _ in range(self.chance.randrange(6)):
            side = self.chance.randrange(2)
            yield self.segment(side, ACK, self.chance.randrange(1, 200))
            if self.chance.random() < 0.6:
                yield self.segment(side ^ 1, ACK)
        yield from self.end()

    def end(self):
        side = self.chance.randrange(2)
        how = self.chance.choices(("open", "fin", "half", "reset", "suspect", "late", "reset_after_fin"),
                                  (2, 4, 1, 5, 1, 1, 1))[0]
        if how == "suspect":
            yield self.segment(side, RST, seq=(self.seq[side] + 2**30) % 2**32, ttl=250)
            yield self.segment(side, ACK, 10)
        if how == "reset":
            yield self.segment(side, self.chance.choice((RST, RST | ACK)), seq=self.seq[side])
            if self.chance.random() < 0.3:  # data on its way, and its answer
                yield self.segment(side ^ 1, ACK, 100)
                yield self.segment(side, RST, seq=self.seq[side])
        if how in ("fin", "half", "late", "reset_after_fin"):
            yield self.segment(side, FIN | ACK)
            yield self.segment(side ^ 1, ACK)
        if how == "reset_after_fin":
            yield self.segment(side ^ 1, RST | ACK, seq=self.seq[side ^ 1])
        if how in ("fin", "late"):
            yield self.segment(side ^ 1, FIN | ACK)
            yield self.segment(side, ACK)
        if how == "late":
            yield self.segment(side ^ 1, RST, seq=self.seq[side ^ 1])


def write(path: pathlib.Path, connections: int, running: int, seed: int = 1) -> None:
    """`running` connections at a time: when one is over the next begins."""
    chance = random.Random(seed)
    waiting = [iter(Talk(chance, number)) for number in range(connections)]
    active = [waiting.pop() for _ in range(running)]
    with path.open("wb") as out:
        out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101))
        time = 0
        while active:
            at = chance.randrange(len(active))
            packet = next(active[at], None)
            if packet is None:
                active[at] = active[-1]
                active.pop()
                if waiting:
                    active.append(waiting.pop())
                continue
            time += 100
            if chance.random() >= LOST:
                out.write(struct.pack("<IIII", time // 10**6, time % 10**6, len(packet), len(packet)) + packet)
