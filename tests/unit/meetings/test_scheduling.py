from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from meetings.commands import MoveMeeting
from meetings.decide import decide
from meetings.errors import MeetingError
from meetings.events import MeetingMoved, MeetingScheduled
from meetings.ids import StaffId
from meetings.participants import Participant, Role
from meetings.scheduling import FARTHEST, JUST_NOW, LATEST_ENTRY
from tests.support.story import ALEX, DANA, PRIYA, SAM, SCHEDULE, START, opened_story, person, planned_story


def refusal(**changes: Any) -> MeetingError:
    with pytest.raises(MeetingError) as refused:
        decide(None, replace(SCHEDULE, **changes), None, START)
    return refused.value


def test_M1_a_whole_meeting_is_scheduled() -> None:
    meeting = planned_story().meeting
    assert list(meeting.participants) == [one.id for one in SCHEDULE.participants]
    assert (meeting.practice, meeting.family_name, meeting.number) == ("tdm", "Reyes", 1)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"practice": "seance"}, "practice.unknown"),
        ({"decision_question": " \n"}, "meeting.question_missing"),
        ({"decision_question": "\u200b\u202e"}, "meeting.question_missing"),
        ({"participants": (SAM, replace(DANA, name="\u3164"))}, "participant.name_missing"),
        ({"participants": (SAM, replace(DANA, name="  "))}, "participant.name_missing"),
    ],
)
def test_M1_a_meeting_with_something_missing_is_refused(changes: dict[str, Any], code: str) -> None:
    assert refusal(**changes).code == code


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"decision_question": "x" * 2001}, "words.too_long"),
        ({"participants": (SAM, replace(DANA, name="x" * 81))}, "person.name_invalid"),
        ({"participants": (SAM, replace(DANA, name="Dana\ue000"))}, "person.name_invalid"),
        ({"participants": (SAM, replace(DANA, relation="x" * 81))}, "person.name_invalid"),
    ],
)
def test_M19_names_and_questions_have_a_longest(changes: dict[str, Any], code: str) -> None:
    assert refusal(**changes).code == code


def test_M19_the_name_of_staff_is_the_offices_matter() -> None:
    people = (replace(SAM, name="S" * 120), DANA)
    (made,) = decide(None, replace(SCHEDULE, participants=people), None, START)
    assert isinstance(made, MeetingScheduled)
    assert made.participants[0].name == "S" * 120


@pytest.mark.parametrize(
    ("written", "filed"),
    [
        ("\u062d\u0633\u06cc\u0646\u200c\u0639\u0644\u06cc", "\u062d\u0633\u06cc\u0646\u200c\u0639\u0644\u06cc"),
        ("\u200eDana\u00ad \u202aReyes\u202c\t\ufeff", "Dana Reyes"),
        ("陈伟" * 40, "陈伟" * 40),
    ],
)
def test_M19_M20_names_as_contacts_have_them_are_taken(written: str, filed: str) -> None:
    people = (SAM, replace(DANA, name=written, relation=written))
    command = replace(SCHEDULE, participants=people, family_name="\u200eReyes\t")
    (made,) = decide(None, command, None, START)
    assert isinstance(made, MeetingScheduled)
    assert (made.participants[1].name, made.participants[1].relation) == (filed, filed)
    assert made.family_name == "Reyes"


@pytest.mark.parametrize(
    "people",
    [(SAM, DANA, DANA), (SAM, PRIYA, replace(ALEX, staff_id=PRIYA.staff_id))],
)
def test_M2_nobody_is_invited_twice(people: tuple[Participant, ...]) -> None:
    assert refusal(participants=people).code == "participant.duplicate"


@pytest.mark.parametrize(
    "odd",
    [person(9, "Kim", Role.CASEWORKER), person(9, "Kim", Role.KIN, staff_id="staff-kim")],
)
def test_M2_staff_roles_and_only_they_have_staff_accounts(odd: Participant) -> None:
    assert refusal(participants=(SAM, odd)).code == "participant.not_staff"


@pytest.mark.parametrize(
    "people",
    [(), (DANA, PRIYA), (SAM, person(9, "Kim", Role.FACILITATOR, staff_id="staff-kim"))],
)
def test_M3_there_is_exactly_one_facilitator(people: tuple[Participant, ...]) -> None:
    assert refusal(participants=people).code == "facilitator.not_single"


def test_M4_the_childs_caseworker_cannot_facilitate() -> None:
    error = refusal(worker=StaffId("staff-sam"))
    assert error.code == "facilitator.not_independent"
    assert "is the child's caseworker" in error.text


def test_M4_the_caseworkers_supervisor_cannot_facilitate() -> None:
    error = refusal(worker_supervisor=StaffId("staff-sam"))
    assert error.code == "facilitator.not_independent"
    assert "supervises the caseworker" in error.text


IMPOSSIBLE = [
    (datetime(2026, 11, 23, 15), "meeting.time_unclear"),
    (START - LATEST_ENTRY - timedelta(seconds=1), "meeting.time_past"),
    (START + FARTHEST + timedelta(seconds=1), "meeting.time_far"),
    (datetime.max.replace(tzinfo=UTC), "meeting.time_far"),
]


@pytest.mark.parametrize(("at", "code"), IMPOSSIBLE)
def test_M11_a_time_that_cannot_be_right_is_refused(at: datetime, code: str) -> None:
    assert refusal(scheduled_at=at).code == code
    story = planned_story()
    story.now = START
    story.refused(code, MoveMeeting(scheduled_at=at), SAM)


def test_M11_a_meeting_is_moved_to_a_time_to_come() -> None:
    story = planned_story()
    story.now = START
    story.refused("meeting.time_past", MoveMeeting(scheduled_at=START - JUST_NOW - timedelta(seconds=1)), SAM)
    assert story.do(MoveMeeting(scheduled_at=START - JUST_NOW), SAM)


@pytest.mark.parametrize("at", [START - LATEST_ENTRY, START + FARTHEST])
def test_M11_an_urgent_and_a_far_time_are_accepted(at: datetime) -> None:
    assert decide(None, replace(SCHEDULE, scheduled_at=at), None, START)


@pytest.mark.parametrize("who", [SAM, PRIYA, ALEX])
def test_M10_a_meeting_is_moved_from_the_office_and_keeps_the_earlier_time(who: Participant) -> None:
    story = planned_story()
    later, latest = START + timedelta(days=1), START + timedelta(days=2)
    assert story.do(MoveMeeting(scheduled_at=later), who) == [MeetingMoved(scheduled_at=later)]
    assert (story.meeting.scheduled_at, story.meeting.moved_from) == (later, START)
    assert story.do(MoveMeeting(scheduled_at=later), who) == []
    story.do(MoveMeeting(scheduled_at=latest), who)
    assert (story.meeting.scheduled_at, story.meeting.moved_from) == (latest, later)


def test_M10_family_cannot_move_it_and_nobody_once_it_has_begun() -> None:
    move = MoveMeeting(scheduled_at=START + timedelta(days=1))
    planned_story().refused("participant.not_permitted", move, DANA)
    opened_story().refused("meeting.already_open", move, SAM)
