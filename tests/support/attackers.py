"""Attacks on a server that the test started itself, from a process of their own: what they cost the client is not
measured as the server's. Only this machine is ever spoken to (127.0.0.0/8), and each is bounded in count and time.

    with attacking(server, "sign-in", seconds=20, more=email): ...
"""

import asyncio
import contextlib
import json
import os
import random
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

from tests.support.raw_http import port_of
from tests.support.server import HearthServer
from tests.support.visitor import Visitor

ROOT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"
ADDRESSES = 100
TRIES_PER_S = 2.0
UNFINISHED = 2100
BEGINNINGS = (
    b"GET / HTTP/1.1\r\nHost: ",
    b"POST /api/links/spend HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{",
)
UPGRADE = (
    b"GET /live HTTP/1.1\r\nHost: %s\r\nOrigin: http://%s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
FLOODS = {
    "pings": b"\x89\x80\x00\x00\x00\x00" * 20_000,
    "pongs": b"\x8a\x80\x00\x00\x00\x00" * 20_000,
    "parts": b"\x02\x80\x00\x00\x00\x00" + b"\x00\x80\x00\x00\x00\x00" * 20_000,
    "empty": b"\x82\x80\x00\x00\x00\x00" * 20_000,
}
SOCKETS = 4


async def pace(seconds: float) -> None:
    """The rhythm of an attack (nothing is waited for)."""
    await asyncio.wait({asyncio.get_running_loop().create_future()}, timeout=seconds)


def paced(seconds: float) -> None:
    """The same for a test that asks now and then while it is attacked."""
    threading.Event().wait(seconds)


async def hammer(port: int, email: str) -> None:
    """Wrong passwords for one account from a hundred addresses, each up to twice a second."""
    wrong = json.dumps({"email": email, "password": "wrong"}).encode()
    host = f"{HOST}:{port}".encode()
    request = b"POST /api/sign-in HTTP/1.1\r\nHost: %s\r\nSec-Fetch-Site: same-origin\r\n" % host
    request += b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(wrong) + wrong
    statuses: dict[str, int] = {}

    async def one(number: int) -> None:
        while True:
            await pace(1 / TRIES_PER_S)
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                reader, writer = await asyncio.open_connection(HOST, port, local_addr=(f"127.1.0.{number + 1}", 0))
                writer.write(request.replace(b"\r\nHost", b"\r\nConnection: close\r\nHost", 1))
                status = (await reader.readline()).split()[1:2]
                await reader.read()
                writer.close()
                name = status[0].decode() if status else "none"
                statuses[name] = statuses.get(name, 0) + 1

    try:
        await asyncio.gather(*(one(number) for number in range(ADDRESSES)))
    finally:
        sys.stderr.write(f"answers to the attackers: {statuses}\n")


async def leave_unfinished(port: int, more: str) -> None:
    """Requests of one address that are begun and never finished, begun again when they are ended."""
    host = f"{HOST}:{port}".encode()

    async def one(number: int) -> None:
        beginning = BEGINNINGS[number % len(BEGINNINGS)]
        while True:
            await pace(random.uniform(0, 5))
            with contextlib.suppress(OSError):
                reader, writer = await asyncio.open_connection(HOST, port, local_addr=("127.2.0.1", 0))
                writer.write(beginning % host if b"%s" in beginning else beginning)
                await reader.read()
                writer.close()

    await asyncio.gather(*(one(number) for number in range(UNFINISHED)))


async def flood(port: int, kinds: str) -> None:
    """Sockets that never say hello and send tiny frames as fast as they are taken; each kind of frame from its own."""
    host = f"{HOST}:{port}".encode()

    async def one(frames: bytes, number: int) -> None:
        while True:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                reader, writer = await asyncio.open_connection(HOST, port, local_addr=(f"127.3.0.{number + 1}", 0))
                writer.write(UPGRADE % (host, host))
                await reader.readuntil(b"\r\n\r\n")
                while not writer.is_closing() and not reader.at_eof():
                    writer.write(frames)
                    await writer.drain()
                    await asyncio.wait_for(reader.read(1_000_000), 5)
                writer.close()
            await pace(0.05)

    names = kinds.split(",")
    await asyncio.gather(*(one(FLOODS[name], number) for number, name in enumerate(names) for _ in range(SOCKETS)))


KINDS: dict[str, Callable[[int, str], Awaitable[None]]] = {
    "sign-in": hammer,
    "unfinished": leave_unfinished,
    "frames": flood,
}


@contextlib.contextmanager
def attacking(server: HearthServer, kind: str, seconds: float, more: str = "") -> Iterator[None]:
    """The attack runs for the length of the block, and never longer than `seconds`."""
    command = [sys.executable, "-m", "tests.support.attackers", kind, str(port_of(server)), str(seconds), more]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"begun\n"
    try:
        yield
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


class Watch:
    """How long others wait for `/healthz` meanwhile, asked ten times a second on a new connection. `busy`: how many
    times over the machine was in use by others before (1 or more): what is promised holds for a machine of its own."""

    def __init__(self, server: HearthServer) -> None:
        self._visitor = Visitor(server)
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._ask)
        self.busy = max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
        self.took_s: list[float] = []
        self.statuses: set[int] = set()

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._is_over.set()
        self._thread.join()

    def __str__(self) -> str:
        p50, worst = statistics.median(self.took_s), max(self.took_s)
        times = f"p50 {p50 * 1000:.0f} ms, max {worst * 1000:.0f} ms, n {len(self.took_s)}"
        return f"/healthz {times}; machine in use {self.busy:.1f} times"

    def _ask(self) -> None:
        while not self._is_over.wait(0.1):
            began = time.monotonic()
            self.statuses.add(self._visitor.get("/healthz").status)
            self.took_s.append(time.monotonic() - began)


async def _main(kind: str, port: int, seconds: float, more: str) -> None:
    attack = asyncio.ensure_future(KINDS[kind](port, more))
    sys.stdout.write("begun\n")
    sys.stdout.flush()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(15, attack.cancel)
    loop.call_later(seconds, attack.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await attack


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), sys.argv[4]))
