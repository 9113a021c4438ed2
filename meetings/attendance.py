"""Attendance: facts (joined, left) folded into intervals and one line a person. Nothing is pre-ticked."""

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
