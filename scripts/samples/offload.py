# SPDX-License-Identifier: Apache-2.0
"""What a network card does with segments: cuts large ones, joins small ones, completes checksums. Pure."""

from __future__ import annotations

import struct
from typing import Any

VNET_HEADER_BYTES = 10
ETHERNET_BYTES = 14
FIN, SYN, RST, PUSH, ACK, CWR = 0x01, 0x02, 0x04, 0x08, 0x10, 0x80
# What Linux joins at most: one IPv4 packet.
MOST_JOINED_BYTES = 65_535
JOIN_WITHIN_NS = 200_000


def folded_sum(data: bytes, start: int = 0) -> int:
    """The ones' complement sum of RFC 1071."""
    if len(data) % 2:
        data += b"\0"
    total = start + sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def ip_header_bytes(frame: bytes) -> int | None:
    """The size of the IP header of an Ethernet frame with TCP directly behind it; None for any other frame."""
    ethertype = frame[12:14]
    if ethertype == b"\x08\x00" and len(frame) >= 34 and frame[23] == 6:
        return (frame[14] & 0x0F) * 4
    if ethertype == b"\x86\xdd" and len(frame) >= 54 and frame[20] == 6:
        return 40
    return None


def pseudo_header_sum(frame: bytes, segment_bytes: int) -> int:
    """The part of the TCP checksum that covers addresses, protocol and length."""
    addresses = frame[26:34] if frame[12:14] == b"\x08\x00" else frame[22:54]
    return folded_sum(addresses + struct.pack("!HH", 6, segment_bytes))


def finish_checksum(frame: bytes, start: int, offset: int) -> bytes:
    """Completes a checksum that the host left at the sum of its pseudo header."""
    complete = bytearray(frame)
    struct.pack_into("!H", complete, start + offset, ~folded_sum(bytes(frame[start:])) & 0xFFFF)
    return bytes(complete)


def set_ip_length(frame: bytearray, ip_bytes: int, segment_bytes: int) -> None:
    """The length field of the IP header, and its checksum if it has one."""
    if frame[12:14] == b"\x86\xdd":
        struct.pack_into("!H", frame, 18, segment_bytes)
        return
    struct.pack_into("!H", frame, 16, ip_bytes + segment_bytes)
    refresh_ip_checksum(frame, ip_bytes)


def refresh_ip_checksum(frame: bytearray, ip_bytes: int) -> None:
    """The header checksum of IPv4."""
    struct.pack_into("!H", frame, 24, 0)
    struct.pack_into("!H", frame, 24, ~folded_sum(bytes(frame[14 : 14 + ip_bytes])) & 0xFFFF)


def split_segment(frame: bytes, payload_bytes: int) -> list[bytes]:
    """The frames that a card with segmentation offload makes of a large one, `payload_bytes` each."""
    ip_bytes = ip_header_bytes(frame)
    if ip_bytes is None:
        return [frame]
    tcp_at = ETHERNET_BYTES + ip_bytes
    header_bytes = (frame[tcp_at + 12] >> 4) * 4
    (sequence,) = struct.unpack_from("!I", frame, tcp_at + 4)
    flags = frame[tcp_at + 13]
    headers, payload = frame[: tcp_at + header_bytes], frame[tcp_at + header_bytes :]
    pieces = []
    for number, start in enumerate(range(0, max(1, len(payload)), payload_bytes)):
        part = payload[start : start + payload_bytes]
        piece = bytearray(headers + part)
        last = start + payload_bytes >= len(payload)
        struct.pack_into("!I", piece, tcp_at + 4, (sequence + start) & 0xFFFFFFFF)
        piece[tcp_at + 13] = flags & ~((0 if last else FIN | PUSH) | (CWR if number else 0)) & 0xFF
        if frame[12:14] == b"\x08\x00":
            (ip_id,) = struct.unpack_from("!H", frame, 18)
            struct.pack_into("!H", piece, 18, (ip_id + number) & 0xFFFF)
        set_ip_length(piece, ip_bytes, header_bytes + len(part))
        struct.pack_into("!H", piece, tcp_at + 16, 0)
        start_sum = pseudo_header_sum(bytes(piece), header_bytes + len(part))
        struct.pack_into("!H", piece, tcp_at + 16, ~folded_sum(bytes(piece[tcp_at:]), start_sum) & 0xFFFF)
        pieces.append(bytes(piece))
    return pieces


