#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes a large pair of captures of a small one, for measurements.

    repeat_pair.py PAIR TARGET TIMES

PAIR and TARGET are folders of a pair (near.pcap, far.pcap). Each repetition follows the one before a tenth of a second
after it began, so that many overlap, and comes from another client address: its connections are others.
"""

from __future__ import annotations

import heapq
import ipaddress
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

sys.dont_write_bytecode = True

from frame_edit import Frame  # noqa: E402
from pair_variants import MAGIC_NANOSECONDS, read_capture  # noqa: E402

STEP_NS = 100_000_000
FIRST_CLIENT = int(ipaddress.ip_address("10.0.0.1"))

# Time, repetition, place in the capture, frame, size on the wire.
Entry = tuple[int, int, int, bytes, int]


def repetition(number: int, records: list[tuple[int, Frame, int]], client: bytes) -> Iterator[Entry]:
    """The TCP frames of a capture, later and from another client."""
    address = struct.pack("!I", FIRST_CLIENT + number)
    for place, (stamp_ns, frame, wire_bytes) in enumerate(records):
        changed = Frame(bytes(frame.data))
        changed.set_address(26 if frame.data[26:30] == client else 30, address)
        yield stamp_ns + number * STEP_NS, number, place, bytes(changed.data), wire_bytes


def main() -> int:
    """Repeats both captures."""
    if len(sys.argv) != 4:
        print((__doc__ or "").split("\n\n")[1].strip(), file=sys.stderr)
        return 2
    source, target, times = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    target.mkdir(parents=True, exist_ok=True)
    for side in ("near", "far"):
        records, snaplen = read_capture(source / f"{side}.pcap")
        segments = [(one.stamp_ns, Frame(one.frame), one.wire_bytes) for one in records]
        segments = sorted((one for one in segments if one[1].tcp_at is not None), key=lambda one: one[0])
        client = bytes(segments[0][1].data[26:30])
        count = 0
        with open(target / f"{side}.pcap", "wb") as out:
            out.write(struct.pack("<IHHiIII", MAGIC_NANOSECONDS, 2, 4, 0, 0, snaplen, 1))
            for entry in heapq.merge(*(repetition(number, segments, client) for number in range(times))):
                stamp_ns, _, _, frame, wire_bytes = entry
                out.write(struct.pack("<IIII", *divmod(stamp_ns, 1_000_000_000), len(frame), wire_bytes) + frame)
                count += 1
        print(f"{side}: {count} segments")
    return 0


if __name__ == "__main__":
    sys.exit(main())
