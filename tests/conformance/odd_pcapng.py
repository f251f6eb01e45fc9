# SPDX-License-Identifier: Apache-2.0
"""pcapng files of every kind that the format allows and few programs write, made block by block."""
from __future__ import annotations

import struct

MICROSECONDS = 1_538_000_462_883_718
ETHERNET, RAW, SLL = 1, 101, 113


def tcp(port: int, payload: int = 0) -> bytes:
    """An IPv4 packet with a SYN from `port`."""
    header = struct.pack(">HHIIBBHHH", port, 80, 1, 0, 0x50, 2, 1000, 0, 0) + b"x" * payload
    addresses = bytes([10, 0, 0, 1, 10, 0, 0, 2])
    return struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(header), 1, 0, 64, 6, 0) + addresses + header


def ethernet(port: int, payload: int = 6) -> bytes:
    return b"\x02" * 12 + b"\x08\x00" + tcp(port, payload)


def cooked(port: int) -> bytes:
    return struct.pack(">HHH8sH", 0, 1, 6, b"\x02" * 8, 0x0800) + tcp(port)


class Pcapng:
    """Appends blocks in one byte order; `+` joins files of different ones."""

    def __init__(self, order: str = "<"):
        self.order = order
        self.bytes = b""

    def __add__(self, other: "Pcapng") -> "Pcapng":
        joined = Pcapng(self.order)
        joined.bytes = self.bytes + other.bytes
        return joined

    def raw(self, data: bytes) -> "Pcapng":
        self.bytes += data
        return self

    def block(self, kind: int, body: bytes) -> "Pcapng":
        body += b"\0" * (-len(body) % 4)
        head = struct.pack(self.order + "II", kind, len(body) + 12)
        return self.raw(head + body + struct.pack(self.order + "I", len(body) + 12))

    def options(self, options: list[tuple[int, bytes]]) -> bytes:
        text = b""
        for code, value in options:
            text += struct.pack(self.order + "HH", code, len(value)) + value + b"\0" * (-len(value) % 4)
        return text + (b"\0\0\0\0" if options else b"")

    def section(self, *options: tuple[int, bytes], minor: int = 0) -> "Pcapng":
        fixed = struct.pack(self.order + "IHHq", 0x1A2B3C4D, 1, minor, -1)
        return self.block(0x0A0D0D0A, fixed + self.options(list(options)))

    def interface(self, link_type: int = ETHERNET, snaplen: int = 0, resolution: int | None = None,
                  offset: int | None = None, *options: tuple[int, bytes]) -> "Pcapng":
        found = list(options)
        if resolution is not None:
            found.append((9, bytes([resolution])))
        if offset is not None:
            found.append((14, struct.pack(self.order + "q", offset)))
        return self.block(1, struct.pack(self.order + "HHI", link_type, 0, snaplen) + self.options(found))

    def enhanced(self, interface: int, stamp: int, data: bytes, wire: int | None = None,
                 options: tuple[tuple[int, bytes], ...] = ()) -> "Pcapng":
        fixed = struct.pack(self.order + "IIIII", interface, stamp >> 32, stamp & 0xFFFFFFFF, len(data), wire or len(data))
        return self.block(6, fixed + data + b"\0" * (-len(data) % 4) + self.options(list(options)))

    def simple(self, data: bytes, wire: int | None = None) -> "Pcapng":
        return self.block(3, struct.pack(self.order + "I", wire or len(data)) + data)

    def obsolete(self, interface: int, stamp: int, data: bytes) -> "Pcapng":
        fixed = struct.pack(self.order + "HHIIII", interface, 9, stamp >> 32, stamp & 0xFFFFFFFF, len(data), len(data))
        return self.block(2, fixed + data)

    def names(self) -> "Pcapng":
        return self.block(4, struct.pack(self.order + "HH", 1, 9) + b"\x0a\0\0\1host\0\0\0\0" + b"\0\0\0\0")

    def statistics(self, interface: int) -> "Pcapng":
        return self.block(5, struct.pack(self.order + "III", interface, 0, 0))

    def custom(self, kind: int = 0xBAD) -> "Pcapng":
        return self.block(kind, struct.pack(self.order + "I", 32473) + b"payload!")


def start(order: str = "<", **interface) -> Pcapng:
    return Pcapng(order).section().interface(**interface)


