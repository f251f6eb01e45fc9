# SPDX-License-Identifier: Apache-2.0
"""Captures that no honest stack sends, made from a seed: for comparing whatever follows a connection's state.

Sequence numbers begin near 0 and 2^32, and jump by half the number space; ports are
reused, endpoints may be equal, stamps go back, headers are cut, lengths and options
are wrong, acknowledgments cover what nobody sent. Each choice is likely enough for
segments to meet it in every state.
"""
from __future__ import annotations

import hashlib
import pathlib
import random
import struct

FIN, SYN, RST, PSH, ACK, URG, ECE, CWR, AE = 1, 2, 4, 8, 16, 32, 64, 128, 256
ISNS = [0, 1, 2, 2**31 - 1, 2**31, 2**31 + 1, 2**32 - 2, 2**32 - 1, 2**32 - 4000]
JUMPS = [1, 2, 100, 1000, 1460, 2920, 2**30, 2**31 - 1, 2**31, 2**31 + 1, 2**32 - 1]
LENGTHS = [0, 0, 0, 1, 1, 2, 100, 1000, 1000, 1460]
WINDOWS = [0, 0, 1, 100, 100, 1000, 1000, 8000, 65535]
PORTS = [20001, 20002, 20003]


def cut(value: int) -> int:
    return value % 2**32


def token_of(key: int, version: int) -> int:
    hash_of = hashlib.sha256 if version == 1 else hashlib.sha1
    return int.from_bytes(hash_of(struct.pack("!Q", key)).digest()[:4], "big")


class Side:
    """What one endpoint has sent, and what its peer may acknowledge."""

    def __init__(self, chance: random.Random) -> None:
        self.isn = chance.choice([*ISNS, chance.randrange(2**32)])
        self.next = self.isn
        self.sent: list[tuple[int, int]] = []
        self.acked = 0
        self.window = chance.choice(WINDOWS)


