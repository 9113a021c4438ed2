import pytest
from msgspec.structs import replace

from meetings.closing import closing_gaps, is_complete
from meetings.commands import CloseMeeting, FreezePlan, MoveStage, RecordClose, RecordFreeze, ThawPlan
from meetings.decide import decide
from meetings.errors import MeetingError
from meetings.events import MeetingClosed, PlanFrozen, PlanThawed
from meetings.meeting import Phase
from meetings.participants import Participant
from meetings.plan import ActionStep, CasePlan, plan_sha256
from meetings.proposals import Answer
from tests.support.story import (
    ALEX,
    EVERYONE,
    FIRST,
    PRIYA,
    RECORD,
    SAM,
    SHA,
    agreed_story,
    closed_story,
    disagreed_story,
    opened_story,
    plan,
    proposed_story,
    recap_story,
)

STEP = ActionStep(id="s1", what="Take Lee to the dentist", who="Ruth", by_when="2026-12-01")


def record_close(with_plan: CasePlan, sha256: str = SHA, by: Participant = SAM) -> RecordClose:
    return RecordClose(by=by.id, plan=with_plan, sha256=sha256, record_id=RECORD)


def test_L2_the_plan_is_frozen_once_at_the_recap() -> None:
    story = agreed_story()
    story.refused("plan.too_early", FreezePlan(), SAM)
    story.do(MoveStage(stage=6), SAM)
    assert story.do(FreezePlan(), SAM) == []
    assert story.freeze() == [PlanFrozen(seq=41, sha256=SHA)]
    assert story.meeting.frozen is not None
    assert (story.meeting.frozen.by, story.meeting.frozen.at) == (SAM.id, story.now)
    story.refused("plan.frozen", FreezePlan(), SAM)
    story.refused("plan.frozen", RecordFreeze(by=SAM.id, seq=42, sha256=SHA))


def test_L2_only_the_facilitator_freezes() -> None:
    story = recap_story()
    story.refused("participant.not_permitted", FreezePlan(), PRIYA)
    story.refused("participant.not_permitted", RecordFreeze(by=PRIYA.id, seq=42, sha256=SHA))


def test_L4_the_facilitator_opens_the_plan_again() -> None:
    story = recap_story()
    assert story.do(ThawPlan(), SAM) == []
    story.freeze()
    assert story.do(ThawPlan(), SAM) == [PlanThawed()]
    story.do(RecordFreeze(by=SAM.id, seq=50, sha256="7c" * 32))
    assert story.meeting.frozen is not None
    assert story.meeting.frozen.sha256 == "7c" * 32


def test_L5_what_is_filed_is_what_was_frozen() -> None:
    story = recap_story()
    story.freeze()
    story.refused("plan.changed", record_close(plan(), sha256="00" * 32))
    other = plan(STEP)
    story.refused("plan.changed", record_close(other))
    story.refused("plan.changed", record_close(other, sha256=plan_sha256(other)))


@pytest.mark.parametrize(
    ("step", "complete"),
    [
        (STEP, True),
        (replace(STEP, what=" "), False),
        (replace(STEP, who=""), False),
        (replace(STEP, by_when=""), False),
        (replace(STEP, by_when="soon"), False),
    ],
)
def test_L6_a_step_says_what_who_and_by_when(step: ActionStep, complete: bool) -> None:
    assert is_complete(step) is complete


def test_R1_gaps_are_named_in_order() -> None:
    story = opened_story()
    everything = (
        "attendance.unconfirmed",
        "decision.missing",
        "plan.not_frozen",
        "steps.missing",
    )
    assert closing_gaps(story.meeting, replace(plan(), steps=())) == everything
    assert closing_gaps(story.meeting, None) == everything[:3]
    text = story.refused("meeting.not_ready", CloseMeeting(), SAM)
    assert text == (
        "Before the meeting can close: attendance is not confirmed for everyone; no decision is recorded; "
        "the plan is not locked."
    )


def test_R1_the_refusal_carries_the_gaps_as_codes() -> None:
    story = opened_story()
    with pytest.raises(MeetingError) as refusal:
        decide(story.meeting, CloseMeeting(), SAM.id, story.now)
    assert refusal.value.details == closing_gaps(story.meeting, None)


def test_R1_an_open_proposal_holds_the_meeting() -> None:
    assert "proposal.open" in closing_gaps(proposed_story().meeting, None)


def test_R1_one_person_unconfirmed_holds_the_meeting() -> None:
    story = agreed_story()
    for who in EVERYONE[:-1]:
        story.confirm(who)
    assert "attendance.unconfirmed" in closing_gaps(story.meeting, None)
    story.confirm(EVERYONE[-1])
    assert "attendance.unconfirmed" not in closing_gaps(story.meeting, None)


def test_R1_the_plans_own_gates_are_asked_when_it_is_read() -> None:
    story = recap_story()
    story.freeze()
    assert story.do(CloseMeeting(), SAM) == []
    story.refused("meeting.not_ready", record_close(replace(plan(), steps=())))
    text = story.refused("meeting.not_ready", record_close(plan(replace(STEP, who=" "))))
    assert "an action step does not say what, who and by when" in text


def test_R1_a_plan_opened_again_holds_the_meeting() -> None:
    story = recap_story()
    story.freeze()
    story.do(ThawPlan(), SAM)
    story.refused("meeting.not_ready", record_close(plan()))


def test_C8_no_agreement_and_no_agency_decision_is_no_decision() -> None:
    story = proposed_story()
    story.answer(PRIYA, Answer.SUPPORT)
    story.settle(missing_ok=True)
    assert "decision.missing" in closing_gaps(story.meeting, None)
    assert "decision.missing" not in closing_gaps(disagreed_story().meeting, None)
    assert story.meeting.proposals[FIRST].agency_decision is None


def test_R2_the_server_closes_on_behalf_of_the_facilitator() -> None:
    story = recap_story()
    story.freeze()
    story.refused("participant.not_permitted", CloseMeeting(), ALEX)
    story.refused("participant.not_permitted", record_close(plan(), by=ALEX))
    assert story.close() == [MeetingClosed(record_id=RECORD)]
    assert (story.meeting.phase, story.meeting.record_id) == (Phase.CLOSED, RECORD)


def test_R3_the_log_names_the_facilitator() -> None:
    story = closed_story()
    assert [one.by for one in story.events[-2:]] == [SAM.id, SAM.id]
