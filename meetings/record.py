"""The case record: what goes back into the case file when a meeting ends. Made once, never edited.

Its shape; `meetings.filing` arranges it. Times are aware UTC, lengths are seconds, dates are YYYY-MM-DD.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

import msgspec

from meetings.attendance import AbsenceReason, Attended, Interval, Mode
from meetings.ids import CaseId, MeetingId, ParticipantId, ProposalId, RecordId, StaffId
from meetings.names import ToldApart
from meetings.participants import Role
from meetings.plan import CasePlan
from meetings.privacy import Unprinted
from meetings.proposals import Answer, Outcome, Position

SHAPE: Literal["hearth.case_record/2"] = "hearth.case_record/2"


class RecordPerson(Unprinted, frozen=True, kw_only=True):
    """A person as the record names them; `told` tells them from another of their name."""

    participant_id: ParticipantId | None
    staff_id: StaffId | None
    name: str
    role: Role | None
    relation: str = ""
    told: ToldApart = ToldApart()


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
    """One invited person: what was confirmed and by whom, and the stays it rests on. `seconds` are while in session, by
    device; None where no device of somebody who was there was counted: that is not a time of nought.

    Of a meeting that was adjourned, a line may be unconfirmed: `attended` and `confirmed_by` are None.
    """

    person: RecordPerson
    attended: Attended | None
    mode: Mode | None
    absence_reason: AbsenceReason | None
    intervals: tuple[Interval, ...]
    seconds: float | None
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
    """A settled proposal. `not_answered` were asked and gave no answer; `not_asked` were confirmed present and not
    asked; `earlier` are answers changed or superseded.

    `answers_question`: the words answer the question of the meeting, given as `question`; another question has only
    its words. None in records of shape 1, which did not tell.
    """

    proposal_id: ProposalId
    answers_question: bool | None = None
    question: str
    text: str
    version: int
    proposed_by: RecordPerson
    outcome: Outcome
    settled_at: datetime
    positions: tuple[PositionLine, ...]
    not_answered: tuple[RecordPerson, ...]
    not_asked: tuple[RecordPerson, ...] = ()
    earlier: tuple[Position, ...]
    agency_decision: AgencyLine | None


class WithdrawalLine(Unprinted, frozen=True, kw_only=True):
    """Who took a question back, when and why, word for word. Nobody is named, and no reason given, by older logs."""

    by: RecordPerson | None
    at: datetime
    reason: str


class RecordUndecided(Unprinted, frozen=True, kw_only=True):
    """Words put to the team of which nothing came, and what people had said of them: taken back (`withdrawal`), or
    still open when the meeting was adjourned. `outcome` is set where the team had not agreed before."""

    proposal_id: ProposalId
    answers_question: bool
    text: str
    version: int
    proposed_by: RecordPerson
    positions: tuple[PositionLine, ...]
    not_answered: tuple[RecordPerson, ...]
    not_asked: tuple[RecordPerson, ...]
    earlier: tuple[Position, ...]
    outcome: Outcome | None
    withdrawal: WithdrawalLine | None


class StepLine(Unprinted, frozen=True, kw_only=True):
    """An action step; `who` is the name, `participant_id` and `person` set where that person took part."""

    id: str
    what: str
    who: str
    participant_id: ParticipantId | None
    by_when: str
    done: bool
    person: RecordPerson | None = None


class CaseRecord(Unprinted, frozen=True, kw_only=True):
    """The whole record of one meeting. The field `schema` names this shape; a changed shape gets a new number.

    Records of shape 1 are read too: they were written only where a meeting closed, and what they lack is empty.

    `unprintable`: letters of people's words that printed pages had no glyph for when the record was filed, as "U+13E3",
    each once, in order; None where nobody looked.
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
    unprintable: tuple[str, ...] | None = None


def record_schema() -> dict[str, Any]:
    """The JSON schema of `CaseRecord`, as published."""
    return msgspec.json.schema(CaseRecord)
