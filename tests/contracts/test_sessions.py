"""Staff sessions and tickets, on both databases."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from meetings.errors import MeetingError
from meetings.ids import DeviceId
from realtime.errors import CLOSE_UNAUTHENTICATED, ProtocolError
from realtime.ports import Seat
from server.services.sign_in import StaffSession
from tests.support.stored import PRIYA, SAM, Stored, StoredMeeting, stored_hearth


@pytest.fixture
async def stored(database_url: str) -> AsyncIterator[Stored]:
    async with stored_hearth(database_url) as made:
        yield made


@pytest.fixture
async def meeting(stored: Stored) -> StoredMeeting:
    return await stored.schedule()


async def signed_in(stored: Stored) -> tuple[str, StaffSession]:
    opened = await stored.sessions.open(SAM)
    session = await stored.sessions.find(opened.cookie)
    assert session is not None
    assert session.csrf == opened.csrf
    return opened.cookie, session


async def refused(stored: Stored, ticket: str) -> None:
    with pytest.raises(ProtocolError) as refusal:
        await stored.gate.redeem(ticket)
    assert refusal.value.close_code == CLOSE_UNAUTHENTICATED


async def test_staff_are_found_by_their_address_in_any_case(stored: Stored) -> None:
    found = await stored.sessions.by_email("SAM@agency.example")
    assert found is not None
    assert (found.staff_id, found.role) == (SAM, "facilitator")
    assert await stored.sessions.by_email("nobody@agency.example") is None
    assert [one.name for one in await stored.sessions.everyone()] == ["Alex Whitfield", "Priya Raman", "Sam Okafor"]


async def test_a_session_idles_out_but_not_while_it_is_used(stored: Stored) -> None:
    cookie, _ = await signed_in(stored)
    for _ in range(4):
        stored.clock.forward(29 * 60)
        assert await stored.sessions.find(cookie) is not None
    stored.clock.forward(30 * 60)
    assert await stored.sessions.find(cookie) is None


async def test_a_session_never_lasts_longer_than_twelve_hours(stored: Stored) -> None:
    cookie, _ = await signed_in(stored)
    for _ in range(12 * 3 - 1):
        stored.clock.forward(20 * 60)
        assert await stored.sessions.find(cookie) is not None
    stored.clock.forward(20 * 60)
    assert await stored.sessions.find(cookie) is None


async def test_the_oldest_of_four_sessions_ends(stored: Stored) -> None:
    cookies = []
    for _ in range(4):
        cookies.append((await signed_in(stored))[0])
        stored.clock.forward(1)
    found = [await stored.sessions.find(cookie) is not None for cookie in cookies]
    assert found == [False, True, True, True]


async def test_signing_out_ends_the_session_and_its_seat(stored: Stored, meeting: StoredMeeting) -> None:
    cookie, session = await signed_in(stored)
    issued = await stored.gate.issue_to_staff(SAM, session.device_id, meeting.id)
    seat = await stored.gate.redeem(issued.ticket)
    assert seat.participant_id == meeting.people["Sam"]
    assert await stored.gate.still_valid(seat)
    await stored.sessions.close(cookie)
    await stored.sessions.close(cookie)
    assert await stored.sessions.find(cookie) is None
    assert not await stored.gate.still_valid(seat)


async def test_taking_part_counts_as_activity(stored: Stored, meeting: StoredMeeting) -> None:
    cookie, session = await signed_in(stored)
    issued = await stored.gate.issue_to_staff(SAM, session.device_id, meeting.id)
    seat = await stored.gate.redeem(issued.ticket)
    stored.clock.forward(29 * 60)
    assert await stored.gate.still_valid(seat)
    stored.clock.forward(29 * 60)
    assert await stored.sessions.find(cookie) is not None


async def test_a_ticket_is_good_once(stored: Stored, meeting: StoredMeeting) -> None:
    spent = await stored.links.spend(meeting.token("Dana"), None)
    issued = await stored.gate.issue(spent.guest.seat)
    assert issued.expires_in_s == 30
    redeemed = await asyncio.gather(*(stored.gate.redeem(issued.ticket) for _ in range(10)), return_exceptions=True)
    assert [one for one in redeemed if isinstance(one, Seat)] == [spent.guest.seat]
    await refused(stored, issued.ticket)


async def test_a_ticket_expires(stored: Stored, meeting: StoredMeeting) -> None:
    spent = await stored.links.spend(meeting.token("Dana"), None)
    issued = await stored.gate.issue(spent.guest.seat)
    stored.clock.forward(30)
    await refused(stored, issued.ticket)


async def test_a_ticket_falls_with_the_session_it_came_from(stored: Stored, meeting: StoredMeeting) -> None:
    spent = await stored.links.spend(meeting.token("Dana"), None)
    issued = await stored.gate.issue(spent.guest.seat)
    await stored.links.revoke(meeting.id, meeting.people["Dana"], meeting.people["Sam"])
    await refused(stored, issued.ticket)
    await refused(stored, "no such ticket")


async def test_staff_get_no_ticket_to_a_meeting_they_are_not_in(stored: Stored, meeting: StoredMeeting) -> None:
    opened = await stored.sessions.open(PRIYA)
    session = await stored.sessions.find(opened.cookie)
    assert session is not None
    stranger = DeviceId("9" * 32)
    forged = Seat(
        meeting_id=meeting.id, participant_id=meeting.people["Sam"], device_id=session.device_id, second_device=False
    )
    assert not await stored.gate.still_valid(forged)
    with pytest.raises(MeetingError) as refusal:
        await stored.gate.issue_to_staff(SAM, stranger, (await stored.schedule()).id[::-1])  # type: ignore[arg-type]
    assert refusal.value.code == "meeting.unknown"
