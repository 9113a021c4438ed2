"""WebSockets that open in order and whose messages come in few parts and in time. Below the app, as bounded_requests.

The library explains what it refuses in plain text with the peer's own words in it, and uvicorn leaves a connection open
for ever whose handshake could not be read. Here every refusal of a handshake is a problem with the security headers,
and every close that the app did not ask for goes without reason text.
"""

import asyncio
import contextlib
import logging
from email.utils import formatdate
from http import HTTPStatus
from typing import Any, ClassVar

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.datastructures import Headers
from websockets.frames import CloseCode, Frame
from websockets.http11 import Response
from websockets.server import ServerProtocol

from server.bounded_requests import refusal
from server.config import Settings
from server.errors import STATUS_CODES

SLACK_BYTES = 16_384
"""A message over the protocol's limit by so much is still read: the app closes it with the protocol's own code."""


class QuietWire(ServerProtocol):
    """The library's half of a socket, which says nothing of its own."""

    def __init__(self, settings: Settings, max_bytes: int, logger: logging.Logger) -> None:
        super().__init__(max_size=max_bytes, logger=logger)
        self._settings = settings

    def reject(self, status: HTTPStatus | int, text: str) -> Response:
        """The refusal of a handshake, with our words in place of `text`; 400 where there are none for the status."""
        known = HTTPStatus(status) if status in STATUS_CODES else HTTPStatus.BAD_REQUEST
        ours, body = refusal(self._settings, known)
        headers = Headers([("Date", formatdate(usegmt=True))])
        headers.update([(name.decode(), value.decode("latin-1")) for name, value in ours])
        return Response(known.value, known.phrase, headers, body)

    def fail(self, code: CloseCode | int, reason: str = "") -> None:
        """Cut the socket, without the library's reason."""
        super().fail(code)


class BoundedSocket(WebSocketsSansIOProtocol):
    """A WebSocket whose message may have `socket_fragments` parts and take `socket_fragment_s` seconds. (The size of a
    message is bounded underneath; endless tiny or empty parts are not.)"""

    settings: ClassVar[Settings] = Settings()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.conn = QuietWire(self.settings, self.config.ws_max_size, self.logger)
        self._parts = 0
        self._unfinished: asyncio.TimerHandle | None = None

    def data_received(self, data: bytes) -> None:
        """As uvicorn's; a handshake the library could not even read (it has a body, an endless line) ends here."""
        super().data_received(data)
        if self.conn.handshake_exc is not None and not self.handshake_initiated and not self.transport.is_closing():
            said = b"".join(self.conn.data_to_send())
            self.transport.write(said or self.conn.reject(HTTPStatus.BAD_REQUEST, "").serialize())
            self.transport.close()

    def handle_text(self, event: Frame) -> None:
        """First part of a text message."""
        self._began(event.fin)
        super().handle_text(event)

    def handle_bytes(self, event: Frame) -> None:
        """First part of a binary message."""
        self._began(event.fin)
        super().handle_bytes(event)

    def handle_cont(self, event: Frame) -> None:
        """A later part."""
        self._parts += 1
        if self._parts > self.settings.socket_fragments:
            self._cut(CloseCode.MESSAGE_TOO_BIG)
            return
        if event.fin:
            self._settled()
        super().handle_cont(event)

    def send_receive_event_to_app(self) -> None:
        """Hand on a whole message. (uvicorn logs a text that is no UTF-8 as a fault; it is the peer's.)"""
        if self.curr_msg_data_type == "text" and not _is_text(b"".join(self.frames)):
            self._cut(CloseCode.INVALID_DATA)
            return
        super().send_receive_event_to_app()

    async def send(self, message: Any) -> None:
        """As uvicorn's; a handshake answered with an HTTP refusal counts as complete (uvicorn logs it as a fault)."""
        await super().send(message)
        if message["type"] == "websocket.http.response.body" and not message.get("more_body", False):
            self.handshake_complete = True

    def connection_lost(self, exc: Exception | None) -> None:
        """The timer goes with the connection."""
        self._settled()
        super().connection_lost(exc)

    def _began(self, is_whole: bool) -> None:
        self._parts = 1
        if not is_whole:
            self._unfinished = self.loop.call_later(
                self.settings.socket_fragment_s, self._cut, CloseCode.MESSAGE_TOO_BIG
            )

    def _settled(self) -> None:
        if self._unfinished is not None:
            self._unfinished.cancel()
            self._unfinished = None

    def _cut(self, code: CloseCode) -> None:
        self._settled()
        if self.close_sent or self.transport.is_closing():
            return
        self.frames = []
        self.conn.fail(code)
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code.value, "reason": ""})
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.transport.close()


def _is_text(data: bytes) -> bool:
    with contextlib.suppress(UnicodeDecodeError):
        data.decode()
        return True
    return False
