"""Time is told by a second connection, opened later and silent: once it is cut, the first one's time is over too."""

import asyncio
import contextlib
import ssl
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect

from server.auth.limits import Limits
from server.certificate import self_made
from server.config import Settings
from tests.support.listening import Listening, held_loop, listening
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


async def test_a_session_uses_the_reserve_when_strangers_have_filled_the_rest() -> None:
    settings = Settings(connections=2)
    limits = Limits(settings)
    limits.know("S" * 43)
    inside = GET[:-2] + b"Cookie: __Host-gid=" + b"S" * 43 + b"\r\n\r\n"
    async with listening(App(), limits, connections=2) as server, raw_http(server.port) as client:
        client.send(GET)
        assert (await client.answer()).status == 503
        async with raw_http(server.port) as other:
            other.send(inside)
            assert (await other.answer()).status == 200


async def test_the_connection_that_kept_the_server_waiting_longest_gives_way() -> None:
    async with listening(App(), unfinished=2, header_s=60) as server, contextlib.AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(raw_http(server.port)) for _ in range(2)]
        clients[0].send(b"GET / HTTP/1.1\r\nX: ")
        clients[1].send(b"POST / HTTP/1.1\r\nContent-Length: 8\r\n\r\nhalf")
        third = await stack.enter_async_context(raw_http(server.port))
        assert await clients[0].ended() == b""
        fourth = await stack.enter_async_context(raw_http(server.port))
        assert await clients[1].ended() == b""
        for client in (third, fourth):
            client.send(GET)
            assert (await client.answer()).status == 200


async def test_who_waits_for_the_server_does_not_give_way_and_who_was_answered_does() -> None:
    app = App()
    async with listening(app, unfinished=1) as server, raw_http(server.port) as asking:
        asking.send(b"GET /later HTTP/1.1\r\n\r\n")
        async with raw_http(server.port) as other:
            other.send(GET)
            assert (await other.answer()).status == 200
            app.gate.set()
            assert (await asking.answer()).status == 200
            assert await other.ended() == b""  # it was silent longer


async def test_a_socket_has_no_place_among_them() -> None:
    async with listening(App(), unfinished=1) as server, connect(server.socket_url) as client:
        async with raw_http(server.port) as one, raw_http(server.port) as two:
            assert await one.ended() == b""
            two.send(GET)
            assert (await two.answer()).status == 200
        await client.send("hello")
        assert await asyncio.wait_for(client.recv(), 5) == "5"


async def test_a_proxys_connections_do_not_give_way() -> None:
    trusting = listening(App(), unfinished=1, trusted_proxies=("127.0.0.1",))
    async with trusting as server, raw_http(server.port) as one, raw_http(server.port) as two:
        for client in (one, two):
            client.send(GET)
            assert (await client.answer()).status == 200


async def test_more_requests_at_once_than_any_browser_sends_end_the_connection() -> None:
    app = App()
    async with listening(app) as server, raw_http(server.port) as client:
        client.send(b"GET /later HTTP/1.1\r\n\r\n" + GET * 20_000)
        assert await client.ended() == b""
        app.gate.set()


async def test_a_body_in_endless_tiny_chunks_ends_the_connection() -> None:
    app = App()
    head_of = b"POST /later HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
    async with listening(app) as server, raw_http(server.port) as client:
        client.send(head_of + b"1\r\nx\r\n" * 9000)
        assert await client.ended() == b""
        app.gate.set()


async def test_an_answer_that_nobody_takes_ends_the_connection() -> None:
    async def large(scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"content-length", b"50000000")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"x" * 50_000_000})

    async with listening(large, stall_s=0.2) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port, limit=1000)
        writer.write(GET)
        with contextlib.suppress(ConnectionError):
            await reader.readline()
            await time_is_over_for(server)
            assert len(await reader.read(-1)) < 50_000_000
        writer.close()


async def time_is_over_for(server: Listening) -> None:
    """No connection is left of whoever took nothing."""
    async with asyncio.timeout(10):
        while server.listener.server_state.connections:
            await asyncio.sleep(0)


async def test_the_loop_is_never_held_long_by_one_connection() -> None:
    """However much comes at once: by the time of the processor, so that a busy machine does not count."""
    app = App()
    async with listening(app) as server, raw_http(server.port) as client, held_loop() as held:
        client.send(b"GET /later HTTP/1.1\r\n\r\n" + GET * 40_000)
        await client.ended()
        app.gate.set()
    assert max(held) < 0.05, max(held)


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
