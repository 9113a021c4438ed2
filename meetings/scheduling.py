"""Making a meeting: who may facilitate, who is invited."""

from collections import Counter
from datetime import datetime

import msgspec

from meetings.commands import ScheduleMeeting
from meetings.errors import MeetingError
from meetings.events import Event, MeetingScheduled
from meetings.participants import STAFF_ROLES, Participant, Role
from meetings.practice.catalog import MODELS


def schedule(command: ScheduleMeeting, now: datetime) -> list[Event]:
    """[M1] A meeting is made whole: known practice, a question, a time with its offset, people with names."""
    if command.practice not in MODELS:
        raise MeetingError("practice.unknown", "This kind of meeting is not known here.")
    if not command.decision_question.strip():
        raise MeetingError("meeting.question_missing", "Write the question the team is to decide.")
    if command.scheduled_at.tzinfo is None:
        raise MeetingError("meeting.time_unclear", "Say the time of the meeting with its time zone.")
    _check_people(command.participants)
    _check_facilitator(command)
    return [MeetingScheduled(**msgspec.structs.asdict(command))]


def _check_people(participants: tuple[Participant, ...]) -> None:
    """[M2] Each person is invited once, under a name; staff roles, and only they, belong to staff accounts."""
    ids = [one.id for one in participants] + [one.staff_id for one in participants if one.staff_id is not None]
    if max(Counter(ids).values(), default=0) > 1:
        raise MeetingError("participant.duplicate", "The same person is invited twice.")
    for one in participants:
        if not one.name.strip():
            raise MeetingError("participant.name_missing", "Every person invited needs a name.")
        if (one.role in STAFF_ROLES) != (one.staff_id is not None):
            raise MeetingError(
                "participant.not_staff", "A staff role needs a staff account, and only a staff role does."
            )


def _check_facilitator(command: ScheduleMeeting) -> None:
    """[M3] Exactly one facilitator. [M4] Who is neither the child's caseworker nor that worker's supervisor."""
    facilitators = [one for one in command.participants if one.role is Role.FACILITATOR]
    if len(facilitators) != 1:
        raise MeetingError("facilitator.not_single", "A meeting needs exactly one facilitator.")
    reasons = {
        command.worker: "The facilitator must be independent: this person is the child's caseworker.",
        command.worker_supervisor: "The facilitator must be independent: this person supervises the caseworker.",
    }
    staff_id = facilitators[0].staff_id
    if staff_id in reasons:
        raise MeetingError("facilitator.not_independent", reasons[staff_id])
