"""Reader and writer of one link: one task each. Sizes, rates and slowness are judged here first."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Protocol

import msgspec
import structlog

from realtime import rates
from realtime.errors import (
    CLOSE_BAD_MESSAGE,
    CLOSE_RATE,
    CLOSE_TOO_BIG,
    CLOSE_TOO_SLOW,
    CLOSE_UNAUTHENTICATED,
    ProtocolError,
)
from realtime.link import Link, LinkClosed
from realtime.messages import (
    MAX_MESSAGE_BYTES,
    ClientMessage,
    Closing,
    Do,
    Hello,
    MediaAnswer,
    MediaJoin,
    MediaShow,
    MediaState,
    ServerMessage,
)
from realtime.outbox import Outbox
from realtime.ports import Clock
from realtime.session import AUTH_S

log = structlog.get_logger(__name__)

# One frame may take this long to leave. Longer: a stuck phone holds its memory longer.
STALL_S = 10.0
# What was queued before a close may take this long.
FLUSH_S = 2.0

_decoder = msgspec.json.Decoder(ClientMessage)
_SIGNALLING = (MediaJoin, MediaAnswer, MediaShow, MediaState)


class Listener(Protocol):
    """Who takes the messages of a connection. Both may raise ProtocolError, which closes the socket."""

    async def got(self, message: ClientMessage) -> None:
        """A decoded message, one at a time: the next is read when this returns."""
        ...

    async def got_frame(self, frame: bytes) -> None:
        """A binary frame."""
        ...


class Connection:
    """Drives one Link. `send`, `send_frame` and `close` never block and never raise."""

    def __init__(self, link: Link, clock: Clock) -> None:
        now = clock.monotonic()
        self._link = link
        self._clock = clock
        self._outbox = Outbox()
        self._filled = asyncio.Event()
        self._reader: asyncio.Task[None] | None = None
        self._sender: asyncio.Task[None] | None = None
        self._sending_since: float | None = None
        self._buckets = {
            name: rates.Bucket(rate, now)
            for name, rate in (
                ("commands", rates.COMMANDS),
                ("signalling", rates.SIGNALLING),
                ("frames", rates.FRAMES),
                ("frame_bytes", rates.FRAME_BYTES),
                ("others", rates.OTHERS),
            )
        }
        self.opened_at = now
        self.heard_at = now
        self.is_busy = False
        self.close_code: int | None = None

    def send(self, message: ServerMessage, *, is_catch_up: bool = False) -> None:
        """Queue a message."""
        self._queued(self.is_closing or self._outbox.put(message, is_catch_up=is_catch_up))

    def send_frame(self, frame: bytes, *, is_catch_up: bool = False) -> None:
        """Queue a plan frame."""
        self._queued(self.is_closing or self._outbox.put_frame(frame, is_catch_up=is_catch_up))

    def send_cursor(self, key: int, frame: bytes) -> None:
        """Queue a cursor frame: the newest of each key is enough."""
        self._queued(self.is_closing or self._outbox.put_cursor(key, frame))

    def close(self, code: int, reason: str = "", text: str = "", retry_s: float | None = None) -> None:
        """Send `closing` after what is queued, then close. Too slow: close at once. The first close counts."""
        if self.is_closing:
            return
        if code == CLOSE_TOO_SLOW:
            self.close_code = code
            self._abort()
            return
        self._outbox.put(Closing(code=reason or "protocol", text=text, retry_s=retry_s))
        self.close_code = code
        self._sending_since = self._clock.monotonic()
        self._filled.set()

    @property
    def is_closing(self) -> bool:
        """Whether the end was decided on this side."""
        return self.close_code is not None

    def tick(self, now: float) -> None:
        """Give up on a peer that does not take what is sent."""
        limit = FLUSH_S if self.is_closing else STALL_S
        if self._sending_since is not None and now - self._sending_since >= limit:
            self.close_code = self.close_code or CLOSE_TOO_SLOW
            self._abort()

    async def run(self, greet: Callable[[Hello], Awaitable[Listener]]) -> None:
        """The whole life: hello, then everything else. Returns when the link is closed by either side."""
        async with asyncio.TaskGroup() as tasks:
            self._reader = tasks.create_task(self._read(greet), name="connection-read")
            self._sender = tasks.create_task(self._send(), name="connection-send")
            if self.close_code == CLOSE_TOO_SLOW:
                self._abort()
        with contextlib.suppress(LinkClosed, TimeoutError, OSError):
            async with asyncio.timeout(FLUSH_S):
                await self._link.close(self.close_code or 1000)

    async def _read(self, greet: Callable[[Hello], Awaitable[Listener]]) -> None:
        try:
            hello = await self._hello()
            self.is_busy = True  # it has spoken: a slow database is not the peer's silence
            listener = await greet(hello)
            self.is_busy = False
            while True:
                frame = await self._frame()
                if not self.is_closing:
                    await self._pass_on(listener, frame)
        except (LinkClosed, OSError):
            self._abort()
        except ProtocolError as error:
            self.close(error.close_code, error.code)
        except Exception:
            log.exception("connection.failed")
            self.close(1011, "server.failed")

    async def _hello(self) -> Hello:
        try:
            async with asyncio.timeout(AUTH_S):
                frame = await self._frame()
        except TimeoutError:
            raise ProtocolError(CLOSE_UNAUTHENTICATED, "silence") from None
        message = _decode(frame) if isinstance(frame, str) else None
        if not isinstance(message, Hello):
            raise ProtocolError(CLOSE_UNAUTHENTICATED, "hello.expected")
        return message

    async def _frame(self) -> str | bytes:
        frame = await self._link.receive()
        if _size(frame) > MAX_MESSAGE_BYTES:
            raise ProtocolError(CLOSE_TOO_BIG, "message.too_big")
        self.heard_at = self._clock.monotonic()
        return frame

    async def _pass_on(self, listener: Listener, frame: str | bytes) -> None:
        self.is_busy = True
        try:
            if isinstance(frame, bytes):
                self._limit("frames")
                self._limit("frame_bytes", len(frame))
                await listener.got_frame(frame)
            else:
                message = _decode(frame)
                self._limit(_bucket(message))
                await listener.got(message)
        finally:
            self.is_busy = False

    def _limit(self, name: str, cost: float = 1.0) -> None:
        if not self._buckets[name].take(self.heard_at, cost):
            raise ProtocolError(CLOSE_RATE, "rate.exceeded")

    async def _send(self) -> None:
        with contextlib.suppress(LinkClosed, OSError):
            await self._send_all()
        if self._reader is not None:
            self._reader.cancel()

    async def _send_all(self) -> None:
        while True:
            frame = self._outbox.take()
            if frame is not None:
                if self._sending_since is None:
                    self._sending_since = self._clock.monotonic()
                await self._link.send(frame)
                if not self.is_closing:
                    self._sending_since = None
            elif self.is_closing:
                return
            else:
                self._filled.clear()
                await self._filled.wait()

    def _queued(self, fits: bool) -> None:
        if not fits:
            self.close(CLOSE_TOO_SLOW)
        self._filled.set()

    def _abort(self) -> None:
        for task in (self._reader, self._sender):
            if task is not None:
                task.cancel()


def _size(frame: str | bytes) -> int:
    return len(frame) if isinstance(frame, bytes) or frame.isascii() else len(frame.encode(errors="surrogatepass"))


def _decode(frame: str) -> ClientMessage:
    try:
        message: ClientMessage = _decoder.decode(frame)
        return message
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        raise ProtocolError(CLOSE_BAD_MESSAGE, "message.malformed") from None


def _bucket(message: ClientMessage) -> str:
    if isinstance(message, Do):
        return "commands"
    return "signalling" if isinstance(message, _SIGNALLING) else "others"
