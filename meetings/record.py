"""The case record: what goes back into the case file when a meeting ends. Made once, never edited.

`case_record` only arranges what happened; it computes no judgement and fills in nothing. Times are aware UTC, lengths
are seconds, dates are YYYY-MM-DD.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

import msgspec

from meetings.attendance import AbsenceReason, Attended, Interval, Mode, present_s
from meetings.ids import CaseId, MeetingId, ParticipantId, ProposalId, RecordId, StaffId
from meetings.meeting import Meeting, Phase, StageSpan
from meetings.participants import Participant, Role
from meetings.plan import ActionStep, CasePlan
from meetings.practice.catalog import MODELS
from meetings.privacy import Unprinted
from meetings.proposals import Answer, Outcome, Position, Proposal, ProposalState

SHAPE: Literal["hearth.case_record/2"] = "hearth.case_record/2"


class RecordPerson(Unprinted, frozen=True, kw_only=True):
    """A person as the record names them."""

    participant_id: ParticipantId | None
    staff_id: StaffId | None
    name: str
    role: Role | None
    relation: str = ""


class EndingKind(StrEnum):
    """How a meeting that has a record ended. An adjourned one made no decision."""

    CLOSED = "closed"
    ADJOURNED = "adjourned"


class RecordEnding(Unprinted, frozen=True, kw_only=True):
    """How the meeting ended, by whose word, and why where it was adjourned. `by` is None in records of shape 1."""

    kind: EndingKind = EndingKind.CLOSED
    by: RecordPerson | None = None
    reason: str = ""


class RecordStage(msgspec.Struct, frozen=True, kw_only=True):
    """One stage of the practice model: first begun (None: never), seconds in all, planned minutes."""

    number: int
    id: str
    started_at: datetime | None
    seconds: float
    planned_min: int


class RecordMeeting(Unprinted, frozen=True, kw_only=True):
    """The meeting as a whole."""

    meeting_id: MeetingId
    case_id: CaseId
    family_name: str
    practice: str
    decision_question: str
    scheduled_at: datetime
    time_zone: str
    opened_at: datetime
    closed_at: datetime
    stages: tuple[RecordStage, ...]


class AttendanceLine(Unprinted, frozen=True, kw_only=True):
    """One invited person: what was confirmed and by whom, and the stays it rests on. `seconds` are while in session.

    Of a meeting that was adjourned, a line may be unconfirmed: `attended` and `confirmed_by` are None.
    """

    person: RecordPerson
    attended: Attended | None
    mode: Mode | None
    absence_reason: AbsenceReason | None
    intervals: tuple[Interval, ...]
    seconds: float
    confirmed_by: ParticipantId | None
    confirmed_at: datetime | None


class PositionLine(Unprinted, frozen=True, kw_only=True):
    """One person's answer, word for word."""

    person: RecordPerson
    answer: Answer
    reason: str
    at: datetime


class AgencyLine(Unprinted, frozen=True, kw_only=True):
    """The agency's decision where the team did not agree."""

    by: RecordPerson
    at: datetime
    text: str
    reason: str


class RecordDecision(Unprinted, frozen=True, kw_only=True):
    """A settled proposal. `not_answered` were asked and gave no answer; `earlier` are answers changed or superseded."""

    proposal_id: ProposalId
    question: str
    text: str
    version: int
    proposed_by: RecordPerson
    outcome: Outcome
    settled_at: datetime
    positions: tuple[PositionLine, ...]
    not_answered: tuple[RecordPerson, ...]
    earlier: tuple[Position, ...]
    agency_decision: AgencyLine | None


class RecordUndecided(Unprinted, frozen=True, kw_only=True):
    """Words put to the team of which nothing came: what people had said of them when the meeting was adjourned."""

    proposal_id: ProposalId
    text: str
    version: int
    proposed_by: RecordPerson
    positions: tuple[PositionLine, ...]
    not_answered: tuple[RecordPerson, ...]
    earlier: tuple[Position, ...]


class StepLine(Unprinted, frozen=True, kw_only=True):
    """An action step; `who` is the name, `participant_id` set where that person took part."""

    id: str
    what: str
    who: str
    participant_id: ParticipantId | None
    by_when: str
    done: bool


