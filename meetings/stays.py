"""Attendance as it happens, and its confirmation. Facts come from connections; only the facilitator confirms."""

from datetime import datetime

from meetings import holding
from meetings.attendance import Attended, Confirmation
from meetings.commands import ConfirmAttendance, JoinParticipant, LeaveParticipant
from meetings.errors import MeetingError
from meetings.events import AttendanceConfirmed, Event, ParticipantJoined, ParticipantLeft
from meetings.meeting import Meeting
from meetings.participants import Participant


def join(meeting: Meeting, command: JoinParticipant, now: datetime) -> list[Event]:
    """[A1] Only the admitted device joins. [A2] Another mode begins another stay; the same mode changes nothing."""
    if meeting.is_over:
        return []
    if not meeting.is_admitted(command.participant_id, command.device_id):
        raise MeetingError("participant.not_admitted", "This device has not been admitted to the meeting.")
    mode = meeting.present_mode(command.participant_id)
    if mode is command.mode:
        return []
    joined = ParticipantJoined(participant_id=command.participant_id, device_id=command.device_id, mode=command.mode)
    if mode is None:
        return [joined, *holding.taken_back(meeting, command.participant_id)]
    left_at = max(now, meeting.stays[command.participant_id][-1].joined_at)
    return [ParticipantLeft(participant_id=command.participant_id, left_at=left_at), joined]


def leave(meeting: Meeting, command: LeaveParticipant, now: datetime) -> list[Event]:
    """[A3] A stay ends when the person was last seen: never before it began, never in the future.

    [M18] The room is no longer held by who left.
    """
    if meeting.is_over:
        return []
    if meeting.present_mode(command.participant_id) is None:
        return holding.ended(meeting, command.participant_id)
    joined_at = meeting.stays[command.participant_id][-1].joined_at
    left_at = max(joined_at, min(command.at, now))
    left = ParticipantLeft(participant_id=command.participant_id, left_at=left_at)
    return [left, *holding.ended(meeting, command.participant_id)]


def confirm(meeting: Meeting, command: ConfirmAttendance, by: Participant, now: datetime) -> list[Event]:
    """[A4] One line a person, confirmed by the facilitator. [A5] Who was there: how; who was not: why; never both."""
    if command.participant_id not in meeting.participants:
        raise MeetingError("participant.unknown", "This person is not invited to this meeting.")
    if command.attended is Attended.ABSENT:
        if command.absence_reason is None or command.mode is not None:
            raise MeetingError("attendance.reason_required", "Say why this person was not there, and nothing else.")
    elif command.mode is None or command.absence_reason is not None:
        raise MeetingError("attendance.mode_required", "Say how this person took part, and nothing else.")
    if _says(meeting.confirmations.get(command.participant_id), command):
        return []
    return [
        AttendanceConfirmed(
            participant_id=command.participant_id,
            attended=command.attended,
            mode=command.mode,
            absence_reason=command.absence_reason,
        )
    ]


def _says(confirmed: Confirmation | None, command: ConfirmAttendance) -> bool:
    if confirmed is None:
        return False
    return (confirmed.attended, confirmed.mode, confirmed.absence_reason) == (
        command.attended,
        command.mode,
        command.absence_reason,
    )
