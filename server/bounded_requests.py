"""HTTP connections whose requests begin in time and in size. Below the app: what is refused here never reaches it.

uvicorn bounds neither: a head (request line and headers) that comes byte by byte would hold its connection for ever,
and one that never ends would be kept in memory.
"""

import asyncio
import secrets
from base64 import b64encode
from typing import Any, ClassVar

from uvicorn.protocols.http.flow_control import service_unavailable
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from server.auth.crowd import Crowd, Place
from server.auth.headers import security_headers, with_security_headers
from server.auth.limits import Limits
from server.config import Settings
from server.errors import PROBLEM_JSON, STATUS_CODES, problem
from server.routes.trouble import HTML, Headers, page_for

PART_BYTES = 4096
"""What is parsed at once: some two hundred of the smallest requests, a few milliseconds."""
PIPELINED = 32
"""Requests of one connection that wait for an earlier one's answer. No browser sends a second before the first's."""
BODY_PARTS = 8192
"""Chunks of one body; the body itself is bounded by the doorway."""


class HeadTooLarge(Exception):
    """Raised into the parser, which then stops reading this connection."""


class BoundedRequests(HttpToolsProtocol):
    """One connection. A head must be complete within `settings.header_s` seconds, `header_bytes` bytes (the address
    apart from the headers) and `header_lines` headers; otherwise the answer is 408, 414 or 431, and the end.

    The time runs from the connection, and later from the first byte after an answer, whatever byte that is: the rest of
    a body that nobody waits for holds no connection either. While an answer is owed no time runs here: a slow body is
    the app's to bound, and uvicorn itself may have stopped reading. Between requests uvicorn's keep-alive time holds.

    While it waits for its peer (nothing asked, or not wholly) a connection has a place in the `crowd` and may have to
    give way. An answer must be taken within `stall_s`. What comes is parsed in small parts, so that many requests at
    once neither hold up everybody else nor queue without end.
    """

    settings: ClassVar[Settings] = Settings()
    crowd: ClassVar[Crowd] = Crowd(Settings(), Limits(Settings()))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._too_late: asyncio.TimerHandle | None = None
        self._has_begun_head = False
        self._header_bytes = 0  # of this request, trailers after its body included
        self._header_lines = 0
        self._untold = 0  # bytes read since the parser last told of something: it keeps an unfinished line to itself
        self._refusal = 400  # the status for a request the parser stops at
        self._place: Place | None = None
        self._stalled: asyncio.TimerHandle | None = None
        self._body_parts = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        """The first request's time begins. (With TLS: after the handshake.)"""
        super().connection_made(transport)
        self._place = self.crowd.place(self.client[0] if self.client else "")
        self.crowd.waits(self._place, self)
        self._begin_time()

    def connection_lost(self, exc: Exception | None) -> None:
        """Timers and place go with the connection."""
        self._end_time()
        self._end_stall()
        self.crowd.is_served(self._place, self)
        super().connection_lost(exc)

    def give_way(self) -> None:
        """Ended for a newer one of the same place. Without a word: a browser asks again by itself."""
        self.transport.close()

    def pause_writing(self) -> None:
        """The peer does not take what is sent as quickly; it may be gone."""
        super().pause_writing()
        self._stalled = self._stalled or self.loop.call_later(self.settings.stall_s, self.transport.abort)

    def resume_writing(self) -> None:
        """It does again."""
        self._end_stall()
        super().resume_writing()

    def data_received(self, data: bytes) -> None:
        """Parse what came; go on, refuse, or wait for the rest of a head."""
        for start in range(0, len(data), PART_BYTES):
            if self.transport.is_closing():
                return  # also: TLS still hands on what was under way
            if self._is_a_socket_now():
                return  # as uvicorn: what came with the handshake before its answer is not a socket's
            self._part_received(data[start : start + PART_BYTES])

    def _part_received(self, data: bytes) -> None:
        self._untold += len(data)
        super().data_received(data)
        if self._untold > self.settings.header_bytes:
            self._refuse(431)
        elif len(self.pipeline) > PIPELINED:
            self.transport.close()
        elif not self._owes_an_answer() and not self._is_a_socket_now():
            self._begin_time()

    def on_message_begin(self) -> None:
        """First byte of a request."""
        super().on_message_begin()
        self._has_begun_head = True
        self._header_bytes = self._header_lines = self._untold = 0

    def on_url(self, url: bytes) -> None:
        """A part of the address. (How long a whole one may be is the doorway's; this one might never be whole.)"""
        super().on_url(url)
        self._untold = 0
        if len(self.url) > self.settings.header_bytes:
            self._stop_parsing(414)

    def on_header(self, name: bytes, value: bytes) -> None:
        """A whole header."""
        self._untold = 0
        self._header_lines += 1
        self._header_bytes += len(name) + len(value)
        if self._header_lines > self.settings.header_lines or self._header_bytes > self.settings.header_bytes:
            self._stop_parsing(431)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The head came in time."""
        self._end_time()
        self._has_begun_head = False
        self._body_parts = 0
        self._sit(self.crowd.seated(self._place, self.headers))
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A part of the body."""
        self._untold = 0
        self._body_parts += 1
        if self._body_parts > BODY_PARTS:
            self._stop_parsing(413)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is whole: now the peer waits for the server."""
        super().on_message_complete()
        self.crowd.is_served(self._place, self)

    def on_response_complete(self) -> None:
        """Answered: the server waits for what is asked next."""
        super().on_response_complete()
        if not self.transport.is_closing() and not self._owes_an_answer():
            self.crowd.waits(self._place, self)

    def handle_websocket_upgrade(self) -> None:
        """A socket from now on, which the app counts."""
        self.crowd.is_served(self._place, self)
        super().handle_websocket_upgrade()

    def send_400_response(self, msg: str) -> None:
        """Where the parser stopped: answer why, in place of uvicorn's plain text, and close."""
        self._refuse(self._refusal)

    def _start_asgi_task(self, cycle: Any, app: Any) -> None:
        """uvicorn's way to the app, or to its own plain text where there are too many connections: sessions have a
        reserve above that."""
        if app is service_unavailable:
            is_served = len(self.connections) < self.settings.connections and self.crowd.has_session(
                cycle.scope["headers"]
            )
            app = self.app if is_served else self._too_many
        super()._start_asgi_task(cycle, app)

    async def _too_many(self, scope: Any, receive: Any, send: Any) -> None:
        headers, body = refusal(self.settings, 503, scope["headers"])
        headers.append((b"retry-after", b"2"))
        await send({"type": "http.response.start", "status": 503, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _begin_time(self) -> None:
        if self._too_late is None:
            self._too_late = self.loop.call_later(self.settings.header_s, self._ran_out_of_time)

    def _end_time(self) -> None:
        if self._too_late is not None:
            self._too_late.cancel()
            self._too_late = None

    def _ran_out_of_time(self) -> None:
        if self._has_begun_head:
            self._refuse(408)
        else:
            # Nothing was asked, so nothing is answered: browsers open connections ahead of need, and would take words
            # that wait on one for the answer to what they ask next.
            self.transport.close()

    def _sit(self, place: Place | None) -> None:
        if place != self._place:
            self.crowd.is_served(self._place, self)
            self._place = place
            self.crowd.waits(place, self)

    def _end_stall(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None

    def _owes_an_answer(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _is_a_socket_now(self) -> bool:
        return self.transport.get_protocol() is not self

    def _stop_parsing(self, status: int) -> None:
        self._refusal = status
        raise HeadTooLarge

    def _refuse(self, status: int) -> None:
        """Answer and close. Without a word while an earlier answer is owed: it would be taken for that one."""
        if not self.transport.is_closing() and not self._owes_an_answer():
            self.transport.write(self._answer(status))
        self.transport.close()

    def _answer(self, status: int) -> bytes:
        headers, body = refusal(self.settings, status, self.headers or ())
        lines = [name + b": " + value + b"\r\n" for name, value in [*self.server_state.default_headers, *headers]]
        return b"".join([STATUS_LINE[status], *lines, b"\r\n", body])


def refusal(settings: Settings, status: int, asked: Headers = ()) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """The headers and the body of an answer given below the app: a problem, or a page for a person's browser (by the
    headers it `asked` with, as far as they came); the security headers, the end."""
    nonce = b64encode(secrets.token_bytes(16)).decode()
    page = page_for(settings, asked, nonce, status)
    body = page or problem(status, *STATUS_CODES[status])
    own = [
        (b"content-type", (HTML if page else PROBLEM_JSON).encode()),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    return with_security_headers(own, security_headers(settings, "/", settings.public_host, nonce)), body
