"""The one decision point: a command, who asks and the time in; events or a `MeetingError` out.

The tables are the machine.

Example: `decide(meeting, OpenMeeting(), sam.id, now) == [MeetingOpened(), StageMoved(stage=1)]`.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from meetings import admission, agenda, agreement, closing, holding, stays
from meetings import commands as c
from meetings.errors import MeetingError
from meetings.events import Event
from meetings.ids import ParticipantId
from meetings.meeting import Meeting, Phase
from meetings.participants import Capability, Participant
from meetings.scheduling import move, schedule

PersonDecider = Callable[[Meeting, Any, Participant, datetime], list[Event]]
SystemDecider = Callable[[Meeting, Any, datetime], list[Event]]

_BEFORE_END = frozenset({Phase.PLANNED, Phase.IN_SESSION})
_PLANNED = frozenset({Phase.PLANNED})
_IN_SESSION = frozenset({Phase.IN_SESSION})
_ALWAYS = frozenset(Phase)

PERSON_DECIDERS: dict[type[Any], tuple[Capability, frozenset[Phase], PersonDecider]] = {
    c.AdmitParticipant: (Capability.RUN_MEETING, _BEFORE_END, admission.admit),
    c.RemoveParticipant: (Capability.RUN_MEETING, _BEFORE_END, admission.remove),
    c.ReadmitParticipant: (Capability.RUN_MEETING, _BEFORE_END, admission.readmit),
    c.SendToWaiting: (Capability.RUN_MEETING, _BEFORE_END, admission.send_to_waiting),
    c.HoldRoom: (Capability.HOLD_ROOM, _IN_SESSION, holding.hold),
    c.ReleaseRoom: (Capability.HOLD_ROOM, _IN_SESSION, holding.release),
    c.OpenMeeting: (Capability.RUN_MEETING, _PLANNED, agenda.open_meeting),
    c.CancelMeeting: (Capability.ARRANGE_MEETING, _PLANNED, agenda.cancel),
    c.MoveMeeting: (Capability.ARRANGE_MEETING, _PLANNED, move),
    c.MoveStage: (Capability.RUN_MEETING, _IN_SESSION, agenda.move_stage),
    c.OpenProposal: (Capability.PROPOSE, _IN_SESSION, agreement.open_proposal),
    c.AmendProposal: (Capability.PROPOSE, _IN_SESSION, agreement.amend),
    c.WithdrawProposal: (Capability.PROPOSE, _IN_SESSION, agreement.withdraw),
    c.StatePosition: (Capability.STATE_POSITION, _IN_SESSION, agreement.state_position),
    c.SettleProposal: (Capability.RUN_MEETING, _IN_SESSION, agreement.settle),
    c.DecideForAgency: (Capability.DECIDE_FOR_AGENCY, _IN_SESSION, agreement.decide_for_agency),
    c.ConfirmAttendance: (Capability.RUN_MEETING, _IN_SESSION, stays.confirm),
    c.FreezePlan: (Capability.RUN_MEETING, _IN_SESSION, closing.freeze),
    c.ThawPlan: (Capability.RUN_MEETING, _IN_SESSION, closing.thaw),
    c.CloseMeeting: (Capability.RUN_MEETING, _IN_SESSION, closing.close),
    c.AdjournMeeting: (Capability.RUN_MEETING, _IN_SESSION, closing.adjourn),
}

SYSTEM_DECIDERS: dict[type[Any], tuple[frozenset[Phase], SystemDecider]] = {
    c.ArriveParticipant: (_ALWAYS, admission.arrive),
    c.DepartParticipant: (_ALWAYS, admission.depart),
    c.JoinParticipant: (_ALWAYS, stays.join),
    c.LeaveParticipant: (_ALWAYS, stays.leave),
    c.RecordFreeze: (_IN_SESSION, closing.record_freeze),
    c.RecordClose: (_IN_SESSION, closing.record_close),
    c.RecordAdjourn: (_IN_SESSION, closing.record_adjourn),
}

_FOR_SOMEBODY = (c.RecordFreeze, c.RecordClose, c.RecordAdjourn)

HOLDERS = frozenset({c.AdmitParticipant, c.AdjournMeeting})
"""What of the facilitator's is open to who holds the room."""

