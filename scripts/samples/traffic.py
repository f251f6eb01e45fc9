#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The hosts of the sample recordings: plain sockets, so that what is recorded are the kernel's own TCP stacks.

    traffic.py serve ADDRESS:PORT... [--udp-echo ADDRESS:PORT]
    traffic.py client SCENARIO

A server reads one request a line, `KEY VALUE KEY VALUE...`, and keeps the connection until the client ends it:

    take N      read N bytes after the request line
    wait_ms N   wait before reading and answering, as a busy server does
    pace N      send no faster than N bytes a second
    send N      answer with N bytes
    close 1     end the connection after the answer, before the client does
    abort 1     the same, but with a RST

A client plays one scenario, prints `done`, and keeps its sockets until its standard input ends: so a
connection can be still open when the recording stops.
"""

from __future__ import annotations

import argparse
import random
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

# Addresses from the ranges reserved for documentation (RFC 5737, RFC 3849): they belong to nobody.
CLIENT = "192.0.2.10"
CLIENT_V6 = "2001:db8:1::10"
NEAR_SERVERS = tuple(f"198.51.100.{last}" for last in (11, 12, 13, 14, 15))
FAR_SERVERS = ("203.0.113.43", "203.0.113.99")
SERVERS_V6 = ("2001:db8:2::80", "2001:db8:2::81")
SERVERS = NEAR_SERVERS + FAR_SERVERS + SERVERS_V6

WEB, UPLOAD, API, CLOSED = 80, 8080, 9000, 81
SERVED_PORTS = (WEB, UPLOAD, API)
UDP_ECHO, UDP_CLOSED = 7, 33434

BULK_CLIENT_PORT = 57080
BULK_BYTES = 14_900_000

SO_MAX_PACING_RATE = 47
SO_RCVBUFFORCE = 33
IPV6_DSTOPTS = 59

# Repeated text compresses well, and is recognisable in a capture.
PAYLOAD = b"pcapsule sample payload, recorded between two network namespaces.\r\n" * 1000

BACKGROUND = ThreadPoolExecutor(max_workers=16)

Endpoint = tuple[str, int]


# --- server ---------------------------------------------------------------------------------------------


def parse_endpoint(text: str) -> Endpoint:
    """`192.0.2.1:80` or `[2001:db8::1]:80`."""
    host, _, port = text.rpartition(":")
    return host.strip("[]"), int(port)


def family_of(address: str) -> socket.AddressFamily:
    """IPv6 addresses are the ones with a colon."""
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def listen(endpoint: Endpoint) -> socket.socket:
    """A listening socket."""
    listener = socket.socket(family_of(endpoint[0]), socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(endpoint)
    listener.listen(128)
    return listener


def send_payload(connection: socket.socket, size: int) -> None:
    """Sends `size` bytes of the payload text."""
    while size > 0:
        size -= connection.send(PAYLOAD[:size])


def read_line(connection: socket.socket) -> bytes:
    """One line, byte by byte so that nothing behind it is taken; empty at the end of the stream."""
    line = b""
    while not line.endswith(b"\n"):
        byte = connection.recv(1)
        if not byte:
            return b""
        line += byte
    return line


def read_exactly(connection: socket.socket, size: int) -> None:
    """Reads and forgets `size` bytes; an early end of the stream is an error."""
    while size > 0:
        part = connection.recv(min(size, 65_536))
        if not part:
            raise ConnectionError("the stream ended early")
        size -= len(part)


def answer_requests(connection: socket.socket) -> None:
    """Serves one connection until the client ends it or asks the server to."""
    with connection:
        try:
            while line := read_line(connection):
                words = line.decode().split()
                request = {key: int(value) for key, value in zip(words[::2], words[1::2])}
                time.sleep(request.get("wait_ms", 0) / 1000)
                read_exactly(connection, request.get("take", 0))
                if "pace" in request:
                    connection.setsockopt(socket.SOL_SOCKET, SO_MAX_PACING_RATE, request["pace"])
                send_payload(connection, request.get("send", 0))
                if request.get("abort"):
                    abort(connection)
                if request.get("close") or request.get("abort"):
                    return
        except ConnectionError:
            return  # a client that resets is part of the samples


def accept_forever(listener: socket.socket) -> None:
    """A thread for each connection: there are few at a time."""
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=answer_requests, args=(connection,), daemon=True).start()


def echo_datagrams(endpoint: Endpoint) -> None:
    """Sends every datagram back."""
    with socket.socket(family_of(endpoint[0]), socket.SOCK_DGRAM) as echo:
        echo.bind(endpoint)
        while True:
            datagram, sender = echo.recvfrom(2048)
            echo.sendto(datagram, sender)


def serve(endpoints: list[Endpoint], udp_echo: Endpoint | None) -> None:
    """Serves until the process is ended. All sockets listen before `ready` is printed."""
    listeners = [listen(endpoint) for endpoint in endpoints]
    for listener in listeners:
        threading.Thread(target=accept_forever, args=(listener,), daemon=True).start()
    if udp_echo:
        threading.Thread(target=echo_datagrams, args=(udp_echo,), daemon=True).start()
    print("ready", flush=True)
    threading.Event().wait()


# --- client ---------------------------------------------------------------------------------------------


def connect(server: Endpoint, source_port: int = 0, receive_buffer: int | None = None,
            before: Callable[[socket.socket], None] | None = None) -> socket.socket:
    """An open connection. `before` may set further options on the socket before the SYN is sent."""
    family = family_of(server[0])
    connection = socket.socket(family, socket.SOCK_STREAM)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if receive_buffer is not None:
        # Forced: the usual option is capped by a limit that differs between machines.
        connection.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, receive_buffer)
    if before:
        before(connection)
    connection.bind((CLIENT_V6 if family == socket.AF_INET6 else CLIENT, source_port))
    try:
        connection.connect(server)
    except OSError:
        connection.close()
        raise
    return connection


def ask(connection: socket.socket, **request: int) -> None:
    """Sends a request line, and the bytes that it announces."""
    line = " ".join(f"{key} {value}" for key, value in request.items())
    connection.sendall(f"{line}\n".encode())
    send_payload(connection, request.get("take", 0))


def fetch(server: Endpoint, source_port: int = 0, **request: int) -> None:
    """A whole connection: connect, ask, read the answer, end."""
    with connect(server, source_port) as connection:
        ask(connection, **request)
        read_exactly(connection, request.get("send", 0))


def expect_refused(server: Endpoint, source_port: int = 0) -> None:
    """Connects to a closed port."""
    try:
        connect(server, source_port).close()
    except ConnectionRefusedError:
        return
    raise RuntimeError(f"{server} accepted a connection that it should refuse")


def abort(connection: socket.socket) -> None:
    """Closes with a RST instead of a FIN: what SO_LINGER with zero seconds means."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def in_background(action: Callable[..., None], *arguments: object, **keywords: object) -> Future[None]:
    """Runs an action beside the others; `result()` waits for it and raises what it raised."""
    return BACKGROUND.submit(action, *arguments, **keywords)


