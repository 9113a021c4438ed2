"""The bus through Redis or Valkey: plain publish and subscribe.

Two private connections of one task each, so that no command is ever cancelled half-way (a cancelled command on a shared
connection hands one caller's answer to the next: CVE-2023-28858). Callers wait on futures and may be cancelled freely.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import structlog
from redis.asyncio import ConnectionPool, Redis
from redis.asyncio.connection import AbstractConnection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

from realtime.bus.base import BusDown
from realtime.bus.mailbox import Mailbox
from realtime.supervision import Supervisor

log = structlog.get_logger(__name__)

# A caller never waits longer than this for the bus.
OPERATION_S = 1.0
# Rises: a dead subscription is noticed later. Falls: more pings.
PING_S = 2.0
# Waiting before the next attempt to connect again.
RECONNECT_S = (0.05, 0.1, 0.2, 0.5, 1.0)
# Messages waiting for the publishing connection before callers are told that the bus is down.
WAITING_MAX = 4096
_BATCH = 256

_Item = tuple[str, bytes, asyncio.Future[None]]


def connect(url: str) -> "Redis":
    """A client of this URL with the time limits of this package and no hidden retries."""
    return Redis.from_pool(pool(url))


def pool(url: str) -> ConnectionPool:
    """Connections of this URL: RESP2, 1 s for everything."""
    return ConnectionPool.from_url(
        url,
        protocol=2,
        socket_timeout=OPERATION_S,
        socket_connect_timeout=OPERATION_S,
        retry=Retry(NoBackoff(), 0),
    )


class RedisBus:
    """A `Bus` over one Redis or Valkey URL. Connects by itself at first use and again after every loss; its tasks are
    kept by `supervisor`."""

    def __init__(self, url: str, supervisor: Supervisor | None = None) -> None:
        supervisor = supervisor or Supervisor()
        self._publisher = _Publisher(url, supervisor)
        self._subscriber = _Subscriber(url, supervisor)

    async def publish(self, topic: str, payload: bytes) -> None:
        """Send now. BusDown when that did not work within a second."""
        await self._publisher.publish(topic, payload)

    @asynccontextmanager
    async def subscribe(self, *topics: str) -> AsyncIterator[Mailbox]:
        """Messages of these topics from now on; when it is down, `(topic, None)` first when it is back."""
        mailbox = Mailbox(topics)
        await self._subscriber.add(mailbox)
        try:
            yield mailbox
        finally:
            self._subscriber.discard(mailbox)

    async def close(self) -> None:
        """Stop both connections."""
        await self._publisher.close()
        await self._subscriber.close()


class _Publisher:
    """One task, one connection: what waits is sent in order, in one pipeline."""

    def __init__(self, url: str, supervisor: Supervisor) -> None:
        self._client = connect(url)
        self._supervisor = supervisor
        self._waiting: deque[_Item] = deque()
        self._filled = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._is_closed = False

    async def publish(self, topic: str, payload: bytes) -> None:
        if self._is_closed or len(self._waiting) >= WAITING_MAX:
            raise BusDown
        if self._task is None:
            self._task = self._supervisor.keep("bus-publish", self._run)
        sent: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((topic, payload, sent))
        self._filled.set()
        try:
            async with asyncio.timeout(OPERATION_S):
                await sent
        except TimeoutError:
            raise BusDown from None

    async def _run(self) -> None:
        while not self._is_closed:
            self._filled.clear()
            while self._waiting and not self._is_closed:
                await self._send(self._batch())
            await self._filled.wait()

    def _batch(self) -> list[_Item]:
        batch: list[_Item] = []
        while self._waiting and len(batch) < _BATCH:
            item = self._waiting.popleft()
            if not item[2].done():  # its caller gave up: it was told that nothing was sent
                batch.append(item)
        return batch

    async def _send(self, batch: list[_Item]) -> None:
        failure: BaseException | None = None
        try:
            async with self._client.pipeline(transaction=False) as pipe:
                for topic, payload, _ in batch:
                    pipe.publish(topic, payload)
                await pipe.execute()
        except (RedisError, OSError) as error:
            log.warning("bus.publish_failed", error=type(error).__name__)
            failure = error
        for _, _, sent in batch:
            if not sent.done():
                if failure is None:
                    sent.set_result(None)
                else:
                    sent.set_exception(BusDown())

    async def close(self) -> None:
        """Ends after the command on its way, which has its own time limit. It is not cancelled: inside the client a
        cancellation can be lost, and what waits for it would wait for ever."""
        self._is_closed = True
        self._filled.set()
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
        for _, _, sent in self._waiting:
            sent.cancel()
        await self._client.aclose()


class _Subscriber:
    """One connection for all subscriptions of the process, read by one task, which alone connects and reconnects."""

    def __init__(self, url: str, supervisor: Supervisor) -> None:
        self._pool = pool(url)
        self._supervisor = supervisor
        self._mailboxes: dict[str, list[Mailbox]] = {}
        self._confirmed: dict[str, asyncio.Event] = {}
        self._missed: set[str] = set()
        self._dropped: set[str] = set()
        self._connection: AbstractConnection | None = None
        self._reader: asyncio.Task[None] | None = None
        self._is_closed = False
        self._sending: set[asyncio.Task[None]] = set()

    async def add(self, mailbox: Mailbox) -> None:
        fresh = [topic for topic in mailbox.topics if topic not in self._mailboxes]
        for topic in mailbox.topics:
            self._mailboxes.setdefault(topic, []).append(mailbox)
        for topic in fresh:
            self._confirmed[topic] = asyncio.Event()
        if self._reader is None:
            self._reader = self._supervisor.keep("bus-subscribe", self._run)
        elif fresh:
            self._say("SUBSCRIBE", *fresh)
        try:
            async with asyncio.timeout(OPERATION_S):
                for topic in mailbox.topics:
                    await self._confirmed[topic].wait()
        except TimeoutError:
            log.warning("bus.subscribe_late", topics=len(mailbox.topics))
            self._missed.update(topic for topic in mailbox.topics if not self._confirmed[topic].is_set())

    def discard(self, mailbox: Mailbox) -> None:
        for topic in mailbox.topics:
            self._mailboxes[topic].remove(mailbox)
            if not self._mailboxes[topic]:
                del self._mailboxes[topic], self._confirmed[topic]
                self._missed.discard(topic)
                self._dropped.add(topic)

    def _say(self, *command: str) -> None:
        """Send in a task of its own: a caller's cancellation must not cut the connection of all."""
        sending = asyncio.create_task(self._send(command), name="bus-say")
        self._sending.add(sending)
        sending.add_done_callback(self._sending.discard)

    async def _send(self, command: tuple[str, ...]) -> None:
        """A failure is left to the reader, who connects and subscribes everything anew."""
        connection = self._connection
        if connection is not None and connection.is_connected:
            with contextlib.suppress(RedisError, OSError):
                await connection.send_command(*command, check_health=False)

    async def _run(self) -> None:
        attempt = 0
        while not self._is_closed:
            connection = self._pool.make_connection()  # type: ignore[no-untyped-call]
            try:
                await connection.connect()
                attempt = 0
                self._connection = connection
                if self._mailboxes:
                    await connection.send_command("SUBSCRIBE", *self._mailboxes, check_health=False)
                await self._read(connection)
            except (RedisError, OSError) as error:
                log.warning("bus.connection_lost", error=type(error).__name__)
            finally:
                self._lose(connection)
                await connection.disconnect(nowait=True)
            await asyncio.sleep(RECONNECT_S[min(attempt, len(RECONNECT_S) - 1)])
            attempt += 1

    def _lose(self, connection: AbstractConnection) -> None:
        self._connection = None
        for topic, confirmed in self._confirmed.items():
            if confirmed.is_set():
                confirmed.clear()
                self._missed.add(topic)

    async def _read(self, connection: AbstractConnection) -> None:
        is_pinged = False
        while not self._is_closed:
            if self._dropped:
                self._drop()
            item = await connection.read_response(timeout=PING_S, disconnect_on_error=False)
            if item is not None:
                is_pinged = False
                self._got(item)
            elif is_pinged:
                raise RedisConnectionError
            else:
                is_pinged = True
                await connection.send_command("PING", check_health=False)

    def _drop(self) -> None:
        gone = [topic for topic in self._dropped if topic not in self._mailboxes]
        self._dropped.clear()
        if gone:
            self._say("UNSUBSCRIBE", *gone)

    def _got(self, item: Any) -> None:
        """`[b"message", topic, payload]`, `[b"subscribe", topic, count]`, or the answer to a ping."""
        if not isinstance(item, list) or len(item) != 3:
            return
        topic = bytes(item[1] or b"").decode()
        if item[0] == b"message":
            for mailbox in self._mailboxes.get(topic, ()):
                mailbox.put(topic, item[2])
        elif item[0] == b"subscribe" and topic in self._confirmed:
            self._confirmed[topic].set()
            if topic in self._missed:
                self._missed.discard(topic)
                for mailbox in self._mailboxes[topic]:
                    mailbox.missed(topic)

    async def close(self) -> None:
        """Cancelled, the reader ends at once; should that be lost inside the client, with its next look."""
        self._is_closed = True
        tasks = [*self._sending, *([self._reader] if self._reader is not None else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._reader = None
        await self._pool.aclose()
