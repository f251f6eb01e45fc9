#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A layer-2 relay between two interfaces that keeps a record of what it did to every frame.

It stands where a network would stand, between a client's interface and a server's, and delays, loses,
reorders, repeats or tags frames by rule. Its log is ground truth: what an analysis of the captures
concludes about losses and one-way times can be compared with what really happened.

    relay.py --rules RULES.json --truth TRUTH.tsv CLIENT_SIDE SERVER_SIDE

RULES.json is a list of rules. Every rule that matches a frame applies: delays add up, one drop is enough.
Each rule counts the frames it matches, from 1, so that `"drop": [30]` means "the 30th frame that this rule
matched" however many other frames pass. Keys of a rule, all optional:

    direction         "c2s" or "s2c"; absent: both, with one count over both
    kind              "tcp", "syn", "syn_ack", "data", "pure_ack", "fin", "rst" or "other" (not TCP)
    address           an address that is the source or the destination
    port              a port that is the source or the destination
    delay_ms          constant delay
    jitter_ms         further delay, uniform between 0 and this, order kept within a pair of addresses
    drop              counts of the frames to drop
    duplicate         counts of the frames to send twice
    hold, hold_ms     counts of the frames to hold back so that later ones overtake them, and for how long
    loss_ratio, duplicate_ratio, hold_ratio, seed    the same by chance, from a seeded generator
    push_vlan         add an 802.1Q tag with this VLAN id, as an access port towards a trunk does
    pop_vlan          true: take the outermost tag off

TRUTH.tsv has one line for each frame, and one more for each extra copy, in the order of their fates; its
columns are `TRUTH_COLUMNS`. Times are nanoseconds since the epoch: `arrival_ns` is the kernel's receive
stamp, `departure_ns` was read just before the frame was sent.

