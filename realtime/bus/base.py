"""The bus and the leases, as interfaces. `tests/contracts` holds the suite every implementation passes."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Protocol


class Subscription(Protocol):
    """Messages of the topics subscribed, from the moment the context was entered. Ends never; cancel to stop.

    After the connection behind it was lost and came back, the next item is `(topic, None)` for each topic: messages may
    have been missed, catch up from the log.
    """

    def __aiter__(self) -> AsyncIterator[tuple[str, bytes | None]]: ...


class Bus(Protocol):
    """Publish and subscribe, at most once, ordered per publisher and topic."""

    async def publish(self, topic: str, payload: bytes) -> None:
        """Send to all subscribers now. Raises BusDown when the bus cannot be reached within a second."""
        ...

    def subscribe(self, *topics: str) -> AbstractAsyncContextManager[Subscription]: ...

    async def close(self) -> None: ...


class BusDown(Exception):
    """The bus cannot be reached; the caller goes on without it and catches up later."""


class Leases(Protocol):
    """Who holds what, with a fencing number that only grows, and small values that vanish when not renewed."""

    async def acquire(self, name: str, holder: str, ttl_s: float) -> int | None:
        """The fencing number if `holder` now holds `name` (also when it already did), else None."""
        ...

    async def release(self, name: str, holder: str) -> None: ...

    async def holder(self, name: str) -> str | None: ...

    async def put(self, name: str, value: bytes, ttl_s: float) -> None: ...

    async def all(self, prefix: str) -> dict[str, bytes]: ...
