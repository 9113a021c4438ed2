"""Committed means told: whatever dies between the commit and the bus, the others hear of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from meetings.commands import OpenMeeting
from realtime.bus import keys
from realtime.bus.base import Subscription
from server.persistence import outbox
from server.persistence.unit_of_work import reading, writing
from server.services.publisher import KEPT_S, Publisher
from tests.support.stored import Stored, StoredMeeting, encoded, stored_hearth

PATIENCE_S = 5


@pytest.fixture
async def stored(database_url: str) -> AsyncIterator[Stored]:
    async with stored_hearth(database_url) as made:
        yield made


@pytest.fixture
async def meeting(stored: Stored) -> StoredMeeting:
    return await stored.schedule()


@asynccontextmanager
async def running(publisher: Publisher) -> AsyncIterator[None]:
    task = asyncio.create_task(publisher.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def heard(subscription: Subscription, count: int) -> list[bytes]:
    messages: list[bytes] = []
    async with asyncio.timeout(PATIENCE_S):
        async for _, payload in subscription:
            if payload is not None:
                messages.append(payload)
            if len(messages) == count:
                break
    return messages


async def left(stored: Stored) -> int:
    async with reading(stored.database) as connection:
        return len(await outbox.unpublished(connection, stored.clock.now(), 100))


async def test_a_commit_is_published_at_once_and_in_order(stored: Stored, meeting: StoredMeeting) -> None:
    await stored.publisher.flush()
    stored.publisher._poll_s = 3600  # what arrives in time was announced, not found
    async with stored.bus.subscribe(keys.meeting_events(meeting.id)) as subscription, running(stored.publisher):
        await meeting.bring_in("Sam", "Dana")
        await meeting.do(OpenMeeting(), "Sam")
        events = await stored.desk.events_after(meeting.id, 1)
        assert await heard(subscription, len(events)) == encoded(events)


async def test_F3_what_a_dead_node_left_is_published_by_the_next(stored: Stored, meeting: StoredMeeting) -> None:
    await meeting.bring_in("Sam")
    events = await stored.desk.events_after(meeting.id, 0)
    restarted = Publisher(stored.database, stored.bus, stored.clock)
    async with stored.bus.subscribe(keys.meeting_events(meeting.id)) as subscription, running(restarted):
        assert await heard(subscription, len(events)) == encoded(events)


async def test_F3_another_living_node_publishes_what_was_left_a_second_ago(
    stored: Stored, meeting: StoredMeeting
) -> None:
    other = Publisher(stored.database, stored.bus, stored.clock, poll_s=0.05)
    await other.flush()
    async with stored.bus.subscribe(keys.meeting_events(meeting.id)) as subscription, running(other):
        await meeting.bring_in("Sam")
        stored.clock.forward(1.5)
        events = await stored.desk.events_after(meeting.id, 1)
        assert await heard(subscription, len(events)) == encoded(events)


async def test_a_bus_that_is_down_delays_and_loses_nothing(stored: Stored, meeting: StoredMeeting) -> None:
    await stored.publisher.flush()
    async with stored.bus.subscribe(keys.meeting_events(meeting.id)) as subscription:
        stored.bus.cut()
        async with running(stored.publisher):
            await meeting.bring_in("Sam", "Dana")
            assert await left(stored) > 0
            stored.bus.mend()
            events = await stored.desk.events_after(meeting.id, 1)
            assert await heard(subscription, len(events)) == encoded(events)


async def test_published_rows_are_marked_and_forgotten(stored: Stored, meeting: StoredMeeting) -> None:
    await meeting.bring_in("Sam")
    assert await left(stored) > 0
    await stored.publisher.flush()
    assert await left(stored) == 0
    stored.clock.forward(KEPT_S + 1)
    async with writing(stored.database) as connection:
        await outbox.forget_published(connection, stored.clock.now())
    assert await left(stored) == 0