The sending hosts must compute checksums themselves (`ethtool -K IF tx off`): a frame whose checksum was left
to the hardware would be relayed with a wrong one.
"""

from __future__ import annotations

import argparse
import errno
import heapq
import ipaddress
import json
import random
import select
import signal
import socket
import struct
import sys
import time
from dataclasses import dataclass, field
from typing import Any, TextIO

ETH_P_ALL = 0x0003
SOL_PACKET = 263
PACKET_STATISTICS = 6
PACKET_AUXDATA = 8
PACKET_IGNORE_OUTGOING = 23
SO_TIMESTAMPNS = 35
SO_RCVBUFFORCE = 33
TP_STATUS_VLAN_VALID = 0x10
TP_STATUS_VLAN_TPID_VALID = 0x40

ETHERTYPE_IPV4 = 0x0800
ETHERTYPE_ARP = 0x0806
ETHERTYPE_VLAN = 0x8100
ETHERTYPE_IPV6 = 0x86DD
VLAN_ETHERTYPES = (ETHERTYPE_VLAN, 0x88A8, 0x9100)
IPV6_EXTENSIONS = (0, 43, 60)
PROTOCOL_TCP = 6

FIN, SYN, RST, ACK = 0x01, 0x02, 0x04, 0x10

MAX_WAITING_FRAMES = 100_000
# A signal only sets a flag, so the wait for frames is cut into slices of this length.
MAX_WAIT_SECONDS = 0.1

TRUTH_COLUMNS = (
    "frame",
    "direction",
    "arrival_ns",
    "departure_ns",
    "action",
    "protocol",
    "source",
    "source_port",
    "destination",
    "destination_port",
    "ip_id",
    "tcp_seq",
    "tcp_ack",
    "tcp_flags",
    "payload_bytes",
    "frame_bytes",
)


@dataclass
class FrameFacts:
    """The few fields that rules ask for and that identify a frame in a capture."""

    protocol: str = "other"
    source: str = ""
    destination: str = ""
    source_port: int | None = None
    destination_port: int | None = None
    ip_id: int | None = None
    tcp_seq: int | None = None
    tcp_ack: int | None = None
    tcp_flags: int | None = None
    payload_bytes: int | None = None

    def kinds(self) -> set[str]:
        """Every `kind` of a rule that this frame is."""
        if self.tcp_flags is None:
            return {"other"}
        kinds = {"tcp"}
        if self.tcp_flags & SYN:
            kinds.add("syn_ack" if self.tcp_flags & ACK else "syn")
        if self.tcp_flags & FIN:
            kinds.add("fin")
        if self.tcp_flags & RST:
            kinds.add("rst")
        if self.payload_bytes:
            kinds.add("data")
        elif not self.tcp_flags & (SYN | FIN | RST):
            kinds.add("pure_ack")
        return kinds


def read_facts(frame: bytes) -> FrameFacts:
    """The facts of a frame; what cannot be read stays None, since a relay must pass on any frame."""
    try:
        ethertype, offset = 0, 12
        while True:
            (ethertype,) = struct.unpack_from("!H", frame, offset)
            if ethertype not in VLAN_ETHERTYPES:
                break
            offset += 4
        network = frame[offset + 2 :]
        if ethertype == ETHERTYPE_IPV4:
            return read_ipv4(network)
        if ethertype == ETHERTYPE_IPV6:
            return read_ipv6(network)
        if ethertype == ETHERTYPE_ARP:
            return FrameFacts("arp", address_text(network[14:18]), address_text(network[24:28]))
    except (struct.error, ValueError, IndexError):
        pass
    return FrameFacts()


def address_text(raw: bytes) -> str:
    """An IPv4 or IPv6 address as text."""
    return str(ipaddress.ip_address(raw))


def read_ipv4(network: bytes) -> FrameFacts:
    """Facts of an IPv4 packet; of a later fragment only the IP fields, as it has no TCP header."""
    header_bytes = (network[0] & 0x0F) * 4
    total_length, ip_id, fragment = struct.unpack_from("!HHH", network, 2)
    facts = FrameFacts("ip", address_text(network[12:16]), address_text(network[16:20]), ip_id=ip_id)
    if network[9] == PROTOCOL_TCP and not fragment & 0x1FFF:
        read_tcp(facts, network[header_bytes:], total_length - header_bytes)
    return facts


def read_ipv6(network: bytes) -> FrameFacts:
    """Facts of an IPv6 packet, behind the extension headers that can precede TCP."""
    (length,) = struct.unpack_from("!H", network, 4)
    facts = FrameFacts("ipv6", address_text(network[8:24]), address_text(network[24:40]))
    next_header, offset = network[6], 40
    while next_header in IPV6_EXTENSIONS:
        next_header, offset = network[offset], offset + 8 * (network[offset + 1] + 1)
    if next_header == PROTOCOL_TCP:
        read_tcp(facts, network[offset:], length - (offset - 40))
    return facts


def read_tcp(facts: FrameFacts, segment: bytes, segment_bytes: int) -> None:
    """Adds the TCP fields; `segment_bytes` comes from the IP length, since Ethernet pads short frames."""
    ports_and_numbers = struct.unpack_from("!HHIIBB", segment)
    facts.source_port, facts.destination_port, facts.tcp_seq, facts.tcp_ack = ports_and_numbers[:4]
    facts.tcp_flags = ports_and_numbers[5]
    facts.payload_bytes = max(0, segment_bytes - (ports_and_numbers[4] >> 4) * 4)
    facts.protocol = "tcp"


@dataclass
class Fate:
    """What the rules decided about one frame."""

    delay_ns: int = 0
    drop: bool = False
    copies: int = 1
    held: bool = False
    push_vlan: int | None = None
    pop_vlan: bool = False


@dataclass
class Rule:
    """One entry of the rules file; the module's docstring gives the meaning of each key."""

    direction: str | None = None
    kind: str | None = None
    address: str | None = None
    port: int | None = None
    delay_ms: float = 0.0
    jitter_ms: float = 0.0
    drop: list[int] = field(default_factory=list)
    duplicate: list[int] = field(default_factory=list)
    hold: list[int] = field(default_factory=list)
    hold_ms: float = 0.0
    loss_ratio: float = 0.0
    duplicate_ratio: float = 0.0
    hold_ratio: float = 0.0
    seed: int = 1
    push_vlan: int | None = None
    pop_vlan: bool = False

    def __post_init__(self) -> None:
        self.matched = 0
        self.chance = random.Random(self.seed)

    def matches(self, direction: str, facts: FrameFacts) -> bool:
        """Whether this rule speaks about the frame."""
        return (
            self.direction in (None, direction)
            and (self.kind is None or self.kind in facts.kinds())
            and (self.address is None or self.address in (facts.source, facts.destination))
            and (self.port is None or self.port in (facts.source_port, facts.destination_port))
        )

    def apply(self, fate: Fate) -> None:
        """Counts a matching frame and adds this rule's part to its fate.

        One number is drawn for each kind of chance and frame, whatever the ratios, so that changing one
        ratio does not move the others' events.
        """
        self.matched += 1
        jitter, loss, duplicate, hold = (self.chance.random() for _ in range(4))
        fate.delay_ns += round((self.delay_ms + self.jitter_ms * jitter) * 1e6)
        fate.drop |= self.matched in self.drop or loss < self.loss_ratio
        if self.matched in self.duplicate or duplicate < self.duplicate_ratio:
            fate.copies += 1
        if self.matched in self.hold or hold < self.hold_ratio:
            fate.held = True
            fate.delay_ns += round(self.hold_ms * 1e6)
        fate.push_vlan = fate.push_vlan or self.push_vlan
        fate.pop_vlan |= self.pop_vlan


