import pytest
from msgspec.structs import replace

from meetings.closing import closing_gaps, is_complete, undecided
from meetings.commands import (
    AdjournMeeting,
    CloseMeeting,
    DecideForAgency,
    FreezePlan,
    LeaveParticipant,
    MoveStage,
    OpenProposal,
    RecordAdjourn,
    RecordClose,
    RecordFreeze,
    SettleProposal,
    StatePosition,
    ThawPlan,
    WithdrawProposal,
)
from meetings.decide import decide
from meetings.errors import MeetingError
from meetings.events import MeetingAdjourned, MeetingClosed, PlanFrozen, PlanThawed
from meetings.ids import ProposalId
from meetings.meeting import Phase
from meetings.participants import Participant
from meetings.plan import ActionStep, CasePlan, plan_sha256
from meetings.proposals import Answer, ProposalState
from tests.support.story import (
    ADJOURNED,
    ALEX,
    DANA,
    EVERYONE,
    FIRST,
    PRIYA,
    RECORD,
    SAM,
    SHA,
    TEAM,
    WORDS,
    agreed_story,
    closed_story,
    disagreed_story,
    opened_story,
    plan,
    proposed_story,
    recap_story,
    seated_story,
)

SECOND = ProposalId("e" * 32)
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
        (replace(STEP, by_when="20261201"), False),
        (replace(STEP, by_when="2026-W49-2"), False),
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
        "Before the meeting can close: attendance is not confirmed for everyone; the question of the meeting is not "
        "decided; the plan is not locked."
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


@pytest.mark.parametrize("by_when", ["0026-12-01", "2026-11-22", "2062-12-01"])
def test_L9_a_day_that_cannot_be_right_holds_the_meeting(by_when: str) -> None:
    story = recap_story()
    wrong = plan(STEP, replace(STEP, id="s2", by_when=by_when))
    assert closing_gaps(story.meeting, wrong) == ("plan.not_frozen", "steps.day_wrong")
    story.freeze(wrong)
    text = story.refused("meeting.not_ready", record_close(wrong))
    assert "an action step is due before the meeting or years after it" in text


def test_L9_a_step_without_a_day_is_named_once() -> None:
    gaps = closing_gaps(recap_story().meeting, plan(replace(STEP, by_when="")))
    assert gaps == ("plan.not_frozen", "steps.incomplete")


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


def test_C10_C11_one_side_question_does_not_close_a_meeting() -> None:
    """ "Break at three" is agreed; the question of the meeting was answered, not agreed on, and is undecided."""
    story = agreed_story(answers_question=False)
    assert closing_gaps(story.meeting, None)[1] == "decision.missing"
    story.do(OpenProposal(proposal_id=SECOND, text=WORDS, answers_question=True), PRIYA)
    story.do(SettleProposal(proposal_id=SECOND, text_sha256=story.words(SECOND), missing_ok=True), SAM)
    assert closing_gaps(story.meeting, None)[1] == "decision.missing"
    assert undecided(story.meeting) == (story.meeting.proposals[SECOND],)
    story.refused("meeting.not_ready", CloseMeeting(), SAM)
    story.do(
        DecideForAgency(
            proposal_id=SECOND, text_sha256=story.words(SECOND), text=WORDS, reason="Every night is covered."
        ),
        ALEX,
    )
    assert "decision.missing" not in closing_gaps(story.meeting, None)


def test_C11_another_question_ends_in_a_decision_or_is_taken_back() -> None:
    story = agreed_story()
    story.do(OpenProposal(proposal_id=SECOND, text="We break at three.", answers_question=False), PRIYA)
    assert "question.undecided" not in closing_gaps(story.meeting, None)
    story.do(SettleProposal(proposal_id=SECOND, text_sha256=story.words(SECOND), missing_ok=True), SAM)
    assert "question.undecided" in closing_gaps(story.meeting, None)
    story.do(WithdrawProposal(proposal_id=SECOND, reason="The break came anyway."), SAM)
    assert closing_gaps(story.meeting, None) == ("attendance.unconfirmed", "plan.not_frozen")


