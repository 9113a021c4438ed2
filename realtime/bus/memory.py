"""The bus and the leases inside one process: one web node and its tests. Two nodes in one process share the object."""

from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from realtime.bus.base import BusDown
from realtime.bus.mailbox import Mailbox
from realtime.ports import Clock


class MemoryBus:
    """A `Bus` without a network. `cut` and `mend` play a lost connection."""

    def __init__(self) -> None:
        self._mailboxes: dict[str, list[Mailbox]] = defaultdict(list)
        self._is_up = True

    async def publish(self, topic: str, payload: bytes) -> None:
        """Put into every subscriber's mailbox at once."""
        if not self._is_up:
            raise BusDown
        for mailbox in self._mailboxes.get(topic, ()):
            mailbox.put(topic, payload)

    @asynccontextmanager
    async def subscribe(self, *topics: str) -> AsyncIterator[Mailbox]:
        """Messages of these topics from now on."""
        mailbox = Mailbox(topics)
        for topic in topics:
            self._mailboxes[topic].append(mailbox)
        try:
            yield mailbox
        finally:
            for topic in topics:
                self._mailboxes[topic].remove(mailbox)
                if not self._mailboxes[topic]:
                    del self._mailboxes[topic]

    def cut(self) -> None:
        """From now on nothing gets through."""
        self._is_up = False

    def mend(self) -> None:
        """The connection is back: every subscriber is told to catch up."""
        self._is_up = True
        for topic, mailboxes in self._mailboxes.items():
            for mailbox in mailboxes:
                mailbox.missed(topic)

    async def close(self) -> None:
        """Nothing to close."""


class MemoryLeases:
    """`Leases` in one process, by the clock given."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._held: dict[str, tuple[str, int, float]] = {}
        self._fences: dict[str, int] = {}
        self._values: dict[str, tuple[bytes, float]] = {}

    async def acquire(self, name: str, holder: str, ttl_s: float) -> int | None:
        """The fencing number if `holder` holds `name` now."""
        now = self._clock.monotonic()
        held = self._living(name, now)
        if held is not None and held[0] != holder:
            return None
        fence = held[1] if held is not None else self._fences.get(name, 0) + 1
        self._fences[name] = fence
        self._held[name] = (holder, fence, now + ttl_s)
        return fence

    async def release(self, name: str, holder: str) -> None:
        """Give up `name`; nothing happens when another holds it."""
        held = self._living(name, self._clock.monotonic())
        if held is not None and held[0] == holder:
            del self._held[name]

    async def holder(self, name: str) -> str | None:
        """Who holds `name` now."""
        held = self._living(name, self._clock.monotonic())
        return None if held is None else held[0]

    async def put(self, name: str, value: bytes, ttl_s: float) -> None:
        """Keep a value for `ttl_s`."""
        self._values[name] = (value, self._clock.monotonic() + ttl_s)

    async def all(self, prefix: str) -> dict[str, bytes]:
        """Every living value whose name begins with `prefix`."""
        now = self._clock.monotonic()
        self._values = {name: kept for name, kept in self._values.items() if kept[1] > now}
        return {name: value for name, (value, _) in self._values.items() if name.startswith(prefix)}

    def _living(self, name: str, now: float) -> tuple[str, int, float] | None:
        held = self._held.get(name)
        return held if held is not None and held[2] > now else None
