# SPDX-License-Identifier: Apache-2.0
"""What a run was made with, so that figures can be compared with those of another day."""

from __future__ import annotations

import os
import platform
import re
from pathlib import Path

import table
from programs import Programs, peer_versions, said

ROOT = Path(__file__).resolve().parents[2]


def first_value(file: str, name: str) -> str:
    """The first `name : value` of a file in /proc."""
    for line in Path(file).read_text(encoding="utf-8").splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return "unknown"


def cached(binaries: Path, name: str) -> str:
    """A variable of the build; empty where its cache is not beside the programs."""
    cache = binaries.parent / "CMakeCache.txt"
    found = re.search(rf"^{name}:\w+=(.*)$", cache.read_text(encoding="utf-8"), re.M) if cache.is_file() else None
    return found[1] if found else ""


def compiler(binaries: Path) -> str:
    path = cached(binaries, "CMAKE_CXX_COMPILER")
    version = said(path, "--version").splitlines() if path else []
    return f"{version[0] if version else 'unknown'}, {cached(binaries, 'CMAKE_BUILD_TYPE') or 'unknown build'}"


def commit() -> str:
    found = said("git", "-C", ROOT, "describe", "--always", "--dirty", "--abbrev=12").strip()
    return found if re.fullmatch(r"[\w.-]+", found) else "unknown"


def page_cache_folder(folder: Path) -> str:
    """The file system of the captures and record files."""
    found = said("stat", "-f", "-c", "%T", folder).strip()
    return found or "unknown"


def describe(programs: Programs, folder: Path, runs: int) -> str:
    """The table, with the load of the machine: of figures from a busy one only the least are worth anything."""
    versions = said(programs.extractor, "--version").splitlines()
    memory_kb = int(first_value("/proc/meminfo", "MemTotal").split()[0])
    rows = [
        ["processor", f"{first_value('/proc/cpuinfo', 'model name')}, {len(os.sched_getaffinity(0))} cores"],
        ["memory", f"{memory_kb / 1e6:.0f} GB"],
        ["kernel", f"{platform.system()} {platform.release().partition('-')[0]}"],
        ["file system", page_cache_folder(folder)],
        ["compiler", compiler(programs.binaries)],
        ["pcapsule", f"{versions[0].split()[-1]}, commit {commit()}"],
        ["libraries", "; ".join(versions[2:])],
        ["peers", ", ".join(f"{name} {version}" for name, version in peer_versions().items())],
        ["runs", f"median of {runs}, variants in turn; load of the machine at the start {os.getloadavg()[0]:.1f}"],
    ]
    return table.markdown(["", "this run"], rows).replace("---:", "---")
