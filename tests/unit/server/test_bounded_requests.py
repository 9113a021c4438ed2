"""Time is told by a second connection, opened later and silent: once it is cut, the first one's time is over too."""

import asyncio
import ssl
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect

from server.certificate import self_made
from tests.support.listening import Listening, listening
from tests.support.raw_http import RawHttp, raw_http

SOON = {"header_s": 0.3}
GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


class App:
    """Answers how long the body was; /early before it came, /later not before `gate`. Sockets echo lengths."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "websocket":
            await self.socket(receive, send)
            return
        length = 0
        if scope["path"] == "/later":
            await self.gate.wait()
        elif scope["path"] != "/early":
            while (message := await receive())["more_body"]:
                length += len(message["body"])
            length += len(message["body"])
        said = str(length).encode()
        headers = [(b"content-length", str(len(said)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": said})

    async def socket(self, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] == "websocket.receive":
            await send({"type": "websocket.send", "text": str(len(message["text"]))})


async def time_is_over(server: Listening) -> None:
    """A connection made now has been cut."""
    async with raw_http(server.port) as silent:
        assert await silent.ended() == b""


@pytest.mark.parametrize("head", [b"G", b"GET / HTTP/1.1\r\n", b"GET / HTTP/1.1\r\nHost: a\r\nX: "])
async def test_a_head_that_is_not_finished_is_answered_408(head: bytes) -> None:
    async with listening(App(), **SOON) as server, raw_http(server.port) as client:
        client.send(head)
        answer = await client.answer()
        assert (answer.status, answer.code) == (408, "request.too_slow")
        assert answer.headers["connection"] == "close"
        assert answer.headers["content-type"] == "application/problem+json"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert await client.ended() == b""


async def test_a_byte_now_and_then_gains_no_time() -> None:
    async with listening(App(), **SOON) as server, raw_http(server.port) as client:
        client.send(b"GET / HTTP/1.1\r\nX: ")
        assert (await client.trickle(b"a", 0.01)).startswith(b"HTTP/1.1 408 ")


async def test_a_connection_that_asks_nothing_ends_without_a_word() -> None:
    async with listening(App(), **SOON) as server, raw_http(server.port) as silent, raw_http(server.port) as blank:
        blank.send(b"\r\n")
        assert (await silent.ended(), await blank.ended()) == (b"", b"")


async def test_a_later_request_has_the_same_time_from_its_first_byte() -> None:
    async with listening(App(), **SOON) as server, raw_http(server.port) as client:
        client.send(GET)
        assert (await client.answer()).status == 200
        await time_is_over(server)
        client.send(GET)
        assert (await client.answer()).status == 200
        client.send(b"G")
        assert (await client.answer()).status == 408


async def test_line_breaks_between_requests_hold_no_connection() -> None:
    async with listening(App(), **SOON) as server, raw_http(server.port) as client:
        client.send(GET)
        await client.answer()
        assert await client.trickle(b"\r\n", 0.01) == b""


async def test_a_slow_body_is_not_cut_here() -> None:
    async with listening(App(), **SOON) as server, raw_http(server.port) as client:
        client.send(b"POST / HTTP/1.1\r\nContent-Length: 8\r\n\r\nhalf")
        await time_is_over(server)
        client.send(b"rest")
        assert (await client.answer()).body == b"8"


async def test_a_body_may_be_larger_than_a_head() -> None:
    async with listening(App()) as server, raw_http(server.port) as client:
        client.send(b"POST / HTTP/1.1\r\nContent-Length: 60000\r\nExpect: 100-continue\r\n\r\n")
        assert "100 Continue" in await client.head()
        for _ in range(60):
            client.send(b"x" * 1000)
            await asyncio.sleep(0)
        assert (await client.answer()).body == b"60000"


async def test_the_rest_of_a_body_nobody_waits_for_holds_no_connection() -> None:
    async with listening(App(), **SOON) as server, raw_http(server.port) as client:
        client.send(b"POST /early HTTP/1.1\r\nContent-Length: 60000\r\n\r\n")
        assert (await client.answer()).body == b"0"
        assert await client.trickle(b"a", 0.01) == b""


async def test_no_time_runs_while_an_answer_is_owed() -> None:
    app = App()
    async with listening(app, **SOON) as server, raw_http(server.port) as client:
        client.send(b"GET /later HTTP/1.1\r\n\r\n" + GET[:9])
        await time_is_over(server)
        app.gate.set()
        assert (await client.answer()).status == 200
        client.send(GET[9:])
        assert (await client.answer()).status == 200


async def test_requests_sent_together_are_answered_in_turn() -> None:
    posts = [b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % length + b"x" * length for length in (1, 2, 3)]
    async with listening(App(), **SOON) as server, raw_http(server.port) as client:
        client.send(b"".join(posts))
        assert [(await client.answer()).body for _ in posts] == [b"1", b"2", b"3"]


def head(count: int, value: bytes = b"v") -> bytes:
    return b"GET / HTTP/1.1\r\n" + b"".join(b"n%03d: %s\r\n" % (number, value) for number in range(count)) + b"\r\n"


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        (head(100), 200, None),
        (head(101), 431, "headers.too_large"),
        (head(1, b"v" * 16_380), 200, None),
        (head(1, b"v" * 16_381), 431, "headers.too_large"),
        (head(16, b"v" * 1020), 200, None),
        (head(17, b"v" * 1020), 431, "headers.too_large"),
        (b"GET /" + b"a" * 16_384 + b" HTTP/1.1\r\n\r\n", 414, "url.too_long"),
        (b"GET / HTTP/1.1\r\nno colon\r\n\r\n", 400, "request.malformed"),
    ],
)
async def test_how_large_a_head_may_be(sent: bytes, status: int, code: str | None) -> None:
    async with listening(App()) as server, raw_http(server.port) as client:
        client.send(sent)
        answer = await client.answer()
        assert answer.status == status
        if code is not None:
            assert answer.code == code
            assert await client.ended() == b""


@pytest.mark.parametrize(
    ("begin", "part", "status"),
    [
        (b"GET / HTTP/1.1\r\nX: ", b"a" * 500, b"431"),
        (b"GET / HTTP/1.1\r\n", b"a" * 500, b"431"),
        (b"GET / HTTP/1.1\r\nX:", b" " * 500, b"431"),
        (b"GET /", b"a" * 500, b"414"),
        (b"GET / HTTP/1.1\r\n", b"a: b\r\n", b"431"),
    ],
)
async def test_a_head_without_end_is_refused_before_its_time(begin: bytes, part: bytes, status: bytes) -> None:
    async with listening(App(), header_s=60) as server, raw_http(server.port) as client:
        client.send(begin)
        assert (await client.trickle(part, 0.001)).startswith(b"HTTP/1.1 " + status)


async def test_trailers_count_as_headers() -> None:
    async with listening(App()) as server, raw_http(server.port) as client:
        client.send(b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n")
        # Nothing can be answered: the app has not yet spoken, and a second answer would follow its own.
        assert await client.trickle(b"a: b\r\n", 0.001) == b""


async def test_a_refusal_is_not_taken_for_an_earlier_answer() -> None:
    app = App()
    async with listening(app) as server, raw_http(server.port) as client:
        client.send(b"GET /later HTTP/1.1\r\n\r\n" + head(101))
        assert await client.ended() == b""
        app.gate.set()


async def test_a_socket_is_left_alone() -> None:
    async with listening(App(), **SOON) as server, connect(server.socket_url) as client:
        await time_is_over(server)
        await client.send("hello")
        assert await asyncio.wait_for(client.recv(), 5) == "5"


async def test_a_socket_on_a_connection_that_asked_before_is_left_alone() -> None:
    upgrade = (
        b"GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nContent-Length: 0\r\n\r\n"
    )
    async with listening(App(), **SOON) as server, raw_http(server.port) as client:
        client.send(GET)
        assert (await client.answer()).status == 200
        client.send(upgrade[:20])
        client.send(upgrade[20:])
        await accepted(client)
        await time_is_over(server)
        client.send(b"\x88\x80\x00\x00\x00\x00")  # a close frame
        assert await client.ended() == b"\x88\x00"


async def accepted(client: RawHttp) -> None:
    assert (await client.head()).startswith("HTTP/1.1 101 ")


async def test_another_upgrade_holds_no_connection() -> None:
    async with listening(App(), **SOON) as server, raw_http(server.port) as client:
        client.send(b"GET / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n")
        assert (await client.answer()).status == 200
        assert (await client.trickle(b"a", 0.01)).startswith(b"HTTP/1.1 400 ")


async def test_one_connection_too_many_is_asked_to_come_back() -> None:
    async with listening(App(), connections=1) as server, raw_http(server.port) as client:
        client.send(GET)
        answer = await client.answer()
        assert (answer.status, answer.code, answer.headers["retry-after"]) == (503, "server.not_ready", "2")
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert await client.ended() == b""


async def test_it_is_the_same_over_tls(tmp_path: Path) -> None:
    certificate, key = self_made(tmp_path, ["127.0.0.1"])
    trusting = ssl.create_default_context(cafile=str(certificate))
    async with listening(App(), certificate=certificate, certificate_key=key, **SOON) as server:
        async with raw_http(server.port, trusting) as client:
            client.send(GET)
            assert (await client.answer()).status == 200
            client.send(b"GET / HTTP/1.1\r\n")
            assert (await client.answer()).status == 408
            assert await client.ended() == b""
        async with raw_http(server.port, trusting) as client:
            client.send(head(101))
            assert (await client.answer()).status == 431
