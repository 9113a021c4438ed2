"""A meeting's state, folded from its events by `meetings.apply`. Values only; nothing changes in place."""

from datetime import datetime
from enum import StrEnum

import msgspec

from meetings.attendance import Attended, Confirmation, Interval, Mode
from meetings.ids import CaseId, DeviceId, MeetingId, ParticipantId, PlanId, ProposalId, RecordId, StaffId
from meetings.participants import Capability, Participant, Role
from meetings.privacy import Unprinted
from meetings.proposals import Proposal, ProposalState


class Phase(StrEnum):
    """Where the meeting's life is."""

    PLANNED = "planned"
    IN_SESSION = "in_session"
    CLOSED = "closed"
    ADJOURNED = "adjourned"
    CANCELLED = "cancelled"


OVER = frozenset({Phase.CLOSED, Phase.ADJOURNED, Phase.CANCELLED})
"""Nothing more happens in these."""

LAST_STAGE = 6
"""The recap: the plan is frozen and the meeting closed from here."""


class WaitingDevice(msgspec.Struct, frozen=True, kw_only=True):
    """A device in the waiting room."""

    participant_id: ParticipantId
    device_id: DeviceId
    second_device: bool
    since: datetime


class StageSpan(msgspec.Struct, frozen=True, kw_only=True):
    """One visit to a stage; `ended_at` is None for the current one. A stage may be visited more than once."""

    stage: int
    started_at: datetime
    ended_at: datetime | None


class FrozenPlan(msgspec.Struct, frozen=True, kw_only=True):
    """The plan's log number and the SHA-256 of its canonical bytes, locked by whom and when."""

    seq: int
    sha256: str
    by: ParticipantId | None
    at: datetime


class Meeting(Unprinted, frozen=True, kw_only=True):
    """The whole state after event `number`. Mappings keep the order of invitation or of happening."""

    id: MeetingId
    case_id: CaseId
    plan_id: PlanId
    practice: str
    family_name: str
    decision_question: str
    scheduled_at: datetime
    time_zone: str
    worker: StaffId
    worker_supervisor: StaffId
    participants: dict[ParticipantId, Participant]
    number: int
    phase: Phase = Phase.PLANNED
    waiting: tuple[WaitingDevice, ...] = ()
    second_devices: frozenset[DeviceId] = frozenset()
    admitted: dict[ParticipantId, DeviceId] = msgspec.field(default_factory=dict)
    removed: frozenset[ParticipantId] = frozenset()
    holder: ParticipantId | None = None
    spans: tuple[StageSpan, ...] = ()
    proposals: dict[ProposalId, Proposal] = msgspec.field(default_factory=dict)
    stays: dict[ParticipantId, tuple[Interval, ...]] = msgspec.field(default_factory=dict)
    confirmations: dict[ParticipantId, Confirmation] = msgspec.field(default_factory=dict)
    frozen: FrozenPlan | None = None
    record_id: RecordId | None = None
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    cancel_reason: str = ""
    adjourn_reason: str = ""
    adjourned_by: ParticipantId | None = None
    moved_from: datetime | None = None

    @property
    def stage(self) -> int | None:
        """The current stage (1..6), None before the meeting opens and after it closes."""
        return self.spans[-1].stage if self.spans and self.spans[-1].ended_at is None else None

    @property
    def is_over(self) -> bool:
        """Closed, adjourned or cancelled: nothing more happens."""
        return self.phase in OVER

    @property
    def facilitator(self) -> Participant:
        """The one participant who runs the meeting."""
        return next(one for one in self.participants.values() if one.role is Role.FACILITATOR)

    @property
    def open_proposal(self) -> Proposal | None:
        """The one proposal being answered, if any."""
        return next((one for one in self.proposals.values() if one.state is ProposalState.OPEN), None)

    @property
    def answer(self) -> Proposal | None:
        """[C10] The last words put to the team in answer to the meeting's own question: what came of them is what came
        of the question."""
        found = (one for one in reversed(self.proposals.values()) if one.answers_question)
        return next((one for one in found if one.state is not ProposalState.WITHDRAWN), None)

    def present_mode(self, participant_id: ParticipantId) -> Mode | None:
        """How the person is joined right now; None when they are not."""
        stays = self.stays.get(participant_id, ())
        return stays[-1].mode if stays and stays[-1].left_at is None else None

    def is_waiting(self, participant_id: ParticipantId, device_id: DeviceId) -> bool:
        """Whether this device stands in the waiting room."""
        return any((one.participant_id, one.device_id) == (participant_id, device_id) for one in self.waiting)

    def was_confirmed_present(self, participant_id: ParticipantId) -> bool:
        """Whether the facilitator confirmed that the person was there, for all or part of the meeting."""
        line = self.confirmations.get(participant_id)
        return line is not None and line.attended is not Attended.ABSENT

    def is_admitted(self, participant_id: ParticipantId, device_id: DeviceId) -> bool:
        """Whether this device is the person's seat in the meeting."""
        return self.admitted.get(participant_id) == device_id

    def may(self, participant_id: ParticipantId, capability: Capability) -> bool:
        """Whether the person is admitted and their role carries the capability."""
        return participant_id in self.admitted and self.participants[participant_id].may(capability)
