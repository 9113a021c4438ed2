"""What one publisher sends, and what it does not send twice. Crashes are in `tests/integration/test_outbox.py`."""

import asyncio

import pytest

from realtime.bus import keys
from realtime.bus.base import BusDown, Subscription
from realtime.bus.memory import MemoryBus
from realtime.supervision import Supervisor
from server.persistence import outbox
from server.persistence.unit_of_work import reading
from server.services.publisher import Publisher
from tests.support.stored import Stored, StoredMeeting, encoded


async def heard_until(subscription: Subscription, last: bytes) -> list[bytes]:
    messages: list[bytes] = []
    async with asyncio.timeout(5):
        async for _, payload in subscription:
            assert payload is not None
            if payload == last:
                break
            messages.append(payload)
    return messages


async def unsent(stored: Stored) -> int:
    async with reading(stored.database) as connection:
        return len(await outbox.unpublished(connection, stored.clock.now(), 100))


async def test_what_was_announced_and_found_again_is_sent_once(stored: Stored, meeting: StoredMeeting) -> None:
    await stored.publisher.flush()
    topic = keys.meeting_events(meeting.id)
    async with stored.bus.subscribe(topic) as subscription:
        await meeting.bring_in("Sam")
        async with reading(stored.database) as connection:
            rows = await outbox.unpublished(connection, stored.clock.now(), 100)
        await stored.publisher.flush()
        stored.publisher.announce(rows)
        await stored.publisher.flush()
        await stored.bus.publish(topic, b"end")
        assert await heard_until(subscription, b"end") == encoded(await stored.desk.events_after(meeting.id, 1))


async def test_a_flush_with_the_bus_down_says_so_and_keeps_everything(stored: Stored, meeting: StoredMeeting) -> None:
    before = await unsent(stored)
    assert before > 0
    stored.bus.cut()
    with pytest.raises(BusDown):
        await stored.publisher.flush()
    assert await unsent(stored) == before
    stored.bus.mend()
    await stored.publisher.flush()
    assert await unsent(stored) == 0


async def test_two_publishers_may_both_send_and_rooms_know_by_the_number(
    stored: Stored, meeting: StoredMeeting
) -> None:
    await stored.publisher.flush()
    topic = keys.meeting_events(meeting.id)
    async with stored.bus.subscribe(topic) as subscription:
        await meeting.bring_in("Sam")
        await stored.publisher.flush()
        await Publisher(stored.database, stored.bus, stored.clock).flush()
        await stored.bus.publish(topic, b"end")
        assert await heard_until(subscription, b"end") == encoded(await stored.desk.events_after(meeting.id, 1))


class NarrowBus(MemoryBus):
    """A bus that takes one message and waits, and one that does what no bus should."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: list[bytes] = []
        self.began, self.opened = asyncio.Event(), asyncio.Event()
        self.broken = 0

    async def publish(self, topic: str, payload: bytes) -> None:
        if self.broken:
            self.broken -= 1
            raise LookupError("a mistake of ours")
        self.began.set()
        await self.opened.wait()
        self.taken.append(payload)


async def test_a_drain_beside_the_running_publisher_takes_each_message_once(
    stored: Stored, meeting: StoredMeeting
) -> None:
    """Both used to send the first and then take two away: the second was lost here, or nothing was left to take."""
    bus = NarrowBus()
    publisher = Publisher(stored.database, bus, stored.clock)
    await meeting.bring_in("Sam")
    async with reading(stored.database) as connection:
        rows = await outbox.unpublished(connection, stored.clock.now(), 100)
    publisher.announce(rows)
    running = asyncio.create_task(publisher.run())
    await bus.began.wait()
    drain = asyncio.create_task(publisher.flush())
    await asyncio.sleep(0)
    bus.opened.set()
    async with asyncio.timeout(5):
        await drain
    assert bus.taken == [row.payload for row in rows] and len(rows) > 1
    assert await unsent(stored) == 0
    running.cancel()
    await asyncio.wait({running})
    assert running.cancelled()


async def test_a_publisher_that_dies_is_started_again_and_sends_what_it_had(
    stored: Stored, meeting: StoredMeeting
) -> None:
    bus = NarrowBus()
    bus.broken = 2
    bus.opened.set()
    publisher, supervisor = Publisher(stored.database, bus, stored.clock), Supervisor(pauses_s=(0.0, 0.0))
    async with reading(stored.database) as connection:
        rows = await outbox.unpublished(connection, stored.clock.now(), 100)
    publisher.announce(rows)
    running = supervisor.keep("publisher", publisher.run)
    async with asyncio.timeout(5):
        await bus.began.wait()
        await publisher.flush()
    assert bus.taken == [row.payload for row in rows]
    assert (supervisor.down, supervisor.lost) == (["publisher"], "")
    running.cancel()
    await asyncio.wait({running})
