# SPDX-License-Identifier: Apache-2.0
"""Network namespaces, links and processes for a recording, all of which end with the `with` block.

A namespace made here has no link to the outside: its interfaces are veth ends whose other ends are in
namespaces made here as well. So no frame of a recording can leave, and no frame of the machine can get in.
"""

from __future__ import annotations

import contextlib
import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

SCRIPTS = Path(__file__).resolve().parent
START_SECONDS = 10.0
STOP_SECONDS = 5.0
TCPDUMP_BUFFER_KIB = 16_384
SNAPLEN_BYTES = 128
CLEANUP_BLOCKS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGALRM)


class LabError(RuntimeError):
    """A command or process of the lab did not do its part; the text says which and what it printed."""


def run(command: Sequence[str]) -> str:
    """Runs a command to its end and returns what it printed."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0:
        raise LabError(f"{' '.join(command)}: exit status {done.returncode}: {done.stdout.strip()}")
    return done.stdout


class Process:
    """A process in a namespace, with its output read."""

    def __init__(self, name: str, namespace: str, command: Sequence[str]) -> None:
        self.name = name
        # Each of these replaces itself by what follows: the pid is the command's own. With the death signal
        # the process ends even if this script is killed in a way that it cannot handle.
        self.child = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", "ip", "netns", "exec", namespace, *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self.output = ""

    def has_printed(self, text: str, seconds: float) -> bool:
        """Reads its output until it contains `text`; false if it does not within `seconds`."""
        assert self.child.stdout is not None  # a pipe was asked for
        end = time.monotonic() + seconds
        while text not in self.output:
            readable, _, _ = select.select([self.child.stdout], [], [], max(0.0, end - time.monotonic()))
            part = os.read(self.child.stdout.fileno(), 4096) if readable else b""
            if not part:
                return False
            self.output += part.decode(errors="replace")
        return True

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Ends the process, by force if it does not follow; returns its exit status."""
        if self.child.poll() is None:
            self.child.send_signal(number)
        try:
            rest, _ = self.child.communicate(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.child.kill()
            rest, _ = self.child.communicate()
        self.output += rest.decode(errors="replace")
        return self.child.returncode


def remove_namespace(namespace: str) -> None:
    """Removes a namespace made here, after what is left in it.

    Only a process that was started, but not noted before a signal came, can be left in it.
    """
    left = subprocess.run(["ip", "netns", "pids", namespace], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          text=True, check=False)
    for pid in left.stdout.split():
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(pid), signal.SIGKILL)
    subprocess.run(["ip", "netns", "del", namespace], stderr=subprocess.DEVNULL, check=False)


