"""The end of a meeting: freezing the plan, the gates before the record is written, and ending without a decision.

`freeze`, `close` and `adjourn` answer a person: an empty list means *allowed*, and the server then reads the plan and
performs `RecordFreeze`, `RecordClose` or `RecordAdjourn`, which check everything again and record the fact.
"""

from collections.abc import Callable
from datetime import date, datetime

from meetings.agreement import asked
from meetings.commands import (
    AdjournMeeting,
    CloseMeeting,
    FreezePlan,
    RecordAdjourn,
    RecordClose,
    RecordFreeze,
    ThawPlan,
)
from meetings.due_days import is_in_range
from meetings.errors import MeetingError
from meetings.events import Event, MeetingAdjourned, MeetingClosed, PlanFrozen, PlanThawed
from meetings.ids import ParticipantId
from meetings.meeting import LAST_STAGE, Meeting
from meetings.participants import Capability, Participant
from meetings.plan import ActionStep, CasePlan, plan_sha256
from meetings.practice.catalog import MODELS
from meetings.practice.models import Gate
from meetings.proposals import Proposal, ProposalState
from meetings.words import filed, is_blank


def freeze(meeting: Meeting, command: FreezePlan, by: Participant, now: datetime) -> list[Event]:
    """[L2] The plan is frozen at the recap only, once. An empty list means allowed: perform `RecordFreeze` next."""
    if meeting.frozen is not None:
        raise MeetingError("plan.frozen", "The plan is already locked.")
    if meeting.stage != LAST_STAGE:
        raise MeetingError("plan.too_early", "The plan is locked at the recap, the last stage.")
    return []


def record_freeze(meeting: Meeting, command: RecordFreeze, now: datetime) -> list[Event]:
    """[L2] [L5] The server records the lock on behalf of the facilitator, who is checked again."""
    freeze(meeting, FreezePlan(), _runner(meeting, command.by), now)
    return [PlanFrozen(seq=command.seq, sha256=command.sha256)]


def thaw(meeting: Meeting, command: ThawPlan, by: Participant, now: datetime) -> list[Event]:
    """[L4] The facilitator may open the plan again to correct it; a new freeze makes a new hash."""
    return [] if meeting.frozen is None else [PlanThawed()]


def close(meeting: Meeting, command: CloseMeeting, by: Participant, now: datetime) -> list[Event]:
    """[R1] Closing waits until nothing is missing.

    An empty list means allowed so far: read the frozen plan, then perform `RecordClose`, which asks its gates too.
    """
    _refuse_gaps(closing_gaps(meeting, None))
    return []


def record_close(meeting: Meeting, command: RecordClose, now: datetime) -> list[Event]:
    """[R1] [R2] [L5] The server closes on behalf of the facilitator: every gate holds, the plan is the frozen one."""
    _runner(meeting, command.by)
    _refuse_gaps(closing_gaps(meeting, command.plan))
    frozen = meeting.frozen
    if frozen is None or not frozen.sha256 == command.sha256 == plan_sha256(command.plan):
        raise MeetingError("plan.changed", "The plan is not the one that was locked. Lock it again.")
    return [MeetingClosed(record_id=command.record_id)]


def adjourn(meeting: Meeting, command: AdjournMeeting, by: Participant, now: datetime) -> list[Event]:
    """[M13] A meeting in session ends without a decision whenever it must, with a reason, whatever is missing.

    An empty list means allowed: read the plan as it stands, then perform `RecordAdjourn`.
    """
    if is_blank(command.reason):
        raise MeetingError("meeting.reason_required", "Say why the meeting stops without a decision.")
    filed(command.reason)  # too long is refused before the plan is read
    return []


def record_adjourn(meeting: Meeting, command: RecordAdjourn, now: datetime) -> list[Event]:
    """[M13] [L5] The server adjourns on behalf of whoever may. A plan that is locked is filed as it was locked."""
    adjourn(meeting, AdjournMeeting(reason=command.reason), _adjourner(meeting, command.by), now)
    frozen = meeting.frozen
    if frozen is not None and (frozen.seq, frozen.sha256) != (command.seq, command.sha256):
        raise MeetingError("plan.changed", "The plan is not the one that was locked. Please try again.")
    proposal = meeting.open_proposal
    return [
        MeetingAdjourned(
            record_id=command.record_id,
            reason=filed(command.reason),
            seq=command.seq,
            sha256=command.sha256,
            asked=() if proposal is None else asked(meeting, proposal),
        )
    ]


