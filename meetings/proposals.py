"""Proposals and the positions people state on them."""

from datetime import datetime
from enum import StrEnum

import msgspec

from meetings.ids import ParticipantId, ProposalId
from meetings.privacy import Unprinted


class Answer(StrEnum):
    """The four answers a person may give."""

    SUPPORT = "support"
    LIVE_WITH = "live_with"
    CANNOT_SUPPORT = "cannot_support"
    QUESTION = "question"


class Outcome(StrEnum):
    """What the team's answers amount to (practice record values)."""

    CONSENSUS = "reached"
    WITH_RESERVATIONS = "reached_with_reservations"
    NOT_REACHED = "not_reached"


class ProposalState(StrEnum):
    """Where a proposal's life is."""

    OPEN = "open"
    SETTLED = "settled"
    WITHDRAWN = "withdrawn"


class Position(Unprinted, frozen=True, kw_only=True):
    """One participant's answer to one version, word for word."""

    participant_id: ParticipantId
    version: int
    answer: Answer
    reason: str
    at: datetime


class AgencyDecision(Unprinted, frozen=True, kw_only=True):
    """The agency's decision where the team did not agree."""

    by: ParticipantId
    at: datetime
    text: str
    reason: str


class Proposal(Unprinted, frozen=True, kw_only=True):
    """Words put to the team, with every position on them. `asked` is who was present and entitled when it settled."""

    id: ProposalId
    version: int
    text: str
    by: ParticipantId
    opened_at: datetime
    state: ProposalState = ProposalState.OPEN
    positions: dict[ParticipantId, Position] = msgspec.field(default_factory=dict)
    superseded: tuple[Position, ...] = ()
    asked: tuple[ParticipantId, ...] = ()
    settled_at: datetime | None = None
    outcome: Outcome | None = None
    agency_decision: AgencyDecision | None = None
