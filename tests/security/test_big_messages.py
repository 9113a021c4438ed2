"""A message over the limit closes its own socket: in the protocol's words, and from far above it without any."""

import contextlib
import json
from collections.abc import Callable

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from realtime.messages import MAX_MESSAGE_BYTES
from server.bounded_sockets import SLACK_BYTES
from tests.support.server import HearthServer
from tests.support.visitor import Visitor

WIRE_BYTES = MAX_MESSAGE_BYTES + SLACK_BYTES


async def close_of(socket: ClientConnection) -> tuple[int, str]:
    """The code and the reason it is closed with; 1009 where it was cut so early that the rest was still under way."""
    with pytest.raises(ConnectionClosed) as closed:
        while True:
            await socket.recv()
    came = closed.value.rcvd
    return (came.code, came.reason) if came is not None else (1009, "")


def opened(server: HearthServer, household: str) -> connect:
    url = server.url.replace("http://", "ws://") + "/live"
    return connect(url, origin=server.url, additional_headers={"X-Forwarded-For": household})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("x" * (MAX_MESSAGE_BYTES + 1), 4413),
        (b"x" * WIRE_BYTES, 4413),
        (b"x" * (WIRE_BYTES + 1), 1009),
        ("x" * 4 * MAX_MESSAGE_BYTES, 1009),
        (["x"] * 65, 1009),
        (["x" * 50_000] * 6, 1009),
    ],
    ids=["one more", "most", "more", "far more", "parts", "large parts"],
)
async def test_before_a_word_was_said(hearth: HearthServer, message: str | bytes | list[str], code: int) -> None:
    async with opened(hearth, "198.18.1.1") as socket:
        with contextlib.suppress(ConnectionClosed):
            await socket.send(message)
        assert await close_of(socket) == (code, "")


async def test_in_the_waiting_room(hearth: HearthServer, visitor: Callable[[], Visitor]) -> None:
    browser = visitor()
    browser.spend(hearth.link("kin").token)
    ticket = browser.post("/api/tickets").json["ticket"]
    async with opened(hearth, "198.18.1.2") as socket:
        await socket.send(json.dumps({"type": "hello", "ticket": ticket}))
        assert json.loads(await socket.recv())["type"] == "welcome"
        await socket.send("x" * (MAX_MESSAGE_BYTES + 1))
        assert await close_of(socket) == (4413, "")


async def test_words_that_are_none_are_the_peers_fault(hearth: HearthServer) -> None:
    async with opened(hearth, "198.18.1.3") as socket:
        await socket.send(b"\xff\xfe", text=True)
        assert await close_of(socket) == (1007, "")
    async with opened(hearth, "198.18.1.3") as socket:
        socket.transport.write(b"\xff\x80\x00\x00\x00\x00")  # a kind of frame there is not
        assert await close_of(socket) == (1002, "")
    assert [line for line in hearth.logged() if line["level"] in ("error", "critical")] == []
