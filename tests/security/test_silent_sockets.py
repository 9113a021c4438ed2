"""Sockets that never say hello and send pings, pongs, empty messages or endless parts hold up nobody."""

import asyncio
import time
from collections.abc import Iterator

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from server.config import Settings
from tests.support.attackers import FLOODS, Watch, attacking, pace, paced
from tests.support.server import HearthServer, hearth_server

ATTACK_S = 6.0


@pytest.fixture(scope="module")
def flooded() -> Iterator[HearthServer]:
    """A server of its own, whose budgets by address are used up."""
    with hearth_server() as server:
        yield server


def opened(server: HearthServer) -> connect:
    url = server.url.replace("http://", "ws://") + "/live"
    return connect(url, origin=server.url, ping_interval=None)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", FLOODS)
def test_others_are_served_while_four_sockets_send_tiny_frames(flooded: HearthServer, kind: str) -> None:
    began = time.monotonic()
    with attacking(flooded, "frames", ATTACK_S + 30, kind), Watch(flooded) as watch:
        while time.monotonic() - began < ATTACK_S:
            paced(0.2)
    print(kind, watch)
    assert watch.statuses == {200} and max(watch.took_s) < 0.5 * watch.busy


async def test_a_socket_without_a_hello_is_closed_within_five_seconds_however_much_it_pings(
    flooded: HearthServer,
) -> None:
    async with opened(flooded) as socket:
        began = asyncio.get_running_loop().time()
        with pytest.raises(ConnectionClosed) as closed:
            while True:
                await asyncio.wait_for(socket.ping(), 1)
                await pace(0.6)
        assert closed.value.rcvd is not None and closed.value.rcvd.code == 4401
        assert asyncio.get_running_loop().time() - began < 6.5


async def test_too_many_pings_close_the_socket_with_4429(flooded: HearthServer) -> None:
    async with opened(flooded) as socket:
        with pytest.raises(ConnectionClosed) as closed:
            # One at a time: with more on the way, the end of the connection may overtake the close that says why.
            for _ in range(Settings().socket_control_burst + 20):
                await (await socket.ping())
        assert closed.value.rcvd is not None and closed.value.rcvd.code == 4429


async def test_an_address_without_a_session_holds_so_many_sockets_and_no_more(flooded: HearthServer) -> None:
    held: list[ClientConnection] = []
    url = flooded.url.replace("http://", "ws://") + "/live"
    settings = Settings()
    try:
        with pytest.raises(InvalidStatus) as refused:
            while len(held) <= settings.sockets_open_stranger:
                held.append(
                    await connect(url, origin=flooded.url, local_addr=("127.6.0.1", 0))  # type: ignore[arg-type]
                )
        assert refused.value.response.status_code == 429
        assert int(refused.value.response.headers["retry-after"]) > 0
        assert len(held) == settings.sockets_open_stranger
    finally:
        for socket in held:
            await socket.close()
