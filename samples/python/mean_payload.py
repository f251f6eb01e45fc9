#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A second reader of the record file, written from schema/FORMAT.md alone.

usage: mean_payload.py FILE.fb

Prints, for each connection, its number, its segments of known payload length, and
the mean payload length in bytes. Needs flatc, python3-flatbuffers and python3-numpy;
with python3-xxhash it also checks every checksum that it relies on.
"""
from __future__ import annotations

import pathlib
import struct
import subprocess
import sys
import tempfile

import numpy as np

try:
    import xxhash
except ImportError:  # checked only where the package is there
    xxhash = None

SCHEMA = pathlib.Path(__file__).resolve().parents[2] / "schema" / "packet_record.fbs"
LENGTH_UNKNOWN = 1 | 2 | 64
NO_SEGMENT = 2 | 64 | 128
SEGMENTS = 1


def import_accessors():
    """flatc makes the Python accessors of the schema; they are not worth keeping."""
    folder = tempfile.TemporaryDirectory()
    subprocess.run(["flatc", "--python", "-o", folder.name, str(SCHEMA)], check=True)
    sys.path.insert(0, folder.name)
    from pcapsule.fb import Catalog, SegmentChunk  # noqa: PLC0415
    return folder, Catalog.Catalog, SegmentChunk.SegmentChunk


def checked(data: bytes, begin: int, end: int, expected: int) -> None:
    """FORMAT.md section 5."""
    if xxhash is not None and xxhash.xxh3_64_intdigest(data[begin:end]) != expected:
        sys.exit(f"bytes {begin} to {end} do not match their checksum")


def find_catalog(data: bytes) -> tuple[int, int]:
    """FORMAT.md section 2: header, trailer, catalog."""
    if data[:8] != b"PCAPSULE" or len(data) < 48:
        sys.exit("not a record file")
    version, = struct.unpack_from("<I", data, 8)
    if version != 1:
        sys.exit(f"format version {version}; this script knows version 1")
    offset, size, digest, magic = struct.unpack("<QQQ8s", data[-32:])
    if magic != b"ELUSPACP":
        sys.exit("no trailer: the extractor did not finish")
    checked(data, offset, offset + size, digest)
    return offset, size


class Chunk:
    """The columns of one segment chunk as NumPy arrays, each checked on first use."""

    def __init__(self, data: bytes, table, offset: int, regions: list[tuple[int, int, int]]):
        self.data, self.table, self.regions, self.rows = data, table, regions, table.Rows()
        checked(data, offset, regions[0][1], regions[0][2])

    def vector(self, name: str):
        """FORMAT.md section 7: an absent vector reads as the integer 0."""
        values = getattr(self.table, name + "AsNumpy")()
        if isinstance(values, int):
            return None
        first = values.__array_interface__["data"][0] - np.frombuffer(self.data, np.uint8).__array_interface__["data"][0]
        for begin, end, digest in self.regions:
            if begin == first - 4:
                checked(self.data, begin, end, digest)
                return values
        return sys.exit(f"column {name} lies outside the regions of the catalog")

    def column(self, name: str):
        """FORMAT.md section 3: a vector, a wide one, or one value for all rows."""
        values = self.vector(name)
        if values is None and hasattr(self.table, name + "WideAsNumpy"):
            values = self.vector(name + "Wide")
        return np.full(self.rows, getattr(self.table, name + "All")()) if values is None else values


def segment_chunks(data: bytes, catalog, chunk_type):
    """The segment chunks in file order."""
    region_end, region_xxh3 = catalog.RegionEndAsNumpy(), catalog.RegionXxh3AsNumpy()
    for k in range(catalog.ChunkKindLength()):
        if catalog.ChunkKind(k) != SEGMENTS:
            continue
        offset = catalog.ChunkOffset(k)
        first, end = catalog.RegionFirst(k), catalog.RegionFirst(k + 1)
        ends = [offset + int(e) for e in region_end[first:end]]
        regions = list(zip([offset, *ends], ends, (int(x) for x in region_xxh3[first:end])))
        yield Chunk(data, chunk_type.GetRootAs(data, offset + 4), offset, regions)


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder, catalog_type, chunk_type = import_accessors()
    data = pathlib.Path(sys.argv[1]).read_bytes()
    offset, _ = find_catalog(data)
    catalog = catalog_type.GetRootAs(data, offset + 4)

    segments: dict[int, int] = {}
    payload: dict[int, int] = {}
    for chunk in segment_chunks(data, catalog, chunk_type):
        odd = chunk.column("Oddities")
        counted = (odd & (LENGTH_UNKNOWN | NO_SEGMENT)) == 0
        numbers = chunk.column("Connection")[counted].astype(np.int64)
        lengths = chunk.column("Payload")[counted].astype(np.int64)
        for number in np.unique(numbers):
            mine = numbers == number
            segments[int(number)] = segments.get(int(number), 0) + int(mine.sum())
            payload[int(number)] = payload.get(int(number), 0) + int(lengths[mine].sum())
    for number in sorted(segments):
        print(f"{number}\t{segments[number]}\t{payload[number] / segments[number]:.3f}")
    folder.cleanup()


if __name__ == "__main__":
    main()