def load_rules(path: str) -> list[Rule]:
    """The rules of a JSON file; an unknown key is an error, not silently no rule."""
    with open(path, encoding="utf-8") as source:
        entries: list[dict[str, Any]] = json.load(source)
    return [Rule(**entry) for entry in entries]


def insert_vlan_tag(frame: bytes, tci: int, tpid: int = ETHERTYPE_VLAN) -> bytes:
    """The frame with one more tag, outermost."""
    return frame[:12] + struct.pack("!HH", tpid, tci) + frame[12:]


def remove_vlan_tag(frame: bytes) -> bytes:
    """The frame without its outermost tag; unchanged if it has none."""
    (ethertype,) = struct.unpack_from("!H", frame, 12)
    return frame[:12] + frame[16:] if ethertype in VLAN_ETHERTYPES else frame


class Port:
    """One interface of the relay: receives frames with their arrival times, sends frames."""

    def __init__(self, interface: str, direction: str) -> None:
        """`direction` names the way of the frames that arrive here."""
        self.interface = interface
        self.direction = direction
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        self.socket.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
        self.socket.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
        self.socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 32 << 20)
        self.socket.setblocking(False)
        # Bound last: nothing of other interfaces can slip in before.
        self.socket.bind((interface, ETH_P_ALL))

    def receive(self, most_bytes: int = 65_536) -> tuple[bytes, int] | None:
        """The next frame, tags included, and its arrival time; None when there is none now."""
        try:
            frame, ancillary, _, _ = self.socket.recvmsg(most_bytes, 256)
        except BlockingIOError:
            return None
        except OSError as error:
            if error.errno == errno.ENETDOWN:
                return None
            raise
        arrival_ns = time.time_ns()
        for level, kind, data in ancillary:
            if level == socket.SOL_SOCKET and kind == SO_TIMESTAMPNS:
                seconds, nanoseconds = struct.unpack("qq", data[:16])
                arrival_ns = seconds * 1_000_000_000 + nanoseconds
            elif level == SOL_PACKET and kind == PACKET_AUXDATA:
                frame = restore_vlan_tag(frame, data)
        return frame, arrival_ns

    def dropped_frames(self) -> int:
        """Frames that the kernel could not hand over: they would be missing from the truth."""
        statistics = self.socket.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8)
        return int(struct.unpack("II", statistics)[1])


def restore_vlan_tag(frame: bytes, auxdata: bytes) -> bytes:
    """Puts back the outermost tag, which the kernel hands over beside the frame."""
    status, _, _, _, _, tci, tpid = struct.unpack("IIIHHHH", auxdata[:20])
    if not status & TP_STATUS_VLAN_VALID:
        return frame
    return insert_vlan_tag(frame, tci, tpid if status & TP_STATUS_VLAN_TPID_VALID else ETHERTYPE_VLAN)


@dataclass
class Passage:
    """One frame's way through the relay, one line of the truth."""

    number: int
    arrival_ns: int
    source_port: Port
    facts: FrameFacts
    frame: bytes
    action: str


