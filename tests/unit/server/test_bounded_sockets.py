"""Handshakes that are refused, and messages that come too large, in too many parts or too slowly."""

import asyncio
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.frames import Close, Frame, Opcode

from server.bounded_sockets import SLACK_BYTES
from tests.support.listening import listening
from tests.support.raw_http import raw_http

UPGRADE = b"Host: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
VERSION, KEY = b"Sec-WebSocket-Version: 13\r\n", b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
WHOLE = UPGRADE + VERSION + KEY
SCRIPT = b"<script>alert(1)</script>"


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """Echoes the length of every message; /closed is closed before it opens."""
    await receive()
    if scope["path"] == "/closed":
        await send({"type": "websocket.close", "reason": "Dana's plan"})
        return
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "text": str(len(message.get("bytes") or message.get("text") or b""))})


@pytest.mark.parametrize(
    ("handshake", "status"),
    [
        (b"GET / HTTP/1.1\r\n" + UPGRADE + VERSION, 400),
        (b"GET / HTTP/1.1\r\n" + UPGRADE + VERSION + b"Sec-WebSocket-Key: " + SCRIPT + b"\r\n", 400),
        (b"GET / HTTP/1.1\r\n" + UPGRADE + KEY + b"Sec-WebSocket-Version: 99\r\n", 400),
        (b"GET / HTTP/1.1\r\nUpgrade: h2c\r\n" + WHOLE, 400),
        (b"GET / HTTP/1.1\r\n" + WHOLE + b"Sec-WebSocket-Protocol: " + SCRIPT + b"\r\n", 400),
        (b"GET / HTTP/1.1\r\n" + WHOLE + b"Content-Length: 2\r\n", 400),
        (b"GET / HTTP/1.1\r\n" + WHOLE + b"Transfer-Encoding: chunked\r\n", 400),
        (b"GET /closed HTTP/1.1\r\n" + WHOLE, 403),
        (b"POST / HTTP/1.1\r\n" + WHOLE, 405),
        (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n" + WHOLE, 414),
        (b"GET / HTTP/1.1\r\n" + WHOLE + b"X: " + b"a" * 9000 + b"\r\n", 431),
    ],
    ids=[
        "no-key",
        "key",
        "version",
        "upgrades",
        "protocol",
        "body",
        "chunked",
        "closed",
        "post",
        "long-path",
        "long-header",
    ],
)
async def test_a_handshake_is_refused_as_a_problem_and_nothing_is_said_back(handshake: bytes, status: int) -> None:
    async with listening(echo) as server, raw_http(server.port) as client:
        client.send(handshake + b"\r\n")
        answer = await client.answer()
        assert await client.ended() == b""
    assert (answer.status, bool(answer.code)) == (status, True)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store" and answer.headers["connection"] == "close"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    said = answer.body.decode() + str(answer.headers)
    assert [word for word in ("<script>alert", "Sec-WebSocket", "Dana", "aaaa") if word in said] == []


async def fragments(client: Any, count: int, last: bool) -> None:
    """A message in `count` empty parts, unmasked by the library's own rules."""
    connection = client.protocol
    for number in range(count):
        opcode = Opcode.BINARY if number == 0 else Opcode.CONT
        connection.send_frame(Frame(opcode, b"", fin=last and number == count - 1))
        client.transport.write(b"".join(connection.data_to_send()))


async def test_a_message_may_come_in_few_parts_and_not_in_many() -> None:
    async with listening(echo, socket_fragments=64) as server, connect(server.socket_url) as client:
        await fragments(client, 64, last=True)
        assert await asyncio.wait_for(client.recv(), 5) == "0"
        await fragments(client, 70, last=False)
        with pytest.raises(ConnectionClosed) as closed:
            await asyncio.wait_for(client.recv(), 5)
        assert closed.value.rcvd == Close(1009, "")


async def test_a_message_that_is_never_finished_ends_the_socket() -> None:
    async with listening(echo, socket_fragment_s=0.05) as server, connect(server.socket_url) as client:
        await fragments(client, 2, last=False)
        with pytest.raises(ConnectionClosed) as closed:
            await asyncio.wait_for(client.recv(), 5)
        assert closed.value.rcvd == Close(1009, "")


async def test_a_message_is_read_a_little_beyond_the_limit_so_that_the_app_can_say_so() -> None:
    most = 262_144 + SLACK_BYTES
    async with listening(echo) as server, connect(server.socket_url, max_size=None) as client:
        await client.send(b"x" * most)
        assert await asyncio.wait_for(client.recv(), 5) == str(most)
        await client.send(b"x" * (most + 1))
        with pytest.raises(ConnectionClosed) as closed:
            await asyncio.wait_for(client.recv(), 5)
        assert closed.value.rcvd == Close(1009, "")


async def test_a_text_that_is_none_closes_without_a_fault_of_ours(caplog: pytest.LogCaptureFixture) -> None:
    async with listening(echo) as server, connect(server.socket_url) as client:
        await client.send(b"\xff", text=True)
        with pytest.raises(ConnectionClosed) as closed:
            await asyncio.wait_for(client.recv(), 5)
        assert closed.value.rcvd == Close(1007, "")
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []
