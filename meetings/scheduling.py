"""Making a meeting: who may facilitate, who is invited, when it is. Moving it to another time."""

from collections import Counter
from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from meetings.commands import MoveMeeting, ScheduleMeeting
from meetings.errors import MeetingError
from meetings.events import Event, MeetingMoved, MeetingScheduled
from meetings.meeting import Meeting
from meetings.participants import STAFF_ROLES, Participant, Role
from meetings.practice.catalog import MODELS
from meetings.words import LONGEST_NAME, filed, is_blank, is_longer, is_name, plain_line

LATEST_ENTRY = timedelta(hours=12)
"""How long after its time an urgent meeting may still be entered."""
JUST_NOW = timedelta(minutes=15)
"""How long past a time may be that a meeting is moved to: while it was typed and sent it may have come."""
FARTHEST = timedelta(days=366)


def schedule(command: ScheduleMeeting, now: datetime) -> list[Event]:
    """[M1] A meeting is made whole: known practice, a question, a time that can be right, people with names."""
    if command.practice not in MODELS:
        raise MeetingError("practice.unknown", "This kind of meeting is not known here.")
    if is_blank(command.decision_question):
        raise MeetingError("meeting.question_missing", "Write the question the team is to decide.")
    _check_time(command.scheduled_at, now, LATEST_ENTRY)
    people = tuple(_named(one) for one in command.participants)
    _check_people(people)
    _check_facilitator(command)
    question, family_name = filed(command.decision_question), plain_line(command.family_name)
    command = replace(command, decision_question=question, family_name=family_name, participants=people)
    return [MeetingScheduled(**msgspec.structs.asdict(command))]


def move(meeting: Meeting, command: MoveMeeting, by: Participant, now: datetime) -> list[Event]:
    """[M10] Another time, before the meeting opens. The time it has already changes nothing."""
    _check_time(command.scheduled_at, now, JUST_NOW)
    if command.scheduled_at == meeting.scheduled_at:
        return []
    return [MeetingMoved(scheduled_at=command.scheduled_at)]


def _check_time(scheduled_at: datetime, now: datetime, past: timedelta) -> None:
    """[M11] A time with its offset, not long past and not far off: a slip in typing is found here."""
    if scheduled_at.tzinfo is None:
        raise MeetingError("meeting.time_unclear", "Say the time of the meeting with its time zone.")
    if scheduled_at < now - past:
        raise MeetingError("meeting.time_past", "This time has passed. Choose a time ahead.")
    if scheduled_at > now + FARTHEST:
        raise MeetingError("meeting.time_far", "This time is more than a year ahead.")


def _check_people(participants: tuple[Participant, ...]) -> None:
    """[M2] Each person is invited once, under a name; staff roles, and only they, belong to staff accounts."""
    ids = [one.id for one in participants] + [one.staff_id for one in participants if one.staff_id is not None]
    if max(Counter(ids).values(), default=0) > 1:
        raise MeetingError("participant.duplicate", "The same person is invited twice.")
    for one in participants:
        if (one.role in STAFF_ROLES) != (one.staff_id is not None):
            raise MeetingError(
                "participant.not_staff", "A staff role needs a staff account, and only a staff role does."
            )


def _named(person: Participant) -> Participant:
    """[M19] [M20] The person under a name and a relation without noise, neither of them cut."""
    name, relation = plain_line(person.name), plain_line(person.relation)
    if is_blank(name):
        raise MeetingError("participant.name_missing", "Every person invited needs a name.")
    is_invited = person.staff_id is None  # the office names its own staff
    if is_invited and not (is_name(name) and not is_longer(relation, LONGEST_NAME)):
        raise MeetingError("person.name_invalid", f"A name is 1 to {LONGEST_NAME} letters, and so is a relation.")
    return replace(person, name=name, relation=relation)


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
