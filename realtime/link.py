"""The socket as realtime sees it."""

from typing import Protocol


class LinkClosed(Exception):
    """The other side is gone."""


class Link(Protocol):
    """One message-based duplex. `receive` raises LinkClosed when the peer is gone."""

    async def receive(self) -> str | bytes: ...

    async def send(self, frame: str | bytes) -> None: ...

    async def close(self, code: int) -> None: ...
