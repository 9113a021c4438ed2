import msgspec
import pytest
from msgspec.structs import replace

from meetings.agreement import not_asked
from meetings.attendance import Attended
from meetings.commands import (
    AmendProposal,
    Command,
    DecideForAgency,
    LeaveParticipant,
    OpenMeeting,
    OpenProposal,
    RemoveParticipant,
    SettleProposal,
    StatePosition,
    WithdrawProposal,
)
from meetings.events import (
    AgencyDecided,
    PositionStated,
    ProposalAmended,
    ProposalOpened,
    ProposalSettled,
    ProposalWithdrawn,
)
from meetings.ids import ProposalId
from meetings.participants import Participant
from meetings.proposals import Answer, Outcome, ProposalState, Withdrawal, words_sha256
from tests.support.story import (
    ALEX,
    DANA,
    DISSENT,
    FIRST,
    LEE,
    MORGAN,
    PRIYA,
    RUTH,
    SAM,
    SHOWN,
    TEAM,
    WORDS,
    Story,
    agreed_story,
    disagreed_story,
    opened_story,
    planned_story,
    proposed_story,
    seated_story,
)

BREAK = "We break at three."
WITHDRAW = WithdrawProposal(proposal_id=FIRST, reason="The break came anyway.")
SECOND = ProposalId("e" * 32)
SOFTER = "Lee stays with Grandmother Ruth until December 4; Dana visits whenever Ruth is home."


def state(answer: Answer, reason: str = "", version: int = 1, shown: str = SHOWN) -> StatePosition:
    return StatePosition(proposal_id=FIRST, version=version, text_sha256=shown, answer=answer, reason=reason)


def opens(text: str = WORDS, proposal_id: ProposalId = FIRST, answers_question: bool = True) -> OpenProposal:
    return OpenProposal(proposal_id=proposal_id, text=text, answers_question=answers_question)


def break_story() -> Story:
    """Another question is open: a break at three."""
    story = opened_story()
    story.do(opens(BREAK, answers_question=False), PRIYA)
    return story


@pytest.mark.parametrize("who", [SAM, PRIYA, ALEX])
def test_P1_those_who_may_put_words_to_the_team(who: Participant) -> None:
    story = opened_story()
    opened = ProposalOpened(proposal_id=FIRST, text=WORDS, answers_question=True)
    assert story.do(opens(), who) == [opened]
    assert story.do(opens(), who) == []
    assert story.meeting.proposals[FIRST].by == who.id


def test_P1_others_may_not_and_not_before_the_meeting_began() -> None:
    opened_story().refused("participant.not_permitted", opens(), MORGAN)
    seated_story().refused("meeting.not_open", opens(), PRIYA)
    opened_story().refused("proposal.empty", opens(" "), PRIYA)


def test_P2_one_proposal_is_open_at_a_time() -> None:
    story = break_story()
    story.refused("proposal.already_open", opens(SOFTER, SECOND), ALEX)
    story.refused("proposal.exists", opens(SOFTER, answers_question=False), PRIYA)
    story.do(WITHDRAW, PRIYA)
    story.do(opens(SOFTER, SECOND), ALEX)
    assert story.meeting.open_proposal == story.meeting.proposals[SECOND]


def test_P8_whoever_puts_the_words_says_which_question_they_answer() -> None:
    story = break_story()
    assert not story.meeting.proposals[FIRST].answers_question
    assert story.meeting.answer is None
    story.refused("proposal.exists", opens(BREAK), PRIYA)
    with pytest.raises(msgspec.ValidationError, match="answers_question"):
        msgspec.convert({"kind": "proposal.open", "proposal_id": FIRST, "text": WORDS}, OpenProposal)


def test_P9_another_question_is_taken_back_with_a_reason_kept_word_for_word() -> None:
    story = break_story()
    story.answer(DANA, Answer.SUPPORT)
    story.refused("proposal.reason_required", WithdrawProposal(proposal_id=FIRST, reason="\u200b"), PRIYA)
    assert story.do(WITHDRAW, PRIYA) == [ProposalWithdrawn(proposal_id=FIRST, reason=WITHDRAW.reason)]
    proposal = story.meeting.proposals[FIRST]
    assert proposal.withdrawal == Withdrawal(by=PRIYA.id, at=story.now, reason=WITHDRAW.reason)
    assert list(proposal.positions) == [DANA.id]


def test_P9_a_question_the_team_did_not_agree_on_is_taken_back_until_the_agency_decided() -> None:
    story = break_story()
    story.settle(missing_ok=True)
    story.refused("proposal.not_yours", WITHDRAW, ALEX)
    story.do(WITHDRAW, SAM)
    proposal = story.meeting.proposals[FIRST]
    assert (proposal.state, proposal.outcome) == (ProposalState.WITHDRAWN, Outcome.NOT_REACHED)
    story = break_story()
    story.settle(missing_ok=True)
    story.do(
        DecideForAgency(
            proposal_id=FIRST, text_sha256=words_sha256(BREAK), text=BREAK, reason="The children come home at three."
        ),
        ALEX,
    )
    story.refused("proposal.already_settled", WITHDRAW, PRIYA)


