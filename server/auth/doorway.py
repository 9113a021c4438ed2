"""The outermost layer of the app: what is true of every request and response, whatever handles it.

In: known Host, bounded address, body and time, counted by session, else by address (heads: `server.bounded_requests`).
Out: the security headers, and every failure as `application/problem+json` without a trace. Requests are counted and
logged here by route, never by address or token. Of a WebSocket only where it leads is looked at here; the rest is its
route's.
"""

import asyncio
import secrets
import time
from base64 import b64encode
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, cast

import structlog
from litestar.connection import ASGIConnection

from server.auth.headers import security_headers, with_security_headers
from server.auth.limits import Limits
from server.auth.origins import allowed_hosts
from server.auth.peers import is_unsaid_proxy, peer
from server.auth.turns import Starts
from server.config import Settings
from server.errors import PROBLEM_JSON, HttpError, problem
from server.observability.metrics import Metrics

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

NONCE = "hearth.nonce"
PEER = "hearth.peer"
SESSION = "hearth.session"

Connection = ASGIConnection[Any, Any, Any, Any]

SOCKETS = frozenset({"/live"})
"""The paths of the app's WebSockets. Anywhere else the framework would refuse one in plain text."""

_BODILESS = frozenset({"GET", "HEAD", "OPTIONS"})
_PROBES = frozenset({"/healthz", "/readyz"})
# Asked by those who watch the server, at the name their network gives it.
_ANY_HOST = _PROBES | {"/metrics"}
_log = structlog.get_logger("hearth.http")


def peer_of(connection: Connection) -> str:
    """The address to count this request by (`server.auth.peers`)."""
    return str(cast(dict[str, Any], connection.scope)[PEER])


def nonce_of(connection: Connection) -> str:
    """The nonce of this request's response."""
    return str(cast(dict[str, Any], connection.scope)[NONCE])


class Doorway:
    """Wraps the app."""

    def __init__(self, app: App, settings: Settings, metrics: Metrics, limits: Limits) -> None:
        self._app = app
        self._settings = settings
        self._metrics = metrics
        self._limits = limits
        self._hosts = allowed_hosts(settings)
        self._starts = Starts()
        self._has_told_of_proxy = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        trusted = self._settings.trusted_networks
        scope[PEER] = peer(scope, trusted)
        scope[SESSION] = self._limits.session_of(scope["headers"])
        if not self._has_told_of_proxy and is_unsaid_proxy(scope, trusted):
            self._has_told_of_proxy = True
            _log.warning("proxy.not_trusted", set="HEARTH_TRUSTED_PROXIES=127.0.0.1", why="all its people count as one")
        scope[NONCE] = b64encode(secrets.token_bytes(16)).decode()
        if scope["type"] == "websocket":
            await self._socket(scope, receive, send)
            return
        exchange = _Exchange(self._app, self._settings, self._metrics, self._limits, scope, receive, send)
        if scope["path"] in _PROBES:
            await exchange.run(self._refusal(scope))
            return
        holder = scope[SESSION] or scope[PEER]
        if not self._limits.under_way.enter(holder, self._settings.under_way):
            await exchange.run(HttpError(429, retry_s=1))
            return
        try:
            await exchange.run(self._refusal(scope), self._starts)
        finally:
            self._limits.under_way.leave(holder)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] not in SOCKETS:
            error = self._refusal(scope) or HttpError(404)
        elif self._is_too_long(scope):
            error = HttpError(414)
        # Of strangers, before anything is looked up: made-up sessions cost the database nothing.
        elif not scope[SESSION] and (pause := self._limits.sockets_by_peer.take(scope[PEER], time.monotonic())):
            error = HttpError(429, retry_s=pause)
        else:
            await self._starts.turn(scope[SESSION] or scope[PEER])
            await self._app(scope, receive, send)
            return
        self._metrics.socket_refused(error.code)
        await refuse_socket(self._settings, receive, send, error)

    def _refusal(self, scope: Scope) -> HttpError | None:
        hosts = [value for name, value in scope["headers"] if name == b"host"]
        if scope["path"] not in _ANY_HOST and (
            len(hosts) != 1 or hosts[0].decode("latin-1").lower() not in self._hosts
        ):
            return HttpError(400, "host.unknown", "This server does not answer for that host.")
        if self._is_too_long(scope):
            return HttpError(414)
        if pause := self._limits.pause(scope[PEER], scope[SESSION]):
            return HttpError(429, retry_s=pause)
        return None

    def _is_too_long(self, scope: Scope) -> bool:
        return len(scope.get("raw_path") or b"") + len(scope["query_string"]) > self._settings.url_bytes


