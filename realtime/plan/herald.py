"""Tells the other nodes, in order, without anybody waiting for the bus."""

import asyncio
from collections import deque

from realtime.bus.base import Bus, BusDown
from realtime.plan import news

# More: a bus that is away costs more memory. Fewer: after a short stall the others read the log instead.
MAX_WAITING = 1_000
PAUSE_S = 1.0


class Herald:
    """A bounded queue before one topic. What the bus does not take is not lost: `Through` sends others to the log."""

    def __init__(self, bus: Bus, topic: str) -> None:
        self._bus = bus
        self._topic = topic
        self._waiting: deque[news.News] = deque()
        self._filled = asyncio.Event()
        self._through = 0

    def tell(self, item: news.News) -> None:
        """Queue for the other nodes."""
        if isinstance(item, news.Rows):
            self._through = item.rows[-1].seq
        if len(self._waiting) >= MAX_WAITING:
            self._waiting.clear()
            self._waiting.append(news.Through(self._through))
        self._waiting.append(item)
        self._filled.set()

    async def run(self) -> None:
        """Publish until cancelled."""
        while True:
            await self._filled.wait()
            while self._waiting:
                try:
                    await self._bus.publish(self._topic, news.encode(self._waiting.popleft()))
                except BusDown:
                    self._waiting.clear()
                    self._waiting.append(news.Through(self._through))
                    await asyncio.sleep(PAUSE_S)
            self._filled.clear()
