"""Two nodes serve one meeting: in memory, and over real Redis."""

from collections.abc import AsyncIterator

import msgspec
import pytest

from meetings.attendance import Mode
from meetings.commands import AdmitParticipant, DepartParticipant, OpenMeeting, RemoveParticipant
from meetings.entities import SeatState, WaitingEntity, YouEntity
from meetings.events import ParticipantDeparted
from realtime.bus import keys
from realtime.bus.lease import RedisLeases
from realtime.bus.memory import MemoryBus
from realtime.bus.redis_bus import RedisBus
from realtime.messages import Hand
from realtime.presence.roster import HandLowered, SeatTaken
from tests.support.live import House, Tab, live_house, settled
from tests.support.redis import private_redis
from tests.support.story import DANA, RUTH, SAM, device


@pytest.fixture(params=["memory", "redis"])
async def house(request: pytest.FixtureRequest) -> AsyncIterator[House]:
    if request.param == "memory":
        async with live_house("web-1", "web-2") as made:
            yield made
        return
    with private_redis() as server:
        bus, leases = RedisBus(server.url), RedisLeases(server.url)
        async with live_house("web-1", "web-2", bus=bus, leases=lambda _: leases) as made:
            yield made
        await bus.close()
        await leases.close()


@pytest.fixture
async def in_memory() -> AsyncIterator[House]:
    """A bus that can be cut."""
    async with live_house("web-1", "web-2") as made:
        yield made


async def test_people_on_two_nodes_are_in_one_meeting(house: House) -> None:
    sam = await house.sam("web-1")
    dana = await house.come_in(sam, DANA, "web-2")
    await sam.until(lambda: DANA.id in sam.here)
    await dana.until(lambda: SAM.id in dana.here)
    await sam.do(OpenMeeting())
    await dana.until(lambda: dana.stage == 1)


async def test_coming_back_on_another_node_is_no_leave(house: House) -> None:
    sam = await house.sam("web-1")
    dana = await house.come_in(sam, DANA, "web-1")
    dana.media()
    await house.pass_time(2)
    await dana.lost()
    await sam.until(lambda: sam.here[DANA.id].connection == "lost")
    back = await house.tab(DANA, "web-2").hello(after=dana.number).welcomed()
    await sam.until(lambda: sam.here[DANA.id].connection == "good")
    back.media()
    await house.pass_time(110, step=1)
    assert [stay.left_at for stay in house.meeting.stays[DANA.id]] == [None]
    assert DANA.id in sam.here


async def test_the_newest_socket_on_any_node_has_the_seat(house: House) -> None:
    sam = await house.sam("web-1")
    dana = await house.come_in(sam, DANA, "web-1")
    newer = await house.tab(DANA, "web-2").hello().joined()
    assert await dana.closed() == 4411
    await newer.until(lambda: DANA.id in newer.here)
    assert DANA.id in house.meeting.admitted


async def test_late_word_of_an_older_socket_does_not_close_the_newer_one(house: House) -> None:
    sam = await house.sam("web-1")
    await house.come_in(sam, DANA, "web-1")
    newer = await house.tab(DANA, "web-2").hello().joined()
    newer.say(Hand(raised=True))
    await newer.until(lambda: newer.here[DANA.id].hand_raised_at is not None)
    topic = keys.meeting_presence(house.meeting.id)
    late = SeatTaken(node_id="web-1", participant_id=DANA.id, device_id=device(DANA), at=0.0)
    await house.bus.publish(topic, msgspec.json.encode(late))
    await house.bus.publish(topic, msgspec.json.encode(HandLowered(node_id="web-1", participant_id=DANA.id)))
    await newer.until(lambda: newer.here[DANA.id].hand_raised_at is None)
    assert newer.close_code is None


async def test_who_is_removed_on_one_node_is_out_on_the_other(house: House) -> None:
    sam = await house.sam("web-1")
    ruth = await house.come_in(sam, RUTH, "web-2")
    await sam.do(RemoveParticipant(participant_id=RUTH.id))
    assert await ruth.closed() == 4410
    await sam.until(lambda: RUTH.id not in sam.here)


