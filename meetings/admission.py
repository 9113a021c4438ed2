"""The door: who waits, who is let in, who is sent away. The facilitator decides, or who holds the room meanwhile."""

from datetime import datetime

from meetings import holding
from meetings.commands import (
    AdmitParticipant,
    ArriveParticipant,
    DepartParticipant,
    ReadmitParticipant,
    RemoveParticipant,
    SendToWaiting,
)
from meetings.errors import MeetingError
from meetings.events import (
    Event,
    ParticipantAdmitted,
    ParticipantArrived,
    ParticipantDeparted,
    ParticipantLeft,
    ParticipantReadmitted,
    ParticipantRemoved,
    ParticipantUnseated,
)
from meetings.ids import DeviceId, ParticipantId
from meetings.meeting import Meeting
from meetings.participants import Participant, Role


def arrive(meeting: Meeting, command: ArriveParticipant, now: datetime) -> list[Event]:
    """[X1] An arriving device waits. [X2] Only the facilitator, signed in as staff, is let in by own standing.

    Arriving again, or with the admitted device, changes nothing. [X5] Whoever was removed is refused. [X16] A device
    that the log has let go of while it stood at the door arrives anew.
    """
    person, device = _invited(meeting, command.participant_id), command.device_id
    if person.id in meeting.removed:
        raise MeetingError("participant.removed", "The facilitator has ended this meeting for you.")
    if meeting.is_over or meeting.is_admitted(person.id, device):
        return []
    events: list[Event] = []
    if not meeting.is_waiting(person.id, device):
        events.append(
            ParticipantArrived(participant_id=person.id, device_id=device, second_device=command.second_device)
        )
    if person.role is Role.FACILITATOR and not command.second_device:
        events += _seated(meeting, person.id, device, now)
    return events


def depart(meeting: Meeting, command: DepartParticipant, now: datetime) -> list[Event]:
    """[X1] A waiting device that goes away is no longer shown; departing twice changes nothing."""
    if meeting.is_over or not meeting.is_waiting(command.participant_id, command.device_id):
        return []
    return [ParticipantDeparted(participant_id=command.participant_id, device_id=command.device_id)]


def admit(meeting: Meeting, command: AdmitParticipant, by: Participant, now: datetime) -> list[Event]:
    """[X3] The facilitator admits one waiting device of one person; [X13] so does who holds the room.

    [X4] It replaces the person's other device.
    """
    person = _invited(meeting, command.participant_id)
    if meeting.is_admitted(person.id, command.device_id):
        return []
    if not meeting.is_waiting(person.id, command.device_id):
        raise MeetingError("participant.not_waiting", "This person is no longer in the waiting room.")
    return _seated(meeting, person.id, command.device_id, now)


def remove(meeting: Meeting, command: RemoveParticipant, by: Participant, now: datetime) -> list[Event]:
    """[X5] The facilitator may end the meeting for anyone but themselves."""
    person = _invited(meeting, command.participant_id)
    if person.role is Role.FACILITATOR:
        raise MeetingError("participant.is_facilitator", "The facilitator cannot be removed from the meeting.")
    if person.id in meeting.removed:
        return []
    return [*_left(meeting, person.id, now), ParticipantRemoved(participant_id=person.id)]


def readmit(meeting: Meeting, command: ReadmitParticipant, by: Participant, now: datetime) -> list[Event]:
    """[X14] The facilitator takes a removal back. Nobody is let in by it: the person arrives and waits."""
    person = _invited(meeting, command.participant_id)
    return [ParticipantReadmitted(participant_id=person.id)] if person.id in meeting.removed else []


def send_to_waiting(meeting: Meeting, command: SendToWaiting, by: Participant, now: datetime) -> list[Event]:
    """[X15] The facilitator sends an admitted person, not themselves, back to wait; the stay ends, the seat is free."""
    person = _invited(meeting, command.participant_id)
    if person.role is Role.FACILITATOR:
        raise MeetingError("participant.is_facilitator", "The facilitator cannot be removed from the meeting.")
    device_id = meeting.admitted.get(person.id)
    if device_id is None:
        return []
    sent = ParticipantUnseated(participant_id=person.id, device_id=device_id)
    return [*_left(meeting, person.id, now), sent]


def _seated(meeting: Meeting, participant_id: ParticipantId, device_id: DeviceId, now: datetime) -> list[Event]:
    admitted = ParticipantAdmitted(participant_id=participant_id, device_id=device_id)
    return [*_left(meeting, participant_id, now), admitted]


def _left(meeting: Meeting, participant_id: ParticipantId, now: datetime) -> list[Event]:
    """[M18] Whoever gives up a seat holds the room no longer."""
    released = holding.ended(meeting, participant_id)
    if meeting.present_mode(participant_id) is None:
        return released
    left_at = max(now, meeting.stays[participant_id][-1].joined_at)
    return [ParticipantLeft(participant_id=participant_id, left_at=left_at), *released]


def _invited(meeting: Meeting, participant_id: ParticipantId) -> Participant:
    person = meeting.participants.get(participant_id)
    if person is None:
        raise MeetingError("participant.unknown", "This person is not invited to this meeting.")
    return person
