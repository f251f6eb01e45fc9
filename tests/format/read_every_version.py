#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reads the kept record files of every released format version.

usage: read_every_version.py --bin DIR

tests/format/vN/NAME.fb is a record file of format version N, never made anew;
NAME.txt beside it is what the analyzer said of it on the day it was kept. Newer
programs have to say the same.
"""
from __future__ import annotations

import argparse
import pathlib
import re
import struct
import subprocess
import sys

FIELDS = """frame.number frame.time_epoch frame.len frame.cap_len ip.src ip.dst ipv6.src ipv6.dst tcp.srcport
tcp.dstport tcp.stream tcp.flags tcp.seq_raw tcp.ack_raw tcp.seq tcp.ack tcp.len tcp.hdr_len tcp.window_size_value
tcp.window_size pcapsule.direction pcapsule.client pcapsule.server""".split()


def said(analyzer: pathlib.Path, record: pathlib.Path) -> str:
    command = [str(analyzer), "packets", str(record), "-T", "fields"]
    for field in FIELDS:
        command += ["-e", field]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else f"status {done.returncode}: {done.stderr}"


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True, type=pathlib.Path)
    options = parser.parse_args()
    analyzer = options.bin / "analyzer"
    records = sorted(pathlib.Path(__file__).parent.glob("v*/*.fb"))
    bad = 0
    for record in records:
        version, = struct.unpack_from("<I", record.read_bytes(), 8)
        faults = []
        if version != int(re.sub(r"\D", "", record.parent.name)):
            faults.append(f"is of format version {version}")
        if said(analyzer, record) != record.with_suffix(".txt").read_text():
            faults.append("reads differently than on the day it was kept")
        verified = subprocess.run([str(analyzer), "verify", str(record)], capture_output=True, text=True, check=False)
        if verified.returncode != 0:
            faults.append(f"does not verify: {verified.stderr.strip()}")
        print(f"{record.parent.name}/{record.name}: {'; '.join(faults) or 'good'}")
        bad += bool(faults)
    return 1 if bad or not records else 0


if __name__ == "__main__":
    sys.exit(main())
