"""Folding events into a meeting's state. Events are facts: nothing here refuses, and nothing looks at a clock."""

from collections.abc import Callable, Iterable
from typing import Any

import msgspec
from msgspec.structs import replace

from meetings import events as e
from meetings.attendance import Attended, Confirmation, Interval
from meetings.events import Recorded
from meetings.ids import RecordId
from meetings.meeting import FrozenPlan, Meeting, Phase, StageSpan, WaitingDevice
from meetings.proposals import AgencyDecision, Position, Proposal, ProposalState, Withdrawal


def fold(recorded: Iterable[Recorded]) -> Meeting:
    """The state after these events: a meeting's whole log from number 1, in order. Raises ValueError when empty."""
    meeting: Meeting | None = None
    for one in recorded:
        meeting = apply(meeting, one)
    if meeting is None:
        raise ValueError("a meeting begins with meeting.scheduled")
    return meeting


def apply(meeting: Meeting | None, recorded: Recorded) -> Meeting:
    """[M9] The state after one more event. Raises ValueError where the log has a gap: numbers count from 1 by one."""
    event = recorded.event
    if recorded.number != (1 if meeting is None else meeting.number + 1):
        raise ValueError(f"event {recorded.number} does not follow")
    if meeting is None:
        if not isinstance(event, e.MeetingScheduled):
            raise ValueError("a meeting begins with meeting.scheduled")
        return _scheduled(event)
    return replace(_FOLDERS[type(event)](meeting, event, recorded), number=recorded.number)


def _scheduled(event: e.MeetingScheduled) -> Meeting:
    fields = msgspec.structs.asdict(event)
    meeting_id, people = fields.pop("meeting_id"), fields.pop("participants")
    return Meeting(id=meeting_id, participants={one.id: one for one in people}, number=1, **fields)


def _arrived(meeting: Meeting, event: e.ParticipantArrived, recorded: Recorded) -> Meeting:
    device = WaitingDevice(
        participant_id=event.participant_id,
        device_id=event.device_id,
        second_device=event.second_device,
        since=recorded.at,
    )
    seconds = meeting.second_devices | ({event.device_id} if event.second_device else frozenset())
    return replace(meeting, waiting=(*meeting.waiting, device), second_devices=seconds)


def _departed(meeting: Meeting, event: e.ParticipantDeparted | e.ParticipantAdmitted, recorded: Recorded) -> Meeting:
    device = (event.participant_id, event.device_id)
    return replace(
        meeting, waiting=tuple(one for one in meeting.waiting if (one.participant_id, one.device_id) != device)
    )


def _admitted(meeting: Meeting, event: e.ParticipantAdmitted, recorded: Recorded) -> Meeting:
    admitted = {**meeting.admitted, event.participant_id: event.device_id}
    return replace(_departed(meeting, event, recorded), admitted=admitted)


def _removed(meeting: Meeting, event: e.ParticipantRemoved, recorded: Recorded) -> Meeting:
    return replace(
        meeting,
        removed=meeting.removed | {event.participant_id},
        admitted={one: device for one, device in meeting.admitted.items() if one != event.participant_id},
        waiting=tuple(one for one in meeting.waiting if one.participant_id != event.participant_id),
    )


def _readmitted(meeting: Meeting, event: e.ParticipantReadmitted, recorded: Recorded) -> Meeting:
    return replace(meeting, removed=meeting.removed - {event.participant_id})


def _unseated(meeting: Meeting, event: e.ParticipantUnseated, recorded: Recorded) -> Meeting:
    """[X15] A device that came with a link others had opened before is shown as one again."""
    others = {one: device for one, device in meeting.admitted.items() if one != event.participant_id}
    device = WaitingDevice(
        participant_id=event.participant_id,
        device_id=event.device_id,
        second_device=event.device_id in meeting.second_devices,
        since=recorded.at,
    )
    return replace(meeting, admitted=others, waiting=(*meeting.waiting, device))


def _room_held(meeting: Meeting, event: e.RoomHeld, recorded: Recorded) -> Meeting:
    return replace(meeting, holder=event.participant_id)


def _room_released(meeting: Meeting, event: e.RoomReleased, recorded: Recorded) -> Meeting:
    return replace(meeting, holder=None)