class Lab:
    """The namespaces of one recording. Everything it starts or makes is undone on leaving the block."""

    def __init__(self) -> None:
        self.prefix = f"pcapsule-{os.getpid()}"
        self.namespaces: list[str] = []
        self.processes: list[Process] = []

    def __enter__(self) -> Lab:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        # A signal during the cleaning must not end the cleaning.
        previous = signal.pthread_sigmask(signal.SIG_BLOCK, CLEANUP_BLOCKS)
        try:
            for process in reversed(self.processes):
                process.stop()
            for namespace in self.namespaces:
                remove_namespace(namespace)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, previous)

    def add_namespace(self, role: str, ipv6: bool) -> str:
        """A new namespace with the settings that make recordings alike on different machines."""
        namespace = f"{self.prefix}-{role}"
        # Noted first, so that it goes away even if a signal ends the script between the two steps.
        self.namespaces.append(namespace)
        run(["ip", "netns", "add", namespace])
        settings = {
            # Connections must not learn from earlier ones.
            "net.ipv4.tcp_no_metrics_save": "1",
            # Leaves out the fixed ports of the scenarios.
            "net.ipv4.ip_local_port_range": "20000 39999",
            "net.ipv6.conf.all.disable_ipv6": "0" if ipv6 else "1",
            "net.ipv6.conf.default.disable_ipv6": "0" if ipv6 else "1",
        }
        for name, value in settings.items():
            self.set_kernel(namespace, name, value)
        self.inside(namespace, "ip", "link", "set", "lo", "up")
        return namespace

    def set_kernel(self, namespace: str, name: str, value: str) -> None:
        """Sets a kernel parameter in a namespace only."""
        self.inside(namespace, "sh", "-c", f"echo '{value}' > /proc/sys/{name.replace('.', '/')}")

    def inside(self, namespace: str, *command: str) -> str:
        """Runs a command to its end in a namespace."""
        return run(["ip", "netns", "exec", namespace, *command])

    def join(self, first: tuple[str, str, str], second: tuple[str, str, str]) -> None:
        """Joins two namespaces by a veth pair; each end is (namespace, interface, MAC address).

        All offloads are off: segments have their size on the wire, and checksums are real.
        """
        (namespace, interface, mac), (peer_namespace, peer_interface, peer_mac) = first, second
        run(["ip", "link", "add", "name", interface, "netns", namespace, "address", mac, "type", "veth",
             "peer", "name", peer_interface, "netns", peer_namespace, "address", peer_mac])
        for end_namespace, end, _ in (first, second):
            self.inside(end_namespace, "ethtool", "-K", end, "tso", "off", "gso", "off", "gro", "off",
                        "tx", "off", "rx", "off")
            self.inside(end_namespace, "ip", "link", "set", end, "up")

    def silence(self, namespace: str, interface: str) -> None:
        """Keeps the kernel of a relaying namespace from answering ARP."""
        self.inside(namespace, "ip", "link", "set", interface, "arp", "off")

    def add_addresses(self, namespace: str, interface: str, addresses: Sequence[str],
                      routes: Sequence[str]) -> None:
        """Gives an interface its addresses, and on-link routes to the other side's."""
        for address in addresses:
            version = ["-6"] if ":" in address else []
            prefix, flags = ("/128", ["nodad"]) if version else ("/32", [])
            self.inside(namespace, "ip", *version, "addr", "add", address + prefix, "dev", interface, *flags)
        for route in routes:
            version = ["-6"] if ":" in route else []
            self.inside(namespace, "ip", *version, "route", "add", route, "dev", interface)

    def start(self, name: str, namespace: str, command: Sequence[str]) -> Process:
        """Starts a process that ends with the lab at the latest."""
        process = Process(name, namespace, command)
        self.processes.append(process)
        return process

    def wait_for(self, process: Process, text: str, seconds: float) -> None:
        """Waits until a process prints `text`; any process that ends meanwhile is an error at once."""
        end = time.monotonic() + seconds
        while not process.has_printed(text, 0.5):
            ended = [other.name for other in self.processes if other.child.poll() is not None]
            if ended or time.monotonic() > end:
                reason = f"{ended[0]} ended" if ended else f"not within {seconds:g} s"
                raise LabError(f"{process.name}: no {text!r}: {reason}; it printed: {process.output.strip()}")

    def start_traffic(self, name: str, namespace: str, *arguments: str) -> Process:
        """Starts a server or a client."""
        return self.start(name, namespace, [sys.executable, "-B", str(SCRIPTS / "traffic.py"), *arguments])

    def start_relay(self, namespace: str, client_side: str, server_side: str, rules: Path,
                    truth: Path) -> Process:
        """Starts a relay, a little ahead of other processes so that its delays stay punctual."""
        command = ["nice", "-n", "-10", sys.executable, "-B", str(SCRIPTS / "relay.py"), client_side, server_side,
                   "--rules", str(rules), "--truth", str(truth)]
        process = self.start("relay", namespace, command)
        self.wait_for(process, "ready", START_SECONDS)
        return process

    def start_capture(self, namespace: str, interface: str, target: Path, precision: str) -> Process:
        """Starts tcpdump; `precision` is `micro` or `nano`."""
        # Immediate mode: nothing stays in the kernel's buffer when tcpdump is stopped.
        command = ["tcpdump", "-i", interface, "-n", "-s", str(SNAPLEN_BYTES), "-B", str(TCPDUMP_BUFFER_KIB),
                   "--immediate-mode", f"--time-stamp-precision={precision}", "-Z", "root", "-w", str(target)]
        process = self.start(f"tcpdump on {interface}", namespace, command)
        self.wait_for(process, "listening on", START_SECONDS)
        return process


def stop_capture(capture: Process) -> None:
    """Stops tcpdump, and refuses a recording with frames missing."""
    capture.stop(signal.SIGINT)
    found = re.search(r"(\d+) packets? dropped by kernel", capture.output)
    if not found or found.group(1) != "0":
        raise LabError(f"{capture.name}: frames are missing: {capture.output.strip()}")
