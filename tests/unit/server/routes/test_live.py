from collections.abc import MutableMapping
from typing import Any, cast

import pytest
from litestar import WebSocket

from realtime.link import LinkClosed
from server.routes.live import SocketLink

Message = MutableMapping[str, Any]


class Wire:
    """The ASGI ends of a socket, as uvicorn has them."""

    def __init__(self, *received: Message) -> None:
        self.received = [{"type": "websocket.connect"}, *received]
        self.sent: list[Message] = []
        self.is_gone = False

    async def receive(self) -> Message:
        return self.received.pop(0)

    async def send(self, message: Message) -> None:
        if self.is_gone:
            raise OSError("gone")
        self.sent.append(message)


async def accepted(wire: Wire) -> SocketLink:
    scope = cast(Any, {"type": "websocket", "headers": [], "path": "/live", "query_string": b""})
    socket: WebSocket[Any, Any, Any] = WebSocket(scope, cast(Any, wire.receive), cast(Any, wire.send))
    await socket.accept()
    return SocketLink(socket)


async def test_frames_keep_their_kind_even_when_empty() -> None:
    link = await accepted(
        Wire(
            {"type": "websocket.receive", "text": "hello", "bytes": None},
            {"type": "websocket.receive", "text": "", "bytes": None},
            {"type": "websocket.receive", "bytes": b"\x00"},
            {"type": "websocket.receive", "bytes": b"", "text": None},
        )
    )
    assert [await link.receive() for _ in range(4)] == ["hello", "", b"\x00", b""]


async def test_a_peer_that_goes_closes_the_link_for_good() -> None:
    link = await accepted(Wire({"type": "websocket.disconnect", "code": 1001}))
    for _ in range(2):
        with pytest.raises(LinkClosed):
            await link.receive()
    with pytest.raises(LinkClosed):
        await link.send("late")
    await link.close(1012)


async def test_both_kinds_are_sent_and_the_first_close_counts() -> None:
    wire = Wire()
    link = await accepted(wire)
    await link.send("text")
    await link.send(b"bytes")
    await link.close(4410)
    await link.close(1012)
    assert [(message.get("text"), message.get("bytes")) for message in wire.sent[1:3]] == [
        ("text", None),
        (None, b"bytes"),
    ]
    assert [message["code"] for message in wire.sent if message["type"] == "websocket.close"] == [4410]


async def test_a_connection_lost_underneath_is_a_closed_link() -> None:
    wire = Wire()
    link = await accepted(wire)
    wire.is_gone = True
    with pytest.raises(LinkClosed):
        await link.send("x")
    await link.close(1000)
