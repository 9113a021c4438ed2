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

from realtime.errors import CLOSE_RATE
from realtime.rates import Bucket, Rate
from server.bounded_requests import refusal
from server.config import Settings
from server.errors import STATUS_CODES

SLACK_BYTES = 16_384
"""A message over the protocol's limit by so much is still read: the app closes it with the protocol's own code."""


PART_BYTES = 1024
"""What is parsed at once: some 170 of the smallest frames, one or two milliseconds. Then a rate may cut the socket."""
TURN_BYTES = 65_536
"""What one socket may have parsed before everybody else has a turn."""


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
    message is bounded underneath; endless tiny or empty parts are not.)

    Frames have rates, pings and pongs their own: the library answers each ping while it parses, and uvicorn reads a
    quarter of a megabyte at once, which is forty thousand of them. So what came is parsed in small parts, no further
    than the app has taken what was there before, and everybody else has a turn between.
    """

    settings: ClassVar[Settings] = Settings()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.conn = QuietWire(self.settings, self.config.ws_max_size, self.logger)
        self._parts = 0
        self._unfinished: asyncio.TimerHandle | None = None
        self._unread = bytearray()
        self._next_turn: asyncio.Handle | None = None
        now = self.loop.time()
        frames = Rate(per_s=self.settings.socket_frames_per_s, burst=self.settings.socket_frames_burst)
        control = Rate(per_s=self.settings.socket_control_per_s, burst=self.settings.socket_control_burst)
        self._frames, self._control = Bucket(frames, now), Bucket(control, now)

    def data_received(self, data: bytes) -> None:
        """Keep it, and parse as much as this turn and the app's pace allow."""
        self._unread += data
        if self._next_turn is None:
            self._read_on()

    async def receive(self) -> Any:
        """The next message for the app. When it has taken all, more is parsed."""
        message = await self.queue.get()
        if self.read_paused and self.queue.empty():
            self.read_paused = False
            if self._next_turn is None:
                self._read_on()
        return message

    def _read_on(self) -> None:
        self._next_turn = None
        left = TURN_BYTES
        while self._unread and left > 0 and not self.read_paused and not self.transport.is_closing():
            part = bytes(self._unread[:PART_BYTES])
            del self._unread[:PART_BYTES]
            left -= len(part)
            self._part_received(part)
        if self.transport.is_closing():
            self._unread.clear()
        elif self.read_paused:
            return
        elif self._unread:
            self.transport.pause_reading()
            self._next_turn = self.loop.call_soon(self._read_on)
        else:
            self.transport.resume_reading()

    def _part_received(self, data: bytes) -> None:
        """As uvicorn's; a handshake the library could not even read (it has a body, an endless line) ends here."""
        super().data_received(data)
        if self.conn.handshake_exc is not None and not self.handshake_initiated and not self.transport.is_closing():
            said = b"".join(self.conn.data_to_send())
            self.transport.write(said or self.conn.reject(HTTPStatus.BAD_REQUEST, "").serialize())
            self.transport.close()

    def handle_text(self, event: Frame) -> None:
        """First part of a text message."""
        if self._counts(self._frames):
            self._began(event.fin)
            super().handle_text(event)

    def handle_bytes(self, event: Frame) -> None:
        """First part of a binary message."""
        if self._counts(self._frames):
            self._began(event.fin)
            super().handle_bytes(event)

    def handle_ping(self) -> None:
        """The library has the answer ready."""
        if self._counts(self._control):
            super().handle_ping()

    def handle_pong(self, event: Frame) -> None:
        """An answer to a ping of ours, or to none."""
        if self._counts(self._control):
            super().handle_pong(event)

    def handle_cont(self, event: Frame) -> None:
        """A later part."""
        if not self._counts(self._frames):
            return
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
        if self._unread and self._next_turn is None:
            self._read_on()  # closed by the app: the peer's own close may already be here, behind what nobody took
        if message["type"] == "websocket.http.response.body" and not message.get("more_body", False):
            self.handshake_complete = True

    def connection_lost(self, exc: Exception | None) -> None:
        """Timers and what is unread go with the connection."""
        self._settled()
        self._unread.clear()
        super().connection_lost(exc)

    def _counts(self, bucket: Bucket) -> bool:
        """Whether one more frame is within its rate; the socket is cut where it is not, and what follows is ignored."""
        if self.close_sent and self.transport.is_closing():
            return False
        if bucket.take(self.loop.time()):
            return True
        self._cut(CLOSE_RATE)
        self.transport.close()  # also where the app has said its own close and waits for the peer's
        return False

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

    def _cut(self, code: int) -> None:
        self._settled()
        if self.close_sent or self.transport.is_closing():
            return
        self.frames = []
        self.conn.fail(code)
        self.queue.put_nowait({"type": "websocket.disconnect", "code": int(code), "reason": ""})
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.transport.close()


def _is_text(data: bytes) -> bool:
    with contextlib.suppress(UnicodeDecodeError):
        data.decode()
        return True
    return False
