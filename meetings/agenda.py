"""The course of a meeting: opening it, moving through its stages, calling it off."""

from datetime import datetime

from meetings.commands import CancelMeeting, MoveStage, OpenMeeting
from meetings.errors import MeetingError
from meetings.events import Event, MeetingCancelled, MeetingOpened, StageMoved
from meetings.meeting import LAST_STAGE, Meeting
from meetings.participants import Participant
from meetings.words import filed, is_blank


def open_meeting(meeting: Meeting, command: OpenMeeting, by: Participant, now: datetime) -> list[Event]:
    """[M6] Opening begins stage 1."""
    return [MeetingOpened(), StageMoved(stage=1)]


def move_stage(meeting: Meeting, command: MoveStage, by: Participant, now: datetime) -> list[Event]:
    """[M7] Stages 1..6, forward or back, only in session. [L3] A frozen plan holds the meeting at the recap."""
    if not 1 <= command.stage <= LAST_STAGE:
        raise MeetingError("stage.unknown", "There is no such stage.")
    if command.stage == meeting.stage:
        return []
    if meeting.frozen is not None:
        raise MeetingError("plan.frozen", "Open the plan again before going back to an earlier stage.")
    return [StageMoved(stage=command.stage)]


def cancel(meeting: Meeting, command: CancelMeeting, by: Participant, now: datetime) -> list[Event]:
    """[M8] A meeting is called off only before it opens, with a reason."""
    if is_blank(command.reason):
        raise MeetingError("meeting.reason_required", "Say why the meeting is called off.")
    return [MeetingCancelled(reason=filed(command.reason))]
