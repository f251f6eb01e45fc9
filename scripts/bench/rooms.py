# SPDX-License-Identifier: Apache-2.0
"""Where the instructions of an extraction go, room by room: counted, so that noise does not touch them."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import captures
import table
from measure import Command, run
from programs import Programs, said

# Enough that starting up is about a hundredth.
SEGMENTS = 200_000
LINE = re.compile(r"^\s*([\d,]+) \(\s*[\d.]+%\)\s+(.*)$")
NAMESPACE = re.compile(r"pcapsule::(\w+)::")
SHOWN_ROOMS = {
    "capture": "extractor/capture: frames from libpcap",
    "decode": "extractor/decode",
    "track": "extractor/track",
    "write": "extractor/write: rows from segments",
    "container": "common/container: staging, columns, chunks",
    "pipeline": "extractor/pipeline: from room to room",
}
OTHERS = {
    "libpcap": "libpcap",
    "libc": "C library: reading the file, copying",
    "XXH3": "XXH3: checksums (the fingerprint counts in capture)",
    "other": "all else, starting up included",
}


def place_of(function: str) -> str:
    """Of a line of callgrind_annotate, `file:function [object]`; what is inlined belongs to where it is."""
    if "libpcap.so" in function or ":pcap_" in function:
        return "libpcap"
    if "XXH" in function:
        return "XXH3"
    room = NAMESPACE.search(function)
    if room and room[1] in SHOWN_ROOMS:
        return room[1]
    return "libc" if function.startswith("./") and "ld-linux" not in function else "other"


def count(programs: Programs, capture: Path, folder: Path) -> dict[str, int]:
    """Instructions by place. Raises OSError where valgrind cannot run the program, as one with sanitizers."""
    counted, record = folder / "callgrind.out", folder / "callgrind.fb"
    run(Command("callgrind", ["valgrind", "--tool=callgrind", f"--callgrind-out-file={counted}", programs.extractor,
                                 "-q", "--force", "-o", record, capture]))
    found: dict[str, int] = {}
    for line in said("callgrind_annotate", "--threshold=100", counted).splitlines():
        parsed = LINE.match(line)
        if parsed and "PROGRAM TOTALS" not in line:
            place = place_of(parsed[2])
            found[place] = found.get(place, 0) + int(parsed[1].replace(",", ""))
    counted.unlink()
    record.unlink()
    return found


def measure(programs: Programs, folder: Path) -> str:
    """Instructions a segment, of each kind of capture."""
    if shutil.which("valgrind") is None:
        return "Left out: valgrind is not installed."
    columns = {}
    for kind in captures.KINDS:
        segments = SEGMENTS // 10 if programs.quick else SEGMENTS
        made = captures.make(kind, segments, folder)
        if made is None:
            continue
        try:
            columns[kind.name] = {place: number / segments for place, number in count(programs, made.path, folder).items()}
        except OSError as error:
            return f"Left out: {error}"
        finally:
            made.remove()
    rows = [[text] + [f"{column.get(place, 0):.0f}" for column in columns.values()]
            for place, text in {**SHOWN_ROOMS, **OTHERS}.items()]
    rows.append(["**all**"] + [f"{sum(column.values()):.0f}" for column in columns.values()])
    return table.markdown(["instructions a segment", *columns], rows)
