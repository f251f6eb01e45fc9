#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the programs against what makes a fault in them hard to use: position-independent, RELRO with immediate
binding, no executable stack, stack protector and, in optimised builds, fortified library calls.

usage: check_hardening.py [--fortified] PROGRAM...

Needs readelf (binutils). Exit 0 when every program has all of it, else 1.
"""
from __future__ import annotations

import argparse
import re
import subprocess
import sys


def readelf(option: str, program: str) -> str:
    return subprocess.run(["readelf", "--wide", option, program], capture_output=True, text=True, check=True).stdout


def faults_of(program: str, fortified: bool) -> list[str]:
    header, segments = readelf("--file-header", program), readelf("--program-headers", program)
    dynamic, symbols = readelf("--dynamic", program), readelf("--dyn-syms", program)
    stack = re.search(r"GNU_STACK.*", segments)
    holds = {
        "position-independent (PIE)": re.search(r"Type:\s+DYN", header) and "PIE" in dynamic and "INTERP" in segments,
        "read-only relocations (RELRO)": "GNU_RELRO" in segments,
        "immediate binding (BIND_NOW)": re.search(r"FLAGS_1.*\bNOW\b", dynamic),
        "no executable stack": stack and " RWE " not in stack.group(),
        "stack protector": "__stack_chk_fail" in symbols,
        "no path of libraries of its own": "RPATH" not in dynamic and "RUNPATH" not in dynamic,
    }
    if fortified:
        holds["fortified library calls"] = re.search(r"__\w+_chk@", symbols.replace("__stack_chk_fail", ""))
    return [what for what, found in holds.items() if not found]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fortified", action="store_true")
    parser.add_argument("programs", nargs="+", metavar="PROGRAM")
    options = parser.parse_args()
    faults = 0
    for program in options.programs:
        for what in faults_of(program, options.fortified):
            print(f"{program}: not built with: {what}")
            faults += 1
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