def test_P9_the_question_of_the_meeting_is_not_taken_back() -> None:
    story = proposed_story()
    story.refused("proposal.required", WITHDRAW, PRIYA)
    story.settle(missing_ok=True)
    story.refused("proposal.required", WITHDRAW, SAM)


def test_C10_of_the_meetings_question_the_agency_decides_on_the_last_words() -> None:
    story = proposed_story()
    story.settle(missing_ok=True)
    story.do(opens(SOFTER, SECOND), PRIYA)
    decide = DecideForAgency(proposal_id=FIRST, text_sha256=SHOWN, text=WORDS, reason="Every night is covered.")
    story.refused("agency.other_words", decide, ALEX)
    story.do(SettleProposal(proposal_id=SECOND, text_sha256=words_sha256(SOFTER), missing_ok=True), SAM)
    story.refused("agency.other_words", decide, ALEX)
    story.do(replace(decide, proposal_id=SECOND, text_sha256=words_sha256(SOFTER)), ALEX)
    assert story.meeting.answer == story.meeting.proposals[SECOND]
    assert story.meeting.proposals[SECOND].is_decided


def test_R7_who_was_confirmed_present_and_has_no_device_was_not_asked() -> None:
    """Ruth sits in the room; Morgan was there for a part without a device; Lee was not there; Alex answers."""
    story = planned_story().bring_in(SAM, PRIYA, ALEX, DANA)
    story.do(OpenMeeting(), SAM)
    story.confirm(RUTH)
    story.propose()
    assert not_asked(story.meeting, story.meeting.proposals[FIRST]) == (RUTH.id,)
    for who in (PRIYA, ALEX, DANA):
        story.answer(who, Answer.SUPPORT)
    story.settle()
    story.confirm(MORGAN, Attended.PART)
    story.confirm(LEE, Attended.ABSENT)
    for who in (SAM, ALEX):
        story.confirm(who)
    proposal = story.meeting.proposals[FIRST]
    assert (proposal.outcome, not_asked(story.meeting, proposal)) == (Outcome.CONSENSUS, (RUTH.id, MORGAN.id))


def test_R7_of_words_taken_back_unanswered_nobody_is_missed() -> None:
    story = break_story()
    story.confirm(DANA)
    story.do(WITHDRAW, PRIYA)
    assert not_asked(story.meeting, story.meeting.proposals[FIRST]) == ()


def test_P3_new_words_are_a_new_version_and_answers_start_again() -> None:
    story = proposed_story()
    story.answer(DANA, Answer.QUESTION, "What about Sundays?")
    amend = AmendProposal(proposal_id=FIRST, text=SOFTER)
    assert story.do(amend, PRIYA) == [ProposalAmended(proposal_id=FIRST, version=2, text=SOFTER)]
    assert story.do(amend, PRIYA) == []
    proposal = story.meeting.proposals[FIRST]
    assert (proposal.version, proposal.positions) == (2, {})
    assert [(one.version, one.reason) for one in proposal.superseded] == [(1, "What about Sundays?")]
    story.refused("proposal.empty", AmendProposal(proposal_id=FIRST, text="\n"), PRIYA)


def test_P4_only_author_and_facilitator_change_a_proposal() -> None:
    amend = AmendProposal(proposal_id=FIRST, text=SOFTER)
    story = break_story()
    story.refused("proposal.not_yours", amend, ALEX)
    story.refused("proposal.not_yours", WITHDRAW, ALEX)
    story.do(amend, SAM)
    story.do(WITHDRAW, SAM)
    assert story.meeting.proposals[FIRST].state is ProposalState.WITHDRAWN


@pytest.mark.parametrize(
    ("command", "who"),
    [
        (AmendProposal(proposal_id=FIRST, text=SOFTER), PRIYA),
        (WITHDRAW, PRIYA),
        (state(Answer.SUPPORT), DANA),
        (SettleProposal(proposal_id=FIRST, text_sha256=SHOWN), SAM),
    ],
)
def test_P4_what_is_no_longer_open_does_not_change(command: Command, who: Participant) -> None:
    opened_story().refused("proposal.unknown", command, who)
    agreed_story().refused("proposal.already_settled", command, who)
    story = break_story()
    story.do(WITHDRAW, PRIYA)
    story.refused("proposal.withdrawn", command, who)


def test_P4_what_was_settled_without_agreement_is_not_answered_again() -> None:
    story = proposed_story()
    story.settle(missing_ok=True)
    story.refused("proposal.already_settled", state(Answer.SUPPORT), DANA)
    story.refused("proposal.already_settled", AmendProposal(proposal_id=FIRST, text=SOFTER), PRIYA)