def send_datagram(server: Endpoint, reply_expected: bool) -> None:
    """UDP: echoed, or answered by ICMP port unreachable when nobody listens."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
        datagrams.settimeout(2)
        datagrams.connect(server)
        datagrams.send(PAYLOAD[:48])
        try:
            datagrams.recv(2048)
        except (ConnectionRefusedError, TimeoutError):
            if reply_expected:
                raise


def internet_checksum(data: bytes) -> int:
    """RFC 1071, for an even number of bytes."""
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total & 0xFFFF) + (total >> 16)
    return ~(total + (total >> 16)) & 0xFFFF


def ping(server: str, sequence: int) -> None:
    """One ICMP echo request; the kernel of the server answers."""
    unsummed = struct.pack("!BBHHH", 8, 0, 0, 0x7063, sequence) + PAYLOAD[:32]
    request = unsummed[:2] + struct.pack("!H", internet_checksum(unsummed)) + unsummed[4:]
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as raw:
        raw.sendto(request, (server, 0))


# --- scenarios ------------------------------------------------------------------------------------------


def download_with_pauses(server: Endpoint, source_port: int, size: int, pace: int,
                         pauses: list[tuple[int, float]], receive_buffer: int) -> None:
    """A download whose reader stops for `seconds` once `bytes` have come: its receive window dips."""
    with connect(server, source_port, receive_buffer) as connection:
        ask(connection, pace=pace, send=size)
        done = 0
        for at, seconds in pauses:
            read_exactly(connection, at - done)
            done = at
            time.sleep(seconds)
        read_exactly(connection, size - done)


def short_connections(seed: int, seconds: float) -> None:
    """One user's small requests to several servers, with pauses between them."""
    chance = random.Random(seed)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        server = (chance.choice(NEAR_SERVERS), chance.choice(SERVED_PORTS))
        size = round(chance.lognormvariate(8, 1.2)) + 40
        # Now and then a request takes longer than is usual: the server's time, not the network's.
        wait_ms = chance.choice((0, 0, 1, 3, 8, 120))
        if chance.random() < 0.15:
            fetch(server, take=min(size, 30_000), wait_ms=wait_ms, send=64)
        else:
            fetch(server, wait_ms=wait_ms, send=min(size, 30_000), close=chance.choice((0, 0, 1)))
        time.sleep(chance.uniform(0.1, 0.52))


