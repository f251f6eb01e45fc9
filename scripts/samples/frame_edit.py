# SPDX-License-Identifier: Apache-2.0
"""Changes of captured Ethernet frames that keep their checksums as right as they were. Pure."""

from __future__ import annotations

import struct

from offload import ETHERNET_BYTES, ip_header_bytes

OPTION_END, OPTION_NOP, OPTION_SACK = 0, 1, 5


def routed(frame: bytes) -> bytes:
    """The frame as it leaves a router: other MACs, one hop less."""
    changed = bytearray(b"\x02\x00\x00\x00\x00\x2b\x02\x00\x00\x00\x00\x2a" + frame[12:])
    if frame[12:14] == b"\x08\x00":
        changed[22] -= 1
        (checksum,) = struct.unpack_from("!H", changed, 24)
        # RFC 1624: the TTL is the high byte of its word.
        struct.pack_into("!H", changed, 24, (checksum + 0x100) % 0xFFFF or 0xFFFF)
    elif frame[12:14] == b"\x86\xdd":
        changed[21] -= 1
    return bytes(changed)


class Frame:
    """An Ethernet frame with IPv4 and TCP whose fields are changed with the checksums kept as right as they were."""

    def __init__(self, frame: bytes) -> None:
        self.data = bytearray(frame)
        ip_bytes = ip_header_bytes(frame)
        self.tcp_at = ETHERNET_BYTES + ip_bytes if ip_bytes and frame[12:14] == b"\x08\x00" else None
        if self.tcp_at is not None and len(frame) < self.tcp_at + 20:
            self.tcp_at = None

    def adjust(self, checksum_at: int, at: int, new: bytes) -> None:
        """RFC 1624, equation 3, for the 16-bit words that `new` covers; `at` may be odd within the segment."""
        if checksum_at + 2 > len(self.data):
            return
        start, end = at - at % 2, at + len(new) + (at + len(new)) % 2
        changed = self.data[start:end]
        changed[at - start : at - start + len(new)] = new
        (checksum,) = struct.unpack_from("!H", self.data, checksum_at)
        total = ~checksum & 0xFFFF
        words = zip(struct.iter_unpack("!H", self.data[start:end]), struct.iter_unpack("!H", changed))
        for (old_word,), (new_word,) in words:
            total += (~old_word & 0xFFFF) + new_word
        while total >> 16:
            total = (total & 0xFFFF) + (total >> 16)
        struct.pack_into("!H", self.data, checksum_at, ~total & 0xFFFF)

    def set_address(self, at: int, new: bytes) -> None:
        """An IPv4 address: part of both checksums."""
        assert self.tcp_at is not None
        self.adjust(24, at, new)
        self.adjust(self.tcp_at + 16, at, new)
        self.data[at : at + 4] = new

    def set_tcp(self, offset: int, new: bytes) -> None:
        """A part of the TCP header."""
        assert self.tcp_at is not None
        at = self.tcp_at + offset
        self.adjust(self.tcp_at + 16, at, new)
        self.data[at : at + len(new)] = new

    def add_to(self, offset: int, shift: int) -> None:
        """Shifts a sequence or acknowledgement number."""
        assert self.tcp_at is not None
        (value,) = struct.unpack_from("!I", self.data, self.tcp_at + offset)
        self.set_tcp(offset, struct.pack("!I", (value + shift) & 0xFFFFFFFF))

    def sack_edges(self) -> list[int]:
        """Offsets of the edges of SACK blocks in the TCP header."""
        assert self.tcp_at is not None
        end = min((self.data[self.tcp_at + 12] >> 4) * 4, len(self.data) - self.tcp_at)
        at, edges = 20, []
        while at < end and self.data[self.tcp_at + at] != OPTION_END:
            kind = self.data[self.tcp_at + at]
            if kind == OPTION_NOP:
                at += 1
                continue
            if at + 1 >= end or self.data[self.tcp_at + at + 1] < 2:
                break
            length = self.data[self.tcp_at + at + 1]
            if kind == OPTION_SACK:
                edges += [edge for edge in range(at + 2, at + length, 4) if edge + 4 <= end]
            at += length
        return edges