def test_P5_a_position_answers_the_version_shown() -> None:
    story = proposed_story()
    story.do(AmendProposal(proposal_id=FIRST, text=SOFTER), PRIYA)
    story.refused("position.version_stale", state(Answer.SUPPORT), DANA)
    assert story.answer(DANA, Answer.SUPPORT, version=2) == [
        PositionStated(
            proposal_id=FIRST,
            participant_id=DANA.id,
            version=2,
            answer=Answer.SUPPORT,
            reason="",
            text_sha256=words_sha256(SOFTER),
        )
    ]


def test_P10_an_answer_to_words_the_person_did_not_see_is_refused() -> None:
    story = proposed_story()
    story.do(AmendProposal(proposal_id=FIRST, text=SOFTER), PRIYA)
    for shown in (WORDS, "Lee se queda con Ruth", SOFTER + " "):
        command = state(Answer.SUPPORT, version=2, shown=words_sha256(shown))
        story.refused("proposal.words_differ", command, DANA)
    story.do(state(Answer.SUPPORT, version=2, shown=words_sha256(SOFTER)), DANA)
    assert story.meeting.proposals[FIRST].positions[DANA.id].text_sha256 == words_sha256(SOFTER)


def test_P11_the_answers_are_closed_on_the_words_shown() -> None:
    story = proposed_story()
    story.do(AmendProposal(proposal_id=FIRST, text=SOFTER), PRIYA)
    stale = SettleProposal(proposal_id=FIRST, text_sha256=SHOWN, missing_ok=True)
    story.refused("proposal.words_differ", stale, SAM)
    assert story.meeting.open_proposal is not None


def test_P11_the_agency_decides_on_the_words_shown() -> None:
    story = proposed_story()
    story.settle(missing_ok=True)
    other = words_sha256(SOFTER)
    decide = DecideForAgency(proposal_id=FIRST, text_sha256=other, text=WORDS, reason="Every night is covered.")
    story.refused("proposal.words_differ", decide, ALEX)


def test_P6_cannot_support_needs_a_reason_kept_word_for_word() -> None:
    story = proposed_story()
    story.refused("position.reason_required", state(Answer.CANNOT_SUPPORT, "  "), DANA)
    story.answer(DANA, Answer.CANNOT_SUPPORT, DISSENT)
    assert story.meeting.proposals[FIRST].positions[DANA.id].reason == DISSENT


def test_P7_a_changed_answer_replaces_the_one_before_which_is_kept() -> None:
    story = proposed_story()
    story.answer(RUTH, Answer.QUESTION)
    assert story.answer(RUTH, Answer.QUESTION) == []
    story.wait(minutes=1).answer(RUTH, Answer.LIVE_WITH)
    proposal = story.meeting.proposals[FIRST]
    assert proposal.positions[RUTH.id].answer is Answer.LIVE_WITH
    assert [one.answer for one in proposal.superseded] == [Answer.QUESTION]


def test_C5_the_facilitator_closes_the_answers() -> None:
    story = proposed_story()
    for who in TEAM:
        story.answer(who, Answer.LIVE_WITH if who is LEE else Answer.SUPPORT)
    story.refused("participant.not_permitted", SettleProposal(proposal_id=FIRST, text_sha256=SHOWN), PRIYA)
    asked = tuple(one.id for one in TEAM)
    assert story.settle() == [ProposalSettled(proposal_id=FIRST, outcome=Outcome.WITH_RESERVATIONS, asked=asked)]
    assert story.meeting.proposals[FIRST].settled_at == story.now


def test_C5_who_left_without_an_answer_is_not_asked_and_who_answered_counts() -> None:
    story = proposed_story()
    for who in (PRIYA, ALEX, RUTH, LEE):
        story.answer(who, Answer.SUPPORT)
    story.answer(DANA, Answer.CANNOT_SUPPORT, DISSENT)
    for who in (DANA, MORGAN):
        story.do(LeaveParticipant(participant_id=who.id, at=story.now))
    story.do(RemoveParticipant(participant_id=RUTH.id), SAM)
    story.settle()
    proposal = story.meeting.proposals[FIRST]
    assert proposal.asked == tuple(one.id for one in (PRIYA, ALEX, DANA, RUTH, LEE))
    assert proposal.outcome is Outcome.NOT_REACHED


def test_C6_missing_answers_must_have_been_seen() -> None:
    story = proposed_story()
    story.answer(DANA, Answer.SUPPORT)
    story.refused("proposal.answers_missing", SettleProposal(proposal_id=FIRST, text_sha256=SHOWN), SAM)
    story.settle(missing_ok=True)
    assert story.meeting.proposals[FIRST].outcome is Outcome.NOT_REACHED


