#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds `analyzer windows` against an independent computation from fields of tshark.

usage: windows_test.py --bin DIR --root DIR --expected FILE

For every ordinary connection (as listing_test.py takes it) of PCAPSULE_CAPTURES/real, of micro and of the samples:
count, least, median and greatest window by side and second; every stall with its frames, duration and probes; samples,
totals, dips, window full and the time limited of each side. Every segment that tshark labels as window full must count
as one here. FILE lists the captures whose stream numbers differ, as fields_test.py reads it.
"""
from __future__ import annotations

import argparse
import collections
import csv
import io
import pathlib
import statistics
import sys
import tempfile

import listing_test
import tshark
from fields_test import Expected
from listing_test import ACK, FIN, RST, SYN, Segment

FIELDS = [*listing_test.FIELDS, "tcp.analysis.window_full", "frame.len", "frame.cap_len"]
NS = 10**9
LEAST_CAPTURES, LEAST_STALLS, LEAST_DIPS = 10, 4, 2
DIP_FACTOR, DIP_WINDOW, DIP_LEAST = 0.5, 255, 5


def ns(segment: Segment) -> int:
    return int(segment.time * NS)


def shifts_of(segments: list[Segment], cut: set[int]) -> dict[str, int] | None:
    """By side; None: the scale is not certain, or a SYN was cut, maybe in its options."""
    client, server = segments[0].source, segments[0].target
    if any(s.has(SYN) and s.frame in cut for s in segments):
        return None
    offers = {s.source: s.shift for s in segments if s.has(SYN)}
    if offers[client] is None or (server in offers and offers[server] is None):
        return {client: 0, server: 0}
    return {side: min(offers[side], 14) for side in (client, server)} if server in offers else None


def samples_of(segments: list[Segment], side: str, shifts: dict[str, int] | None) -> list[tuple[Segment, int]]:
    if shifts is None:
        return []
    return [(s, s.window << shifts[side]) for s in segments if s.source == side and not s.has(SYN | RST)]


def stalls_of(segments: list[Segment], side: str) -> list[tuple[int, int, int, int, int]]:
    """First and last frame, duration, open, probes."""
    found: list[tuple[int, int, int, int, int]] = []
    begin, i = None, 0
    sent_end: int | None = None  # of the other side
    probes = 0
    for i, s in enumerate(segments):
        if s.has(RST):
            continue
        if s.source == side:
            if begin is None and s.window == 0 and not s.has(SYN | FIN):
                begin, probes = s, 0
            elif begin is not None and s.window > 0 and not s.has(SYN):
                found.append((begin.frame, s.frame, ns(s) - ns(begin), 0, probes))
                begin = None
            if s.has(ACK) and (sent_end is None or 0 < (s.ack - sent_end) % 2**32 < 2**31):
                sent_end = s.ack
            continue
        if begin is not None and sent_end is not None and not s.has(SYN | FIN):
            behind = (sent_end - s.seq) % 2**32
            probes += (behind == 0 and s.payload == 1) or (behind == 1 and s.payload <= 1)
        end = (s.seq + s.payload + s.has(SYN) + s.has(FIN)) % 2**32
        if s.has(SYN) or sent_end is None or 0 < (end - sent_end) % 2**32 < 2**31:
            sent_end = end
    if begin is not None:
        found.append((begin.frame, segments[-1].frame, ns(segments[-1]) - ns(begin), 1, probes))
    return found


def after(a: int, b: int) -> bool:
    """Does sequence number a come after b?"""
    return 0 < (a - b) % 2**32 < 2**31


def limits_of(segments: list[Segment], side: str, shifts: dict[str, int]) -> tuple[int, int, int]:
    """Segments of the other side at window full, those beyond, and nanoseconds that it was held up."""
    acked = edge = sent_end = limit = None
    stalled, full, beyond, total, since = False, 0, 0, 0, None
    for s in segments:
        if s.has(RST):
            continue
        stop = False
        if s.source == side:
            zero = s.window == 0 and not s.has(SYN | FIN)
            stalled = zero or (stalled and (s.window == 0 or s.has(SYN)))
            if s.has(ACK) and (acked is None or not after(acked, s.ack)):
                acked, edge = s.ack, (s.ack + (s.window << (0 if s.has(SYN) else shifts[side]))) % 2**32
                sent_end = s.ack if sent_end is None or after(s.ack, sent_end) else sent_end
                if since is not None and after(edge, limit):
                    total, since = total + ns(s) - since, None
                stop = zero
        else:
            end = (s.seq + s.payload + s.has(SYN) + s.has(FIN)) % 2**32
            if s.has(SYN):
                total, since = total + (ns(s) - since if since is not None else 0), None
                acked, edge, sent_end = None, None, end
            elif stalled and not s.has(FIN) and sent_end is not None and (sent_end - s.seq) % 2**32 + s.payload in (1, 2) and (
                    (sent_end - s.seq) % 2**32 <= 1 >= s.payload):
                pass  # a probe
            elif s.payload and edge == (s.seq + s.payload) % 2**32:
                full += 1
                stop = True
            elif s.payload and edge is not None and after((s.seq + s.payload) % 2**32, edge):
                beyond += 1
                total, since = total + (ns(s) - since if since is not None else 0), None
            sent_end = end if sent_end is None or after(end, sent_end) else sent_end
        if stop and since is None:
            since, limit = ns(s), edge
    return full, beyond, total + (ns(segments[-1]) - since if since is not None else 0)


def dips_of(samples: list[tuple[Segment, int]]) -> list[tuple[int, int, int, int, int]]:
    """First, lowest and last frame, least window, median."""
    found: list[tuple[int, int, int, int, int]] = []
    history: list[int] = []
    below: list[tuple[Segment, int]] = []
    median = 0
    for sample in samples:
        s, window = sample
        if not below and len(history) >= DIP_LEAST:
            median = statistics.median_low(history[-DIP_WINDOW:])
        if (below or len(history) >= DIP_LEAST) and window < DIP_FACTOR * median:
            if len(below) < DIP_WINDOW:
                below.append(sample)
                continue
            history = []
        elif below:
            lowest = min(below, key=lambda b: (b[1], b[0].frame))
            found.append((below[0][0].frame, lowest[0].frame, s.frame, lowest[1], median))
        below = []
        history.append(window)
    return found


def table(binaries: pathlib.Path, record: str, *options: str) -> list[dict[str, str]]:
    status, out, message = tshark.run([str(binaries / "analyzer"), "windows", record, "--keep-duplicates", "-T", "csv", *options])
    if status != 0:
        sys.exit(f"analyzer windows {' '.join(options)} ended with {status}: {message}")
    return list(csv.DictReader(io.StringIO(out, newline="")))


def by_side(rows: list[dict[str, str]]) -> dict[tuple[int, str], list[dict[str, str]]]:
    found: dict[tuple[int, str], list[dict[str, str]]] = collections.defaultdict(list)
    for row in rows:
        found[int(row["tcp.stream"]), row["side"]].append(row)
    return found


def numbers(rows: list[dict[str, str]], *columns: str) -> list[tuple[int | None, ...]]:
    return [tuple(int(row[c]) if row[c] else None for c in columns) for row in rows]


def trend_of(segments: list[Segment], samples: list[tuple[Segment, int]]) -> list[tuple[int | None, ...]]:
    start = ns(segments[0])
    seconds = [(ns(s) - start) // NS for s in segments]
    found: list[tuple[int | None, ...]] = []
    for second in range(min(seconds), max(seconds) + 1):
        here = [w for s, w in samples if (ns(s) - start) // NS == second]
        known = (min(here), statistics.median_low(here), max(here)) if here else (None,) * 3
        found.append((second * NS, len(here), *known))
    return found


class Comparison:
    def __init__(self) -> None:
        self.captures = self.sides = self.stalls = self.dips = self.buckets = self.full = self.counted = self.faults = 0

    def hold(self, what: str, want: object, got: object) -> None:
        if want == got:
            return
        self.faults += 1
        if self.faults <= 20:
            print(f"{what}: wanted {want}, printed {got}")

    def side(self, what: str, segments: list[Segment], full: set[int], cut: set[int], side: str, got: dict[str, list[dict[str, str]]]) -> None:
        shifts = shifts_of(segments, cut)
        samples, stalls = samples_of(segments, side, shifts), stalls_of(segments, side)
        durations = [s[2] for s in stalls]
        windows = [w for _, w in samples]
        dips = dips_of(samples)
        self.sides += 1
        self.stalls += len(stalls)
        self.dips += len(dips)
        self.hold(f"{what} stalls", stalls, [
            row for row in numbers(got["stalls"], "first_frame", "last_frame", "duration_ns", "open", "probes")])
        self.hold(f"{what} dips", dips, numbers(
            got["dips"], "first_frame", "lowest_frame", "recovered_frame", "window_min_bytes", "rolling_median_bytes"))
        # A bucket of a second a line; some captures are of days.
        if (ns(segments[-1]) - ns(segments[0])) // NS < 10_000:
            trend = trend_of(segments, samples) if shifts is not None else []
            self.buckets += sum(1 for row in trend if row[1])
            self.hold(f"{what} trend", trend, numbers(
                got["trend"], "since_start_ns", "samples", "window_min_bytes", "window_median_bytes", "window_max_bytes"))
        summary = numbers(got["summary"], "samples", "window_min_bytes", "window_median_bytes", "window_max_bytes",
                          "stalls", "stall_total_ns", "stall_longest_ns", "probes")
        known = (min(windows), statistics.median_low(windows), max(windows)) if windows else (None,) * 3
        self.hold(f"{what} summary", [(len(samples), *known, len(stalls), sum(durations),
                                       max(durations) if durations else None, sum(s[4] for s in stalls))], summary)
        labelled = sum(1 for s in segments if s.source != side and s.frame in full)
        self.full += labelled
        if shifts is not None:
            counted = [int(row["window_full"]) for row in got["summary"]]
            limits = limits_of(segments, side, shifts)
            self.counted += limits[0]
            self.hold(f"{what} limits", [limits], numbers(got["summary"], "window_full", "window_exceeded", "limited_ns"))
            self.hold(f"{what} window full {counted} for {labelled} labels", True, counted >= [labelled])
            self.hold(f"{what} labels", [labelled], [int(row["tcp.analysis.window_full"]) for row in got["summary"]])

    def capture(self, path: pathlib.Path, binaries: pathlib.Path) -> None:
        rows, tunnelled = tshark.rows(path, FIELDS)
        if tunnelled or not rows or any("" in (row[8], row[12], row[14]) or int(row[13]) < 20 for row in rows):
            return  # headers cut, malformed or in tunnels
        streams: dict[int, list[Segment]] = collections.defaultdict(list)
        full: set[int] = set()
        cut: set[int] = set()
        for row in rows:
            streams[int(row[8])].append(Segment(row))
            labelled, length, captured = row[-3:]
            if labelled:
                full.add(int(row[0]))
            if captured != length:
                cut.add(int(row[0]))
        with tempfile.TemporaryDirectory() as folder:
            record = f"{folder}/x.fb"
            tshark.run([str(binaries / "extractor"), "-q", "-o", record, str(path)])
            if not pathlib.Path(record).exists():
                return  # refused: the field test has the reason
            ordinary = {n: s for n, s in streams.items()
                        if listing_test.is_ordinary(s) and all(a.time <= b.time for a, b in zip(s, s[1:]))}
            if not ordinary:
                return
            short = [n for n, s in ordinary.items() if (ns(s[-1]) - ns(s[0])) // NS < 10_000]
            views = {
                "stalls": by_side(table(binaries, record, "--stalls")), "dips": by_side(table(binaries, record, "--dips")),
                "summary": by_side(table(binaries, record, "--all")),
                "trend": by_side(table(binaries, record, "--trend", "--bucket", "1s", "-s", ",".join(map(str, short or [0]))))}
            for n, segments in ordinary.items():
                for side, name in ((segments[0].source, "client"), (segments[0].target, "server")):
                    got = {view: lines[n, name] for view, lines in views.items()}
                    self.side(f"{path.name} stream {n} {name}", segments, full, cut, side, got)
            self.captures += 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", required=True, type=pathlib.Path)
    parser.add_argument("--root", required=True, type=pathlib.Path)
    parser.add_argument("--expected", required=True)
    options = parser.parse_args()
    folder = tshark.captures_or_skip()
    samples = [path for path in tshark.files(options.root / "samples") if ".pcap" in path.name]
    expected = Expected(options.expected)
    compared = Comparison()
    for path in [*tshark.files(folder / "real"), *tshark.files(folder / "micro"), *samples]:
        if expected.allows(path.name, "tcp.stream"):
            continue
        compared.capture(path, options.bin)
    print(f"{compared.captures} captures, {compared.sides} sides, {compared.buckets} buckets, {compared.stalls} stalls, "
          f"{compared.dips} dips, {compared.counted} segments at window full, of which tshark labels {compared.full}, "
          f"{compared.faults} differences")
    enough = (compared.captures >= LEAST_CAPTURES and compared.stalls >= LEAST_STALLS and compared.dips >= LEAST_DIPS)
    return 0 if enough and compared.faults == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
