"""A connection that is lost half-way through its request is the peer's end: nobody is woken for it, nothing is done."""

import asyncio
import re

import pytest

from tests.support.raw_http import WAIT_S, port_of, raw_http
from tests.support.server import METRICS_TOKEN, HearthServer
from tests.support.visitor import Visitor

TIMES = 20
HEAD = b"POST /csp HTTP/1.1\r\nHost: %s\r\nSec-Fetch-Site: same-origin\r\nContent-Type: application/csp-report\r\n"
HALVES = {
    "length": b"Content-Length: 50\r\n\r\n{}",
    "chunks": b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
    "no chunk": b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
}


def counted(visitor: Visitor, status: int) -> float:
    """How many reports of blocked content were answered so."""
    wanted = rf'^hearth_http_requests_total{{method="POST",route="other",status="{status}"}} (\S+)$'
    found = re.search(
        wanted, visitor.get("/metrics", authorization=f"Bearer {METRICS_TOKEN}").body.decode(), re.MULTILINE
    )
    return float(found[1]) if found else 0.0


@pytest.mark.parametrize("half", HALVES)
async def test_requests_that_are_broken_off_are_no_failures_of_ours(direct: HearthServer, half: str) -> None:
    times = TIMES if half == "length" else 1
    visitor = Visitor(direct)
    before = counted(visitor, 499)
    for _ in range(times):
        async with raw_http(port_of(direct)) as client:
            client.send(HEAD % visitor.host.encode() + HALVES[half])
            if half == "no chunk":
                assert await client.ended() == b""
    async with asyncio.timeout(WAIT_S):
        while await asyncio.to_thread(counted, visitor, 499) < before + times:
            continue
    assert counted(visitor, 500) == counted(visitor, 0) == 0
    assert [line for line in direct.logged() if line["level"] in ("error", "critical")] == []
