#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A layer-2 relay with taps in it: it records captures itself, and knows of each frame in them what became of it.

    tapped_relay.py --plan PLAN.json --folder FOLDER CLIENT_SIDE SERVER_SIDE

The path has two stages in each direction, with the middle tap between them:

    client -- near tap -- [stage] -- middle tap -- [stage] -- far tap -- server

A rule works in the stage `before` the middle tap or in the stage `after` it, seen in the direction of the frame.
PLAN.json is an object with these keys:

    rules      list of rules: the keys of relay.py's rules, except for VLAN tags, and those of `PathRule`
    taps       list of taps: the fields of `TapPlan` in taps.py
    offload    true: the hosts leave segmentation and checksums to the network card; the taps before the card see
               segments of up to 64 KiB, and the relay, as the card, cuts them behind the middle tap

The stamps in the captures are the log's own: a frame that arrives has the kernel's receive stamp, a frame that
leaves has the time just before it was sent. A capture is sorted by them.

FOLDER/truth.tsv has one line for each frame that came to the relay, and one more for each piece or copy that the
relay made of it; its columns are `COLUMNS`. `frame` counts the frames that came to the relay, in the order in which
the hosts sent them (of each direction). `near`, `middle` and `far` are frame numbers of the captures, several if the
tap recorded the frame several times, none if it did not. `tap_ns` is there if the frame passed the middle tap,
recorded or not; `departure_ns` if it was sent on to the receiving host. `action` is `forwarded`, `held_...`,
`dropped_...` or `copy_...`, with the stage.
"""

from __future__ import annotations

import argparse
import copy
import errno
import heapq
import json
import select
import signal
import struct
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from offload import VNET_HEADER_BYTES, finish_checksum, split_segment
from relay import MAX_WAIT_SECONDS, RST, SYN, Fate, FrameFacts, Port, Rule, read_facts
from taps import PLACES, Record, Tap, TapPlan

PACKET_VNET_HDR = 15
PUSH, FIN = 0x08, 0x01

COLUMNS = ("frame", "direction", "arrival_ns", "tap_ns", "departure_ns", "action", "protocol", "source", "source_port",
           "destination", "destination_port", "ip_id", "tcp_seq", "tcp_ack", "tcp_flags", "payload_bytes",
           "frame_bytes", *PLACES)


@dataclass
class PathRule(Rule):
    """A rule of one stage. Times are seconds since its first matching frame came to the stage."""

    stage: str = "after"
    # True: only frames with bytes that were sent before; False: only others.
    again: bool | None = None
    push: bool | None = None
    # Only payloads of at least this size.
    least_bytes: int = 0
    # A loss by chance takes this many matching frames in a row.
    burst: int = 1
    # Between these times, otherwise the rule does nothing.
    active: list[float] | None = None
    # Pairs of from, to: what comes in between waits until the second.
    stalls: list[list[float]] = field(default_factory=list)
    # Pairs of time, milliseconds: from then on that much more delay.
    steps: list[list[float]] = field(default_factory=list)
    # A bottleneck, with a queue that drops what would wait longer.
    rate_kbit: int = 0
    queue_ms: float = 50.0

    def __post_init__(self) -> None:
        super().__post_init__()
        self.first_ns: int | None = None
        self.free_ns = 0
        self.burst_left = 0

    def speaks_of(self, passage: Passage, stage: str) -> bool:
        """Whether this rule is about the frame in this stage."""
        facts = passage.facts
        return (
            stage == self.stage
            and self.matches(passage.direction, facts)
            and (self.again is None or self.again == passage.again)
            and (self.push is None or self.push == bool((facts.tcp_flags or 0) & PUSH))
            and (facts.payload_bytes or 0) >= self.least_bytes
        )

    def decide(self, fate: Fate, now_ns: int, frame_bytes: int) -> None:
        """Adds this rule's part to the fate of a frame that it speaks of."""
        if self.first_ns is None:
            self.first_ns = now_ns
        seconds = (now_ns - self.first_ns) / 1e9
        if self.active and not self.active[0] <= seconds < self.active[1]:
            return
        own = Fate()
        self.apply(own)
        if self.burst_left > 0:
            self.burst_left -= 1
            own.drop = True
        elif own.drop:
            self.burst_left = self.burst - 1
        for start, end in self.stalls:
            if start <= seconds < end:
                own.delay_ns += round((end - seconds) * 1e9)
        own.delay_ns += round(max((ms for at, ms in self.steps if at <= seconds), default=0.0) * 1e6)
        if self.rate_kbit and not own.drop:
            self.pass_bottleneck(own, now_ns, frame_bytes)
        fate.drop |= own.drop
        fate.held |= own.held
        fate.delay_ns += own.delay_ns
        fate.copies += own.copies - 1

    def pass_bottleneck(self, fate: Fate, now_ns: int, frame_bytes: int) -> None:
        """The wait for the frames ahead and for this one's own bits; lost if the queue is full."""
        start_ns = max(now_ns, self.free_ns)
        if start_ns - now_ns > self.queue_ms * 1e6:
            fate.drop = True
            return
        self.free_ns = start_ns + frame_bytes * 8_000_000 // self.rate_kbit
        fate.delay_ns += self.free_ns - now_ns


