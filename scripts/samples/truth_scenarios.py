# SPDX-License-Identifier: Apache-2.0
"""The recordings with ground truth: what happens on the path, who talks, and where the taps are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import traffic
from traffic import API, UPLOAD, WEB

Rules = list[dict[str, Any]]
Jobs = list[dict[str, Any]]

SERVERS = traffic.NEAR_SERVERS + traffic.FAR_SERVERS
# Round trips of the paths to the servers, in milliseconds, and what a connection to each transfers.
ROUND_TRIPS_MS = (5, 12, 25, 40, 80, 120, 200)
BULK_BYTES = (2_000_000, 1_800_000, 1_400_000, 1_000_000, 800_000, 500_000, 350_000)
STAGES = ("before", "after")
BOTH_WAYS = ("c2s", "s2c")
IPV4_SNAPLEN, IPV6_SNAPLEN = 96, 128


@dataclass(frozen=True)
class Scenario:
    """One recording."""

    name: str
    rules: Rules
    jobs: Jobs
    taps: list[dict[str, Any]]
    kernel: dict[str, str] = field(default_factory=dict)
    ipv6: bool = False
    offload: bool = False
    # Of a pair: the verdicts that are right, and the taps that are its near and its far point.
    verdict: str = ""
    places: tuple[str, str] = ("near", "far")
    # Of a pair: tcpdump on both hosts makes the captures, not the relay.
    by_hosts: bool = False


# --- paths and traffic ----------------------------------------------------------------------------------


def path(position: float, servers: tuple[str, ...] = SERVERS, round_trips_ms: tuple[float, ...] = ROUND_TRIPS_MS,
         jitter_ms: float = 0.0) -> Rules:
    """The delays; `position` is the middle tap's place, from 0 at the client to 1 at the server."""
    rules: Rules = []
    for address, milliseconds in zip(servers, round_trips_ms):
        for direction, before in (("c2s", position), ("s2c", 1 - position)):
            for stage, share in (("before", before), ("after", 1 - before)):
                if share:
                    rules.append({"direction": direction, "kind": "tcp", "address": address, "stage": stage,
                                  "delay_ms": milliseconds / 2 * share, "jitter_ms": jitter_ms})
    return rules


def chance(seed: int, stages: tuple[str, ...] = STAGES, ways: tuple[str, ...] = BOTH_WAYS, **keys: Any) -> Rules:
    """One rule for each stage and direction, each with its own luck."""
    return [{"stage": stage, "direction": way, "kind": "data", "seed": seed + 10 * number, **keys}
            for number, (stage, way) in enumerate((stage, way) for stage in stages for way in ways)]


def bulk(servers: tuple[str, ...] = SERVERS, pace: int = 1_000_000, share: float = 1.0) -> Jobs:
    """A download from each server, and an upload to every second one."""
    jobs: Jobs = []
    for number, (server, size) in enumerate(zip(servers, BULK_BYTES)):
        jobs.append({"server": server, "port": WEB, "start_s": 0.05 * number,
                     "requests": [{"pace": pace, "send": round(size * share)}]})
        if number % 2 == 0:
            jobs.append({"server": server, "port": UPLOAD, "start_s": 0.3, "pace": pace,
                         "requests": [{"take": round(size * share / 2), "send": 100}]})
    return jobs


def exchanges(servers: tuple[str, ...] = SERVERS, times: int = 25, send: int = 4_000, take: int = 0,
              pause_ms: float = 40) -> Jobs:
    """Requests and answers on one connection to each server."""
    return [{"server": server, "port": API, "start_s": 0.02 * number,
             "requests": [{"times": times, "send": send, "take": take, "pause_ms": pause_ms}]}
            for number, server in enumerate(servers)]


def short_connections(servers: tuple[str, ...] = SERVERS, count: int = 12) -> Jobs:
    """Many connections with one small answer each."""
    return [{"server": server, "port": API, "start_s": 0.25 * turn + 0.03 * number,
             "requests": [{"send": 700 + 900 * (turn % 4), "close": turn % 2}]}
            for turn in range(count) for number, server in enumerate(servers)]


# --- causes: one tap in the middle ----------------------------------------------------------------------


def middle(name: str, **keys: Any) -> list[dict[str, Any]]:
    """The one tap of a recording about causes."""
    return [{"place": "middle", "file": f"{name}.pcap", "snaplen": IPV4_SNAPLEN, **keys}]