async def test_a_hand_raised_on_one_node_is_lowered_on_the_other(house: House) -> None:
    sam = await house.sam("web-1")
    dana = await house.come_in(sam, DANA, "web-2")
    dana.say(Hand(raised=True))
    await sam.until(lambda: DANA.id in sam.here and sam.here[DANA.id].hand_raised_at is not None)
    sam.say(Hand(raised=False, participant_id=DANA.id))
    await dana.until(lambda: dana.here[DANA.id].hand_raised_at is None)
    await sam.until(lambda: sam.here[DANA.id].hand_raised_at is None)


async def test_a_node_that_dies_leaves_nobody_behind_in_the_log(house: House) -> None:
    sam = await house.sam("web-1")
    dana = await house.come_in(sam, DANA, "web-2")
    dana.media(Mode.VIDEO)
    await house.pass_time(6)
    assert house.meeting.present_mode(DANA.id) is Mode.VIDEO
    seen_at = house.clock.now()
    house.kill("web-2")
    await house.pass_time(14)
    assert DANA.id not in sam.here
    await house.pass_time(95)
    assert house.meeting.present_mode(DANA.id) is None
    left_at = house.meeting.stays[DANA.id][-1].left_at
    assert left_at is not None and abs((left_at - seen_at).total_seconds()) <= 6


async def test_events_are_found_in_the_log_while_the_bus_is_down(in_memory: House) -> None:
    house = in_memory
    assert isinstance(house.bus, MemoryBus)
    sam = await house.sam("web-1")
    dana = await house.come_in(sam, DANA, "web-2")
    house.bus.cut()
    await sam.do(OpenMeeting())
    await settled()
    assert dana.stage is None
    await house.pass_time(8)
    assert dana.stage == 1
    house.bus.mend()


async def test_a_gap_on_the_bus_is_filled_from_the_log(in_memory: House) -> None:
    house = in_memory
    assert isinstance(house.bus, MemoryBus)
    sam = await house.sam("web-1")
    dana = await house.come_in(sam, DANA, "web-2")
    house.bus.cut()
    await sam.do(OpenMeeting())
    house.bus.mend()
    await dana.until(lambda: dana.stage == 1)


async def test_who_waits_on_another_node_is_seen_and_let_in_while_the_bus_is_away() -> None:
    async with live_house("web-1", "web-2") as house:
        assert isinstance(house.bus, MemoryBus)
        sam = await house.sam("web-1")
        ruth = await house.tab(RUTH, "web-2").hello().welcomed()
        await sam.until(lambda: RUTH.id in waiting_for(sam))
        house.bus.cut()
        seen = lied = 0
        for _ in range(300):
            await house.pass_time(1)
            seen += RUTH.id in waiting_for(sam)
            is_lost = not any(one.participant_id == RUTH.id for one in house.meeting.waiting)
            lied += is_lost and state_of(ruth) is SeatState.WAITING
        assert ruth.close_code is None
        assert seen > 270, f"shown to Sam in {seen} of 300 seconds"
        departures = [one for one in house.desk.log if isinstance(one.event, ParticipantDeparted)]
        assert 1 <= len(departures) <= 5, "no storm while the bus stays away"
        assert lied <= 3 * len(departures), "her node asks the log every two seconds"
        await house.until(lambda: house.meeting.waiting)
        await sam.do(AdmitParticipant(participant_id=RUTH.id, device_id=ruth.device_id))
        await house.pass_time(4)
        await ruth.joined()


async def test_a_screen_at_the_door_does_not_say_that_one_is_seen_when_the_log_has_lost_them() -> None:
    async with live_house() as house:
        sam = await house.sam()
        ruth = await house.tab(RUTH).hello().welcomed()
        await house.desk.perform(
            house.meeting.id, DepartParticipant(participant_id=RUTH.id, device_id=ruth.device_id), None
        )
        await ruth.until(lambda: state_of(ruth) is SeatState.ARRIVING)
        assert RUTH.id not in waiting_for(sam)
        await house.pass_time(1)
        await sam.until(lambda: RUTH.id in waiting_for(sam))
        assert state_of(ruth) is SeatState.WAITING


def waiting_for(tab: Tab) -> set[str]:
    return {one.participant_id for one in tab.entities.values() if isinstance(one, WaitingEntity)}


def state_of(tab: Tab) -> SeatState:
    you = tab.entities["you"]
    assert isinstance(you, YouEntity)
    return you.state