class Flow:
    def __init__(self, chance: random.Random, tokens: list[int]) -> None:
        """`tokens`: those of Multipath TCP in the capture, to which it adds its own."""
        self.chance = chance
        address = chance.choice([0x0A000001, 0x0A000002])
        self.ends = [(0x0A000001, chance.choice(PORTS)), (address, chance.choice(PORTS))]
        self.sides = [Side(chance), Side(chance)]
        self.wildness = chance.choice([0.0, 0.02, 0.1, 0.3])
        self.begun = 0
        self.multipath_port = chance.random() < 0.3
        if self.multipath_port:  # ports and keys of its own, and one connection
            self.ends[0] = (self.ends[0][0], 21000 + len(tokens))
        self.version = chance.randrange(2)
        self.keys = [chance.randrange(2**64), chance.randrange(2**64)]
        self.joins = chance.choice([*tokens[-6:], 5]) if chance.random() < 0.4 else None
        if self.joins is None or not self.multipath_port:
            tokens += [token_of(key, self.version) for key in self.keys]

    # Numbers

    def seq(self, me: Side, length: int) -> int:
        choice = self.chance.random()
        if choice < 0.6:
            return me.next
        if choice < 0.8 and me.sent:
            return self.chance.choice(me.sent[-8:])[0]
        if choice < 0.86:
            return cut(me.next - 1)
        if choice < 0.93:
            return cut(me.next + self.chance.choice([1, 100, 1000, 1460]))
        if choice < 0.96 or self.chance.random() > self.wildness:
            return cut(me.next - self.chance.choice([length, 10, 100, 1000, 1460]))
        return cut(me.next + self.chance.choice(JUMPS))

    def ack(self, me: Side, peer: Side) -> int:
        choice = self.chance.random()
        if choice < 0.35:
            return me.acked
        if choice < 0.6:
            return peer.next
        if choice < 0.85 and peer.sent:
            first, end = self.chance.choice(peer.sent[-8:])
            return self.chance.choice([end, end, first, cut(end - 1)])
        if choice < 0.9:
            return cut(peer.next + self.chance.choice([1, 100, 1460]))
        if self.chance.random() < self.wildness:
            return self.chance.choice([0, cut(peer.next + self.chance.choice(JUMPS)), self.chance.randrange(2**32)])
        return me.acked

    def flags(self) -> int:
        step = self.begun
        self.begun += 1
        choice = self.chance.random()
        if step < 3 and choice < 0.8:
            return [SYN, SYN | ACK, ACK][step]
        if choice < 0.88:
            return ACK | self.chance.choice([0, 0, PSH, ECE, CWR, AE])
        if choice < 0.91:
            return FIN | ACK
        if choice < 0.93:
            return self.chance.choice([RST, RST | ACK])
        if choice < 0.96:
            return self.chance.choice([SYN, SYN, SYN | ACK, SYN | ECE | CWR | AE])
        return self.chance.choice([0, PSH, FIN, SYN | FIN, SYN | RST, SYN | FIN | ACK, URG, 0xFFF, 0])

    # Options

    def option(self, at: int) -> bytes:
        peer = self.sides[at ^ 1]
        chance = self.chance
        kind = chance.choice(["nop", "scale", "scale", "sack", "sack", "sack", "stamps", "mss", "mptcp", "mptcp", "ecn", "odd", "end"])
        if kind == "nop":
            return b"\x01"
        if kind == "scale":
            return bytes([3, 3, chance.choice([0, 1, 7, 14, 15, 255])])
        if kind == "sack":
            return self.sack(peer, chance.choice([1, 1, 2, 3, 4]))
        if kind == "stamps":
            return bytes([8, 10]) + struct.pack("!II", chance.randrange(2**32), chance.randrange(2**32))
        if kind == "mss":
            return bytes([2, chance.choice([4, 4, 5, 3])]) + bytes(3)
        if kind == "mptcp":
            return self.multipath(at)
        if kind == "ecn":
            size = chance.choice([2, 5, 8, 11, 4])
            return bytes([chance.choice([172, 174]), size]) + bytes(size - 2)
        if kind == "end":
            return b"\x00" + bytes(chance.choice([0, 1, 2])) + chance.choice([b"", b"", b"\x07"])
        return bytes([chance.choice([4, 19, 21, 28, 34, 69, 253, 254]), chance.choice([0, 1, 2, 3, 4, 6, 40]), 0xAC, 0xCE])

    def sack(self, peer: Side, count: int) -> bytes:
        chance = self.chance
        blocks = b""
        for _ in range(count):
            left = cut(peer.next - chance.choice([0, 1000, 2000, 5000]))
            blocks += struct.pack("!II", left, cut(left + chance.choice([0, 1000, 1460, 2**31, 2**32 - 10])))
        blocks += bytes(chance.choice([0, 0, 0, 0, 3]))
        return bytes([5, 2 + len(blocks)]) + blocks

    def multipath(self, at: int) -> bytes:
        """Empty on ports that others use. What founds or joins a group comes first in every segment: tshark ends in an assertion when it
        comes after other subtypes, or when a direction has two keys."""
        chance = self.chance
        if not self.multipath_port:
            return b"\x01"
        if self.joins is not None:
            if at == 1:
                return b"\x01"
            first = bytes([30, 12, 0x10, 1]) + struct.pack("!II", self.joins, 0)
        else:
            size = chance.choice([12, 12, 20, 20, 22, 24])
            keys = struct.pack("!QQ", self.keys[at], self.keys[at ^ 1])
            first = (bytes([30, size, self.version, 0x81]) + keys + bytes(4))[:size]
        kind = chance.choice(["none", "none", "dss", "dss", "other", "other", "odd"])
        if kind == "dss":
            flags = chance.choice([0, 1, 3, 5, 7, 4, 12])
            size = 4 + (8 if flags & 2 else 4) * (flags & 1)
            size += (14 if flags & 8 else 10) if flags & 4 else 0
            return first + bytes([30, size, 0x20, flags]) + bytes(size - 4)
        if kind == "other":
            subtype = chance.choice([3, 4, 5, 6, 7, 8])
            size = {3: 8, 4: 4, 5: 3, 6: 12, 7: 12, 8: 4}[subtype] - chance.choice([0, 0, 0, 0, 1])
            size = max(size, 3)
            return first + bytes([30, size, subtype << 4]) + bytes(size - 3)
        if kind == "odd":
            return first + chance.choice([bytes([30, 4, 0, 0x81]), bytes([30, 16, 0x10]) + bytes(13)])
        return first

    def options(self, at: int, flags: int) -> bytes:
        if self.chance.random() > (0.7 if flags & SYN else 0.25):
            return b""
        if self.chance.random() < 0.1:  # without a block, and alone: what Wireshark does behind it is not known
            return b"\x01" * self.chance.choice([2, 6]) + b"\x05\x02"
        area = b"".join(self.option(at) for _ in range(self.chance.choice([1, 1, 2, 3])))[:40]
        return area + b"\x01" * (-len(area) % 4)

    # The packet

    def packet(self) -> tuple[bytes, int]:
        """A packet with the header at its front, and its length on the wire."""
        chance = self.chance
        at = chance.randrange(2)
        me, peer = self.sides[at], self.sides[at ^ 1]
        flags = self.flags()
        length = chance.choice(LENGTHS) if self.begun > 3 or chance.random() < 0.1 else 0
        if flags & (SYN | RST) and chance.random() < 0.8:
            length = 0
        seq = self.seq(me, length)
        if flags & SYN:
            seq = me.isn if self.multipath_port else chance.choice([me.isn, me.isn, me.isn, cut(seq)])
            if chance.random() < 0.1 and not self.multipath_port:
                me.isn = chance.choice([*ISNS, chance.randrange(2**32)])
                seq = me.isn
            me.next = cut(seq + 1)
        ack = self.ack(me, peer) if flags & ACK or chance.random() < 0.3 else 0
        if chance.random() < 0.25:
            me.window = chance.choice(WINDOWS)
        end = cut(seq + length + bool(flags & (SYN | FIN)))
        if end != seq:
            me.sent.append((seq, end))
        if cut(end - me.next) < 2**31:
            me.next = end
        me.acked = ack
        options = self.options(at, flags)
        return self.framed(at, seq, ack, flags, me.window, options, length)

    def framed(self, at: int, seq: int, ack: int, flags: int, window: int, options: bytes, length: int) -> tuple[bytes, int]:
        chance = self.chance
        (source, source_port), (target, target_port) = self.ends[at], self.ends[at ^ 1]
        words = 5 + len(options) // 4
        odd = chance.random()
        if odd < self.wildness * 0.1:
            words = chance.choice([0, 3, 4, 6, 15])
        tcp = struct.pack("!HHIIHHHH", source_port, target_port, seq, ack, words << 12 | flags, window, 0, 0) + options
        total, fragment = 20 + len(tcp) + length, 0x4000
        wild = chance.random()
        if wild < self.wildness * 0.05:
            fragment = 0x2000  # the first of a datagram
        elif wild < self.wildness * 0.1:
            total = chance.choice([0, 20 + len(tcp) - 4, total + 50, 38])
        ip = struct.pack("!BBHHHBBHII", 0x45, 0, total, 0, fragment, 64, 6, 0, source, target)
        packet = ip + tcp + bytes(length)
        if chance.random() < self.wildness * 0.05:
            icmp = struct.pack("!BBHI", 3, 1, 0, 0) + packet[: 20 + chance.choice([8, 16, 20, 40])]
            ip = struct.pack("!BBHHHBBHII", 0x45, 0, 20 + len(icmp), 0, 0, 64, 1, 0, target, source)
            packet = ip + icmp
        return packet, len(packet)


