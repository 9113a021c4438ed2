"""Attendance: facts (joined, left) folded into intervals and one line a person. Nothing is pre-ticked."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

import msgspec

from meetings.ids import ParticipantId


class Mode(StrEnum):
    """How a person took part."""

    VIDEO = "video"
    AUDIO = "audio"
    TYPING = "typing"
    IN_ROOM = "in_room"
    PHONE = "phone"


class Attended(StrEnum):
    """What the facilitator confirms of a person."""

    ALL = "all"
    PART = "part"
    ABSENT = "absent"


class AbsenceReason(StrEnum):
    """Why a person was not there."""

    DECLINED = "declined"
    UNREACHABLE = "unreachable"
    CONFLICT = "conflict"
    TRANSPORT = "transport"
    TECHNICAL = "technical"
    SAFETY = "safety"
    INCARCERATED = "incarcerated"
    OTHER = "other"


class Interval(msgspec.Struct, frozen=True, kw_only=True):
    """One unbroken stay; `left_at` is None while the person is there. Times are aware UTC."""

    joined_at: datetime
    left_at: datetime | None
    mode: Mode


class Confirmation(msgspec.Struct, frozen=True, kw_only=True):
    """What the facilitator confirmed, when."""

    attended: Attended
    mode: Mode | None
    absence_reason: AbsenceReason | None
    by: ParticipantId
    at: datetime


def present_s(intervals: Iterable[Interval], opened_at: datetime, closed_at: datetime) -> float:
    """[A8] Seconds present while the meeting was in session; time before the opening is not counted."""
    total = 0.0
    for one in intervals:
        start, end = max(one.joined_at, opened_at), min(one.left_at or closed_at, closed_at)
        total += max(0.0, (end - start).total_seconds())
    return total