def cause(name: str, rules: Rules, jobs: Jobs, tap: dict[str, Any] | None = None, **keys: Any) -> Scenario:
    """A recording about causes."""
    return Scenario(name, rules, jobs, middle(name, **(tap or {})), **keys)


NO_SACK = {"net.ipv4.tcp_sack": "0", "net.ipv4.tcp_dsack": "0"}
NO_TIMESTAMPS = {"net.ipv4.tcp_timestamps": "0"}
RENO = {"net.ipv4.tcp_congestion_control": "reno"}
BBR = {"net.ipv4.tcp_congestion_control": "bbr"}
# As stacks were before RACK and tail loss probes.
OLD_RECOVERY = {"net.ipv4.tcp_recovery": "0", "net.ipv4.tcp_early_retrans": "0"}
V6_SERVERS = traffic.SERVERS_V6
SPIKES = [[1.0, 1.6], [2.6, 3.5], [4.5, 6.2]]

CAUSES = (
    cause("lost_before", path(0.5) + chance(1, ("before",), loss_ratio=0.02), bulk()),
    cause("lost_after", path(0.5) + chance(2, ("after",), loss_ratio=0.02), bulk()),
    cause("lost_near_client", path(0.0) + chance(3, loss_ratio=0.015, kind="tcp"), bulk() + exchanges()),
    cause("lost_near_server", path(1.0) + chance(4, loss_ratio=0.015, kind="tcp"), bulk() + exchanges()),
    cause("lost_reno", path(0.3) + chance(5, loss_ratio=0.015), bulk(), kernel=RENO),
    cause("lost_bbr", path(0.6) + chance(6, loss_ratio=0.02), bulk(), kernel=BBR),
    cause("lost_bursts", path(0.5) + chance(7, loss_ratio=0.004, burst=8), bulk()),
    cause("lost_much", path(0.4) + chance(8, loss_ratio=0.05, kind="tcp"), bulk(share=0.4) + exchanges(times=12)),
    cause("bottleneck_after", path(0.3) + [
        {"direction": "s2c", "kind": "tcp", "stage": "after", "rate_kbit": 9_000,
         "queue_ms": 25},
        {"direction": "c2s", "kind": "tcp", "stage": "after", "rate_kbit": 5_000,
         "queue_ms": 15}], bulk(pace=4_000_000)),
    cause("bottleneck_before", path(0.7) + [
        {"direction": "s2c", "kind": "tcp", "stage": "before", "rate_kbit": 9_000,
         "queue_ms": 25},
        {"direction": "c2s", "kind": "tcp", "stage": "before", "rate_kbit": 5_000,
         "queue_ms": 15}], bulk(pace=4_000_000)),
    cause("reordered_little", path(0.5) + chance(9, ("before",), hold_ratio=0.02, hold_ms=3), bulk()),
    cause("reordered_far", path(0.5) + chance(10, ("before",), hold_ratio=0.01, hold_ms=40), bulk()),
    cause("reordered_after", path(0.5) + chance(11, ("after",), hold_ratio=0.01, hold_ms=30), bulk()),
    cause("reordered_and_lost", path(0.5, jitter_ms=0.5) + chance(12, ("before",), hold_ratio=0.01, hold_ms=8)
          + chance(13, loss_ratio=0.01), bulk()),
    cause("mirrored_twice", path(0.5) + chance(14, loss_ratio=0.01), bulk(share=0.6), {"span_ratio": 1.0}),
    cause("mirrored_partly", path(0.5) + chance(15, loss_ratio=0.01), bulk(),
          {"span_ratio": 0.2, "span_changed": False, "span_gap_us": 800}),
    cause("copied_by_network", path(0.5) + chance(16, duplicate_ratio=0.01) + chance(17, loss_ratio=0.005), bulk()),
    cause("delay_spikes_after", path(0.5) + chance(18, ("after",), stalls=SPIKES, kind="tcp"),
          bulk(pace=300_000, share=0.6) + exchanges(times=60)),
    cause("delay_spikes_before", path(0.5) + chance(19, ("before",), stalls=SPIKES, kind="tcp"),
          bulk(pace=300_000, share=0.6) + exchanges(times=60)),
    cause("acks_lost", path(0.5) + chance(20, kind="pure_ack", loss_ratio=0.2) + chance(
        21, ("after",), kind="pure_ack", loss_ratio=1.0, active=[1.0, 1.5]) + chance(
        22, ("before",), kind="pure_ack", loss_ratio=1.0, active=[3.0, 3.5]),
        bulk(pace=300_000, share=0.5) + exchanges(times=30)),
    cause("tails_lost", path(0.5) + chance(23, push=True, loss_ratio=0.06), exchanges(times=40) + exchanges(
        times=30, send=300, take=9_000)),
    cause("repeats_lost", path(0.5) + chance(24, loss_ratio=0.015) + chance(25, again=True, loss_ratio=0.3), bulk()),
    cause("ends_lost", path(0.5) + chance(26, kind="syn", loss_ratio=0.1) + chance(27, kind="syn_ack", loss_ratio=0.1)
          + chance(28, kind="fin", loss_ratio=0.15), short_connections()),
    cause("no_sack", path(0.5) + chance(29, loss_ratio=0.01), bulk(), kernel=NO_SACK),
    cause("no_timestamps", path(0.5) + chance(30, loss_ratio=0.015), bulk() + exchanges(), kernel=NO_TIMESTAMPS),
    cause("no_options", path(0.5) + chance(31, loss_ratio=0.01), bulk(), kernel={**NO_SACK, **NO_TIMESTAMPS}),
    cause("no_ip_id", path(0.5) + chance(32, loss_ratio=0.015), bulk() + exchanges(), {"zero_ip_id": True}),
    cause("no_ip_id_no_timestamps", path(0.5) + chance(33, loss_ratio=0.015), bulk(), {"zero_ip_id": True},
          kernel=NO_TIMESTAMPS),
    cause("old_recovery", path(0.5) + chance(34, loss_ratio=0.015), bulk() + exchanges(), kernel=OLD_RECOVERY),
    cause("ipv6", path(0.5, V6_SERVERS, (20, 90)) + chance(35, loss_ratio=0.015),
          bulk(V6_SERVERS) + exchanges(V6_SERVERS), {"snaplen": IPV6_SNAPLEN}, ipv6=True),
    cause("sent_with_offload", path(0.3) + chance(36, ("after",), loss_ratio=0.01), bulk(pace=3_000_000), offload=True),
    cause("received_with_offload", path(0.7) + chance(37, loss_ratio=0.01), bulk(pace=3_000_000), {"merge": True}),
    cause("capture_misses", path(0.5) + chance(38, loss_ratio=0.01, kind="tcp"), bulk() + exchanges(),
          {"miss_ratio": 0.02}),
    cause("slow_readers", path(0.5) + chance(39, loss_ratio=0.01, kind="tcp"), [
        {"server": server, "port": WEB, "receive_buffer": 30_000, "start_s": 0.1 * number,
         "requests": [{"send": 250_000, "read_pauses": [[40_000, 1.2], [120_000, 0.7]]}]}
        for number, server in enumerate(SERVERS)]),
    cause("everything", path(0.45, jitter_ms=1) + chance(40, loss_ratio=0.008, kind="tcp")
          + chance(41, hold_ratio=0.004, hold_ms=12) + chance(42, duplicate_ratio=0.002)
          + chance(43, ("after",), stalls=[[2.0, 2.7]], kind="tcp"), bulk() + exchanges() + short_connections(count=6),
          {"span_ratio": 0.1, "miss_ratio": 0.003}),
    cause("one_way", path(0.5) + chance(44, loss_ratio=0.01) + chance(45, ("before",), hold_ratio=0.004, hold_ms=10),
          bulk() + exchanges(), {"only": "s2c"}),
    cause("no_dsack", path(0.5) + chance(46, hold_ratio=0.006, hold_ms=25) + chance(47, loss_ratio=0.006)
          + chance(48, ("after",), stalls=[[2.0, 2.8]], kind="tcp"), bulk() + exchanges(),
          kernel={"net.ipv4.tcp_dsack": "0"}),
    cause("local", path(0.5, SERVERS, (0.6,) * len(SERVERS)) + chance(49, loss_ratio=0.012, kind="tcp"),
          bulk() + exchanges(times=60, pause_ms=10)),
    cause("satellite", path(0.5, SERVERS[:3], (550, 620, 700)) + chance(60, loss_ratio=0.008, burst=2, kind="tcp"),
          bulk(SERVERS[:3], share=0.5) + exchanges(SERVERS[:3], times=8)),
)