def write_packets(path: pathlib.Path, packets, snaplen: int = 262144) -> None:
    """`packets`: time in ns, packet, captured bytes."""
    with path.open("wb") as out:
        out.write(struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, snaplen, 101))
        for time, packet, captured in packets:
            captured = min(captured, len(packet))
            out.write(struct.pack("<IIII", time // 10**9, time % 10**9, captured, len(packet)) + packet[:captured])


def write(path: pathlib.Path, seed: int, count: int = 4000, flows: int = 12) -> None:
    chance = random.Random(seed)
    tokens: list[int] = []
    talks = [Flow(chance, tokens) for _ in range(flows)]
    careful = chance.random() < 0.4
    if careful:
        for talk in talks:
            talk.wildness = 0.0

    def packets():
        time = 10**9 * chance.choice([0, 1, 1500000000])
        for n in range(count):
            packet, wire = chance.choice(talks).packet()
            time = max(0, time + chance.choice([0, 1000, 50_000, 400_000, 2_000_000, 3_000_000, 30_000_000]))
            if not careful and chance.random() < 0.03:
                time = max(0, time - chance.choice([1000, 5_000_000, 40_000_000]))
            captured = wire
            if not careful and chance.random() < 0.05:
                captured = 20 + chance.choice([10, 16, 18, 20, 21, 24, 30, 40])
            yield time, packet, captured
            if n % 500 == 499:
                talks[chance.randrange(flows)] = Flow(chance, tokens)
                if careful:
                    for talk in talks:
                        talk.wildness = 0.0

    write_packets(path, packets())


def segment(at: int, seq: int, ack: int, flags: int, length: int = 0, window: int = 1000, options: bytes = b"") -> bytes:
    ends = [(0x0A000001, 20001), (0x0A000002, 20002)]
    (source, source_port), (target, target_port) = ends[at], ends[at ^ 1]
    tcp = struct.pack("!HHIIHHHH", source_port, target_port, cut(seq), cut(ack), (5 + len(options) // 4) << 12 | flags, window, 0, 0)
    total = 40 + len(options) + length
    ip = struct.pack("!BBHHHBBHII", 0x45, 0, total, 0, 0x4000, 64, 6, 0, source, target)
    return ip + tcp + options + bytes(length)


def write_long_lists(path: pathlib.Path, seed: int) -> None:
    """Lists of unacknowledged segments that are full, and acknowledged from every end."""
    chance = random.Random(seed)

    def packets():
        base = chance.choice([0, 2**32 - 5000, 2**31, chance.randrange(2**32)])
        yield segment(0, base, 0, SYN)
        yield segment(1, 77, base + 1, SYN | ACK)
        yield segment(0, base + 1, 78, ACK)
        at = base + 1
        for n in range(12000):
            if chance.random() < 0.05:
                yield segment(0, at - chance.randrange(1, 50) * 10, 78, ACK, 10)
            else:
                yield segment(0, at, 78, ACK, 10)
                at += 10
            if chance.random() < 0.002:
                yield segment(1, 78, at - chance.randrange(1000), ACK)
        yield segment(0, at, 78, ACK | FIN, 3)
        for _ in range(300):
            yield segment(1, 78, base + chance.randrange(-50, at - base + 50), ACK)
            yield segment(0, at - chance.randrange(20000), 78, ACK, 10)
        for _ in range(200):
            yield segment(1, 78, base + chance.choice([2**31, 2**31 + 1, 2**31 - 1]) + chance.randrange(-100, 120000), ACK)
            yield segment(0, at, 78, ACK, 10)
            at += 10

    def stamped():
        time = 10**18
        for packet in packets():
            time += 10_000
            yield time, packet, 54

    write_packets(path, stamped())
