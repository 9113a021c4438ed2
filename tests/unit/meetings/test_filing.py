import msgspec
import pytest
from msgspec.structs import replace

from meetings.apply import apply
from meetings.attendance import Attended, Mode
from meetings.commands import (
    AmendProposal,
    ConfirmAttendance,
    DecideForAgency,
    LeaveParticipant,
    MoveStage,
    OpenMeeting,
    OpenProposal,
    SettleProposal,
    StatePosition,
    WithdrawProposal,
)
from meetings.events import MeetingAdjourned, Recorded
from meetings.filing import case_record, looked_through
from meetings.ids import ProposalId, RecordId, StaffId
from meetings.names import Mark
from meetings.plan import ActionStep
from meetings.proposals import Answer, Outcome
from meetings.record import CaseRecord, EndingKind, RecordEnding, WithdrawalLine
from tests.support.story import (
    ADJOURNED,
    ALEX,
    DANA,
    DISSENT,
    EVERYONE,
    FIRST,
    LEE,
    MORGAN,
    PRIYA,
    RECORD,
    RUTH,
    SAM,
    SCHEDULE,
    SHA,
    TEAM,
    WORDS,
    Story,
    closed_story,
    disagreed_story,
    plan,
    planned_story,
    proposed_story,
    recap_story,
)

SECOND = ProposalId("e" * 32)
STEPS = (
    ActionStep(id="s1", what="Take Lee to the dentist", who=RUTH.id, by_when="2026-12-01"),
    ActionStep(id="s2", what="Drive Dana to group", who="Aunt Carmen", by_when="2026-11-30"),
)


def record_of(story: Story) -> CaseRecord:
    return case_record(story.meeting, plan(*STEPS), RECORD, story.now, SHA)


def finished(story: Story) -> Story:
    """Recap, everyone confirmed (Morgan in part), plan frozen, closed."""
    story.wait(minutes=5).do(MoveStage(stage=6), SAM)
    for who in EVERYONE:
        story.confirm(who, Attended.PART if who is MORGAN else Attended.ALL)
    story.wait(minutes=10).freeze()
    story.close()
    return story


def test_R4_the_record_holds_the_meeting_and_its_people() -> None:
    record = record_of(closed_story())
    assert record.schema == "hearth.case_record/2"
    assert (record.facilitator.name, record.worker.name, record.supervisor.name) == (
        SAM.name,
        PRIYA.name,
        ALEX.name,
    )
    assert record.meeting.case_id == SCHEDULE.case_id
    assert [line.person.name for line in record.attendance] == [one.name for one in EVERYONE]
    assert (record.plan, record.plan_sha256) == (plan(*STEPS), SHA)


def test_R4_times_per_stage_are_summed_over_visits() -> None:
    story = disagreed_story()
    for stage in (1, 5):
        story.wait(minutes=2).do(MoveStage(stage=stage), SAM)
    stages = record_of(finished(story)).meeting.stages
    assert [one.seconds for one in stages] == [420, 0, 0, 0, 720, 600]
    assert [one.started_at is None for one in stages] == [False, True, True, True, False, False]
    assert stages[0].started_at == story.meeting.opened_at


def test_R4_steps_name_the_participant_or_the_written_name() -> None:
    first, second = record_of(closed_story()).steps
    assert (first.who, first.participant_id) == (RUTH.name, RUTH.id)
    assert (second.who, second.participant_id) == ("Aunt Carmen", None)


def test_M15_the_record_tells_people_of_one_name_apart() -> None:
    story = recap_story()
    story.freeze()
    story.close()
    people = {**story.meeting.participants, RUTH.id: replace(RUTH, name=DANA.name.upper())}
    record = case_record(replace(story.meeting, participants=people), plan(*STEPS), RECORD, story.now, SHA)
    told = {line.person.participant_id: line.person.told.marks for line in record.attendance}
    assert (told[DANA.id], told[RUTH.id], told[SAM.id]) == ((Mark.RELATION,), (Mark.RELATION,), ())
    first, second = record.steps
    assert first.person is not None
    assert (first.person.told.marks, second.person) == ((Mark.RELATION,), None)


