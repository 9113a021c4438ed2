"""Making a meeting: everyone is invited once, the facilitator is independent, names are names."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import msgspec
import pytest

from meetings.errors import MeetingError
from meetings.ids import CaseId, StaffId
from meetings.participants import Role
from server.services.scheduling import Invitation, NewMeeting
from tests.support.stored import ALEX, CASE, INVITED, PRIYA, SAM, Stored, stored_hearth

WANTED = NewMeeting(
    case_id=CASE,
    practice="tdm",
    scheduled_at=datetime(2026, 11, 23, 16, 0, tzinfo=UTC),
    time_zone="America/Chicago",
    decision_question="Where can Lee live safely?",
    facilitator_id=SAM,
    participants=INVITED,
)


@pytest.fixture
async def stored(database_url: str) -> AsyncIterator[Stored]:
    async with stored_hearth(database_url) as made:
        yield made


async def refused(stored: Stored, by: StaffId = PRIYA, **changes: object) -> str:
    with pytest.raises(MeetingError) as refusal:
        await stored.scheduling.schedule(msgspec.structs.replace(WANTED, **changes), by)
    assert await stored.directory.meetings_of(PRIYA) == []
    return refusal.value.code


async def test_everyone_is_invited_and_the_family_gets_links(stored: Stored) -> None:
    made = await stored.scheduling.schedule(WANTED, PRIYA)
    assert [link.name for link in made.links] == [one.name for one in INVITED]
    assert len({link.url for link in made.links}) == 4
    page = await stored.directory.meeting(made.meeting_id, ALEX)
    assert page is not None
    assert [one.role for one in page.participants][:3] == ["facilitator", "caseworker", "supervisor"]
    assert [one.has_link for one in page.participants] == [False] * 3 + [True] * 4


@pytest.mark.parametrize("facilitator", [PRIYA, ALEX])
async def test_M4_the_facilitator_is_independent(stored: Stored, facilitator: StaffId) -> None:
    assert await refused(stored, facilitator_id=facilitator) == "facilitator.not_independent"


async def test_a_case_of_others_does_not_exist(stored: Stored) -> None:
    assert await refused(stored, by=SAM) == "case.unknown"
    assert await refused(stored, case_id=CaseId("0" * 32)) == "case.unknown"
    assert await stored.directory.case(CASE, SAM) is None


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../../etc/passwd", "America", "localtime", "Factory"])
async def test_an_unknown_time_zone_is_refused(stored: Stored, zone: str) -> None:
    assert await refused(stored, time_zone=zone) == "meeting.time_zone_unknown"


@pytest.mark.parametrize("name", ["   ", "\u200d", "\u3164", "\u034f", "\u0301" * 3])
async def test_M1_a_name_can_be_seen(stored: Stored, name: str) -> None:
    assert await refused(stored, participants=(Invitation(name=name, role=Role.PARENT),)) == "participant.name_missing"


@pytest.mark.parametrize("name", ["x" * 81, "陈" * 81, "Dana\ue000"])
async def test_M19_a_name_has_its_longest(stored: Stored, name: str) -> None:
    assert await refused(stored, participants=(Invitation(name=name, role=Role.PARENT),)) == "person.name_invalid"


@pytest.mark.parametrize(
    "name", ["\u0915\u094d\u0937" * 80, "\u0645\u06cc\u200c\u0634\u0648\u062f", "👨\u200d👩\u200d👧\u200d👦" * 80]
)
async def test_M19_M20_the_longest_names_are_kept_whole(stored: Stored, name: str) -> None:
    invited = (Invitation(name=f"\u200e{name}\t", role=Role.PARENT, relation=name),)
    made = await stored.scheduling.schedule(msgspec.structs.replace(WANTED, participants=invited), PRIYA)
    page = await stored.directory.meeting(made.meeting_id, ALEX)
    assert page is not None
    assert [(one.name, one.relation) for one in page.participants][3:] == [(name, name)]
    assert made.links[0].name == name


async def test_staff_roles_are_not_given_away_by_link(stored: Stored) -> None:
    invited = (Invitation(name="Dana", role=Role.SUPERVISOR),)
    assert await refused(stored, participants=invited) == "participant.not_staff"


async def test_unknown_people_and_words_are_refused(stored: Stored) -> None:
    assert await refused(stored, facilitator_id=StaffId("0" * 32)) == "staff.unknown"
    assert await refused(stored, practice="seance") == "practice.unknown"
    invited = (Invitation(name="Dana", role=Role.PARENT, language="xx"),)
    assert await refused(stored, participants=invited) == "language.unknown"
