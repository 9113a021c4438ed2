"""What people and the server may ask of a meeting. Tagged unions: the same structs travel on the wire.

`PersonCommand` is everything a participant may send; `SystemCommand` is only ever made by the server.
"""

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from meetings.attendance import AbsenceReason, Attended, Mode
from meetings.ids import CaseId, DeviceId, MeetingId, ParticipantId, PlanId, ProposalId, RecordId, StaffId
from meetings.participants import Participant
from meetings.plan import CasePlan
from meetings.privacy import Unprinted
from meetings.proposals import Answer
from meetings.words import LONGEST_WORDS, MOST_IN_A_LETTER

Id = Annotated[str, Meta(min_length=1, max_length=64)]
MOST_CHARACTERS = LONGEST_WORDS * MOST_IN_A_LETTER
"""Of words on the wire, in code points. Their letters are counted by the rules, whose refusal closes no socket."""
Words = Annotated[str, Meta(min_length=1, max_length=MOST_CHARACTERS)]
Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


class _Command(Unprinted, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind"):
    pass


class AdmitParticipant(_Command, frozen=True, kw_only=True, tag="participant.admit"):
    """The facilitator, or who holds the room meanwhile, lets one waiting device of one person in."""

    participant_id: ParticipantId
    device_id: DeviceId


class RemoveParticipant(_Command, frozen=True, kw_only=True, tag="participant.remove"):
    """The facilitator ends the meeting for one person; the link stops working until they are let back."""

    participant_id: ParticipantId


class ReadmitParticipant(_Command, frozen=True, kw_only=True, tag="participant.readmit"):
    """The facilitator takes a removal back: the link works again, and the person waits like anybody who arrives."""

    participant_id: ParticipantId


class SendToWaiting(_Command, frozen=True, kw_only=True, tag="participant.send_to_waiting"):
    """The facilitator sends an admitted person back to the waiting room; they can be let in again."""

    participant_id: ParticipantId


class HoldRoom(_Command, frozen=True, kw_only=True, tag="room.hold"):
    """A caseworker or supervisor lets people in while the facilitator is gone, and may adjourn; nothing else."""


class ReleaseRoom(_Command, frozen=True, kw_only=True, tag="room.release"):
    """Whoever holds the room gives it back."""


class OpenMeeting(_Command, frozen=True, kw_only=True, tag="meeting.open"):
    """The facilitator starts the meeting: stage 1 begins."""


class MoveStage(_Command, frozen=True, kw_only=True, tag="stage.move"):
    """The facilitator moves the team to a stage (1..6), forward or back."""

    stage: Annotated[int, Meta(ge=1, le=6)]


class OpenProposal(_Command, frozen=True, kw_only=True, tag="proposal.open"):
    """Words put to the team for agreement. Whoever puts them says whether they answer the question the meeting is for
    or another one on the way."""

    proposal_id: Annotated[ProposalId, Meta(pattern="^[0-9a-f]{32}$")]
    text: Words
    answers_question: bool


class AmendProposal(_Command, frozen=True, kw_only=True, tag="proposal.amend"):
    """Change the wording: a new version, answers start again."""

    proposal_id: ProposalId
    text: Words


class WithdrawProposal(_Command, frozen=True, kw_only=True, tag="proposal.withdraw"):
    """Take another question back, open or not agreed on, and say why. The meeting's own question stays."""

    proposal_id: ProposalId
    reason: Words


class StatePosition(_Command, frozen=True, kw_only=True, tag="position.state"):
    """One participant's answer to the version shown; may be changed until the proposal is settled. `text_sha256` is of
    the words as read back from the person's screen when they answered."""

    proposal_id: ProposalId
    version: int
    text_sha256: Sha256
    answer: Answer
    reason: Annotated[str, Meta(max_length=MOST_CHARACTERS)] = ""


class SettleProposal(_Command, frozen=True, kw_only=True, tag="proposal.settle"):
    """The facilitator closes the answers; the outcome follows from the rules. `missing_ok` says that the facilitator
    saw who has not answered (silence is never agreement); `text_sha256` is of the words on their screen."""

    proposal_id: ProposalId
    text_sha256: Sha256
    missing_ok: bool = False


class DecideForAgency(_Command, frozen=True, kw_only=True, tag="agency.decide"):
    """A supervisor decides where the team did not agree, with reasons. `text_sha256` is of the proposal's words as read
    back from their screen."""

    proposal_id: ProposalId
    text_sha256: Sha256
    text: Words
    reason: Words


class ConfirmAttendance(_Command, frozen=True, kw_only=True, tag="attendance.confirm"):
    """The facilitator confirms one person's line of attendance."""

    participant_id: ParticipantId
    attended: Attended
    mode: Mode | None = None
    absence_reason: AbsenceReason | None = None


class FreezePlan(_Command, frozen=True, kw_only=True, tag="plan.freeze"):
    """The facilitator locks the plan for the recap."""


class ThawPlan(_Command, frozen=True, kw_only=True, tag="plan.thaw"):
    """The facilitator opens the plan again to correct it."""


class CloseMeeting(_Command, frozen=True, kw_only=True, tag="meeting.close"):
    """The facilitator ends the meeting; the case record is written."""


class CancelMeeting(_Command, frozen=True, kw_only=True, tag="meeting.cancel"):
    """The meeting is called off before it begins."""

    reason: Words


class AdjournMeeting(_Command, frozen=True, kw_only=True, tag="meeting.adjourn"):
    """The meeting ends today without a decision; attendance and plan are filed as they stand."""

    reason: Words


class MoveMeeting(_Command, frozen=True, kw_only=True, tag="meeting.move"):
    """Another time for a meeting that has not begun, in the same time zone. Its links move with it."""

    scheduled_at: datetime


PersonCommand = (
    AdmitParticipant
    | RemoveParticipant
    | ReadmitParticipant
    | SendToWaiting
    | HoldRoom
    | ReleaseRoom
    | OpenMeeting
    | MoveStage
    | OpenProposal
    | AmendProposal
    | WithdrawProposal
    | StatePosition
    | SettleProposal
    | DecideForAgency
    | ConfirmAttendance
    | FreezePlan
    | ThawPlan
    | CloseMeeting
    | CancelMeeting
    | AdjournMeeting
    | MoveMeeting
)


class ScheduleMeeting(_Command, frozen=True, kw_only=True, tag="meeting.schedule"):
    """Make the meeting. `worker` and `worker_supervisor` are the child's caseworker and that worker's supervisor."""

    meeting_id: MeetingId
    case_id: CaseId
    plan_id: PlanId
    practice: str
    family_name: str
    decision_question: str
    scheduled_at: datetime
    time_zone: str
    participants: tuple[Participant, ...]
    worker: StaffId
    worker_supervisor: StaffId


class ArriveParticipant(_Command, frozen=True, kw_only=True, tag="participant.arrive"):
    """A device that proved a person's link (or a staff sign-in) stands in the waiting room."""

    participant_id: ParticipantId
    device_id: DeviceId
    second_device: bool


class DepartParticipant(_Command, frozen=True, kw_only=True, tag="participant.depart"):
    """A waiting device went away without being admitted."""

    participant_id: ParticipantId
    device_id: DeviceId


class JoinParticipant(_Command, frozen=True, kw_only=True, tag="participant.join"):
    """An admitted device is connected: attendance begins or goes on."""

    participant_id: ParticipantId
    device_id: DeviceId
    mode: Mode


class LeaveParticipant(_Command, frozen=True, kw_only=True, tag="participant.leave"):
    """An admitted person is no longer connected. `at` is when they were last seen."""

    participant_id: ParticipantId
    at: datetime


class RecordFreeze(_Command, frozen=True, kw_only=True, tag="plan.record_freeze"):
    """The server froze the plan's log: `sha256` of the canonical plan as rendered through log number `seq`."""

    by: ParticipantId
    seq: int
    sha256: str


class RecordClose(_Command, frozen=True, kw_only=True, tag="meeting.record_close"):
    """The server closes the meeting and writes the record in the same transaction."""

    by: ParticipantId
    plan: CasePlan
    sha256: str
    record_id: RecordId


class RecordAdjourn(_Command, frozen=True, kw_only=True, tag="meeting.record_adjourn"):
    """The server adjourns the meeting and writes the record in the same transaction: the plan as it stands is what
    its log says through number `seq`, and `sha256` the hash of its canonical bytes."""

    by: ParticipantId
    reason: str
    seq: int
    sha256: str
    record_id: RecordId


SystemCommand = (
    ScheduleMeeting
    | ArriveParticipant
    | DepartParticipant
    | JoinParticipant
    | LeaveParticipant
    | RecordFreeze
    | RecordClose
    | RecordAdjourn
)
Command = PersonCommand | SystemCommand
