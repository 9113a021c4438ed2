"""Connections held by heads that do not end are cut, people are served meanwhile, and oversized heads are refused."""

import asyncio
from urllib.parse import urlsplit

import pytest

from server.config import Settings
from tests.support.raw_http import RawHttp, port_of, raw_http
from tests.support.server import HearthServer
from tests.support.visitor import Visitor

SLOW = 60
BEGINNINGS = [
    b"",
    b"GET /",
    b"GET /j HTTP/1.1\r\nHost: ",
    b"POST /api/links/spend HTTP/1.1\r\nContent-Length: 9\r\nX: ",
]
MANY = b"".join(b"x-%d: y\r\n" % number for number in range(101))
LONG = b"x: " + b"y" * 16_384 + b"\r\n"


async def slow_one(port: int, beginning: bytes) -> bytes:
    """What comes until the end of a connection that sends a byte a second."""
    async with raw_http(port) as client:
        client.send(beginning)
        return await (client.trickle(b"a", 1) if beginning else client.ended())


async def test_slow_heads_are_cut_and_others_are_served_meanwhile(direct: HearthServer) -> None:
    began = asyncio.get_running_loop().time()
    slow = [asyncio.create_task(slow_one(port_of(direct), BEGINNINGS[n % len(BEGINNINGS)])) for n in range(SLOW)]
    visitor = Visitor(direct)
    while not all(one.done() for one in slow):
        assert (await asyncio.to_thread(visitor.get, "/j")).status == 200
        await asyncio.wait(slow, timeout=0.5)
    took_s = asyncio.get_running_loop().time() - began
    expected = [b"HTTP/1.1 408 " if beginning else b"" for beginning in BEGINNINGS] * (SLOW // len(BEGINNINGS))
    assert [one.result()[:13] for one in slow] == expected
    assert took_s >= Settings().header_s


async def asked(client: RawHttp, request: bytes) -> tuple[int, str]:
    client.send(request)
    answer = await client.answer()
    assert await client.ended() == b""
    return answer.status, answer.code


@pytest.mark.parametrize("path", ["/j", "/live", "/api/me"])
@pytest.mark.parametrize("headers", [MANY, LONG], ids=["many", "long"])
async def test_oversized_heads_are_refused_wherever_they_lead(direct: HearthServer, path: str, headers: bytes) -> None:
    upgrade = b"Connection: Upgrade\r\nUpgrade: websocket\r\n" if path == "/live" else b""
    start = b"GET " + path.encode() + b" HTTP/1.1\r\nHost: " + urlsplit(direct.url).netloc.encode() + b"\r\n"
    async with raw_http(port_of(direct)) as client:
        assert await asked(client, start + upgrade + headers + b"\r\n") == (431, "headers.too_large")
    assert Visitor(direct).get("/healthz").status == 200