class Relay:
    """Moves frames between two ports by rule, and writes down what became of each."""

    def __init__(self, client_side: Port, server_side: Port, rules: list[Rule], truth: TextIO) -> None:
        self.ports = (client_side, server_side)
        self.rules = rules
        self.truth = truth
        self.stopping = False
        self.arrived = 0
        self.queued = 0
        self.waiting: list[tuple[int, int, Passage]] = []
        self.last_departure_ns: dict[tuple[str, str, str], int] = {}
        truth.write("\t".join(TRUTH_COLUMNS) + "\n")

    def stop(self) -> None:
        """Asks `run` to return soon; safe in a signal handler."""
        self.stopping = True

    def run(self) -> None:
        """Relays until `stop`; frames still waiting then are logged as `waiting_at_exit`."""
        while not self.stopping:
            # select, not epoll: Python rounds epoll's timeout up to a millisecond.
            sockets = [port.socket for port in self.ports]
            readable, _, _ = select.select(sockets, [], [], self.seconds_to_next_departure())
            for port in self.ports:
                if port.socket in readable:
                    self.accept_frames(port)
            self.send_due_frames()
        for _, _, passage in sorted(self.waiting, key=lambda entry: entry[:2]):
            passage.action = "waiting_at_exit"
            self.log(passage, None)

    def seconds_to_next_departure(self) -> float:
        """How long to wait for frames before one must leave."""
        if not self.waiting:
            return MAX_WAIT_SECONDS
        return min(MAX_WAIT_SECONDS, max(0, self.waiting[0][0] - time.time_ns()) / 1e9)

    def accept_frames(self, port: Port) -> None:
        """Takes what has arrived at a port; at most a batch, so that departures stay punctual."""
        for _ in range(64):
            received = port.receive()
            if received is None:
                return
            self.arrived += 1
            self.decide(port, *received)

    def decide(self, port: Port, frame: bytes, arrival_ns: int) -> None:
        """Finds the fate of a frame: dropped now, or queued for its departure time."""
        facts = read_facts(frame)
        fate = Fate()
        for rule in self.rules:
            if rule.matches(port.direction, facts):
                rule.apply(fate)
        passage = Passage(self.arrived, arrival_ns, port, facts, frame, "held" if fate.held else "forwarded")
        if fate.drop or len(self.waiting) >= MAX_WAITING_FRAMES:
            passage.action = "dropped" if fate.drop else "queue_full"
            self.log(passage, None)
            return
        if fate.pop_vlan:
            passage.frame = remove_vlan_tag(passage.frame)
        if fate.push_vlan is not None:
            passage.frame = insert_vlan_tag(passage.frame, fate.push_vlan)
        self.queue(passage, fate)

    def queue(self, passage: Passage, fate: Fate) -> None:
        """Queues a frame and its copies. Only held frames may be overtaken within a pair of addresses."""
        departure_ns = passage.arrival_ns + fate.delay_ns
        if not fate.held:
            pair = (passage.source_port.direction, passage.facts.source, passage.facts.destination)
            departure_ns = max(departure_ns, self.last_departure_ns.get(pair, 0))
            self.last_departure_ns[pair] = departure_ns
        for copy in range(fate.copies):
            if copy > 0:
                passage = Passage(**{**vars(passage), "action": "duplicate"})
            self.queued += 1
            heapq.heappush(self.waiting, (departure_ns, self.queued, passage))

    def send_due_frames(self) -> None:
        """Sends every frame whose time has come."""
        while self.waiting and self.waiting[0][0] <= time.time_ns():
            passage = heapq.heappop(self.waiting)[2]
            client_side, server_side = self.ports
            target = server_side if passage.source_port is client_side else client_side
            departure_ns: int | None = time.time_ns()
            try:
                target.socket.send(passage.frame)
            except OSError as error:
                # An interface that goes down at the end must not cost the truth about the rest.
                passage.action = f"send_failed_{errno.errorcode.get(error.errno or 0, 'unknown')}"
                departure_ns = None
            self.log(passage, departure_ns)

    def log(self, passage: Passage, departure_ns: int | None) -> None:
        """Writes one line of the truth; a value that the frame does not have stays empty."""
        facts = passage.facts
        values = (
            passage.number,
            passage.source_port.direction,
            passage.arrival_ns,
            departure_ns,
            passage.action,
            facts.protocol,
            facts.source,
            facts.source_port,
            facts.destination,
            facts.destination_port,
            facts.ip_id,
            facts.tcp_seq,
            facts.tcp_ack,
            None if facts.tcp_flags is None else f"0x{facts.tcp_flags:02x}",
            facts.payload_bytes,
            len(passage.frame),
        )
        self.truth.write("\t".join("" if value is None else str(value) for value in values) + "\n")


def parse_arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("client_side", help="interface towards the client")
    parser.add_argument("server_side", help="interface towards the server")
    parser.add_argument("--rules", help="JSON file with the rules; without it every frame is forwarded at once")
    parser.add_argument("--truth", default="/dev/null", help="TSV file for what became of each frame")
    return parser.parse_args()


def main() -> int:
    """Relays until SIGTERM or SIGINT; 1 if the kernel lost frames before the relay saw them."""
    arguments = parse_arguments()
    rules = load_rules(arguments.rules) if arguments.rules else []
    with open(arguments.truth, "w", encoding="utf-8", buffering=1) as truth:
        ports = (Port(arguments.client_side, "c2s"), Port(arguments.server_side, "s2c"))
        relay = Relay(*ports, rules, truth)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: relay.stop())
        print("ready", flush=True)
        relay.run()
        lost = sum(port.dropped_frames() for port in ports)
    print(f"relay: {relay.arrived} frames arrived, {lost} lost before the relay", file=sys.stderr)
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