def resolution_cases() -> dict[str, Pcapng]:
    """Stamps that Wireshark's 64-bit arithmetic holds: up to 10^10 and 2^34 units a second."""
    cases = {}
    for code in [0, 1, 3, 6, 7, 9, 10, 0x80, 0x80 | 1, 0x80 | 10, 0x80 | 20, 0x80 | 30, 0x80 | 33, 0x80 | 34]:
        units = 2 ** (code & 0x7F) if code & 0x80 else 10**code
        for order in "<>":
            file = start(order, resolution=code)
            for k, seconds in enumerate((5.123456789, 1000.5, 123456.000001)):
                file.enhanced(0, int(seconds * units), ethernet(1000 + k))
            cases[f"resolution_{code:#x}_{'big' if order == '>' else 'little'}"] = file
    return cases


def cases() -> dict[str, Pcapng]:
    us = MICROSECONDS
    one = start().enhanced(0, us, ethernet(1))
    big = start(">", resolution=9).enhanced(0, us * 1000 + 7, ethernet(2)).obsolete(0, us * 1000 + 9, ethernet(3))
    several = start().interface(RAW, 64).interface(SLL, 100, 9).enhanced(0, us, ethernet(1))
    several.enhanced(1, us + 1, tcp(2)[:64], 2000).enhanced(2, us * 1000 + 1500, cooked(3)).enhanced(0, us + 3, ethernet(4))
    late = start().enhanced(0, us, ethernet(1)).interface(RAW, 0, 9).enhanced(1, us * 1000 + 1, tcp(2))
    others = start().custom().enhanced(0, us, ethernet(1)).names().custom(0x40000BAD).statistics(0)
    others.block(0x77, b"unknown").block(10, struct.pack("<II", 0x544C534B, 4) + b"keys").enhanced(0, us + 1, ethernet(2)).block(9, b"__REALTIME_TIMESTAMP=1538000462883718\nMESSAGE=x\n").custom()
    others.enhanced(0, us + 2, ethernet(3))
    with_options = start().enhanced(0, us, ethernet(1), options=((1, b"a comment"), (2, b"\1\0\0\0"), (4, b"\0" * 8)))
    with_options.enhanced(0, us + 1, ethernet(2, 7))
    return {
        "one": one,
        "several_link_types": several,
        "interface_in_mid_file": late,
        "both_byte_orders": one + big + one,
        "little_after_big": big + one + big,
        "snaplens_differ": start(snaplen=60).interface(ETHERNET, 96).enhanced(0, us, ethernet(1)[:60], 90)
        .enhanced(1, us + 1, ethernet(2, 40)),
        "simple_packets": start(snaplen=54).simple(ethernet(1)[:54], 70).enhanced(0, us, ethernet(2)[:54], 60),
        "obsolete_packets": start(">").obsolete(0, us, ethernet(1)).obsolete(0, us - 5, ethernet(2)),
        "offsets": start(offset=100).interface(ETHERNET, 0, 9, -100).enhanced(0, us, ethernet(1))
        .enhanced(1, us * 1000, ethernet(2)).obsolete(0, us, ethernet(3)),
        "offset_big_endian": start(">", offset=-3600).enhanced(0, us, ethernet(1)),
        "other_blocks": others,
        "packet_options": with_options,
        "captured_more_than_on_the_wire": start().enhanced(0, us, ethernet(1), 54).enhanced(0, us, ethernet(2)),
        "minor_version_2": Pcapng().section(minor=2).interface().enhanced(0, us, ethernet(1)),
        "comments": Pcapng().section((1, b"one"), (1, b"two \x1b[31m")).interface(ETHERNET, 0, None, None, (2, b"eth0"))
        .enhanced(0, us, ethernet(1)),
        "odd_length": start().raw(struct.pack("<III", 0x77, 15, 0) + struct.pack("<I", 15)).enhanced(0, us, ethernet(1)),
        "old_raw_number": start(link_type=12).enhanced(0, us, tcp(1)),
        "cut_in_a_block": start().enhanced(0, us, ethernet(1)).raw(one.bytes[48:80]),
        "cut_in_a_head": start().enhanced(0, us, ethernet(1)).raw(b"\6\0\0"),
        "zeros_behind": start().enhanced(0, us, ethernet(1)).raw(bytes(64)),
        "unknown_interface": start().enhanced(0, us, ethernet(1)).enhanced(1, us, ethernet(2)).enhanced(0, us, ethernet(3)),
        "interface_of_the_section_before": one + Pcapng().section().enhanced(0, us, ethernet(2)),
        "lengths_differ": start().enhanced(0, us, ethernet(1)).raw(struct.pack("<IIII", 0x77, 16, 0, 20)),
        "custom_block_of_nobody": start().enhanced(0, us, ethernet(1)).block(0xBAD, b"").enhanced(0, us, ethernet(2)),
        **resolution_cases(),
    }