async def refuse_socket(settings: Settings, receive: Receive, send: Send, error: HttpError) -> None:
    """Answer the handshake of a WebSocket with an HTTP refusal in place of a socket."""
    own = [(b"content-type", PROBLEM_JSON.encode())]
    own += [(name.lower().encode(), value.encode("latin-1")) for name, value in error.headers.items()]
    ours = security_headers(settings, "/", settings.public_host, b64encode(secrets.token_bytes(16)).decode())
    await receive()
    headers = with_security_headers(own, ours)
    await send({"type": "websocket.http.response.start", "status": error.status, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": problem(error.status, error.code, error.text)})


class _Exchange:
    """One HTTP request on its way in and its response on its way out."""

    def __init__(
        self,
        app: App,
        settings: Settings,
        metrics: Metrics,
        limits: Limits,
        scope: Scope,
        receive: Receive,
        send: Send,
    ) -> None:
        self._app = app
        self._settings = settings
        self._metrics = metrics
        self._bodies = limits.bodies
        self._holder = scope[SESSION] or scope[PEER]
        self._waiting: asyncio.Timeout | None = None
        self._method = scope["method"]
        # A HEAD is answered as its GET without the content.
        self._scope = {**scope, "method": "GET"} if self._method == "HEAD" else scope
        self._receive = receive
        self._send = send
        self._received = 0
        self._whole: bytes | None = None
        self._is_read = False
        self._deadline = time.monotonic() + settings.body_s
        self._status = 0
        self._ours = security_headers(settings, scope["path"], self._host(), scope[NONCE])

    async def run(self, refusal: HttpError | None, starts: Starts | None = None) -> None:
        """Answer with the refusal, or let the app answer when its turn comes; a failure that reaches this place is
        ours. The app is asked when the body is whole: until then a request costs next to nothing."""
        began = time.perf_counter()
        try:
            if refusal:
                raise refusal
            if self._method not in _BODILESS and not self._expects_to_be_asked():
                await self._read_body()
            if starts is not None:
                await starts.turn(self._holder)
            await self._app(self._scope, self.receive, self.send)
        except HttpError as error:
            await self.refuse(error)
        except Exception as error:  # the last net: whatever failed, the person gets a clear answer and we get a trace
            _log.exception("request.failed", kind=type(error).__name__)
            await self.refuse(HttpError(500))
        finally:
            self._metrics.request(self._method, self._route(), self._status, time.perf_counter() - began)

    async def _read_body(self) -> None:
        """All of it, within its size and time. Raises HttpError 413 or 408, and 499 where the peer left before its end:
        a lost connection is the peer's, and what was half said is not acted upon."""
        parts: list[bytes] = []
        while not self._is_read:
            message = await self._part()
            if message["type"] == "http.disconnect":
                raise HttpError(499)
            parts.append(message.get("body", b""))
            self._received += len(parts[-1])
            if self._received > self._settings.json_body_bytes:
                raise HttpError(413)
            if not message.get("more_body"):
                self._whole, self._is_read = b"".join(parts), True

    async def receive(self) -> Message:
        """The body at once, and then only that the peer goes away."""
        await self._read_body()
        if self._whole is None:
            return await self._receive()
        body, self._whole = self._whole, None
        return {"type": "http.request", "body": body, "more_body": False}

    async def _part(self) -> Message:
        """The next part of the body. It keeps the server waiting, which each may do only so often at once."""
        try:
            async with asyncio.timeout(max(0.0, self._deadline - time.monotonic())) as self._waiting:
                self._bodies.enter(self._holder, self)
                return await self._receive()
        except TimeoutError as error:
            raise HttpError(408) from error
        finally:
            self._bodies.leave(self._holder, self)

    def give_way(self) -> None:
        """Somebody of the same place began a newer one: as if this one's time were over."""
        if self._waiting is not None:
            self._waiting.reschedule(asyncio.get_running_loop().time())

    async def send(self, message: Message) -> None:
        """The response, with our headers."""
        if message["type"] == "http.response.start":
            self._status = message["status"]
            message = {**message, "headers": with_security_headers(message.get("headers", ()), self._ours)}
        elif self._method == "HEAD" and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await self._send(message)

    async def refuse(self, error: HttpError) -> None:
        """Answer with a problem body, unless the response has begun."""
        if self._status:
            return
        body = problem(error.status, error.code, error.text, error.extra)
        headers = [(b"content-type", PROBLEM_JSON.encode()), (b"content-length", str(len(body)).encode())]
        headers += [(name.lower().encode(), value.encode("latin-1")) for name, value in error.headers.items()]
        if error.status in (408, 413):
            headers.append((b"connection", b"close"))
        await self.send({"type": "http.response.start", "status": error.status, "headers": headers})
        await self.send({"type": "http.response.body", "body": body})

    def _expects_to_be_asked(self) -> bool:
        return any(name == b"expect" for name, _ in self._scope["headers"])

    def _host(self) -> str:
        for name, value in self._scope["headers"]:
            if name == b"host" and value.decode("latin-1").lower() in allowed_hosts(self._settings):
                return cast(str, value.decode("latin-1").lower())
        return self._settings.public_host

    def _route(self) -> str:
        return str(self._scope.get("path_template") or "other")