def other_protocols(seconds: float) -> None:
    """Some UDP and ICMP, so that not every packet is TCP."""
    end = time.monotonic() + seconds
    sequence = 0
    while time.monotonic() < end:
        sequence += 1
        send_datagram((NEAR_SERVERS[0], UDP_ECHO), reply_expected=True)
        ping(NEAR_SERVERS[sequence % len(NEAR_SERVERS)], sequence)
        if sequence % 5 == 0:
            send_datagram((NEAR_SERVERS[1], UDP_CLOSED), reply_expected=False)
        time.sleep(0.4)


def bulk_among_short() -> None:
    """One long download from a far server among many short connections to near ones."""
    seconds = 26.0
    others = [in_background(short_connections, seed, seconds) for seed in range(6)]
    others.append(in_background(other_protocols, seconds))
    time.sleep(6)
    bulk = in_background(download_with_pauses, (FAR_SERVERS[0], WEB), BULK_CLIENT_PORT, BULK_BYTES, 1_000_000,
                         pauses=[(4_000_000, 0.8), (10_000_000, 0.6)], receive_buffer=700_000)
    time.sleep(3)
    for size in (300, 5_000, 12_000):
        fetch((FAR_SERVERS[1], WEB), send=size)
    expect_refused((NEAR_SERVERS[2], CLOSED))
    for activity in [*others, bulk]:
        activity.result()


def add_destination_options(connection: socket.socket) -> None:
    """A destination options header with padding only: TCP is then not the first header behind IPv6."""
    padding_only = bytes((0, 0, 1, 4, 0, 0, 0, 0))
    connection.setsockopt(socket.IPPROTO_IPV6, IPV6_DSTOPTS, padding_only)


def ipv6() -> None:
    """Downloads, an upload, a refusal, and a connection with an extension header."""
    first, second = SERVERS_V6
    large = in_background(fetch, (first, WEB), pace=400_000, send=600_000)
    for size in (200, 4_000, 15_000):
        fetch((second, WEB), send=size)
    fetch((second, UPLOAD), take=90_000, wait_ms=20, send=100)
    expect_refused((first, CLOSED))
    with connect((second, API), before=add_destination_options) as connection:
        ask(connection, send=20_000)
        read_exactly(connection, 20_000)
    large.result()


def vlan() -> None:
    """Servers in three VLANs, also a download and an upload at the same time."""
    large = in_background(fetch, (NEAR_SERVERS[0], WEB), pace=400_000, send=300_000)
    upload = in_background(fetch, (NEAR_SERVERS[1], UPLOAD), take=150_000, send=50)
    for server in NEAR_SERVERS[:3]:
        fetch((server, API), wait_ms=10, send=9_000)
    expect_refused((NEAR_SERVERS[2], CLOSED))
    large.result()
    upload.result()


def loss() -> None:
    """A download, then an upload; the relay drops frames of both."""
    fetch((NEAR_SERVERS[0], WEB), pace=1_200_000, send=900_000)
    fetch((NEAR_SERVERS[0], UPLOAD), take=300_000, send=50)
    fetch((NEAR_SERVERS[0], API), send=2_000)


