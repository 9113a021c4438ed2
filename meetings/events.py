"""What has happened in a meeting. Events are stored for ever: fields are only ever added, and `VERSION` says which."""

from datetime import datetime

import msgspec

from meetings.attendance import AbsenceReason, Attended, Mode
from meetings.ids import CaseId, DeviceId, MeetingId, ParticipantId, PlanId, ProposalId, RecordId, StaffId
from meetings.participants import Participant
from meetings.privacy import Unprinted
from meetings.proposals import Answer, Outcome

VERSION = 1


class _Event(Unprinted, frozen=True, kw_only=True, tag_field="kind"):
    pass


class MeetingScheduled(_Event, frozen=True, kw_only=True, tag="meeting.scheduled"):
    """The meeting was made."""

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


class ParticipantArrived(_Event, frozen=True, kw_only=True, tag="participant.arrived"):
    """A device waits."""

    participant_id: ParticipantId
    device_id: DeviceId
    second_device: bool


class ParticipantDeparted(_Event, frozen=True, kw_only=True, tag="participant.departed"):
    """A waiting device went away."""

    participant_id: ParticipantId
    device_id: DeviceId


class ParticipantAdmitted(_Event, frozen=True, kw_only=True, tag="participant.admitted"):
    """The facilitator let this device of this person in; it replaces any other device of the same person."""

    participant_id: ParticipantId
    device_id: DeviceId


class ParticipantRemoved(_Event, frozen=True, kw_only=True, tag="participant.removed"):
    """The facilitator ended the meeting for this person."""

    participant_id: ParticipantId


class ParticipantReadmitted(_Event, frozen=True, kw_only=True, tag="participant.readmitted"):
    """The facilitator took a removal back: the person may arrive, and wait, again."""

    participant_id: ParticipantId


class ParticipantUnseated(_Event, frozen=True, kw_only=True, tag="participant.unseated"):
    """The admitted device of this person is a waiting one again."""

    participant_id: ParticipantId
    device_id: DeviceId


class RoomHeld(_Event, frozen=True, kw_only=True, tag="room.held"):
    """This person lets people in while the facilitator is gone."""

    participant_id: ParticipantId


class RoomReleased(_Event, frozen=True, kw_only=True, tag="room.released"):
    """Nobody but the facilitator lets people in any more."""


class ParticipantJoined(_Event, frozen=True, kw_only=True, tag="participant.joined"):
    """Attendance begins or goes on."""

    participant_id: ParticipantId
    device_id: DeviceId
    mode: Mode


class ParticipantLeft(_Event, frozen=True, kw_only=True, tag="participant.left"):
    """Attendance pauses or ends."""

    participant_id: ParticipantId
    left_at: datetime


class MeetingOpened(_Event, frozen=True, kw_only=True, tag="meeting.opened"):
    """The facilitator started the meeting."""


class StageMoved(_Event, frozen=True, kw_only=True, tag="stage.moved"):
    """The team is at this stage now (1..6)."""

    stage: int


class ProposalOpened(_Event, frozen=True, kw_only=True, tag="proposal.opened"):
    """Words were put to the team. Logs from before the question was told from others knew only the meeting's own."""

    proposal_id: ProposalId
    text: str
    answers_question: bool = True


class ProposalAmended(_Event, frozen=True, kw_only=True, tag="proposal.amended"):
    """New words, new version."""

    proposal_id: ProposalId
    version: int
    text: str


class ProposalWithdrawn(_Event, frozen=True, kw_only=True, tag="proposal.withdrawn"):
    """Taken back, open or not agreed on. Older logs hold no reason."""

    proposal_id: ProposalId
    reason: str = ""


class PositionStated(_Event, frozen=True, kw_only=True, tag="position.stated"):
    """One person's answer."""

    proposal_id: ProposalId
    participant_id: ParticipantId
    version: int
    answer: Answer
    reason: str
    text_sha256: str = ""


class ProposalSettled(_Event, frozen=True, kw_only=True, tag="proposal.settled"):
    """Answers closed; what they amount to, among those who were asked."""

    proposal_id: ProposalId
    outcome: Outcome
    asked: tuple[ParticipantId, ...]


class AgencyDecided(_Event, frozen=True, kw_only=True, tag="agency.decided"):
    """A supervisor decided where the team did not agree."""

    proposal_id: ProposalId
    text: str
    reason: str


class AttendanceConfirmed(_Event, frozen=True, kw_only=True, tag="attendance.confirmed"):
    """One person's line was confirmed."""

    participant_id: ParticipantId
    attended: Attended
    mode: Mode | None
    absence_reason: AbsenceReason | None


class PlanFrozen(_Event, frozen=True, kw_only=True, tag="plan.frozen"):
    """The plan is locked at this log number; its canonical bytes hash to this."""

    seq: int
    sha256: str


class PlanThawed(_Event, frozen=True, kw_only=True, tag="plan.thawed"):
    """The plan is open for writing again."""


class MeetingClosed(_Event, frozen=True, kw_only=True, tag="meeting.closed"):
    """The meeting is over and its record is written."""

    record_id: RecordId


class MeetingAdjourned(_Event, frozen=True, kw_only=True, tag="meeting.adjourned"):
    """The meeting ended without a decision and its record is written, with the plan as its log said through `seq`.
    `asked` is who was to answer the proposal that was still open (nobody where none was)."""

    record_id: RecordId
    reason: str
    seq: int
    sha256: str
    asked: tuple[ParticipantId, ...]


class MeetingCancelled(_Event, frozen=True, kw_only=True, tag="meeting.cancelled"):
    """The meeting was called off before it began."""

    reason: str


class MeetingMoved(_Event, frozen=True, kw_only=True, tag="meeting.moved"):
    """The meeting has another time, in the same time zone."""

    scheduled_at: datetime


Event = (
    MeetingScheduled
    | ParticipantArrived
    | ParticipantDeparted
    | ParticipantAdmitted
    | ParticipantRemoved
    | ParticipantReadmitted
    | ParticipantUnseated
    | RoomHeld
    | RoomReleased
    | ParticipantJoined
    | ParticipantLeft
    | MeetingOpened
    | StageMoved
    | ProposalOpened
    | ProposalAmended
    | ProposalWithdrawn
    | PositionStated
    | ProposalSettled
    | AgencyDecided
    | AttendanceConfirmed
    | PlanFrozen
    | PlanThawed
    | MeetingClosed
    | MeetingAdjourned
    | MeetingCancelled
    | MeetingMoved
)


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """An event with its place in the meeting's log: `number` counts from 1; `by` is None for the server itself."""

    number: int
    at: datetime
    by: ParticipantId | None
    event: Event