def test_C7_a_supervisor_decides_where_the_team_did_not_agree() -> None:
    story = disagreed_story()
    proposal = story.meeting.proposals[FIRST]
    assert proposal.agency_decision is not None
    assert proposal.agency_decision.by == ALEX.id
    assert proposal.positions[DANA.id].reason == DISSENT
    again = DecideForAgency(proposal_id=FIRST, text_sha256=SHOWN, text=WORDS, reason="Once more.")
    story.refused("agency.already_decided", again, ALEX)


def test_C7_only_there_only_with_reasons_and_only_a_supervisor() -> None:
    decide = DecideForAgency(proposal_id=FIRST, text_sha256=SHOWN, text=WORDS, reason="Every night is covered.")
    opened_story().refused("proposal.unknown", decide, ALEX)
    proposed_story().refused("proposal.not_settled", decide, ALEX)
    agreed_story().refused("agency.team_agreed", decide, ALEX)
    story = proposed_story()
    story.settle(missing_ok=True)
    story.refused("participant.not_permitted", decide, PRIYA)
    story.refused(
        "agency.reason_required", DecideForAgency(proposal_id=FIRST, text_sha256=SHOWN, text=WORDS, reason=" "), ALEX
    )
    story.refused(
        "agency.empty", DecideForAgency(proposal_id=FIRST, text_sha256=SHOWN, text=" ", reason="Because."), ALEX
    )
    assert story.do(decide, ALEX) == [AgencyDecided(proposal_id=FIRST, text=WORDS, reason="Every night is covered.")]


def test_C9_the_facilitator_states_no_position_and_never_decides() -> None:
    story = proposed_story()
    story.refused("participant.not_permitted", state(Answer.SUPPORT), SAM)
    story.settle(missing_ok=True)
    decide = DecideForAgency(proposal_id=FIRST, text_sha256=SHOWN, text=WORDS, reason="I say so.")
    story.refused("participant.not_permitted", decide, SAM)
    assert SAM.id not in story.meeting.proposals[FIRST].asked


TRICKY = "Lee stays\x00 with \u202eRuth\x1b until e\u0301te\u0301"
CLEAN = "Lee stays with Ruth until \u00e9t\u00e9"


def test_M12_the_log_holds_words_as_they_can_be_read() -> None:
    story = opened_story()
    assert story.do(OpenProposal(proposal_id=FIRST, text=TRICKY, answers_question=True), SAM) == [
        ProposalOpened(proposal_id=FIRST, text=CLEAN, answers_question=True)
    ]
    assert story.do(OpenProposal(proposal_id=FIRST, text=TRICKY, answers_question=True), SAM) == []
    assert story.do(AmendProposal(proposal_id=FIRST, text=TRICKY), SAM) == []
    shown = words_sha256(CLEAN)
    for who in TEAM:
        story.do(state(Answer.CANNOT_SUPPORT, TRICKY, shown=shown), who)
        assert story.do(state(Answer.CANNOT_SUPPORT, CLEAN, shown=shown), who) == []
    story.settle()
    decision = DecideForAgency(proposal_id=FIRST, text_sha256=shown, text=TRICKY, reason=TRICKY)
    assert story.do(decision, ALEX) == [AgencyDecided(proposal_id=FIRST, text=CLEAN, reason=CLEAN)]


def test_M12_words_that_cannot_be_seen_are_refused_as_none() -> None:
    story = opened_story()
    story.refused("proposal.empty", OpenProposal(proposal_id=FIRST, text="\u200b", answers_question=True), SAM)
    story = proposed_story()
    story.refused("proposal.empty", AmendProposal(proposal_id=FIRST, text="\x00"), SAM)
    story.refused("position.reason_required", state(Answer.CANNOT_SUPPORT, "\u3164"), DANA)


def test_M19_too_long_words_are_refused_and_nothing_is_cut() -> None:
    story = opened_story()
    longest, longer = "é" * 2000, "é" * 2001
    story.refused("words.too_long", opens(longer), SAM)
    assert story.do(opens(longest), SAM) == [ProposalOpened(proposal_id=FIRST, text=longest, answers_question=True)]
    shown = words_sha256(longest)
    story.refused("words.too_long", AmendProposal(proposal_id=FIRST, text=longer), SAM)
    for answer in Answer:
        story.refused("words.too_long", state(answer, longer, shown=shown), DANA)
    for who in TEAM:
        story.do(state(Answer.CANNOT_SUPPORT, longest, shown=shown), who)
    story.settle()
    story.refused(
        "words.too_long", DecideForAgency(proposal_id=FIRST, text_sha256=shown, text=longer, reason=longest), ALEX
    )
    story.refused(
        "words.too_long", DecideForAgency(proposal_id=FIRST, text_sha256=shown, text=longest, reason=longer), ALEX
    )
