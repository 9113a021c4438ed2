"""Handshakes that are refused, and messages that come too large, in too many parts or too slowly."""

import asyncio
import contextlib
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.frames import Close, Frame, Opcode

from server.bounded_sockets import SLACK_BYTES
from server.config import Settings
from tests.support.listening import held_loop, listening
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


PING, PONG = b"\x89\x80\0\0\0\0", b"\x8a\x80\0\0\0\0"
EMPTY = b"\x82\x80\0\0\0\0"
TINY = {
    "pings": PING,
    "pongs": PONG,
    "empty messages": EMPTY,
    "parts": b"\x02\x80\0\0\0\0" + b"\x00\x80\0\0\0\0" * 62 + b"\x80\x80\0\0\0\0",
}


async def code_of(client: Any) -> int:
    with pytest.raises(ConnectionClosed) as closed:
        async with asyncio.timeout(10):
            while True:
                await client.recv()
    return closed.value.rcvd.code if closed.value.rcvd is not None else 1006


@pytest.mark.parametrize("kind", TINY)
async def test_tiny_frames_are_cut_with_4429_and_never_hold_the_loop(kind: str) -> None:
    async with listening(echo) as server, connect(server.socket_url) as client, held_loop() as held:
        client.transport.write(TINY[kind] * (240_000 // len(TINY[kind])))
        assert await code_of(client) in (4429, 1006)  # 1006: more was under way
    assert max(held) < 0.05, max(held)


async def test_four_sockets_of_pings_do_not_hold_the_loop_either() -> None:
    async with listening(echo) as server, held_loop() as held, contextlib.AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(connect(server.socket_url)) for _ in range(4)]
        for client in clients:
            client.transport.write(PING * 40_000)
        assert {await code_of(client) for client in clients} <= {4429, 1006}
    assert max(held) < 0.05, max(held)


@pytest.mark.parametrize("frame", [PING, PONG])
async def test_so_many_pings_and_pongs_are_answered_and_one_more_is_not(frame: bytes) -> None:
    most = Settings().socket_control_burst
    async with listening(echo) as server, connect(server.socket_url, ping_interval=None) as client:
        client.transport.write(frame * most)
        await client.send("hello")
        assert await asyncio.wait_for(client.recv(), 5) == "5"
        client.transport.write(frame * 3)
        assert await code_of(client) == 4429


async def test_a_client_that_pings_as_often_as_libraries_do_is_left_alone() -> None:
    async with listening(echo) as server, connect(server.socket_url, ping_interval=None) as client:
        for _ in range(Settings().socket_control_burst):
            await asyncio.wait_for(await client.ping(), 5)
        await client.send("hello")
        assert await asyncio.wait_for(client.recv(), 5) == "5"


async def test_messages_wait_unparsed_until_the_app_has_taken_those_before() -> None:
    go_on = asyncio.Event()
    got: list[str] = []

    async def slow(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        await go_on.wait()
        while (message := await receive())["type"] == "websocket.receive":
            got.append(message["text"])
            if message["text"] == "last":
                await send({"type": "websocket.close", "code": 1000})

    async with listening(slow, socket_frames_burst=5000) as server, connect(server.socket_url) as client:
        for number in range(3000):
            await client.send(str(number))
        await client.send("last")
        go_on.set()
        assert await code_of(client) == 1000
    assert got == [*map(str, range(3000)), "last"]


async def test_a_large_message_comes_in_turns_and_whole() -> None:
    async with listening(echo) as server, connect(server.socket_url) as client, held_loop() as held:
        for _ in range(5):
            await client.send(b"x" * 262_144)
            assert await asyncio.wait_for(client.recv(), 5) == "262144"
    assert max(held) < 0.05, max(held)


async def test_what_floods_in_after_the_apps_own_close_ends_the_connection() -> None:
    async def closes(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        await receive()
        await send({"type": "websocket.close", "code": 4401})

    async with listening(closes) as server, raw_http(server.port) as client:
        client.send(b"GET / HTTP/1.1\r\n" + WHOLE + b"\r\n")
        await client.head()
        client.send(EMPTY)
        assert await client._reader.readexactly(4) == b"\x88\x02" + (4401).to_bytes(2, "big")
        client.send(PING * 40_000)
        assert b"\x88" not in await client.ended()