def _joined(meeting: Meeting, event: e.ParticipantJoined, recorded: Recorded) -> Meeting:
    """[A6] Someone confirmed absent who joins after all has to be confirmed again."""
    stay = Interval(joined_at=recorded.at, left_at=None, mode=event.mode)
    stays = {**meeting.stays, event.participant_id: (*meeting.stays.get(event.participant_id, ()), stay)}
    confirmations = {
        one: line
        for one, line in meeting.confirmations.items()
        if one != event.participant_id or line.attended is not Attended.ABSENT
    }
    return replace(meeting, stays=stays, confirmations=confirmations)


def _left(meeting: Meeting, event: e.ParticipantLeft, recorded: Recorded) -> Meeting:
    *before, last = meeting.stays[event.participant_id]
    stays = (*before, replace(last, left_at=event.left_at))
    return replace(meeting, stays={**meeting.stays, event.participant_id: stays})


def _opened(meeting: Meeting, event: e.MeetingOpened, recorded: Recorded) -> Meeting:
    return replace(meeting, phase=Phase.IN_SESSION, opened_at=recorded.at)


def _stage_moved(meeting: Meeting, event: e.StageMoved, recorded: Recorded) -> Meeting:
    span = StageSpan(stage=event.stage, started_at=recorded.at, ended_at=None)
    return replace(meeting, spans=(*_ended_spans(meeting, recorded), span))


def _ended_spans(meeting: Meeting, recorded: Recorded) -> tuple[StageSpan, ...]:
    return tuple(span if span.ended_at is not None else replace(span, ended_at=recorded.at) for span in meeting.spans)


def _proposal_opened(meeting: Meeting, event: e.ProposalOpened, recorded: Recorded) -> Meeting:
    if recorded.by is None:
        raise ValueError("a proposal has an author")
    proposal = Proposal(
        id=event.proposal_id,
        version=1,
        text=event.text,
        answers_question=event.answers_question,
        by=recorded.by,
        opened_at=recorded.at,
    )
    return replace(meeting, proposals={**meeting.proposals, proposal.id: proposal})


def _with(meeting: Meeting, proposal: Proposal) -> Meeting:
    return replace(meeting, proposals={**meeting.proposals, proposal.id: proposal})


def _proposal_amended(meeting: Meeting, event: e.ProposalAmended, recorded: Recorded) -> Meeting:
    proposal = meeting.proposals[event.proposal_id]
    superseded = (*proposal.superseded, *proposal.positions.values())
    amended = replace(proposal, version=event.version, text=event.text, positions={}, superseded=superseded)
    return _with(meeting, amended)


def _proposal_withdrawn(meeting: Meeting, event: e.ProposalWithdrawn, recorded: Recorded) -> Meeting:
    withdrawal = Withdrawal(by=recorded.by, at=recorded.at, reason=event.reason)
    proposal = meeting.proposals[event.proposal_id]
    return _with(meeting, replace(proposal, state=ProposalState.WITHDRAWN, withdrawal=withdrawal))


def _position_stated(meeting: Meeting, event: e.PositionStated, recorded: Recorded) -> Meeting:
    """[P7] A changed answer replaces the one before, which is kept."""
    proposal = meeting.proposals[event.proposal_id]
    position = Position(
        participant_id=event.participant_id,
        version=event.version,
        answer=event.answer,
        reason=event.reason,
        at=recorded.at,
        text_sha256=event.text_sha256,
    )
    before = proposal.positions.get(event.participant_id)
    superseded = proposal.superseded if before is None else (*proposal.superseded, before)
    positions = {**proposal.positions, event.participant_id: position}
    return _with(meeting, replace(proposal, positions=positions, superseded=superseded))


def _proposal_settled(meeting: Meeting, event: e.ProposalSettled, recorded: Recorded) -> Meeting:
    settled = replace(
        meeting.proposals[event.proposal_id],
        state=ProposalState.SETTLED,
        outcome=event.outcome,
        asked=event.asked,
        settled_at=recorded.at,
    )
    return _with(meeting, settled)


def _agency_decided(meeting: Meeting, event: e.AgencyDecided, recorded: Recorded) -> Meeting:
    if recorded.by is None:
        raise ValueError("an agency decision has a decider")
    decision = AgencyDecision(by=recorded.by, at=recorded.at, text=event.text, reason=event.reason)
    return _with(meeting, replace(meeting.proposals[event.proposal_id], agency_decision=decision))


