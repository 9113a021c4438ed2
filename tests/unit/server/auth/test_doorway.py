import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import msgspec
import pytest
from litestar import Litestar, Request, post
from litestar.handlers import WebsocketRouteHandler
from litestar.status_codes import HTTP_204_NO_CONTENT
from structlog.testing import capture_logs

from server.app import ROUTES
from server.auth.doorway import SOCKETS, App, Doorway
from server.config import Settings, at_port
from server.errors import HttpError
from server.observability.metrics import Metrics
from server.routes.problems import HANDLERS

Message = MutableMapping[str, Any]
SETTINGS = at_port(Settings(), 8470)


async def hello(scope: Any, receive: Any, send: Any) -> None:
    """Reads the whole body, answers 200."""
    while (await receive()).get("more_body"):
        continue
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": scope["method"].encode()})


class Answer:
    """What came out."""

    def __init__(self, sent: list[Message]) -> None:
        self.status: int = sent[0]["status"]
        self.headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        self.body = b"".join(message["body"] for message in sent[1:])

    @property
    def code(self) -> str:
        return str(json.loads(self.body)["code"])


async def ask(
    app: App,
    *parts: bytes,
    settings: Settings = SETTINGS,
    is_cut: bool = False,
    is_gone: bool = False,
    metrics: Metrics | None = None,
    **changed: Any,
) -> Answer:
    """One request through a doorway; `is_cut`: more body is promised and never comes; `is_gone`: the peer left then."""
    scope: dict[str, Any] = {
        "type": "http",
        "method": "POST" if parts else "GET",
        "path": "/x",
        "raw_path": b"/x",
        "query_string": b"",
        "headers": [(b"host", b"127.0.0.1:8470")],
        "client": ("192.0.2.1", 5),
    }
    scope.update(changed)
    messages = [
        {"type": "http.request", "body": part, "more_body": is_cut or is_gone or n + 1 < len(parts)}
        for n, part in enumerate(parts)
    ]
    messages += [{"type": "http.disconnect"}] if is_gone else []
    waiting = iter(messages or [{"type": "http.request", "body": b"", "more_body": False}])
    sent: list[Message] = []

    async def receive() -> Message:
        found = next(waiting, None)
        if found is None:
            await asyncio.Event().wait()
            raise AssertionError
        return found

    async def send(message: Message) -> None:
        sent.append(message)

    await Doorway(app, settings, metrics or Metrics())(scope, receive, send)
    return Answer(sent)


async def test_every_answer_carries_the_headers_and_its_own_nonce() -> None:
    first, second = await ask(hello), await ask(hello)
    assert first.status == 200
    assert first.headers["x-content-type-options"] == "nosniff"
    assert first.headers["cache-control"] == "no-store"
    assert first.headers["content-security-policy"] != second.headers["content-security-policy"]


async def test_a_head_is_its_get_without_content() -> None:
    answer = await ask(hello, method="HEAD")
    assert (answer.status, answer.body) == (200, b"")


@pytest.mark.parametrize(
    "hosts",
    [
        [],
        [b"evil.example"],
        [b"127.0.0.1:8470", b"127.0.0.1:8470"],
        [b"127.0.0.1:99999"],
        [b"127.0.0.1:8470, evil.example"],
        [b"127.0.0.1:8470.evil.example"],
    ],
)
async def test_other_hosts_are_not_answered(hosts: list[bytes]) -> None:
    headers = [(b"host", host) for host in hosts] + [(b"x-forwarded-host", b"127.0.0.1:8470")]
    answer = await ask(hello, headers=headers)
    assert (answer.status, answer.code) == (400, "host.unknown")


async def test_probes_are_answered_under_any_host() -> None:
    assert (await ask(hello, path="/healthz", headers=[(b"host", b"10.0.0.5")])).status == 200


async def test_too_long_addresses_are_refused() -> None:
    assert (await ask(hello, raw_path=b"/" + b"a" * 3000)).code == "url.too_long"


