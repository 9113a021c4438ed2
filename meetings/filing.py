"""Arranging the case record of a meeting that ended.

`case_record` only arranges what happened; it computes no judgement and fills in nothing.
"""

from collections.abc import Container
from datetime import datetime

import msgspec
from msgspec.structs import replace

from meetings.agreement import not_asked
from meetings.attendance import Attended, Confirmation, present_s
from meetings.ids import ParticipantId, RecordId, StaffId
from meetings.meeting import Meeting, Phase, StageSpan
from meetings.names import told_apart
from meetings.participants import Participant
from meetings.plan import ActionStep, CasePlan
from meetings.practice.catalog import MODELS
from meetings.proposals import Position, Proposal, ProposalState, Withdrawal
from meetings.record import (
    SHAPE,
    AgencyLine,
    AttendanceLine,
    CaseRecord,
    EndingKind,
    PositionLine,
    RecordDecision,
    RecordEnding,
    RecordMeeting,
    RecordPerson,
    RecordStage,
    RecordUndecided,
    StepLine,
    WithdrawalLine,
)
from meetings.words import unprintable


def case_record(meeting: Meeting, plan: CasePlan, record_id: RecordId, written_at: datetime, sha256: str) -> CaseRecord:
    """[R4] [R5] The record of a meeting that ended. Raises ValueError when it has not: nothing is written early."""
    if meeting.opened_at is None or meeting.closed_at is None or meeting.record_id != record_id:
        raise ValueError("the record is written when the meeting ends")
    return CaseRecord(
        schema=SHAPE,
        record_id=record_id,
        written_at=written_at,
        meeting=_record_meeting(meeting, meeting.opened_at, meeting.closed_at),
        ending=_ending(meeting),
        facilitator=_record_person(meeting, meeting.facilitator),
        worker=_staff(meeting, meeting.worker),
        supervisor=_staff(meeting, meeting.worker_supervisor),
        attendance=tuple(
            _line(meeting, one, meeting.opened_at, meeting.closed_at) for one in meeting.participants.values()
        ),
        decisions=tuple(
            _decision(meeting, one) for one in meeting.proposals.values() if one.state is ProposalState.SETTLED
        ),
        undecided=tuple(
            _undecided(meeting, one) for one in meeting.proposals.values() if one.state is not ProposalState.SETTLED
        ),
        steps=tuple(_step(meeting, step) for step in plan.steps),
        plan=plan,
        plan_sha256=sha256,
    )


def looked_through(record: CaseRecord, printed: Container[int]) -> CaseRecord:
    """[R10] The record with the letters that printed pages have no glyph for. `printed`: the code points that have one.

    The whole of its JSON is looked through, so that no text can be forgotten: what people did not write is ASCII.
    """
    missing = unprintable(msgspec.json.encode(record).decode(), printed)
    return replace(record, unprintable=tuple(f"U+{ord(one):04X}" for one in missing))


def _record_meeting(meeting: Meeting, opened_at: datetime, closed_at: datetime) -> RecordMeeting:
    return RecordMeeting(
        meeting_id=meeting.id,
        case_id=meeting.case_id,
        family_name=meeting.family_name,
        practice=meeting.practice,
        decision_question=meeting.decision_question,
        scheduled_at=meeting.scheduled_at,
        time_zone=meeting.time_zone,
        opened_at=opened_at,
        closed_at=closed_at,
        stages=_stages(meeting),
    )


def _ending(meeting: Meeting) -> RecordEnding:
    if meeting.phase is not Phase.ADJOURNED or meeting.adjourned_by is None:
        return RecordEnding(kind=EndingKind.CLOSED, by=_record_person(meeting, meeting.facilitator))
    by = meeting.participants[meeting.adjourned_by]
    return RecordEnding(kind=EndingKind.ADJOURNED, by=_record_person(meeting, by), reason=meeting.adjourn_reason)


def _stages(meeting: Meeting) -> tuple[RecordStage, ...]:
    visits: dict[int, list[StageSpan]] = {}
    for span in meeting.spans:
        visits.setdefault(span.stage, []).append(span)
    return tuple(
        RecordStage(
            number=stage.number,
            id=stage.id,
            started_at=visits[stage.number][0].started_at if stage.number in visits else None,
            seconds=sum((_span_s(span) for span in visits.get(stage.number, ())), 0.0),
            planned_min=stage.planned_min,
        )
        for stage in MODELS[meeting.practice].stages
    )


def _span_s(span: StageSpan) -> float:
    return ((span.ended_at or span.started_at) - span.started_at).total_seconds()


