from datetime import UTC, date, datetime

import pytest
from msgspec.structs import replace

from meetings.due_days import due_days, is_in_range
from meetings.plan import ActionStep
from tests.support.story import opened_story, planned_story

STEP = ActionStep(id="s1", what="Take Lee to the dentist", who="Ruth", by_when="2026-12-01")


def test_L9_the_days_begin_on_the_meetings_own_calendar() -> None:
    late = datetime(2026, 11, 24, 4, 30, tzinfo=UTC)  # Monday evening in Chicago, Tuesday noon in Tokyo
    meeting = opened_story().meeting
    for zone, first in (("America/Chicago", date(2026, 11, 23)), ("Asia/Tokyo", date(2026, 11, 24))):
        assert due_days(replace(meeting, time_zone=zone, opened_at=late))[0] == first


def test_L9_before_it_begins_the_day_is_the_one_it_is_planned_for() -> None:
    assert due_days(planned_story().meeting) == (date(2026, 11, 23), date(2028, 11, 23))


@pytest.mark.parametrize("gone", ["Mars/Olympus", "../etc/passwd"])
def test_L9_a_zone_no_longer_known_reads_as_utc(gone: str) -> None:
    meeting = replace(planned_story().meeting, time_zone=gone)
    assert due_days(meeting)[0] == meeting.scheduled_at.date()


@pytest.mark.parametrize(
    ("by_when", "can_be"),
    [
        ("2026-11-23", True),
        ("2028-11-23", True),
        ("2026-11-22", False),
        ("0026-12-01", False),
        ("2028-11-24", False),
        ("9999-12-31", False),
    ],
)
def test_L9_a_step_is_due_on_a_day_that_can_be_right(by_when: str, can_be: bool) -> None:
    assert is_in_range(planned_story().meeting, replace(STEP, by_when=by_when)) is can_be
