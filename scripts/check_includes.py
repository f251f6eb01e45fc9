#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds every #include against the include table: which room may use what.

usage: check_includes.py [ROOT]

A room may include itself, the rooms of its row, the standard library, and the
third-party headers of its row; anything else is an error. CONTRIBUTING.md shows
the same table to people. Exit 0 when every include is allowed, else 1.
"""
from __future__ import annotations

import pathlib
import re
import sys

COMMON = ["common/base", "common/bytes", "common/net"]
FORMAT = [*COMMON, "common/format", "common/record"]

# Room: rooms it may include, longest prefix wins; then its third-party headers.
TABLE: dict[str, tuple[list[str], list[str]]] = {
    "common/base": ([], []),
    "common/bytes": (["common/base"], []),
    "common/hash": (["common/base", "common/bytes"], ["xxhash.h", "xxh_x86dispatch.h"]),
    "common/net": (["common/base", "common/bytes"], ["arpa/inet.h"]),
    "common/format": (["common/base"], []),
    "common/record": ([*COMMON, "common/format"], []),
    "common/io": (["common/base", "common/bytes"], ["fcntl.h", "unistd.h", "sys/"]),
    "common/text": (["common/base"], []),
    "common/version": ([], []),
    "common/container": ([*FORMAT, "common/hash", "schema"], ["flatbuffers/"]),
    "extractor/capture": (
        [*COMMON, "common/hash", "common/io", "common/text"],
        ["pcap", "zlib.h", "zstd", "lz4", "fcntl.h", "poll.h", "unistd.h", "sys/", "stdio_ext.h"],
    ),
    "extractor/decode": (COMMON, []),
    "extractor/track": ([*FORMAT, "common/hash", "extractor/decode"], []),
    "extractor/write": ([*FORMAT, "common/container", "common/hash", "extractor/decode", "extractor/track"], []),
    "extractor/cache": (
        [*FORMAT, "common/io", "common/container", "extractor/capture"],
        ["sys/"],
    ),
    "extractor/pipeline": (
        [*FORMAT, "common/container", "common/hash", "common/io", "common/version", "extractor/capture", "extractor/decode",
         "extractor/track", "extractor/write"],
        ["sched.h", "fcntl.h", "unistd.h", "sys/"],
    ),
    "extractor/cli": (["common", "extractor"], ["boost/program_options", "unistd.h", "sys/", "signal.h", "pcap", "zlib.h", "fcntl.h"]),
    "extractor": (["extractor/cli", "common/base"], []),
    "analyzer/read": ([*FORMAT, "common/io", "common/container", "schema"], ["flatbuffers/"]),
    "analyzer/select": (
        [*FORMAT, "common/text", "analyzer/read", "analyzer/analysis", "analyzer/analysis/compare", "analyzer/fields",
         "analyzer/filter"], []),
    "analyzer/filter": (
        [*FORMAT, "common/text", "analyzer/read", "analyzer/analysis", "analyzer/fields"], ["pcre2.h"]),
    "analyzer/analysis": ([*FORMAT, "common/hash", "analyzer/read"], []),
    "analyzer/analysis/compare": ([*FORMAT, "common/hash", "analyzer/read", "analyzer/analysis"], []),
    "analyzer/compare": (
        [*FORMAT, "analyzer/read", "analyzer/analysis", "analyzer/analysis/compare", "analyzer/select"], []),
    "analyzer/subset": ([*FORMAT, "common/container", "analyzer/read", "analyzer/analysis", "analyzer/select"], []),
    # Not a second telling of the tracker's rules.
    "analyzer/verify": (
        [*FORMAT, "common/hash", "analyzer/read", "analyzer/analysis", "extractor/decode", "extractor/track",
         "extractor/write"], []),
    "analyzer/fields": ([*FORMAT, "common/text", "analyzer/read", "analyzer/analysis"], []),
    "analyzer/report": (
        [*FORMAT, "common/text", "analyzer/read", "analyzer/analysis", "analyzer/analysis/compare", "analyzer/compare",
         "analyzer/fields", "analyzer/select"],
        ["unistd.h", "poll.h"],
    ),
    "analyzer/plot": (
        [*FORMAT, "common/io", "common/text", "analyzer/read", "analyzer/analysis", "analyzer/analysis/compare",
         "analyzer/select", "analyzer/report"],
        ["unistd.h", "spawn.h", "poll.h", "sys/"],
    ),
    "analyzer/cli": (["common", "analyzer"], ["boost/program_options", "fcntl.h", "unistd.h", "sys/"]),
    "analyzer": (["analyzer/cli", "common/base"], []),
}

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
STANDARD = re.compile(r"^[a-z_]+$|^c[a-z]+$|^(std(int|io|lib|arg)|string|time|errno)\.h$")


def room_of(path: str) -> str:
    """The longest row of the table that `path` lies in."""
    rows = [room for room in TABLE if path == room or path.startswith(room + "/")]
    return max(rows, key=len, default="")


def is_allowed(room: str, bracket: str, header: str) -> bool:
    rooms, third_party = TABLE[room]
    if any(header.startswith(prefix) for prefix in third_party):
        return True
    if bracket == "<":
        return STANDARD.match(header) is not None
    target = "schema" if header.startswith("schema/") else room_of(header)
    if target == room or target in rooms:
        return True
    return any(target.startswith(prefix + "/") for prefix in rooms if prefix in ("common", "extractor", "analyzer"))


def main() -> int:
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent)
    faults: list[str] = []
    files = 0
    for top in ("common", "extractor", "analyzer"):
        for path in sorted((root / top).rglob("*")):
            if path.suffix not in (".h", ".cc") and not path.name.endswith(".cc.in"):
                continue
            files += 1
            place = path.relative_to(root).as_posix()
            room = room_of(path.parent.relative_to(root).as_posix())
            if not room:
                faults.append(f"{place}: this folder has no row in the include table")
                continue
            for number, line in enumerate(path.read_text().splitlines(), 1):
                match = INCLUDE.match(line)
                if match and not is_allowed(room, match[1], match[2]):
                    faults.append(f"{place}:{number}: {room} may not include {match[2]}")
    for fault in faults:
        print(fault)
    print(f"{files} files, {len(faults)} faults")
    return 1 if faults or files == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