class CaseRecord(Unprinted, frozen=True, kw_only=True):
    """The whole record of one meeting. The field `schema` names this shape; a changed shape gets a new number.

    Records of shape 1 are read too: they were written only where a meeting closed, and what they lack is empty.
    """

    schema: Literal["hearth.case_record/1", "hearth.case_record/2"]
    record_id: RecordId
    written_at: datetime
    meeting: RecordMeeting
    ending: RecordEnding = RecordEnding()
    facilitator: RecordPerson
    worker: RecordPerson
    supervisor: RecordPerson
    attendance: tuple[AttendanceLine, ...]
    decisions: tuple[RecordDecision, ...]
    undecided: tuple[RecordUndecided, ...] = ()
    steps: tuple[StepLine, ...]
    plan: CasePlan
    plan_sha256: str


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
        facilitator=_record_person(meeting.facilitator),
        worker=_staff(meeting, meeting.worker),
        supervisor=_staff(meeting, meeting.worker_supervisor),
        attendance=tuple(
            _line(meeting, one, meeting.opened_at, meeting.closed_at) for one in meeting.participants.values()
        ),
        decisions=tuple(
            _decision(meeting, one) for one in meeting.proposals.values() if one.state is ProposalState.SETTLED
        ),
        undecided=tuple(
            _undecided(meeting, one) for one in meeting.proposals.values() if one.state is ProposalState.OPEN
        ),
        steps=tuple(_step(meeting, step) for step in plan.steps),
        plan=plan,
        plan_sha256=sha256,
    )


def record_schema() -> dict[str, Any]:
    """The JSON schema of `CaseRecord`, as published."""
    return msgspec.json.schema(CaseRecord)


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
        return RecordEnding(kind=EndingKind.CLOSED, by=_record_person(meeting.facilitator))
    by = meeting.participants[meeting.adjourned_by]
    return RecordEnding(kind=EndingKind.ADJOURNED, by=_record_person(by), reason=meeting.adjourn_reason)


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
    """[R9] A line that nobody confirmed says so; nothing is filled in for it."""
    confirmation = meeting.confirmations.get(person.id)
    intervals = meeting.stays.get(person.id, ())
    return AttendanceLine(
        person=_record_person(person),
        attended=None if confirmation is None else confirmation.attended,
        mode=None if confirmation is None else confirmation.mode,
        absence_reason=None if confirmation is None else confirmation.absence_reason,
        intervals=intervals,
        seconds=present_s(intervals, opened_at, closed_at),
        confirmed_by=None if confirmation is None else confirmation.by,
        confirmed_at=None if confirmation is None else confirmation.at,
    )


def _decision(meeting: Meeting, proposal: Proposal) -> RecordDecision:
    """[R6] Every position word for word, in the order of invitation; who was asked and silent is named as such."""
    assert proposal.outcome is not None and proposal.settled_at is not None
    people = meeting.participants
    agency = proposal.agency_decision
    return RecordDecision(
        proposal_id=proposal.id,
        question=meeting.decision_question,
        text=proposal.text,
        version=proposal.version,
        proposed_by=_record_person(people[proposal.by]),
        outcome=proposal.outcome,
        settled_at=proposal.settled_at,
        positions=_positions(meeting, proposal),
        not_answered=_silent(meeting, proposal),
        earlier=proposal.superseded,
        agency_decision=None
        if agency is None
        else AgencyLine(by=_record_person(people[agency.by]), at=agency.at, text=agency.text, reason=agency.reason),
    )


def _undecided(meeting: Meeting, proposal: Proposal) -> RecordUndecided:
    """[R9] Words still open when the meeting was adjourned stand as what people had said, with no outcome."""
    return RecordUndecided(
        proposal_id=proposal.id,
        text=proposal.text,
        version=proposal.version,
        proposed_by=_record_person(meeting.participants[proposal.by]),
        positions=_positions(meeting, proposal),
        not_answered=_silent(meeting, proposal),
        earlier=proposal.superseded,
    )


def _positions(meeting: Meeting, proposal: Proposal) -> tuple[PositionLine, ...]:
    people = meeting.participants
    return tuple(_position(people[one], proposal.positions[one]) for one in people if one in proposal.positions)


def _silent(meeting: Meeting, proposal: Proposal) -> tuple[RecordPerson, ...]:
    silent = (one for one in proposal.asked if one not in proposal.positions)
    return tuple(_record_person(meeting.participants[one]) for one in silent)


def _position(person: Participant, position: Position) -> PositionLine:
    return PositionLine(person=_record_person(person), answer=position.answer, reason=position.reason, at=position.at)


def _step(meeting: Meeting, step: ActionStep) -> StepLine:
    person = meeting.participants.get(ParticipantId(step.who))
    return StepLine(
        id=step.id,
        what=step.what,
        who=person.name if person else step.who,
        participant_id=person.id if person else None,
        by_when=step.by_when,
        done=step.done,
    )


def _record_person(person: Participant) -> RecordPerson:
    return RecordPerson(
        participant_id=person.id,
        staff_id=person.staff_id,
        name=person.name,
        role=person.role,
        relation=person.relation,
    )


def _staff(meeting: Meeting, staff_id: StaffId) -> RecordPerson:
    """The child's worker or that worker's supervisor, named where they took part; else by staff id alone."""
    for person in meeting.participants.values():
        if person.staff_id == staff_id:
            return _record_person(person)
    return RecordPerson(participant_id=None, staff_id=staff_id, name="", role=None)
