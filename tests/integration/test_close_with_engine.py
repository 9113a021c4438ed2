"""Freezing and closing with the real plan engine: what was written live is what is filed."""

from collections.abc import AsyncIterator

import pytest
from pycrdt import Doc, Map, Text

from meetings.commands import CloseMeeting
from meetings.errors import MeetingError
from meetings.events import MeetingClosed, PlanFrozen
from realtime.plan.engine import PlanEngine
from realtime.ports import NewUpdate
from server.reports.fonts import printed
from server.services.case_record import CaseRecords
from server.services.clock import new_id
from server.services.desk import StoredDesk
from tests.support.days import ahead
from tests.support.stored import PRIYA, Stored, StoredMeeting, stored_hearth

QUESTION = "Where can Lee live safely?"
STEP = "Drive Lee to school"


@pytest.fixture
async def meeting(database_url: str) -> AsyncIterator[StoredMeeting]:
    async with stored_hearth(database_url) as stored, PlanEngine() as engine:
        stored.desk = StoredDesk(stored.database, stored.clock, new_id, engine, stored.publisher.announce, printed)
        yield await stored.schedule()


async def write_plan(stored: Stored, meeting: StoredMeeting, by_when: str) -> None:
    """Ruth writes the question and one action step, as two updates."""
    ruth = meeting.people["Ruth"]
    doc: Doc[object] = Doc(client_id=11)
    updates: list[bytes] = []
    doc.observe(lambda event: updates.append(event.update))
    doc.get("text:decision_question", type=Text).insert(0, QUESTION)
    steps = doc.get("steps", type=Map)
    steps["s1"] = Map({"what": Text(STEP), "who": ruth, "by_when": by_when, "order": "a0", "done": False})
    news = [
        NewUpdate(client_id=11, clock_from=at, clock_to=at + 1, participant_id=ruth, update=update)
        for at, update in enumerate(updates)
    ]
    await stored.plan_log.append(await meeting.plan_key(), news)


async def test_R4_the_record_holds_the_plan_as_it_was_frozen(meeting: StoredMeeting) -> None:
    stored = meeting.stored
    await meeting.until_recap()
    day = ahead(8)
    await write_plan(stored, meeting, day)
    (frozen,) = await meeting.freeze()
    (closed,) = await meeting.do(CloseMeeting(), "Sam")
    assert isinstance(frozen.event, PlanFrozen)
    assert isinstance(closed.event, MeetingClosed)
    filed = await CaseRecords(stored.database).read(closed.event.record_id, PRIYA)
    assert filed is not None
    assert filed.record.plan_sha256 == frozen.event.sha256
    assert [(step.what, step.who, step.by_when) for step in filed.record.steps] == [(STEP, "Ruth Reyes", day)]
    assert QUESTION in [section.text for section in filed.record.plan.sections]


async def test_L6_a_step_without_a_date_keeps_the_meeting_open(meeting: StoredMeeting) -> None:
    await meeting.until_recap()
    await write_plan(meeting.stored, meeting, "")
    await meeting.freeze()
    with pytest.raises(MeetingError) as refusal:
        await meeting.do(CloseMeeting(), "Sam")
    assert refusal.value.code == "meeting.not_ready"


@pytest.mark.parametrize("by_when", ["0026-12-01", "2025-12-01", "2062-12-01"])
async def test_L9_a_step_on_a_day_that_cannot_be_right_keeps_the_meeting_open(
    meeting: StoredMeeting, by_when: str
) -> None:
    await meeting.until_recap()
    await write_plan(meeting.stored, meeting, by_when)
    await meeting.freeze()
    with pytest.raises(MeetingError) as refusal:
        await meeting.do(CloseMeeting(), "Sam")
    assert (refusal.value.code, refusal.value.details) == ("meeting.not_ready", ("steps.day_wrong",))


async def test_an_update_the_engine_cannot_read_leaves_the_plan_open(meeting: StoredMeeting) -> None:
    await meeting.until_recap()
    plan, ruth = await meeting.plan_key(), meeting.people["Ruth"]
    junk = NewUpdate(client_id=11, clock_from=0, clock_to=1, participant_id=ruth, update=b"\xff\xff\xff junk")
    await meeting.stored.plan_log.append(plan, [junk])
    with pytest.raises(MeetingError) as refusal:
        await meeting.freeze()
    assert refusal.value.code == "plan.engine_unavailable"
    more = NewUpdate(client_id=11, clock_from=1, clock_to=2, participant_id=ruth, update=b"\x00\x00")
    assert await meeting.stored.plan_log.append(plan, [more]) == [2]