def without_ip_id(frame: bytes) -> bytes:
    """The frame with an IPv4 ID of 0; any other frame as it is."""
    if ip_header_bytes(frame) is None or frame[12:14] != b"\x08\x00":
        return frame
    changed = bytearray(frame)
    struct.pack_into("!H", changed, 18, 0)
    refresh_ip_checksum(changed, (frame[14] & 0x0F) * 4)
    return bytes(changed)


class _Segment:
    """The fields that decide whether two segments may be joined."""

    def __init__(self, frame: bytes, wire_bytes: int) -> None:
        ip_bytes = ip_header_bytes(frame)
        self.usable = False
        if ip_bytes is None:
            return
        tcp_at = ETHERNET_BYTES + ip_bytes
        header_bytes = (frame[tcp_at + 12] >> 4) * 4
        if len(frame) < tcp_at + header_bytes:
            return
        self.tcp_at, self.ip_bytes, self.header_bytes = tcp_at, ip_bytes, header_bytes
        self.sequence, self.acknowledged = struct.unpack_from("!II", frame, tcp_at + 4)
        (field,) = struct.unpack_from("!H", frame, 16 if ip_bytes != 40 or frame[12:14] == b"\x08\x00" else 18)
        segment_bytes = field - ip_bytes if frame[12:14] == b"\x08\x00" else field
        self.payload_bytes = segment_bytes - header_bytes
        self.flags = frame[tcp_at + 13]
        addresses = frame[26:34] if frame[12:14] == b"\x08\x00" else frame[22:54]
        self.flow = addresses + frame[tcp_at : tcp_at + 4]
        self.options = frame[tcp_at + 20 : tcp_at + header_bytes]
        self.usable = self.payload_bytes > 0 and not self.flags & (FIN | SYN | RST) and wire_bytes > 60


def merge_received(records: list[Any]) -> list[Any]:
    """Joins neighbouring segments as receive offload does: same flow, ack and options, no gap, close in time.

    A record has `stamp_ns`, `frame`, `wire_bytes` and `number`. A joined record takes the place of its parts, whose
    `number` becomes its own when that is set. Returns the records that are left, in order.
    """
    kept: list[Any] = []
    open_joins: dict[bytes, tuple[Any, _Segment]] = {}
    for record in records:
        segment = _Segment(record.frame, record.wire_bytes)
        if not segment.usable:
            if hasattr(segment, "flow"):
                open_joins.pop(segment.flow, None)
            kept.append(record)
            continue
        head = open_joins.get(segment.flow)
        if head and may_join(head, record, segment):
            join(head, record, segment)
        else:
            kept.append(record)
            open_joins[segment.flow] = (record, segment)
        if segment.flags & PUSH:
            open_joins.pop(segment.flow, None)
    return kept


def may_join(head: tuple[Any, _Segment], record: Any, segment: _Segment) -> bool:
    """Whether a segment continues a joined one."""
    first, joined = head
    return (
        segment.sequence == (joined.sequence + joined.payload_bytes) & 0xFFFFFFFF
        and segment.acknowledged == joined.acknowledged
        and segment.options == joined.options
        and record.stamp_ns - first.stamp_ns <= JOIN_WITHIN_NS
        and joined.ip_bytes + joined.header_bytes + joined.payload_bytes + segment.payload_bytes <= MOST_JOINED_BYTES
    )


def join(head: tuple[Any, _Segment], record: Any, segment: _Segment) -> None:
    """Adds a segment to a joined one."""
    first, joined = head
    joined.payload_bytes += segment.payload_bytes
    frame = bytearray(first.frame)
    frame[joined.tcp_at + 13] |= segment.flags & PUSH
    set_ip_length(frame, joined.ip_bytes, joined.header_bytes + joined.payload_bytes)
    first.frame = bytes(frame)
    first.wire_bytes += segment.payload_bytes
    record.joined_to = first