def _line(meeting: Meeting, person: Participant, opened_at: datetime, closed_at: datetime) -> AttendanceLine:
    """[R9] A line that nobody confirmed says so; nothing is filled in for it. [R8] Nor is a time: without a device that
    was counted, how long somebody was there is not known."""
    confirmation = meeting.confirmations.get(person.id)
    intervals = meeting.stays.get(person.id, ())
    return AttendanceLine(
        person=_record_person(meeting, person),
        attended=None if confirmation is None else confirmation.attended,
        mode=None if confirmation is None else confirmation.mode,
        absence_reason=None if confirmation is None else confirmation.absence_reason,
        intervals=intervals,
        seconds=_seconds(confirmation, present_s(intervals, opened_at, closed_at)),
        confirmed_by=None if confirmation is None else confirmation.by,
        confirmed_at=None if confirmation is None else confirmation.at,
    )


def _seconds(confirmation: Confirmation | None, counted: float) -> float | None:
    is_absent = confirmation is not None and confirmation.attended is Attended.ABSENT
    return counted if counted > 0 or is_absent else None


def _decision(meeting: Meeting, proposal: Proposal) -> RecordDecision:
    """[R6] Every position word for word, in the order of invitation; who was asked and silent is named as such.

    [R7] So is who was confirmed present and not asked.
    """
    assert proposal.outcome is not None and proposal.settled_at is not None
    people = meeting.participants
    agency = proposal.agency_decision
    return RecordDecision(
        proposal_id=proposal.id,
        answers_question=proposal.answers_question,
        question=meeting.decision_question if proposal.answers_question else "",
        text=proposal.text,
        version=proposal.version,
        proposed_by=_record_person(meeting, people[proposal.by]),
        outcome=proposal.outcome,
        settled_at=proposal.settled_at,
        positions=_positions(meeting, proposal),
        not_answered=_silent(meeting, proposal),
        not_asked=_not_asked(meeting, proposal),
        earlier=proposal.superseded,
        agency_decision=None
        if agency is None
        else AgencyLine(
            by=_record_person(meeting, people[agency.by]), at=agency.at, text=agency.text, reason=agency.reason
        ),
    )


def _undecided(meeting: Meeting, proposal: Proposal) -> RecordUndecided:
    """[R9] Words still open when the meeting was adjourned stand as what people had said. [P9] Words that were taken
    back stand with the reason."""
    taken_back = proposal.withdrawal
    return RecordUndecided(
        proposal_id=proposal.id,
        answers_question=proposal.answers_question,
        text=proposal.text,
        version=proposal.version,
        proposed_by=_record_person(meeting, meeting.participants[proposal.by]),
        positions=_positions(meeting, proposal),
        not_answered=_silent(meeting, proposal),
        not_asked=_not_asked(meeting, proposal),
        earlier=proposal.superseded,
        outcome=proposal.outcome,
        withdrawal=None if taken_back is None else _withdrawal(meeting, taken_back),
    )


def _withdrawal(meeting: Meeting, withdrawal: Withdrawal) -> WithdrawalLine:
    by = None if withdrawal.by is None else _record_person(meeting, meeting.participants[withdrawal.by])
    return WithdrawalLine(by=by, at=withdrawal.at, reason=withdrawal.reason)


def _not_asked(meeting: Meeting, proposal: Proposal) -> tuple[RecordPerson, ...]:
    return tuple(_record_person(meeting, meeting.participants[one]) for one in not_asked(meeting, proposal))


def _positions(meeting: Meeting, proposal: Proposal) -> tuple[PositionLine, ...]:
    people = meeting.participants
    return tuple(
        _position(meeting, people[one], proposal.positions[one]) for one in people if one in proposal.positions
    )


def _silent(meeting: Meeting, proposal: Proposal) -> tuple[RecordPerson, ...]:
    silent = (one for one in proposal.asked if one not in proposal.positions)
    return tuple(_record_person(meeting, meeting.participants[one]) for one in silent)


def _position(meeting: Meeting, person: Participant, position: Position) -> PositionLine:
    return PositionLine(
        person=_record_person(meeting, person), answer=position.answer, reason=position.reason, at=position.at
    )


def _step(meeting: Meeting, step: ActionStep) -> StepLine:
    person = meeting.participants.get(ParticipantId(step.who))
    return StepLine(
        id=step.id,
        what=step.what,
        who=person.name if person else step.who,
        participant_id=person.id if person else None,
        by_when=step.by_when,
        done=step.done,
        person=_record_person(meeting, person) if person else None,
    )


def _record_person(meeting: Meeting, person: Participant) -> RecordPerson:
    """[M15] Told apart among everyone invited: the record names them all."""
    return RecordPerson(
        participant_id=person.id,
        staff_id=person.staff_id,
        name=person.name,
        role=person.role,
        relation=person.relation,
        told=told_apart(meeting.participants.values())[person.id],
    )


def _staff(meeting: Meeting, staff_id: StaffId) -> RecordPerson:
    """The child's worker or that worker's supervisor, named where they took part; else by staff id alone."""
    for person in meeting.participants.values():
        if person.staff_id == staff_id:
            return _record_person(meeting, person)
    return RecordPerson(participant_id=None, staff_id=staff_id, name="", role=None)
