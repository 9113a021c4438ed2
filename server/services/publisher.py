"""Puts what was committed on the bus: at once from the node that wrote it, after a second from any other.

At least once: rooms know an event by its number. A bus that is down delays, and loses nothing.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from datetime import timedelta

import structlog

from realtime.bus.base import Bus, BusDown
from realtime.ports import Clock
from server.persistence import outbox
from server.persistence.engine import Database
from server.persistence.outbox import Message
from server.persistence.refusal import StaleWrite, StorageUnavailable
from server.persistence.unit_of_work import reading, writing

POLL_S = 0.2  # how often left rows are looked for and sent ones marked
OWN_S = 1.0  # a row this young belongs to the node that wrote it; sooner, every node would send every row
KEPT_S = 3600
BATCH = 200
FORGET_EVERY = 1500  # polls between two clean-ups: five minutes

log = structlog.get_logger(__name__)


class Publisher:
    """One a node. `run` until cancelled; `announce` is called after each commit with what it stored."""

    def __init__(self, database: Database, bus: Bus, clock: Clock, poll_s: float = POLL_S) -> None:
        self._database = database
        self._bus = bus
        self._clock = clock
        self._poll_s = poll_s
        self._fresh: deque[Message] = deque()
        self._sent: list[int] = []
        self._woken = asyncio.Event()

    def announce(self, messages: Sequence[Message]) -> None:
        """These rows were committed just now."""
        self._fresh.extend(messages)
        self._woken.set()

    async def run(self) -> None:
        """Publish for ever. Starts with every row a crash left behind."""
        polls = 0
        oldest_s = 0.0
        while True:
            try:
                await self._publish_fresh()
                await self._publish_left(oldest_s)
                await self._mark()
                oldest_s = OWN_S
                polls += 1
                if polls % FORGET_EVERY == 0:
                    await self._forget()
            except BusDown:
                log.warning("outbox.bus_down", waiting=len(self._fresh))
            except (StorageUnavailable, StaleWrite):
                log.warning("outbox.storage_unavailable")
            await self._wait()

    async def flush(self) -> None:
        """Publish and mark everything now (before a stop). Raises BusDown, StorageUnavailable."""
        await self._publish_fresh()
        await self._publish_left(0)
        await self._mark()

    async def _wait(self) -> None:
        """Until the next poll; what is announced meanwhile goes out at once."""
        try:
            async with asyncio.timeout(self._poll_s):
                while True:
                    await self._woken.wait()
                    self._woken.clear()
                    await self._publish_fresh()
        except TimeoutError:
            return
        except BusDown:
            log.warning("outbox.bus_down", waiting=len(self._fresh))

    async def _publish_fresh(self) -> None:
        while self._fresh:
            await self._publish(self._fresh[0])
            self._fresh.popleft()

    async def _publish_left(self, older_than_s: float) -> None:
        """Rows that whoever wrote them did not mark in time."""
        before = self._clock.now() - timedelta(seconds=older_than_s)
        async with reading(self._database) as connection:
            left = await outbox.unpublished(connection, before, BATCH)
        sent = set(self._sent)
        for message in left:
            if message.id not in sent:
                await self._publish(message)

    async def _publish(self, message: Message) -> None:
        await self._bus.publish(message.topic, message.payload)
        self._sent.append(message.id)

    async def _mark(self) -> None:
        if not self._sent:
            return
        ids = list(self._sent)
        async with writing(self._database) as connection:
            await outbox.mark_published(connection, ids, self._clock.now())
        del self._sent[: len(ids)]

    async def _forget(self) -> None:
        async with writing(self._database) as connection:
            await outbox.forget_published(connection, self._clock.now() - timedelta(seconds=KEPT_S))