_NOT_WHILE_HOLDING = frozenset({Capability.PROPOSE, Capability.DECIDE_FOR_AGENCY})

_WRONG_PHASE: dict[Phase, tuple[str, str]] = {
    Phase.PLANNED: ("meeting.not_open", "The meeting has not begun."),
    Phase.IN_SESSION: ("meeting.already_open", "The meeting has already begun."),
    Phase.CLOSED: ("meeting.over", "The meeting is over."),
    Phase.ADJOURNED: ("meeting.over", "The meeting is over."),
    Phase.CANCELLED: ("meeting.cancelled", "The meeting was called off."),
}


def decide(meeting: Meeting | None, command: c.Command, by: ParticipantId | None, now: datetime) -> list[Event]:
    """[M5] What follows from a command: events to append, in order; an empty list changes nothing.

    `meeting` is None only for `ScheduleMeeting`; `by` is None for the server. For `FreezePlan`, `CloseMeeting` and
    `AdjournMeeting` an empty list means allowed: the server performs `RecordFreeze`, `RecordClose` or `RecordAdjourn`
    next. Raises MeetingError on refusal.
    """
    if isinstance(command, c.ScheduleMeeting):
        _refuse_person(by)
        if meeting is not None:
            raise MeetingError("meeting.exists", "This meeting was already made.")
        return schedule(command, now)
    if meeting is None:
        raise MeetingError("meeting.unknown", "There is no such meeting.")
    system = SYSTEM_DECIDERS.get(type(command))
    if system is not None:
        _refuse_person(by)
        phases, decider = system
        _check_phase(meeting, phases)
        return decider(meeting, command, now)
    capability, phases, person_decider = PERSON_DECIDERS[type(command)]
    person = _entitled(meeting, by, capability, type(command))
    _check_phase(meeting, phases)
    return person_decider(meeting, command, person, now)


def actor(command: c.Command, by: ParticipantId | None) -> ParticipantId | None:
    """[R3] Whom the log names for a command's events: the facilitator for what the server records on their behalf."""
    return command.by if isinstance(command, _FOR_SOMEBODY) else by


def _entitled(
    meeting: Meeting, by: ParticipantId | None, capability: Capability, asked: type[c.Command]
) -> Participant:
    """[X6] Only an admitted participant acts, and only as their role may; office work needs the role alone.

    [M17] Who holds the room may do two things of the facilitator's, and meanwhile proposes and decides nothing.
    """
    if by is None or by not in meeting.participants:
        raise MeetingError("participant.unknown", "This person is not invited to this meeting.")
    if by in meeting.removed:
        raise MeetingError("participant.removed", "The facilitator has ended this meeting for you.")
    if by not in meeting.admitted and capability is not Capability.ARRANGE_MEETING:
        raise MeetingError("participant.not_admitted", "You have not been admitted to the meeting yet.")
    person = meeting.participants[by]
    if not person.may(capability) and not (by == meeting.holder and asked in HOLDERS):
        raise MeetingError("participant.not_permitted", "Your role in this meeting does not include this.")
    if by == meeting.holder and capability in _NOT_WHILE_HOLDING:
        raise MeetingError("room.holder_decides_nothing", "You are letting people in. Give the room back first.")
    return person


def _refuse_person(by: ParticipantId | None) -> None:
    """[X7] What only the server may say is refused from a person."""
    if by is not None:
        raise MeetingError("command.server_only", "Only the server may do this.")


def _check_phase(meeting: Meeting, phases: frozenset[Phase]) -> None:
    if meeting.phase not in phases:
        raise MeetingError(*_WRONG_PHASE[meeting.phase])