# --- pairs: one tap at the client, one at the server -----------------------------------------------------

PATH_MS = 40.0
SERVER = SERVERS[0]


def pair(name: str, verdict: str, rules: Rules, jobs: Jobs, places: tuple[str, str] = ("near", "far"),
         server: str = SERVER, path_ms: float = PATH_MS, **keys: Any) -> Scenario:
    """A recording at two points, half of `path_ms` apart each way.

    A third tap is between them, close to the near one: of a pair that begins there, the near host is far away.
    """
    taps = [{"place": place, "file": f"{name}.pcap", "snaplen": IPV4_SNAPLEN} for place, name in
            zip(places, ("near", "far"))]
    delays = path(0.05, (server,), (path_ms,))
    return Scenario(name, delays + rules, jobs, [] if keys.get("by_hosts") else taps, verdict=verdict, places=places,
                    **keys)


def between(direction: str, **keys: Any) -> Rules:
    """What happens on the way between the near tap's neighbour and the far tap, in one direction."""
    return [{"direction": direction, "stage": "after" if direction == "c2s" else "before", "kind": "tcp", **keys}]


def beside(direction: str, **keys: Any) -> Rules:
    """What happens on the first part of the way from the client, or the last to it."""
    return [{"direction": direction, "stage": "before" if direction == "c2s" else "after", "kind": "tcp", **keys}]


