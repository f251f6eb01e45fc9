#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The Python reader of samples/python says the same as the analyzer.

usage: python_reader_test.py --bin DIR --root DIR
"""
from __future__ import annotations

import argparse
import collections
import pathlib
import sys
import tempfile

import tshark

SAMPLES = ["bulk_among_short.pcap.gz", "ipv6.pcapng", "reset_mid_transfer.pcap"]


def means_from_analyzer(binaries: pathlib.Path, record: str) -> list[str]:
    command = [str(binaries / "analyzer"), "packets", record, "-T", "fields", "-e", "tcp.stream", "-e", "tcp.len"]
    _, out, _ = tshark.run(command)
    lengths: dict[int, list[int]] = collections.defaultdict(list)
    for line in out.splitlines():
        stream, length = line.split("\t")
        if length:
            lengths[int(stream)].append(int(length))
    return [f"{stream}\t{len(all_)}\t{sum(all_) / len(all_):.3f}" for stream, all_ in sorted(lengths.items())]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True, type=pathlib.Path)
    parser.add_argument("--root", required=True, type=pathlib.Path)
    options = parser.parse_args()
    script = options.root / "samples" / "python" / "mean_payload.py"
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        for sample in SAMPLES:
            record = f"{folder}/{sample}.fb"
            tshark.run([str(options.bin / "extractor"), "-q", "-o", record, str(options.root / "samples" / sample)])
            status, out, message = tshark.run(["/usr/bin/python3", str(script), record])
            wanted = means_from_analyzer(options.bin, record)
            good = status == 0 and out.splitlines() == wanted and len(wanted) > 1
            print(f"{sample}: {len(wanted)} connections, {'equal' if good else 'DIFFERENT ' + message[-300:]}")
            bad += not good
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
