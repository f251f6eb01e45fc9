# SPDX-License-Identifier: Apache-2.0
"""The captures that are measured: made here, or given."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from measure import Command, needed

MAKER = Path(__file__).resolve().parent.parent / "make_capture.py"
# Beside a capture there is room for its record file and what the peers write.
ROOM_RATIO = 3


@dataclass
class Kind:
    """A capture that scripts/make_capture.py makes."""

    name: str
    text: str
    options: list[str]
    segments: int
    frame_bytes: int
    # Peers with a kilobyte and more a connection would take all memory.
    light_peers_only: bool = False


KINDS = [
    Kind("small", "short connections whose ports are used again, snaplen 96", ["--varied", "--snaplen", "96"], 2_570_000, 108),
    Kind("bulk", "downloads of full segments, full payload", ["--kind", "bulk"], 1_000_000, 1048),
    Kind("loss", "downloads with every hundredth segment lost, SACK, snaplen 96", ["--kind", "loss"], 2_500_000, 103),
    Kind("ipv6", "as small, of IPv6, snaplen 116", ["--varied", "--ipv6", "--snaplen", "116"], 2_500_000, 128),
    Kind("flood", "SYNs, each of endpoints of its own", ["--kind", "flood"], 10_000_000, 82, True),
]


@dataclass
class Capture:
    """A capture in the folder of this run, where it may be touched."""

    name: str
    text: str
    path: Path
    light_peers_only: bool = False

    def remove(self) -> None:
        """Makes room for the next one."""
        self.path.unlink(missing_ok=True)


def has_room(folder: Path, size_bytes: int) -> bool:
    return shutil.disk_usage(folder).free > size_bytes * ROOM_RATIO


def make(kind: Kind, segments: int, folder: Path) -> Capture | None:
    """A capture of `segments` segments; nothing where the disk is too small for it."""
    if not has_room(folder, segments * kind.frame_bytes):
        return None
    path = folder / f"{kind.name}.pcap"
    needed(Command("make", [sys.executable, MAKER, *kind.options, "--segments", str(segments), path]))
    return Capture(kind.name, f"{kind.text}; {segments:,} segments, {path.stat().st_size / 1e6:,.0f} MB", path,
                   kind.light_peers_only)


def copy(given: Path, folder: Path) -> Capture | None:
    """A copy of a capture that somebody gave: theirs stays as it is, its time of change included."""
    size = given.stat().st_size
    if not has_room(folder, size):
        return None
    path = folder / given.name
    shutil.copyfile(given, path)
    return Capture(given.name, f"{size / 1e6:,.1f} MB", path)