def test_R4_staff_who_did_not_take_part_are_named_by_account() -> None:
    story = recap_story()
    story.freeze()
    story.close()
    meeting = replace(story.meeting, worker_supervisor=StaffId("staff-jo"))
    record = case_record(meeting, plan(*STEPS), RECORD, story.now, SHA)
    assert (record.supervisor.staff_id, record.supervisor.name, record.supervisor.role) == ("staff-jo", "", None)


def test_R5_no_record_before_the_close() -> None:
    for story in (recap_story(), proposed_story()):
        with pytest.raises(ValueError, match="when the meeting ends"):
            record_of(story)
    with pytest.raises(ValueError, match="when the meeting ends"):
        case_record(closed_story().meeting, plan(), RecordId("0" * 32), SCHEDULE.scheduled_at, SHA)


def test_R6_every_position_stands_word_for_word() -> None:
    (decision,) = record_of(finished(disagreed_story())).decisions
    assert decision.outcome is Outcome.NOT_REACHED
    assert [one.reason for one in decision.positions if one.person.name == DANA.name] == [DISSENT]
    assert decision.agency_decision is not None
    assert (decision.agency_decision.by.name, decision.agency_decision.text) == (ALEX.name, WORDS)
    assert (decision.question, decision.proposed_by.name) == (SCHEDULE.decision_question, PRIYA.name)


def test_R6_who_was_asked_and_silent_is_named_and_changed_answers_are_kept() -> None:
    story = proposed_story()
    story.answer(LEE, Answer.QUESTION, "Can I keep my room?")
    story.answer(LEE, Answer.SUPPORT)
    story.settle(missing_ok=True)
    story.do(LeaveParticipant(participant_id=LEE.id, at=story.now))
    story.do(
        DecideForAgency(
            proposal_id=FIRST, text_sha256=story.words(FIRST), text=WORDS, reason="Every night is covered."
        ),
        ALEX,
    )
    record = record_of(finished(story))
    (decision,) = record.decisions
    assert [one.name for one in decision.not_answered] == [one.name for one in (PRIYA, ALEX, DANA, RUTH, MORGAN)]
    assert [one.reason for one in decision.earlier] == ["Can I keep my room?"]
    (lee,) = (line for line in record.attendance if line.person.name == LEE.name)
    assert lee.seconds == 600
    assert (lee.confirmed_by, lee.attended) == (SAM.id, Attended.ALL)


def test_R7_R8_who_sat_in_the_room_without_a_device_was_not_asked_and_has_no_time() -> None:
    """Ruth is confirmed "in the room, all of it": she is named as not asked, and no time of nought stands by her."""
    story = planned_story().bring_in(SAM, PRIYA, ALEX, DANA)
    story.do(OpenMeeting(), SAM)
    story.wait(minutes=5).propose()
    for who in (PRIYA, ALEX, DANA):
        story.answer(who, Answer.SUPPORT)
    story.settle()
    story.do(MoveStage(stage=6), SAM)
    for who in (SAM, PRIYA, ALEX, DANA):
        story.confirm(who)
    in_the_room = ConfirmAttendance(participant_id=RUTH.id, attended=Attended.ALL, mode=Mode.IN_ROOM)
    story.do(in_the_room, SAM)
    for who in (LEE, MORGAN):
        story.confirm(who, Attended.ABSENT)
    story.freeze()
    story.close()
    record = record_of(story)
    (decision,) = record.decisions
    assert ([one.name for one in decision.not_asked], decision.not_answered) == ([RUTH.name], ())
    seconds = {line.person.name: line.seconds for line in record.attendance}
    assert (seconds[DANA.name], seconds[RUTH.name], seconds[LEE.name]) == (300, None, 0)


def test_P9_a_question_taken_back_stands_in_the_record_with_its_reason() -> None:
    story = disagreed_story()
    story.do(OpenProposal(proposal_id=SECOND, text="We break at three.", answers_question=False), PRIYA)
    story.do(SettleProposal(proposal_id=SECOND, text_sha256=story.words(SECOND), missing_ok=True), SAM)
    story.do(WithdrawProposal(proposal_id=SECOND, reason="The break came anyway."), SAM)
    record = record_of(finished(story))
    assert [(one.answers_question, one.question) for one in record.decisions] == [(True, SCHEDULE.decision_question)]
    (taken_back,) = record.undecided
    assert (taken_back.text, taken_back.outcome) == ("We break at three.", Outcome.NOT_REACHED)
    assert taken_back.withdrawal is not None and taken_back.withdrawal.by is not None
    assert (taken_back.withdrawal.by.name, taken_back.withdrawal.reason) == (SAM.name, "The break came anyway.")


