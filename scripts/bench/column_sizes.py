#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Where the bytes of a record file are, as JSON.

usage: column_sizes.py FILE.fb

A program of its own, since NumPy would weigh on the memory that the others are measured with. Reads the file by
schema/FORMAT.md with the accessors that flatc makes of the schema, and compresses each column of all chunks as one with
`zstd -3` where that is installed. Needs flatc, python3-flatbuffers and python3-numpy.
"""

from __future__ import annotations

import importlib
import json
import mmap
import re
import shutil
import struct
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Iterator

import numpy as np

SCHEMA = Path(__file__).resolve().parents[2] / "schema" / "packet_record.fbs"
SIZE_PREFIX_BYTES, TRAILER_BYTES = 4, 32
KINDS = {1: "SegmentChunk", 2: "ConnectionChunk"}
VECTOR = re.compile(r"(\w+)AsNumpy")


def import_accessors(folder: str) -> None:
    subprocess.run(["flatc", "--python", "-o", folder, str(SCHEMA)], check=True)
    sys.path.insert(0, folder)


def table_at(kind: str, data: Any, offset: int) -> Any:
    module = importlib.import_module(f"pcapsule.fb.{kind}")
    return getattr(module, kind).GetRootAs(data, offset + SIZE_PREFIX_BYTES)


def field_name(accessor: str) -> str:
    """SeqAsNumpy -> seq, as in the schema."""
    return re.sub(r"(?<=.)(?=[A-Z])|(?<=[a-z])(?=[0-9])", "_", accessor).lower()


def vectors(chunk: Any) -> Iterator[tuple[str, np.ndarray]]:
    """The vectors of a chunk; an absent one reads as the integer 0."""
    for accessor in dir(chunk):
        found = VECTOR.fullmatch(accessor)
        values = getattr(chunk, accessor)() if found else 0
        if found and not isinstance(values, int):
            yield field_name(found[1]), values


def compressed_bytes(parts: list[np.ndarray]) -> int | None:
    """After `zstd -3`, all parts as one stream."""
    if shutil.which("zstd") is None:
        return None
    with tempfile.TemporaryFile() as out:
        with subprocess.Popen(["zstd", "-3", "-q", "-c"], stdin=subprocess.PIPE, stdout=out) as zstd:
            assert zstd.stdin is not None
            for part in parts:
                zstd.stdin.write(part.tobytes())
        return out.seek(0, 2)


def describe(data: Any) -> dict[str, Any]:
    catalog_offset, catalog_bytes = struct.unpack_from("<QQ", data, len(data) - TRAILER_BYTES)
    catalog = table_at("Catalog", data, catalog_offset)
    found: dict[str, Any] = {"file_bytes": len(data), "catalog_bytes": catalog_bytes}
    for kind, name in KINDS.items():
        columns: dict[str, list[np.ndarray]] = {}
        rows = size = 0
        for k in range(catalog.ChunkKindLength()):
            if catalog.ChunkKind(k) != kind:
                continue
            chunk = table_at(name, data, catalog.ChunkOffset(k))
            rows += chunk.Rows()
            size += catalog.ChunkBytes(k)
            for field, values in vectors(chunk):
                columns.setdefault(field, []).append(values)
        found[name] = {"rows": rows, "bytes": size, "columns": [
            {"name": field, "bytes": sum(part.nbytes for part in parts), "zstd_bytes": compressed_bytes(parts)}
            for field, parts in columns.items()]}
    return found


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as folder, open(sys.argv[1], "rb") as record:
        import_accessors(folder)
        data = mmap.mmap(record.fileno(), 0, access=mmap.ACCESS_READ)
        print(json.dumps(describe(data)))


if __name__ == "__main__":
    main()
