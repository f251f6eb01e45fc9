# SPDX-License-Identifier: Apache-2.0
"""Doubles captures as a mirror port does that sees each frame where it comes in and where it goes out."""
from __future__ import annotations

import pathlib
import struct
import subprocess

NANOSECOND_MAGIC = 0xA1B23C4D
ETHERNET = 1
IPV4, IPV6, VLAN = 0x0800, 0x86DD, 0x8100


def frames_of(capture: pathlib.Path, scratch: pathlib.Path) -> tuple[int, list[tuple[int, bytes, int]]] | None:
    """Link type, and time in ns, bytes and wire length of every frame; None: not one of a plain pcap."""
    plain = scratch / "plain.pcap"
    done = subprocess.run(["editcap", "-F", "nsecpcap", capture, plain], capture_output=True)
    if done.returncode != 0:
        return None
    data = plain.read_bytes()
    magic, _, _, _, _, _, link = struct.unpack_from("=IHHiIII", data)
    if magic != NANOSECOND_MAGIC:
        return None
    frames, at = [], 24
    while at + 16 <= len(data):
        seconds, nanoseconds, captured, wire = struct.unpack_from("=IIII", data, at)
        frames.append((seconds * 10**9 + nanoseconds, data[at + 16 : at + 16 + captured], wire))
        at += 16 + captured
    return link, frames


def copy_of(frame: bytes, link: int, tag: bool) -> bytes:
    """The frame with other hardware addresses and one hop less, in another VLAN where `tag` says so."""
    if link != ETHERNET or len(frame) < 34:
        return frame
    out = bytearray(frame)
    out[5] ^= 0x55
    out[11] ^= 0x33
    at, kind = 14, struct.unpack_from("!H", frame, 12)[0]
    while kind == VLAN and at + 4 <= len(frame):
        kind = struct.unpack_from("!H", frame, at + 2)[0]
        at += 4
    if kind == IPV4 and len(frame) > at + 8:
        out[at + 8] = (out[at + 8] - 1) % 256
    if kind == IPV6 and len(frame) > at + 7:
        out[at + 7] = (out[at + 7] - 1) % 256
    if tag:
        out[12:12] = struct.pack("!HH", VLAN, 0x0123)
    return bytes(out)


def doubled(capture: pathlib.Path, out: pathlib.Path, delay_ns: int, late: bool, tag: bool,
            scratch: pathlib.Path) -> dict[int, int] | None:
    """Writes `capture` to `out` with each frame twice, the copy `delay_ns` later: right behind it, or before the
    first frame that is later than it. Yields the new number of every frame; None: the capture is not one of a plain pcap."""
    read = frames_of(capture, scratch)
    if read is None:
        return None
    link, frames = read
    both = []
    waiting = []  # copies, in the order of the frames
    for number, (time, data, wire) in enumerate(frames, 1):
        while waiting and (not late or waiting[0][0] < time):
            both.append(waiting.pop(0))
        copy = copy_of(data, link, tag)
        both.append((time, number, data, wire))
        waiting.append((time + delay_ns, 0, copy, wire + len(copy) - len(data)))
    both += waiting
    place: dict[int, int] = {}
    with out.open("wb") as file:
        file.write(struct.pack("=IHHiIII", NANOSECOND_MAGIC, 2, 4, 0, 0, 0x40000, link))
        for position, (time, number, data, wire) in enumerate(both, 1):
            if number:
                place[number] = position
            file.write(struct.pack("=IIII", time // 10**9, time % 10**9, len(data), wire) + data)
    return place