def reset_mid_transfer() -> None:
    """The client aborts a download while connections to other servers are in each state of their lives."""
    aborted, busy, idle, slow, finished = ((server, WEB) for server in NEAR_SERVERS)
    fetch(finished, send=3_000)
    same_server = connect(aborted)
    ask(same_server, send=500)
    read_exactly(same_server, 500)
    idle_connection = connect(idle)
    ask(idle_connection, send=800)
    read_exactly(idle_connection, 800)
    kept_open.extend([same_server, idle_connection])
    busy_download = in_background(fetch, busy, pace=300_000, send=600_000)
    download = connect(aborted)
    ask(download, pace=500_000, send=2_000_000)
    read_exactly(download, 100_000)
    handshake = in_background(fetch, slow, send=1_000)
    read_exactly(download, 150_000)
    abort(download)
    expect_refused((busy[0], CLOSED))
    busy_download.result()
    handshake.result()


def zero_window() -> None:
    """Readers that stop: the client's window stays at zero for seconds, then the server's."""
    with connect((NEAR_SERVERS[0], WEB), receive_buffer=30_000) as connection:
        ask(connection, send=250_000)
        time.sleep(3.2)
        read_exactly(connection, 120_000)
        time.sleep(1.6)
        read_exactly(connection, 130_000)
    fetch((NEAR_SERVERS[1], UPLOAD), wait_ms=2_000, take=400_000, send=100)
    fetch((NEAR_SERVERS[1], WEB), send=30_000)


def port_reuse() -> None:
    """The same four numbers for four connections, and for two refused ones."""
    server, source_port = (NEAR_SERVERS[0], WEB), 40_000
    for size in (3_000, 20_000):
        # Ended by a RST, so that no TIME_WAIT keeps the port.
        connection = connect(server, source_port)
        ask(connection, send=size)
        read_exactly(connection, size)
        abort(connection)
        time.sleep(0.3)
    # The server ends first: TIME_WAIT is then at its side, where a newer SYN may reuse it.
    with connect(server, source_port) as connection:
        ask(connection, send=7_000, close=1)
        read_exactly(connection, 7_000)
        connection.recv(1)
    time.sleep(0.3)
    fetch((NEAR_SERVERS[1], WEB), send=1_000)
    fetch(server, source_port, send=50_000)
    for _ in range(2):
        expect_refused((NEAR_SERVERS[0], CLOSED), 40_001)
        time.sleep(0.2)


def two_points() -> None:
    """Downloads, uploads and short exchanges over a path with a known delay and known losses."""
    server = NEAR_SERVERS[0]
    download = in_background(fetch, (server, WEB), pace=700_000, send=1_000_000)
    fetch((server, UPLOAD), take=250_000, wait_ms=5, send=200)
    for number in range(8):
        # The server's own time differs: not every slow answer is the network's.
        fetch((server, API), wait_ms=15 * number, send=400 + 700 * number)
    download.result()


SCENARIOS: dict[str, Callable[[], None]] = {
    scenario.__name__: scenario
    for scenario in (bulk_among_short, ipv6, vlan, loss, reset_mid_transfer, zero_window, port_reuse, two_points)
}

# Sockets that stay open until the recording has stopped.
kept_open: list[socket.socket] = []


def main() -> int:
    """Serves, or plays a scenario."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    serving = commands.add_parser("serve")
    serving.add_argument("endpoints", nargs="+", type=parse_endpoint, metavar="ADDRESS:PORT")
    serving.add_argument("--udp-echo", type=parse_endpoint, metavar="ADDRESS:PORT")
    playing = commands.add_parser("client")
    playing.add_argument("scenario", choices=sorted(SCENARIOS))
    arguments = parser.parse_args()
    if arguments.command == "serve":
        serve(arguments.endpoints, arguments.udp_echo)
        return 0
    SCENARIOS[arguments.scenario]()
    time.sleep(0.5)  # the last FIN and its ACK are still on their way
    print("done", flush=True)
    sys.stdin.read()
    return 0


if __name__ == "__main__":
    sys.exit(main())