@dataclass
class Passage:
    """A frame on its way through the relay, one line of the truth."""

    number: int
    direction: str
    arrival_ns: int
    facts: FrameFacts
    frame: bytes
    again: bool
    gso_bytes: int = 0
    action: str = "forwarded"
    tap_ns: int | None = None
    departure_ns: int | None = None
    records: dict[str, list[Record]] = field(default_factory=lambda: {place: [] for place in PLACES})

    def another(self, action: str) -> Passage:
        """A copy that is recorded and logged by itself."""
        twin = copy.copy(self)
        twin.action = action
        twin.records = {place: list(records) for place, records in self.records.items()}
        return twin

    def line(self) -> str:
        """The line of the truth; a value that the frame does not have stays empty."""
        facts = self.facts
        flags = None if facts.tcp_flags is None else f"0x{facts.tcp_flags:02x}"
        values = (self.number, self.direction, self.arrival_ns, self.tap_ns, self.departure_ns, self.action,
                  facts.protocol, facts.source, facts.source_port, facts.destination, facts.destination_port,
                  facts.ip_id, facts.tcp_seq, facts.tcp_ack, flags, facts.payload_bytes, len(self.frame),
                  *(",".join(str(record.final_number()) for record in self.records[place]) for place in PLACES))
        return "\t".join("" if value is None else str(value) for value in values)


class OffloadPort(Port):
    """A port whose frames come with what the host left for the network card to do."""

    def __init__(self, interface: str, direction: str, offload: bool) -> None:
        super().__init__(interface, direction)
        self.offload = offload
        if offload:
            self.socket.setsockopt(263, PACKET_VNET_HDR, 1)

    def take(self) -> tuple[bytes, int, int] | None:
        """The next frame, its arrival time, and the size of the segments that it is to be cut into, or 0."""
        if not self.offload:
            received = self.receive()
            return None if received is None else (*received, 0)
        received = self.receive(131_072)
        if received is None:
            return None
        data, arrival_ns = received
        flags, kind, _, size, start, offset = struct.unpack_from("<BBHHHH", data)
        frame = data[VNET_HEADER_BYTES:]
        if flags & 1 and not kind:
            frame = finish_checksum(frame, start, offset)
        return frame, arrival_ns, size if kind else 0

    def send(self, frame: bytes) -> None:
        """Sends a frame that is complete."""
        self.socket.send(bytes(VNET_HEADER_BYTES) + frame if self.offload else frame)


