"""Two thousand requests of one address that are begun and never finished: everybody else is served meanwhile."""

import asyncio
import time
from collections.abc import Callable

from server.config import Settings
from tests.support.attackers import UNFINISHED, Watch, attacking, paced
from tests.support.office import Office
from tests.support.raw_http import RawHttp, port_of, raw_http
from tests.support.server import HearthServer
from tests.support.visitor import Visitor

ATTACK_S = 8.0


def test_others_are_served_while_one_address_leaves_its_requests_unfinished(direct: HearthServer) -> None:
    meeting = Office(direct).schedules()
    began = time.monotonic()
    with attacking(direct, "unfinished", ATTACK_S + 30), Watch(direct) as watch:
        while time.monotonic() - began < ATTACK_S:
            newcomer = Visitor(direct)
            assert newcomer.get("/j").status == 200
            paced(0.2)
        assert newcomer.spend(meeting.token("Dana")).status == 200
        assert newcomer.post("/api/tickets").status == 200
    print(watch)
    assert watch.statuses == {200} and max(watch.took_s) < 0.5 * watch.busy


async def begun(port: int, host: str, address: str) -> RawHttp:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    client = RawHttp(reader, writer)
    head = f"POST /api/links/spend HTTP/1.1\r\nHost: {host}\r\nX-Forwarded-For: {address}\r\nContent-Length: 9\r\n"
    client.send(head.encode() + b"Content-Type: application/json\r\nSec-Fetch-Site: same-origin\r\n\r\n{")
    return client


async def test_behind_a_proxy_an_address_has_its_share_too(
    hearth: HearthServer, visitor: Callable[[], Visitor]
) -> None:
    browser = visitor()
    held = [await begun(port_of(hearth), browser.host, "198.18.7.1") for _ in range(300)]
    neighbour = await begun(port_of(hearth), browser.host, "198.18.7.2")
    statuses = await asyncio.gather(*(client.answer() for client in held[:200]))
    assert {one.status for one in statuses} == {408}  # the oldest gave way to the newest, long before their time
    assert (await asyncio.to_thread(browser.get, "/j")).status == 200
    neighbour.send(b"       }")
    assert (await neighbour.answer()).status != 408
    for client in (*held, neighbour):
        client._writer.close()


async def test_a_body_that_stops_coming_is_answered_after_ten_seconds(direct: HearthServer) -> None:
    host = direct.url.removeprefix("http://").encode()
    async with raw_http(port_of(direct)) as client:
        began = asyncio.get_running_loop().time()
        client.send(b"POST /api/sign-in HTTP/1.1\r\nHost: " + host + b"\r\nSec-Fetch-Site: same-origin\r\n")
        client.send(b"Content-Type: application/json\r\nContent-Length: 50\r\n\r\n{")
        assert (await client.answer()).status == 408
        assert 9 < asyncio.get_running_loop().time() - began < 12


def test_the_attack_is_more_than_the_server_has_room_for() -> None:
    assert Settings().connections < UNFINISHED
