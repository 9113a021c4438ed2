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
from server.auth.limits import Limits
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

    await Doorway(app, settings, metrics or Metrics(), Limits(settings))(scope, receive, send)
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
    assert 'method="POST",route="other",status="499"} 1.0' in counted and 'status="500"' not in counted


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


async def test_an_address_floods_only_itself_and_not_who_has_a_session_there() -> None:
    settings = msgspec.structs.replace(
        SETTINGS, flood_rate_per_s=1, flood_burst=8, request_burst=3, request_rate_per_s=1
    )
    limits = Limits(settings)
    limits.know("S" * 43)
    doorway: Callable[..., Awaitable[None]] = Doorway(hello, settings, Metrics(), limits)
    statuses = [await _status(doorway, "192.0.2.7") for _ in range(9)]
    assert statuses[:8] == [200] * 8 and statuses[8] == 429
    assert await _status(doorway, "192.0.2.8") == 200
    inside = [await _status(doorway, "192.0.2.7", b"__Host-gid=" + b"S" * 43) for _ in range(4)]
    assert inside == [200, 200, 200, 429]
    assert await _status(doorway, "192.0.2.7", b"__Host-gid=" + b"X" * 43) == 429  # made up


async def test_the_oldest_unfinished_body_of_an_address_gives_way_to_a_newer_one() -> None:
    settings = msgspec.structs.replace(SETTINGS, unfinished_bodies=2, body_s=60)
    doorway: Callable[..., Awaitable[None]] = Doorway(hello, settings, Metrics(), Limits(settings))
    begun = [asyncio.create_task(_status(doorway, "192.0.2.7", is_cut=True)) for _ in range(3)]
    neighbour = asyncio.create_task(_status(doorway, "192.0.2.8", is_cut=True))
    assert await asyncio.wait_for(begun[0], 5) == 408
    await asyncio.sleep(0)
    assert not any(one.done() for one in (*begun[1:], neighbour))
    for one in (*begun[1:], neighbour):
        one.cancel()
    await asyncio.gather(*begun, neighbour, return_exceptions=True)


async def test_too_many_requests_of_one_address_at_once_are_asked_to_come_again() -> None:
    settings = msgspec.structs.replace(SETTINGS, under_way=2)
    doorway: Callable[..., Awaitable[None]] = Doorway(hello, settings, Metrics(), Limits(settings))
    held = [asyncio.create_task(_status(doorway, "192.0.2.7", is_cut=True)) for _ in range(2)]
    await asyncio.sleep(0)
    assert await _status(doorway, "192.0.2.7") == 429
    assert await _status(doorway, "192.0.2.8") == 200
    for one in held:
        one.cancel()
    await asyncio.gather(*held, return_exceptions=True)
    assert await _status(doorway, "192.0.2.7") == 200


async def test_a_proxy_of_this_machine_that_is_not_trusted_is_told_of_once() -> None:
    doorway: Callable[..., Awaitable[None]] = Doorway(hello, SETTINGS, Metrics(), Limits(SETTINGS))
    with capture_logs() as logged:
        for _ in range(3):
            await _status(doorway, "127.0.0.1", more=[(b"x-forwarded-for", b"203.0.113.9")])
    assert [(one["event"], one["set"]) for one in logged] == [("proxy.not_trusted", "HEARTH_TRUSTED_PROXIES=127.0.0.1")]


async def _status(
    app: Callable[..., Awaitable[None]],
    client: str,
    cookie: bytes = b"",
    more: list[tuple[bytes, bytes]] | None = None,
    *,
    is_cut: bool = False,
) -> int:
    sent: list[Message] = []

    async def receive() -> Message:
        if is_cut:  # a body that does not come
            await asyncio.Event().wait()
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST" if is_cut else "GET",
        "path": "/x",
        "raw_path": b"/x",
        "query_string": b"",
        "headers": [(b"host", b"127.0.0.1:8470"), (b"cookie", cookie), *(more or [])],
        "client": (client, 5),
    }
    await app(scope, receive, send)
    return int(sent[0]["status"])
