"""Opening, refusing and unloading rooms."""

import asyncio

import msgspec
import pytest

from meetings.ids import MeetingId
from realtime.messages import Hello
from realtime.ports import Seat
from tests.support.live import Tab, live_house, settled
from tests.support.story import DANA, SAM


async def test_a_room_that_cannot_be_opened_is_tried_again() -> None:
    async with live_house() as house:
        house.desk.fail(1)
        first = house.tab(SAM).hello()
        assert await first.closed() == 1012
        assert (await house.sam()).entities


async def test_a_meeting_that_is_none_is_4403() -> None:
    async with live_house() as house:
        tab = house.tab(DANA)
        seat = msgspec.structs.replace(seat_of(tab), meeting_id=MeetingId("0" * 32))
        tab.say(Hello(ticket=house.gate.ticket(seat)))
        assert await tab.closed() == 4403
        await house.pass_time(1)
        assert house.nodes["web-1"].room_count == 0


async def test_counts_follow_who_is_here() -> None:
    async with live_house() as house:
        rooms = house.nodes["web-1"]
        sam = await house.sam()
        await house.tab(DANA).hello().welcomed()
        assert (rooms.room_count, rooms.session_count, rooms.joined_count) == (1, 2, 1)
        await sam.lost()
        assert rooms.session_count == 1


async def test_a_ticket_is_good_once() -> None:
    async with live_house() as house:
        tab = house.tab(SAM)
        ticket = house.gate.ticket(seat_of(tab))
        tab.say(Hello(ticket=ticket))
        await tab.joined()
        thief = house.tab(SAM)
        thief.say(Hello(ticket=ticket))
        assert await thief.closed() == 4401
        assert not tab.serving.done()


def seat_of(tab: Tab) -> Seat:
    return Seat(
        meeting_id=tab.house.desk.meeting_id,
        participant_id=tab.who.id,
        device_id=tab.device_id,
        second_device=False,
    )


async def test_a_hello_that_takes_long_to_look_up_is_not_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    async with live_house() as house:
        looked_up, redeem = asyncio.Event(), house.gate.redeem

        async def slowly(ticket: str) -> Seat:
            await looked_up.wait()
            return await redeem(ticket)

        monkeypatch.setattr(house.gate, "redeem", slowly)
        tab = house.tab(SAM).hello()
        await settled()
        await house.pass_time(12)
        looked_up.set()
        await tab.joined()
