from datetime import timedelta

import msgspec

from realtime.bus import keys
from realtime.bus.memory import MemoryBus, MemoryLeases
from realtime.neighbours import MediaReport, Missed, Neighbours
from realtime.presence.roster import HandLowered, SeatTaken
from tests.support.clock import MONDAY_TEN, HandClock
from tests.support.story import DANA, RUTH, SCHEDULE, device, planned_story

MEETING = SCHEDULE.meeting_id


def two(bus: MemoryBus, leases: MemoryLeases) -> tuple[Neighbours, Neighbours]:
    return Neighbours(MEETING, "web-1", bus, leases), Neighbours(MEETING, "web-2", bus, leases)


async def test_others_words_are_heard_and_own_ones_are_not() -> None:
    bus = MemoryBus()
    one, other = two(bus, MemoryLeases(HandClock()))
    said = SeatTaken(node_id="web-1", participant_id=DANA.id, device_id=device(DANA), at=1.0)
    async with other.subscription() as subscription:
        await one.tell(said)
        topic, payload = await anext(aiter(subscription))
    assert other.read(topic, payload) == said
    assert one.read(topic, payload) is None


async def test_events_reports_and_gaps_are_told_apart() -> None:
    one, _ = two(MemoryBus(), MemoryLeases(HandClock()))
    recorded = planned_story().events[0]
    assert one.read(keys.meeting_events(MEETING), msgspec.json.encode(recorded)) == recorded
    assert one.read(keys.media_meeting(MEETING), b"report") == MediaReport(b"report")
    assert one.read(keys.meeting_events(MEETING), None) == Missed()
    assert one.read(keys.meeting_events(MEETING), b"{junk") == Missed()
    assert one.read(keys.meeting_presence(MEETING), b"{junk") is None


async def test_a_bus_that_is_down_is_noticed_and_found_again() -> None:
    bus = MemoryBus()
    one, _ = two(bus, MemoryLeases(HandClock()))
    bus.cut()
    await one.tell(HandLowered(node_id="web-1", participant_id=DANA.id))
    assert one.is_down
    bus.mend()
    await one.tell(HandLowered(node_id="web-1", participant_id=DANA.id))
    assert not one.is_down


async def test_the_latest_sighting_of_any_node_is_left_behind() -> None:
    one, other = two(MemoryBus(), MemoryLeases(HandClock()))
    await one.remember([DANA.id, RUTH.id], MONDAY_TEN)
    await other.remember([DANA.id], MONDAY_TEN + timedelta(minutes=1))
    assert await one.last_seen() == {DANA.id: MONDAY_TEN + timedelta(minutes=1), RUTH.id: MONDAY_TEN}
