#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A client that plays any mix of connections, for the recordings with ground truth.

    mix.py JOBS.json

JOBS.json is a list of connections, all of which are played at the same time. Keys of a connection:

    server, port       where to; `server` may be IPv6
    start_s            when it begins
    requests           list of requests, one after the other: what `traffic.py serve` understands, and
        times          how often
        pause_ms       the pause after each answer
        read_pauses    pairs of bytes, seconds: the reader stops for so long once so many bytes have come
        drip           read this many bytes at a time, with 10 ms between them
    receive_buffer     bytes
    pace               bytes a second that the client sends at most
    congestion         the client's congestion control
    end                "close", "abort" (with a RST), or "open" (stays so until the recording has ended)

It prints `done` when all have ended, and keeps its sockets until its standard input ends.
"""

from __future__ import annotations

import json
import socket
import sys
import threading
import time
from pathlib import Path
from typing import Any

import traffic

TCP_CONGESTION = 13
failures: list[str] = []


def open_connection(job: dict[str, Any]) -> socket.socket:
    """A connection with the job's settings."""

    def prepare(connection: socket.socket) -> None:
        if "congestion" in job:
            connection.setsockopt(socket.IPPROTO_TCP, TCP_CONGESTION, job["congestion"].encode())
        if "pace" in job:
            connection.setsockopt(socket.SOL_SOCKET, traffic.SO_MAX_PACING_RATE, job["pace"])

    return traffic.connect((job["server"], job["port"]), 0, job.get("receive_buffer"), prepare)


def read_answer(connection: socket.socket, size: int, request: dict[str, Any]) -> None:
    """Reads an answer, with the pauses that the request asks for."""
    done = 0
    for at, seconds in request.get("read_pauses", []):
        traffic.read_exactly(connection, at - done)
        done = at
        time.sleep(seconds)
    while "drip" in request and done < size:
        part = min(request["drip"], size - done)
        traffic.read_exactly(connection, part)
        done += part
        time.sleep(0.01)
    traffic.read_exactly(connection, size - done)


def play(job: dict[str, Any]) -> None:
    """One connection from its begin to its end."""
    time.sleep(job.get("start_s", 0))
    connection = open_connection(job)
    for request in job["requests"]:
        line = {key: value for key, value in request.items() if key not in ("times", "pause_ms", "read_pauses", "drip")}
        for _ in range(request.get("times", 1)):
            traffic.ask(connection, **line)
            try:
                read_answer(connection, request.get("send", 0), request)
            except ConnectionError:
                if "abort" not in request:
                    raise
                return
            time.sleep(request.get("pause_ms", 0) / 1000)
    end = job.get("end", "close")
    if end == "abort":
        traffic.abort(connection)
    elif end == "close":
        connection.close()
    else:
        traffic.kept_open.append(connection)


def play_noting_failure(job: dict[str, Any]) -> None:
    """A connection that fails must not pass unnoticed."""
    try:
        play(job)
    except OSError as error:
        failures.append(f"{job['server']}:{job['port']}: {error}")


def main() -> int:
    """Plays all connections."""
    jobs = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    players = [threading.Thread(target=play_noting_failure, args=(job,)) for job in jobs]
    for player in players:
        player.start()
    for player in players:
        player.join()
    for failure in failures:
        print(f"failed: {failure}", flush=True)
    time.sleep(1.0)  # the last FIN, its ACK, and what is sent again of them
    print("done", flush=True)
    sys.stdin.read()
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
