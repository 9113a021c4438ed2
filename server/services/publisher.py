"""Puts what was committed on the bus: at once from the node that wrote it, after a second from any other.

At least once: rooms know an event by its number. A bus that is down delays, and loses nothing.
"""

import asyncio
from collections import OrderedDict, deque
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
REMEMBERED = 1000  # ids not sent a second time from this node: found by a poll and announced at once
FORGET_EVERY = 1500  # polls between two clean-ups: five minutes

log = structlog.get_logger(__name__)


class Publisher:
    """One a node. `run` until cancelled, again after a death; `announce` is called after each commit with what it
    stored."""

    def __init__(self, database: Database, bus: Bus, clock: Clock, poll_s: float = POLL_S) -> None:
        self._database = database
        self._bus = bus
        self._clock = clock
        self._poll_s = poll_s
        self._fresh: deque[Message] = deque()
        self._sent: list[int] = []
        self._remembered: OrderedDict[int, None] = OrderedDict()
        self._woken = asyncio.Event()
        self._turn = asyncio.Lock()  # `run` and `flush` both send what waits: each message is taken by one of them

    def announce(self, messages: Sequence[Message]) -> None:
        """These rows were committed just now."""
        self._fresh.extend(messages)
        self._woken.set()

    async def run(self) -> None:
        """Publish for ever. Starts with every row a crash left behind."""
        older_than_s, polls, poll_at = 0.0, 0, 0.0
        time = asyncio.get_running_loop().time
        while True:
            try:
                async with self._turn:
                    await self._publish_fresh()
                    if time() >= poll_at:
                        await self._poll(older_than_s, polls)
                        older_than_s, polls = OWN_S, polls + 1
            except BusDown:
                log.warning("outbox.bus_down", waiting=len(self._fresh))
                self._woken.clear()  # what waits is tried again at the next poll, not at once
            except (StorageUnavailable, StaleWrite):
                log.warning("outbox.storage_unavailable")
            poll_at = poll_at if time() < poll_at else time() + self._poll_s
            await self._wait(poll_at - time())

    async def flush(self) -> None:
        """Publish and mark everything now (before a stop). Raises BusDown, StorageUnavailable."""
        async with self._turn:
            await self._publish_fresh()
            await self._publish_left(0)
            await self._mark()

    async def _wait(self, seconds: float) -> None:
        """Until something is announced, at most this long. Nothing but the waiting is ever cut off: a command on its
        way to the bus must not be cancelled."""
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            return
        self._woken.clear()

    async def _poll(self, older_than_s: float, polls: int) -> None:
        await self._publish_left(older_than_s)
        await self._mark()
        if polls % FORGET_EVERY == FORGET_EVERY - 1:
            await self._forget()

    async def _publish_fresh(self) -> None:
        while self._fresh:
            await self._publish(self._fresh[0])
            self._fresh.popleft()

    async def _publish_left(self, older_than_s: float) -> None:
        """Rows that whoever wrote them did not mark in time."""
        before = self._clock.now() - timedelta(seconds=older_than_s)
        async with reading(self._database) as connection:
            left = await outbox.unpublished(connection, before, BATCH)
        for message in left:
            await self._publish(message)

    async def _publish(self, message: Message) -> None:
        if message.id in self._remembered:
            return
        await self._bus.publish(message.topic, message.payload)
        self._sent.append(message.id)
        self._remembered[message.id] = None
        if len(self._remembered) > REMEMBERED:
            self._remembered.popitem(last=False)

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
