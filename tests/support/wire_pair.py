"""A `Link` in memory and the browser at its other end, which keeps every byte it was sent."""

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec

from realtime.link import LinkClosed
from realtime.messages import ClientMessage, ServerMessage

_server_messages = msgspec.json.Decoder(ServerMessage)


class WirePair:
    """The server's end is the `Link` (receive, send, close); the rest is the browser's."""

    def __init__(self) -> None:
        self._to_server: asyncio.Queue[str | bytes | None] = asyncio.Queue()
        self._reads = asyncio.Event()
        self._reads.set()
        self._changed = asyncio.Event()
        self._is_gone = False
        self.sent: list[str | bytes] = []
        self.close_code: int | None = None

    async def receive(self) -> str | bytes:
        frame = await self._to_server.get()
        if frame is None:
            raise LinkClosed
        return frame

    async def send(self, frame: str | bytes) -> None:
        await self._reads.wait()
        if self._is_gone or self.close_code is not None:
            raise LinkClosed
        self.sent.append(frame)
        self._changed.set()

    async def close(self, code: int) -> None:
        if self.close_code is None and not self._is_gone:
            self.close_code = code
        self._changed.set()

    def say(self, message: ClientMessage | bytes | str) -> None:
        """The browser sends."""
        frame = message if isinstance(message, bytes | str) else msgspec.json.encode(message).decode()
        self._to_server.put_nowait(frame)

    def stop_reading(self) -> None:
        """The browser's side of the network takes nothing any more."""
        self._reads.clear()

    def read_again(self) -> None:
        """It takes everything again."""
        self._reads.set()

    def vanish(self) -> None:
        """The network is gone."""
        self._is_gone = True
        self._reads.set()
        self._to_server.put_nowait(None)

    @property
    def messages(self) -> list[Any]:
        """Every message, decoded."""
        return [_server_messages.decode(frame) for frame in self.sent if isinstance(frame, str)]

    @property
    def frames(self) -> list[bytes]:
        """Every binary frame."""
        return [frame for frame in self.sent if isinstance(frame, bytes)]

    @property
    def bytes_log(self) -> bytes:
        """Everything the browser was ever sent."""
        return b"\n".join(frame if isinstance(frame, bytes) else frame.encode() for frame in self.sent)

    def of(self, kind: type[Any]) -> list[Any]:
        """Every message of a kind."""
        return [message for message in self.messages if isinstance(message, kind)]

    async def until(self, seen: Callable[[], object]) -> None:
        """Wait until something has come about; five seconds at most."""
        async with asyncio.timeout(5):
            while not seen():
                self._changed.clear()
                await self._changed.wait()