async def test_a_body_is_bounded_whatever_its_length_header_says() -> None:
    answer = await ask(hello, b"a" * 40_000, b"a" * 40_000)
    assert (answer.status, answer.code, answer.headers["connection"]) == (413, "body.too_large", "close")
    assert (await ask(hello, b"a" * 40_000, b"a" * 20_000)).status == 200


async def test_a_body_that_does_not_come_ends_the_request() -> None:
    async def waits(scope: Any, receive: Any, send: Any) -> None:
        while (await receive()).get("more_body"):
            continue

    settings = msgspec.structs.replace(SETTINGS, body_s=0.0)
    assert (await ask(waits, b"first", is_cut=True, settings=settings)).code == "request.too_slow"


async def test_a_peer_that_leaves_before_its_body_is_whole_is_no_failure_of_ours() -> None:
    done: list[bytes] = []

    @post("/x", status_code=HTTP_204_NO_CONTENT)
    async def route(request: Request[Any, Any, Any]) -> None:
        done.append(await request.body())

    app: Any = Litestar([route], exception_handlers=HANDLERS, logging_config=None, openapi_config=None)
    metrics = Metrics()
    with capture_logs() as logged:
        answer = await ask(app, b"ab", is_gone=True, metrics=metrics)
    assert (answer.status, answer.code, done, logged) == (499, "request.broken_off", [], [])
    counted = metrics.text().decode()
    assert 'method="POST",route="/x",status="499"} 1.0' in counted and 'status="500"' not in counted


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"path": "/app"}, 404, "page.unknown"),
        ({"path": "/live/more"}, 404, "page.unknown"),
        ({"path": "/app", "headers": [(b"host", b"evil.example")]}, 400, "host.unknown"),
        ({"path": "/live", "query_string": b"a" * 3000}, 414, "url.too_long"),
    ],
)
async def test_a_socket_that_leads_nowhere_is_refused(changed: dict[str, Any], status: int, code: str) -> None:
    metrics = Metrics()
    answer = await ask(hello, type="websocket", metrics=metrics, **changed)
    assert (answer.status, answer.code) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert f'hearth_socket_refusals_total{{why="{code}"}} 1.0' in metrics.text().decode()


async def test_a_socket_that_leads_somewhere_is_its_routes() -> None:
    answer = await ask(hello, type="websocket", path="/live")
    assert (answer.status, answer.body) == (200, b"GET")


def test_every_socket_of_the_app_is_let_through() -> None:
    assert (
        frozenset(path for route in ROUTES if isinstance(route, WebsocketRouteHandler) for path in route.paths)
        == SOCKETS
    )


async def test_a_failure_is_answered_without_its_words() -> None:
    async def fails(scope: Any, receive: Any, send: Any) -> None:
        raise ValueError("Dana's plan")

    answer = await ask(fails)
    assert (answer.status, answer.code) == (500, "server.failed")
    assert b"Dana" not in answer.body


async def test_a_refusal_is_answered_with_its_headers() -> None:
    async def refuses(scope: Any, receive: Any, send: Any) -> None:
        raise HttpError(429, retry_s=4)

    answer = await ask(refuses)
    assert (answer.status, answer.headers["retry-after"]) == (429, "4")


async def test_one_peer_cannot_take_all_the_time() -> None:
    doorway = Doorway(hello, SETTINGS, Metrics(), peer_rate_per_s=1)
    shared: Callable[..., Awaitable[None]] = doorway
    statuses = [await _status(shared, "192.0.2.7") for _ in range(9)]
    assert statuses[:8] == [200] * 8 and statuses[8] == 429
    assert await _status(shared, "192.0.2.8") == 200


async def _status(app: Callable[..., Awaitable[None]], client: str) -> int:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/x",
        "raw_path": b"/x",
        "query_string": b"",
        "headers": [(b"host", b"127.0.0.1:8470")],
        "client": (client, 5),
    }
    await app(scope, receive, send)
    return int(sent[0]["status"])
