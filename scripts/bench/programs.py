# SPDX-License-Identifier: Apache-2.0
"""Our two programs, and those that are measured beside them."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

VERSION_OPTION = {"tcpdump": "--version", "nfdump": "-V", "argus": "-h", "tcptrace": "-version", "tshark": "--version"}


@dataclass
class Programs:
    """Where they are."""

    binaries: Path
    # Leave out what takes minutes.
    quick: bool = False

    @property
    def extractor(self) -> Path:
        return self.binaries / "extractor"

    @property
    def analyzer(self) -> Path:
        return self.binaries / "analyzer"

    @property
    def limits_bench(self) -> Path:
        return self.binaries / "limits_bench"

    def has(self, *names: str) -> bool:
        """Whether all of these peers are installed."""
        return all(shutil.which(name) for name in names)

    def require(self) -> None:
        """Ends with what to do when our own are not built."""
        for program in (self.extractor, self.analyzer):
            if not program.is_file():
                raise SystemExit(f"{program} is not there: cmake --preset release -DPCAPSULE_BENCHMARKS=ON && "
                                 "cmake --build --preset release")


def said(*command: str | Path) -> str:
    """What a program prints, errors included; nothing when it is not there."""
    try:
        done = subprocess.run([str(part) for part in command], capture_output=True, text=True, errors="replace",
                              check=False, timeout=60)
    except OSError:
        return ""
    return done.stdout + done.stderr


def peer_versions() -> dict[str, str]:
    """The first number with a dot that each installed peer says of itself."""
    found = {}
    for name, option in VERSION_OPTION.items():
        number = re.search(r"\d+(\.\d+)+", said(name, option)) if shutil.which(name) else None
        found[name] = number[0] if number else "not installed"
    return found
