"""One subscriber's waiting messages, bounded: who reads too slowly is told to catch up from the log instead."""

import asyncio
from collections import deque

# More waiting messages cost memory for each slow subscriber; fewer cost a read of the log after a stall.
CAPACITY = 4096


class Mailbox:
    """A `realtime.bus.base.Subscription`. Filled by a bus in the same event loop."""

    def __init__(self, topics: tuple[str, ...], capacity: int = CAPACITY) -> None:
        self.topics = topics
        self._capacity = capacity
        self._items: deque[tuple[str, bytes | None]] = deque()
        self._filled = asyncio.Event()

    def put(self, topic: str, payload: bytes) -> None:
        """A message; when the box is full everything waiting is replaced by `(topic, None)` for each topic."""
        if len(self._items) >= self._capacity:
            self._items.clear()
            for every in self.topics:
                self.missed(every)
        else:
            self._items.append((topic, payload))
            self._filled.set()

    def missed(self, topic: str) -> None:
        """Messages of a topic may have been lost: the reader must catch up on it."""
        self._items.append((topic, None))
        self._filled.set()

    def __aiter__(self) -> "Mailbox":
        """Itself: one reader only."""
        return self

    async def __anext__(self) -> tuple[str, bytes | None]:
        """The next message; waits for it. Cancelling the wait loses nothing."""
        while not self._items:
            self._filled.clear()
            await self._filled.wait()
        return self._items.popleft()