def talk(wait_ms: int = 5, download: int = 300_000, times: int = 25, pace: int = 250_000,
         server: str = SERVER) -> Jobs:
    """Requests and answers on two connections, a download and an upload."""
    return [
        {"server": server, "port": API,
         "requests": [{"times": times, "send": 900, "wait_ms": wait_ms, "pause_ms": 60}]},
        {"server": server, "port": API, "start_s": 0.4,
         "requests": [{"times": times // 2, "send": 12_000, "take": 3_000, "wait_ms": 2 * wait_ms, "pause_ms": 110}]},
        {"server": server, "port": WEB, "start_s": 0.2, "requests": [{"pace": pace, "send": download}]},
        {"server": server, "port": UPLOAD, "start_s": 0.3, "pace": pace // 2,
         "requests": [{"take": download // 2, "send": 60}]},
    ]


def stopped_readers(seconds: float, size: int) -> Jobs:
    """Downloads whose readers stop."""
    return [{"server": SERVER, "port": WEB, "start_s": 0.5 * number, "receive_buffer": 30_000,
             "requests": [{"send": size, "read_pauses": [[size // 6, seconds], [size // 2, 0.7 * seconds]]}]}
            for number in range(2)]


MIDDLE_AND_FAR = ("middle", "far")


def basic_pairs(size: float) -> tuple[Scenario, ...]:
    """One pair for each thing that can happen; `size` is the share of the usual traffic."""
    times, download = round(25 * size), round(300_000 * size)
    usual = talk(times=times, download=download)
    step = [[2.2 * size, 75]]
    many_losses = 0.05 if size == 1 else 0.08
    return (
        pair("clean", "inconclusive", [], usual),
        pair("lost_to_server", "network", between("c2s", loss_ratio=many_losses, seed=1), usual),
        pair("lost_to_client", "network", between("s2c", loss_ratio=many_losses, seed=2), usual),
        pair("delay_step", "network", between("c2s", steps=step) + between("s2c", steps=step),
             talk(times=round(40 * size), download=download)),
        pair("slow_server", "server", [], talk(wait_ms=250, times=times, download=download)),
        pair("slow_client", "client", [], stopped_readers(1.5, round(250_000 * size))),
        pair("reset_by_client", "client", [], [*usual[:1], {"server": SERVER, "port": WEB, "end": "abort", "requests": [
            {"pace": 150_000, "send": download // 2}]}]),
        pair("reset_by_server", "server", [], [*usual[:1], {"server": SERVER, "port": WEB, "requests": [
            {"pace": 100_000, "send": 150_000, "abort": 1}]}]),
        pair("reordered", "network", between("s2c", kind="data", hold_ratio=0.05, hold_ms=18, seed=8)
             + between("c2s", kind="data", hold_ratio=0.05, hold_ms=18, seed=9),
             talk(times=times, download=2 * download, pace=500_000)),
        pair("lost_beyond_near", "beyond", beside("c2s", loss_ratio=many_losses, seed=11)
             + beside("s2c", loss_ratio=many_losses, seed=12), usual, MIDDLE_AND_FAR),
    )


PAIRS = (
    *basic_pairs(1),
    pair("clean_bulk", "inconclusive", [], talk(times=6, download=1_500_000, pace=2_000_000)),
    pair("lost_both_ways", "network", between("c2s", loss_ratio=0.03, seed=3) + between("s2c", loss_ratio=0.03, seed=4)
         + between("s2c", push=True, kind="data", loss_ratio=0.1, seed=5), talk(times=40)),
    pair("lost_in_bursts", "network", between("s2c", kind="data", loss_ratio=0.01, burst=6, seed=6),
         talk(download=900_000, pace=600_000)),
    pair("lost_in_queue", "network", between("s2c", rate_kbit=4_000, queue_ms=30),
         talk(download=900_000, pace=4_000_000)),
    pair("delay_step_one_way", "network", between("s2c", steps=[[1.6, 150]]), talk(times=40)),
    pair("slow_server_and_loss", "server", between("s2c", kind="data", loss_ratio=0.005, seed=7), talk(wait_ms=400)),
    pair("server_stops_reading", "server", [], [
        {"server": SERVER, "port": UPLOAD, "start_s": 0.3 * number,
         "requests": [{"wait_ms": 2_500, "take": 750_000, "send": 100}]} for number in range(2)]),
    pair("doubled_by_network", "inconclusive", between("s2c", duplicate_ratio=0.03, seed=10), talk()),
    pair("no_timestamps", "network", between("c2s", loss_ratio=0.03, seed=13)
         + between("s2c", loss_ratio=0.03, seed=14), talk(), kernel=NO_TIMESTAMPS),
    pair("no_options", "network", between("c2s", loss_ratio=0.03, seed=15) + between("s2c", loss_ratio=0.03, seed=16),
         talk(), kernel={**NO_SACK, **NO_TIMESTAMPS}),
    pair("offload", "inconclusive", [], talk(times=6, download=1_500_000, pace=3_000_000), offload=True),
    pair("offload_lost", "network", between("c2s", kind="data", loss_ratio=0.02, seed=17)
         + between("s2c", kind="data", loss_ratio=0.02, seed=18),
         talk(download=1_500_000, pace=3_000_000), offload=True),
    pair("ipv6_lost", "network", between("c2s", loss_ratio=0.03, seed=21) + between("s2c", loss_ratio=0.03, seed=22),
         talk(server=V6_SERVERS[0]), server=V6_SERVERS[0], ipv6=True),
    pair("local", "inconclusive|client|server", [], talk(wait_ms=1), path_ms=0.4),
    pair("short_lost", "network", between("c2s", loss_ratio=0.04, seed=23) + between("s2c", loss_ratio=0.04, seed=24),
         short_connections((SERVER,), count=40)),
    pair("hosts", "inconclusive", [], talk(), by_hosts=True),
    pair("hosts_lost", "network", between("c2s", loss_ratio=0.05, seed=19) + between("s2c", loss_ratio=0.05, seed=20),
         talk(times=40), by_hosts=True),
    pair("hosts_delay_step", "network", between("c2s", steps=[[1.6, 75]]) + between("s2c", steps=[[1.6, 75]]),
         talk(times=40), by_hosts=True),
)

# --- small ones of both kinds, for the repository --------------------------------------------------------

SMALL_PAIRS = basic_pairs(0.4)
SMALL_PATH = path(0.5, SERVERS[:3], (10, 40, 120))
SMALL_CAUSES = (
    cause("lost", SMALL_PATH + chance(50, loss_ratio=0.02, kind="tcp") + chance(51, push=True, loss_ratio=0.05)
          + chance(52, again=True, loss_ratio=0.1), bulk(SERVERS[:3], share=0.3) + exchanges(SERVERS[:3], times=10),
          {"span_ratio": 0.05}),
    cause("late", SMALL_PATH + chance(53, ("before",), hold_ratio=0.03, hold_ms=6)
          + chance(54, ("after",), hold_ratio=0.02, hold_ms=25) + chance(55, kind="pure_ack", loss_ratio=0.2)
          + chance(56, ("after",), stalls=[[1.0, 1.7]], kind="tcp"),
          bulk(SERVERS[:3], pace=700_000, share=0.3) + exchanges(SERVERS[:3], times=10)),
)
