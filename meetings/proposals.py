"""Proposals and the positions people state on them."""

import hashlib
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
    """One participant's answer to one version, word for word. `text_sha256` says to which words, as they stood on the
    person's screen; it is empty in meetings of before it was asked."""

    participant_id: ParticipantId
    version: int
    answer: Answer
    reason: str
    at: datetime
    text_sha256: str = ""


class AgencyDecision(Unprinted, frozen=True, kw_only=True):
    """The agency's decision where the team did not agree."""

    by: ParticipantId
    at: datetime
    text: str
    reason: str


class Withdrawal(Unprinted, frozen=True, kw_only=True):
    """Who took a question back, when and why, word for word."""

    by: ParticipantId | None
    at: datetime
    reason: str


class Proposal(Unprinted, frozen=True, kw_only=True):
    """Words put to the team, with every position on them. `asked` is who was present and entitled when it settled, or
    when the meeting was adjourned over it."""

    id: ProposalId
    version: int
    text: str
    answers_question: bool
    by: ParticipantId
    opened_at: datetime
    state: ProposalState = ProposalState.OPEN
    positions: dict[ParticipantId, Position] = msgspec.field(default_factory=dict)
    superseded: tuple[Position, ...] = ()
    asked: tuple[ParticipantId, ...] = ()
    settled_at: datetime | None = None
    outcome: Outcome | None = None
    agency_decision: AgencyDecision | None = None
    withdrawal: Withdrawal | None = None

    @property
    def is_decided(self) -> bool:
        """[C8] An agreement of the team, or the agency's decision where there was none."""
        return self.state is ProposalState.SETTLED and (
            self.outcome is not Outcome.NOT_REACHED or self.agency_decision is not None
        )

    @property
    def text_sha256(self) -> str:
        """What an answer to these words carries: the hex SHA-256 of the text as kept, in UTF-8."""
        return words_sha256(self.text)


def words_sha256(text: str) -> str:
    """The hex SHA-256 of words in UTF-8, code point for code point: nothing is trimmed or folded before."""
    return hashlib.sha256(text.encode()).hexdigest()