def closing_gaps(meeting: Meeting, plan: CasePlan | None) -> tuple[str, ...]:
    """[R1] Codes of what is missing, in the order of the model's gates. Without a plan its gates are not asked."""
    gates = [gate for gate in MODELS[meeting.practice].gates if plan is not None or gate not in _PLAN_GATES]
    return tuple(gate.value for gate in gates if not _HOLDS[gate](meeting, plan))


def is_complete(step: ActionStep) -> bool:
    """[L6] An action step says what, who and by when (a date, YYYY-MM-DD)."""
    try:
        is_date = date.fromisoformat(step.by_when).isoformat() == step.by_when
    except ValueError:
        return False
    return is_date and not is_blank(step.what) and not is_blank(step.who)


def undecided(meeting: Meeting) -> tuple[Proposal, ...]:
    """[C11] The questions asked and settled that ended in nothing: neither agreed on, nor decided by the agency, nor
    taken back. [C10] Of the meeting's own question only the last words count."""
    return tuple(
        one
        for one in meeting.proposals.values()
        if one.state is ProposalState.SETTLED
        and not one.is_decided
        and (not one.answers_question or one is meeting.answer)
    )


def _decision_settled(meeting: Meeting, plan: CasePlan | None) -> bool:
    """[C10] The meeting's own question was asked, and the last words put to the team are decided."""
    return meeting.answer is not None and meeting.answer.is_decided


def _are_in_range(meeting: Meeting, plan: CasePlan) -> bool:
    """[L9] The days of the steps can be right; a step without a day is another gate's."""
    return all(is_in_range(meeting, step) for step in plan.steps if is_complete(step))


_HOLDS: dict[Gate, Callable[[Meeting, CasePlan | None], bool]] = {
    Gate.ATTENDANCE_CONFIRMED: lambda meeting, plan: all(one in meeting.confirmations for one in meeting.participants),
    Gate.NO_OPEN_PROPOSAL: lambda meeting, plan: meeting.open_proposal is None,
    Gate.DECISION_SETTLED: _decision_settled,
    Gate.QUESTIONS_ENDED: lambda meeting, plan: all(one.answers_question for one in undecided(meeting)),
    Gate.PLAN_FROZEN: lambda meeting, plan: meeting.frozen is not None,
    Gate.HAS_STEP: lambda meeting, plan: plan is not None and len(plan.steps) > 0,
    Gate.STEPS_COMPLETE: lambda meeting, plan: plan is not None and all(map(is_complete, plan.steps)),
    Gate.STEPS_IN_RANGE: lambda meeting, plan: plan is not None and _are_in_range(meeting, plan),
}
_PLAN_GATES = frozenset({Gate.HAS_STEP, Gate.STEPS_COMPLETE, Gate.STEPS_IN_RANGE})

_SENTENCES: dict[str, str] = {
    Gate.ATTENDANCE_CONFIRMED: "attendance is not confirmed for everyone",
    Gate.NO_OPEN_PROPOSAL: "a proposal is still open",
    Gate.DECISION_SETTLED: "the question of the meeting is not decided",
    Gate.QUESTIONS_ENDED: "another question was asked and is neither decided nor taken back",
    Gate.PLAN_FROZEN: "the plan is not locked",
    Gate.HAS_STEP: "the plan has no action step",
    Gate.STEPS_COMPLETE: "an action step does not say what, who and by when",
    Gate.STEPS_IN_RANGE: "an action step is due before the meeting or years after it",
}


def _refuse_gaps(gaps: tuple[str, ...]) -> None:
    if gaps:
        missing = "; ".join(_SENTENCES[gap] for gap in gaps)
        raise MeetingError("meeting.not_ready", f"Before the meeting can close: {missing}.", gaps)


def _adjourner(meeting: Meeting, by: ParticipantId) -> Participant:
    """[M17] Who holds the room may adjourn in the facilitator's place."""
    return meeting.participants[by] if by == meeting.holder else _runner(meeting, by)


def _runner(meeting: Meeting, by: ParticipantId) -> Participant:
    if not meeting.may(by, Capability.RUN_MEETING):
        raise MeetingError("participant.not_permitted", "Only the facilitator may do this.")
    return meeting.participants[by]
