"""The days an action step can be due: what lies outside is a slip in typing, found before it is filed."""

from datetime import UTC, date, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from meetings.meeting import Meeting
from meetings.plan import ActionStep

LONGEST = timedelta(days=731)
"""Two years: longer than any step a team agrees on, and short of a century or a digit mistyped in the year."""


def due_days(meeting: Meeting) -> tuple[date, date]:
    """[L9] First and last: from the day of the meeting, on its own calendar, to two years ahead.

    The day is that of its beginning; before that, the one it is planned for.
    """
    began = meeting.opened_at or meeting.scheduled_at
    first = began.astimezone(_zone(meeting.time_zone)).date()
    return first, first + LONGEST


def is_in_range(meeting: Meeting, step: ActionStep) -> bool:
    """[L9] Whether the day of a complete step can be right."""
    first, last = due_days(meeting)
    return first <= date.fromisoformat(step.by_when) <= last


def _zone(name: str) -> tzinfo:
    """The meeting's zone; UTC where its name is no longer known, which is at most a day off."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC
