from datetime import datetime
from typing import Any

import pytest
from msgspec.structs import replace

from meetings.decide import decide
from meetings.errors import MeetingError
from meetings.ids import StaffId
from meetings.participants import Participant, Role
from tests.support.story import ALEX, DANA, PRIYA, SAM, SCHEDULE, START, person, planned_story


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
        ({"scheduled_at": datetime(2026, 11, 23, 15)}, "meeting.time_unclear"),
        ({"participants": (SAM, replace(DANA, name="  "))}, "participant.name_missing"),
    ],
)
def test_M1_a_meeting_with_something_missing_is_refused(changes: dict[str, Any], code: str) -> None:
    assert refusal(**changes).code == code


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