def _attendance_confirmed(meeting: Meeting, event: e.AttendanceConfirmed, recorded: Recorded) -> Meeting:
    if recorded.by is None:
        raise ValueError("a confirmation has an author")
    line = Confirmation(
        attended=event.attended,
        mode=event.mode,
        absence_reason=event.absence_reason,
        by=recorded.by,
        at=recorded.at,
    )
    return replace(meeting, confirmations={**meeting.confirmations, event.participant_id: line})


def _plan_frozen(meeting: Meeting, event: e.PlanFrozen, recorded: Recorded) -> Meeting:
    frozen = FrozenPlan(seq=event.seq, sha256=event.sha256, by=recorded.by, at=recorded.at)
    return replace(meeting, frozen=frozen)


def _plan_thawed(meeting: Meeting, event: e.PlanThawed, recorded: Recorded) -> Meeting:
    return replace(meeting, frozen=None)


def _ended(meeting: Meeting, phase: Phase, record_id: RecordId, recorded: Recorded) -> Meeting:
    """[A7] The end ends the stage and every stay; nobody waits any more."""
    stays = {
        one: tuple(stay if stay.left_at is not None else replace(stay, left_at=recorded.at) for stay in lines)
        for one, lines in meeting.stays.items()
    }
    return replace(
        meeting,
        phase=phase,
        closed_at=recorded.at,
        record_id=record_id,
        spans=_ended_spans(meeting, recorded),
        stays=stays,
        waiting=(),
        holder=None,
    )


def _closed(meeting: Meeting, event: e.MeetingClosed, recorded: Recorded) -> Meeting:
    return _ended(meeting, Phase.CLOSED, event.record_id, recorded)


def _adjourned(meeting: Meeting, event: e.MeetingAdjourned, recorded: Recorded) -> Meeting:
    """[M13] The plan is the one that was read; a proposal still open stays so, with who was to answer it."""
    frozen = FrozenPlan(seq=event.seq, sha256=event.sha256, by=recorded.by, at=recorded.at)
    if meeting.open_proposal is not None:
        meeting = _with(meeting, replace(meeting.open_proposal, asked=event.asked))
    return replace(
        _ended(meeting, Phase.ADJOURNED, event.record_id, recorded),
        frozen=meeting.frozen or frozen,
        adjourn_reason=event.reason,
        adjourned_by=recorded.by,
    )


def _cancelled(meeting: Meeting, event: e.MeetingCancelled, recorded: Recorded) -> Meeting:
    return replace(meeting, phase=Phase.CANCELLED, closed_at=recorded.at, cancel_reason=event.reason, waiting=())


def _moved(meeting: Meeting, event: e.MeetingMoved, recorded: Recorded) -> Meeting:
    return replace(meeting, scheduled_at=event.scheduled_at, moved_from=meeting.scheduled_at)


_FOLDERS: dict[type[Any], Callable[[Meeting, Any, Recorded], Meeting]] = {
    e.ParticipantArrived: _arrived,
    e.ParticipantDeparted: _departed,
    e.ParticipantAdmitted: _admitted,
    e.ParticipantRemoved: _removed,
    e.ParticipantReadmitted: _readmitted,
    e.ParticipantUnseated: _unseated,
    e.RoomHeld: _room_held,
    e.RoomReleased: _room_released,
    e.ParticipantJoined: _joined,
    e.ParticipantLeft: _left,
    e.MeetingOpened: _opened,
    e.StageMoved: _stage_moved,
    e.ProposalOpened: _proposal_opened,
    e.ProposalAmended: _proposal_amended,
    e.ProposalWithdrawn: _proposal_withdrawn,
    e.PositionStated: _position_stated,
    e.ProposalSettled: _proposal_settled,
    e.AgencyDecided: _agency_decided,
    e.AttendanceConfirmed: _attendance_confirmed,
    e.PlanFrozen: _plan_frozen,
    e.PlanThawed: _plan_thawed,
    e.MeetingClosed: _closed,
    e.MeetingAdjourned: _adjourned,
    e.MeetingCancelled: _cancelled,
    e.MeetingMoved: _moved,
}