def test_C10_an_agreement_on_other_words_decides_the_question() -> None:
    story = proposed_story()
    story.settle(missing_ok=True)
    story.do(OpenProposal(proposal_id=SECOND, text=WORDS, answers_question=True), PRIYA)
    for who in TEAM:
        story.do(
            StatePosition(proposal_id=SECOND, version=1, text_sha256=story.words(SECOND), answer=Answer.SUPPORT), who
        )
    story.do(SettleProposal(proposal_id=SECOND, text_sha256=story.words(SECOND)), SAM)
    assert undecided(story.meeting) == ()
    assert closing_gaps(story.meeting, None) == ("attendance.unconfirmed", "plan.not_frozen")


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


def record_adjourn(reason: str = ADJOURNED, seq: int = 41, sha256: str = SHA, by: Participant = SAM) -> RecordAdjourn:
    return RecordAdjourn(by=by.id, reason=reason, seq=seq, sha256=sha256, record_id=RECORD)


def test_M13_a_meeting_without_agreement_and_without_a_supervisor_can_end() -> None:
    story = proposed_story()
    story.answer(PRIYA, Answer.SUPPORT)
    story.settle(missing_ok=True)
    story.do(LeaveParticipant(participant_id=ALEX.id, at=story.now))
    story.refused("meeting.not_ready", CloseMeeting(), SAM)
    assert story.do(AdjournMeeting(reason=ADJOURNED), SAM) == []
    adjourned = MeetingAdjourned(record_id=RECORD, reason=ADJOURNED, seq=41, sha256=SHA, asked=())
    assert story.adjourn() == [adjourned]
    meeting = story.meeting
    assert (meeting.phase, meeting.record_id, meeting.closed_at) == (Phase.ADJOURNED, RECORD, story.now)
    assert (meeting.adjourn_reason, meeting.adjourned_by, story.events[-1].by) == (ADJOURNED, SAM.id, SAM.id)
    assert meeting.is_over
    assert meeting.stage is None
    assert all(meeting.present_mode(one) is None for one in meeting.participants)
    story.refused("meeting.over", AdjournMeeting(reason=ADJOURNED), SAM)
    story.refused("meeting.over", record_adjourn())


def test_M13_only_the_facilitator_only_in_session_and_with_a_reason() -> None:
    story = opened_story()
    story.refused("participant.not_permitted", AdjournMeeting(reason=ADJOURNED), ALEX)
    story.refused("participant.not_permitted", record_adjourn(by=ALEX))
    story.refused("meeting.reason_required", AdjournMeeting(reason="\u200b"), SAM)
    story.refused("meeting.reason_required", record_adjourn(reason="  "))
    story.refused("words.too_long", record_adjourn(reason="x" * 2001))
    seated_story().refused("meeting.not_open", AdjournMeeting(reason=ADJOURNED), SAM)


def test_M13_words_still_open_keep_who_was_to_answer_them() -> None:
    story = proposed_story()
    story.answer(DANA, Answer.SUPPORT)
    story.do(LeaveParticipant(participant_id=ALEX.id, at=story.now))
    story.adjourn()
    proposal = story.meeting.proposals[FIRST]
    assert proposal.state is ProposalState.OPEN
    assert proposal.asked == tuple(one.id for one in TEAM if one is not ALEX)


def test_M13_L5_a_plan_that_is_locked_is_filed_as_it_was_locked() -> None:
    story = recap_story()
    story.freeze()
    locked = story.meeting.frozen
    story.refused("plan.changed", record_adjourn(seq=42))
    story.refused("plan.changed", record_adjourn(sha256="00" * 32))
    story.wait(minutes=1).adjourn()
    assert story.meeting.frozen == locked
    story = opened_story()
    story.adjourn()
    assert story.meeting.frozen is not None
    assert (story.meeting.frozen.seq, story.meeting.frozen.sha256) == (41, SHA)
