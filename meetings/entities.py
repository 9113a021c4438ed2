"""What one participant may know of a meeting, as small entities under keys. `meetings.view` makes them.

A client holds a map of key → entity. The server sends only entities that changed, so that a snapshot plus changes is a
fresh snapshot by construction, and what a person may not see is never in their map.

Keys: `meeting`, `you`, `lobby`, `stage/{n}`, `person/{participant_id}`, `waiting/{participant_id}/{device_id}`,
`proposal/{proposal_id}`, `attendance/{participant_id}`.
"""

from datetime import datetime
from enum import StrEnum

from meetings.attendance import Confirmation, Interval
from meetings.ids import CaseId, DeviceId, MeetingId, ParticipantId, ProposalId, RecordId
from meetings.meeting import Phase
from meetings.names import ToldApart
from meetings.participants import Capability, Role
from meetings.privacy import Unprinted
from meetings.proposals import AgencyDecision, Outcome, Position, ProposalState, Withdrawal


class _Entity(Unprinted, frozen=True, kw_only=True, tag_field="entity"):
    pass


class SeatState(StrEnum):
    """Where a person stands with the meeting. Arriving: at the door, and not (any more) shown to the facilitator."""

    ARRIVING = "arriving"
    WAITING = "waiting"
    ADMITTED = "admitted"
    REMOVED = "removed"
    OVER = "over"


class YouEntity(_Entity, frozen=True, kw_only=True, tag="you"):
    """The reader: always present. Before admission it holds the first name and nothing of the meeting."""

    participant_id: ParticipantId
    name: str
    role: Role
    state: SeatState
    second_device: bool
    capabilities: tuple[Capability, ...]


class LobbyEntity(_Entity, frozen=True, kw_only=True, tag="lobby"):
    """What a waiting person may know."""

    facilitator_first_name: str
    scheduled_at: datetime
    moved_from: datetime | None
    time_zone: str
    phase: Phase
    facilitator_gone_since: datetime | None


class MeetingEntity(_Entity, frozen=True, kw_only=True, tag="meeting"):
    """The meeting as a whole, for those admitted. `held_by` lets people in while the facilitator is gone.

    A step can be due from `due_from` to `due_to`, YYYY-MM-DD."""

    meeting_id: MeetingId
    practice: str
    family_name: str
    decision_question: str
    phase: Phase
    stage: int | None
    scheduled_at: datetime
    time_zone: str
    due_from: str
    due_to: str
    opened_at: datetime | None
    closed_at: datetime | None
    adjourn_reason: str | None
    plan_frozen_sha256: str | None
    facilitator_gone_since: datetime | None
    held_by: ParticipantId | None
    case_id: CaseId | None
    record_id: RecordId | None


class StageEntity(_Entity, frozen=True, kw_only=True, tag="stage"):
    """One stage: planned minutes, seconds spent before `since`, and since when it is the current one."""

    number: int
    id: str
    planned_min: int
    spent_s: float
    since: datetime | None


class PersonEntity(_Entity, frozen=True, kw_only=True, tag="person"):
    """Someone invited, as the others may know them; `told` tells them from another of their name.

    `removed` is told to the facilitator alone."""

    participant_id: ParticipantId
    name: str
    role: Role
    relation: str
    color: int
    admitted: bool
    removed: bool
    is_family: bool
    told: ToldApart


class WaitingEntity(_Entity, frozen=True, kw_only=True, tag="waiting"):
    """A device in the waiting room; only who lets people in has these."""

    participant_id: ParticipantId
    device_id: DeviceId
    name: str
    role: Role
    relation: str
    since: datetime
    second_device: bool
    order: int


class ProposalEntity(_Entity, frozen=True, kw_only=True, tag="proposal"):
    """A proposal with the positions on its current version. `is_undecided`: settled, and still to be decided or taken
    back before the meeting can close. `not_asked` is for the facilitator alone: who was confirmed present all the same.
    """

    proposal_id: ProposalId
    version: int
    text: str
    answers_question: bool
    by: ParticipantId
    opened_at: datetime
    state: ProposalState
    positions: tuple[Position, ...]
    unanswered: tuple[ParticipantId, ...]
    not_asked: tuple[ParticipantId, ...]
    settled_at: datetime | None
    outcome: Outcome | None
    agency_decision: AgencyDecision | None
    withdrawal: Withdrawal | None
    is_undecided: bool


class AttendanceEntity(_Entity, frozen=True, kw_only=True, tag="attendance"):
    """One person's line; only the facilitator has these. `confirmation` is None until it was confirmed."""

    participant_id: ParticipantId
    intervals: tuple[Interval, ...]
    confirmation: Confirmation | None


Entity = (
    YouEntity
    | LobbyEntity
    | MeetingEntity
    | StageEntity
    | PersonEntity
    | WaitingEntity
    | ProposalEntity
    | AttendanceEntity
)
