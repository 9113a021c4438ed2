"""Whom a ticket seats and how long the seat stands. Races and expiry are in `tests/contracts/test_sessions.py`."""

import pytest

from meetings.commands import RemoveParticipant
from meetings.errors import MeetingError
from meetings.ids import DeviceId
from realtime.errors import ProtocolError
from server.services.gate import TicketGate
from tests.support.stored import SAM, Stored, StoredMeeting


async def test_a_seat_falls_when_the_person_is_removed(stored: Stored, meeting: StoredMeeting) -> None:
    spent = await stored.links.spend(meeting.token("Morgan"), None)
    issued = await stored.gate.issue(spent.guest.seat)
    assert await stored.gate.still_valid(spent.guest.seat)
    await meeting.bring_in("Sam", "Morgan")
    await meeting.do(RemoveParticipant(participant_id=meeting.people["Morgan"]), "Sam")
    assert not await stored.gate.still_valid(spent.guest.seat)
    with pytest.raises(ProtocolError):
        await stored.gate.redeem(issued.ticket)


async def test_a_device_is_one_persons(stored: Stored, meeting: StoredMeeting) -> None:
    dana = (await stored.links.spend(meeting.token("Dana"), None)).guest.seat
    ruth = (await stored.links.spend(meeting.token("Ruth"), None)).guest.seat
    swapped = type(dana)(
        meeting_id=dana.meeting_id,
        participant_id=dana.participant_id,
        device_id=ruth.device_id,
        second_device=False,
    )
    assert not await stored.gate.still_valid(swapped)


async def test_a_ticket_from_nobodys_session_seats_nobody(stored: Stored, meeting: StoredMeeting) -> None:
    issued = await stored.gate.issue_to_staff(SAM, DeviceId("0" * 32), meeting.id)
    with pytest.raises(ProtocolError):
        await stored.gate.redeem(issued.ticket)


async def test_a_facilitator_of_another_meeting_has_no_seat_here(stored: Stored, meeting: StoredMeeting) -> None:
    with pytest.raises(MeetingError) as refusal:
        await stored.gate.issue_to_staff(SAM, DeviceId("0" * 32), type(meeting.id)("0" * 32))
    assert refusal.value.code == "meeting.unknown"


async def test_how_long_a_ticket_lives_is_a_setting_and_a_ticket_cannot_be_printed(
    stored: Stored, meeting: StoredMeeting
) -> None:
    gate = TicketGate(stored.database, stored.clock, ticket_s=5)
    seat = (await stored.links.spend(meeting.token("Dana"), None)).guest.seat
    issued = await gate.issue(seat)
    assert issued.expires_in_s == 5 and issued.ticket not in repr(issued)
    stored.clock.forward(5)
    with pytest.raises(ProtocolError):
        await gate.redeem(issued.ticket)