class TappedRelay:
    """Moves frames between two ports by rule, records them at the taps, and keeps what became of each."""

    def __init__(self, ports: dict[str, OffloadPort], rules: list[PathRule], taps: list[Tap]) -> None:
        """`ports` by the direction of the frames that arrive there."""
        self.ports = ports
        self.rules = rules
        self.taps = taps
        self.stopping = False
        self.arrived = 0
        self.order = 0
        self.waiting: list[tuple[int, int, str, Passage]] = []
        self.last_ns: dict[tuple[str, str, str, str], int] = {}
        self.sent_up_to: dict[tuple[Any, ...], int] = {}
        self.passages: list[Passage] = []

    def run(self) -> None:
        """Relays until asked to stop; frames still waiting then never arrive."""
        sockets = [port.socket for port in self.ports.values()]
        while not self.stopping:
            readable, _, _ = select.select(sockets, [], [], self.seconds_to_next_event())
            for port in self.ports.values():
                if port.socket in readable:
                    self.accept_frames(port)
            self.do_due_events()
        for _, _, stage, passage in self.waiting:
            passage.action = f"waiting_{stage}"

    def seconds_to_next_event(self) -> float:
        """How long to wait for frames before one must move on."""
        if not self.waiting:
            return MAX_WAIT_SECONDS
        return min(MAX_WAIT_SECONDS, max(0, self.waiting[0][0] - time.time_ns()) / 1e9)

    def accept_frames(self, port: OffloadPort) -> None:
        """Takes what has arrived at a port; at most a batch, so that the rest stays punctual."""
        for _ in range(64):
            received = port.take()
            if received is None:
                return
            frame, arrival_ns, gso_bytes = received
            self.arrived += 1
            facts = read_facts(frame)
            passage = Passage(self.arrived, port.direction, arrival_ns, facts, frame, self.is_again(facts), gso_bytes)
            self.passages.append(passage)
            self.see("near" if port.direction == "c2s" else "far", passage, arrival_ns)
            self.enter_stage("before", passage, arrival_ns)

    def is_again(self, facts: FrameFacts) -> bool:
        """Whether the frame carries anything that was sent before; remembers what is sent."""
        if facts.tcp_flags is None or facts.tcp_seq is None:
            return False
        length = (facts.payload_bytes or 0) + bool(facts.tcp_flags & SYN) + bool(facts.tcp_flags & FIN)
        if length == 0 or facts.tcp_flags & RST:
            return False
        flow = (facts.source, facts.source_port, facts.destination, facts.destination_port)
        known = self.sent_up_to.get(flow)
        behind = 0 if known is None else (known - facts.tcp_seq) & 0xFFFFFFFF
        again = 0 < behind < 1 << 31
        if not again or behind < length:
            self.sent_up_to[flow] = facts.tcp_seq + length
        return again

    def see(self, place: str, passage: Passage, stamp_ns: int) -> None:
        """Shows a frame to the taps at a place."""
        for tap in self.taps:
            if tap.plan.place == place:
                passage.records[place] += tap.see(passage.frame, passage.direction, stamp_ns)

    def enter_stage(self, stage: str, passage: Passage, now_ns: int) -> None:
        """Finds the fate of a frame in a stage: dropped, or on its way to the stage's end, maybe with copies."""
        fate = Fate()
        for rule in self.rules:
            if rule.speaks_of(passage, stage):
                rule.decide(fate, now_ns, len(passage.frame))
        if fate.drop:
            passage.action = f"dropped_{stage}"
            return
        due_ns = now_ns + fate.delay_ns
        if fate.held:
            passage.action = f"held_{stage}"
        else:
            pair = (stage, passage.direction, passage.facts.source, passage.facts.destination)
            due_ns = max(due_ns, self.last_ns.get(pair, 0))
            self.last_ns[pair] = due_ns
        self.wait(due_ns, stage, passage)
        for _ in range(fate.copies - 1):
            twin = passage.another(f"copy_{stage}")
            self.passages.append(twin)
            self.wait(due_ns, stage, twin)

    def wait(self, due_ns: int, stage: str, passage: Passage) -> None:
        """Notes when a frame reaches the end of a stage."""
        self.order += 1
        heapq.heappush(self.waiting, (due_ns, self.order, stage, passage))

    def do_due_events(self) -> None:
        """Moves on every frame whose time has come."""
        while self.waiting and self.waiting[0][0] <= time.time_ns():
            due_ns, _, stage, passage = heapq.heappop(self.waiting)
            if stage == "after":
                self.depart(passage)
            else:
                self.pass_middle(passage, passage.arrival_ns if due_ns == passage.arrival_ns else time.time_ns())

    def pass_middle(self, passage: Passage, now_ns: int) -> None:
        """The middle tap, and behind it the network card's cutting of large segments."""
        passage.tap_ns = now_ns
        self.see("middle", passage, now_ns)
        pieces = split_segment(passage.frame, passage.gso_bytes) if passage.gso_bytes else [passage.frame]
        first, *others = [passage, *(passage.another("forwarded") for _ in pieces[1:])]
        self.passages += others
        for part, frame in zip((first, *others), pieces):
            part.frame = frame
            part.facts = read_facts(frame)
            self.enter_stage("after", part, now_ns)

    def depart(self, passage: Passage) -> None:
        """Sends a frame to the receiving host."""
        target = self.ports["s2c" if passage.direction == "c2s" else "c2s"]
        now_ns = time.time_ns()
        try:
            target.send(passage.frame)
        except OSError as error:
            # An interface that goes down at the end must not cost the truth about the rest.
            passage.action = f"send_failed_{errno.errorcode.get(error.errno or 0, 'unknown')}"
            return
        passage.departure_ns = now_ns
        self.see("far" if passage.direction == "c2s" else "near", passage, now_ns)

    def write(self, folder: Path) -> None:
        """The captures, then the truth with the frame numbers in them."""
        for tap in self.taps:
            tap.write(folder)
        self.passages.sort(key=lambda passage: passage.number)
        lines = ["\t".join(COLUMNS), *(passage.line() for passage in self.passages)]
        (folder / "truth.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> int:
    """Relays until SIGTERM or SIGINT; 1 if the kernel lost frames before the relay saw them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("client_side", help="interface towards the client")
    parser.add_argument("server_side", help="interface towards the server")
    parser.add_argument("--plan", required=True, type=Path, help="JSON file with the rules and the taps")
    parser.add_argument("--folder", required=True, type=Path, help="where the captures and the truth go")
    arguments = parser.parse_args()
    plan = json.loads(arguments.plan.read_text(encoding="utf-8"))
    offload = bool(plan.get("offload"))
    ports = {"c2s": OffloadPort(arguments.client_side, "c2s", offload),
             "s2c": OffloadPort(arguments.server_side, "s2c", offload)}
    relay = TappedRelay(ports, [PathRule(**rule) for rule in plan["rules"]],
                        [Tap(TapPlan(**tap)) for tap in plan["taps"]])

    def stop(_number: int, _frame: object) -> None:
        relay.stopping = True

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    print("ready", flush=True)
    relay.run()
    lost = sum(port.dropped_frames() for port in ports.values())
    relay.write(arguments.folder)
    print(f"relay: {relay.arrived} frames arrived, {lost} lost before the relay", file=sys.stderr)
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