def test_P9_what_an_older_log_took_back_names_nobody() -> None:
    """No reason was asked, and the question of the meeting could be taken back."""
    story = proposed_story()
    old = (
        b'{"number":%d,"at":"2026-11-23T15:20:00Z","by":null,"event":{"kind":"proposal.withdrawn","proposal_id":"%s"}}'
    )
    withdrawn = msgspec.json.decode(old % (len(story.events) + 1, FIRST.encode()), type=Recorded)
    meeting = apply(story.meeting, withdrawn)
    assert meeting.answer is None
    adjourned = MeetingAdjourned(record_id=RECORD, reason=ADJOURNED, seq=41, sha256=SHA, asked=())
    ended = apply(meeting, Recorded(number=meeting.number + 1, at=story.now, by=SAM.id, event=adjourned))
    (taken_back,) = case_record(ended, plan(), RECORD, story.now, SHA).undecided
    assert taken_back.withdrawal == WithdrawalLine(by=None, at=withdrawn.at, reason="")


def test_an_agreement_on_another_question_has_its_own_words_only() -> None:
    story = disagreed_story()
    story.do(OpenProposal(proposal_id=SECOND, text="We break at three.", answers_question=False), PRIYA)
    for who in TEAM:
        story.do(
            StatePosition(proposal_id=SECOND, version=1, text_sha256=story.words(SECOND), answer=Answer.SUPPORT), who
        )
    story.do(SettleProposal(proposal_id=SECOND, text_sha256=story.words(SECOND)), SAM)
    other = record_of(finished(story)).decisions[1]
    assert (other.answers_question, other.question, other.outcome) == (False, "", Outcome.CONSENSUS)


def test_R9_an_adjourned_record_says_so_and_fills_in_nothing() -> None:
    story = proposed_story()
    story.answer(DANA, Answer.QUESTION, "What about Sundays?")
    story.do(AmendProposal(proposal_id=FIRST, text="Lee stays with Ruth; Sundays with Dana."), PRIYA)
    story.answer(LEE, Answer.SUPPORT, version=2)
    story.confirm(DANA)
    story.wait(minutes=1).adjourn()
    record = record_of(story)
    assert record.ending == RecordEnding(kind=EndingKind.ADJOURNED, by=record.facilitator, reason=ADJOURNED)
    assert record.decisions == ()
    (open_words,) = record.undecided
    assert (open_words.version, [one.person.name for one in open_words.positions]) == (2, [LEE.name])
    assert [one.name for one in open_words.not_answered] == [one.name for one in (PRIYA, ALEX, DANA, RUTH, MORGAN)]
    assert [one.reason for one in open_words.earlier] == ["What about Sundays?"]
    lines = {line.person.name: line for line in record.attendance}
    assert (lines[DANA.name].attended, lines[DANA.name].confirmed_by) == (Attended.ALL, SAM.id)
    ruth = lines[RUTH.name]
    assert (ruth.attended, ruth.mode, ruth.absence_reason, ruth.confirmed_by, ruth.confirmed_at) == (None,) * 5


def test_R9_a_meeting_that_closed_says_that_it_closed() -> None:
    record = record_of(closed_story())
    assert record.ending == RecordEnding(kind=EndingKind.CLOSED, by=record.facilitator)


def test_R10_letters_that_cannot_be_printed_stand_as_numbers_and_every_word_as_it_was_written() -> None:
    """Wherever they were written: here in a step's name, in the reason of the adjourning and in a name of nobody."""
    story = proposed_story()
    story.wait(minutes=1).adjourn("\u13e3\u13b3\u13a9 \U0001e900")
    carmen = ActionStep(id="s3", what="\u13e3", who="\u13a0", by_when="2026-12-01")
    record = case_record(story.meeting, plan(carmen), RECORD, story.now, SHA)
    assert record.unprintable is None
    looked = looked_through(record, range(0x13A0))
    assert looked.unprintable == ("U+13E3", "U+13B3", "U+13A9", "U+1E900", "U+13A0")
    assert replace(looked, unprintable=None) == record
    assert looked_through(record, range(0x110000)).unprintable == ()
