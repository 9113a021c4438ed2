"""What one transaction writes besides the events: an audit trail without words, messages for the bus, rows of lists."""

import hashlib

import msgspec
import pytest

from meetings.apply import apply
from meetings.commands import CancelMeeting, OpenMeeting, RemoveParticipant
from meetings.decide import decide
from meetings.ids import MeetingId
from meetings.meeting import Meeting
from realtime.bus import keys
from server.persistence import audit, outbox
from server.persistence.refusal import StaleWrite
from server.persistence.unit_of_work import reading, writing
from server.services import recording
from tests.support.stored import PRIYA, Stored, StoredMeeting


async def loaded(stored: Stored, meeting: StoredMeeting) -> Meeting:
    """The meeting as its log tells it."""
    found: Meeting | None = None
    for entry in await stored.desk.events_after(meeting.id, 0):
        found = apply(found, entry)
    assert found is not None
    return found


async def test_the_trail_names_each_event_and_holds_none_of_its_words(stored: Stored, meeting: StoredMeeting) -> None:
    await meeting.bring_in("Sam")
    await meeting.do(CancelMeeting(reason="Ruth is in hospital"), "Sam")
    async with reading(stored.database) as connection:
        rows = await audit.entries(connection, meeting.id)
    events = await stored.desk.events_after(meeting.id, 0)
    trail = {(row.action, row.detail) for row in rows}
    for entry in events:
        digest = hashlib.sha256(msgspec.json.encode(entry.event)).hexdigest()
        assert (entry.event.__struct_config__.tag, digest) in trail
    assert "hospital" not in " ".join(f"{row.actor} {row.action} {row.object} {row.detail}" for row in rows)


async def test_every_event_waits_for_the_bus_in_the_order_of_the_log(stored: Stored, meeting: StoredMeeting) -> None:
    await meeting.bring_in("Sam", "Dana")
    async with reading(stored.database) as connection:
        waiting = await outbox.unpublished(connection, stored.clock.now(), 100)
    events = await stored.desk.events_after(meeting.id, 0)
    assert [one.payload for one in waiting] == [msgspec.json.encode(entry) for entry in events]
    assert {one.topic for one in waiting} == {keys.meeting_events(meeting.id)}


async def test_who_comes_second_writes_nothing(stored: Stored, meeting: StoredMeeting) -> None:
    await meeting.bring_in("Sam")
    seen = await loaded(stored, meeting)
    events = decide(seen, OpenMeeting(), meeting.people["Sam"], stored.clock.now())
    await meeting.do(OpenMeeting(), "Sam")
    before = await stored.desk.events_after(meeting.id, 0)
    with pytest.raises(StaleWrite):
        async with writing(stored.database) as connection:
            await recording.record(
                connection, seen, events, meeting_id=meeting.id, by=meeting.people["Sam"], now=stored.clock.now()
            )
    assert await stored.desk.events_after(meeting.id, 0) == before


async def test_lists_follow_and_a_removed_person_loses_the_link(stored: Stored, meeting: StoredMeeting) -> None:
    await meeting.bring_in("Sam", "Morgan")
    await meeting.do(OpenMeeting(), "Sam")
    await meeting.do(RemoveParticipant(participant_id=meeting.people["Morgan"]), "Sam")
    page = await stored.directory.meeting(meeting.id, PRIYA)
    assert page is not None and page.meeting.phase == "in_session"
    morgan = next(one for one in page.participants if one.participant_id == meeting.people["Morgan"])
    assert (morgan.removed, morgan.has_link) == (True, False)


async def test_nothing_is_not_recorded(stored: Stored) -> None:
    with pytest.raises(ValueError, match="nothing"):
        async with writing(stored.database) as connection:
            await recording.record(
                connection, None, [], meeting_id=MeetingId("0" * 32), by=None, now=stored.clock.now()
            )
