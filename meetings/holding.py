"""Holding the room: while the facilitator is gone somebody else lets people in, and neither leads nor decides."""

from datetime import datetime, timedelta

from meetings.commands import HoldRoom, ReleaseRoom
from meetings.errors import MeetingError
from meetings.events import Event, RoomHeld, RoomReleased
from meetings.ids import ParticipantId
from meetings.meeting import Meeting, Phase
from meetings.participants import Participant

HOLD_AFTER = timedelta(seconds=60)
"""How long the facilitator is gone before the room may be held. Longer: a grandmother stands at the door. Shorter: a
phone that changes its network costs the facilitator the door."""


def gone_since(meeting: Meeting) -> datetime | None:
    """[M17] Since when the facilitator is missing from the meeting in session, by the log; None when they are not.

    Whoever never joined is missing since the meeting was opened.
    """
    if meeting.phase is not Phase.IN_SESSION or meeting.present_mode(meeting.facilitator.id) is not None:
        return None
    ends = [stay.left_at for stay in meeting.stays.get(meeting.facilitator.id, ())]
    return max((at for at in (meeting.opened_at, *ends) if at is not None), default=None)


def hold(meeting: Meeting, command: HoldRoom, by: Participant, now: datetime) -> list[Event]:
    """[M17] A caseworker or supervisor holds the room from a minute after the facilitator was last here."""
    since = gone_since(meeting)
    if since is None:
        raise MeetingError("room.facilitator_here", "The facilitator is here.")
    if meeting.holder == by.id:
        return []
    if meeting.holder is not None:
        raise MeetingError("room.held", "Somebody else is letting people in already.")
    if now - since < HOLD_AFTER:
        raise MeetingError("room.too_early", "Please wait a minute. The facilitator may be back.")
    return [RoomHeld(participant_id=by.id)]


def release(meeting: Meeting, command: ReleaseRoom, by: Participant, now: datetime) -> list[Event]:
    """[M18] The holder gives the room back; who does not hold it changes nothing."""
    return ended(meeting, by.id)


def ended(meeting: Meeting, participant_id: ParticipantId) -> list[Event]:
    """[M18] What ends with a person's stay: the room they held."""
    return [RoomReleased()] if meeting.holder == participant_id else []


def taken_back(meeting: Meeting, participant_id: ParticipantId) -> list[Event]:
    """[M18] What a person's joining ends: the holding, when it is the facilitator who is back."""
    is_back = meeting.holder is not None and participant_id == meeting.facilitator.id
    return [RoomReleased()] if is_back else []
